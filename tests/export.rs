//! `svod export` through the program where there is little to export, or nowhere to write.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;

fn export(here: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svod"));
    command.current_dir(here).args(["export", "--json", "--data", "d", "--forms", "nowhere"]);
    command.args(arguments).output().unwrap()
}

fn code_and_fault(output: &Output) -> (Option<i32>, Json) {
    let said: Json = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code(), said["faults"][0]["message"].clone())
}

#[test]
fn a_form_that_nobody_has_used_has_an_empty_workbook() {
    let here = tempfile::tempdir().unwrap();
    let made = export(here.path(), &["exam-results", "--period", "2021Sep", "-o", "x.xlsx"]);
    assert_eq!(code_and_fault(&made), (Some(0), Json::Null));
    assert!(here.path().join("x.xlsx").metadata().unwrap().len() > 1000);
}

#[test]
fn what_is_not_there_is_named() {
    let here = tempfile::tempdir().unwrap();
    let year = ["--period", "2021Sep"];
    let (code, said) =
        code_and_fault(&export(here.path(), &[&["exam-resluts"], &year[..], &["-o", "x.xlsx"]].concat()));
    assert_eq!((code, said.as_str()), (Some(1), Some("Нет формы «exam-resluts».")));
    let (code, said) =
        code_and_fault(&export(here.path(), &[&["exam-results"], &year[..], &["-o", "no/x.xlsx"]].concat()));
    assert_eq!((code, said.as_str()), (Some(1), Some("Папки «no» нет: создайте её или укажите другую.")));
    let unknown = ["--org", "zzz", "-o", "x.xlsx"];
    let (code, said) = code_and_fault(&export(here.path(), &[&["exam-results"], &year[..], &unknown].concat()));
    assert_eq!((code, said.as_str()), (Some(1), Some("Организации с кодом «zzz» нет.")));
    assert!(!here.path().join("x.xlsx").exists());
}

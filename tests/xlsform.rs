//! XLSForms as small tables, what becomes of each of them and what is said of it; and forms written as XLSForms.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod run;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::Workbook;
use serde_json::Value as Json;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The fixtures in the order of their names.
fn fixtures() -> Vec<(String, toml::Table)> {
    let files = std::fs::read_dir(folder("tests/fixtures/xlsform")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect();
    files.sort();
    let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap().parse().unwrap();
    files.iter().map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), read(path))).collect()
}

/// The sheets of a fixture, each a table drawn with bars, as a workbook.
fn workbook(path: &Path, sheets: &toml::Table) {
    let mut book = Workbook::new();
    for (name, drawn) in sheets {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, line) in (0u32..).zip(drawn.as_str().unwrap().lines().filter(|line| line.starts_with('|'))) {
            let cells = line.trim().trim_start_matches('|').trim_end_matches('|').split('|');
            for (column, text) in (0u16..).zip(cells.map(str::trim)).filter(|(_, text)| !text.is_empty()) {
                match text.parse::<f64>() {
                    Ok(number) => sheet.write_number(row, column, number).unwrap(),
                    Err(_) => sheet.write_string(row, column, text).unwrap(),
                };
            }
        }
    }
    book.save(path).unwrap();
}

#[test]
fn every_xlsform_becomes_what_it_should() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("fixtures/xlsform");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let dir = tempfile::tempdir().unwrap();
    for (name, sheets) in fixtures() {
        let file = format!("{name}.xlsx");
        workbook(&dir.path().join(&file), &sheets);
        let output = run::svod(dir.path(), &["xlsform", &file]);
        let wrong = name.starts_with("wrong");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(i32::from(wrong)), "{name}: {said}");
        let mut seen = said;
        if !wrong {
            let text = String::from_utf8(output.stdout).unwrap();
            sound(dir.path(), &name, &text);
            write!(seen, "----\n{text}").unwrap();
        }
        settings.bind(|| insta::assert_snapshot!(name.as_str(), seen));
    }
}

/// What was written is a sound form; a list in a file is beside it.
fn sound(dir: &Path, name: &str, text: &str) {
    std::fs::write(dir.join("schools.csv"), "name,label,city\n1,Школа 1,a\n").unwrap();
    let form = format!("{name}.toml");
    std::fs::write(dir.join(&form), text).unwrap();
    let checked = run::svod(dir, &["check", &form]);
    assert_eq!(checked.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&checked.stderr));
}

#[test]
fn programs_are_told_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (_, sheets) = fixtures().into_iter().find(|(name, _)| name == "plain").unwrap();
    workbook(&dir.path().join("f.xlsx"), &sheets);
    let output = run::svod(dir.path(), &["xlsform", "f.xlsx", "-o", "f.toml", "--json"]);
    run::done(&output);
    let said: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((said["file"].as_str(), said["id"].as_str()), (Some("f.toml"), Some("school_survey")));
    assert_eq!(said["faults"][0]["at"], "settings!B2");
    assert!(dir.path().join("f.toml").is_file());
    let wrong = run::svod(dir.path(), &["xlsform", "f.toml", "--json"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert_eq!(run::svod(dir.path(), &["xlsform"]).status.code(), Some(2));
}

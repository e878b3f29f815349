//! Files as they come: `svod read` over a folder, where nothing may crash, hang or exhaust memory.
//!
//! `SVOD_CORPUS=DIR cargo test --test corpus -- --nocapture` reads every file of a folder of one's own.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop, and says what it skips"
)]

#[path = "common/skip.rs"]
mod skip;

use std::path::Path;
use std::process::{Command, Output};

use rust_xlsxwriter::Workbook;
use serde_json::Value as Json;

fn read(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_svod")).arg("read").args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with files of several kinds, some of them in a folder below.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("ниже");
    std::fs::create_dir(&below).unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Итоги").unwrap();
    sheet.write(0, 0, "Код").unwrap();
    sheet.write(0, 1, "Участников").unwrap();
    sheet.write(5, 1, 12.5).unwrap();
    book.add_worksheet().set_name("Справочник").unwrap().set_hidden(true).write(0, 0, "x").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    std::fs::write(folder.path().join("итоги.xlsx"), &bytes).unwrap();
    std::fs::write(below.join("список.csv"), "Код;Школа\n007;СОШ\n").unwrap();
    std::fs::write(below.join("обрыв.xlsx"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(below.join("a.pdf"), "%PDF-1.7").unwrap();
    std::fs::write(below.join("b.xls"), "%PDF-1.4").unwrap();
    folder
}

#[test]
fn a_folder_is_tallied() {
    let folder = folder();
    let path = folder.path().to_str().unwrap();
    let output = read(&[path]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for expected in [
        "итоги.xlsx: Excel (.xlsx): 2 листа, 3 строки\n",
        "список.csv: CSV: 1 лист, 2 строки\n",
        "обрыв.xlsx: Файл повреждён",
        "Файлов: 5. Прочитано 2, отклонено 3, оборвалось 0, не уложилось во время 0, в память 0.\n",
        "     2 × Это не таблица: внутри файла — PDF.\n",
        "     1 × Файл повреждён или загружен не полностью.\n",
        "Дольше всего: ",
    ] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    let json: Json = serde_json::from_slice(&read(&["--json", path]).stdout).unwrap();
    let tally = &json["tally"];
    assert_eq!((&tally["read"], &tally["refused"], &tally["crashed"]), (&2.into(), &3.into(), &0.into()));
    assert_eq!(json["files"].as_array().unwrap().len(), 5);
}

#[test]
fn a_single_file_shows_its_sheets() {
    let folder = folder();
    let output = read(&[folder.path().join("итоги.xlsx").to_str().unwrap()]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let sheets =
        "  лист «Итоги»: 2 строки\n    Код | Участников\n    12.5\n  лист «Справочник»: 1 строка (скрыт)\n    x\n";
    assert!(said.ends_with(sheets), "{said}");
    let missing = read(&["/nowhere/a.xlsx"]);
    assert_eq!(missing.status.code(), Some(1));
    assert_eq!(read(&[]).status.code(), Some(2));
}

#[test]
fn no_file_of_a_corpus_does_harm() {
    let Some(corpus) = std::env::var_os("SVOD_CORPUS") else {
        skip::skipped("SVOD_CORPUS names no folder of spreadsheets");
        return;
    };
    let output = read(&["--json", Path::new(&corpus).to_str().unwrap()]);
    let json: Json = serde_json::from_slice(&output.stdout).unwrap();
    eprintln!("{:#}", json["tally"]);
    for word in ["crashed", "hung", "over-memory"] {
        let files = json["files"].as_array().unwrap().iter().filter(|file| file["end"] == word);
        let names: Vec<&Json> = files.map(|file| &file["file"]).collect();
        assert!(names.is_empty(), "{word}: {names:?}");
    }
}

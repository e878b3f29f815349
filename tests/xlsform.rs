//! XLSForms as small tables, what becomes of each of them and what is said of it; and forms written as XLSForms.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

#[path = "xlsform/drawn.rs"]
mod drawn;
mod run;
#[path = "common/skip.rs"]
mod skip;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value as Json;
use svod::form::{self, Form};
use svod::lang::Lang;
use svod::{export, import};

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

#[test]
fn every_xlsform_becomes_what_it_should() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("fixtures/xlsform");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let dir = tempfile::tempdir().unwrap();
    for (name, sheets) in fixtures() {
        let file = format!("{name}.xlsx");
        drawn::workbook(&dir.path().join(&file), &sheets);
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
    drawn::workbook(&dir.path().join("f.xlsx"), &sheets);
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

/// What must come back of a question: its name, type, texts, choices, conditions.
fn told(form: &Form) -> Vec<String> {
    let source = |expr: &Option<svod::expr::Expr>| expr.as_ref().map(|expr| expr.source.clone());
    let field = |number: usize| {
        let field = &form.fields[number];
        let choices: Vec<(&str, &str)> =
            form.choices_of(number).iter().map(|choice| (choice.name.as_str(), choice.label.as_str())).collect();
        let texts = (&field.label, &field.hint, &field.required_message, &field.constraint_message);
        let rules = [&field.relevant, &field.required, &field.constraint, &field.choice_filter, &field.calculation];
        let rules = rules.map(source);
        let bounds = (field.min, field.max, field.step, field.missing, field.read_only, field.appearance);
        let files = field.accepts.as_ref().map(|accepts| (accepts.most, accepts.endings.clone()));
        format!("{} {} {texts:?} {choices:?} {rules:?} {bounds:?} {files:?}", form.name_of(number), field.kind.name)
    };
    let mut told: Vec<String> = (0..form.fields.len()).map(field).collect();
    told.extend(form.groups.iter().map(|group| format!("{} {} {:?}", group.name, group.label, group.hint)));
    told.extend(form.conditions.iter().map(|expr| expr.source.clone()));
    told
}

/// A form as an XLSForm and back.
fn there_and_back(form: &Form) -> String {
    let written = export::xlsform::write(form).unwrap();
    let book = svod::sheet::read(&written.bytes, &format!("{}.xlsx", form.id)).unwrap();
    let back = import::xlsform::convert(&book, Lang::Ru);
    let said: Vec<String> = back.faults.iter().map(|fault| format!("{}: {}", fault.at, fault.say(Lang::Ru))).collect();
    back.text.unwrap_or_else(|| panic!("{}: {said:#?}", form.id))
}

#[test]
fn a_form_comes_back_as_it_went() {
    let path = folder("tests/fixtures/xlsform/back/round.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let back = there_and_back(&form::read(&text, "round.toml").unwrap());
    for language in ["ru", "en"] {
        let (went, came) = (form::read_in(&text, "", language).unwrap(), form::read_in(&back, "", language).unwrap());
        assert_eq!(told(&went), told(&came), "{language}\n{back}");
    }
}

#[test]
fn what_became_of_an_xlsform_goes_back_to_the_same() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["plain", "languages", "nested-repeats", "dropped", "files"] {
        let (_, sheets) = fixtures().into_iter().find(|(known, _)| known == name).unwrap();
        let path = dir.path().join(format!("{name}.xlsx"));
        drawn::workbook(&path, &sheets);
        let text = import::xlsform::convert(&svod::sheet::read_file(&path).unwrap(), Lang::Ru).text.unwrap();
        let went = form::read(&text, name).unwrap();
        let came = form::read(&there_and_back(&went), name).unwrap();
        assert_eq!(told(&went), told(&came), "{name}");
    }
}

/// A default that stands in a cell as a time of the day, or as a day with a time, is what the cell shows.
#[test]
fn times_in_cells_are_kept_as_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("times.xlsx");
    let mut book = Workbook::new();
    let survey = book.add_worksheet().set_name("survey").unwrap();
    let questions = [
        ("time", "begins", 8.5 / 24.0, "h:mm"),
        ("time", "rings", (14.0 * 60.0 + 5.5) / 1440.0, "hh:mm:ss"),
        ("time", "late", 20.75 / 24.0, "h:mm AM/PM"),
        ("time", "plain", 0.25, "General"),
        ("time", "midnight", 0.0, "h:mm"),
        ("time", "dated", 45_901.5, "dd.mm.yyyy h:mm"),
        ("datetime", "meets", 45_901.75, "dd.mm.yyyy h:mm"),
        ("date", "day", 45_901.0, "dd.mm.yyyy"),
    ];
    for (column, text) in (0u16..).zip(["type", "name", "label", "default"]) {
        survey.write_string(0, column, text).unwrap();
    }
    for (row, (kind, name, value, format)) in (1u32..).zip(questions) {
        for (column, text) in (0u16..).zip([kind, name, name]) {
            survey.write_string(row, column, text).unwrap();
        }
        survey.write_number_with_format(row, 3, value, &Format::new().set_num_format(format)).unwrap();
    }
    book.save(&path).unwrap();
    let converted = import::xlsform::convert(&svod::sheet::read_file(&path).unwrap(), Lang::Ru);
    assert_eq!(converted.faults, []);
    let form = form::read(&converted.text.unwrap(), "times.toml").unwrap();
    let defaults: Vec<&str> = form.fields.iter().map(|field| field.default.as_ref().unwrap().source.as_str()).collect();
    let expected = ["'08:30'", "'14:05:30'", "'20:45'", "'06:00'", "'00:00'", "'12:00'", "'2025-09-01T18:00'"];
    assert_eq!(defaults, [&expected[..], &["date('2025-09-01')"]].concat());
}

/// The outer program that makes an XForm of an XLSForm; nothing where it is not installed.
fn pyxform(dir: &Path, file: &Path) -> Option<std::process::Output> {
    let mut command = std::process::Command::new("xls2xform");
    command.current_dir(dir).arg("--skip_validate").arg(file).arg(dir.join("out.xml")).output().ok()
}

#[test]
fn pyxform_takes_every_form_that_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut taken = 0;
    let files = ["forms", "tests/forms/ok", "tests/fixtures/xlsform/back"].map(|path| std::fs::read_dir(folder(path)));
    for entry in files.into_iter().flat_map(Result::unwrap).map(|entry| entry.unwrap().path()) {
        if entry.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let Ok(form) = form::read(&std::fs::read_to_string(&entry).unwrap(), "form") else { continue };
        if form.fields.is_empty() {
            assert!(export::xlsform::write(&form).is_err(), "a programme asks nothing");
            continue;
        }
        let path = dir.path().join(format!("{}.xlsx", form.id));
        std::fs::write(&path, export::xlsform::write(&form).unwrap().bytes).unwrap();
        // Every one of them is an XLSForm to ourselves too.
        form::read(&there_and_back(&form), &form.id).unwrap();
        let Some(output) = pyxform(dir.path(), &path) else { continue };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {said}", form.id);
        taken += 1;
    }
    if taken == 0 {
        skip::skipped("pyxform is not installed: what it makes of written XLSForms is not tested");
    }
}

/// A workbook of so many rows on one sheet.
fn long(path: &Path, sheet: &str, head: &[&str], count: u32, row: impl Fn(u32) -> Vec<String>) {
    let mut book = Workbook::new();
    let survey = book.add_worksheet().set_name(sheet).unwrap();
    head.iter().zip(0u16..).for_each(|(text, column)| {
        survey.write_string(0, column, *text).unwrap();
    });
    for number in 0..count {
        for (text, column) in row(number).iter().zip(0u16..) {
            survey.write_string(number + 1, column, text).unwrap();
        }
    }
    if sheet != "survey" {
        let survey = book.add_worksheet().set_name("survey").unwrap();
        for (row, texts) in (0u32..).zip([["type", "name", "label"], ["select_one l", "q", "Q"]]) {
            texts.iter().zip(0u16..).for_each(|(text, column)| {
                survey.write_string(row, column, *text).unwrap();
            });
        }
    }
    book.save(path).unwrap();
}

#[test]
fn what_is_too_much_is_refused_soon() {
    let dir = tempfile::tempdir().unwrap();
    let head = ["type", "name", "label", "calculation"];
    long(&dir.path().join("questions.xlsx"), "survey", &head, 100_000, |n| {
        vec!["text".to_owned(), format!("q{n}"), "Вопрос".to_owned()]
    });
    long(&dir.path().join("deep.xlsx"), "survey", &head, 10_000, |n| vec!["begin_group".to_owned(), format!("g{n}")]);
    long(&dir.path().join("choices.xlsx"), "choices", &["list_name", "name", "label"], 1_000_000, |n| {
        vec!["l".to_owned(), format!("c{n}"), "Вариант".to_owned()]
    });
    long(&dir.path().join("chain.xlsx"), "survey", &head, 20_000, |n| {
        let next = if n == 19_999 { "1".to_owned() } else { format!("${{c{}}} + 1", n + 1) };
        vec!["calculate".to_owned(), format!("c{n}"), String::new(), next]
    });
    for (file, wrong) in [("questions", true), ("deep", true), ("choices", true), ("chain", false)] {
        let start = std::time::Instant::now();
        let output = run::svod(dir.path(), &["xlsform", &format!("{file}.xlsx"), "-o", "out.toml"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(i32::from(wrong)), "{file}: {said}");
        assert!(start.elapsed().as_secs() < 60, "{file}: {:?}", start.elapsed());
    }
}

//! The command line: exit codes, JSON, and what stands in the data file afterwards.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value as Json, json};

use super::world::{FORM, sheet, workbook};

const RECIPE: &str = r#"
[[import]]
name = "plain"
header = ["Код"]
code = { column = "Код", scheme = "exam" }

[[import.column]]
header = "Ученики"
to = "pupils"
"#;

fn svod(dir: &Path, args: &[&str]) -> Output {
    let data = dir.join("data");
    let forms = dir.join("forms");
    let mut command = Command::new(env!("CARGO_BIN_EXE_svod"));
    command.current_dir(dir).arg("--data").arg(data).arg("--forms").arg(forms).args(args);
    command.output().unwrap()
}

fn json(output: &Output) -> Json {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::TempDir::new().unwrap();
    std::fs::create_dir(dir.path().join("forms")).unwrap();
    std::fs::write(dir.path().join("forms/exams.toml"), format!("{FORM}\n{RECIPE}")).unwrap();
    let registry = "Код|Наименование|Тип|Вышестоящая|Код ОГЭ/ЕГЭ\n22|Край|Регион||\n\
                    m1|Район|Муниципалитет|22|\ns1|СОШ № 1|Школа|m1|101\ns2|СОШ № 2|Школа|m1|102";
    let files = [
        ("orgs.xlsx", registry),
        ("good.xlsx", "Код|Ученики\n101|=100\n102|=200"),
        ("mixed.xlsx", "Код|Ученики\n101|=101\n102|много\n999|=1"),
        ("other.xlsx", "Школа|Число\nА|=1"),
    ];
    for (name, rows) in files {
        std::fs::write(dir.path().join(name), workbook(&[sheet("Лист1", rows)])).unwrap();
    }
    std::fs::write(dir.path().join("text.xlsx"), "это не таблица").unwrap();
    dir
}

#[test]
fn imports_say_what_they_did_and_exit_by_contract() {
    let dir = folder();
    let run = |args: &[&str]| svod(dir.path(), args);
    let import = |file: &str, more: &[&str]| {
        let args = [&["import", file, "--form", "exams", "--period", "2021/22", "--json"][..], more].concat();
        let output = run(&args);
        (output.status.code(), json(&output))
    };
    let orgs = run(&["org", "import", "orgs.xlsx", "--json"]);
    assert_eq!((orgs.status.code(), json(&orgs)["added"].clone()), (Some(0), json!(4)));

    let (code, planned) = import("good.xlsx", &["--dry-run"]);
    assert_eq!((code, &planned["batch"], &planned["cells"]["new"]), (Some(0), &Json::Null, &json!(2)));
    let (code, done) = import("good.xlsx", &[]);
    assert_eq!((code, &done["batch"]), (Some(0), &json!(1)));
    let first = json!({"cell": "Лист1!B2", "organisation": "s1", "period": "2021Sep", "path": "pupils",
                       "status": "new", "old": null, "new": 100, "why": null});
    assert_eq!(done["plan"][0], first);
    let (code, same) = import("good.xlsx", &[]);
    assert_eq!((code, &same["batch"], &same["cells"]["same"]), (Some(0), &Json::Null, &json!(2)));

    let (code, mixed) = import("mixed.xlsx", &[]);
    assert_eq!((code, &mixed["batch"]), (Some(1), &json!(2)));
    let cells = json!({"new": 0, "same": 0, "changed": 1, "conflict": 0, "refused": 2});
    assert_eq!(mixed["cells"], cells);
    assert_eq!(mixed["plan"][0]["old"], 100);
    let refused: Vec<&Json> = mixed["faults"].as_array().unwrap().iter().map(|fault| &fault["at"]).collect();
    assert_eq!(refused, ["Лист1!B3", "Лист1!A4"]);

    let undone = run(&["import", "undo", "2", "--json"]);
    assert_eq!((undone.status.code(), json(&undone)["undone"].clone()), (Some(0), json!(2)));
    assert_eq!(run(&["import", "undo", "2"]).status.code(), Some(1));
    assert_eq!(run(&["import", "undo", "77"]).status.code(), Some(1));
    let (_, back) = import("good.xlsx", &["--dry-run"]);
    assert_eq!(back["cells"]["same"], 2, "as it stood before");
}

#[test]
fn a_file_at_fault_stops_everything() {
    let dir = folder();
    svod(dir.path(), &["org", "import", "orgs.xlsx"]);
    for (file, form, period, code, part) in [
        ("other.xlsx", "exams", "2021/22", 1, "Не найдена строка с заголовками"),
        ("text.xlsx", "exams", "2021/22", 1, "не таблица"),
        ("none.xlsx", "exams", "2021/22", 1, "none.xlsx"),
        ("good.xlsx", "exam", "2021/22", 1, "exams"),
        ("good.xlsx", "exams", "2021", 1, "2020/21"),
        ("good.xlsx", "exams", "вчера", 1, "вчера"),
        ("good.xlsx", "exams", "", 1, "--period"),
    ] {
        let output = svod(dir.path(), &["import", file, "--form", form, "--period", period]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{file} {form} {period}: {said}");
        assert!(said.contains(part), "{file} {form} {period}: {said}");
    }
    let wrong = svod(dir.path(), &["import", "other.xlsx", "--form", "exams", "--period", "2021/22", "--json"]);
    assert_eq!(
        (json(&wrong)["batch"].clone(), json(&wrong)["faults"][0]["at"].clone()),
        (Json::Null, json!("other.xlsx"))
    );
    assert_eq!(svod(dir.path(), &["import", "good.xlsx", "--form", "exams"]).status.code(), Some(2));
    assert_eq!(svod(dir.path(), &["import"]).status.code(), Some(2));
}

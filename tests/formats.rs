//! One list of staff, written as every program writes it and named as people name it, is imported as the same figures.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

#[path = "formats/binary.rs"]
mod binary;
mod run;
#[path = "formats/written.rs"]
mod written;

use std::path::Path;

use serde_json::Value as Json;

/// The headings and rows of a list of the recipe «staff-list» of the form «staffing».
const ROWS: [[&str; 8]; 3] = [
    [
        "Код",
        "Наименование",
        "Педагогических работников",
        "Учителей",
        "Учителей-предметников",
        "Высшая категория",
        "Первая категория",
        "Без категории",
    ],
    ["007", "МБОУ «Школа № 5»; филиал", "24", "20", "15", "6", "10", "8"],
    ["010", "Лицей, ёлочный", "12", "10", "8", "3", "4", "5"],
];

/// What the program would do with a file, without the places in it, which are of each format's own making.
fn planned(dir: &Path, file: &str) -> Json {
    let args = ["import", file, "--form", "staffing", "--period", "2023/24", "--recipe", "staff-list"];
    let output = run::svod(dir, &[&args[..], &["--dry-run", "--json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    let mut json: Json =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{file}: {error} {said}"));
    assert_eq!(json["faults"], Json::Array(Vec::new()), "{file}");
    for cell in json["plan"].as_array_mut().unwrap() {
        cell.as_object_mut().unwrap().retain(|key, _| key != "cell" && key != "file");
    }
    json
}

#[test]
fn a_list_is_the_same_in_every_format() {
    let dir = tempfile::tempdir().unwrap();
    let orgs = "Код;Наименование;Тип;Вышестоящая\nm;Район;Муниципалитет;\n\
                007;\"МБОУ «Школа № 5»; филиал\";Школа;m\n010;Лицей, ёлочный;Школа;m\n";
    std::fs::write(dir.path().join("orgs.csv"), orgs).unwrap();
    run::done(&run::svod(dir.path(), &["org", "import", "orgs.csv"]));
    run::workbook(&dir.path().join("list.xlsx"), &ROWS.each_ref().map(|row| &row[..]));
    let expected = planned(dir.path(), "list.xlsx");
    let plan = expected["plan"].as_array().unwrap();
    assert_eq!(plan.len(), 12, "six figures of two schools: {expected:#}");
    for (name, bytes) in written::files().into_iter().chain(binary::files()) {
        std::fs::write(dir.path().join(&name), bytes).unwrap();
        assert_eq!(planned(dir.path(), &name), expected, "{name}");
    }
}

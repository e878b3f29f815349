//! The form of social conditions from a plain sheet to the list: through the program, with several schools over two
//! municipalities.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::path::Path;
use std::process::Command;

const ORGS: &str = "Код;Наименование;Тип;Вышестоящая\n62;Область;Регион;\nm1;Северный район;Муниципалитет;62\n\
                    m2;Южный район;Муниципалитет;62\n1;СОШ № 1;Школа;m1\n2;СОШ № 2;Школа;m1\n3;СОШ № 3;Школа;m1\n\
                    4;СОШ № 4;Школа;m2\n5;СОШ № 5;Школа;m2\n6;СОШ № 6;Школа;m2\n7;СОШ № 7;Школа;m2\n";

const HEAD: &str = "Код;Наименование;Обучающихся;ОДН, КДН;Мигранты, слабо владеют русским;Не аттестованы;\
                    Пропуски без уважительной причины;ЗПР, умственная отсталость;Отдалённость, нет транспорта;\
                    Малокомплектная;Дефицит инфраструктуры;Не укомплектован штат\n";

/// Schools 2 and 5 are equal and the last but for nobody; 6 says too little; 7 leaves a cell empty.
const SHEET: &str = "1;СОШ № 1;100;0;0;0;0;0;нет;нет;нет;нет\n2;СОШ № 2;200;24,0;0;0;0;0;нет;Да;нет;нет\n\
                     3;СОШ № 3;100;2;0;0;0;0;нет;нет;нет;нет\n4;СОШ № 4;100;1;0;0;0;0;нет;нет;нет;нет\n\
                     5;СОШ № 5;100;10;0;0;0;0;нет;нет;ДА;нет\n6;СОШ № 6;100;9;-;н/д;н/д;0;да;н/д;да;нет\n\
                     7;СОШ № 7;100;9;;0;0;0;да;да;да;да\nитого;Итого;800;55;0;0;0;0;;;;\n";

fn svod(dir: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svod"));
    let forms = Path::new(env!("CARGO_MANIFEST_DIR")).join("forms");
    command.current_dir(dir).args(["--data", "data", "--forms", forms.to_str().unwrap()]).args(arguments);
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
}

fn done(dir: &Path, arguments: &[&str]) -> String {
    let (code, said) = svod(dir, arguments);
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

/// The rows of the list's sheet, cells joined.
fn list(file: &Path) -> Vec<String> {
    use calamine::{Reader, open_workbook_auto};
    let mut book = open_workbook_auto(file).unwrap();
    let range = book.worksheet_range("ШНСУ").unwrap();
    let line = |row: &[calamine::Data]| {
        let cells: Vec<String> = row.iter().map(ToString::to_string).filter(|cell| !cell.is_empty()).collect();
        cells.join(" | ").replace(['\n', '\u{a0}'], " ")
    };
    range.rows().map(line).filter(|line| !line.is_empty()).collect()
}

#[test]
fn a_plain_sheet_becomes_the_list_and_a_municipality_has_the_same_places() {
    let here = tempfile::tempdir().unwrap();
    let dir = here.path();
    std::fs::write(dir.join("orgs.csv"), ORGS).unwrap();
    std::fs::write(dir.join("sheet.csv"), format!("{HEAD}{SHEET}")).unwrap();
    done(dir, &["publish"]);
    done(dir, &["org", "import", "orgs.csv"]);
    let year = ["--form", "social-conditions", "--period", "2023/24"];
    let (code, said) = svod(dir, &[&["import", "sheet.csv"], &year[..]].concat());
    let held_back = said.contains("Не отправлено: СОШ № 7") && said.matches("Не отправлено").count() == 1;
    assert!(code == 1 && held_back, "an empty cell is neither zero nor an absence: {said}");
    let export = |org: &[&str], file: &str| {
        let what = ["export", "social-conditions", "--period", "2023Sep", "-o", file];
        done(dir, &[&what[..], org].concat());
        list(&dir.join(file))
    };
    let whole = export(&[], "whole.xlsx");
    let has = |lines: &[String], part: &str| lines.iter().any(|line| line.contains(part));
    for part in [
        "ШНСУ по итогам 2023/24 учебного года",
        "Место по показателю «Индекс социального благополучия (из 100)» — среди организаций региона, 1 — самое низкое.",
        "В списке: 2",
        "СОШ № 2 | 2 | 1 из 5 77,8 | Индекс социального благополучия среди самых низких в регионе | \
         Состоят на учёте в ОДН, КДН: 12 % (2023/24); Малокомплектная школа (2023/24) | 9 из 9",
        "СОШ № 5 | 5 | 1 из 5 77,8",
        "Не определено: 2",
        "СОШ № 6 | 6 | 5 из 9",
        "СОШ № 7 | 7 | 0 из 9 | отчёт не сдан",
    ] {
        assert!(has(&whole, part), "{part}\n{}", whole.join("\n"));
    }
    let north = export(&["--org", "m1"], "north.xlsx");
    assert!(has(&north, "В списке: 1") && has(&north, "СОШ № 2 | 2 | 1 из 5 77,8"), "{}", north.join("\n"));
    assert!(!has(&north, "СОШ № 5"), "the others are counted with and not shown");
}

/// A territory may turn a condition round by its bounds alone: the more of it, the better.
#[test]
fn the_order_of_the_bounds_is_the_direction() {
    let dir = tempfile::tempdir().unwrap();
    let form = include_str!("../forms/social-conditions.toml")
        .replacen("best = [0,", "best = [100,", 1)
        .replacen("worst = [10,", "worst = [0,", 1)
        .replacen("adverse_from = [5,", "adverse_from = [50,", 1);
    std::fs::write(dir.path().join("turned.toml"), form).unwrap();
    for (count, points, adverse) in [(150, 7.5, false), (100, 5.0, true), (80, 4.0, true)] {
        let answers = format!(
            r#"{{"pupils": 200, "conditions": {{"record": {{"count": {count}}}, "truancy": {{"count": 12}}}}}}"#
        );
        std::fs::write(dir.path().join("answers.json"), answers).unwrap();
        let (_, said) = svod(dir.path(), &["eval", "turned.toml", "answers.json", "--json"]);
        let json: serde_json::Value = serde_json::from_str(&said).unwrap();
        let value = |path: &str| &json["values"][path];
        assert_eq!(value("conditions/record/points"), points, "{count} of 200");
        assert_eq!(value("conditions/record/adverse"), adverse, "{count} of 200");
        assert_eq!(value("conditions/truancy/adverse"), true, "the others keep theirs");
    }
}

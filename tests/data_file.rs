//! The care of the data file: copies while work goes on, restoring, and finding what is not as it should be.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;
use std::process::{Command, Output};

use svod::access::Actor;
use svod::db::{Db, FILE};
use svod::form::{self, Answers};
use svod::period::Period;
use svod::report::{self, Key, Source, verify, version};
use svod::sheet::{Book, Cell, Grid};

const FORM: &str = r#"
id = "pupils"
title = "Ученики"
period = "school-year"

[[group]]
[[group.question]]
name = "all"
type = "integer"

[[group.question]]
name = "left"
type = "integer"

[[group.question]]
name = "stay"
type = "calculate"
value = "integer"
calculation = "${all} - ${left}"

[[indicator]]
name = "left_share"
unit = "percent"
numerator = "${left}"
denominator = "${all}"
"#;

fn registry() -> Book {
    let rows = [
        ["Код", "Наименование", "Тип", "Вышестоящая"],
        ["1", "Район", "Муниципалитет", ""],
        ["2", "Школа", "Школа", "1"],
    ];
    let rows = rows.iter().map(|row| row.iter().map(|text| Cell::Text((*text).to_owned())).collect()).collect();
    Book { name: "реестр.xlsx".to_owned(), sheets: vec![Grid::from_rows("Лист1", rows, Vec::new())] }
}

async fn filled(dir: &Path) -> Db {
    let (db, actor) = (Db::open(dir).await.unwrap(), Actor::operator());
    svod::org::actions::import(&db, &actor, &registry()).await.unwrap();
    let form = form::read(FORM, "pupils.toml").unwrap();
    version::actions::publish(&db, &actor, std::slice::from_ref(&form)).await.unwrap();
    let school = svod::org::actions::by_code(&db, &actor, "2").await.unwrap();
    for (period, left) in [("2023Sep", 4), ("2024Sep", 7)] {
        let key = Key::new(&form, Period::from_id(period).unwrap(), school.id);
        let answers = Answers::from_json(&serde_json::json!({"all": 100, "left": left}));
        report::actions::send(&db, &actor, &key, answers, Source::Page).await.unwrap();
    }
    db
}

fn svod(data: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_svod")).args(args).arg("--data").arg(data).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_sound_file_verifies_and_a_touched_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let db = filled(dir.path()).await;
    let sound = verify::actions::verify(&db, &Actor::operator()).await.unwrap();
    assert_eq!((sound.reports, sound.forms, sound.wrong.len()), (2, 1, 0));
    let mut tx = db.write().await.unwrap();
    for touch in ["update value set number = 1 where path = 'stay'", "update measure set numerator = 50"] {
        sqlx::query(sqlx::AssertSqlSafe(touch)).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    db.close().await;
    let output = svod(dir.path(), &["verify"]);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(said.contains("stay") && said.contains("left_share") && said.contains("Школа"), "{said}");
}

#[tokio::test]
async fn a_copy_is_made_beside_a_writer_and_restores_everything() {
    let (dir, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let db = filled(dir.path()).await;
    let copy = copies.path().join("копия.db");
    let output = svod(dir.path(), &["backup", copy.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(
        svod(dir.path(), &["backup", copy.to_str().unwrap()]).status.code(),
        Some(1),
        "a copy overwrites nothing"
    );
    let refused = svod(dir.path(), &["restore", copy.to_str().unwrap()]);
    assert!(said(&refused).contains("Остановите сервер"), "{}", said(&refused));
    db.close().await;

    let elsewhere = copies.path().join("новое место");
    let restored = svod(&elsewhere, &["restore", copy.to_str().unwrap()]);
    assert_eq!(restored.status.code(), Some(0), "{}", said(&restored));
    let again = svod(dir.path(), &["restore", copy.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    let kept = std::fs::read_dir(dir.path()).unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    assert_eq!(kept.filter(|name| name.starts_with("svod.db.before-")).count(), 1);
    for data in [&elsewhere, &dir.path().to_path_buf()] {
        assert_eq!(svod(data, &["verify"]).status.code(), Some(0));
    }
}

#[tokio::test]
async fn a_broken_copy_leaves_the_data_alone() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await.close().await;
    let before = std::fs::read(dir.path().join(FILE)).unwrap();
    let note = dir.path().join("заметка.txt");
    std::fs::write(&note, "это не копия ".repeat(400)).unwrap();
    let output = svod(dir.path(), &["restore", note.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(std::fs::read(dir.path().join(FILE)).unwrap(), before);
    assert_eq!(svod(dir.path(), &["verify"]).status.code(), Some(0));
}

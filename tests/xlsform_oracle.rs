//! What a converted XLSForm computes and shows is what another engine does with the XForm of the same sheets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

#[path = "xlsform/drawn.rs"]
mod drawn;
mod run;

use std::path::Path;

use rxeval::{Clock, Session};
use serde_json::{Map, Value as Json, json};

const DAY: &str = "2026-01-15";

/// Answers by the paths of the XForm, as both engines take them.
fn answers() -> Vec<Vec<(&'static str, Json)>> {
    vec![
        vec![],
        vec![("pupils", json!(7))],
        vec![("pupils", json!(130)), ("groups", json!(6)), ("gym", json!("no")), ("clubs", json!(["chess", "choir"]))],
        vec![("clubs", json!(["chess"])), ("shift", json!("1")), ("remark", json!("да"))],
        vec![("clubs", json!(["chess"])), ("shift", json!("2")), ("more/area", json!(0.5))],
        vec![("gym", json!("no")), ("pupils", json!(49)), ("groups", json!(4))],
    ]
}

/// An answer as an XForm stores it.
fn stored(answer: &Json) -> String {
    match answer {
        Json::Array(codes) => codes.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" "),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a value of ours is what the other engine has; what it calls «not a number» is empty here.
fn same(ours: &Json, theirs: &str) -> bool {
    match ours {
        Json::Null => matches!(theirs, "" | "NaN"),
        Json::Number(number) => {
            theirs.parse::<f64>().is_ok_and(|other| (other - number.as_f64().unwrap()).abs() < 1e-9)
        }
        Json::Bool(truth) => theirs == truth.to_string(),
        other => stored(other) == theirs,
    }
}

#[test]
fn another_engine_computes_and_shows_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xlsform/oracle");
    let sheets: toml::Table = std::fs::read_to_string(folder.join("school.toml")).unwrap().parse().unwrap();
    drawn::workbook(&dir.path().join("school.xlsx"), &sheets);
    run::done(&run::svod(dir.path(), &["xlsform", "school.xlsx", "-o", "school.toml"]));
    let xform = std::fs::read_to_string(folder.join("school.xml")).unwrap();
    let defaults = [
        ("pupils", json!(25)),
        ("groups", json!(2)),
        ("gym", json!("yes")),
        ("opened", json!("2020-09-01")),
        ("more/area", json!(12.5)),
    ];
    let mut compared = 0;
    for given in answers() {
        let clock = Clock { today: DAY.to_owned(), now: format!("{DAY}T12:00:00.000+00:00") };
        let mut session = Session::new(&xform, clock).unwrap();
        for (path, answer) in &defaults {
            let offered = session.get(&format!("/data/{path}"));
            assert!(same(answer, &offered), "the default of {path} is {offered}");
        }
        let mut all: Map<String, Json> = Map::new();
        for (path, answer) in defaults.iter().chain(&given) {
            session.set(&format!("/data/{path}"), &stored(answer)).unwrap();
            all.insert(path.rsplit('/').next().unwrap().to_owned(), answer.clone());
        }
        let theirs = session.recompute();
        assert!(theirs.failed.is_empty(), "{:?}", theirs.failed);
        std::fs::write(dir.path().join("answers.json"), Json::Object(all).to_string()).unwrap();
        let output = run::svod(dir.path(), &["eval", "school.toml", "answers.json", "--today", DAY]);
        let ours: Json = serde_json::from_slice(&output.stdout).unwrap();
        compared += compare(&session, &theirs.relevant, &ours);
    }
    assert!(compared > 80, "only {compared} values");
}

/// Every value that both show, and whether both show it.
fn compare(session: &Session, shown: &std::collections::BTreeMap<String, bool>, ours: &Json) -> usize {
    let mut compared = 0;
    for (name, value) in ours["values"].as_object().unwrap() {
        let inside = ["area", "each"].contains(&name.as_str());
        let path = if inside { format!("/data/more/{name}") } else { format!("/data/{name}") };
        let theirs =
            shown.get(&path).copied().unwrap_or(true) && (!inside || shown.get("/data/more").copied().unwrap_or(true));
        let relevant = ours["relevant"].get(name).and_then(Json::as_bool).unwrap_or(true);
        assert_eq!(relevant, theirs, "whether {name} is shown");
        if theirs {
            assert!(same(value, &session.get(&path)), "{name}: {value} and {}", session.get(&path));
        }
        compared += 1;
    }
    compared
}

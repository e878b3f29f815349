//! `svod eval` through the program: the shapes it prints, what it can be given besides answers, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// A folder with the files of one test.
struct Desk(TempDir);

impl Desk {
    fn new() -> Desk {
        Desk(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, content: &str) -> &Desk {
        std::fs::write(self.0.path().join(name), content).unwrap();
        self
    }

    fn eval(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_svod"));
        command.current_dir(self.0.path()).args(["eval", "--forms", folder("tests/forms/ok").to_str().unwrap()]);
        command.args(arguments).output().unwrap()
    }

    /// What an evaluation prints, and its exit code.
    fn json(&self, arguments: &[&str]) -> (Json, i32) {
        let output = self.eval(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.is_empty(), "{said}");
        (serde_json::from_slice(&output.stdout).unwrap(), output.status.code().unwrap())
    }
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn everything_that_follows_is_printed() {
    let desk = Desk::new();
    desk.put("now.json", r#"{"results": {"math": {"participants": 10, "failed": 11}, "rus": {"reported_share": 31}}}"#);
    desk.put("before.json", r#"{"results/math/reported_share": 54, "results": {"rus": {"reported_share": 29}}}"#);
    let (seen, code) = desk.json(&["sketch", "now.json", "--period", "2021/22", "--previous", "before.json"]);
    assert_eq!(code, 1, "a constraint is broken");
    insta::assert_snapshot!("sketch", format!("{seen:#}"));
}

#[test]
fn the_known_answer_holds_in_the_shipped_form() {
    let desk = Desk::new();
    let form = folder("forms/exam-results.toml");
    let form = form.to_str().unwrap();
    desk.put(
        "2020.json",
        r#"{"results": {"oge_math_9": {"reported_share": 54}, "oge_rus_9": {"reported_share": 31}}}"#,
    );
    desk.put(
        "2021.json",
        r#"{"results": {"oge_math_9": {"reported_share": 43}, "oge_rus_9": {"reported_share": null}}}"#,
    );
    let (first, code) = desk.json(&[form, "2020.json", "--period", "2020Sep"]);
    assert_eq!((code, &first["lists"]["shnor"]["ground"]), (0, &json!("two_procedures")));
    let (second, code) = desk.json(&[form, "2021.json", "--period", "2021Sep", "--previous", "2020.json"]);
    assert_eq!((code, &second["lists"]["shnor"]["ground"]), (0, &json!("two_years")));
    assert_eq!(
        second["lists"]["shnor"]["because"],
        json!([
            {"at": "results/oge_math_9", "period": "2021Sep"},
            {"at": "results/oge_math_9", "period": "2020Sep"},
            {"at": "results/oge_rus_9", "period": "2020Sep"},
        ])
    );
    assert_eq!(second["lists"]["shnor"]["known"], json!([1, 6]));
    assert_eq!(second["values"]["results/oge_math_9/participants"], Json::Null);
}

/// What is kept of a second form: every question and cell, shown or hidden, and measures only with both parts.
#[test]
fn values_and_relevance_have_every_path() {
    let desk = Desk::new();
    desk.put("a.json", r#"{"place": "town", "pupils": 500, "staff": {"teachers": {"needed": 10, "have": 8}}}"#);
    let (seen, code) = desk.json(&["words", "a.json"]);
    assert_eq!(code, 0);
    let keys = |part: &str| seen[part].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys("values"), keys("relevant"));
    assert!(!keys("values").iter().any(|key| key == "nearby" || key == "main" || key == "staff"));
    assert_eq!((&seen["values"]["remote"], &seen["relevant"]["remote"]), (&Json::Null, &json!(false)));
    assert_eq!(seen["measures"]["staffing"], json!({"": {"numerator": 8, "denominator": 10}}));
    assert_eq!(seen["measures"]["growth"], json!({}), "no earlier period, no growth");
    assert_eq!(seen["measures"]["small_schools"], json!({"": {"numerator": 0, "denominator": null}}));
    let check = &seen["faults"][0];
    assert_eq!((&check["at"], &check["name"]), (&json!("staff/teachers"), &json!("staffed")));
    assert_eq!((&check["code"], &check["severity"]), (&json!("check"), &json!("note")));
    assert_eq!(check["message"], "Учителя: есть вакансии");
}

const OUTWARD: &str = r#"
id = "outward"
title = "Смотрит вокруг"
period = "school-year"

[[group]]
[[group.question]]
name = "n"
type = "integer"

[[check]]
name = "two_back"
test = "${n} != previous(${n}, 2)"
severity = "warning"
message = "Как два года назад"

[[check]]
name = "not_a_school"
test = "org('type') = 'school'"
severity = "note"
message = "Не школа"

[[check]]
name = "more_than_sketch"
test = "${n} <= ${sketch:low_count}"
message = "Больше, чем в другой форме"

[[check]]
name = "late"
test = "today() <= date('2024-12-31')"
severity = "note"
message = "Поздно"
"#;

#[test]
fn other_periods_forms_and_organisations_are_given_by_files() {
    let desk = Desk::new();
    desk.put("outward.toml", OUTWARD).put("n.json", r#"{"n": 5}"#).put("empty.json", "{}");
    desk.put("other.json", r#"{"results": {"math": {"participants": 10, "failed": 5}}}"#);
    desk.put("org.json", r#"{"code": "01", "type": "municipality"}"#);
    let names = |arguments: &[&str]| {
        let (seen, code) = desk.json(&[&["outward.toml", "n.json", "--today", "2024-01-01"], arguments].concat());
        let faults = seen["faults"].as_array().unwrap().clone();
        (faults.iter().map(|fault| fault["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), code)
    };
    let expected = |list: &[&str], code| (list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), code);
    assert_eq!(names(&[]), expected(&["not_a_school"], 0), "an organisation without attributes is not a school");
    let two_back = ["--previous", "empty.json", "--previous", "n.json", "--period", "2023Sep"];
    assert_eq!(names(&two_back), expected(&["two_back", "not_a_school"], 0));
    assert_eq!(names(&["--other", "sketch=other.json"]), expected(&["more_than_sketch", "not_a_school"], 1));
    assert_eq!(names(&["--org", "org.json"]), expected(&["not_a_school"], 0));
    let (seen, _) = desk.json(&["outward.toml", "n.json", "--today", "01.01.2025"]);
    assert_eq!(seen["faults"].as_array().unwrap().len(), 2, "{seen:#}");
}

const ROWS: &str = r#"
id = "rows"
title = "Строки других отчётов"
period = "calendar-year"
about = "municipality"
by = ["municipality"]

[[group]]
[[group.question]]
name = "r"
type = "repeat"

[[group.question.column]]
name = "x"
type = "integer"
default = "previous(${x})"

[[indicator]]
name = "growth"
numerator = "sum(${r/x}) - sum(previous(${r/x}))"

[[indicator]]
name = "teachers"
numerator = "sumif(${repeats:team/post}, 'teacher', ${repeats:team/years})"

[[indicator]]
name = "rows"
numerator = "count(${repeats:team})"

[[indicator]]
name = "below"
numerator = "sum(children(${repeats:team/years}))"

[[indicator]]
name = "best"
numerator = "max(children(${repeats:people_count}))"
"#;

#[test]
fn rows_of_other_reports_are_read_a_column_at_a_time() {
    let desk = Desk::new();
    desk.put("rows.toml", ROWS).put("now.json", r#"{"r": [{"x": 5}, {}, {"x": 2}]}"#);
    desk.put("before.json", r#"{"r": [{"x": 1}, {"x": 3}]}"#).put("none.json", "{}");
    let one =
        r#"{"team": [{"who": "А", "years": 7}, {"who": "Б", "post": "teacher", "years": 4}, {"post": "teacher"}]}"#;
    desk.put("one.json", one).put("two.json", r#"{"team": [{"who": "В", "years": 10}]}"#);
    let measures = |arguments: &[&str]| {
        let (seen, code) = desk.json(&[&["rows.toml", "now.json", "--period", "2025"], arguments].concat());
        assert_eq!(code, 0, "{seen:#}");
        let part = |name: &str| seen["measures"][name][""]["numerator"].clone();
        ["growth", "teachers", "rows", "below", "best"].map(part)
    };
    let nothing = Json::Null;
    assert_eq!(measures(&[])[..2], [nothing.clone(), nothing.clone()]);
    assert_eq!(measures(&["--previous", "before.json"])[0], 3, "5 + 2 − (1 + 3)");
    assert_eq!(measures(&["--previous", "none.json"])[0], nothing, "no rows a year ago: nothing to compare with");
    let other = measures(&["--other", "repeats=one.json"]);
    assert_eq!(other[1..3], [json!(4), json!(3)], "the row without a post keeps its place: 7 is nobody's");
    let below =
        measures(&["--child", "repeats=one.json", "--child", "repeats=two.json", "--child", "repeats=none.json"]);
    assert_eq!(below[3..], [json!(21), json!(3)]);

    // A form that nobody knows here: its answers are taken as they are, each row in its place.
    let stranger = ROWS.replace("${repeats:", "${stranger:");
    desk.put("rows.toml", &stranger);
    let other = measures(&["--other", "stranger=one.json"]);
    assert_eq!(other[1..3], [json!(4), json!(3)]);
}

#[test]
fn a_place_is_known_only_among_given_organisations() {
    let desk = Desk::new();
    desk.put("own.json", r#"{"score": 2, "parts": {"first": {"mark": 1}}}"#).put("empty.json", "{}");
    desk.put("less.json", r#"{"score": 1}"#).put("more.json", r#"{"score": 3}"#);
    let lowest = |others: &[&str]| {
        let peers: Vec<&str> = others.iter().flat_map(|file| ["--peers", file]).collect();
        let (seen, code) = desk.json(&[&["ranked", "own.json"], &peers[..]].concat());
        assert_eq!(code, 0);
        seen["lists"]["lowest"].clone()
    };
    let alone = lowest(&[]);
    assert_eq!((&alone["in"], alone.get("place")), (&Json::Null, None), "nobody to compare with: not determined");
    let last = lowest(&["more.json", "more.json"]);
    assert_eq!((&last["in"], &last["place"]), (&json!(true), &json!([1, 3])));
    let second = lowest(&["less.json", "more.json", "empty.json"]);
    assert_eq!((&second["in"], &second["place"], &second["known"]), (&json!(false), &json!([2, 3]), &json!([1, 1])));
}

#[test]
fn what_cannot_be_taken_is_refused_with_its_place() {
    let desk = Desk::new();
    desk.put("a.json", "{}").put("bad.json", "{\"n\": 1,\n \"m\" 2}").put("list.json", "[1]");
    desk.put("deep.json", &format!("{{\"n\": {}}}", "[".repeat(100_000)));
    desk.put("wrong.toml", "id = \"x\"\ntitle = \"x\"\nlable = 1\n");
    for (arguments, code, said) in [
        (vec!["sketch"], 2, "ANSWERS"),
        (vec![], 2, "FORM"),
        (vec!["sketch", "a.json", "--colour"], 2, "--colour"),
        (vec!["sketch", "a.json", "extra"], 2, "extra"),
        (vec!["sketch", "nowhere.json"], 1, "nowhere.json: такого файла нет"),
        (vec!["sketch", "bad.json"], 1, "bad.json:2:6: Запись JSON не читается"),
        (vec!["sketch", "deep.json"], 1, "deep.json:1:"),
        (vec!["sketch", "list.json"], 1, "list.json: Ожидается объект JSON"),
        (vec!["sketc", "a.json"], 1, "Нет формы «sketc». Может быть, «sketch»?"),
        (vec!["wrong.toml", "a.json"], 1, "wrong.toml:3:1: Неизвестный ключ «lable»"),
        (vec!["nowhere.toml", "a.json"], 1, "nowhere.toml: такого файла нет"),
        (vec!["sketch", "a.json", "--period", "2021"], 1, "2020/21 или 2021/22"),
        (vec!["sketch", "a.json", "--period", "2021Q1"], 1, "это квартал"),
        (vec!["sketch", "a.json", "--period", "весна"], 1, "--period: Не удалось прочитать период «весна»"),
        (vec!["sketch", "a.json", "--previous", "nowhere.json"], 1, "nowhere.json: такого файла нет"),
        (vec!["sketch", "a.json", "--org", "list.json"], 1, "list.json: Ожидается объект JSON"),
        (vec!["sketch", "a.json", "--other", "x"], 1, "--other: «x»: ожидается ФОРМА=ФАЙЛ"),
        (vec!["sketch", "a.json", "--child", "x"], 1, "--child: «x»: ожидается ФОРМА=ФАЙЛ"),
        (vec!["sketch", "a.json", "--today", "31.02.2024"], 1, "--today: Ожидается дата"),
    ] {
        let output = desk.eval(&arguments);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(code), true), "{arguments:?}: {err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
}

#[test]
fn faults_are_json_where_json_is_asked_for() {
    let desk = Desk::new();
    desk.put("a.json", "{}").put("bad.json", "{\"n\": 1,\n \"m\" 2}");
    for (arguments, at) in [
        (vec!["sketch", "bad.json"], json!("bad.json:2:6")),
        (vec!["sketch", "a.json", "--period", "2021"], json!("--period")),
        (vec!["sketch", "nowhere.json"], Json::Null),
    ] {
        let (seen, code) = desk.json(&[&arguments[..], &["--json"]].concat());
        assert_eq!((code, seen["faults"].as_array().unwrap().len()), (1, 1), "{seen:#}");
        assert_eq!(seen["faults"][0]["at"], at);
        assert!(!seen["faults"][0]["message"].as_str().unwrap().is_empty());
    }
}

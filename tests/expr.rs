//! The expression language as tables of cases: `tests/expr/*.toml`, through the library and through the program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use svod::expr::loose::{self, Loose};
use svod::expr::{self, ExprFault};

/// One expression and what it must give.
struct Case {
    file: String,
    expression: String,
    answers: Json,
    expected: Expected,
}

enum Expected {
    Value(Json),
    Fault(String, usize),
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expr");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().filter(|path| path.extension().is_some_and(|e| e == "toml")).flat_map(|path| of_file(path)).collect()
}

fn of_file(path: &Path) -> Vec<Case> {
    let file = path.file_name().unwrap().to_string_lossy().into_owned();
    let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let answers: Json = serde_json::from_str(table["answers"].as_str().unwrap()).unwrap();
    let list = |key: &str| table.get(key).and_then(|list| list.as_array().cloned()).unwrap_or_default();
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let mut found: Vec<(String, Expected)> = Vec::new();
    for (key, value) in [("true", json!(true)), ("false", json!(false)), ("empty", Json::Null)] {
        found.extend(list(key).iter().map(|expression| (text(expression), Expected::Value(value.clone()))));
    }
    for case in list("values") {
        found.push((text(&case[0]), Expected::Value(serde_json::to_value(&case[1]).unwrap())));
    }
    for case in list("faults") {
        let column = usize::try_from(case[2].as_integer().unwrap()).unwrap();
        found.push((text(&case[0]), Expected::Fault(text(&case[1]), column)));
    }
    let whole = |(expression, expected)| Case { file: file.clone(), expression, answers: answers.clone(), expected };
    found.into_iter().map(whole).collect()
}

fn evaluate(case: &Case) -> Result<Json, Vec<ExprFault>> {
    let today = "2025-12-31".parse().unwrap();
    loose::value(&case.expression, &Loose::new(case.answers.clone(), Some(today))).map(|value| value.to_json())
}

fn column(expression: &str, fault: &ExprFault) -> usize {
    expression[..fault.span.start].chars().count() + 1
}

/// Numbers as numbers, and `""` inside an expected list for an empty element (TOML has no null).
fn same(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::String(a), Json::Null) => a.is_empty(),
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

fn difference(case: &Case) -> Option<String> {
    let Case { file, expression, expected, .. } = case;
    match (expected, evaluate(case)) {
        (Expected::Value(value), Ok(found)) if same(value, &found) => None,
        (Expected::Value(value), Ok(found)) => Some(format!("{file}: {expression}: {value} expected, {found} found")),
        (Expected::Value(value), Err(faults)) => Some(format!("{file}: {expression}: {value} expected, {faults:?}")),
        (Expected::Fault(code, place), Ok(found)) => {
            Some(format!("{file}: {expression}: {code} at {place} expected, {found} found"))
        }
        (Expected::Fault(code, place), Err(faults)) => {
            let found: Vec<_> = faults.iter().map(|fault| (fault.code, column(expression, fault))).collect();
            (found != [(code.as_str(), *place)])
                .then(|| format!("{file}: {expression}: {code} at {place} expected, {found:?}"))
        }
    }
}

#[test]
fn every_case_holds() {
    let cases = cases();
    assert!(cases.len() > 500, "only {} cases", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(difference).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn every_function_has_cases() {
    let written: BTreeSet<String> = cases().into_iter().map(|case| case.expression).collect();
    let silent: Vec<&str> = expr::functions::all()
        .map(|function| function.name)
        .filter(|name| !written.iter().any(|expression| expression.contains(&format!("{name}("))))
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// Far beyond what the slowest machine needs: tells work that explodes from work that is slow.
const HANG: Duration = Duration::from_secs(60);

/// Long and deep expressions end in a value or a fault without ending the process.
#[test]
fn size_and_depth_are_bounded() {
    let long = |part: &str, sign: &str, count: usize| vec![part; count].join(sign);
    let fits = [long("1", "+", 500), long("true()", " and ", 499), long("${a}", "*", 500), long("(1)", "+", 500)];
    let wrong = [
        "(".repeat(19_000),
        "-".repeat(19_000),
        "not(".repeat(4_000),
        "1+".repeat(30_000),
        long("1", "+", 5_000),
        format!("{}1", "(1+1)*(".repeat(50) + &long("1", "+", 490)),
        "'".to_owned() + &"я".repeat(40_000),
        format!("{}1{}", "(".repeat(100), ")".repeat(100)),
        "${".repeat(9_000),
        "if(1=1,".repeat(2_500),
    ];
    let start = Instant::now();
    let empty = || Loose::new(json!({"a": 1}), None);
    for expression in &fits {
        let end: String = expression.chars().take(20).collect();
        assert!(loose::value(expression, &empty()).is_ok(), "{end}…");
    }
    for expression in &wrong {
        let faults = loose::value(expression, &empty()).err().unwrap_or_default();
        let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, ["syntax"], "{}…", expression.chars().take(20).collect::<String>());
    }
    assert!(start.elapsed() < HANG, "{:?}", start.elapsed());
}

/// Exit code, standard output and standard error of `svod expr …`.
fn svod(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_svod")).arg("expr").args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_program_prints_one_json_value() {
    let folder = tempfile::tempdir().unwrap();
    let answers = folder.path().join("answers.json");
    std::fs::write(&answers, r#"{"results": {"a": {"n": 2}, "b": {"n": 3}}, "flat/x": "да"}"#).unwrap();
    let answers = answers.to_str().unwrap();
    for (arguments, printed) in [
        (vec!["1 + 1"], "2\n"),
        (vec!["-1"], "-1\n"),
        (vec!["1 div 0"], "null\n"),
        (vec!["'да'"], "\"да\"\n"),
        (vec!["1 = 1"], "true\n"),
        (vec!["date('2024-02-29') + 1"], "\"2024-03-01\"\n"),
        (vec!["today()", "--today", "2024-02-29"], "\"2024-02-29\"\n"),
        (vec!["sum(${results/n})", "--answers", answers], "5\n"),
        (vec!["${results/b/n}", "--answers", answers], "3\n"),
        (vec!["${flat/x}", "--answers", answers, "--json"], "\"да\"\n"),
        (vec!["${nothing}", "--answers", answers], "null\n"),
    ] {
        assert_eq!(svod(&arguments), (0, printed.to_owned(), String::new()), "{arguments:?}");
    }
}

#[test]
fn the_program_points_at_a_fault() {
    let (code, out, err) = svod(&["'школа' + rond(1)"]);
    assert_eq!((code, out.as_str()), (1, ""));
    insta::assert_snapshot!("pointed", err);
    let (code, out, err) = svod(&["'школа' + 1", "--json"]);
    assert_eq!((code, err.as_str()), (1, ""));
    insta::assert_snapshot!("json", out);
}

#[test]
fn the_program_refuses_what_it_cannot_take() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.json");
    std::fs::write(&bad, "{\"a\": 1,\n  b}").unwrap();
    let list = folder.path().join("list.json");
    std::fs::write(&list, "[1]").unwrap();
    for (arguments, code, said) in [
        (vec![], 2, "Usage"),
        (vec!["1", "2"], 2, "Usage"),
        (vec!["1", "--colour"], 2, "--colour"),
        (vec!["1", "--answers"], 2, "--answers"),
        (vec!["1", "--answers", "/nowhere/answers.json"], 1, "/nowhere/answers.json: такого файла нет"),
        (vec!["1", "--answers", bad.to_str().unwrap()], 1, "bad.json:2:3: "),
        (vec!["1", "--answers", list.to_str().unwrap()], 1, "list.json: Ожидается объект JSON"),
        (vec!["1", "--today", "завтра"], 1, "--today: Ожидается дата"),
    ] {
        let (found, out, err) = svod(&arguments);
        assert_eq!((found, out.as_str()), (code, ""), "{arguments:?}: {err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
}

//! The expression language as tables of cases: `tests/expr/*.toml`, through the library and through the program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(clippy::print_stdout, reason = "the counts are for whoever reads the run")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::{Duration, Instant};

use cases::{Case, Expected, SQUARES, World, same};
use serde_json::{Value as Json, json};
use svod::expr::loose::{self, Loose};
use svod::expr::{self, ExprFault};

#[path = "readers/cases.rs"]
mod cases;

fn evaluate(case: &Case) -> Result<Json, Vec<ExprFault>> {
    World::new(&case.answers).value(&case.expression).map(|value| value.to_json())
}

fn column(expression: &str, fault: &ExprFault) -> usize {
    expression[..fault.span.start].chars().count() + 1
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
    let cases = cases::all();
    assert!(cases.len() > 1_200, "only {} cases", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(difference).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Every function and every operator × what it is tried with; no square is empty.
#[test]
fn the_matrix_is_full() {
    let mut filled: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let cases = cases::all();
    for case in cases.iter().filter(|case| case.square.is_some()) {
        let (name, square) = case.square.clone().unwrap();
        let called = expr::functions::find(&name).is_none() || case.expression.contains(&name);
        assert!(called, "{name}: {}", case.expression);
        *filled.entry((name, square)).or_default() += 1;
    }
    let names = expr::functions::all().map(|function| function.name).chain(expr::OPERATORS.map(|(sign, ..)| sign));
    let names: BTreeSet<&str> = names.chain(["-x", "[…]"]).collect();
    let squares = names.iter().flat_map(|name| SQUARES.map(|square| ((*name).to_owned(), square)));
    let empty: Vec<_> = squares.filter(|square| !filled.contains_key(square)).collect();
    let inside: usize = filled.values().sum();
    println!(
        "{} × {} squares, {} filled by {inside} cases; {} cases of laws",
        names.len(),
        SQUARES.len(),
        filled.len(),
        cases.len() - inside
    );
    assert!(empty.is_empty(), "{} empty squares: {empty:?}", empty.len());
}

/// The laws that are about expressions; the others are about reports, and have their cases with forms and pages.
#[test]
fn every_law_of_expressions_has_cases() {
    let told: BTreeSet<i64> = cases::laws().into_iter().flat_map(|(_, laws)| laws).collect();
    assert_eq!(told, BTreeSet::from([1, 2, 5]));
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

//! Three readers of one tree: the cases of `tests/expr/` in node and in one pass of LibreOffice, as they are in Rust.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]
#![allow(clippy::print_stdout, reason = "the counts are for whoever reads the run")]

use std::collections::{BTreeMap, BTreeSet};

use calamine::Data;
use cases::{Case, Expected, World, same};
use office::{Task, shows};
use office_run::recalculated;
use serde_json::Value as Json;
use svod::expr::{self, Expr, ExprFault};

#[path = "readers/cases.rs"]
mod cases;
#[path = "readers/forms.rs"]
mod forms;
#[path = "readers/node.rs"]
mod node;
#[path = "readers/office.rs"]
mod office;
#[path = "common/office.rs"]
mod office_run;
#[path = "readers/random.rs"]
mod random;

/// A case that gives a value, read and bound in its world.
struct Sound {
    case: Case,
    wanted: Json,
    world: World,
    expr: Expr,
}

fn sound() -> Vec<Sound> {
    let each = cases::all().into_iter().filter_map(|case| {
        let Expected::Value(wanted) = &case.expected else { return None };
        let (wanted, world) = (wanted.clone(), World::new(&case.answers));
        let (expr, _) = world.expr(&case.expression).unwrap();
        Some(Sound { case, wanted, world, expr })
    });
    each.collect()
}

/// What has no meaning in a reader, counted by what it is.
fn told(faults: &[(&ExprFault, &Sound)]) -> String {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for (fault, sound) in faults {
        let what = &sound.case.expression[fault.span.start..fault.span.end];
        let name = what.split('(').next().unwrap_or(what);
        *counted.entry(name.chars().take(24).collect()).or_default() += 1;
    }
    counted.iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn node_gives_the_same() {
    let sound = sound();
    let tasks: Vec<_> = sound.iter().map(|one| node::task(&one.world, &one.expr)).collect();
    let faults: Vec<_> = tasks.iter().zip(&sound).filter_map(|(task, one)| Some((task.as_ref().err()?, one))).collect();
    let (with, tried): (Vec<&Sound>, Vec<Json>) =
        sound.iter().zip(&tasks).filter_map(|(one, task)| Some((one, task.clone().ok()?))).unzip();
    let Some(said) = node::run("run.js", &tried) else { return };
    let wrong: Vec<String> = with
        .iter()
        .zip(&said)
        .filter(|(one, said)| !same(&one.wanted, said))
        .map(|(one, said)| format!("{}: {}: {} expected, {said} said", one.case.file, one.case.expression, one.wanted))
        .collect();
    println!("node: {} cases, {} wrong; left to the server: {}", with.len(), wrong.len(), told(&faults));
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), with.len(), wrong.join("\n"));
    for (fault, one) in &faults {
        assert_eq!(fault.code, "no-browser", "{}", one.case.expression);
    }
}

/// The functions that the table says the browser has are those that the script has, and the other way round.
#[test]
fn the_script_has_every_function_of_the_table() {
    let script = include_str!("../src/web/assets/expr.js");
    for function in expr::functions::all() {
        let name = function.name;
        let there = [
            format!("\n    {name}: "),
            format!("\n    '{name}': "),
            format!("PLAIN['{name}'] ="),
            format!("\n    {name},"),
        ];
        let found = there.iter().any(|written| script.contains(written));
        assert_eq!(found, function.browser, "{name}");
    }
}

#[test]
fn libreoffice_gives_the_same() {
    // Workbooks count a letter outside the basic plane as two.
    let plain = |one: &Sound| one.case.expression.chars().all(|c| u32::from(c) < 0x1_0000);
    let sound: Vec<Sound> = sound().into_iter().filter(plain).collect();
    let tasks: Vec<Task<'_>> = sound.iter().map(|one| Task { world: &one.world, expr: &one.expr }).collect();
    let folder = tempfile::tempdir().unwrap();
    let Some(found) = office::run(folder.path(), &tasks) else { return };
    let (mut wrong, mut faults, mut formulas) = (Vec::new(), Vec::new(), 0);
    let mut with: BTreeSet<&str> = BTreeSet::new();
    for (one, found) in sound.iter().zip(&found) {
        match found {
            Err(fault) => faults.push((fault, one)),
            Ok((formula, cell)) => {
                formulas += 1;
                with.extend(one.case.square.as_ref().map(|(function, _)| function.as_str()));
                if !shows(cell, &one.wanted, 1e-280) {
                    wrong.push(difference(one, formula, cell));
                }
            }
        }
    }
    println!("LibreOffice: {formulas} formulas, {} wrong; a value instead: {}", wrong.len(), told(&faults));
    assert!(wrong.is_empty(), "{} of {formulas}:\n{}", wrong.len(), wrong.join("\n"));
    let without: Vec<&str> = expr::functions::all()
        .filter(|function| function.has_formula() && !with.contains(function.name))
        .map(|function| function.name)
        .collect();
    assert!(without.is_empty(), "never a formula: {without:?}");
}

/// How many random expressions node is asked, and how many of them LibreOffice; `SVOD_TIMES=10` asks ten times as many.
const ASKED: (usize, usize) = (6_000, 600);

fn times(usual: usize) -> usize {
    usual * std::env::var("SVOD_TIMES").ok().and_then(|said| said.parse().ok()).unwrap_or(1)
}

fn drawn(count: usize) -> Vec<Sound> {
    let mut dice = random::Dice::new(2025);
    let each = (0..count).map(|number| {
        let world = random::world(&mut dice);
        let expression = random::expression(&mut dice);
        let case = Case {
            file: format!("{number}"),
            expression,
            answers: world.answers.clone(),
            expected: Expected::Value(Json::Null),
            square: None,
        };
        let (expr, _) = world.expr(&case.expression).unwrap_or_else(|faults| panic!("{}: {faults:?}", case.expression));
        let wanted = expr::evaluate(&expr, &world).to_json();
        Sound { case, wanted, world, expr }
    });
    each.collect()
}

#[test]
fn node_agrees_on_random_expressions() {
    let drawn = drawn(times(ASKED.0));
    let tasks: Vec<Json> = drawn.iter().map(|one| node::task(&one.world, &one.expr).unwrap()).collect();
    let Some(said) = node::run("run.js", &tasks) else { return };
    let mut wrong: Vec<String> = drawn
        .iter()
        .zip(&said)
        .filter(|(one, said)| !same(&one.wanted, said))
        .map(|(one, said)| whole(one, &said.to_string()))
        .collect();
    let there = drawn.iter().filter(|one| !one.wanted.is_null()).count();
    println!("node: {} random expressions, {there} not empty, {} wrong", drawn.len(), wrong.len());
    wrong.sort_by_key(String::len);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n"));
    assert!(there * 2 > drawn.len());
}

#[test]
fn libreoffice_agrees_on_random_expressions() {
    let drawn = drawn(times(ASKED.1));
    let tasks: Vec<Task<'_>> = drawn.iter().map(|one| Task { world: &one.world, expr: &one.expr }).collect();
    let folder = tempfile::tempdir().unwrap();
    let Some(found) = office::run(folder.path(), &tasks) else { return };
    let (mut wrong, mut formulas) = (Vec::new(), 0);
    for (one, found) in drawn.iter().zip(&found) {
        let Ok((formula, cell)) = found else { continue };
        formulas += 1;
        if !shows(cell, &one.wanted, 1.0) {
            wrong.push(whole(one, &format!("{cell:?}\n    ={formula}")));
        }
    }
    println!("LibreOffice: {formulas} random formulas of {} expressions, {} wrong", drawn.len(), wrong.len());
    wrong.sort_by_key(String::len);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n"));
    assert!(formulas * 2 > drawn.len());
}

/// A random case with all that is needed to see it again.
fn whole(one: &Sound, said: &str) -> String {
    let Sound { case, wanted, .. } = one;
    format!("{}: {}\n    {wanted} in Rust, {said}\n    {}", case.file, case.expression, case.answers)
}

fn difference(one: &Sound, formula: &str, cell: &Data) -> String {
    format!("{}: {}: {} expected, {cell:?} found\n    ={formula}", one.case.file, one.case.expression, one.wanted)
}

//! The browser's reader, run by node.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Map, Value as Json, json};
use svod::expr::{Expr, Kind, Surroundings, json};

use super::cases::World;

/// What the script needs of the world to evaluate an expression.
pub fn task(world: &World, expr: &Expr) -> Result<Json, svod::expr::ExprFault> {
    let tree = json::browser(expr)?;
    let (mut refs, mut rows, mut cells) = (Map::new(), Map::new(), Map::new());
    let mut of = Vec::new();
    let mut columns = Vec::new();
    expr.root.walk(&mut |node| match &node.kind {
        Kind::Reference(reference) => {
            refs.insert(reference.path.clone(), json::value(&Surroundings::reference(world, reference)));
        }
        Kind::Name(name) => columns.push(name),
        Kind::Rows(rows) => {
            of.push(&rows.of);
            columns.extend(rows.column.as_ref().map(|(name, _)| name));
        }
        Kind::Call(function, arguments) if function.name == "indexed-repeat" => {
            if let (Kind::Reference(column), Kind::Reference(rows)) = (&arguments[0].kind, &arguments[1].kind) {
                columns.push(column);
                of.push(rows);
            }
        }
        _ => {}
    });
    for of in of {
        let height = Surroundings::rows(world, of);
        rows.insert(of.path.clone(), json!(height));
        for column in &columns {
            let all: Vec<Json> = (0..height).map(|row| json::value(&world.cell(of, row, column))).collect();
            cells.insert(format!("{} {}", of.path, column.path), Json::Array(all));
        }
    }
    let answers = |key: &str| world.answers.get(key).cloned().unwrap_or_else(|| json!({}));
    Ok(json!({"tree": tree, "env": {
        "refs": refs, "rows": rows, "cells": cells, "today": {"day": "2025-12-31"}, "position": world.position(),
        "parameters": answers("parameters"), "row": answers("row"), "choices": answers("choices"),
    }}))
}

/// What a script says of the tasks in node; nothing where it is missing and nobody insists.
pub fn run(script: &str, tasks: &[Json]) -> Option<Vec<Json>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers").join(script);
    let Ok(mut child) = Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        let required = std::env::var("SVOD_REQUIRE_PARTS").is_ok_and(|value| value == "1");
        assert!(!required, "node is required (SVOD_REQUIRE_PARTS=1)");
        super::office_run::skip::skipped("node is not there, so the browser's reader of expressions was not tried");
        return None;
    };
    let text: String = tasks.iter().map(|task| format!("{task}\n")).collect();
    let mut stdin = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || stdin.write_all(text.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    let said: Vec<Json> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(said.len(), tasks.len());
    Some(said)
}

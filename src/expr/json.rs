//! The reader for the browser: the bound tree as compact JSON, which a small script interprets; never generated source.
//!
//! A number, a text, `null` stand for themselves; everything else is `["name", …]`: a function by its name, an operator
//! by its sign, `["$f", field]`, `["$h", field]`, `["$c", field]`, `["$x", field, row]`, `["$r", table]` for what a
//! reference is bound to, `["$", path]` where there is no form.

use serde_json::{Value as Json, json};

use crate::expr::patterns;
use crate::expr::tree::{Expr, ExprFault, Kind, Node, Op, Reference, Rows, Slot, Span};
use crate::expr::value::{Value, number_json};
use crate::lang::Words;

/// The tree for the browser.
///
/// # Errors
/// A note on the part that has no meaning in a browser; then only the server computes the expression.
pub fn browser(expr: &Expr) -> Result<Json, ExprFault> {
    node(&expr.root)
}

/// What has no meaning in a browser, as a note.
fn no_meaning(span: Span, what: &str) -> ExprFault {
    ExprFault::new(span, "no-browser", Words::new("expr.no-browser").with("what", what))
}

fn node(written: &Node) -> Result<Json, ExprFault> {
    Ok(match &written.kind {
        Kind::Literal(value) => literal(value),
        Kind::This => json!(["."]),
        Kind::Parent => Json::Null,
        Kind::Reference(reference) => reference_json(reference, written.span)?,
        Kind::Name(name) => json!(["name", column(name)]),
        Kind::Rows(rows) => rows_json(rows)?,
        Kind::Call(function, arguments) => match (function.browser, arguments.as_slice()) {
            (false, _) => return Err(no_meaning(written.span, function.name)),
            (true, [text, pattern]) if function.name == "regex" => {
                let program = pattern.literal_text().and_then(patterns::program);
                json!(["regex", node(text)?, program.ok_or_else(|| no_meaning(pattern.span, "regex"))?])
            }
            (true, [column, of, place]) if function.name == "indexed-repeat" => {
                json!(["indexed-repeat", named(column), whose(of), node(place)?])
            }
            (true, [code, question]) if function.name == "jr:choice-name" => {
                json!(["jr:choice-name", node(code)?, named(question)])
            }
            (true, arguments) => call(function.name, arguments)?,
        },
        Kind::Negate(inner) => json!(["neg", node(inner)?]),
        Kind::Binary { op, sides, text } => json!([sign(*op, sides, *text), node(&sides[0])?, node(&sides[1])?]),
    })
}

fn literal(value: &Value) -> Json {
    match value {
        // Not at 15 digits: what was written is computed with as it is.
        Value::Number(number) => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
        other => other.to_json(),
    }
}

/// A sign as the script knows it: `=''` tests emptiness, `='` compares texts.
fn sign(op: Op, sides: &[Node; 2], text: bool) -> String {
    let mark = match op {
        Op::Equal | Op::NotEqual if sides.iter().any(Node::is_empty_text) => "''",
        Op::Equal | Op::NotEqual if text => "'",
        _ => "",
    };
    format!("{}{mark}", op.sign())
}

fn call(name: &str, arguments: &[Node]) -> Result<Json, ExprFault> {
    let mut written = vec![json!(name)];
    for argument in arguments {
        written.push(node(argument)?);
    }
    Ok(Json::Array(written))
}

fn reference_json(reference: &Reference, span: Span) -> Result<Json, ExprFault> {
    if let Some(form) = &reference.form {
        return Err(no_meaning(span, &format!("${{{form}:{}}}", reference.path)));
    }
    Ok(match reference.slot {
        Slot::Unbound => json!(["$", reference.path]),
        Slot::Field(field) => json!(["$f", field]),
        Slot::Here(field) => json!(["$h", field]),
        Slot::Column(field) => json!(["$c", field]),
        Slot::Cell(field, row) => json!(["$x", field, row]),
        Slot::Rows(table) => json!(["$r", table]),
    })
}

/// A column or question by its number, or by its name where there is no form.
fn column(name: &Reference) -> Json {
    match name.slot {
        Slot::Field(field) | Slot::Here(field) | Slot::Column(field) | Slot::Cell(field, _) => json!(field),
        Slot::Rows(table) => json!(table),
        Slot::Unbound => json!(name.path),
    }
}

fn named(argument: &Node) -> Json {
    match &argument.kind {
        Kind::Reference(reference) => column(reference),
        _ => Json::Null,
    }
}

fn whose(argument: &Node) -> Json {
    named(argument)
}

/// `["rows", of, [condition, …], column, single]`; a condition that asks for a place is `["at", place]`.
fn rows_json(rows: &Rows) -> Result<Json, ExprFault> {
    let mut conditions = Vec::new();
    for condition in &rows.conditions {
        let same = condition.place_asked().or_else(|| condition.is_same_everywhere().then_some(condition));
        conditions.push(match same {
            Some(same) => json!(["at", node(same)?]),
            None => node(condition)?,
        });
    }
    let read = rows.column.as_ref().map(|(name, _)| column(name));
    Ok(json!(["rows", column(&rows.of), conditions, read, rows.single]))
}

/// A value for the script: a day is an object, so that it is no text.
pub fn value(value: &Value) -> Json {
    match value {
        Value::Date(day) => json!({"day": day.to_string()}),
        Value::List(_) | Value::Shared(_) => Json::Array(value.elements().iter().map(self::value).collect()),
        Value::Number(number) if !number.is_finite() => number_json(*number),
        other => literal(other),
    }
}

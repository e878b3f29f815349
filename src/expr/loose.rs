//! An expression by itself: names are the paths of an answers file, there is no form.

use jiff::civil::Date;
use serde_json::Value as Json;

use crate::expr::eval::{Surroundings, evaluate};
use crate::expr::parser::parse_through;
use crate::expr::tree::{ExprFault, Reference, Slot, Span};
use crate::expr::types::{Names, Type, check};
use crate::expr::value::Value;
use crate::lang::Words;

/// Answers without a form: nested or flat JSON.
pub struct Loose {
    answers: Json,
    today: Option<Date>,
}

impl Loose {
    /// Answers as read from a file; `today` is what `today()` says.
    pub fn new(answers: Json, today: Option<Date>) -> Self {
        Loose { answers, today }
    }

    /// What stands at a path, through objects only.
    fn json(&self, path: &str) -> Option<&Json> {
        self.answers.get(path).or_else(|| path.split('/').try_fold(&self.answers, |inner, step| inner.get(step)))
    }

    /// The value at a path: flat keys first, then steps into objects; a list of rows gives a column.
    fn find(&self, path: &str) -> Value {
        if let Some(found) = self.answers.get(path) {
            return whole(found);
        }
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let steps: Vec<&str> = rest.split('/').filter(|step| !step.is_empty()).collect();
        self.answers.get(first).map_or(Value::Empty, |inner| step(inner, &steps))
    }
}

/// A value, a list, or the rows of a repeat: each row is there, so that they can be counted.
fn whole(json: &Json) -> Value {
    match json {
        Json::Array(rows) if rows.iter().any(Json::is_object) => Value::List(
            rows.iter().map(|row| if row.is_object() { Value::Boolean(true) } else { Value::Empty }).collect(),
        ),
        other => Value::from_json(other),
    }
}

/// The rows of a repeat, or of a table by their names.
fn rows(json: &Json) -> Vec<&Json> {
    match json {
        Json::Array(rows) if rows.iter().any(Json::is_object) => rows.iter().collect(),
        Json::Object(rows) => rows.values().filter(|row| row.is_object()).collect(),
        _ => Vec::new(),
    }
}

/// Nothing, or a list or object without anything in it: a repeat of which there is no row.
fn hollow(json: &Json) -> bool {
    json.is_null() || json.as_array().is_some_and(Vec::is_empty) || json.as_object().is_some_and(|o| o.is_empty())
}

fn step(json: &Json, steps: &[&str]) -> Value {
    let Some((first, rest)) = steps.split_first() else { return whole(json) };
    match json {
        Json::Object(object) => match object.get(*first) {
            Some(inner) => step(inner, rest),
            None if rest.is_empty() && object.values().any(Json::is_object) => {
                Value::List(object.values().filter(|row| row.is_object()).map(|row| step(row, steps)).collect())
            }
            None => Value::Empty,
        },
        Json::Array(rows) => Value::List(rows.iter().map(|row| step(row, steps)).collect()),
        _ => Value::Empty,
    }
}

/// Evaluates an expression over loose answers.
///
/// # Errors
/// Every fault of the expression.
pub fn value(source: &str, answers: &Loose) -> Result<Value, Vec<ExprFault>> {
    let (expr, mut faults) = parse_through(source);
    let Some(mut expr) = expr else { return Err(faults) };
    faults.extend(check(&mut expr, answers).err().into_iter().flatten());
    faults.sort_by_key(|fault| fault.span.start);
    if faults.is_empty() { Ok(evaluate(&expr, answers)) } else { Err(faults) }
}

impl Names for Loose {
    fn reference(&self, reference: &Reference, _: Option<&str>, span: Span) -> Result<(Slot, Type), ExprFault> {
        if reference.form.is_some() {
            return Err(ExprFault::new(span, "reach", Words::new("expr.no-form").with("function", &reference.path)));
        }
        Ok((Slot::Unbound, Type::of(&self.find(&reference.path))))
    }

    fn rows(&self, reference: &Reference, span: Span) -> Result<Slot, ExprFault> {
        if reference.form.is_some() {
            return Err(ExprFault::new(span, "reach", Words::new("expr.no-form").with("function", &reference.path)));
        }
        match self.json(&reference.path) {
            Some(found) if rows(found).is_empty() && !hollow(found) => {
                Err(ExprFault::new(span, "wrong-type", Words::new("expr.no-rows").with("name", &reference.path)))
            }
            _ => Ok(Slot::Unbound),
        }
    }

    fn column(&self, of: &Reference, name: &str, _: Span) -> Result<(Slot, Type), ExprFault> {
        let cells = self.json(&of.path).map(rows).unwrap_or_default();
        let cells = cells.into_iter().map(|row| step(row, &[name])).collect();
        Ok((Slot::Unbound, Type { list: false, ..Type::of(&Value::List(cells)) }))
    }

    fn this(&self) -> Option<Type> {
        None
    }

    fn special(&self, function: &'static str, _: Option<&str>, span: Span) -> Result<Type, ExprFault> {
        Err(ExprFault::new(span, "reach", Words::new("expr.no-form").with("function", function)))
    }
}

impl Surroundings for Loose {
    fn reference(&self, reference: &Reference) -> Value {
        self.find(&reference.path)
    }

    fn rows(&self, of: &Reference) -> usize {
        self.json(&of.path).map_or(0, |found| rows(found).len())
    }

    fn cell(&self, of: &Reference, row: usize, column: &Reference) -> Value {
        let found = self.json(&of.path).map(rows).unwrap_or_default();
        found.get(row).map_or(Value::Empty, |row| step(row, &[&column.path]))
    }

    fn today(&self) -> Option<Date> {
        self.today
    }
}

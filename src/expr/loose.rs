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

    fn today(&self) -> Option<Date> {
        self.today
    }
}

//! Functions that give true or false.

use crate::expr::value::Value;
use crate::text;

pub(super) fn not(values: &[Value]) -> Value {
    values[0].as_boolean().map_or(Value::Empty, |b| Value::Boolean(!b))
}

/// `boolean()` as XPath's: a number that is not 0, a text or a day that is there; nothing is false.
pub(super) fn boolean(values: &[Value]) -> Value {
    Value::Boolean(match &values[0] {
        Value::Boolean(b) => *b,
        Value::Number(n) => *n != 0.0,
        other => !other.is_empty(),
    })
}

/// `true` and `1` are true, anything else is false.
pub(super) fn from_string(values: &[Value]) -> Value {
    Value::Boolean(matches!(values[0].as_text().as_str(), "true" | "1"))
}

/// Whether a number lies within the two bounds that come first; a bound of -1 is none.
fn within(bounds: &[Value], found: f64) -> Value {
    let (Some(least), Some(most)) = (bounds[0].as_number(), bounds[1].as_number()) else { return Value::Empty };
    let found = text::round15(found);
    let above = least == -1.0 || found >= text::round15(least);
    let below = most == -1.0 || found <= text::round15(most);
    Value::Boolean(above && below)
}

/// How many of the answers are true; an empty one is not.
pub(super) fn checklist(values: &[Value]) -> Value {
    let checked = values[2..].iter().flat_map(Value::elements).filter(|value| **value == Value::Boolean(true));
    within(values, checked.map(|_| 1.0).sum())
}

/// The sum of the weights of the true answers; a true answer whose weight is empty makes it empty.
pub(super) fn weighted_checklist(values: &[Value]) -> Value {
    let checked = values[2..].chunks(2).filter(|pair| pair[0] == Value::Boolean(true));
    let weights: Option<Vec<f64>> = checked.map(|pair| pair[1].as_number()).collect();
    weights.map_or(Value::Empty, |weights| within(values, weights.iter().sum()))
}

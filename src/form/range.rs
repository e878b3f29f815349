//! The numbers that a field allows: from the least to the greatest, by steps.

use crate::expr::Value;
use crate::form::model::Field;
use crate::lang::Words;
use crate::text;

/// What to say of a number that lies outside what a field allows; `None` where it does not.
pub fn out_of_range(field: &Field, value: &Value) -> Option<Words> {
    let number = text::round15(value.as_number()?);
    let (low, high) = field.kind.bounds(field);
    let outside = low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high);
    if !outside {
        return between_steps(field, number);
    }
    Some(match (low, high) {
        (Some(low), Some(high)) => Words::new("form.range-between").with("low", low).with("high", high),
        (Some(low), None) => Words::new("form.range-from").with("low", low),
        (None, high) => Words::new("form.range-to").with("high", high.unwrap_or_default()),
    })
}

/// What to say of a number that lies between the steps of its scale.
fn between_steps(field: &Field, number: f64) -> Option<Words> {
    let (from, step) = (field.min.unwrap_or_default(), field.step?);
    let steps = text::round15((number - from) / step);
    let whole = (steps - steps.round()).abs() < 1e-9;
    (!whole).then(|| Words::new("form.range-step").with("step", step).with("low", from))
}

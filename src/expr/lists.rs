//! Functions of lists: no value gives empty, otherwise empties are skipped (language law 1).

use std::cmp::Ordering;

use crate::expr::eval::equal;
use crate::expr::value::Value;
use crate::text;

/// All elements of all arguments that are there.
fn present(values: &[Value]) -> impl Iterator<Item = &Value> {
    values.iter().flat_map(Value::elements).filter(|value| !value.is_empty())
}

fn numbers(values: &[Value]) -> Vec<f64> {
    present(values).filter_map(Value::as_number).collect()
}

fn aggregate(values: &[Value], of: impl Fn(&[f64]) -> f64) -> Value {
    let numbers = numbers(values);
    if numbers.is_empty() { Value::Empty } else { Value::number(of(&numbers)) }
}

fn size(count: usize) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "lists are far shorter than 2^53")]
    Value::Number(count as f64)
}

pub(super) fn sum(values: &[Value]) -> Value {
    aggregate(values, |numbers| numbers.iter().sum())
}

pub(super) fn avg(values: &[Value]) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "lists are far shorter than 2^53")]
    aggregate(values, |numbers| numbers.iter().sum::<f64>() / numbers.len() as f64)
}

pub(super) fn median(values: &[Value]) -> Value {
    aggregate(values, |numbers| percentile(numbers, 0.5))
}

/// The percentile by linear interpolation between the closest ranks, as Excel's PERCENTILE.INC.
fn percentile(numbers: &[f64], share: f64) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "lists are far shorter than 2^53")]
    let position = share * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to the list's length")]
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * position.fract()
}

pub(super) fn quantile(values: &[Value]) -> Value {
    match values[1].as_number() {
        Some(share) if (0.0..=1.0).contains(&share) => aggregate(&values[..1], |numbers| percentile(numbers, share)),
        _ => Value::Empty,
    }
}

/// The place of a number in a list, as Excel's RANK: 1 is the greatest, or the smallest if the third argument is true;
/// equal numbers have one place, and the places after it are left out.
pub(super) fn rank(values: &[Value]) -> Value {
    let Some(own) = values[0].as_number().map(text::round15) else { return Value::Empty };
    let Some(ascending) = values.get(2).map_or(Some(false), Value::as_boolean) else { return Value::Empty };
    let ahead = match &values[1] {
        Value::Shared(list) => list.ahead(own, ascending),
        _ => ahead(own, &numbers(&values[1..2]), ascending),
    };
    ahead.map_or(Value::Empty, |ahead| size(1 + ahead))
}

fn ahead(own: f64, all: &[f64], ascending: bool) -> Option<usize> {
    let comes_before = |other: f64| if ascending { other < own } else { other > own };
    (!all.is_empty()).then(|| all.iter().filter(|other| comes_before(text::round15(**other))).count())
}

pub(super) fn min(values: &[Value]) -> Value {
    extreme(values, Ordering::Less)
}

pub(super) fn max(values: &[Value]) -> Value {
    extreme(values, Ordering::Greater)
}

fn extreme(values: &[Value], wanted: Ordering) -> Value {
    present(values)
        .reduce(|best, value| {
            let ordering = match (value, best) {
                (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
                (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
                _ => None,
            };
            if ordering == Some(wanted) { value } else { best }
        })
        .cloned()
        .unwrap_or_default()
}

pub(super) fn count(values: &[Value]) -> Value {
    let each = values.iter().map(|value| match value {
        Value::Shared(list) => list.values().len(),
        other => present(std::slice::from_ref(other)).count(),
    });
    size(each.sum())
}

pub(super) fn countif(values: &[Value]) -> Value {
    if values[0].is_empty() {
        return Value::Empty;
    }
    size(present(&values[..1]).filter(|value| equal(value, &values[1], false) == Some(true)).count())
}

/// The sum of the third list (or of the first) over the places where the first equals the second argument: 0 if there
/// is no such place, empty if nothing is given in any of them.
pub(super) fn sumif(values: &[Value]) -> Value {
    if values[0].is_empty() {
        return Value::Empty;
    }
    let summed = values.get(2).unwrap_or(&values[0]).elements();
    let matching = values[0].elements().iter().enumerate().filter(|(_, v)| equal(v, &values[1], false) == Some(true));
    let chosen: Vec<Value> = matching.map(|(index, _)| summed.get(index).cloned().unwrap_or_default()).collect();
    if chosen.is_empty() { Value::Number(0.0) } else { sum(&chosen) }
}

pub(super) fn selected(values: &[Value]) -> Value {
    Value::Boolean(present(&values[..1]).any(|value| equal(value, &values[1], false) == Some(true)))
}

pub(super) fn selected_at(values: &[Value]) -> Value {
    let wanted = values[1].as_number().filter(|n| *n >= 0.0 && n.fract() == 0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and not negative")]
    wanted.and_then(|n| values[0].elements().get(n as usize)).cloned().unwrap_or_default()
}

pub(super) fn join(values: &[Value]) -> Value {
    let parts: Vec<String> = present(&values[1..]).map(Value::as_text).collect();
    Value::text(parts.join(&values[0].as_text()))
}

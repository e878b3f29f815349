//! Functions of numbers.

use crate::expr::value::Value;
use crate::text;

fn of(values: &[Value], compute: impl Fn(f64) -> f64) -> Value {
    values[0].as_number().map_or(Value::Empty, |n| Value::number(compute(n)))
}

/// `number()`: digits with a point only; `1,5` and `1e3` are empty (`vocabulary` 4.3). Days count from 1970-01-01.
pub(super) fn number(values: &[Value]) -> Value {
    match &values[0] {
        Value::Number(n) => Value::Number(*n),
        Value::Boolean(b) => Value::Number(f64::from(u8::from(*b))),
        Value::Date(date) => {
            let days = date.since(jiff::civil::date(1970, 1, 1)).map(|span| f64::from(span.get_days()));
            days.map_or(Value::Empty, Value::Number)
        }
        Value::Text(text) => {
            let digits = text.trim();
            let bare = digits.strip_prefix('-').unwrap_or(digits);
            let plain =
                bare.chars().all(|c| c.is_ascii_digit() || c == '.') && bare.contains(|c: char| c.is_ascii_digit());
            plain.then(|| digits.parse().ok()).flatten().map_or(Value::Empty, Value::number)
        }
        Value::Empty | Value::List(_) | Value::Shared(_) => Value::Empty,
    }
}

pub(super) fn int(values: &[Value]) -> Value {
    of(values, |n| text::round15(n).trunc())
}

pub(super) fn floor(values: &[Value]) -> Value {
    of(values, |n| text::round15(n).floor())
}

pub(super) fn ceiling(values: &[Value]) -> Value {
    of(values, |n| text::round15(n).ceil())
}

pub(super) fn abs(values: &[Value]) -> Value {
    of(values, f64::abs)
}

/// Half away from zero, as Excel (`vocabulary` 4.3).
pub(super) fn round(values: &[Value]) -> Value {
    let places = match values.get(1) {
        None => 0.0,
        Some(Value::Number(places)) => places.trunc().clamp(-300.0, 300.0),
        Some(_) => return Value::Empty,
    };
    #[expect(clippy::cast_possible_truncation, reason = "clamped to ±300")]
    of(values, |n| text::round_half_away(n, places as i32))
}

pub(super) fn pow(values: &[Value]) -> Value {
    values[1].as_number().map_or(Value::Empty, |power| of(values, |n| n.powf(power)))
}

pub(super) fn sqrt(values: &[Value]) -> Value {
    of(values, f64::sqrt)
}

pub(super) fn exp(values: &[Value]) -> Value {
    of(values, f64::exp)
}

pub(super) fn log(values: &[Value]) -> Value {
    of(values, f64::ln)
}

pub(super) fn log10(values: &[Value]) -> Value {
    of(values, f64::log10)
}

pub(super) fn exp10(values: &[Value]) -> Value {
    of(values, |n| 10f64.powf(n))
}

pub(super) fn sin(values: &[Value]) -> Value {
    of(values, f64::sin)
}

pub(super) fn cos(values: &[Value]) -> Value {
    of(values, f64::cos)
}

pub(super) fn tan(values: &[Value]) -> Value {
    of(values, f64::tan)
}

pub(super) fn asin(values: &[Value]) -> Value {
    of(values, f64::asin)
}

pub(super) fn acos(values: &[Value]) -> Value {
    of(values, f64::acos)
}

pub(super) fn atan(values: &[Value]) -> Value {
    of(values, f64::atan)
}

/// The angle of the point (x, y), the ordinate given first.
pub(super) fn atan2(values: &[Value]) -> Value {
    values[1].as_number().map_or(Value::Empty, |x| of(values, |y| y.atan2(x)))
}

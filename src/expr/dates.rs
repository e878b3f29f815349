//! Functions of days.

use jiff::ToSpan;

use crate::expr::value::Value;

/// `date()`: an ISO day, or the number of days since 1970-01-01; anything else is empty.
pub(super) fn date(values: &[Value]) -> Value {
    match &values[0] {
        Value::Date(date) => Value::Date(*date),
        Value::Text(text) if text.len() == 10 => text.parse().map_or(Value::Empty, Value::Date),
        Value::Number(days) if days.abs() < 4_000_000.0 => {
            #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
            let days = days.floor() as i64;
            jiff::civil::date(1970, 1, 1).checked_add(days.days()).map_or(Value::Empty, Value::Date)
        }
        _ => Value::Empty,
    }
}

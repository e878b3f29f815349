//! Stored values of another form, as expressions of this one see them.

use crate::expr::Value;
use crate::form::rows;
use crate::form::slots::Values;

/// A path of another form's stored values; `table/column` is the list of the column's stored cells, `repeat` its rows.
pub(super) fn value(values: &Values, path: &str) -> Value {
    if let Some(value) = values.get(path) {
        return value.clone();
    }
    let Some((table, column)) = path.split_once('/') else {
        let rows = values.get(&rows::counted_path(path)).and_then(Value::as_number);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a report holds")]
        let rows = rows.map(|rows| rows.clamp(0.0, 1e5) as usize);
        return rows.map_or(Value::Empty, |rows| Value::List(vec![Value::Boolean(true); rows]));
    };
    let inside = |start: String| {
        let cells = values.range(start.clone()..).take_while(move |(known, _)| known.starts_with(&start));
        cells.filter(|(known, _)| known.rsplit_once('/').is_some_and(|(_, last)| last == column))
    };
    let mut cells: Vec<(usize, Value)> = inside(format!("{table}["))
        .filter_map(|(known, value)| Some((rows::parts(known)?.1, value.clone())))
        .chain(inside(format!("{table}/")).map(|(_, value)| (0, value.clone())))
        .collect();
    cells.sort_by_key(|(row, _)| *row);
    let cells: Vec<Value> = cells.into_iter().map(|(_, value)| value).collect();
    if cells.is_empty() { Value::Empty } else { Value::List(cells) }
}

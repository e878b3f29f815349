//! Stored values of another form, as expressions of this one see them.

use crate::expr::Value;
use crate::form::fill::{Context, View};
use crate::form::measure::of_indicator;
use crate::form::model::{Form, Indicator};
use crate::form::reach::{PARTS, Reach, parts_of};
use crate::form::rows;
use crate::form::slots::{Slots, Values};
use crate::period::Period;

/// A path of another form's stored values; `table/column` is the list of the column's cells, `repeat` its rows.
pub(super) fn value(values: &Values, path: &str) -> Value {
    if let Some(value) = values.get(path) {
        return value.clone();
    }
    match path.split_once('/') {
        None => counted(values, path).map_or(Value::Empty, |rows| Value::List(vec![Value::Boolean(true); rows])),
        Some((table, column)) => column_of(values, table, column),
    }
}

/// How many rows of a repeat are stored.
fn counted(values: &Values, repeat: &str) -> Option<usize> {
    let rows = values.get(&rows::counted_path(repeat)).and_then(Value::as_number)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a report holds")]
    let rows = rows.clamp(0.0, 1e5) as usize;
    Some(rows)
}

/// A column of a form that nobody knows here: the rows of a repeat each in its place, of a table what is stored.
fn column_of(values: &Values, table: &str, column: &str) -> Value {
    let inside = |start: String| {
        let cells = values.range(start.clone()..).take_while(move |(known, _)| known.starts_with(&start));
        cells.filter(|(known, _)| known.rsplit_once('/').is_some_and(|(_, last)| last == column))
    };
    let numbered: Vec<(usize, &Value)> =
        inside(format!("{table}[")).filter_map(|(known, value)| Some((rows::parts(known)?.1, value))).collect();
    let height = numbered.iter().map(|(row, _)| row + 1).max().max(counted(values, table));
    if let Some(height) = height {
        let mut cells = vec![Value::Empty; height];
        numbered.into_iter().for_each(|(row, value)| cells[row] = value.clone());
        return Value::List(cells);
    }
    let cells: Vec<Value> = inside(format!("{table}/")).map(|(_, value)| value.clone()).collect();
    if cells.is_empty() { Value::Empty } else { Value::List(cells) }
}

impl Form {
    /// The values of a report as another form sees them: what it reads by today's names, whole columns with every row in
    /// its place, and the parts of those indicators that it reads, under paths like `indicator/numerator`. A value of
    /// the same path wins. Where nothing counts there is nothing to see.
    pub fn seen_by(&self, reader: &Reach, values: Values, period: Option<Period>) -> Values {
        let mut values = self.today_values(values);
        let paths: Vec<&str> = reader.paths_of(&self.id).collect();
        if values.is_empty() || paths.is_empty() {
            return values;
        }
        let slots = Slots::of(self, &values);
        for path in &paths {
            match (self.locate(path), self.column_named(path)) {
                (Some((field, row)), _) => put_seen(&mut values, path, slots.get(field, row)),
                (None, Some(column)) => put_seen(&mut values, path, &slots.column(column)),
                (None, None) => {}
            }
        }
        let asked =
            |one: &&Indicator| paths.iter().any(|path| parts_of(path).is_some_and(|(name, _)| name == one.name));
        let wanted: Vec<&Indicator> = self.indicators.iter().filter(asked).collect();
        let context = Context { period, ..Context::default() };
        let view = View::new(self, &slots, &context, &[]);
        for measure in wanted.into_iter().flat_map(|indicator| of_indicator(&view, indicator)) {
            let row = if measure.row.is_empty() { String::new() } else { format!("/{}", measure.row) };
            for (part, number) in PARTS.into_iter().zip([Some(measure.numerator), measure.denominator]) {
                if let Some(number) = number {
                    let path = format!("{}{row}/{part}", measure.indicator);
                    values.entry(path).or_insert(Value::Number(number));
                }
            }
        }
        values
    }

    /// The column that a path such as `table/column` names.
    fn column_named(&self, path: &str) -> Option<usize> {
        let (table, column) = path.split_once('/')?;
        let table = self.tables.iter().position(|known| known.name == table)?;
        self.find_field(Some(table), column)
    }
}

fn put_seen(values: &mut Values, path: &str, value: &Value) {
    if !value.is_empty() {
        values.entry(path.to_owned()).or_insert_with(|| value.clone());
    }
}

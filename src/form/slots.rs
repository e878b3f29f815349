//! Values sorted by field and row: the shape in which a report is computed.

use std::collections::BTreeMap;

use crate::expr::Value;
use crate::form::model::Form;
use crate::form::rows;

/// Values by path, as they are stored.
pub type Values = BTreeMap<String, Value>;

/// Values by field and row. The rows of a repeat are as many as the report has.
#[derive(Debug, Clone, PartialEq)]
pub struct Slots {
    columns: Vec<Column>,
    /// Repeats and their columns, which grow together.
    repeats: Vec<(usize, Vec<usize>)>,
}

/// The values of a field. Most fields have one row, and a report has many fields: that row needs no list.
///
/// Invariant: what has one row is `One`.
#[derive(Debug, Clone, PartialEq)]
enum Column {
    One(Value),
    Rows(Vec<Value>),
}

impl Column {
    fn empty(height: usize) -> Column {
        if height == 1 { Column::One(Value::Empty) } else { Column::Rows(vec![Value::Empty; height]) }
    }

    fn rows(&self) -> &[Value] {
        match self {
            Column::One(value) => std::slice::from_ref(value),
            Column::Rows(values) => values,
        }
    }

    fn rows_mut(&mut self) -> &mut [Value] {
        match self {
            Column::One(value) => std::slice::from_mut(value),
            Column::Rows(values) => values,
        }
    }

    fn grow(&mut self, height: usize) {
        match self {
            _ if self.rows().len() >= height => {}
            Column::Rows(rows) if !rows.is_empty() => rows.resize(height, Value::Empty),
            _ => {
                let first = self.rows_mut().first_mut().map(std::mem::take);
                *self = Column::empty(height);
                self.rows_mut()[0] = first.unwrap_or_default();
            }
        }
    }
}

impl Slots {
    /// Nothing answered; no repeat has a row.
    pub fn empty(form: &Form) -> Slots {
        Slots {
            columns: (0..form.fields.len()).map(|field| Column::empty(form.height(field))).collect(),
            repeats: form.repeats().map(|(number, table)| (number, table.columns.clone())).collect(),
        }
    }

    /// Nothing answered, in as many rows as there are here.
    pub fn cleared(&self) -> Slots {
        let columns = self.columns.iter().map(|column| Column::empty(column.rows().len())).collect();
        Slots { columns, repeats: self.repeats.clone() }
    }

    /// Stored values in a form's places; earlier names are followed, what the form no longer has is left out.
    pub fn of(form: &Form, values: &Values) -> Slots {
        let mut slots = Slots::empty(form);
        for (path, value) in values {
            slots.put(form, path, value.clone());
        }
        slots
    }

    /// Puts a stored value into its place, or makes as many rows as a repeat has.
    fn put(&mut self, form: &Form, path: &str, value: Value) {
        if let Some((field, row)) = form.locate(path) {
            self.set(field, row, value);
        } else if let Some(table) = form.locate_count(path) {
            self.count(form, table, &value);
        }
    }

    /// Makes a repeat as many rows long as a stored number says.
    pub(super) fn count(&mut self, form: &Form, table: usize, stored: &Value) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a report holds")]
        let rows = stored.as_number().unwrap_or_default().clamp(0.0, 1e6) as usize;
        self.grow(table, rows.min(rows::most_rows(form.tables[table].columns.len())));
    }

    /// Makes a repeat at least so many rows long.
    pub fn grow(&mut self, table: usize, rows: usize) {
        let Some((_, columns)) = self.repeats.iter().find(|(repeat, _)| *repeat == table) else { return };
        for column in columns {
            self.columns[*column].grow(rows);
        }
    }

    /// How many rows a field has: 1, the rows of its table, or as many as the report has of its repeat.
    pub fn height(&self, field: usize) -> usize {
        self.columns.get(field).map_or(0, |column| column.rows().len())
    }

    /// How many rows a table or repeat has.
    pub fn rows(&self, form: &Form, table: usize) -> usize {
        let table = &form.tables[table];
        match (table.repeat, table.columns.first()) {
            (Some(_), Some(first)) => self.height(*first),
            _ => table.rows.len(),
        }
    }

    /// The value of a field in a row.
    pub fn get(&self, field: usize, row: usize) -> &Value {
        static EMPTY: Value = Value::Empty;
        self.columns.get(field).and_then(|column| column.rows().get(row)).unwrap_or(&EMPTY)
    }

    /// A column as a list; cells that hold lists themselves are laid end to end.
    pub fn column(&self, field: usize) -> Value {
        let cells = self.columns.get(field).map(Column::rows).unwrap_or_default();
        if !cells.iter().any(|cell| matches!(cell, Value::List(_))) {
            return Value::List(cells.to_vec());
        }
        Value::List(cells.iter().flat_map(|cell| cell.elements().to_vec()).collect())
    }

    /// Puts a value into its place; a repeat becomes as long as it must.
    pub fn set(&mut self, field: usize, row: usize, value: Value) {
        if self.height(field) <= row
            && let Some(table) =
                self.repeats.iter().find(|(_, columns)| columns.contains(&field)).map(|(table, _)| *table)
        {
            self.grow(table, row + 1);
        }
        if let Some(slot) = self.columns.get_mut(field).and_then(|column| column.rows_mut().get_mut(row)) {
            *slot = value;
        }
    }

    /// Every value that is there, with its field and row.
    pub fn present(&self) -> impl Iterator<Item = (usize, usize, &Value)> {
        self.columns.iter().enumerate().flat_map(|(field, column)| {
            column
                .rows()
                .iter()
                .enumerate()
                .filter(|(_, value)| !value.is_empty())
                .map(move |(row, value)| (field, row, value))
        })
    }
}

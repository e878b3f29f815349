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
    columns: Vec<Vec<Value>>,
    /// Repeats and their columns, which grow together.
    repeats: Vec<(usize, Vec<usize>)>,
}

impl Slots {
    /// Nothing answered; no repeat has a row.
    pub fn empty(form: &Form) -> Slots {
        Slots {
            columns: (0..form.fields.len()).map(|field| vec![Value::Empty; form.height(field)]).collect(),
            repeats: form.repeats().map(|(number, table)| (number, table.columns.clone())).collect(),
        }
    }

    /// Nothing answered, in as many rows as there are here.
    pub fn cleared(&self) -> Slots {
        let columns = self.columns.iter().map(|rows| vec![Value::Empty; rows.len()]).collect();
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
    pub(super) fn put(&mut self, form: &Form, path: &str, value: Value) {
        if let Some((field, row)) = form.locate(path) {
            self.set(field, row, value);
        } else if let (Some(table), Some(count)) = (form.locate_count(path), value.as_number()) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to what a report holds"
            )]
            let count = count.clamp(0.0, 1e6) as usize;
            self.grow(table, count.min(rows::most_rows(form.tables[table].columns.len())));
        }
    }

    /// Makes a repeat at least so many rows long.
    pub fn grow(&mut self, table: usize, rows: usize) {
        let Some((_, columns)) = self.repeats.iter().find(|(repeat, _)| *repeat == table) else { return };
        for column in columns {
            if self.columns[*column].len() < rows {
                self.columns[*column].resize(rows, Value::Empty);
            }
        }
    }

    /// How many rows a field has: 1, the rows of its table, or as many as the report has of its repeat.
    pub fn height(&self, field: usize) -> usize {
        self.columns.get(field).map_or(0, Vec::len)
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
        self.columns.get(field).and_then(|rows| rows.get(row)).unwrap_or(&EMPTY)
    }

    /// A column as a list; cells that hold lists themselves are laid end to end.
    pub fn column(&self, field: usize) -> Value {
        let cells = self.columns.get(field).map(Vec::as_slice).unwrap_or_default();
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
        if let Some(slot) = self.columns.get_mut(field).and_then(|rows| rows.get_mut(row)) {
            *slot = value;
        }
    }

    /// Every value that is there, with its field and row.
    pub fn present(&self) -> impl Iterator<Item = (usize, usize, &Value)> {
        self.columns.iter().enumerate().flat_map(|(field, rows)| {
            rows.iter().enumerate().filter(|(_, value)| !value.is_empty()).map(move |(row, value)| (field, row, value))
        })
    }
}

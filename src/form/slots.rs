//! Values sorted by field and row: the shape in which a report is computed.

use std::collections::BTreeMap;

use crate::expr::Value;
use crate::form::model::Form;

/// Values by path, as they are stored.
pub type Values = BTreeMap<String, Value>;

/// Values by field and row.
#[derive(Debug, Clone, PartialEq)]
pub struct Slots(Vec<Vec<Value>>);

impl Slots {
    /// Nothing answered.
    pub fn empty(form: &Form) -> Slots {
        Slots((0..form.fields.len()).map(|field| vec![Value::Empty; form.height(field)]).collect())
    }

    /// Stored values in a form's places; earlier names are followed, what the form no longer has is left out.
    pub fn of(form: &Form, values: &Values) -> Slots {
        let mut slots = Slots::empty(form);
        for (path, value) in values {
            if let Some((field, row)) = form.locate(path) {
                slots.set(field, row, value.clone());
            }
        }
        slots
    }

    /// The value of a field in a row.
    pub fn get(&self, field: usize, row: usize) -> &Value {
        static EMPTY: Value = Value::Empty;
        self.0.get(field).and_then(|rows| rows.get(row)).unwrap_or(&EMPTY)
    }

    /// A column as a list; cells that hold lists themselves are laid end to end.
    pub fn column(&self, field: usize) -> Value {
        let cells = self.0.get(field).map(Vec::as_slice).unwrap_or_default();
        if !cells.iter().any(|cell| matches!(cell, Value::List(_))) {
            return Value::List(cells.to_vec());
        }
        Value::List(cells.iter().flat_map(|cell| cell.elements().to_vec()).collect())
    }

    /// Puts a value into its place.
    pub fn set(&mut self, field: usize, row: usize, value: Value) {
        if let Some(slot) = self.0.get_mut(field).and_then(|rows| rows.get_mut(row)) {
            *slot = value;
        }
    }

    /// Every value that is there, with its field and row.
    pub fn present(&self) -> impl Iterator<Item = (usize, usize, &Value)> {
        self.0.iter().enumerate().flat_map(|(field, rows)| {
            rows.iter().enumerate().filter(|(_, value)| !value.is_empty()).map(move |(row, value)| (field, row, value))
        })
    }
}

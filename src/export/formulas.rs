//! Formulas of calculated columns in the sheet of data: whoever corrects an answer there sees what follows from it.

use super::columns::{BEFORE, Columns, What};
use crate::error::column_letters;
use crate::expr::excel::{self, Place, Places};
use crate::expr::{Reference, Scalar, Slot, Value};
use crate::form::Form;
use crate::form::kind::CellRule;

/// Stands for the number of the row, which is put in when a row is written.
const ROW: &str = "\u{1}";

/// A formula for each column that has one, in the order of the columns.
pub(super) struct Formulas(Vec<Option<String>>);

impl Formulas {
    /// Only numbers are given as formulas: other values stand in the sheet by their words, not as what they are.
    pub(super) fn of(form: &Form, columns: &Columns) -> Formulas {
        let one = |what: What| match what {
            What::Value(field, row) if matches!(form.fields[field].kind.cell, CellRule::Number(_)) => {
                let calculation = form.fields[field].calculation.as_ref()?;
                excel::formula(calculation, &Here { form, columns, field, row }).ok()
            }
            _ => None,
        };
        Formulas(columns.columns.iter().map(|column| one(column.what)).collect())
    }

    /// The formula of a column in a row of the sheet, from 0.
    pub(super) fn at(&self, column: usize, row: u32) -> Option<String> {
        let formula = self.0.get(column)?.as_ref()?;
        Some(format!("={}", formula.replace(ROW, &(row + 1).to_string())))
    }
}

/// A calculated column: what it refers to stands in other columns of the same row.
struct Here<'a> {
    form: &'a Form,
    columns: &'a Columns,
    field: usize,
    row: usize,
}

impl Here<'_> {
    fn cell(&self, field: usize, row: usize) -> Option<String> {
        let place = self.columns.place(What::Value(field, row))?;
        debug_assert!(place >= BEFORE);
        Some(format!("{}{ROW}", column_letters(u32::from(place))))
    }

    /// The type of a cell, where the sheet holds the value as it is and not by its word.
    fn scalar(&self, field: usize) -> Option<Scalar> {
        match self.form.fields[field].kind.cell {
            CellRule::Number(_) => Some(Scalar::Number),
            CellRule::Date => Some(Scalar::Date),
            _ => None,
        }
    }
}

impl Places for Here<'_> {
    fn reference(&self, reference: &Reference) -> Option<Place> {
        if reference.form.is_some() {
            return None;
        }
        let one = |field: usize, row: usize| {
            let scalar = self.scalar(field)?;
            Some(self.cell(field, row).map_or(Place::Value(Value::Empty), |cell| Place::Cell(cell, scalar)))
        };
        match reference.slot {
            Slot::Field(field) => one(field, 0),
            Slot::Here(field) => one(field, self.row),
            Slot::Cell(field, row) => one(field, row),
            Slot::Column(field) => {
                let cells = (0..self.form.height(field)).filter_map(|row| self.cell(field, row)).collect();
                Some(Place::Cells(cells, self.scalar(field)?))
            }
            Slot::Rows(_) | Slot::Unbound => None,
        }
    }

    fn word(&self, function: &str, word: &str) -> Option<Value> {
        match (function, self.form.fields[self.field].table) {
            ("parameter", _) => self.form.parameter(word).cloned(),
            (_, Some(table)) => Some(self.form.row_attribute(table, self.row, word)),
            _ => None,
        }
    }
}

//! A row that is added to a repeat, with what its columns start with.

use crate::form::answers::{Answers, to_answer};
use crate::form::fill::{Context, View};
use crate::form::model::Form;
use crate::form::offer::offered;
use crate::form::slots::Slots;

impl Form {
    /// Adds a row to a repeat, with what its columns start with; nothing where no more rows are allowed.
    pub fn add_row(&self, table: usize, answers: &mut Answers, context: &Context) -> Option<usize> {
        let own = &self.tables[table];
        if own.repeat.is_none() || answers.rows(&own.name) >= own.most_rows() {
            return None;
        }
        let row = answers.add_row(&own.name);
        let filled = self.fill(answers, context);
        let previous: Vec<Slots> = context.previous.iter().map(|values| Slots::of(self, values)).collect();
        let view = View::new(self, &filled.values, context, &previous).at(Some(table), row);
        for column in &own.columns {
            if let Some(default) = &self.fields[*column].default {
                let value = offered(&self.fields[*column], view.evaluate(default));
                answers.set(&self.path(*column, row), to_answer(&value));
            }
        }
        Some(row)
    }
}

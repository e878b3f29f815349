//! One report as a row of a register: a cell for every question that stands outside tables.

use maud::{Markup, html};

use super::control::{self, Spot};
use super::{Paper, id, question};
use crate::form::Form;
use crate::form::kind::Control;

/// The questions that are columns of a register, in their order. What is answered in tables or with files is filled on
/// the report's own page.
pub(in crate::web) fn columns(form: &Form) -> Vec<usize> {
    let fits = |field: &usize| {
        let one = &form.fields[*field];
        one.table.is_none() && !matches!(one.control(), Control::File) && !one.label.is_empty()
    };
    (0..form.fields.len()).filter(fits).collect()
}

/// Whether a register has room for every question of a form.
pub(in crate::web) fn holds_all(form: &Form) -> bool {
    let asked = form.fields.iter().filter(|field| field.is_asked()).count();
    columns(form).iter().filter(|field| form.fields[**field].is_asked()).count() == asked
}

/// The `id` of a column's heading.
pub(in crate::web) fn column_id(field: usize) -> String {
    format!("column-{field}")
}

impl Paper<'_> {
    /// A cell of a row. `row` tells the reports of a page apart in the names of their fields; `head` is the `id` of the
    /// row's heading.
    pub fn cell(&self, field: usize, (row, head): (&str, &str)) -> Markup {
        let path = self.form.path(field, 0);
        if !self.is_shown(field, 0) {
            return html! { span.muted { "—" } };
        }
        let asked = &self.form.fields[field];
        let faults: Vec<_> = self.faults_at(&path).collect();
        if !self.fill || asked.calculation.is_some() || !asked.is_asked() {
            return question::value(self, field, 0);
        }
        let here = format!("{row}/{path}");
        let told_by = (!faults.is_empty()).then(|| id("e", &here));
        let labels = Some(format!("{head} {}", column_id(field)));
        let spot = Spot { field, row: 0, path: &here, labels, told_by, faulty: !faults.is_empty() };
        html! {
            (control::control(self, &spot))
            @if !faults.is_empty() {
                div.faults id=(id("e", &here)) { @for fault in faults { p.fault { (fault.say(self.lang)) } } }
            }
        }
    }
}

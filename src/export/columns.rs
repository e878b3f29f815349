//! The columns of the sheet of data: every value of the form, then the parts of indicators that are not values.

use std::collections::HashMap;

use super::Book;
use crate::expr::{Expr, Kind, Slot};
use crate::form::kind::{CellRule, Control};
use crate::form::{Field, Form, Indicator, Item};
use crate::indicator::height;
use crate::lang::Words;

/// How many columns stand before the first value: number, municipality, code, organisation, state.
pub(super) const BEFORE: u16 = 5;
/// Up to so many choices have a column each; more are named in one.
const APART: usize = 40;
/// The column of the municipality.
pub(super) const PART_OF: u16 = 1;
/// The column of the state.
pub(super) const STATE: u16 = 4;

/// The columns, and which of them an indicator is summed over.
pub(super) struct Columns {
    /// Headings above, each over some neighbouring columns.
    pub(super) groups: Vec<Group>,
    /// The columns after [`BEFORE`].
    pub(super) columns: Vec<Column>,
    places: HashMap<What, u16>,
}

/// A heading over neighbouring columns.
pub(super) struct Group {
    pub(super) heading: String,
    pub(super) first: u16,
    pub(super) last: u16,
}

/// A column: its heading and what it holds.
pub(super) struct Column {
    pub(super) heading: String,
    pub(super) what: What,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// The value of a field in a row.
    Value(usize, usize),
    /// Whether a choice was made in a field and row, or which place it has: each choice has its own column, so that
    /// choices can be counted.
    Chosen(usize, usize, usize),
    /// What an indicator counts in a row.
    Numerator(usize, usize),
    /// Out of what.
    Denominator(usize, usize),
}

impl Columns {
    /// The columns of a form, in its order.
    pub(super) fn of(book: &Book<'_>) -> Columns {
        let form = &book.reading.version.form;
        let mut columns = Columns { groups: Vec::new(), columns: Vec::new(), places: HashMap::new() };
        for group in &form.groups {
            columns.items(form, &group.label, &group.items);
        }
        for indicator in (0..form.indicators.len()).filter(|one| !is_plain(&form.indicators[*one])) {
            columns.parts(book, indicator);
        }
        columns
    }

    fn items(&mut self, form: &Form, heading: &str, items: &[Item]) {
        for item in items {
            match item {
                Item::Field(field) => self.field(form, heading, (*field, 0)),
                Item::Table(table) => self.table(form, *table),
                Item::Group(group) => self.items(form, &group.label, &group.items),
                Item::Note { .. } => {}
            }
        }
    }

    fn field(&mut self, form: &Form, group: &str, (field, row): (usize, usize)) {
        let heading = heading_of(&form.fields[field]);
        let choices = form.choices_of(field);
        let apart = matches!(form.fields[field].kind.cell, CellRule::Choices { .. });
        if !apart || choices.is_empty() || choices.len() > APART {
            return self.put(group, heading, What::Value(field, row));
        }
        for (number, choice) in choices.iter().enumerate() {
            self.put(group, format!("{heading}: {}", choice.label), What::Chosen(field, row, number));
        }
    }

    fn table(&mut self, form: &Form, number: usize) {
        let table = &form.tables[number];
        let elsewhere = |label: &str| {
            let others = form.tables.iter().enumerate().filter(|(other, _)| *other != number);
            others.flat_map(|(_, other)| &other.rows).any(|row| row.label == label)
        };
        let never: Vec<Vec<bool>> = table.columns.iter().map(|column| form.never_shown(*column)).collect();
        for (row, named) in table.rows.iter().enumerate() {
            let heading =
                if elsewhere(&named.label) { format!("{}: {}", table.label, named.label) } else { named.label.clone() };
            for (column, _) in table.columns.iter().zip(&never).filter(|(_, never)| !never[row]) {
                self.field(form, &heading, (*column, row));
            }
        }
    }

    /// The parts of an indicator that no column of values holds as they are.
    fn parts(&mut self, book: &Book<'_>, number: usize) {
        let form = &book.reading.version.form;
        let indicator = &form.indicators[number];
        let concerned = form.concerned_rows(indicator);
        for row in (0..height(form, number)).filter(|row| !indicator.by_row || concerned[*row]) {
            let label = match indicator.over.filter(|_| indicator.by_row) {
                Some(table) => format!("{}: {}", indicator.label, form.tables[table].rows[row].label),
                None => indicator.label.clone(),
            };
            let heading = book.say(&Words::new("export.parts").with("indicator", label));
            let part = if indicator.denominator.is_some() { "export.numerator" } else { "export.value" };
            self.put(&heading, book.t(part), What::Numerator(number, row));
            if indicator.denominator.is_some() {
                self.put(&heading, book.t("export.denominator"), What::Denominator(number, row));
            }
        }
    }

    fn put(&mut self, group: &str, heading: String, what: What) {
        let column = BEFORE.saturating_add(u16::try_from(self.columns.len()).unwrap_or(u16::MAX));
        match self.groups.last_mut() {
            Some(last) if last.heading == group => last.last = column,
            _ => self.groups.push(Group { heading: group.to_owned(), first: column, last: column }),
        }
        self.columns.push(Column { heading, what });
        self.places.insert(what, column);
    }

    /// Where the parts of an indicator stand in a row: in columns of values where it counts values as they are, in
    /// columns of their own otherwise.
    pub(super) fn parts_of(&self, form: &Form, number: usize, row: usize) -> (Option<u16>, Option<u16>) {
        let indicator = &form.indicators[number];
        let (numerator, denominator) = match (is_plain(indicator), &indicator.denominator) {
            (false, _) => (Some(What::Numerator(number, row)), Some(What::Denominator(number, row))),
            (true, denominator) => {
                let value = |expr: &Expr| Some(What::Value(plain_field(expr)?, row));
                (value(&indicator.numerator), denominator.as_ref().and_then(value))
            }
        };
        let place = |what: Option<What>| self.places.get(&what?).copied();
        (place(numerator), place(denominator))
    }
}

/// Whether the parts of an indicator are values as they stand in the sheet of data: no arithmetic, this period only,
/// everybody who answered.
fn is_plain(indicator: &Indicator) -> bool {
    let fits = |expr: &Expr| {
        matches!(
            (&expr.root.kind, indicator.over.is_some()),
            (Kind::Reference(reference), true) if reference.form.is_none() && matches!(reference.slot, Slot::Here(_))
        ) || matches!(
            (&expr.root.kind, indicator.over.is_some()),
            (Kind::Reference(reference), false) if reference.form.is_none() && matches!(reference.slot, Slot::Field(_))
        )
    };
    let rows = indicator.over.is_none() || indicator.by_row;
    let everybody = indicator.periods == 1 && indicator.among.is_none() && !indicator.expected;
    rows && everybody && fits(&indicator.numerator) && indicator.denominator.as_ref().is_none_or(fits)
}

fn plain_field(expr: &Expr) -> Option<usize> {
    match &expr.root.kind {
        Kind::Reference(reference) => match reference.slot {
            Slot::Here(field) | Slot::Field(field) => Some(field),
            _ => None,
        },
        _ => None,
    }
}

/// The label with its unit; a calculation without a label is called by its name.
fn heading_of(field: &Field) -> String {
    let label = if field.label.is_empty() { &field.name } else { &field.label };
    let numbered = field.code.as_ref().map(|code| format!("{label} ({code})"));
    let label = numbered.as_ref().unwrap_or(label);
    match field.kind.control {
        Control::Line { unit, .. } if !unit.is_empty() && !label.contains(unit) => format!("{label}, {unit}"),
        _ => label.clone(),
    }
}

//! What an expression of a form sees: the values of one report, a row of a table, and the context.

use jiff::civil::Date;

use crate::expr::{Expr, Reference, Slot, Surroundings, Value, evaluate};
use crate::form::choices::Choice;
use crate::form::fill::{Context, shows};
use crate::form::model::Form;
use crate::form::slots::{Slots, Values};

/// What an expression of a form can see: the values of one report, a row of a table, and the context.
pub(super) struct View<'a> {
    pub form: &'a Form,
    pub values: &'a Slots,
    pub context: &'a Context,
    pub previous: &'a [Slots],
    pub row: Option<(usize, usize)>,
    pub this: Value,
    /// The choice that a filter is about.
    pub choice: Option<&'a Choice>,
}

impl<'a> View<'a> {
    pub fn new(form: &'a Form, values: &'a Slots, context: &'a Context, previous: &'a [Slots]) -> Self {
        View { form, values, context, previous, row: None, this: Value::Empty, choice: None }
    }

    /// The same view from a row of a table.
    pub fn at(&self, table: Option<usize>, row: usize) -> View<'a> {
        View { row: table.map(|table| (table, row)), this: Value::Empty, ..*self }
    }

    /// The same view of a filter that looks at a choice.
    pub fn of(&self, choice: &'a Choice) -> View<'a> {
        View { this: Value::Empty, choice: Some(choice), ..*self }
    }

    pub fn evaluate(&self, expr: &Expr) -> Value {
        evaluate(expr, self)
    }

    fn look(&self, values: &Slots, slot: Slot) -> Value {
        match slot {
            Slot::Field(field) => values.get(field, 0).clone(),
            Slot::Here(field) => self.row.map_or(Value::Empty, |(_, row)| values.get(field, row).clone()),
            Slot::Column(field) => values.column(field),
            Slot::Cell(field, row) => values.get(field, row).clone(),
            Slot::Rows(table) => Value::List(vec![Value::Boolean(true); self.rows_of(table)]),
            Slot::Unbound => Value::Empty,
        }
    }

    /// How many rows a table has here; a hidden one has none (language law 3).
    pub fn rows_of(&self, table: usize) -> usize {
        let around = self.form.tables[table].columns.first().map_or(&[][..], |first| &self.form.fields[*first].within);
        let shown = around.iter().all(|number| shows(Some(&self.form.conditions[*number]), &self.at(None, 0)));
        if shown { self.values.rows(self.form, table) } else { 0 }
    }
}

impl Surroundings for View<'_> {
    fn reference(&self, reference: &Reference) -> Value {
        match &reference.form {
            None => self.look(self.values, reference.slot),
            Some(form) => self
                .context
                .others
                .get(form)
                .map_or(Value::Empty, |values| super::foreign::value(values, &reference.path)),
        }
    }

    fn rows(&self, of: &Reference) -> usize {
        if let Slot::Rows(table) = of.slot { self.rows_of(table) } else { 0 }
    }

    fn cell(&self, _: &Reference, row: usize, column: &Reference) -> Value {
        if let Slot::Column(field) = column.slot { self.values.get(field, row).clone() } else { Value::Empty }
    }

    fn position(&self) -> Option<usize> {
        self.row.map(|(_, row)| row)
    }

    fn name(&self, name: &Reference) -> Value {
        self.choice.map_or(Value::Empty, |choice| choice.attribute(&name.path))
    }

    fn this(&self) -> Value {
        self.this.clone()
    }

    fn today(&self) -> Option<Date> {
        self.context.today
    }

    fn choice_name(&self, reference: &Reference, code: &str) -> Value {
        let field = match reference.slot {
            Slot::Field(field) | Slot::Here(field) | Slot::Column(field) | Slot::Cell(field, _) => field,
            Slot::Rows(_) | Slot::Unbound => return Value::Empty,
        };
        let choice = self.form.choices_in(field, self.context).find(code);
        choice.map_or(Value::Empty, |choice| Value::text(choice.label.as_str()))
    }

    fn parameter(&self, name: &str) -> Value {
        self.form.parameter(name).cloned().unwrap_or_default()
    }

    fn row(&self, attribute: &str) -> Value {
        self.row.map_or(Value::Empty, |(table, row)| self.form.row_attribute(table, row, attribute))
    }

    fn org(&self, attribute: &str) -> Value {
        self.context.org.get(attribute).map_or(Value::Empty, |text| Value::text(text.as_str()))
    }

    fn previous(&self, reference: &Reference, periods: u32) -> Value {
        let back = usize::try_from(periods).unwrap_or(1).saturating_sub(1);
        self.previous.get(back).map_or(Value::Empty, |values| self.look(values, reference.slot))
    }

    fn children(&self, reference: &Reference) -> Value {
        let one = |values: &Values| match &reference.form {
            None => self.look(&Slots::of(self.form, values), reference.slot),
            Some(_) => super::foreign::value(values, &reference.path),
        };
        let form = reference.form.as_ref().unwrap_or(&self.form.id);
        let each = self.context.children.get(form).into_iter().flatten().map(one);
        Value::List(each.flat_map(|value| value.elements().to_vec()).collect())
    }

    fn peers(&self, reference: &Reference) -> Value {
        self.context.peers.list(reference.slot)
    }
}

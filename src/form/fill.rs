//! Filling: answers through relevance, calculation and constraint into everything that a report contributes.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::error::{Fault, Place, Severity};
use crate::expr::{Expr, Value};
use crate::form::answers::{Absence, Answers, absence_refused, place};
use crate::form::choices::Organisations;
use crate::form::model::{Field, Form};
use crate::form::offer::{left_out, offered};
use crate::form::peers::Peers;
use crate::form::range::out_of_range;
use crate::form::rows;
use crate::form::slots::{Slots, Values};
pub(super) use crate::form::view::View;
use crate::lang::Words;
use crate::period::Period;

/// What surrounds a report: what checks, lists and indicators may look at besides it.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The report's period.
    pub period: Option<Period>,
    /// Today, for `today()`.
    pub today: Option<Date>,
    /// Stored counting values of earlier periods, the nearest first; an empty map where there are none.
    pub previous: Vec<Values>,
    /// Stored counting values of other forms of the same organisation and period, by form id.
    pub others: BTreeMap<String, Values>,
    /// Counting values of subordinate organisations, by the id of the form that they filled: one entry for each report.
    pub children: BTreeMap<String, Vec<Values>>,
    /// Counting values of all organisations of the region; only classifications look at them.
    pub peers: Peers,
    /// Attributes of the organisation: `code`, `name`, `type`, ….
    pub org: BTreeMap<String, String>,
    /// The registry, where it is at hand: what questions after organisations choose from.
    pub organisations: Option<Arc<Organisations>>,
}

/// A value as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// A number; true is 1, false is 0.
    Number(f64),
    /// A choice's code; of several choices their codes with spaces between them, in their order.
    Code(String),
    /// A text, link or day.
    Text(String),
    /// A stated absence: `no-data` or `not-applicable`.
    Missing(String),
}

/// The part of an indicator that a report contributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// The indicator's name.
    pub indicator: String,
    /// The row's name; empty where rows are added.
    pub row: String,
    /// What is counted.
    pub numerator: f64,
    /// Out of what.
    pub denominator: Option<f64>,
}

/// A filled report: all that it contributes, computed from it alone.
#[derive(Debug, Clone)]
pub struct Filled {
    /// Values of shown questions and calculations.
    pub values: Slots,
    /// Whether each is shown, by field and row.
    pub relevant: Vec<Vec<bool>>,
    /// Whether each condition of a group, table or note holds, by its number.
    pub conditions: Vec<bool>,
    /// Stated absences of shown questions.
    pub absences: BTreeMap<(usize, usize), Absence>,
    /// What is wrong, in the order of the form.
    pub faults: Vec<Fault>,
    /// Parts of indicators.
    pub measures: Vec<Measure>,
    stored: Vec<(String, Stored)>,
}

impl Filled {
    /// Everything that counts, by path.
    pub fn stored(&self) -> Vec<(String, Stored)> {
        self.stored.clone()
    }

    /// Whether an error stands in the way of sending.
    pub fn blocked(&self) -> bool {
        self.faults.iter().any(Fault::blocks)
    }

    /// The stored values as expressions see them.
    pub fn as_values(&self, form: &Form) -> Values {
        let mut values: Values =
            self.values.present().map(|(field, row, value)| (form.path(field, row), value.clone())).collect();
        values.extend(self.stored.iter().filter_map(|(path, stored)| match stored {
            Stored::Number(rows) if form.locate_count(path).is_some() => Some((path.clone(), Value::Number(*rows))),
            _ => None,
        }));
        values
    }
}

impl Form {
    /// Fills the form: what is shown, what is computed, what is wrong, what it contributes.
    pub fn fill(&self, answers: &Answers, context: &Context) -> Filled {
        let placed = place(self, answers, context);
        let previous: Vec<Slots> = context.previous.iter().map(|values| Slots::of(self, values)).collect();
        let mut filling = Filling {
            form: self,
            context,
            values: placed.values.cleared(),
            relevant: (0..self.fields.len()).map(|field| vec![false; placed.values.height(field)]).collect(),
            given: placed.values,
            absences: placed.absences,
            conditions: vec![None; self.conditions.len()],
        };
        for field in &self.order {
            filling.field(*field);
        }
        let conditions = (0..self.conditions.len()).map(|number| filling.condition(number)).collect();
        filling.absences.retain(|(field, row), _| filling.relevant[*field][*row]);
        let mut faults = placed.strays;
        let mut unread: BTreeMap<(usize, usize), Fault> = placed.unread.into_iter().collect();
        unread.retain(|(field, row), _| filling.relevant[*field][*row]);
        for field in 0..self.fields.len() {
            faults.extend(filling.rows_of(field));
            for row in 0..filling.values.height(field) {
                match unread.remove(&(field, row)) {
                    Some(fault) if filling.needs(field, row) && fault.message == absence_refused() => {
                        faults.push(Fault { code: "required", ..fault });
                    }
                    Some(fault) => faults.push(fault),
                    None => faults.extend(filling.judge(field, row)),
                }
            }
        }
        let view = View::new(self, &filling.values, context, &previous);
        faults.extend(checks(&view));
        let measures = super::measure::measures(&view);
        let mut stored = stored(self, &filling.values, &filling.absences);
        stored.extend(counts(&view));
        let Filling { values, relevant, absences, .. } = filling;
        Filled { values, relevant, conditions, absences, faults, measures, stored }
    }

    /// Whether a computed value is what this form computes from the other values: a report that an earlier version
    /// filled may hold another one, and keeps it.
    pub fn follows(&self, field: usize, row: usize, values: &Slots) -> bool {
        let context = Context::default();
        let view = View::new(self, values, &context, &[]).at(self.fields[field].table, row);
        let own = values.get(field, row);
        let calculation = self.fields[field].calculation.as_ref();
        !own.is_empty() && calculation.is_some_and(|expr| view.evaluate(expr).same(own))
    }

    /// The answers that a new report starts with.
    pub fn defaults(&self, context: &Context) -> Answers {
        let previous: Vec<Slots> = context.previous.iter().map(|values| Slots::of(self, values)).collect();
        let nothing = Slots::empty(self);
        let view = View::new(self, &nothing, context, &previous);
        let mut answers = Answers::default();
        for (_, repeat) in self.repeats() {
            for _ in 0..repeat.repeat.and_then(|repeat| repeat.min).unwrap_or(0) {
                answers.add_row(&repeat.name);
            }
        }
        for (number, field) in self.fields.iter().enumerate() {
            let Some(default) = &field.default else { continue };
            let added =
                field.table.filter(|_| self.in_repeat(number)).map(|table| answers.rows(&self.tables[table].name));
            for row in 0..added.unwrap_or_else(|| self.height(number)) {
                let value = offered(field, view.at(field.table, row).evaluate(default));
                answers.set(&self.path(number, row), super::answers::to_answer(&value));
            }
        }
        answers
    }
}

/// How many rows each repeat has that is shown.
fn counts(view: &View<'_>) -> Vec<(String, Stored)> {
    let counted = view.form.repeats().map(|(number, table)| (rows::counted_path(&table.name), view.rows_of(number)));
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    counted.filter(|(_, rows)| *rows > 0).map(|(path, rows)| (path, Stored::Number(rows as f64))).collect()
}

struct Filling<'a> {
    form: &'a Form,
    context: &'a Context,
    given: Slots,
    absences: BTreeMap<(usize, usize), Absence>,
    values: Slots,
    relevant: Vec<Vec<bool>>,
    conditions: Vec<Option<bool>>,
}

impl Filling<'_> {
    fn view(&self) -> View<'_> {
        View::new(self.form, &self.values, self.context, &[])
    }

    /// Decides whether a field is shown and what its value is, in every row. What it needs is decided before it.
    fn field(&mut self, number: usize) {
        let field = &self.form.fields[number];
        let around = field.within.iter().all(|condition| self.condition(*condition));
        for row in 0..self.values.height(number) {
            let view = self.view().at(field.table, row);
            let shown = around && !self.form.is_grey(number, row) && shows(field.relevant.as_ref(), &view);
            let value = match &field.calculation {
                _ if !shown => Value::Empty,
                Some(calculation) => view.evaluate(calculation),
                None => self.given.get(number, row).clone(),
            };
            self.relevant[number][row] = shown;
            self.values.set(number, row, value);
        }
    }

    fn condition(&mut self, number: usize) -> bool {
        if let Some(known) = self.conditions[number] {
            return known;
        }
        let shown = shows(Some(&self.form.conditions[number]), &self.view());
        self.conditions[number] = Some(shown);
        shown
    }

    /// What is wrong with the number of rows of the repeat that a field opens.
    fn rows_of(&mut self, number: usize) -> Option<Fault> {
        let table = self.form.fields[number].table?;
        let within = &self.form.fields[number].within;
        let opens = self.form.tables[table].columns.first() == Some(&number);
        let shown = opens && within.iter().all(|condition| self.condition(*condition));
        if shown { self.form.wrong_count(table, self.values.height(number)) } else { None }
    }

    /// Whether an answer must be given; an empty `required` is no.
    fn needs(&self, number: usize, row: usize) -> bool {
        let field = &self.form.fields[number];
        let view = self.view().at(field.table, row);
        field.required.as_ref().is_some_and(|expr| view.evaluate(expr) == Value::Boolean(true))
    }

    /// What is wrong with one shown answer: at most one fault, the first of required, range, choice, constraint.
    fn judge(&self, number: usize, row: usize) -> Option<Fault> {
        let field = &self.form.fields[number];
        if !self.relevant[number][row] || field.calculation.is_some() {
            return None;
        }
        let mut view = self.view().at(field.table, row);
        let value = self.values.get(number, row);
        let (code, message) = if value.is_empty() {
            if field.read_only || !self.needs(number, row) || self.absences.contains_key(&(number, row)) {
                return None;
            }
            ("required", words(field.required_message.as_ref(), || Words::new("form.required")))
        } else if let Some(message) = out_of_range(field, value) {
            ("range", message)
        } else if let Some(message) = left_out(&view, number, value) {
            ("unknown-choice", message)
        } else {
            view.this = value.clone();
            let broken = field.constraint.as_ref().is_some_and(|expr| view.evaluate(expr) == Value::Boolean(false));
            if !broken {
                return None;
            }
            ("constraint", words(field.constraint_message.as_ref(), || Words::new("form.constraint")))
        };
        Some(Fault::error(Place::Answer(self.form.path(number, row)), code, message))
    }
}

/// A `relevant` that is absent shows; one that evaluates to empty hides (language law 1).
pub(super) fn shows(relevant: Option<&Expr>, view: &View<'_>) -> bool {
    relevant.is_none_or(|expr| view.evaluate(expr) == Value::Boolean(true))
}

fn words(own: Option<&String>, otherwise: impl FnOnce() -> Words) -> Words {
    own.map_or_else(otherwise, Words::literal)
}

/// The form's checks; an empty test passes.
fn checks(view: &View<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for check in &view.form.checks {
        let rows = check.over.map_or(1, |table| view.rows_of(table));
        for row in 0..rows {
            let here = view.at(check.over, row);
            if here.evaluate(&check.test) != Value::Boolean(false) {
                continue;
            }
            let (path, label) = match check.over {
                Some(table) => (view.form.row_path(table, row), view.form.row_label(table, row)),
                None => (String::new(), String::new()),
            };
            let message = Words::literal(check.message.replace("{row}", &label));
            let mut fault = Fault::error(Place::Answer(path), "check", message).weighing(check.severity);
            fault.name = Some(check.name.clone());
            faults.push(fault);
        }
    }
    faults.sort_by_key(|fault| match fault.severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Note => 2,
    });
    faults
}

fn stored(form: &Form, values: &Slots, absences: &BTreeMap<(usize, usize), Absence>) -> Vec<(String, Stored)> {
    let mut stored: Vec<(String, Stored)> = values
        .present()
        .filter_map(|(field, row, value)| Some((form.path(field, row), store(&form.fields[field], value)?)))
        .collect();
    stored.extend(
        absences.iter().map(|((field, row), absence)| (form.path(*field, *row), Stored::Missing(absence.kind.clone()))),
    );
    stored
}

fn store(field: &Field, value: &Value) -> Option<Stored> {
    Some(match value {
        Value::Number(number) => Stored::Number(*number),
        Value::Boolean(boolean) => Stored::Number(f64::from(u8::from(*boolean))),
        Value::Text(code) if field.choices.is_some() => Stored::Code(code.clone()),
        Value::Text(text) => Stored::Text(text.clone()),
        Value::Date(date) => Stored::Text(date.to_string()),
        Value::List(_) if field.value_type().list => Stored::Code(value.as_text()),
        Value::Empty | Value::List(_) | Value::Shared(_) => return None,
    })
}

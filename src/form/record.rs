//! Stored values on their way back into a form. Reports of a form mostly have the same paths: each is kept once, and
//! its place is looked up once, not once a value.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::expr::{Scalar, Type, Value};
use crate::form::fill::{Context, Stored};
use crate::form::model::{Field, Form};
use crate::form::offer::codes_of;
use crate::form::slots::{Slots, Values};
use crate::lang::Lang;

/// The paths of some reports' values, each with its place in a form.
#[derive(Debug, Default)]
pub struct Paths {
    paths: Vec<String>,
    places: Vec<Place>,
    numbers: HashMap<String, u32>,
}

/// What a path means in a form.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// A field in a row.
    Cell(usize, usize),
    /// How many rows a repeat has.
    Rows(usize),
    /// Something that the form no longer has.
    Nowhere,
}

impl Paths {
    /// The number of a path; it is looked up in the form when it comes first.
    pub fn number(&mut self, form: &Form, path: &str) -> u32 {
        if let Some(known) = self.numbers.get(path) {
            return *known;
        }
        let number = u32::try_from(self.paths.len()).unwrap_or(u32::MAX);
        let cell = form.locate(path).map(|(field, row)| Place::Cell(field, row));
        let place = cell.or_else(|| form.locate_count(path).map(Place::Rows));
        self.places.push(place.unwrap_or(Place::Nowhere));
        self.paths.push(path.to_owned());
        self.numbers.insert(path.to_owned(), number);
        number
    }

    fn path(&self, number: u32) -> &str {
        self.paths.get(number as usize).map_or("", String::as_str)
    }

    fn place(&self, number: u32) -> Place {
        self.places.get(number as usize).copied().unwrap_or(Place::Nowhere)
    }

    /// Brings values into the order of their paths.
    pub fn sort(&self, values: &mut [(u32, Stored)]) {
        if !values.is_sorted_by(|one, next| self.path(one.0) <= self.path(next.0)) {
            values.sort_by(|one, other| self.path(one.0).cmp(self.path(other.0)));
        }
    }
}

/// The stored values of one report, in the order of their paths.
#[derive(Debug, Clone, Default)]
pub struct Record {
    paths: Arc<Paths>,
    values: Vec<(u32, Stored)>,
}

impl Record {
    /// Values by the numbers of their paths.
    pub fn new(paths: Arc<Paths>, values: Vec<(u32, Stored)>) -> Record {
        Record { paths, values }
    }

    /// Every value with its path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Stored)> {
        self.values.iter().map(|(number, stored)| (self.paths.path(*number), stored))
    }

    /// The stated absences, each with its kind, by field and row.
    pub fn absences(&self) -> impl Iterator<Item = ((usize, usize), &str)> {
        self.values.iter().filter_map(|(number, stored)| match (stored, self.paths.place(*number)) {
            (Stored::Missing(kind), Place::Cell(field, row)) => Some(((field, row), kind.as_str())),
            _ => None,
        })
    }
}

impl Form {
    /// Stored values as expressions see them; what the form no longer has is read by its stored type.
    pub fn read_values<P, S>(&self, stored: impl IntoIterator<Item = (P, S)>) -> Values
    where
        P: AsRef<str> + Into<String>,
        S: Borrow<Stored>,
    {
        let each = stored.into_iter().map(|(path, stored)| {
            let value = match self.locate(path.as_ref()) {
                Some((field, _)) => self.of_today(field, restore(Some(&self.fields[field]), stored.borrow())),
                None => restore(None, stored.borrow()),
            };
            (path.into(), value)
        });
        each.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Stored values, whose paths were looked up in this form, in its places; what it no longer has is left out.
    pub fn read_slots(&self, record: &Record) -> Slots {
        let mut slots = Slots::empty(self);
        for (number, stored) in &record.values {
            match record.paths.place(*number) {
                Place::Cell(field, row) => {
                    let value = self.of_today(field, restore(Some(&self.fields[field]), stored));
                    if !value.is_empty() {
                        slots.set(field, row, value);
                    }
                }
                Place::Rows(table) => slots.count(self, table, &restore(None, stored)),
                Place::Nowhere => {}
            }
        }
        slots
    }

    /// A choice of earlier by its code of today.
    fn of_today(&self, field: usize, value: Value) -> Value {
        let choices = self.choices_of(field);
        let today = |value: Value| match &value {
            Value::Text(code) => choices.find(code).map_or(value.clone(), |choice| Value::text(choice.name.as_str())),
            _ => value,
        };
        match value {
            Value::List(codes) if !choices.is_empty() => Value::List(codes.into_iter().map(today).collect()),
            value if !choices.is_empty() => today(value),
            value => value,
        }
    }

    /// A value as people see it.
    pub fn show(&self, field: usize, value: &Value, lang: Lang) -> String {
        self.fields[field].kind.show(value, self.choices_of(field), lang)
    }

    /// A value as people see it, organisations by their names.
    pub fn show_in(&self, field: usize, value: &Value, (context, lang): (&Context, Lang)) -> String {
        self.fields[field].kind.show(value, self.choices_in(field, context), lang)
    }
}

fn restore(field: Option<&Field>, stored: &Stored) -> Value {
    let of = field.map(Field::value_type);
    match stored {
        Stored::Number(number) if of == Some(Type::one(Scalar::Boolean)) => Value::Boolean(*number != 0.0),
        Stored::Number(number) => Value::Number(*number),
        Stored::Text(text) if of == Some(Type::one(Scalar::Date)) => text.parse().map_or(Value::Empty, Value::Date),
        Stored::Code(codes) if of.is_some_and(|of| of.list) => codes_of(codes),
        Stored::Code(text) | Stored::Text(text) => Value::text(text.as_str()),
        Stored::Missing(_) => Value::Empty,
    }
}

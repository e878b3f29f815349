//! Where things stand in a form: paths, rows, choices, parameters by their names.

use std::collections::HashMap;

use crate::expr::Value;
use crate::form::choices::{self, Choices, From, Organisations};
use crate::form::fill::Context;
use crate::form::model::{Field, Form};
use crate::form::rows;

impl Form {
    /// A programme: indicators and targets over other forms, nothing to fill.
    pub fn is_programme(&self) -> bool {
        self.fields.iter().all(|field| field.calculation.is_some())
    }

    /// Whether any question takes files.
    pub fn takes_files(&self) -> bool {
        self.fields.iter().any(|field| field.accepts.is_some())
    }

    /// How many rows a field has in every report: 1, the rows of its table, none in a repeat. How many a report has,
    /// its values say: `Slots::height`.
    pub fn height(&self, field: usize) -> usize {
        self.fields[field].table.map_or(1, |table| self.tables[table].rows.len())
    }

    /// The path of a field's value in a row: what answers are stored by.
    pub fn path(&self, field: usize, row: usize) -> String {
        let name = &self.fields[field].name;
        match self.fields[field].table {
            None => name.clone(),
            Some(table) => {
                format!("{}/{name}", self.row_path(table, row))
            }
        }
    }

    /// The field and row of a path; earlier names (`was`) are followed.
    pub fn locate(&self, path: &str) -> Option<(usize, usize)> {
        if let Some((name, row, column)) = rows::parts(path) {
            let table = self.repeat_named(name)?;
            let most = rows::most_rows(self.tables[table].columns.len());
            return self.find_field(Some(table), column?).filter(|_| row < most).map(|field| (field, row));
        }
        let mut parts = path.split('/');
        let (first, second, third) = (parts.next()?, parts.next(), parts.next());
        let Some(row) = second else {
            return self.find_field(None, first).map(|field| (field, 0));
        };
        let table = self.table_named(first)?;
        let row = self.tables[table].row_named(row)?;
        let third = third.filter(|_| parts.next().is_none())?;
        self.find_field(Some(table), third).map(|field| (field, row))
    }

    /// The table or repeat of a name of today or of earlier.
    pub(super) fn table_named(&self, name: &str) -> Option<usize> {
        let today = self.tables.iter().position(|table| table.name == name);
        today.or_else(|| self.tables.iter().position(|table| table.was.iter().any(|was| was == name)))
    }

    /// The field of a name of today or of earlier, of a table or of none.
    pub(super) fn find_field(&self, table: Option<usize>, name: &str) -> Option<usize> {
        let named = self.names.get_or_init(|| self.field_names()).get(name)?;
        named.iter().find(|field| self.fields[**field].table == table).copied()
    }

    /// Fields by their names, today's before those of earlier.
    fn field_names(&self) -> HashMap<String, Vec<usize>> {
        let mut names: HashMap<String, Vec<usize>> = HashMap::new();
        let all = || self.fields.iter().enumerate();
        let was = all().flat_map(|(number, field)| field.was.iter().map(move |was| (number, was)));
        for (number, name) in all().map(|(number, field)| (number, &field.name)).chain(was) {
            names.entry(name.clone()).or_default().push(number);
        }
        names
    }

    /// The list that a field answers from, where no registry of organisations is at hand.
    pub fn choices_of(&self, field: usize) -> &Choices {
        match self.fields[field].choices.map(|list| &self.choices[list]) {
            None => &choices::NONE,
            Some(list) if list.from == From::Form => list,
            Some(_) => &choices::ANY_ORGANISATION,
        }
    }

    /// The list that a field answers from.
    pub fn choices_in<'a>(&'a self, field: usize, context: &'a Context) -> &'a Choices {
        self.choices_among(field, context.organisations.as_deref())
    }

    /// The list that a field answers from, where the registry is this.
    pub fn choices_among<'a>(&'a self, field: usize, organisations: Option<&'a Organisations>) -> &'a Choices {
        match (self.fields[field].choices.map(|list| self.choices[list].from), organisations) {
            (Some(From::Organisations(kind)), Some(organisations)) => organisations.of(kind),
            _ => self.choices_of(field),
        }
    }

    /// Whether a question chooses from the registry of organisations.
    pub fn chooses_organisations(&self) -> bool {
        let chosen = |field: &Field| field.choices.is_some_and(|list| self.choices[list].from != From::Form);
        self.fields.iter().any(chosen)
    }

    /// Whether a cell is grey: nobody is asked for it.
    pub fn is_grey(&self, field: usize, row: usize) -> bool {
        let own = &self.fields[field];
        own.table.and_then(|table| self.tables[table].rows.get(row)).is_some_and(|row| row.grey.contains(&own.name))
    }

    /// A parameter's value.
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// An attribute of a table's row: `name`, `label`, `code`, or any other key of the file.
    pub fn row_attribute(&self, table: usize, row: usize, attribute: &str) -> Value {
        let Some(row) = self.tables[table].rows.get(row) else { return rows::attribute(row, attribute) };
        match attribute {
            "name" => Value::text(row.name.as_str()),
            "label" => Value::text(row.label.as_str()),
            "code" => Value::text(row.code.clone().unwrap_or_default()),
            other => row.attributes.get(other).cloned().unwrap_or_default(),
        }
    }
}

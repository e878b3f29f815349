//! The names that questions have in the XLSForm: one name one question, cells of tables by `table_row_column`.

use std::collections::{HashMap, HashSet};

use super::expression::speakable;
use super::note;
use crate::error::Fault;
use crate::expr::Expr;
use crate::form::{Form, Item};
use crate::lang::Words;

/// The names of a form's fields, and which of its fields XLSForm can have.
pub(super) struct Names {
    /// Of each field; of a column of fixed rows, of each row.
    fields: Vec<Vec<String>>,
    /// Fields whose calculation XLSForm has no words for.
    lost: HashSet<usize>,
    taken: HashSet<String>,
}

impl Names {
    /// Names for a form; what it loses is noted.
    pub fn of(form: &Form, notes: &mut Vec<Fault>) -> Names {
        let mut names =
            Names { fields: vec![Vec::new(); form.fields.len()], lost: HashSet::new(), taken: HashSet::new() };
        form.groups.iter().for_each(|group| names.blocks(&group.name, &group.items, form));
        for number in 0..form.fields.len() {
            names.fields[number] = names.field(form, number);
        }
        names.lose(form, notes);
        names
    }

    fn blocks(&mut self, name: &str, items: &[Item], form: &Form) {
        self.taken.insert(name.to_owned());
        for item in items {
            match item {
                Item::Group(group) => self.blocks(&group.name, &group.items, form),
                Item::Table(number) => drop(self.taken.insert(form.tables[*number].name.clone())),
                _ => {}
            }
        }
    }

    fn field(&mut self, form: &Form, number: usize) -> Vec<String> {
        let own = &form.fields[number];
        match own.table.map(|table| &form.tables[table]) {
            Some(table) if table.repeat.is_none() => {
                let cell = |row: &crate::form::Row| {
                    // A grey cell is not asked and has no name.
                    (!row.grey.contains(&own.name)).then(|| format!("{}_{}_{}", table.name, row.name, own.name))
                };
                table.rows.iter().map(|row| cell(row).map_or_else(String::new, |name| self.free(name))).collect()
            }
            Some(table) => {
                let longer = format!("{}_{}", table.name, own.name);
                let taken = self.taken.contains(&own.name);
                vec![self.free(if taken { longer } else { own.name.clone() })]
            }
            None => vec![self.free(own.name.clone())],
        }
    }

    /// The name itself, or with a number where it is taken.
    pub fn free(&mut self, wanted: String) -> String {
        let numbered = (2..).map(|n: u32| format!("{wanted}_{n}"));
        let mut tries = std::iter::once(wanted.clone()).chain(numbered);
        tries.find(|name| self.taken.insert(name.clone())).unwrap_or_default()
    }

    /// The name of a field in a row; the row of a repeat is not part of it.
    pub fn name(&self, field: usize, row: Option<usize>) -> &str {
        let names = &self.fields[field];
        names.get(row.unwrap_or(0)).or(names.first()).map_or("", String::as_str)
    }

    /// The names of all cells of a column that are asked.
    pub fn cells(&self, field: usize) -> impl Iterator<Item = &str> {
        self.fields[field].iter().map(String::as_str).filter(|name| !name.is_empty())
    }

    /// Whether XLSForm cannot have a field.
    pub fn is_lost(&self, field: usize) -> bool {
        self.lost.contains(&field)
    }

    /// A calculation that cannot be said is lost, and with it what is computed from it.
    fn lose(&mut self, form: &Form, notes: &mut Vec<Fault>) {
        loop {
            let lost: Vec<usize> = (0..form.fields.len())
                .filter(|number| !self.is_lost(*number))
                .filter(|number| form.fields[*number].calculation.as_ref().is_some_and(|expr| !self.can(form, expr)))
                .collect();
            if lost.is_empty() {
                return;
            }
            for number in lost {
                self.lost.insert(number);
                notes.push(note(&form.name_of(number), Words::new("export.xlsform-calculation")));
            }
        }
    }

    /// Whether an expression can be said.
    pub fn can(&self, form: &Form, expr: &Expr) -> bool {
        speakable(form, expr, &|field| self.is_lost(field))
    }
}

/// The names of a form's lists, each different.
pub(super) fn lists(form: &Form) -> Vec<String> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let each = form.choices.iter().map(|list| {
        let wanted = if list.name.is_empty() { "list".to_owned() } else { list.name.replace(' ', "_") };
        let count = taken.entry(wanted.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { wanted } else { format!("{wanted}_{count}") }
    });
    each.collect()
}

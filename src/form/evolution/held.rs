//! What is stored of a form's answers, counted with an eye on the version that is to come.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;

use super::carry::parts;
use super::matched::Matched;
use crate::form::answers::{Answers, absence};
use crate::form::model::{Form, Respondent};
use crate::form::range::out_of_range;

/// Stored answers, counted: how many there are, and how many the coming version could not read.
#[derive(Debug)]
pub struct Held<'f> {
    old: &'f Form,
    new: &'f Form,
    pub(super) matched: Matched,
    /// How many documents of answers there are.
    pub(super) reports: usize,
    pub(super) by: Vec<(Respondent, usize)>,
    /// By field of the old version.
    pub(super) answered: HashMap<usize, usize>,
    /// By table and row of the old version.
    pub(super) in_row: HashMap<(usize, usize), usize>,
    /// Answers of a type that the new version does not read, by field of the old one.
    pub(super) unread: HashMap<usize, usize>,
    /// Codes that the new version does not know, by field of the old one.
    pub(super) codes: BTreeMap<(usize, String), usize>,
    /// Answers that the new version's checks refuse and the old one's did not, by field of the old one.
    pub(super) refused: HashMap<usize, usize>,
    /// Answers under an earlier name that the new version has forgotten: the name as `removed` would say it.
    pub(super) forgotten: BTreeMap<(usize, String), usize>,
}

impl<'f> Held<'f> {
    /// Nothing is stored yet.
    pub fn nothing(old: &'f Form, new: &'f Form) -> Held<'f> {
        Held {
            old,
            new,
            matched: Matched::of(old, new),
            reports: 0,
            by: Vec::new(),
            answered: HashMap::new(),
            in_row: HashMap::new(),
            unread: HashMap::new(),
            codes: BTreeMap::new(),
            refused: HashMap::new(),
            forgotten: BTreeMap::new(),
        }
    }

    /// Counts the answers of one report.
    pub fn add(&mut self, by: Respondent, answers: &Answers) {
        self.reports += 1;
        match self.by.iter_mut().find(|(known, _)| *known == by) {
            Some((_, n)) => *n += 1,
            None => self.by.push((by, 1)),
        }
        for (path, answer) in answers.iter() {
            self.one(path, answer);
        }
    }

    fn one(&mut self, path: &str, answer: &Json) {
        let Some((table, row, name)) = parts(path) else { return };
        let (old, new) = (self.old, self.new);
        let number = table.map(|table| old.table_named(table));
        if number == Some(None) {
            return;
        }
        let number = number.flatten();
        let Some(field) = old.find_field(number, name).filter(|field| old.fields[*field].calculation.is_none()) else {
            return;
        };
        let new_table = number.and_then(|number| self.matched.tables[number]);
        if self.matched.fields[field].is_none() && (number.is_none() || new_table.is_some()) {
            // A later name was removed, and the new version still reads the one that this answer stands under.
            if new.find_field(new_table, name).is_some() {
                return;
            }
        }
        let place = row.zip(number).map(|(row, number)| (number, old.tables[number].row_named(row)));
        if let Some((number, row_number)) = place {
            let Some(row_number) = row_number else { return };
            let gone = self.matched.rows[number][row_number].is_none();
            if gone && row.zip(new_table).is_some_and(|(row, table)| new.tables[table].row_named(row).is_some()) {
                return;
            }
            *self.in_row.entry((number, row_number)).or_default() += 1;
        }
        *self.answered.entry(field).or_default() += 1;
        let Some(today) = self.matched.fields[field] else { return };
        if let Some(table) = table.filter(|table| new.table_named(table) != new_table) {
            *self.forgotten.entry((field, table.to_owned())).or_default() += 1;
        } else if new.find_field(new_table, name) != Some(today) {
            let said = table.map_or_else(|| name.to_owned(), |table| format!("{table}/{name}"));
            *self.forgotten.entry((field, said)).or_default() += 1;
        } else if let (Some((number, Some(row_number))), Some(row)) = (place, row)
            && let Some(same) = self.matched.rows[number][row_number]
            && new_table.and_then(|table| new.tables[table].row_named(row)) != Some(same)
        {
            *self.forgotten.entry((field, format!("{}/{row}", old.tables[number].name))).or_default() += 1;
        } else {
            self.read(field, today, answer);
        }
    }

    /// Whether the new version reads what the old one read.
    fn read(&mut self, field: usize, today: usize, answer: &Json) {
        let (was, is) = (&self.old.fields[field], &self.new.fields[today]);
        if absence(answer).is_some() {
            if was.missing && !is.missing {
                *self.refused.entry(field).or_default() += 1;
            }
            return;
        }
        if is.calculation.is_some() {
            *self.unread.entry(field).or_default() += 1;
            return;
        }
        if was.kind.read(answer, self.old.choices_of(field)).is_err() {
            return;
        }
        let choices = self.new.choices_of(today);
        match is.kind.read(answer, choices) {
            Ok(value) => {
                if out_of_range(is, &value).is_some() && out_of_range(was, &value).is_none() {
                    *self.refused.entry(field).or_default() += 1;
                }
            }
            Err(_) if was.choices.is_some() && is.choices.is_some() => {
                let each = answer.as_array().map_or_else(|| vec![answer], |list| list.iter().collect());
                let codes = each.into_iter().filter_map(Json::as_str);
                for code in codes.filter(|code| choices.find(code).is_none()) {
                    *self.codes.entry((field, code.to_owned())).or_default() += 1;
                }
                if was.kind != is.kind {
                    *self.unread.entry(field).or_default() += 1;
                }
            }
            Err(_) => *self.unread.entry(field).or_default() += 1,
        }
    }
}

//! What becomes of answers when a form opens them that was written after they were: carried to today's names, or set
//! aside.

use serde_json::Value as Json;

use crate::form::answers::Answers;
use crate::form::model::Form;
use crate::form::rows;
use crate::form::slots::Values;

/// What a path speaks of: the table or repeat, the row of a table, and the question or column.
pub(super) fn parts(path: &str) -> Option<(Option<&str>, Option<&str>, &str)> {
    let (first, rest) = match path.split_once('/') {
        None => return Some((None, None, path)),
        Some(parts) => parts,
    };
    if let Some((repeat, _)) = first.split_once('[') {
        return (!rest.contains('/')).then_some((Some(repeat), None, rest));
    }
    let (row, column) = rest.split_once('/')?;
    (!column.contains('/')).then_some((Some(first), Some(row), column))
}

impl Form {
    /// Answers of an earlier version under the names and codes of this one. What this version has no place for stays
    /// where it is: nothing is lost by opening.
    pub fn carried(&self, mut answers: Answers) -> Answers {
        if !self.renames() {
            return answers;
        }
        let old: Vec<(String, Json)> = answers.iter().map(|(path, answer)| (path.to_owned(), answer.clone())).collect();
        for (path, answer) in old {
            if let Some((table, row)) = self.locate_row(&path) {
                // A row of a repeat is there even where nothing in it is answered.
                let today = self.row_path(table, row);
                if today != path {
                    answers.set(&path, None);
                    if answers.get(&today).is_none() {
                        answers.set(&today, Some(answer));
                    }
                }
                continue;
            }
            let Some((field, row)) = self.locate(&path) else { continue };
            let today = self.path(field, row);
            let coded = self.coded(field, &answer);
            if today == path {
                if let Some(coded) = coded {
                    answers.set(&path, Some(coded));
                }
                continue;
            }
            if answers.get(&today).is_none() {
                answers.set(&today, Some(coded.unwrap_or(answer)));
            }
            answers.set(&path, None);
        }
        answers
    }

    /// A path under the names of today.
    pub fn today(&self, path: String) -> String {
        if let Some((table, row)) = self.locate_row(&path) {
            return self.row_path(table, row);
        }
        if let Some(table) = self.locate_count(&path) {
            return rows::counted_path(&self.tables[table].name);
        }
        self.locate(&path).map_or(path, |(field, row)| self.path(field, row))
    }

    /// Stored values under the names of today, as other forms ask for them; what stands under both is what it is today.
    pub(in crate::form) fn today_values(&self, values: Values) -> Values {
        if !self.renames() {
            return values;
        }
        let (same, other): (Vec<_>, Vec<_>) = values
            .into_iter()
            .map(|(path, value)| (self.today(path.clone()), path, value))
            .partition(|(t, p, _)| t == p);
        other.into_iter().chain(same).map(|(today, _, value)| (today, value)).collect()
    }

    /// Whether anything in the form had another name before.
    fn renames(&self) -> bool {
        self.fields.iter().any(|field| !field.was.is_empty())
            || self.tables.iter().any(|table| !table.was.is_empty())
            || self.tables.iter().any(|table| table.rows.iter().any(|row| !row.was.is_empty()))
            || self.choices.iter().any(|list| list.iter().any(|one| one.attributes.contains_key("was")))
    }

    /// An answer with the codes of today; nothing where it has them already.
    fn coded(&self, field: usize, answer: &Json) -> Option<Json> {
        let choices = self.choices_of(field);
        let today = |code: &str| choices.find(code).filter(|choice| choice.name != code);
        match answer {
            Json::String(code) => today(code).map(|choice| Json::from(choice.name.as_str())),
            Json::Array(codes) if codes.iter().any(|code| code.as_str().and_then(today).is_some()) => {
                let each = codes.iter().map(|code| {
                    let named = code.as_str().and_then(today).map(|choice| Json::from(choice.name.as_str()));
                    named.unwrap_or_else(|| code.clone())
                });
                Some(each.collect())
            }
            _ => None,
        }
    }

    /// Whether an answer was to a question that the form says it has no more (`removed`), or that is computed since
    /// (`retyped`): it is kept with the report and counts nowhere.
    pub fn sets_aside(&self, path: &str) -> bool {
        if let Some((field, _)) = self.locate(path) {
            return self.fields[field].retyped && self.fields[field].calculation.is_some();
        }
        let said = |name: &str| self.removed.iter().any(|removed| removed == name);
        // Under its earlier name a table may be meant by the name of today.
        let inside = |table: &str, inner: &str| {
            let today = self.table_named(table).map_or(table, |number| &self.tables[number].name);
            [table, today].into_iter().any(|table| said(&format!("{table}/{inner}")))
        };
        match parts(path) {
            Some((None, _, name)) => said(name.split('[').next().unwrap_or(name)),
            Some((Some(table), None, column)) => said(table) || inside(table, column),
            Some((Some(table), Some(row), column)) => {
                said(table) || [row, column, &format!("{row}/{column}")].into_iter().any(|inner| inside(table, inner))
            }
            None => false,
        }
    }
}

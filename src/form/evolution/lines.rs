//! Where in a form's text each question, row, column, choice and block stands.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::Place;
use crate::form::model::Form;
use crate::form::source::{Keys, Source};
use crate::lang::Words;

/// Places by path: `question`, `table/row`, `table/column`, `list`, `list/code`, and `[[indicator]]` blocks by
/// `indicator:name`.
pub(super) struct Lines {
    places: HashMap<String, Place>,
    top: Place,
}

impl Lines {
    /// The places of a sound form's text.
    pub(super) fn of(text: &str, file: &str) -> Lines {
        let source = Source::new(text, file);
        let mut lines = Lines { places: HashMap::new(), top: source.place(0) };
        if let Some(document) = source.document() {
            lines.read(&source, document.get_ref());
        }
        lines
    }

    /// The place of the first of several paths that the text has; else the form's head.
    pub(super) fn at(&self, paths: &[&str]) -> Place {
        paths.iter().find_map(|path| self.places.get(*path)).unwrap_or(&self.top).clone()
    }

    fn read(&mut self, source: &Source<'_>, form: &DeTable<'_>) {
        if let Some(id) = form.get("id") {
            self.top = source.place(id.span().start);
        }
        for (key, value) in form.iter() {
            self.put(format!("={}", key.get_ref()), source.place(value.span().start));
        }
        for group in tables(form, "group") {
            self.items(source, group);
        }
        for (key, prefix) in [("choices", ""), ("parameters", "parameter:")] {
            let Some(DeValue::Table(named)) = form.get(key).map(Spanned::get_ref) else { continue };
            for (name, _) in named.iter() {
                self.put(format!("{prefix}{}", name.get_ref()), source.place(name.span().start));
            }
        }
        for list in tables(form, "list") {
            self.named(source, list, "");
        }
        for block in ["check", "indicator", "classification"] {
            for table in tables(form, block) {
                self.named(source, table, &format!("{block}:"));
            }
        }
    }

    fn items(&mut self, source: &Source<'_>, group: &DeTable<'_>) {
        for question in tables(group, "question") {
            let name = self.named(source, question, "");
            if text_of(question, "type") == Some("group") {
                self.items(source, question);
                continue;
            }
            let Some(table) = name else { continue };
            for part in ["row", "column", "question"] {
                for inner in tables(question, part) {
                    self.named(source, inner, &format!("{table}/"));
                }
            }
        }
    }

    fn named(&mut self, source: &Source<'_>, table: &DeTable<'_>, before: &str) -> Option<String> {
        let name = text_of(table, "name")?.to_owned();
        self.put(format!("{before}{name}"), source.place(table.get("name")?.span().start));
        Some(name)
    }

    fn put(&mut self, path: String, place: Place) {
        self.places.entry(path).or_insert(place);
    }
}

/// The tables of an array of tables.
fn tables<'t, 'a>(table: &'t DeTable<'a>, key: &str) -> Vec<&'t DeTable<'a>> {
    let Some(DeValue::Array(array)) = table.get(key).map(Spanned::get_ref) else { return Vec::new() };
    let each = array.iter().filter_map(|item| match item.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    });
    each.collect()
}

fn text_of<'t>(table: &'t DeTable<'_>, key: &str) -> Option<&'t str> {
    table.get(key)?.get_ref().as_str()
}

impl Form {
    /// The line of the text that says the form's id.
    pub fn line_of_id(&self) -> usize {
        match Lines::of(&self.source, "").top {
            Place::Line { line, .. } => line,
            _ => 1,
        }
    }
}

/// Notes every entry of `removed` that names what the form still has.
pub(in crate::form) fn check_removed(form: &Form, keys: &Keys<'_, '_>) {
    for text in keys.texts("removed").unwrap_or_default() {
        if has(form, &text.value) {
            let words = Words::new("evolution.still-there").with("name", &text.value);
            keys.source().fault(text.origin.start(), "duplicate", words, None);
        }
    }
}

fn has(form: &Form, name: &str) -> bool {
    let Some((first, second)) = name.split_once('/') else {
        return form.fields.iter().any(|field| field.table.is_none() && field.name == name)
            || form.tables.iter().any(|table| table.name == name);
    };
    let in_table = form.tables.iter().enumerate().any(|(number, table)| {
        let row = || table.rows.iter().any(|row| row.name == second);
        let column = || form.fields.iter().any(|field| field.table == Some(number) && field.name == second);
        table.name == first && (row() || column())
    });
    let mut lists = form.choices.iter().filter(|list| list.name == first);
    in_table || lists.any(|list| list.iter().any(|choice| choice.name == second))
}

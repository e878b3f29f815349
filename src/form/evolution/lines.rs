//! Where in a form's text each question, row, column, choice and block stands.

use std::collections::HashMap;

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
            let keys = Keys::new(&source, document.get_ref(), 0);
            lines.top = source.place(keys.at("id"));
            lines.read(&keys);
        }
        lines
    }

    /// The place of the first of several paths that the text has; else the form's head.
    pub(super) fn at(&self, paths: &[&str]) -> Place {
        paths.iter().find_map(|path| self.places.get(*path)).unwrap_or(&self.top).clone()
    }

    fn read(&mut self, keys: &Keys<'_, '_>) {
        for key in ["period", "about", "by", "many", "title", "removed"] {
            if keys.has(key) {
                self.put(format!("={key}"), keys.source().place(keys.at(key)));
            }
        }
        for group in keys.tables("group") {
            self.items(&group);
        }
        if let Some(lists) = keys.table("choices") {
            for (name, at, _) in lists.entries() {
                self.put(name.to_owned(), lists.source().place(at));
            }
        }
        for block in ["check", "indicator", "classification"] {
            for keys in keys.tables(block) {
                self.named(&keys, &format!("{block}:"));
            }
        }
        if let Some(parameters) = keys.table("parameters") {
            for (name, at, _) in parameters.entries() {
                self.put(format!("parameter:{name}"), parameters.source().place(at));
            }
        }
    }

    fn items(&mut self, keys: &Keys<'_, '_>) {
        for question in keys.tables("question") {
            let name = self.named(&question, "");
            if question.string("type").as_deref() == Some("group") {
                self.items(&question);
                continue;
            }
            let Some(table) = name else { continue };
            for part in ["row", "column", "question"] {
                for keys in question.tables(part) {
                    self.named(&keys, &format!("{table}/"));
                }
            }
        }
    }

    fn named(&mut self, keys: &Keys<'_, '_>, before: &str) -> Option<String> {
        let name = keys.text("name")?;
        self.put(format!("{before}{}", name.value), keys.source().place(name.origin.start()));
        Some(name.value)
    }

    fn put(&mut self, path: String, place: Place) {
        self.places.entry(path).or_insert(place);
    }
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

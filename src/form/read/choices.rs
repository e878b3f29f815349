//! `[choices.name]` in its short form and `[[choices.name]]` in its full one, `[[list]]`, and what questions make of them.

use std::collections::HashSet;

use toml::Spanned;
use toml::de::DeValue;

use super::{Reading, duplicate, name_of, unknown_option, unknown_word, value_of};
use crate::expr;
use crate::form::choices::{Choice, Choices, From, LIMIT};
use crate::form::kind::{self, Control, Kind};
use crate::form::model::Field;
use crate::form::source::{Keys, Text};
use crate::ids::OrgType;
use crate::lang::{Lang, Words};

impl Reading {
    pub(super) fn choices(&mut self, keys: &Keys<'_, '_>) {
        if let Some(lists) = keys.table("choices") {
            self.written_lists(&lists);
        }
        for list in keys.tables("list") {
            self.list(&list);
            list.finish();
        }
    }

    fn written_lists(&mut self, keys: &Keys<'_, '_>) {
        let lists = keys;
        for (name, at, value) in lists.entries() {
            let choices = match value.get_ref() {
                DeValue::Table(table) => short(&Keys::new(keys.source(), table, at)),
                DeValue::Array(_) => full(keys, value, at),
                _ => {
                    keys.source().fault(at, "wrong-type", Words::new("form.choice-list").with("name", name), None);
                    continue;
                }
            };
            let said_nothing = match value.get_ref() {
                DeValue::Table(table) => table.is_empty(),
                DeValue::Array(array) => array.is_empty(),
                _ => false,
            };
            if said_nothing {
                keys.source().fault(at, "syntax", Words::new("form.no-choices").with("name", name), None);
            }
            if choices.len() > LIMIT {
                keys.source().fault(at, "syntax", too_many(name, choices.len()), None);
            }
            self.put_list(name, Choices::new(name, From::Form, choices));
        }
    }

    fn put_list(&mut self, name: &str, choices: Choices) -> usize {
        self.list_names.push(name.to_owned());
        self.form.choices.push(choices);
        self.form.choices.len() - 1
    }

    /// `[[list]]`: choices of a file beside the form, which stand below the form's text once it has been loaded, or the
    /// organisations of the registry.
    fn list(&mut self, keys: &Keys<'_, '_>) {
        let name = keys.needed("name");
        let (file, kind) = (keys.text("file"), keys.text("organisations"));
        let Some(name) = name.map(|name| name_of(keys, &name)) else { return };
        let known = self.list_names.contains(&name);
        match (file, kind) {
            (Some(file), None) if !known => {
                let message = Words::new("form.list-not-loaded").with("file", &file.value);
                let hint = Words::new("form.list-not-loaded-hint");
                keys.source().fault(file.origin.start(), "unknown-name", message, Some(hint));
                self.put_list(&name, Choices::new(&name, From::Form, Vec::new()));
            }
            (Some(_), None) => {}
            (None, Some(_)) if known => duplicate(keys.source(), &name_text(keys)),
            (None, Some(kind)) => {
                let of = organisations(keys, &kind);
                self.put_list(&name, Choices::new(&name, From::Organisations(of), Vec::new()));
            }
            _ => keys.source().fault(keys.start(), "syntax", Words::new("form.list-of"), None),
        }
    }

    /// The list that a question names.
    pub(super) fn list_of(&self, keys: &Keys<'_, '_>, named: Option<String>) -> Option<usize> {
        let text = keys.text("choices");
        let name = text.as_ref().map(|text| text.value.clone()).or(named)?;
        let found = self.list_names.iter().position(|known| *known == name);
        if found.is_none() {
            let text = match text {
                Some(text) => text,
                None => keys.text("type")?.part(&name),
            };
            unknown_word(keys.source(), &text, self.list_names.iter().map(String::as_str));
        }
        found
    }

    /// The list of a question after an organisation: the registry, or its organisations of the type that `of` says.
    pub(super) fn organisations_of(&mut self, keys: &Keys<'_, '_>, kind: Option<&'static Kind>) -> Option<usize> {
        let kind = kind.filter(|kind| kind.control == Control::One && !kind.listed)?;
        let of = keys.text("of").and_then(|of| organisations(keys, &of));
        Some(self.put_list("", Choices::new(kind.name, From::Organisations(of), Vec::new())))
    }

    /// Chosen codes are stored with spaces between them, so none may have one.
    pub(super) fn codes_without_spaces(&self, keys: &Keys<'_, '_>, kind: Option<&'static Kind>, list: Option<usize>) {
        let Some(list) = list.filter(|_| kind.is_some_and(|kind| kind.value.list)) else { return };
        let spaced = self.form.choices[list].iter().find(|choice| choice.name.contains(char::is_whitespace));
        if let Some(choice) = spaced {
            let message = Words::new("form.choice-with-space").with("name", &choice.name);
            keys.fault_at("type", "syntax", message);
        }
    }

    /// `or_other`: the choice `other`, and a question after what it is, as XLSForm makes them.
    pub(super) fn other(&mut self, keys: &Keys<'_, '_>, field: usize, names: &mut HashSet<String>) -> Option<usize> {
        let own = &self.form.fields[field];
        let list = own.choices.filter(|_| own.kind.listed && own.control() != Control::Order)?;
        if keys.boolean("or_other") != Some(true) {
            return None;
        }
        let name = format!("{}_other", own.name);
        let shown = expr::parse(&format!("selected(${{{}}}, '{OTHER}')", own.name)).ok();
        let asked = Field {
            name: name.clone(),
            label: Words::new("form.other-which").say(lang_of(keys)),
            kind: kind::find("text")?,
            relevant: shown,
            table: own.table,
            within: own.within.clone(),
            ..Field::default()
        };
        if !names.insert(name.clone()) {
            keys.fault_at("or_other", "duplicate", Words::new("form.duplicate").with("name", name));
        }
        let with_other = self.with_other(list, lang_of(keys));
        self.form.fields[field].choices = Some(with_other);
        self.form.fields.push(asked);
        Some(self.form.fields.len() - 1)
    }

    /// A list with the choice `other` at its end.
    fn with_other(&mut self, list: usize, lang: Lang) -> usize {
        let list_of = &self.form.choices[list];
        if list_of.find(OTHER).is_some() || list_of.from != From::Form {
            return list;
        }
        let label = Words::new("form.other").say(lang);
        let other = Choice { always: true, ..Choice::plain(OTHER, &label) };
        let name = list_of.name.clone();
        let choices = list_of.iter().cloned().chain([other]).collect();
        self.put_list("", Choices::new(&name, From::Form, choices))
    }
}

/// The code of what is in no list.
const OTHER: &str = "other";

/// The language of the words that the program itself adds to a form.
fn lang_of(keys: &Keys<'_, '_>) -> Lang {
    if matches!(keys.source().languages.read_in().as_str(), "ru" | "") { Lang::Ru } else { Lang::En }
}

fn too_many(name: &str, count: usize) -> Words {
    Words::new("form.too-many-choices").with("name", name).with("n", count).with("limit", LIMIT)
}

fn name_text(keys: &Keys<'_, '_>) -> Text {
    keys.text("name").unwrap_or_default()
}

/// A type of organisation, or `all` of them.
fn organisations(keys: &Keys<'_, '_>, text: &Text) -> Option<OrgType> {
    let found = OrgType::from_name(&text.value);
    if found.is_none() && text.value != "all" {
        unknown_option(keys.source(), text, OrgType::ALL.iter().map(|kind| kind.name()).chain(["all"]));
    }
    found
}

fn short(list: &Keys<'_, '_>) -> Vec<Choice> {
    let mut choices = Vec::new();
    for (name, at, value) in list.entries() {
        if !matches!(value.get_ref(), DeValue::String(_) | DeValue::Table(_)) {
            list.source().fault(at, "wrong-type", Words::new("form.choice-label").with("name", name), None);
        } else if let Some(label) = list.said(name, value) {
            choices.push(Choice { also: list.every(value), ..Choice::plain(name, &label.value) });
        }
    }
    choices
}

fn full(keys: &Keys<'_, '_>, value: &Spanned<DeValue<'_>>, at: usize) -> Vec<Choice> {
    let DeValue::Array(array) = value.get_ref() else { return Vec::new() };
    let mut choices: Vec<Choice> = Vec::new();
    let mut names = HashSet::new();
    for item in array.iter() {
        let DeValue::Table(table) = item.get_ref() else {
            keys.source().fault(at, "wrong-type", Words::new("form.choice-table"), None);
            continue;
        };
        let choice = Keys::new(keys.source(), table, item.span().start);
        let Some(name) = choice.needed("name") else { continue };
        if !names.insert(name.value.clone()) {
            super::duplicate(keys.source(), &name);
        }
        let label = choice.string("label").unwrap_or_else(|| name.value.clone());
        let attributes = choice.others().into_iter().map(|(key, plain)| (key, value_of(&plain))).collect();
        let also = choice.any("label").map(|label| choice.every(label)).unwrap_or_default();
        choices.push(Choice { attributes, also, ..Choice::plain(&name.value, &label) });
    }
    choices
}

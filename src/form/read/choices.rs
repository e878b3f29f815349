//! `[choices.name]` in its short form and `[[choices.name]]` in its full one.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::{Reading, value_of};
use crate::expr::Value;
use crate::form::grammar::CHOICE;
use crate::form::model::{Choice, Choices};
use crate::form::source::Keys;
use crate::lang::Words;

impl Reading {
    pub(super) fn choices(&mut self, keys: &Keys<'_, '_>) {
        let Some(lists) = keys.table("choices") else { return };
        for (name, at, value) in lists.entries() {
            let choices = match value.get_ref() {
                DeValue::Table(table) => short(&Keys::new(keys.source(), table, (at, &CHOICE))),
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
            self.list_names.push(name.to_owned());
            self.form.choices.push(Choices { name: name.to_owned(), choices });
        }
    }
}

fn short(list: &Keys<'_, '_>) -> Vec<Choice> {
    let mut choices = Vec::new();
    for (name, at, value) in list.entries() {
        if !matches!(value.get_ref(), DeValue::String(_) | DeValue::Table(_)) {
            list.source().fault(at, "wrong-type", Words::new("form.choice-label").with("name", name), None);
        } else if let Some(label) = list.said(name, value) {
            choices.push(choice_of((name.to_owned(), label.value), list.every(value), BTreeMap::new()));
        }
    }
    choices
}

fn full(keys: &Keys<'_, '_>, value: &Spanned<DeValue<'_>>, at: usize) -> Vec<Choice> {
    let DeValue::Array(array) = value.get_ref() else { return Vec::new() };
    let mut choices: Vec<Choice> = Vec::new();
    for item in array.iter() {
        let DeValue::Table(table) = item.get_ref() else {
            keys.source().fault(at, "wrong-type", Words::new("form.choice-table"), None);
            continue;
        };
        let choice = Keys::new(keys.source(), table, (item.span().start, &CHOICE));
        let Some(name) = choice.needed("name") else { continue };
        if choices.iter().any(|known| known.name == name.value) {
            super::duplicate(keys.source(), &name);
        }
        let label = choice.string("label").unwrap_or_else(|| name.value.clone());
        let attributes = choice.others().into_iter().map(|(key, plain)| (key, value_of(&plain))).collect();
        let every = choice.any("label").map(|label| choice.every(label)).unwrap_or_default();
        choices.push(choice_of((name.value, label), every, attributes));
    }
    choices
}

fn choice_of((name, label): (String, String), every: Vec<String>, attributes: BTreeMap<String, Value>) -> Choice {
    let also = every.into_iter().filter(|text| *text != label).collect();
    Choice { name, label, also, attributes }
}

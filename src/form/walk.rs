//! A form file walked along the tables of keys: every known key with its block and its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::form::grammar::{Block, CHOICE, FORM, Key, Others, Place, Takes};

/// A key as it stands in a file.
#[derive(Debug)]
pub struct Met<'f> {
    /// The block that it stands in.
    pub block: &'static Block,
    /// The key.
    pub key: &'static Key,
    /// Where it is written.
    pub at: Range<usize>,
    /// Where its value is written; of a table with a heading of its own, the heading.
    pub value: Range<usize>,
    /// The value, if it is a string.
    pub text: Option<&'f str>,
}

/// Visits every known key of a form file in the order of the file. What is no TOML is not visited.
pub fn walk(source: &str, visit: &mut dyn FnMut(Met<'_>)) {
    if let Ok(document) = DeTable::parse(source) {
        table(document.get_ref(), &FORM, visit);
    }
}

fn table(table: &DeTable<'_>, block: &'static Block, visit: &mut dyn FnMut(Met<'_>)) {
    for (name, value) in table.iter() {
        match block.key(name.get_ref()) {
            Some(key) => {
                let text = value.get_ref().as_str();
                visit(Met { block, key, at: name.span(), value: value.span(), text });
                within(value, key.takes, visit);
            }
            None if block.others == Others::Choices => tables(value, &|_| &CHOICE, visit),
            None => {}
        }
    }
}

fn within(value: &Spanned<DeValue<'_>>, takes: Takes, visit: &mut dyn FnMut(Met<'_>)) {
    match takes {
        Takes::Table(block) => {
            if let DeValue::Table(inner) = value.get_ref() {
                table(inner, block, visit);
            }
        }
        Takes::Tables(block) => tables(value, &|_| block, visit),
        Takes::Questions(place) => tables(value, &|question| question_block(place, question), visit),
        _ => {}
    }
}

fn question_block(place: Place, question: &DeTable<'_>) -> &'static Block {
    place.block(question.get("type").and_then(|word| word.get_ref().as_str()).unwrap_or_default())
}

fn tables(
    value: &Spanned<DeValue<'_>>,
    block: &dyn Fn(&DeTable<'_>) -> &'static Block,
    visit: &mut dyn FnMut(Met<'_>),
) {
    let DeValue::Array(array) = value.get_ref() else { return };
    for item in array.iter() {
        if let DeValue::Table(inner) = item.get_ref() {
            table(inner, block(inner), visit);
        }
    }
}

//! The keys of a form file's tables: asked for one by one, texts in the reader's language, what nobody knows a fault.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::form::languages::{TRANSLATABLE, is_language};
use crate::form::source::{Source, Text};
use crate::lang::Words;
use crate::text;

/// A table of the file whose keys are asked one by one; what nobody asks for is an unknown key.
pub(super) struct Keys<'s, 'a> {
    source: &'s Source<'a>,
    table: &'s DeTable<'a>,
    start: usize,
    asked: RefCell<Vec<&'static str>>,
}

/// A value of any kind, for parameters and attributes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plain {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// A list of these.
    List(Vec<Plain>),
}

impl<'s, 'a> Keys<'s, 'a> {
    /// The keys of a table that starts at a byte of the file.
    pub fn new(source: &'s Source<'a>, table: &'s DeTable<'a>, start: usize) -> Self {
        Keys { source, table, start, asked: RefCell::new(Vec::new()) }
    }

    /// The file.
    pub fn source(&self) -> &'s Source<'a> {
        self.source
    }

    /// The byte of the file where the table starts.
    pub fn start(&self) -> usize {
        self.table.iter().map(|(key, _)| key.span().start).min().unwrap_or(self.start).max(self.start)
    }

    /// Where the value of a key starts, or the table.
    pub fn at(&self, key: &str) -> usize {
        self.table.get(key).map_or_else(|| self.start(), |value| value.span().start)
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Notes a fault at the value of a key.
    pub fn fault_at(&self, key: &str, code: &'static str, message: Words) {
        self.source.fault(self.at(key), code, message, None);
    }

    fn ask(&self, key: &'static str) -> Option<&'s Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    fn wrong(&self, value: &Spanned<DeValue<'a>>, key: &str, expected: &'static str) {
        if value.span().is_empty() && self.source.is_broken() {
            return;
        }
        let expected = Words::new(expected);
        let message = Words::new("form.wrong-value").with("key", key).with("expected", expected);
        self.source.fault(value.span().start, "wrong-type", message, None);
    }

    /// A string.
    pub fn text(&self, key: &'static str) -> Option<Text> {
        let value = self.ask(key)?;
        if TRANSLATABLE.contains(&key) { self.said(key, value) } else { self.string_of(key, value) }
    }

    /// A string that is not for readers, whatever its key is called.
    pub fn verbatim(&self, key: &'static str) -> Option<String> {
        let value = self.ask(key)?;
        self.string_of(key, value).map(|text| text.value)
    }

    fn string_of(&self, key: &str, value: &Spanned<DeValue<'a>>) -> Option<Text> {
        match value.get_ref() {
            DeValue::String(string) => Some(self.source.text_at(string, value.span())),
            _ => {
                self.wrong(value, key, "form.a-text");
                None
            }
        }
    }

    /// A text for readers: a string, or a table of languages, of which one is read.
    pub fn said(&self, key: &str, value: &Spanned<DeValue<'a>>) -> Option<Text> {
        let at = value.span().start;
        let table = match value.get_ref() {
            DeValue::Table(table) => table,
            DeValue::String(string) => {
                self.source.languages.plain(at, key, string);
                return self.string_of(key, value);
            }
            _ => return self.string_of(key, value),
        };
        let texts = self.texts_of(table);
        match self.source.languages.choose(at, key, &texts) {
            Some(code) => self.as_text(table.get(code)?),
            None if table.is_empty() => {
                self.wrong(value, key, "form.a-said");
                None
            }
            None if texts.is_empty() => None,
            None => {
                self.source.fault(at, "syntax", Words::new("form.too-many-languages"), None);
                None
            }
        }
    }

    /// The texts of a table of languages.
    fn texts_of<'t>(&self, table: &'t DeTable<'a>) -> Vec<(&'t str, &'t str)> {
        let mut texts = Vec::new();
        for (code, value) in table.iter() {
            match value.get_ref() {
                DeValue::String(text) if is_language(code.get_ref()) => texts.push((&**code.get_ref(), &**text)),
                DeValue::String(_) => {
                    let words = Words::new("form.language").with("code", &**code.get_ref());
                    self.source.fault(code.span().start, "unknown-key", words, None);
                }
                _ => self.wrong(value, code.get_ref(), "form.a-text"),
            }
        }
        texts
    }

    /// A text for readers in every language that it is written in.
    pub fn every(&self, value: &Spanned<DeValue<'a>>) -> Vec<String> {
        match value.get_ref() {
            DeValue::String(text) => vec![text.to_string()],
            DeValue::Table(table) => table.iter().filter_map(|(_, text)| Some(self.as_text(text)?.value)).collect(),
            _ => Vec::new(),
        }
    }

    /// A string's value without its places.
    pub fn string(&self, key: &'static str) -> Option<String> {
        self.text(key).map(|text| text.value)
    }

    /// A string that must be there.
    pub fn needed(&self, key: &'static str) -> Option<Text> {
        if !self.table.contains_key(key) {
            self.asked.borrow_mut().push(key);
            self.missing(key);
            return None;
        }
        self.text(key)
    }

    /// Notes that a key is missing.
    pub fn missing(&self, key: &str) {
        if self.source.is_broken() {
            return;
        }
        self.source.fault(self.start(), "syntax", Words::new("form.missing-key").with("key", key), None);
    }

    /// A number.
    pub fn number(&self, key: &'static str) -> Option<f64> {
        let value = self.ask(key)?;
        match plain(value) {
            Some(Plain::Number(number)) => Some(number),
            _ => {
                self.wrong(value, key, "form.a-number");
                None
            }
        }
    }

    /// True or false.
    pub fn boolean(&self, key: &'static str) -> Option<bool> {
        let value = self.ask(key)?;
        match value.get_ref() {
            DeValue::Boolean(boolean) => Some(*boolean),
            _ => {
                self.wrong(value, key, "form.a-boolean");
                None
            }
        }
    }

    /// A list of strings.
    pub fn texts(&self, key: &'static str) -> Option<Vec<Text>> {
        let value = self.ask(key)?;
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong(value, key, "form.a-list");
            return None;
        };
        let each = array.iter().map(|item| match item.get_ref() {
            DeValue::String(string) => Some(self.source.text_at(string, item.span())),
            _ => {
                self.wrong(item, key, "form.a-text");
                None
            }
        });
        Some(each.collect::<Vec<_>>().into_iter().flatten().collect())
    }

    /// A value of any kind, a string with its places.
    pub fn any(&self, key: &'static str) -> Option<&'s Spanned<DeValue<'a>>> {
        self.ask(key)
    }

    /// A string with its places, if that is what a value is.
    pub fn as_text(&self, value: &Spanned<DeValue<'a>>) -> Option<Text> {
        match value.get_ref() {
            DeValue::String(string) => Some(self.source.text_at(string, value.span())),
            _ => None,
        }
    }

    /// The tables of an array of tables.
    pub fn tables(&self, key: &'static str) -> Vec<Keys<'s, 'a>> {
        match self.ask(key).map(|value| (value, value.get_ref())) {
            None => Vec::new(),
            Some((_, DeValue::Array(array))) => self.each_table(array, key),
            Some((value, _)) => {
                self.wrong(value, key, "form.tables");
                Vec::new()
            }
        }
    }

    fn each_table(&self, array: &'s DeArray<'a>, key: &str) -> Vec<Keys<'s, 'a>> {
        let mut tables = Vec::new();
        for item in array.iter() {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(Keys::new(self.source, table, item.span().start)),
                _ => self.wrong(item, key, "form.a-table"),
            }
        }
        tables
    }

    /// A table.
    pub fn table(&self, key: &'static str) -> Option<Keys<'s, 'a>> {
        let value = self.ask(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Keys::new(self.source, table, value.span().start)),
            _ => {
                self.wrong(value, key, "form.a-table");
                None
            }
        }
    }

    /// Every key and value of a table whose keys are the author's own.
    pub fn entries(&self) -> impl Iterator<Item = (&'s str, usize, &'s Spanned<DeValue<'a>>)> {
        self.table.iter().map(|(key, value)| (&**key.get_ref(), key.span().start, value))
    }

    /// The keys that nobody asked for, with their values: attributes of a row or choice.
    pub fn others(&self) -> Vec<(String, Plain)> {
        let asked = self.asked.borrow();
        let mut others = Vec::new();
        for (key, _, value) in self.entries().filter(|(key, ..)| !asked.contains(key)) {
            match (plain(value), TRANSLATABLE.contains(&key)) {
                (_, true) if matches!(value.get_ref(), DeValue::String(_) | DeValue::Table(_)) => {
                    others.extend(self.said(key, value).map(|text| (key.to_owned(), Plain::Text(text.value))));
                }
                (Some(plain), _) => others.push((key.to_owned(), plain)),
                (None, _) => self.wrong(value, key, "form.a-plain"),
            }
        }
        others
    }

    /// Notes every key that nobody asked for as unknown, with the one that was probably meant.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for (key, at, _) in self.entries().filter(|(key, ..)| !asked.contains(key)) {
            let near = text::nearest(key, asked.iter().copied());
            let hint = match near {
                Some(near) => Words::new("form.did-you-mean").with("name", near),
                None => Words::new("form.known-keys").with("keys", once(&asked).join(", ")),
            };
            self.source.fault(at, "unknown-key", Words::new("form.unknown-key").with("key", key), Some(hint));
        }
    }
}

/// Every key once, in the order in which they are asked for.
fn once(asked: &[&'static str]) -> Vec<&'static str> {
    let mut keys: Vec<&'static str> = Vec::new();
    for key in asked {
        if !keys.contains(key) {
            keys.push(key);
        }
    }
    keys
}

/// A value without its places; `None` for tables and dates.
pub(super) fn plain(value: &Spanned<DeValue<'_>>) -> Option<Plain> {
    match value.get_ref() {
        DeValue::String(string) => Some(Plain::Text(string.to_string())),
        DeValue::Integer(integer) => integer.to_string().parse().ok().map(Plain::Number),
        DeValue::Float(float) => float.as_str().parse().ok().filter(|f: &f64| f.is_finite()).map(Plain::Number),
        DeValue::Boolean(boolean) => Some(Plain::Boolean(*boolean)),
        DeValue::Array(array) => array.iter().map(plain).collect::<Option<Vec<_>>>().map(Plain::List),
        DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// A value as JSON, for answers inside cases; dates become ISO texts.
pub(super) fn json(value: &Spanned<DeValue<'_>>) -> serde_json::Value {
    use serde_json::Value as Json;
    match value.get_ref() {
        DeValue::Datetime(datetime) => Json::from(datetime.to_string()),
        DeValue::Table(table) => {
            Json::Object(table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value))).collect())
        }
        DeValue::Array(array) => Json::Array(array.iter().map(json).collect()),
        _ => match plain(value) {
            Some(Plain::Number(number)) => crate::expr::number_json(number),
            Some(Plain::Text(text)) => Json::from(text),
            Some(Plain::Boolean(boolean)) => Json::from(boolean),
            Some(Plain::List(_)) | None => Json::Null,
        },
    }
}

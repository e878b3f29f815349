//! A TOML text with the line and column of every key and of every character inside its strings.

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::error::{Fault, Place};
use crate::expr::Span;
use crate::lang::Words;
use crate::text;

/// The longest form file, in bytes.
const LENGTH: usize = 8 << 20;

/// A form file's text, and the faults found in it so far.
pub(super) struct Source<'a> {
    text: &'a str,
    file: &'a str,
    lines: Vec<usize>,
    faults: RefCell<Vec<Fault>>,
    /// Lines that are not TOML: what else is said of them only follows from that.
    broken: RefCell<BTreeSet<usize>>,
}

/// A string of the file that knows where each of its bytes stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    /// The string's value.
    pub value: String,
    /// Where it stands.
    pub origin: Origin,
}

/// Where a stretch of the file stands: the whole, and each byte of a string's value.
#[derive(Debug, Clone, Default)]
pub(super) struct Origin {
    start: usize,
    end: usize,
    bytes: Vec<usize>,
}

impl<'a> Source<'a> {
    /// Takes a text under the name that faults will call it.
    pub fn new(text: &'a str, file: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Source { text, file, lines, faults: RefCell::default(), broken: RefCell::default() }
    }

    /// Reads the text as TOML; every syntax error becomes a fault.
    pub fn document(&self) -> Option<Spanned<DeTable<'a>>> {
        if self.text.len() > LENGTH {
            self.fault(0, "syntax", Words::new("form.too-long").with("n", LENGTH >> 20), None);
            return None;
        }
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            if error.message().contains("duplicate key") {
                self.fault(at, "duplicate", Words::new("form.duplicate-key"), None);
            } else if self.broken.borrow_mut().insert(self.line(at)) {
                self.push(at, "syntax", syntax(error.message()), None);
            }
        }
        Some(table)
    }

    /// The line of a byte, from 1.
    fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).max(1)
    }

    /// Whether some of the file is not TOML, so that what seems missing may be there.
    fn is_broken(&self) -> bool {
        !self.broken.borrow().is_empty()
    }

    /// The place of a byte of the file.
    pub fn place(&self, offset: usize) -> Place {
        let line = self.line(offset);
        let start = self.lines[line - 1];
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count()) + 1;
        Place::Line { file: self.file.to_owned(), line, column }
    }

    /// Notes a fault at a byte of the file.
    pub fn fault(&self, offset: usize, code: &'static str, message: Words, hint: Option<Words>) {
        if !self.broken.borrow().contains(&self.line(offset)) {
            self.push(offset, code, message, hint);
        }
    }

    fn push(&self, offset: usize, code: &'static str, message: Words, hint: Option<Words>) {
        self.faults.borrow_mut().push(Fault::error(self.place(offset), code, message).hinting(hint));
    }

    /// The faults found so far, in the order of the file.
    pub fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| match &fault.at {
            Place::Line { line, column, .. } => (*line, *column),
            _ => (0, 0),
        });
        faults.dedup();
        faults
    }

    /// The string of a span with the place of each of its bytes: quotes skipped, escapes undone.
    fn text_at(&self, value: &str, span: std::ops::Range<usize>) -> Text {
        let raw = &self.text[span.clone()];
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| raw.starts_with(quote)).unwrap_or_default();
        let mut at = span.start + quote.len();
        if quote.len() == 3 {
            at += usize::from(self.text[at..].starts_with('\r'));
            at += usize::from(self.text[at..].starts_with('\n'));
        }
        let mut bytes = Vec::with_capacity(value.len());
        let plain = self.text.get(at..at + value.len()) == Some(value);
        if plain {
            bytes.extend(at..at + value.len());
        } else {
            self.walk_escapes(value, at, span.end, &mut bytes);
        }
        Text { value: value.to_owned(), origin: Origin { start: span.start, end: span.end, bytes } }
    }

    fn walk_escapes(&self, value: &str, from: usize, end: usize, bytes: &mut Vec<usize>) {
        let mut at = from;
        for c in value.chars() {
            let rest = self.text.get(at..end).unwrap_or_default();
            bytes.extend(std::iter::repeat_n(at, c.len_utf8()));
            at += match (rest.chars().next(), rest.as_bytes().get(1)) {
                (Some('\\'), Some(b'u')) => 6,
                (Some('\\'), Some(b'U')) => 10,
                (Some('\\'), Some(b'x')) => 4,
                (Some('\\'), Some(_)) => 2,
                (Some(raw), _) => raw.len_utf8(),
                (None, _) => 0,
            };
        }
    }
}

impl Text {
    /// A part of the string by itself, where it stands.
    pub fn part(&self, part: &str) -> Text {
        let at = self.value.find(part).unwrap_or_default();
        let from = self.origin.of(Span { start: at, end: at + part.len() });
        let bytes = self.origin.bytes.get(at..).unwrap_or_default().to_vec();
        Text { value: part.to_owned(), origin: Origin { start: from, end: self.origin.end, bytes } }
    }
}

impl Origin {
    /// The byte of the file at which the string or key starts.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The bytes of the file that the string or key stands in, quotes included.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    /// The byte of the file at which a stretch of the string's value starts.
    pub fn of(&self, span: Span) -> usize {
        match self.bytes.get(span.start) {
            Some(at) => *at,
            None => self.bytes.last().map_or(self.start, |last| last + 1).min(self.end),
        }
    }
}

/// What the TOML reader says, in the reader's language; its own words where it has others.
const SYNTAX: [(&str, &str); 14] = [
    ("string values must be quoted", "form.toml-unquoted"),
    ("invalid basic string", "form.toml-string"),
    ("invalid literal string", "form.toml-string"),
    ("invalid multi-line", "form.toml-string"),
    ("missing escaped value", "form.toml-escape"),
    ("extra `=`", "form.toml-equals"),
    ("unexpected key or value", "form.toml-rest"),
    ("unexpected content", "form.toml-rest"),
    ("key with no value", "form.toml-no-value"),
    ("missing value", "form.toml-no-value"),
    ("unclosed table", "form.toml-header"),
    ("unclosed array table", "form.toml-header"),
    ("unclosed inline table", "form.toml-table"),
    ("unclosed array", "form.toml-list"),
];

fn syntax(said: &str) -> Words {
    let known = SYNTAX.iter().find(|(start, _)| said.starts_with(start));
    known.map_or_else(|| Words::new("form.toml").with("detail", said), |(_, key)| Words::new(key))
}

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
        match value.get_ref() {
            DeValue::String(string) => Some(self.source.text_at(string, value.span())),
            _ => {
                self.wrong(value, key, "form.a-text");
                None
            }
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
            match plain(value) {
                Some(plain) => others.push((key.to_owned(), plain)),
                None => self.wrong(value, key, "form.a-plain"),
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

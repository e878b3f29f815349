//! A TOML text with the line and column of every key and of every character inside its strings.

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::DeTable;

use crate::error::{Fault, Place, Severity};
use crate::expr::Span;
pub(super) use crate::form::keys::{Keys, Plain, json, plain};
use crate::form::languages::Languages;
use crate::lang::Words;

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
    /// The languages of its texts.
    pub languages: Languages,
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
        let (faults, broken) = (RefCell::default(), RefCell::default());
        Source { text, file, lines, faults, broken, languages: Languages::default() }
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
    pub fn is_broken(&self) -> bool {
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

    /// A note for every text that is not in all languages of the form.
    pub fn untranslated(&self) -> Vec<Fault> {
        let each = self.languages.untranslated().into_iter().map(|text| {
            let words = Words::new("form.untranslated").with("key", text.key).with("to", text.missing.join(", "));
            Fault::error(self.place(text.at), "untranslated", words).weighing(Severity::Note)
        });
        each.collect()
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
    pub fn text_at(&self, value: &str, span: std::ops::Range<usize>) -> Text {
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

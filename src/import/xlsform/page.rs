//! The text of the form file as it is written, and which cell each value of it came from.

use super::mapped::Mapped;
use super::show::Texts;
use super::told::Spot;
use crate::error::{Fault, Place};
use crate::form;
use crate::lang::{Lang, Words};

/// The text of a form file.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
    marks: Vec<Mark>,
}

/// A stretch of the text, and the cell that it came from.
#[derive(Debug, Clone)]
struct Mark {
    start: usize,
    end: usize,
    spot: Spot,
    /// Of an expression: how it was rewritten, and where its first byte stands.
    expression: Option<(Mapped, usize, String)>,
}

impl Mark {
    fn shifted(self, shift: usize) -> Mark {
        let expression = self.expression.map(|(mapped, at, original)| (mapped, at + shift, original));
        Mark { start: self.start + shift, end: self.end + shift, spot: self.spot, expression }
    }
}

/// A table of the file while it is written: its keys, and what is said of it.
#[derive(Debug, Default)]
pub(super) struct Table {
    keys: String,
    marks: Vec<Mark>,
    notes: Vec<Words>,
}

impl Table {
    /// A key with a value that is written as it is: a number, `true`.
    pub fn bare(&mut self, key: &str, value: &str) {
        self.keys.push_str(&format!("{key} = {value}\n"));
    }

    /// A key with a text.
    pub fn string(&mut self, key: &str, value: &str) {
        self.bare(key, &quoted(value));
    }

    /// A key with several texts.
    pub fn strings(&mut self, key: &str, values: &[String]) {
        let each: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        self.bare(key, &format!("[{}]", each.join(", ")));
    }

    /// The same, from a cell.
    pub fn from_cell(&mut self, key: &str, value: &str, spot: Spot) {
        let start = self.keys.len();
        self.string(key, value);
        self.marks.push(Mark { start, end: self.keys.len(), spot, expression: None });
    }

    /// A key with a text in one or several languages.
    pub fn texts(&mut self, key: &str, texts: &Texts, plain: &str) {
        match texts.each.as_slice() {
            [(code, text)] if code == plain => self.string(key, text),
            each => {
                let each: Vec<String> = each.iter().map(|(code, text)| format!("{code} = {}", quoted(text))).collect();
                self.bare(key, &format!("{{ {} }}", each.join(", ")));
            }
        }
    }

    /// A key with an expression, from a cell.
    pub fn expression(&mut self, key: &str, mapped: &Mapped, original: &str, spot: Spot) {
        let start = self.keys.len();
        self.string(key, &mapped.text);
        let inside = start + key.len() + " = ".len() + 1;
        let expression = Some((mapped.clone(), inside, original.to_owned()));
        self.marks.push(Mark { start, end: self.keys.len(), spot, expression });
    }

    /// Something to tell whoever reads the file.
    pub fn note(&mut self, words: Words) {
        self.notes.push(words);
    }
}

impl Page {
    /// Adds a table under its header.
    pub fn table(&mut self, header: &str, table: Table, lang: Lang) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.comments(&table.notes, lang);
        if !header.is_empty() {
            self.text.push_str(header);
            self.text.push('\n');
        }
        let shift = self.text.len();
        self.text.push_str(&table.keys);
        self.marks.extend(table.marks.into_iter().map(|mark| mark.shifted(shift)));
    }

    /// Adds another page behind this one.
    pub fn append(&mut self, other: Page) {
        if other.text.is_empty() {
            return;
        }
        self.text.push('\n');
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.marks.extend(other.marks.into_iter().map(|mark| mark.shifted(shift)));
    }

    fn comments(&mut self, notes: &[Words], lang: Lang) {
        for words in notes {
            let said = words.say(lang).replace(['\n', '\r'], " ");
            self.text.push_str(&format!("# {said}\n"));
        }
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every fault of the text as a form file, at the cell that it comes from.
    pub fn faults(&self) -> Vec<Fault> {
        let Err(faults) = form::read(&self.text, "form.toml") else { return Vec::new() };
        let starts: Vec<usize> =
            std::iter::once(0).chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        faults.into_iter().map(|fault| self.at_cell(fault, &starts)).collect()
    }

    fn at_cell(&self, fault: Fault, starts: &[usize]) -> Fault {
        let Place::Line { line, column, .. } = fault.at else { return fault };
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let in_line = self.text[start..].char_indices().nth(column.saturating_sub(1)).map_or(0, |(at, _)| at);
        let at = start + in_line;
        let found = self.marks.partition_point(|mark| mark.start <= at).checked_sub(1).map(|index| &self.marks[index]);
        let Some(mark) = found.filter(|mark| at < mark.end).or(found) else { return fault };
        let Some((mapped, inside, original)) = &mark.expression else {
            return Fault { at: mark.spot.place(), ..fault };
        };
        let origin = mapped.origin(at.saturating_sub(*inside));
        let message = pointed(original, origin, fault.message.clone());
        Fault { at: mark.spot.place(), message, ..fault }
    }
}

/// A message about an expression, with the place in it.
pub(super) fn pointed(original: &str, at: usize, message: Words) -> Words {
    const SHOWN: usize = 40;
    let at = (0..=at.min(original.len())).rev().find(|at| original.is_char_boundary(*at)).unwrap_or(0);
    let (before, after) = original.split_at(at);
    let skipped = before.chars().count().saturating_sub(SHOWN);
    let before: String = before.chars().skip(skipped).collect();
    let shown: String = after.chars().take(SHOWN).collect();
    let left = if skipped > 0 { "…" } else { "" };
    let right = if shown.len() < after.len() { "…" } else { "" };
    Words::new("xlsform.pointed")
        .with("before", format!("{left}{before}"))
        .with("after", format!("{shown}{right}"))
        .with("message", message)
}

/// A text as TOML writes it: in plain quotes, in single ones where that saves escapes.
pub(super) fn quoted(value: &str) -> String {
    let control = value.chars().any(|c| c.is_control());
    if !control && value.contains(['"', '\\']) && !value.contains('\'') {
        return format!("'{value}'");
    }
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for c in value.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A key as TOML writes it.
pub(super) fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if bare { name.to_owned() } else { quoted(name) }
}

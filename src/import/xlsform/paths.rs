//! XLSForm's paths in the words of our language: `../x`, `current()/../x`, `/data/g/x`, `instance('l')/…`.

use super::choices::{List, Lists};
use super::directory::{Directory, Target};
use super::mapped::Mapped;
use super::types::{Block, From, Kind};
use crate::expr::Span;
use crate::lang::Words;

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub names: &'a Directory,
    pub lists: &'a Lists,
    /// The repeat or table that it stands in.
    pub block: Option<usize>,
    /// Names may stand bare: those of the choices' columns.
    pub filter: Filter<'a>,
    /// It is a default, which may look at the report before.
    pub default: bool,
}

/// Which names may stand bare.
#[derive(Clone, Copy)]
pub(super) enum Filter<'a> {
    /// None: it is no filter.
    None,
    /// Those of the columns of a file, which nobody has read.
    Open,
    /// Those of the columns of a list.
    Of(&'a List),
}

impl Filter<'_> {
    /// Whether it is the filter of some list.
    pub fn is_one(self) -> bool {
        !matches!(self, Filter::None)
    }
}

/// What was rewritten, and what is wrong or worth telling.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    pub mapped: Mapped,
    pub faults: Vec<(usize, Words, Option<Words>)>,
    pub notes: Vec<Words>,
}

/// Rewrites the paths of an expression.
pub(super) fn rewrite(source: &str, place: Place<'_>) -> Rewritten {
    let mut scan = Scan { source, at: 0, place, brackets: Vec::new(), out: Rewritten::default() };
    while scan.at < source.len() {
        scan.step();
    }
    scan.out
}

struct Scan<'a> {
    source: &'a str,
    at: usize,
    place: Place<'a>,
    /// The repeats whose rows the open brackets choose from.
    brackets: Vec<Option<usize>>,
    out: Rewritten,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn copy(&mut self, length: usize) {
        let span = Span { start: self.at, end: self.at + length };
        self.out.mapped.push(&Mapped::slice(self.source, span));
        self.at += length;
    }

    fn replace(&mut self, length: usize, with: &str) {
        self.out.mapped.push_new(with, self.at);
        self.at += length;
    }

    fn wrong(&mut self, length: usize, words: Words, hint: Option<Words>) {
        self.out.faults.push((self.at, words, hint));
        self.replace(length, "''");
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        match first {
            '\'' | '"' => self.literal(first),
            '$' if rest.starts_with("${") => self.reference(),
            '.' if rest.starts_with("../") || rest.starts_with("./") => self.path(),
            '/' if rest.starts_with("//") => self.wrong(2, Words::new("xlsform.deep-path"), None),
            '/' => self.path(),
            '[' => {
                let of = self.opened();
                self.brackets.push(of);
                self.copy(1);
            }
            ']' => {
                let of = self.brackets.pop().flatten();
                self.copy(1);
                self.column_of(of);
            }
            '\n' | '\r' | '\t' | '\u{a0}' => self.replace(first.len_utf8(), " "),
            c if c.is_ascii_digit() => self.copy(span_of(rest, |c| c.is_ascii_digit() || c == '.')),
            c if c.is_alphabetic() || c == '_' => self.word(),
            c => self.copy(c.len_utf8()),
        }
    }

    /// A text; one that is nothing but a reference, or the name of a loop's choice, is that.
    fn literal(&mut self, quote: char) {
        let rest = self.rest();
        let Some(close) = rest[1..].find(quote) else { return self.copy(rest.len()) };
        let length = close + 2;
        let inside = rest[1..=close].trim();
        match inside {
            "%(name)s" => self.replace(length, "row('name')"),
            "%(label)s" => self.replace(length, "row('label')"),
            _ => match inside.strip_prefix("${").and_then(|inside| inside.strip_suffix('}')) {
                Some(name) => match self.place.names.find(name.trim(), self.place.block) {
                    Ok(target) => {
                        let spoken = format!("'{}'", spoken(target, &self.place));
                        self.replace(length, &spoken);
                    }
                    Err((words, hint)) => self.wrong(length, words, hint),
                },
                None => self.copy(length),
            },
        }
    }

    fn reference(&mut self) {
        let rest = self.rest();
        let Some(close) = rest.find('}') else { return self.copy(rest.len()) };
        let (inside, length) = (rest[2..close].trim(), close + 1);
        if let Some(name) = inside.strip_prefix("last-saved#") {
            return self.last_saved(name.trim(), length);
        }
        self.named(inside, length);
    }

    /// A name that stands for a value.
    fn named(&mut self, name: &str, length: usize) {
        let target = match self.place.names.find(name, self.place.block) {
            Ok(target) => target,
            Err((words, hint)) => return self.wrong(length, words, hint),
        };
        if let Some(Some(of)) = self.brackets.last()
            && target.block == Some(*of)
        {
            let name = target.name.clone();
            return self.replace(length, &name);
        }
        match target.kind {
            Kind::Meta("today") => {
                self.out.notes.push(Words::new("xlsform.today").with("name", name));
                self.replace(length, "today()");
            }
            Kind::Meta(_) => self.wrong(length, Words::new("xlsform.meta-used").with("name", name), None),
            Kind::Note => {
                self.out.notes.push(Words::new("xlsform.note-used").with("name", name));
                self.replace(length, "''");
            }
            Kind::Begin(Block::Group) => self.wrong(length, Words::new("xlsform.group-used").with("name", name), None),
            _ => {
                let spoken = spoken(target, &self.place);
                self.replace(length, &spoken);
            }
        }
    }

    fn last_saved(&mut self, name: &str, length: usize) {
        if !self.place.default {
            return self.wrong(length, Words::new("xlsform.last-saved").with("name", name), None);
        }
        match self.place.names.find(name, self.place.block) {
            Ok(target) => {
                let spoken = format!("previous({})", spoken(target, &self.place));
                self.out.notes.push(Words::new("xlsform.last-saved-previous").with("name", name));
                self.replace(length, &spoken);
            }
            Err((words, hint)) => self.wrong(length, words, hint),
        }
    }

    /// The repeat that a bracket chooses rows from: what stands right before it.
    fn opened(&self) -> Option<usize> {
        let written = self.out.mapped.text.trim_end().strip_suffix('}')?;
        let name = &written[written.rfind("${")? + 2..];
        self.place.names.targets.iter().find(|target| target.is.is_some() && target.name == name)?.is
    }

    /// `/group/x` behind a bracket is the column x.
    fn column_of(&mut self, of: Option<usize>) {
        let rest = self.rest();
        if !rest.starts_with('/') {
            return;
        }
        let length = span_of(rest, |c| c == '/' || is_inside(c));
        let name = rest[..length].rsplit('/').next().unwrap_or_default();
        let known = self.place.names.targets.iter().find(|target| target.written == name && target.block == of);
        let spoken = format!("/{}", known.map_or(name, |target| target.name.as_str()));
        self.replace(length, &spoken);
    }

    /// `../x`, `./x`, `/data/g/x`: the name at the end says it.
    fn path(&mut self) {
        let rest = self.rest();
        let length = span_of(rest, |c| c == '/' || is_inside(c));
        let name = rest[..length].trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if matches!(name, "" | "." | "..") {
            return self.wrong(length.max(1), Words::new("xlsform.path").with("path", &rest[..length]), None);
        }
        let name = name.to_owned();
        self.named(&name, length);
    }

    fn word(&mut self) {
        let rest = self.rest();
        let length = span_of(rest, |c| is_inside(c) || c == ':');
        let word = rest[..length].trim_end_matches(['-', '.', ':']);
        let call = rest[word.len()..].trim_start().starts_with('(');
        match word {
            "current" if call => self.current(),
            "instance" if call => self.instance(),
            "position" if call => self.position(),
            "once" if call => {
                self.out.notes.push(Words::new("xlsform.once"));
                self.replace(word.len(), "");
            }
            "now" if call => {
                self.out.notes.push(Words::new("xlsform.now"));
                self.replace(word.len(), "today");
            }
            _ if !call && rest[word.len()..].starts_with('/') && !self.place.filter.is_one() => self.path(),
            _ if !call && self.brackets.is_empty() => self.attribute(word, length),
            _ => self.copy(word.len().max(1)),
        }
    }

    /// A bare name in a filter: an attribute of the choice, or a text whose quotes were forgotten.
    fn attribute(&mut self, word: &str, length: usize) {
        let Filter::Of(list) = self.place.filter else { return self.copy(word.len().max(1)) };
        let operator = matches!(word, "and" | "or" | "div" | "mod");
        if word.starts_with("label::") {
            return self.replace(length, "label");
        }
        if operator || matches!(word, "name" | "label") || list.has(word) {
            return self.copy(word.len());
        }
        self.out.notes.push(Words::new("xlsform.bare-text").with("name", word));
        self.replace(word.len(), &format!("'{word}'"));
    }

    /// `current()/../x` is `${x}`; in a filter `current()/x` as well.
    fn current(&mut self) {
        let rest = self.rest();
        let Some(close) = rest.find(')') else { return self.copy("current".len()) };
        let path = &rest[close + 1..];
        if path.trim_start().starts_with('/') {
            let length = span_of(path, |c| c == '/' || is_inside(c));
            let name = path[..length].rsplit('/').next().unwrap_or_default().to_owned();
            return self.named(&name, close + 1 + length);
        }
        self.replace(close + 1, ".");
    }

    /// `position(..)`: the number of the row.
    fn position(&mut self) {
        let rest = self.rest();
        let Some(close) = rest.find(')') else { return self.copy("position".len()) };
        let open = rest.find('(').unwrap_or(close);
        let inside: String = rest[open + 1..close].chars().filter(|c| !c.is_whitespace()).collect();
        let nested = self.place.block.is_some_and(|block| self.place.names.blocks[block].parent.is_some());
        let up = !inside.is_empty() && inside.chars().all(|c| c == '.' || c == '/');
        match inside.as_str() {
            "" => self.copy(close + 1),
            _ if up && nested => self.wrong(close + 1, Words::new("xlsform.position-nested"), None),
            _ if up => self.replace(close + 1, "position(..)"),
            _ => self.copy(open + 1),
        }
    }

    /// `instance('list')/root/item[name = ${x}]/label` is the name of a choice.
    fn instance(&mut self) {
        let rest = self.rest();
        let Some(found) = Looked::read(rest) else {
            return self.wrong("instance".len(), Words::new("xlsform.instance"), None);
        };
        let inner = rewrite(&found.value, self.place);
        self.out
            .faults
            .extend(inner.faults.into_iter().map(|(at, words, hint)| (self.at + found.value_at + at, words, hint)));
        let value = inner.mapped.text;
        let written = found.value.trim().strip_prefix("${").and_then(|name| name.strip_suffix('}'));
        let spoken = match found.property.as_str() {
            "label" => self
                .place
                .names
                .choosing(&found.list, written)
                .map(|target| format!("jr:choice-name({value}, '{}')", spoken(target, &self.place))),
            "name" => Some(value),
            property => self.looked_up(&found.list, &value, property),
        };
        match spoken {
            Some(spoken) => self.replace(found.length, &spoken),
            None => self.wrong(found.length, Words::new("xlsform.instance"), None),
        }
    }

    /// An attribute of the chosen choice, choice by choice.
    fn looked_up(&self, list: &str, value: &str, property: &str) -> Option<String> {
        const CHOICES: usize = 40;
        let list = self.place.lists.find(From::Choices, list)?;
        if list.choices.len() > CHOICES || list.choices.iter().any(|choice| choice.name.contains('\'')) {
            return None;
        }
        let mut spoken = "''".to_owned();
        for choice in list.choices.iter().rev() {
            let (_, text) = choice.attributes.iter().find(|(key, _)| key == property)?;
            let [text] = text.as_slice() else { return None };
            if text.contains('\'') {
                return None;
            }
            spoken = format!("if({value} = '{}', '{text}', {spoken})", choice.name);
        }
        Some(spoken)
    }
}

/// `instance('list')/root/item[name = value]/property`, read.
struct Looked {
    list: String,
    value: String,
    value_at: usize,
    property: String,
    length: usize,
}

impl Looked {
    fn read(text: &str) -> Option<Looked> {
        let open = text.find('(')?;
        let close = text.find(')')?;
        let list = text[open + 1..close].trim().trim_matches(['\'', '"']).to_owned();
        let after = &text[close + 1..];
        let inside = after.strip_prefix("/root/item[")?;
        let end = matching(inside)?;
        let condition = &inside[..end];
        let (left, right) = condition.split_once('=')?;
        let value = if left.trim() == "name" {
            right
        } else if right.trim() == "name" {
            left
        } else {
            return None;
        };
        let value_at = close + 1 + "/root/item[".len() + if left.trim() == "name" { left.len() + 1 } else { 0 };
        let property = inside[end + 1..].strip_prefix('/')?;
        let named = span_of(property, is_inside);
        let length = close + 1 + "/root/item[".len() + end + 2 + named;
        (!value.contains(['<', '>', '='])).then(|| Looked {
            list,
            value: value.to_owned(),
            value_at,
            property: property[..named].to_owned(),
            length,
        })
    }
}

/// Where the bracket closes that is open at the start of a text.
fn matching(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => return Some(at),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_inside(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn span_of(text: &str, inside: impl Fn(char) -> bool) -> usize {
    text.len() - text.trim_start_matches(inside).len()
}

/// How a target is spoken of from a place: `${x}`, `${r/x}`.
pub(super) fn spoken(target: &Target, place: &Place<'_>) -> String {
    let name = &target.name;
    match target.block {
        Some(block) if Some(block) != place.block => {
            let rows = &place.names.blocks[block];
            let own = place.block.and_then(|own| place.names.blocks[own].row_of.as_ref().map(|row| (own, row)));
            match own {
                // A row of a repeat that stood in another one's: the row of that one is known by its number.
                Some((own, row_of)) if place.names.blocks[own].parent == Some(block) => {
                    format!("indexed-repeat(${{{0}/{name}}}, ${{{0}}}, ${{{row_of}}})", rows.name)
                }
                _ => format!("${{{}/{name}}}", rows.name),
            }
        }
        _ => format!("${{{name}}}"),
    }
}

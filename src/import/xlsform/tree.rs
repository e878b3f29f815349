//! The rows of the survey as a tree: groups, repeats and loops with what stands in them.

use std::collections::HashSet;

use super::choices::Lists;
use super::rows::{Row, Rows};
use super::settings::is_yes;
use super::told::{Spot, Told};
use super::types::{self, Block, Choice, From, Kind};
use crate::lang::Words;

/// How deep groups may stand in each other.
const DEPTH: usize = 30;

/// How many questions a form may have at all.
const QUESTIONS: usize = 50_000;

/// A row of the survey with what stands in it.
#[derive(Debug)]
pub(super) struct Item {
    pub kind: Kind,
    /// The name as written; of a note without one, made up.
    pub written: String,
    /// The name in the form; the same unless it is taken.
    pub name: String,
    pub row: Row,
    pub items: Vec<Item>,
    /// Its number in the directory of names.
    pub id: usize,
}

impl Item {
    /// A cell of the item's row.
    pub fn spot(&self, sheet: &Rows, key: &str) -> Spot {
        spot(sheet, &self.row, key)
    }

    /// What block it is, if it is one.
    pub fn block(&self) -> Option<&Block> {
        match &self.kind {
            Kind::Begin(block) => Some(block),
            _ => None,
        }
    }
}

/// A cell of a row: what stands under the key, or where it should stand.
pub(super) fn spot(sheet: &Rows, row: &Row, key: &str) -> Spot {
    let column = row.get(key).map_or_else(|| sheet.at(key), |said| said.at);
    Spot { sheet: sheet.sheet.clone(), row: row.number, column }
}

/// Grows the tree; everything wrong with rows by themselves is told.
pub(super) fn grow(survey: &Rows, lists: &Lists, told: &mut Told) -> Vec<Item> {
    let mut growing = Growing { survey, lists, told, open: Vec::new(), top: Vec::new(), names: vec![HashSet::new()] };
    for row in survey.rows.iter().take(QUESTIONS + 1) {
        growing.row(row);
        if growing.told.too_much() {
            return Vec::new();
        }
    }
    if survey.rows.len() > QUESTIONS {
        told.stop(&survey.sheet, 0, Words::new("xlsform.too-many-rows").with("n", QUESTIONS));
        return Vec::new();
    }
    growing.finish()
}

struct Growing<'g> {
    survey: &'g Rows,
    lists: &'g Lists,
    told: &'g mut Told,
    open: Vec<Item>,
    top: Vec<Item>,
    /// The names of each open block, the outermost first.
    names: Vec<HashSet<String>>,
}

impl Growing<'_> {
    fn row(&mut self, row: &Row) {
        if row.text("disabled").is_some_and(is_yes) {
            return;
        }
        let Some(kind) = row.get("type") else { return self.without_type(row) };
        let Some(kind) = types::read(&kind.text) else {
            let words = Words::new("xlsform.unknown-type").with("type", &kind.text);
            let hint = types::near(&kind.text).map(|near| Words::new("xlsform.did-you-mean").with("name", near));
            self.error(row, "type", "unknown-name", words, hint);
            // Read as a text, so that what refers to it is not at fault too.
            return self.item(row, Kind::Plain("text"));
        };
        let kind = types::ours(kind, row.text("svod"));
        match kind {
            Kind::Setting => {}
            Kind::End(block) => self.end(row, &block),
            Kind::Data => self.note(row, "type", Words::new("xlsform.data-dropped")),
            Kind::Meta(_) => self.meta(row, kind),
            kind => self.item(row, kind),
        }
    }

    fn error(&mut self, row: &Row, key: &str, code: &'static str, words: Words, hint: Option<Words>) {
        let spot = spot(self.survey, row, key);
        self.told.error(&spot, code, words, hint);
    }

    fn note(&mut self, row: &Row, key: &str, words: Words) {
        let spot = spot(self.survey, row, key);
        self.told.note(&spot.sheet, (spot.row, spot.column), "dropped", words);
    }

    fn without_type(&mut self, row: &Row) {
        if row.get("name").is_some() || row.get("label").is_some() {
            self.error(row, "type", "syntax", Words::new("xlsform.no-type"), None);
        }
    }

    fn meta(&mut self, row: &Row, kind: Kind) {
        let name = row.text("name").or(row.text("type")).unwrap_or_default().to_owned();
        let said = row.text("type").unwrap_or_default();
        self.note(row, "type", Words::new("xlsform.meta-dropped").with("type", said));
        self.add(Item { kind, name: name.clone(), written: name, row: row.clone(), items: Vec::new(), id: 0 });
    }

    fn item(&mut self, row: &Row, kind: Kind) {
        if let Kind::Phone(need) = kind {
            let said = row.text("type").unwrap_or_default();
            let words = Words::new("xlsform.phone").with("type", said).with("need", Words::new(need));
            self.error(row, "type", "xlsform", words, Some(Words::new("xlsform.phone-hint")));
        }
        let Some(name) = self.name(row, &kind) else { return };
        self.labelled(row, &kind);
        if let Kind::Choice(choice) = &kind {
            self.list(row, choice);
        }
        self.sound(row, &kind);
        let begins = matches!(kind, Kind::Begin(_));
        let item = Item { kind, name: name.clone(), written: name, row: row.clone(), items: Vec::new(), id: 0 };
        if begins { self.begin(item) } else { self.add(item) }
    }

    fn name(&mut self, row: &Row, kind: &Kind) -> Option<String> {
        let Some(said) = row.get("name") else {
            if *kind == Kind::Note {
                return Some(format!("note_{}", row.number + 1));
            }
            let said = row.text("type").unwrap_or_default();
            self.error(row, "name", "syntax", Words::new("xlsform.no-name").with("type", said), None);
            // What stands in it is read all the same.
            return matches!(kind, Kind::Begin(_)).then(|| format!("unnamed_{}", row.number + 1));
        };
        if !is_name(&said.text) {
            let words = Words::new("xlsform.bad-name").with("name", &said.text);
            self.error(row, "name", "syntax", words, Some(Words::new("xlsform.bad-name-hint")));
        } else if matches!(kind, Kind::Begin(Block::Repeat)) && said.text == "data" {
            self.error(row, "name", "duplicate", Words::new("xlsform.reserved-name").with("name", "data"), None);
        } else if !self.names.last_mut().is_none_or(|names| names.insert(said.text.clone())) {
            let words = Words::new("xlsform.name-twice").with("name", &said.text);
            self.error(row, "name", "duplicate", words, None);
        }
        Some(said.text.clone())
    }

    fn labelled(&mut self, row: &Row, kind: &Kind) {
        let asked = matches!(kind, Kind::Plain(_) | Kind::File(_) | Kind::Choice(_) | Kind::Note);
        let shown = ["label", "hint", "image", "big-image", "audio", "video"];
        let computed = row.get("calculation").is_some() && matches!(kind, Kind::Plain(_));
        if asked && !computed && shown.iter().all(|key| row.get(key).is_none()) {
            let words = Words::new("xlsform.no-label").with("name", row.text("name").unwrap_or_default());
            self.error(row, "label", "syntax", words, None);
        }
    }

    fn list(&mut self, row: &Row, choice: &Choice) {
        let place = "type";
        if choice.from == From::File {
            let file = [".csv", ".xml", ".geojson"].iter().any(|ending| choice.list.ends_with(ending));
            if !file {
                let words = Words::new("xlsform.list-file").with("name", &choice.list);
                self.error(row, place, "unknown-name", words, None);
            } else if !choice.list.ends_with(".csv") {
                let words = Words::new("xlsform.list-file-kind").with("name", &choice.list);
                self.error(row, place, "xlsform", words, None);
            }
            return;
        }
        let Some(list) = self.lists.find(choice.from, &choice.list) else {
            let (words, hint) = self.lists.missing(choice.from, &choice.list);
            return self.error(row, place, "unknown-name", words, hint);
        };
        let spaced = list.choices.iter().find(|choice| choice.name.contains(' '));
        if let Some(spaced) = spaced.filter(|_| choice.word != "select_one") {
            let words = Words::new("xlsform.choice-space").with("name", &spaced.name).with("list", &choice.list);
            self.error(row, place, "syntax", words, None);
        }
        if choice.or_other && row.get("choice_filter").is_some() {
            self.error(row, "choice_filter", "xlsform", Words::new("xlsform.other-and-filter"), None);
        }
    }

    fn sound(&mut self, row: &Row, kind: &Kind) {
        let computed = row.get("calculation").is_some() || row.get("default").is_some();
        match kind {
            Kind::Calculate if !computed => {
                self.error(row, "calculation", "syntax", Words::new("xlsform.no-calculation"), None);
            }
            Kind::Begin(Block::Loop(list)) if self.lists.find(From::Choices, list).is_none() => {
                let (words, hint) = self.lists.missing(From::Choices, list);
                self.error(row, "type", "unknown-name", words, hint);
            }
            _ => {}
        }
        if let Some(trigger) = row.get("trigger") {
            let words = Words::new("xlsform.trigger-dropped").with("name", &trigger.text);
            self.note(row, "trigger", words);
        }
    }

    fn begin(&mut self, item: Item) {
        if self.open.len() >= DEPTH {
            let words = Words::new("xlsform.too-deep").with("limit", DEPTH);
            return self.told.stop(&self.survey.sheet, item.row.number, words);
        }
        self.open.push(item);
        self.names.push(HashSet::new());
    }

    fn end(&mut self, row: &Row, block: &Block) {
        let open = self.open.last().and_then(|item| Some((item.block()?.clone(), item.name.clone())));
        let said = block.word();
        match open {
            Some((begun, _)) if begun.same(block) => {
                if let Some(item) = self.open.pop() {
                    self.names.pop();
                    self.add(item);
                }
            }
            Some((begun, name)) => {
                let words = Words::new("xlsform.end-of-another").with("end", said);
                let hint = Words::new("xlsform.end-expected").with("end", begun.word()).with("name", name);
                self.error(row, "type", "syntax", words, Some(hint));
            }
            None => self.error(row, "type", "syntax", Words::new("xlsform.end-without-begin").with("end", said), None),
        }
    }

    fn add(&mut self, item: Item) {
        match self.open.last_mut() {
            Some(parent) => parent.items.push(item),
            None => self.top.push(item),
        }
    }

    fn finish(mut self) -> Vec<Item> {
        while let Some(item) = self.open.pop() {
            let word = item.block().map_or("", Block::word);
            let words = Words::new("xlsform.no-end").with("end", word).with("name", &item.name);
            let row = item.row.clone();
            self.error(&row, "type", "syntax", words, None);
            self.add(item);
        }
        self.top
    }
}

/// A name of XLSForm: a letter or `_`, then letters, digits, `-`, `_`, `.`.
fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'))
}

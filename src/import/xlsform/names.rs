//! The names of the form: unique where XLSForm's are unique only among neighbours.

use std::collections::HashSet;

use super::choices::Lists;
use super::directory::{Directory, Rows, Target};
use super::told::Told;
use super::tree::Item;
use super::types::{Block, Choice, From, Kind};
use crate::lang::Words;

/// Names given so far, by the place that they are unique in.
struct Giving<'n> {
    lists: &'n Lists,
    told: &'n mut Told,
    sheet: String,
    directory: Directory,
    form: HashSet<String>,
    blocks: Vec<HashSet<String>>,
}

/// Where an item stands.
#[derive(Clone, Copy)]
struct Around<'a> {
    block: Option<usize>,
    /// The name of what it stands in directly.
    parent: &'a str,
}

/// Gives every item its name and lists them all.
pub(super) fn give(mut items: Vec<Item>, lists: &Lists, told: &mut Told) -> (Vec<Item>, Directory) {
    let sheet = "survey".to_owned();
    let mut giving =
        Giving { lists, told, sheet, directory: Directory::default(), form: HashSet::new(), blocks: Vec::new() };
    giving.each(&mut items, Around { block: None, parent: "" });
    (items, giving.directory)
}

impl Giving<'_> {
    fn each(&mut self, items: &mut [Item], around: Around<'_>) {
        for item in items {
            self.one(item, around);
        }
    }

    fn one(&mut self, item: &mut Item, around: Around<'_>) {
        let rows = matches!(item.kind, Kind::Begin(Block::Repeat | Block::Loop(_)));
        if !matches!(item.kind, Kind::Meta(_)) {
            let scope = if rows { None } else { around.block };
            item.name = self.free(&item.written, around.parent, scope);
            self.renamed(item);
        }
        let is = rows.then(|| self.begin(item, around.block));
        let calculation = item.row.text("calculation").or(item.row.text("default")).map(str::to_owned);
        item.id = self.directory.add(Target {
            written: item.written.clone(),
            name: item.name.clone(),
            kind: item.kind.clone(),
            block: around.block,
            is,
            calculation,
        });
        self.other(item, around);
        let name = item.name.clone();
        self.each(&mut item.items, Around { block: is.or(around.block), parent: &name });
    }

    /// The question for an answer that is not on the list has a name too.
    fn other(&mut self, item: &Item, around: Around<'_>) {
        let Kind::Choice(Choice { or_other: true, .. }) = &item.kind else { return };
        let name = format!("{}_other", item.name);
        self.taken(around.block).insert(name.clone());
        self.directory.add(Target {
            written: format!("{}_other", item.written),
            name,
            kind: Kind::Plain("text"),
            block: around.block,
            is: None,
            calculation: None,
        });
    }

    fn begin(&mut self, item: &Item, parent: Option<usize>) -> usize {
        let mut taken = HashSet::new();
        let fixed = match &item.kind {
            Kind::Begin(Block::Loop(list)) => {
                let list = self.lists.find(From::Choices, list);
                taken.extend(list.iter().flat_map(|list| list.choices.iter().map(|choice| choice.name.clone())));
                true
            }
            _ => false,
        };
        if parent.is_some_and(|parent| fixed || self.directory.blocks[parent].fixed) {
            let words = Words::new("xlsform.loop-in-repeat").with("name", &item.written);
            self.told.error_at(&self.sheet, (item.row.number, 0), "xlsform", words, None);
        }
        let row_of = parent.map(|parent| format!("{}_row", self.directory.blocks[parent].name));
        taken.extend(row_of.clone());
        self.blocks.push(taken);
        self.directory.blocks.push(Rows { name: item.name.clone(), parent, row_of, fixed });
        self.directory.blocks.len() - 1
    }

    fn taken(&mut self, block: Option<usize>) -> &mut HashSet<String> {
        match block {
            Some(block) => &mut self.blocks[block],
            None => &mut self.form,
        }
    }

    /// The name itself, with that of its group before it where it is taken, with a number where that is taken too.
    fn free(&mut self, written: &str, parent: &str, scope: Option<usize>) -> String {
        let written = written.replace(':', "_");
        let taken = self.taken(scope);
        let longer = format!("{parent}_{written}").trim_start_matches('_').to_owned();
        let numbered = (2..).map(|n: u32| format!("{longer}_{n}"));
        let mut tries = [written, longer.clone()].into_iter().chain(numbered);
        tries.find(|name| taken.insert(name.clone())).unwrap_or_default()
    }

    fn renamed(&mut self, item: &Item) {
        if item.name != item.written {
            let at = item.row.get("name").map_or(0, |said| said.at);
            let words = Words::new("xlsform.renamed").with("from", &item.written).with("to", &item.name);
            self.told.note(&self.sheet, (item.row.number, at), "renamed", words);
        }
    }
}

/// A name for a form out of any text: other characters become `_`.
pub(super) fn name_from(written: &str) -> String {
    let each = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    let name: String = written.trim().chars().map(each).collect();
    let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    match name.as_str() {
        "" => "form".to_owned(),
        _ if starts => name,
        _ => format!("_{name}"),
    }
}

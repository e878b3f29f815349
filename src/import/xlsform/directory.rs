//! What the names of an XLSForm mean: every question, group and repeat, and how it is spoken of in the form.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::types::Kind;
use crate::expr::Type;
use crate::lang::Words;
use crate::text;

/// Something that has a name.
#[derive(Debug)]
pub(super) struct Target {
    /// The name as written.
    pub written: String,
    /// The name in the form.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The repeat or table that it stands in.
    pub block: Option<usize>,
    /// It is a repeat or table itself.
    pub is: Option<usize>,
    /// Its calculation, where nothing else says its type.
    pub calculation: Option<String>,
}

/// A repeat or a table of the form.
#[derive(Debug)]
pub(super) struct Rows {
    /// The name in the form.
    pub name: String,
    /// The repeat that it stood in.
    pub parent: Option<usize>,
    /// The column that says which row of that repeat a row belongs to.
    pub row_of: Option<String>,
    /// Its rows are fixed: it was a loop.
    pub fixed: bool,
}

/// Everything that has a name.
#[derive(Debug, Default)]
pub(super) struct Directory {
    pub targets: Vec<Target>,
    pub blocks: Vec<Rows>,
    by_name: HashMap<String, Vec<usize>>,
    /// By the name in the form, and the repeat or table that it stands in.
    placed: HashMap<(Option<usize>, String), usize>,
    /// Types of calculations, once found; `None` while one is being looked for.
    pub types: RefCell<HashMap<usize, Option<Type>>>,
    /// How many are being looked for.
    pub looking: Cell<usize>,
}

impl Directory {
    /// Adds something that has a name.
    pub fn add(&mut self, target: Target) -> usize {
        let id = self.targets.len();
        self.by_name.entry(target.written.clone()).or_default().push(id);
        self.placed.entry((target.block, target.name.clone())).or_insert(id);
        self.targets.push(target);
        id
    }

    /// What has a name of the form in a repeat or table, or outside.
    pub fn placed(&self, block: Option<usize>, name: &str) -> Option<usize> {
        self.placed.get(&(block, name.to_owned())).copied()
    }

    /// The repeat or table of a name of the form.
    pub fn block(&self, name: &str) -> Option<usize> {
        let named = (0..self.blocks.len()).find(|block| self.blocks[*block].name == name);
        named.filter(|_| !name.is_empty())
    }

    /// What a name means to somebody in a block: what stands in the same rows, else around them, else anywhere.
    ///
    /// # Errors
    /// Nothing has the name, or several things have it.
    pub fn find(&self, name: &str, from: Option<usize>) -> Result<&Target, (Words, Option<Words>)> {
        let known = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let rank = |id: &usize| match self.targets[*id].block {
            block if block == from => 0,
            block if self.around(from).contains(&block) => 1,
            _ => 2,
        };
        let best = known.iter().map(rank).min();
        let mut nearest = known.iter().filter(|id| Some(rank(id)) == best);
        match (nearest.next(), nearest.next()) {
            (Some(id), None) => Ok(&self.targets[*id]),
            (Some(_), Some(_)) => Err((Words::new("xlsform.ambiguous").with("name", name), None)),
            (None, _) => {
                let near = text::nearest(name, self.by_name.keys().map(String::as_str));
                let hint = near.map(|near| Words::new("xlsform.did-you-mean").with("name", format!("${{{near}}}")));
                Err((Words::new("xlsform.unknown-reference").with("name", format!("${{{name}}}")), hint))
            }
        }
    }

    /// The blocks around a block, and the form itself.
    fn around(&self, from: Option<usize>) -> Vec<Option<usize>> {
        let mut around = Vec::new();
        let mut block = from;
        while let Some(inner) = block {
            block = self.blocks[inner].parent;
            around.push(block);
        }
        around
    }

    /// A question that chooses from a list, the one of a name before others.
    pub fn choosing(&self, list: &str, first: Option<&str>) -> Option<&Target> {
        let chooses = |target: &&Target| matches!(&target.kind, Kind::Choice(choice) if choice.list == list);
        let named = first.and_then(|name| self.by_name.get(name)).and_then(|ids| ids.first());
        named.map(|id| &self.targets[*id]).filter(chooses).or_else(|| self.targets.iter().find(chooses))
    }
}

//! Why cells are not taken; a file that is wrong from end to end is told so once, not a million times.

use crate::error::{Fault, Place};
use crate::lang::Words;

/// How many reasons are kept one by one.
const MANY: usize = 20_000;

#[derive(Debug, Clone)]
struct Reason {
    words: Words,
    /// It holds for a whole row or column, and a fault says so already.
    shared: bool,
}

/// The reasons of an import, by number.
#[derive(Debug, Clone, Default)]
pub(super) struct Reasons(Vec<Reason>);

impl Reasons {
    /// Takes a reason and gives its number. After very many all further cells share one.
    pub(super) fn add(&mut self, words: Words, shared: bool) -> u32 {
        if self.0.len() < MANY {
            self.0.push(Reason { words, shared });
        } else if self.0.len() == MANY {
            self.0.push(Reason { words: Words::new("import.too-many").with("count", MANY), shared: true });
        }
        u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX)
    }

    /// Whether there are so many that further ones are not kept.
    pub(super) fn full(&self) -> bool {
        self.0.len() > MANY
    }

    /// The words of a reason.
    pub(super) fn words(&self, number: u32) -> Option<&Words> {
        self.0.get(number as usize).map(|reason| &reason.words)
    }

    /// Whether a fault of its row or column says it already.
    pub(super) fn is_shared(&self, number: u32) -> bool {
        self.0.get(number as usize).is_some_and(|reason| reason.shared)
    }

    /// The fault that says that there are too many, if there are.
    pub(super) fn overflow(&self) -> Option<Fault> {
        let last = self.0.last().filter(|_| self.full())?;
        Some(Fault::error(Place::Whole, "too-many", last.words.clone()))
    }
}

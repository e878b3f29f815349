//! Imports of files: what they may start from, what they did, how they are taken back.

pub mod actions;
mod apply;
pub mod store;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::Value as Json;

use super::{Change, Source};
use crate::error::Fault;
use crate::form::Answers;
use crate::ids::{BatchId, OrgId, ReportId, RevisionId};
use crate::period::Period;

/// Which file is imported into which form.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchFile {
    /// The form's id.
    pub form: String,
    /// The period that was asked for; single columns may belong to earlier ones.
    pub period: Period,
    /// The wave; nothing as a rule.
    pub wave: String,
    /// The file's name as people know it.
    pub file_name: String,
    /// The hash of its content.
    pub file_hash: String,
    /// The recipe that it was read by.
    pub recipe: String,
    /// What was counted while planning: cells new, changed, refused, … A document.
    pub counts: Json,
}

/// What an import of one organisation and period starts from. Read without any lock; see [`Imported::base`].
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Whose figures.
    pub about: OrgId,
    /// The report.
    pub report: ReportId,
    /// The revision that these answers are of.
    pub base: Option<RevisionId>,
    /// The answers that an import is merged into: those that count, or the draft that an earlier import left behind.
    pub answers: Answers,
    /// Who set each of these answers last: the school on a page, an import, …
    pub set_by: BTreeMap<String, Source>,
    /// Whether the school has a draft of its own; it is kept beside what an import sends.
    pub own_draft: bool,
}

/// One answer that an import sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// The path of the answer.
    pub path: String,
    /// The answer; null takes one away.
    pub value: Json,
    /// The cell that it comes from, `Лист!C17`.
    pub cell: String,
}

/// What an import sets in the report of one organisation for one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// Whose figures.
    pub about: OrgId,
    /// For which period.
    pub period: Period,
    /// [`Known::base`] of the plan; `None` where there was no report. If the report has moved on since, nothing is
    /// imported: what was planned is what is applied.
    pub base: Option<RevisionId>,
    /// What is set.
    pub sets: Vec<Set>,
}

/// The reports of an import. A file may hold millions of cells, so each report is asked for when its turn comes.
pub trait Reports: Sync {
    /// How many there are.
    fn count(&self) -> usize;
    /// Whose report it is, and for which period.
    fn head(&self, report: usize) -> (OrgId, Period);
    /// All of it.
    fn whole(&self, report: usize) -> Imported;
}

impl Reports for [Imported] {
    fn count(&self) -> usize {
        self.len()
    }

    fn head(&self, report: usize) -> (OrgId, Period) {
        (self[report].about, self[report].period)
    }

    fn whole(&self, report: usize) -> Imported {
        self[report].clone()
    }
}

/// What became of one report.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was sent and counts.
    Sent,
    /// Nothing was different.
    Same,
    /// Errors are left: it is a draft now and was not sent.
    Draft(Vec<Fault>),
    /// Errors are left, and the school has a draft of its own: that one stays, the import is only in the history.
    Beside(Vec<Fault>),
}

/// What became of an import.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportReceipt {
    /// The batch; `None` where nothing was different.
    pub batch: Option<BatchId>,
    /// What became of each report, in the order in which they were given.
    pub outcomes: Vec<(OrgId, Period, Outcome)>,
}

/// An import in the list of imports.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Its number, for taking it back.
    pub id: BatchId,
    /// What was imported.
    pub file: BatchFile,
    /// Who imported it.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// When and by whom it was taken back.
    pub undone: Option<(Timestamp, String)>,
}

/// The answers with what an import sets, and what that changes, each with its cell.
fn merged(base: &Answers, sets: &[Set]) -> (Answers, Vec<Change>) {
    let mut answers = base.clone();
    for set in sets {
        answers.set(&set.path, Some(set.value.clone()).filter(|value| !value.is_null()));
    }
    let mut changes = super::changes::between(base, &answers);
    // Of several cells for one answer the last is the one that set it.
    let cells: HashMap<&str, &str> = sets.iter().map(|set| (set.path.as_str(), set.cell.as_str())).collect();
    for change in &mut changes {
        change.cell = cells.get(change.path.as_str()).map(|cell| (*cell).to_owned());
    }
    (answers, changes)
}

#[cfg(test)]
mod tests;

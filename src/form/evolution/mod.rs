//! What is different between two versions of a form, and what that does to stored answers (language law 4). Pure.

mod blocks;
mod carry;
mod held;
mod lines;
mod matched;
mod questions;
mod say;

pub use held::Held;
pub(super) use lines::check_removed;

use crate::error::{Fault, Place};
use crate::form::model::Form;
use lines::Lines;

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Subject {
    Form,
    Question,
    Table,
    Row,
    Column,
    Choice,
    Check,
    Indicator,
    Classification,
    Parameter,
}

/// What was done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// It was not there.
    Added,
    /// It is there no more.
    Removed,
    /// It has another name, and says which it had (`was`).
    Renamed,
    /// It says no more which name it had.
    Forgotten,
    /// It stands elsewhere.
    Moved,
    /// It has another type.
    Retyped,
    /// It is computed in another way.
    Recalculated,
    /// It allows less.
    Tightened,
    /// It allows more.
    Loosened,
    /// It must be answered.
    Required,
    /// It is shown under another condition.
    Conditioned,
    /// The form is collected for another kind of period.
    Period,
    /// The form is about other organisations.
    About,
    /// Others fill it.
    By,
    /// Its words are others.
    Reworded,
    /// Something else of it is different.
    Changed,
}

/// What becomes of stored answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// They stay as they are.
    Kept,
    /// They are read under the new name.
    Carried,
    /// They stay in the history and in what was sent, and the new version has no place for them.
    Aside,
    /// They are computed again.
    Recalculated,
}

/// What the form must say before a change may lose answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// Nothing: no answers can be lost.
    Free,
    /// `removed = ["…"]` at the top of the form.
    Removed,
    /// `retyped = true` at the question.
    Retyped,
    /// Nothing helps: another form is needed.
    Never,
}

/// One difference between two versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What it is about.
    pub subject: Subject,
    /// What was done to it.
    pub deed: Deed,
    /// Its path or name: today's, of what was removed the former one.
    pub path: String,
    /// The former name or type.
    pub was: Option<String>,
    /// How people know it.
    pub label: String,
    /// What becomes of stored answers.
    pub outcome: Outcome,
    /// How many stored answers it concerns.
    pub answers: usize,
    /// The word that it needs where it loses answers.
    pub permit: Permit,
    /// Whether the form says that word.
    pub said: bool,
    /// Where in the new version's text.
    pub at: Place,
}

impl Change {
    /// Whether answers would have no place any more.
    pub fn lossy(&self) -> bool {
        self.permit != Permit::Free && self.answers > 0
    }

    /// Whether it must not be published like that.
    pub fn refused(&self) -> bool {
        self.lossy() && !self.said
    }
}

/// Every difference between two versions, in the order of the new one; `file` is what faults call its text.
pub fn evolution(old: &Form, new: &Form, held: &Held<'_>, file: &str) -> Vec<Change> {
    let mut found = Found { old, new, held, lines: Lines::of(&new.source, file), changes: Vec::new() };
    found.head();
    found.tables();
    found.fields();
    found.choices();
    found.blocks();
    found.changes
}

/// The faults of a version that would lose answers without a word.
pub fn losses(changes: &[Change]) -> Vec<Fault> {
    changes.iter().filter(|change| change.refused()).map(Change::fault).collect()
}

/// The differences found so far.
struct Found<'a> {
    old: &'a Form,
    new: &'a Form,
    held: &'a Held<'a>,
    lines: Lines,
    changes: Vec<Change>,
}

impl Found<'_> {
    /// A change that touches no answers, to be made more precise.
    fn plain(&self, subject: Subject, deed: Deed, path: impl Into<String>, label: &str) -> Change {
        let path = path.into();
        let at = self.lines.at(&[&path]);
        let label = label.to_owned();
        let (outcome, permit) = (Outcome::Kept, Permit::Free);
        Change { subject, deed, path, was: None, label, outcome, answers: 0, permit, said: false, at }
    }
}

//! Tables of organisations: what one would change, its loading, and the way back; and what was done to each organisation.

pub mod actions;
pub(in crate::org) mod store;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::plan::{Cell, Missing, Plan, Summary};
use super::record::Record;
use crate::error::Place;
use crate::ids::OrgBatchId;
use crate::lang::Words;

/// What a table of organisations would change.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The cells that change something, in the order of the file.
    pub cells: Vec<Cell>,
    /// New organisations, each with the cell of its code.
    pub added: Vec<(Place, Missing)>,
    /// Organisations that the file leaves out.
    pub missing: Vec<Missing>,
    /// What it comes to, and what looks wrong.
    pub summary: Summary,
    /// What tells this plan from any other.
    pub seal: String,
}

/// A table that was loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Its number.
    pub id: OrgBatchId,
    /// The name of the file.
    pub file_name: String,
    /// Who loaded it.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// When it was taken back, and by whom.
    pub undone: Option<(Timestamp, String)>,
    /// What it came to: added, changed, same, closed.
    pub counts: [usize; 4],
}

/// What became of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// Its number; nothing where nothing was to be changed.
    pub batch: Option<OrgBatchId>,
    /// What it came to.
    pub summary: Summary,
}

/// An act on an organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// What was done: `import`, `edit`, `undo`, `merge`.
    pub act: String,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// The table that it came from.
    pub batch: Option<OrgBatchId>,
    /// The record as it was before; nothing where there was none.
    pub before: Option<Record>,
    /// What it changed, as far as the acts after it tell: what it is called, what was there, what is.
    pub changes: Vec<(Words, Words, Words)>,
    /// What else belongs to it: for a merger the code and name of the other one.
    pub detail: Option<serde_json::Value>,
}

impl Preview {
    fn of(plan: Plan) -> Preview {
        let seal = seal(&plan);
        let Plan { cells, added, missing, summary, .. } = plan;
        Preview { cells, added, missing, summary, seal }
    }

    /// Whether loading would change anything.
    pub fn changes_anything(&self) -> bool {
        self.summary.added + self.summary.changed + self.summary.closed > 0
    }
}

/// What tells the plan of a table from any other; whom to close is decided later.
fn seal(plan: &Plan) -> String {
    let mut hash = Sha256::new();
    for change in plan.changes.iter().take(plan.changes.len() - plan.summary.closed) {
        hash.update(change.before.as_ref().map(Record::seal).unwrap_or_default());
        hash.update(change.after.seal());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

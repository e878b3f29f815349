//! One cell on its way through an import: where it stands, what it is for, what becomes of it.

use serde_json::{Number, Value as Json};

use super::cells::Given;
use crate::ids::OrgId;

/// A cell of the workbook, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The number of the sheet.
    pub sheet: u16,
    /// The row.
    pub row: u32,
    /// The column.
    pub column: u16,
}

/// What becomes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing was stored.
    New,
    /// The same is stored.
    Same,
    /// Something else is stored, and is replaced.
    Changed,
    /// The school itself gave something else: it stays.
    Conflict,
    /// The cell cannot be taken.
    Refused,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 5] = [Status::New, Status::Same, Status::Changed, Status::Conflict, Status::Refused];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Status::New => "new",
            Status::Same => "same",
            Status::Changed => "changed",
            Status::Conflict => "conflict",
            Status::Refused => "refused",
        }
    }

    /// Whether the cell is written.
    pub fn sets(self) -> bool {
        matches!(self, Status::New | Status::Changed)
    }
}

/// A stored answer. Nearly all are numbers, and a plan may replace a million of them: those take no place of their own.
#[derive(Debug, Clone, PartialEq)]
pub enum Old {
    /// A number.
    Number(Number),
    /// Any other answer.
    Other(Box<Json>),
}

impl Old {
    /// An answer as it is stored.
    pub fn of(answer: &Json) -> Old {
        match answer {
            Json::Number(number) => Old::Number(number.clone()),
            other => Old::Other(Box::new(other.clone())),
        }
    }

    /// The answer as reports keep it.
    pub fn to_json(&self) -> Json {
        match self {
            Old::Number(number) => Json::Number(number.clone()),
            Old::Other(answer) => (**answer).clone(),
        }
    }
}

/// One cell of a plan. There may be a million of them, so nothing in it is wider than it must be.
#[derive(Debug, Clone)]
pub struct PlanCell {
    /// Where it stands.
    pub at: Spot,
    /// Whose figure; `None` where that is not known for sure.
    pub org: Option<OrgId>,
    /// What becomes of it.
    pub status: Status,
    /// What it says; `None` where that could not be read.
    pub new: Option<Given>,
    /// What is stored, where that is something else.
    pub old: Option<Old>,
    /// Which column of the recipe.
    pub(super) goal: u16,
    /// Field and row.
    pub(super) target: Option<(u16, u16)>,
    /// The number of the reason why it is not taken.
    pub(super) reason: Option<u32>,
}

impl PlanCell {
    /// A cell that was read, or the reason why it cannot be taken; a cell is new until it is compared with what is stored.
    pub(super) fn new(
        at: Spot,
        org: Option<OrgId>,
        (goal, target): (usize, Option<(u16, u16)>),
        says: Result<Given, u32>,
    ) -> PlanCell {
        let (status, new, reason) = match says {
            Ok(given) => (Status::New, Some(given), None),
            Err(reason) => (Status::Refused, None, Some(reason)),
        };
        PlanCell { at, org, status, new, old: None, goal: narrow(goal), target, reason }
    }

    pub(super) fn refuse(&mut self, reason: u32) {
        self.status = Status::Refused;
        self.reason = Some(reason);
    }

    /// Field and row; `None` where the row of the form's table is not known.
    pub fn target(&self) -> Option<(usize, usize)> {
        self.target.map(|(field, row)| (field.into(), row.into()))
    }
}

/// A number that is small by nature: a sheet, a column, a field, a row of a table.
pub(super) fn narrow(wide: impl TryInto<u16>) -> u16 {
    wide.try_into().unwrap_or(u16::MAX)
}

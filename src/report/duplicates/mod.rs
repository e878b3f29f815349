//! Two organisations that are one: their reports come together, unless both have reported of one thing.

pub mod actions;
mod store;

use crate::ids::ReportId;
use crate::org::edit::actions::Pair;

/// A report of the organisation that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moving {
    /// Which report.
    id: ReportId,
    /// The form's id.
    pub form: String,
    /// The period's id.
    pub period: String,
    /// The wave; nothing as a rule.
    pub wave: String,
    /// Whether nothing is left of it but its history.
    empty: bool,
    /// The report of the other organisation about the same thing, and whether that one is empty.
    other: Option<(ReportId, bool)>,
}

/// What making one organisation of two would do.
#[derive(Debug, Clone)]
pub struct Union {
    /// The two.
    pub pair: Pair,
    /// Reports of the one that goes; those that clash are among them.
    pub reports: Vec<Moving>,
}

impl Moving {
    /// Whether both organisations have reported of one thing.
    pub fn clashes(&self) -> bool {
        !self.empty && self.other.is_some_and(|(_, empty)| !empty)
    }
}

impl Union {
    /// Reports that both organisations have.
    pub fn clashes(&self) -> impl Iterator<Item = &Moving> {
        self.reports.iter().filter(|one| one.clashes())
    }

    /// Reports that the one that stays would gain.
    pub fn gained(&self) -> usize {
        self.reports.iter().filter(|one| !one.empty && !one.clashes()).count()
    }
}

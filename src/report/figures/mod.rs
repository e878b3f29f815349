//! What counts: the values and measures of counting revisions, for everything that aggregates.

pub mod actions;
pub mod store;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::State;
use super::store::{OldValue, ValueRow};
use crate::form::{Form, Measure, Respondent, Stored};
use crate::ids::{OrgId, ReportId};
use crate::org::Org;
use crate::period::Period;

/// Which reports are meant: one form, one period, one wave.
#[derive(Debug, Clone)]
pub struct Slice {
    /// The form; its order of respondents decides which of several reports counts.
    pub form: Arc<Form>,
    /// The period.
    pub period: Period,
    /// The wave; nothing as a rule.
    pub wave: String,
    /// The switch «только принятые».
    pub accepted_only: bool,
}

/// A report that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// The report.
    pub report: ReportId,
    /// Whose figures.
    pub about: OrgId,
    /// Who was expected to fill it.
    pub by: Respondent,
    /// By which version of the form it was sent.
    pub form_hash: String,
    /// When it was sent or accepted.
    pub at: Timestamp,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Whether somebody is correcting it.
    pub correcting: bool,
}

/// The reports of a slice that count, and those that would if there were not another one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counting {
    /// Those that count.
    pub reports: Vec<Counted>,
    /// Those about an organisation for which another respondent's report counts.
    pub duplicates: Vec<Counted>,
}

/// The counting values of one report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportValues {
    /// The report.
    pub report: Counted,
    /// Everything that is not empty, by path.
    pub values: Vec<(String, Stored)>,
}

/// What one report adds to the indicators.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportMeasures {
    /// The report.
    pub report: Counted,
    /// Its parts of each indicator.
    pub measures: Vec<Measure>,
}

/// How far an organisation is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The organisation.
    pub org: Arc<Org>,
    /// Whether a report of it is expected: it is open in the period.
    pub expected: bool,
    /// How far its report is.
    pub state: State,
    /// Whether a report of it was accepted.
    pub accepted: bool,
    /// When what counts was sent.
    pub sent_at: Option<Timestamp>,
}

/// How many of how many, said on every page, workbook and answer (language law 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Organisations with an accepted report.
    pub accepted: usize,
    /// Organisations with a report that counts.
    pub sent: usize,
    /// Organisations of which a report is expected.
    pub expected: usize,
}

impl Tally {
    /// Counts who stands where.
    pub fn of<'a>(progress: impl IntoIterator<Item = &'a Progress>) -> Tally {
        let mut tally = Tally::default();
        for one in progress {
            tally.accepted += usize::from(one.accepted);
            tally.sent += usize::from(matches!(one.state, State::Sent | State::Correcting | State::Accepted));
            tally.expected += usize::from(one.expected);
        }
        tally
    }
}

/// Parts the reports of a slice into those that count and their duplicates: of several respondents about one
/// organisation the first kind in the form's `by` counts; a form that takes many counts them all.
pub(super) fn counting(form: &Form, mut reports: Vec<Counted>) -> Counting {
    if form.many {
        return Counting { reports, duplicates: Vec::new() };
    }
    let rank = |by: Respondent| form.by.iter().position(|known| *known == by).unwrap_or(form.by.len());
    reports.sort_by_key(|report| (report.about, rank(report.by), report.report));
    let mut counted = BTreeSet::new();
    let (reports, duplicates) = reports.into_iter().partition(|report| counted.insert(report.about));
    Counting { reports, duplicates }
}

/// How a value table has to change so that it holds these values.
#[derive(Debug, Default)]
pub(super) struct Replacement {
    pub(super) set: Vec<(String, Stored)>,
    pub(super) gone: Vec<String>,
    /// The rows that are replaced, as they were.
    pub(super) before: Vec<OldValue>,
}

/// Compares values with the rows that hold them now. A value that stays the same keeps the act that set it.
pub(super) fn replacement(rows: &BTreeMap<String, ValueRow>, values: Vec<(String, Stored)>) -> Replacement {
    let mut change = Replacement::default();
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    let values: HashMap<String, Stored> = values.into_iter().filter(|(_, value)| storable(value)).collect();
    for (path, row) in rows {
        match (values.get(path), stored(row)) {
            (Some(new), Some(old)) if *new == old => {
                kept.insert(path);
            }
            (Some(_), _) => {}
            (None, _) => {
                change.gone.push(path.clone());
                change.before.push(OldValue { path: path.clone(), was: Some(row.clone()) });
            }
        }
    }
    let mut new: Vec<(String, Stored)> = values.into_iter().filter(|(path, _)| !kept.contains(path.as_str())).collect();
    new.sort_by(|one, other| one.0.cmp(&other.0));
    for (path, value) in new {
        change.before.push(OldValue { path: path.clone(), was: rows.get(&path).cloned() });
        change.set.push((path, value));
    }
    change
}

/// A number that is not one is no value.
fn storable(value: &Stored) -> bool {
    !matches!(value, Stored::Number(number) if !number.is_finite())
}

/// What a value row says.
pub(super) fn stored((number, code, text, missing, _): &ValueRow) -> Option<Stored> {
    None.or(number.map(Stored::Number))
        .or_else(|| code.clone().map(Stored::Code))
        .or_else(|| text.clone().map(Stored::Text))
        .or_else(|| missing.clone().map(Stored::Missing))
}

#[cfg(test)]
mod tests;

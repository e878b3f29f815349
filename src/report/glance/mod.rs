//! One look at a report: the form, the organisation, where the report stands and what it holds, by one statement.
//!
//! Every page of a report and every act on it begins with this. One statement sees the data file at one moment, so the
//! look needs no transaction around it.

pub(super) mod store;

use jiff::Timestamp;

use super::store::{Next, Standing};
use super::version::Version;
use super::{Act, Explanations, Key, Last, Pointers, Source};
use crate::access::Role;
use crate::form::{Answers, Respondent};
use crate::ids::{OrgId, RevisionId};
use crate::org::Org;
use crate::period::Period;

/// An organisation as it is asked for: by its key, or by the code that people use.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named<'a> {
    Id(OrgId),
    Code(&'a str),
}

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought<'a> {
    pub(super) form: &'a str,
    pub(super) period: Period,
    pub(super) wave: &'a str,
    pub(super) org: Named<'a>,
    pub(super) by: Respondent,
    pub(super) number: u32,
}

impl<'a> Sought<'a> {
    pub(super) fn of(key: &'a Key) -> Sought<'a> {
        let Key { form, period, wave, about, by, number } = key;
        Sought { form, period: *period, wave, org: Named::Id(*about), by: *by, number: *number }
    }
}

/// What stands there.
#[derive(Debug)]
pub(super) struct Glance {
    /// The newest version of the form.
    pub(super) version: Version,
    /// The organisation.
    pub(super) org: Org,
    /// Whether it carries on the work of another one, or another one its work.
    pub(super) has_kin: bool,
    /// The report, if it has a row.
    pub(super) report: Option<Standing>,
    /// What somebody who opens the report sees: the draft if there is one, else what was sent.
    pub(super) shown: Option<Shown>,
    /// The last act.
    pub(super) last: Option<Last>,
    /// Whether a draft stands beside acts of imports.
    pub(super) imports_beside: bool,
    /// The keys of the next rows; they hold within a writing transaction.
    pub(super) next: Next,
}

impl Glance {
    pub(super) fn pointers(&self) -> Pointers {
        self.report.map(|report| report.pointers).unwrap_or_default()
    }

    /// The answers and explanations of what is shown.
    pub(super) fn held(&self) -> (Answers, Explanations) {
        let both = |shown: &Shown| (shown.answers.clone(), shown.explanations.clone());
        self.shown.as_ref().map(both).unwrap_or_default()
    }
}

/// The act whose answers are shown.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) id: RevisionId,
    pub(super) act: Act,
    pub(super) at: Timestamp,
    pub(super) who: String,
    pub(super) role: Option<Role>,
    pub(super) source: Source,
    pub(super) form_hash: String,
    pub(super) answers: Answers,
    pub(super) explanations: Explanations,
    /// The document of its changes, read where they are needed.
    pub(super) changes: String,
}

//! Imports as the API tells them.

use std::collections::BTreeMap;

use poem_openapi::Object;
use poem_openapi::types::Any;
use serde_json::Value as Json;

use super::{Fault, Window, moment};
use crate::form::Form;
use crate::ids::OrgId;
use crate::import::{Given, Old, Plan, PlanCell};
use crate::lang::Lang;
use crate::period::Period;
use crate::report::batch::Batch;
use crate::{error, text};

/// An import in the list of imports.
#[derive(Debug, Object)]
#[oai(rename = "Import", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Line {
    pub number: i64,
    pub form: String,
    pub period: String,
    pub recipe: String,
    pub file: String,
    pub file_hash: String,
    pub who: String,
    pub at: String,
    pub cells: BTreeMap<String, u64>,
    pub undone_at: Option<String>,
    pub undone_by: Option<String>,
}

impl Line {
    pub(in crate::web::api) fn of(batch: &Batch) -> Line {
        let counts = batch.file.counts.as_object().into_iter().flatten();
        Line {
            number: batch.id.0,
            form: batch.file.form.clone(),
            period: batch.file.period.id(),
            recipe: batch.file.recipe.clone(),
            file: batch.file.file_name.clone(),
            file_hash: batch.file.file_hash.clone(),
            who: batch.who.clone(),
            at: moment(batch.at),
            cells: counts.filter_map(|(word, count)| Some((word.clone(), count.as_u64()?))).collect(),
            undone_at: batch.undone.as_ref().map(|(at, _)| moment(*at)),
            undone_by: batch.undone.as_ref().map(|(_, who)| who.clone()),
        }
    }
}

/// All imports, the last first.
#[derive(Debug, Object)]
#[oai(rename = "Imports")]
pub(in crate::web::api) struct Lines {
    pub total: usize,
    pub items: Vec<Line>,
}

/// What becomes of a cell.
#[derive(Debug, Object)]
#[oai(rename = "PlanCell", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Cell {
    pub cell: String,
    pub org: Option<String>,
    pub period: String,
    pub path: String,
    pub status: String,
    pub old: Any<Json>,
    pub new: Any<Json>,
    pub why: Option<String>,
}

/// Rows that were read and passed over.
#[derive(Debug, Object)]
#[oai(rename = "PlanRows")]
pub(in crate::web::api) struct Rows {
    pub read: usize,
    pub other: usize,
    pub skipped: usize,
    pub unknown: usize,
}

/// A stated sum beside that of the rows below.
#[derive(Debug, Object)]
#[oai(rename = "PlanSum", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Sum {
    pub cell: String,
    pub org: Option<String>,
    pub path: String,
    pub stated: f64,
    pub found: f64,
    pub rows: usize,
    pub same: bool,
}

/// A report that is not sent, because errors are left in it.
#[derive(Debug, Object)]
#[oai(rename = "Unsent", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Unsent {
    pub org: Option<String>,
    pub period: String,
    pub faults: Vec<Fault>,
}

/// What an import does, or would do.
#[derive(Debug, Object)]
#[oai(rename = "ImportPlan", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Whole {
    pub number: Option<i64>,
    pub form: String,
    pub period: String,
    pub recipe: String,
    pub cells: BTreeMap<String, usize>,
    pub rows: Rows,
    pub total: usize,
    pub plan: Vec<Cell>,
    pub faults_total: usize,
    pub faults: Vec<Fault>,
    pub sums: Vec<Sum>,
    pub unsent_total: usize,
    pub unsent: Vec<Unsent>,
}

/// Reports that are left unsent, each with its faults.
pub(in crate::web::api) type Left = Vec<(OrgId, Period, Vec<error::Fault>)>;

/// A plan with what words it needs.
pub(in crate::web::api) struct Told<'a> {
    pub plan: &'a Plan,
    pub form: &'a Form,
    pub lang: Lang,
}

impl Told<'_> {
    fn code(&self, org: OrgId) -> Option<String> {
        self.plan.registry.get(org).map(|org| org.code.clone())
    }

    fn cell(&self, cell: &PlanCell) -> Cell {
        Cell {
            cell: self.plan.address(cell.at),
            org: cell.org.and_then(|org| self.code(org)),
            period: self.plan.period_of(cell).id(),
            path: self.plan.path(self.form, cell),
            status: cell.status.word().to_owned(),
            old: Any(cell.old.as_ref().map(Old::to_json).unwrap_or_default()),
            new: Any(cell.new.as_ref().map(Given::to_json).unwrap_or_default()),
            why: self.plan.why(cell).map(|why| why.say(self.lang)),
        }
    }

    /// The plan: of each list as many entries as the window holds.
    pub(in crate::web::api) fn whole(&self, number: Option<i64>, left: &Left, window: Window) -> Whole {
        let plan = self.plan;
        let cells = plan.by_place();
        let sum = |sum: &crate::import::Sum| Sum {
            cell: plan.address(sum.at),
            org: self.code(sum.org),
            path: self.form.path(sum.target.0, sum.target.1),
            stated: sum.stated,
            found: text::round15(sum.found),
            rows: sum.rows,
            same: sum.agrees(),
        };
        let unsent = |(org, period, faults): &(OrgId, Period, Vec<error::Fault>)| Unsent {
            org: self.code(*org),
            period: period.id(),
            faults: Fault::all(faults, self.lang),
        };
        let faults: Vec<&error::Fault> = plan.faults.iter().collect();
        let (total, faults_total, unsent_total) = (cells.len(), faults.len(), left.len());
        Whole {
            number,
            form: self.form.id.clone(),
            period: plan.period().id(),
            recipe: plan.recipe().to_owned(),
            cells: plan.counts().into_iter().map(|(status, count)| (status.word().to_owned(), count)).collect(),
            rows: Rows {
                read: plan.rows.own,
                other: plan.rows.other,
                skipped: plan.rows.skipped,
                unknown: plan.rows.unknown,
            },
            total,
            plan: window.of_list(cells).into_iter().map(|cell| self.cell(cell)).collect(),
            faults_total,
            faults: window.of_list(faults).into_iter().map(|fault| Fault::of(fault, self.lang)).collect(),
            sums: window.of_list(plan.sums.iter().collect()).into_iter().map(sum).collect(),
            unsent_total,
            unsent: window.of_list(left.iter().collect()).into_iter().map(unsent).collect(),
        }
    }
}

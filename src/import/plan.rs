//! The plan: what an import would do, cell by cell, and why it would not. What is applied is the plan.

use std::collections::HashMap;
use std::ops::Range;

use jiff::civil::Date;
use serde_json::Value as Json;

use super::cell::{PlanCell, Spot, Status};
use super::judge::{self, Judge, Verdict};
use super::mapped::{Mapped, RowCounts};
use super::reasons::Reasons;
use super::sums::{Sum, compare};
use crate::error::{Fault, Place, Severity, cell_address};
use crate::form::{Form, Goal};
use crate::ids::{OrgId, RevisionId};
use crate::lang::Words;
use crate::org::{Org, Registry};
use crate::period::Period;
use crate::report::batch::Known;
use crate::text::round_half_away;

/// What the plan sets in one report, and what it was planned against.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Whose.
    pub org: OrgId,
    /// For which period.
    pub period: Period,
    /// Errors that would be left: then it would not be sent.
    pub left: Vec<Fault>,
    /// Its cells, a stretch of the plan's cells.
    pub(super) cells: Range<usize>,
    pub(super) base: Option<RevisionId>,
}

/// The third stage of an import: every cell with what becomes of it.
#[derive(Debug)]
pub struct Plan {
    /// Report by report.
    pub(super) cells: Vec<PlanCell>,
    pub(super) reports: Vec<Planned>,
    pub(super) recipe: String,
    pub(super) period: Period,
    reasons: Reasons,
    sheets: Vec<String>,
    /// The path of each column of the recipe, and how many periods back it belongs.
    goals: Vec<(String, u32)>,
    /// All organisations, for naming those of the plan.
    pub registry: Registry,
    /// Rows that were read and passed over.
    pub rows: RowCounts,
    /// Stated sums beside those of the rows below.
    pub sums: Vec<Sum>,
    /// What is to be said of rows, columns and sheets, and warnings.
    pub faults: Vec<Fault>,
}

/// What a plan is made against, besides what is stored.
#[derive(Debug)]
pub struct Against {
    /// The period that was asked for.
    pub period: Period,
    /// Today, for `today()` of the form.
    pub today: Date,
    /// Schools' own values are replaced too.
    pub overwrite: bool,
    /// All organisations.
    pub registry: Registry,
}

/// A plan that is being made: a portion of organisations at a time is compared with what is stored of them, so that
/// never all stored answers are held at once.
#[derive(Debug)]
pub struct Planning<'a> {
    plan: Plan,
    form: &'a Form,
    against: Against,
    checks: Vec<PlanCell>,
    /// The first cell that was not compared yet.
    next: usize,
}

/// The organisations, from the first to the last, whose stored answers are needed now, and for which period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// The first and the last organisation.
    pub orgs: (OrgId, OrgId),
    /// The period.
    pub period: Period,
    end: usize,
}

/// How many organisations are compared at a time.
const PORTION: usize = 500;

impl<'a> Planning<'a> {
    /// Begins with what was mapped.
    pub fn start(mapped: Mapped<'a>, against: Against) -> Planning<'a> {
        let Mapped { form, recipe, sheets, mut cells, mut checks, reasons, totals, rows, faults } = mapped;
        let goals: Vec<(String, u32)> = recipe.columns.iter().map(|column| (path(&column.goal), column.back)).collect();
        let back = |goal: u16| goals[usize::from(goal)].1;
        let sums = compare(&totals, &cells, &against.registry, &back);
        for list in [&mut cells, &mut checks] {
            list.sort_unstable_by_key(|cell| (back(cell.goal), cell.org, cell.target, cell.at));
        }
        let (recipe, period) = (recipe.name.clone(), against.period);
        let reports = Vec::new();
        let registry = Registry::default();
        let mut plan = Plan { cells, reports, recipe, period, reasons, sheets, goals, registry, rows, sums, faults };
        plan.refuse_contradictions();
        Planning { plan, form, against, checks, next: 0 }
    }

    /// What has to be known for the next step; `None` where everything is compared.
    pub fn portion(&self) -> Option<Portion> {
        let (plan, cells) = (&self.plan, &self.plan.cells);
        let known = |i: &usize| cells[*i].org.is_some();
        let start = (self.next..cells.len()).find(known)?;
        let ((back, first, _), mut last) = (plan.key(&cells[start]), cells[start].org?);
        let (mut orgs, mut end) = (1, start);
        while let Some(org) = cells.get(end).filter(|cell| plan.key(cell).0 == back).and_then(|cell| cell.org) {
            orgs += usize::from(org != last);
            if orgs > PORTION {
                break;
            }
            (last, end) = (org, end + 1);
        }
        Some(Portion { orgs: (first?, last), period: plan.period_back(back), end })
    }

    /// Compares a portion with what is stored, and lets the form judge what would come of it.
    pub fn compare(&mut self, portion: Portion, known: &[Known]) {
        let known: HashMap<OrgId, &Known> = known.iter().map(|one| (one.about, one)).collect();
        let mut reports = Vec::new();
        let mut start = self.next;
        while start < portion.end {
            let (back, org, _) = self.plan.key(&self.plan.cells[start]);
            let same = |cell: &&PlanCell| (self.plan.goals[usize::from(cell.goal)].1, cell.org) == (back, org);
            let end = start + self.plan.cells[start..].iter().take_while(same).count();
            if let Some(org) = org {
                let first = self.checks.partition_point(|cell| self.plan.key(cell) < (back, Some(org), None));
                let checks = self.checks[first..].iter().take_while(|cell| same(cell)).cloned().collect();
                let context = self.against.context(portion.period);
                let (form, known, overwrite) = (self.form, known.get(&org).copied(), self.against.overwrite);
                reports.push((org, start..end, Judge { form, known, context, overwrite, checks }));
            }
            start = end;
        }
        self.next = start;
        let judges = reports.iter().map(|(_, cells, judge)| (cells.clone(), judge)).collect();
        for ((org, cells, judge), verdict) in reports.iter().zip(judge::pass_all(&mut self.plan.cells, judges)) {
            let base = judge.known.and_then(|known| known.base);
            self.plan.report((*org, portion.period, base), cells.clone(), verdict);
        }
    }

    /// The plan, when everything is compared.
    pub fn finish(self) -> Plan {
        let Planning { mut plan, form, against, .. } = self;
        plan.registry = against.registry;
        plan.say_sums(form);
        plan.say_cells();
        plan.sort_faults();
        plan
    }
}

impl Plan {
    /// How many cells there are of each status.
    pub fn counts(&self) -> [(Status, usize); 5] {
        Status::ALL.map(|status| (status, self.cells.iter().filter(|cell| cell.status == status).count()))
    }

    /// The cells in the order of the workbook.
    pub fn by_place(&self) -> Vec<&PlanCell> {
        let mut cells: Vec<&PlanCell> = self.cells.iter().collect();
        cells.sort_by_key(|cell| cell.at);
        cells
    }

    /// Reports that would not be sent, because errors are left in them.
    pub fn unsent(&self) -> impl Iterator<Item = &Planned> {
        self.reports.iter().filter(|report| !report.left.is_empty())
    }

    /// Whether anything would be written.
    pub fn sets_anything(&self) -> bool {
        !self.reports.is_empty()
    }

    /// The recipe's name.
    pub fn recipe(&self) -> &str {
        &self.recipe
    }

    /// The period that was asked for.
    pub fn period(&self) -> Period {
        self.period
    }

    /// The period of a cell.
    pub fn period_of(&self, cell: &PlanCell) -> Period {
        self.period_back(self.goals[usize::from(cell.goal)].1)
    }

    fn period_back(&self, back: u32) -> Period {
        self.period.back(back).unwrap_or(self.period)
    }

    /// A cell's address, `Лист!C17`.
    pub fn address(&self, at: Spot) -> String {
        let sheet = self.sheets.get(usize::from(at.sheet)).map_or("", String::as_str);
        cell_address(sheet, at.row, at.column.into())
    }

    /// Why a cell is not taken.
    pub fn why(&self, cell: &PlanCell) -> Option<&Words> {
        cell.reason.and_then(|reason| self.reasons.words(reason))
    }

    /// The path of a cell; where the row of the form's table is not known, as the recipe writes it.
    pub fn path(&self, form: &Form, cell: &PlanCell) -> String {
        match cell.target() {
            Some((field, row)) => form.path(field, row),
            None => self.goals[usize::from(cell.goal)].0.clone(),
        }
    }

    /// Whether something in the file was not taken: a cell, a row, a column, a sheet.
    pub fn leaves_out(&self) -> bool {
        self.faults.iter().any(Fault::blocks)
    }

    fn reason(&mut self, words: Words) -> u32 {
        self.reasons.add(words, false)
    }

    fn key(&self, cell: &PlanCell) -> (u32, Option<OrgId>, Option<(u16, u16)>) {
        (self.goals[usize::from(cell.goal)].1, cell.org, cell.target)
    }

    /// Of several cells for one value those that say the same count once; if they differ, none does.
    fn refuse_contradictions(&mut self) {
        let mut start = 0;
        while start < self.cells.len() {
            let key = self.key(&self.cells[start]);
            let end = start + self.cells[start..].iter().take_while(|cell| self.key(cell) == key).count();
            if end - start > 1 && key.1.is_some() && key.2.is_some() {
                self.settle(start..end);
            }
            start = end;
        }
    }

    fn settle(&mut self, cells: Range<usize>) {
        let given: Vec<usize> = cells.filter(|i| self.cells[*i].new.is_some()).collect();
        let [first, rest @ ..] = given.as_slice() else { return };
        let Some(other) = rest.iter().find(|i| self.cells[**i].new != self.cells[*first].new) else {
            rest.iter().for_each(|i| self.cells[*i].status = Status::Same);
            return;
        };
        for i in &given {
            let against = if self.cells[*i].new == self.cells[*first].new { *other } else { *first };
            let place = self.address(self.cells[against].at);
            let reason = self.reason(Words::new("import.twice").with("cell", place));
            self.cells[*i].refuse(reason);
        }
    }

    fn report(
        &mut self,
        (org, period, base): (OrgId, Period, Option<RevisionId>),
        cells: Range<usize>,
        verdict: Verdict,
    ) {
        for (i, words) in verdict.refused {
            let reason = self.reason(words);
            self.cells[cells.start + i].refuse(reason);
        }
        self.say_conflicts(cells.clone());
        for (at, words) in verdict.differences {
            let fault = Fault::error(self.place(at), "check", words).weighing(Severity::Warning);
            self.faults.push(fault);
        }
        if self.cells[cells.clone()].iter().any(|cell| cell.status.sets()) {
            self.reports.push(Planned { org, period, left: verdict.left, cells, base });
        }
    }

    fn say_conflicts(&mut self, cells: Range<usize>) {
        for i in cells {
            if self.cells[i].status == Status::Conflict {
                let old = self.cells[i].old.as_ref().map(|old| shown(&old.to_json()));
                let old = old.unwrap_or_else(|| Words::literal(""));
                let reason = self.reason(Words::new("import.conflict").with("old", old));
                self.cells[i].reason = Some(reason);
            }
        }
    }

    fn place(&self, at: Spot) -> Place {
        let sheet = self.sheets.get(usize::from(at.sheet)).cloned().unwrap_or_default();
        Place::Cell { sheet, row: at.row, column: at.column.into() }
    }

    /// A fault for every cell that is not taken, unless one of its row or column says so already.
    fn say_cells(&mut self) {
        let mut faults = Vec::new();
        for cell in &self.cells {
            let code = match cell.status {
                Status::Refused => "refused",
                Status::Conflict => "conflict",
                _ => continue,
            };
            if cell.reason.is_some_and(|reason| self.reasons.is_shared(reason)) {
                continue;
            }
            let Some(words) = self.why(cell) else { continue };
            faults.push(Fault::error(self.place(cell.at), code, words.clone()));
        }
        self.faults.extend(faults);
        self.faults.extend(self.reasons.overflow());
    }

    /// What blocks first, then warnings; each in the order of the workbook.
    fn sort_faults(&mut self) {
        let sheets = &self.sheets;
        self.faults.sort_by_cached_key(|fault| {
            let place = match &fault.at {
                Place::Cell { sheet, row, column } => {
                    Some((sheets.iter().position(|known| known == sheet), *row, *column))
                }
                _ => None,
            };
            (fault.severity, place)
        });
    }

    fn say_sums(&mut self, form: &Form) {
        let differing: Vec<&Sum> = self.sums.iter().filter(|sum| !sum.agrees()).collect();
        let faults: Vec<Fault> = differing
            .into_iter()
            .map(|sum| {
                let words = Words::new("import.sum")
                    .with("org", self.registry.get(sum.org).map(Org::label).unwrap_or_default())
                    .with("path", form.path(sum.target.0, sum.target.1))
                    .with("stated", sum.stated)
                    .with("found", sum.found);
                Fault::error(self.place(sum.at), "sum", words).weighing(Severity::Warning)
            })
            .collect();
        self.faults.extend(faults);
    }
}

impl Against {
    fn context(&self, period: Period) -> crate::form::Context {
        crate::form::Context { period: Some(period), today: Some(self.today), ..Default::default() }
    }
}

/// A stored answer in words.
pub(super) fn shown(answer: &Json) -> Words {
    match answer {
        // Four decimals tell any two shares apart; more are noise to a reader.
        Json::Number(number) => {
            let number = round_half_away(number.as_f64().unwrap_or_default(), 4);
            Words::new("import.number").with("number", number)
        }
        Json::String(text) => Words::literal(text),
        other if other.get("missing").is_some() => Words::new("import.missing"),
        other => Words::literal(other.to_string()),
    }
}

fn path(goal: &Goal) -> String {
    let (Goal::Store(path) | Goal::Compare(path)) = goal;
    path.clone()
}

//! What the form says to the cells of one report: conflicts, refusals, what stays wrong, and what is computed otherwise.

use std::ops::Range;
use std::panic::resume_unwind;

use super::cell::{Old, PlanCell, Spot, Status};
use super::cells::Given;
use super::plan::shown;
use crate::error::{Fault, Place};
use crate::form::{Answers, Context, Filled, Form};
use crate::lang::Words;
use crate::report::Source;
use crate::report::batch::Known;

/// A stated share may differ from the computed one by so much: sheets round and cut off.
const TOLERANCE: f64 = 0.01;

/// One report that is imported into.
pub(super) struct Judge<'a> {
    pub(super) form: &'a Form,
    pub(super) known: Option<&'a Known>,
    pub(super) context: Context,
    pub(super) overwrite: bool,
    /// Cells that are compared with what the form computes.
    pub(super) checks: Vec<PlanCell>,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Verdict {
    /// Cells that the form refuses, by their numbers.
    pub(super) refused: Vec<(usize, Words)>,
    /// Errors that are left.
    pub(super) left: Vec<Fault>,
    /// Cells that say something else than the form computes.
    pub(super) differences: Vec<(Spot, Words)>,
}

/// Lets all processors judge the reports whose cells stand at these ranges, which follow each other: a report is judged
/// from itself alone. The verdicts are in the order of the reports.
pub(super) fn pass_all(mut cells: &mut [PlanCell], reports: Vec<(Range<usize>, &Judge<'_>)>) -> Vec<Verdict> {
    let (mut work, mut passed) = (Vec::with_capacity(reports.len()), 0);
    for (at, judge) in reports {
        let (before, rest) = std::mem::take(&mut cells).split_at_mut(at.end - passed);
        work.push((&mut before[at.start - passed..], judge));
        (cells, passed) = (rest, at.end);
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let share = work.len().div_ceil(processors).max(1);
    let pass = |some: &mut [(&mut [PlanCell], &Judge<'_>)]| -> Vec<Verdict> {
        some.iter_mut().map(|(cells, judge)| judge.pass(cells)).collect()
    };
    std::thread::scope(|scope| {
        let hands: Vec<_> = work.chunks_mut(share).map(|some| scope.spawn(move || pass(some))).collect();
        let verdicts = hands.into_iter().flat_map(|hand| hand.join().unwrap_or_else(|panic| resume_unwind(panic)));
        verdicts.collect()
    })
}

impl Judge<'_> {
    /// Compares the cells with what is stored and fills the form with what would be stored.
    pub(super) fn pass(&self, cells: &mut [PlanCell]) -> Verdict {
        cells.iter_mut().filter(|cell| cell.status == Status::New).for_each(|cell| self.compare(cell));
        let mut verdict = Verdict::default();
        if self.checks.is_empty() && !cells.iter().any(|cell| cell.status.sets()) {
            return verdict;
        }
        let mut answers = self.known.map(|known| known.answers.clone()).unwrap_or_default();
        let mut paths: Vec<(usize, String)> = Vec::new();
        for (i, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.status.sets()) {
            if let (Some((field, row)), Some(new)) = (cell.target(), &cell.new) {
                let path = self.form.path(field, row);
                answers.set(&path, Some(new.to_json()));
                paths.push((i, path));
            }
        }
        let filled = self.fill(&mut answers, &mut paths, &mut verdict);
        verdict.left = filled.faults.iter().filter(|fault| fault.blocks()).cloned().collect();
        verdict.differences = self.checks.iter().filter_map(|cell| self.difference(cell, &filled)).collect();
        verdict
    }

    fn compare(&self, cell: &mut PlanCell) {
        let (Some(known), Some((field, row)), Some(new)) = (self.known, cell.target(), &cell.new) else { return };
        let path = self.form.path(field, row);
        let Some(old) = known.answers.get(&path) else { return };
        let own = known.set_by.get(&path).is_some_and(|source| *source != Source::Import);
        cell.status = match (new.is(old), own && !self.overwrite) {
            (true, _) => Status::Same,
            (false, true) => Status::Conflict,
            (false, false) => Status::Changed,
        };
        if cell.status != Status::Same {
            cell.old = Some(Old::of(old));
        }
    }

    /// Fills the form until it refuses no cell any more; a refused cell leaves what is stored.
    fn fill(&self, answers: &mut Answers, paths: &mut Vec<(usize, String)>, verdict: &mut Verdict) -> Filled {
        const OF_A_CELL: [&str; 4] = ["constraint", "range", "wrong-type", "unknown-choice"];
        loop {
            let filled = self.form.fill(answers, &self.context);
            let before = paths.len();
            for fault in filled.faults.iter().filter(|fault| fault.blocks() && OF_A_CELL.contains(&fault.code)) {
                let Place::Answer(at) = &fault.at else { continue };
                let Some(found) = paths.iter().position(|(_, path)| path == at) else { continue };
                let (i, path) = paths.swap_remove(found);
                answers.set(&path, self.known.and_then(|known| known.answers.get(&path)).cloned());
                verdict.refused.push((i, fault.message.clone()));
            }
            if paths.len() == before {
                return filled;
            }
        }
    }

    /// Whether a cell says something else than the form computes from the rest.
    fn difference(&self, cell: &PlanCell, filled: &Filled) -> Option<(Spot, Words)> {
        let ((field, row), stated) = (cell.target()?, cell.new.as_ref()?);
        let computed = filled.values.get(field, row);
        let same = match (stated, computed.as_number()) {
            (Given::Number(stated), Some(computed)) => (stated - computed).abs() <= TOLERANCE + 1e-9,
            _ => stated.to_json() == computed.to_json(),
        };
        if same || computed.is_empty() {
            return None;
        }
        let words = Words::new("import.differs")
            .with("path", self.form.path(field, row))
            .with("stated", shown(&stated.to_json()))
            .with("computed", shown(&computed.to_json()));
        Some((cell.at, words))
    }
}

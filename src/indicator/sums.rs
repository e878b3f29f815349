//! Adding up: contributions of reports become figures of territories.

use std::collections::HashMap;

use super::reading::{Contribution, Part};
use super::{Figure, IndicatorFigures, RowFigures, height, is_share, quotient};
use crate::expr::Value;
use crate::form::{Better, Form, Indicator, Slots};
use crate::ids::OrgId;
use crate::period::Period;
use crate::text;

/// The sums of every indicator, row and territory while contributions are added one by one.
///
/// Invariant: a contribution is added to one territory and to the total, so a total is never a sum of totals.
#[derive(Debug)]
pub struct Sums<'a> {
    form: &'a Form,
    /// Sums by indicator, row and territory; the last territory is the whole.
    sums: Vec<Vec<Vec<Figure>>>,
    territories: usize,
    place: HashMap<OrgId, usize>,
    answered: Vec<Vec<bool>>,
}

impl<'a> Sums<'a> {
    /// Nothing added yet; `place` says in which of so many territories an organisation lies.
    pub fn new(form: &'a Form, territories: usize, place: HashMap<OrgId, usize>) -> Sums<'a> {
        let figures = |indicator| vec![vec![Figure::default(); territories + 1]; height(form, indicator)];
        let sums = (0..form.indicators.len()).map(figures).collect();
        let answered = (0..form.fields.len()).map(|field| vec![false; form.height(field)]).collect();
        Sums { form, sums, territories, place, answered }
    }

    /// Adds what one report contributes.
    pub fn add(&mut self, one: &Contribution) {
        let place = self.place.get(&one.org).copied();
        for (field, row, _) in one.values.present() {
            self.answered[field][row] = true;
        }
        for (indicator, sums) in self.sums.iter_mut().enumerate() {
            for (row, figures) in sums.iter_mut().enumerate() {
                let touch = Touch::of(self.form, (indicator, row), one);
                for territory in place.into_iter().chain([self.territories]) {
                    touch.add_to(&mut figures[territory]);
                }
            }
        }
    }

    /// Which columns of values have an answer somewhere.
    pub fn answered(&self) -> &[Vec<bool>] {
        &self.answered
    }

    /// The figures of the period.
    pub fn figures(self, period: Period) -> Vec<IndicatorFigures> {
        let Sums { form, sums, .. } = self;
        let finished = |(number, rows): (usize, Vec<Vec<Figure>>)| {
            let indicator = &form.indicators[number];
            let target = target(indicator, period);
            let rows = rows.into_iter().enumerate().map(|(row, figures)| {
                let mut parts: Vec<Figure> = figures.into_iter().map(|sum| finish(indicator, target, sum)).collect();
                let total = parts.pop().unwrap_or_default();
                let (row, label) = heading(form, indicator, row);
                RowFigures { row, label, parts, total }
            });
            IndicatorFigures { indicator: number, target, rows: rows.collect() }
        };
        sums.into_iter().enumerate().map(finished).collect()
    }
}

/// What one report does to one indicator in one row.
struct Touch {
    part: Option<Part>,
    expected: bool,
    answered: bool,
    only_share: Option<OrgId>,
}

impl Touch {
    fn of(form: &Form, (indicator, row): (usize, usize), one: &Contribution) -> Touch {
        let part = one.parts[indicator][row];
        let rule = &form.indicators[indicator];
        let included = one.included[indicator];
        let (answered, share) = if included { said(form, rule, row, &one.values) } else { (false, false) };
        let counted = part.is_some_and(|part| !part.silent);
        Touch {
            part,
            expected: one.expected && included,
            answered: one.sent && included && (answered || counted),
            only_share: (one.sent && share && !counted).then_some(one.org),
        }
    }

    fn add_to(&self, sum: &mut Figure) {
        sum.expected += usize::from(self.expected);
        sum.answered += usize::from(self.answered);
        sum.only_share.extend(self.only_share);
        let Some(part) = self.part else { return };
        sum.counted += usize::from(!part.silent);
        sum.silent += usize::from(part.silent);
        sum.numerator = Some(sum.numerator.unwrap_or_default() + part.numerator);
        if let Some(denominator) = part.denominator {
            sum.denominator = Some(sum.denominator.unwrap_or_default() + denominator);
        }
    }
}

/// Whether a report says anything in a row of the indicator's table, and whether a share is among it.
fn said(form: &Form, indicator: &Indicator, row: usize, values: &Slots) -> (bool, bool) {
    let Some(table) = indicator.over else { return (true, false) };
    let rows = if indicator.by_row { row..row + 1 } else { 0..form.tables[table].rows.len() };
    let mut said = (false, false);
    for (column, row) in
        form.tables[table].columns.iter().flat_map(|column| rows.clone().map(move |row| (*column, row)))
    {
        if matches!(values.get(column, row), Value::Empty) {
            continue;
        }
        said.0 = true;
        said.1 |= is_share(&form.fields[column]);
    }
    said
}

fn finish(indicator: &Indicator, target: Option<f64>, mut sum: Figure) -> Figure {
    sum.numerator = sum.numerator.map(text::round15);
    sum.denominator = sum.denominator.map(text::round15);
    let complete = indicator.denominator.is_none() || sum.denominator.is_some();
    sum.value = sum.numerator.filter(|_| complete).and_then(|n| quotient(indicator.unit, n, sum.denominator));
    sum.met = met(indicator, target, sum.value);
    sum
}

/// The target of a period; one without a period is every period's.
fn target(indicator: &Indicator, period: Period) -> Option<f64> {
    indicator.targets.get(&period.id()).or_else(|| indicator.targets.get("")).copied()
}

fn met(indicator: &Indicator, target: Option<f64>, value: Option<f64>) -> Option<bool> {
    let (better, target, value) = (indicator.better?, text::round15(target?), text::round15(value?));
    Some(match better {
        Better::Lower => value <= target,
        Better::Higher => value >= target,
    })
}

fn heading(form: &Form, indicator: &Indicator, row: usize) -> (Option<usize>, String) {
    match indicator.over.filter(|_| indicator.by_row) {
        Some(table) => (Some(row), form.tables[table].rows[row].label.clone()),
        None => (None, String::new()),
    }
}

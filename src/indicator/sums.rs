//! Adding up: contributions of reports become figures of territories.

use std::collections::HashMap;

use super::reading::{Contribution, Part};
use super::{Figure, IndicatorFigures, RowFigures, height, is_share, quotient};
use crate::form::{Better, Form, Indicator};
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
    /// By indicator and row of its table: whether it can have a figure there.
    concerned: Vec<Vec<bool>>,
}

impl<'a> Sums<'a> {
    /// Nothing added yet; `place` says in which of so many territories an organisation lies.
    pub fn new(form: &'a Form, territories: usize, place: HashMap<OrgId, usize>) -> Sums<'a> {
        let figures = |indicator| vec![vec![Figure::default(); territories + 1]; height(form, indicator)];
        let sums = (0..form.indicators.len()).map(figures).collect();
        let answered = (0..form.fields.len()).map(|field| vec![false; form.height(field)]).collect();
        let concerned = form.indicators.iter().map(|indicator| form.concerned_rows(indicator)).collect();
        Sums { form, sums, territories, place, answered, concerned }
    }

    /// Adds what one report contributes.
    pub fn add(&mut self, one: &Contribution) {
        let place = self.place.get(&one.org).copied();
        for (field, row, _) in one.values.present() {
            if let Some(answered) = self.answered[field].get_mut(row) {
                *answered = true;
            }
        }
        for (indicator, sums) in self.sums.iter_mut().enumerate() {
            for (row, figures) in sums.iter_mut().enumerate() {
                let touch = Touch::of(self.form, (indicator, row), &self.concerned[indicator], one);
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
        let Sums { form, sums, concerned, .. } = self;
        let finished = |(number, rows): (usize, Vec<Vec<Figure>>)| {
            let indicator = &form.indicators[number];
            let target = target(indicator, period);
            let rows = rows.into_iter().enumerate().map(|(row, figures)| {
                let mut parts: Vec<Figure> = figures.into_iter().map(|sum| finish(indicator, target, sum)).collect();
                let total = parts.pop().unwrap_or_default();
                let shown = !indicator.by_row || concerned[number][row] || total.numerator.is_some();
                let (row, label) = heading(form, indicator, row);
                shown.then_some(RowFigures { row, label, parts, total })
            });
            IndicatorFigures { indicator: number, target, rows: rows.flatten().collect() }
        };
        sums.into_iter().enumerate().map(finished).collect()
    }
}

/// What one report does to one indicator in one row.
struct Touch {
    part: Option<Part>,
    expected: bool,
    answered: bool,
    rows: (usize, usize),
    only_share: Option<OrgId>,
}

impl Touch {
    fn of(form: &Form, (indicator, row): (usize, usize), concerned: &[bool], one: &Contribution) -> Touch {
        let part = one.parts[indicator][row];
        let rule = &form.indicators[indicator];
        let included = one.included[indicator];
        let said = if included { Said::of(form, (rule, row), concerned, one) } else { Said::default() };
        let counted = part.is_some_and(|part| !part.silent);
        let rows = match rule.over.filter(|_| !rule.by_row) {
            Some(_) => (said.counted, said.rows),
            None => (usize::from(counted), said.rows.max(usize::from(counted))),
        };
        Touch {
            part,
            expected: one.expected && included,
            answered: one.sent && (said.rows > 0 || counted),
            rows: if one.sent { rows } else { (0, 0) },
            only_share: (one.sent && said.share && !counted).then_some(one.org),
        }
    }

    fn add_to(&self, sum: &mut Figure) {
        sum.expected += usize::from(self.expected);
        sum.answered += usize::from(self.answered);
        sum.only_share.extend(self.only_share);
        sum.rows = (sum.rows.0 + self.rows.0, sum.rows.1 + self.rows.1);
        let Some(part) = self.part else { return };
        sum.counted += usize::from(!part.silent);
        sum.silent += usize::from(part.silent);
        sum.numerator = Some(sum.numerator.unwrap_or_default() + part.numerator);
        if let Some(denominator) = part.denominator {
            sum.denominator = Some(sum.denominator.unwrap_or_default() + denominator);
        }
    }
}

/// What a report says in the rows that an indicator adds up.
#[derive(Default)]
struct Said {
    /// Rows with both parts.
    counted: usize,
    /// Rows in which anything is said.
    rows: usize,
    /// Whether a share is among it.
    share: bool,
}

impl Said {
    fn of(form: &Form, (rule, row): (&Indicator, usize), concerned: &[bool], one: &Contribution) -> Said {
        let Some(table) = rule.over else { return Said { rows: 1, ..Said::default() } };
        let repeated = form.tables[table].repeat.is_some();
        let rows = match rule.by_row {
            true => row..row + 1,
            false if repeated => 0..one.values.rows(form, table),
            false => 0..concerned.len(),
        };
        let with_parts = if rule.by_row { Vec::new() } else { form.rows_with_parts(rule, &one.values, &one.context) };
        let mut said = Said::default();
        for row in rows.filter(|row| repeated || concerned[*row]) {
            let columns = form.tables[table].columns.iter();
            let given: Vec<usize> =
                columns.copied().filter(|column| !one.values.get(*column, row).is_empty()).collect();
            said.rows += usize::from(!given.is_empty());
            said.counted += usize::from(with_parts.get(row) == Some(&true));
            said.share |= given.iter().any(|column| is_share(&form.fields[*column]));
        }
        said
    }
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

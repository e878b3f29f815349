//! The parts of indicators that one report contributes: per row, and only rows where both parts are given.

use crate::form::fill::Context;
use crate::form::fill::{Measure, View};
use crate::form::model::{Form, Indicator};
use crate::form::slots::{Slots, Values};
use crate::text;

/// The measures of all indicators, from the view of one report.
pub(super) fn measures(view: &View<'_>) -> Vec<Measure> {
    view.form.indicators.iter().flat_map(|indicator| of_indicator(view, indicator)).collect()
}

fn of_indicator(view: &View<'_>, indicator: &Indicator) -> Vec<Measure> {
    let rows = indicator.over.map_or(1, |table| view.form.tables[table].rows.len());
    let mut measures: Vec<Measure> = Vec::new();
    for row in 0..rows {
        let Some((numerator, denominator)) = parts(&view.at(indicator.over, row), indicator) else { continue };
        let name = match indicator.over {
            Some(table) if indicator.by_row => view.form.tables[table].rows[row].name.clone(),
            _ => String::new(),
        };
        match measures.iter_mut().find(|measure| measure.row == name) {
            Some(sum) => {
                sum.numerator = text::round15(sum.numerator + numerator);
                sum.denominator = sum.denominator.zip(denominator).map(|(a, b)| text::round15(a + b));
            }
            None => measures.push(Measure { indicator: indicator.name.clone(), row: name, numerator, denominator }),
        }
    }
    measures
}

/// Both parts of an indicator in a row; nothing where one of them is empty.
pub(super) fn parts(view: &View<'_>, indicator: &Indicator) -> Option<(f64, Option<f64>)> {
    let numerator = view.evaluate(&indicator.numerator).as_number()?;
    match &indicator.denominator {
        None => Some((numerator, None)),
        Some(denominator) => Some((numerator, Some(view.evaluate(denominator).as_number()?))),
    }
}

impl Form {
    /// Out of what an organisation that has not answered counts, for an indicator whose base is everyone expected:
    /// its denominators with nothing answered. The numerators are zero.
    pub fn silent_parts(&self, indicator: &Indicator, context: &Context) -> Vec<Measure> {
        let (nothing, previous) = (Slots::empty(self), Vec::new());
        let view = View::new(self, &nothing, context, &previous);
        let rows = indicator.over.map_or(1, |table| self.tables[table].rows.len());
        let part = |row: usize| {
            let denominator = indicator.denominator.as_ref()?;
            let denominator = view.at(indicator.over, row).evaluate(denominator).as_number()?;
            let name = match indicator.over {
                Some(table) if indicator.by_row => self.tables[table].rows[row].name.clone(),
                _ => String::new(),
            };
            let indicator = indicator.name.clone();
            Some(Measure { indicator, row: name, numerator: 0.0, denominator: Some(denominator) })
        };
        (0..rows).filter_map(part).collect()
    }

    /// The measures of a report computed again from its stored values and what surrounds it.
    pub fn measures_of(&self, values: &Values, context: &Context) -> Vec<Measure> {
        let slots = Slots::of(self, values);
        let previous: Vec<Slots> = context.previous.iter().map(|values| Slots::of(self, values)).collect();
        measures(&View::new(self, &slots, context, &previous))
    }
}

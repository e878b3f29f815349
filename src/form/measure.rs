//! The parts of indicators that one report contributes: per row, and only rows where both parts are given.

use crate::expr::{Expr, Kind, Slot};
use crate::form::fill::{Context, Measure, View};
use crate::form::model::{Form, Indicator, Total};
use crate::form::slots::{Slots, Values};
use crate::text;

/// The measures of all indicators, from the view of one report.
pub(super) fn measures(view: &View<'_>) -> Vec<Measure> {
    view.form.indicators.iter().flat_map(|indicator| of_indicator(view, indicator)).collect()
}

pub(super) fn of_indicator(view: &View<'_>, indicator: &Indicator) -> Vec<Measure> {
    let rows = indicator.over.map_or(1, |table| view.rows_of(table));
    let mut measures: Vec<Measure> = Vec::new();
    for row in 0..rows {
        let Some((numerator, denominator)) = parts(&view.at(indicator.over, row), indicator) else { continue };
        let name = match indicator.over {
            Some(table) if indicator.by_row => view.form.row_name(table, row),
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
    /// How a field is totalled over organisations. `total` speaks of the rows of one report, where pupils would be
    /// counted once a subject; over organisations a field adds up as well where an indicator adds it up (law 7).
    pub fn total_over_organisations(&self, field: usize) -> Total {
        let added = |part: &Expr| match &part.root.kind {
            Kind::Reference(reference) => matches!(reference.slot, Slot::Field(one) | Slot::Here(one) if one == field),
            _ => false,
        };
        let mut parts = self.indicators.iter().flat_map(|one| std::iter::once(&one.numerator).chain(&one.denominator));
        match self.fields[field].total {
            Total::None if parts.any(added) => Total::Sum,
            total => total,
        }
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
                Some(table) if indicator.by_row => self.row_name(table, row),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_indicator_adds_up_is_totalled_over_organisations() {
        let question = |name: &str| format!("[[group.question]]\nname = \"{name}\"\ntype = \"integer\"\n");
        let text = format!(
            "id = \"f\"\ntitle = \"F\"\n[[group]]\n{}{}{}[[indicator]]\nname = \"share\"\nunit = \"percent\"\n\
             numerator = \"${{failed}}\"\ndenominator = \"${{all}}\"\n",
            question("failed"),
            question("all"),
            question("built_in"),
        );
        let form = crate::form::read(&text, "f.toml").unwrap();
        let totals: Vec<Total> = (0..3).map(|field| form.total_over_organisations(field)).collect();
        assert_eq!(totals, [Total::Sum, Total::Sum, Total::None], "a year of building adds up to nothing");
    }
}

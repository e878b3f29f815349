//! `[[check]]`, `[[indicator]]`, `[[classification]]`.

use std::collections::BTreeMap;

use super::{Reading, duplicate, name_of, unknown_word, word};
use crate::error::Severity;
use crate::form::model::{Better, Check, Classification, Ground, Indicator, Unit};
use crate::form::source::{Keys, Plain, plain};
use crate::lang::Words;
use crate::period::Period;

const UNITS: [(&str, Unit); 3] =
    [("percent", Unit::Percent), ("percent-change", Unit::PercentChange), ("number", Unit::Number)];

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

const BASES: [&str; 2] = ["answered", "expected"];

const BETTERS: [(&str, Better); 2] = [("lower", Better::Lower), ("higher", Better::Higher)];

/// The words of units.
pub(in crate::form) fn units() -> Vec<&'static str> {
    UNITS.iter().map(|(word, _)| *word).collect()
}

/// The words of how severe a check is.
pub(in crate::form) fn severities() -> Vec<&'static str> {
    SEVERITIES.iter().map(|severity| severity.name()).collect()
}

/// The words of who stands in a denominator.
pub(in crate::form) fn bases() -> Vec<&'static str> {
    BASES.to_vec()
}

/// The words of which way is good.
pub(in crate::form) fn betters() -> Vec<&'static str> {
    BETTERS.iter().map(|(word, _)| *word).collect()
}

impl Reading {
    pub(super) fn blocks(&mut self, keys: &Keys<'_, '_>) {
        let mut names = Vec::new();
        for check in keys.tables("check") {
            self.check(&check, &mut names);
            check.finish();
        }
        let classifications = keys.tables("classification");
        let lists: Vec<String> = classifications.iter().filter_map(|list| list.string("name")).collect();
        let mut names = Vec::new();
        for indicator in keys.tables("indicator") {
            self.indicator(&indicator, &mut names, &lists);
            indicator.finish();
        }
        let mut names = Vec::new();
        for list in classifications {
            self.classification(&list, &mut names);
            list.finish();
        }
    }

    fn check(&mut self, keys: &Keys<'_, '_>, names: &mut Vec<String>) {
        let name = unique(keys, names);
        let over = self.table_named(keys, "over");
        if !keys.has("test") {
            keys.missing("test");
        }
        let test = self.expr(keys, "test");
        let find = |name: &str| SEVERITIES.into_iter().find(|severity| severity.name() == name);
        let severity = word(keys, "severity", find, severities().into_iter());
        let message = keys.string("message");
        if let (Some(name), Some(test)) = (name, test) {
            let message = message.unwrap_or_else(|| name.clone());
            self.form.checks.push(Check { name, over, test, severity: severity.unwrap_or(Severity::Error), message });
        }
    }

    fn indicator(&mut self, keys: &Keys<'_, '_>, names: &mut Vec<String>, lists: &[String]) {
        let name = unique(keys, names);
        let (label, note) = (keys.string("label"), keys.string("note"));
        let find = |name: &str| UNITS.iter().find(|(word, _)| *word == name).map(|(_, unit)| *unit);
        let unit = word(keys, "unit", find, units().into_iter()).unwrap_or(Unit::Number);
        let over = self.table_named(keys, "over");
        let by = self.table_named(keys, "by");
        if by.is_some() && by != over {
            keys.fault_at("by", "reach", Words::new("form.by-is-over"));
        }
        if by.is_some_and(|table| self.form.tables[table].repeat.is_some()) {
            keys.fault_at("by", "reach", Words::new("form.by-repeat"));
        }
        if !keys.has("numerator") {
            keys.missing("numerator");
        }
        let (numerator, denominator) = (self.expr(keys, "numerator"), self.expr(keys, "denominator"));
        let targets = self.targets(keys, unit);
        let (periods, expected) = (periods(keys), base(keys));
        let among = keys.text("among").map(|text| {
            if !lists.contains(&text.value) {
                unknown_word(keys.source(), &text, lists.iter().map(String::as_str));
            }
            text.value
        });
        let better = better(keys);
        if let (Some(name), Some(numerator)) = (name, numerator) {
            let label = label.unwrap_or_else(|| name.clone());
            let by_row = by.is_some();
            self.form.indicators.push(Indicator {
                name,
                label,
                note,
                unit,
                over,
                by_row,
                numerator,
                denominator,
                periods,
                expected,
                among,
                better,
                targets,
            });
        }
    }

    /// `target = { 2021Sep = 40 }` or one number; a share cannot aim above 100 (seed 000 has «1000 %»).
    fn targets(&self, keys: &Keys<'_, '_>, unit: Unit) -> BTreeMap<String, f64> {
        let mut targets = BTreeMap::new();
        let Some(value) = keys.any("target") else { return targets };
        let each: Vec<(String, usize, Option<Plain>)> = match plain(value) {
            Some(single) => vec![(String::new(), value.span().start, Some(single))],
            None => keys.table("target").map_or_else(Vec::new, |table| {
                table
                    .entries()
                    .map(|(period, _, value)| (period.to_owned(), value.span().start, plain(value)))
                    .collect()
            }),
        };
        for (period, at, target) in each {
            let sound = period.is_empty()
                || self.period_unread
                || Period::from_id(&period).is_some_and(|p| p.kind() == self.form.period);
            let message = match target {
                _ if !sound => {
                    Words::new("form.target-period").with("period", &period).with("example", self.form.period.example())
                }
                Some(Plain::Number(number)) if unit == Unit::Percent && !(0.0..=100.0).contains(&number) => {
                    Words::new("form.target-over-100").with("target", number)
                }
                Some(Plain::Number(number)) => {
                    targets.insert(period, number);
                    continue;
                }
                _ => Words::new("form.target-number"),
            };
            keys.source().fault(at, "target", message, None);
        }
        targets
    }

    fn classification(&mut self, keys: &Keys<'_, '_>, names: &mut Vec<String>) {
        let name = unique(keys, names);
        let label = keys.string("label");
        let because = self.because(keys);
        let mut grounds = Vec::new();
        let mut ground_names = Vec::new();
        for ground in keys.tables("ground") {
            let name = unique(&ground, &mut ground_names);
            if !ground.has("rule") {
                ground.missing("rule");
            }
            let rule = self.expr(&ground, "rule");
            let label = ground.string("label");
            if let (Some(name), Some(rule)) = (name, rule) {
                let label = label.unwrap_or_else(|| name.clone());
                grounds.push(Ground { name, label, rule });
            }
            ground.finish();
        }
        if ground_names.is_empty() {
            keys.missing("ground");
        }
        if let Some(name) = name {
            let label = label.unwrap_or_else(|| name.clone());
            self.form.classifications.push(Classification { name, label, because, grounds });
        }
    }

    /// `because = "table/column"` or a question: a boolean field.
    fn because(&self, keys: &Keys<'_, '_>) -> Option<usize> {
        let text = keys.text("because")?;
        let form = &self.form;
        let paths: Vec<String> = form
            .fields
            .iter()
            .map(|field| match field.table {
                Some(table) => format!("{}/{}", form.tables[table].name, field.name),
                None => field.name.clone(),
            })
            .collect();
        let found = paths.iter().position(|path| *path == text.value);
        match found {
            None => unknown_word(keys.source(), &text, paths.iter().map(String::as_str)),
            Some(field) if !["boolean", ""].contains(&form.fields[field].kind.name) => {
                let message = Words::new("form.because-boolean").with("name", &text.value);
                keys.source().fault(text.origin.start(), "wrong-type", message, None);
            }
            Some(_) => {}
        }
        found
    }
}

fn unique(keys: &Keys<'_, '_>, names: &mut Vec<String>) -> Option<String> {
    let text = keys.needed("name")?;
    if names.contains(&text.value) {
        duplicate(keys.source(), &text);
    }
    names.push(text.value.clone());
    Some(name_of(keys, &text))
}

fn periods(keys: &Keys<'_, '_>) -> u32 {
    let given = keys.number("periods").unwrap_or(1.0);
    if given.fract() != 0.0 || !(1.0..=10.0).contains(&given) {
        keys.fault_at("periods", "wrong-type", Words::new("form.periods"));
        return 1;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, 1 to 10")]
    let periods = given as u32;
    periods
}

fn base(keys: &Keys<'_, '_>) -> bool {
    let find = |name: &str| BASES.iter().position(|known| *known == name);
    word(keys, "base", find, BASES.into_iter()) == Some(1)
}

fn better(keys: &Keys<'_, '_>) -> Option<Better> {
    let find = |name: &str| BETTERS.iter().find(|(word, _)| *word == name).map(|(_, better)| *better);
    word(keys, "better", find, betters().into_iter())
}

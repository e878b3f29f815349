//! Runs the tests that a form carries.

use serde_json::Value as Json;

use crate::error::Place;
use crate::expr::{Value, number_json};
use crate::form::answers::Answers;
use crate::form::fill::{Context, Filled, Measure};
use crate::form::model::{Case, Form};
use crate::form::peers::Peers;
use crate::form::rows;
use crate::form::shape::verdict_json;
use crate::form::slots::Values;
use crate::lang::{Lang, Words};
use crate::period::Period;

/// How a case ended.
#[derive(Debug, Clone)]
pub struct CaseResult {
    /// The case's title.
    pub title: String,
    /// The line that it starts at.
    pub line: usize,
    /// Where what was found differs from what was expected.
    pub differences: Vec<Words>,
}

impl CaseResult {
    /// Whether all was as expected.
    pub fn ok(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Runs one case of a form; `find` knows other forms, by which the answers that the case gives of them are filled.
pub fn run_case(form: &Form, case: &Case, find: &dyn Fn(&str) -> Option<Form>) -> CaseResult {
    let period = case.period.as_deref().and_then(Period::from_id);
    let known = |id: &str| if id == form.id { Some(form.clone()) } else { find(id) };
    let of_child = |id: &str, answers: &Json| other(form, (id, answers), period, &known);
    let mut context = Context {
        period,
        previous: earlier(form, &case.previous, period),
        others: case
            .others
            .iter()
            .map(|(id, answers)| (id.clone(), other(form, (id, answers), period, find)))
            .collect(),
        children: case
            .children
            .iter()
            .map(|(id, each)| (id.clone(), each.iter().map(|one| of_child(id, one)).collect()))
            .collect(),
        org: attributes(&case.org),
        ..Context::default()
    };
    let filled = form.fill(&Answers::from_json(&case.answers), &context);
    context.peers = among(form, &filled, &case.peers);
    let mut differences = Vec::new();
    if let (Some(given), None) = (&case.period, period) {
        differences.push(Words::new("form.case-period").with("given", given));
    }
    compare_values(form, case, &filled, &mut differences);
    compare_lists(form, case, &filled, &context, &mut differences);
    compare_measures(form, case, &filled, &mut differences);
    compare_faults(case, &filled, &mut differences);
    CaseResult { title: case.title.clone(), line: case.line, differences }
}

/// Fills the answers of earlier periods by the same form, the oldest first; the nearest comes first in the result.
pub fn earlier(form: &Form, answers: &[Json], period: Option<Period>) -> Vec<Values> {
    let mut filled: Vec<Values> = Vec::new();
    for (index, one) in answers.iter().enumerate().rev() {
        let back = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let previous = filled.iter().rev().cloned().collect();
        let context = Context { period: period.and_then(|period| period.back(back)), previous, ..Context::default() };
        filled.push(form.fill(&Answers::from_json(one), &context).as_values(form));
    }
    filled.reverse();
    filled
}

/// The lists of a region of this organisation and others, whose answers are filled by the same form. Where no others
/// are given the lists stay empty, and nothing can be said of a place in them.
pub fn among(form: &Form, own: &Filled, others: &[Json]) -> Peers {
    if others.is_empty() {
        return Peers::default();
    }
    let of = |answers| form.fill(&Answers::from_json(answers), &Context::default()).as_values(form);
    let all: Vec<Values> = others.iter().map(of).chain([own.as_values(form)]).collect();
    form.peers_of(&all)
}

/// What a form sees of another one that was answered so: filled by that form where it is known, as it is where not. A
/// calculation that is given and cannot be computed from the answers given with it is taken as it is.
pub fn other(
    reader: &Form,
    (id, answers): (&str, &Json),
    period: Option<Period>,
    find: &dyn Fn(&str) -> Option<Form>,
) -> Values {
    let Some(other) = find(id) else { return loose(answers) };
    let context = Context { period, ..Context::default() };
    let mut values = other.fill(&Answers::from_json(answers), &context).as_values(&other);
    let calculated =
        |path: &str| other.locate(path).is_some_and(|(field, _)| other.fields[field].calculation.is_some());
    for (path, value) in loose(answers).into_iter().filter(|(path, _)| calculated(path)) {
        let known = values.entry(path).or_insert(Value::Empty);
        if known.is_empty() {
            *known = value;
        }
    }
    other.seen_by(reader.reach(), values, period)
}

/// Answers of another form as stored values, without that form.
fn loose(answers: &Json) -> Values {
    let flat = Answers::from_json(answers);
    let mut values: Values = flat.iter().map(|(path, answer)| (path.to_owned(), Value::from_json(answer))).collect();
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
    values
        .extend(flat.repeats().into_iter().map(|(name, rows)| (rows::counted_path(name), Value::Number(rows as f64))));
    values
}

/// Attributes of an organisation from JSON.
pub fn attributes(org: &Json) -> std::collections::BTreeMap<String, String> {
    let object = org.as_object().into_iter().flatten();
    object
        .filter_map(|(key, value)| match value {
            Json::String(text) => Some((key.clone(), text.clone())),
            Json::Null | Json::Object(_) | Json::Array(_) => None,
            other => Some((key.clone(), other.to_string())),
        })
        .collect()
}

fn difference(path: &str, expected: &Json, found: &Json) -> Words {
    let shown = |json: &Json| match json {
        Json::Null => Words::new("form.case-nothing"),
        Json::String(text) if text.is_empty() => Words::new("form.case-nothing"),
        other => Words::literal(other.to_string()),
    };
    Words::new("form.case-difference").with("path", path).with("expected", shown(expected)).with("found", shown(found))
}

fn same(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::String(text), Json::Null) => text.is_empty(),
        (Json::Number(a), Json::Number(b)) => {
            a.as_f64().map(crate::text::round15) == b.as_f64().map(crate::text::round15)
        }
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (a, b) => a == b,
    }
}

fn compare_values(form: &Form, case: &Case, filled: &Filled, differences: &mut Vec<Words>) {
    for (path, expected) in &case.expect {
        match form.locate(path) {
            None => differences.push(Words::new("form.case-path").with("path", path)),
            Some((field, row)) => {
                let found = filled.values.get(field, row).to_json();
                if !same(expected, &found) {
                    differences.push(difference(path, expected, &found));
                }
            }
        }
    }
}

/// A list is expected by its ground's name, `true`, `false`, or `""` for not determined.
fn compare_lists(form: &Form, case: &Case, filled: &Filled, context: &Context, differences: &mut Vec<Words>) {
    let stored = filled.as_values(form);
    for (name, expected) in &case.lists {
        let Some(list) = form.classifications.iter().find(|list| list.name == *name) else {
            differences.push(Words::new("form.case-path").with("path", name));
            continue;
        };
        let verdict = verdict_json(list, &form.classify(list, &stored, context));
        let found = match expected {
            Json::Bool(_) => &verdict["in"],
            _ if verdict["in"] == Json::Bool(false) => &verdict["in"],
            _ => &verdict["ground"],
        };
        if !same(expected, found) {
            differences.push(difference(name, expected, found));
        }
    }
}

/// A measure is expected by its parts, by the numerator alone where there is no denominator, or as nothing.
fn compare_measures(form: &Form, case: &Case, filled: &Filled, differences: &mut Vec<Words>) {
    for (path, expected) in &case.measures {
        let (name, row) = path.split_once('/').unwrap_or((path, ""));
        if !form.indicators.iter().any(|indicator| indicator.name == name) {
            differences.push(Words::new("form.case-path").with("path", path));
            continue;
        }
        let parts = |one: &Measure| match one.denominator {
            Some(denominator) => Json::from(vec![number_json(one.numerator), number_json(denominator)]),
            None => number_json(one.numerator),
        };
        let found = filled.measures.iter().find(|one| one.indicator == name && one.row == row);
        let found = found.map_or(Json::Null, parts);
        if !same(expected, &found) {
            differences.push(difference(path, expected, &found));
        }
    }
}

fn compare_faults(case: &Case, filled: &Filled, differences: &mut Vec<Words>) {
    let Some(expected) = &case.faults else { return };
    let found: Vec<(String, String)> = filled
        .faults
        .iter()
        .map(|fault| {
            let at = match &fault.at {
                Place::Answer(path) => path.clone(),
                place => place.to_string(),
            };
            (at, fault.code.to_owned())
        })
        .collect();
    for (path, code) in expected.iter().filter(|one| !found.contains(one)) {
        differences.push(difference(path, &Json::from(code.as_str()), &Json::Null));
    }
    let unexpected = filled.faults.iter().zip(&found).filter(|(fault, one)| fault.blocks() && !expected.contains(one));
    for (fault, (path, code)) in unexpected {
        let said = format!("{code}: {}", fault.say(Lang::Ru));
        differences.push(difference(path, &Json::Null, &Json::from(said)));
    }
}

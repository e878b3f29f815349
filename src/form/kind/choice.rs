//! `select_one`, `select_multiple`, `rank`, `organisation`: codes are stored, labels are shown.

use serde_json::Value as Json;

use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value};
use crate::form::choices::Choices;
use crate::lang::Words;
use crate::text;

/// The longest code of an organisation.
const CODE: usize = 100;

pub(super) static SELECT_ONE: Kind = Kind {
    name: "select_one",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: true,
    control: Control::One,
    cell: CellRule::Choice,
    read: |json, choices| match json.as_str() {
        Some(code) => known(code, choices),
        None => Err(Unread::wrong(Words::new("form.answer-choice"))),
    },
    type_in: |typed, choices| Json::from(meant(typed, choices)),
    show: |value, choices, _| choices.label(&value.as_text()),
    bounds: (None, None),
};

/// Stored as an array of codes in the order of the list.
pub(super) static SELECT_MULTIPLE: Kind = Kind {
    name: "select_multiple",
    value: Type::many(Scalar::Text),
    control: Control::Many,
    cell: CellRule::Choices { ordered: false },
    read: |json, choices| several(json, choices),
    type_in: split,
    show: |value, choices, _| labels(value, choices).join("; "),
    ..SELECT_ONE
};

/// Stored as an array of codes in the order that was given, the first place first.
pub(super) static RANK: Kind = Kind {
    name: "rank",
    value: Type::many(Scalar::Text),
    control: Control::Order,
    cell: CellRule::Choices { ordered: true },
    read: |json, choices| several(json, choices),
    type_in: split,
    show: |value, choices, _| {
        let places = labels(value, choices).into_iter().zip(1..);
        places.map(|(label, place)| format!("{place}. {label}")).collect::<Vec<_>>().join("; ")
    },
    ..SELECT_ONE
};

/// The code of an organisation of the registry.
pub(super) static ORGANISATION: Kind = Kind { name: "organisation", listed: false, ..SELECT_ONE };

fn known(code: &str, choices: &Choices) -> Result<Value, Unread> {
    if choices.find(code).is_some() || (choices.is_open() && is_code(code)) {
        return Ok(Value::text(code));
    }
    let message = match text::nearest(code, choices.iter().map(|choice| choice.name.as_str())) {
        Some(near) => Words::new("form.answer-choice-near").with("found", code).with("near", near),
        None => Words::new("form.answer-choice-unknown").with("found", code),
    };
    Err(Unread { code: "unknown-choice", message })
}

/// What the code of an organisation looks like, where no registry is at hand.
fn is_code(code: &str) -> bool {
    code.chars().count() <= CODE && !code.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn several(json: &Json, choices: &Choices) -> Result<Value, Unread> {
    let wrong = || Unread::wrong(Words::new("form.answer-choices"));
    let codes: Vec<&str> = match json {
        Json::Array(array) => array.iter().map(Json::as_str).collect::<Option<_>>().ok_or_else(wrong)?,
        // A text is what a person typed and nothing could be made of; one code is a list of itself.
        Json::String(code) => vec![code],
        _ => return Err(wrong()),
    };
    let mut chosen: Vec<Value> = Vec::with_capacity(codes.len());
    for code in codes {
        let value = known(code, choices)?;
        if chosen.contains(&value) {
            let message = Words::new("form.answer-choice-twice").with("found", choices.label(code));
            return Err(Unread::wrong(message));
        }
        chosen.push(value);
    }
    Ok(if chosen.is_empty() { Value::Empty } else { Value::List(chosen) })
}

/// The code that a typed code or label means; the text itself where it means none.
fn meant(typed: &str, choices: &Choices) -> String {
    let found = choices.find(typed).or_else(|| choices.called(typed));
    found.map_or_else(|| typed.to_owned(), |choice| choice.name.clone())
}

/// Codes or labels with `;`, new lines or commas between them; a label may itself have a comma.
fn split(typed: &str, choices: &Choices) -> Json {
    let whole = meant(typed, choices);
    if choices.find(&whole).is_some() {
        return Json::from(vec![whole]);
    }
    let by = |signs: &[char]| -> Vec<String> {
        typed.split(signs).map(bare).filter(|part| !part.is_empty()).map(|part| meant(part, choices)).collect()
    };
    let known = |codes: &Vec<String>| codes.iter().all(|code| choices.find(code).is_some());
    let ways = [by(&[';', '\n']), by(&[';', '\n', ',']), by(&[';', '\n', ',', ' '])];
    let first = ways[0].clone();
    Json::from(ways.into_iter().find(known).unwrap_or(first))
}

/// A part of a list without the number of its place: «1. Математика».
fn bare(part: &str) -> &str {
    let part = part.trim();
    let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.strip_prefix(['.', ')']).filter(|_| rest.len() < part.len()).map_or(part, str::trim_start)
}

fn labels(value: &Value, choices: &Choices) -> Vec<String> {
    value
        .elements()
        .iter()
        .map(Value::as_text)
        .filter(|code| !code.is_empty())
        .map(|code| choices.label(&code))
        .collect()
}

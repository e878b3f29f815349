//! `select_one`, `select_multiple`, `rank`, `organisation`: codes are stored, labels are shown.

use std::collections::BTreeMap;

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
    type_in: |typed, choices| Json::from(choices.meant(typed)),
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
    read: |json, choices| {
        let unplaced =
            json.as_array().is_some_and(|array| array.iter().filter_map(Json::as_str).any(|one| one.contains(' ')));
        if unplaced { Err(Unread::wrong(Words::new("form.answer-places"))) } else { several(json, choices) }
    },
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
    match choices.find(code) {
        // Of today: the form may have renamed the choice since.
        Some(choice) => return Ok(Value::text(choice.name.as_str())),
        None if choices.is_open() && is_code(code) => return Ok(Value::text(code)),
        None => {}
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

/// Choices with their places, typed as 1, 2, 3…, as an answer: codes in order. Places that are no places, or are given
/// twice, stay beside their codes, so that nothing typed is lost.
pub fn ranked(places: Vec<(String, String)>) -> Option<Json> {
    let numbers: Option<BTreeMap<u32, &str>> = places
        .iter()
        .map(|(code, place)| Some((place.parse().ok().filter(|place| *place > 0)?, code.as_str())))
        .collect();
    let codes: Vec<String> = match numbers.filter(|numbers| numbers.len() == places.len()) {
        Some(numbers) => numbers.into_values().map(str::to_owned).collect(),
        None => places.iter().map(|(code, place)| format!("{code} {place}")).collect(),
    };
    (!codes.is_empty()).then(|| Json::from(codes))
}

/// The places of an answer by their codes, as they were typed where they are no order.
pub fn places_of(answer: &Json) -> Vec<(String, String)> {
    let codes = answer.as_array().into_iter().flatten().filter_map(Json::as_str);
    let place = |(code, place): (&str, usize)| match code.split_once(' ') {
        Some((code, typed)) => (code.to_owned(), typed.to_owned()),
        None => (code.to_owned(), place.to_string()),
    };
    codes.zip(1..).map(place).collect()
}

/// Codes or labels with `;`, new lines or commas between them; a label may itself have a comma.
fn split(typed: &str, choices: &Choices) -> Json {
    let whole = choices.meant(typed);
    if choices.find(&whole).is_some() {
        return Json::from(vec![whole]);
    }
    let by = |signs: &[char]| -> Vec<String> {
        typed.split(signs).map(bare).filter(|part| !part.is_empty()).map(|part| choices.meant(part)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::choices::{Choice, From};

    #[test]
    fn several_choices_are_read_as_people_write_them() {
        let list = Choices::new(
            "l",
            From::Form,
            vec![Choice::plain("m", "Математика"), Choice::plain("r", "Русский язык"), Choice::plain("d", "Да, очно")],
        );
        for (typed, codes) in [
            ("Математика; русский язык", vec!["m", "r"]),
            ("Математика, Русский язык", vec!["m", "r"]),
            ("1. Русский язык\n2. Математика", vec!["r", "m"]),
            ("m r", vec!["m", "r"]),
            ("Да, очно", vec!["d"]),
            ("Да, очно; Математика", vec!["d", "m"]),
            ("Математика; Химия", vec!["m", "Химия"]),
        ] {
            assert_eq!(split(typed, &list), Json::from(codes), "{typed}");
        }
    }

    #[test]
    fn places_make_an_order_or_stay_as_they_were_typed() {
        let given = |places: &[(&str, &str)]| {
            places.iter().map(|(code, place)| ((*code).to_owned(), (*place).to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(ranked(given(&[("a", "3"), ("b", "1")])), Some(Json::from(vec!["b", "a"])));
        assert_eq!(ranked(Vec::new()), None);
        for wrong in [given(&[("a", "1"), ("b", "1")]), given(&[("a", "первое")]), given(&[("a", "0")])] {
            let kept = ranked(wrong.clone()).unwrap();
            assert!((RANK.read)(&kept, &crate::form::choices::NONE).is_err());
            assert_eq!(places_of(&kept), wrong);
        }
    }
}

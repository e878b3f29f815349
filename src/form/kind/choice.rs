//! `select_one`.

use serde_json::Value as Json;

use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value};
use crate::form::evolution::choice_of;
use crate::lang::Words;
use crate::text;

pub(super) static SELECT_ONE: Kind = Kind {
    name: "select_one",
    value: Type::one(Scalar::Text),
    asked: true,
    control: Control::One,
    cell: CellRule::Choice,
    read: |json, choices| {
        let Some(code) = json.as_str() else { return Err(Unread::wrong(Words::new("form.answer-choice"))) };
        if let Some(choice) = choice_of(choices, code) {
            return Ok(Value::text(choice.name.as_str()));
        }
        let message = match text::nearest(code, choices.iter().map(|choice| choice.name.as_str())) {
            Some(near) => Words::new("form.answer-choice-near").with("found", code).with("near", near),
            None => Words::new("form.answer-choice-unknown").with("found", code),
        };
        Err(Unread { code: "unknown-choice", message })
    },
    type_in: |typed| Json::from(typed),
    show: |value, choices, _| {
        let code = value.as_text();
        choices.iter().find(|choice| choice.name == code).map_or(code, |choice| choice.label.clone())
    },
    bounds: (None, None),
};

//! `text` and `url`.

use serde_json::Value as Json;

use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value};
use crate::form::model::Choice;
use crate::lang::{Lang, Words};

/// The longest text answer, in characters.
const LENGTH: usize = 20_000;

pub(super) static TEXT: Kind = Kind {
    name: "text",
    value: Type::one(Scalar::Text),
    asked: true,
    control: Control::Lines,
    cell: CellRule::Text,
    read: |json, _| match json.as_str() {
        Some(text) if text.chars().count() > LENGTH => {
            Err(Unread::wrong(Words::new("form.answer-too-long").with("n", LENGTH)))
        }
        Some(text) => Ok(Value::text(text)),
        None => Err(Unread::wrong(Words::new("form.answer-text"))),
    },
    type_in: |typed| Json::from(typed),
    show,
    bounds: (None, None),
};

/// A link to a page: `http://…` or `https://…` without spaces.
pub(super) static URL: Kind = Kind {
    name: "url",
    value: Type::one(Scalar::Text),
    asked: true,
    control: Control::Line { input_mode: "url", number: false, unit: "" },
    cell: CellRule::Text,
    read: |json, _| {
        let link = json.as_str().filter(|text| {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            rest.is_some_and(|rest| rest.contains('.') && !rest.starts_with('.') && !rest.contains(char::is_whitespace))
                && text.len() <= LENGTH
        });
        link.map(Value::text).ok_or_else(|| Unread::wrong(Words::new("form.answer-url")))
    },
    type_in: |typed| Json::from(typed),
    show,
    bounds: (None, None),
};

fn show(value: &Value, _: &[Choice], _: Lang) -> String {
    value.as_text()
}

//! `text`, `acknowledge`.

use serde_json::Value as Json;

use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value};
use crate::form::choices::Choices;
use crate::lang::{Lang, Words};

/// The longest text answer, in characters.
pub(super) const LENGTH: usize = 20_000;

/// What is stored of a ticked box (XLSForm's word).
const OK: &str = "OK";

/// One line; several with `appearance = "multiline"`.
pub(super) static TEXT: Kind = Kind {
    name: "text",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: false,
    control: Control::Line { input_mode: "text", number: false, unit: "" },
    cell: CellRule::Text,
    read: |json, _| match json.as_str() {
        Some(text) if text.chars().count() > LENGTH => {
            Err(Unread::wrong(Words::new("form.answer-too-long").with("n", LENGTH)))
        }
        Some(text) => Ok(Value::text(text)),
        None => Err(Unread::wrong(Words::new("form.answer-text"))),
    },
    type_in: |typed, _| Json::from(typed),
    show,
    bounds: (None, None),
};

/// A box to tick: «ознакомлен».
pub(super) static ACKNOWLEDGE: Kind = Kind {
    name: "acknowledge",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: false,
    control: Control::Tick(OK),
    cell: CellRule::Text,
    read: |json, _| {
        let ticked = json.as_str().filter(|text| *text == OK);
        ticked.map(Value::text).ok_or_else(|| Unread::wrong(Words::new("form.answer-acknowledge")))
    },
    type_in: |typed, _| {
        let words = ["ok", "ок", "да", "yes", "+", "1", "✓", "true"];
        Json::from(if words.contains(&crate::text::folded(typed).as_str()) { OK } else { typed })
    },
    show: |value, _, lang| if value.is_empty() { String::new() } else { lang.t("form.acknowledged") },
    bounds: (None, None),
};

pub(super) fn show(value: &Value, _: &Choices, _: Lang) -> String {
    value.as_text()
}

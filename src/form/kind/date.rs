//! `date`.

use serde_json::Value as Json;

use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value};
use crate::lang::Words;
use crate::text;

pub(super) static DATE: Kind = Kind {
    name: "date",
    value: Type::one(Scalar::Date),
    asked: true,
    listed: false,
    control: Control::When("web.day"),
    cell: CellRule::Date,
    read: |json, _| {
        let day = json.as_str().filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
        day.map(Value::Date).ok_or_else(|| Unread::wrong(Words::new("form.answer-date")))
    },
    type_in: |typed, _| Json::from(text::read_date(typed).map_or_else(|| typed.to_owned(), |date| date.to_string())),
    show: |value, _, _| match value {
        Value::Date(date) => text::date(*date),
        _ => String::new(),
    },
    bounds: (None, None),
};

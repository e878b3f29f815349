//! `integer`, `decimal`, `percent`, `money`, `range`.

use serde_json::Value as Json;

use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value, number_json};
use crate::form::choices::Choices;
use crate::lang::{Lang, Words};
use crate::text;

/// The largest whole number that a double holds exactly.
const EXACT: f64 = 9_007_199_254_740_991.0;

pub(super) static INTEGER: Kind = Kind {
    name: "integer",
    value: Type::one(Scalar::Number),
    asked: true,
    listed: false,
    control: Control::Line { input_mode: "numeric", number: true, unit: "" },
    cell: CellRule::Number("#,##0"),
    read: |json, _| {
        let whole = json.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= EXACT);
        whole.map(Value::Number).ok_or_else(|| Unread::wrong(Words::new("form.answer-integer")))
    },
    type_in,
    show,
    bounds: (None, None),
};

pub(super) static DECIMAL: Kind = Kind {
    name: "decimal",
    value: Type::one(Scalar::Number),
    asked: true,
    listed: false,
    control: Control::Line { input_mode: "decimal", number: true, unit: "" },
    cell: CellRule::Number("#,##0.##"),
    read: any_number,
    type_in,
    show,
    bounds: (None, None),
};

/// 0 to 100 everywhere (language law 2).
pub(super) static PERCENT: Kind = Kind {
    name: "percent",
    value: Type::one(Scalar::Number),
    asked: true,
    listed: false,
    control: Control::Line { input_mode: "decimal", number: true, unit: "%" },
    cell: CellRule::Number("0.0#"),
    read: any_number,
    type_in: |typed, choices| type_in(typed.strip_suffix('%').unwrap_or(typed), choices),
    show: |value, _, lang| match value {
        Value::Number(n) => text::decimals(*n, 2, lang),
        _ => String::new(),
    },
    bounds: (Some(0.0), Some(100.0)),
};

/// Roubles and kopecks.
pub(super) static MONEY: Kind = Kind {
    name: "money",
    value: Type::one(Scalar::Number),
    asked: true,
    listed: false,
    control: Control::Line { input_mode: "decimal", number: true, unit: "₽" },
    cell: CellRule::Number("#,##0.00"),
    read: |json, _| {
        let sum = json.as_f64().filter(|n| n.abs() <= EXACT && text::round_half_away(*n, 2) == text::round15(*n));
        sum.map(Value::Number).ok_or_else(|| Unread::wrong(Words::new("form.answer-money")))
    },
    type_in: |typed, choices| {
        let bare = ["₽", "руб.", "руб"].iter().find_map(|unit| typed.strip_suffix(unit)).unwrap_or(typed);
        type_in(bare.trim_end(), choices)
    },
    show: |value, _, lang| match value {
        Value::Number(n) => text::with_decimals(*n, 2, lang),
        _ => String::new(),
    },
    bounds: (None, None),
};

/// A number from `min` to `max` by `step`.
pub(super) static RANGE: Kind = Kind {
    name: "range",
    value: Type::one(Scalar::Number),
    asked: true,
    listed: false,
    control: Control::Scale,
    cell: CellRule::Number("#,##0.##"),
    read: any_number,
    type_in,
    show,
    bounds: (None, None),
};

fn any_number(json: &Json, _: &Choices) -> Result<Value, Unread> {
    let number = json.as_f64().filter(|n| n.is_finite());
    number.map(Value::Number).ok_or_else(|| Unread::wrong(Words::new("form.answer-number")))
}

fn type_in(typed: &str, _: &Choices) -> Json {
    text::read_number(typed).map_or_else(|| Json::from(typed), number_json)
}

fn show(value: &Value, _: &Choices, lang: Lang) -> String {
    match value {
        Value::Number(n) => text::number(*n, lang),
        _ => String::new(),
    }
}

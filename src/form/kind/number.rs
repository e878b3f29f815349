//! `integer`, `decimal`, `percent`.

use serde_json::Value as Json;

use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value, number_json};
use crate::form::model::Choice;
use crate::lang::{Lang, Words};
use crate::text;

/// The largest whole number that a double holds exactly.
const EXACT: f64 = 9_007_199_254_740_991.0;

pub(super) static INTEGER: Kind = Kind {
    name: "integer",
    value: Type::one(Scalar::Number),
    asked: true,
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
    control: Control::Line { input_mode: "decimal", number: true, unit: "%" },
    cell: CellRule::Number("0.0#"),
    read: any_number,
    type_in: |typed| type_in(typed.strip_suffix('%').unwrap_or(typed)),
    show: |value, _, lang| match value {
        Value::Number(n) => text::decimals(*n, 2, lang),
        _ => String::new(),
    },
    bounds: (Some(0.0), Some(100.0)),
};

fn any_number(json: &Json, _: &[Choice]) -> Result<Value, Unread> {
    let number = json.as_f64().filter(|n| n.is_finite());
    number.map(Value::Number).ok_or_else(|| Unread::wrong(Words::new("form.answer-number")))
}

fn type_in(typed: &str) -> Json {
    text::read_number(typed).map_or_else(|| Json::from(typed), number_json)
}

fn show(value: &Value, _: &[Choice], lang: Lang) -> String {
    match value {
        Value::Number(n) => text::number(*n, lang),
        _ => String::new(),
    }
}

//! The values of the form language: empty is a value, text that is empty is empty.

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Number, Value as Json};

use crate::expr::shared::Shared;
use crate::text;

/// A value of an expression. Empty is not zero (language law 1).
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing was given, or nothing can be said.
    #[default]
    Empty,
    /// A double, compared and shown at 15 significant digits (language law 2).
    Number(f64),
    /// Text or the code of a choice; never empty.
    Text(String),
    /// True or false, never a text.
    Boolean(bool),
    /// A day.
    Date(Date),
    /// A column, the chosen codes of a question, or a parameter that is a list.
    List(Vec<Value>),
    /// A list that belongs to many organisations at once.
    Shared(Arc<Shared>),
}

impl Value {
    /// A number; what is not finite is empty.
    pub fn number(number: f64) -> Value {
        if number.is_finite() { Value::Number(number) } else { Value::Empty }
    }

    /// A text; an empty one is empty.
    pub fn text(text: impl Into<String>) -> Value {
        let text = text.into();
        if text.is_empty() { Value::Empty } else { Value::Text(text) }
    }

    /// Whether nothing is there; a list is empty if all its elements are.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Empty => true,
            Value::List(_) | Value::Shared(_) => self.elements().iter().all(Value::is_empty),
            _ => false,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Number(n) => Some(*n),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Value::Boolean(b) => Some(*b),
            _ => None,
        }
    }

    /// The value as the text functions see it: empty is `''`, numbers have a point, dates are ISO.
    pub fn as_text(&self) -> String {
        match self {
            Value::Empty => String::new(),
            Value::Number(n) => text::canonical(*n),
            Value::Text(text) => text.clone(),
            Value::Boolean(b) => b.to_string(),
            Value::Date(date) => date.to_string(),
            Value::List(_) | Value::Shared(_) => {
                self.elements().iter().map(Value::as_text).collect::<Vec<_>>().join(" ")
            }
        }
    }

    /// The elements of a list; a single value is a list of itself.
    pub fn elements(&self) -> &[Value] {
        match self {
            Value::List(list) => list,
            Value::Shared(list) => list.values(),
            single => std::slice::from_ref(single),
        }
    }

    /// Equality of two values that are there; numbers at 15 significant digits. Different types are not equal.
    pub fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Number(a), Value::Number(b)) => text::round15(*a) == text::round15(*b),
            (a, b) => a == b,
        }
    }

    /// The value in JSON: numbers at 15 significant digits, dates as `2025-12-31`, empty as `null`.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Empty => Json::Null,
            Value::Number(n) => number_json(*n),
            Value::Text(text) => Json::from(text.as_str()),
            Value::Boolean(b) => Json::from(*b),
            Value::Date(date) => Json::from(date.to_string()),
            Value::List(_) | Value::Shared(_) => {
                Json::from(self.elements().iter().map(Value::to_json).collect::<Vec<_>>())
            }
        }
    }

    /// A value from plain JSON: text stays text, arrays are lists, objects are nothing.
    pub fn from_json(json: &Json) -> Value {
        match json {
            Json::Null | Json::Object(_) => Value::Empty,
            Json::Bool(b) => Value::Boolean(*b),
            Json::Number(n) => n.as_f64().map_or(Value::Empty, Value::number),
            Json::String(text) => Value::text(text.as_str()),
            Json::Array(list) => Value::List(list.iter().map(Value::from_json).collect()),
        }
    }
}

/// A number in JSON at 15 significant digits; whole numbers without a point.
pub fn number_json(number: f64) -> Json {
    let rounded = text::round15(number);
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    if rounded.fract() == 0.0 && rounded.abs() < 9_007_199_254_740_992.0 {
        return Json::from(rounded as i64);
    }
    Number::from_f64(rounded).map_or(Json::Null, Json::Number)
}

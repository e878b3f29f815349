//! The types of question: one file each, one row each in [`ALL`]. Everyone else reads what a row gives.

mod choice;
mod contact;
mod date;
mod file;
mod moment;
mod number;
mod term;
mod text;

pub use choice::{places_of, ranked};
pub use moment::{moment, month, time};
use serde_json::Value as Json;
pub use term::{end as term_end, read as read_term};

use crate::expr::{Type, Value};
use crate::form::choices::Choices;
use crate::form::model::{Appearance, Field};
use crate::lang::{Lang, Words};

/// A type of question.
#[derive(Debug)]
pub struct Kind {
    /// The word in form files.
    pub name: &'static str,
    /// The type of its value in expressions.
    pub value: Type,
    /// A question may have it; what is not asked is only calculated.
    pub asked: bool,
    /// It answers from a list of choices.
    pub listed: bool,
    /// How it is asked on a page.
    pub control: Control,
    /// What a workbook cell of it holds.
    pub cell: CellRule,
    /// Reads a stored answer.
    read: fn(&Json, &Choices) -> Result<Value, Unread>,
    /// Turns what a person typed into an answer as it is stored; what cannot be read stays text.
    type_in: fn(&str, &Choices) -> Json,
    /// Shows a value to a person.
    show: fn(&Value, &Choices, Lang) -> String,
    /// What it holds by itself besides the author's `min` and `max`.
    bounds: (Option<f64>, Option<f64>),
}

/// How a question is asked on a page; pages know these, not the types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// One line.
    Line {
        /// The `inputmode` for phones.
        input_mode: &'static str,
        /// A number, written to the right.
        number: bool,
        /// What stands behind the field.
        unit: &'static str,
    },
    /// Several lines.
    Lines,
    /// One of a list.
    One,
    /// Any number of a list.
    Many,
    /// Some of a list, in an order.
    Order,
    /// A number from the least to the greatest by equal steps.
    Scale,
    /// A box to tick, and what is stored of a ticked one.
    Tick(&'static str),
    /// A day, a month, a time, and the key of the words that show how to write it.
    When(&'static str),
    /// A file to choose.
    File,
    /// One line of words, and the key of those that show how to write it.
    Words(&'static str),
}

/// What a workbook cell of the type holds, and its number format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellRule {
    /// Text.
    Text,
    /// A number under a format.
    Number(&'static str),
    /// A day.
    Date,
    /// A month, stored as `2025-10`.
    Month,
    /// A time of day, stored as `14:30`.
    Time,
    /// A day and a time of it, stored as `2025-12-31T14:30`.
    Moment,
    /// A choice, by its label.
    Choice,
    /// Choices; `ordered` where their order is the answer.
    Choices {
        /// Their order is the answer.
        ordered: bool,
    },
    /// Yes or no.
    Boolean,
}

/// Why an answer is not of its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Unread {
    /// `wrong-type` or `unknown-choice`.
    pub code: &'static str,
    /// What was expected.
    pub message: Words,
}

impl Unread {
    fn wrong(message: Words) -> Self {
        Unread { code: "wrong-type", message }
    }
}

/// Every type that holds a value. Groups, notes and tables are structure, not types of value.
pub static ALL: [&Kind; 21] = [
    &text::TEXT,
    &number::INTEGER,
    &number::DECIMAL,
    &number::PERCENT,
    &number::MONEY,
    &number::RANGE,
    &date::DATE,
    &moment::MONTH,
    &moment::TIME,
    &moment::DATETIME,
    &term::TERM,
    &choice::SELECT_ONE,
    &choice::SELECT_MULTIPLE,
    &choice::RANK,
    &choice::ORGANISATION,
    &contact::EMAIL,
    &contact::PHONE,
    &contact::URL,
    &text::ACKNOWLEDGE,
    &file::FILE,
    &BOOLEAN,
];

/// True or false; only calculations have it.
static BOOLEAN: Kind = Kind {
    name: "boolean",
    value: Type::one(crate::expr::Scalar::Boolean),
    asked: false,
    listed: false,
    control: Control::Line { input_mode: "text", number: false, unit: "" },
    cell: CellRule::Boolean,
    read: |json, _| json.as_bool().map(Value::Boolean).ok_or_else(|| Unread::wrong(Words::new("form.answer-boolean"))),
    type_in: |typed, _| Json::from(typed),
    show: |value, _, lang| match value {
        Value::Boolean(true) => lang.t("form.yes"),
        Value::Boolean(false) => lang.t("form.no"),
        _ => String::new(),
    },
    bounds: (None, None),
};

/// Stands for a type that the file misspells, so that what refers to the question is not at fault too.
pub(super) static UNKNOWN: Kind = Kind {
    name: "",
    value: Type::one(crate::expr::Scalar::Any),
    asked: false,
    listed: false,
    control: Control::Line { input_mode: "text", number: false, unit: "" },
    cell: CellRule::Text,
    read: |_, _| Ok(Value::Empty),
    type_in: |typed, _| Json::from(typed),
    show: |_, _, _| String::new(),
    bounds: (None, None),
};

/// The type of a word in a form file.
pub fn find(name: &str) -> Option<&'static Kind> {
    ALL.into_iter().find(|kind| kind.name == name)
}

impl Kind {
    /// Reads a stored answer.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn read(&self, answer: &Json, choices: &Choices) -> Result<Value, Unread> {
        (self.read)(answer, choices)
    }

    /// What a person typed, as it is stored: numbers as numbers, what cannot be read as the text itself.
    pub fn type_in(&self, typed: &str, choices: &Choices) -> Option<Json> {
        let typed = typed.trim();
        (!typed.is_empty()).then(|| (self.type_in)(typed, choices))
    }

    /// A value as people see it.
    pub fn show(&self, value: &Value, choices: &Choices, lang: Lang) -> String {
        (self.show)(value, choices, lang)
    }

    /// The least and the greatest number allowed in a field of this type.
    pub fn bounds(&self, field: &Field) -> (Option<f64>, Option<f64>) {
        let (low, high) = self.bounds;
        (field.min.or(low), field.max.or(high))
    }

    /// How a field of this type is asked, as its author wants it to look.
    pub fn control(&self, appearance: Appearance) -> Control {
        match (self.control, appearance) {
            (Control::Line { number: false, .. }, Appearance::Multiline) => Control::Lines,
            (control, _) => control,
        }
    }

    /// Whether it is a number in expressions.
    pub fn is_number(&self) -> bool {
        self.value.scalar == crate::expr::Scalar::Number
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

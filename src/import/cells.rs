//! What a cell of a foreign sheet says: numbers typed as text, percents of several kinds, dashes, «н/д», errors.

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::heading::squeezed;
use crate::expr::{Value, number_json};
use crate::form::kind::{CellRule, Control};
use crate::form::{Choices, Dash, Field, Form, out_of_range};
use crate::lang::Words;
use crate::sheet::{self, Cell};
use crate::text;

/// An answer that a cell gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A number.
    Number(f64),
    /// A text, the code of a choice, or a day.
    Text(Box<str>),
    /// The codes of several choices.
    Codes(Box<Json>),
    /// «н/д»: a stated absence.
    NoData,
    /// «х»: a stated absence.
    NotApplicable,
}

impl Given {
    /// The answer as reports keep it.
    pub fn to_json(&self) -> Json {
        match self {
            Given::Number(number) => number_json(*number),
            Given::Text(text) => Json::from(&**text),
            Given::Codes(codes) => (**codes).clone(),
            Given::NoData => json!({"missing": "no-data"}),
            Given::NotApplicable => json!({"missing": "not-applicable"}),
        }
    }

    /// Whether a stored answer says the same; what was said about an absence does not matter.
    pub fn is(&self, stored: &Json) -> bool {
        let missing = |kind: &str| stored.get("missing").and_then(Json::as_str) == Some(kind);
        match self {
            Given::Number(number) => stored.as_f64().is_some_and(|old| text::round15(old) == text::round15(*number)),
            Given::Text(text) => stored.as_str() == Some(text),
            Given::Codes(codes) => stored == &**codes,
            Given::NoData => missing("no-data"),
            Given::NotApplicable => missing("not-applicable"),
        }
    }
}

/// How the cells of one column are read.
pub(super) struct Reader<'a> {
    field: &'a Field,
    choices: &'a Choices,
    dash: Dash,
    scale: Option<f64>,
    /// The column holds shares: `54%` and 0.54 under a percent format are 54.
    share: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(form: &'a Form, field: usize, dash: Dash, scale: Option<f64>) -> Reader<'a> {
        let choices = form.choices_of(field);
        let field = &form.fields[field];
        let percent = matches!(field.kind.control, Control::Line { unit: "%", .. });
        Reader { field, choices, dash, scale, share: percent || scale.is_some() }
    }

    /// Whether nobody said if 0.54 means 54 % or half a percent: then a column of such numbers is refused.
    pub(super) fn unsure(&self) -> bool {
        self.share && self.scale.is_none()
    }

    /// The number of a cell that does not say by itself whether it is a percent.
    pub(super) fn bare(&self, cell: &Cell) -> Option<f64> {
        match cell {
            Cell::Number { value, percent: false } => Some(*value),
            Cell::Text(typed) => text::read_number(typed),
            _ => None,
        }
    }

    /// What a cell says; `None` where it says nothing.
    ///
    /// # Errors
    /// Words on why it cannot be taken.
    pub(super) fn read(&self, cell: &Cell) -> Result<Option<Given>, Words> {
        match cell {
            Cell::Empty => Ok(None),
            Cell::Error(error) => Err(Words::new("import.error-cell").with("error", error)),
            Cell::Text(typed) => self.typed(typed, cell),
            _ => self.value(cell),
        }
    }

    fn typed(&self, typed: &str, cell: &Cell) -> Result<Option<Given>, Words> {
        let word = squeezed(typed.trim());
        if word.is_empty() {
            return Ok(None);
        }
        if matches!(word.as_str(), "-" | "--" | "---") {
            return match self.dash {
                Dash::Empty => Ok(None),
                Dash::NoData => self.absence(Given::NoData),
                Dash::Zero => self.judged(Given::Number(0.0)),
            };
        }
        if self.field.kind.cell == CellRule::Text {
            return self.value(cell);
        }
        match word.as_str() {
            "н/д" | "нд" | "н.д." | "н\\д" | "нетданных" | "н/дано" => {
                self.absence(Given::NoData)
            }
            "х" | "x" if self.field.missing => Ok(Some(Given::NotApplicable)),
            "х" | "x" => Ok(None),
            _ => self.value(cell),
        }
    }

    fn absence(&self, given: Given) -> Result<Option<Given>, Words> {
        if self.field.missing { Ok(Some(given)) } else { Err(Words::new("import.absence")) }
    }

    fn value(&self, cell: &Cell) -> Result<Option<Given>, Words> {
        let given = match self.field.kind.cell {
            CellRule::Number(_) => Given::Number(self.number(cell)?),
            CellRule::Choice => Given::Text(self.choice(&cell.text())?.into()),
            CellRule::Date => Given::Text(day(cell)?.into()),
            CellRule::Month | CellRule::Time | CellRule::Moment | CellRule::Choices { .. } => {
                return self.typed_in(&as_typed(self.field.kind.cell, cell));
            }
            CellRule::Boolean => Given::Text(cell.text().into()),
            _ => return self.typed_in(&cell.text()),
        };
        self.judged(given)
    }

    /// What the type makes of a text, as if it had been typed on a page.
    fn typed_in(&self, text: &str) -> Result<Option<Given>, Words> {
        match self.field.kind.type_in(text, self.choices) {
            None => Ok(None),
            Some(Json::String(text)) => self.judged(Given::Text(text.into())),
            Some(Json::Number(number)) => self.judged(Given::Number(number.as_f64().unwrap_or_default())),
            Some(codes) => self.judged(Given::Codes(Box::new(codes))),
        }
    }

    fn number(&self, cell: &Cell) -> Result<f64, Words> {
        let wrong = || Words::new("import.not-a-number").with("found", cell.text());
        let (number, percent) = match cell {
            Cell::Number { value, percent } => (if *percent { value * 100.0 } else { *value }, *percent),
            Cell::Text(typed) => {
                let bare = typed.trim().strip_suffix('%').map(str::trim_end);
                let meant = || self.field.kind.type_in(typed, self.choices);
                let number = text::read_number(bare.unwrap_or(typed)).or_else(|| meant()?.as_f64());
                (number.ok_or_else(wrong)?, bare.is_some())
            }
            _ => return Err(wrong()),
        };
        if percent && !self.share {
            return Err(Words::new("import.percent").with("found", cell.text()));
        }
        let times = if !percent && self.scale == Some(1.0) { 100.0 } else { 1.0 };
        Ok(text::round15(number * times))
    }

    /// The code of a choice, given as its code or its label.
    fn choice(&self, text: &str) -> Result<String, Words> {
        let wanted = squeezed(text);
        let found = self.choices.find(text).or_else(|| self.choices.called(text));
        if self.choices.is_open() {
            return Ok(text.trim().to_owned());
        }
        let found = found.or_else(|| {
            self.choices.iter().find(|c| c.called().chain([&*c.name]).any(|text| squeezed(text) == wanted))
        });
        found.map(|choice| choice.name.clone()).ok_or_else(|| {
            let labels: Vec<String> = self.choices.iter().take(12).map(|c| format!("«{}»", c.label)).collect();
            Words::new("import.no-choice").with("found", text).with("known", labels.join(", "))
        })
    }

    /// The field's own judgement.
    fn judged(&self, given: Given) -> Result<Option<Given>, Words> {
        // Calculations are only compared; what they hold is not asked of people.
        if self.field.calculation.is_some() {
            return Ok(Some(given));
        }
        let value = self.field.kind.read(&given.to_json(), self.choices).map_err(|unread| unread.message)?;
        match out_of_range(self.field, &value) {
            Some(words) => Err(words),
            None if value == Value::Empty => Ok(None),
            None => Ok(Some(given)),
        }
    }
}

/// The least number that is a day rather than a year or a mark: 1954.
const FIRST_DAY: f64 = 20_000.0;

/// A cell without a format whose number can only be a day, or a part of one.
fn dated(cell: &Cell) -> Cell {
    match cell {
        Cell::Number { value, percent: false } if *value >= FIRST_DAY || (0.0..1.0).contains(value) => {
            sheet::serial(*value)
        }
        other => other.clone(),
    }
}

/// A month, a time or a moment as a person would type it.
fn as_typed(rule: CellRule, cell: &Cell) -> String {
    match (rule, dated(cell)) {
        (CellRule::Month, Cell::Date(date)) => month(date),
        (CellRule::Month, Cell::Moment(moment)) => month(moment.date()),
        (CellRule::Moment, Cell::Moment(moment)) => format!("{}T{}", moment.date(), moment.strftime("%H:%M:%S")),
        (CellRule::Moment, Cell::Date(date)) => format!("{date}T00:00"),
        (CellRule::Time, Cell::Moment(moment)) => moment.strftime("%H:%M:%S").to_string(),
        (_, Cell::Text(text)) => text.trim().to_owned(),
        _ => cell.text(),
    }
}

fn month(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

fn day(cell: &Cell) -> Result<String, Words> {
    let day = match dated(cell) {
        Cell::Date(date) => Some(date),
        Cell::Moment(moment) => Some(moment.date()),
        other => text::read_date(&other.text()),
    };
    day.map(|day| day.to_string()).ok_or_else(|| Words::new("import.not-a-day").with("found", cell.text()))
}

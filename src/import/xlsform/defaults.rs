//! The column `default`: answers that a question begins with.

use super::types::Kind;
use super::write::Whole;
use crate::sheet::{self, Cell};

/// A default as it is written.
pub(super) enum Literal {
    /// A number.
    Bare(String),
    /// An expression or a code.
    Text(String),
}

/// A default that is a value; `None` where the question cannot have it.
pub(super) fn literal(kind: &Kind, whole: &Whole<'_>, text: &str) -> Option<Literal> {
    match kind {
        Kind::Plain("integer" | "decimal" | "percent" | "money" | "range") => {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
            Some(Literal::Bare(crate::text::canonical(number)))
        }
        Kind::Plain("date") => {
            let day: jiff::civil::Date = text.get(..10)?.parse().ok()?;
            Some(Literal::Text(format!("date('{day}')")))
        }
        // A cell of a workbook that counts days from 1904 has a day before the time.
        Kind::Plain("time") => {
            Some(Literal::Text(format!("'{}'", time(text.split_once('T').map_or(text, |(_, time)| time))?)))
        }
        Kind::Plain("datetime") => {
            let day: jiff::civil::Date = text.get(..10)?.parse().ok()?;
            let time = text.get(11..).and_then(time).unwrap_or_else(|| "00:00".to_owned());
            Some(Literal::Text(format!("'{day}T{time}'")))
        }
        Kind::File(_) => None,
        Kind::Plain("acknowledge") => (text == "OK").then(|| Literal::Text("'OK'".to_owned())),
        Kind::Choice(choice) => {
            let Some(list) = whole.lists.find(choice.from, &choice.list) else {
                return Some(Literal::Text(text_literal(text)));
            };
            let codes: Vec<&str> = if choice.word == "select_one" { vec![text] } else { text.split(' ').collect() };
            let known = |code: &&str| list.choices.iter().any(|choice| choice.name == **code);
            codes.iter().all(known).then(|| Literal::Text(text.to_owned()))
        }
        _ => Some(Literal::Text(text_literal(text))),
    }
}

/// Whether a default is computed: it speaks of an answer or calls a function.
pub(super) fn is_dynamic(text: &str) -> bool {
    let calls =
        text.find('(').is_some_and(|at| text[..at].ends_with(|c: char| c.is_ascii_lowercase()) && text.ends_with(')'));
    text.contains("${") || calls
}

/// `14:30` out of `14:30:00.000+03:00` or `9:05`, or out of the part of a day that a cell without a format holds. Seconds
/// stay where there are some.
fn time(text: &str) -> Option<String> {
    let part = text.parse::<f64>().ok().filter(|part| (0.0..1.0).contains(part));
    if let Some(Cell::Text(written)) = part.map(sheet::serial) {
        return time(&written);
    }
    let number = |part: Option<&str>, below: u8| {
        let digits = part?.get(..2).or(part)?;
        digits.parse::<u8>().ok().filter(|number| *number < below)
    };
    let mut parts = text.split(':');
    let (hours, minutes) = (number(parts.next(), 24)?, number(parts.next(), 60)?);
    let seconds = number(parts.next(), 60).unwrap_or_default();
    let seconds = if seconds == 0 { String::new() } else { format!(":{seconds:02}") };
    Some(format!("{hours:02}:{minutes:02}{seconds}"))
}

/// A text as an expression.
pub(super) fn text_literal(text: &str) -> String {
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let parts: Vec<String> = text.split('\'').map(|part| format!("'{part}'")).collect();
    format!("concat({})", parts.join(", \"'\", "))
}

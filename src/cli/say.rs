//! How commands speak: JSON to standard output, text for people to standard error.

use std::io::Write;

use serde_json::{Value as Json, json};

use crate::config::Config;
use crate::error::{Error, Fault, Place};
use crate::lang::Lang;

/// A line for people. A closed terminal is nobody's fault.
pub(super) fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// JSON for programs. A reader that went away is nobody's fault.
pub(super) fn json(value: &Json) {
    let _ = writeln!(std::io::stdout(), "{value:#}");
}

/// A fault as JSON; workbook cells as `Лист!C17`.
pub(super) fn fault_json(fault: &Fault, lang: Lang) -> Json {
    let at = match &fault.at {
        Place::Whole => Json::Null,
        place => Json::from(place.to_string()),
    };
    json!({
        "at": at,
        "severity": fault.severity.name(),
        "code": fault.code,
        "name": fault.name,
        "message": fault.message.say(lang),
        "hint": fault.hint.as_ref().map(|hint| hint.say(lang)),
    })
}

/// Faults, one a line: `place: message`.
pub(super) fn faults(config: &Config, faults: &[Fault]) {
    if config.json {
        let list: Vec<Json> = faults.iter().map(|fault| fault_json(fault, config.lang)).collect();
        return json(&json!({ "faults": list }));
    }
    faults.iter().for_each(|fault| line(&fault_line(fault, config.lang)));
}

/// A fault as a line of text.
pub(super) fn fault_line(fault: &Fault, lang: Lang) -> String {
    match &fault.at {
        Place::Whole => fault.say(lang),
        place => format!("{place}: {}", fault.say(lang)),
    }
}

/// A fault of a text file as a line, with the line of the file and a caret below it.
pub(super) fn fault_with_caret(fault: &Fault, lines: &[&str], lang: Lang) -> String {
    let said = fault_line(fault, lang);
    let Place::Line { line, column, .. } = &fault.at else { return said };
    let Some(text) = lines.get(line - 1) else { return said };
    let gutter = format!("{line} | ");
    let (shown, at) = window(&text.replace('\t', " "), column - 1);
    let caret = " ".repeat(gutter.chars().count() + at);
    format!("{said}\n{gutter}{shown}\n{caret}^")
}

/// A line around a place, cut where it is too long for a terminal, and where the place is in what is left.
fn window(line: &str, at: usize) -> (String, usize) {
    const WIDTH: usize = 140;
    const BEFORE: usize = 100;
    let chars: Vec<char> = line.chars().collect();
    if chars.len() <= WIDTH {
        return (line.to_owned(), at);
    }
    let from = at.saturating_sub(BEFORE).min(chars.len());
    let to = (from + WIDTH).min(chars.len());
    let middle: String = chars[from..to].iter().collect();
    let (left, right) = (if from > 0 { "…" } else { "" }, if to < chars.len() { "…" } else { "" });
    (format!("{left}{middle}{right}"), at - from + left.chars().count())
}

/// An error of a command.
pub(super) fn error(config: &Config, error: &Error) {
    match error {
        Error::Faults(list) => faults(config, list),
        other => {
            let words = other.words();
            if config.json {
                json(
                    &json!({"faults": [{"at": null, "severity": "error", "code": code(other), "message": words.say(config.lang)}]}),
                );
            } else {
                line(&words.say(config.lang));
            }
        }
    }
}

fn code(error: &Error) -> &'static str {
    match error {
        Error::Faults(_) => "fault",
        Error::NotFound(_) => "not-found",
        Error::Denied(_) => "denied",
        Error::Stranger => "not-signed-in",
        Error::Data(_) => "data",
        Error::File { .. } => "file",
        Error::Internal(_) => "internal",
    }
}

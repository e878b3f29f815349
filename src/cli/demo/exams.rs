//! What the schools answer about exams and check works.

use serde_json::{Value as Json, json};

use super::cast::{self, CORRECTED, DRAFTS, EXACT, GROWN, NOBODY, PUBLISHED, UNKNOWN, draw, grade, part};
use super::{Act, Report};
use crate::form::{Answers, Form};

/// The table that the answers go into.
const TABLE: &str = "results";

/// Why the successor has more participants than the year before.
const WHY: &str = "С 1 сентября 2021 года к школе присоединена Высокогорская школа.";

/// Every act about a school in a year: a draft stays one, what was corrected was sent twice.
pub(super) fn reports(form: &Form, school: &str, year: usize) -> Vec<Report> {
    let answers = answers(form, school, year);
    let report = |answers, act| Report { school: school.to_owned(), year, answers, act };
    if year == 1 && DRAFTS.contains(&school) {
        return vec![report(begun(form, &answers), Act::Save)];
    }
    let mut reports = vec![report(answers.clone(), Act::Send)];
    if year == 1 && CORRECTED.contains(&school) {
        reports.insert(0, report(mistaken(form, &answers), Act::Send));
    }
    reports
}

fn answers(form: &Form, school: &str, year: usize) -> Answers {
    let mut answers = match (school, year) {
        (PUBLISHED, 0) => return shares(&[("oge_math_9", 54), ("oge_rus_9", 31)]),
        (PUBLISHED, _) => return shares(&[("oge_math_9", 43)]),
        (NOBODY, 1) => return drawn(form, |_| (0, 0)),
        (EXACT, 1) => drawn(form, |row| (20, if row == "oge_math_9" { 6 } else { 1 })),
        (GROWN, 1) => explained(form, drawn(form, |row| grown(form, row))),
        _ => drawn(form, |row| (participants(form, school, year, row), failed(form, school, year, row))),
    };
    if (school, year) == (UNKNOWN, 1) {
        answers.set(&format!("{TABLE}/vpr_rus_6/failed"), Some(cast::unknown("протокол не сохранился")));
    }
    let followed: u32 = (5..=9).map(|number| grade(school, number, year)).sum();
    answers.set("followed", Some(json!(followed)));
    answers.set("improved", Some(json!(part(followed, (45, 90), &[school, "improved"], year))));
    answers
}

fn shares(rows: &[(&str, i64)]) -> Answers {
    let table: serde_json::Map<String, Json> =
        rows.iter().map(|(row, share)| ((*row).to_owned(), json!({"reported_share": share}))).collect();
    Answers::from_json(&json!({ TABLE: table }))
}

/// The watched procedures of the form: the rows that its parameter `markers` names.
fn rows(form: &Form) -> Vec<String> {
    let markers = form.parameter("markers").map(crate::expr::Value::elements).unwrap_or_default();
    markers.iter().map(crate::expr::Value::as_text).collect()
}

fn drawn(form: &Form, figures: impl Fn(&str) -> (u32, u32)) -> Answers {
    let mut answers = Answers::default();
    for row in rows(form) {
        let (participants, failed) = figures(&row);
        answers.set(&format!("{TABLE}/{row}/participants"), Some(json!(participants)));
        answers.set(&format!("{TABLE}/{row}/failed"), Some(json!(failed)));
    }
    answers
}

/// Everybody in the grade of a row takes part.
fn participants(form: &Form, school: &str, year: usize, row: &str) -> u32 {
    let row = form.tables.iter().flat_map(|table| &table.rows).find(|known| known.name == row);
    let number = row.and_then(|row| row.attributes.get("grade")).map(crate::expr::Value::as_text).unwrap_or_default();
    grade(school, number.parse().unwrap_or_default(), year)
}

/// Mostly a few; in one school of eight a third or more.
fn failed(form: &Form, school: &str, year: usize, row: &str) -> u32 {
    let year_word = if year == 0 { "a" } else { "b" };
    let weak = draw(&[school, "weak"], 8) == 0;
    let percent = if weak { 22 + draw(&[school, row, year_word], 25) } else { draw(&[school, row, year_word], 24) };
    participants(form, school, year, row) * percent / 100
}

/// Two pupils of the fifth grade were ill on the day of the Russian check work, so that one jump is left to explain.
fn grown(form: &Form, row: &str) -> (u32, u32) {
    let participants = participants(form, GROWN, 1, row) - if row == "vpr_rus_5" { 2 } else { 0 };
    (participants, participants / 10)
}

/// Every warning about a row, explained; the report keeps what a warning stands for.
fn explained(form: &Form, mut answers: Answers) -> Answers {
    let checks = form.checks.iter().filter(|check| check.severity == crate::error::Severity::Warning);
    for check in checks.filter(|check| check.over.is_some()) {
        for row in rows(form) {
            let path = format!("{}{}/{row}", crate::report::EXPLAIN, check.name);
            answers.set(&path, Some(Json::from(WHY)));
        }
    }
    answers
}

/// What somebody has typed who was called away: two rows, the second without its last figure.
fn begun(form: &Form, answers: &Answers) -> Answers {
    let mut begun = Answers::default();
    let rows = rows(form);
    let typed =
        rows.iter().take(2).flat_map(|row| [format!("{TABLE}/{row}/participants"), format!("{TABLE}/{row}/failed")]);
    for path in typed.take(3) {
        begun.set(&path, answers.get(&path).cloned());
    }
    begun
}

/// The same answers with a slip of the hand in the first procedure.
fn mistaken(form: &Form, answers: &Answers) -> Answers {
    let mut slip = answers.clone();
    if let Some(row) = rows(form).first() {
        slip.set(&format!("{TABLE}/{row}/participants"), Some(json!(3)));
        slip.set(&format!("{TABLE}/{row}/failed"), Some(json!(2)));
    }
    slip
}

//! What the schools of the demonstration answer: drawn by a fixed rule, with the cases that a department should see.

use serde_json::{Value as Json, json};

use super::district::{MERGED, schools};
use crate::form::{Answers, Form};

/// The two school years.
const YEARS: [&str; 2] = ["2020Sep", "2021Sep"];

/// The table that the answers go into.
const TABLE: &str = "results";

/// Has the very shares that seed 000 publishes, and nothing else: 54 % and 31 %, then 43 % and a dash.
const PUBLISHED: &str = "260101";
/// Has exactly 30 % in the second year.
const EXACT: &str = "260102";
/// Never answers.
const SILENT: &str = "260103";
/// Nobody took part in anything in the second year.
const NOBODY: &str = "260104";
/// Has begun a report of the second year and not sent it.
const DRAFTS: [&str; 3] = ["260105", "260206", "260307"];
/// Sent a report of the second year and corrected it.
const CORRECTED: [&str; 2] = ["260106", "260201"];
/// Has far more participants than the year before, and says why.
const GROWN: &str = "260202";

/// What is done with a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Save,
    Send,
}

/// One act of the demonstration.
pub(super) struct Report {
    pub(super) school: String,
    pub(super) period: &'static str,
    pub(super) answers: Answers,
    pub(super) act: Act,
}

/// Every act, the earlier year first.
pub(super) fn reports(form: &Form) -> Vec<Report> {
    let mut reports = Vec::new();
    for (year, period) in YEARS.into_iter().enumerate() {
        for school in schools().into_iter().filter(|school| answers_in(school, year)) {
            let answers = answers(form, &school, year);
            let act = if year == 1 && DRAFTS.contains(&school.as_str()) { Act::Save } else { Act::Send };
            if year == 1 && CORRECTED.contains(&school.as_str()) {
                let mistaken = mistaken(form, &answers);
                reports.push(Report { school: school.clone(), period, answers: mistaken, act: Act::Send });
            }
            reports.push(Report { school, period, answers, act });
        }
    }
    reports
}

fn answers_in(school: &str, year: usize) -> bool {
    school != SILENT && !(year == 1 && school == MERGED)
}

fn answers(form: &Form, school: &str, year: usize) -> Answers {
    match (school, year) {
        (PUBLISHED, 0) => shares(&[("oge_math_9", 54), ("oge_rus_9", 31)]),
        (PUBLISHED, _) => shares(&[("oge_math_9", 43)]),
        (NOBODY, 1) => drawn(form, |_| (0, 0)),
        (EXACT, 1) => drawn(form, |row| (20, if row == "oge_math_9" { 6 } else { 1 })),
        (GROWN, 1) => explained(form, drawn(form, |row| grown(form, row))),
        _ => drawn(form, |row| (participants(form, school, year, row), failed(form, school, year, row))),
    }
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

/// A number from 0 up to `below`, always the same for the same words (FNV-1a).
fn draw(words: &[&str], below: u32) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d).rotate_left(13) % below
}

/// A class of the school; the second year differs by few pupils, so that no check is alarmed.
fn participants(form: &Form, school: &str, year: usize, row: &str) -> u32 {
    let grade = form.tables.iter().flat_map(|table| &table.rows).find(|known| known.name == row);
    let grade = grade.and_then(|row| row.attributes.get("grade")).map(crate::expr::Value::as_text).unwrap_or_default();
    let base = 8 + draw(&[school, &grade], 60);
    if year == 0 { base } else { base + draw(&[school, &grade, "2"], 3) }
}

/// Mostly a few; in one school of eight a third or more.
fn failed(form: &Form, school: &str, year: usize, row: &str) -> u32 {
    let year_word = if year == 0 { "a" } else { "b" };
    let weak = draw(&[school, "weak"], 8) == 0;
    let percent = if weak { 22 + draw(&[school, row, year_word], 25) } else { draw(&[school, row, year_word], 24) };
    participants(form, school, year, row) * percent / 100
}

fn grown(form: &Form, row: &str) -> (u32, u32) {
    let before = participants(form, GROWN, 0, row);
    (before * 2, before / 10)
}

/// Every warning of the check for a jump, explained.
fn explained(form: &Form, mut answers: Answers) -> Answers {
    let checks = form.checks.iter().filter(|check| check.severity == crate::error::Severity::Warning);
    for check in checks {
        for row in rows(form) {
            let path = match check.over {
                Some(_) => format!("{}{}/{row}", crate::report::EXPLAIN, check.name),
                None => format!("{}{}", crate::report::EXPLAIN, check.name),
            };
            let why = "С 1 сентября 2021 года к школе присоединена Раздольненская школа.";
            answers.set(&path, Some(Json::from(why)));
        }
    }
    answers
}

/// The same answers with a slip of the hand: two figures of the first procedure are swapped for smaller ones.
fn mistaken(form: &Form, answers: &Answers) -> Answers {
    let mut slip = answers.clone();
    if let Some(row) = rows(form).first() {
        slip.set(&format!("{TABLE}/{row}/participants"), Some(json!(3)));
        slip.set(&format!("{TABLE}/{row}/failed"), Some(json!(2)));
    }
    slip
}

//! Who is who in the demonstration: the schools that show something, and how figures are drawn for the others.

use serde_json::{Value as Json, json};

use super::district::{MERGED, SUCCESSOR};

/// The two school years.
pub(super) const YEARS: [&str; 2] = ["2020Sep", "2021Sep"];

/// Has the very shares that seed 000 publishes, and nothing else: 54 % and 31 %, then 43 % and a dash.
pub(super) const PUBLISHED: &str = "260101";
/// Has exactly 30 % in the second year.
pub(super) const EXACT: &str = "260102";
/// Never answers anything.
pub(super) const SILENT: &str = "260103";
/// Nobody took part in anything in the second year.
pub(super) const NOBODY: &str = "260104";
/// Have begun a report of the second year and not finished it.
pub(super) const DRAFTS: [&str; 3] = ["260105", "260206", "260307"];
/// Sent a report of the second year and corrected it.
pub(super) const CORRECTED: [&str; 2] = ["260106", "260201"];
/// Does not know something and says so, with the reason.
pub(super) const UNKNOWN: &str = "260203";
/// Has far more participants than the year before, and says why: another school has merged into it.
pub(super) const GROWN: &str = SUCCESSOR;

/// The grades of a school.
const GRADES: std::ops::RangeInclusive<u32> = 1..=11;

/// Whether a school answers in a year: a silent one never, one that has closed not after that.
pub(super) fn answers_in(school: &str, year: usize) -> bool {
    school != SILENT && !(year == 1 && school == MERGED)
}

/// «Нет данных», with the reason.
pub(super) fn unknown(why: &str) -> Json {
    json!({"missing": "no-data", "why": why})
}

/// A number from 0 up to `below`, always the same for the same words (FNV-1a).
pub(super) fn draw(words: &[&str], below: u32) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d).rotate_left(13) % below
}

/// So many per cent of a number as one of these years has it, from `low` up to `high`; the second year differs little.
pub(super) fn part(of: u32, (low, high): (u32, u32), words: &[&str], year: usize) -> u32 {
    let percent = low + draw(words, high - low + 1);
    let later = if year == 0 { 0 } else { draw(&[words, &["later"]].concat(), 3) };
    of * (percent + later).min(high) / 100
}

/// The pupils of a grade; the second year differs by few, so that no check is alarmed, unless a school merged into it.
pub(super) fn grade(school: &str, grade: u32, year: usize) -> u32 {
    let word = grade.to_string();
    match (school, year) {
        (GROWN, 0) => 30,
        (GROWN, _) => 30 + if grade == 5 { 12 } else { 6 },
        (MERGED, _) => 5 + draw(&[school, &word], 4),
        (_, 0) => 8 + draw(&[school, &word], 60),
        (_, _) => 8 + draw(&[school, &word], 60) + draw(&[school, &word, "2"], 3),
    }
}

/// The pupils of a school.
pub(super) fn pupils(school: &str, year: usize) -> u32 {
    GRADES.map(|number| grade(school, number, year)).sum()
}

/// Whether a school lacks teachers: those schools do in both years.
pub(super) fn lacks_teachers(school: &str) -> bool {
    draw(&[school, "vacancies"], 3) == 0
}

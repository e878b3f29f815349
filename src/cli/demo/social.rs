//! What the schools answer about the conditions that they work in.

use serde_json::json;

use super::cast::{self, UNKNOWN, draw, lacks_teachers, part, pupils};
use crate::form::{Answers, Form};

/// Conditions that are a number of pupils, and between how many per cent of them.
const SHARES: [(&str, (u32, u32)); 5] = [
    ("record", (0, 7)),
    ("migrants", (0, 20)),
    ("uncertified", (0, 8)),
    ("truancy", (0, 7)),
    ("special_needs", (1, 14)),
];

/// So few pupils make a small school.
const SMALL: u32 = 300;

/// The answers of a school in a year.
pub(super) fn answers(_: &Form, school: &str, year: usize) -> Answers {
    let pupils = pupils(school, year);
    let mut answers = Answers::default();
    answers.set("pupils", Some(json!(pupils)));
    for (name, between) in SHARES {
        let count = part(pupils, between, &[school, name], year);
        answers.set(&format!("conditions/{name}/count"), Some(json!(count)));
    }
    let town = school.starts_with("2603");
    let yes = [
        ("remote", !town && draw(&[school, "remote"], 4) == 0),
        ("small", !town && cast::pupils(school, 0) < SMALL),
        ("infrastructure", draw(&[school, "infrastructure"], 4) == 0),
        ("staff", lacks_teachers(school)),
    ];
    for (name, yes) in yes {
        answers.set(&format!("conditions/{name}/answer"), Some(json!(if yes { "yes" } else { "no" })));
    }
    if (school, year) == (UNKNOWN, 1) {
        answers.set("conditions/truancy/count", Some(cast::unknown("журнал посещаемости не вёлся")));
    }
    answers
}

//! What the schools answer about their staff.

use serde_json::{Value as Json, json};

use super::cast::{self, UNKNOWN, draw, lacks_teachers, part, pupils};
use crate::form::{Answers, Form};

/// The answers of a school in a year.
pub(super) fn answers(form: &Form, school: &str, year: usize) -> Answers {
    let pupils = pupils(school, year);
    let teachers = 7 + pupils / 16;
    let staff = teachers + 1 + draw(&[school, "others"], 4);
    let subject = teachers - 2 - pupils / 100;
    let mut answers = Answers::from_json(&json!({
        "staff": staff, "teachers": teachers, "subject_teachers": subject,
        "categories": categories(school, year, (staff, teachers)),
        "specialists": specialists(school),
        "has_vacancies": if lacks_teachers(school) { "yes" } else { "no" },
        "measures": measures(form, school),
    }));
    if lacks_teachers(school) {
        answers.set("vacancies/math/open", Some(json!(1)));
        answers.set("vacancies/lang/open", Some(json!(0.5)));
        answers
            .set("vacancies/lang/not_taught", Some(json!(if draw(&[school, "nobody"], 2) == 0 { 0.5 } else { 0.0 })));
    }
    development(&mut answers, school, year, (staff, teachers, subject));
    network(&mut answers, school, year);
    answers
}

fn categories(school: &str, year: usize, (staff, teachers): (u32, u32)) -> Json {
    let higher = part(staff, (15, 45), &[school, "higher"], year);
    let first = part(staff, (25, 50), &[school, "first"], year);
    let none = staff - higher - first;
    // Those who are not teachers have no category as a rule.
    let others = (staff - teachers).min(none);
    let left = staff - teachers - others;
    json!({
        "higher": {"all": higher, "of_teachers": higher},
        "first": {"all": first, "of_teachers": first - left},
        "none": {"all": none, "of_teachers": none - others},
    })
}

fn specialists(school: &str) -> Json {
    let one = |word: &str, always: bool| {
        let rates = if always { 1.0 } else { f64::from(draw(&[school, word], 3)) / 2.0 };
        let needed = if draw(&[school, word, "needed"], 3) == 0 { "yes" } else { "no" };
        if rates == 0.0 {
            return json!({"rates": 0, "needed": needed});
        }
        json!({"rates": rates, "filled": if draw(&[school, word, "filled"], 4) == 0 { 0.0 } else { rates }})
    };
    json!({
        "psychologist": one("psychologist", true),
        "speech_therapist": one("speech_therapist", false),
        "defectologist": one("defectologist", false),
        "social_pedagogue": one("social_pedagogue", false),
        "additional_education": one("additional_education", true),
    })
}

/// In the second year everybody is looked after; the other shares have a way to go.
fn development(answers: &mut Answers, school: &str, year: usize, (staff, teachers, subject): (u32, u32, u32)) {
    let mut put = |name: &str, number: u32| answers.set(name, Some(json!(number)));
    let subject_diagnosed = part(subject, if year == 0 { (30, 60) } else { (70, 100) }, &[school, "diagnosed"], year);
    put("supported", if year == 0 { part(staff, (60, 95), &[school, "supported"], year) } else { staff });
    put("diagnosed", (subject_diagnosed + (teachers - subject) / 2).min(teachers));
    put("subject_diagnosed", subject_diagnosed);
    put("routes", part(subject_diagnosed, (50, 100), &[school, "routes"], year));
    put("trained_target", part(staff, (20, 70), &[school, "target"], year));
    put("trained_request", part(teachers, (10, 60), &[school, "request"], year));
    put("trained_risk", part(teachers, (5, 40), &[school, "risk"], year));
    if (school, year) == (UNKNOWN, 1) {
        let why = "сведения о курсах — в методическом кабинете";
        answers.set("trained_request", Some(cast::unknown(why)));
        answers.set("trained_risk", Some(cast::unknown(why)));
    }
}

fn measures(form: &Form, school: &str) -> Json {
    let rows = form.tables.iter().find(|table| table.name == "measures").map(|table| table.rows.as_slice());
    let named = rows.unwrap_or_default().iter().filter(|row| row.name != "other_measure");
    let answer = |name: &str| match draw(&[school, name], 3) {
        0 => json!({"applied": "yes", "users": draw(&[school, name, "users"], 4)}),
        _ => json!({"applied": "no"}),
    };
    named.map(|row| (row.name.clone(), answer(&row.name))).collect::<serde_json::Map<_, _>>().into()
}

/// Every third school works in a network, every second one in the year after.
fn network(answers: &mut Answers, school: &str, year: usize) {
    let uses = draw(&[school, "network"], 6) < if year == 0 { 2 } else { 3 };
    answers.set("uses_network", Some(json!(if uses { "yes" } else { "no" })));
    if uses {
        answers.set("digital", Some(json!("yes")));
        answers.set("guest_teachers", Some(json!(1 + draw(&[school, "guests"], 3))));
        answers.set("partner", Some(json!("МБОУ «СОШ № 1»")));
        answers.set("page", Some(json!(format!("https://s{school}.example/net"))));
    }
}

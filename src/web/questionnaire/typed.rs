//! What a browser sent back, as answers: nothing typed is lost, nothing that was not on the page is touched.

use serde_json::{Value as Json, json};

use crate::expr::Value;
use crate::form::kind::{Control, ranked};
use crate::form::{ABSENCES, Answers, Choices, Context, Field, Form, absence};
use crate::lang::Lang;
use crate::report::{EXPLAIN, Explanations, ReportView};
use crate::text;
use crate::web::visit::Fields;

/// Words that people type where there is nothing to state, as in workbooks (language law 1).
const TYPED_ABSENCES: [(&str, &str); 4] =
    [("н/д", "no-data"), ("нет данных", "no-data"), ("х", "not-applicable"), ("x", "not-applicable")];

/// Every word that people type for a stated absence.
pub(super) fn absence_words() -> [&'static str; 4] {
    TYPED_ABSENCES.map(|(word, _)| word)
}

/// What names the field that says how many rows of a repeat were on the page.
pub(super) const ROWS: &str = "rows:";

/// The words of stated absences that stand in the field itself. In a table there is no room for a list beside every
/// cell: the word stands in the cell, as in workbooks.
pub(super) fn absences(field: &Field) -> Vec<(&'static str, &'static str)> {
    let word = |kind| TYPED_ABSENCES.into_iter().find(|(_, known)| *known == kind);
    if field.table.is_some() { ABSENCES.into_iter().filter_map(word).collect() } else { Vec::new() }
}

/// An answer as it stands in its field: numbers with all their digits, what could not be read as it was typed.
pub(in crate::web) fn shown(form: &Form, field: usize, answer: &Json, lang: Lang) -> String {
    if let Some(absence) = absence(answer) {
        let word = absences(&form.fields[field]).into_iter().find(|(_, kind)| *kind == absence.kind);
        return word.map_or_else(String::new, |(word, _)| (*word).to_owned());
    }
    let kind = form.fields[field].kind;
    match (kind.read(answer, form.choices_of(field)), answer) {
        (Ok(Value::Number(number)), _) => text::number(number, lang),
        (Ok(value), _) if kind.control != Control::One => form.show(field, &value, lang),
        (_, Json::String(text)) => text.clone(),
        (_, Json::Number(number)) => number.as_f64().map_or_else(|| number.to_string(), |n| text::number(n, lang)),
        (_, other) => other.to_string(),
    }
}

/// The answers that a browser sent, laid over those that its page was made from: a question that was not on the page
/// keeps its answer (language law 3).
pub(in crate::web) fn read((form, context): (&Form, &Context), sent: &Fields, was: &Answers, lang: Lang) -> Answers {
    let mut answers = was.clone();
    for (_, repeat) in form.repeats() {
        if let Some(rows) = sent.get(&format!("{ROWS}{}", repeat.name)).and_then(|rows| rows.parse::<usize>().ok()) {
            answers.resize(&repeat.name, rows.min(repeat.holds()));
        }
    }
    for (number, field) in form.fields.iter().enumerate() {
        if !field.is_asked() {
            continue;
        }
        let choices = form.choices_in(number, context);
        let added = field.table.filter(|_| form.in_repeat(number)).map(|table| answers.rows(&form.tables[table].name));
        for row in 0..added.unwrap_or_else(|| form.height(number)) {
            let path = form.path(number, row);
            let Some(typed) = sent.get(&format!("a:{path}")) else { continue };
            let typed = typed.replace("\r\n", "\n");
            let stated = sent.word(&format!("missing:{path}"));
            let answer = match field.control() {
                Control::Many => several(sent, &path, choices),
                Control::File => (!typed.trim().is_empty()).then(|| Json::from(typed.trim())),
                Control::Order => in_order(sent, &path, choices),
                _ => one(form, (number, choices), &typed, was.get(&path), lang),
            };
            let answer = answer.or_else(|| why_not(stated, was.get(&path)));
            answers.set(&path, answer);
        }
    }
    for (name, text) in sent.0.iter().filter(|(name, _)| name.starts_with(EXPLAIN)) {
        answers.set(name, Some(Json::from(text.replace("\r\n", "\n").trim())));
    }
    answers
}

/// What a page only shows is not sent: in a new report it is what the form offers.
pub(in crate::web) fn keep_what_is_only_shown(view: &ReportView, answers: &mut Answers) {
    let form = &view.form;
    for field in (0..form.fields.len()).filter(|field| form.fields[*field].read_only) {
        for row in 0..form.height(field) {
            let path = form.path(field, row);
            if answers.get(&path).is_none() {
                answers.set(&path, view.answers.get(&path).cloned());
            }
        }
    }
}

/// What was stated in place of an answer, with what was said about it before.
fn why_not(stated: &str, was: Option<&Json>) -> Option<Json> {
    let stated = ABSENCES.into_iter().find(|kind| *kind == stated)?;
    let same = was.filter(|was| absence(was).is_some_and(|absence| absence.kind == stated));
    Some(same.cloned().unwrap_or_else(|| json!({"missing": stated})))
}

/// The ticked boxes of a question, and what was typed to find more.
fn several(sent: &Fields, path: &str, choices: &Choices) -> Option<Json> {
    let mut codes: Vec<String> = Vec::new();
    for typed in sent.all(&format!("a:{path}")).map(str::trim).filter(|typed| !typed.is_empty()) {
        let code = choices.meant(typed);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    (!codes.is_empty()).then(|| Json::from(codes))
}

/// The choices with the places that they were given.
fn in_order(sent: &Fields, path: &str, choices: &Choices) -> Option<Json> {
    let start = format!("a:{path}:");
    let given = sent.0.iter().filter_map(|(name, place)| Some((name.strip_prefix(&start)?, place.trim())));
    let known = given.filter(|(code, place)| !place.is_empty() && choices.find(code).is_some());
    ranked(known.map(|(code, place)| (code.to_owned(), place.to_owned())).collect())
}

fn one(form: &Form, (field, choices): (usize, &Choices), typed: &str, was: Option<&Json>, lang: Lang) -> Option<Json> {
    let asked = &form.fields[field];
    if typed.trim().is_empty() {
        return None;
    }
    // What stands in the field as it was shown is what was stored, to the last digit.
    if let Some(was) = was.filter(|was| shown(form, field, was, lang).trim() == typed.trim()) {
        return Some(was.clone());
    }
    let word = text::folded(typed);
    match TYPED_ABSENCES.iter().find(|(known, _)| asked.missing && *known == word) {
        Some((_, kind)) => Some(json!({"missing": kind})),
        None => asked.kind.type_in(typed, choices),
    }
}

/// Answers and explanations as one document, as actions take them.
pub(in crate::web) fn together(answers: &Answers, explanations: &Explanations) -> Answers {
    let mut all = answers.clone();
    for (name, text) in explanations {
        all.set(&format!("{EXPLAIN}{name}"), Some(Json::from(text.as_str())));
    }
    all
}

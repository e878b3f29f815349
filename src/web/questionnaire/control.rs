//! One control: what a person types into or chooses from, by the neutral [`Control`] of the question.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::{Paper, id, shown, typed};
use crate::form::kind::Control;
use crate::form::{ABSENCES, absence};
use crate::lang::Lang;

/// Up to so many choices are all shown at once.
const AT_ONCE: usize = 4;

/// Where a control stands and which texts belong to it.
pub(super) struct Spot<'a> {
    pub field: usize,
    pub row: usize,
    pub path: &'a str,
    /// `id`s of its labels, where no `<label>` is beside it.
    pub labels: Option<String>,
    /// `id`s of its hint and its faults.
    pub told_by: Option<String>,
    pub faulty: bool,
}

/// The control to fill.
pub(super) fn control(paper: &Paper<'_>, spot: &Spot<'_>) -> Markup {
    let asked = &paper.form.fields[spot.field];
    let answer = paper.answer(spot.field, spot.row);
    let value = answer.map(|answer| shown(paper.form, spot.field, answer, paper.lang)).unwrap_or_default();
    html! {
        @match asked.control() {
            Control::Line { input_mode, number, unit } => {
                span.line {
                    (line(spot, &value, (input_mode, number)))
                    @if !unit.is_empty() { span.unit aria-hidden="true" { (unit) } }
                }
            }
            Control::When(how) => span.line { (when(paper, spot, (&value, how))) },
            Control::Many | Control::Order | Control::Scale | Control::Tick(_) => {}
            Control::Lines => {
                textarea id=(id("a", spot.path)) name={ "a:" (spot.path) } rows=(if asked.table.is_some() { 1 } else { 3 })
                    aria-labelledby=[spot.labels.as_deref()] aria-describedby=[spot.told_by.as_deref()]
                    aria-invalid=[spot.faulty.then_some("true")] { "\n" (value) }
            }
            Control::One => (one(paper, spot, &value)),
        }
        @if asked.missing && asked.table.is_none() { (missing(spot, answer, paper.lang)) }
    }
}

fn line(spot: &Spot<'_>, value: &str, (input_mode, number): (&str, bool)) -> Markup {
    html! {
        input type="text" id=(id("a", spot.path)) name={ "a:" (spot.path) } value=(value) inputmode=(input_mode)
            class=[number.then_some("number")] autocomplete="off"
            aria-labelledby=[spot.labels.as_deref()] aria-describedby=[spot.told_by.as_deref()]
            aria-invalid=[spot.faulty.then_some("true")];
    }
}

fn when(paper: &Paper<'_>, spot: &Spot<'_>, (value, how): (&str, &'static str)) -> Markup {
    html! {
        input.number type="text" id=(id("a", spot.path)) name={ "a:" (spot.path) } value=(value) inputmode="numeric"
            placeholder=(paper.lang.t(how)) autocomplete="off"
            aria-labelledby=[spot.labels.as_deref()] aria-describedby=[spot.told_by.as_deref()]
            aria-invalid=[spot.faulty.then_some("true")];
    }
}

fn one(paper: &Paper<'_>, spot: &Spot<'_>, value: &str) -> Markup {
    let choices = paper.form.choices_of(spot.field);
    let absences = typed::absences(&paper.form.fields[spot.field]);
    let known = value.is_empty()
        || choices.iter().any(|choice| choice.name == value)
        || absences.iter().any(|(word, _)| *word == value);
    let name = format!("a:{}", spot.path);
    if spot.labels.is_none() && choices.len() <= AT_ONCE && known {
        return html! {
            div.choices {
                @for (i, choice) in choices.iter().enumerate() {
                    label.choice {
                        input type="radio" name=(name) value=(choice.name) checked[choice.name == value]
                            id=[(i == 0).then(|| id("a", spot.path))];
                        span { (choice.label) }
                    }
                }
                label.choice.none {
                    input type="radio" name=(name) value="" checked[value.is_empty()];
                    span { (paper.lang.t("web.no-answer")) }
                }
            }
        };
    }
    html! {
        select id=(id("a", spot.path)) name=(name) aria-labelledby=[spot.labels.as_deref()]
            aria-describedby=[spot.told_by.as_deref()] aria-invalid=[spot.faulty.then_some("true")] {
            option value="" selected[value.is_empty()] { (paper.lang.t("web.choose")) }
            @if !known { option value=(value) selected { (value) } }
            @for choice in choices.iter() { option value=(choice.name) selected[choice.name == value] { (choice.label) } }
            @for (word, kind) in absences.into_iter().filter(|(word, _)| paper.form.fields[spot.field].missing || *word == value) {
                option value=(word) selected[word == value] { (absence_word(kind, paper.lang)) }
            }
        }
    }
}

/// Whether a question is asked as a group of choices, which wants a legend rather than a label.
pub(super) fn is_grouped(paper: &Paper<'_>, field: usize, row: usize) -> bool {
    let choices = paper.form.choices_of(field);
    let known = paper
        .answer(field, row)
        .and_then(Json::as_str)
        .is_none_or(|code| choices.iter().any(|choice| choice.name == code));
    paper.form.fields[field].kind.control == Control::One && choices.len() <= AT_ONCE && known
}

/// The word for why there is no value, where the question takes one.
fn missing(spot: &Spot<'_>, answer: Option<&Json>, lang: Lang) -> Markup {
    let stated = answer.and_then(absence).map(|absence| absence.kind).unwrap_or_default();
    html! {
        select.missing name={ "missing:" (spot.path) } aria-label=(lang.t("web.missing")) {
            option value="" { (lang.t("web.missing-none")) }
            @for kind in ABSENCES { option value=(kind) selected[stated == kind] { (absence_word(kind, lang)) } }
        }
    }
}

/// The word of a stated absence.
pub(super) fn absence_word(kind: &str, lang: Lang) -> String {
    match kind {
        "not-applicable" => lang.t("web.not-applicable"),
        _ => lang.t("web.no-data"),
    }
}

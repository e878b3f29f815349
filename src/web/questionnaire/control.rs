//! One control: what a person types into or chooses from, by the neutral [`Control`] of the question.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::{Paper, choose, file, id, shown};
use crate::form::kind::Control;
use crate::form::{ABSENCES, absence};
use crate::lang::Lang;

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
            Control::When(how) => span.line { (written(paper, spot, (&value, how, "number"))) },
            Control::Words(how) => span.line { (written(paper, spot, (&value, how, "words"))) },
            Control::File => (file::file(paper, spot)),
            Control::Many => (choose::many(paper, spot)),
            Control::Order => (choose::order(paper, spot)),
            Control::Tick(ticked) => (choose::tick(paper, spot, (ticked, &asked.label))),
            Control::Scale => @match choose::marks(paper, spot.field) {
                Some(marks) => (choose::scale(paper, spot, &marks)),
                None => span.line { (line(spot, &value, ("decimal", true))) },
            },
            Control::Lines => {
                textarea id=(id("a", spot.path)) name={ "a:" (spot.path) } rows=(if asked.table.is_some() { 1 } else { 3 })
                    aria-labelledby=[spot.labels.as_deref()] aria-describedby=[spot.told_by.as_deref()]
                    aria-invalid=[spot.faulty.then_some("true")] { "\n" (value) }
            }
            Control::One => (choose::one(paper, spot, &value)),
        }
        @if asked.missing && (asked.table.is_none() || !takes_words(asked.control())) { (missing(spot, answer, paper.lang)) }
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

/// A line that shows how to write what belongs there.
fn written(paper: &Paper<'_>, spot: &Spot<'_>, (value, how, class): (&str, &'static str, &'static str)) -> Markup {
    html! {
        input class=(class) type="text" id=(id("a", spot.path)) name={ "a:" (spot.path) } value=(value)
            placeholder=(paper.lang.t(how)) autocomplete="off"
            aria-labelledby=[spot.labels.as_deref()] aria-describedby=[spot.told_by.as_deref()]
            aria-invalid=[spot.faulty.then_some("true")];
    }
}

/// Whether «н/д» can stand in the field itself.
pub(super) fn takes_words(control: Control) -> bool {
    !matches!(control, Control::Many | Control::Order | Control::Scale | Control::Tick(_) | Control::File)
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

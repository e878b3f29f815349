//! Controls that choose: one of a list, several, an order, a mark on a scale, a box to tick. All work without a script.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::Value as Json;

use super::control::{Spot, absence_word};
use super::{Paper, id, typed};
use crate::expr::Value;
use crate::form::kind::{Control, places_of};
use crate::form::{Appearance, Choice, Choices};
use crate::text;

/// Up to so many choices are all shown at once.
const AT_ONCE: usize = 7;
/// More than so many are found by typing.
const TO_SEARCH: usize = 60;
/// Up to so many choices are put in order by lists of places; more by typing the places.
const PLACES: usize = 20;

/// How a question offers its choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// All at once.
    Buttons,
    /// A list that drops down.
    List,
    /// A field that finds them.
    Search,
}

/// How a question offers its choices where it stands.
pub(super) fn way(paper: &Paper<'_>, field: usize) -> Way {
    let asked = &paper.form.fields[field];
    let count = paper.form.choices_in(field, paper.context).len();
    match (asked.appearance, asked.control()) {
        (Appearance::Search, _) => Way::Search,
        (_, Control::Scale) => Way::Buttons,
        (Appearance::Minimal, _) => Way::List,
        (_, Control::One | Control::Many) if count > TO_SEARCH || count == 0 => Way::Search,
        (_, Control::One) if asked.table.is_some() => Way::List,
        (_, Control::Many) if asked.table.is_none() || count <= AT_ONCE => Way::Buttons,
        _ if count <= AT_ONCE => Way::Buttons,
        _ => Way::List,
    }
}

/// One of a list.
pub(super) fn one(paper: &Paper<'_>, spot: &Spot<'_>, value: &str) -> Markup {
    let choices = paper.offered(spot.field, spot.row);
    let absences = typed::absences(&paper.form.fields[spot.field]);
    let known = value.is_empty()
        || choices.iter().any(|choice| choice.name == value)
        || absences.iter().any(|(word, _)| *word == value);
    match way(paper, spot.field) {
        Way::Search => search(paper, spot, value),
        Way::Buttons if known => buttons(paper, spot, (&choices, value)),
        _ => list(paper, spot, (&choices, value, known)),
    }
}

fn buttons(paper: &Paper<'_>, spot: &Spot<'_>, (choices, value): (&[&Choice], &str)) -> Markup {
    let name = format!("a:{}", spot.path);
    html! {
        div.choices {
            @for (i, choice) in choices.iter().enumerate() {
                label.choice {
                    input type="radio" name=(name) value=(choice.name) checked[choice.name == value]
                        id=[(i == 0).then(|| id("a", spot.path))];
                    span { (choice.label) }
                }
            }
            (no_answer(paper, &name, value.is_empty()))
        }
    }
}

fn no_answer(paper: &Paper<'_>, name: &str, chosen: bool) -> Markup {
    html! {
        label.choice.none {
            input type="radio" name=(name) value="" checked[chosen];
            span { (paper.lang.t("web.no-answer")) }
        }
    }
}

fn list(paper: &Paper<'_>, spot: &Spot<'_>, (choices, value, known): (&[&Choice], &str, bool)) -> Markup {
    let absences = typed::absences(&paper.form.fields[spot.field]);
    let left_out = paper.form.choices_in(spot.field, paper.context).label(value);
    html! {
        select id=(id("a", spot.path)) name={ "a:" (spot.path) } aria-labelledby=[spot.labels.as_deref()]
            aria-describedby=[spot.told_by.as_deref()] aria-invalid=[spot.faulty.then_some("true")] {
            option value="" selected[value.is_empty()] { (paper.lang.t("web.choose")) }
            @if !known { option value=(value) selected { (left_out) } }
            @for choice in choices { option value=(choice.name) selected[choice.name == value] { (choice.label) } }
            @for (word, kind) in absences.into_iter().filter(|(word, _)| paper.form.fields[spot.field].missing || *word == value) {
                option value=(word) selected[word == value] { (absence_word(kind, paper.lang)) }
            }
        }
    }
}

/// A field that finds a choice by a part of its text; without a script too.
fn search(paper: &Paper<'_>, spot: &Spot<'_>, value: &str) -> Markup {
    let choices = paper.form.choices_in(spot.field, paper.context);
    let label = choices.find(value).map_or_else(|| value.to_owned(), |choice| choices.telling(choice));
    html! { (finder(paper, spot, &label)) (own_finds(paper, spot)) }
}

fn finder(paper: &Paper<'_>, spot: &Spot<'_>, value: &str) -> Markup {
    html! {
        input type="text" id=(id("a", spot.path)) name={ "a:" (spot.path) } value=(value) list=(finds(paper, spot))
            placeholder=(paper.lang.t("web.find-choice")) autocomplete="off" aria-labelledby=[spot.labels.as_deref()]
            aria-describedby=[spot.told_by.as_deref()] aria-invalid=[spot.faulty.then_some("true")];
    }
}

/// The `id` of what a field finds: a list that many questions share stands on the page once.
fn finds(paper: &Paper<'_>, spot: &Spot<'_>) -> String {
    let asked = &paper.form.fields[spot.field];
    match asked.choices.filter(|_| asked.choice_filter.is_none()) {
        Some(list) => format!("l:{list}"),
        None => id("l", spot.path),
    }
}

fn own_finds(paper: &Paper<'_>, spot: &Spot<'_>) -> Markup {
    let own = paper.form.fields[spot.field].choice_filter.is_some();
    html! {
        @if own {
            (datalist(&finds(paper, spot), paper.form.choices_in(spot.field, paper.context), paper.offered(spot.field, spot.row)))
        }
    }
}

fn datalist(
    id: &str,
    of: &Choices,
    choices: impl IntoIterator<Item = impl std::ops::Deref<Target = Choice>>,
) -> Markup {
    html! { datalist id=(id) { @for choice in choices { option value=(of.telling(&choice)) {} } } }
}

/// The lists that fields of the whole page find choices in.
pub(super) fn shared_lists(paper: &Paper<'_>) -> Markup {
    let searched = |field: &usize| {
        let asked = &paper.form.fields[*field];
        let chooses = matches!(asked.control(), Control::One | Control::Many) && asked.is_asked();
        chooses && asked.choice_filter.is_none() && way(paper, *field) == Way::Search
    };
    let fields = (0..paper.form.fields.len()).filter(searched);
    let lists: BTreeMap<usize, usize> =
        fields.rev().filter_map(|field| Some((paper.form.fields[field].choices?, field))).collect();
    html! {
        @for (list, field) in lists {
            @let choices = paper.form.choices_in(field, paper.context);
            (datalist(&format!("l:{list}"), choices, choices.iter()))
        }
    }
}

/// Any number of a list. The hidden field says that the question was on the page where nothing is ticked.
pub(super) fn many(paper: &Paper<'_>, spot: &Spot<'_>) -> Markup {
    let list = paper.form.choices_in(spot.field, paper.context);
    let chosen = codes(paper.answer(spot.field, spot.row));
    let offered = paper.offered(spot.field, spot.row);
    let name = format!("a:{}", spot.path);
    let way = way(paper, spot.field);
    let strange = chosen.iter().filter(|code| !offered.iter().any(|choice| choice.name == **code));
    let known = offered.iter().filter(|choice| way != Way::Search || chosen.contains(&choice.name));
    let boxes = html! {
        div.choices.many[list.len() > AT_ONCE] {
            @for choice in known { (tick_box(&name, (&choice.name, &choice.label), chosen.contains(&choice.name))) }
            @for code in strange { (tick_box(&name, (code, &list.label(code)), true)) }
        }
    };
    html! {
        input type="hidden" name=(name) value="";
        @match way {
            Way::Buttons => (boxes),
            Way::List => details.fold { summary { (said_chosen(paper, list, &chosen)) } (boxes) },
            Way::Search => { (boxes) (finder(paper, spot, "")) (own_finds(paper, spot)) }
        }
    }
}

fn said_chosen(paper: &Paper<'_>, list: &Choices, chosen: &[String]) -> String {
    let labels: Vec<String> = chosen.iter().map(|code| list.label(code)).collect();
    if labels.is_empty() { paper.lang.t("web.choose-several") } else { labels.join("; ") }
}

fn tick_box(name: &str, (value, label): (&str, &str), ticked: bool) -> Markup {
    html! { label.choice { input type="checkbox" name=(name) value=(value) checked[ticked]; span { (label) } } }
}

/// The codes of an answer, or what was typed in their place.
fn codes(answer: Option<&Json>) -> Vec<String> {
    match answer {
        Some(Json::Array(array)) => array.iter().map(|code| Value::from_json(code).as_text()).collect(),
        Some(Json::String(code)) => vec![code.clone()],
        _ => Vec::new(),
    }
}

/// Some of a list in an order: a place for each choice.
pub(super) fn order(paper: &Paper<'_>, spot: &Spot<'_>) -> Markup {
    let given = paper.answer(spot.field, spot.row).map(places_of).unwrap_or_default();
    let choices = paper.offered(spot.field, spot.row);
    let place = |code: &str| given.iter().find(|(known, _)| known == code).map_or("", |(_, place)| place.as_str());
    html! {
        input type="hidden" name={ "a:" (spot.path) } value="";
        ul.places {
            @for (i, choice) in choices.iter().enumerate() {
                li {
                    label {
                        @let here = (i == 0).then(|| id("a", spot.path));
                        (place_of(&format!("a:{}:{}", spot.path, choice.name), here, (place(&choice.name), choices.len())))
                        span { (choice.label) }
                    }
                }
            }
        }
    }
}

fn place_of(name: &str, id: Option<String>, (place, of): (&str, usize)) -> Markup {
    let known = place.is_empty() || (1..=of).any(|number| number.to_string() == place);
    if of > PLACES || !known {
        return html! { input.number type="text" inputmode="numeric" name=(name) id=[id] value=(place) autocomplete="off"; };
    }
    html! {
        select name=(name) id=[id] {
            option value="" selected[place.is_empty()] { "—" }
            @for number in 1..=of { option selected[number.to_string() == place] { (number) } }
        }
    }
}

/// The marks of a scale, where they are few enough to be shown.
pub(super) fn marks(paper: &Paper<'_>, field: usize) -> Option<Vec<f64>> {
    let asked = &paper.form.fields[field];
    let (from, to, step) = (asked.min?, asked.max?, asked.step?);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a scale has few marks, or a line")]
    let count = ((to - from) / step + 1e-9).floor().clamp(0.0, 1000.0) as u32;
    (count <= 10).then(|| (0..=count).map(|number| text::round15(from + f64::from(number) * step)).collect())
}

/// A mark on a scale.
pub(super) fn scale(paper: &Paper<'_>, spot: &Spot<'_>, marks: &[f64]) -> Markup {
    let answer = paper.answer(spot.field, spot.row).and_then(Json::as_f64);
    let stars = paper.form.fields[spot.field].appearance == Appearance::Rating;
    let name = format!("a:{}", spot.path);
    html! {
        div.choices.scale.rating[stars] {
            @for (i, mark) in marks.iter().enumerate() {
                label.choice {
                    input type="radio" name=(name) value=(text::canonical(*mark)) checked[answer == Some(*mark)]
                        id=[(i == 0).then(|| id("a", spot.path))];
                    @if stars { span.star aria-hidden="true" { "★" } }
                    span { (text::number(*mark, paper.lang)) }
                }
            }
            (no_answer(paper, &name, answer.is_none()))
        }
    }
}

/// A box to tick; its label stands beside it, or is the heading of its column.
pub(super) fn tick(paper: &Paper<'_>, spot: &Spot<'_>, (ticked, label): (&str, &str)) -> Markup {
    let answer = paper.answer(spot.field, spot.row).and_then(Json::as_str);
    html! {
        input type="hidden" name={ "a:" (spot.path) } value="";
        label.choice {
            input type="checkbox" id=(id("a", spot.path)) name={ "a:" (spot.path) } value=(ticked) checked[answer == Some(ticked)]
                aria-labelledby=[spot.labels.as_deref()] aria-describedby=[spot.told_by.as_deref()]
                aria-invalid=[spot.faulty.then_some("true")];
            @if spot.labels.is_none() { span { (label) } }
        }
    }
}

/// Whether a question is asked as a group of choices, which wants a legend rather than a label.
pub(super) fn is_grouped(paper: &Paper<'_>, field: usize, row: usize) -> bool {
    let known = || {
        let code = paper.answer(field, row).and_then(Json::as_str);
        code.is_none_or(|code| paper.offered(field, row).iter().any(|choice| choice.name == code))
    };
    match paper.form.fields[field].control() {
        Control::One => way(paper, field) == Way::Buttons && known(),
        Control::Many => way(paper, field) != Way::Search,
        Control::Order => true,
        Control::Scale => marks(paper, field).is_some(),
        _ => false,
    }
}

//! One question with its label, hint, control, faults, and what was answered last time.

use maud::{Markup, html};

use super::control::{self, Spot};
use super::{Paper, choose, file, id, shown};
use crate::form::kind::Control;
use crate::lang::Words;

/// A question outside tables. It keeps its place on the page while it is not asked, so that the script can bring it.
pub(super) fn question(paper: &Paper<'_>, field: usize) -> Markup {
    let path = paper.form.path(field, 0);
    let shows = paper.is_shown(field, 0);
    let faulty = paper.faults_at(&path).next().is_some();
    html! {
        div.question.faulty[faulty] id=(id("q", &path)) data-live hidden[!shows] {
            @if shows {
                @if paper.form.fields[field].calculation.is_some() { (calculated(paper, field)) }
                @else if paper.fill && paper.form.fields[field].is_asked() { (asked(paper, field, &path)) }
                @else { (answered(paper, field)) }
            }
        }
    }
}

fn asked(paper: &Paper<'_>, field: usize, path: &str) -> Markup {
    let question = &paper.form.fields[field];
    let told_by = told_by(paper, path, question.hint.is_some());
    let faulty = paper.faults_at(path).next().is_some();
    let spot = Spot { field, row: 0, path, labels: None, told_by: told_by.clone(), faulty };
    let around = html! {
        @if let Some(hint) = &question.hint { p.hint id=(id("h", path)) { (hint) } }
        (paper.guidance(question.guidance.as_deref()))
        (control::control(paper, &spot))
        (before(paper, field, 0))
        (faults(paper, path))
    };
    if matches!(question.control(), Control::Tick(_)) {
        return around;
    }
    if choose::is_grouped(paper, field, 0) {
        return html! {
            fieldset aria-describedby=[told_by] { legend { (question.label) } (around) }
        };
    }
    html! { label for=(id("a", path)) { (question.label) } (around) }
}

fn calculated(paper: &Paper<'_>, field: usize) -> Markup {
    let value = paper.form.show_in(field, paper.filled.values.get(field, 0), (paper.context, paper.lang));
    html! {
        p.label { (paper.form.fields[field].label) }
        @if let Some(hint) = &paper.form.fields[field].hint { p.hint { (hint) } }
        p { output.calculated { (given(&value)) (unit(paper, field, &value)) } }
    }
}

fn answered(paper: &Paper<'_>, field: usize) -> Markup {
    html! {
        p.label { (paper.form.fields[field].label) }
        p.answer { (value(paper, field, 0)) }
        (faults(paper, &paper.form.path(field, 0)))
    }
}

/// An answer to be read: as people see it, a stated absence by its word.
pub(super) fn value(paper: &Paper<'_>, field: usize, row: usize) -> Markup {
    if let Some(absence) = paper.filled.absences.get(&(field, row)) {
        return html! { span.muted { (control::absence_word(&absence.kind, paper.lang)) } };
    }
    let path = paper.form.path(field, row);
    if let Some(file) = paper.answer(field, row).and_then(|answer| file::named(paper.form, &path, answer)) {
        return file::link(paper.files, &file, paper.lang);
    }
    let said = match paper.filled.values.get(field, row) {
        crate::expr::Value::Empty => {
            paper.answer(field, row).map(|raw| shown(paper.form, field, raw, paper.lang)).unwrap_or_default()
        }
        value => paper.form.show_in(field, value, (paper.context, paper.lang)),
    };
    html! { (given(&said)) (unit(paper, field, &said)) }
}

/// A value, or a dash that is no minus.
pub(super) fn given(said: &str) -> Markup {
    html! { @if said.is_empty() { span.muted { "—" } } @else { (said) } }
}

fn unit(paper: &Paper<'_>, field: usize, said: &str) -> Markup {
    let unit = match paper.form.fields[field].kind.control {
        Control::Line { unit, .. } if !said.is_empty() => unit,
        _ => "",
    };
    html! { @if !unit.is_empty() { (crate::text::NBSP) (unit) } }
}

/// What counted one period ago.
pub(super) fn before(paper: &Paper<'_>, field: usize, row: usize) -> Markup {
    html! {
        @if let Some(before) = paper.before(field, row) {
            p.before { (Words::new("web.before").with("value", before).say(paper.lang)) }
        }
    }
}

/// The faults at a path, beside its control.
pub(super) fn faults(paper: &Paper<'_>, path: &str) -> Markup {
    html! {
        @if paper.faults_at(path).next().is_some() {
            div.faults id=(id("e", path)) {
                @for fault in paper.faults_at(path) { p.fault { (fault.say(paper.lang)) } }
            }
        }
    }
}

/// The `id`s of what explains a control.
pub(super) fn told_by(paper: &Paper<'_>, path: &str, hint: bool) -> Option<String> {
    let hint = hint.then(|| id("h", path));
    let faults = paper.faults_at(path).next().map(|_| id("e", path));
    let ids: Vec<String> = hint.into_iter().chain(faults).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

//! Fields of plain forms: a label, a hint, what was typed, and what is wrong with it right beside it.

use maud::{Markup, html};

use crate::error::{Fault, Place};
use crate::lang::Lang;

/// What a field is.
pub(super) struct Field<'a> {
    /// Its name.
    pub name: &'static str,
    /// The key of its label.
    pub label: &'static str,
    /// The key of what helps to fill it.
    pub hint: Option<&'static str>,
    /// What stands in it.
    pub value: &'a str,
    /// The type of the browser's control.
    pub kind: &'static str,
    /// What browsers may fill in by themselves: a word of HTML's `autocomplete`.
    pub autocomplete: &'static str,
    /// Whether it may be left empty.
    pub optional: bool,
}

impl<'a> Field<'a> {
    /// A line of text.
    pub fn line(name: &'static str, label: &'static str, value: &'a str) -> Field<'a> {
        Field { name, label, hint: None, value, kind: "text", autocomplete: "off", optional: false }
    }

    /// A password; what was typed is never sent back.
    pub fn password(name: &'static str, label: &'static str, autocomplete: &'static str) -> Field<'static> {
        Field { kind: "password", autocomplete, ..Field::line(name, label, "") }
    }

    /// The same field with a hint.
    pub fn hinting(self, hint: &'static str) -> Field<'a> {
        Field { hint: Some(hint), ..self }
    }

    /// The same field, which may be left empty.
    pub fn optional(self) -> Field<'a> {
        Field { optional: true, ..self }
    }

    /// The field with what is wrong in it.
    pub fn show(&self, faults: &[Fault], lang: Lang) -> Markup {
        let (ours, told_by) = (of(faults, self.name), told_by(self.name, self.hint.is_some()));
        html! {
            div.question.faulty[!ours.is_empty()] {
                label for=(self.name) {
                    (lang.t(self.label)) @if self.optional { " " span.muted { (lang.t("web.optional")) } }
                }
                @if let Some(hint) = self.hint { p.hint id={ (self.name) "-hint" } { (lang.t(hint)) } }
                input type=(self.kind) id=(self.name) name=(self.name) value=[(self.kind != "password").then_some(self.value)]
                    autocomplete=(self.autocomplete) autocapitalize="none" spellcheck="false" required[!self.optional]
                    aria-describedby=(told_by) aria-invalid=[(!ours.is_empty()).then_some("true")];
                (said(self.name, &ours, lang))
            }
        }
    }
}

/// What the faults of a field are.
pub(super) fn of<'a>(faults: &'a [Fault], name: &str) -> Vec<&'a Fault> {
    faults.iter().filter(|fault| matches!(&fault.at, Place::Field(at) if at == name)).collect()
}

/// The `id`s of what is said about a field.
pub(super) fn told_by(name: &str, hinted: bool) -> String {
    if hinted { format!("{name}-hint {name}-fault") } else { format!("{name}-fault") }
}

/// What is wrong with a field, under it.
pub(super) fn said(name: &str, faults: &[&Fault], lang: Lang) -> Markup {
    html! {
        p.fault id={ (name) "-fault" } hidden[faults.is_empty()] {
            @for fault in faults { (fault.say(lang)) " " }
        }
    }
}

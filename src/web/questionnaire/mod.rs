//! The questionnaire: a form and its answers as HTML, and what a browser sent back as answers. Pure.
//!
//! It asks through [`Control`](crate::form::kind::Control) alone and never looks at the name of a type.

mod choose;
mod control;
mod file;
mod markdown;
mod merge;
mod question;
pub(super) mod register;
mod remarks;
mod repeat;
mod table;
mod typed;

use maud::{Markup, PreEscaped, html};
use serde_json::{Value as Json, json};

use crate::error::{Fault, Place};
use crate::expr::Value;
use crate::form::{Answers, Choice, Context, Filled, Form, Group, Item};
use crate::lang::Lang;
use crate::report::Explanations;
use crate::web::assets;

pub(super) use file::told;
pub(super) use merge::merge;
pub(super) use remarks::{Speaker, checked, named, summary};
pub(super) use repeat::{ADD_ROW, REMOVE_ROW, RESTORE_ROW, add_anchor, row_anchor, told as told_row};
pub(super) use typed::{keep_what_is_only_shown, read, shown, together};

/// A form with answers, ready to be put on a page.
pub(super) struct Paper<'a> {
    pub form: &'a Form,
    pub filled: &'a Filled,
    pub answers: &'a Answers,
    pub explanations: &'a Explanations,
    /// What is outside the report: last time's values are shown beside the fields.
    pub context: &'a Context,
    /// The faults that are said; a new draft is not scolded for what nobody has had time to answer.
    pub faults: Vec<Fault>,
    /// With fields to fill, or to be read only.
    pub fill: bool,
    /// The address under which the files of the report are, if there is a report.
    pub files: Option<&'a str>,
    pub lang: Lang,
}

/// The `id` of what stands at a path; paths have no colons of their own.
pub(super) fn id(prefix: &str, path: &str) -> String {
    let mut id = String::with_capacity(prefix.len() + 1 + path.len());
    id.push_str(prefix);
    for (number, part) in path.split('/').enumerate() {
        id.push(if number == 0 { '-' } else { ':' });
        id.push_str(part);
    }
    id
}

impl<'a> Paper<'a> {
    /// The whole questionnaire, section by section.
    pub fn sections(&self) -> Markup {
        html! {
            @for group in &self.form.groups { (self.section(group)) }
            (remarks::at_end(self))
            @if self.fill { (choose::shared_lists(self)) }
        }
    }

    /// Where each section is, for long forms.
    pub fn contents(&self) -> Markup {
        let shown: Vec<&Group> = self.form.groups.iter().filter(|group| self.holds(group.relevant)).collect();
        html! {
            @if shown.len() > 2 {
                nav.contents aria-label=(self.lang.t("web.contents")) {
                    ol { @for group in shown { li { a href={ "#" (id("g", &group.name)) } { (group.label) } } } }
                }
            }
        }
    }

    /// The form and its answers for the script that computes while somebody types. Data, which the policy lets stand.
    pub fn trees(&self) -> Markup {
        let Some(form) = self.form.for_browser(self.answers, self.context) else { return html! {} };
        let words = json!({
            "yes": self.lang.t("form.yes"),
            "no": self.lang.t("form.no"),
            "constraint": self.lang.t("form.constraint"),
            "absent": typed::absence_words(),
        });
        // In HTML, `</script` would end the data.
        let data = format!("{{\"form\":{form},\"words\":{words},\"lang\":\"{}\"}}", self.lang.code());
        let data = data.replace('<', "\\u003c");
        html! {
            script type="application/json" id="form-trees" { (PreEscaped(data)) }
            @for script in assets::of_questionnaire() { script src={ "/assets/" (script.name) } defer {} }
        }
    }

    fn section(&self, group: &Group) -> Markup {
        html! {
            section.part id=(id("g", &group.name)) data-live="frame" hidden[!self.holds(group.relevant)]
                aria-labelledby=(id("gh", &group.name)) {
                @if self.holds(group.relevant) {
                    h2 id=(id("gh", &group.name)) { (group.label) }
                    @if let Some(hint) = &group.hint { p.hint { (hint) } }
                    (self.guidance(group.guidance.as_deref()))
                    (self.items(&group.items))
                }
            }
        }
    }

    fn items(&self, items: &[Item]) -> Markup {
        html! {
            @for item in items {
                @match item {
                    Item::Group(group) => @if self.holds(group.relevant) {
                        fieldset.inner-part id=(id("g", &group.name)) {
                            legend { (group.label) }
                            @if let Some(hint) = &group.hint { p.hint { (hint) } }
                            (self.guidance(group.guidance.as_deref()))
                            (self.items(&group.items))
                        }
                    },
                    Item::Field(field) => @if self.is_for_people(*field) { (question::question(self, *field)) },
                    Item::Table(table) => (table::table(self, *table)),
                    Item::Note { label, within } => @if within.iter().all(|one| self.holds(Some(*one))) {
                        div.note { (markdown::shown(label)) }
                    },
                }
            }
        }
    }

    /// More of a hint, folded away until somebody wants it.
    fn guidance(&self, guidance: Option<&str>) -> Markup {
        html! {
            @if let Some(guidance) = guidance {
                details.guidance { summary { (self.lang.t("web.guidance")) } p { (guidance) } }
            }
        }
    }

    /// The choices that a question offers as the rest is answered now.
    fn offered(&self, field: usize, row: usize) -> Vec<&Choice> {
        self.form.offered((field, row), (self.filled, self.context))
    }

    fn holds(&self, condition: Option<usize>) -> bool {
        condition.is_none_or(|number| self.filled.conditions.get(number).copied().unwrap_or(true))
    }

    fn is_shown(&self, field: usize, row: usize) -> bool {
        self.filled.relevant[field][row]
    }

    /// Whether people are to see it at all: a calculation without a label only helps others.
    fn is_for_people(&self, field: usize) -> bool {
        let field = &self.form.fields[field];
        field.calculation.is_none() || !field.label.is_empty()
    }

    fn answer(&self, field: usize, row: usize) -> Option<&Json> {
        self.answers.get(&self.form.path(field, row))
    }

    fn faults_at<'b>(&'b self, path: &'b str) -> impl Iterator<Item = &'b Fault> {
        self.faults.iter().filter(move |fault| matches!(&fault.at, Place::Answer(at) if at == path))
    }

    /// What counted one period ago at this place, as people see it.
    fn before(&self, field: usize, row: usize) -> Option<String> {
        let values = self.context.previous.first()?;
        let value = values.get(&self.form.path(field, row)).filter(|value| **value != Value::Empty)?;
        Some(self.form.show_in(field, value, (self.context, self.lang)))
    }

    /// How many of the questions that are asked have an answer, and how many are asked.
    pub fn progress(&self) -> (usize, usize) {
        let form = self.form;
        let asked = (0..form.fields.len()).filter(|field| form.fields[*field].is_asked());
        let places = asked.flat_map(|field| (0..self.filled.values.height(field)).map(move |row| (field, row)));
        let shown = places.filter(|(field, row)| self.is_shown(*field, *row));
        shown.fold((0, 0), |(done, all), (field, row)| (done + usize::from(self.answer(field, row).is_some()), all + 1))
    }
}

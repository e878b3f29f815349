//! What is wrong with a form's text, beside the lines that it is wrong in.

use std::sync::Arc;

use maud::{Markup, html};

use crate::error::{Error, Fault, Place, Result, Severity};
use crate::form::{self, Form, Organisations};
use crate::lang::{Lang, Words};
use crate::report;
use crate::report::version::{self, drafts};
use crate::web::Site;

/// A text that has been looked through.
pub(super) struct Checked {
    /// The form, where the text is one.
    pub form: Option<Form>,
    /// What is wrong, in the order of the text.
    pub faults: Vec<Fault>,
    /// The registry, where the form chooses from it.
    pub organisations: Option<Arc<Organisations>>,
    /// The published forms whose answers it reads.
    pub others: Vec<Arc<Form>>,
}

impl Checked {
    /// Whether it could be published as far as the text alone says.
    pub fn sound(&self) -> bool {
        self.form.is_some() && !self.faults.iter().any(Fault::blocks)
    }
}

/// Looks a text through: by itself, beside the published forms, and with its own cases.
pub(super) async fn check(site: &Site, id: &str, text: &str) -> Result<Checked> {
    let file = format!("{id}.toml");
    if text.len() > drafts::LONGEST {
        let words = Words::new("forms.too-long").with("n", text.len() >> 10).with("most", drafts::LONGEST >> 10);
        let fault = Fault::error(Place::Line { file, line: 1, column: 1 }, "syntax", words);
        return Ok(Checked { form: None, faults: vec![fault], organisations: None, others: Vec::new() });
    }
    let form = match form::read(text, &file) {
        Ok(form) => form,
        Err(faults) => return Ok(Checked { form: None, faults, organisations: None, others: Vec::new() }),
    };
    let mut faults = match drafts::actions::same_id(&form, id) {
        Err(Error::Faults(faults)) => faults,
        _ => Vec::new(),
    };
    faults.extend(version::actions::check_around(&site.db, &site.actor, &form, &file).await?);
    if faults.is_empty() {
        faults.extend(failed_cases(site, &form, &file).await?);
    }
    let organisations = report::actions::organisations(&site.db, &site.actor, &form).await?;
    let published = version::actions::list(&site.db, &site.actor).await?.into_iter().map(|version| version.form);
    let others = published.filter(|other| form.reach().others.contains(&other.id)).collect();
    Ok(Checked { form: Some(form), faults, organisations, others })
}

/// The form's own cases that do not hold.
async fn failed_cases(site: &Site, form: &Form, file: &str) -> Result<Vec<Fault>> {
    let published = version::actions::list(&site.db, &site.actor).await?;
    let find = |id: &str| {
        let other = || published.iter().find(|one| one.form.id == id).map(|one| (*one.form).clone());
        if id == form.id { Some(form.clone()) } else { other() }
    };
    let mut faults = Vec::new();
    for case in &form.cases {
        let result = form::run_case(form, case, &find);
        if !result.ok() {
            let place = Place::Line { file: file.to_owned(), line: case.line, column: 1 };
            let title = Words::new("cli.case-failed").with("title", &result.title);
            let fault = Fault::error(place, "case", title).weighing(Severity::Warning);
            faults.extend(result.differences.into_iter().map(|words| fault.clone().hinting(Some(words))));
        }
    }
    Ok(faults)
}

/// The line and column of a fault in the text of this form; nothing where it is in another form's.
pub(super) fn at(fault: &Fault, id: &str) -> Option<(usize, usize)> {
    match &fault.at {
        Place::Line { file, line, column } if *file == format!("{id}.toml") => Some((*line, *column)),
        _ => None,
    }
}

/// In one sentence, how the text stands.
pub(super) fn state(checked: &Checked, lang: Lang) -> String {
    let blocking = checked.faults.iter().filter(|fault| fault.blocks()).count();
    match (blocking, checked.faults.len(), &checked.form) {
        (0, 0, Some(form)) => Words::new("forms.sound").with("n", super::questions(form)).say(lang),
        (0, n, _) => Words::new("forms.doubts").with("n", n).say(lang),
        (n, ..) => Words::new("forms.faults").with("n", n).say(lang),
    }
}

/// All faults, each with its line quoted and a way to it.
pub(super) fn list(checked: &Checked, id: &str, text: &str, lang: Lang) -> Markup {
    let lines: Vec<&str> = text.lines().collect();
    html! {
        div #form-faults tabindex="-1" {
            @if !checked.faults.is_empty() {
                ol.form-faults {
                    @for fault in &checked.faults { li.(class(fault)) { (one(fault, id, &lines, lang)) } }
                }
            }
        }
    }
}

fn class(fault: &Fault) -> &'static str {
    if fault.blocks() { "bad" } else { "warn" }
}

fn one(fault: &Fault, id: &str, lines: &[&str], lang: Lang) -> Markup {
    let place = at(fault, id);
    html! {
        p {
            @match place {
                Some((line, column)) => {
                    a href="#text" data-line=(line) data-column=(column) {
                        (Words::new("forms.at-line").with("line", line).with("column", column).say(lang))
                    }
                    ": "
                }
                None => span.code { (fault.at) ": " },
            }
            span.said { (fault.message.say(lang)) }
            @if let Some(hint) = &fault.hint { " " (hint.say(lang)) }
        }
        @if let Some((line, column)) = place {
            @if let Some(quoted) = lines.get(line - 1).filter(|quoted| !quoted.trim().is_empty()) {
                pre.quoted { (quote(quoted, column)) }
            }
        }
    }
}

/// A line with the place of a fault marked in it; a long one is cut around the place.
fn quote(line: &str, column: usize) -> Markup {
    const AROUND: usize = 60;
    let chars: Vec<char> = line.chars().collect();
    let at = column.saturating_sub(1).min(chars.len());
    let (from, to) = (at.saturating_sub(AROUND), (at + AROUND).min(chars.len()));
    let text = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
    let word = (at + marked(&chars[at..to])).min(to);
    html! {
        @if from > 0 { "…" }
        (text(from, at)) mark { (text(at, word)) } (text(word, to))
        @if to < chars.len() { "…" }
    }
}

/// How much of a line is at fault: a string, a reference, a word, or a sign.
fn marked(rest: &[char]) -> usize {
    let closing = match rest.first() {
        Some(quote @ ('"' | '\'')) => Some(*quote),
        Some('$') => Some('}'),
        _ => None,
    };
    let end = closing.and_then(|closing| rest.iter().skip(1).position(|c| *c == closing));
    let word = || rest.iter().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')).count();
    end.map_or_else(|| word().max(1), |end| end + 2)
}

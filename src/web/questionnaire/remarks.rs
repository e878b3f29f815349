//! What the form says about the answers: the summary of faults, the checks, and the explanations of warnings.

use std::sync::Arc;

use maud::{Markup, html};

use super::{Paper, id};
use crate::error::{Fault, Place, Severity};
use crate::form::{Form, Organisations, Table};
use crate::lang::{Lang, Words};
use crate::report::{self, EXPLAIN};

/// What stands at a path, in the words of the form: «ОГЭ, математика — Участников, чел.».
pub(in crate::web) fn named(form: &Form, path: &str, lang: Lang) -> String {
    if let Some((table, row)) = form.locate_row(path) {
        return numbered(form, table, row, lang);
    }
    if let Some(table) = form.repeat_named(path) {
        return form.tables[table].label.clone();
    }
    if let Some((field, row)) = form.locate(path) {
        let field = &form.fields[field];
        return match field.table {
            Some(table) => format!("{} — {}", numbered(form, table, row, lang), field.label),
            None => field.label.clone(),
        };
    }
    let Some((table, row)) = path.split_once('/') else { return path.to_owned() };
    let table = form.tables.iter().find(|known| known.name == table);
    let row = table.and_then(|table| table.rows.iter().find(|known| known.name == row));
    row.map_or_else(|| path.to_owned(), |row| row.label.clone())
}

/// What a row is called: its heading, or «Педагоги, строка 2».
fn numbered(form: &Form, table: usize, row: usize, lang: Lang) -> String {
    let own = &form.tables[table];
    match own.repeat {
        Some(_) => Words::new("web.row-of").with("repeat", &own.label).with("n", row + 1).say(lang),
        None => form.row_label(table, row),
    }
}

/// What the check of an explanation says, by the explanation's name: `check`, for a check over rows `check/row`.
pub(in crate::web) fn checked(form: &Form, name: &str) -> String {
    let (check, row) = name.split_once('/').unwrap_or((name, ""));
    let Some(check) = form.checks.iter().find(|known| known.name == check) else { return name.to_owned() };
    let rows = check.over.map_or(&[][..], |table| &form.tables[table].rows);
    let label = rows.iter().find(|known| known.name == row).map(|known| known.label.clone());
    let numbered = || form.locate_row(row).map(|(table, row)| form.row_label(table, row));
    check.message.replace("{row}", &label.or_else(numbered).unwrap_or_else(|| row.to_owned()))
}

/// All faults that block, at the top of the page, each leading to its field.
pub(in crate::web) fn summary(paper: &Paper<'_>) -> Markup {
    let blocking: Vec<&Fault> = paper.faults.iter().filter(|fault| fault.blocks()).collect();
    html! {
        div #summary data-live {
            @if !blocking.is_empty() {
                div.box.bad #faults role="alert" tabindex="-1" {
                    h2 { (what_to_do(&blocking, paper.lang)) }
                    ul { @for fault in &blocking { li { (lead(paper, fault)) } } }
                }
            }
        }
    }
}

/// «Нужно исправить 2 ответа. Нужно пояснить 1 ответ».
fn what_to_do(blocking: &[&Fault], lang: Lang) -> String {
    let explains = |fault: &&&Fault| matches!(&fault.at, Place::Answer(path) if path.starts_with(EXPLAIN));
    let explain = blocking.iter().filter(explains).count();
    let said = [("web.to-mend", blocking.len() - explain), ("web.to-explain", explain)];
    let said = said.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| Words::new(key).with("n", n).say(lang));
    said.collect::<Vec<_>>().join(". ")
}

fn lead(paper: &Paper<'_>, fault: &Fault) -> Markup {
    let said = fault.say(paper.lang);
    let Place::Answer(path) = &fault.at else { return html! { (said) } };
    if path.starts_with(EXPLAIN) {
        return html! { a href={ "#" (id("x", path)) } { (said) } };
    }
    let anchor = match paper.form.locate(path) {
        Some((field, row)) => id("a", &paper.form.path(field, row)),
        None => remark_id(path, fault),
    };
    html! {
        a href={ "#" (anchor) } {
            @if !path.is_empty() { (named(paper.form, path, paper.lang)) ": " }
            (said)
        }
    }
}

/// The remarks about the rows of a table, under it.
pub(super) fn of_table(paper: &Paper<'_>, table: &Table) -> Markup {
    let start = format!("{}/", table.name);
    let grows = table.repeat.is_some();
    let rows = |path: &str| match grows {
        true => {
            path == table.name
                || paper.form.locate_row(path).is_some_and(|(at, _)| paper.form.tables[at].name == table.name)
        }
        false => path.strip_prefix(&start).is_some_and(|row| !row.contains('/')),
    };
    let ours = paper.faults.iter().filter(|fault| matches!(&fault.at, Place::Answer(path) if rows(path)));
    remarks(paper, &id("m", &table.name), ours.collect())
}

/// The remarks about the report as a whole, and about what no question asks for.
pub(super) fn at_end(paper: &Paper<'_>) -> Markup {
    let whole = |fault: &&Fault| match &fault.at {
        Place::Answer(path) => {
            let row = path.split_once('/').is_some_and(|(table, rest)| {
                !rest.contains('/') && paper.form.tables.iter().any(|known| known.name == table)
            });
            let added = paper.form.locate_row(path).is_some() || paper.form.repeat_named(path).is_some();
            !row && !added && !path.starts_with(EXPLAIN) && paper.form.locate(path).is_none()
        }
        _ => true,
    };
    remarks(paper, "m-", paper.faults.iter().filter(whole).collect())
}

fn remarks(paper: &Paper<'_>, at: &str, faults: Vec<&Fault>) -> Markup {
    html! {
        div.remarks id=(at) data-live hidden[faults.is_empty()] {
            @if !faults.is_empty() {
                h3 { (paper.lang.t("web.remarks")) }
                @for fault in faults { (remark(paper, fault)) }
            }
        }
    }
}

/// The `id` of a remark: several checks may speak of one row, or of the report as a whole.
fn remark_id(path: &str, fault: &Fault) -> String {
    match &fault.name {
        Some(name) => id("n", &format!("{path}:{name}")),
        None => id("n", path),
    }
}

fn remark(paper: &Paper<'_>, fault: &Fault) -> Markup {
    let path = match &fault.at {
        Place::Answer(path) => path.as_str(),
        _ => "",
    };
    let (class, word) = match fault.severity {
        Severity::Error => ("bad", paper.lang.t("web.severity-error")),
        Severity::Warning => ("warn", paper.lang.t("web.severity-warning")),
        Severity::Note => ("quiet", paper.lang.t("web.severity-note")),
    };
    html! {
        div.remark.box.(class) id=(remark_id(path, fault)) tabindex="-1" {
            p { strong { (word) ": " } (fault.say(paper.lang)) }
            @if let Some(key) = report::explanation_key(fault) { (explanation(paper, &key)) }
        }
    }
}

fn explanation(paper: &Paper<'_>, key: &str) -> Markup {
    let given = key.strip_prefix(EXPLAIN).and_then(|name| paper.explanations.get(name)).map_or("", String::as_str);
    let faulty = paper.faults_at(key).next().is_some();
    html! {
        @if paper.fill {
            label for=(id("x", key)) { (paper.lang.t("web.explain")) }
            textarea id=(id("x", key)) name=(key) rows="2" aria-invalid=[faulty.then_some("true")]
                aria-describedby=[faulty.then(|| id("e", key))] { "\n" (given) }
            @if faulty { p.fault id=(id("e", key)) { (paper.lang.t("web.explain-needed")) } }
        } @else if !given.is_empty() {
            p { (Words::new("web.explained").with("text", given).say(paper.lang)) }
        }
    }
}

/// A form, and the registry where the form chooses from it.
#[derive(Clone, Copy)]
pub(in crate::web) struct Speaker<'f> {
    pub form: &'f Form,
    pub organisations: Option<&'f Organisations>,
}

impl<'f> Speaker<'f> {
    pub fn new(form: &'f Form, organisations: Option<&'f Arc<Organisations>>) -> Speaker<'f> {
        Speaker { form, organisations: organisations.map(|all| &**all) }
    }

    /// A stored answer in the words of the form, for histories and comparisons; an organisation by its name, with its
    /// code beside it.
    pub fn said(self, path: &str, answer: &serde_json::Value, lang: Lang) -> String {
        let form = self.form;
        let Some((field, _)) = form.locate(path) else {
            return match answer {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Object(_) if form.locate_row(path).is_some() => lang.t("web.row-there"),
                other => other.to_string(),
            };
        };
        if answer.is_null() {
            return String::new();
        }
        if let Some(absence) = crate::form::absence(answer) {
            return super::control::absence_word(&absence.kind, lang);
        }
        if let Some(file) = super::file::named(form, path, answer) {
            return format!("{}, {}", file.name, file.size_words().say(lang));
        }
        let choices = form.choices_among(field, self.organisations);
        match form.fields[field].kind.read(answer, choices) {
            Ok(value) if choices.is_of_registry() => {
                let each = value.elements().iter().map(|code| choices.with_code(&code.as_text())).collect::<Vec<_>>();
                each.join("; ")
            }
            Ok(value) => form.fields[field].kind.show(&value, choices, lang),
            Err(_) => super::shown(form, field, answer, lang),
        }
    }
}

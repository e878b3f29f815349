//! The rows of a repeat: a table that grows, with buttons that work without a script.

use maud::{Markup, html};

use super::table::{columns, line};
use super::typed::ROWS;
use super::{Paper, Speaker, id, remarks, table};
use crate::form::Table;
use crate::lang::{Lang, Words};
use crate::report::{self, RemovedRow};

/// What a button asks for that adds a row, before the name of the repeat.
pub(in crate::web) const ADD_ROW: &str = "add:";

/// What a button asks for that deletes a row, before its path.
pub(in crate::web) const REMOVE_ROW: &str = "remove:";

/// What a button asks for that takes a deleted row back, before its number.
pub(in crate::web) const RESTORE_ROW: &str = "restore:";

/// So many deleted rows are shown at once; the others are folded away.
const AT_ONCE: usize = 2;

/// So many answers of a deleted row tell which it was.
const TOLD: usize = 3;

/// The `id` of a row.
pub(in crate::web) fn row_anchor(table: usize, row: usize) -> String {
    format!("row-{table}-{}", row + 1)
}

/// The `id` of what adds a row.
pub(in crate::web) fn add_anchor(table: usize) -> String {
    format!("add-{table}")
}

/// A repeat of the form that is shown.
pub(super) fn rows(paper: &Paper<'_>, number: usize) -> Markup {
    let own = &paper.form.tables[number];
    let rows = paper.answers.rows(&own.name);
    html! {
        @if paper.fill { input type="hidden" name={ (ROWS) (own.name) } value=(rows); }
        @if rows > 0 {
            div.scroll role="region" tabindex="0" aria-labelledby=(id("th", &own.name)) {
                table.cards.growing.reading[!paper.fill].few[columns(paper, own).count() <= table::FEW]
                    aria-labelledby=(id("th", &own.name)) {
                    (table::head(paper, own))
                    tbody { @for row in 0..rows { (one(paper, (number, own), row)) } }
                    (table::totals(paper, own))
                }
            }
        } @else { p.muted { (paper.lang.t("web.no-rows")) } }
        @if paper.fill {
            (add(paper, (number, own), rows))
            (deleted(paper, own, rows))
        }
        (remarks::of_table(paper, own))
    }
}

fn one(paper: &Paper<'_>, (number, own): (usize, &Table), row: usize) -> Markup {
    let name = Words::new("web.row-number").with("n", row + 1).say(paper.lang);
    let path = own.row_path(row);
    html! {
        tr id=(row_anchor(number, row)) {
            th scope="row" {
                span id=(id("r", &path)) { (name) }
                @if paper.fill {
                    " " button.quiet.remove type="submit" name="do" value={ (REMOVE_ROW) (path) } data-rows="remove"
                        aria-label=(Words::new("web.remove-this-row").with("n", row + 1).say(paper.lang)) {
                        (paper.lang.t("web.remove-row"))
                    }
                }
            }
            (line(paper, own, row))
        }
    }
}

fn add(paper: &Paper<'_>, (number, own): (usize, &Table), rows: usize) -> Markup {
    let most = own.most_rows();
    html! {
        p.add-row id=(add_anchor(number)) {
            @if rows < most {
                button type="submit" name="do" value={ (ADD_ROW) (own.name) } data-rows="add" { (paper.lang.t("web.add-row")) }
            } @else {
                span.muted { (Words::new("web.rows-full").with("n", most).say(paper.lang)) }
            }
        }
    }
}

/// The rows that were deleted and can be taken back, the last first.
fn deleted(paper: &Paper<'_>, own: &Table, rows: usize) -> Markup {
    let all = report::removed_rows(paper.explanations);
    let ours: Vec<&RemovedRow> = all.iter().filter(|row| row.repeat == own.name).collect();
    let (first, rest) = ours.split_at(ours.len().min(AT_ONCE));
    let list = |some: &[&RemovedRow]| {
        html! { ul.deleted-rows { @for row in some { (one_deleted(paper, row, rows < own.most_rows())) } } }
    };
    html! {
        @if !first.is_empty() { (list(first)) }
        @if !rest.is_empty() {
            details {
                summary { (Words::new("web.rows-removed-too").with("n", rest.len()).say(paper.lang)) }
                (list(rest))
            }
        }
        @if !first.is_empty() && rows >= own.most_rows() { p.muted { (paper.lang.t("web.restore-full")) } }
    }
}

fn one_deleted(paper: &Paper<'_>, row: &RemovedRow, room: bool) -> Markup {
    let said = told(Speaker::new(paper.form, paper.context.organisations.as_ref()), row, paper.lang);
    let words = |key| Words::new(key).with("n", row.row + 1).with("said", said.as_str()).say(paper.lang);
    html! {
        li {
            span { (words("web.row-was-removed")) }
            @if room {
                " " button.quiet type="submit" name="do" value={ (RESTORE_ROW) (row.number) } data-rows="restore"
                    aria-label=(words("web.restore-this-row")) { (paper.lang.t("web.restore-row")) }
            }
        }
    }
}

/// The first answers of a deleted row.
pub(in crate::web) fn told(speaker: Speaker<'_>, row: &RemovedRow, lang: Lang) -> String {
    let form = speaker.form;
    let columns = form.repeat_named(&row.repeat).map_or(&[][..], |table| &form.tables[table].columns);
    let said = columns.iter().filter_map(|column| {
        let path = form.path(*column, 0);
        let said = speaker.said(&path, row.answers.get(&path)?, lang);
        (!said.is_empty()).then_some(said)
    });
    let said: Vec<String> = said.take(TOLD).collect();
    if said.is_empty() { "—".to_owned() } else { said.join(", ") }
}

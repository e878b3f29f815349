//! The rows of a repeat: a table that grows, with buttons that work without a script.

use maud::{Markup, html};

use super::table::{columns, line};
use super::typed::ROWS;
use super::{Paper, id, remarks, table};
use crate::form::Table;
use crate::lang::Words;

/// What a button asks for that adds a row, before the name of the repeat.
pub(in crate::web) const ADD_ROW: &str = "add:";

/// What a button asks for that deletes a row, before its path.
pub(in crate::web) const REMOVE_ROW: &str = "remove:";

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
        @if paper.fill { (add(paper, (number, own), rows)) }
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

//! A table: rows and columns with headers; on a narrow screen the style sheet makes each row a card.

use maud::{Markup, html};

use super::control::{self, Spot};
use super::{Paper, id, question, remarks};
use crate::expr::Value;
use crate::form::kind::Control;
use crate::form::{Row, Table, Total};
use crate::lang::Words;
use crate::text::NBSP;

/// So many columns fit on a desktop screen; then the headings stay while the rows scroll.
pub(super) const FEW: usize = 6;

/// A table of the form.
pub(super) fn table(paper: &Paper<'_>, number: usize) -> Markup {
    let table = &paper.form.tables[number];
    let shows = paper.holds(table.relevant);
    html! {
        div.table-question id=(id("t", &table.name)) data-live="frame" hidden[!shows] {
            @if shows {
                h3 id=(id("th", &table.name)) { (table.label) }
                @if let Some(hint) = &table.hint { p.hint { (hint) } }
                (paper.guidance(table.guidance.as_deref()))
                (hints(paper, table))
                @if table.repeat.is_some() { (super::repeat::rows(paper, number)) }
                @else { (fixed(paper, table)) }
            }
        }
    }
}

/// The rows that the form has.
fn fixed(paper: &Paper<'_>, table: &Table) -> Markup {
    html! {
                div.scroll role="region" tabindex="0" aria-labelledby=(id("th", &table.name)) {
                    table.cards.reading[!paper.fill].few[columns(paper, table).count() <= FEW] aria-labelledby=(id("th", &table.name)) {
                        (head(paper, table))
                        tbody { (lines(paper, table)) }
                        (totals(paper, table))
                    }
                }
                @if !paper.fill { (left_out(paper, table)) }
                (remarks::of_table(paper, table))
    }
}

/// How to fill the columns: above the table, because headings that explain themselves grow taller than the rows.
fn hints(paper: &Paper<'_>, table: &Table) -> Markup {
    let fields = || columns(paper, table).map(|column| &paper.form.fields[*column]);
    html! {
        @for field in fields().filter(|_| paper.fill) {
            @if let Some(hint) = &field.hint {
                p.hint id=(hint_id(table, &field.name)) { b { (field.label) } " — " (hint) }
            }
        }
        @for field in fields().filter(|_| paper.fill) { (paper.guidance(field.guidance.as_deref())) }
        @if paper.fill && fields().any(|field| field.missing) { p.hint { (paper.lang.t("web.missing-in-table")) } }
    }
}

/// Whether anything stands in a row.
fn says(paper: &Paper<'_>, table: &Table, row: usize) -> bool {
    let says =
        |column: &usize| paper.answer(*column, row).is_some() || *paper.filled.values.get(*column, row) != Value::Empty;
    columns(paper, table).any(says)
}

/// To be read, a table shows only rows in which something stands.
fn left_out(paper: &Paper<'_>, table: &Table) -> Markup {
    let silent = (0..table.rows.len()).filter(|row| !says(paper, table, *row)).count();
    html! {
        @if silent > 0 { p.muted { (Words::new("web.silent-rows").with("n", silent).say(paper.lang)) } }
    }
}

pub(super) fn head(paper: &Paper<'_>, table: &Table) -> Markup {
    html! {
        thead {
            tr {
                td {}
                @for column in columns(paper, table) {
                    @let field = &paper.form.fields[*column];
                    th scope="col" id=(column_id(table, &field.name)) class=[is_number(paper, *column).then_some("number")] {
                        (field.label)
                    }
                }
            }
            @if is_numbered(paper, table) { (numbers(paper, table)) }
        }
    }
}

/// Whether columns have numbers, as in statistical forms.
fn is_numbered(paper: &Paper<'_>, table: &Table) -> bool {
    columns(paper, table).any(|column| paper.form.fields[*column].code.is_some())
}

fn numbers(paper: &Paper<'_>, table: &Table) -> Markup {
    html! {
        tr.numbers {
            td {}
            @for column in columns(paper, table) {
                td class=[is_number(paper, *column).then_some("number")] {
                    @if let Some(code) = &paper.form.fields[*column].code { (paper.lang.t("web.column-code")) (NBSP) (code) }
                }
            }
        }
    }
}

/// The rows; where a section begins, its heading stands over its first row.
fn lines(paper: &Paper<'_>, table: &Table) -> Markup {
    let shown = |(at, _): &(usize, &Row)| paper.fill || says(paper, table, *at);
    let mut section: Option<&str> = None;
    let headed = table.rows.iter().enumerate().filter(shown).map(|(at, row)| {
        let heading = row.section.as_deref().filter(|heading| section != Some(heading));
        section = row.section.as_deref().or(section);
        (at, row, heading)
    });
    html! {
        @for (at, row, heading) in headed {
            @if let Some(heading) = heading {
                tr.section { th scope="colgroup" colspan=(columns(paper, table).count() + 1) { (heading) } }
            }
            (fixed_line(paper, table, (at, row)))
        }
    }
}

fn fixed_line(paper: &Paper<'_>, table: &Table, (at, row): (usize, &Row)) -> Markup {
    html! {
        tr {
            th scope="row" {
                span id=(row_id(table, at)) {
                    @if let Some(code) = &row.code {
                        @let word = is_numbered(paper, table).then(|| paper.lang.t("web.row-code"));
                        span.code { @if let Some(word) = word { (word) (NBSP) } (code) } " "
                    }
                    (row.label)
                }
                @if let Some(hint) = row.hint().filter(|_| paper.fill) { p.hint id=(row_hint_id(table, at)) { (hint) } }
            }
            (line(paper, table, at))
        }
    }
}

/// The cells of a row.
pub(super) fn line(paper: &Paper<'_>, table: &Table, row: usize) -> Markup {
    html! { @for column in columns(paper, table) { (cell(paper, table, (*column, row))) } }
}

fn cell(paper: &Paper<'_>, table: &Table, (column, row): (usize, usize)) -> Markup {
    let field = &paper.form.fields[column];
    let path = paper.form.path(column, row);
    let shows = paper.is_shown(column, row);
    let faulty = paper.faults_at(&path).next().is_some();
    html! {
        td.off[!shows].grey[paper.form.is_grey(column, row)].number[is_number(paper, column)].faulty[faulty] id=(id("q", &path)) data-live
            data-label=(field.label) {
            @if !shows {
                @let sign = if paper.form.is_grey(column, row) { "х" } else { "—" };
                span.muted aria-label=(paper.lang.t("web.not-asked")) { (sign) }
            }
            @else if field.calculation.is_some() {
                output.calculated { (question::value(paper, column, row)) }
            }
            @else if !paper.fill || !field.is_asked() { (question::value(paper, column, row)) (question::faults(paper, &path)) }
            @else {
                @let labels = format!("{} {}", row_id(table, row), column_id(table, &field.name));
                @let hint = field.hint.is_some().then(|| hint_id(table, &field.name));
                @let of_row = table.rows.get(row).and_then(Row::hint).map(|_| row_hint_id(table, row));
                @let ids: Vec<String> =
                    hint.into_iter().chain(of_row).chain(question::told_by(paper, &path, false)).collect();
                @let told_by = (!ids.is_empty()).then(|| ids.join(" "));
                (control::control(paper, &Spot { field: column, row, path: &path, labels: Some(labels), told_by, faulty }))
                (question::before(paper, column, row))
                (question::faults(paper, &path))
            }
        }
    }
}

/// The columns that people see.
pub(super) fn columns<'a>(paper: &'a Paper<'_>, table: &'a Table) -> impl Iterator<Item = &'a usize> {
    table.columns.iter().filter(|column| paper.is_for_people(**column))
}

/// The sums of the columns that the author lets add up, of the cells that have a number.
pub(super) fn totals(paper: &Paper<'_>, table: &Table) -> Markup {
    let sums = |column: &&usize| paper.form.fields[**column].total == Total::Sum;
    html! {
        @if columns(paper, table).any(|column| sums(&column)) {
            tfoot {
                tr {
                    th scope="row" { (paper.lang.t("web.total")) }
                    @for column in columns(paper, table) {
                        @let sum = if sums(&column) { sum(paper, *column) } else { Value::Empty };
                        td.number[is_number(paper, *column)] id=(id("s", &format!("{}/{}", table.name, paper.form.fields[*column].name))) data-live
                            data-label=(paper.form.fields[*column].label) {
                            @if is_number(paper, *column) { output { (question::given(&paper.form.show(*column, &sum, paper.lang))) } }
                        }
                    }
                }
            }
        }
    }
}

fn sum(paper: &Paper<'_>, column: usize) -> Value {
    let rows = 0..paper.filled.values.height(column);
    let numbers: Vec<f64> = rows.filter_map(|row| paper.filled.values.get(column, row).as_number()).collect();
    if numbers.is_empty() { Value::Empty } else { Value::Number(numbers.iter().sum()) }
}

fn is_number(paper: &Paper<'_>, column: usize) -> bool {
    matches!(paper.form.fields[column].kind.control, Control::Line { number: true, .. } | Control::Scale)
}

fn hint_id(table: &Table, column: &str) -> String {
    id("ch", &format!("{}/{column}", table.name))
}

fn row_hint_id(table: &Table, row: usize) -> String {
    id("rh", &table.row_path(row))
}

fn row_id(table: &Table, row: usize) -> String {
    id("r", &table.row_path(row))
}

fn column_id(table: &Table, column: &str) -> String {
    id("c", &format!("{}/{column}", table.name))
}

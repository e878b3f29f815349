//! Figures and lists as tables: what the answers of a territory say.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::form::{Form, Unit};
use crate::ids::OrgId;
use crate::indicator::{Entry, Figure, Figures, IndicatorFigures, ListTable, RowFigures, Side, Territory};
use crate::lang::{Lang, Words};
use crate::org::Org;
use crate::text::{self, NBSP};

/// Every indicator, each as a table: a row a line, the whole first, then each part of the territory.
pub(super) fn indicators(figures: &Figures, all: &[Org], lang: Lang) -> Markup {
    let names: HashMap<OrgId, &str> = all.iter().map(|org| (org.id, org.label())).collect();
    html! {
        @for one in &figures.indicators { (indicator(figures, one, &names, lang)) }
        @if figures.duplicates > 0 {
            p.muted { (Words::new("web.duplicates").with("n", figures.duplicates).say(lang)) }
        }
    }
}

fn indicator(figures: &Figures, one: &IndicatorFigures, names: &HashMap<OrgId, &str>, lang: Lang) -> Markup {
    let indicator = &figures.version.form.indicators[one.indicator];
    let rows: Vec<&RowFigures> = one.rows.iter().filter(|row| row.total.answered > 0 || row.total.silent > 0).collect();
    let id = format!("i-{}", indicator.name);
    html! {
        h3 id=(id) { (indicator.label) }
        @if let Some(note) = &indicator.note { p.hint { (note) } }
        @if let Some(target) = one.target {
            p.muted {
                (Words::new("web.target").with("value", number(target, indicator.unit, lang)).say(lang))
                @if let Some(met) = one.rows.first().filter(|row| row.row.is_none()).and_then(|row| row.total.met) {
                    " — " (met_word(met, lang))
                }
            }
        }
        @if rows.is_empty() { p.box.quiet { (lang.t("web.no-figures")) } }
        @else {
            div.scroll role="region" tabindex="0" aria-labelledby=(id) {
                table.list.figures {
                    thead { tr {
                        th scope="col" { (lang.t("web.row")) }
                        th.number scope="col" { (lang.t("web.whole")) }
                        @for part in &figures.territories {
                            th.number scope="col" { (territory(part, lang)) }
                        }
                    } }
                    tbody { @for row in &rows { (line(figures, one.indicator, row, lang)) } }
                }
            }
            (left_out(&rows, indicator.unit, names, lang))
        }
    }
}

/// The figures of a programme as one table: an indicator a row, with its target and whether it is met.
pub(super) fn targets(figures: &Figures, lang: Lang) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby="figures" {
            table.list.stacked.targets {
                thead { tr {
                    th scope="col" { (lang.t("web.indicator")) }
                    th.number scope="col" { (lang.t("web.target-head")) }
                    th.number scope="col" { (lang.t("web.whole")) }
                    @for part in &figures.territories { th.number scope="col" { (territory(part, lang)) } }
                } }
                tbody {
                    @for one in &figures.indicators { @for row in &one.rows { (target_line(figures, one, row, lang)) } }
                }
            }
        }
    }
}

fn target_line(figures: &Figures, one: &IndicatorFigures, row: &RowFigures, lang: Lang) -> Markup {
    let indicator = &figures.version.form.indicators[one.indicator];
    let counted = Words::new("web.counted-of").with("k", row.total.counted).with("n", row.total.answered);
    html! {
        tr {
            th scope="row" {
                (indicator.label) @if !row.label.is_empty() { ": " (row.label) }
                @if let Some(note) = &indicator.note { p.hint { (note) } }
                p.muted { (counted.say(lang)) }
            }
            td.number data-label=(lang.t("web.target-head")) { @if let Some(target) = one.target { (number(target, indicator.unit, lang)) } @else { span.muted { "—" } } }
            td.number data-label=(lang.t("web.whole")) {
                strong { (cell(&row.total, indicator.unit, lang)) }
                @if let Some(met) = row.total.met { p.met.off-target[!met] { (met_word(met, lang)) } }
            }
            @for (part, figure) in figures.territories.iter().zip(&row.parts) {
                td.number data-label=(territory(part, lang)) { (cell(figure, indicator.unit, lang)) }
            }
        }
    }
}

fn territory(part: &Territory, lang: Lang) -> String {
    part.org.as_ref().map_or_else(|| lang.t("web.elsewhere"), |org| org.label().to_owned())
}

fn met_word(met: bool, lang: Lang) -> String {
    lang.t(if met { "web.target-met" } else { "web.target-not-met" })
}

fn line(figures: &Figures, indicator: usize, row: &RowFigures, lang: Lang) -> Markup {
    let unit = figures.version.form.indicators[indicator].unit;
    html! {
        tr {
            th scope="row" { @if row.label.is_empty() { (lang.t("web.whole")) } @else { (row.label) } }
            td.number { strong { (cell(&row.total, unit, lang)) } }
            @for part in &row.parts { td.number { (cell(part, unit, lang)) } }
        }
    }
}

fn cell(figure: &Figure, unit: Unit, lang: Lang) -> Markup {
    html! {
        @match figure.value {
            None => span.muted { "—" },
            Some(value) => {
                span.off-target[figure.met == Some(false)] { (number(value, unit, lang)) }
                @if figure.met == Some(false) { span.sr { " (" (lang.t("web.target-missed")) ")" } }
            }
        }
    }
}

/// What is not in the shares, said row by row (language law 7).
fn left_out(rows: &[&RowFigures], unit: Unit, names: &HashMap<OrgId, &str>, lang: Lang) -> Markup {
    let (summary, counted) = match unit {
        Unit::Percent | Unit::PercentChange => ("web.left-out", "web.k-of-n"),
        Unit::Number => ("web.left-out-number", "web.k-of-n-number"),
    };
    let partial = |row: &&&RowFigures| row.total.counted < row.total.answered || !row.total.only_share.is_empty();
    html! {
        @if rows.iter().any(|row| partial(&row)) {
            details {
                summary { (lang.t(summary)) }
                ul {
                    @for row in rows.iter().filter(partial) {
                        li {
                            @if !row.label.is_empty() { (row.label) ": " }
                            (Words::new(counted).with("k", row.total.counted).with("n", row.total.answered).say(lang))
                            @if !row.total.only_share.is_empty() {
                                "; " (Words::new("web.only-share").with("n", row.total.only_share.len()).say(lang)) ": "
                                @for (i, org) in row.total.only_share.iter().enumerate() {
                                    @if i > 0 { ", " }
                                    (names.get(org).copied().unwrap_or_default())
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A figure in its unit.
fn number(value: f64, unit: Unit, lang: Lang) -> String {
    match unit {
        Unit::Percent | Unit::PercentChange => format!("{}{NBSP}%", tenths(value, lang)),
        Unit::Number => text::decimals(value, 2, lang),
    }
}

/// One decimal, written also where it is zero, so that a column of shares reads evenly.
fn tenths(value: f64, lang: Lang) -> String {
    let said = text::decimals(value, 1, lang);
    match (text::round_half_away(value, 1).fract() == 0.0, lang) {
        (true, Lang::Ru) => said + ",0",
        (true, Lang::En) => said + ".0",
        (false, _) => said,
    }
}

/// A list: who is on it and why, of whom it is not known.
pub(super) fn list(form: &Form, list: &ListTable, report: &dyn Fn(&Org) -> String, lang: Lang) -> Markup {
    let (on, unknown): (Vec<&Entry>, Vec<&Entry>) = (list.on(Side::In).collect(), list.on(Side::Unknown).collect());
    let id = format!("l-{}", form.classifications[list.list].name);
    let placed = list.placed_by(form);
    html! {
        h3 id=(id) { (list.title(lang)) }
        p.muted {
            (Words::new("web.on-list").with("n", on.len()).say(lang)) ", "
            (Words::new("web.not-determined").with("n", unknown.len()).say(lang)) "."
            @if let Some(placed) = &placed { " " (placed.say(lang)) }
        }
        @if !on.is_empty() {
            div.scroll role="region" tabindex="0" aria-labelledby=(id) {
                table.list.stacked {
                    thead { tr {
                        th scope="col" { (lang.t("web.org")) }
                        @if placed.is_some() { th scope="col" { (lang.t("web.place")) } }
                        th scope="col" { (lang.t("web.ground")) }
                        th scope="col" { (lang.t("web.reasons")) }
                        th scope="col" { (lang.t("web.known")) }
                    } }
                    tbody { @for entry in &on { (on_list(list, entry, report, lang)) } }
                }
            }
        }
        @if !unknown.is_empty() {
            details {
                summary { (Words::new("web.not-determined").with("n", unknown.len()).say(lang)) }
                ul {
                    @for entry in &unknown {
                        li { a href=(report(&entry.org)) { (entry.org.label()) } " — " (why_unknown(entry, lang)) }
                    }
                }
            }
        }
    }
}

fn on_list(list: &ListTable, entry: &Entry, report: &dyn Fn(&Org) -> String, lang: Lang) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href=(report(&entry.org)) { (entry.org.label()) }
                @if let Some(municipality) = &entry.municipality { br; span.muted { (municipality) } }
            }
            @if let Some((place, value)) = entry.place(lang) {
                td.when data-label=(lang.t("web.place")) { strong { (place) } br; span.muted { (value) } }
            }
            td data-label=(lang.t("web.ground")) { (entry.ground.and_then(|ground| list.grounds.get(ground)).map_or("", String::as_str)) }
            td data-label=(lang.t("web.reasons")) { @for why in &entry.reasons { div { (why.say(lang)) } } }
            td.when data-label=(lang.t("web.known")) { (Words::new("web.k-of").with("k", entry.known.0).with("n", entry.known.1).say(lang)) }
        }
    }
}

fn why_unknown(entry: &Entry, lang: Lang) -> String {
    match (entry.sent, entry.nobody) {
        (false, _) => lang.t("web.unknown-silent"),
        (true, true) => lang.t("web.unknown-nobody"),
        (true, false) => known(entry, lang),
    }
}

fn known(entry: &Entry, lang: Lang) -> String {
    Words::new("web.known-of").with("k", entry.known.0).with("n", entry.known.1).say(lang)
}

//! Indicators and lists as the API tells them.

use std::collections::HashMap;

use poem_openapi::types::Any;
use poem_openapi::{Enum, Object};
use serde_json::Value as Json;

use super::Window;
use super::orgs::Name;
use super::reports::{Tally, Values};
use crate::form::{Better, Form, Unit};
use crate::ids::OrgId;
use crate::indicator::{self, Entry as Placed, IndicatorFigures, ListTable, Side as Stands, Why};
use crate::lang::Lang;
use crate::org::Org;
use crate::period::Period;

/// What figures are given for besides the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "Level", rename_all = "lowercase")]
pub(in crate::web::api) enum Level {
    Municipality,
    Organisation,
}

/// Where an organisation stands on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "Side", rename_all = "lowercase")]
pub(in crate::web::api) enum Side {
    In,
    Unknown,
    Out,
}

impl From<Stands> for Side {
    fn from(side: Stands) -> Side {
        match side {
            Stands::In => Side::In,
            Stands::Unknown => Side::Unknown,
            Stands::Out => Side::Out,
        }
    }
}

/// One figure: Σ numerator / Σ denominator over what counts.
#[derive(Debug, Object)]
#[oai(rename = "Figure", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Figure {
    pub value: Option<f64>,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub counted: usize,
    pub answered: usize,
    pub rows_counted: usize,
    pub rows_answered: usize,
    pub expected: usize,
    pub silent: usize,
    pub only_share: Vec<String>,
    pub met: Option<bool>,
}

/// The codes of organisations.
pub(in crate::web::api) type Codes<'a> = HashMap<OrgId, &'a str>;

impl Figure {
    fn of(figure: &indicator::Figure, codes: &Codes<'_>) -> Figure {
        let only_share = figure.only_share.iter().filter_map(|org| codes.get(org)).map(|code| (*code).to_owned());
        Figure {
            value: figure.value,
            numerator: figure.numerator,
            denominator: figure.denominator,
            counted: figure.counted,
            answered: figure.answered,
            rows_counted: figure.rows.0,
            rows_answered: figure.rows.1,
            expected: figure.expected,
            silent: figure.silent,
            only_share: only_share.collect(),
            met: figure.met,
        }
    }
}

/// A part of the territory; without an organisation, what lies in no municipality.
#[derive(Debug, Object)]
#[oai(rename = "Territory", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Territory {
    pub org: Option<Name>,
    pub tally: Tally,
}

/// The figures of an indicator in one row of its table.
#[derive(Debug, Object)]
#[oai(rename = "FigureRow", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Row {
    pub row: Option<String>,
    pub label: Option<String>,
    pub total: Figure,
    pub parts: Vec<Figure>,
}

/// The figures of an indicator.
#[derive(Debug, Object)]
#[oai(rename = "Indicator", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Indicator {
    pub name: String,
    pub label: String,
    pub note: Option<String>,
    pub unit: String,
    pub better: Option<String>,
    pub target: Option<f64>,
    pub rows: Vec<Row>,
}

impl Indicator {
    fn of(form: &Form, one: &IndicatorFigures, (window, codes): (Window, &Codes<'_>)) -> Indicator {
        let indicator = &form.indicators[one.indicator];
        let table = indicator.over.filter(|_| indicator.by_row).map(|table| &form.tables[table]);
        let row = |row: &indicator::RowFigures| Row {
            row: row.row.and_then(|number| Some(table?.rows.get(number)?.name.clone())),
            label: Some(row.label.clone()).filter(|label| !label.is_empty()),
            total: Figure::of(&row.total, codes),
            parts: window.of_list(row.parts.iter().collect()).into_iter().map(|part| Figure::of(part, codes)).collect(),
        };
        Indicator {
            name: indicator.name.clone(),
            label: indicator.label.clone(),
            note: indicator.note.clone(),
            unit: unit(indicator.unit).to_owned(),
            better: indicator.better.map(|better| if better == Better::Lower { "lower" } else { "higher" }.to_owned()),
            target: one.target,
            rows: one.rows.iter().map(row).collect(),
        }
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "percent",
        Unit::PercentChange => "percent-change",
        Unit::Number => "number",
    }
}

/// The indicators of a form over a territory.
#[derive(Debug, Object)]
#[oai(rename = "Indicators", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Figures {
    pub form: String,
    pub version: u32,
    pub period: String,
    pub org: Option<Name>,
    pub tally: Tally,
    pub duplicates: usize,
    pub total: usize,
    pub territories: Vec<Territory>,
    pub indicators: Vec<Indicator>,
}

impl Figures {
    pub(in crate::web::api) fn of(
        figures: &indicator::Figures,
        period: Period,
        window: Window,
        codes: &Codes<'_>,
    ) -> Figures {
        let form = &figures.version.form;
        let part = |part: &indicator::Territory| Territory {
            org: part.org.as_deref().map(Name::of),
            tally: Tally::of(part.tally),
        };
        Figures {
            form: form.id.clone(),
            version: figures.version.number,
            period: period.id(),
            org: figures.total.org.as_deref().map(Name::of),
            tally: Tally::of(figures.tally),
            duplicates: figures.duplicates,
            total: figures.territories.len(),
            territories: window.of_list(figures.territories.iter().collect()).into_iter().map(part).collect(),
            indicators: figures.indicators.iter().map(|one| Indicator::of(form, one, (window, codes))).collect(),
        }
    }
}

/// A reason for being on a list.
#[derive(Debug, Object)]
#[oai(rename = "Reason")]
pub(in crate::web::api) struct Reason {
    pub label: String,
    pub said: String,
    pub figures: Vec<ReasonFigure>,
}

/// The figure of a reason in one period.
#[derive(Debug, Object)]
#[oai(rename = "ReasonFigure", skip_serializing_if_is_none)]
pub(in crate::web::api) struct ReasonFigure {
    pub period: Option<String>,
    pub value: Option<f64>,
}

impl Reason {
    fn of(why: &Why, lang: Lang) -> Reason {
        let figure = |(period, value): &(Option<Period>, Option<f64>)| ReasonFigure {
            period: period.map(Period::id),
            value: *value,
        };
        Reason { label: why.label.clone(), said: why.say(lang), figures: why.figures.iter().map(figure).collect() }
    }
}

/// What a list says of one organisation.
#[derive(Debug, Object)]
#[oai(rename = "ListEntry", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Entry {
    pub org: Name,
    pub municipality: Option<String>,
    pub side: Side,
    pub ground: Option<String>,
    pub grounds: Values,
    pub reasons: Vec<Reason>,
    pub known: usize,
    pub known_of: usize,
    pub sent: bool,
    pub place: Option<usize>,
    pub place_of: Option<usize>,
}

impl Entry {
    fn of(form: &Form, list: usize, entry: &Placed, lang: Lang) -> Entry {
        let rule = &form.classifications[list];
        let name = |ground: usize| rule.grounds.get(ground).map(|ground| ground.name.clone());
        let each = rule.grounds.iter().zip(&entry.grounds);
        Entry {
            org: Name::of(&entry.org),
            municipality: entry.municipality.clone(),
            side: entry.side.into(),
            ground: entry.ground.and_then(name),
            grounds: each.map(|(ground, answer)| (ground.name.clone(), Any(Json::from(*answer)))).collect(),
            reasons: entry.reasons.iter().map(|why| Reason::of(why, lang)).collect(),
            known: entry.known.0,
            known_of: entry.known.1,
            sent: entry.sent,
            place: entry.standing.map(|standing| standing.place),
            place_of: entry.standing.map(|standing| standing.of),
        }
    }
}

/// A list: who is on it, why, and of whom it is not known.
#[derive(Debug, Object)]
#[oai(rename = "List")]
pub(in crate::web::api) struct List {
    pub name: String,
    pub title: String,
    pub r#in: usize,
    pub unknown: usize,
    pub out: usize,
    pub total: usize,
    pub items: Vec<Entry>,
}

impl List {
    pub(in crate::web::api) fn of(
        form: &Form,
        list: &ListTable,
        (side, window): (Option<Side>, Window),
        lang: Lang,
    ) -> List {
        let kept: Vec<&Placed> =
            list.entries.iter().filter(|entry| side.is_none_or(|side| side == entry.side.into())).collect();
        let total = kept.len();
        let items = window.of_list(kept).into_iter().map(|entry| Entry::of(form, list.list, entry, lang));
        List {
            name: form.classifications[list.list].name.clone(),
            title: list.title(lang),
            r#in: list.on(Stands::In).count(),
            unknown: list.on(Stands::Unknown).count(),
            out: list.on(Stands::Out).count(),
            total,
            items: items.collect(),
        }
    }
}

/// The lists of a form over a territory.
#[derive(Debug, Object)]
#[oai(rename = "Lists")]
pub(in crate::web::api) struct Lists {
    pub form: String,
    pub period: String,
    pub lists: Vec<List>,
}

/// The codes of organisations, for naming them.
pub(in crate::web::api) fn codes(orgs: &[Org]) -> Codes<'_> {
    orgs.iter().map(|org| (org.id, org.code.as_str())).collect()
}

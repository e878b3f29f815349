//! `/forms/{form}/{period}`: who has answered, and what the answers say.

use std::collections::{HashMap, HashSet};

use maud::{Markup, html};
use poem::Response;

use super::territory::{Asked, Narrowing, what_counts};
use super::{links, of_address, orgs, overview_address, programme, register, schools_fill, state_word};
use crate::access::Right;
use crate::error::Result;
use crate::form::{Form, Respondent};
use crate::ids::OrgId;
use crate::indicator::{self, Query};
use crate::lang::{Lang, Words};
use crate::org::{self, Org};
use crate::period::Period;
use crate::report::figures::{self, Progress, Slice, Tally};
use crate::report::{self, State, behalf};
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;
use crate::web::{self, Site};

/// What the list can be narrowed to: the word in the address, the words on the page, the states.
const FILTERS: [(&str, &str, &[State]); 4] = [
    ("", "web.filter-all", &[State::Empty, State::Draft, State::Sent, State::Correcting, State::Accepted]),
    ("silent", "web.filter-silent", &[State::Empty]),
    ("draft", "web.filter-draft", &[State::Draft, State::Correcting]),
    ("sent", "web.filter-sent", &[State::Sent, State::Correcting, State::Accepted]),
];

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let (version, period) = of_address(&visit).await?;
    if version.form.is_programme() {
        return programme::show(&visit, &version.form, period).await;
    }
    let form = &version.form;
    let slice = Slice { form: form.clone(), period, wave: String::new(), accepted_only: false };
    let asked = Asked::of(&visit);
    let narrowing = Narrowing::of(site, asked, period).await?;
    let scope = narrowing.scope.clone();
    let progress = figures::actions::progress(&site.db, &site.actor, &scope, &slice).await?;
    let among = if scope.group().is_some() { scope.around() } else { scope.clone() };
    let all = org::actions::list(&site.db, &site.actor, &among).await?;
    let tally = Tally::of(&progress);
    let query = Query { accepted: asked.accepted, ..Query::new(&form.id, period, scope) };
    let said = indicator::actions::figures(&site.db, &site.actor, &query).await?;
    let lists = indicator::actions::lists(&site.db, &site.actor, &query).await?;
    let unconfirmed = behalf::actions::unconfirmed(&site.db, &site.actor, &slice).await?;
    let here = overview_address(&form.id, period);
    let report = |org: &Org| layout::address(&["report", &form.id, &period.id(), &org.code]);
    let body = html! {
        (layout::crumbs(lang, &[("/".to_owned(), lang.t("web.menu-reports"))], &form.title))
        h1 { (form.title) }
        p.lead {
            (period.label().say(lang))
            (narrowing.said(lang))
        }
        (narrowing.form(&here, lang))
        (counts(tally, lang))
        (ways(site, form, (period, &here), &asked))
        (contents(form, lang))
        @if !form.indicators.is_empty() || !lists.is_empty() { (what_counts(&here, &asked, lang)) }
        @if !lists.is_empty() {
            section aria-labelledby="lists" {
                h2 #lists { (lang.t("web.lists")) }
                @for list in &lists { (web::figures::list(form, list, &report, lang)) }
            }
        }
        @if !form.indicators.is_empty() {
            section aria-labelledby="figures" {
                h2 #figures { (lang.t("web.figures")) }
                (web::figures::indicators(&said, &all, lang))
            }
        }
        section aria-labelledby="who" {
            h2 #who { (lang.t("web.who-answered")) }
            (who(&visit, (&all, &unconfirmed), &progress, (&here, &asked)))
        }
    };
    Ok(layout::page(site, &Frame { title: form.title.clone(), here: "/" }, body))
}

/// What whoever looks may do from here: fill, and download.
fn ways(site: &Site, form: &Form, (period, here): (Period, &str), asked: &Asked<'_>) -> Markup {
    let lang = site.lang;
    let by = form.by.first().copied().unwrap_or(Respondent::School);
    html! {
        p.actions {
            @if register::leads(form) && site.actor.may(Right::FillFor) {
                a.button.primary href=(register::address(form, period)) { (lang.t("register.open")) }
            } @else if report::may_fill(&site.actor, by).is_ok() {
                a.button.primary href=(layout::address(&["report", &form.id, &period.id()])) { (lang.t("web.fill-report")) }
                @if site.actor.may(Right::FillFor) {
                    a.button href=(register::address(form, period)) { (lang.t("register.open-for")) }
                }
            }
            @if site.actor.may(Right::Export) {
                a.button href=(Asked { show: "", ..*asked }.at(&format!("{here}/book.xlsx"))) { (lang.t("web.book")) }
            }
            @if site.actor.may(Right::ManageAccounts) && schools_fill(form) {
                a.button href=(links::address(&form.id, period)) { (lang.t("link.for-schools")) }
            }
        }
    }
}

/// Where things are on a page that may be long.
fn contents(form: &Form, lang: Lang) -> Markup {
    html! {
        nav.contents aria-label=(lang.t("web.contents-page")) {
            ol {
                @if !form.classifications.is_empty() { li { a href="#lists" { (lang.t("web.lists")) } } }
                @if !form.indicators.is_empty() { li { a href="#figures" { (lang.t("web.figures")) } } }
                li { a href="#who" { (lang.t("web.who-answered")) } }
            }
        }
    }
}

/// Accepted, sent, expected.
fn counts(tally: Tally, lang: Lang) -> Markup {
    let silent = tally.expected.saturating_sub(tally.sent);
    let figures = [
        (lang.t("web.count-expected"), tally.expected),
        (lang.t("web.count-sent"), tally.sent),
        (lang.t("web.count-accepted"), tally.accepted),
        (lang.t("web.count-silent"), silent),
    ];
    html! {
        dl.counts {
            @for (word, count) in figures {
                div { dt { (word) } dd { (crate::text::grouped(i64::try_from(count).unwrap_or(i64::MAX), lang)) } }
            }
        }
    }
}

/// The organisations, and those of them whose school has not confirmed what somebody filled in its place.
type Among<'a> = (&'a [Org], &'a HashSet<OrgId>);

fn who(visit: &Visit, among: Among<'_>, progress: &[Progress], (here, asked): (&str, &Asked<'_>)) -> Markup {
    let lang = visit.lang();
    let chosen = asked.show;
    let (_, _, states) = FILTERS.into_iter().find(|(word, ..)| *word == chosen).unwrap_or(FILTERS[0]);
    let kept: Vec<&Progress> = progress.iter().filter(|one| states.contains(&one.state)).collect();
    html! {
        nav.filters aria-label=(lang.t("web.filter")) {
            ul {
                @for (word, label, states) in FILTERS {
                    @let n = progress.iter().filter(|one| states.contains(&one.state)).count();
                    @let address = Asked { show: word, ..*asked }.at(here);
                    li { a href={ (address) "#who" } aria-current=[(word == chosen).then_some("true")] {
                        (lang.t(label)) " " span.count { (n) }
                    } }
                }
            }
        }
        @if progress.is_empty() {
            (layout::empty(lang.t("web.no-orgs"), &[Words::new("web.no-orgs-why"), Words::new("web.no-orgs-how")], lang))
        } @else if kept.is_empty() {
            p.box.quiet { (lang.t("web.filter-nobody")) }
        } @else {
            (list(visit, among, &kept))
        }
    }
}

/// The organisations under those above them.
fn list(visit: &Visit, (all, unconfirmed): Among<'_>, kept: &[&Progress]) -> Markup {
    let lang = visit.lang();
    let shown = with_those_above(all, kept);
    let lines: HashMap<OrgId, &Progress> = kept.iter().map(|one| (one.org.id, *one)).collect();
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby="who" {
            table.list.who {
                thead { tr {
                    th scope="col" { (lang.t("web.org")) }
                    th scope="col" { (lang.t("web.state")) }
                    th scope="col" { (lang.t("web.sent-at")) }
                } }
                tbody {
                    @for org in shown {
                        @match lines.get(&org.id) {
                            Some(one) => (line(visit, one, unconfirmed.contains(&org.id))),
                            None => tr.(orgs::level(org)) { th scope="rowgroup" colspan="3" { (org.label()) } },
                        }
                    }
                }
            }
        }
    }
}

fn line(visit: &Visit, one: &Progress, unconfirmed: bool) -> Markup {
    let lang = visit.lang();
    let address = layout::address(&["report", visit.param("form"), visit.param("period"), &one.org.code]);
    html! {
        tr.(orgs::level(&one.org)) {
            th scope="row" { a href=(address) { (one.org.label()) } }
            td { span.state.(one.state.word()) { (state_word(one.state).say(lang)) }
                @if unconfirmed { " " span.muted { (lang.t("behalf.waits")) } }
            }
            td.when { @if let Some(at) = one.sent_at { (layout::moment(at)) } @else { span.muted { "—" } } }
        }
    }
}

fn with_those_above<'a>(all: &'a [Org], kept: &[&Progress]) -> Vec<&'a Org> {
    let mut wanted: std::collections::HashSet<_> = kept.iter().map(|one| one.org.id).collect();
    // The tree is listed from the top, so that going through it backwards meets everybody before those above them.
    for org in all.iter().rev() {
        if wanted.contains(&org.id) {
            wanted.extend(org.parent);
        }
    }
    all.iter().filter(|org| wanted.contains(&org.id)).collect()
}

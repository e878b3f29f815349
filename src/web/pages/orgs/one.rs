//! `/org/{org}`: everything that is kept of an organisation, those around it, its reports, and what was done to it.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use poem::Response;

use super::{address, may_manage, merged_into};
use crate::error::Result;
use crate::lang::{Lang, Words};
use crate::org::batch::Act;
use crate::org::columns::{self, Column};
use crate::org::edit::actions::{self, Card};
use crate::org::record::Text;
use crate::org::{Org, group, zone};
use crate::period::Period;
use crate::report::{self, State};
use crate::text;
use crate::web::layout::{self, Frame};
use crate::web::pages::fill::said_who;
use crate::web::pages::{forms_and_programmes, state_word};
use crate::web::visit::Visit;

/// So many organisations below are listed here; a larger part has a page of its own.
const BELOW: usize = 100;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let card = actions::card(&site.db, &site.actor, visit.param("org")).await?;
    let acts = actions::history(&site.db, &site.actor, &card).await?;
    let reports = report::actions::about(&site.db, &site.actor, card.org.id).await?;
    let (forms, _) = forms_and_programmes(site).await?;
    let titles: HashMap<&str, &str> = forms.iter().map(|form| (form.id.as_str(), form.title.as_str())).collect();
    let groups = group::actions::list(&site.db, &site.actor).await?;
    let above: Vec<&Org> = card.above.iter().rev().collect();
    let body = html! {
        (super::crumbs(lang, &above, card.org.label()))
        h1 { (card.org.name) }
        (standing(&card, lang))
        @if visit.query.has("saved") { (layout::done(&lang.t("orgs.saved"))) }
        @if let Some(other) = visit.query.get("merged").filter(|code| card.codes.iter().any(|known| known == code)) {
            (layout::done(&Words::new("orgs.merged").with("name", other).say(lang)))
        }
        @if card.mine { (ways(&card, lang)) }
        @else if may_manage(site) { p.muted { (lang.t("orgs.not-mine")) } }
        (facts(&card, lang))
        (codes(&card, lang))
        (attributes(&card, lang))
        @if !card.record.groups.is_empty() {
            section aria-labelledby="groups" {
                h2 #groups { (lang.t("org.groups")) }
                ul { @for group in groups.iter().filter(|group| card.record.groups.contains(&group.name)) {
                    li { a href={ "/orgs/groups?id=" (group.id) } { (group.name) } }
                } }
            }
        }
        (history(&card, lang))
        (below(&card, lang))
        (reported(&card.org, (&reports, &titles), lang))
        (done(&acts, lang))
    };
    Ok(layout::page(site, &Frame { title: card.org.label().to_owned(), here: "/orgs" }, body))
}

/// What it is, and whether it still is.
fn standing(card: &Card, lang: Lang) -> Markup {
    let after: Vec<&Org> = card.kin.after.iter().collect();
    let closed = card.org.valid_to.map(|to| Words::new("web.valid-to").with("date", text::date(to)).say(lang));
    html! {
        p.lead {
            (columns::kind_words(card.org.kind).say(lang))
            @if let Some(above) = card.above.first() { ", " (above.label()) }
        }
        @if let Some(said) = merged_into(&card.org, &after, lang).or(closed) { p.box.warn { (said) } }
    }
}

fn ways(card: &Card, lang: Lang) -> Markup {
    let here = address(&card.org);
    let code = layout::encoded(&card.org.code);
    html! {
        p.actions {
            a.button.primary href={ (here) "/edit" } { (lang.t("orgs.edit")) }
            a.button href={ "/orgs/new?parent=" (code) } { (lang.t("orgs.add-below")) }
            a.button href={ (here) "/close" } {
                @if card.org.valid_to.is_some() { (lang.t("orgs.reopen")) } @else { (lang.t("orgs.close")) }
            }
            a.button href={ "/orgs/merge?kept=" (code) } { (lang.t("orgs.merge")) }
        }
    }
}

fn facts(card: &Card, lang: Lang) -> Markup {
    let record = &card.record;
    let day = |day: Option<Date>| day.map(text::date);
    let text = |which: Text| Some(record.text(which)).filter(|text| !text.is_empty());
    let plain = |text: String| html! { (text) };
    let mut facts: Vec<(Column, Option<Markup>)> = vec![
        (Column::Code, Some(plain(record.code.clone()))),
        (Column::Short, Some(record.short_name.clone()).filter(|name| !name.is_empty()).map(plain)),
        (Column::From, day(record.valid_from).map(plain)),
        (Column::To, day(record.valid_to).map(plain)),
        (Column::Reports, Some(plain(columns::reporting_words(record.reports).say(lang)))),
    ];
    facts.extend(Text::ALL.map(|which| (Column::Text(which), text(which).map(|said| contact(which, said)))));
    facts.push((Column::Zone, card.zone.as_ref().map(|zone| clock(zone, &card.org, lang))));
    let word = |column: Column| column.words().map(|words| words.say(lang)).unwrap_or_default();
    html! {
        dl.facts {
            @for (column, said) in facts {
                @if let Some(said) = said { div { dt { (word(column)) } dd { (said) } } }
            }
            @if !card.codes.is_empty() { div { dt { (lang.t("orgs.former-codes")) } dd { (card.codes.join(", ")) } } }
        }
    }
}

/// A contact as something to press.
fn contact(which: Text, said: &str) -> Markup {
    let dialled: String = said.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let site = said.starts_with("https://") || said.starts_with("http://");
    html! {
        @match which {
            Text::Email if said.contains('@') && !said.contains(char::is_whitespace) => {
                a href={ "mailto:" (said) } { (said) }
            }
            Text::Phone if (6..=15).contains(&dialled.len()) => { a href={ "tel:" (dialled) } { (said) } }
            Text::Site if site => { a href=(said) rel="noreferrer" { (said) } }
            _ => { (said) }
        }
    }
}

/// The time zone, whose it is, and what the clock there shows.
fn clock((name, whose): &(String, Org), org: &Org, lang: Lang) -> Markup {
    let there = Timestamp::now().to_zoned(zone::zone(Some(name)));
    let now = format!("{:02}:{:02}", there.hour(), there.minute());
    html! {
        (zone::named(name)) br;
        span.muted {
            (Words::new("orgs.now").with("time", now).say(lang))
            @if whose.id != org.id { "; " (Words::new("orgs.zone-of").with("name", whose.label()).say(lang)) }
        }
    }
}

fn days(from: Option<Date>, to: Option<Date>, lang: Lang) -> String {
    match (from, to) {
        (None, None) => lang.t("orgs.always"),
        (Some(from), None) => Words::new("orgs.since").with("from", text::date(from)).say(lang),
        (None, Some(to)) => Words::new("orgs.until").with("to", text::date(to)).say(lang),
        (Some(from), Some(to)) => {
            Words::new("orgs.from-to").with("from", text::date(from)).with("to", text::date(to)).say(lang)
        }
    }
}

fn codes(card: &Card, lang: Lang) -> Markup {
    let scheme = |scheme: &str| {
        let known = crate::ids::SCHEMES.into_iter().find(|known| *known == scheme);
        known.and_then(|known| Column::Scheme(known).words()).map(|words| words.say(lang)).unwrap_or_default()
    };
    let codes = card.record.codes.iter();
    let rows = codes.map(|one| (scheme(&one.scheme), one.code.clone(), days(one.from, one.to, lang), one.to.is_some()));
    dated("codes", (lang.t("orgs.codes"), lang.t("orgs.scheme"), lang.t("web.code")), rows.collect(), lang)
}

fn attributes(card: &Card, lang: Lang) -> Markup {
    let each = card.record.attributes.iter();
    let rows = each.map(|one| (one.name.clone(), one.value.clone(), days(one.from, one.to, lang), one.to.is_some()));
    dated("facts", (lang.t("orgs.attributes"), lang.t("orgs.attribute"), lang.t("orgs.value")), rows.collect(), lang)
}

/// What has its days: a name, a value, the days, and whether it is over.
fn dated(
    id: &str,
    (title, name, value): (String, String, String),
    rows: Vec<(String, String, String, bool)>,
    lang: Lang,
) -> Markup {
    html! {
        @if !rows.is_empty() {
            section aria-labelledby=(id) {
                h2 id=(id) { (title) }
                div.scroll role="region" tabindex="0" aria-labelledby=(id) {
                    table.list.stacked {
                        thead { tr {
                            th scope="col" { (name) }
                            th scope="col" { (value) }
                            th scope="col" { (lang.t("orgs.days")) }
                        } }
                        tbody { @for (said, what, days, over) in rows {
                            tr.over[over] {
                                th scope="row" { (said) }
                                td data-label=(value) { (what) }
                                td data-label=(lang.t("orgs.days")) { (days) }
                            }
                        } }
                    }
                }
            }
        }
    }
}

/// What it was called and below whom it stood before, and who carries on whose work.
fn history(card: &Card, lang: Lang) -> Markup {
    let record = &card.record;
    let place = |code: &Option<String>| {
        let known = card.former.iter().find(|org| Some(&org.code) == code.as_ref());
        known.map(|org| org.label().to_owned()).or(code.clone()).unwrap_or_else(|| lang.t("orgs.at-top"))
    };
    let until = |day: Date| Words::new("orgs.until").with("to", text::date(day)).say(lang);
    html! {
        @if !record.names.is_empty() || !record.places.is_empty() || !card.kin.before.is_empty() {
            section aria-labelledby="before" {
                h2 #before { (lang.t("orgs.before")) }
                ul {
                    @for one in record.names.iter().rev() {
                        li { (until(one.until)) " — " (one.name) (forget(card, "name", one.until, lang)) }
                    }
                    @for one in record.places.iter().rev() {
                        li {
                            (until(one.until)) " — " (Words::new("orgs.stood").with("name", place(&one.parent)).say(lang))
                            (forget(card, "place", one.until, lang))
                        }
                    }
                    @for org in &card.kin.before {
                        li {
                            (Words::new("orgs.joined").say(lang)) " "
                            a href=(address(org)) { (org.label()) }
                            @if let Some(to) = org.valid_to { ", " (until(to)) }
                        }
                    }
                }
            }
        }
    }
}

/// A button that takes a row out of the history, which was entered by mistake.
fn forget(card: &Card, what: &str, until: Date, lang: Lang) -> Markup {
    html! {
        @if card.mine {
            details.inline {
                summary { (lang.t("orgs.forget")) }
                form method="post" action={ (address(&card.org)) "/forget" } {
                    p { (lang.t("orgs.forget-what")) }
                    input type="hidden" name="what" value=(what);
                    input type="hidden" name="until" value=(until);
                    button type="submit" { (lang.t("orgs.forget-yes")) }
                }
            }
        }
    }
}

fn below(card: &Card, lang: Lang) -> Markup {
    html! {
        @if !card.below.is_empty() {
            section aria-labelledby="below" {
                h2 #below { (lang.t("orgs.below")) " " span.count { (card.below.len()) } }
                ul.picks {
                    @for org in card.below.iter().take(BELOW) {
                        li { a href=(address(org)) {
                            span { (org.label()) " " span.muted { (org.code) } }
                            @if let Some(to) = org.valid_to {
                                span.muted { (Words::new("web.valid-to").with("date", text::date(to)).say(lang)) }
                            }
                        } }
                    }
                }
                @if card.below.len() > BELOW {
                    p { a href={ "/orgs?at=" (layout::encoded(&card.org.code)) } { (lang.t("orgs.all-below")) } }
                }
            }
        }
    }
}

type Reports = [(String, Period, String, State)];

fn reported(org: &Org, (reports, titles): (&Reports, &HashMap<&str, &str>), lang: Lang) -> Markup {
    html! {
        @if !reports.is_empty() {
            section aria-labelledby="reports" {
                h2 #reports { (lang.t("orgs.reports")) }
                div.scroll role="region" tabindex="0" aria-labelledby="reports" {
                    table.list.stacked {
                        thead { tr {
                            th scope="col" { (lang.t("web.form")) }
                            th scope="col" { (lang.t("web.period")) }
                            th scope="col" { (lang.t("web.state")) }
                        } }
                        tbody { @for (form, period, wave, state) in reports {
                            tr {
                                th scope="row" {
                                    a href=(layout::address(&["report", form, &period.id(), &org.code])) {
                                        (titles.get(form.as_str()).copied().unwrap_or(form))
                                    }
                                    @if !wave.is_empty() { ", " (wave) }
                                }
                                td data-label=(lang.t("web.period")) { (period.short()) }
                                td data-label=(lang.t("web.state")) {
                                    span.state.(state.word()) { (state_word(*state).say(lang)) }
                                }
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn act_words(act: &Act) -> Words {
    let detail = |name: &str| {
        let said = act.detail.as_ref().and_then(|detail| detail[name].as_str()).unwrap_or_default();
        said.to_owned()
    };
    match (act.act.as_str(), &act.before) {
        ("import", None) => Words::new("orgs.act-loaded"),
        ("import", Some(_)) => Words::new("orgs.act-import"),
        ("merge", _) => Words::new("orgs.act-merge").with("name", detail("name")).with("code", detail("code")),
        ("undo", _) => Words::new("orgs.act-undo"),
        (_, None) => Words::new("orgs.act-added"),
        (_, Some(_)) => Words::new("orgs.act-edit"),
    }
}

/// What was done to it, by whom, and what that changed.
fn done(acts: &[Act], lang: Lang) -> Markup {
    let said = |words: &Words| {
        let said = words.say(lang);
        if said.is_empty() { "—".to_owned() } else { said }
    };
    html! {
        @if !acts.is_empty() {
            details.acts {
                summary { (lang.t("orgs.acts")) }
                ol.deeds {
                    @for act in acts {
                        li.deed {
                            h3 { (act_words(act).say(lang)) }
                            p.muted {
                                (layout::moment(act.at)) ", " (said_who(&act.who, lang))
                                @if let Some(batch) = act.batch {
                                    ", " (Words::new("orgs.of-batch").with("batch", batch.to_string()).say(lang))
                                }
                            }
                            @if !act.changes.is_empty() {
                                ul { @for (column, old, new) in &act.changes {
                                    li { (column.say(lang)) ": " (said(old)) " → " (said(new)) }
                                } }
                            }
                        }
                    }
                }
            }
        }
    }
}

//! `/orgs/merge`: organisations that were entered twice, compared, and made one after a word about what will happen.

use std::collections::HashMap;

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::{address, crumbs, sheet};
use crate::error::{Error, Fault, Result};
use crate::ids::OrgId;
use crate::lang::{Lang, Words};
use crate::org::columns::{self, Column};
use crate::org::edit::actions::Card;
use crate::org::record::Text;
use crate::org::{self, Alike, Org, Why};
use crate::period::Period;
use crate::report::duplicates::{Moving, Union, actions};
use crate::text;
use crate::web::layout::{self, Frame};
use crate::web::pages::{forms, go_to};
use crate::web::visit::Visit;

/// So many likely pairs are shown.
const MOST: usize = 100;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let (kept, other) = (visit.query.word("kept").to_owned(), visit.query.word("other").to_owned());
    page(&visit, (&kept, &other), &[]).await
}

pub(in crate::web::pages) async fn merge(visit: Visit) -> Result<Response> {
    let (kept, other) = (visit.form.word("kept").to_owned(), visit.form.word("other").to_owned());
    let (db, actor) = (&visit.site.db, &visit.site.actor);
    match actions::merge(db, actor, &kept, &other, visit.form.word("seal")).await {
        Ok(org) => Ok(go_to(&format!("{}?merged={}", address(&org), layout::encoded(&other)))),
        Err(Error::Faults(faults)) => page(&visit, (&kept, &other), &faults).await,
        Err(error) => Err(error),
    }
}

async fn page(visit: &Visit, (kept, other): (&str, &str), faults: &[Fault]) -> Result<Response> {
    let lang = visit.lang();
    let (mut faults, mut compared) = (faults.to_vec(), None);
    if !kept.is_empty() && !other.is_empty() {
        match compare(visit, kept, other).await {
            Ok(markup) => compared = Some(markup),
            Err(Error::Faults(why)) => faults.extend(why),
            Err(Error::NotFound(words)) => {
                faults.push(Fault::error(crate::error::Place::Field("other".to_owned()), "unknown-name", words));
            }
            Err(error) => return Err(error),
        }
    }
    let title = lang.t("orgs.merge-title");
    let body = html! {
        (crumbs(lang, &[], &title))
        h1 { (title) }
        (sheet::summary(&faults, lang))
        @match compared {
            Some(compared) => (compared),
            None => { (ask((kept, other), lang)) (likely(visit).await?) },
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(&visit.site, &Frame { title, here: "/orgs" }, body).with_status(status).into_response())
}

/// Which two.
fn ask((kept, other): (&str, &str), lang: Lang) -> Markup {
    html! {
        p.lead { (lang.t("orgs.merge-what")) }
        form.box.card method="get" action="/orgs/merge" {
            div.question {
                label for="kept" { (lang.t("orgs.merge-kept")) }
                input type="text" id="kept" name="kept" value=(kept) autocomplete="off";
            }
            div.question {
                label for="other" { (lang.t("orgs.merge-other")) }
                input type="text" id="other" name="other" value=(other) autocomplete="off";
            }
            button.primary type="submit" { (lang.t("orgs.merge-compare")) }
        }
    }
}

/// Pairs that look alike, and why.
async fn likely(visit: &Visit) -> Result<Markup> {
    let (site, lang) = (&*visit.site, visit.lang());
    let alike = org::actions::alike(&site.db, &site.actor).await?;
    let orgs = org::actions::list(&site.db, &site.actor, &site.actor.scope()).await?;
    let by_id: HashMap<OrgId, &Org> = orgs.iter().map(|org| (org.id, org)).collect();
    let place = |org: &Org| org.parent.and_then(|parent| by_id.get(&parent)).map(|above| above.label().to_owned());
    Ok(html! {
        section aria-labelledby="alike" {
            h2 #alike { (lang.t("orgs.alike")) }
            @if alike.is_empty() { p.box.quiet { (lang.t("orgs.alike-none")) } }
            @else {
                p.muted { (lang.t("orgs.alike-what")) }
                ul.pairs { @for pair in alike.iter().take(MOST) {
                    li.box {
                        @for org in [&pair.one, &pair.other] {
                            p {
                                a href=(address(org)) { (org.name) } " " span.code { (org.code) }
                                @if let Some(place) = place(org) { br; span.muted { (place) } }
                            }
                        }
                        p.muted { (why(pair, lang)) }
                        p { a.button href=(compared_at(&pair.one.code, &pair.other.code)) { (lang.t("orgs.merge-compare")) } }
                    }
                } }
                @if alike.len() > MOST { p.muted { (Words::new("orgs.alike-more").with("n", alike.len() - MOST).say(lang)) } }
            }
        }
    })
}

fn compared_at(kept: &str, other: &str) -> String {
    format!("/orgs/merge?kept={}&other={}", layout::encoded(kept), layout::encoded(other))
}

fn why(pair: &Alike, lang: Lang) -> String {
    let said = pair.why.iter().map(|why| match why {
        Why::Code(scheme, code) => {
            let known = crate::ids::SCHEMES.into_iter().find(|known| known == scheme);
            let name = known.and_then(|known| Column::Scheme(known).words()).map(|words| words.say(lang));
            Words::new("orgs.why-code").with("scheme", name.unwrap_or_default()).with("code", code).say(lang)
        }
        Why::SameName => lang.t("orgs.why-same"),
        Why::LikeName => lang.t("orgs.why-like"),
    });
    said.collect::<Vec<_>>().join("; ")
}

/// Both side by side, what will happen, and the button.
async fn compare(visit: &Visit, kept: &str, other: &str) -> Result<Markup> {
    let (db, actor, lang) = (&visit.site.db, &visit.site.actor, visit.lang());
    let union = actions::look(db, actor, kept, other).await?;
    let one = org::edit::actions::card(db, actor, kept).await?;
    let two = org::edit::actions::card(db, actor, other).await?;
    let forms = forms(&visit.site).await?;
    let title = |id: &str| forms.iter().find(|form| form.id == id).map_or(id.to_owned(), |form| form.title.clone());
    let clashes: Vec<&Moving> = union.clashes().collect();
    Ok(html! {
        (side_by_side((&one, &two), lang))
        p { a href=(compared_at(other, kept)) { (lang.t("orgs.merge-swap")) } }
        @if clashes.is_empty() { (decide(&union, (&one, &two), lang)) }
        @else {
            section.box.bad aria-labelledby="clashes" {
                h2 #clashes { (Words::new("orgs.clashes").with("n", clashes.len()).say(lang)) }
                p { (lang.t("orgs.clashes-what")) }
                ul { @for one in clashes { li { (clash(one, (kept, other), &title, lang)) } } }
            }
        }
    })
}

/// A report that both have, with the ways to both.
fn clash(one: &Moving, (kept, other): (&str, &str), title: &impl Fn(&str) -> String, lang: Lang) -> Markup {
    let period = Period::from_id(&one.period).map_or_else(|| one.period.clone(), Period::short);
    let report = |org: &str| layout::address(&["report", &one.form, &one.period, org]);
    html! {
        (title(&one.form)) ", " (period) @if !one.wave.is_empty() { ", " (one.wave) } ": "
        a href=(report(kept)) { (kept) } ", " a href=(report(other)) { (other) }
        @let words = lang.t("web.history");
        " (" a href={ (report(other)) "/history" } { (words) } ")"
    }
}

fn side_by_side((one, two): (&Card, &Card), lang: Lang) -> Markup {
    let rows: Vec<(String, [String; 2])> = compared_rows(one, two, lang);
    html! {
        div.scroll role="region" tabindex="0" aria-label=(lang.t("orgs.merge-compare")) {
            table.list {
                thead { tr {
                    td {}
                    th scope="col" { (lang.t("orgs.stays")) }
                    th scope="col" { (lang.t("orgs.goes")) }
                } }
                tbody { @for (word, [left, right]) in rows {
                    tr.differs[left != right] {
                        th scope="row" { (word) }
                        td { (left) }
                        td { (right) }
                    }
                } }
            }
        }
    }
}

fn compared_rows(one: &Card, two: &Card, lang: Lang) -> Vec<(String, [String; 2])> {
    let both = |of: &dyn Fn(&Card) -> String| [of(one), of(two)];
    let day = |day: Option<jiff::civil::Date>| day.map(text::date).unwrap_or_default();
    let mut rows: Vec<(Column, [String; 2])> = vec![
        (Column::Name, both(&|card| card.org.name.clone())),
        (Column::Short, both(&|card| card.org.short_name.clone())),
        (Column::Code, both(&|card| card.org.code.clone())),
        (Column::Kind, both(&|card| columns::kind_words(card.org.kind).say(lang))),
        (Column::Above, both(&|card| card.above.first().map(|org| org.name.clone()).unwrap_or_default())),
        (Column::From, both(&|card| day(card.org.valid_from))),
        (Column::To, both(&|card| day(card.org.valid_to))),
    ];
    for scheme in crate::ids::SCHEMES {
        let codes = |card: &Card| card.record.codes_of(scheme).collect::<Vec<_>>().join("; ");
        rows.push((Column::Scheme(scheme), both(&codes)));
    }
    for which in Text::ALL {
        rows.push((Column::Text(which), both(&|card: &Card| card.record.text(which).to_owned())));
    }
    rows.push((Column::Groups, both(&|card| card.record.groups.join("; "))));
    let word = |column: Column| column.words().map(|words| words.say(lang)).unwrap_or_default();
    let said = rows.into_iter().filter(|(_, [left, right])| !left.is_empty() || !right.is_empty());
    said.map(|(column, values)| (word(column), values)).collect()
}

/// What will happen, and the button.
fn decide(union: &Union, (one, two): (&Card, &Card), lang: Lang) -> Markup {
    html! {
        form.box.warn method="post" action="/orgs/merge" {
            h2 { (lang.t("orgs.merge-will")) }
            ul {
                li { (Words::new("orgs.will-reports").with("n", union.gained()).with("name", one.org.label()).say(lang)) }
                @if !two.below.is_empty() {
                    li { (Words::new("orgs.will-below").with("n", two.below.len()).with("name", one.org.label()).say(lang)) }
                }
                li { (lang.t("orgs.will-fill")) }
                li { (Words::new("orgs.will-code").with("code", &two.org.code).with("name", one.org.label()).say(lang)) }
                li { (lang.t("orgs.will-stay")) }
            }
            input type="hidden" name="kept" value=(one.org.code);
            input type="hidden" name="other" value=(two.org.code);
            input type="hidden" name="seal" value=(union.pair.seal());
            p.actions {
                button.primary type="submit" { (lang.t("orgs.merge-do")) }
                a.button href="/orgs/merge" { (lang.t("orgs.leave")) }
            }
        }
    }
}

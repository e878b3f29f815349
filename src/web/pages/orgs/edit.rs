//! `/org/{org}/edit`, `/orgs/new`: the fields of an organisation; `/org/{org}/forget`: a row of its history goes.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::sheet::{self, Sheet};
use super::{address, crumbs};
use crate::error::{Error, Fault, Result};
use crate::ids::OrgType;
use crate::org::edit::Typed;
use crate::org::edit::actions::{self, Card};
use crate::org::{self, group};
use crate::web::layout::{self, Frame};
use crate::web::pages::{go_to, today};
use crate::web::visit::Visit;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let card = card(&visit).await?;
    let typed = Typed::of(&card.record, today());
    page(&visit, Some(&card), (&typed, &[])).await
}

pub(in crate::web::pages) async fn save(visit: Visit) -> Result<Response> {
    let card = card(&visit).await?;
    let typed = sheet::read(&visit.form);
    match actions::save(&visit.site.db, &visit.site.actor, &card.org.code, &typed).await {
        Ok(_) => Ok(go_to(&format!("{}?saved=1", address(&card.org)))),
        Err(Error::Faults(faults)) => page(&visit, Some(&card), (&typed, &faults)).await,
        Err(error) => Err(error),
    }
}

pub(in crate::web::pages) async fn new(visit: Visit) -> Result<Response> {
    let parent = visit.query.word("parent").to_owned();
    let above = match parent.as_str() {
        "" => None,
        code => Some(org::actions::by_code(&visit.site.db, &visit.site.actor, code).await?),
    };
    let kind = match above.map(|above| above.kind) {
        None => OrgType::Region,
        Some(OrgType::Region) => OrgType::Municipality,
        Some(_) => OrgType::School,
    };
    let (kind, reports) = (kind.name().to_owned(), "own".to_owned());
    page(&visit, None, (&Typed { parent, kind, reports, ..Typed::default() }, &[])).await
}

pub(in crate::web::pages) async fn add(visit: Visit) -> Result<Response> {
    let typed = sheet::read(&visit.form);
    match actions::add(&visit.site.db, &visit.site.actor, &typed).await {
        Ok(code) => Ok(go_to(&format!("{}?saved=1", layout::address(&["org", &code])))),
        Err(Error::Faults(faults)) => page(&visit, None, (&typed, &faults)).await,
        Err(error) => Err(error),
    }
}

pub(in crate::web::pages) async fn forget(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let org = org::actions::by_code(&site.db, &site.actor, visit.param("org")).await?;
    actions::forget(&site.db, &site.actor, &org.code, visit.form.word("what"), visit.form.word("until")).await?;
    Ok(go_to(&format!("{}?saved=1", address(&org))))
}

/// The organisation of the address.
pub(super) async fn card(visit: &Visit) -> Result<Card> {
    actions::card(&visit.site.db, &visit.site.actor, visit.param("org")).await
}

async fn page(visit: &Visit, card: Option<&Card>, (typed, faults): (&Typed, &[Fault])) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let mut above = org::actions::list(&site.db, &site.actor, &site.actor.scope()).await?;
    above.retain(|org| org.kind != OrgType::School && card.is_none_or(|card| card.org.id != org.id));
    let groups = group::actions::list(&site.db, &site.actor).await?;
    let now_above = card.and_then(|card| card.above.first()).map(|above| above.label());
    let sheet = Sheet { typed, faults, above: &above, groups: &groups, now_above, new: card.is_none(), lang };
    let (title, here, back) = match card {
        Some(card) => (lang.t("orgs.edit-title"), format!("{}/edit", address(&card.org)), address(&card.org)),
        None => (lang.t("orgs.add"), "/orgs/new".to_owned(), "/orgs".to_owned()),
    };
    let way: Vec<&org::Org> = card.into_iter().flat_map(|card| card.above.iter().rev().chain([&card.org])).collect();
    let body: Markup = html! {
        (crumbs(lang, &way, &title))
        h1 { (title) }
        @if let Some(card) = card { p.lead { (card.org.name) " " span.code { (card.org.code) } } }
        (sheet::summary(faults, lang))
        form method="post" action=(here) novalidate {
            @if !typed.seal.is_empty() { input type="hidden" name="seal" value=(typed.seal); }
            (sheet.fields())
            p.actions {
                button.primary type="submit" { (lang.t("orgs.save")) }
                a.button href=(back) { (lang.t("orgs.leave")) }
            }
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(site, &Frame { title, here: "/orgs" }, body).with_status(status).into_response())
}

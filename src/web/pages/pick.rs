//! `/report/{form}/{period}`: choose whose report to fill.

use std::collections::HashMap;

use maud::html;
use poem::Response;

use super::{go_to, of_address, orgs, overview_address, state_word};
use crate::error::{Error, Result};
use crate::lang::Words;
use crate::org;
use crate::report::figures::{self, Progress, Slice};
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

/// So many organisations are listed; more are found by searching.
const MOST: usize = 200;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let (version, period) = of_address(&visit).await?;
    if version.form.is_programme() {
        return Err(Error::NotFound(Words::new("report.programme").with("form", &version.form.title)));
    }
    let slice = Slice { form: version.form.clone(), period, wave: String::new(), accepted_only: false };
    let progress = figures::actions::progress(&site.db, &site.actor, &site.actor.scope(), &slice).await?;
    let all: Vec<_> = progress.iter().map(|one| (*one.org).clone()).collect();
    // A school has nothing to choose.
    if let [only] = progress.as_slice() {
        return Ok(go_to(&layout::address(&["report", &version.form.id, &period.id(), &only.org.code])));
    }
    let sought = visit.query.word("q");
    let by_id: HashMap<_, &Progress> = progress.iter().map(|one| (one.org.id, one)).collect();
    let fits = org::actions::search(&site.db, &site.actor, &all, sought).await?;
    let found: Vec<&Progress> = fits.iter().filter_map(|org| by_id.get(&org.id).copied()).collect();
    let here = layout::address(&["report", &version.form.id, &period.id()]);
    let steps = [
        ("/".to_owned(), lang.t("web.menu-reports")),
        (overview_address(&version.form.id, period), version.form.title.clone()),
    ];
    let title = lang.t("web.pick-title");
    let body = html! {
        (layout::crumbs(lang, &steps, &title))
        h1 { (title) }
        p.lead { (version.form.title) ", " (period.label().say(lang)) }
        (orgs::search(&here, sought, lang))
        @if found.is_empty() { (orgs::nothing_found(sought, lang)) }
        ul.picks {
            @for one in found.iter().take(MOST) {
                li { a href={ (here) "/" (layout::encoded(&one.org.code)) } {
                    span { (one.org.label()) " " span.muted { (one.org.code) } }
                    span.state.(one.state.word()) { (state_word(one.state).say(lang)) }
                } }
            }
        }
        @if found.len() > MOST { p.muted { (Words::new("web.more-found").with("n", found.len() - MOST).say(lang)) } }
    };
    Ok(layout::page(site, &Frame { title, here: "/" }, body))
}

//! `/accounts`: the accounts below one's own, with a search.

use std::collections::HashMap;

use maud::{Markup, html};
use poem::Response;

use super::{address, role_word};
use crate::account::actions::{self, Kept};
use crate::error::Result;
use crate::ids::OrgId;
use crate::lang::{Lang, Words};
use crate::org;
use crate::text::folded;
use crate::web::layout::{self, Called, Frame};
use crate::web::pages::orgs::{nothing_found, search};
use crate::web::visit::Visit;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let all = actions::list(&site.db, &site.actor).await?;
    let orgs = org::actions::list(&site.db, &site.actor, &site.actor.scope()).await?;
    let names: HashMap<OrgId, &str> = orgs.iter().map(|org| (org.id, org.label())).collect();
    let sought = visit.query.word("q");
    let words: Vec<String> = folded(sought).split(' ').map(str::to_owned).collect();
    let place = |kept: &Kept| kept.account.grant.root.and_then(|root| names.get(&root).copied()).unwrap_or_default();
    let fits = |kept: &&Kept| {
        let text = folded(&format!("{} {} {}", kept.account.login, kept.account.name, place(kept)));
        words.iter().all(|word| text.contains(word))
    };
    let found: Vec<&Kept> = all.iter().filter(fits).collect();
    let body = html! {
        h1 { (lang.t("account.menu")) }
        p.lead { (lang.t("account.lead")) }
        p.actions {
            a.button.primary href="/accounts/new" { (lang.t("account.new")) }
            a.button href="/accounts/schools" { (lang.t("bulk.title")) }
            a.button href="/links" { (lang.t("link.for-schools")) }
        }
        @if all.is_empty() {
            (layout::empty(lang.t("account.none"), &[Words::new("account.none-how")], lang))
        } @else {
            (search("/accounts", sought, lang))
            @if found.is_empty() { (nothing_found(sought, lang)) }
            @else {
                p.muted { (Words::new("account.count").with("n", found.len()).say(lang)) }
                (table(&found, &place, lang))
            }
        }
    };
    Ok(layout::page(site, &Frame { title: lang.t("account.menu"), here: "/accounts" }, body))
}

fn table<'a>(found: &[&'a Kept], place: &impl Fn(&'a Kept) -> &'a str, lang: Lang) -> Markup {
    let heads = ["account.name", "account.login", "account.role", "web.org", "account.state"];
    let rows = html! {
        @for kept in found {
            tr {
                th scope="row" { a href=(address(&kept.account)) { (kept.account.name) } }
                td data-label=(lang.t("account.login")) { (kept.account.login) }
                td data-label=(lang.t("account.role")) { (role_word(kept.account.grant.role, lang)) }
                td data-label=(lang.t("web.org")) {
                    @match kept.account.grant.root { Some(_) => (place(kept)), None => (lang.t("account.everywhere")) }
                }
                td data-label=(lang.t("account.state")) { (state(kept, lang)) }
            }
        }
    };
    layout::listing(&Called::As(&lang.t("account.menu")), &heads, &rows, lang)
}

/// Whether its holder can sign in, and what is waited for.
pub(super) fn state(kept: &Kept, lang: Lang) -> String {
    match (kept.account.closed_at, kept.account.ready, kept.invited) {
        (Some(at), _, _) => Words::new("account.closed-since").with("when", layout::moment(at)).say(lang),
        (None, true, _) => lang.t("account.works"),
        (None, false, Some(until)) => Words::new("account.invited-until").with("when", layout::moment(until)).say(lang),
        (None, false, None) => lang.t("account.link-ended"),
    }
}

//! `/orgs`: the registry as a tree, with a search.

use std::collections::{HashMap, HashSet};

use maud::{Markup, html};
use poem::Response;

use crate::error::Result;
use crate::ids::{OrgId, OrgType};
use crate::lang::{Lang, Words};
use crate::org::{self, Org};
use crate::text::folded;
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let orgs = org::actions::list(&site.db, &site.actor, &site.actor.scope()).await?;
    let merged = merged(&orgs, &org::actions::successors(&site.db, &site.actor).await?, lang);
    let sought = visit.query.word("q");
    let found = found(&orgs, sought);
    let schools = found.iter().filter(|org| org.kind == OrgType::School).count();
    let body = html! {
        h1 { (lang.t("web.menu-orgs")) }
        @if orgs.is_empty() {
            (layout::empty(lang.t("web.no-orgs"), &[Words::new("web.no-orgs-why"), Words::new("web.no-orgs-how")], lang))
            pre.command { code { "svod org import registry.xlsx" } }
        } @else {
            (search("/orgs", sought, lang))
            @if found.is_empty() { (nothing_found(sought, lang)) }
            @else {
                p.muted { (Words::new("web.schools").with("n", schools).say(lang)) }
                (tree(&found, &merged, lang))
            }
        }
    };
    Ok(layout::page(site, &Frame { title: lang.t("web.menu-orgs"), here: "/orgs" }, body))
}

/// A search that needs no script.
pub(super) fn search(address: &str, sought: &str, lang: Lang) -> Markup {
    html! {
        form.search method="get" action=(address) role="search" {
            label for="q" { (lang.t("web.search-label")) }
            div.line {
                input type="search" id="q" name="q" value=(sought) autocomplete="off";
                button type="submit" { (lang.t("web.search")) }
                @if !sought.is_empty() { a.button.quiet href=(address) { (lang.t("web.show-all")) } }
            }
        }
    }
}

/// Nothing was found.
pub(super) fn nothing_found(sought: &str, lang: Lang) -> Markup {
    html! { p.box.quiet role="status" { (Words::new("web.nothing-found").with("sought", sought).say(lang)) } }
}

/// The organisations whose name or code a search means, and those above them, in the same order.
pub(super) fn found<'a>(orgs: &'a [Org], sought: &str) -> Vec<&'a Org> {
    let words: Vec<String> = folded(sought).split(' ').map(str::to_owned).collect();
    let fits = |org: &Org| {
        let text = folded(&format!("{} {} {}", org.code, org.name, org.short_name));
        words.iter().all(|word| text.contains(word))
    };
    let by_id: HashMap<OrgId, &Org> = orgs.iter().map(|org| (org.id, org)).collect();
    let mut kept: HashSet<OrgId> = HashSet::new();
    for org in orgs.iter().filter(|org| fits(org)) {
        let mut up = Some(org);
        while let Some(org) = up.filter(|org| kept.insert(org.id)) {
            up = org.parent.and_then(|parent| by_id.get(&parent).copied());
        }
    }
    orgs.iter().filter(|org| kept.contains(&org.id)).collect()
}

/// What is said of an organisation that has merged into others.
pub(super) fn merged_into(org: &Org, after: &[&Org], lang: Lang) -> Option<String> {
    let day = org.valid_to?.tomorrow().ok().filter(|_| !after.is_empty())?;
    let names: Vec<&str> = after.iter().map(|org| org.label()).collect();
    let words = Words::new("web.merged-into").with("date", crate::text::date(day));
    Some(words.with("names", names.join(", ")).say(lang))
}

fn merged(orgs: &[Org], successors: &HashMap<OrgId, Vec<OrgId>>, lang: Lang) -> HashMap<OrgId, String> {
    let by_id: HashMap<OrgId, &Org> = orgs.iter().map(|org| (org.id, org)).collect();
    let said = |(id, after): (&OrgId, &Vec<OrgId>)| {
        let after: Vec<&Org> = after.iter().filter_map(|id| by_id.get(id).copied()).collect();
        Some((*id, merged_into(by_id.get(id)?, &after, lang)?))
    };
    successors.iter().filter_map(said).collect()
}

fn tree(orgs: &[&Org], merged: &HashMap<OrgId, String>, lang: Lang) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-label=(lang.t("web.menu-orgs")) {
            table.list {
                thead { tr {
                    th scope="col" { (lang.t("web.org")) }
                    th scope="col" { (lang.t("web.code")) }
                } }
                tbody {
                    @for org in orgs {
                        tr.(level(org)) {
                            th scope="row" { (org.name) @if let Some(to) = org.valid_to {
                                @let until = || Words::new("web.valid-to").with("date", crate::text::date(to)).say(lang);
                                " " span.muted { (merged.get(&org.id).cloned().unwrap_or_else(until)) }
                            } }
                            td.code { (org.code) }
                        }
                    }
                }
            }
        }
    }
}

/// How deep an organisation stands in the tree, as a class.
pub(super) fn level(org: &Org) -> &'static str {
    match org.kind {
        OrgType::Region => "region",
        OrgType::Municipality => "municipality",
        OrgType::School => "school",
    }
}

//! The pages of organisations: the tree, one organisation, its editing, tables, groups, mergers; and what other pages show
//! of organisations in the same way.

pub(super) mod close;
pub(super) mod edit;
pub(super) mod groups;
pub(super) mod import;
pub(super) mod list;
pub(super) mod merge;
pub(super) mod one;
mod sheet;

use maud::{Markup, html};

use crate::access::Right;
use crate::ids::OrgType;
use crate::lang::{Lang, Words};
use crate::org::Org;
use crate::web::Site;
use crate::web::layout;

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

/// What is said of an organisation that has merged into others.
pub(super) fn merged_into(org: &Org, after: &[&Org], lang: Lang) -> Option<String> {
    let day = org.valid_to?.tomorrow().ok().filter(|_| !after.is_empty())?;
    let names: Vec<&str> = after.iter().map(|org| org.label()).collect();
    let words = Words::new("web.merged-into").with("date", crate::text::date(day));
    Some(words.with("names", names.join(", ")).say(lang))
}

/// How deep an organisation stands in the tree, as a class.
pub(super) fn level(org: &Org) -> &'static str {
    match org.kind {
        OrgType::Region => "region",
        OrgType::Municipality => "municipality",
        OrgType::School => "school",
    }
}

/// The address of an organisation's page.
pub(super) fn address(org: &Org) -> String {
    layout::address(&["org", &org.code])
}

/// Whether the reader may change organisations at all.
fn may_manage(site: &Site) -> bool {
    site.actor.need(Right::ManageOrgs).is_ok()
}

/// The way to a page below the list of organisations.
fn crumbs(lang: Lang, steps: &[&Org], here: &str) -> Markup {
    let first = ("/orgs".to_owned(), lang.t("web.menu-orgs"));
    let steps = steps.iter().map(|org| (address(org), org.label().to_owned()));
    layout::crumbs(lang, &std::iter::once(first).chain(steps).collect::<Vec<_>>(), here)
}

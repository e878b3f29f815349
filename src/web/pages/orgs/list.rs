//! `/orgs`: the tree of organisations, unfolded as far as it fits on a page, and a search that forgives slips.

use std::collections::{HashMap, HashSet};

use maud::{Markup, html};
use poem::Response;

use super::{address, may_manage, merged_into, nothing_found, search};
use crate::error::Result;
use crate::ids::{OrgId, OrgType};
use crate::lang::{Lang, Words};
use crate::org::{self, Org, Reporting};
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

/// So many rows are shown at once: what lies deeper is a page of its own.
const ROWS: usize = 150;

/// So many are listed that a search has found.
const MOST: usize = 100;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let orgs = org::actions::list(&site.db, &site.actor, &site.actor.scope()).await?;
    let successors = org::actions::successors(&site.db, &site.actor).await?;
    let tree = Tree::new(&orgs, &successors, lang);
    let (sought, at) = (visit.query.word("q"), visit.query.word("at"));
    let root = orgs.iter().find(|org| org.code == at);
    let found = match sought {
        "" => Vec::new(),
        _ => org::actions::search(&site.db, &site.actor, &orgs, sought).await?,
    };
    let body = html! {
        @if let Some(root) = root { (super::crumbs(lang, &tree.upwards(root), root.label())) }
        h1 { (lang.t("web.menu-orgs")) }
        @if orgs.is_empty() { (nobody(lang)) }
        @if may_manage(site) { (ways(!orgs.is_empty(), lang)) }
        @if !orgs.is_empty() {
            (search("/orgs", sought, lang))
            @if sought.is_empty() { (tree.page(root)) }
            @else if found.is_empty() { (nothing_found(sought, lang)) }
            @else { (tree.results(&found)) }
        }
    };
    Ok(layout::page(site, &Frame { title: lang.t("web.menu-orgs"), here: "/orgs" }, body))
}

fn nobody(lang: Lang) -> Markup {
    html! {
        (layout::empty(lang.t("web.no-orgs"), &[Words::new("web.no-orgs-why"), Words::new("web.no-orgs-how")], lang))
        pre.command { code { "svod org import registry.xlsx" } }
    }
}

/// What can be done with organisations.
fn ways(some: bool, lang: Lang) -> Markup {
    html! {
        p.actions {
            a.button.primary[!some] href="/orgs/import" { (lang.t("orgs.load")) }
            a.button href="/orgs/new" { (lang.t("orgs.add")) }
            @if some {
                a.button href="/orgs/groups" { (lang.t("orgs.groups")) }
                a.button href="/orgs/merge" { (lang.t("orgs.alike")) }
            }
        }
    }
}

/// The tree with everything that rows say.
struct Tree<'a> {
    orgs: &'a [Org],
    by_id: HashMap<OrgId, &'a Org>,
    below: HashMap<Option<OrgId>, Vec<&'a Org>>,
    /// Schools at or below each.
    schools: HashMap<OrgId, usize>,
    merged: HashMap<OrgId, String>,
    lang: Lang,
}

impl<'a> Tree<'a> {
    fn new(orgs: &'a [Org], successors: &HashMap<OrgId, Vec<OrgId>>, lang: Lang) -> Tree<'a> {
        let by_id: HashMap<OrgId, &Org> = orgs.iter().map(|org| (org.id, org)).collect();
        let mut below: HashMap<Option<OrgId>, Vec<&Org>> = HashMap::new();
        for org in orgs {
            below.entry(org.parent.filter(|parent| by_id.contains_key(parent))).or_default().push(org);
        }
        let mut schools: HashMap<OrgId, usize> = HashMap::new();
        // The tree is listed from the top, so that going through it backwards meets everybody before those above them.
        for org in orgs.iter().rev() {
            let own = usize::from(org.kind == OrgType::School) + schools.get(&org.id).copied().unwrap_or_default();
            schools.insert(org.id, own);
            if let Some(parent) = org.parent {
                *schools.entry(parent).or_default() += own;
            }
        }
        let said = |(id, after): (&OrgId, &Vec<OrgId>)| {
            let after: Vec<&Org> = after.iter().filter_map(|id| by_id.get(id).copied()).collect();
            Some((*id, merged_into(by_id.get(id)?, &after, lang)?))
        };
        let merged = successors.iter().filter_map(said).collect();
        Tree { orgs, by_id, below, schools, merged, lang }
    }

    /// Those above one, the topmost first.
    fn upwards(&self, org: &Org) -> Vec<&'a Org> {
        let up = std::iter::successors(self.parent(org), |org| self.parent(org));
        let mut up: Vec<&Org> = up.take(org::DEEPEST).collect();
        up.reverse();
        up
    }

    fn parent(&self, org: &Org) -> Option<&'a Org> {
        org.parent.and_then(|parent| self.by_id.get(&parent).copied())
    }

    fn children(&self, org: &Org) -> &[&'a Org] {
        self.below.get(&Some(org.id)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Which organisations are unfolded: level by level from the top, as long as the rows fit on a page. Where nothing
    /// fits, at least the top itself is.
    fn unfolded(&self, root: Option<&Org>) -> HashSet<OrgId> {
        let mut level: Vec<&Org> = match root {
            Some(root) => vec![root],
            None => self.below.get(&None).cloned().unwrap_or_default(),
        };
        let (mut rows, mut unfolded) = (level.len(), HashSet::new());
        while !level.is_empty() {
            let next: Vec<&Org> = level.iter().flat_map(|org| self.children(org)).copied().collect();
            let first = unfolded.is_empty() && root.is_some();
            if rows + next.len() > ROWS && !first {
                // Not the whole level: then as many of its parts as fit, in their order.
                for org in &level {
                    let more = self.children(org).len();
                    if rows + more <= ROWS {
                        rows += more;
                        unfolded.insert(org.id);
                    }
                }
                break;
            }
            rows += next.len();
            unfolded.extend(level.iter().map(|org| org.id));
            level = next;
        }
        unfolded
    }

    fn page(&self, root: Option<&Org>) -> Markup {
        let unfolded = self.unfolded(root);
        let mut rows: Vec<(usize, &Org)> = Vec::new();
        let mut waiting: Vec<(usize, &Org)> = match root {
            Some(root) => vec![(0, root)],
            None => self.below.get(&None).into_iter().flatten().rev().map(|org| (0, *org)).collect(),
        };
        while let Some((depth, org)) = waiting.pop() {
            rows.push((depth, org));
            if unfolded.contains(&org.id) {
                waiting.extend(self.children(org).iter().rev().map(|child| (depth + 1, *child)));
            }
        }
        let count = match root {
            Some(root) => self.schools.get(&root.id).copied().unwrap_or_default(),
            None => self.orgs.iter().filter(|org| org.kind == OrgType::School).count(),
        };
        html! {
            p.muted { (Words::new("web.schools").with("n", count).say(self.lang)) }
            (self.table(html! {
                @for (depth, org) in rows { (self.row(org, depth, unfolded.contains(&org.id))) }
            }))
        }
    }

    fn table(&self, rows: Markup) -> Markup {
        let lang = self.lang;
        html! {
            div.scroll role="region" tabindex="0" aria-label=(lang.t("web.menu-orgs")) {
                table.list.tree {
                    thead { tr {
                        th scope="col" { (lang.t("web.org")) }
                        th scope="col" { (lang.t("org.locality")) }
                        th scope="col" { (lang.t("web.code")) }
                    } }
                    tbody { (rows) }
                }
            }
        }
    }

    fn row(&self, org: &Org, depth: usize, unfolded: bool) -> Markup {
        let hidden = if unfolded { 0 } else { self.children(org).len() };
        let strong = org.kind != OrgType::School;
        html! {
            tr class={ "deep-" (depth.min(6)) @if strong { " strong" } } {
                th scope="row" {
                    a href=(address(org)) { (org.name) }
                    (self.marks(org))
                    @if hidden > 0 {
                        br; a.more href={ "/orgs?at=" (layout::encoded(&org.code)) } {
                            (Words::new("orgs.unfold").with("n", hidden).say(self.lang))
                        }
                    }
                }
                td { (org.locality) }
                td.code { (org.code) }
            }
        }
    }

    /// What is particular about an organisation.
    fn marks(&self, org: &Org) -> Markup {
        let lang = self.lang;
        let closed = org.valid_to.map(|to| Words::new("web.valid-to").with("date", crate::text::date(to)).say(lang));
        html! {
            @if org.reports == Reporting::Parent { " " span.state { (lang.t("orgs.with-parent")) } }
            @if let Some(said) = self.merged.get(&org.id).cloned().or(closed) { " " span.muted { (said) } }
        }
    }

    /// What a search has found, the likeliest first.
    fn results(&self, found: &[Org]) -> Markup {
        let lang = self.lang;
        html! {
            p.muted role="status" { (Words::new("orgs.found").with("n", found.len()).say(lang)) }
            (self.table(html! {
                @for org in found.iter().take(MOST) {
                    tr {
                        th scope="row" {
                            a href=(address(org)) { (org.name) } (self.marks(org))
                            @if let Some(parent) = self.parent(org) { br; span.muted { (parent.label()) } }
                        }
                        td { (org.locality) }
                        td.code { (org.code) }
                    }
                }
            }))
            @if found.len() > MOST { p.muted { (Words::new("web.more-found").with("n", found.len() - MOST).say(lang)) } }
        }
    }
}

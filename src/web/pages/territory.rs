//! What figures are narrowed to: a territory, a group, the day whose tree is taken, accepted reports only.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::access::Scope;
use crate::error::{Error, Fault, Result};
use crate::ids::OrgType;
use crate::lang::{Lang, Words};
use crate::org::actions::Territory;
use crate::org::group::Group;
use crate::org::{self, Org, group};
use crate::period::Period;
use crate::text;
use crate::web::Site;
use crate::web::layout;
use crate::web::visit::Visit;

/// What a page is narrowed to: each of these is changed without losing the others.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The code of a region or municipality; empty for the whole registry.
    pub(super) org: &'a str,
    /// The number of a group of organisations.
    pub(super) group: &'a str,
    /// The day whose tree is taken, as it was typed.
    pub(super) day: &'a str,
    /// Who is listed, a word of the page.
    pub(super) show: &'a str,
    /// Figures of accepted reports only.
    pub(super) accepted: bool,
}

impl<'a> Asked<'a> {
    pub(super) fn of(visit: &'a Visit) -> Self {
        let Visit { query, .. } = visit;
        Asked {
            org: query.word("org"),
            group: query.word("group"),
            day: query.word("day"),
            show: query.word("show"),
            accepted: query.has("accepted"),
        }
    }

    /// An address under these wishes.
    pub(super) fn at(self, address: &str) -> String {
        let said = |name: &str, value: &str| (!value.is_empty()).then(|| format!("{name}={}", layout::encoded(value)));
        let accepted = if self.accepted { "1" } else { "" };
        let said = [
            said("org", self.org),
            said("group", self.group),
            said("day", self.day),
            said("show", self.show),
            said("accepted", accepted),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        if said.is_empty() { address.to_owned() } else { format!("{address}?{}", said.join("&")) }
    }

    /// The territory that is asked for.
    pub(super) fn territory(&self) -> Territory<'a> {
        Territory { org: self.org, group: self.group, day: self.day }
    }
}

/// A page that is narrowed, with everything that it can be narrowed to.
pub(super) struct Narrowing<'a> {
    asked: Asked<'a>,
    /// What is looked at.
    pub(super) scope: Scope,
    territories: Vec<Org>,
    groups: Vec<Group>,
    /// The day whose tree is taken where nobody asks for another.
    otherwise: Date,
    fault: Option<Fault>,
}

impl<'a> Narrowing<'a> {
    /// What is asked for. A day that cannot be read is said beside its field, and leaves the day that there would be
    /// without it.
    pub(super) async fn of(site: &Site, asked: Asked<'a>, period: Period) -> Result<Narrowing<'a>> {
        let (db, actor) = (&site.db, &site.actor);
        let mut fault = None;
        let otherwise = period.end();
        let scope = match org::actions::territory(db, actor, asked.territory(), otherwise).await {
            Err(Error::Faults(mut faults)) => {
                fault = faults.pop();
                org::actions::territory(db, actor, Territory { day: "", ..asked.territory() }, otherwise).await?
            }
            scope => scope?,
        };
        let mut territories = org::actions::list(db, actor, &actor.scope()).await?;
        territories.retain(|org| org.kind != OrgType::School);
        let groups = group::actions::list(db, actor).await?;
        Ok(Narrowing { asked, scope, territories, groups, otherwise, fault })
    }

    fn group(&self) -> Option<&Group> {
        self.scope.group().and_then(|id| self.groups.iter().find(|group| group.id == id))
    }

    /// The day, where it is not the one of the period.
    fn day(&self) -> Option<Date> {
        self.scope.day().filter(|day| *day != self.otherwise)
    }

    /// What it is narrowed to, after the name of the period.
    pub(super) fn said(&self, lang: Lang) -> Markup {
        html! {
            @if let Some(org) = self.territories.iter().find(|org| org.code == self.asked.org) { ", " (org.label()) }
            @if let Some(group) = self.group() { ", " (Words::new("orgs.in-group").with("name", &group.name).say(lang)) }
            @if let Some(day) = self.day() { ", " (Words::new("orgs.as-of").with("date", text::date(day)).say(lang)) }
        }
    }

    /// The fields that narrow it. Most people need the territory alone; the others unfold.
    pub(super) fn form(&self, here: &str, lang: Lang) -> Markup {
        let asked = &self.asked;
        let further = self.group().is_some() || !asked.day.is_empty();
        html! {
            @if self.territories.len() > 1 || !self.groups.is_empty() {
                form.search method="get" action=(here) {
                    label for="org" { (lang.t("web.territory")) }
                    div.line {
                        select #org name="org" {
                            option value="" { (lang.t("web.whole-registry")) }
                            @for org in &self.territories {
                                option value=(org.code) selected[org.code == asked.org] { (org.label()) }
                            }
                        }
                        @if !asked.show.is_empty() { input type="hidden" name="show" value=(asked.show); }
                        @if asked.accepted { input type="hidden" name="accepted" value="1"; }
                        button type="submit" { (lang.t("web.show")) }
                    }
                    details open[further] {
                        summary { (lang.t("orgs.narrow")) }
                        @if !self.groups.is_empty() { (self.group_field(lang)) }
                        (self.day_field(lang))
                    }
                }
            }
        }
    }

    fn group_field(&self, lang: Lang) -> Markup {
        html! {
            div.question {
                label for="group" { (lang.t("orgs.group")) }
                select #group name="group" {
                    option value="" { (lang.t("orgs.no-group-chosen")) }
                    @for group in &self.groups {
                        option value=(group.id) selected[Some(group.id) == self.scope.group()] { (group.name) }
                    }
                }
            }
        }
    }

    fn day_field(&self, lang: Lang) -> Markup {
        let faulty = self.fault.is_some();
        html! {
            div.question.faulty[faulty] {
                label for="day" { (lang.t("orgs.as-of-label")) }
                p.hint #day-hint { (Words::new("orgs.as-of-hint").with("date", text::date(self.otherwise)).say(lang)) }
                input type="text" #day name="day" value=(self.asked.day) autocomplete="off" aria-describedby="day-hint"
                    aria-invalid=[faulty.then_some("true")];
                @if let Some(fault) = &self.fault { p.fault role="alert" { (fault.say(lang)) } }
            }
        }
    }
}

/// The switch «только принятые», which is about figures and lists.
pub(super) fn what_counts(here: &str, asked: &Asked<'_>, lang: Lang) -> Markup {
    let under = |accepted| Asked { accepted, ..*asked }.at(here);
    html! {
        nav.filters aria-label=(lang.t("web.what-counts")) {
            ul {
                li { a href=(under(false)) aria-current=[(!asked.accepted).then_some("true")] { (lang.t("web.all-sent")) } }
                li { a href=(under(true)) aria-current=[asked.accepted.then_some("true")] { (lang.t("web.only-accepted")) } }
            }
        }
    }
}

//! `/links`: personal links for schools without accounts: for which form and period, the list of them, making more.

pub(super) mod letters;
pub(super) mod list;
pub(super) mod new;

use jiff::civil::Date;
use maud::html;
use poem::Response;

use super::{recent_periods, schools_fill};
use crate::error::Result;
use crate::lang::{Lang, Words};
use crate::period::Period;
use crate::report::link;
use crate::report::version;
use crate::text;
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

/// The address of the links to reports of a form and a period.
pub(super) fn address(form: &str, period: Period) -> String {
    layout::address(&["links", form, &period.id()])
}

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let versions = version::actions::list(&site.db, &site.actor).await?;
    let mut forms = Vec::new();
    for version in versions.iter().filter(|version| schools_fill(&version.form)) {
        let with_links = link::actions::periods(&site.db, &site.actor, &version.form.id).await?;
        let mut periods = recent_periods(&version.form);
        periods.extend(
            with_links.iter().map(|(period, _)| *period).filter(|period| !periods.contains(period)).collect::<Vec<_>>(),
        );
        periods.sort_by_key(|period| std::cmp::Reverse(period.start()));
        forms.push((&version.form, periods, with_links));
    }
    let title = lang.t("link.menu");
    let body = html! {
        (layout::crumbs(lang, &[("/accounts".to_owned(), lang.t("account.menu"))], &title))
        h1 { (title) }
        p.lead { (lang.t("link.about")) }
        @if forms.is_empty() {
            (layout::empty(lang.t("link.no-forms"), &[Words::new("link.no-forms-how")], lang))
        }
        div.stack { @for (form, periods, with_links) in &forms {
            section.box.card {
                h2 { (form.title) }
                ul.picks { @for period in periods {
                    @let live = with_links.iter().find(|(known, _)| known == period).map(|(_, live)| *live);
                    li { a href=(address(&form.id, *period)) {
                        span { (period.label().say(lang)) }
                        @if let Some(live) = live { span.muted { (Words::new("link.in-force-count").with("n", live).say(lang)) } }
                    } }
                } }
            }
        } }
    };
    Ok(layout::page(site, &Frame { title, here: "/accounts" }, body))
}

/// The day that somebody typed; one that is none is past for every purpose.
fn day(typed: &str) -> std::result::Result<Date, Words> {
    text::read_date(typed).ok_or_else(|| Words::new("link.no-date"))
}

/// «действует по 31.12.2025».
fn until(link: &link::Link, lang: Lang) -> String {
    Words::new("link.until-day").with("date", text::date(link.last_day())).say(lang)
}

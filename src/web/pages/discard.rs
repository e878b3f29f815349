//! `/report/{form}/{period}/{org}/discard`: a draft is taken back, after a word about what will happen, and brought back.

use maud::{Markup, html};
use poem::Response;

use super::behalf::said_doer;
use super::confirm::{answered, seal};

use super::{go_to, report_address, report_of_address};
use crate::error::Result;
use crate::lang::{Lang, Words};
use crate::report::{self, Last, ReportView, Source, State};
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let (key, org) = report_of_address(&visit).await?;
    let view = report::actions::correct(&site.db, &site.actor, &key).await?;
    if view.pointers.draft.is_none() {
        return Ok(go_to(&report_address(&key, &org)));
    }
    Ok(page(&visit, &view, false))
}

pub(super) async fn discard(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let (key, org) = report_of_address(&visit).await?;
    let address = report_address(&key, &org);
    if visit.form.word("do") == "recover" {
        let back = report::actions::recover(&site.db, &site.actor, &key, Source::Page).await?;
        return Ok(go_to(&(address + if back { "?recovered=1" } else { "" })));
    }
    let view = report::actions::correct(&site.db, &site.actor, &key).await?;
    if view.pointers.draft.is_some() && visit.form.word("seal") != seal(&view) {
        return Ok(page(&visit, &view, true));
    }
    report::actions::discard(&site.db, &site.actor, &key, Source::Page).await?;
    Ok(go_to(&(address + "?discarded=1")))
}

fn page(visit: &Visit, view: &ReportView, changed: bool) -> Response {
    let lang = visit.lang();
    let address = report_address(&view.key, &view.org);
    let correcting = view.state() == State::Correcting;
    let title = lang.t(if correcting { "discard.title-correcting" } else { "discard.title" });
    let left = lang.t(if correcting { "discard.sent-stays" } else { "discard.nothing-stays" });
    let body = html! {
        h1 { (title) }
        @if changed { p.box.warn role="alert" { (lang.t("discard.changed")) } }
        dl.facts.tall {
            div { dt { (lang.t("web.form")) } dd { (view.form.title) } }
            div { dt { (lang.t("web.org")) } dd { (view.org.name) } }
            div { dt { (lang.t("web.period")) } dd { (view.key.period.label().say(lang)) } }
            div { dt { (lang.t("web.answered")) } dd { (answered(view, &view.filled(), lang)) } }
            @if let Some(last) = &view.last {
                div { dt { (lang.t("discard.saved-by")) } dd { (said_doer(&last.doer, view.key.by, lang)) ", " (layout::moment(last.until)) } }
            }
        }
        section.prose {
            h2 { (lang.t("web.confirm-what")) }
            ul {
                li { (left) }
                li { (lang.t("discard.history")) }
                li { (lang.t("discard.can-recover")) }
            }
        }
        form.actions method="post" action={ (address) "/discard" } {
            input type="hidden" name="seal" value=(seal(view));
            button.primary type="submit" { (lang.t(if correcting { "discard.do-correcting" } else { "discard.do" })) }
            a.button href=(address) { (lang.t("web.back-to-filling")) }
        }
    };
    layout::page(&visit.site, &Frame { title, here: "/" }, body)
}

/// The way to the page, for a report that has a draft.
pub(super) fn link(view: &ReportView, address: &str, lang: Lang) -> Markup {
    let word = match view.state() {
        State::Correcting => "discard.do-correcting",
        _ => "discard.do",
    };
    html! { @if view.pointers.draft.is_some() { a href={ (address) "/discard" } { (lang.t(word)) } } }
}

/// What is said after a draft was taken back, with the way to bring it back.
pub(super) fn notice(view: &ReportView, lang: Lang) -> Markup {
    let address = report_address(&view.key, &view.org);
    let gone = view.last.as_ref().filter(|last| last.discards() && view.pointers.draft.is_none());
    html! {
        @if let Some(Last { until, .. }) = gone {
            form.box.good method="post" action={ (address) "/discard" } {
                p role="status" { (Words::new("discard.done").with("when", layout::moment(*until)).say(lang)) }
                button type="submit" name="do" value="recover" { (lang.t("discard.recover")) }
            }
        }
    }
}

//! `/help`: how to fill a report, in a minute.

use maud::html;
use poem::Response;

use crate::access::Right;
use crate::error::Result;
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let lang = visit.lang();
    let fill = match visit.site.entrance.holder {
        Some(_) => (lang.t("link.help"), lang.t("link.help-text")),
        None => (lang.t("web.help-fill"), lang.t("web.help-fill-text")),
    };
    let parts = [
        fill,
        (lang.t("web.help-numbers"), lang.t("web.help-numbers-text")),
        (lang.t("web.help-draft"), lang.t("web.help-draft-text")),
        (lang.t("web.help-send"), lang.t("web.help-send-text")),
        (lang.t("web.help-warnings"), lang.t("web.help-warnings-text")),
        (lang.t("web.help-counts"), lang.t("web.help-counts-text")),
    ];
    let body = html! {
        h1 { (lang.t("web.menu-help")) }
        div.prose {
            @for (title, text) in &parts { h2 { (title) } p { (text) } }
            @if visit.site.actor.may(Right::ManageAccounts) {
                h2 { (lang.t("link.give-help")) }
                p { (lang.t("link.give-help-text")) }
            }
            h2 { (lang.t("manual.title")) }
            p { (lang.t("manual.about")) " " a href="/help/forms" { (lang.t("manual.open")) } }
            p { a href="/help/reference" { (lang.t("reference.open")) } }
            p { a href="/api" { (lang.t("api.title")) } }
        }
    };
    Ok(layout::page(&visit.site, &Frame { title: lang.t("web.menu-help"), here: "/help" }, body))
}

//! `/forms/{programme}/{period}`: targets and figures of a programme, and the reports that it reads.

use maud::{Markup, html};
use poem::Response;

use super::overview_address;
use super::territory::{Asked, Narrowing, what_counts};
use crate::error::Result;
use crate::form::Form;
use crate::indicator::{self, Figures, Query};
use crate::lang::Lang;
use crate::period::Period;
use crate::web;
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

/// The page; there is nothing to fill on it, and nobody is late.
pub(super) async fn show(visit: &Visit, form: &Form, period: Period) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let asked = Asked::of(visit);
    let narrowing = Narrowing::of(site, asked, period).await?;
    let scope = narrowing.scope.clone();
    let query = Query { accepted: asked.accepted, ..Query::new(&form.id, period, scope) };
    let figures = indicator::actions::figures(&site.db, &site.actor, &query).await?;
    let here = overview_address(&form.id, period);
    let body = html! {
        (layout::crumbs(lang, &[("/".to_owned(), lang.t("web.menu-reports"))], &form.title))
        h1 { (form.title) }
        p.lead {
            (period.label().say(lang))
            (narrowing.said(lang))
        }
        @if let Some(description) = &form.description { p { (description) } }
        (narrowing.form(&here, lang))
        p.actions { a.button href=(asked.at(&format!("{here}/book.xlsx"))) { (lang.t("web.book")) } }
        (what_counts(&here, &asked, lang))
        section aria-labelledby="figures" {
            h2 #figures { (lang.t("web.figures")) }
            (web::figures::targets(&figures, lang))
        }
        section aria-labelledby="inputs" {
            h2 #inputs { (lang.t("web.inputs")) }
            p.muted { (lang.t("web.inputs-why")) }
            (inputs(&figures, (&asked, period), lang))
        }
    };
    Ok(layout::page(site, &Frame { title: form.title.clone(), here: "/" }, body))
}

/// The forms that the programme reads: each with its counts and the way to its reports.
fn inputs(figures: &Figures, (asked, period): (&Asked<'_>, Period), lang: Lang) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby="inputs" {
            table.list.stacked {
                thead { tr {
                    th scope="col" { (lang.t("web.form")) }
                    th.number scope="col" { (lang.t("web.count-expected")) }
                    th.number scope="col" { (lang.t("web.count-sent")) }
                    th.number scope="col" { (lang.t("web.count-accepted")) }
                } }
                tbody {
                    @for input in &figures.inputs {
                        tr {
                            th scope="row" { a href=(asked.at(&overview_address(&input.form.id, period))) { (input.form.title) } }
                            td.number data-label=(lang.t("web.count-expected")) { (input.tally.expected) }
                            td.number data-label=(lang.t("web.count-sent")) { (input.tally.sent) }
                            td.number data-label=(lang.t("web.count-accepted")) { (input.tally.accepted) }
                        }
                    }
                }
            }
        }
    }
}

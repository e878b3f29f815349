//! `/`: choose a form and a period.

use std::collections::HashMap;
use std::sync::Arc;

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::{by_link, copies, forms_and_programmes, go_to, overview_address, recent_periods};
use crate::error::Result;
use crate::form::Form;
use crate::indicator;
use crate::lang::{Lang, Words};
use crate::org;
use crate::period::Period;
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    if let Some(holder) = &site.entrance.holder {
        return Ok(go_to(&by_link::own_report(holder)));
    }
    let lang = visit.lang();
    let (forms, programmes) = forms_and_programmes(site).await?;
    let orgs = org::actions::list(&site.db, &site.actor, &site.actor.scope()).await?;
    let asked = visit.query.word("form");
    let form = forms.iter().find(|form| form.id == asked);
    let mut filled = HashMap::new();
    for form in forms.iter().chain(&programmes) {
        let scope = site.actor.scope();
        filled.insert(form.id.as_str(), indicator::actions::periods(&site.db, &site.actor, &scope, form).await?);
    }
    let mut fault = None;
    if let Some(form) = form.filter(|_| visit.query.has("period")) {
        match chosen(form, &visit) {
            Ok(period) => return Ok(go_to(&overview_address(&form.id, period))),
            Err(words) => fault = Some(words.say(lang)),
        }
    }
    let body = html! {
        h1 { (lang.t("web.home-title")) }
        (copies::alarm(site))
        @if orgs.is_empty() { (no_orgs(lang)) }
        @if forms.is_empty() { (no_forms(lang)) }
        @else { div.stack {
            @for form in &forms {
                @let periods = filled.get(form.id.as_str()).map(Vec::as_slice).unwrap_or_default();
                (card(form, &visit, periods, fault.as_deref().filter(|_| form.id == asked)))
            }
         } }
        @if !programmes.is_empty() {
            section aria-labelledby="programmes" {
                h2 #programmes { (lang.t("web.programmes")) }
                div.stack { @for form in &programmes {
                    (programme(form, filled.get(form.id.as_str()).map(Vec::as_slice).unwrap_or_default(), lang))
                } }
            }
        }
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(layout::page(site, &Frame { title: lang.t("web.home-title"), here: "/" }, body)
        .with_status(status)
        .into_response())
}

/// The period that was chosen: the one that was typed, if anything was, else the one from the list.
fn chosen(form: &Form, visit: &Visit) -> std::result::Result<Period, Words> {
    let typed = visit.query.word("other");
    Period::read(form.period, if typed.is_empty() { visit.query.word("period") } else { typed })
}

fn card(form: &Arc<Form>, visit: &Visit, filled: &[Period], fault: Option<&str>) -> Markup {
    let lang = visit.lang();
    let now = Period::containing(form.period, super::today());
    let typed = if fault.is_some() { visit.query.word("other") } else { "" };
    let id = |what: &str| format!("{what}-{}", form.id);
    html! {
        section.box.card aria-labelledby=(id("title")) {
            h2 id=(id("title")) { (form.title) }
            @if let Some(description) = &form.description { p { (description) } }
            @if !filled.is_empty() {
                p { (lang.t("web.reports-of")) " "
                    @for (i, period) in filled.iter().take(12).enumerate() {
                        @if i > 0 { ", " }
                        a href=(overview_address(&form.id, *period)) { (period.short()) }
                    }
                }
            }
            form.choose method="get" action="/" {
                input type="hidden" name="form" value=(form.id);
                div.field {
                    label for=(id("period")) { (lang.t("web.period")) }
                    select id=(id("period")) name="period" {
                        @for period in recent_periods(form) {
                            option value=(period.id()) selected[Some(period) == now] { (period.label().say(lang)) }
                        }
                    }
                }
                div.field.faulty[fault.is_some()] {
                    label for=(id("other")) { (lang.t("web.other-period")) }
                    input type="text" id=(id("other")) name="other" value=(typed) autocomplete="off"
                        aria-describedby=(id("example")) aria-invalid=[fault.map(|_| "true")] autofocus[fault.is_some()];
                    p.hint id=(id("example")) {
                        @if let Some(fault) = fault { span.fault role="alert" { (fault) } }
                        @else { (Words::new("web.for-example").with("example", example(form)).say(lang)) }
                    }
                }
                button.primary type="submit" { (lang.t("web.open")) }
            }
        }
    }
}

/// A programme: nothing to fill, figures where the forms that it reads have reports.
fn programme(form: &Form, periods: &[Period], lang: Lang) -> Markup {
    html! {
        section.box.card {
            h3 { (form.title) }
            @if let Some(description) = &form.description { p { (description) } }
            @if periods.is_empty() { p.muted { (lang.t("web.programme-empty")) } }
            @else {
                p { (lang.t("web.programme-of")) " "
                    @for (i, period) in periods.iter().take(12).enumerate() {
                        @if i > 0 { ", " }
                        a href=(overview_address(&form.id, *period)) { (period.short()) }
                    }
                }
            }
        }
    }
}

/// A period as people would type it.
fn example(form: &Form) -> String {
    Period::from_id(form.period.example()).map_or_else(|| form.period.example().to_owned(), Period::short)
}

fn no_orgs(lang: Lang) -> Markup {
    let steps = [Words::new("web.no-orgs-why"), Words::new("web.no-orgs-how")];
    html! {
        (layout::empty(lang.t("web.no-orgs"), &steps, lang))
        pre.command { code { "svod org import registry.xlsx" } }
    }
}

fn no_forms(lang: Lang) -> Markup {
    let steps = [Words::new("web.no-forms-why"), Words::new("web.no-forms-how")];
    html! {
        (layout::empty(lang.t("web.no-forms"), &steps, lang))
        pre.command { code { "svod check forms/my-form.toml" br; "svod publish" } }
        p { a href="/help/forms" { (lang.t("manual.open")) } }
    }
}

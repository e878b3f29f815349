//! `/form/{form}/edit`: the text of a form is written, checked, tried with answers, and kept as a draft.

use maud::{Markup, html};
use poem::Response;
use poem::http::StatusCode;

use super::faults::{self, Checked};
use super::look::{self, Look};
use super::{Known, form_address};
use crate::error::{Error, Result};
use crate::lang::{Lang, Words};
use crate::report::version::drafts::{self, Kept};
use crate::web::layout;
use crate::web::pages::go_to;
use crate::web::problem;
use crate::web::visit::Visit;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let lang = visit.lang();
    let known = Known::of(&visit.site, visit.param("form")).await?;
    let from = visit.query.word("from").to_owned();
    let text = known.text(&from).or_else(|| known.text("file"));
    let text = text.ok_or_else(|| Error::NotFound(Words::new("forms.no-version")))?;
    let checked = faults::check(&visit.site, &known.id, text).await?;
    let notice = html! {
        @if visit.query.has("saved") { (layout::done(&lang.t("forms.saved"))) }
        @if !from.is_empty() { p.box.quiet role="status" { (taken(&known, lang)) } }
    };
    let was = known.mark();
    let look = Look { known: &known, text, was: &was, checked: &checked, tried: false, notice, status: StatusCode::OK };
    Ok(look::page(&visit, &look))
}

/// The text in the field is of another version or of the file; nothing is saved yet.
fn taken(known: &Known, lang: Lang) -> String {
    lang.t(if known.draft.is_some() { "forms.taken-over-draft" } else { "forms.taken-from" })
}

pub(in crate::web::pages) async fn answer(visit: Visit) -> Result<Response> {
    let known = Known::of(&visit.site, visit.param("form")).await?;
    let text = visit.form.get("text").unwrap_or_default().replace("\r\n", "\n");
    let was = visit.form.word("was").to_owned();
    let checked = faults::check(&visit.site, &known.id, &text).await?;
    match visit.form.word("do") {
        doing @ ("save" | "publish") => keep(&visit, &known, (&text, &was), (&checked, doing == "publish")).await,
        doing => {
            let status = if checked.sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            let (tried, notice) = (doing == "try", html! {});
            Ok(look::page(
                &visit,
                &Look { known: &known, text: &text, was: &was, checked: &checked, tried, notice, status },
            ))
        }
    }
}

async fn keep(
    visit: &Visit,
    known: &Known,
    (text, was): (&str, &str),
    (checked, publish): (&Checked, bool),
) -> Result<Response> {
    let site = &*visit.site;
    let address = form_address(&known.id);
    let page = |was: &str, notice: Markup, status| {
        look::page(visit, &Look { known, text, was, checked, tried: false, notice, status })
    };
    let lang = visit.lang();
    match drafts::actions::save(&site.db, &site.actor, &known.id, (text, was)).await {
        Ok(Kept::Saved) if publish && checked.sound() => Ok(go_to(&format!("{address}/publish"))),
        Ok(Kept::Saved) if publish => {
            let notice = html! { p.box.bad role="alert" { (lang.t("forms.mend-first")) } };
            Ok(page(&drafts::mark(text), notice, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Ok(Kept::Saved) => Ok(go_to(&format!("{address}/edit?saved=1"))),
        Ok(Kept::Contested(theirs)) => {
            let notice = look::contested(&theirs, lang);
            Ok(page(&drafts::mark(&theirs.source), notice, StatusCode::CONFLICT))
        }
        Ok(Kept::Gone) => {
            let notice = html! { p.box.warn role="alert" { (lang.t("forms.gone")) } };
            Ok(page(&known.mark(), notice, StatusCode::CONFLICT))
        }
        Err(error @ (Error::Data(_) | Error::Faults(_))) => {
            let problem = problem::of(&error, lang);
            let words = match &error {
                Error::Faults(faults) => faults.iter().map(|fault| fault.say(lang)).collect::<Vec<_>>().join(" "),
                _ => problem.words.say(lang),
            };
            let notice = html! { div.box.bad role="alert" { h2 { (lang.t("care.refused")) } p { (words) } } };
            Ok(page(was, notice, problem.status))
        }
        Err(error) => Err(error),
    }
}

//! `/report/{form}/{period}/{org}/send`: what will happen, and the button that does it.

use maud::{Markup, html};
use poem::Response;
use sha2::{Digest, Sha256};

use super::fill::{self, unexplained};
use super::{go_to, report_address, report_of_address};
use crate::error::{Error, Result, Severity};
use crate::form::Filled;
use crate::lang::{Lang, Words};
use crate::report::{self, ReportView, Source, State};
use crate::web::layout::{self, Frame};
use crate::web::questionnaire::{self, Paper};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let (key, org) = report_of_address(&visit).await?;
    let view = report::actions::correct(&site.db, &site.actor, &key).await?;
    let address = report_address(&key, &org);
    if view.pointers.draft.is_none() {
        return Ok(go_to(&(address + if view.state() == State::Empty { "" } else { "?same=1" })));
    }
    let filled = view.filled();
    if filled.blocked() || !unexplained(&filled, &view.explanations).is_empty() {
        return Ok(go_to(&(address + "?edit=1&check=1#faults")));
    }
    Ok(page(&visit, (&view, &filled), false))
}

pub(super) async fn send(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let (key, org) = report_of_address(&visit).await?;
    let view = report::actions::correct(&site.db, &site.actor, &key).await?;
    let address = report_address(&key, &org);
    if visit.form.word("seal") != seal(&view) {
        let filled = view.filled();
        return Ok(page(&visit, (&view, &filled), true));
    }
    match report::actions::send(&site.db, &site.actor, &key, fill::stored(&view), Source::Page).await {
        Ok(_) => Ok(go_to(&(address + "?sent=1"))),
        Err(Error::Faults(_)) => Ok(go_to(&(address + "?edit=1&check=1#faults"))),
        Err(error) => Err(error),
    }
}

/// What tells these answers, by this version of the form, from any others: what is confirmed is what was shown.
pub(super) fn seal(view: &ReportView) -> String {
    let answers = questionnaire::together(&view.answers, &view.explanations);
    let mut hash = Sha256::new();
    hash.update(&view.form.hash);
    hash.update(answers.to_json().to_string());
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn page(visit: &Visit, (view, filled): (&ReportView, &Filled), changed: bool) -> Response {
    let lang = visit.lang();
    let address = report_address(&view.key, &view.org);
    let title = lang.t("web.confirm-title");
    let body = html! {
        h1 { (title) }
        @if changed { p.box.warn role="alert" { (lang.t("web.confirm-changed")) } }
        dl.facts.tall {
            div { dt { (lang.t("web.form")) } dd { (view.form.title) } }
            div { dt { (lang.t("web.org")) } dd { (view.org.name) } }
            div { dt { (lang.t("web.period")) } dd { (view.key.period.label().say(lang)) } }
            div { dt { (lang.t("web.answered")) } dd { (answered(view, filled, lang)) } }
        }
        (warnings(view, filled, lang))
        section.prose {
            h2 { (lang.t("web.confirm-what")) }
            ul {
                li { (lang.t("web.confirm-counts")) }
                @if view.state() == State::Correcting { li { (lang.t("web.confirm-replaces")) } }
                li { (lang.t("web.confirm-later")) }
            }
        }
        form.actions method="post" action={ (address) "/send" } {
            input type="hidden" name="seal" value=(seal(view));
            button.primary type="submit" { (lang.t("web.send")) }
            a.button href=(address) { (lang.t("web.back-to-filling")) }
        }
    };
    layout::page(&visit.site, &Frame { title, here: "/" }, body)
}

pub(super) fn answered(view: &ReportView, filled: &Filled, lang: Lang) -> String {
    fill::progress(&Paper {
        form: &view.form,
        filled,
        answers: &view.answers,
        explanations: &view.explanations,
        context: &view.context,
        faults: Vec::new(),
        fill: false,
        files: None,
        lang,
    })
}

/// The warnings with what was said to them: they travel up with the figures.
fn warnings(view: &ReportView, filled: &Filled, lang: Lang) -> Markup {
    let warnings: Vec<_> = filled.faults.iter().filter(|fault| fault.severity == Severity::Warning).collect();
    html! {
        @if !warnings.is_empty() {
            section.box.warn {
                h2 { (Words::new("web.confirm-warnings").with("n", warnings.len()).say(lang)) }
                ul {
                    @for warning in warnings {
                        @let key = report::explanation_key(warning);
                        @let name = key.as_deref().and_then(|key| key.strip_prefix(report::EXPLAIN));
                        li {
                            (warning.say(lang))
                            @if let Some(text) = name.and_then(|name| view.explanations.get(name)) {
                                br; span.muted { (Words::new("web.explained").with("text", text).say(lang)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

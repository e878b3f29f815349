//! `/form/{form}/publish`: what a version will change, what becomes of stored answers, and the button that does it.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::faults::{self, Checked};
use super::{Known, crumbs, form_address};
use crate::error::{Error, Fault, Result};
use crate::form::{self, Change, Outcome};
use crate::lang::{Lang, Words};
use crate::report::version::drafts::{self, mark};
use crate::report::version::{self, Origin};
use crate::web::layout::{self, Frame};
use crate::web::pages::go_to;
use crate::web::visit::Visit;

/// A text that is about to be published, and what that does.
struct Plan<'k> {
    known: &'k Known,
    /// Which text: nothing for the draft, `file`, or the hash of a version.
    from: &'k str,
    text: &'k str,
    checked: Checked,
    changes: Vec<Change>,
}

impl Plan<'_> {
    /// What stands in the way.
    fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = self.checked.faults.iter().filter(|fault| fault.blocks()).cloned().collect();
        faults.extend(form::losses(&self.changes));
        faults
    }

    /// What tells this plan from any other: what is confirmed is what was shown.
    fn seal(&self) -> String {
        let newest = self.known.versions.first().map(|(one, _)| one.number);
        mark(&format!("{} {newest:?} {:?}", mark(self.text), self.changes))
    }
}

async fn plan<'k>(visit: &Visit, known: &'k Known, from: &'k str) -> Result<Plan<'k>> {
    let site = &*visit.site;
    let text = known.text(if from.is_empty() { "draft" } else { from });
    let text = text.ok_or_else(|| Error::NotFound(Words::new("forms.no-version")))?;
    let checked = faults::check(site, &known.id, text).await?;
    let changes = match &checked.form {
        Some(form) => version::actions::compare(&site.db, &site.actor, form, &format!("{}.toml", known.id)).await?,
        None => Vec::new(),
    };
    Ok(Plan { known, from, text, checked, changes })
}

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let known = Known::of(&visit.site, visit.param("form")).await?;
    let from = visit.query.word("from").to_owned();
    if from.is_empty() && known.draft.is_none() {
        return Ok(go_to(&form_address(&known.id)));
    }
    let plan = plan(&visit, &known, &from).await?;
    Ok(page(&visit, &plan, false))
}

pub(in crate::web::pages) async fn publish(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let known = Known::of(site, visit.param("form")).await?;
    let from = visit.form.word("from").to_owned();
    if from.is_empty() && known.draft.is_none() {
        return Ok(go_to(&form_address(&known.id)));
    }
    let plan = plan(&visit, &known, &from).await?;
    let form = match &plan.checked.form {
        Some(form) if plan.faults().is_empty() && visit.form.word("seal") == plan.seal() => form,
        _ => return Ok(page(&visit, &plan, true)),
    };
    let origin = if from == "file" { Origin::File } else { Origin::Page };
    match drafts::actions::publish(&site.db, &site.actor, &known.id, (form, origin)).await {
        Ok(done) => Ok(go_to(&format!("{}?published={}", form_address(&known.id), done.number))),
        Err(Error::Faults(_)) => Ok(page(&visit, &plan, true)),
        Err(error) => Err(error),
    }
}

fn page(visit: &Visit, plan: &Plan<'_>, again: bool) -> Response {
    let lang = visit.lang();
    let faults = plan.faults();
    let title = lang.t("forms.publish-title");
    let body = html! {
        (layout::crumbs(lang, &crumbs(plan.known, lang), &lang.t("forms.publish-way")))
        h1 { (title) }
        @if again && faults.is_empty() { p.box.warn role="alert" { (lang.t("forms.publish-changed")) } }
        (facts(plan, lang))
        @if !faults.is_empty() { (refused(plan, &faults, lang)) }
        (effects(plan, lang))
        @if faults.is_empty() {
            (doubts(plan, lang))
            (confirm(plan, lang))
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    layout::page(&visit.site, &Frame { title, here: "/forms" }, body).with_status(status).into_response()
}

fn facts(plan: &Plan<'_>, lang: Lang) -> Markup {
    let known = plan.known;
    let of_version = known.versions.iter().find(|(one, _)| one.hash == plan.from).map(|(one, _)| one.number);
    let source = match (plan.from, of_version) {
        ("", _) => lang.t("forms.from-draft"),
        (_, Some(number)) => Words::new("forms.from-version").with("number", i64::from(number)).say(lang),
        _ => known.file.as_ref().map(|file| file.name.clone()).unwrap_or_default(),
    };
    html! {
        dl.facts.tall {
            div { dt { (lang.t("web.form")) } dd { (plan.checked.form.as_ref().map_or_else(|| known.title(), |form| form.title.clone())) " " span.code { (known.id) } } }
            div { dt { (lang.t("forms.what-text")) } dd { (source) } }
            div { dt { (lang.t("forms.now")) } dd {
                @match known.versions.first() {
                    Some((one, _)) => (Words::new("forms.now-version").with("number", i64::from(one.number)).with("when", layout::moment(one.at)).say(lang)),
                    None => (lang.t("forms.now-none")),
                }
            } }
        }
    }
}

/// What must be mended first.
fn refused(plan: &Plan<'_>, faults: &[Fault], lang: Lang) -> Markup {
    html! {
        div.box.bad #faults role="alert" tabindex="-1" {
            h2 { (lang.t("forms.cannot")) }
            ul {
                @for fault in faults {
                    li {
                        @if let Some((line, _)) = faults::at(fault, &plan.known.id) {
                            (Words::new("forms.line").with("line", line).say(lang)) ": "
                        } @else { (fault.at) ": " }
                        (fault.say(lang))
                    }
                }
            }
            p { a.button href={ (form_address(&plan.known.id)) "/edit" @if !plan.from.is_empty() { "?from=" (plan.from) } } { (lang.t("forms.back-to-text")) } }
        }
    }
}

/// What is different, the hardest first, with what becomes of answers.
fn effects(plan: &Plan<'_>, lang: Lang) -> Markup {
    let mut changes: Vec<&Change> = plan.changes.iter().collect();
    changes.sort_by_key(|change| match change.outcome {
        Outcome::Aside => 0,
        Outcome::Carried => 1,
        Outcome::Recalculated => 2,
        Outcome::Kept => 3,
    });
    html! {
        @if !changes.is_empty() {
            section aria-labelledby="effects" {
                h2 #effects { (Words::new("forms.effects").with("n", changes.len()).say(lang)) }
                table.list.stacked {
                    thead { tr {
                        th scope="col" { (lang.t("forms.change")) }
                        th scope="col" { (lang.t("forms.effect")) }
                    } }
                    tbody {
                        @for change in changes {
                            tr.(change.outcome.word()) {
                                th scope="row" { (change.what().say(lang)) }
                                td data-label=(lang.t("forms.effect")) { (change.effect().say(lang)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What does not stand in the way but should be known: cases of the form that do not hold.
fn doubts(plan: &Plan<'_>, lang: Lang) -> Markup {
    html! {
        @if !plan.checked.faults.is_empty() {
            div.box.warn {
                h2 { (lang.t("forms.cases-fail")) }
                ul { @for fault in &plan.checked.faults { li { (fault.say(lang)) } } }
            }
        }
    }
}

fn confirm(plan: &Plan<'_>, lang: Lang) -> Markup {
    let address = form_address(&plan.known.id);
    let first = plan.known.versions.is_empty();
    html! {
        section.prose {
            h2 { (lang.t("web.confirm-what")) }
            ul {
                @if first { li { (lang.t("forms.will-appear")) } }
                @else if plan.changes.is_empty() { li { (lang.t("forms.will-nothing")) } }
                @if !first {
                    li { (lang.t("forms.will-drafts")) }
                    li { (lang.t("forms.will-sent")) }
                    li { (lang.t("forms.will-undo")) }
                }
            }
        }
        form.actions method="post" action={ (address) "/publish" } {
            input type="hidden" name="from" value=(plan.from);
            input type="hidden" name="seal" value=(plan.seal());
            button.primary type="submit" { (lang.t("forms.publish")) }
            a.button href=(address) { (lang.t("forms.cancel")) }
        }
    }
}

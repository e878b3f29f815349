//! `POST /import`, `/import/apply`, `/import/undo`: the plan of an import, its application, and taking it back.

use std::sync::Arc;

use maud::{Markup, html};
use poem::Response;
use sha2::{Digest, Sha256};

use super::{go_to, import};
use crate::error::{Error, Fault, Place, Result};
use crate::form::{Form, Organisations};
use crate::ids::BatchId;
use crate::import::actions::{self, Wish};
use crate::import::{Given, Old, Plan, PlanCell, Status, Upload};
use crate::lang::{Lang, Words};
use crate::org::{self, Org, Registry};
use crate::report::{self, version};
use crate::web::layout::{self, Frame};
use crate::web::questionnaire::{self, Speaker};
use crate::web::visit::{self, Visit};
use crate::web::waiting;

/// So many cells of a kind are shown; a plan may have a million.
const SHOWN: usize = 300;

/// What a plan is made of and shown with.
struct Planning {
    form: Arc<Form>,
    upload: Upload,
    plan: Plan,
    registry: Registry,
    organisations: Option<Arc<Organisations>>,
}

pub(super) async fn show(mut visit: Visit) -> Result<Response> {
    match make(&mut visit).await {
        Ok(planning) => Ok(page(&visit, &planning, false)),
        Err(Error::Faults(faults)) => import::page(&visit, &faults, html! {}).await,
        Err(error) => Err(error),
    }
}

pub(super) async fn apply(mut visit: Visit) -> Result<Response> {
    let site = visit.site.clone();
    let made = match make(&mut visit).await {
        Ok(made) => made,
        Err(Error::Faults(faults)) => return import::page(&visit, &faults, html! {}).await,
        Err(error) => return Err(error),
    };
    if visit.form.word("seal") != seal(&made) {
        return Ok(page(&visit, &made, true));
    }
    let receipt = actions::apply(&site.db, &site.actor, &made.form, &made.plan, &made.upload).await;
    let receipt = match receipt {
        Ok(receipt) => receipt,
        Err(Error::Faults(_)) => {
            let again = make(&mut visit).await?;
            return Ok(page(&visit, &again, true));
        }
        Err(error) => return Err(error),
    };
    waiting::let_go(&site.actor, &made.upload.hash);
    Ok(result(&visit, &made, receipt.batch))
}

pub(super) async fn undo(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let number = visit.form.word("batch").parse().unwrap_or_default();
    match actions::undo(&site.db, &site.actor, BatchId(number)).await {
        Ok(batch) => Ok(go_to(&format!("/import?undone={}", batch.id))),
        Err(Error::Faults(faults)) => import::page(&visit, &faults, html! {}).await,
        Err(error) => Err(error),
    }
}

/// Reads the file that was sent, or the one that waits, and plans.
async fn make(visit: &mut Visit) -> Result<Planning> {
    let site = visit.site.clone();
    let upload = read(visit).await?;
    let form = version::actions::newest(&site.db, &site.actor, visit.form.word("form")).await?.form;
    let recipe = Some(visit.form.word("recipe").to_owned()).filter(|recipe| !recipe.is_empty());
    let wish = Wish { period: visit.form.word("period").to_owned(), recipe, overwrite: visit.form.has("overwrite") };
    let plan = actions::plan(&site.db, &site.actor, &form, &upload.book, &wish).await?;
    let registry = org::actions::registry(&site.db, &site.actor).await?;
    let organisations = report::actions::organisations(&site.db, &site.actor, &form).await?;
    Ok(Planning { form, upload, plan, registry, organisations })
}

/// The workbook that was sent with a request, or the one that waits from an earlier one.
pub(super) async fn read(visit: &mut Visit) -> Result<Upload> {
    let sent = visit.upload.take().filter(|sent| !sent.bytes.is_empty());
    let sent = sent.or_else(|| waiting::find(&visit.site.actor, visit.form.word("hash")));
    let no_file = || Fault::error(Place::Whole, "file", Words::new("web.import-no-file"));
    let sent = sent.ok_or_else(|| Error::fault(no_file()))?;
    let visit::Upload { name, bytes } = sent.clone();
    // Reading may take seconds and waits for a child process: not on the thread that serves others.
    let read = tokio::task::spawn_blocking(move || Upload::of_bytes(&bytes, &name)).await;
    let upload = read.map_err(|died| Error::Internal(died.to_string()))??;
    waiting::keep(&visit.site.actor, &upload.hash, sent);
    visit.form.0.retain(|(name, _)| name != "hash");
    visit.form.0.push(("hash".to_owned(), upload.hash.clone()));
    Ok(upload)
}

/// What tells this plan from any other: what is applied is what was shown.
fn seal(made: &Planning) -> String {
    let mut hash = Sha256::new();
    for cell in made.plan.by_place() {
        hash.update(format!("{:?} {} {:?} {:?} {:?}\n", cell.at, cell.status.word(), cell.org, cell.new, cell.old));
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn page(visit: &Visit, made: &Planning, changed: bool) -> Response {
    let lang = visit.lang();
    let Planning { form, plan, .. } = made;
    let title = lang.t("web.plan-title");
    let body = html! {
        (layout::crumbs(lang, &[("/import".to_owned(), lang.t("web.import-title"))], &title))
        h1 { (title) }
        @if changed { p.box.warn role="alert" { (lang.t("web.plan-changed")) } }
        (about(made, lang))
        (decide(visit, made))
        @if !plan.faults.is_empty() {
            section.box.warn aria-labelledby="faults-title" {
                h2 #faults-title { (Words::new("web.plan-faults").with("n", plan.faults.len()).say(lang)) }
                ul { @for fault in plan.faults.iter().take(SHOWN) { li { (import::place(fault)) (fault.say(lang)) } } }
                (more(plan.faults.len(), lang))
            }
        }
        (unsent(made, lang))
        (cells(made, "web.plan-refused", &[Status::Refused, Status::Conflict], lang))
        (cells(made, "web.plan-changes", &[Status::Changed], lang))
        (cells(made, "web.plan-new", &[Status::New], lang))
        p.muted { (form.title) ", " (plan.period().label().say(lang)) }
    };
    layout::page(&visit.site, &Frame { title, here: "/import" }, body)
}

fn about(made: &Planning, lang: Lang) -> Markup {
    let plan = &made.plan;
    let agreeing = plan.sums.iter().filter(|sum| sum.agrees()).count();
    let rows = plan.rows;
    html! {
        dl.facts {
            div { dt { (lang.t("web.import-file-short")) } dd { (made.upload.book.name) } }
            div { dt { (lang.t("web.form")) } dd { (made.form.title) } }
            div { dt { (lang.t("web.period")) } dd { (plan.period().label().say(lang)) } }
            div { dt { (lang.t("web.recipe")) } dd { (kind_of_table(made)) } }
        }
        dl.counts {
            @for (status, count) in plan.counts() {
                div { dt { (status_word(status, lang)) } dd { (crate::text::grouped(i64::try_from(count).unwrap_or(i64::MAX), lang)) } }
            }
        }
        p.muted {
            (Words::new("import.rows").with("read", rows.own).with("other", rows.other).with("skipped", rows.skipped)
                .with("unknown", rows.unknown).say(lang))
            @if !plan.sums.is_empty() {
                " " (Words::new("import.sums").with("agreeing", agreeing).with("all", plan.sums.len()).say(lang))
            }
        }
    }
}

fn kind_of_table(made: &Planning) -> String {
    let name = made.plan.recipe();
    let recipe = made.form.recipes.iter().find(|recipe| recipe.name == name);
    recipe.map_or_else(|| name.to_owned(), import::kind_of_table)
}

fn decide(visit: &Visit, made: &Planning) -> Markup {
    let lang = visit.lang();
    html! {
        @if made.plan.sets_anything() {
            form.actions method="post" action="/import/apply" {
                @for name in ["form", "period", "recipe", "hash"] {
                    input type="hidden" name=(name) value=(visit.form.word(name));
                }
                @if visit.form.has("overwrite") { input type="hidden" name="overwrite" value="1"; }
                input type="hidden" name="seal" value=(seal(made));
                button.primary type="submit" { (lang.t("web.plan-apply")) }
                a.button href="/import" { (lang.t("web.plan-leave")) }
            }
        } @else { p.box.quiet { (lang.t("import.nothing")) } }
    }
}

/// Reports that would not be sent.
fn unsent(made: &Planning, lang: Lang) -> Markup {
    let unsent: Vec<_> = made.plan.unsent().collect();
    html! {
        @if !unsent.is_empty() {
            section.box.warn aria-labelledby="unsent-title" {
                h2 #unsent-title { (Words::new("web.plan-unsent").with("n", unsent.len()).say(lang)) }
                ul {
                    @for report in unsent.iter().take(SHOWN) {
                        li {
                            (made.registry.get(report.org).map(Org::label).unwrap_or_default()) ", " (report.period.short()) ": "
                            @for (i, fault) in report.left.iter().enumerate() {
                                @if i > 0 { "; " }
                                @if let Place::Answer(path) = &fault.at { (questionnaire::named(&made.form, path, lang)) ": " }
                                (fault.say(lang))
                            }
                        }
                    }
                }
                (more(unsent.len(), lang))
            }
        }
    }
}

/// The cells of some kinds, in the order of the workbook.
fn cells(made: &Planning, title: &'static str, kinds: &[Status], lang: Lang) -> Markup {
    let cells: Vec<&PlanCell> = made.plan.by_place().into_iter().filter(|cell| kinds.contains(&cell.status)).collect();
    let why = kinds.contains(&Status::Refused);
    let title = Words::new(title).with("n", cells.len()).say(lang);
    html! {
        @if !cells.is_empty() {
            details.cells-of open[why] {
                summary { (title) }
                div.scroll role="region" tabindex="0" aria-label=(title) {
                    table.list.stacked {
                        thead { tr {
                            th scope="col" { (lang.t("web.cell")) }
                            th scope="col" { (lang.t("web.org")) }
                            th scope="col" { (lang.t("web.question")) }
                            th scope="col" { (lang.t("web.old")) }
                            th scope="col" { (lang.t("web.in-file")) }
                            @if why { th scope="col" { (lang.t("web.why")) } }
                        } }
                        tbody { @for cell in cells.iter().take(SHOWN) { (line(made, cell, why, lang)) } }
                    }
                }
                (more(cells.len(), lang))
            }
        }
    }
}

fn line(made: &Planning, cell: &PlanCell, why: bool, lang: Lang) -> Markup {
    let (form, plan) = (&made.form, &made.plan);
    let path = plan.path(form, cell);
    let speaker = Speaker::new(form, made.organisations.as_ref());
    let said = |answer: Option<serde_json::Value>| {
        let said = answer.map(|answer| speaker.said(&path, &answer, lang)).unwrap_or_default();
        if said.is_empty() { "—".to_owned() } else { said }
    };
    html! {
        tr {
            th.code scope="row" { (plan.address(cell.at)) }
            td data-label=(lang.t("web.org")) { (cell.org.and_then(|org| made.registry.get(org)).map_or("—", Org::label)) }
            td data-label=(lang.t("web.question")) { (questionnaire::named(form, &path, lang)) ", " (plan.period_of(cell).short()) }
            td data-label=(lang.t("web.old")) { (said(cell.old.as_ref().map(Old::to_json))) }
            td data-label=(lang.t("web.in-file")) { (said(cell.new.as_ref().map(Given::to_json))) }
            @if why { td data-label=(lang.t("web.why")) { (reason(made, cell, lang)) } }
        }
    }
}

fn reason(made: &Planning, cell: &PlanCell, lang: Lang) -> String {
    match cell.status {
        Status::Conflict => lang.t("web.plan-conflict"),
        _ => made.plan.why(cell).map(|why| why.say(lang)).unwrap_or_default(),
    }
}

fn more(count: usize, lang: Lang) -> Markup {
    html! {
        @if count > SHOWN { p.muted { (Words::new("web.plan-more").with("n", count - SHOWN).say(lang)) } }
    }
}

/// The word for what becomes of a cell.
fn status_word(status: Status, lang: Lang) -> String {
    lang.t(match status {
        Status::New => "web.status-new",
        Status::Same => "web.status-same",
        Status::Changed => "web.status-changed",
        Status::Conflict => "web.status-conflict",
        Status::Refused => "web.status-refused",
    })
}

fn result(visit: &Visit, made: &Planning, batch: Option<BatchId>) -> Response {
    let lang = visit.lang();
    let title = lang.t("web.imported");
    let body = html! {
        (layout::crumbs(lang, &[("/import".to_owned(), lang.t("web.import-title"))], &title))
        h1 { (title) }
        @if let Some(batch) = batch {
            (layout::done(&Words::new("web.imported-as").with("batch", batch.to_string()).say(lang)))
        } @else { p.box.quiet { (lang.t("import.nothing")) } }
        (about(made, lang))
        (unsent(made, lang))
        (cells(made, "web.plan-refused", &[Status::Refused, Status::Conflict], lang))
        div.actions {
            a.button.primary href=(super::overview_address(&made.form.id, made.plan.period())) { (lang.t("web.to-overview")) }
            a.button href="/import" { (lang.t("web.import-more")) }
            @if let Some(batch) = batch { (import::undo_button(batch.0, lang)) }
        }
    };
    layout::page(&visit.site, &Frame { title, here: "/import" }, body)
}

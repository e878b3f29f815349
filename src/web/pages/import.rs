//! `/import`: send a legacy workbook, and what was imported so far.

use std::sync::Arc;

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::fill::said_who;
use super::forms;
use crate::error::{Fault, Place, Result};
use crate::form::{Form, Recipe};
use crate::lang::{Lang, Words};
use crate::report::batch::{self, Batch};
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;
use crate::web::waiting;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let lang = visit.lang();
    let undone = visit.query.word("undone").to_owned();
    let notice = html! {
        @if !undone.is_empty() { (layout::done(&Words::new("web.import-undone").with("batch", undone).say(lang))) }
    };
    page(&visit, &[], notice).await
}

/// The page with what was asked for so far, and what was wrong with it.
pub(super) async fn page(visit: &Visit, faults: &[Fault], notice: Markup) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let forms: Vec<Arc<Form>> = forms(site).await?.into_iter().filter(|form| !form.recipes.is_empty()).collect();
    let batches = batch::actions::list(&site.db, &site.actor).await?;
    let body = html! {
        h1 { (lang.t("web.import-title")) }
        (notice)
        @if !faults.is_empty() {
            div.box.bad #faults role="alert" tabindex="-1" autofocus {
                h2 { (lang.t("web.import-refused")) }
                ul { @for fault in faults { li { (place(fault)) (fault.say(lang)) } } }
            }
        }
        @if forms.is_empty() {
            (layout::empty(lang.t("web.no-recipes"), &[Words::new("web.no-recipes-how")], lang))
            p { a href="/help/forms#import" { (lang.t("manual.open")) } }
        } @else { (ask(visit, &forms)) }
        @if !batches.is_empty() {
            section aria-labelledby="batches" {
                h2 #batches { (lang.t("web.batches")) }
                (list(&batches, &forms, lang))
            }
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(site, &Frame { title: lang.t("web.import-title"), here: "/import" }, body)
        .with_status(status)
        .into_response())
}

/// Where in the file a fault is; fields of the page need not be named.
pub(super) fn place(fault: &Fault) -> String {
    match &fault.at {
        Place::Cell { .. } | Place::File(_) | Place::Line { .. } => format!("{}: ", fault.at),
        _ => String::new(),
    }
}

fn ask(visit: &Visit, forms: &[Arc<Form>]) -> Markup {
    let lang = visit.lang();
    let hash = visit.form.word("hash");
    let kept = waiting::find(&visit.site.actor, hash).filter(|_| !hash.is_empty());
    html! {
        form.import.box.card method="post" action="/import" enctype="multipart/form-data" {
            div.question {
                label for="file" { (lang.t("web.import-file")) }
                p.hint #file-hint { (lang.t("web.import-file-hint")) }
                @if let Some(upload) = &kept {
                    input type="hidden" name="hash" value=(hash);
                    p { (Words::new("web.import-file-kept").with("file", &upload.name).say(lang)) }
                }
                input type="file" id="file" name="file" aria-describedby="file-hint"
                    accept=".xlsx,.xlsm,.xls,.xlsb,.ods,.csv,.xml,.html" required[kept.is_none()];
            }
            div.question {
                label for="form" { (lang.t("web.form")) }
                select id="form" name="form" {
                    @for form in forms { option value=(form.id) selected[form.id == visit.form.word("form")] { (form.title) } }
                }
            }
            div.question {
                label for="period" { (lang.t("web.period")) }
                p.hint #period-hint { (lang.t("web.import-period-hint")) }
                input type="text" id="period" name="period" value=(visit.form.word("period")) autocomplete="off" required
                    aria-describedby="period-hint";
            }
            div.question {
                label for="recipe" { (lang.t("web.recipe")) }
                select id="recipe" name="recipe" {
                    option value="" { (lang.t("web.recipe-auto")) }
                    @for form in forms {
                        optgroup label=(form.title) {
                            @for recipe in &form.recipes {
                                option value=(recipe.name) selected[recipe.name == visit.form.word("recipe")] { (kind_of_table(recipe)) }
                            }
                        }
                    }
                }
            }
            div.question {
                label.choice {
                    input type="checkbox" name="overwrite" value="1" checked[visit.form.has("overwrite")];
                    span { (lang.t("web.overwrite")) }
                }
            }
            button.primary type="submit" { (lang.t("web.import-plan")) }
        }
    }
}

/// A kind of table as people know it: by its headings; the name tells apart those that begin alike.
pub(super) fn kind_of_table(recipe: &Recipe) -> String {
    let headings: Vec<String> = recipe.header.iter().map(|heading| format!("«{heading}»")).collect();
    if headings.is_empty() { recipe.name.clone() } else { format!("{} ({})", headings.join(", "), recipe.name) }
}

fn list(batches: &[Batch], forms: &[Arc<Form>], lang: Lang) -> Markup {
    let title = |id: &str| forms.iter().find(|form| form.id == id).map_or(id.to_owned(), |form| form.title.clone());
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby="batches" {
            table.list.stacked {
                thead { tr {
                    th scope="col" { (lang.t("web.import-file-short")) }
                    th scope="col" { (lang.t("web.form")) }
                    th scope="col" { (lang.t("web.import-cells")) }
                    th scope="col" { (lang.t("web.import-when")) }
                    th scope="col" { (lang.t("web.import-undo")) }
                } }
                tbody { @for batch in batches { (line(batch, title(&batch.file.form), lang)) } }
            }
        }
    }
}

fn line(batch: &Batch, form: String, lang: Lang) -> Markup {
    let count = |word: &str| batch.file.counts.get(word).and_then(serde_json::Value::as_u64).unwrap_or_default();
    let set = usize::try_from(count("new") + count("changed")).unwrap_or_default();
    let refused = usize::try_from(count("refused") + count("conflict")).unwrap_or_default();
    html! {
        tr {
            th scope="row" { "№ " (batch.id) ", " (batch.file.file_name) }
            td data-label=(lang.t("web.form")) { (form) ", " (batch.file.period.short()) }
            td data-label=(lang.t("web.import-cells")) {
                (Words::new("web.import-counts").with("set", set).with("refused", refused).say(lang))
            }
            td data-label=(lang.t("web.import-when")) { (layout::moment(batch.at)) ", " (said_who(&batch.who, lang)) }
            td data-label=(lang.t("web.import-undo")) {
                @if let Some((at, _)) = &batch.undone {
                    span.muted { (Words::new("web.import-was-undone").with("when", layout::moment(*at)).say(lang)) }
                } @else { (undo_button(batch.id.0, lang)) }
            }
        }
    }
}

/// The button that takes an import back.
pub(super) fn undo_button(batch: i64, lang: Lang) -> Markup {
    html! {
        form method="post" action="/import/undo" {
            input type="hidden" name="batch" value=(batch);
            details {
                summary { (lang.t("web.import-undo-it")) }
                p { (Words::new("web.import-undo-what").with("batch", batch).say(lang)) }
                button type="submit" { (lang.t("web.import-undo-yes")) }
            }
        }
    }
}

//! `/orgs/import`: a table of organisations is sent, its plan is shown cell by cell, it is loaded as shown, and taken back.

use std::collections::BTreeMap;

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::crumbs;
use crate::error::{Error, Fault, Result};
use crate::ids::OrgBatchId;
use crate::import::Upload;
use crate::lang::{Lang, Words};
use crate::org::batch::{Batch, Preview, Receipt, actions};
use crate::org::record::Since;
use crate::org::{Cell, Missing, Wish};
use crate::text;
use crate::web::layout::{self, Frame};
use crate::web::pages::fill::said_who;
use crate::web::pages::import::place;
use crate::web::pages::{go_to, plan, today};
use crate::web::visit::Visit;
use crate::web::waiting;

/// So many lines of a kind are shown; a registry may have forty thousand.
const SHOWN: usize = 300;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let undone = visit.query.word("undone").to_owned();
    let lang = visit.lang();
    let notice = html! {
        @if !undone.is_empty() { (layout::done(&Words::new("orgs.undone").with("batch", undone).say(lang))) }
    };
    page(&visit, &[], notice).await
}

pub(in crate::web::pages) async fn look(mut visit: Visit) -> Result<Response> {
    match planned(&mut visit).await {
        Ok((upload, preview)) => Ok(plan_page(&visit, &upload, &preview, &[])),
        Err(Error::Faults(faults)) => page(&visit, &faults, html! {}).await,
        Err(error) => Err(error),
    }
}

pub(in crate::web::pages) async fn apply(mut visit: Visit) -> Result<Response> {
    let (db, actor) = (visit.site.db.clone(), visit.site.actor.clone());
    let (upload, preview) = match planned(&mut visit).await {
        Ok(planned) => planned,
        Err(Error::Faults(faults)) => return page(&visit, &faults, html! {}).await,
        Err(error) => return Err(error),
    };
    let close: Vec<String> = visit.form.all("close").map(str::to_owned).collect();
    let day = text::read_date(visit.form.word("close-on"));
    let wish = Wish { close: (close, day), seal: Some(visit.form.word("seal").to_owned()), ..wish(&visit)? };
    match actions::apply(&db, &actor, &upload.book, &wish).await {
        Ok(receipt) => {
            waiting::let_go(&actor, &upload.hash);
            Ok(done(&visit, &receipt))
        }
        Err(Error::Faults(faults)) => Ok(plan_page(&visit, &upload, &preview, &faults)),
        Err(error) => Err(error),
    }
}

pub(in crate::web::pages) async fn undo(visit: Visit) -> Result<Response> {
    let number = visit.form.word("batch").parse().unwrap_or_default();
    match actions::undo(&visit.site.db, &visit.site.actor, OrgBatchId(number)).await {
        Ok(batch) => Ok(go_to(&format!("/orgs/import?undone={}", batch.id))),
        Err(Error::Faults(faults)) => page(&visit, &faults, html! {}).await,
        Err(error) => Err(error),
    }
}

/// From when what differs holds.
fn wish(visit: &Visit) -> Result<Wish> {
    let typed = visit.form.word("since");
    if visit.form.has("mistake") {
        return Ok(Wish { since: Since::Always, ..Wish::today() });
    }
    if typed.is_empty() {
        return Ok(Wish::today());
    }
    let unread = || {
        let words = Words::new("org.bad-day").with("given", typed);
        Error::fault(Fault::error(crate::error::Place::Field("since".to_owned()), "wrong-type", words))
    };
    Ok(Wish { since: Since::Day(text::read_date(typed).ok_or_else(unread)?), ..Wish::today() })
}

async fn planned(visit: &mut Visit) -> Result<(Upload, Preview)> {
    let upload = plan::read(visit).await?;
    let preview = actions::plan(&visit.site.db, &visit.site.actor, &upload.book, &wish(visit)?).await?;
    Ok((upload, preview))
}

async fn page(visit: &Visit, faults: &[Fault], notice: Markup) -> Result<Response> {
    let lang = visit.lang();
    let batches = actions::list(&visit.site.db, &visit.site.actor).await?;
    let title = lang.t("orgs.load");
    let body = html! {
        (crumbs(lang, &[], &title))
        h1 { (title) }
        (notice)
        @if !faults.is_empty() {
            div.box.bad #faults role="alert" tabindex="-1" autofocus {
                h2 { (lang.t("orgs.load-refused")) }
                ul { @for fault in faults.iter().take(SHOWN) { li { (place(fault)) (fault.say(lang)) } } }
                (more(faults.len(), lang))
            }
        }
        (ask(visit))
        @if !batches.is_empty() { (list(&batches, lang)) }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(&visit.site, &Frame { title, here: "/orgs" }, body).with_status(status).into_response())
}

fn ask(visit: &Visit) -> Markup {
    let lang = visit.lang();
    let hash = visit.form.word("hash");
    let kept = waiting::find(&visit.site.actor, hash).filter(|_| !hash.is_empty());
    let since = visit.form.get("since").map_or_else(|| text::date(today()), str::to_owned);
    html! {
        form.import.box.card method="post" action="/orgs/import" enctype="multipart/form-data" {
            p { (lang.t("orgs.load-what")) }
            details {
                summary { (lang.t("orgs.load-columns")) }
                p { (lang.t("orgs.load-columns-needed")) }
                p { (lang.t("orgs.load-columns-more")) }
                p { (lang.t("orgs.load-columns-facts")) }
            }
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
                label for="since" { (lang.t("orgs.load-since")) }
                p.hint #since-hint { (lang.t("orgs.since-hint")) }
                input type="text" id="since" name="since" value=(since) autocomplete="off" aria-describedby="since-hint";
                label.choice {
                    input type="checkbox" name="mistake" value="1" checked[visit.form.has("mistake")];
                    span { (lang.t("orgs.mistake")) }
                }
            }
            button.primary type="submit" { (lang.t("web.import-plan")) }
        }
    }
}

fn list(batches: &[Batch], lang: Lang) -> Markup {
    html! {
        section aria-labelledby="batches" {
            h2 #batches { (lang.t("orgs.batches")) }
            div.scroll role="region" tabindex="0" aria-labelledby="batches" {
                table.list.stacked {
                    thead { tr {
                        th scope="col" { (lang.t("web.import-file-short")) }
                        th scope="col" { (lang.t("orgs.batch-did")) }
                        th scope="col" { (lang.t("web.import-when")) }
                        th scope="col" { (lang.t("web.import-undo")) }
                    } }
                    tbody { @for batch in batches { (line(batch, lang)) } }
                }
            }
        }
    }
}

fn line(batch: &Batch, lang: Lang) -> Markup {
    html! {
        tr {
            th scope="row" { "№ " (batch.id) ", " (batch.file_name) }
            td data-label=(lang.t("orgs.batch-did")) { (counted(batch.counts, lang)) }
            td data-label=(lang.t("web.import-when")) { (layout::moment(batch.at)) ", " (said_who(&batch.who, lang)) }
            td data-label=(lang.t("web.import-undo")) {
                @if let Some((at, _)) = &batch.undone {
                    span.muted { (Words::new("web.import-was-undone").with("when", layout::moment(*at)).say(lang)) }
                } @else { (undo_button(batch.id, lang)) }
            }
        }
    }
}

fn counted([added, changed, same, closed]: [usize; 4], lang: Lang) -> String {
    let words = Words::new("orgs.counts").with("added", added).with("changed", changed).with("same", same);
    words.with("closed", closed).say(lang)
}

fn undo_button(batch: OrgBatchId, lang: Lang) -> Markup {
    html! {
        form method="post" action="/orgs/import/undo" {
            input type="hidden" name="batch" value=(batch);
            details {
                summary { (lang.t("web.import-undo-it")) }
                p { (lang.t("orgs.undo-what")) }
                button type="submit" { (lang.t("orgs.undo-yes")) }
            }
        }
    }
}

fn plan_page(visit: &Visit, upload: &Upload, preview: &Preview, faults: &[Fault]) -> Response {
    let lang = visit.lang();
    let title = lang.t("orgs.plan-title");
    let summary = &preview.summary;
    let counts = [
        ("orgs.count-new", summary.added),
        ("orgs.count-changed", summary.changed),
        ("orgs.count-same", summary.same),
        ("orgs.count-missing", preview.missing.len()),
    ];
    let body = html! {
        (layout::crumbs(lang, &[("/orgs".to_owned(), lang.t("web.menu-orgs")), ("/orgs/import".to_owned(), lang.t("orgs.load"))], &title))
        h1 { (title) }
        @if !faults.is_empty() {
            div.box.warn #faults role="alert" tabindex="-1" autofocus { @for fault in faults { p { (fault.say(lang)) } } }
        }
        p.lead { (upload.book.name) }
        dl.counts { @for (word, count) in counts { div { dt { (lang.t(word)) } dd { (count) } } } }
        (warned(preview, lang))
        (cells(&preview.cells, lang))
        (added(preview, lang))
        (decide(visit, preview))
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    layout::page(&visit.site, &Frame { title, here: "/orgs" }, body).with_status(status).into_response()
}

fn warned(preview: &Preview, lang: Lang) -> Markup {
    let warnings = &preview.summary.warnings;
    html! {
        @if !warnings.is_empty() {
            details.box.warn open[warnings.len() < 10] {
                summary { (Words::new("orgs.plan-warnings").with("n", warnings.len()).say(lang)) }
                ul { @for fault in warnings.iter().take(SHOWN) { li { (place(fault)) (fault.say(lang)) } } }
                (more(warnings.len(), lang))
            }
        }
    }
}

/// What changes, each with its cell, what is stored and what is given.
fn cells(cells: &[Cell], lang: Lang) -> Markup {
    let said = |words: &Words| {
        let said = words.say(lang);
        if said.is_empty() { "—".to_owned() } else { said }
    };
    let title = Words::new("orgs.plan-cells").with("n", cells.len()).say(lang);
    html! {
        @if !cells.is_empty() {
            details.cells-of open {
                summary { (title) }
                div.scroll role="region" tabindex="0" aria-label=(title) {
                    table.list.stacked {
                        thead { tr {
                            th scope="col" { (lang.t("web.cell")) }
                            th scope="col" { (lang.t("web.org")) }
                            th scope="col" { (lang.t("orgs.column")) }
                            th scope="col" { (lang.t("web.old")) }
                            th scope="col" { (lang.t("web.in-file")) }
                        } }
                        tbody { @for cell in cells.iter().take(SHOWN) {
                            tr {
                                th.code scope="row" { (cell.at) }
                                td data-label=(lang.t("web.org")) { (cell.org) " " span.muted { (cell.code) } }
                                td data-label=(lang.t("orgs.column")) { (cell.column.say(lang)) }
                                td data-label=(lang.t("web.old")) { (said(&cell.old)) }
                                td data-label=(lang.t("web.in-file")) { (said(&cell.new)) }
                            }
                        } }
                    }
                }
                (more(cells.len(), lang))
            }
        }
    }
}

fn added(preview: &Preview, lang: Lang) -> Markup {
    let added = &preview.added;
    html! {
        @if !added.is_empty() {
            details.cells-of open[added.len() <= 20] {
                summary { (Words::new("orgs.plan-added").with("n", added.len()).say(lang)) }
                ul { @for (at, one) in added.iter().take(SHOWN) {
                    li {
                        span.code { (at) } " " (one.name) " " span.muted { (one.code) @if !one.above.is_empty() { ", " (one.above) } }
                    }
                } }
                (more(added.len(), lang))
            }
        }
    }
}

/// What is missing in the file, and the buttons.
fn decide(visit: &Visit, preview: &Preview) -> Markup {
    let lang = visit.lang();
    let something = preview.changes_anything() || !preview.missing.is_empty();
    html! {
        @if something {
            form method="post" action="/orgs/import/apply" {
                @for name in ["hash", "since"] { input type="hidden" name=(name) value=(visit.form.word(name)); }
                @if visit.form.has("mistake") { input type="hidden" name="mistake" value="1"; }
                input type="hidden" name="seal" value=(preview.seal);
                (missing(visit, &preview.missing))
                p.actions {
                    button.primary type="submit" { (lang.t("orgs.plan-apply")) }
                    a.button href="/orgs/import" { (lang.t("orgs.leave")) }
                }
            }
        } @else {
            p.box.quiet { (lang.t("orgs.plan-nothing")) }
            p.actions { a.button href="/orgs/import" { (lang.t("orgs.leave")) } }
        }
    }
}

fn missing(visit: &Visit, missing: &[Missing]) -> Markup {
    let lang = visit.lang();
    let chosen: Vec<&str> = visit.form.all("close").collect();
    let mut by_place: BTreeMap<&str, Vec<&Missing>> = BTreeMap::new();
    for one in missing {
        by_place.entry(&one.above).or_default().push(one);
    }
    html! {
        @if !missing.is_empty() {
            fieldset.box {
                legend { (Words::new("orgs.plan-missing").with("n", missing.len()).say(lang)) }
                p { (lang.t("orgs.plan-missing-what")) }
                @for (above, some) in by_place {
                    h3 { (above) }
                    @for one in some {
                        label.choice {
                            input type="checkbox" name="close" value=(one.code) checked[chosen.contains(&one.code.as_str())];
                            span { (one.name) " " span.muted { (one.code) } }
                        }
                    }
                }
                div.question {
                    label for="close-on" { (lang.t("orgs.close-on")) }
                    input type="text" id="close-on" name="close-on" value=(visit.form.word("close-on")) autocomplete="off";
                }
            }
        }
    }
}

fn done(visit: &Visit, receipt: &Receipt) -> Response {
    let lang = visit.lang();
    let title = lang.t("orgs.loaded");
    let summary = &receipt.summary;
    let counts = [summary.added, summary.changed, summary.same, summary.closed];
    let body = html! {
        (crumbs(lang, &[], &title))
        h1 { (title) }
        @if let Some(batch) = receipt.batch {
            (layout::done(&Words::new("orgs.loaded-as").with("batch", batch.to_string()).say(lang)))
        } @else { p.box.quiet { (lang.t("orgs.plan-nothing")) } }
        p { (counted(counts, lang)) }
        div.actions {
            a.button.primary href="/orgs" { (lang.t("orgs.to-list")) }
            @if let Some(batch) = receipt.batch { (undo_button(batch, lang)) }
        }
    };
    layout::page(&visit.site, &Frame { title, here: "/orgs" }, body)
}

fn more(count: usize, lang: Lang) -> Markup {
    html! {
        @if count > SHOWN { p.muted { (Words::new("web.plan-more").with("n", count - SHOWN).say(lang)) } }
    }
}

//! `/copies`: the copies of the data file, a button that makes one, and the way back from one.

use std::path::{Path, PathBuf};

use jiff::Zoned;
use maud::{Markup, html};
use poem::{IntoResponse, Response};

use super::go_to;
use crate::backup::actions::{self, Standing, size_words};
use crate::backup::{Alarm, Copy, Failure};
use crate::error::{Error, Result};
use crate::lang::{Lang, Words};
use crate::web::Site;
use crate::web::layout::{self, Frame};
use crate::web::problem;
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let standing = actions::standing(&visit.site.copies, &visit.site.actor)?;
    let made = visit.query.has("made");
    let notice = html! { @if made { (layout::done(&visit.lang().t("care.made"))) } };
    Ok(page(&visit.site, &standing, notice))
}

pub(super) async fn make(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    match actions::make(&site.db, &site.copies, &site.actor).await {
        Ok(_) => Ok(go_to("/copies?made=1")),
        Err(error @ (Error::Data(_) | Error::File { .. })) => {
            let status = problem::of(&error, site.lang).status;
            let standing = actions::standing(&site.copies, &site.actor)?;
            Ok(page(site, &standing, html! {}).with_status(status).into_response())
        }
        Err(error) => Err(error),
    }
}

/// What the operator should know before anything else.
pub(super) fn alarm(site: &Site) -> Markup {
    let lang = site.lang;
    let said = site.copies.alarm(Zoned::now().datetime()).map(|alarm| match alarm {
        Alarm::Failed(failure) => (failed(&failure, lang), failure.why.say(lang)),
        Alarm::Late(last) => {
            (lang.t("care.title"), Words::new("care.late").with("when", layout::clock(last)).say(lang))
        }
    });
    html! {
        @if let Some((title, what)) = said {
            div.box.bad role="alert" {
                h2 { (title) }
                p { (what) }
                p { a href="/copies" { (lang.t("care.see")) } }
            }
        }
    }
}

fn failed(failure: &Failure, lang: Lang) -> String {
    Words::new("care.failed").with("when", layout::clock(failure.at)).say(lang)
}

fn page(site: &Site, standing: &Standing, notice: Markup) -> Response {
    let lang = site.lang;
    let title = lang.t("care.title");
    let body = html! {
        h1 { (title) }
        p.lead { (lang.t("care.lead")) }
        (notice)
        (state(standing, lang))
        @if site.demo { p.box.quiet { (lang.t("care.demo")) } }
        @else {
            (facts(site, standing))
            form.actions method="post" action="/copies" {
                button.primary type="submit" { (lang.t("care.make")) }
            }
        }
        @if let Some(last) = standing.copies.first() {
            (list(&standing.copies, lang))
            (restore(site, last))
        }
    };
    layout::page(site, &Frame { title, here: "" }, body)
}

/// How the last attempt went.
fn state(standing: &Standing, lang: Lang) -> Markup {
    let last = standing.copies.first().map(|copy| Words::new("care.last").with("when", layout::clock(copy.at)));
    html! {
        @if let Some(failure) = &standing.failure {
            div.box.bad role="alert" {
                h2 { (failed(failure, lang)) }
                p { (failure.why.say(lang)) }
                @if let Some(next) = standing.next {
                    p { (Words::new("care.failed-next").with("when", layout::clock(next)).say(lang)) }
                }
            }
        }
        @if let Some(last) = last { p.box.good[standing.failure.is_none()].quiet[standing.failure.is_some()] { (last.say(lang)) } }
        @else { p.box.quiet { (lang.t("care.none")) } }
    }
}

fn facts(site: &Site, standing: &Standing) -> Markup {
    let lang = site.lang;
    let dir = whole(site.copies.dir());
    let beside = dir.starts_with(data(site));
    html! {
        dl.facts.tall {
            div { dt { (lang.t("care.where")) } dd.path { (dir.display()) } }
            div { dt { (lang.t("care.next")) } dd {
                @if let Some(next) = standing.next { (layout::clock(next)) } @else { (lang.t("care.off")) }
            } }
            div { dt { (lang.t("care.keeps")) } dd { (lang.t("care.kept")) } }
        }
        @if beside { p.hint { (lang.t("care.same-disk")) } }
    }
}

fn list(copies: &[Copy], lang: Lang) -> Markup {
    html! {
        section aria-labelledby="copies" {
            h2 #copies { (lang.t("care.list")) }
            div.scroll role="region" tabindex="0" aria-label=(lang.t("care.list")) {
                table.list.stacked {
                    thead { tr {
                        th scope="col" { (lang.t("care.when")) }
                        th.number scope="col" { (lang.t("care.size")) }
                        th scope="col" { (lang.t("care.file")) }
                    } }
                    tbody {
                        @for copy in copies {
                            tr {
                                th scope="row" { (layout::clock(copy.at)) }
                                td.number data-label=(lang.t("care.size")) { (size_words(copy.bytes).say(lang)) }
                                td.path data-label=(lang.t("care.file")) { (file_name(copy)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The way back, in words, with the command for the last copy.
fn restore(site: &Site, last: &Copy) -> Markup {
    let lang = site.lang;
    let command = format!("svod restore \"{}\" --data \"{}\"", whole(&last.path).display(), data(site).display());
    html! {
        section.prose aria-labelledby="restore" {
            h2 #restore { (lang.t("care.restore")) }
            ol {
                li { (lang.t("care.restore-stop")) }
                li { (lang.t("care.restore-run")) pre.command { code { (command) } } }
                li { (lang.t("care.restore-start")) }
            }
        }
    }
}

/// The folder of the data file.
fn data(site: &Site) -> PathBuf {
    let file = whole(&site.db.file());
    file.parent().map(Path::to_owned).unwrap_or(file)
}

/// A path as it is found from everywhere.
fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn file_name(copy: &Copy) -> String {
    copy.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

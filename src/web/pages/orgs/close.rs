//! `/org/{org}/close`: an organisation ends its work or takes it up again, after a word about what that means.

use maud::html;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::edit::card;
use super::{address, crumbs, sheet};
use crate::error::{Error, Fault, Place, Result};
use crate::lang::Words;
use crate::org::Org;
use crate::org::edit::actions::{self, Card};
use crate::web::layout::{self, Frame};
use crate::web::pages::go_to;
use crate::web::visit::Visit;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let card = card(&visit).await?;
    Ok(page(&visit, &card, &[]))
}

pub(in crate::web::pages) async fn decide(visit: Visit) -> Result<Response> {
    let card = card(&visit).await?;
    let (db, actor, code) = (&visit.site.db, &visit.site.actor, card.org.code.as_str());
    let done = match visit.form.word("do") {
        "reopen" => actions::reopen(db, actor, code).await,
        _ => actions::close(db, actor, code, visit.form.word("to"), visit.form.word("successors")).await,
    };
    match done {
        Ok(_) => Ok(go_to(&format!("{}?saved=1", address(&card.org)))),
        Err(Error::Faults(faults)) => Ok(page(&visit, &card, &faults)),
        Err(error) => Err(error),
    }
}

fn page(visit: &Visit, card: &Card, faults: &[Fault]) -> Response {
    let lang = visit.lang();
    let closed = card.org.valid_to.is_some();
    let title = lang.t(if closed { "orgs.reopen-title" } else { "orgs.close-title" });
    let way: Vec<&Org> = card.above.iter().rev().chain([&card.org]).collect();
    let open: Vec<&Org> = card.below.iter().filter(|org| org.valid_to.is_none()).collect();
    let here = format!("{}/close", address(&card.org));
    let told = |field: &str| {
        let faults = faults.iter().filter(move |fault| fault.at == Place::Field(field.to_owned()));
        html! { @for fault in faults { p.fault { (fault.say(lang)) } } }
    };
    let body = html! {
        (crumbs(lang, &way, &title))
        h1 { (title) }
        p.lead { (card.org.name) " " span.code { (card.org.code) } }
        (sheet::summary(faults, lang))
        form.box.card method="post" action=(here) novalidate {
            @if closed {
                p { (lang.t("orgs.reopen-what")) }
                p.actions {
                    button.primary type="submit" name="do" value="reopen" { (lang.t("orgs.reopen")) }
                    a.button href=(address(&card.org)) { (lang.t("orgs.leave")) }
                }
            } @else {
                p { (lang.t("orgs.close-what")) }
                @if !open.is_empty() {
                    p { (Words::new("orgs.close-below").with("n", open.len()).say(lang)) }
                }
                div.question {
                    label for="to" { (lang.t("org.to")) }
                    p.hint #to-hint { (lang.t("orgs.close-hint")) }
                    input type="text" id="to" name="to" value=(visit.form.word("to")) autocomplete="off"
                        aria-describedby="to-hint";
                    (told("to"))
                }
                div.question {
                    label for="successors" { (lang.t("org.successor")) }
                    p.hint #successors-hint { (lang.t("orgs.successors-hint")) }
                    input type="text" id="successors" name="successors" value=(visit.form.word("successors"))
                        autocomplete="off" aria-describedby="successors-hint";
                    (told("successors"))
                }
                p.actions {
                    button.primary type="submit" name="do" value="close" { (lang.t("orgs.close")) }
                    a.button href=(address(&card.org)) { (lang.t("orgs.leave")) }
                }
            }
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    layout::page(&visit.site, &Frame { title, here: "/orgs" }, body).with_status(status).into_response()
}

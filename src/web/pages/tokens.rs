//! `/me/tokens`: one's own access keys for programs: what there is, a new one, shown once, and revoking one.

use jiff::Timestamp;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::go_to;
use crate::access::Actor;
use crate::account::token::actions;
use crate::account::token::{LASTS, Reach, Token, Wanted};
use crate::error::{Error, Fault, Result};
use crate::ids::TokenId;
use crate::lang::{Lang, Words};
use crate::web::field::{self, Field};
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

/// What is chosen where nothing was typed.
const USUAL: (Reach, u16) = (Reach::Read, 365);

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let lang = visit.lang();
    let notice = html! { @if visit.query.has("revoked") { (layout::done(&lang.t("token.was-revoked"))) } };
    page(&visit, &usual(), (&[], notice)).await
}

pub(super) async fn answer(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    if visit.form.word("do") == "revoke" {
        let id = TokenId(visit.form.word("token").parse().unwrap_or_default());
        actions::revoke(&site.db, &site.actor, id).await?;
        return Ok(go_to("/me/tokens?revoked=1"));
    }
    let word = |name: &str| visit.form.word(name).to_owned();
    let wanted = Wanted { name: word("name"), reach: word("reach"), days: word("days") };
    match actions::make(&site.db, &site.actor, &wanted).await {
        Ok((token, text)) => page(&visit, &usual(), (&[], made(&token, &text, visit.lang()))).await,
        Err(Error::Faults(faults)) => page(&visit, &wanted, (&faults, html! {})).await,
        Err(error) => Err(error),
    }
}

fn usual() -> Wanted {
    Wanted { name: String::new(), reach: USUAL.0.word().to_owned(), days: USUAL.1.to_string() }
}

async fn page(visit: &Visit, typed: &Wanted, (faults, notice): (&[Fault], Markup)) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let tokens = actions::own(&site.db, &site.actor).await?;
    let title = lang.t("token.title");
    let body = html! {
        (layout::crumbs(lang, &[("/me".to_owned(), lang.t("account.me"))], &title))
        h1 { (title) }
        p.lead { (lang.t("token.lead")) }
        (notice)
        @if tokens.is_empty() { (layout::empty(lang.t("token.none"), &[Words::new("token.none-how")], lang)) }
        @else { (list(&tokens, lang)) }
        (new(visit, typed, faults))
        p { (lang.t("token.about-api")) " " a href="/api" { (lang.t("token.api")) } "." }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(site, &Frame { title, here: "/me" }, body).with_status(status).into_response())
}

/// A key that was just made, with its text: it is shown once.
fn made(token: &Token, text: &str, lang: Lang) -> Markup {
    html! {
        section.box.good role="status" {
            h2 { (Words::new("token.made").with("name", &token.name).say(lang)) }
            pre.command { code #token { (text) } }
            p { strong { (lang.t("token.made-once")) } }
            p { (lang.t("token.made-how")) }
            pre.command { code { "Authorization: Bearer " (text) } }
        }
    }
}

/// What a reach is called, and what it is for.
pub(in crate::web) fn reach_words(reach: Reach) -> (&'static str, &'static str) {
    match reach {
        Reach::Read => ("token.reach-read", "token.reach-read-does"),
        Reach::Fill => ("token.reach-fill", "token.reach-fill-does"),
        Reach::Import => ("token.reach-import", "token.reach-import-does"),
        Reach::All => ("token.reach-all", "token.reach-all-does"),
    }
}

/// The reaches that give this person's programs anything, from the narrowest.
fn offered(actor: &Actor) -> impl Iterator<Item = Reach> {
    let adds =
        |reach: &Reach| reach.rights().iter().any(|right| !USUAL.0.rights().contains(right) && actor.may(*right));
    Reach::ALL.iter().copied().filter(move |reach| *reach == USUAL.0 || adds(reach))
}

fn new(visit: &Visit, typed: &Wanted, faults: &[Fault]) -> Markup {
    let lang = visit.lang();
    html! {
        form.box.card.narrow method="post" action="/me/tokens" {
            h2 { (lang.t("token.new")) }
            (Field::line("name", "token.name", &typed.name).hinting("token.name-hint").show(faults, lang))
            fieldset.question.faulty[!field::of(faults, "reach").is_empty()] {
                legend { (lang.t("token.reach")) }
                p.hint { (lang.t("token.reach-hint")) }
                @for reach in offered(&visit.site.actor) {
                    @let (word, does) = reach_words(reach);
                    label.choice {
                        input type="radio" name="reach" value=(reach.word()) checked[reach.word() == typed.reach] required;
                        span { (lang.t(word)) " " span.hint { (lang.t(does)) } }
                    }
                }
                (field::said("reach", &field::of(faults, "reach"), lang))
            }
            div.question.faulty[!field::of(faults, "days").is_empty()] {
                label for="days" { (lang.t("token.lasts")) }
                select id="days" name="days" aria-describedby=(field::told_by("days", false)) {
                    @for days in LASTS { option value=(days) selected[days.to_string() == typed.days] { (lasts(days, lang)) } }
                }
                (field::said("days", &field::of(faults, "days"), lang))
            }
            button.primary type="submit" name="do" value="make" { (lang.t("token.make")) }
        }
    }
}

fn lasts(days: u16, lang: Lang) -> String {
    match days {
        0 => lang.t("token.lasts-forever"),
        days => Words::new("token.lasts-days").with("n", i64::from(days)).say(lang),
    }
}

fn list(tokens: &[Token], lang: Lang) -> Markup {
    html! {
        section aria-labelledby="keys" {
            h2 #keys { (lang.t("token.open")) }
            div.scroll role="region" tabindex="0" aria-labelledby="keys" {
                table.list.stacked {
                    thead { tr {
                        th scope="col" { (lang.t("token.name")) }
                        th scope="col" { (lang.t("token.reach")) }
                        th scope="col" { (lang.t("token.state")) }
                        th scope="col" { (lang.t("token.made-at")) }
                        th scope="col" { (lang.t("token.seen")) }
                        th scope="col" { (lang.t("token.revoke")) }
                    } }
                    tbody { @for token in tokens { (line(token, lang)) } }
                }
            }
        }
    }
}

fn line(token: &Token, lang: Lang) -> Markup {
    let works = token.works(Timestamp::now());
    html! {
        tr {
            th scope="row" { (token.name) }
            td data-label=(lang.t("token.reach")) { (lang.t(reach_words(token.reach).0)) }
            td data-label=(lang.t("token.state")) { @if works { (state(token).say(lang)) } @else { span.muted { (state(token).say(lang)) } } }
            td data-label=(lang.t("token.made-at")) { (layout::moment(token.made_at)) }
            td data-label=(lang.t("token.seen")) {
                @if let Some(at) = token.seen_at { (layout::moment(at)) } @else { span.muted { (lang.t("token.never")) } }
            }
            td data-label=(lang.t("token.revoke")) { @if works { (revoke(token, lang)) } @else { span.muted { "—" } } }
        }
    }
}

fn state(token: &Token) -> Words {
    match (token.revoked_at, token.ends_at) {
        (Some(at), _) => Words::new("token.revoked").with("when", layout::moment(at)),
        (None, None) => Words::new("token.works"),
        (None, Some(at)) if token.works(Timestamp::now()) => {
            Words::new("token.works-until").with("when", layout::moment(at))
        }
        (None, Some(at)) => Words::new("token.ended").with("when", layout::moment(at)),
    }
}

fn revoke(token: &Token, lang: Lang) -> Markup {
    html! {
        form method="post" action="/me/tokens" {
            input type="hidden" name="token" value=(token.id);
            details {
                summary { (lang.t("token.revoke")) }
                p { (Words::new("token.revoke-what").with("name", &token.name).say(lang)) }
                button type="submit" name="do" value="revoke" { (lang.t("token.revoke-yes")) }
            }
        }
    }
}

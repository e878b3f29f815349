//! `/account/{login}`: one account: what it may do, a new link, closing it.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::list::state;
use super::{address, as_wanted, choices, fields, link, wanted};
use crate::account::Wanted;
use crate::account::actions::{self, Kept};
use crate::error::{Error, Fault, Result};
use crate::lang::{Lang, Words};
use crate::web::layout::{self, Frame};
use crate::web::pages::go_to;
use crate::web::visit::Visit;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let said = match visit.query.word("done") {
        "saved" => Some("account.saved"),
        "closed" => Some("account.was-closed"),
        "opened" => Some("account.was-opened"),
        _ => None,
    };
    let notice = html! { @if let Some(said) = said { (layout::done(&visit.lang().t(said))) } };
    page(&visit, None, (&[], notice)).await
}

pub(in crate::web::pages) async fn answer(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let login = visit.param("login").to_owned();
    let back = |said: &str| go_to(&format!("{}?done={said}", layout::address(&["account", &login])));
    match visit.form.word("do") {
        "close" => match actions::close(&site.db, &site.actor, &login).await {
            Ok(_) => Ok(back("closed")),
            Err(Error::Faults(faults)) => page(&visit, None, (&faults, html! {})).await,
            Err(error) => Err(error),
        },
        "open" => actions::reopen(&site.db, &site.actor, &login).await.map(|_| back("opened")),
        "invite" => {
            let (account, secret) = actions::invite(&site.db, &site.actor, &login).await?;
            let notice = link(&visit, &account, &secret);
            page(&visit, None, (&[], notice)).await
        }
        _ => {
            let wanted = wanted(&visit, &login);
            match actions::change(&site.db, &site.actor, &wanted).await {
                Ok(_) => Ok(back("saved")),
                Err(Error::Faults(faults)) => page(&visit, Some(wanted), (&faults, html! {})).await,
                Err(error) => Err(error),
            }
        }
    }
}

async fn page(visit: &Visit, typed: Option<Wanted>, (faults, notice): (&[Fault], Markup)) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let kept = actions::one(&site.db, &site.actor, visit.param("login")).await?;
    let choices = choices(visit).await?;
    let wanted = typed.unwrap_or_else(|| as_wanted(&kept.account, &choices.orgs));
    let title = kept.account.name.clone();
    let body = html! {
        (layout::crumbs(lang, &[("/accounts".to_owned(), lang.t("account.menu"))], &title))
        h1 { (title) }
        (notice)
        dl.facts {
            div { dt { (lang.t("account.login")) } dd { (kept.account.login) } }
            div { dt { (lang.t("account.state")) } dd { (state(&kept, lang)) } }
            div { dt { (lang.t("account.made-at")) } dd { (layout::moment(kept.account.made_at)) } }
        }
        form.box.card.narrow method="post" action=(address(&kept.account)) {
            h2 { (lang.t("account.may-do")) }
            (fields(&wanted, &choices, (&site.actor, faults), lang))
            button.primary type="submit" name="do" value="save" { (lang.t("account.save")) }
        }
        (acts(&kept, faults, lang))
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(site, &Frame { title, here: "/accounts" }, body).with_status(status).into_response())
}

/// What else can be done with an account, each after a word about what will happen.
fn acts(kept: &Kept, faults: &[Fault], lang: Lang) -> Markup {
    let account = &kept.account;
    let about = |key: &'static str| Words::new(key).with("name", &account.name).with("login", &account.login).say(lang);
    let closing = crate::web::field::of(faults, "close");
    html! {
        @if account.closed_at.is_some() {
            form.box.card.narrow method="post" action=(address(account)) {
                h2 { (lang.t("account.open")) }
                p { (about("account.open-what")) }
                button type="submit" name="do" value="open" { (lang.t("account.open")) }
            }
        } @else {
            form.box.card.narrow method="post" action=(address(account)) {
                h2 { (lang.t("account.new-link")) }
                p { (about("account.new-link-what")) }
                button type="submit" name="do" value="invite" { (lang.t("account.make-link")) }
            }
            form.box.card.narrow method="post" action=(address(account)) {
                h2 { (lang.t("account.close")) }
                p { (about("account.close-what")) }
                (crate::web::field::said("close", &closing, lang))
                button type="submit" name="do" value="close" { (lang.t("account.close")) }
            }
        }
    }
}

//! `/accounts/new`: a new account; the answer shows its one-time link, once.

use maud::html;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::{address, choices, fields, link, wanted};
use crate::account::{Wanted, actions};
use crate::error::{Error, Fault, Result};
use crate::web::field::Field;
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    page(&visit, &Wanted::default(), &[]).await
}

pub(in crate::web::pages) async fn make(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let wanted = wanted(&visit, visit.form.word("login"));
    match actions::make(&site.db, &site.actor, &wanted).await {
        Ok((account, secret)) => {
            let lang = visit.lang();
            let title = lang.t("account.made");
            let body = html! {
                (layout::crumbs(lang, &[("/accounts".to_owned(), lang.t("account.menu"))], &title))
                h1 { (title) }
                (link(&visit, &account, &secret))
                p.actions {
                    a.button.primary href="/accounts/new" { (lang.t("account.one-more")) }
                    a.button href=(address(&account)) { (lang.t("account.to-account")) }
                }
            };
            Ok(layout::page(site, &Frame { title, here: "/accounts" }, body))
        }
        Err(Error::Faults(faults)) => page(&visit, &wanted, &faults).await,
        Err(error) => Err(error),
    }
}

async fn page(visit: &Visit, wanted: &Wanted, faults: &[Fault]) -> Result<Response> {
    let lang = visit.lang();
    let choices = choices(visit).await?;
    let title = lang.t("account.new");
    let body = html! {
        (layout::crumbs(lang, &[("/accounts".to_owned(), lang.t("account.menu"))], &title))
        h1 { (title) }
        form.box.card.narrow method="post" action="/accounts/new" {
            (Field::line("login", "account.login", &wanted.login).hinting("account.login-hint").show(faults, lang))
            (fields(wanted, &choices, (&visit.site.actor, faults), lang))
            button.primary type="submit" { (lang.t("account.make")) }
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(&visit.site, &Frame { title, here: "/accounts" }, body).with_status(status).into_response())
}

//! `/invite`: the holder of an account chooses a password with a one-time link. The secret stands in the query, which is
//! never logged.

use maud::html;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::go_to;
use crate::account::actions::{self, NewPassword};
use crate::account::{Account, SHORTEST, Secret};
use crate::error::{Error, Fault, Result};
use crate::lang::Words;
use crate::web::entrance;
use crate::web::field::Field;
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

/// The path.
pub(super) const PATH: &str = "/invite";

/// The address of a link, for whoever hands it out.
pub(super) fn address(base: &str, secret: &Secret) -> String {
    format!("{base}{PATH}?key={}", secret.text())
}

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let typed = visit.query.word("key");
    if typed.is_empty() {
        return Ok(asking(&visit, false));
    }
    match actions::invited(&visit.site.db, &Secret::brought(typed)).await {
        Ok(account) => Ok(page(&visit, &account, &[])),
        Err(Error::NotFound(_)) => Ok(asking(&visit, true)),
        Err(error) => Err(error),
    }
}

/// A field for the code of a letter; said what is wrong where one was typed and opens nothing.
fn asking(visit: &Visit, refused: bool) -> Response {
    let lang = visit.lang();
    let title = lang.t("account.invite-title");
    let body = html! {
        h1 { (title) }
        @if refused { p.box.bad role="alert" { (lang.t("account.no-link")) } }
        form.box.card.narrow method="get" action=(PATH) {
            div.question {
                label for="key" { (lang.t("link.code")) }
                p.hint #key-hint { (lang.t("bulk.code-hint")) }
                input type="text" id="key" name="key" value=(visit.query.word("key")) autocomplete="off"
                    autocapitalize="characters" spellcheck="false" required aria-describedby="key-hint";
            }
            button.primary type="submit" { (lang.t("link.open")) }
        }
    };
    let status = if refused { StatusCode::NOT_FOUND } else { StatusCode::OK };
    layout::page(&visit.site, &Frame { title, here: "/enter" }, body).with_status(status).into_response()
}

pub(super) async fn accept(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let secret = Secret::brought(visit.form.word("key"));
    let typed = |name: &str| visit.form.get(name).unwrap_or_default();
    let new = NewPassword { password: typed("password"), again: typed("again") };
    match actions::accept(&site.db, &secret, new, &visit.from).await {
        Ok(entered) => {
            let mut answer = go_to("/");
            entrance::let_in(&mut answer, &entered, visit.secure());
            Ok(answer)
        }
        Err(Error::Faults(faults)) => {
            let account = actions::invited(&site.db, &secret).await?;
            Ok(page(&visit, &account, &faults))
        }
        Err(error) => Err(error),
    }
}

fn page(visit: &Visit, account: &Account, faults: &[Fault]) -> Response {
    let lang = visit.lang();
    let key = if visit.form.has("key") { visit.form.word("key") } else { visit.query.word("key") };
    let title = lang.t("account.invite-title");
    let body = html! {
        h1 { (title) }
        p.lead { (Words::new("account.invite-lead").with("name", &account.name).with("login", &account.login).say(lang)) }
        form.box.card.narrow method="post" action="/invite" {
            input type="hidden" name="key" value=(key);
            // Where browsers keep passwords they keep them under this name.
            input type="hidden" name="username" autocomplete="username" value=(account.login);
            (rule(visit))
            (Field::password("password", "account.new-password", "new-password").show(faults, lang))
            (Field::password("again", "account.password-again", "new-password").show(faults, lang))
            button.primary type="submit" { (lang.t("account.set-password")) }
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    layout::page(&visit.site, &Frame { title, here: "/enter" }, body).with_status(status).into_response()
}

/// What a password must be.
pub(super) fn rule(visit: &Visit) -> maud::Markup {
    html! { p.hint { (Words::new("account.password-rule").with("n", SHORTEST).say(visit.lang())) } }
}

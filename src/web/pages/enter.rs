//! `/enter` and `/leave`: signing in and out.

use maud::html;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::accounts::role_word;
use super::{by_link, go_to};
use crate::access::Actor;
use crate::account::Secret;
use crate::account::session::Entered;
use crate::account::session::actions::{self, Signing, Typed};
use crate::error::{Error, Fault, Result};
use crate::report::link;
use crate::web::entrance;
use crate::web::field::{self, Field};
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    match visit.query.word("as") {
        login if site.demo && !login.is_empty() => {
            let entered = actions::demonstrate(&site.db, &Actor::operator(), &visit.from, login).await?;
            let mut answer = go_to(layout::own_address(visit.query.word("to")).unwrap_or("/"));
            entrance::let_in(&mut answer, &entered, visit.secure());
            Ok(answer)
        }
        _ => page(&visit, &[]).await,
    }
}

pub(super) async fn answer(visit: Visit) -> Result<Response> {
    let (db, entrance) = (&visit.site.db, &visit.site.entrance);
    if visit.form.has("half") {
        return with_code(&visit).await;
    }
    // A password may begin or end with a space.
    let password = visit.form.get("password").unwrap_or_default();
    let typed = Typed { login: visit.form.word("login"), password, elsewhere: visit.form.has("elsewhere") };
    match actions::sign_in(db, (&entrance.guesses, &entrance.halves), &visit.from, typed).await {
        Ok(Signing::In(entered)) => Ok(inside(&visit, &entered)),
        Ok(Signing::Code(half)) => Ok(code_page(&visit, half.text(), &[])),
        Err(Error::Faults(faults)) => page(&visit, &faults).await,
        Err(error) => Err(error),
    }
}

/// Where somebody goes who is in.
fn inside(visit: &Visit, entered: &Entered) -> Response {
    let mut answer = go_to(layout::own_address(visit.form.word("to")).unwrap_or("/"));
    entrance::let_in(&mut answer, entered, visit.secure());
    answer
}

async fn with_code(visit: &Visit) -> Result<Response> {
    let (db, half) = (&visit.site.db, Secret::brought(visit.form.word("half")));
    let desk = (&visit.site.entrance.guesses, &visit.site.entrance.halves);
    match actions::sign_in_with_code(db, desk, &visit.from, &half, visit.form.word("code")).await {
        Ok(entered) => Ok(inside(visit, &entered)),
        Err(Error::Faults(faults)) if field::of(&faults, "code").is_empty() => page(visit, &faults).await,
        Err(Error::Faults(faults)) => Ok(code_page(visit, half.text(), &faults)),
        Err(error) => Err(error),
    }
}

/// The second step: the code of the app.
fn code_page(visit: &Visit, half: &str, faults: &[Fault]) -> Response {
    let (lang, to) = (visit.lang(), visit.form.word("to"));
    let title = lang.t("account.code-title");
    let code =
        Field { autocomplete: "one-time-code", ..Field::line("code", "account.code", "").hinting("account.code-hint") };
    let body = html! {
        h1 { (title) }
        form.box.card.narrow method="post" action="/enter" {
            @if !to.is_empty() { input type="hidden" name="to" value=(to); }
            input type="hidden" name="half" value=(half);
            (code.show(faults, lang))
            button.primary type="submit" { (lang.t("account.enter")) }
        }
        section.prose { p { (lang.t("account.code-lost")) } p { a href="/enter" { (lang.t("account.code-back")) } } }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    layout::page(&visit.site, &Frame { title, here: "/enter" }, body).with_status(status).into_response()
}

pub(super) async fn leave(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    if let Some(holder) = &site.entrance.holder {
        link::actions::leave(&site.db, holder).await?;
        let mut answer = go_to(&format!("{}?left=1", by_link::PATH));
        entrance::forget_link(&mut answer, visit.secure());
        return Ok(answer);
    }
    if let Some(signed) = &site.entrance.signed {
        actions::sign_out(&site.db, signed).await?;
    }
    let mut answer = go_to("/enter?left=1");
    entrance::let_out(&mut answer, visit.secure());
    Ok(answer)
}

async fn page(visit: &Visit, faults: &[Fault]) -> Result<Response> {
    let lang = visit.lang();
    let site = &*visit.site;
    let cast = match site.demo {
        true => actions::demonstrated(&site.db, &Actor::operator()).await?,
        false => Vec::new(),
    };
    let to = if visit.form.has("to") { visit.form.word("to") } else { visit.query.word("to") };
    let title = lang.t("account.enter-title");
    let body = html! {
        h1 { (title) }
        @if visit.query.has("left") { (layout::done(&lang.t("account.left"))) }
        @if let Some(signed) = &visit.site.entrance.signed {
            p.box.quiet { (lang.t("account.already")) " " strong { (signed.account.name) } }
        }
        @if !cast.is_empty() {
            section.box.card.narrow {
                h2 { (lang.t("account.demo-title")) }
                p.hint { (lang.t("account.demo-hint")) }
                ul.plain.stack {
                    @for account in &cast {
                        li { a href={ "/enter?as=" (layout::encoded(&account.login)) "&to=" (layout::encoded(to)) } { (account.name) }
                            " " span.muted { (role_word(account.grant.role, lang)) } }
                    }
                }
            }
        }
        form.box.card.narrow method="post" action="/enter" {
            @if !to.is_empty() { input type="hidden" name="to" value=(to); }
            (Field { autocomplete: "username", ..Field::line("login", "account.login", visit.form.word("login")) }.show(faults, lang))
            (Field::password("password", "account.password", "current-password").show(faults, lang))
            div.question {
                label.choice {
                    input type="checkbox" name="elsewhere" value="1" checked[visit.form.has("elsewhere")];
                    span { (lang.t("account.elsewhere")) }
                }
            }
            button.primary type="submit" { (lang.t("account.enter")) }
        }
        section.prose {
            h2 { (lang.t("account.forgotten")) }
            p { (lang.t("account.forgotten-how")) }
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(site, &Frame { title, here: "/enter" }, body).with_status(status).into_response())
}

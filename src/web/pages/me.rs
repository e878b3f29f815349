//! `/me`: one's own account: how one is called, the password, where one is signed in.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::invite::rule;
use super::{accounts, go_to};
use crate::account::Account;
use crate::account::actions::{self, NewPassword};
use crate::account::second::{self, Key};
use crate::account::session::{self, Session};
use crate::error::{Error, Fault, Result};
use crate::lang::{Lang, Words};
use crate::web::field::{self, Field};
use crate::web::layout::{self, Called, Frame};
use crate::web::qr;
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let (own, sessions) = read(&visit).await?;
    page(&visit, &own, &sessions, &[])
}

pub(super) async fn answer(visit: Visit) -> Result<Response> {
    match done(&visit).await {
        Ok(said) => Ok(go_to(&format!("/me?done={said}"))),
        Err(Error::Faults(faults)) => {
            let (own, sessions) = read(&visit).await?;
            page(&visit, &own, &sessions, &faults)
        }
        Err(error) => Err(error),
    }
}

async fn read(visit: &Visit) -> Result<(Account, Vec<Session>)> {
    let site = &*visit.site;
    Ok((actions::own(&site.db, &site.actor).await?, session::actions::own(&site.db, &site.actor).await?))
}

async fn done(visit: &Visit) -> Result<&'static str> {
    let site = &*visit.site;
    let this = site.entrance.signed.as_ref().map(|signed| signed.session.clone()).unwrap_or_default();
    let typed = |name: &str| visit.form.get(name).unwrap_or_default();
    Ok(match visit.form.word("do") {
        "password" => {
            let new = NewPassword { password: typed("password"), again: typed("again") };
            actions::change_password(&site.db, (&site.actor, &site.entrance.guesses), (typed("old"), new), &this)
                .await?;
            "password"
        }
        "second-on" => {
            let second = (visit.form.word("key"), visit.form.word("code"));
            let guarded = (&site.actor, &site.entrance.guesses);
            second::actions::turn_on(&site.db, guarded, second, (typed("second-password"), &this)).await?;
            "second-on"
        }
        "second-off" => {
            let guarded = (&site.actor, &site.entrance.guesses);
            second::actions::turn_off(&site.db, guarded, (typed("second-password"), &this)).await?;
            "second-off"
        }
        "end" => {
            session::actions::end_own(&site.db, &site.actor, visit.form.word("session")).await?;
            "ended"
        }
        "end-others" => {
            session::actions::end_others(&site.db, &site.actor, &this).await?;
            "ended"
        }
        _ => {
            actions::change_own(&site.db, &site.actor, (typed("name"), typed("email"))).await?;
            "saved"
        }
    })
}

fn page(visit: &Visit, own: &Account, sessions: &[Session], faults: &[Fault]) -> Result<Response> {
    let lang = visit.lang();
    let title = lang.t("account.me");
    let said = match visit.query.word("done") {
        "password" => Some("account.password-changed"),
        "ended" => Some("account.session-ended"),
        "second-on" => Some("account.second-is-on"),
        "second-off" => Some("account.second-is-off"),
        "saved" => Some("account.saved"),
        _ => None,
    };
    let body = html! {
        h1 { (title) }
        @if let Some(said) = said { (layout::done(&lang.t(said))) }
        dl.facts {
            div { dt { (lang.t("account.login")) } dd { (own.login) } }
            div { dt { (lang.t("account.role")) } dd { (accounts::role_word(own.grant.role, lang)) } }
        }
        (called(visit, own, faults))
        (password(visit, own, faults))
        (second_step(visit, own, faults)?)
        (signed_in(visit, sessions))
        section {
            h2 { (lang.t("token.title")) }
            p { (lang.t("token.lead")) " " a href="/me/tokens" { (lang.t("token.open")) } }
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(&visit.site, &Frame { title, here: "/me" }, body).with_status(status).into_response())
}

fn called(visit: &Visit, own: &Account, faults: &[Fault]) -> Markup {
    let lang = visit.lang();
    let value = |name: &str, kept: &str| visit.form.get(name).unwrap_or(kept).to_owned();
    let (name, email) = (value("name", &own.name), value("email", &own.email));
    html! {
        form.box.card.narrow method="post" action="/me" {
            h2 { (lang.t("account.called")) }
            (Field { autocomplete: "name", ..Field::line("name", "account.name", &name) }.show(faults, lang))
            (Field { autocomplete: "email", ..Field::line("email", "account.email", &email).optional() }.show(faults, lang))
            button type="submit" name="do" value="save" { (lang.t("account.save")) }
        }
    }
}

fn password(visit: &Visit, own: &Account, faults: &[Fault]) -> Markup {
    let lang = visit.lang();
    html! {
        form.box.card.narrow method="post" action="/me" {
            h2 { (lang.t("account.change-password")) }
            input type="hidden" name="username" autocomplete="username" value=(own.login);
            (rule(visit))
            (Field::password("old", "account.old-password", "current-password").show(faults, lang))
            (Field::password("password", "account.new-password", "new-password").show(faults, lang))
            (Field::password("again", "account.password-again", "new-password").show(faults, lang))
            p.hint { (lang.t("account.others-end")) }
            button type="submit" name="do" value="password" { (lang.t("account.change-password")) }
        }
    }
}

/// The second step of signing in: on with a code of an app, off with the password.
fn second_step(visit: &Visit, own: &Account, faults: &[Fault]) -> Result<Markup> {
    let lang = visit.lang();
    let password = Field::password("second-password", "account.password", "current-password");
    if own.second {
        return Ok(html! {
            form.box.card.narrow method="post" action="/me" {
                h2 { (lang.t("account.second")) }
                p { (lang.t("account.second-works")) }
                (password.show(faults, lang))
                button type="submit" name="do" value="second-off" { (lang.t("account.second-turn-off")) }
            }
        });
    }
    let key = Key::read(visit.form.word("key")).unwrap_or_default();
    let address = key.address(&own.login)?;
    let code =
        Field { autocomplete: "one-time-code", ..Field::line("code", "account.code", "").hinting("account.code-hint") };
    Ok(html! {
        details.box.card.narrow open[!field::of(faults, "code").is_empty() || !field::of(faults, "second-password").is_empty()] {
            summary { (lang.t("account.second")) }
            p { (lang.t("account.second-what")) }
            (qr::picture(&address, &lang.t("account.second-qr")))
            p { (lang.t("account.second-type")) " " code { (key.spelled()) } }
            form method="post" action="/me" {
                input type="hidden" name="key" value=(key.text());
                (code.show(faults, lang))
                (password.show(faults, lang))
                button type="submit" name="do" value="second-on" { (lang.t("account.second-turn-on")) }
            }
        }
    })
}

fn signed_in(visit: &Visit, sessions: &[Session]) -> Markup {
    let lang = visit.lang();
    let this = visit.site.entrance.signed.as_ref().map(|signed| signed.session.as_str()).unwrap_or_default();
    let heads = ["account.browser", "account.address", "account.since", "account.seen", "account.end"];
    let rows = html! { @for session in sessions { (line(session, this, lang)) } };
    html! {
        section aria-labelledby="sessions" {
            h2 #sessions { (lang.t("account.sessions")) }
            (layout::listing(&Called::By("sessions"), &heads, &rows, lang))
            @if sessions.len() > 1 {
                form.actions method="post" action="/me" {
                    button type="submit" name="do" value="end-others" { (lang.t("account.end-others")) }
                }
            }
        }
    }
}

fn line(session: &Session, this: &str, lang: Lang) -> Markup {
    html! {
        tr {
            th scope="row" { (browser(&session.agent, lang)) }
            td data-label=(lang.t("account.address")) { (session.address) }
            td data-label=(lang.t("account.since")) { (layout::moment(session.made_at)) }
            td data-label=(lang.t("account.seen")) { (layout::moment(session.seen_at)) }
            td data-label=(lang.t("account.end")) {
                @if session.hash == this { span.muted { (lang.t("account.this-one")) } }
                @else {
                    form method="post" action="/me" {
                        input type="hidden" name="session" value=(session.hash);
                        button type="submit" name="do" value="end" { (lang.t("account.end-it")) }
                    }
                }
            }
        }
    }
}

/// A browser and its system as people know them.
fn browser(agent: &str, lang: Lang) -> String {
    let known =
        |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    // Most browsers also say that they are others; the order tells them apart.
    let browser = known(&[
        ("YaBrowser", "Яндекс Браузер"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ]);
    let system = known(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => Words::new("account.some-browser").say(lang),
    }
}

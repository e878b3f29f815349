//! `/fill`: coming in by a personal link. The secret stands in the query, which is never logged.

use jiff::Timestamp;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::go_to;
use crate::account::Secret;
use crate::error::{Error, Result};
use crate::lang::{Lang, Words};
use crate::report::link::{Contact, Door, Holder, Link, Standing, actions};
use crate::text;
use crate::web::Site;
use crate::web::entrance::{self, Gone};
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

/// The path.
pub(in crate::web) const PATH: &str = "/fill";

/// The address of a link, for whoever hands it out.
pub(in crate::web) fn address(base: &str, secret: &Secret) -> String {
    format!("{base}{PATH}?key={}", secret.text())
}

/// The address of the report that whoever came in by a link fills.
pub(in crate::web) fn own_report(holder: &Holder) -> String {
    let errand = &holder.link.errand;
    layout::address(&["report", &errand.form, &errand.period.id(), &holder.org.code])
}

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let typed = visit.query.word("key");
    if typed.is_empty() {
        let notice = html! { @if visit.query.has("left") { (layout::done(&visit.lang().t("link.left"))) } };
        return Ok(asking(&visit, notice, StatusCode::OK));
    }
    opened(&visit, typed).await
}

pub(super) async fn enter(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let typed = visit.form.word("key").to_owned();
    let reader = site.actor.clone().coming_from(&visit.from.address.to_string());
    match actions::enter(&site.db, &reader, &brought(&typed), visit.form.has("elsewhere")).await {
        Ok(entered) => {
            let Door { link, org, .. } = &entered.door;
            let errand = &link.errand;
            let mut answer = go_to(&layout::address(&["report", &errand.form, &errand.period.id(), &org.code]));
            entrance::let_in_by_link(&mut answer, &entered, visit.secure());
            Ok(answer)
        }
        // Whatever has become of the link meanwhile is said.
        Err(Error::NotFound(_)) => opened(&visit, &typed).await,
        Err(error) => Err(error),
    }
}

/// The secret that somebody brought: a code, or a whole link.
fn brought(typed: &str) -> Secret {
    Secret::brought(typed.rsplit_once("key=").map_or(typed, |(_, key)| key))
}

/// What is behind a link.
async fn opened(visit: &Visit, typed: &str) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    match actions::door(&site.db, &site.actor, &brought(typed)).await {
        Ok(door) if door.link.standing(Timestamp::now()) == Standing::InForce => Ok(confirm(visit, &door, typed)),
        Ok(door) => Ok(shut(site, &door.link, &door.from)),
        Err(Error::NotFound(_)) => {
            let notice = html! { p.box.bad role="alert" { (lang.t("link.no-such")) } };
            Ok(asking(visit, notice, StatusCode::NOT_FOUND))
        }
        Err(error) => Err(error),
    }
}

/// Whose report it is and what can be done, before anything is done.
fn confirm(visit: &Visit, door: &Door, typed: &str) -> Response {
    let lang = visit.lang();
    let (period, last) = (door.link.errand.period.label(), text::date(door.link.last_day()));
    let title = lang.t("link.title");
    let lead = Words::new("link.lead")
        .with("form", &door.form.title)
        .with("period", period.say(lang))
        .with("org", &door.org.name)
        .say(lang);
    let body = html! {
        h1 { (title) }
        p.lead { (lead) }
        dl.facts.tall {
            div { dt { (lang.t("web.form")) } dd { (door.form.title) } }
            div { dt { (lang.t("web.period")) } dd { (period.say(lang)) } }
            div { dt { (lang.t("web.org")) } dd { (door.org.name) } }
            div { dt { (lang.t("link.valid")) } dd { (Words::new("link.until-day").with("date", &last).say(lang)) } }
        }
        section.prose {
            h2 { (lang.t("link.can")) }
            ul {
                li { (lang.t("link.can-part")) }
                li { (Words::new("link.can-correct").with("date", &last).say(lang)) }
                li { (lang.t("link.can-only")) }
            }
            p { (lang.t("link.not-yours")) " " (whom(&door.from, lang)) }
        }
        form.box.card.narrow method="post" action=(PATH) {
            input type="hidden" name="key" value=(typed);
            div.question { label.choice {
                input type="checkbox" name="elsewhere" value="1";
                span { (lang.t("account.elsewhere")) }
            } }
            button.primary type="submit" { (lang.t("link.go")) }
        }
    };
    layout::page(&visit.site, &Frame { title, here: PATH }, body)
}

/// A field for the code of a letter.
fn asking(visit: &Visit, notice: Markup, status: StatusCode) -> Response {
    let lang = visit.lang();
    let title = lang.t("link.title");
    let typed = if visit.form.has("key") { visit.form.word("key") } else { visit.query.word("key") };
    let body = html! {
        h1 { (title) }
        (notice)
        form.box.card.narrow method="get" action=(PATH) {
            div.question {
                label for="key" { (lang.t("link.code")) }
                p.hint #key-hint { (lang.t("link.code-hint")) }
                input type="text" id="key" name="key" value=(typed) autocomplete="off" autocapitalize="characters"
                    spellcheck="false" required aria-describedby="key-hint";
            }
            button.primary type="submit" { (lang.t("link.open")) }
        }
    };
    layout::page(&visit.site, &Frame { title, here: PATH }, body).with_status(status).into_response()
}

/// Whom the holder of a link can ask.
fn whom(from: &Contact, lang: Lang) -> String {
    let who = if from.email.is_empty() { from.name.clone() } else { format!("{}, {}", from.name, from.email) };
    match who.is_empty() {
        true => lang.t("link.ask-sender"),
        false => Words::new("link.ask").with("who", who).say(lang),
    }
}

/// The page about a link by which somebody came in and which opens nothing any more.
pub(in crate::web) fn gone(site: &Site, gone: &Gone) -> Response {
    match gone {
        Gone::Shut(holder) => shut(site, &holder.link, &holder.from),
        Gone::Forgotten => closed(site, site.lang.t("link.forgotten"), site.lang.t("link.forgotten-how")),
    }
}

/// Why a link opens nothing, and what to do.
fn shut(site: &Site, link: &Link, from: &Contact) -> Response {
    closed(site, why(link, site.lang), whom(from, site.lang))
}

/// Why a link opens nothing.
pub(in crate::web) fn why(link: &Link, lang: Lang) -> String {
    let number = link.id.to_string();
    match link.revoked_at {
        Some(at) => Words::new("link.was-revoked").with("number", number).with("when", layout::moment(at)).say(lang),
        None => Words::new("link.is-over").with("number", number).with("date", text::date(link.last_day())).say(lang),
    }
}

fn closed(site: &Site, why: String, how: String) -> Response {
    let title = site.lang.t("link.closed");
    let body = html! {
        h1 { (title) }
        p.lead { (why) }
        p { (how) }
        p { (site.lang.t("link.kept")) }
        p.actions { a.button href=(PATH) { (site.lang.t("link.other-code")) } }
    };
    layout::page(site, &Frame { title, here: PATH }, body).with_status(StatusCode::GONE).into_response()
}

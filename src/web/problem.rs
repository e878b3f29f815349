//! What went wrong, as a page in the same layout with a way back. Our own faults are logged with an id, never shown.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::entrance::Gone;
use super::layout::{self, Frame};
use super::pages::by_link;
use super::visit::Fields;
use super::{Site, guard};
use crate::error::{Error, Fault};
use crate::lang::{Lang, Words};

/// A page that could not be shown.
#[derive(Debug)]
pub(super) struct Problem {
    pub status: StatusCode,
    pub words: Words,
    pub faults: Vec<Fault>,
    pub id: Option<String>,
    again: Option<Again>,
}

/// What a person was about to do: nothing typed is lost when it may simply be tried again.
#[derive(Debug)]
pub(super) struct Again {
    /// Where the fields were posted.
    pub address: String,
    /// What was posted.
    pub fields: Fields,
}

impl Problem {
    /// A problem that a sentence says.
    pub fn new(status: StatusCode, words: Words) -> Self {
        Problem { status, words, faults: Vec::new(), id: None, again: None }
    }

    /// The same problem with everything that is wrong.
    pub fn with_faults(self, faults: Vec<Fault>) -> Self {
        Problem { faults, ..self }
    }

    /// The same problem with a way to try again, where the fault is ours and may pass, or a session has ended.
    pub fn with_again(self, again: Option<Again>) -> Self {
        let may_pass = self.status.is_server_error() || self.status == StatusCode::UNAUTHORIZED;
        Problem { again: again.filter(|_| may_pass), ..self }
    }
}

/// The problem that an error of an action is.
pub(super) fn of(error: &Error, lang: Lang) -> Problem {
    match error {
        Error::Faults(faults) => Problem {
            faults: faults.clone(),
            ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, Words::new("web.faults"))
        },
        Error::NotFound(words) => Problem::new(StatusCode::NOT_FOUND, words.clone()),
        Error::Denied(words) => Problem::new(StatusCode::FORBIDDEN, words.clone()),
        Error::Stranger => Problem::new(StatusCode::UNAUTHORIZED, Words::new("access.stranger")),
        Error::Data(words) => {
            let id = guard::request_id();
            tracing::error!(%id, said = %words.say(lang), "the data file refused");
            let full = error.is_full();
            let status = if full { StatusCode::INSUFFICIENT_STORAGE } else { StatusCode::SERVICE_UNAVAILABLE };
            Problem { id: Some(id), ..Problem::new(status, words.clone()) }
        }
        Error::File { .. } | Error::Internal(_) => {
            let id = guard::request_id();
            tracing::error!(%id, %error, "internal error");
            Problem { id: Some(id), ..Problem::new(StatusCode::INTERNAL_SERVER_ERROR, Words::new("web.internal")) }
        }
    }
}

/// The problem that a refusal of the router or of the reading of a request is.
pub(super) fn of_status(status: StatusCode) -> Problem {
    let words = match status {
        StatusCode::NOT_FOUND => Words::new("web.no-page"),
        StatusCode::METHOD_NOT_ALLOWED => Words::new("web.no-method"),
        StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Words::new("web.long-head"),
        StatusCode::REQUEST_TIMEOUT => Words::new("web.too-slow"),
        StatusCode::PAYLOAD_TOO_LARGE => Words::new("web.too-large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Words::new("web.compressed"),
        _ if status.is_client_error() => Words::new("web.bad-request"),
        _ => return of(&Error::Internal(format!("the router answered {status}")), Lang::En),
    };
    Problem::new(status, words)
}

/// The problem as a page.
pub(super) fn page(site: &Site, problem: Problem) -> Response {
    let lang = site.lang;
    let title = match problem.status {
        StatusCode::NOT_FOUND => Words::new("web.title-not-found"),
        StatusCode::UNAUTHORIZED if site.entrance.gone.is_some() => Words::new("link.closed"),
        StatusCode::UNAUTHORIZED => Words::new("account.title-ended"),
        status if status.is_server_error() => Words::new("web.title-failed"),
        _ => Words::new("web.title-refused"),
    };
    let title = title.say(lang);
    let ended = problem.status == StatusCode::UNAUTHORIZED;
    let body = html! {
        h1 { (title) }
        @if let Some(gone) = site.entrance.gone.as_ref().filter(|_| ended) { (out(gone, lang)) }
        @else { p.lead { (problem.words.say(lang)) } }
        @if !problem.faults.is_empty() {
            ul.plain { @for fault in &problem.faults { li { (fault.say(lang)) } } }
        }
        @if let Some(id) = &problem.id { (error_id(id, lang)) }
        @if ended && site.entrance.gone.is_some() {
            p { a.button.primary href=(by_link::PATH) target="_blank" { (lang.t("link.open-new-tab")) } }
        } @else if ended {
            p { a.button.primary href="/enter" target="_blank" { (lang.t("account.enter-new-tab")) } }
        }
        @if let Some(again) = &problem.again { (try_again(again, lang)) }
        p { a.button href="/" { (lang.t("web.to-start")) } }
    };
    layout::page(site, &Frame { title, here: "" }, body).with_status(problem.status).into_response()
}

/// Why somebody who filled in something by a link is in no more, and how to keep what was typed.
fn out(gone: &Gone, lang: Lang) -> Markup {
    html! {
        p.lead {
            @match gone {
                Gone::Shut(holder) => (by_link::why(&holder.link, lang)),
                Gone::Forgotten => (lang.t("link.forgotten")),
            }
        }
        p { (lang.t("link.typed-stays")) }
    }
}

/// The number by which an error is found in the log.
pub(super) fn error_id(id: &str, lang: Lang) -> Markup {
    html! { p.muted { (Words::new("web.error-id").with("id", id).say(lang)) } }
}

/// What was posted, to be posted once more: the page holds it while it is open.
fn try_again(again: &Again, lang: Lang) -> Markup {
    html! {
        form.box.quiet method="post" action=(again.address) {
            p { (lang.t("care.again-what")) }
            @for (name, value) in &again.fields.0 { input type="hidden" name=(name) value=(value); }
            button.primary type="submit" { (lang.t("care.again")) }
        }
    }
}

//! The language of whoever reads: chosen in a questionnaire or at the foot of a page, remembered by their browser.
//!
//! The pages speak it where the program does, forms where they are written in it.

use std::sync::Arc;

use maud::{Markup, html};
use poem::http::{HeaderValue, header};
use poem::{Request, Response};

use super::Site;
use super::visit::{Fields, Visit};
use crate::form::{Form, is_language};
use crate::lang::Lang;

/// The name under which a browser remembers the language, and under which one is chosen.
pub(super) const LANGUAGE: &str = "language";

/// How long a browser remembers it, in seconds.
const MEMORY: u32 = 365 * 24 * 60 * 60;

/// What languages call themselves; of others the code is shown.
const NAMES: [(&str, &str); 14] = [
    ("ru", "Русский"),
    ("en", "English"),
    ("tt", "Татарча"),
    ("ba", "Башҡортса"),
    ("cv", "Чӑвашла"),
    ("ce", "Нохчийн"),
    ("udm", "Удмурт"),
    ("sah", "Саха тыла"),
    ("be", "Беларуская"),
    ("kk", "Қазақша"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("zh", "中文"),
];

/// What a language calls itself.
fn name(code: &str) -> &str {
    NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

/// The site as the sender of a request reads it; the query comes before what the browser remembers.
pub(super) fn site(site: &Arc<Site>, req: &Request, query: &Fields) -> Arc<Site> {
    let chosen = query.get(LANGUAGE).or_else(|| remembered(req)).filter(|code| is_language(code));
    let code = chosen.unwrap_or_else(|| site.lang.code());
    let actor = site.actor.clone().reading(code);
    Arc::new(Site { actor, lang: Lang::of_code(code).unwrap_or(site.lang), ..(**site).clone() })
}

/// What the browser remembers.
fn remembered(req: &Request) -> Option<&str> {
    let cookies = req.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == LANGUAGE).map(|(_, value)| value).next()
}

/// What was chosen with a request, if anything was.
pub(super) fn chosen(visit: &Visit) -> Option<String> {
    let said = visit.form.get(LANGUAGE).or_else(|| visit.query.get(LANGUAGE));
    said.filter(|code| is_language(code)).map(str::to_owned)
}

/// Lets the browser remember what was chosen.
pub(super) fn remember(response: &mut Response, code: &str) {
    let cookie = format!("{LANGUAGE}={code}; Path=/; Max-Age={MEMORY}; SameSite=Lax; HttpOnly");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The languages of a form to choose from, where it has several: buttons inside a questionnaire that is filled, so
/// that what was typed is kept; links on one that is only read.
pub(super) fn switch(form: &Form, fill: bool, lang: Lang) -> Markup {
    html! {
        @if form.languages.len() > 1 {
            div.languages.no-print role="group" aria-label=(lang.t("web.form-language")) {
                @for code in &form.languages {
                    @if *code == form.language {
                        span.here lang=(code) aria-current="true" { (name(code)) }
                    } @else if fill {
                        button type="submit" name=(LANGUAGE) value=(code) lang=(code) { (name(code)) }
                    } @else {
                        a.button href={ "?" (LANGUAGE) "=" (code) } lang=(code) hreflang=(code) { (name(code)) }
                    }
                }
            }
        }
    }
}

/// The other languages of the program itself.
pub(super) fn others(lang: Lang) -> Markup {
    html! {
        @for other in Lang::ALL.into_iter().filter(|other| *other != lang) {
            a href={ "/?" (LANGUAGE) "=" (other.code()) } lang=(other.code()) hreflang=(other.code()) { (name(other.code())) }
        }
    }
}

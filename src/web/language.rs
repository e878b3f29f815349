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

/// The name of the address to come back to.
pub(super) const BACK: &str = "to";

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
pub(super) fn site(site: Site, req: &Request, query: &Fields) -> Arc<Site> {
    let chosen = query.get(LANGUAGE).or_else(|| remembered(req)).filter(|code| is_language(code));
    let code = chosen.unwrap_or_else(|| site.lang.code()).to_owned();
    Arc::new(Site { actor: site.actor.reading(&code), lang: Lang::of_code(&code).unwrap_or(site.lang), ..site })
}

/// What the browser remembers.
fn remembered(req: &Request) -> Option<&str> {
    let cookies = req.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == LANGUAGE).map(|(_, value)| value).next()
}

/// What was chosen with a request, if anything was. An address may name a language too: that page is shown in it, and
/// nothing is remembered.
pub(super) fn chosen(visit: &Visit) -> Option<String> {
    visit.form.get(LANGUAGE).filter(|code| is_language(code)).map(str::to_owned)
}

/// Lets the browser remember what was chosen; where the connection is encrypted, for encrypted ones only.
pub(super) fn remember(response: &mut Response, code: &str, https: bool) {
    let secure = if https { "; Secure" } else { "" };
    let cookie = format!("{LANGUAGE}={code}; Path=/; Max-Age={MEMORY}; SameSite=Lax; HttpOnly{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The languages of a form to choose from, where it has several. In a questionnaire that is filled the buttons belong
/// to it, so that what was typed is kept; one that is only `read` comes back to its address.
pub(super) fn switch(form: &Form, read: Option<&str>, lang: Lang) -> Markup {
    let buttons = html! {
        @for code in &form.languages {
            @if *code == form.language { span.here lang=(code) aria-current="true" { (name(code)) } }
            @else { (button(code)) }
        }
    };
    let label = lang.t("web.form-language");
    html! {
        @if form.languages.len() > 1 {
            @match read {
                None => div.languages.no-print role="group" aria-label=(label) { (buttons) },
                Some(address) => form.languages.no-print method="post" action="/language" aria-label=(label) {
                    input type="hidden" name=(BACK) value=(address);
                    (buttons)
                },
            }
        }
    }
}

fn button(code: &str) -> Markup {
    html! { button type="submit" name=(LANGUAGE) value=(code) lang=(code) { (name(code)) } }
}

/// The other languages of the program itself.
pub(super) fn others(lang: Lang) -> Markup {
    html! {
        form.others method="post" action="/language" {
            @for other in Lang::ALL.into_iter().filter(|other| *other != lang) { (button(other.code())) }
        }
    }
}

//! The frame around every page: title, menu, banner, and what several pages show in the same way.

use maud::{DOCTYPE, Markup, html};
use poem::web::Html;
use poem::{IntoResponse, Response};

use super::pages::{self, by_link};
use super::{Site, assets, language};
use crate::access::{Right, Role};
use crate::error::Place;
use crate::lang::{Lang, Words};
use crate::report::version;
use crate::text::NBSP;

/// What the frame needs to know of a page.
pub(super) struct Frame {
    /// The page's title.
    pub title: String,
    /// The path of the menu's entry that the page belongs to; empty where to none.
    pub here: &'static str,
}

/// A page in its frame.
pub(super) fn page(site: &Site, frame: &Frame, body: Markup) -> Response {
    let lang = site.lang;
    let [style, script, icon, ..] = assets::all();
    let page = html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (frame.title) " — " (lang.t("web.name")) }
                link rel="stylesheet" href={ "/assets/" (style.name) };
                link rel="icon" type="image/svg+xml" href={ "/assets/" (icon.name) };
                script src={ "/assets/" (script.name) } defer {}
            }
            body {
                a.skip href="#main" { (lang.t("web.skip")) }
                @if site.demo { p.demo role="note" { strong { (lang.t("web.demo")) } " " (lang.t("web.demo-words")) } }
                header.top {
                    div.inner {
                        a.name href="/" { (lang.t("web.name")) }
                        (menu(site, frame.here))
                        (visitor(site, frame.here))
                    }
                }
                main #main tabindex="-1" { (unpublished(site)) (body) }
                footer.bottom { div.inner {
                    p { (lang.t("web.footer")) }
                    @if site.actor.may(Right::Backup) { p { a href="/copies" { (lang.t("care.title")) } } }
                    (language::others(lang))
                } }
            }
        }
    };
    Html(page.into_string()).into_response()
}

/// So many faults of form files are said on a page.
const FAULTS: usize = 5;

/// Where the folder of forms is watched: what keeps files of it from being at work.
fn unpublished(site: &Site) -> Markup {
    let faults = version::actions::unpublished(&site.forms, &site.actor);
    let lang = site.lang;
    html! {
        @if !faults.is_empty() {
            aside.box.unpublished aria-labelledby="unpublished" {
                h2 #unpublished { (lang.t("forms.live-title")) }
                ul {
                    @for fault in faults.iter().take(FAULTS) {
                        li { @if fault.at != Place::Whole { span.code { (fault.at) } ": " } (fault.say(lang)) }
                    }
                }
                @if faults.len() > FAULTS { p { (Words::new("forms.live-more").with("n", faults.len() - FAULTS).say(lang)) } }
                p.muted { (lang.t("forms.live-what")) }
            }
        }
    }
}

/// The pages that whoever looks may go to.
fn menu(site: &Site, here: &str) -> Markup {
    let lang = site.lang;
    let errand = site.entrance.holder.is_some();
    let open = |page: &&pages::Page| {
        // One report is no list of them.
        page.right.is_none_or(|right| site.actor.may(right)) && !(errand && page.path == "/")
    };
    html! {
        nav aria-label=(lang.t("web.menu")) {
            ul {
                @if let Some(holder) = &site.entrance.holder {
                    li { a href=(by_link::own_report(holder)) aria-current=[(here == "/").then_some("page")] { (lang.t("link.own-report")) } }
                }
                @for page in pages::ALL.iter().filter(open) {
                    @if let Some(word) = page.menu {
                        li { a href=(page.path) aria-current=[(page.path == here).then_some("page")] { (lang.t(word)) } }
                    }
                }
            }
        }
    }
}

/// Who is signed in, with the way out; for strangers the way in.
fn visitor(site: &Site, here: &str) -> Markup {
    let lang = site.lang;
    html! {
        @if let Some(holder) = &site.entrance.holder {
            div.visitor {
                span { (Words::new("link.number").with("number", holder.link.id.to_string()).say(lang)) }
                form method="post" action="/leave" { button.quiet type="submit" { (lang.t("account.leave")) } }
            }
        } @else if let Some(signed) = &site.entrance.signed {
            div.visitor {
                a href="/me" aria-current=[(here == "/me").then_some("page")] { (signed.account.name) }
                form method="post" action="/leave" { button.quiet type="submit" { (lang.t("account.leave")) } }
            }
        } @else if site.actor.role() == Role::Nobody && here != "/enter" && here != by_link::PATH {
            div.visitor { a href="/enter" { (lang.t("account.enter")) } }
        }
    }
}

/// The way from the start to this page: addresses and words, the last without address.
pub(super) fn crumbs(lang: Lang, steps: &[(String, String)], here: &str) -> Markup {
    html! {
        nav.crumbs aria-label=(lang.t("web.crumbs")) {
            ol {
                @for (address, word) in steps { li { a href=(address) { (word) } } }
                li aria-current="page" { (here) }
            }
        }
    }
}

/// An address of this site to go on to, as somebody's form names it; nothing where it leads elsewhere.
pub(super) fn own_address(given: &str) -> Option<&str> {
    let own = given.starts_with('/') && !given.starts_with("//") && !given.contains(['\\', '\r', '\n']);
    own.then_some(given)
}

/// A path of an address, each part made safe.
pub(super) fn address(parts: &[&str]) -> String {
    parts.iter().fold(String::new(), |path, part| path + "/" + encoded(part).as_str())
}

/// How an answer says that it is a file to be saved under a name. The name in both ways of writing it: every browser
/// takes one of them, whatever letters it holds.
pub(super) fn saved_as(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) { c } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encoded(name))
}

/// A text as a part of an address.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

/// A moment as people read it: «22.11.2026, 14:05», in the time zone of the server.
pub(super) fn moment(at: jiff::Timestamp) -> String {
    clock(at.to_zoned(jiff::tz::TimeZone::system()).datetime())
}

/// The same in the time zone of an organisation, if one has been given to it or to one above it.
pub(super) fn moment_at(at: jiff::Timestamp, zone: Option<&str>) -> String {
    clock(at.to_zoned(crate::org::zone::zone(zone)).datetime())
}

/// The same for what a clock of the server's place showed.
pub(super) fn clock(at: jiff::civil::DateTime) -> String {
    format!("{},{NBSP}{:02}:{:02}", crate::text::date(at.date()), at.hour(), at.minute())
}

/// A line that says what has just happened.
pub(super) fn done(said: &str) -> Markup {
    html! { p.box.good role="status" { (said) } }
}

/// What a table is called: by the `id` of its heading, or in words.
pub(super) enum Called<'a> {
    By(&'a str),
    As(&'a str),
}

/// A list as a table that scrolls by itself and stacks on a phone: headings by their keys, rows that are made already.
pub(super) fn listing(called: &Called<'_>, heads: &[&'static str], rows: &Markup, lang: Lang) -> Markup {
    let (by, words) = match called {
        Called::By(id) => (Some(*id), None),
        Called::As(words) => (None, Some(*words)),
    };
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby=[by] aria-label=[words] {
            table.list.stacked {
                thead { tr { @for head in heads { th scope="col" { (lang.t(head)) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// A section that has nothing to show yet and says what to do next.
pub(super) fn empty(title: String, steps: &[Words], lang: Lang) -> Markup {
    html! {
        section.box.quiet {
            h2 { (title) }
            @for step in steps { p { (step.say(lang)) } }
        }
    }
}

//! `/help/reference`: every key, type, period, function and command.

use maud::{Markup, html};
use poem::Response;

use super::manual::document;
use crate::error::Result;
use crate::lang::Lang;
use crate::web::layout::{self, Frame};
use crate::web::reference::{self, Chapter, Entry};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let lang = visit.lang();
    let title = lang.t("reference.title");
    let chapters = reference::chapters(lang);
    let steps = [("/help".to_owned(), lang.t("web.menu-help")), ("/help/forms".to_owned(), lang.t("manual.title"))];
    let body = html! {
        (layout::crumbs(lang, &steps, &title))
        h1 { (title) }
        article.manual {
            (contents(&chapters, lang))
            @for one in &chapters { (chapter(one, lang)) }
        }
    };
    Ok(layout::page(&visit.site, &Frame { title, here: "/help" }, body))
}

fn contents(chapters: &[Chapter], lang: Lang) -> Markup {
    html! {
        nav.toc aria-labelledby="toc" {
            h2 #toc { (lang.t("manual.contents")) }
            ol {
                @for (number, chapter) in chapters.iter().enumerate().filter(|(_, chapter)| !chapter.inner) {
                    @let inner = chapters[number + 1..].iter().take_while(|chapter| chapter.inner);
                    li {
                        a href={ "#" (chapter.id) } { (document::inline(&chapter.title, lang)) }
                        ul { @for one in inner { li { a href={ "#" (one.id) } { (document::inline(&one.title, lang)) } } } }
                    }
                }
            }
        }
    }
}

fn chapter(chapter: &Chapter, lang: Lang) -> Markup {
    html! {
        @if chapter.inner { h3 id=(chapter.id) { (document::inline(&chapter.title, lang)) } }
        @else { h2 id=(chapter.id) { (document::inline(&chapter.title, lang)) } }
        @for said in &chapter.said { p { (document::inline(said, lang)) } }
        @if !chapter.entries.is_empty() { dl.functions { @for one in &chapter.entries { (entry(one, lang)) } } }
    }
}

fn entry(entry: &Entry, lang: Lang) -> Markup {
    html! {
        dt id=(entry.id) {
            code { (entry.term) }
            @if !entry.takes.is_empty() { " " span.takes { (document::inline(&entry.takes, lang)) } }
        }
        dd {
            p { (document::inline(&entry.said, lang)) }
            @if !entry.works.is_empty() { p.works { (entry.works) } }
            @match (&entry.example, &entry.gives) {
                (Some(example), Some(gives)) => p.example { code { (example) } " → " code { (gives) } },
                (Some(example), None) => pre.listing tabindex="0" { code { (example) } },
                (None, _) => {},
            }
        }
    }
}

//! `/help/forms`: how to write a form. The text is a document; its examples, types and functions come from the program.

pub(in crate::web) mod document;
mod examples;
pub(in crate::web) mod lists;

use maud::{Markup, html};
use poem::Response;

use self::document::{Block, Document};
use crate::error::Result;
use crate::lang::Lang;
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let lang = visit.lang();
    let title = lang.t("manual.title");
    let document = Document::of(lang);
    let body = html! {
        (layout::crumbs(lang, &[("/help".to_owned(), lang.t("web.menu-help"))], &title))
        h1 { (title) }
        article.manual {
            (contents(&document, lang))
            @for block in &document.blocks { (shown(block, lang)) }
            p { a href="/help/reference" { (lang.t("reference.open")) } }
        }
    };
    Ok(layout::page(&visit.site, &Frame { title, here: "/help" }, body))
}

fn contents(document: &Document, lang: Lang) -> Markup {
    html! {
        nav.toc aria-labelledby="toc" {
            h2 #toc { (lang.t("manual.contents")) }
            ol { @for (id, title) in document.sections() { li { a href={ "#" (id) } { (document::inline(title, lang)) } } } }
        }
    }
}

fn shown(block: &Block, lang: Lang) -> Markup {
    match block {
        Block::Section(id, title) => html! { h2 id=(id) { (document::inline(title, lang)) } },
        Block::Paragraph(text) => html! { p { (document::inline(text, lang)) } },
        Block::List(items) => html! { ul { @for item in items { li { (document::inline(item, lang)) } } } },
        Block::Code(text) => code(text),
        Block::Insert(what, name) => inserted(what, name, lang).unwrap_or_default(),
    }
}

fn code(text: &str) -> Markup {
    html! { pre.listing tabindex="0" { code { (text) } } }
}

/// What a document asks for by its name; nothing where there is no such thing.
fn inserted(what: &str, name: &str, lang: Lang) -> Option<Markup> {
    Some(match what {
        "example" => code(examples::whole(name)?),
        "part" => code(&examples::part("meals", name)?),
        "faults" => code(&examples::faults(name, lang)?),
        "periods" => lists::periods(lang),
        "kinds" => lists::kinds(lang),
        "functions" => lists::functions(lang),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const BOTH: [Lang; 2] = [Lang::Ru, Lang::En];

    #[test]
    fn everything_that_a_document_asks_for_is_there() {
        for lang in BOTH {
            let mut parts = BTreeSet::new();
            for block in Document::of(lang).blocks {
                if let Block::Insert(what, name) = &block {
                    assert!(inserted(what, name, lang).is_some(), "{}: :::{what} {name}", lang.code());
                    parts.extend((what == "part").then(|| name.clone()));
                }
            }
            assert_eq!(parts, examples::parts("meals"), "{}: parts of the example that are shown", lang.code());
        }
    }

    #[test]
    fn both_languages_have_the_same_sections() {
        let ids = |lang| Document::of(lang).sections().map(|(id, _)| id.to_owned()).collect::<Vec<_>>();
        assert_eq!(ids(Lang::Ru), ids(Lang::En));
        let blocks = |lang| Document::of(lang).blocks.iter().map(std::mem::discriminant).collect::<Vec<_>>();
        assert_eq!(blocks(Lang::Ru).len(), blocks(Lang::En).len(), "paragraphs, lists and examples");
    }

    /// Keys that open the items of lists are keys or words that the form reader knows.
    #[test]
    fn keys_that_are_explained_exist() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/form");
        let mut reader = std::fs::read_to_string(folder.with_file_name("error.rs")).unwrap();
        for inside in [folder.clone(), folder.join("read")] {
            for entry in std::fs::read_dir(inside).unwrap().map(|entry| entry.unwrap().path()) {
                reader += &std::fs::read_to_string(&entry).unwrap_or_default();
            }
        }
        for lang in BOTH {
            let mut explained = 0;
            for block in Document::of(lang).blocks {
                let Block::List(items) = block else { continue };
                for item in items {
                    let Some(key) = item.strip_prefix('`').and_then(|rest| rest.split(['`', ' ']).next()) else {
                        continue;
                    };
                    if key.chars().all(|c| c.is_ascii_lowercase() || c == '_') && key != "svod" {
                        explained += 1;
                        assert!(reader.contains(&format!("\"{key}\"")), "{}: `{key}`", lang.code());
                    }
                }
            }
            assert!(explained > 20, "{explained}");
        }
    }
}

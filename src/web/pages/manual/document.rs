//! The text of a page as an author writes it: sections, paragraphs, lists, listings, and places for what is made.

use maud::{Markup, html};

use crate::lang::Lang;
use crate::text::NBSP;

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) enum Block {
    /// `## Title {#id}`: the id, the title.
    Section(String, String),
    /// Lines up to an empty one.
    Paragraph(String),
    /// Lines that begin with `- `.
    List(Vec<String>),
    /// Lines between two of `` ``` ``.
    Code(String),
    /// `:::what name`.
    Insert(String, String),
}

/// A document.
pub(in crate::web) struct Document {
    pub blocks: Vec<Block>,
}

/// What a section of the page about writing forms says, paragraph by paragraph.
pub(in crate::web) fn section(lang: Lang, id: &str) -> Vec<String> {
    let blocks = Document::of(lang).blocks.into_iter();
    let inside = blocks.skip_while(|block| !matches!(block, Block::Section(known, _) if known == id)).skip(1);
    let inside = inside.take_while(|block| !matches!(block, Block::Section(..)));
    let said = inside.flat_map(|block| match block {
        Block::Paragraph(text) => vec![text],
        Block::List(items) => items,
        _ => Vec::new(),
    });
    said.collect()
}

impl Document {
    /// The page about writing forms.
    pub fn of(lang: Lang) -> Document {
        Document::read(match lang {
            Lang::Ru => include_str!("../../assets/manual/ru.md"),
            Lang::En => include_str!("../../assets/manual/en.md"),
        })
    }

    /// Reads a document.
    pub fn read(text: &str) -> Document {
        let mut blocks = Vec::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(title) = line.strip_prefix("## ") {
                let (title, id) = title.split_once(" {#").unwrap_or((title, ""));
                blocks.push(Block::Section(id.trim_end_matches('}').to_owned(), title.to_owned()));
            } else if let Some(insert) = line.strip_prefix(":::") {
                let (what, name) = insert.split_once(' ').unwrap_or((insert, ""));
                blocks.push(Block::Insert(what.to_owned(), name.to_owned()));
            } else if line.starts_with("```") {
                let code: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
                blocks.push(Block::Code(code.join("\n")));
            } else if let Some(first) = line.strip_prefix("- ") {
                let mut items = vec![first.to_owned()];
                while let Some(item) = lines.next_if(|line| line.starts_with("- ")) {
                    items.push(item[2..].to_owned());
                }
                blocks.push(Block::List(items));
            } else if !line.trim().is_empty() {
                blocks.push(Block::Paragraph(line.to_owned()));
            }
        }
        Document { blocks }
    }

    /// The ids and titles of the sections.
    pub fn sections(&self) -> impl Iterator<Item = (&str, &str)> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Section(id, title) => Some((id.as_str(), title.as_str())),
            _ => None,
        })
    }
}

/// A line with `` `code` `` and `**strong**` in it.
pub(in crate::web) fn inline(text: &str, lang: Lang) -> Markup {
    html! {
        @for (number, piece) in text.split('`').enumerate() {
            @if number % 2 == 1 {
                code { (piece) }
            } @else {
                @for (number, piece) in piece.split("**").enumerate() {
                    @let piece = bound(piece, lang);
                    @if number % 2 == 1 { strong { (piece) } } @else { (piece) }
                }
            }
        }
    }
}

/// Short Russian words stay with the next one, and dashes with the one before.
fn bound(text: &str, lang: Lang) -> String {
    if lang != Lang::Ru {
        return text.to_owned();
    }
    let mut bound = String::with_capacity(text.len());
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        bound.push_str(word);
        let Some(next) = words.peek() else { break };
        let bare = word.trim_start_matches(['(', '«']);
        let short = !bare.is_empty() && bare.chars().count() <= 2 && bare.chars().all(char::is_alphabetic);
        bound.push(if short || next.starts_with('—') { NBSP } else { ' ' });
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read() {
        let text = "Начало.\n\n## Часть {#part}\n\n- а\n- б\n\n```\nx = 1\n\ny = 2\n```\n\n:::part head\n:::kinds\n";
        let owned = |text: &str| text.to_owned();
        let expected = [
            Block::Paragraph(owned("Начало.")),
            Block::Section(owned("part"), owned("Часть")),
            Block::List(vec![owned("а"), owned("б")]),
            Block::Code(owned("x = 1\n\ny = 2")),
            Block::Insert(owned("part"), owned("head")),
            Block::Insert(owned("kinds"), owned("")),
        ];
        assert_eq!(Document::read(text).blocks, expected);
    }

    #[test]
    fn lines_are_marked_up_and_bound() {
        let shown = inline("а **в б** — `<x>` и", Lang::Ru).into_string();
        assert_eq!(shown, "а\u{a0}<strong>в\u{a0}б</strong>\u{a0}— <code>&lt;x&gt;</code> и");
    }
}

//! Notes with Markdown: paragraphs, lists, emphasis, links to pages and addresses of mail. HTML is shown as text.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{CowStr, Event, LinkType, Parser, Tag, TagEnd, html};

/// A note as a page shows it.
pub(super) fn shown(text: &str) -> Markup {
    let mut written = String::with_capacity(text.len() * 2);
    html::push_html(&mut written, Parser::new(text).filter_map(safe));
    PreEscaped(written)
}

/// What of a note is shown, and how. Images become their texts, headings paragraphs: the page has its own.
fn safe(event: Event<'_>) -> Option<Event<'_>> {
    Some(match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::SoftBreak => Event::HardBreak,
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url =
                if link_type == LinkType::Email || is_safe(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        Event::Start(Tag::Heading { .. }) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Image { .. } | Tag::HtmlBlock) | Event::End(TagEnd::Image | TagEnd::HtmlBlock) => {
            return None;
        }
        other => other,
    })
}

fn is_safe(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn markup_is_shown_and_nothing_else_is_let_through() {
        for (text, html) in [
            ("Просто текст", "<p>Просто текст</p>\n"),
            ("Строка\nи другая", "<p>Строка<br />\nи другая</p>\n"),
            ("**важно** и *нужно*", "<p><strong>важно</strong> и <em>нужно</em></p>\n"),
            ("- раз\n- два", "<ul>\n<li>раз</li>\n<li>два</li>\n</ul>\n"),
            ("[школа](https://school.ru)", "<p><a href=\"https://school.ru\">школа</a></p>\n"),
            ("<a@school.ru>", "<p><a href=\"mailto:a@school.ru\">a@school.ru</a></p>\n"),
            ("[школа](javascript:alert(1))", "<p><a href=\"#\">школа</a></p>\n"),
            ("[x](JavaScript:alert)", "<p><a href=\"#\">x</a></p>\n"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("да <b onclick='x'>нет</b>", "<p>да &lt;b onclick='x'&gt;нет&lt;/b&gt;</p>\n"),
            ("![кот](https://x.ru/cat.png)", "<p>кот</p>\n"),
            ("# Заголовок", "<p>Заголовок</p>\n"),
        ] {
            assert_eq!(shown(text).into_string(), html, "{text}");
        }
    }
}

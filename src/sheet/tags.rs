//! A tolerant scanner of markup: real spreadsheets in XML and HTML are often not well formed, and are read all the same.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use memchr::{memchr, memchr2, memmem};

/// One piece of markup.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    /// Text between tags, still with its references (`&lt;`).
    Text(&'a str),
    /// Text that stands for itself (`<![CDATA[…]]>`).
    Literal(&'a str),
    /// An element begins, and ends at once if `empty`.
    Open { tag: Tag<'a>, empty: bool },
    /// An element ends; its name without a prefix.
    Close(&'a str),
}

/// The beginning of an element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tag<'a> {
    /// The name without a prefix (`Cell` of `ss:Cell`).
    pub(super) name: &'a str,
    attributes: &'a str,
}

impl<'a> Piece<'a> {
    /// The piece of a whole closing tag, `</…>`.
    pub(super) fn close(tag: &'a str) -> Piece<'a> {
        Piece::Close(local(tag[2..].trim_end_matches('>').trim()))
    }
}

/// Scans markup piece by piece, never failing: what is no tag is text.
pub(super) struct Tags<'a> {
    left: &'a str,
}

impl<'a> Tags<'a> {
    /// A scanner at the start of a text.
    pub(super) fn new(text: &'a str) -> Tags<'a> {
        Tags { left: text }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, left) = self.left.split_at(length);
        self.left = left;
        taken
    }

    /// What follows `<!` or `<?`: nothing is told of comments, declarations and instructions.
    fn special(&mut self) -> Option<Piece<'a>> {
        for (opening, closing) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", ">"), ("<!", ">")] {
            if let Some(rest) = self.left.strip_prefix(opening) {
                let end = memmem::find(rest.as_bytes(), closing.as_bytes()).unwrap_or(rest.len());
                let content = &rest[..end];
                self.left = rest.get(end + closing.len()..).unwrap_or_default();
                return (opening == "<![CDATA[").then_some(Piece::Literal(content));
            }
        }
        None
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let bytes = self.left.as_bytes();
            match bytes {
                [] => return None,
                [b'<', b'!' | b'?', ..] => {
                    if let Some(piece) = self.special() {
                        return Some(piece);
                    }
                }
                [b'<', b'/', ..] => {
                    let end = memchr(b'>', bytes).map_or(bytes.len(), |at| at + 1);
                    return Some(Piece::close(self.take(end)));
                }
                [b'<', next, ..] if next.is_ascii_alphabetic() => {
                    let end = tag_end(bytes).unwrap_or(bytes.len());
                    return Some(opened(self.take(end)));
                }
                _ => {
                    let end = memchr(b'<', &bytes[1..]).map_or(bytes.len(), |at| at + 1);
                    return Some(Piece::Text(self.take(end)));
                }
            }
        }
    }
}

/// Where a tag ends: after the `>` that is in no quotation marks, or, where those are unbalanced, after any.
pub(super) fn tag_end(bytes: &[u8]) -> Option<usize> {
    let any = |from: usize| memchr(b'>', &bytes[from..]).map(|at| from + at + 1);
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return Some(at + 1),
            quote @ (b'"' | b'\'') => match memchr2(*quote, b'<', &bytes[at + 1..]) {
                Some(close) if bytes[at + 1 + close] == *quote => at += close + 1,
                Some(_) => return any(at),
                None => return None,
            },
            _ => {}
        }
        at += 1;
    }
    None
}

/// The piece of a whole opening tag, `<…>`.
pub(super) fn opened(tag: &str) -> Piece<'_> {
    let inside = tag[1..].trim_end_matches('>');
    let empty = inside.ends_with('/');
    let inside = inside.trim_end_matches('/');
    let (name, attributes) = split(inside, |byte| byte == b'/' || byte.is_ascii_whitespace());
    Piece::Open { tag: Tag { name: local(name), attributes }, empty }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    memchr(b':', name.as_bytes()).map_or(name, |at| &name[at + 1..])
}

impl<'a> Tag<'a> {
    /// Whether this is the element of that name, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value of an attribute, by its name without a prefix, in any case.
    pub(super) fn attribute(&self, wanted: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|(name, _)| local(name).eq_ignore_ascii_case(wanted)).map(|(_, value)| unescape(value))
    }

    /// The value of an attribute by its whole name.
    pub(super) fn exactly(&self, wanted: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|(name, _)| *name == wanted).map(|(_, value)| unescape(value))
    }

    /// A whole number in an attribute.
    pub(super) fn count(&self, wanted: &str) -> Option<u32> {
        let value = self.attribute(wanted)?;
        let value = value.trim();
        let digits = value.bytes().take_while(u8::is_ascii_digit).count();
        (digits > 0).then(|| value[..digits].parse().unwrap_or(u32::MAX))
    }

    /// The attributes with their names and their values as written.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut left = self.attributes;
        std::iter::from_fn(move || {
            left = left.trim_ascii_start().trim_start_matches('/').trim_ascii_start();
            if left.is_empty() {
                return None;
            }
            let (name, rest) = split(left, |byte| byte == b'=' || byte.is_ascii_whitespace());
            let Some(rest) = rest.trim_ascii_start().strip_prefix('=').map(str::trim_ascii_start) else {
                left = rest;
                return Some((name, ""));
            };
            let (value, rest) = match rest.as_bytes().first() {
                Some(quote @ (b'"' | b'\'')) => {
                    let (value, rest) = split(&rest[1..], |byte| byte == *quote);
                    (value, rest.get(1..).unwrap_or_default())
                }
                _ => split(rest, |byte| byte.is_ascii_whitespace()),
            };
            left = rest;
            Some((name, value))
        })
    }
}

/// A text before and from the first byte, an ASCII one, at which it is to be split.
fn split(text: &str, at: impl Fn(u8) -> bool) -> (&str, &str) {
    text.split_at(text.bytes().position(at).unwrap_or(text.len()))
}

/// References that spreadsheets write by name.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("hellip", '…'),
    ("sect", '§'),
    ("deg", '°'),
    ("copy", '©'),
];

/// A text with its references resolved; numeric ones may lack their semicolon, unknown ones stay as they are.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut said = String::with_capacity(text.len());
    let mut left = text;
    while let Some(at) = left.find('&') {
        said.push_str(&left[..at]);
        left = &left[at + 1..];
        match reference(left) {
            Some((c, length)) => {
                said.push(c);
                left = &left[length..];
            }
            None => said.push('&'),
        }
    }
    said.push_str(left);
    Cow::Owned(said)
}

/// The character of a reference whose `&` was read, and how many bytes the rest of it takes.
fn reference(left: &str) -> Option<(char, usize)> {
    let Some(number) = left.strip_prefix('#') else {
        let end = left.bytes().take(10).position(|byte| byte == b';')?;
        return NAMED.iter().find(|(name, _)| *name == &left[..end]).map(|(_, c)| (*c, end + 1));
    };
    let (digits, radix) = number.strip_prefix(['x', 'X']).map_or((number, 10), |hex| (hex, 16));
    let length = digits.bytes().take(8).take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let code = u32::from_str_radix(&digits[..length], radix).ok()?;
    let semicolon = usize::from(digits[length..].starts_with(';'));
    Some((character(code)?, left.len() - digits.len() + length + semicolon))
}

/// The character of a number; those of the C1 range are meant as Windows-1252, as browsers read them.
fn character(code: u32) -> Option<char> {
    match u8::try_from(code) {
        Ok(byte @ 0x80..=0x9f) => WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next(),
        _ => char::from_u32(code).filter(|c| *c != '\0'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_that_is_not_well_formed_is_scanned() {
        let markup =
            "<?xml?><!-- <a> --><ss:Cell ss:Index=\"2\" x:n='>' b=3/>&#48&#52 < 5<b></B ><![CDATA[<&]]><t a=\"1><u";
        let names: Vec<String> = Tags::new(markup)
            .map(|piece| match piece {
                Piece::Text(text) => unescape(text).into_owned(),
                Piece::Literal(text) => format!("={text}"),
                Piece::Open { tag, empty } => format!("<{}{}", tag.name, if empty { "/" } else { "" }),
                Piece::Close(name) => format!("/{name}"),
            })
            .collect();
        assert_eq!(names, ["<Cell/", "04 ", "< 5", "<b", "/B", "=<&", "<t", "<u"]);
    }

    #[test]
    fn attributes_are_found_by_their_local_names() {
        let Some(Piece::Open { tag, .. }) = Tags::new("<Cell ss:Index = \"12\" checked A='x &amp; y' b=z>").next()
        else {
            panic!("no tag");
        };
        assert_eq!(tag.count("index"), Some(12));
        assert_eq!(tag.attribute("a").as_deref(), Some("x & y"));
        assert_eq!(tag.attribute("checked").as_deref(), Some(""));
        assert_eq!(tag.attribute("b").as_deref(), Some("z"));
        assert_eq!(tag.attribute("c"), None);
    }

    #[test]
    fn references_are_resolved() {
        for (text, said) in [
            ("&#1050;&#1086;&#1076", "Код"),
            ("&#48&#52", "04"),
            ("&laquo;&#x42F;&raquo; &#150; R&D &nbsp;&unknown; &#99999999;", "«Я» – R&D \u{a0}&unknown; &#99999999;"),
        ] {
            assert_eq!(unescape(text), said);
        }
    }
}

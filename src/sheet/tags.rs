//! A tolerant scanner of markup: real spreadsheets in XML and HTML are often not well formed, and are read all the same.

use std::borrow::Cow;
use std::io::BufRead;

use encoding_rs::WINDOWS_1252;
use memchr::{memchr, memchr2, memmem};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::refusal::Refusal;

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
                    return Some(Piece::Close(local(self.take(end)[2..].trim_end_matches('>').trim())));
                }
                [b'<', next, ..] if next.is_ascii_alphabetic() => {
                    let end = tag_end(bytes);
                    return Some(open(self.take(end)));
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
fn tag_end(bytes: &[u8]) -> usize {
    let any = |from: usize| memchr(b'>', &bytes[from..]).map_or(bytes.len(), |at| from + at + 1);
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return at + 1,
            quote @ (b'"' | b'\'') => match memchr2(*quote, b'<', &bytes[at + 1..]) {
                Some(close) if bytes[at + 1 + close] == *quote => at += close + 1,
                _ => return any(at),
            },
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn open(tag: &str) -> Piece<'_> {
    let inside = tag[1..].trim_end_matches('>');
    let empty = inside.ends_with('/');
    let inside = inside.trim_end_matches('/');
    let end = inside.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inside.len());
    Piece::Open { tag: Tag { name: local(&inside[..end]), attributes: &inside[end..] }, empty }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Takes XML piece by piece from a stream, holding only one piece at a time.
///
/// # Errors
///
/// The stream breaks off or is no XML, or `take` does not want to go on.
pub(super) fn stream(xml: impl BufRead, mut take: impl FnMut(Piece) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let mut reader = Reader::from_reader(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| Refusal::Damaged)? {
            Event::Start(start) => take(Piece::Open { tag: Tag::of(&start), empty: false })?,
            Event::Empty(start) => take(Piece::Open { tag: Tag::of(&start), empty: true })?,
            Event::End(end) => take(Piece::Close(end.local_name().as_ref()))?,
            Event::Text(text) => take(Piece::Text(&text))?,
            Event::CData(text) => take(Piece::Literal(&text))?,
            Event::GeneralRef(name) => take(Piece::Text(&format!("&{};", &*name)))?,
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

impl<'a> Tag<'a> {
    fn of(start: &'a BytesStart) -> Tag<'a> {
        Tag { name: local(start.name().into_inner()), attributes: start.attributes_raw() }
    }

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

    fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut left = self.attributes;
        std::iter::from_fn(move || {
            left = left.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = left.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(left.len());
            let (name, rest) = left.split_at(end);
            if left.is_empty() {
                return None;
            }
            let Some(rest) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
                left = rest;
                return Some((name, ""));
            };
            let (value, rest) = match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => rest[1..].split_once(quote).unwrap_or((&rest[1..], "")),
                _ => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
            };
            left = rest;
            Some((name, value))
        })
    }
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

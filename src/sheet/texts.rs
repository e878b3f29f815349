//! The texts that cells of a workbook share, end to end in one string.

use std::io::Read;

use super::grid::LONGEST;
use super::refusal::Refusal;
use super::stream::Stream;
use super::tags::{Piece, unescape};

/// All of them together, in bytes.
const LARGEST: usize = 96 << 20;

/// Texts by their numbers.
#[derive(Default)]
pub(super) struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Reads the part that holds them.
    ///
    /// # Errors
    ///
    /// It is damaged, or too large.
    pub(super) fn read(part: impl Read) -> Result<Texts, Refusal> {
        let mut xml = Stream::new(part);
        let mut texts = Texts::default();
        while let Some(piece) = xml.next()? {
            if let Piece::Open { tag, empty } = piece
                && tag.name == "si"
            {
                if !empty {
                    collect(&mut xml, "si", &mut texts.all)?;
                }
                texts.end()?;
            }
        }
        Ok(texts)
    }

    /// Adds a text.
    ///
    /// # Errors
    ///
    /// There are too many.
    pub(super) fn push(&mut self, text: &str) -> Result<(), Refusal> {
        self.all.push_str(text);
        self.end()
    }

    fn end(&mut self) -> Result<(), Refusal> {
        let end = u32::try_from(self.all.len()).ok().filter(|end| *end as usize <= LARGEST);
        self.ends.push(end.ok_or(Refusal::TooManyCells)?);
        Ok(())
    }

    /// A text by its number from 0.
    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)? as usize;
        let start = if number == 0 { 0 } else { *self.ends.get(number - 1)? as usize };
        self.all.get(start..end)
    }
}

/// Collects the text of an element that was opened: plain or of several runs, without its phonetic reading.
///
/// # Errors
///
/// The stream is damaged.
pub(super) fn collect<R: Read>(xml: &mut Stream<R>, element: &str, said: &mut String) -> Result<(), Refusal> {
    let (mut shown, mut phonetic) = (false, false);
    let start = said.len();
    loop {
        match xml.next()?.ok_or(Refusal::Damaged)? {
            Piece::Open { tag, empty: false } if tag.name == "t" => shown = !phonetic,
            Piece::Open { tag, empty: false } if tag.name == "rPh" => phonetic = true,
            Piece::Close("t") => shown = false,
            Piece::Close("rPh") => phonetic = false,
            Piece::Close(name) if name == element => break,
            Piece::Text(text) if shown => said.push_str(&unescape(text)),
            Piece::Literal(text) if shown => said.push_str(text),
            _ => {}
        }
        if said.len() - start > LONGEST {
            return Err(Refusal::Bomb);
        }
    }
    if said[start..].contains("_x") {
        let plain = without_escapes(&said[start..]);
        said.truncate(start);
        said.push_str(&plain);
    }
    Ok(())
}

/// A text with Excel's own escapes resolved: `_x000D_` is a line break (ECMA-376, 22.4.2.4).
pub(super) fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut left = text;
    while let Some(at) = left.find("_x") {
        plain.push_str(&left[..at]);
        left = &left[at..];
        let code = left.get(2..6).filter(|_| left.as_bytes().get(6) == Some(&b'_'));
        let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                plain.push(c);
                left = &left[7..];
            }
            None => {
                plain.push_str("_x");
                left = &left[2..];
            }
        }
    }
    plain.push_str(left);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_by_their_numbers() {
        let part = "<sst uniqueCount='99999999999'><si><t>Код</t></si><si/><si><r><t xml:space='preserve'>МБ</t></r><r>\
                    <rPr/><t>ОУ &amp; _x000D_\n_x_</t></r><rPh><t>x</t></rPh></si></sst>";
        let texts = Texts::read(part.as_bytes()).unwrap();
        let all: Vec<Option<&str>> = (0..4).map(|number| texts.get(number)).collect();
        assert_eq!(all, [Some("Код"), Some(""), Some("МБОУ & \r\n_x_"), None]);
        assert!(Texts::read(&b"<sst><si><t>a"[..]).is_err());
    }
}

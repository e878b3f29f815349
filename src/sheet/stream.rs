//! XML from a stream, piece by piece, with no more than one piece in memory and none of them long.

use std::io::Read;

use memchr::{memchr, memmem};

use super::refusal::Refusal;
use super::tags::{Piece, opened, tag_end};

/// The longest piece (a text, a tag, a comment) that is let through: a cell holds at most 32 767 characters.
const LONGEST: usize = 1 << 20;
/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// XML being read.
pub(super) struct Stream<R> {
    from: R,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
}

/// What a piece is, by its first bytes.
#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Text,
    Tag,
    Close,
    Comment,
    Literal,
    Instruction,
}

impl<R: Read> Stream<R> {
    /// A stream at its start; a byte order mark is left out.
    pub(super) fn new(from: R) -> Stream<R> {
        Stream { from, buffer: Vec::new(), start: 0, ended: false }
    }

    /// The next piece, or nothing at the end.
    ///
    /// # Errors
    ///
    /// The stream breaks off within a piece, is no XML in UTF-8, declares a document type (which workbooks never
    /// do), or has a piece that is too long.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'_>>, Refusal> {
        loop {
            let Some((sort, length)) = self.find()? else { return Ok(None) };
            let from = self.start;
            self.start += length;
            let mark = self.buffer[from..self.start] == *"\u{feff}".as_bytes();
            if mark || matches!(sort, Sort::Comment | Sort::Instruction) {
                continue;
            }
            let text = std::str::from_utf8(&self.buffer[from..from + length]).map_err(|_| Refusal::Damaged)?;
            return Ok(Some(match sort {
                Sort::Tag => opened(text),
                Sort::Close => Piece::close(text),
                Sort::Literal => Piece::Literal(&text[9..length - 3]),
                Sort::Text | Sort::Comment | Sort::Instruction => Piece::Text(text),
            }));
        }
    }

    /// Finds the end of the next piece, reading on until it is there.
    fn find(&mut self) -> Result<Option<(Sort, usize)>, Refusal> {
        loop {
            let left = &self.buffer[self.start..];
            // Nine bytes tell every beginning from every other.
            if left.len() >= 9 || self.ended {
                if left.is_empty() {
                    return Ok(None);
                }
                let sort = sort(left)?;
                if let Some(length) = length(sort, left) {
                    return Ok(Some((sort, length)));
                }
                if self.ended {
                    let last = left.len();
                    return if sort == Sort::Text { Ok(Some((sort, last))) } else { Err(Refusal::Damaged) };
                }
            }
            self.read_on()?;
        }
    }

    fn read_on(&mut self) -> Result<(), Refusal> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let held = self.buffer.len();
        if held > LONGEST {
            return Err(Refusal::Bomb);
        }
        self.buffer.resize(held + held.max(CHUNK), 0);
        let read = self.from.read(&mut self.buffer[held..]);
        self.buffer.truncate(held + read.as_ref().copied().unwrap_or(0));
        match read {
            Ok(0) => self.ended = true,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Refusal::of_reading(&error)),
        }
        Ok(())
    }
}

fn sort(left: &[u8]) -> Result<Sort, Refusal> {
    Ok(match left {
        [b'<', b'/', ..] => Sort::Close,
        [b'<', b'?', ..] => Sort::Instruction,
        [b'<', b'!', b'-', b'-', ..] => Sort::Comment,
        _ if left.starts_with(b"<![CDATA[") => Sort::Literal,
        [b'<', next, ..] if next.is_ascii_alphabetic() || *next == b'_' || *next >= 0x80 => Sort::Tag,
        [b'<', ..] => return Err(Refusal::Damaged),
        _ => Sort::Text,
    })
}

/// How long a piece is, if its end is there.
fn length(sort: Sort, left: &[u8]) -> Option<usize> {
    let until = |mark: &[u8], from: usize| memmem::find(left.get(from..)?, mark).map(|at| from + at + mark.len());
    match sort {
        Sort::Text => memchr(b'<', left),
        Sort::Tag => tag_end(left),
        Sort::Close | Sort::Instruction => memchr(b'>', left).map(|at| at + 1),
        Sort::Comment => until(b"-->", 4),
        Sort::Literal => until(b"]]>", 9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::tags::unescape;

    /// Gives one byte at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let n = self.0.len().min(1).min(buffer.len());
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn pieces(from: impl Read) -> Result<Vec<String>, Refusal> {
        let mut stream = Stream::new(from);
        let mut said = Vec::new();
        while let Some(piece) = stream.next()? {
            said.push(match piece {
                Piece::Text(text) => unescape(text).into_owned(),
                Piece::Literal(text) => format!("={text}"),
                Piece::Open { tag, empty } => format!("<{}{}", tag.name, if empty { "/" } else { "" }),
                Piece::Close(name) => format!("/{name}"),
            });
        }
        Ok(said)
    }

    #[test]
    fn pieces_come_whole_however_the_stream_is_cut() {
        let xml =
            "\u{feff}<?xml version=\"1.0\"?><!-- <x> --><x:c r='>' s=\"1\"><v>Я &amp; 1</v><e/><![CDATA[<&]]></x:c > ";
        let expected = ["<c", "<v", "Я & 1", "/v", "<e/", "=<&", "/c", " "];
        assert_eq!(pieces(xml.as_bytes()).unwrap(), expected);
        assert_eq!(pieces(Drip(xml.as_bytes())).unwrap(), expected);
    }

    #[test]
    fn what_no_workbook_has_is_refused() {
        let long = "<>".repeat(LONGEST);
        for (xml, refusal) in [
            (format!("<a>{}", " ".repeat(3 * LONGEST)), Refusal::Bomb),
            (format!("<!--{long}-->"), Refusal::Bomb),
            (format!("<![CDATA[{long}]]>"), Refusal::Bomb),
            (format!("<a b='{}'/>", long.replace('<', "x")), Refusal::Bomb),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a/>".to_owned(), Refusal::Damaged),
            ("<a".to_owned(), Refusal::Damaged),
            ("<a>< b</a>".to_owned(), Refusal::Damaged),
        ] {
            assert_eq!(pieces(xml.as_bytes()), Err(refusal), "{}", &xml[..40.min(xml.len())]);
        }
    }
}

//! Watches markup go by and says when a reader would have to hold too much of it at once.

use memchr::{memchr, memchr3};

/// The longest single piece (a text, a tag, a comment) that is let through: cells hold at most 32 767 characters.
const LONGEST: usize = 4 << 20;
/// The deepest nesting of elements that is let through; sheets need six.
const DEEPEST: usize = 1_000;

/// A watch over one part, fed piece by piece.
pub(super) struct Watch {
    state: State,
    run: usize,
    depth: usize,
    slash: bool,
    last: [u8; 2],
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Text,
    Open,
    Tag,
    Quoted(u8),
    Bang,
    Comment,
    Data,
    Instruction,
}

impl Watch {
    /// A watch at the start of a part.
    pub(super) fn new() -> Watch {
        Watch { state: State::Text, run: 0, depth: 0, slash: false, last: [0; 2] }
    }

    /// Takes the next bytes; false when a piece is too long, elements nest too deep, or a document type is declared.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> bool {
        while let Some(step) = self.step(bytes) {
            if self.run > LONGEST || self.depth > DEEPEST {
                return false;
            }
            bytes = &bytes[step..];
            if bytes.is_empty() {
                return true;
            }
        }
        bytes.is_empty()
    }

    /// Goes to the next byte that matters and over it; how many bytes that was. None: a document type.
    fn step(&mut self, bytes: &[u8]) -> Option<usize> {
        let found = match self.state {
            State::Text => memchr(b'<', bytes),
            State::Open | State::Bang => (!bytes.is_empty()).then_some(0),
            State::Tag => memchr3(b'>', b'"', b'\'', bytes),
            State::Quoted(quote) => memchr(quote, bytes),
            State::Comment | State::Data | State::Instruction => memchr(b'>', bytes),
        };
        let Some(at) = found else {
            self.pass(bytes);
            return Some(bytes.len());
        };
        self.pass(&bytes[..at]);
        let byte = bytes[at];
        let next = self.after(byte)?;
        self.run = if next == State::Text || self.state == State::Text { 0 } else { self.run + 1 };
        self.last = [self.last[1], byte];
        self.state = next;
        Some(at + 1)
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.run += bytes.len();
        match bytes {
            [] => {}
            [one] => self.last = [self.last[1], *one],
            [.., before, one] => self.last = [*before, *one],
        }
    }

    /// The state after a byte that matters.
    fn after(&mut self, byte: u8) -> Option<State> {
        Some(match (self.state, byte) {
            (State::Text, _) => State::Open,
            (State::Open, b'!') => State::Bang,
            (State::Open, b'?') => State::Instruction,
            (State::Open, b'>') => State::Text,
            (State::Open, byte) => {
                self.slash = byte == b'/';
                State::Tag
            }
            (State::Bang, b'-') => State::Comment,
            (State::Bang, b'[') => State::Data,
            (State::Bang, _) => return None,
            (State::Tag, b'>') => {
                self.close();
                State::Text
            }
            (State::Tag, quote) => State::Quoted(quote),
            (State::Quoted(_), _) => State::Tag,
            (State::Comment, _) => ends(self.last == *b"--", State::Comment),
            (State::Data, _) => ends(self.last == *b"]]", State::Data),
            (State::Instruction, _) => ends(self.last[1] == b'?', State::Instruction),
        })
    }

    fn close(&mut self) {
        if self.slash {
            self.depth = self.depth.saturating_sub(1);
        } else if self.last[1] != b'/' {
            self.depth += 1;
        }
    }
}

fn ends(ended: bool, state: State) -> State {
    if ended { State::Text } else { state }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(markup: &str) -> bool {
        [1, 3, 65_536].iter().all(|size| {
            let mut watch = Watch::new();
            markup.as_bytes().chunks(*size).all(|chunk| watch.feed(chunk))
        })
    }

    #[test]
    fn long_pieces_and_deep_nesting_do_not_pass() {
        let long = "<>".repeat(LONGEST / 2 + 10);
        for (markup, passed) in [
            ("<?xml version=\"1.0\"?><a b=\"<\"><!-- > -- --><c/><![CDATA[<<]]></a>".repeat(2000), true),
            (format!("<a>{}</a>", "x".repeat(LONGEST + 1)), false),
            (format!("<!--{long}-->"), false),
            (format!("<![CDATA[{long}]]>"), false),
            (format!("<a b='{long}'/>"), false),
            ("<a>".repeat(DEEPEST + 1), false),
            ("<a></a><b/>".repeat(DEEPEST + 1), true),
            ("<!DOCTYPE a>".to_owned(), false),
        ] {
            assert_eq!(passes(&markup), passed, "{}", &markup[..60.min(markup.len())]);
        }
    }
}

//! A text that was rewritten, and where each of its bytes came from.

use crate::expr::Span;

/// A rewritten text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Mapped {
    /// The text as it is now.
    pub text: String,
    /// For each byte, the byte of the original text that it stands for.
    origins: Vec<usize>,
}

impl Mapped {
    /// A stretch of the original text as it is.
    pub fn slice(original: &str, span: Span) -> Mapped {
        let text = original.get(span.start..span.end).unwrap_or_default().to_owned();
        let origins = (span.start..span.start + text.len()).collect();
        Mapped { text, origins }
    }

    /// Adds a stretch of another rewritten text.
    pub fn push_part(&mut self, other: &Mapped, span: Span) {
        self.text.push_str(&other.text[span.start..span.end]);
        self.origins.extend_from_slice(&other.origins[span.start..span.end]);
    }

    /// Adds another rewritten text.
    pub fn push(&mut self, other: &Mapped) {
        self.text.push_str(&other.text);
        self.origins.extend_from_slice(&other.origins);
    }

    /// Adds new text that stands for a byte of the original.
    pub fn push_new(&mut self, text: &str, origin: usize) {
        self.text.push_str(text);
        self.origins.extend(std::iter::repeat_n(origin, text.len()));
    }

    /// New text that stands for a byte of the original.
    pub fn new(text: &str, origin: usize) -> Mapped {
        let mut mapped = Mapped::default();
        mapped.push_new(text, origin);
        mapped
    }

    /// The same between two new texts.
    pub fn between(self, before: &str, after: &str) -> Mapped {
        let (first, last) = (self.origin(0), self.origin(self.text.len().saturating_sub(1)));
        let mut mapped = Mapped::new(before, first);
        mapped.push(&self);
        mapped.push_new(after, last);
        mapped
    }

    /// The byte of the original that a byte stands for.
    pub fn origin(&self, at: usize) -> usize {
        self.origins.get(at).or(self.origins.last()).copied().unwrap_or(0)
    }
}

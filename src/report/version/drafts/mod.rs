//! Forms that somebody works on: one text a form, kept in the data file until it is published.

pub mod actions;
pub mod store;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The longest text that a page takes, in bytes.
pub const LONGEST: usize = 1 << 20;

/// A text that somebody works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The form's id.
    pub form: String,
    /// The text; it need not be a form yet.
    pub source: String,
    /// When it was saved last.
    pub at: Timestamp,
    /// Who saved it.
    pub who: String,
}

/// What tells a text from any other.
pub fn mark(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What became of a text that was to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is the draft.
    Saved,
    /// Somebody has saved another text meanwhile.
    Contested(Draft),
    /// Somebody has thrown the draft away meanwhile, or published it.
    Gone,
}

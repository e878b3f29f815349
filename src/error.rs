//! One kind of fault for everything that people get wrong, and one error for everything that we do.

use crate::lang::{Lang, Words};

/// How much a fault matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Blocks: the report is not sent, the form is not published, the cell is not imported.
    Error,
    /// Wants an explanation that travels up with the figures.
    Warning,
    /// Only tells.
    Note,
}

impl Severity {
    /// The word used in form files and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Where a fault is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A place in a text file: line and column count from 1, columns in characters.
    Line {
        /// The file's name as the person gave it.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// An answer, by its path (`results/oge_math_9/failed`).
    Answer(String),
    /// A cell of a workbook; row and column count from 0.
    Cell {
        /// The sheet's name.
        sheet: String,
        /// Row, from 0.
        row: u32,
        /// Column, from 0.
        column: u32,
    },
    /// A file as a whole.
    File(String),
    /// A field of a web form or of an API document, or an argument of a command.
    Field(String),
    /// A stretch of an expression given by itself, in bytes.
    Span {
        /// The first byte.
        start: usize,
        /// The byte after the last.
        end: usize,
    },
    /// The input as a whole.
    Whole,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Line { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Place::Answer(path) | Place::Field(path) | Place::File(path) => write!(f, "{path}"),
            Place::Cell { sheet, row, column } => write!(f, "{}", cell_address(sheet, *row, *column)),
            Place::Span { start, .. } => write!(f, "{}", start + 1),
            Place::Whole => Ok(()),
        }
    }
}

/// A cell's address as people write it: `Лист!C17`; row and column count from 0.
pub fn cell_address(sheet: &str, row: u32, column: u32) -> String {
    format!("{sheet}!{}{}", column_letters(column), u64::from(row) + 1)
}

/// The letters of a workbook column: 0 is `A`, 26 is `AA`.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = u64::from(column) + 1;
    while left > 0 {
        left -= 1;
        letters.push(b'A' + u8::try_from(left % 26).unwrap_or(0));
        left /= 26;
    }
    letters.reverse();
    String::from_utf8(letters).unwrap_or_default()
}

/// Something wrong in what a person gave, said so that they can mend it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Where.
    pub at: Place,
    /// How much it matters.
    pub severity: Severity,
    /// The stable code (`range`, `unknown-key`, …).
    pub code: &'static str,
    /// The name of the check that failed, if the form gives one.
    pub name: Option<String>,
    /// What is wrong and what was expected.
    pub message: Words,
    /// How to mend it, if that is more than the message says.
    pub hint: Option<Words>,
}

impl Fault {
    /// An error.
    pub fn error(at: Place, code: &'static str, message: Words) -> Self {
        Fault { at, severity: Severity::Error, code, name: None, message, hint: None }
    }

    /// The same fault with another weight.
    pub fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same fault with a hint how to mend it.
    pub fn hinting(mut self, hint: Option<Words>) -> Self {
        self.hint = hint;
        self
    }

    /// Whether it blocks.
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The message and its hint as one text.
    pub fn say(&self, lang: Lang) -> String {
        match &self.hint {
            Some(hint) => format!("{} {}", self.message.say(lang), hint.say(lang)),
            None => self.message.say(lang),
        }
    }
}

/// Why an action did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the person gave is wrong: every fault of it.
    #[error("{} fault(s) in the input", .0.len())]
    Faults(Vec<Fault>),
    /// There is no such thing, or the actor may not know that there is.
    #[error("not found")]
    NotFound(Words),
    /// The actor may not do this.
    #[error("not allowed")]
    Denied(Words),
    /// Nobody has signed in.
    #[error("not signed in")]
    Stranger,
    /// The data file refused: busy, full, read-only, damaged.
    #[error("data file: {}", .0.say(Lang::En))]
    Data(Words),
    /// Reading or writing a file failed.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A fault of ours.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// Whether the data file refused because the disk has no room: nothing but room is needed to go on.
    pub fn is_full(&self) -> bool {
        matches!(self, Error::Data(words) if words.key() == "db.full")
    }

    /// What happened, as a sentence for the person at the machine.
    pub fn words(&self) -> Words {
        match self {
            Error::NotFound(words) | Error::Denied(words) => words.clone(),
            Error::Stranger => Words::new("access.stranger"),
            Error::Data(detail) => Words::new("cli.data").with("detail", detail.clone()),
            Error::File { path, source } => {
                Words::new("cli.file").with("path", path).with("detail", file_words(source))
            }
            Error::Internal(detail) => Words::new("cli.internal").with("detail", detail),
            Error::Faults(faults) => faults.first().map_or_else(|| Words::literal(""), |fault| fault.message.clone()),
        }
    }

    /// One fault as an error.
    pub fn fault(fault: Fault) -> Self {
        Error::Faults(vec![fault])
    }
}

/// The result of an action.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a file cannot be read or written.
pub fn file_words(error: &std::io::Error) -> Words {
    use std::io::ErrorKind::{
        AddrInUse, InvalidData, NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
    };
    match error.kind() {
        NotFound => Words::new("cli.file-not-found"),
        PermissionDenied | ReadOnlyFilesystem => Words::new("cli.file-denied"),
        AddrInUse => Words::new("cli.port-taken"),
        InvalidData => Words::new("cli.file-not-text"),
        StorageFull | QuotaExceeded => Words::new("cli.file-no-room"),
        _ => Words::literal(error.to_string()),
    }
}

//! Why a file is not read, in words that say how to mend it.

use serde::{Deserialize, Serialize};

use super::{LARGEST_FILE, budget};
use crate::lang::Words;

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Refusal {
    /// There is no such file.
    Missing,
    /// The file cannot be opened: what the operating system says.
    Unreadable(String),
    /// Nothing is in the file.
    Empty,
    /// The file is larger than is read at all.
    TooLarge,
    /// Not a spreadsheet; the name of the format that it is.
    Format(String),
    /// Not a spreadsheet but plain text.
    Prose,
    /// Not a spreadsheet, and nothing else known.
    Unknown,
    /// A spreadsheet in a format too old or too rare to be read; its name.
    OtherFormat(String),
    /// A password is needed.
    Password,
    /// Damaged, or cut off.
    Damaged,
    /// One sheet is damaged; its name.
    DamagedSheet(String),
    /// It would take more memory or time to unpack than is reasonable.
    Bomb,
    /// More cells than are read.
    TooManyCells,
    /// The child process that was to read the file ran out of memory or time, or could not be started.
    TooHeavy,
    /// So many files are being read that this one did not get its turn.
    Busy,
    /// There is no filled cell.
    NoCells,
}

impl Refusal {
    /// Why reading a part of an archive failed: its end was not reached, or too much came.
    pub(super) fn of_reading(error: &std::io::Error) -> Refusal {
        if error.kind() == std::io::ErrorKind::QuotaExceeded { Refusal::Bomb } else { Refusal::Damaged }
    }

    /// The refusal as it is told to people.
    pub(super) fn words(&self) -> Words {
        let megabytes = |bytes: u64| i64::try_from(bytes >> 20).unwrap_or(i64::MAX);
        let not = |looks: Words| Words::new("sheet.not-a-workbook").with("looks", looks);
        match self {
            Refusal::Missing => Words::new("sheet.missing"),
            Refusal::Unreadable(why) => Words::new("sheet.unreadable").with("why", why),
            Refusal::Empty => Words::new("sheet.empty"),
            Refusal::TooLarge => Words::new("sheet.too-large").with("n", megabytes(LARGEST_FILE as u64)),
            Refusal::Format(format) => not(Words::new("sheet.looks-format").with("format", format)),
            Refusal::Prose => not(Words::new("sheet.looks-text")),
            Refusal::Unknown => not(Words::new("sheet.looks-nothing")),
            Refusal::OtherFormat(format) => Words::new("sheet.other-format").with("format", format),
            Refusal::Password => Words::new("sheet.password"),
            Refusal::Damaged => Words::new("sheet.damaged"),
            Refusal::DamagedSheet(sheet) => Words::new("sheet.damaged-sheet").with("sheet", sheet),
            Refusal::Bomb => Words::new("sheet.bomb").with("n", megabytes(budget::UNPACKED)),
            Refusal::TooManyCells => Words::new("sheet.too-many-cells"),
            Refusal::TooHeavy => Words::new("sheet.too-heavy"),
            Refusal::Busy => Words::new("sheet.busy"),
            Refusal::NoCells => Words::new("sheet.no-cells"),
        }
    }
}

//! Import of legacy sheets by recipes: each stage is a type, so that none can be skipped.
//!
//! `Book → Located → Mapped → Plan → batch`. A fault of the file stops it; a fault of a cell refuses that cell, and the
//! rest is one batch, which can be taken back.

pub mod actions;
mod cell;
mod cells;
mod choose;
mod header;
mod heading;
mod judge;
mod mapped;
mod matching;
mod miss;
mod plan;
mod reasons;
mod rows;
mod sums;
pub mod xlsform;

use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Fault, Place, Result};
use crate::form::{Form, Recipe, YearRule};
use crate::lang::Words;
use crate::period::{Period, PeriodType};
use crate::sheet::{self, Book};

pub use cell::{Old, PlanCell, Spot, Status};
pub use cells::Given;
pub use choose::locate;
pub use header::{Located, NotFound};
pub use mapped::{Mapped, RowCounts};
pub use plan::{Against, Plan, Planned, Planning, Portion};
pub use sums::Sum;

/// A file that was uploaded: what it holds, and the hash of its content.
#[derive(Debug)]
pub struct Upload {
    /// The workbook.
    pub book: Book,
    /// SHA-256 of the content, hexadecimal.
    pub hash: String,
}

impl Upload {
    /// From the bytes of a file; `name` is its name as people know it.
    ///
    /// # Errors
    /// The fault of a file that is no workbook, is damaged, protected, empty or too large.
    pub fn of_bytes(bytes: &[u8], name: &str) -> Result<Upload> {
        let book = sheet::read(bytes, name).map_err(Error::fault)?;
        let hash = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Upload { book, hash })
    }

    /// Lets go of the sheets: a plan knows all that is needed of them, and a large file takes much memory.
    pub fn forget_sheets(&mut self) {
        self.book.sheets = Vec::new();
    }

    /// From a file.
    ///
    /// # Errors
    /// [`Error::File`] where it cannot be read; otherwise as [`Upload::of_bytes`].
    pub fn of_file(path: &Path) -> Result<Upload> {
        let failed = |source| Error::File { path: path.display().to_string(), source };
        let mut bytes = Vec::new();
        // One byte more than is read at all: the reader of workbooks says that it is too large.
        let most = sheet::LARGEST_FILE as u64 + 1;
        std::fs::File::open(path).map_err(failed)?.take(most).read_to_end(&mut bytes).map_err(failed)?;
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        Upload::of_bytes(&bytes, &name)
    }
}

/// The period that somebody asked for; the recipe may say which school year a bare year means.
///
/// # Errors
/// The fault of the argument: not a period, or not of the form's type.
pub fn period(form: &Form, recipe: &Recipe, typed: &str) -> Result<Period> {
    let bare = typed.trim().parse::<i32>().ok().filter(|year| (1900..=2200).contains(year));
    let years = match (recipe.year, bare) {
        (Some(YearRule::Ends), Some(year)) if form.period == PeriodType::SchoolYear => Some((year - 1, year)),
        (Some(YearRule::Starts), Some(year)) if form.period == PeriodType::SchoolYear => Some((year, year + 1)),
        _ => None,
    };
    let typed = years.map_or_else(|| typed.to_owned(), |(first, second)| format!("{first}/{second}"));
    let fault = |words: Words| Error::fault(Fault::error(Place::Field("--period".to_owned()), "wrong-type", words));
    Period::read(form.period, &typed).map_err(fault)
}

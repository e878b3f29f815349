//! Spreadsheets of unknown provenance, read safely into grids of cells: never a crash, a hang or unbounded memory.

mod biff;
mod budget;
mod child;
mod csv;
mod encoding;
mod formats;
mod grid;
mod html;
mod ods;
mod package;
mod process;
mod refusal;
mod sniff;
mod spreadsheetml;
mod stream;
mod tags;
mod texts;
mod wire;
mod xls;
mod xlsb;
mod xlsx;

use std::path::Path;

pub use child::{serve_child, set_program};
pub use formats::serial;
pub use grid::{Cell, Grid, Merge};
pub use process::{limit, peak_memory};

use crate::error::{Fault, Place};
use refusal::Refusal;
use sniff::Content;

/// A workbook that was read: its sheets in their order, hidden ones included.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    /// The file's name as people know it.
    pub name: String,
    /// The sheets, in the order of their tabs.
    pub sheets: Vec<Grid>,
}

/// The largest file that is read at all, in bytes.
pub const LARGEST_FILE: usize = 50 << 20;

/// Reads a workbook from its bytes; `name` is the file's name as people know it.
///
/// The content decides what it is, the name only settles what the content leaves open.
///
/// # Errors
///
/// One fault at the file: not a workbook (and what it looks like), protected by a password, damaged, empty, or
/// larger than a machine should be asked to unpack.
pub fn read(bytes: &[u8], name: &str) -> Result<Book, Fault> {
    let sheets = sheets(bytes, name).map_err(|refusal| fault(name, &refusal))?;
    Ok(Book { name: name.to_owned(), sheets })
}

/// Reads a workbook from a file.
///
/// # Errors
///
/// As [`read`], and when the file cannot be opened.
pub fn read_file(path: &Path) -> Result<Book, Fault> {
    let whole = path.display().to_string();
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => fault(&whole, &Refusal::Missing),
        _ => fault(&whole, &Refusal::Unreadable(error.to_string())),
    };
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > LARGEST_FILE as u64 {
        return Err(fault(&whole, &Refusal::TooLarge));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let name = path.file_name().map_or_else(|| whole.clone(), |name| name.to_string_lossy().into_owned());
    read(&bytes, &name)
}

/// What kind of file this is by its content, as people call it; nothing for what is not read at all.
pub fn kind(bytes: &[u8], name: &str) -> Option<&'static str> {
    sniff::content(bytes, name).ok().map(|content| content.name())
}

fn fault(file: &str, refusal: &Refusal) -> Fault {
    Fault::error(Place::File(file.to_owned()), "file", refusal.words())
}

/// The sheets of a file, by what its content is.
fn sheets(bytes: &[u8], name: &str) -> Result<Vec<Grid>, Refusal> {
    if bytes.len() > LARGEST_FILE {
        return Err(Refusal::TooLarge);
    }
    // A file without named sheets is one sheet by the file's name, as in Excel.
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let sheets = match sniff::content(bytes, name)? {
        Content::Xlsx => xlsx::read(bytes)?,
        Content::SpreadsheetMl(text) => spreadsheetml::read(&text)?,
        Content::Xlsb => xlsb::read(bytes)?,
        Content::Xls => child::read(bytes)?,
        Content::Ods => ods::read(bytes)?,
        Content::FlatOds(text) => ods::read_flat(&text)?,
        Content::Html(text) => html::read(&text, stem)?,
        Content::Delimited(text) => csv::read(&text, stem)?,
    };
    if sheets.iter().all(|sheet| sheet.height() == 0) {
        return Err(Refusal::NoCells);
    }
    Ok(sheets)
}

#[cfg(test)]
mod tests;

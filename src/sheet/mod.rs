//! Spreadsheets of unknown provenance, read safely into grids of cells: never a crash, a hang or unbounded memory.

mod budget;
mod csv;
mod encoding;
mod grid;
mod html;
mod markup;
mod sniff;
mod spreadsheetml;
mod tags;
mod xlsx;

use std::path::Path;

pub use grid::{Cell, Grid, Merge};

use crate::error::{Fault, Place};
use crate::lang::Words;
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
    let sheets = sheets(bytes, name).map_err(|words| Fault::error(Place::File(name.to_owned()), "file", words))?;
    Ok(Book { name: name.to_owned(), sheets })
}

/// Reads a workbook from a file.
///
/// # Errors
///
/// As [`read`], and when the file cannot be opened.
pub fn read_file(path: &Path) -> Result<Book, Fault> {
    let fault = |words| Fault::error(Place::File(path.display().to_string()), "file", words);
    let unreadable = |e: std::io::Error| fault(Words::new("sheet.unreadable").with("why", e.to_string()));
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > LARGEST_FILE as u64 {
        return Err(fault(too_large()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    read(&bytes, &name)
}

/// The sheets of a file, by what its content is.
fn sheets(bytes: &[u8], name: &str) -> Result<Vec<Grid>, Words> {
    if bytes.len() > LARGEST_FILE {
        return Err(too_large());
    }
    // A file without named sheets is one sheet by the file's name, as in Excel.
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let sheets = match sniff::content(bytes, name)? {
        Content::Xlsx => xlsx::read(bytes)?,
        Content::SpreadsheetMl(text) => spreadsheetml::read(&text)?,
        Content::Html(text) => html::read(&text, stem)?,
        Content::Delimited(text) => csv::read(&text, stem)?,
    };
    if sheets.iter().all(|sheet| sheet.height() == 0) {
        return Err(Words::new("sheet.no-cells"));
    }
    Ok(sheets)
}

fn too_large() -> Words {
    Words::new("sheet.too-large").with("n", LARGEST_FILE >> 20)
}

#[cfg(test)]
mod tests;

//! The workbook beside printed letters: whom each code or one-time link is for, for a mailing list.

use rust_xlsxwriter::Workbook as File;

use super::look::{DEFAULT_CELL, Look};
use super::{Workbook, broken, file_name, page, sheet_name};
use crate::error::Result;

/// A list of what was handed out.
#[derive(Debug, Clone)]
pub struct Letters<'a> {
    /// What the file is called after: its parts.
    pub file: &'a [&'a str],
    /// The title, and the name of the sheet.
    pub title: &'a str,
    /// What stands under the title, line by line.
    pub below: &'a [String],
    /// The headings of the columns and their widths in characters.
    pub head: &'a [(String, f64)],
    /// The cells, all of them texts: codes keep their zeros.
    pub rows: &'a [Vec<String>],
}

/// The workbook.
///
/// # Errors
/// [`crate::error::Error::Internal`] where it cannot be written.
pub fn workbook(letters: &Letters<'_>) -> Result<Workbook> {
    let bytes = written(letters).map_err(broken)?;
    Ok(Workbook { name: file_name(letters.file), bytes })
}

fn written(letters: &Letters<'_>) -> std::result::Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut file = File::new();
    let look = Look::new();
    file.set_default_format(&look.default, DEFAULT_CELL.0, DEFAULT_CELL.1)?;
    let sheet = file.add_worksheet();
    sheet.set_name(sheet_name(letters.title, &mut Default::default()))?;
    let row = page::title(sheet, &look, letters.title, letters.below)?;
    let first = page::head(sheet, &look, row, letters.head)?;
    for (row, cells) in (first..).zip(letters.rows) {
        for (column, text) in (0u16..).zip(cells) {
            page::text(sheet, (row, column), text, (&look, &look.wrapped))?;
        }
        let lines = cells.iter().zip(letters.head).map(|(text, (_, width))| super::look::lines(text, *width)).max();
        sheet.set_row_height(row, super::look::height(lines.unwrap_or(1)))?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    file.save_to_buffer()
}

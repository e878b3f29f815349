//! A plain list as a workbook: one sheet, headings that stay in sight, a row for each thing.

use rust_xlsxwriter::{Workbook as File, XlsxError};

use super::look::{DEFAULT_CELL, Look};
use super::{Workbook, page};
use crate::error::{Error, Result};

/// A list to be written.
pub struct Plain<'a> {
    /// The name of the file, with its ending.
    pub name: &'a str,
    /// The title above the list, which also names the sheet.
    pub title: &'a str,
    /// What stands under the title: of what, until when.
    pub below: &'a [String],
    /// Headings and widths in characters.
    pub columns: &'a [(String, f64)],
}

/// The workbook of a list; every cell is a text.
///
/// # Errors
/// [`Error::Internal`] where the library refuses.
pub fn workbook(list: &Plain<'_>, rows: impl IntoIterator<Item = Vec<String>>) -> Result<Workbook> {
    let bytes = write(list, rows).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Workbook { name: list.name.to_owned(), bytes })
}

fn write(list: &Plain<'_>, rows: impl IntoIterator<Item = Vec<String>>) -> std::result::Result<Vec<u8>, XlsxError> {
    let look = Look::new();
    let mut file = File::new();
    file.set_default_format(&look.default, DEFAULT_CELL.0, DEFAULT_CELL.1)?;
    let sheet = file.add_worksheet();
    let tab: String = list.title.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect();
    sheet.set_name(&tab)?;
    let row = page::title(sheet, &look, list.title, list.below)?;
    let row = page::head(sheet, &look, row, list.columns)?;
    for (row, cells) in (row..).zip(rows) {
        for (column, text) in (0u16..).zip(cells) {
            page::text(sheet, (row, column), &text, (&look, &look.wrapped))?;
        }
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    file.save_to_buffer()
}

//! Binary workbooks (.xls, .xlsb): the library reads whole sheets of them at once, so this runs in a child process.

use std::io::Cursor;

use calamine::{Data, Dimensions, Range, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError, Xlsb};

use super::formats::{self, Look, iso};
use super::grid::{Cell, Grid, Merge, Pen, Room};
use super::refusal::Refusal;

/// A binary format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Excel 5 to 2003.
    Xls,
    /// Excel since 2007, binary.
    Xlsb,
}

impl Kind {
    /// The word by which a child process is told the format.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Xls => "xls",
            Kind::Xlsb => "xlsb",
        }
    }

    /// The format that a word names.
    pub(super) fn of(word: &str) -> Option<Kind> {
        [Kind::Xls, Kind::Xlsb].into_iter().find(|kind| kind.word() == word)
    }
}

/// Reads the sheets of a binary workbook one by one.
///
/// # Errors
///
/// It is damaged, protected, or holds more cells than Svod reads; or `take` does not want a sheet.
pub(super) fn read(kind: Kind, bytes: &[u8], take: impl FnMut(Grid) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let cursor = Cursor::new(bytes);
    match kind {
        Kind::Xls => {
            let book = Xls::new(cursor).map_err(|error| match error {
                XlsError::Password => Refusal::Password,
                _ => Refusal::Damaged,
            })?;
            let from_1904 = book.has_1904_epoch();
            sheets(book, from_1904, |book, name| book.merge_cells_by_sheet_name(name).unwrap_or_default(), take)
        }
        Kind::Xlsb => {
            let book = Xlsb::new(cursor).map_err(|_| Refusal::Damaged)?;
            let from_1904 = book.has_1904_epoch();
            sheets(book, from_1904, |_, _| Vec::new(), take)
        }
    }
}

fn sheets<'a, B: Reader<Cursor<&'a [u8]>>>(
    mut book: B,
    from_1904: bool,
    merges: impl Fn(&mut B, &str) -> Vec<Dimensions>,
    mut take: impl FnMut(Grid) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let listed: Vec<Sheet> = book.sheets_metadata().to_vec();
    let mut room = Room::new();
    for sheet in listed.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let damaged = |_| Refusal::DamagedSheet(sheet.name.clone());
        let range = book.worksheet_range(&sheet.name).map_err(damaged)?;
        let mut pen = Pen::new(&sheet.name);
        pen.hide(sheet.visible != SheetVisible::Visible);
        fill(&range, from_1904, &mut pen, &mut room)?;
        for range in merges(&mut book, &sheet.name) {
            let ((first_row, first_column), (last_row, last_column)) = (range.start, range.end);
            pen.put_merge(&mut room, Merge { first_row, first_column, last_row, last_column })?;
        }
        take(pen.finish())?;
    }
    Ok(())
}

fn fill(range: &Range<Data>, from_1904: bool, pen: &mut Pen, room: &mut Room) -> Result<(), Refusal> {
    let Some((top, left)) = range.start() else { return Ok(()) };
    for (row, column, value) in range.used_cells() {
        let at = |first: u32, offset: usize| u32::try_from(offset).map_or(u32::MAX, |offset| first + offset);
        pen.put(room, at(top, row), at(left, column), cell(value, from_1904))?;
    }
    Ok(())
}

fn cell(value: &Data, from_1904: bool) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        #[expect(clippy::cast_precision_loss, reason = "spreadsheets know only doubles")]
        Data::Int(value) => Cell::number(*value as f64),
        Data::Float(value) => Cell::number(*value),
        Data::String(text) | Data::DurationIso(text) => Cell::Text(text.clone()),
        Data::Bool(value) => Cell::Boolean(*value),
        Data::DateTime(value) => {
            let look = if value.is_duration() { Look::Duration } else { Look::Moment };
            formats::cell(value.as_f64(), look, from_1904)
        }
        Data::DateTimeIso(text) => iso(text),
        Data::Error(error) => Cell::Error(error.to_string()),
    }
}

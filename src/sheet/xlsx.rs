//! Excel workbooks (.xlsx, .xlsm), cell by cell: the library's reader of whole sheets would allocate what a file claims.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use jiff::civil::Date;

use super::budget;
use super::grid::{Cell, Grid, Merge, Pen, Room};
use super::refusal::Refusal;

/// Excel's own limits; a position beyond them is damage.
pub(super) const ROWS: u32 = 1 << 20;
pub(super) const COLUMNS: u32 = 1 << 14;
/// More sheets than people could leaf through.
const SHEETS: usize = 1_000;

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Reads the sheets of a workbook.
///
/// # Errors
///
/// The archive is damaged, protected or a bomb; a sheet is damaged; there are more cells than Svod reads.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Grid>, Refusal> {
    budget::check(&mut budget::archive(bytes)?)?;
    // The library computes positions of a damaged file without checking for overflow.
    catch_unwind(AssertUnwindSafe(|| sheets(bytes))).unwrap_or(Err(Refusal::Damaged))
}

fn sheets(bytes: &[u8]) -> Result<Vec<Grid>, Refusal> {
    let mut book = Workbook::new(Cursor::new(bytes)).map_err(|e| refusal(&e))?;
    let listed: Vec<_> = book.sheets_metadata().to_vec();
    if listed.len() > SHEETS {
        return Err(Refusal::TooManyCells);
    }
    let mut room = Room::new();
    let mut grids = Vec::new();
    for sheet in listed.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let mut pen = Pen::new(&sheet.name);
        pen.hide(sheet.visible != SheetVisible::Visible);
        match fill(&mut book, &sheet.name, &mut pen, &mut room) {
            Ok(()) => grids.push(pen.finish()),
            Err(Stop::Refused(refusal)) => return Err(refusal),
            Err(Stop::Library(XlsxError::NotAWorksheet(_))) => {}
            Err(Stop::Library(_)) => return Err(Refusal::DamagedSheet(sheet.name.clone())),
        }
    }
    Ok(grids)
}

/// Why a sheet was not read to its end.
enum Stop {
    Refused(Refusal),
    Library(XlsxError),
}

impl From<XlsxError> for Stop {
    fn from(error: XlsxError) -> Stop {
        Stop::Library(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

/// Reads the cells and the merged ranges of one sheet.
fn fill(book: &mut Workbook, name: &str, pen: &mut Pen, room: &mut Room) -> Result<(), Stop> {
    let mut cells = book.worksheet_cells_reader(name)?;
    let percents = percent_styles(cells.styles());
    while let Some((read, style)) = cells.next_cell_with_style_id()? {
        let (row, column) = read.get_position();
        let cell = cell(read.get_value(), percents.get(style).copied().unwrap_or(false));
        if !cell.is_empty() {
            within(row, column).ok_or_else(|| Refusal::DamagedSheet(name.to_owned()))?;
            pen.put(room, row, column, cell)?;
        }
    }
    drop(cells);
    for range in book.merge_cells_by_sheet_name(name)? {
        let ((first_row, first_column), (last_row, last_column)) = (range.start, range.end);
        pen.put_merge(room, Merge { first_row, first_column, last_row, last_column })?;
    }
    Ok(())
}

fn within(row: u32, column: u32) -> Option<()> {
    (row < ROWS && column < COLUMNS).then_some(())
}

/// For each style of the workbook, whether it shows a number as per cent.
fn percent_styles(styles: &[calamine::Style]) -> Vec<bool> {
    styles.iter().map(|style| style.number_format.as_ref().is_some_and(|f| shows_percent(&f.format_code))).collect()
}

/// Whether a number format multiplies by a hundred: it has a `%` that is neither quoted nor escaped.
pub(super) fn shows_percent(format: &str) -> bool {
    let mut chars = format.chars();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            // The character after these is shown, skipped or repeated as it is.
            '\\' | '_' | '*' => {
                chars.next();
            }
            '%' => return true,
            _ => {}
        }
    }
    false
}

fn cell(value: &DataRef, percent: bool) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        #[expect(clippy::cast_precision_loss, reason = "spreadsheets know only doubles")]
        DataRef::Int(value) => Cell::Number { value: *value as f64, percent },
        DataRef::Float(value) => Cell::Number { value: *value, percent },
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(value) => Cell::Boolean(*value),
        DataRef::DateTime(value) => moment(value),
        DataRef::DateTimeIso(text) => iso(text),
        DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

/// A serial number under a date format: a day, a time of the day as text, or the number if no calendar has it.
pub(super) fn moment(value: &ExcelDateTime) -> Cell {
    let serial = value.as_f64();
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    if value.is_duration() {
        let minutes = (serial * 1440.0).round();
        return Cell::Text(format!("{}:{:02}", (minutes / 60.0).trunc(), (minutes % 60.0).abs()));
    }
    if year < 1900 {
        if serial <= 0.0 {
            return Cell::number(serial);
        }
        let seconds = if second == 0 { String::new() } else { format!(":{second:02}") };
        return Cell::Text(format!("{hour}:{minute:02}{seconds}"));
    }
    let year = i16::try_from(year).unwrap_or_default();
    let date = Date::new(year, i8::try_from(month).unwrap_or_default(), i8::try_from(day).unwrap_or_default());
    match date {
        Ok(date) if (0.0..2_958_466.0).contains(&serial) => Cell::Date(date),
        _ => Cell::number(serial),
    }
}

/// A day written as `2025-12-31` or `2025-12-31T00:00:00`; other texts stay texts.
pub(super) fn iso(text: &str) -> Cell {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    day.parse().map_or_else(|_| Cell::Text(text.to_owned()), Cell::Date)
}

fn refusal(error: &XlsxError) -> Refusal {
    match error {
        XlsxError::Password => Refusal::Password,
        _ => Refusal::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_formats_are_told_from_percent_signs() {
        for (format, percent) in [
            ("0%", true),
            ("0.00%", true),
            ("0.0%;[Red]-0.0%;\"–\"", true),
            ("# ##0,0\\ %", true),
            ("0.0\"%\"", false),
            ("0\\%", false),
            ("0_%", false),
            ("General", false),
            ("dd.mm.yyyy", false),
        ] {
            assert_eq!(shows_percent(format), percent, "{format}");
        }
    }
}

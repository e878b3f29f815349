//! Workbooks of Excel 5 to 2003 (.xls): the library reads whole sheets of them at once, so this runs in a child process.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Sheet, SheetType, SheetVisible, Xls, XlsError};

use super::biff::{Looks, Records};
use super::formats::{self, Look, iso};
use super::grid::{Cell, Grid, Merge, Pen, Room};
use super::refusal::Refusal;

/// Reads the sheets of a workbook one by one.
///
/// # Errors
///
/// It is damaged, protected, or holds more cells than Svod reads; or `take` does not want a sheet.
pub(super) fn read(bytes: &[u8], mut take: impl FnMut(Grid) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let records = Records::of(bytes);
    if records.as_ref().is_some_and(Records::protected) {
        return Err(Refusal::Password);
    }
    let looks = records.as_ref().map(Records::looks).unwrap_or_default();
    let mended = records.and_then(Records::mended);
    let mut book = Xls::new(Cursor::new(mended.as_deref().unwrap_or(bytes))).map_err(|error| match error {
        XlsError::Password => Refusal::Password,
        _ => Refusal::Damaged,
    })?;
    let from_1904 = book.has_1904_epoch();
    let listed: Vec<Sheet> = book.sheets_metadata().to_vec();
    let mut room = Room::new();
    for (number, sheet) in listed.iter().enumerate().filter(|(_, sheet)| sheet.typ == SheetType::WorkSheet) {
        let damaged = |_| Refusal::DamagedSheet(sheet.name.clone());
        let range = book.worksheet_range(&sheet.name).map_err(damaged)?;
        let mut pen = Pen::new(&sheet.name);
        pen.hide(sheet.visible != SheetVisible::Visible);
        fill(&range, from_1904, looks.get(number), &mut pen, &mut room)?;
        for range in book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default() {
            let ((first_row, first_column), (last_row, last_column)) = (range.start, range.end);
            pen.put_merge(&mut room, Merge { first_row, first_column, last_row, last_column })?;
        }
        take(pen.finish())?;
    }
    Ok(())
}

fn fill(
    range: &Range<Data>,
    from_1904: bool,
    looks: Option<&Looks>,
    pen: &mut Pen,
    room: &mut Room,
) -> Result<(), Refusal> {
    let Some((top, left)) = range.start() else { return Ok(()) };
    for (row, column, value) in range.used_cells() {
        let at = |first: u32, offset: usize| u32::try_from(offset).map_or(u32::MAX, |offset| first + offset);
        let (row, column) = (at(top, row), at(left, column));
        let look = looks.map(|looks| looks.get(&(row, column)).copied().unwrap_or_default());
        let cell = cell(value, look, from_1904);
        pen.put(room, row, column, cell)?;
    }
    Ok(())
}

/// A cell. How a number is shown the library only guesses: it counts where the records do not tell.
fn cell(value: &Data, look: Option<Look>, from_1904: bool) -> Cell {
    let number = |value: f64, guessed: Look| formats::cell(value, look.unwrap_or(guessed), from_1904);
    match value {
        Data::Empty => Cell::Empty,
        #[expect(clippy::cast_precision_loss, reason = "spreadsheets know only doubles")]
        Data::Int(value) => number(*value as f64, Look::Plain),
        Data::Float(value) => number(*value, Look::Plain),
        Data::DateTime(value) if value.is_duration() => number(value.as_f64(), Look::Duration),
        Data::DateTime(value) => number(value.as_f64(), Look::Moment),
        Data::String(text) | Data::DurationIso(text) => Cell::Text(text.clone()),
        Data::Bool(value) => Cell::Boolean(*value),
        Data::DateTimeIso(text) => iso(text),
        Data::Error(error) => Cell::Error(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::biff::tests::{protected, workbook};

    #[test]
    fn a_protected_workbook_is_said_to_be_protected() {
        assert_eq!(read(&protected(), |_| Ok(())), Err(Refusal::Password));
    }

    #[test]
    fn an_old_workbook_is_read_with_its_percents_and_merges() {
        for stream in ["/Workbook", "/WORKBOOK"] {
            let mut grids = Vec::new();
            let taken = read(&workbook(stream), |grid| {
                grids.push(grid);
                Ok(())
            });
            assert_eq!(taken, Ok(()));
            let grid = &grids[0];
            let rows: Vec<Vec<String>> =
                grid.rows().map(|(_, cells)| cells.iter().map(|(_, cell)| cell.text()).collect()).collect();
            assert_eq!(rows, [vec!["Код"], vec!["20287", "54%"], vec!["7", "100%", "17"]]);
            assert_eq!((grid.name(), grid.header(0, 1).text().as_str()), ("Лист", "Код"));
        }
    }
}

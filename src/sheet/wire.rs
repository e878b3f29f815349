//! Sheets as lines of JSON, from the child process that reads a file to the one that asked for it.

use std::io::{self, BufRead, Read, Write};

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::grid::{Cell, Grid, Merge, Pen, Room};
use super::refusal::Refusal;

/// The longest line that is taken: one row of cells.
const LONGEST: u64 = 64 << 20;

/// One line.
#[derive(Serialize, Deserialize)]
enum Line {
    /// A sheet begins: its name, and whether it is hidden.
    Sheet(String, bool),
    /// A row of the sheet: its number and its cells.
    Row(u32, Vec<(u32, Value)>),
    /// A merged range of the sheet: first row and column, last row and column.
    Merge(u32, u32, u32, u32),
    /// The file is not read.
    Refused(Refusal),
    /// Everything was said.
    End,
}

/// A cell; numbers travel as their bits, so that none changes on the way.
#[derive(Serialize, Deserialize)]
enum Value {
    Text(String),
    Number(u64),
    Percent(u64),
    Boolean(bool),
    Date(String),
    Moment(String),
    Error(String),
}

/// Says a sheet.
///
/// # Errors
///
/// Nobody listens any more.
pub(super) fn say_sheet(out: &mut impl Write, grid: &Grid) -> io::Result<()> {
    say(out, &Line::Sheet(grid.name().to_owned(), grid.hidden()))?;
    for (row, cells) in grid.rows() {
        say(out, &Line::Row(row, cells.iter().map(|(column, cell)| (*column, value(cell))).collect()))?;
    }
    for merge in grid.merges() {
        say(out, &Line::Merge(merge.first_row, merge.first_column, merge.last_row, merge.last_column))?;
    }
    Ok(())
}

/// Says how the reading ended.
///
/// # Errors
///
/// Nobody listens any more.
pub(super) fn say_end(out: &mut impl Write, refused: Option<Refusal>) -> io::Result<()> {
    say(out, &refused.map_or(Line::End, Line::Refused))?;
    out.flush()
}

fn say(out: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Hears all sheets.
///
/// # Errors
///
/// The file was refused, holds more than fits, or the other side fell silent before it came to the end.
pub(super) fn hear(mut from: impl BufRead) -> Result<Vec<Grid>, Refusal> {
    let mut room = Room::new();
    let mut grids = Vec::new();
    let mut sheet: Option<Pen> = None;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = from.by_ref().take(LONGEST).read_until(b'\n', &mut bytes);
        let line = read.ok().and_then(|_| serde_json::from_slice(&bytes).ok()).ok_or(Refusal::TooHeavy)?;
        match line {
            Line::Sheet(name, hidden) => {
                let mut pen = Pen::new(&name);
                pen.hide(hidden);
                grids.extend(sheet.replace(pen).map(Pen::finish));
            }
            Line::Row(row, cells) => {
                for (column, value) in cells {
                    pen(&mut sheet)?.put(&mut room, row, column, cell(value))?;
                }
            }
            Line::Merge(first_row, first_column, last_row, last_column) => {
                let merge = Merge { first_row, first_column, last_row, last_column };
                pen(&mut sheet)?.put_merge(&mut room, merge)?;
            }
            Line::Refused(refusal) => return Err(refusal),
            Line::End => {
                grids.extend(sheet.map(Pen::finish));
                return Ok(grids);
            }
        }
    }
}

fn pen(sheet: &mut Option<Pen>) -> Result<&mut Pen, Refusal> {
    sheet.as_mut().ok_or(Refusal::Damaged)
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Text(String::new()),
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Number { value, percent: false } => Value::Number(value.to_bits()),
        Cell::Number { value, percent: true } => Value::Percent(value.to_bits()),
        Cell::Boolean(value) => Value::Boolean(*value),
        Cell::Date(date) => Value::Date(date.to_string()),
        Cell::Moment(moment) => Value::Moment(moment.to_string()),
        Cell::Error(error) => Value::Error(error.clone()),
    }
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Text(text) => Cell::Text(text),
        Value::Number(bits) => Cell::number(f64::from_bits(bits)),
        Value::Percent(bits) => Cell::Number { value: f64::from_bits(bits), percent: true },
        Value::Boolean(value) => Cell::Boolean(value),
        Value::Date(text) => text.parse::<Date>().map_or(Cell::Text(text), Cell::Date),
        Value::Moment(text) => text.parse::<DateTime>().map_or(Cell::Text(text), Cell::Moment),
        Value::Error(error) => Cell::Error(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_arrive_as_they_were_said() {
        let cells = vec![
            Cell::Text("Код\n\"МОУО\"".to_owned()),
            Cell::number(0.1 + 0.2),
            Cell::Empty,
            Cell::Number { value: 0.54, percent: true },
            Cell::Boolean(true),
            Cell::Date(jiff::civil::date(2014, 10, 29)),
            Cell::Moment(jiff::civil::date(2014, 10, 29).at(9, 30, 0, 0)),
            Cell::Error("#DIV/0!".to_owned()),
        ];
        let merge = Merge { first_row: 0, first_column: 0, last_row: 1, last_column: 0 };
        let grids = [Grid::from_rows("а", vec![cells], vec![merge]), Grid::from_rows("b", Vec::new(), Vec::new())];
        let mut said = Vec::new();
        grids.iter().for_each(|grid| say_sheet(&mut said, grid).unwrap());
        let unfinished = said.clone();
        say_end(&mut said, None).unwrap();
        assert_eq!(hear(&said[..]).as_deref(), Ok(&grids[..]));
        assert_eq!(hear(&unfinished[..]), Err(Refusal::TooHeavy));
    }

    #[test]
    fn refusals_arrive_too() {
        let mut said = Vec::new();
        say_end(&mut said, Some(Refusal::DamagedSheet("а".to_owned()))).unwrap();
        assert_eq!(hear(&said[..]), Err(Refusal::DamagedSheet("а".to_owned())));
        assert_eq!(hear(&b"running 1 test\n"[..]), Err(Refusal::TooHeavy));
    }
}

//! A sheet as a sparse grid of typed cells: the one shape that every spreadsheet format is read into.

use jiff::civil::{Date, DateTime};

use super::refusal::Refusal;
use crate::text;

/// One sheet: only its non-empty cells are kept, at their absolute positions counted from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    name: String,
    hidden: bool,
    rows: Vec<Row>,
    width: u32,
    merges: Vec<Merge>,
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    number: u32,
    cells: Vec<(u32, Cell)>,
}

/// A merged range; rows and columns count from 0, the last ones belong to the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// The top row.
    pub first_row: u32,
    /// The leftmost column.
    pub first_column: u32,
    /// The bottom row.
    pub last_row: u32,
    /// The rightmost column.
    pub last_column: u32,
}

impl Merge {
    fn covers(&self, row: u32, column: u32) -> bool {
        (self.first_row..=self.last_row).contains(&row) && (self.first_column..=self.last_column).contains(&column)
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or nothing but white space.
    Empty,
    /// Text as it is in the file, untrimmed.
    Text(String),
    /// A number.
    Number {
        /// The number as stored: 0.54 where `54%` is shown.
        value: f64,
        /// Whether it is shown under a percent number format.
        percent: bool,
    },
    /// A truth value.
    Boolean(bool),
    /// A day.
    Date(Date),
    /// A day and a time of it.
    Moment(DateTime),
    /// A formula's error, as `#DIV/0!`.
    Error(String),
}

impl Cell {
    /// A number under no particular format.
    pub fn number(value: f64) -> Cell {
        Cell::Number { value, percent: false }
    }

    /// The cell as a person sees it: trimmed, line breaks as spaces, numbers without grouping and with a point,
    /// days as `31.12.2025` without the time of the day, `54%` where a percent format shows it.
    pub fn text(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => flat(text.trim()),
            Cell::Number { value, percent: false } => text::canonical(*value),
            Cell::Number { value, percent: true } => format!("{}%", text::canonical(value * 100.0)),
            Cell::Boolean(true) => "ИСТИНА".to_owned(),
            Cell::Boolean(false) => "ЛОЖЬ".to_owned(),
            Cell::Date(date) => text::date(*date),
            Cell::Moment(moment) => text::date(moment.date()),
            Cell::Error(error) => error.clone(),
        }
    }

    /// Whether nothing stands here.
    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The result of a formula that is given as text: `#DIV/0!` is an error.
    pub(super) fn result(text: String) -> Cell {
        let known = ERRORS.contains(&text.trim()) || text.trim().starts_with("Err:");
        if known { Cell::Error(text.trim().to_owned()) } else { Cell::Text(text) }
    }

    /// About how many bytes the cell takes in a grid.
    fn weight(&self) -> usize {
        let heap = match self {
            Cell::Text(text) | Cell::Error(text) => text.capacity().next_multiple_of(16) + 16,
            _ => 0,
        };
        size_of::<(u32, Cell)>() + heap
    }
}

/// The errors of formulas, as every spreadsheet program writes them.
const ERRORS: &[&str] = &["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];

/// A text with every line break as one space.
fn flat(text: &str) -> String {
    if !text.contains(['\n', '\r']) {
        return text.to_owned();
    }
    text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

const EMPTY: Cell = Cell::Empty;

impl Grid {
    /// A grid from rows of cells that start at A1.
    pub fn from_rows(name: &str, rows: Vec<Vec<Cell>>, merges: Vec<Merge>) -> Grid {
        let mut pen = Pen::new(name);
        for (row, cells) in (0u32..).zip(rows) {
            for (column, cell) in (0u32..).zip(cells) {
                pen.write(row, column, cell);
            }
        }
        merges.into_iter().for_each(|merge| pen.merge(merge));
        pen.finish()
    }

    /// The sheet's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the sheet is hidden from people.
    pub fn hidden(&self) -> bool {
        self.hidden
    }

    /// One past the last row that is not empty.
    pub fn height(&self) -> u32 {
        self.rows.last().map_or(0, |row| row.number + 1)
    }

    /// One past the last column that is not empty.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The cell at a position counted from 0; `Cell::Empty` where nothing is.
    pub fn cell(&self, row: u32, column: u32) -> &Cell {
        let cells = self.row(row);
        match cells.binary_search_by_key(&column, |(at, _)| *at) {
            Ok(found) => &cells[found].1,
            Err(_) => &EMPTY,
        }
    }

    /// Like [`Grid::cell`], but anywhere inside a merged range the range's top-left cell answers.
    pub fn header(&self, row: u32, column: u32) -> &Cell {
        let above = self.merges.partition_point(|merge| merge.first_row <= row);
        match self.merges[..above].iter().find(|merge| merge.covers(row, column)) {
            Some(merge) => self.cell(merge.first_row, merge.first_column),
            None => self.cell(row, column),
        }
    }

    /// The non-empty cells of a row with their columns, in order.
    pub fn row(&self, row: u32) -> &[(u32, Cell)] {
        match self.rows.binary_search_by_key(&row, |known| known.number) {
            Ok(found) => &self.rows[found].cells,
            Err(_) => &[],
        }
    }

    /// The rows that are not empty, in order, each with its number.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &[(u32, Cell)])> {
        self.rows.iter().map(|row| (row.number, row.cells.as_slice()))
    }

    /// The merged ranges, by their top rows.
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }
}

/// The longest text of a cell that is taken, in bytes; Excel itself stops at 32 767 characters.
pub(super) const LONGEST: usize = 1 << 20;
/// More sheets than people could leaf through.
pub(super) const SHEETS: usize = 1_000;

/// How much a whole workbook may still hold: bytes of cells, and merged ranges.
pub(super) struct Room {
    bytes: usize,
    merges: usize,
}

impl Room {
    /// Room for one workbook: 5 million numbers, or some 2 million short texts.
    pub(super) fn new() -> Room {
        Room { bytes: 160 << 20, merges: 100_000 }
    }

    /// Takes the room of a cell that is held outside a grid.
    ///
    /// # Errors
    ///
    /// There is none left.
    pub(super) fn take(&mut self, cell: &Cell) -> Result<(), Refusal> {
        self.take_bytes(cell.weight())
    }

    /// Gives back what [`Room::take`] took.
    pub(super) fn give_back(&mut self, cell: &Cell) {
        self.bytes += cell.weight();
    }

    fn take_bytes(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Refusal::TooManyCells)?;
        Ok(())
    }
}

/// Writes a grid cell by cell, in any order; of two cells at one position the last stays.
pub(super) struct Pen {
    grid: Grid,
    sorted: bool,
}

impl Pen {
    /// An empty sheet.
    pub(super) fn new(name: &str) -> Pen {
        let grid = Grid { name: name.to_owned(), hidden: false, rows: Vec::new(), width: 0, merges: Vec::new() };
        Pen { grid, sorted: true }
    }

    /// The sheet's name.
    pub(super) fn name(&self) -> &str {
        &self.grid.name
    }

    /// Marks the sheet as hidden from people.
    pub(super) fn hide(&mut self, hidden: bool) {
        self.grid.hidden = hidden;
    }

    /// Puts a cell of a file into the grid, as long as there is room.
    ///
    /// # Errors
    ///
    /// The workbook holds more than Svod reads.
    pub(super) fn put(&mut self, room: &mut Room, row: u32, column: u32, cell: Cell) -> Result<(), Refusal> {
        if cell.is_empty() {
            return Ok(());
        }
        let new_row = if self.grid.rows.last().is_some_and(|last| last.number == row) { 0 } else { 64 };
        room.take_bytes(cell.weight() + new_row)?;
        self.write(row, column, cell);
        Ok(())
    }

    /// Puts a merged range of a file into the grid.
    ///
    /// # Errors
    ///
    /// The workbook holds more of them than Svod reads.
    pub(super) fn put_merge(&mut self, room: &mut Room, merge: Merge) -> Result<(), Refusal> {
        room.merges = room.merges.checked_sub(1).ok_or(Refusal::TooManyCells)?;
        self.merge(merge);
        Ok(())
    }

    fn merge(&mut self, merge: Merge) {
        if merge.first_row <= merge.last_row && merge.first_column <= merge.last_column {
            self.grid.merges.push(merge);
        }
    }

    fn write(&mut self, row: u32, column: u32, cell: Cell) {
        if cell.is_empty() {
            return;
        }
        self.grid.width = self.grid.width.max(column + 1);
        match self.grid.rows.last_mut() {
            Some(last) if last.number == row => {
                self.sorted &= last.cells.last().is_some_and(|(before, _)| *before < column);
                last.cells.push((column, cell));
            }
            last => {
                if let Some(last) = last {
                    self.sorted &= last.number < row;
                    last.cells.shrink_to_fit();
                }
                self.grid.rows.push(Row { number: row, cells: vec![(column, cell)] });
            }
        }
    }

    /// The finished sheet, its rows and cells in order.
    pub(super) fn finish(mut self) -> Grid {
        if !self.sorted {
            sort(&mut self.grid.rows);
        }
        self.grid.merges.sort_by_key(|merge| (merge.first_row, merge.first_column));
        self.grid
    }
}

/// Brings rows and cells into order; of two cells at one position the last written stays.
fn sort(rows: &mut Vec<Row>) {
    rows.sort_by_key(|row| row.number);
    rows.dedup_by(|later, earlier| {
        let same = later.number == earlier.number;
        if same {
            earlier.cells.append(&mut later.cells);
        }
        same
    });
    for row in rows {
        row.cells.sort_by_key(|(column, _)| *column);
        row.cells.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(&mut earlier.1, &mut later.1);
            }
            same
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn cells_written_in_any_order_stand_at_their_places() {
        let mut pen = Pen::new("Лист");
        let mut room = Room::new();
        for (row, column, said) in [(5, 2, "c"), (1, 7, "late"), (5, 0, "a"), (1, 3, "early"), (5, 2, "last")] {
            pen.put(&mut room, row, column, text(said)).unwrap();
        }
        pen.put(&mut room, 900, 900, text("  \n")).unwrap();
        let grid = pen.finish();
        assert_eq!((grid.height(), grid.width()), (6, 8));
        assert_eq!(grid.cell(5, 2), &text("last"));
        assert_eq!(grid.cell(1, 3), &text("early"));
        assert_eq!(grid.cell(0, 0), &Cell::Empty);
        let rows: Vec<(u32, usize)> = grid.rows().map(|(row, cells)| (row, cells.len())).collect();
        assert_eq!(rows, [(1, 2), (5, 2)]);
    }

    #[test]
    fn a_merged_range_answers_with_its_first_cell() {
        let merge = Merge { first_row: 0, first_column: 1, last_row: 1, last_column: 2 };
        let rows = vec![vec![text("a"), text("b")], vec![Cell::Empty, Cell::Empty, text("under"), text("d")]];
        let grid = Grid::from_rows("s", rows, vec![merge]);
        for (row, column, said) in [(0, 0, "a"), (0, 2, "b"), (1, 1, "b"), (1, 2, "b"), (1, 3, "d"), (1, 0, "")] {
            assert_eq!(grid.header(row, column).text(), said, "{row},{column}");
        }
        assert_eq!(grid.cell(1, 2).text(), "under");
    }

    #[test]
    fn cells_say_what_people_see() {
        for (cell, said) in [
            (text(" Код \r\n МОУО/ОО\n"), "Код МОУО/ОО"),
            (Cell::number(20287.0), "20287"),
            (Cell::number(0.1 + 0.2), "0.3"),
            (Cell::Number { value: 0.54, percent: true }, "54%"),
            (Cell::Date(jiff::civil::date(2025, 12, 31)), "31.12.2025"),
            (Cell::Error("#DIV/0!".to_owned()), "#DIV/0!"),
            (Cell::Boolean(true), "ИСТИНА"),
            (Cell::Empty, ""),
        ] {
            assert_eq!(cell.text(), said);
        }
    }

    #[test]
    fn a_workbook_that_repeats_a_long_text_a_million_times_is_refused() {
        let (mut pen, mut room) = (Pen::new("s"), Room::new());
        let long = text(&"x".repeat(30_000));
        let refused = (0..1_000_000).find_map(|row| pen.put(&mut room, row, 0, long.clone()).err());
        assert_eq!(refused, Some(Refusal::TooManyCells));
    }
}

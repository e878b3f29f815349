//! HTML tables, which many programs write and name `.xls`: all tables of the page on one sheet, one below the other.

use super::grid::{Cell, Grid, Merge, Pen, Room};
use super::refusal::Refusal;
use super::tags::{Piece, Tag, Tags, unescape};
use super::xlsx::{COLUMNS, ROWS};

/// Reads the tables of a page into one sheet.
///
/// # Errors
///
/// There are more cells than Svod reads, or more rows or columns than a sheet has.
pub(super) fn read(text: &str, name: &str) -> Result<Vec<Grid>, Refusal> {
    let mut page =
        Page { pen: Pen::new(name), tables: Vec::new(), next_row: 0, cell: None, skipping: None, tabular: false };
    let mut room = Room::new();
    for piece in Tags::new(text) {
        page.take(&piece, &mut room)?;
    }
    page.end_cell(&mut room)?;
    if !page.tabular {
        return Err(Refusal::Format("HTML".to_owned()));
    }
    Ok(vec![page.pen.finish()])
}

/// The page being read.
struct Page {
    pen: Pen,
    tables: Vec<Table>,
    next_row: u32,
    cell: Option<Open>,
    skipping: Option<&'static str>,
    /// Whether there is any cell of a table.
    tabular: bool,
}

/// A table being read: its row, and for each column the row up to which a cell from above reaches down.
#[derive(Default)]
struct Table {
    row: u32,
    column: u32,
    taken: Vec<u32>,
}

/// A cell being read.
struct Open {
    row: u32,
    column: u32,
    said: String,
    number: Option<f64>,
    percent: bool,
}

/// Elements whose text is never shown.
const SILENT: &[&str] = &["script", "style", "title", "xml"];
/// Elements that begin or end a line.
const LINES: &[&str] = &["br", "p", "div", "li"];

impl Page {
    fn take(&mut self, piece: &Piece, room: &mut Room) -> Result<(), Refusal> {
        match piece {
            Piece::Open { tag, empty } => {
                if self.skipping.is_none() {
                    self.skipping = SILENT.iter().copied().find(|name| tag.is(name) && !empty);
                    self.open(tag, room)?;
                }
            }
            Piece::Close(name) => {
                if self.skipping.is_some_and(|skipped| name.eq_ignore_ascii_case(skipped)) {
                    self.skipping = None;
                } else if self.skipping.is_none() {
                    self.close(name, room)?;
                }
            }
            Piece::Text(text) if self.skipping.is_none() => self.hear(&unescape(text)),
            Piece::Literal(text) if self.skipping.is_none() => self.hear(text),
            Piece::Text(_) | Piece::Literal(_) => {}
        }
        Ok(())
    }

    /// Shown text: every run of white space is one space, as in a browser.
    fn hear(&mut self, text: &str) {
        let Some(cell) = &mut self.cell else { return };
        for c in text.chars() {
            let blank = matches!(c, ' ' | '\t' | '\n' | '\r');
            if !blank {
                cell.said.push(c);
            } else if !cell.said.ends_with([' ', '\n']) {
                cell.said.push(' ');
            }
        }
    }

    fn line(&mut self) {
        if let Some(cell) = &mut self.cell
            && !cell.said.is_empty()
            && !cell.said.ends_with('\n')
        {
            cell.said.push('\n');
        }
    }

    fn open(&mut self, tag: &Tag, room: &mut Room) -> Result<(), Refusal> {
        match tag.name.to_ascii_lowercase().as_str() {
            "table" => {
                self.end_cell(room)?;
                self.tables.push(Table { row: self.next_row, ..Table::default() });
            }
            "tr" => {
                self.end_cell(room)?;
                self.open_row()?;
            }
            "td" | "th" => {
                self.tabular = true;
                self.end_cell(room)?;
                self.open_cell(tag, room)?;
            }
            name if LINES.contains(&name) => self.line(),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, room: &mut Room) -> Result<(), Refusal> {
        match name.to_ascii_lowercase().as_str() {
            "td" | "th" | "tr" => self.end_cell(room),
            "table" => {
                self.end_cell(room)?;
                self.tables.pop();
                // What follows a table in a cell of another continues below it.
                if let Some(outer) = self.tables.last_mut() {
                    outer.row = self.next_row;
                }
                Ok(())
            }
            name => {
                if LINES.contains(&name) {
                    self.line();
                }
                Ok(())
            }
        }
    }

    /// Begins a row below all that was written, at its first column.
    fn open_row(&mut self) -> Result<(), Refusal> {
        if self.tables.is_empty() {
            self.tables.push(Table { row: self.next_row, ..Table::default() });
        }
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        table.row = self.next_row;
        table.column = 0;
        self.next_row += 1;
        if self.next_row <= ROWS { Ok(()) } else { Err(Refusal::TooManyCells) }
    }

    fn open_cell(&mut self, tag: &Tag, room: &mut Room) -> Result<(), Refusal> {
        let column = self.tables.last().map_or(0, |table| table.column);
        if self.tables.last().is_none_or(|table| table.row >= self.next_row) {
            self.open_row()?;
        }
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        table.column = column;
        let (across, down) = (span(tag, "colspan", 1_000), span(tag, "rowspan", 65_534));
        let column = table.place(across, down);
        if column + across > COLUMNS {
            return Err(Refusal::TooManyCells);
        }
        let row = table.row;
        if across > 1 || down > 1 {
            let last_row = (row + down - 1).min(ROWS - 1);
            self.pen.put_merge(
                room,
                Merge { first_row: row, first_column: column, last_row, last_column: column + across - 1 },
            )?;
        }
        let stored = tag.attribute("num").or_else(|| tag.attribute("sdval"));
        let number = stored.and_then(|value| value.trim().parse().ok()).filter(|value: &f64| value.is_finite());
        let percent = tag.attribute("sdnum").is_some_and(|format| format.ends_with('%'));
        self.cell = Some(Open { row, column, said: String::new(), number, percent });
        Ok(())
    }

    fn end_cell(&mut self, room: &mut Room) -> Result<(), Refusal> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let percent = cell.percent || cell.said.trim_end().ends_with('%');
        let value = match cell.number {
            Some(value) => Cell::Number { value, percent },
            None => Cell::Text(cell.said.trim().to_owned()),
        };
        self.pen.put(room, cell.row, cell.column, value)
    }
}

impl Table {
    /// The first free column of the row for a cell of that size, which is taken by it.
    fn place(&mut self, across: u32, down: u32) -> u32 {
        while self.taken.get(self.column as usize).is_some_and(|until| *until > self.row) {
            self.column += 1;
        }
        let column = self.column;
        self.column += across;
        if down > 1 {
            let (first, last) = (column as usize, self.column as usize);
            if self.taken.len() < last {
                self.taken.resize(last.min(COLUMNS as usize), 0);
            }
            if let Some(below) = self.taken.get_mut(first..last) {
                below.fill(self.row + down);
            }
        }
        column
    }
}

fn span(tag: &Tag, name: &str, most: u32) -> u32 {
    tag.count(name).unwrap_or(1).clamp(1, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(page: &str) -> Vec<(u32, Vec<(u32, String)>)> {
        let grids = read(page, "s").unwrap();
        grids[0].rows().map(|(row, cells)| (row, cells.iter().map(|(c, cell)| (*c, cell.text())).collect())).collect()
    }

    fn row(number: u32, cells: &[(u32, &str)]) -> (u32, Vec<(u32, String)>) {
        (number, cells.iter().map(|(column, said)| (*column, (*said).to_owned())).collect())
    }

    #[test]
    fn spans_push_cells_aside_and_become_merges() {
        let page = "<html><style>td {x}</style><table><tr><th rowspan=2>Код<th colspan='2'>отметка&nbsp;&quot;2&quot;
            <tr><td>кол-во</td><td>%</td></tr><tr><td>007<td x:num=0.54>54%<td>a<br/>b</table>после";
        let grids = read(page, "s").unwrap();
        let grid = &grids[0];
        assert_eq!(grid.header(1, 0).text(), "Код");
        assert_eq!(grid.header(0, 2).text(), "отметка\u{a0}\"2\"");
        assert_eq!((grid.cell(1, 1).text(), grid.cell(1, 2).text()), ("кол-во".to_owned(), "%".to_owned()));
        assert_eq!(grid.cell(2, 0), &Cell::Text("007".to_owned()));
        assert_eq!(grid.cell(2, 1), &Cell::Number { value: 0.54, percent: true });
        assert_eq!(grid.cell(2, 2).text(), "a b");
    }

    #[test]
    fn tables_stand_below_each_other_also_inside_one_another() {
        assert_eq!(rows("<table><tr><td>a</table><table><tr><td>b"), [row(0, &[(0, "a")]), row(1, &[(0, "b")])]);
        let nested = "<table><tr><td><table><tr><td>a<td>b<tr><td>c</table><td>d</table><table><td>e</table>";
        let expected = [row(1, &[(0, "a"), (1, "b")]), row(2, &[(0, "c")]), row(3, &[(1, "d")]), row(4, &[(0, "e")])];
        assert_eq!(rows(nested), expected);
    }

    #[test]
    fn spans_cannot_be_made_expensive() {
        let wide = format!("<table><tr>{}", "<td colspan=999999999>".repeat(100));
        assert!(read(&wide, "s").is_err());
        let deep = format!("<table>{}", "<tr><td rowspan=999999999>x".repeat(1000));
        assert_eq!(read(&deep, "s").unwrap()[0].width(), 1000);
    }
}

//! OpenDocument spreadsheets (.ods, .fods), streamed: one row at a time is held before it is written.

use std::collections::HashSet;
use std::io::Read;

use super::budget::Archive;
use super::formats::iso;
use super::grid::{Cell, Grid, LONGEST, Merge, Pen, Room, SHEETS};
use super::refusal::Refusal;
use super::stream::Stream;
use super::tags::{Piece, Tag, Tags, unescape};
use super::xlsx::{COLUMNS, ROWS};

/// The namespace by which the format is known.
pub(super) const NAMESPACE: &str = "urn:oasis:names:tc:opendocument:xmlns:office";

/// Reads the sheets of a packed OpenDocument spreadsheet.
///
/// # Errors
///
/// It is protected, damaged, a bomb, or holds more cells than Svod reads.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Grid>, Refusal> {
    let mut archive = Archive::open(bytes)?;
    if encrypted(&mut archive) {
        return Err(Refusal::Password);
    }
    let mut xml = Stream::new(archive.part("content.xml")?.ok_or(Refusal::Damaged)?);
    let mut document = Document::default();
    let mut room = Room::new();
    while let Some(piece) = xml.next()? {
        document.take(&piece, &mut room)?;
    }
    if document.ended { Ok(document.grids) } else { Err(Refusal::Damaged) }
}

/// Reads the sheets of a flat OpenDocument spreadsheet.
///
/// # Errors
///
/// It holds more cells than Svod reads.
pub(super) fn read_flat(text: &str) -> Result<Vec<Grid>, Refusal> {
    let mut document = Document::default();
    let mut room = Room::new();
    for piece in Tags::new(text) {
        document.take(&piece, &mut room)?;
    }
    Ok(document.grids)
}

/// Whether the list of parts names a key for any of them.
fn encrypted(archive: &mut Archive) -> bool {
    let Ok(Some(list)) = archive.part("META-INF/manifest.xml") else { return false };
    let mut text = String::new();
    list.take(1 << 20).read_to_string(&mut text).is_ok() && text.contains("encryption-data")
}

/// What has been read of a document, and where in it the reader stands.
#[derive(Default)]
struct Document {
    grids: Vec<Grid>,
    hidden_styles: HashSet<String>,
    style: String,
    sheet: Option<Sheet>,
    cell: Option<Open>,
    aside: u32,
    ended: bool,
}

/// The sheet being read; rows and columns count from 0.
struct Sheet {
    pen: Pen,
    row: u32,
    rows: u32,
    column: u32,
    cells: Vec<(u32, Cell)>,
}

/// A cell being read, and in how many columns it stands.
struct Open {
    columns: u32,
    kind: String,
    value: String,
    formula: bool,
    said: String,
    paragraphs: u32,
}

/// Elements that hold text or cells which are not the sheet's own.
const ASIDE: &[&str] = &["annotation", "tracked-changes", "shapes", "dde-links"];

impl Document {
    fn take(&mut self, piece: &Piece, room: &mut Room) -> Result<(), Refusal> {
        match piece {
            Piece::Open { tag, empty } => {
                self.open(tag, *empty, room)?;
                if *empty { self.close(tag.name, room) } else { Ok(()) }
            }
            Piece::Close(name) => self.close(name, room),
            Piece::Text(text) => self.hear(&unescape(text)),
            Piece::Literal(text) => self.hear(text),
        }
    }

    fn hear(&mut self, text: &str) -> Result<(), Refusal> {
        let Some(cell) = self.cell.as_mut().filter(|cell| self.aside == 0 && cell.paragraphs > 0) else {
            return Ok(());
        };
        cell.said.push_str(text);
        if cell.said.len() > LONGEST { Err(Refusal::Bomb) } else { Ok(()) }
    }

    fn open(&mut self, tag: &Tag, empty: bool, room: &mut Room) -> Result<(), Refusal> {
        if self.aside > 0 || ASIDE.contains(&tag.name) {
            self.aside += 1;
            return Ok(());
        }
        match tag.name {
            "style" => self.style = tag.attribute("name").unwrap_or_default().into_owned(),
            "table-properties" if tag.attribute("display").as_deref() == Some("false") => {
                self.hidden_styles.insert(self.style.clone());
            }
            "table" if self.cell.is_none() => self.open_table(tag)?,
            "table-row" => self.open_row(tag),
            "table-cell" | "covered-table-cell" => self.open_cell(tag, empty, room)?,
            "p" | "h" => self.open_paragraph(),
            "s" => self.hear(&" ".repeat(tag.attribute("c").and_then(|c| c.parse().ok()).unwrap_or(1).min(1_000)))?,
            "tab" => self.hear("\t")?,
            "line-break" => self.hear("\n")?,
            _ => {}
        }
        Ok(())
    }

    fn open_table(&mut self, tag: &Tag) -> Result<(), Refusal> {
        if self.grids.len() == SHEETS {
            return Err(Refusal::TooManyCells);
        }
        let mut pen = Pen::new(&tag.attribute("name").unwrap_or_default());
        pen.hide(tag.attribute("style-name").is_some_and(|style| self.hidden_styles.contains(style.as_ref())));
        self.sheet = Some(Sheet { pen, row: 0, rows: 1, column: 0, cells: Vec::new() });
        Ok(())
    }

    fn open_row(&mut self, tag: &Tag) {
        if let Some(sheet) = &mut self.sheet {
            sheet.rows = tag.count("number-rows-repeated").unwrap_or(1).max(1);
            sheet.column = 0;
        }
    }

    fn open_paragraph(&mut self) {
        if let Some(cell) = &mut self.cell {
            if cell.paragraphs > 0 {
                cell.said.push('\n');
            }
            cell.paragraphs += 1;
        }
    }

    fn open_cell(&mut self, tag: &Tag, empty: bool, room: &mut Room) -> Result<(), Refusal> {
        let Some(sheet) = &mut self.sheet else { return Ok(()) };
        let columns = tag.count("number-columns-repeated").unwrap_or(1).max(1);
        let (across, down) = (tag.count("number-columns-spanned"), tag.count("number-rows-spanned"));
        if across.unwrap_or(1) > 1 || down.unwrap_or(1) > 1 {
            sheet.merge(across.unwrap_or(1).max(1), down.unwrap_or(1).max(1), room)?;
        }
        let kind = tag.exactly("calcext:value-type").filter(|kind| kind == "error");
        let kind = kind.or_else(|| tag.attribute("value-type")).unwrap_or_default().into_owned();
        if empty && kind.is_empty() {
            sheet.column = sheet.column.saturating_add(columns);
            return Ok(());
        }
        let stored = match kind.as_str() {
            "date" => "date-value",
            "time" => "time-value",
            "boolean" => "boolean-value",
            "string" => "string-value",
            _ => "value",
        };
        let value = tag.attribute(stored).unwrap_or_default().into_owned();
        let formula = tag.attribute("formula").is_some();
        self.cell = Some(Open { columns, kind, value, formula, said: String::new(), paragraphs: 0 });
        Ok(())
    }

    fn close(&mut self, name: &str, room: &mut Room) -> Result<(), Refusal> {
        if self.aside > 0 {
            self.aside -= 1;
            return Ok(());
        }
        match name {
            "table-cell" | "covered-table-cell" => {
                if let (Some(sheet), Some(cell)) = (&mut self.sheet, self.cell.take()) {
                    sheet.write(&cell, room)?;
                }
            }
            "table-row" => {
                if let Some(sheet) = &mut self.sheet {
                    sheet.end_row(room)?;
                }
            }
            "table" if self.cell.is_none() => self.grids.extend(self.sheet.take().map(|sheet| sheet.pen.finish())),
            "document-content" | "document" => self.ended = true,
            _ => {}
        }
        Ok(())
    }
}

impl Sheet {
    fn merge(&mut self, across: u32, down: u32, room: &mut Room) -> Result<(), Refusal> {
        let last_row = self.row.saturating_add(down - 1).min(ROWS - 1);
        let last_column = self.column.saturating_add(across - 1).min(COLUMNS - 1);
        let merge = Merge { first_row: self.row, first_column: self.column, last_row, last_column };
        self.pen.put_merge(room, merge)
    }

    /// Keeps a cell, in all its columns, until its row ends.
    fn write(&mut self, cell: &Open, room: &mut Room) -> Result<(), Refusal> {
        let first = self.column;
        self.column = first.saturating_add(cell.columns);
        let value = cell.cell();
        if value.is_empty() {
            return Ok(());
        }
        if self.column > COLUMNS || self.row >= ROWS {
            return Err(Refusal::DamagedSheet(self.pen.name().to_owned()));
        }
        for column in first..self.column {
            room.take(&value)?;
            self.cells.push((column, value.clone()));
        }
        Ok(())
    }

    /// Writes the cells of the row that ends, in all its rows.
    fn end_row(&mut self, room: &mut Room) -> Result<(), Refusal> {
        let first = self.row;
        self.row = first.saturating_add(self.rows);
        let cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return Ok(());
        }
        if self.row > ROWS {
            return Err(Refusal::DamagedSheet(self.pen.name().to_owned()));
        }
        cells.iter().for_each(|(_, cell)| room.give_back(cell));
        for row in first..self.row {
            for (column, cell) in &cells {
                self.pen.put(room, row, *column, cell.clone())?;
            }
        }
        Ok(())
    }
}

impl Open {
    /// The cell's value by its stated type; what is not of that type is the text that is shown.
    fn cell(&self) -> Cell {
        let shown = || Cell::Text(self.said.clone());
        match self.kind.as_str() {
            "float" | "currency" | "percentage" => match self.value.trim().parse::<f64>() {
                Ok(value) if value.is_finite() => Cell::Number { value, percent: self.kind == "percentage" },
                _ => shown(),
            },
            "boolean" => Cell::Boolean(self.value == "true"),
            "date" => iso(&self.value),
            "error" => Cell::Error(self.said.trim().to_owned()),
            _ if self.formula => Cell::result(self.said.clone()),
            _ if self.said.is_empty() => Cell::Text(self.value.clone()),
            _ => shown(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &str = r##"<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office">
<office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
<office:spreadsheet><table:tracked-changes><table:table-cell><text:p>old</text:p></table:table-cell></table:tracked-changes>
<table:table table:name="Лист"><table:table-column table:number-columns-repeated="16384"/>
<table:table-row><table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="2" office:value-type="string"><text:p>Код<text:s text:c="2"/>&quot;а&quot;</text:p><text:p>б</text:p><office:annotation><text:p>note</text:p></office:annotation></table:table-cell><table:covered-table-cell/>
<table:table-cell office:value-type="percentage" office:value="0.54"><text:p>54%</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="2"><text:p>7</text:p></table:table-cell><table:table-cell table:number-columns-repeated="1000"/></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3"/><table:table-cell office:value-type="date" office:date-value="2014-10-29"><text:p>29.10.14</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>ИСТИНА</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table><table:table table:name="b" table:style-name="ta2"><table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:document>"##;

    #[test]
    fn cells_merges_repeats_and_hidden_sheets_are_read() {
        let grids = read_flat(BOOK).unwrap();
        let grid = &grids[0];
        let day = Cell::Date(jiff::civil::date(2014, 10, 29));
        let expected = [
            (0, 0, Cell::Text("Код  \"а\"\nб".to_owned())),
            (0, 2, Cell::Number { value: 0.54, percent: true }),
            (0, 3, Cell::number(7.0)),
            (0, 4, Cell::number(7.0)),
            (1, 3, day.clone()),
            (2, 3, day),
            (3, 0, Cell::Error("#DIV/0!".to_owned())),
            (3, 1, Cell::Boolean(true)),
        ];
        for (row, column, cell) in &expected {
            assert_eq!(grid.cell(*row, *column), cell, "{row},{column}");
        }
        assert_eq!(grid.rows().map(|(_, cells)| cells.len()).sum::<usize>(), expected.len());
        assert_eq!((grid.name(), grid.hidden(), grid.header(1, 1).text().as_str()), ("Лист", false, "Код  \"а\" б"));
        assert_eq!((grids[1].name(), grids[1].hidden()), ("b", true));
    }

    #[test]
    fn repeated_cells_cannot_be_made_expensive() {
        let cell = "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/>";
        let row = format!("<table:table-row table:number-rows-repeated=\"1000000\">{cell}</table:table-row>");
        let refused = read_flat(&format!("<table:table table:name=\"a\">{row}</table:table>"));
        assert_eq!(refused, Err(Refusal::TooManyCells));
    }
}

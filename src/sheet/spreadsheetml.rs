//! SpreadsheetML 2003: XML that reporting tools write and name `.xls`, often not quite well formed.

use std::collections::HashMap;

use super::formats::{Look, iso, look};
use super::grid::{Cell, Grid, Merge, Pen, Room, SHEETS};
use super::refusal::Refusal;
use super::tags::{Piece, Tag, Tags, unescape};
use super::xlsx::{COLUMNS, ROWS};

/// The namespace by which the format is known.
pub(super) const NAMESPACE: &str = "urn:schemas-microsoft-com:office:spreadsheet";

/// Reads the sheets of a workbook in SpreadsheetML 2003.
///
/// # Errors
///
/// There are more cells than Svod reads, or positions beyond the limits of a sheet.
pub(super) fn read(text: &str) -> Result<Vec<Grid>, Refusal> {
    let mut reader = Reader::default();
    let mut room = Room::new();
    for piece in Tags::new(text) {
        reader.take(&piece, &mut room)?;
    }
    reader.end_sheet();
    Ok(reader.grids)
}

/// What has been read so far, and where in it the reader stands.
#[derive(Default)]
struct Reader {
    grids: Vec<Grid>,
    styles: HashMap<String, bool>,
    style: String,
    sheet: Option<Sheet>,
    within: Within,
    said: String,
    kind: String,
}

/// Which text is being read.
#[derive(Default, PartialEq)]
enum Within {
    #[default]
    Nothing,
    Data,
    Comment,
    Visible,
}

/// The sheet being read; rows and columns count from 0.
struct Sheet {
    pen: Pen,
    row: u32,
    next_row: u32,
    column: u32,
    next_column: u32,
    column_percent: HashMap<u32, bool>,
    row_percent: Option<bool>,
    percent: bool,
}

impl Reader {
    fn take(&mut self, piece: &Piece, room: &mut Room) -> Result<(), Refusal> {
        match piece {
            Piece::Open { tag, empty } => {
                self.open(tag, room)?;
                if *empty { self.close(tag.name, room) } else { Ok(()) }
            }
            Piece::Close(name) => self.close(name, room),
            Piece::Text(text) => {
                self.hear(&unescape(text));
                Ok(())
            }
            Piece::Literal(text) => {
                self.hear(text);
                Ok(())
            }
        }
    }

    fn hear(&mut self, text: &str) {
        if matches!(self.within, Within::Data | Within::Visible) {
            self.said.push_str(text);
        }
    }

    fn open(&mut self, tag: &Tag, room: &mut Room) -> Result<(), Refusal> {
        match tag.name {
            "Style" => self.open_style(tag),
            "NumberFormat" => {
                let format = tag.attribute("Format").unwrap_or_default();
                self.styles.insert(self.style.clone(), format == "Percent" || look(&format) == Look::Percent);
            }
            "Worksheet" => {
                self.end_sheet();
                if self.grids.len() == SHEETS {
                    return Err(Refusal::TooManyCells);
                }
                self.sheet = Some(Sheet::new(&tag.attribute("Name").unwrap_or_default()));
            }
            "Comment" => self.within = Within::Comment,
            "Data" if self.within == Within::Nothing => {
                self.within = Within::Data;
                self.kind = tag.attribute("Type").unwrap_or_default().into_owned();
            }
            "Visible" => self.within = Within::Visible,
            _ => {
                // A cell that begins inside another's data ends it.
                if matches!(tag.name, "Cell" | "Row") && self.within == Within::Data {
                    self.close("Data", room)?;
                }
                self.place(tag, room)?;
            }
        }
        Ok(())
    }

    fn open_style(&mut self, tag: &Tag) {
        self.style = tag.attribute("ID").unwrap_or_default().into_owned();
        let parent = tag.attribute("Parent").and_then(|parent| self.styles.get(parent.as_ref()).copied());
        self.styles.insert(self.style.clone(), parent.unwrap_or(false));
    }

    /// Elements that move the place of writing: columns, rows, cells.
    fn place(&mut self, tag: &Tag, room: &mut Room) -> Result<(), Refusal> {
        let Some(sheet) = &mut self.sheet else { return Ok(()) };
        let percent = tag.attribute("StyleID").map(|id| self.styles.get(id.as_ref()).copied().unwrap_or(false));
        match tag.name {
            "Column" => {
                sheet.open_column(tag, percent);
                Ok(())
            }
            "Row" => sheet.open_row(tag, percent),
            "Cell" => sheet.open_cell(tag, percent, room),
            _ => Ok(()),
        }
    }

    fn close(&mut self, name: &str, room: &mut Room) -> Result<(), Refusal> {
        match (name, &self.within) {
            ("Comment", Within::Comment) => self.within = Within::Nothing,
            ("Data", Within::Data) => {
                self.within = Within::Nothing;
                let said = std::mem::take(&mut self.said);
                if let Some(sheet) = &mut self.sheet {
                    let cell = value(&self.kind, said, sheet.percent);
                    sheet.pen.put(room, sheet.row, sheet.column, cell)?;
                }
            }
            ("Visible", Within::Visible) => {
                self.within = Within::Nothing;
                let said = std::mem::take(&mut self.said);
                if let Some(sheet) = &mut self.sheet {
                    sheet.pen.hide(said.contains("Hidden"));
                }
            }
            ("Worksheet", _) => self.end_sheet(),
            _ => {}
        }
        Ok(())
    }

    fn end_sheet(&mut self) {
        self.grids.extend(self.sheet.take().map(|sheet| sheet.pen.finish()));
        self.within = Within::Nothing;
        self.said.clear();
    }
}

impl Sheet {
    fn new(name: &str) -> Sheet {
        Sheet {
            pen: Pen::new(name),
            row: 0,
            next_row: 0,
            column: 0,
            next_column: 0,
            column_percent: HashMap::new(),
            row_percent: None,
            percent: false,
        }
    }

    /// The place that an element names by its index from 1, else the one after the element before it.
    fn at(tag: &Tag, next: u32) -> u32 {
        tag.count("Index").and_then(|index| index.checked_sub(1)).unwrap_or(next)
    }

    fn open_column(&mut self, tag: &Tag, percent: Option<bool>) {
        let first = Sheet::at(tag, self.next_column);
        let last = first.saturating_add(tag.count("Span").unwrap_or(0)).min(COLUMNS);
        self.next_column = last.saturating_add(1);
        if percent == Some(true) {
            self.column_percent.extend((first..=last).map(|column| (column, true)));
        }
    }

    fn open_row(&mut self, tag: &Tag, percent: Option<bool>) -> Result<(), Refusal> {
        self.row = Sheet::at(tag, self.next_row);
        self.next_row = self.row.saturating_add(1).saturating_add(tag.count("Span").unwrap_or(0));
        self.next_column = 0;
        self.row_percent = percent;
        if self.row < ROWS { Ok(()) } else { Err(Refusal::Damaged) }
    }

    fn open_cell(&mut self, tag: &Tag, percent: Option<bool>, room: &mut Room) -> Result<(), Refusal> {
        self.column = Sheet::at(tag, self.next_column);
        if self.column >= COLUMNS {
            return Err(Refusal::Damaged);
        }
        let across = tag.count("MergeAcross").unwrap_or(0);
        let down = tag.count("MergeDown").unwrap_or(0);
        let last_column = self.column.saturating_add(across).min(COLUMNS - 1);
        let last_row = self.row.saturating_add(down).min(ROWS - 1);
        self.next_column = last_column + 1;
        let column = || self.column_percent.get(&self.column).copied();
        self.percent = percent.or(self.row_percent).or_else(column).unwrap_or(false);
        if (across, down) == (0, 0) {
            return Ok(());
        }
        let merge = Merge { first_row: self.row, first_column: self.column, last_row, last_column };
        self.pen.put_merge(room, merge)
    }
}

/// A cell's value by its stated type; what is not of that type stays text.
fn value(kind: &str, said: String, percent: bool) -> Cell {
    match kind {
        "Number" => match said.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Cell::Number { value, percent },
            _ => Cell::Text(said),
        },
        "Boolean" => Cell::Boolean(matches!(said.trim(), "1" | "true" | "True")),
        "Error" => Cell::Error(said.trim().to_owned()),
        "DateTime" => moment(&said),
        _ => Cell::Text(said),
    }
}

/// A day; times of the day are written as moments of the day before the calendar begins.
fn moment(said: &str) -> Cell {
    match said.trim().strip_prefix("1899-12-31T") {
        Some(time) => Cell::Text(time.split('.').next().unwrap_or(time).to_owned()),
        None => iso(said.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &str = r#"<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="p"><NumberFormat ss:Format="0.0%"/></Style><Style ss:ID="q" ss:Parent="p"/><Style ss:ID="n"/></Styles>
<Worksheet ss:Name="Итоги &quot;2014&quot;"><Table>
<Column ss:Index="3" ss:StyleID="p"/>
<Row><Cell ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">Код&#10;МОУО</Data></Cell><Cell><Data ss:Type="String">&#48&#52</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="Number">20287</Data></Cell><Cell ss:StyleID="q"><Data ss:Type="Number">0.54</Data></Cell>
<Cell><Data ss:Type="Number">0.31</Data></Cell><Cell ss:Index="6" ss:StyleID="n"><Comment><ss:Data>see</ss:Data></Comment><ss:Data ss:Type="String"><B>жирно</B> & мелко</ss:Data></Cell></Row>
<Row ss:Span="2"/><Row><Cell><Data ss:Type="DateTime">2014-10-29T00:00:00.000</Data></Cell><Cell><Data ss:Type="Error">#DIV/0!</Data></Cell>
<Cell/><Cell><Data ss:Type="Boolean">1</Data></Cell><Cell><Data ss:Type="DateTime">1899-12-31T09:30:00.000</Data></Cell></Row>
</Table></Worksheet>
<Worksheet ss:Name="b"><Table><Row><Cell><Data ss:Type="Number">1</Data></Table>
<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"#;

    #[test]
    fn cells_merges_styles_and_hidden_sheets_are_read() {
        let grids = read(BOOK).unwrap();
        let grid = &grids[0];
        assert_eq!((grid.name(), grid.hidden()), ("Итоги \"2014\"", false));
        let expected = [
            (0, 0, Cell::Text("Код\nМОУО".to_owned())),
            (0, 2, Cell::Text("04".to_owned())),
            (2, 0, Cell::number(20287.0)),
            (2, 1, Cell::Number { value: 0.54, percent: true }),
            (2, 2, Cell::Number { value: 0.31, percent: true }),
            (2, 5, Cell::Text("жирно & мелко".to_owned())),
            (6, 0, Cell::Date(jiff::civil::date(2014, 10, 29))),
            (6, 1, Cell::Error("#DIV/0!".to_owned())),
            (6, 3, Cell::Boolean(true)),
            (6, 4, Cell::Text("09:30:00".to_owned())),
        ];
        for (row, column, cell) in &expected {
            assert_eq!(grid.cell(*row, *column), cell, "{row},{column}");
        }
        assert_eq!(grid.rows().map(|(_, cells)| cells.len()).sum::<usize>(), expected.len());
        assert_eq!(grid.header(1, 1).text(), "Код МОУО");
        assert!(grids[1].hidden());
        assert_eq!(grids[1].cell(0, 0), &Cell::number(1.0));
    }

    #[test]
    fn positions_beyond_a_sheet_are_damage() {
        for cell in ["<Row ss:Index=\"99999999999\"><Cell>", "<Row><Cell ss:Index=\"16385\">"] {
            assert!(read(&format!("<Worksheet ss:Name=\"a\">{cell}")).is_err());
        }
    }
}

//! The registry as people keep it: a workbook with a line an organisation, its columns found by their headings.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::columns::{self, Column};
use super::line::{Line, Origin};
use super::record::{Reporting, Text};
use super::zone;
use crate::error::{Fault, Place, Severity};
use crate::ids::OrgType;
use crate::lang::Words;
use crate::sheet::{Book, Cell, Grid};
use crate::text;

/// How many rows may stand above the header.
const PREAMBLE: u32 = 30;

/// The columns that every file has.
const NEEDED: [(Column, &str); 4] =
    [(Column::Code, "Код"), (Column::Name, "Наименование"), (Column::Kind, "Тип"), (Column::Above, "Вышестоящая")];

/// What a file of organisations holds.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    /// Headings that nobody knows.
    pub(super) notes: Vec<Fault>,
}

/// Reads the lines of every sheet that has the registry's header.
///
/// # Errors
/// Every fault of the file: no header, headings that are missing, empty or unreadable cells, each with its address.
pub(super) fn read(book: &Book) -> Result<Lines, Vec<Fault>> {
    let headers: Vec<(&Grid, Header)> =
        book.sheets.iter().filter(|grid| !grid.hidden()).filter_map(|grid| Some((grid, Header::find(grid)?))).collect();
    if headers.is_empty() {
        return Err(vec![Fault::error(Place::File(book.name.clone()), "header", Words::new("org.no-header"))]);
    }
    let (mut lines, mut faults, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for (grid, header) in headers {
        let missing: Vec<&str> =
            NEEDED.iter().filter(|(column, _)| header.first(*column).is_none()).map(|(_, word)| *word).collect();
        if !missing.is_empty() {
            let at = Place::Cell { sheet: grid.name().to_owned(), row: header.row, column: 0 };
            faults.push(Fault::error(at, "header", Words::new("org.no-columns").with("columns", missing.join("», «"))));
            continue;
        }
        notes.extend(header.notes(grid));
        for (row, cells) in grid.rows().filter(|(row, _)| *row > header.row) {
            if !header.is_blank(grid, row) && !is_numbering(cells) {
                lines.extend(header.line(grid, row, &mut faults));
            }
        }
    }
    if lines.is_empty() && faults.is_empty() {
        faults.push(Fault::error(Place::File(book.name.clone()), "empty", Words::new("org.no-lines")));
    }
    if faults.is_empty() { Ok(Lines { lines, notes }) } else { Err(faults) }
}

/// The row «1 2 3 …» that some people put under a header.
fn is_numbering(cells: &[(u32, Cell)]) -> bool {
    cells.len() > 2 && (1usize..).zip(cells).all(|(n, (_, cell))| cell.text() == n.to_string())
}

/// The row of headings of a sheet.
struct Header {
    row: u32,
    columns: Vec<(Column, u32)>,
    /// The names of attributes, by the numbers of their columns.
    attributes: Vec<String>,
}

impl Header {
    /// The first row that has a code and a name among its headings.
    fn find(grid: &Grid) -> Option<Header> {
        grid.rows().take_while(|(row, _)| *row < PREAMBLE).find_map(|(row, cells)| {
            let mut header = Header { row, columns: Vec::new(), attributes: Vec::new() };
            for (at, cell) in cells {
                let text = cell.text();
                let attribute = columns::attribute(&text).map(|name| header.attribute(name));
                header.columns.extend(attribute.or_else(|| columns::of_heading(&text)).map(|column| (column, *at)));
            }
            (header.first(Column::Code).is_some() && header.first(Column::Name).is_some()).then_some(header)
        })
    }

    fn attribute(&mut self, name: String) -> Column {
        self.attributes.push(name);
        Column::Attribute(u16::try_from(self.attributes.len() - 1).unwrap_or(u16::MAX))
    }

    fn first(&self, column: Column) -> Option<u32> {
        self.columns.iter().find(|(known, _)| *known == column).map(|(_, at)| *at)
    }

    fn is_blank(&self, grid: &Grid, row: u32) -> bool {
        self.columns.iter().all(|(_, at)| grid.cell(row, *at).is_empty())
    }

    /// Headings that nobody knows: what stands below them is not loaded.
    fn notes(&self, grid: &Grid) -> Vec<Fault> {
        let cells = grid.rows().find(|(row, _)| *row == self.row).map(|(_, cells)| cells).unwrap_or_default();
        let unknown = cells.iter().filter(|(at, cell)| {
            !cell.is_empty() && !is_number(&cell.text()) && self.columns.iter().all(|(_, known)| known != at)
        });
        let note = |(at, cell): &(u32, Cell)| {
            let at = Place::Cell { sheet: grid.name().to_owned(), row: self.row, column: *at };
            let words = Words::new("org.column-unknown").with("heading", cell.text().trim());
            Fault::error(at, "unknown-key", words).weighing(Severity::Note)
        };
        unknown.map(note).collect()
    }

    fn line(&self, grid: &Grid, row: u32, faults: &mut Vec<Fault>) -> Option<Line> {
        let columns = self.columns.iter().rev().copied().collect();
        let origin = Origin::Row { sheet: grid.name().to_owned(), row, columns };
        let before = faults.len();
        let cells = Cells { header: self, grid, row, origin };
        let code = cells.needed(Column::Code, faults).split_whitespace().collect::<String>();
        let name = cells.needed(Column::Name, faults);
        let kind = cells.kind(faults);
        let above = cells.text(Column::Above, faults);
        let short_name = self.first(Column::Short).map(|_| cells.text(Column::Short, faults));
        let (valid_from, valid_to) = (cells.day(Column::From, faults), cells.day(Column::To, faults));
        if let (Some(Some(from)), Some(Some(to))) = (valid_from, valid_to)
            && from > to
        {
            faults.push(cells.origin.fault(Column::To, "range", Words::new("org.days-reversed")));
        }
        let texts = cells.texts(faults);
        let (reports, zone) = (cells.reports(faults), cells.zone(faults));
        let successors = cells.list(Column::Successor, &[';', ','], faults);
        let successors = successors.map(|codes| codes.iter().map(|code| code.split_whitespace().collect()).collect());
        let groups = cells.list(Column::Groups, &[';'], faults);
        let codes = cells.codes(faults);
        let attributes = cells.attributes(faults);
        let since = cells.day(Column::Since, faults).flatten();
        let (kind, branch) = kind.filter(|_| faults.len() == before)?;
        let origin = cells.origin;
        let line = Line {
            origin,
            code,
            name,
            kind,
            branch,
            above,
            short_name,
            valid_from,
            valid_to,
            texts,
            reports,
            zone,
            successors,
            groups,
            codes,
            attributes,
            since,
        };
        Some(line)
    }
}

fn is_number(text: &str) -> bool {
    text.trim().chars().all(|c| c.is_ascii_digit())
}

/// The cells of one line.
struct Cells<'a> {
    header: &'a Header,
    grid: &'a Grid,
    row: u32,
    origin: Origin,
}

impl Cells<'_> {
    fn cell(&self, column: Column) -> &Cell {
        const EMPTY: Cell = Cell::Empty;
        self.header.first(column).map_or(&EMPTY, |at| self.grid.cell(self.row, at))
    }

    fn text(&self, column: Column, faults: &mut Vec<Fault>) -> String {
        let cell = self.cell(column);
        if let Cell::Error(error) = cell {
            faults.push(self.origin.fault(column, "error-cell", Words::new("org.error-cell").with("error", error)));
        }
        cell.text().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn needed(&self, column: Column, faults: &mut Vec<Fault>) -> String {
        let text = self.text(column, faults);
        if text.is_empty() {
            let words = if column == Column::Code { Words::new("org.no-code") } else { Words::new("org.no-name") };
            faults.push(self.origin.fault(column, "required", words));
        }
        text
    }

    fn kind(&self, faults: &mut Vec<Fault>) -> Option<(OrgType, bool)> {
        let typed = self.text(Column::Kind, faults);
        let kind = columns::kind(&typed);
        if kind.is_none() {
            let words = Words::new("org.unknown-type").with("given", typed);
            faults.push(self.origin.fault(Column::Kind, "unknown-choice", words));
        }
        kind
    }

    fn day(&self, column: Column, faults: &mut Vec<Fault>) -> Option<Option<Date>> {
        self.header.first(column)?;
        let day = match self.cell(column) {
            cell if cell.is_empty() => Some(None),
            Cell::Date(date) => Some(Some(*date)),
            cell => text::read_date(&cell.text()).map(Some),
        };
        if day.is_none() {
            let words = Words::new("org.bad-day").with("given", self.cell(column).text());
            faults.push(self.origin.fault(column, "wrong-type", words));
        }
        day
    }

    fn texts(&self, faults: &mut Vec<Fault>) -> BTreeMap<Text, String> {
        let given = Text::ALL.into_iter().filter(|text| self.header.first(Column::Text(*text)).is_some());
        given.map(|text| (text, self.text(Column::Text(text), faults))).collect()
    }

    /// Who reports; an empty cell says that it does so itself.
    fn reports(&self, faults: &mut Vec<Fault>) -> Option<Reporting> {
        self.header.first(Column::Reports)?;
        let typed = self.text(Column::Reports, faults);
        let reports = columns::reporting(&typed);
        if reports.is_none() {
            let words = Words::new("org.unknown-reporting").with("given", typed);
            faults.push(self.origin.fault(Column::Reports, "unknown-choice", words));
        }
        reports
    }

    fn zone(&self, faults: &mut Vec<Fault>) -> Option<Option<String>> {
        self.header.first(Column::Zone)?;
        let typed = self.text(Column::Zone, faults);
        if typed.is_empty() {
            return Some(None);
        }
        let zone = zone::read(&typed);
        if zone.is_none() {
            let words = Words::new("org.unknown-zone").with("given", typed);
            faults.push(self.origin.fault(Column::Zone, "unknown-choice", words));
        }
        Some(zone)
    }

    /// What a cell lists between separators.
    fn list(&self, column: Column, separators: &[char], faults: &mut Vec<Fault>) -> Option<Vec<String>> {
        self.header.first(column)?;
        let text = self.text(column, faults);
        let each = text.split(separators).map(|one| one.trim().to_owned());
        Some(each.filter(|one| !one.is_empty()).collect())
    }

    /// The codes of each scheme that the file has a column for; a cell may hold several, separated by `;` or `,`.
    fn codes(&self, faults: &mut Vec<Fault>) -> BTreeMap<&'static str, Vec<String>> {
        let mut codes: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for (column, at) in &self.header.columns {
            let Column::Scheme(scheme) = column else { continue };
            let cell = self.grid.cell(self.row, *at);
            if let Cell::Error(error) = cell {
                let words = Words::new("org.error-cell").with("error", error);
                faults.push(self.origin.fault(*column, "error-cell", words));
            }
            let known = codes.entry(scheme).or_default();
            for code in cell.text().split([';', ',']) {
                let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
                if !code.is_empty() && !known.contains(&code) {
                    known.push(code);
                }
            }
        }
        codes
    }

    fn attributes(&self, faults: &mut Vec<Fault>) -> Vec<(u16, String, String)> {
        let each = (0..).zip(&self.header.attributes);
        each.map(|(n, name)| (n, name.clone(), self.text(Column::Attribute(n), faults))).collect()
    }
}

//! The registry as people keep it: a workbook with a line an organisation, its columns found by their headings.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::error::{Fault, Place};
use crate::ids::OrgType;
use crate::lang::Words;
use crate::sheet::{Book, Cell, Grid};
use crate::text;

/// What a column of the registry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Code,
    Name,
    Kind,
    Above,
    Short,
    From,
    To,
    Successor,
    Inn,
    Exam,
    Fisoko,
}

/// The headings of each column: letters and digits only, the product's own heading first.
const HEADINGS: [(Column, &[&str]); 11] = [
    (Column::Code, &["код", "кодорганизации", "кодоо", "кодоу", "кодшколы", "code"]),
    (
        Column::Name,
        &[
            "наименование",
            "название",
            "наименованиеорганизации",
            "наименованиеоо",
            "полноенаименование",
            "организация",
            "name",
        ],
    ),
    (Column::Kind, &["тип", "типорганизации", "видорганизации", "уровень", "type"]),
    (Column::Above, &["вышестоящая", "вышестоящаяорганизация", "муниципалитет", "подчинение", "входитв", "parent"]),
    (
        Column::Short,
        &["краткоенаименование", "сокращенноенаименование", "краткоеназвание", "сокращенноеназвание", "shortname"],
    ),
    (Column::From, &["действуетс", "датаоткрытия", "validfrom"]),
    (Column::To, &["действуетпо", "датазакрытия", "validto"]),
    (Column::Successor, &["правопреемник", "правопреемники", "преемник", "присоединенак", "successor"]),
    (Column::Inn, &["инн", "иннорганизации", "inn"]),
    (Column::Exam, &["кодогэегэ", "кодогэ", "кодегэ", "кодегэогэ", "кодгиа", "кодоогиа", "examcode", "exam"]),
    (Column::Fisoko, &["логинфисоко", "фисоко", "логинвпр", "логиноо", "логин", "fisoko"]),
];

const NEEDED: [(Column, &str); 4] =
    [(Column::Code, "Код"), (Column::Name, "Наименование"), (Column::Kind, "Тип"), (Column::Above, "Вышестоящая")];

/// The words for types that registries use.
const KINDS: [(OrgType, &[&str]); 3] = [
    (OrgType::Region, &["регион", "субъект", "region"]),
    (
        OrgType::Municipality,
        &["муниципалитет", "муниципальное образование", "район", "округ", "моуо", "омсу", "мо", "municipality"],
    ),
    (
        OrgType::School,
        &["школа", "оо", "оу", "общеобразовательная организация", "общеобразовательное учреждение", "school"],
    ),
];

/// Columns of codes and their schemes.
pub(super) const CODE_COLUMNS: [(Column, &str); 3] =
    [(Column::Inn, "inn"), (Column::Exam, "exam"), (Column::Fisoko, "fisoko")];

/// How many rows may stand above the header.
const PREAMBLE: u32 = 30;

/// Where a line stands, to point at its cells.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    sheet: String,
    row: u32,
    columns: BTreeMap<Column, u32>,
}

impl Origin {
    /// The cell of a column in this line.
    pub(super) fn cell(&self, column: Column) -> Place {
        let column = self.columns.get(&column).copied().unwrap_or_default();
        Place::Cell { sheet: self.sheet.clone(), row: self.row, column }
    }

    /// An error in the cell of a column.
    pub(super) fn fault(&self, column: Column, code: &'static str, words: Words) -> Fault {
        Fault::error(self.cell(column), code, words)
    }
}

/// One organisation as the file gives it. What the file has no column for is `None` and stays as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) origin: Origin,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) kind: OrgType,
    /// A code or a name; empty at the top of the tree.
    pub(super) above: String,
    pub(super) short_name: Option<String>,
    pub(super) valid_from: Option<Option<Date>>,
    pub(super) valid_to: Option<Option<Date>>,
    /// Codes of those who carry on what it did.
    pub(super) successors: Option<Vec<String>>,
    pub(super) codes: BTreeMap<&'static str, Vec<String>>,
}

/// Reads the lines of every sheet that has the registry's header.
///
/// # Errors
/// Every fault of the file: no header, headings that are missing, empty or unreadable cells, each with its address.
pub(super) fn read(book: &Book) -> Result<Vec<Line>, Vec<Fault>> {
    let headers: Vec<(&Grid, Header)> =
        book.sheets.iter().filter(|grid| !grid.hidden()).filter_map(|grid| Some((grid, Header::find(grid)?))).collect();
    if headers.is_empty() {
        return Err(vec![Fault::error(Place::File(book.name.clone()), "header", Words::new("org.no-header"))]);
    }
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for (grid, header) in headers {
        let missing: Vec<&str> =
            NEEDED.iter().filter(|(column, _)| header.first(*column).is_none()).map(|(_, word)| *word).collect();
        if !missing.is_empty() {
            let at = Place::Cell { sheet: grid.name().to_owned(), row: header.row, column: 0 };
            faults.push(Fault::error(at, "header", Words::new("org.no-columns").with("columns", missing.join("», «"))));
            continue;
        }
        for (row, cells) in grid.rows().filter(|(row, _)| *row > header.row) {
            if !header.is_blank(grid, row) && !is_numbering(cells) {
                lines.extend(header.line(grid, row, &mut faults));
            }
        }
    }
    if lines.is_empty() && faults.is_empty() {
        faults.push(Fault::error(Place::File(book.name.clone()), "empty", Words::new("org.no-lines")));
    }
    if faults.is_empty() { Ok(lines) } else { Err(faults) }
}

/// The row «1 2 3 …» that some people put under a header.
fn is_numbering(cells: &[(u32, Cell)]) -> bool {
    cells.len() > 2 && (1usize..).zip(cells).all(|(n, (_, cell))| cell.text() == n.to_string())
}

/// The row of headings of a sheet.
struct Header {
    row: u32,
    columns: Vec<(Column, u32)>,
}

impl Header {
    /// The first row that has a code and a name among its headings.
    fn find(grid: &Grid) -> Option<Header> {
        grid.rows().take_while(|(row, _)| *row < PREAMBLE).find_map(|(row, cells)| {
            let columns: Vec<(Column, u32)> =
                cells.iter().filter_map(|(at, cell)| Some((heading(&cell.text())?, *at))).collect();
            let header = Header { row, columns };
            (header.first(Column::Code).is_some() && header.first(Column::Name).is_some()).then_some(header)
        })
    }

    fn first(&self, column: Column) -> Option<u32> {
        self.columns.iter().find(|(known, _)| *known == column).map(|(_, at)| *at)
    }

    fn is_blank(&self, grid: &Grid, row: u32) -> bool {
        self.columns.iter().all(|(_, at)| grid.cell(row, *at).is_empty())
    }

    fn line(&self, grid: &Grid, row: u32, faults: &mut Vec<Fault>) -> Option<Line> {
        let columns = self.columns.iter().rev().copied().collect();
        let origin = Origin { sheet: grid.name().to_owned(), row, columns };
        let before = faults.len();
        let cells = Cells { header: self, grid, origin };
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
        let successors = cells.successors(faults);
        let codes = cells.codes(faults);
        let kind = kind.filter(|_| faults.len() == before)?;
        let origin = cells.origin;
        Some(Line { origin, code, name, kind, above, short_name, valid_from, valid_to, successors, codes })
    }
}

/// The cells of one line.
struct Cells<'a> {
    header: &'a Header,
    grid: &'a Grid,
    origin: Origin,
}

impl Cells<'_> {
    fn cell(&self, column: Column) -> &Cell {
        const EMPTY: Cell = Cell::Empty;
        self.header.first(column).map_or(&EMPTY, |at| self.grid.cell(self.origin.row, at))
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

    fn kind(&self, faults: &mut Vec<Fault>) -> Option<OrgType> {
        let typed = self.text(Column::Kind, faults);
        let word = text::folded(&typed);
        let kind = KINDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(kind, _)| *kind);
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

    /// The codes of successors, separated by `;` or `,`.
    fn successors(&self, faults: &mut Vec<Fault>) -> Option<Vec<String>> {
        self.header.first(Column::Successor)?;
        let text = self.text(Column::Successor, faults);
        let codes = text.split([';', ',']).map(|code| code.split_whitespace().collect::<String>());
        Some(codes.filter(|code| !code.is_empty()).collect())
    }

    /// The codes of each scheme that the file has a column for; a cell may hold several, separated by `;` or `,`.
    fn codes(&self, faults: &mut Vec<Fault>) -> BTreeMap<&'static str, Vec<String>> {
        let mut codes: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for (column, at) in &self.header.columns {
            let Some((_, scheme)) = CODE_COLUMNS.iter().find(|(known, _)| known == column) else { continue };
            let cell = self.grid.cell(self.origin.row, *at);
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
}

fn heading(text: &str) -> Option<Column> {
    let letters: String = text::folded(text).chars().filter(|c| c.is_alphanumeric()).collect();
    HEADINGS.iter().find(|(_, words)| words.contains(&letters.as_str())).map(|(column, _)| *column)
}

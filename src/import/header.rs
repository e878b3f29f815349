//! Finding the tables of a recipe in a workbook: which rows are the header, which column is what.

use std::collections::BTreeSet;
use std::ops::Range;

use super::heading::{Fit, Heading, LEVELS, LONGEST, fits, holds_words, levels, plain, squeezed};
use super::rows;
use crate::error::{Fault, Place, Severity};
use crate::form::{Goal, Recipe, RowFrom};
use crate::lang::Words;
use crate::sheet::{Book, Cell, Grid};
use crate::text;

/// The most rows that a header has.
pub(super) const DEEPEST: u32 = 3;

/// How many places that look like a header are examined, and how many tables are read on one sheet.
const TRIES: usize = 20;
const TABLES: usize = 1000;

/// A workbook with the tables of a recipe found in it: the first stage of an import.
#[derive(Debug)]
pub struct Located<'a> {
    pub(super) book: &'a Book,
    pub(super) recipe: &'a Recipe,
    pub(super) tables: Vec<Table>,
    /// Sheets that have the header and cannot be read all the same, and warnings.
    pub(super) faults: Vec<Fault>,
}

/// A table on a sheet.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) sheet: usize,
    /// The rows under the header.
    pub(super) body: Range<u32>,
    pub(super) columns: Columns,
    /// The row of the form's table that a title or the sheet's name gives.
    pub(super) row: Option<String>,
}

/// Which column of the sheet is what.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub(super) code: Option<u32>,
    pub(super) organisation: Option<u32>,
    pub(super) municipality: Option<u32>,
    pub(super) row: Option<u32>,
    /// One for each column of the recipe.
    pub(super) goals: Vec<u32>,
}

/// Why no table of a recipe was found.
#[derive(Debug)]
pub enum NotFound {
    /// No row of any sheet that is asked for holds the texts that mark the header.
    NoHeader,
    /// There is a header, but something in the file does not fit the recipe.
    Unfit(Vec<Fault>),
}

impl<'a> Located<'a> {
    /// Finds every table of a recipe.
    ///
    /// # Errors
    /// [`NotFound`] where there is no table that can be read.
    pub fn find(book: &'a Book, recipe: &'a Recipe) -> Result<Located<'a>, NotFound> {
        let mut located = Located { book, recipe, tables: Vec::new(), faults: Vec::new() };
        for (sheet, grid) in book.sheets.iter().enumerate().filter(|(_, grid)| asked(recipe, grid)) {
            located.sheet(sheet, grid);
        }
        let hidden: Vec<Fault> = book.sheets.iter().filter_map(|grid| passed_over(recipe, grid)).collect();
        match (located.tables.is_empty(), located.faults.is_empty(), hidden.is_empty()) {
            (false, ..) => {
                located.faults.extend(hidden.into_iter().map(|fault| fault.weighing(Severity::Warning)));
                Ok(located)
            }
            (true, true, true) => Err(NotFound::NoHeader),
            (true, true, false) => Err(NotFound::Unfit(hidden)),
            (true, false, _) => Err(NotFound::Unfit(located.faults)),
        }
    }

    /// The recipe that fits.
    pub fn recipe(&self) -> &'a Recipe {
        self.recipe
    }

    fn sheet(&mut self, sheet: usize, grid: &Grid) {
        let Some(mut header) = Header::first(grid, self.recipe) else { return };
        let mut above = 0..header.first;
        let mut inherited: Option<String> = None;
        for number in 1.. {
            let next = header.next(grid, self.recipe).filter(|_| number < TABLES);
            let end = next.as_ref().map_or(grid.height(), |next| next.first);
            match table(grid, self.recipe, &header, (sheet, above.clone(), end), inherited.clone()) {
                Ok(table) => {
                    inherited.clone_from(&table.row);
                    self.faults.extend(personal(grid, &header));
                    self.tables.push(table);
                }
                Err(faults) => self.faults.extend(faults),
            }
            let Some(next) = next else { return };
            above = header.last + 1..next.first;
            header = next;
        }
    }
}

/// Whether a recipe asks for a sheet. A hidden one nobody sees: it must be called by its very name.
pub(super) fn asked(recipe: &Recipe, grid: &Grid) -> bool {
    let by_name = |pattern: &&String| !grid.hidden() || !pattern.contains('*');
    recipe.sheets.iter().filter(by_name).any(|pattern| fits(pattern, grid.name()))
}

/// What is to be said of a hidden sheet that would be read if it were not hidden.
fn passed_over(recipe: &Recipe, grid: &Grid) -> Option<Fault> {
    let fits = recipe.sheets.iter().any(|pattern| fits(pattern, grid.name()));
    if !fits || asked(recipe, grid) {
        return None;
    }
    let header = Header::first(grid, recipe)?;
    let at = cell(grid, header.first, header.headings.first().map_or(0, |heading| heading.column));
    Some(Fault::error(at, "hidden-sheet", Words::new("import.hidden-sheet").with("sheet", grid.name())))
}

fn table(
    grid: &Grid,
    recipe: &Recipe,
    header: &Header,
    (sheet, above, end): (usize, Range<u32>, u32),
    inherited: Option<String>,
) -> Result<Table, Vec<Fault>> {
    let columns = header.columns(grid, recipe)?;
    let row = match &recipe.row {
        Some(RowFrom::Title(map)) => Some(rows::titled(grid, above, map, header.first, inherited)?),
        Some(RowFrom::Sheet(map)) => Some(rows::by_sheet(grid, map)?),
        Some(RowFrom::Column(..)) | None => None,
    };
    let start = header.last + 1;
    let numbered = (start..end).find(|row| !grid.row(*row).is_empty()).filter(|row| counts_columns(grid, *row));
    Ok(Table { sheet, body: numbered.map_or(start, |row| row + 1)..end, columns, row })
}

/// Whether a row only numbers the columns: 1, 2, 3, ….
fn counts_columns(grid: &Grid, row: u32) -> bool {
    let cells = grid.row(row);
    let numbers = cells.iter().map(|(_, cell)| match cell {
        Cell::Number { value, .. } => Some(*value),
        Cell::Text(typed) => text::read_number(typed),
        _ => None,
    });
    let mut next = 1.0;
    let counting = numbers.into_iter().all(|number| {
        let fits = number == Some(next);
        next += 1.0;
        fits
    });
    cells.len() >= 3 && counting
}

/// A warning for every column that looks like names of people: they are not imported, but they are in the file.
fn personal(grid: &Grid, header: &Header) -> Vec<Fault> {
    const SIGNS: [&str; 3] = ["фио", "ф.и.о", "фамилия"];
    let personal = |heading: &&Heading| {
        let text = squeezed(&heading.text);
        SIGNS.iter().any(|sign| text.starts_with(sign) || text.contains(&format!("/{sign}")))
    };
    let fault = |heading: &Heading| {
        let at = cell(grid, header.last, heading.column);
        Fault::error(at, "personal", Words::new("import.personal").with("heading", &heading.text))
            .weighing(Severity::Warning)
    };
    header.headings.iter().filter(personal).map(fault).collect()
}

/// The place of a cell.
pub(super) fn cell(grid: &Grid, row: u32, column: u32) -> Place {
    Place::Cell { sheet: grid.name().to_owned(), row, column }
}

/// A header that was found: its rows and the headings of all columns.
#[derive(Debug, Clone)]
struct Header {
    first: u32,
    last: u32,
    headings: Vec<Heading>,
    /// How many columns of the recipe were found, and how many of them by all levels.
    found: (usize, usize),
}

impl Header {
    /// The first header of a sheet in which all columns are found, else the one with most of them.
    fn first(grid: &Grid, recipe: &Recipe) -> Option<Header> {
        let rows = grid.rows().map(|(row, _)| row);
        Header::among(grid, recipe, rows)
    }

    /// The header once more, further down: where the heading of the column that names the organisation is repeated.
    fn next(&self, grid: &Grid, recipe: &Recipe) -> Option<Header> {
        let wanted = recipe.organisation.as_deref().or(recipe.code.as_ref().map(|(column, _)| column.as_str()))?;
        let heading = only(&self.headings, &levels(wanted)).ok()?;
        let last_level = squeezed(&grid.header(self.last, heading.column).text());
        let repeats = |row: &u32| match grid.cell(*row, heading.column) {
            Cell::Text(text) => text.len() <= LONGEST && squeezed(text) == last_level,
            _ => false,
        };
        let at = grid.rows().map(|(row, _)| row).filter(|row| *row > self.last).find(repeats)?;
        let near = (at.saturating_sub(DEEPEST - 1).max(self.last + 1)..at + DEEPEST).filter(|row| *row < grid.height());
        Header::among(grid, recipe, near)
    }

    fn among(grid: &Grid, recipe: &Recipe, rows: impl Iterator<Item = u32>) -> Option<Header> {
        let marks: Vec<String> = recipe.header.iter().map(|mark| plain(mark)).collect();
        let wanted = wanted(recipe);
        let mut window: Vec<(u32, BTreeSet<usize>)> = Vec::new();
        let mut best: Option<Header> = None;
        let mut tries = 0;
        for row in rows {
            window.retain(|(before, _)| row - before < DEEPEST);
            window.push((row, marks_in(grid, row, &marks)));
            let held: BTreeSet<usize> = window.iter().flat_map(|(_, held)| held).copied().collect();
            if held.len() < marks.len() {
                continue;
            }
            let header = Header::ending_near(grid, (&marks, &wanted), row);
            if header.as_ref().map(|header| header.found) > best.as_ref().map(|best| best.found) {
                best = header;
            }
            tries += 1;
            if tries == TRIES || best.as_ref().is_some_and(|best| best.found.0 == wanted.len()) {
                break;
            }
        }
        best
    }

    /// The best header around a row in which the last of the marks stands.
    fn ending_near(grid: &Grid, by: (&[String], &[Vec<String>]), row: u32) -> Option<Header> {
        let mut best: Option<Header> = None;
        for spread in [false, true] {
            for first in row.saturating_sub(DEEPEST - 1)..=row {
                for last in row..first + DEEPEST {
                    let better = |header: &Header| best.as_ref().is_none_or(|best| header.found > best.found);
                    if merged_depth(grid, first, last) == last
                        && let Some(header) = Header::of(grid, by, (first, last, spread)).filter(better)
                    {
                        best = Some(header);
                    }
                }
            }
            if best.as_ref().is_some_and(|best| best.found.0 == by.1.len()) {
                break;
            }
        }
        best
    }

    /// The header in these rows, if its headings hold all marks.
    fn of(grid: &Grid, (marks, wanted): (&[String], &[Vec<String>]), rows: (u32, u32, bool)) -> Option<Header> {
        let headings = Heading::all(grid, (rows.0, rows.1), rows.2);
        let texts: Vec<String> = headings.iter().map(|heading| plain(&heading.text)).collect();
        if !marks.iter().all(|mark| texts.iter().any(|text| holds_words(text, mark))) {
            return None;
        }
        let fit = |wanted: &Vec<String>, fit: Fit| headings.iter().any(|heading| heading.fit(wanted) == fit);
        let exact = wanted.iter().filter(|wanted| fit(wanted, Fit::Exact)).count();
        let below = wanted.iter().filter(|wanted| !fit(wanted, Fit::Exact) && fit(wanted, Fit::Below)).count();
        Some(Header { first: rows.0, last: rows.1, headings, found: (exact + below, exact) })
    }

    /// The columns of a recipe under this header.
    fn columns(&self, grid: &Grid, recipe: &Recipe) -> Result<Columns, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut column = |wanted: &str| match only(&self.headings, &levels(wanted)) {
            Ok(heading) => Some(heading.column),
            Err(several) => {
                faults.push(self.missing(grid, wanted, several));
                None
            }
        };
        let columns = Columns {
            code: recipe.code.as_ref().and_then(|(code, _)| column(code)),
            organisation: recipe.organisation.as_deref().and_then(&mut column),
            municipality: recipe.municipality.as_deref().and_then(&mut column),
            row: match &recipe.row {
                Some(RowFrom::Column(wanted, _)) => column(wanted),
                _ => None,
            },
            goals: recipe.columns.iter().filter_map(|goal| column(&goal.header)).collect(),
        };
        if faults.is_empty() { Ok(columns) } else { Err(faults) }
    }

    fn missing(&self, grid: &Grid, wanted: &str, several: Vec<&Heading>) -> Fault {
        let at = |column| cell(grid, self.last, column);
        let list = |headings: &mut dyn Iterator<Item = &Heading>| {
            let texts: Vec<String> = headings.map(|heading| format!("«{}»", heading.text)).collect();
            texts.join(", ")
        };
        if let [first, ..] = several[..] {
            let places: Vec<String> = several.iter().map(|heading| at(heading.column).to_string()).collect();
            let words = Words::new("import.column-twice").with("column", wanted).with("cells", places.join(", "));
            return Fault::error(at(first.column), "duplicate", words);
        }
        let near = text::nearest(wanted, self.headings.iter().map(|heading| heading.text.as_str()));
        let words = Words::new("import.no-column")
            .with("column", wanted)
            .with("sheet", grid.name())
            .with("found", list(&mut self.headings.iter().take(40)));
        let at = cell(grid, self.first, self.headings.first().map_or(0, |heading| heading.column));
        Fault::error(at, "no-column", words)
            .hinting(near.map(|near| Words::new("form.did-you-mean").with("name", near)))
    }
}

/// The only heading that a recipe means; several are returned as an error, none as an empty one.
fn only<'h>(headings: &'h [Heading], wanted: &[String]) -> Result<&'h Heading, Vec<&'h Heading>> {
    for fit in [Fit::Exact, Fit::Below] {
        let found: Vec<&Heading> = headings.iter().filter(|heading| heading.fit(wanted) == fit).collect();
        match found[..] {
            [] => {}
            [one] => return Ok(one),
            _ => return Err(found),
        }
    }
    Err(Vec::new())
}

/// All headings that a recipe names.
fn wanted(recipe: &Recipe) -> Vec<Vec<String>> {
    let row = match &recipe.row {
        Some(RowFrom::Column(column, _)) => Some(column),
        _ => None,
    };
    let around = recipe.code.as_ref().map(|(column, _)| column);
    let around = around.into_iter().chain(&recipe.organisation).chain(&recipe.municipality).chain(row);
    around.chain(recipe.columns.iter().map(|column| &column.header)).map(|text| levels(text)).collect()
}

/// Which marks stand in a row, by the first of their levels.
pub(super) fn marks_in(grid: &Grid, row: u32, marks: &[String]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for (_, cell) in grid.row(row) {
        let Cell::Text(text) = cell else { continue };
        if text.len() > LONGEST {
            continue;
        }
        let text = plain(text);
        let held = marks.iter().enumerate().filter(|(_, mark)| {
            let first = mark.split(LEVELS).next().unwrap_or(mark);
            holds_words(&text, first)
        });
        found.extend(held.map(|(i, _)| i));
    }
    found
}

/// The last row of header rows together with the cells that are merged downwards from them.
fn merged_depth(grid: &Grid, first: u32, last: u32) -> u32 {
    let down =
        |merge: &&crate::sheet::Merge| (first..=last).contains(&merge.first_row) && merge.last_row < first + DEEPEST;
    let reach = grid.merges().iter().take_while(|merge| merge.first_row <= last).filter(down);
    reach.map(|merge| merge.last_row).max().map_or(last, |reach| reach.max(last))
}

/// Whether a recipe stores what it finds in a column.
pub(super) fn stores(recipe: &Recipe, goal: usize) -> bool {
    matches!(recipe.columns[goal].goal, Goal::Store(_))
}

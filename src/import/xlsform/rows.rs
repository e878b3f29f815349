//! The sheets of an XLSForm as rows of named cells: headings by their exact names, their older names, and languages.

use std::collections::BTreeMap;

use super::columns::{self, Column, Sheet};
use super::told::Told;
use crate::lang::Words;
use crate::sheet::{Book, Cell, Grid};
use crate::text;

/// How many rows of a sheet are read: more questions or choices than any form may have.
const ROWS: usize = 120_000;

/// So many empty rows end a sheet, as XLSForm's own reader has it.
const GAP: u32 = 20;

/// A sheet as rows.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The sheet's name as written.
    pub sheet: String,
    /// Its columns by their keys, in order.
    pub heads: Vec<Head>,
    /// Its rows that hold something.
    pub rows: Vec<Row>,
}

/// A heading.
#[derive(Debug)]
pub(super) struct Head {
    /// What it means.
    pub column: Column,
    /// Where it stands, from 0.
    pub at: u32,
}

/// A row below the headings.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// Its number, from 0.
    pub number: u32,
    /// Its cells in order.
    pub cells: Vec<Said>,
}

/// A cell with its meaning.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// The key of its column.
    pub key: String,
    /// The language of its column.
    pub language: Option<String>,
    /// Its column, from 0.
    pub at: u32,
    /// The text in it.
    pub text: String,
}

impl Row {
    /// The cell under a key; of several languages the first.
    pub fn get(&self, key: &str) -> Option<&Said> {
        self.cells.iter().find(|said| said.key == key)
    }

    /// The text under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).map(|said| said.text.as_str())
    }

    /// Every language of a key.
    pub fn all<'r>(&'r self, key: &'r str) -> impl Iterator<Item = &'r Said> {
        self.cells.iter().filter(move |said| said.key == key)
    }
}

impl Rows {
    /// The column of a key; the first one where there is none.
    pub fn at(&self, key: &str) -> u32 {
        self.heads.iter().find(|head| head.column.key == key).map_or(0, |head| head.at)
    }

    /// Whether there is such a column.
    pub fn has(&self, key: &str) -> bool {
        self.heads.iter().any(|head| head.column.key == key)
    }
}

/// The sheets that an XLSForm is made of.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    pub survey: Rows,
    pub choices: Rows,
    pub external: Rows,
    pub settings: Rows,
    /// The sheet that was probably meant as `choices`.
    pub near_choices: Option<String>,
}

/// Finds the sheets of an XLSForm; `None` where there is no survey to speak of.
pub(super) fn sheets(book: &Book, told: &mut Told) -> Option<Sheets> {
    let find = |name: &str| book.sheets.iter().find(|grid| grid.name().trim().eq_ignore_ascii_case(name));
    let survey = find("survey").or_else(|| only_sheet(book));
    let Some(survey) = survey else {
        let names = book.sheets.iter().map(Grid::name).filter(|name| !name.starts_with('_'));
        let near = text::nearest("survey", names).map(|near| Words::new("xlsform.sheet-near").with("name", near));
        told.file(&book.name, Words::new("xlsform.no-survey"), near);
        return None;
    };
    for refused in ["entities", "osm"] {
        if let Some(grid) = find(refused).filter(|grid| grid.height() > 1) {
            told.note(grid.name(), (0, 0), "xlsform", Words::new("xlsform.sheet-dropped").with("name", grid.name()));
        }
    }
    let read = |grid: Option<&Grid>, kind, told: &mut Told| grid.map(|grid| rows(grid, kind, told)).unwrap_or_default();
    let sheets = Sheets {
        survey: rows(survey, Sheet::Survey, told),
        choices: read(find("choices"), Sheet::Choices, told),
        external: read(find("external_choices"), Sheet::Choices, told),
        settings: read(find("settings"), Sheet::Settings, told),
        near_choices: near_choices(book),
    };
    if !sheets.survey.has("type") {
        let near = nearest_head(survey, "type");
        told.error_at(survey.name(), (0, 0), "syntax", Words::new("xlsform.no-type-column"), near);
        return None;
    }
    Some(sheets)
}

/// A workbook of one sheet is the survey, whatever the sheet is called, if it is headed like one.
fn only_sheet(book: &Book) -> Option<&Grid> {
    let [grid] = book.sheets.as_slice() else { return None };
    let heads: Vec<String> = grid.row(0).iter().map(|(_, cell)| said(cell)).collect();
    let has = |name: &str| heads.iter().any(|head| columns::read(Sheet::Survey, head).key == name);
    (has("type") && has("name")).then_some(grid)
}

fn near_choices(book: &Book) -> Option<String> {
    let known = ["survey", "choices", "settings", "external_choices", "entities", "osm"];
    let names = book.sheets.iter().map(Grid::name);
    let other = names.filter(|name| !name.starts_with('_') && !known.contains(&name.to_lowercase().as_str()));
    text::nearest("choices", other).map(str::to_owned)
}

fn nearest_head(grid: &Grid, wanted: &str) -> Option<Words> {
    let heads: Vec<String> = grid.row(0).iter().map(|(_, cell)| said(cell)).collect();
    let near = text::nearest(wanted, heads.iter().map(String::as_str))?;
    Some(Words::new("xlsform.column-near").with("name", near))
}

fn rows(grid: &Grid, kind: Sheet, told: &mut Told) -> Rows {
    let heads = heads(grid, kind, told);
    let mut rows = Rows { sheet: grid.name().to_owned(), heads, rows: Vec::new() };
    let by_place: BTreeMap<u32, usize> = rows.heads.iter().enumerate().map(|(index, head)| (head.at, index)).collect();
    let mut last = 0;
    for (number, cells) in grid.rows().filter(|(number, _)| *number > 0) {
        if number - last > GAP + 1 {
            told.note(grid.name(), (number, 0), "dropped", Words::new("xlsform.rows-far").with("n", i64::from(GAP)));
            break;
        }
        last = number;
        if rows.rows.len() >= ROWS {
            let words = Words::new("xlsform.too-many-rows").with("n", ROWS);
            told.stop(grid.name(), number, words);
            break;
        }
        let cells: Vec<Said> =
            cells.iter().filter_map(|(at, cell)| meaning(&rows.heads[*by_place.get(at)?], cell)).collect();
        if !cells.is_empty() {
            rows.rows.push(Row { number, cells });
        }
    }
    rows
}

fn meaning(head: &Head, cell: &Cell) -> Option<Said> {
    let text = said(cell);
    let Column { key, language, .. } = &head.column;
    (!text.is_empty()).then(|| Said { key: key.clone(), language: language.clone(), at: head.at, text })
}

fn heads(grid: &Grid, kind: Sheet, told: &mut Told) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    for (at, cell) in grid.row(0) {
        let written = said(cell);
        let column = columns::read(kind, &written);
        let twice = heads.iter().find(|head| head.column.key == column.key && head.column.language == column.language);
        if let Some(first) = twice {
            if column.known {
                let words = Words::new("xlsform.column-twice").with("name", &written).with("key", &first.column.key);
                told.error_at(grid.name(), (0, *at), "duplicate", words, None);
            }
            continue;
        }
        if let Some(near) = columns::near(kind, &column) {
            let words = Words::new("xlsform.column-ignored").with("name", &written);
            told.note_hinting(grid.name(), (0, *at), words, Words::new("xlsform.did-you-mean").with("name", near));
        }
        heads.push(Head { column, at: *at });
    }
    heads
}

/// What a cell says, as XLSForm's own reader takes it: numbers without grouping, days as `2025-12-31`, typographic
/// quotes as plain ones, no spaces around or two together.
fn said(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => clean(text),
        Cell::Number { value, .. } => text::canonical(*value),
        Cell::Boolean(truth) => (if *truth { "TRUE" } else { "FALSE" }).to_owned(),
        Cell::Date(date) => date.to_string(),
        Cell::Moment(moment) => moment.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        Cell::Error(error) => error.clone(),
    }
}

fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\u{a0}' | '\t' | ' ' if clean.ends_with(' ') => {}
            '\u{a0}' | '\t' => clean.push(' '),
            '\r' => {}
            '‘' | '’' => clean.push('\''),
            '“' | '”' => clean.push('"'),
            _ => clean.push(c),
        }
    }
    clean
}

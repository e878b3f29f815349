//! Why the header of a recipe is on no sheet: what is missing on the sheet that comes nearest, and what resembles it.

use std::collections::BTreeSet;

use super::header::{DEEPEST, asked, cell, marks_in};
use super::heading::{LEVELS, LONGEST, plain};
use crate::error::{Fault, Place};
use crate::form::Recipe;
use crate::lang::Words;
use crate::sheet::{Book, Cell, Grid};
use crate::text;

/// How many rows from the top are looked at, and how many texts in them.
const ROWS: u32 = 200;
const TEXTS: usize = 4_000;

/// How many of the missing headings are named.
const NAMED: usize = 4;

/// Why the header of a recipe is on no sheet.
pub(super) fn why(book: &Book, recipe: &Recipe) -> Fault {
    let marks: Vec<String> = recipe.header.iter().map(|mark| plain(mark)).collect();
    let nearest = book
        .sheets
        .iter()
        .filter(|grid| asked(recipe, grid))
        .map(|grid| (grid, nearest_rows(grid, &marks)))
        .reduce(|best, next| if next.1.1.len() > best.1.1.len() { next } else { best });
    let Some((grid, (row, held))) = nearest else {
        let sheets: Vec<String> = recipe.sheets.iter().map(|sheet| format!("«{sheet}»")).collect();
        let words = Words::new("import.miss-sheet").with("recipe", &recipe.name).with("sheets", sheets.join(", "));
        return Fault::error(Place::File(book.name.clone()), "no-header", words);
    };
    let missing: Vec<&String> =
        recipe.header.iter().enumerate().filter(|(i, _)| !held.contains(i)).map(|(_, mark)| mark).collect();
    let quoted = |marks: &[&String]| marks.iter().map(|mark| format!("«{mark}»")).collect::<Vec<_>>().join(", ");
    let words = |key| Words::new(key).with("recipe", &recipe.name).with("sheet", grid.name());
    let at = cell(grid, row, grid.row(row).first().map_or(0, |(column, _)| *column));
    let Some(first) = missing.first() else {
        let all: Vec<&String> = recipe.header.iter().collect();
        return Fault::error(at, "no-header", words("import.miss-apart").with("columns", quoted(&all)));
    };
    let named = quoted(&missing[..missing.len().min(NAMED)]);
    let words = words("import.miss-columns").with("n", missing.len()).with("columns", named);
    let hint = similar(grid, first).map(|(place, said)| {
        Words::new("import.miss-similar").with("wanted", first.as_str()).with("found", said).with("cell", place)
    });
    Fault::error(at, "no-header", words).hinting(hint)
}

/// The row near which most of the marks stand, and which of them.
fn nearest_rows(grid: &Grid, marks: &[String]) -> (u32, BTreeSet<usize>) {
    let mut best = (0, BTreeSet::new());
    let mut window: Vec<(u32, BTreeSet<usize>)> = Vec::new();
    for (row, _) in grid.rows().take_while(|(row, _)| *row < ROWS) {
        window.retain(|(before, _)| row - before < DEEPEST);
        window.push((row, marks_in(grid, row, marks)));
        let held: BTreeSet<usize> = window.iter().flat_map(|(_, held)| held).copied().collect();
        if held.len() > best.1.len() {
            best = (row, held);
        }
    }
    best
}

/// A text of the sheet that may be what a heading is called there, and its cell.
fn similar(grid: &Grid, wanted: &str) -> Option<(String, String)> {
    let wanted = wanted.rsplit(LEVELS).next().unwrap_or(wanted);
    let texts: Vec<(u32, u32, String)> = grid
        .rows()
        .take_while(|(row, _)| *row < ROWS)
        .flat_map(|(row, cells)| cells.iter().map(move |(column, cell)| (row, *column, cell)))
        .filter_map(|(row, column, cell)| match cell {
            Cell::Text(text) if text.len() <= LONGEST => Some((row, column, cell.text())),
            _ => None,
        })
        .take(TEXTS)
        .collect();
    let near = text::nearest(wanted, texts.iter().map(|(_, _, text)| text.as_str()));
    let stems = stems(wanted);
    let shares = |text: &str| {
        let theirs = self::stems(text);
        stems.iter().filter(|stem| theirs.contains(stem)).count()
    };
    let best = || {
        let scored = texts.iter().map(|text| (shares(&text.2), text)).filter(|(shared, _)| *shared > 0);
        scored.max_by_key(|(shared, (row, _, text))| {
            (*shared, std::cmp::Reverse(text.chars().count()), std::cmp::Reverse(*row))
        })
    };
    let found = match near {
        Some(near) => texts.iter().find(|(_, _, text)| text == near),
        None => best().map(|(_, text)| text),
    };
    found.map(|(row, column, text)| (cell(grid, *row, *column).to_string(), text.clone()))
}

/// The beginnings of the longer words of a text: Russian words change at their ends.
fn stems(text: &str) -> Vec<String> {
    let text = plain(text);
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 4);
    words.map(|word| word.chars().take(if word.chars().count() > 5 { 5 } else { 4 }).collect()).collect()
}

//! Which row of the form's table a sheet speaks of: by a title above the header, by the sheet's name, or by a column.

use std::ops::Range;

use super::header::cell;
use super::heading::{holds_words, plain, squeezed};
use crate::error::{Fault, Place};
use crate::form::{Form, Recipe, RowFrom};
use crate::lang::Words;
use crate::sheet::Grid;

/// How many rows above a header may hold its title.
const NEAR: u32 = 30;

/// The row that the nearest title above a header gives; a header that is only repeated goes on with the row before.
pub(super) fn titled(
    grid: &Grid,
    above: Range<u32>,
    map: &[(String, String)],
    header: u32,
    inherited: Option<String>,
) -> Result<String, Vec<Fault>> {
    let near = above.start.max(above.end.saturating_sub(NEAR))..above.end;
    for meets in [equal, contained] {
        for row in near.clone().rev() {
            let texts = grid.row(row).iter().map(|(_, cell)| cell.text());
            let mut found: Vec<&str> = texts.flat_map(|text| meets(map, &text)).collect();
            found.dedup();
            match found[..] {
                [] => {}
                [one] => return Ok(one.to_owned()),
                _ => return Err(vec![fault(cell(grid, row, 0), Words::new("import.titles"), map)]),
            }
        }
    }
    inherited.ok_or_else(|| vec![fault(cell(grid, header, 0), Words::new("import.no-title"), map)])
}

/// The row that a sheet's name gives.
pub(super) fn by_sheet(grid: &Grid, map: &[(String, String)]) -> Result<String, Vec<Fault>> {
    for meets in [equal, contained] {
        match meets(map, grid.name())[..] {
            [] => {}
            [one] => return Ok(one.to_owned()),
            _ => break,
        }
    }
    let words = Words::new("import.no-sheet").with("sheet", grid.name());
    Err(vec![fault(Place::Field(grid.name().to_owned()), words, map)])
}

/// The row that a cell of the column gives: by the recipe's map, else by rows' names, labels and codes.
pub(super) fn in_column<'a>(form: &'a Form, recipe: &'a Recipe, tables: &[usize], text: &str) -> Option<&'a str> {
    let Some(RowFrom::Column(_, map)) = &recipe.row else { return None };
    if let Some(row) = equal(map, text).first() {
        return Some(row);
    }
    let wanted = squeezed(text);
    let mut rows = tables.iter().flat_map(|table| &form.tables[*table].rows);
    rows.find(|row| {
        let codes = [Some(&row.name), Some(&row.label), row.code.as_ref()];
        codes.into_iter().flatten().any(|known| squeezed(known) == wanted)
    })
    .map(|row| row.name.as_str())
}

fn equal<'m>(map: &'m [(String, String)], text: &str) -> Vec<&'m str> {
    let text = squeezed(text);
    map.iter().filter(|(key, _)| squeezed(key) == text).map(|(_, row)| row.as_str()).collect()
}

/// The rows of the longest texts of a map that a text holds.
fn contained<'m>(map: &'m [(String, String)], text: &str) -> Vec<&'m str> {
    let text = plain(text);
    let held: Vec<&(String, String)> = map.iter().filter(|(key, _)| holds_words(&text, &plain(key))).collect();
    let longest = held.iter().map(|(key, _)| key.chars().count()).max().unwrap_or_default();
    let mut rows: Vec<&str> =
        held.iter().filter(|(key, _)| key.chars().count() == longest).map(|(_, row)| row.as_str()).collect();
    rows.dedup();
    rows
}

fn fault(at: Place, words: Words, map: &[(String, String)]) -> Fault {
    let known: Vec<String> = map.iter().map(|(key, _)| format!("«{key}»")).collect();
    Fault::error(at, "no-title", words.with("known", known.join(", ")))
}

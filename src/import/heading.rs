//! How headings of foreign sheets are compared: case, ё, kinds of quotes and dashes, spaces and line breaks do not matter.

use crate::sheet::{Cell, Grid};
use crate::text::folded;

/// What stands between the levels of a merged heading.
pub(super) const LEVELS: &str = " / ";

/// How many merged ranges of one row are looked at.
const MERGES: usize = 1024;

/// The longest text of a heading, in bytes.
pub(super) const LONGEST: usize = 1000;

/// A heading of a sheet: its column, its levels as people read them, and how it is compared.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    pub(super) column: u32,
    pub(super) text: String,
    levels: Vec<String>,
}

impl Heading {
    /// The headings of these header rows, by columns. A cell merged over several rows counts once. Where people only
    /// wrote a heading of several columns over the first of them, `spread` lets it stand over the others too.
    pub(super) fn all(grid: &Grid, (first, last): (u32, u32), spread: bool) -> Vec<Heading> {
        let mut rows: Vec<Vec<&Cell>> = (first..=last).map(|row| resolved(grid, row)).collect();
        let upper = rows.len().saturating_sub(1);
        for row in rows.iter_mut().take(upper).filter(|_| spread) {
            for column in 1..row.len() {
                if row[column].is_empty() {
                    row[column] = row[column - 1];
                }
            }
        }
        let heading = |column: u32| {
            let mut texts: Vec<String> = Vec::new();
            for row in &rows {
                let text = short(row[column as usize]);
                if !text.is_empty() && texts.last() != Some(&text) {
                    texts.push(text);
                }
            }
            let levels = texts.iter().map(|text| squeezed(text)).collect();
            (!texts.is_empty()).then(|| Heading { column, text: texts.join(LEVELS), levels })
        };
        (0..grid.width()).filter_map(heading).collect()
    }

    /// How well it is what a recipe calls its column.
    pub(super) fn fit(&self, wanted: &[String]) -> Fit {
        if self.levels == wanted {
            Fit::Exact
        } else if self.levels.ends_with(wanted) {
            Fit::Below
        } else {
            Fit::None
        }
    }
}

/// The cells of a row, each merged range filled with its top-left cell. A sheet may hold a hundred thousand merged
/// ranges; no header has as many as are looked at here.
fn resolved(grid: &Grid, row: u32) -> Vec<&Cell> {
    let mut cells: Vec<&Cell> = vec![&Cell::Empty; grid.width() as usize];
    for (column, cell) in grid.row(row) {
        cells[*column as usize] = cell;
    }
    let over = grid.merges().iter().take_while(|merge| merge.first_row <= row).filter(|merge| merge.last_row >= row);
    for merge in over.take(MERGES) {
        let top = grid.cell(merge.first_row, merge.first_column);
        let end = merge.last_column.saturating_add(1).min(grid.width());
        for column in merge.first_column..end {
            cells[column as usize] = top;
        }
    }
    cells
}

/// The text of a heading; what is longer than any heading is none.
fn short(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) if text.len() > LONGEST => String::new(),
        cell => cell.text(),
    }
}

/// How well a heading is what a recipe calls its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// All levels are the same.
    Exact,
    /// There are more levels above.
    Below,
    /// Another heading.
    None,
}

/// The levels of a heading as a recipe writes them; a level that repeats the one above counts once.
pub(super) fn levels(written: &str) -> Vec<String> {
    let mut levels: Vec<String> = written.split(LEVELS).map(squeezed).collect();
    levels.dedup();
    levels
}

/// A text for comparing headings: folded, one kind of quotes and dashes, no spaces at all.
pub(super) fn squeezed(text: &str) -> String {
    plain(text).chars().filter(|c| !c.is_whitespace()).collect()
}

/// A text for finding words in it: folded, one kind of quotes and dashes.
pub(super) fn plain(text: &str) -> String {
    let same = |c: char| match c {
        '«' | '»' | '“' | '”' | '„' | '‟' => '"',
        '–' | '—' | '−' | '‑' | '‐' => '-',
        other => other,
    };
    folded(text).chars().map(same).collect()
}

/// Whether a text holds another one as whole words; both [`plain`].
pub(super) fn holds_words(text: &str, words: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !words.is_empty()
        && text
            .match_indices(words)
            .any(|(at, _)| edge(text[..at].chars().next_back()) && edge(text[at + words.len()..].chars().next()))
}

/// Whether a text fits a pattern in which `*` stands for anything; compared like headings.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (plain(pattern), plain(text));
    let parts: Vec<&str> = pattern.split('*').map(str::trim).collect();
    let [first, middle @ .., last] = parts.as_slice() else { return pattern.trim() == text };
    let Some(rest) = text.strip_prefix(first) else { return false };
    let Some(rest) = rest.strip_suffix(last) else { return false };
    let found = middle.iter().try_fold(rest, |rest, part| rest.find(part).map(|at| &rest[at + part.len()..]));
    found.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_whole_texts() {
        for (pattern, text, fit) in [
            ("*", "Лист1", true),
            ("итого*", "ИТОГО по району", true),
            ("итого*", "Всего", false),
            ("Всего", "всего", true),
            ("всего", "всего по краю", false),
            ("ОГЭ*мат*", "ОГЭ-9 Математика", true),
            ("*мат", "Математика", false),
            ("а*а", "а", false),
        ] {
            assert_eq!(fits(pattern, text), fit, "{pattern} {text}");
        }
    }

    #[test]
    fn words_are_found_whole() {
        for (text, words, found) in [
            ("Код МОУО/ОО", "Код", true),
            ("Кодировка", "Код", false),
            ("Наименование\nМОУО/ОО", "наименование", true),
            ("01-Русский язык (9 кл.)", "01-Русский  язык", true),
            ("отметка «2»", "отметка \"2\"", true),
        ] {
            assert_eq!(holds_words(&plain(text), &plain(words)), found, "{text} {words}");
        }
    }
}

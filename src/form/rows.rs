//! Rows that a respondent adds: their paths (`r[1]/x`), how many there are, and what else is said of a row.

use crate::error::{Fault, Place};
use crate::expr::Value;
use crate::form::model::{Form, Table};
use crate::lang::Words;

/// How many rows one repeat of a report may have.
const ROWS: usize = 5_000;

/// How many cells one repeat of a report may have.
const CELLS: usize = 50_000;

/// What ends the stored path under which the number of rows is kept: `r[]`.
const COUNTED: &str = "[]";

/// How many rows a respondent may add to a repeat, as its author says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repeat {
    /// At least so many.
    pub min: Option<usize>,
    /// At most so many.
    pub max: Option<usize>,
}

impl Table {
    /// The path of a row: `table/row` or `repeat[2]`.
    pub fn row_path(&self, row: usize) -> String {
        match self.rows.get(row) {
            Some(row) => format!("{}/{}", self.name, row.name),
            None => row_path(&self.name, row),
        }
    }

    /// How many rows of the repeat one report can hold, whatever its author allows.
    pub fn holds(&self) -> usize {
        most_rows(self.columns.len())
    }

    /// How many rows the repeat may have at all: the author's limit, or what one report can hold.
    pub fn most_rows(&self) -> usize {
        self.repeat.and_then(|repeat| repeat.max).map_or(self.holds(), |max| max.min(self.holds()))
    }
}

/// What one report can hold of a repeat with so many columns.
pub(super) fn most_rows(columns: usize) -> usize {
    ROWS.min(CELLS / columns.max(1))
}

/// The parts of a path into a repeat: its name, the row from 0, and what follows.
pub(super) fn parts(path: &str) -> Option<(&str, usize, Option<&str>)> {
    let (name, rest) = path.split_once('[')?;
    let (number, rest) = rest.split_once(']')?;
    let column = match rest.strip_prefix('/') {
        Some(column) => Some(column),
        None if rest.is_empty() => None,
        None => return None,
    };
    let plain = number.starts_with(|c: char| ('1'..='9').contains(&c)) && number.bytes().all(|b| b.is_ascii_digit());
    let row = number.parse::<usize>().ok().filter(|_| plain)?;
    (!name.is_empty() && !name.contains('/')).then_some((name, row - 1, column))
}

/// The path of a row.
pub(super) fn row_path(repeat: &str, row: usize) -> String {
    format!("{repeat}[{}]", row + 1)
}

/// The path under which the number of rows is stored.
pub(super) fn counted_path(repeat: &str) -> String {
    format!("{repeat}{COUNTED}")
}

impl Form {
    /// Whether a field is a column of a repeat.
    pub fn in_repeat(&self, field: usize) -> bool {
        self.fields[field].table.is_some_and(|table| self.tables[table].repeat.is_some())
    }

    /// The repeat of a name of today or of earlier.
    pub fn repeat_named(&self, name: &str) -> Option<usize> {
        self.table_named(name).filter(|table| self.tables[*table].repeat.is_some())
    }

    /// The repeats of the form.
    pub fn repeats(&self) -> impl Iterator<Item = (usize, &Table)> {
        self.tables.iter().enumerate().filter(|(_, table)| table.repeat.is_some())
    }

    /// The repeat and row, from 0, that the path of a row (`r[2]`) means, and nothing for a path of another kind.
    pub fn locate_row(&self, path: &str) -> Option<(usize, usize)> {
        match parts(path)? {
            (name, row, None) => self.repeat_named(name).map(|table| (table, row)),
            _ => None,
        }
    }

    /// The repeat whose number of rows is stored under a path.
    pub(super) fn locate_count(&self, path: &str) -> Option<usize> {
        self.repeat_named(path.strip_suffix(COUNTED)?)
    }

    /// The repeat that a path leads into, whether or not the cell exists.
    pub fn leads_into(&self, path: &str) -> Option<usize> {
        self.repeat_named(path.split(['[', '/']).next()?)
    }

    /// The path of a row: `table/row` or `repeat[2]`.
    pub fn row_path(&self, table: usize, row: usize) -> String {
        self.tables[table].row_path(row)
    }

    /// What a row is called: its heading, or its number in a repeat.
    pub fn row_label(&self, table: usize, row: usize) -> String {
        match self.tables[table].rows.get(row) {
            Some(row) => row.label.clone(),
            None => (row + 1).to_string(),
        }
    }

    /// The name of a row, by which measures are stored.
    pub(super) fn row_name(&self, table: usize, row: usize) -> String {
        self.tables[table].rows.get(row).map_or_else(|| (row + 1).to_string(), |row| row.name.clone())
    }

    /// What is wrong with the number of rows of a repeat that is shown.
    pub(super) fn wrong_count(&self, table: usize, rows: usize) -> Option<Fault> {
        let own = &self.tables[table];
        let repeat = own.repeat?;
        let message = match (repeat.min.filter(|min| rows < *min), repeat.max.filter(|max| rows > *max)) {
            (Some(min), _) => Words::new("form.rows-too-few").with("n", min).with("found", rows),
            (_, Some(max)) => Words::new("form.rows-too-many").with("n", max).with("found", rows),
            _ => return None,
        };
        Some(Fault::error(Place::Answer(own.name.clone()), "range", message))
    }

    /// What is said where answers have more rows than one report can hold.
    pub(super) fn beyond(&self, table: usize) -> Fault {
        let own = &self.tables[table];
        let message = Words::new("form.rows-beyond").with("n", most_rows(own.columns.len()));
        Fault::error(Place::Answer(own.name.clone()), "range", message)
    }
}

/// What a row of a repeat has of a row's attributes: its number is its name and its heading.
pub(super) fn attribute(row: usize, attribute: &str) -> Value {
    match attribute {
        "name" | "label" => Value::text((row + 1).to_string()),
        _ => Value::Empty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_way_of_writing_a_row_is_read() {
        assert_eq!(parts("r[1]/x"), Some(("r", 0, Some("x"))));
        assert_eq!(parts("r[12]"), Some(("r", 11, None)));
        for wrong in ["r[0]", "r[01]", "r[+1]", "r[]", "r[1", "[1]", "r[1]x", "t/r[1]", "r[99999999999999999999]", "r"]
        {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}

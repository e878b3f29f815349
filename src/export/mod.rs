//! The workbook of a form over a territory: summary with live formulas, data, lists, the silent, passport.

pub mod actions;
mod columns;
mod data;
mod formulas;
pub mod letters;
mod lists;
mod look;
mod page;
mod passport;
pub mod plain;
mod rows;
mod silent;
mod spread;
mod summary;
pub mod xlsform;

use std::collections::HashSet;
use std::path::Path;

use crate::error::{Error, Result};
use crate::form::Organisations;
use crate::indicator::Reading;
use crate::lang::{Lang, Words};

/// A finished workbook that is still to be saved: a large one needs no room in memory when it is written to a file.
pub struct Finished {
    /// The file's name: `exam-results_2021Sep_22.xlsx`.
    pub name: String,
    file: rust_xlsxwriter::Workbook,
}

impl Finished {
    /// Writes the workbook to a file; returns how many bytes it has.
    ///
    /// # Errors
    /// [`Error::File`] where the file cannot be written.
    pub fn save(mut self, path: &Path) -> Result<u64> {
        let failed = |source| Error::File { path: path.display().to_string(), source };
        match self.file.save(path) {
            Ok(()) => Ok(std::fs::metadata(path).map_err(failed)?.len()),
            Err(rust_xlsxwriter::XlsxError::IoError(source)) => Err(failed(source)),
            Err(error) => Err(broken(error)),
        }
    }
}

/// A finished workbook in memory.
#[derive(Debug, Clone)]
pub struct Workbook {
    /// The file's name: `exam-results_2021Sep_22.xlsx`.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What the sheets of one workbook share.
struct Book<'a> {
    reading: &'a Reading,
    lang: Lang,
    /// The territory, as people call it.
    territory: String,
    /// When it was made, as people write it.
    made: String,
    /// Names of the parts of the territory, each different from the others: formulas go by them.
    parts: Vec<String>,
    /// The name of the sheet of data: formulas point at it.
    data: String,
    /// The registry, where the form chooses from it.
    organisations: Option<Organisations>,
}

impl Book<'_> {
    /// A sentence of the catalogue.
    fn say(&self, words: &Words) -> String {
        words.say(self.lang)
    }

    fn t(&self, key: &'static str) -> String {
        self.lang.t(key)
    }

    fn period(&self) -> String {
        self.reading.query.period.label().say(self.lang)
    }

    /// What counts: the switch «только принятые» in words.
    fn counts(&self) -> String {
        self.t(if self.reading.query.accepted { "export.counts-accepted" } else { "export.counts-sent" })
    }
}

/// A formula whose result the program knows as well.
type Written = std::result::Result<(), rust_xlsxwriter::XlsxError>;

fn broken(error: rust_xlsxwriter::XlsxError) -> Error {
    Error::Internal(format!("workbook: {error}"))
}

/// The longest name that a sheet may have.
const SHEET_NAME: usize = 31;

/// The most characters that a cell may hold.
const CELL_TEXT: usize = 32_767;

/// Makes a sheet's name valid (31 characters, none of `[]:*?/\`, no apostrophe at an end) and different from those
/// taken, case aside.
fn sheet_name(wanted: &str, taken: &mut HashSet<String>) -> String {
    let plain: String = wanted
        .chars()
        .map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') || c.is_control() { ' ' } else { c })
        .collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = plain.trim_matches('\'').trim();
    let plain = if plain.is_empty() { "—" } else { plain };
    for number in 1.. {
        let tail = if number == 1 { String::new() } else { format!(" {number}") };
        let room = SHEET_NAME - tail.chars().count();
        let start: String = plain.chars().take(room).collect();
        let name = format!("{}{tail}", start.trim_end_matches([' ', '\'']));
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
    String::new()
}

/// Makes each of some names different from the others, by what stands in brackets behind it.
fn distinct(names: Vec<(String, String)>) -> Vec<String> {
    let mut seen = HashSet::new();
    names
        .into_iter()
        .map(|(name, code)| {
            let mut distinct = name;
            while !seen.insert(distinct.to_lowercase()) {
                distinct = format!("{distinct} ({code})");
            }
            distinct
        })
        .collect()
}

/// The name of the file; characters that some file system refuses are replaced.
fn file_name(parts: &[&str]) -> String {
    let fit = |part: &str| -> String {
        part.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '.') { c } else { '-' }).collect()
    };
    let parts: Vec<String> = parts.iter().filter(|part| !part.is_empty()).map(|part| fit(part)).collect();
    format!("{}.xlsx", parts.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_are_valid_and_differ() {
        let mut taken = HashSet::new();
        let long = "Перечень школ с низкими образовательными результатами";
        for (wanted, name) in [
            ("Данные", "Данные"),
            ("данные", "данные 2"),
            ("'ШНОР': 1/2 [?]'", "ШНОР' 1 2"),
            (long, "Перечень школ с низкими образов"),
            (long, "Перечень школ с низкими образ 2"),
            ("", "—"),
        ] {
            assert_eq!(sheet_name(wanted, &mut taken), name);
        }
    }

    #[test]
    fn parts_of_one_name_are_told_apart_by_their_codes() {
        let part = |name: &str, code: &str| (name.to_owned(), code.to_owned());
        let names = vec![part("Северный", "1"), part("северный", "2"), part("Южный", "3")];
        assert_eq!(distinct(names), ["Северный", "северный (2)", "Южный"]);
    }

    #[test]
    fn a_file_is_named_by_form_period_and_territory() {
        assert_eq!(file_name(&["exam-results", "2021Sep", "", "22/а б"]), "exam-results_2021Sep_22-а-б.xlsx");
    }
}

//! What is said of an XLSForm while it is read: faults and notes, each at its cell.

use super::page::Page;
use crate::error::{Fault, Place, Severity};
use crate::lang::Words;

/// How many faults are told at most; after that the file is not what it should be.
const FAULTS: usize = 1_000;

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Told {
    faults: Vec<Fault>,
    stopped: bool,
}

/// A cell: its sheet, its row and column from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    pub sheet: String,
    pub row: u32,
    pub column: u32,
}

impl Spot {
    pub fn place(&self) -> Place {
        Place::Cell { sheet: self.sheet.clone(), row: self.row, column: self.column }
    }
}

impl Told {
    pub fn push(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS {
            self.faults.push(fault);
        } else {
            self.stopped = true;
        }
    }

    /// Something wrong with the file as a whole.
    pub fn file(&mut self, name: &str, words: Words, hint: Option<Words>) {
        self.push(Fault::error(Place::File(name.to_owned()), "file", words).hinting(hint));
    }

    /// Something wrong at a cell.
    pub fn error(&mut self, spot: &Spot, code: &'static str, words: Words, hint: Option<Words>) {
        self.push(Fault::error(spot.place(), code, words).hinting(hint));
    }

    /// Something wrong at a cell given by its row and column.
    pub fn error_at(
        &mut self,
        sheet: &str,
        (row, column): (u32, u32),
        code: &'static str,
        words: Words,
        hint: Option<Words>,
    ) {
        self.error(&Spot { sheet: sheet.to_owned(), row, column }, code, words, hint);
    }

    /// Something that was changed or left out.
    pub fn note(&mut self, sheet: &str, (row, column): (u32, u32), code: &'static str, words: Words) {
        let at = Place::Cell { sheet: sheet.to_owned(), row, column };
        self.push(Fault::error(at, code, words).weighing(Severity::Note));
    }

    /// The same with a hint.
    pub fn note_hinting(&mut self, sheet: &str, (row, column): (u32, u32), words: Words, hint: Words) {
        let at = Place::Cell { sheet: sheet.to_owned(), row, column };
        self.push(Fault::error(at, "xlsform", words).weighing(Severity::Note).hinting(Some(hint)));
    }

    /// Something that makes reading on pointless.
    pub fn stop(&mut self, sheet: &str, row: u32, words: Words) {
        self.error_at(sheet, (row, 0), "syntax", words, None);
        self.stopped = true;
    }

    /// Everything that the text of the form has wrong as a form file. Lists in files are beside the form, not here.
    pub fn check(&mut self, page: &Page) {
        for fault in page.faults().into_iter().filter(|fault| fault.message.key() != "form.list-not-loaded") {
            self.push(fault);
        }
    }

    /// Whether nothing more should be read.
    pub fn too_much(&self) -> bool {
        self.stopped
    }

    /// Whether something is at fault.
    pub fn blocks(&self) -> bool {
        self.faults.iter().any(Fault::blocks)
    }

    /// Everything that was said, in the order of the cells; errors before notes.
    pub fn into_faults(mut self) -> Vec<Fault> {
        let order = |place: &Place| match place {
            Place::Cell { sheet, row, column } => {
                let sheets = ["survey", "choices", "external_choices", "settings"];
                let known = sheets.iter().position(|name| sheet.eq_ignore_ascii_case(name));
                (1, known.unwrap_or(sheets.len()), *row, *column)
            }
            _ => (0, 0, 0, 0),
        };
        self.faults.sort_by_key(|fault| (!fault.blocks(), order(&fault.at)));
        self.faults.dedup();
        self.faults
    }
}

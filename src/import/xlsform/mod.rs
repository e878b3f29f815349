//! An XLSForm into the text of a form file: sheets → rows → tree → text, every fault at its cell, all at once.

mod choices;
mod coerce;
mod columns;
mod directory;
mod languages;
mod mapped;
mod names;
mod paths;
mod rows;
mod settings;
mod show;
mod told;
mod tree;
mod types;
mod write;

use crate::error::Fault;
use crate::form;
use crate::lang::Lang;
use crate::sheet::Book;

use told::Told;

/// What became of an XLSForm.
#[derive(Debug)]
pub struct Converted {
    /// The text of the form file; none where something is at fault.
    pub text: Option<String>,
    /// The form's id.
    pub id: String,
    /// What is at fault, and as notes what was changed or left out; in the order of the cells.
    pub faults: Vec<Fault>,
}

/// Converts an XLSForm; what the text says to people beside the form itself is in `lang`.
pub fn convert(book: &Book, lang: Lang) -> Converted {
    let mut told = Told::default();
    let Some(sheets) = rows::sheets(book, &mut told) else { return refused(String::new(), told) };
    let settings = settings::read(&sheets, &book.name, &mut told);
    let lists = choices::read(&sheets, &settings, &mut told);
    let items = tree::grow(&sheets.survey, &lists, &mut told);
    let (items, directory) = names::give(items, &lists, &mut told);
    if told.too_much() {
        return refused(settings.id, told);
    }
    let page = write::form(&write::Whole { settings: &settings, lists: &lists, items: &items, names: &directory }, &mut told);
    if !told.blocks() {
        told.check(&page);
    }
    if told.blocks() {
        return refused(settings.id, told);
    }
    let text = page.finish(told.notes(), &book.name, lang);
    debug_assert!(form::read(&text, &book.name).is_ok());
    Converted { text: Some(text), id: settings.id, faults: told.into_faults() }
}

fn refused(id: String, told: Told) -> Converted {
    Converted { text: None, id, faults: told.into_faults() }
}

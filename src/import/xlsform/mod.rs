//! An XLSForm into the text of a form file: sheets → rows → tree → text, every fault at its cell, all at once.

mod choices;
mod coerce;
mod columns;
mod defaults;
mod directory;
mod expression;
mod field;
mod files;
mod head;
mod languages;
mod mapped;
mod names;
mod page;
mod paths;
mod rows;
mod settings;
mod show;
mod told;
mod tree;
mod types;
mod write;

use crate::error::Fault;
use crate::lang::{Lang, Words};
use crate::sheet::Book;

use choices::Lists;
use told::Told;
use tree::Item;
use types::Kind;

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
    let mut lists = choices::read(&sheets, &settings, &mut told);
    let items = tree::grow(&sheets.survey, &lists, &mut told);
    allow_others(&items, &mut lists);
    let (items, names) = names::give(items, &lists, &mut told);
    if told.too_much() {
        return refused(settings.id, told);
    }
    let whole = write::Whole { survey: &sheets.survey, settings: &settings, lists: &lists, names: &names, lang };
    let page = write::form(&whole, &items, &mut told);
    if !told.blocks() {
        told.check(&page);
    }
    if told.blocks() {
        return refused(settings.id, told);
    }
    let heading = Words::new("xlsform.heading").with("file", &book.name).say(lang);
    let text = format!("# {heading}\n\n{}", page.text());
    Converted { text: Some(text), id: settings.id, faults: told.into_faults() }
}

fn refused(id: String, told: Told) -> Converted {
    Converted { text: None, id, faults: told.into_faults() }
}

/// A list that some question adds another answer to has that answer in its loops too.
fn allow_others(items: &[Item], lists: &mut Lists) {
    for item in items {
        if let Kind::Choice(choice) = &item.kind
            && choice.or_other
        {
            lists.allow_other(&choice.list);
        }
        allow_others(&item.items, lists);
    }
}

//! A form as an XLSForm: sheets survey, choices, settings; what XLSForm has no words for is listed.

mod expression;
mod names;
mod rows;
mod sheet;

use crate::error::{Error, Fault, Place, Result, Severity};
use crate::form::Form;
use crate::lang::Words;

use names::Names;
use rows::Rows;

/// A form written as an XLSForm.
#[derive(Debug)]
pub struct Written {
    /// The workbook.
    pub bytes: Vec<u8>,
    /// What had to be left out, as notes.
    pub notes: Vec<Fault>,
}

/// Writes a form as an XLSForm, in all its languages.
///
/// # Errors
/// The form has no questions; or the workbook cannot be made.
pub fn write(form: &Form) -> Result<Written> {
    let form = form.in_its_own().unwrap_or_else(|| form.clone());
    let others: Vec<Form> = form.languages.iter().skip(1).filter_map(|language| form.in_language(language)).collect();
    let mut notes = Vec::new();
    let names = Names::of(&form, &mut notes);
    let all: Vec<&Form> = std::iter::once(&form).chain(&others).collect();
    let mut rows = Rows::new(&all, &names);
    rows.form();
    if rows.survey.is_empty() {
        let words = Words::new("export.xlsform-empty");
        return Err(Error::fault(Fault::error(Place::Field(form.id.clone()), "xlsform", words)));
    }
    notes.append(&mut rows.notes);
    left_out(&form, &mut notes);
    let bytes = sheet::workbook(&form, &rows)?;
    Ok(Written { bytes, notes })
}

/// A note about something of the form, by its path or name.
fn note(at: &str, words: Words) -> Fault {
    Fault::error(Place::Answer(at.to_owned()), "dropped", words).weighing(Severity::Note)
}

/// The blocks of a form that XLSForm has no words for.
fn left_out(form: &Form, notes: &mut Vec<Fault>) {
    let checks = form.checks.iter().map(|check| ("check", &check.name));
    let indicators = form.indicators.iter().map(|indicator| ("indicator", &indicator.name));
    let lists = form.classifications.iter().map(|list| ("classification", &list.name));
    let recipes = form.recipes.iter().map(|recipe| ("import", &recipe.name));
    for (kind, name) in checks.chain(indicators).chain(lists).chain(recipes) {
        notes.push(note(name, Words::new("export.xlsform-block").with("kind", kind)));
    }
}

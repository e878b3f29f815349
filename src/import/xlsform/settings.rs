//! The head of the form: what the sheet `settings` says, and what the name of the file does.

use std::path::Path;

use super::languages::Codes;
use super::names::name_from;
use super::rows::{Row, Rows, Sheets};
use super::told::Told;
use crate::lang::Words;

/// The head of the form.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub id: String,
    pub title: String,
    /// The language of texts without one, where there are several.
    pub default_language: Option<String>,
    /// The code of the language of texts without one.
    pub plain_language: String,
    /// Codes may stand in a list several times.
    pub duplicates: bool,
    /// The codes of languages.
    pub codes: Codes,
}

/// Settings that change nothing here; all others that are not read are told of.
const WITHOUT_MEANING: [&str; 4] = ["clean_text_values", "version", "allow_choice_duplicates", "namespaces"];

pub(super) fn read(sheets: &Sheets, file: &str, told: &mut Told) -> Settings {
    let row = sheets.settings.rows.first().cloned().unwrap_or_default();
    let written = row.text("form_id").or_else(|| on_survey(&sheets.survey, "set form id"));
    let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or("form").trim();
    let id = name_from(written.unwrap_or(stem));
    if let Some(said) = row.get("form_id").filter(|said| said.text != id) {
        let words = Words::new("xlsform.renamed").with("from", &said.text).with("to", &id);
        told.note(&sheets.settings.sheet, (row.number, said.at), "renamed", words);
    }
    let title = row.text("form_title").or_else(|| on_survey(&sheets.survey, "set form title"));
    let mut codes = Codes::default();
    let (default_language, plain_language) = languages(sheets, &row, &mut codes, told);
    dropped(&sheets.settings, &row, told);
    Settings {
        title: title.or(written).unwrap_or(stem).to_owned(),
        id,
        default_language,
        plain_language,
        duplicates: row.text("allow_choice_duplicates").is_some_and(is_yes),
        codes,
    }
}

/// A setting that is written as a row of the survey, as very old forms do.
fn on_survey<'s>(survey: &'s Rows, kind: &str) -> Option<&'s str> {
    survey.rows.iter().find(|row| row.text("type").is_some_and(|text| text.eq_ignore_ascii_case(kind)))?.text("name")
}

/// Whether a cell says yes in one of XLSForm's ways.
pub(super) fn is_yes(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "yes" | "true" | "true()" | "1")
}

/// Whether a cell says no.
pub(super) fn is_no(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "no" | "false" | "false()" | "0")
}

/// The form's default language where it has several, and the code of texts without a language.
fn languages(sheets: &Sheets, row: &Row, codes: &mut Codes, told: &mut Told) -> (Option<String>, String) {
    let heads = sheets.survey.heads.iter().chain(&sheets.choices.heads);
    let mut met: Vec<String> = Vec::new();
    for head in heads {
        if let Some(language) = head.column.language.as_deref().filter(|_| head.column.known) {
            let code = codes.of(language);
            if !met.contains(&code) {
                met.push(code);
            }
        }
    }
    if met.len() > 32 {
        told.stop(&sheets.survey.sheet, 0, Words::new("xlsform.too-many-languages").with("n", met.len()));
    }
    let said = row.text("default_language").map(|language| codes.of(language));
    let default = said.or_else(|| met.iter().find(|code| *code == "ru").or(met.first()).cloned());
    let plain = default.clone().unwrap_or_else(|| "ru".to_owned());
    (default.filter(|code| code != "ru"), plain)
}

fn dropped(settings: &Rows, row: &Row, told: &mut Told) {
    let read = ["form_id", "form_title", "default_language"];
    let quiet = |key: &str| read.contains(&key) || WITHOUT_MEANING.contains(&key);
    for said in row.cells.iter().filter(|said| !quiet(&said.key)) {
        let words = Words::new("xlsform.setting-dropped").with("name", &said.key);
        told.note(&settings.sheet, (row.number, said.at), "dropped", words);
    }
}

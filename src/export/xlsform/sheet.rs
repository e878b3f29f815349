//! The workbook: sheets survey, choices and settings with just the columns that hold something.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::rows::{Row, Rows, language};
use crate::error::{Error, Result};
use crate::form::{ChoicesFrom, Form};

/// The columns of the survey in their order; texts come in languages.
const SURVEY: [&str; 18] = [
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "required",
    "required_message",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "default",
    "read_only",
    "appearance",
    "parameters",
    "choice_filter",
    "repeat_count",
    "svod",
];

const CHOICES: [&str; 3] = ["list_name", "name", "label"];
const SETTINGS: [&str; 3] = ["form_title", "form_id", "default_language"];

/// The workbook's bytes.
pub(super) fn workbook(form: &Form, rows: &Rows<'_>) -> Result<Vec<u8>> {
    made(form, rows).map_err(|error| Error::Internal(error.to_string()))
}

fn made(form: &Form, rows: &Rows<'_>) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    sheet(book.add_worksheet(), "survey", &SURVEY, &rows.survey)?;
    sheet(book.add_worksheet(), "choices", &CHOICES, &choices(form, rows))?;
    sheet(book.add_worksheet(), "settings", &SETTINGS, &[settings(form)])?;
    book.save_to_buffer()
}

fn settings(form: &Form) -> Row {
    let mut row = vec![("form_title".to_owned(), form.title.clone()), ("form_id".to_owned(), form.id.clone())];
    if form.languages.len() > 1 {
        row.push(("default_language".to_owned(), language(&form.language)));
    }
    row
}

fn choices(form: &Form, rows: &Rows<'_>) -> Vec<Row> {
    let mut all = Vec::new();
    let others: Vec<Form> = form.languages.iter().skip(1).filter_map(|language| form.in_language(language)).collect();
    for (number, list) in form.choices.iter().enumerate().filter(|(_, list)| list.from == ChoicesFrom::Form) {
        for (place, choice) in list.iter().enumerate() {
            let mut row =
                vec![("list_name".to_owned(), rows.lists[number].clone()), ("name".to_owned(), choice.name.clone())];
            for form in std::iter::once(form).chain(&others) {
                row.push((rows.heading("label", form), form.choices[number][place].label.clone()));
            }
            row.extend(choice.attributes.iter().map(|(key, value)| (key.clone(), value.as_text())));
            all.push(row);
        }
    }
    all
}

/// Writes rows under the headings that they have, known ones in their order, the others behind.
fn sheet(sheet: &mut Worksheet, name: &str, order: &[&str], rows: &[Row]) -> std::result::Result<(), XlsxError> {
    sheet.set_name(name)?;
    let mut heads: Vec<&str> = Vec::new();
    for (key, _) in rows.iter().flatten() {
        if !heads.contains(&key.as_str()) {
            heads.push(key);
        }
    }
    let place = |head: &str| {
        let key = head.split("::").next().unwrap_or(head);
        order.iter().position(|known| *known == key).unwrap_or(order.len())
    };
    heads.sort_by_key(|head| place(head));
    let bold = Format::new().set_bold();
    for (column, head) in (0u16..).zip(&heads) {
        sheet.write_string_with_format(0, column, *head, &bold)?;
        sheet.set_column_width(column, if head.starts_with("label") { 40 } else { 18 })?;
    }
    for (number, row) in (1u32..).zip(rows) {
        for (key, text) in row {
            let column = heads.iter().position(|head| head == key).unwrap_or_default();
            sheet.write_string(number, u16::try_from(column).unwrap_or(u16::MAX), text)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

//! Sheets that are drawn as tables with bars, as workbooks.

use std::path::Path;

use rust_xlsxwriter::Workbook;

/// The sheets of a fixture, each a table drawn with bars, as a workbook.
pub fn workbook(path: &Path, sheets: &toml::Table) {
    let mut book = Workbook::new();
    for (name, drawn) in sheets {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, line) in (0u32..).zip(drawn.as_str().unwrap().lines().filter(|line| line.starts_with('|'))) {
            let cells = line.trim().trim_start_matches('|').trim_end_matches('|').split('|');
            for (column, text) in (0u16..).zip(cells.map(str::trim)).filter(|(_, text)| !text.is_empty()) {
                match text.parse::<f64>() {
                    Ok(number) => sheet.write_number(row, column, number).unwrap(),
                    Err(_) => sheet.write_string(row, column, text).unwrap(),
                };
            }
        }
    }
    book.save(path).unwrap();
}

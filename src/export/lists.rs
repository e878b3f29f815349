//! A sheet a classification: who is on the list and why, who could not be determined, who has left it.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::look::{self, Look};
use super::{Book, Written, page};
use crate::indicator::{Entry, ListTable, Move, Side};
use crate::lang::Words;

/// The columns and their widths.
const COLUMNS: [(&str, f64); 10] = [
    ("export.number", 5.0),
    ("export.municipality", 22.0),
    ("export.organisation", 32.0),
    ("export.code", 10.0),
    (PLACE, 12.0),
    ("export.ground", 38.0),
    ("export.reasons", 48.0),
    ("export.known", 12.0),
    ("export.moved", 14.0),
    ("export.remark", 22.0),
];
/// The column that only a list with places has.
const PLACE: &str = "export.place";

/// The label without the period, for the tab: «ШНОР» of «ШНОР по итогам {period}».
pub(super) fn short(label: &str) -> String {
    let start = label.split("{period}").next().unwrap_or(label).trim();
    let bare = start.strip_suffix("по итогам").or_else(|| start.strip_suffix("за")).unwrap_or(start).trim();
    if bare.is_empty() { label.replace("{period}", "").trim().to_owned() } else { bare.to_owned() }
}

/// Writes a list.
pub(super) fn write(sheet: &mut Worksheet, (look, book): (&Look, &Book<'_>), list: &ListTable) -> Written {
    let left: Vec<&Entry> = list.on(Side::Out).filter(|entry| entry.moved == Some(Move::Left)).collect();
    let placed = list.placed_by(&book.reading.version.form);
    let mut below = vec![book.territory.clone(), counts(book, list), book.counts()];
    below.extend(placed.as_ref().map(|words| book.say(words)));
    let row = page::title(sheet, look, &list.title(book.lang), &below)?;
    let columns: Vec<(&str, f64)> = COLUMNS.into_iter().filter(|(key, _)| *key != PLACE || placed.is_some()).collect();
    let head: Vec<(String, f64)> = columns.iter().map(|(key, width)| (book.t(key), *width)).collect();
    let mut row = page::head(sheet, look, row, &head)?;
    page::paper(sheet, book);
    let inside: Vec<&Entry> = list.on(Side::In).collect();
    let unknown: Vec<&Entry> = list.on(Side::Unknown).collect();
    let parts = [
        ("export.list-in", "export.list-nobody", inside),
        ("export.list-unknown", "", unknown),
        ("export.list-left", "", left),
    ];
    for (heading, nobody, entries) in parts {
        if entries.is_empty() && nobody.is_empty() {
            continue;
        }
        let said = format!("{}: {}", book.t(heading), crate::text::grouped(count(entries.len()), book.lang));
        row = band(sheet, (row, &said), (&columns, &look.band))?;
        if entries.is_empty() {
            row = band(sheet, (row, &book.t(nobody)), (&columns, &look.quiet))?;
        }
        for (number, entry) in (1..).zip(entries) {
            line(sheet, (look, book), (list, entry), (&columns, row, number))?;
            row += 1;
        }
    }
    Ok(())
}

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn counts(book: &Book<'_>, list: &ListTable) -> String {
    let on = |side| list.on(side).count();
    let moved = |moved| list.entries.iter().filter(|entry| entry.moved == Some(moved)).count();
    let words = Words::new("export.list-counts")
        .with("in", on(Side::In))
        .with("unknown", on(Side::Unknown))
        .with("out", on(Side::Out))
        .with("entered", moved(Move::Entered))
        .with("stayed", moved(Move::Stayed))
        .with("left", moved(Move::Left));
    book.say(&words)
}

fn band(
    sheet: &mut Worksheet,
    (row, text): (u32, &str),
    (columns, format): (&[(&str, f64)], &Format),
) -> Result<u32, XlsxError> {
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.merge_range(row, 0, row, last, text, format)?;
    sheet.set_row_height(row, 20)?;
    Ok(row + 1)
}

fn line(
    sheet: &mut Worksheet,
    (look, book): (&Look, &Book<'_>),
    (list, entry): (&ListTable, &Entry),
    (columns, row, number): (&[(&str, f64)], u32, u32),
) -> Written {
    sheet.write_number_with_format(row, 0, f64::from(number), &look.whole)?;
    let mut most = 1;
    for (column, (key, width)) in (0..).zip(columns).skip(1) {
        let text = said(book, list, entry, key);
        page::text(sheet, (row, column), &text, (look, &look.wrapped))?;
        most = most.max(look::lines(&text, *width));
    }
    sheet.set_row_height(row, look::height(most))?;
    Ok(())
}

/// What stands in a column of an organisation's line.
fn said(book: &Book<'_>, list: &ListTable, entry: &Entry, column: &str) -> String {
    let grounds: Vec<&str> = list
        .grounds
        .iter()
        .zip(&entry.grounds)
        .filter(|(_, answer)| **answer == Some(true))
        .map(|(label, _)| label.as_str())
        .collect();
    let reasons: Vec<String> = entry.reasons.iter().map(|why| why.say(book.lang)).collect();
    let known = Words::new("export.k-of-n").with("k", entry.known.0).with("of", entry.known.1);
    let moved = match entry.moved {
        Some(Move::Entered) => book.t("export.moved-entered"),
        Some(Move::Stayed) => book.t("export.moved-stayed"),
        Some(Move::Left) => book.t("export.moved-left"),
        None => String::new(),
    };
    match column {
        "export.municipality" => entry.municipality.clone().unwrap_or_default(),
        "export.organisation" => entry.org.label().to_owned(),
        "export.code" => entry.org.code.clone(),
        PLACE => entry.place(book.lang).map(|(place, value)| format!("{place}\n{value}")).unwrap_or_default(),
        "export.ground" => grounds.join(";\n"),
        "export.reasons" => reasons.join(";\n"),
        "export.known" if entry.known.1 > 0 => book.say(&known),
        "export.moved" => moved,
        "export.remark" => entry.remark().map(|words| book.say(&words)).unwrap_or_default(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_tab_is_named_without_the_period() {
        for (label, tab) in [
            ("ШНОР по итогам {period}", "ШНОР"),
            ("Список за {period}", "Список"),
            ("Школы", "Школы"),
            ("{period}: резерв", ": резерв"),
        ] {
            assert_eq!(super::short(label), tab);
        }
    }
}

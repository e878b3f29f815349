//! A sheet a classification: who is on the list and why, who could not be determined, who has left it.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::look::{self, Look};
use super::{Book, Written, page};
use crate::indicator::{Entry, ListTable, Move, Side};
use crate::lang::Words;

const WIDTHS: [f64; 9] = [5.0, 22.0, 32.0, 10.0, 38.0, 48.0, 12.0, 14.0, 22.0];
const HEADS: [&str; 9] = [
    "export.number",
    "export.municipality",
    "export.organisation",
    "export.code",
    "export.ground",
    "export.reasons",
    "export.known",
    "export.moved",
    "export.remark",
];
const LAST: u16 = 8;

/// The label without the period, for the tab: «ШНОР» of «ШНОР по итогам {period}».
pub(super) fn short(label: &str) -> String {
    let start = label.split("{period}").next().unwrap_or(label).trim();
    let bare = start.strip_suffix("по итогам").or_else(|| start.strip_suffix("за")).unwrap_or(start).trim();
    if bare.is_empty() { label.replace("{period}", "").trim().to_owned() } else { bare.to_owned() }
}

/// Writes a list.
pub(super) fn write(sheet: &mut Worksheet, (look, book): (&Look, &Book<'_>), list: &ListTable) -> Written {
    let left: Vec<&Entry> = list.on(Side::Out).filter(|entry| entry.moved == Some(Move::Left)).collect();
    let below = [book.territory.clone(), counts(book, list), book.counts()];
    let row = page::title(sheet, look, &list.title(book.lang), &below)?;
    let head: Vec<(String, f64)> = HEADS.iter().zip(WIDTHS).map(|(key, width)| (book.t(key), width)).collect();
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
        row = band(sheet, (row, &said), &look.band)?;
        if entries.is_empty() {
            row = band(sheet, (row, &book.t(nobody)), &look.quiet)?;
        }
        for (number, entry) in (1..).zip(entries) {
            line(sheet, (look, book), (list, entry), (row, number))?;
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

fn band(sheet: &mut Worksheet, (row, text): (u32, &str), format: &Format) -> Result<u32, XlsxError> {
    sheet.merge_range(row, 0, row, LAST, text, format)?;
    sheet.set_row_height(row, 20)?;
    Ok(row + 1)
}

fn line(
    sheet: &mut Worksheet,
    (look, book): (&Look, &Book<'_>),
    (list, entry): (&ListTable, &Entry),
    (row, number): (u32, u32),
) -> Written {
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
    let cells = [
        (1, entry.municipality.clone().unwrap_or_default()),
        (2, entry.org.label().to_owned()),
        (3, entry.org.code.clone()),
        (4, grounds.join(";\n")),
        (5, reasons.join(";\n")),
        (6, if entry.known.1 == 0 { String::new() } else { book.say(&known) }),
        (7, moved),
        (8, entry.remark().map(|words| book.say(&words)).unwrap_or_default()),
    ];
    sheet.write_number_with_format(row, 0, f64::from(number), &look.whole)?;
    let mut most = 1;
    for (column, text) in &cells {
        page::text(sheet, (row, *column), text, (look, &look.wrapped))?;
        most = most.max(look::lines(text, WIDTHS[usize::from(*column)]));
    }
    sheet.set_row_height(row, look::height(most))?;
    Ok(())
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

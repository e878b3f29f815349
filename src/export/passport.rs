//! The passport: which form and version, what counts, for whom and when, and what to know when reading.

use rust_xlsxwriter::Worksheet;

use super::look::{self, Look};
use super::{Book, Written, page, summary};
use crate::indicator::Figures;
use crate::lang::Words;

const WIDTHS: [f64; 2] = [34.0, 96.0];

/// Writes the sheet; `hidden` is how many groups of columns of the sheet of data are hidden.
pub(super) fn write(
    sheet: &mut Worksheet,
    (look, book): (&Look, &Book<'_>),
    figures: &Figures,
    hidden: usize,
) -> Written {
    page::title(sheet, look, &book.t("export.passport"), &[])?;
    for (column, width) in (0u16..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    page::paper(sheet, book);
    for (row, (key, text)) in (2u32..).zip(lines(book, figures, hidden)) {
        sheet.write_string_with_format(row, 0, &key, &look.key)?;
        page::text(sheet, (row, 1), &text, (look, &look.wrapped))?;
        let lines = look::lines(&key, WIDTHS[0] * 0.9).max(look::lines(&text, WIDTHS[1]));
        sheet.set_row_height(row, look::height(lines))?;
    }
    Ok(())
}

fn lines(book: &Book<'_>, figures: &Figures, hidden: usize) -> Vec<(String, String)> {
    let version = &book.reading.version;
    let form = &version.form;
    let query = &book.reading.query;
    let published = version.at.to_zoned(jiff::tz::TimeZone::system()).date();
    let number = Words::new("export.version-of")
        .with("number", i64::from(version.number))
        .with("date", crate::text::date(published))
        .with("hash", form.hash.chars().take(12).collect::<String>());
    let wave = if query.wave.is_empty() { book.t("export.wave-none") } else { query.wave.clone() };
    let mut lines = vec![
        (book.t("export.form"), format!("{} ({})", form.title, form.id)),
        (book.t("export.version"), book.say(&number)),
        (book.t("export.territory"), book.territory.clone()),
        (book.t("export.period"), format!("{} ({})", book.period(), query.period.id())),
        (book.t("export.wave"), wave),
        (book.t("export.what-counts"), book.counts()),
        (book.t("export.received"), summary::tally(book, figures)),
        (book.t("export.made"), book.made.clone()),
    ];
    lines.extend(notes(book, figures, hidden).into_iter().map(|note| (book.t("export.note"), note)));
    lines
}

fn notes(book: &Book<'_>, figures: &Figures, hidden: usize) -> Vec<String> {
    let mut notes = vec![
        book.t("export.note-share"),
        book.t("export.note-only-share"),
        book.t("export.note-empty"),
        book.t("export.note-formulas"),
    ];
    if figures.duplicates > 0 {
        notes.push(book.say(&Words::new("export.note-duplicates").with("n", figures.duplicates)));
    }
    if hidden > 0 {
        notes.push(book.say(&Words::new("export.note-hidden").with("n", hidden)));
    }
    if figures.indicators.iter().any(|indicator| indicator.target.is_some()) {
        notes.push(book.t("export.note-target"));
    }
    notes
}

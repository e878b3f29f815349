//! What every sheet has: its title, its page, its footer, headings that stay in sight.

use rust_xlsxwriter::{Format, Worksheet};

use super::look::{self, Look};
use super::{Book, CELL_TEXT, Written};

/// A sheet's columns: headings and widths in characters.
pub(super) type Head<'a> = &'a [(String, f64)];

/// Writes the title and what is below it; returns the next row.
pub(super) fn title(sheet: &mut Worksheet, look: &Look, title: &str, below: &[String]) -> Result<u32, Fault> {
    sheet.write_string_with_format(0, 0, title, &look.title)?;
    sheet.set_row_height(0, 24)?;
    // A formula without a result is empty; the library would say zero.
    sheet.set_formula_result_default("");
    let mut row = 1;
    for line in below {
        sheet.write_string_with_format(row, 0, line, &look.subtitle)?;
        row += 1;
    }
    Ok(row + 1)
}

type Fault = rust_xlsxwriter::XlsxError;

/// Writes a row of headings, keeps it in sight and repeats it on every page; returns the next row.
pub(super) fn head(sheet: &mut Worksheet, look: &Look, row: u32, head: Head<'_>) -> Result<u32, Fault> {
    let mut most = 1;
    for (column, (heading, width)) in (0u16..).zip(head) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(row, column, heading, &look.heading)?;
        // Bold letters are wider.
        most = most.max(look::lines(heading, *width * 0.9));
    }
    sheet.set_row_height(row, look::height(most))?;
    sheet.set_freeze_panes(row + 1, 0)?;
    sheet.set_repeat_rows(row, row)?;
    Ok(row + 1)
}

/// A4, landscape, as wide as one page; the footer says where, what for, when, and which page.
pub(super) fn paper(sheet: &mut Worksheet, book: &Book<'_>) {
    let escaped = |text: &str| text.replace('&', "&&");
    let clipped: String = book.territory.chars().take(80).collect();
    let of = escaped(&book.t("export.page-of"));
    let page = escaped(&book.t("export.page"));
    // A space parts the size of the letters from a text that begins with a digit.
    let left = format!("{} · {}", escaped(&clipped), escaped(&book.period()));
    sheet.set_footer(format!("&L&8 {left}&C&8 {}&R&8 {page} &P {of} &N", escaped(&book.made)));
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.5, 0.4, 0.5, 0.7, 0.3, 0.35);
}

/// Writes a text; one that a workbook could take for a formula is marked as text.
pub(super) fn text(sheet: &mut Worksheet, at: (u32, u16), text: &str, look: (&Look, &Format)) -> Written {
    let (look, format) = look;
    let clipped: String;
    let text = if text.chars().count() > CELL_TEXT {
        clipped = text.chars().take(CELL_TEXT).collect();
        &clipped
    } else {
        text
    };
    let format = if text.starts_with(['=', '+', '-', '@']) { &look.formula_like } else { format };
    if text.is_empty() {
        sheet.write_blank(at.0, at.1, format)?;
    } else {
        sheet.write_string_with_format(at.0, at.1, text, format)?;
    }
    Ok(())
}

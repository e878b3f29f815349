//! The sheet of those who have not answered: expected, and nothing that counts; drafts are marked.

use rust_xlsxwriter::Worksheet;

use super::look::{self, Look};
use super::{Book, Written, page};
use crate::ids::OrgType;
use crate::lang::Words;
use crate::report::State;
use crate::report::figures::Progress;

const WIDTHS: [f64; 5] = [6.0, 34.0, 60.0, 14.0, 34.0];
const HEADS: [&str; 5] = ["export.number", "export.municipality", "export.organisation", "export.code", "export.state"];

/// Writes the sheet.
pub(super) fn write(sheet: &mut Worksheet, (look, book): (&Look, &Book<'_>)) -> Written {
    let silent: Vec<&Progress> = book.reading.progress.iter().filter(|one| is_silent(one)).collect();
    let expected = book.reading.progress.iter().filter(|one| one.expected).count();
    let said = Words::new("export.silent-of").with("k", silent.len()).with("of", expected);
    let below = [format!("{} · {}", book.territory, book.period()), book.say(&said)];
    let row = page::title(sheet, look, &book.t("export.silent-title"), &below)?;
    let head: Vec<(String, f64)> = HEADS.iter().zip(WIDTHS).map(|(key, width)| (book.t(key), width)).collect();
    let first = page::head(sheet, look, row, &head)?;
    page::paper(sheet, book);
    if silent.is_empty() {
        sheet.merge_range(first, 0, first, 4, &book.t("export.silent-nobody"), &look.quiet)?;
    }
    for (number, one) in (1u32..).zip(silent) {
        let row = first + number - 1;
        let above = book.reading.upward(one.org.id, OrgType::Municipality).filter(|above| above.id != one.org.id);
        let state = if one.state == State::Draft { "export.state-draft" } else { "export.state-none" };
        let cells = [above.map(|org| org.label()).unwrap_or_default(), one.org.label(), &one.org.code, &book.t(state)];
        sheet.write_number_with_format(row, 0, f64::from(number), &look.whole)?;
        let mut most = 1;
        for (column, text) in (1u16..).zip(cells) {
            page::text(sheet, (row, column), text, (look, &look.wrapped))?;
            most = most.max(look::lines(text, WIDTHS[usize::from(column)]));
        }
        sheet.set_row_height(row, look::height(most))?;
    }
    Ok(())
}

/// Whether a report is expected and nothing was sent, whichever reports are counted in the figures.
fn is_silent(one: &Progress) -> bool {
    one.expected && matches!(one.state, State::Empty | State::Draft)
}

//! How wide columns are, and how a sheet that is wider than a page is spread over several.

use rust_xlsxwriter::Worksheet;

use super::Written;
use super::columns::{BEFORE, Column, Group, What};
use crate::form::Form;
use crate::form::kind::CellRule;

/// The widths of the columns before the values: number, municipality, code, organisation, state.
pub(super) type Before = [f64; BEFORE as usize];
/// A column of municipalities is as wide as the longest of their names, between these.
const PART_WIDTHS: (f64, f64) = (16.0, 30.0);
/// The least width of a column of values.
const WIDTH: f64 = 12.5;
/// How wide a column may become for a long word of its heading.
const WIDEST: f64 = 24.0;
/// What is printed smaller than this share of its size cannot be read.
const SMALLEST: f64 = 0.6;
/// The width of A4 lying down between the margins, in points of the screen, less what printers differ by.
const PAGE: f64 = 960.0;

/// How wide the columns before the values are, where the parts of the territory have these names: most names fit one
/// line, so that a page holds as many rows as it can.
pub(super) fn before(parts: &[String]) -> Before {
    let longest = parts.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "a name is short")]
    let part = (longest as f64 + 2.5).clamp(PART_WIDTHS.0, PART_WIDTHS.1);
    [6.0, part, 10.0, 34.0, 15.0]
}

/// How wide a column is: texts need more room than numbers, and no word of a heading is broken.
pub(super) fn width(form: &Form, column: &Column) -> f64 {
    let by_rule = match column.what {
        What::Value(field, _) => match form.fields[field].kind.cell {
            CellRule::Text | CellRule::Choices { .. } => 28.0,
            CellRule::Choice | CellRule::Moment => 18.0,
            _ => WIDTH,
        },
        // It stands alone under a heading that names a whole indicator.
        What::Numerator(indicator, _) if form.indicators[indicator].denominator.is_none() => WIDEST,
        _ => WIDTH,
    };
    let longest = column.heading.split([' ', '\u{a0}']).map(|word| word.chars().count()).max().unwrap_or(0);
    // Bold letters are wider than digits.
    #[expect(clippy::cast_precision_loss, reason = "a word is short")]
    let by_word = longest as f64 * 1.15 + 1.5;
    by_rule.max(by_word.min(WIDEST))
}

/// A column on the screen.
fn points(width: f64) -> f64 {
    width * 7.0 + 5.0
}

/// Prints a sheet on one page's width as long as it can be read; otherwise on several, parted between groups of
/// columns, each with the organisations at its left.
pub(super) fn over_pages(sheet: &mut Worksheet, widths: &Before, groups: &[(&Group, f64)]) -> Written {
    let before: f64 = widths.iter().copied().map(points).sum();
    let whole = before + groups.iter().map(|(_, wide)| wide).sum::<f64>();
    let page = PAGE / SMALLEST;
    if whole <= page {
        return Ok(());
    }
    sheet.set_repeat_columns(0, BEFORE - 2)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of one")]
    sheet.set_print_scale((SMALLEST * 100.0) as u16);
    sheet.set_vertical_page_breaks(&breaks(
        groups,
        (before, before - points(widths[usize::from(BEFORE) - 1])),
        page,
    ))?;
    Ok(())
}

/// Before which columns a new page begins; `repeated` is the part of what stands before that later pages repeat.
fn breaks(groups: &[(&Group, f64)], (before, repeated): (f64, f64), page: f64) -> Vec<u32> {
    let (mut breaks, mut used, mut first) = (Vec::new(), before, true);
    for (group, wide) in groups {
        if !first && used + wide > page {
            breaks.push(u32::from(group.first));
            used = repeated;
        }
        used += wide;
        first = false;
    }
    breaks
}

/// The width of a group on the screen.
pub(super) fn group_width(form: &Form, inside: &[Column]) -> f64 {
    inside.iter().map(|one| points(width(form, one))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_part_between_groups() {
        let group = |first| Group { heading: String::new(), first, last: first + 1 };
        let groups = [group(5), group(7), group(9), group(11)];
        let wide: Vec<(&Group, f64)> = groups.iter().zip([600.0, 600.0, 300.0, 2000.0]).collect();
        assert_eq!(breaks(&wide, (700.0, 590.0), 1500.0), [7, 11]);
        assert_eq!(breaks(&wide[..1], (700.0, 590.0), 1000.0), [0u32; 0]);
    }
}

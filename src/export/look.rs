//! How the workbook looks: one accent colour, a calm fill for headings, thin borders.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// The accent: titles, rules above totals.
const ACCENT: Color = Color::RGB(0x1F_3864);
/// The fill of headings.
const CALM: Color = Color::RGB(0xDD_E6F0);
/// The fill of bands between parts of a table.
const BAND: Color = Color::RGB(0xF1_F4F8);
/// Borders.
const LINE: Color = Color::RGB(0xBF_C7D1);
/// What is only there to be complete.
const QUIET: Color = Color::RGB(0x6B_7480);
/// The font, of which every office has one of the same width.
const FONT: &str = "Arial";
/// The heights of rows and widths of columns, in points of the screen, that go with it.
pub(super) const DEFAULT_CELL: (u32, u32) = (17, 64);

/// The formats of a workbook.
pub(super) struct Look {
    /// What widths of columns are counted in; the same everywhere, whichever fonts a machine has.
    pub(super) default: Format,
    pub(super) title: Format,
    pub(super) subtitle: Format,
    pub(super) heading: Format,
    pub(super) band: Format,
    pub(super) text: Format,
    pub(super) wrapped: Format,
    pub(super) quiet: Format,
    pub(super) centre: Format,
    pub(super) number: Format,
    pub(super) whole: Format,
    pub(super) tenth: Format,
    pub(super) money: Format,
    pub(super) day: Format,
    pub(super) month: Format,
    pub(super) time: Format,
    pub(super) moment: Format,
    pub(super) absent: Format,
    pub(super) formula_like: Format,
    pub(super) key: Format,
    pub(super) alarm: Format,
}

impl Look {
    pub(super) fn new() -> Look {
        let plain = || Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::VerticalCenter);
        let cell = || plain().set_border(FormatBorder::Thin).set_border_color(LINE);
        let left = || cell().set_align(FormatAlign::Left).set_indent(1);
        let right = || cell().set_align(FormatAlign::Right);
        let middle = || cell().set_align(FormatAlign::Center);
        Look {
            default: Format::new().set_font_name(FONT).set_font_size(10),
            title: plain().set_font_size(14).set_bold().set_font_color(ACCENT),
            subtitle: plain().set_font_color(QUIET),
            heading: middle().set_bold().set_text_wrap().set_background_color(CALM),
            band: left().set_bold().set_text_wrap().set_background_color(BAND).set_font_color(ACCENT),
            text: left(),
            wrapped: left().set_text_wrap(),
            quiet: left().set_text_wrap().set_font_color(QUIET),
            centre: middle(),
            number: right().set_num_format("#,##0.##"),
            whole: right().set_num_format("#,##0"),
            tenth: right().set_num_format("0.0"),
            money: right().set_num_format("#,##0.00"),
            day: middle().set_num_format("dd.mm.yyyy"),
            month: middle().set_num_format("mm.yyyy"),
            time: middle().set_num_format("hh:mm"),
            moment: middle().set_num_format("dd.mm.yyyy hh:mm"),
            absent: middle().set_font_color(QUIET),
            formula_like: left().set_quote_prefix(),
            key: left().set_bold().set_text_wrap().set_background_color(CALM),
            alarm: Format::new().set_font_color(Color::RGB(0x9C_2B2B)),
        }
    }

    /// The format of a number: whole numbers have no point behind them, whatever the type allows.
    pub(super) fn of_number(&self, pattern: &'static str, number: f64) -> &Format {
        match pattern {
            "#,##0" => &self.whole,
            "#,##0.00" => &self.money,
            _ if pattern.starts_with("0.0") => &self.tenth,
            _ if number.fract() == 0.0 => &self.whole,
            _ => &self.number,
        }
    }
}

/// The same format as part of a row of totals.
pub(super) fn total(format: &Format) -> Format {
    let plain = format.clone().set_bold().set_background_color(BAND);
    plain.set_border_top(FormatBorder::Medium).set_border_top_color(ACCENT)
}

/// How many lines a text takes in a column of so many characters.
pub(super) fn lines(text: &str, width: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a column has 1 to 255 characters")]
    let room = (width * 1.02 - 1.0).max(4.0) as usize;
    let mut lines = 0;
    for paragraph in text.split('\n') {
        let (mut count, mut used) = (1, 0);
        for word in paragraph.split(' ') {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > room {
                (count, used) = (count + 1, 0);
            }
            let left = length.saturating_sub(room);
            count += u32::try_from(left.div_ceil(room)).unwrap_or(0);
            used += length.min(room) + usize::from(used > 0);
        }
        lines += count;
    }
    lines
}

/// The height of a row that holds so many lines.
pub(super) fn height(lines: u32) -> f64 {
    (f64::from(lines.max(1)) * 13.0 + 4.0).min(400.0)
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn texts_wrap_at_words() {
        for (text, width, expected) in [
            ("", 10.0, 1),
            ("раз два три", 12.0, 1),
            ("раз два три", 9.0, 2),
            ("достопримечательность", 11.0, 3),
            ("раз\nдва", 40.0, 2),
        ] {
            assert_eq!(lines(text, width), expected, "{text:?} {width}");
        }
    }
}

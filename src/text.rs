//! How numbers, dates and names are written and read by people.

use jiff::civil::Date;

use crate::lang::Lang;

/// The non-breaking space that groups digits and ties a number to its unit.
pub const NBSP: char = '\u{a0}';

/// A number at 15 significant digits, as Excel keeps it (language law 2).
pub fn round15(number: f64) -> f64 {
    // Whole numbers below 10^15 have no more digits than that: most figures, and a hundred times faster.
    if !number.is_finite() || (number.fract() == 0.0 && number.abs() < 1e15) {
        return number;
    }
    if (number * HALVES).fract() == 0.0 {
        return round15_exactly(number);
    }
    format!("{number:.14e}").parse().unwrap_or(number)
}

/// 2^22: a double of sixteen digits whose last is an exact 5 has no more binary places than that.
const HALVES: f64 = 4_194_304.0;

/// The same where the digit behind the fifteenth may be an exact half, which goes away from zero as everywhere.
fn round15_exactly(number: f64) -> f64 {
    let written = format!("{:.50e}", number.abs());
    let Some((digits, power)) = written.split_once('e') else { return number };
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let (kept, rest) = digits.split_at(15);
    let (Ok(kept), Ok(power)) = (kept.parse::<u64>(), power.parse::<i32>()) else { return number };
    let kept = kept + u64::from(rest.starts_with(|c| c >= '5'));
    format!("{kept}e{}", power - 14).parse::<f64>().map_or(number, |rounded| rounded.copysign(number))
}

/// A number as the language writes it: `1 234,5` or `1,234.5`; 15 significant digits.
pub fn number(number: f64, lang: Lang) -> String {
    let plain = canonical(number);
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => ("\u{2212}", rest),
        None => ("", plain.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (group, point) = match lang {
        Lang::Ru => (NBSP, ','),
        Lang::En => (',', '.'),
    };
    let mut said = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) && whole.len() > 4 {
            said.push(group);
        }
        said.push(digit);
    }
    if !fraction.is_empty() {
        said.push(point);
        said.push_str(fraction);
    }
    said
}

/// A whole number with its digits grouped from 10 000 up.
pub fn grouped(count: i64, lang: Lang) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts of people and rows stay far below 2^53")]
    number(count as f64, lang)
}

/// A number rounded half away from zero to so many decimals, and then as [`number`].
pub fn decimals(value: f64, places: i32, lang: Lang) -> String {
    number(round_half_away(value, places), lang)
}

/// A number with just so many decimals, whole or not: `1 234,50`.
pub fn with_decimals(value: f64, places: usize, lang: Lang) -> String {
    let shown = decimals(value, i32::try_from(places).unwrap_or(0), lang);
    let point = if lang == Lang::Ru { ',' } else { '.' };
    let there = shown.rsplit_once(point).map_or(0, |(_, fraction)| fraction.len());
    let mark = if there == 0 && places > 0 { point.to_string() } else { String::new() };
    format!("{shown}{mark}{}", "0".repeat(places.saturating_sub(there)))
}

/// Rounds half away from zero at 15 significant digits, as Excel does (`vocabulary` 4.3).
pub fn round_half_away(value: f64, places: i32) -> f64 {
    // Powers beyond are not exact when multiplied up.
    let ten = match places.unsigned_abs() {
        few @ 0..=22 => (0..few).fold(1.0, |ten, _| ten * 10.0),
        many => format!("1e{many}").parse().unwrap_or(f64::INFINITY),
    };
    let scale = if places < 0 { 1.0 / ten } else { ten };
    let scaled = round15(value * scale);
    if !scaled.is_finite() {
        return value;
    }
    round15(scaled.round() / scale)
}

/// A number without grouping and with a point, at 15 significant digits: what is stored and computed with.
pub fn canonical(number: f64) -> String {
    let rounded = round15(number);
    if rounded == 0.0 { "0".to_owned() } else { format!("{rounded}") }
}

/// Reads a number that a person typed: `1 234,5`, `1234.5`, `−5`; spaces of any kind group digits.
///
/// Returns `None` for anything else, exponents and mixed separators included.
pub fn read_number(typed: &str) -> Option<f64> {
    let mut plain = String::with_capacity(typed.len());
    for c in typed.trim().chars() {
        match c {
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => {}
            '\u{2212}' | '\u{2013}' | '-' if plain.is_empty() => plain.push('-'),
            ',' | '.' if !plain.contains('.') => plain.push('.'),
            '0'..='9' => plain.push(c),
            _ => return None,
        }
    }
    let grouped_well = grouping_is_regular(typed.trim());
    let digits = plain.trim_start_matches('-');
    let sound = digits.starts_with(|c: char| c.is_ascii_digit()) && digits.ends_with(|c: char| c.is_ascii_digit());
    (sound && grouped_well).then(|| plain.parse().ok()).flatten()
}

/// Spaces between digits stand only before groups of three ("1 234", never "12 34").
fn grouping_is_regular(typed: &str) -> bool {
    let whole = typed.split([',', '.']).next().unwrap_or_default();
    let groups: Vec<&str> = whole
        .trim_start_matches(['-', '\u{2212}', '\u{2013}'])
        .trim_start()
        .split([' ', '\u{a0}', '\u{202f}', '\u{2009}'])
        .collect();
    let fraction_whole = !typed.split([',', '.']).nth(1).is_some_and(|f| f.contains(|c: char| c.is_whitespace()));
    fraction_whole && (groups.len() == 1 || groups.iter().skip(1).all(|g| g.len() == 3))
}

/// A date as people write it: `31.12.2025`.
pub fn date(date: Date) -> String {
    format!("{:02}.{:02}.{}", date.day(), date.month(), date.year())
}

/// Reads a date that a person typed: `31.12.2025` or `2025-12-31`.
pub fn read_date(typed: &str) -> Option<Date> {
    let typed = typed.trim();
    if let Some((day, rest)) = typed.split_once('.') {
        let (month, year) = rest.split_once('.')?;
        if year.len() != 4 {
            return None;
        }
        return Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    }
    let dashed = typed.len() == 10 && typed.as_bytes()[4] == b'-' && typed.as_bytes()[7] == b'-';
    dashed.then(|| typed.parse().ok()).flatten()
}

/// Text folded for comparing headings and names: lower case, `ё` as `е`, every run of white space one space.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }));
    }
    folded
}

/// The known name nearest to a misspelt one, if one is near enough to be what was meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = wrong.chars().count();
    let limit = (length / 3).max(1);
    let wrong = wrong.to_lowercase();
    known
        .into_iter()
        .filter(|name| name.chars().count().abs_diff(length) <= limit)
        .map(|name| (strsim::osa_distance(&wrong, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_russian() {
        assert_eq!(number(1234567.5, Lang::Ru), "1\u{a0}234\u{a0}567,5");
        assert_eq!(number(1234.0, Lang::Ru), "1234");
        assert_eq!(number(-0.5, Lang::Ru), "\u{2212}0,5");
        assert_eq!(number(0.1 + 0.2, Lang::Ru), "0,3");
        assert_eq!(number(20287.0, Lang::En), "20,287");
        assert_eq!(with_decimals(1234.5, 2, Lang::Ru), "1234,50");
        assert_eq!(with_decimals(20287.0, 2, Lang::En), "20,287.00");
        assert_eq!(with_decimals(7.125, 2, Lang::Ru), "7,13");
    }

    #[test]
    fn typed_numbers_are_read() {
        for (typed, read) in [
            ("1 234,5", Some(1234.5)),
            ("1\u{a0}234,5", Some(1234.5)),
            ("-7", Some(-7.0)),
            ("\u{2212}7", Some(-7.0)),
            ("007", Some(7.0)),
            ("1e3", None),
            ("12 34", None),
            ("1,2,3", None),
            ("1,5 5", None),
            ("", None),
            ("-", None),
            ("5%", None),
            (",5", None),
        ] {
            assert_eq!(read_number(typed), read, "{typed:?}");
        }
    }

    #[test]
    fn half_goes_away_from_zero() {
        assert_eq!(round_half_away(-2.5, 0), -3.0);
        assert_eq!(round_half_away(2.675, 2), 2.68);
        assert_eq!(round_half_away(1234.0, -2), 1200.0);
        assert_eq!(round15(1_000_000_000_000.125), 1_000_000_000_000.13);
        assert_eq!(round15(-1_000_000_000_000.125), -1_000_000_000_000.13);
        assert_eq!(round15(1_000_000_000_000_005.0), 1_000_000_000_000_010.0);
    }

    #[test]
    fn dates_are_read_in_both_orders() {
        assert_eq!(read_date("31.12.2025"), read_date("2025-12-31"));
        assert_eq!(read_date("31.13.2025"), None);
        assert_eq!(read_date("1.2.25"), None);
        assert_eq!(read_date("31.12.2025").map(date), Some("31.12.2025".to_owned()));
    }

    #[test]
    fn near_names_are_suggested() {
        assert_eq!(nearest("lable", ["label", "name"]), Some("label"));
        assert_eq!(nearest("xyz", ["label", "name"]), None);
    }
}

//! What a number format makes of a number: per cent, a day, a time, or just a number.

use jiff::Span;
use jiff::civil::{Date, Time, date};

use super::grid::Cell;

/// How a number is shown, as far as it changes what the number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Look {
    /// As a number.
    #[default]
    Plain,
    /// Times a hundred, with a `%`.
    Percent,
    /// As a day, with or without its time.
    Moment,
    /// As hours that may exceed a day.
    Duration,
}

/// The look of a format that every workbook knows by its number (ECMA-376, 18.8.30).
pub(super) fn built_in(id: u32) -> Look {
    match id {
        9 | 10 => Look::Percent,
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Look::Moment,
        46 => Look::Duration,
        _ => Look::Plain,
    }
}

/// The look of a format that is written out, by its first section and outside of what is quoted or escaped.
pub(super) fn look(format: &str) -> Look {
    let mut chars = format.chars();
    let mut quoted = false;
    let mut section = 0;
    let mut found = Look::Plain;
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            // The character after these is shown, skipped or repeated as it is.
            '\\' | '_' | '*' => {
                chars.next();
            }
            ';' => section += 1,
            '%' => return Look::Percent,
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let hours =
                    !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'H' | 'm' | 'M' | 's' | 'S'));
                if hours && section == 0 {
                    found = Look::Duration;
                }
            }
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' if section == 0 && found == Look::Plain => {
                found = Look::Moment;
            }
            _ => {}
        }
    }
    // Words for "no format": their letters mean nothing.
    if matches!(format, "General" | "Standard" | "@") { Look::Plain } else { found }
}

/// A number under a look; a day that no calendar has stays a number.
pub(super) fn cell(value: f64, look: Look, from_1904: bool) -> Cell {
    match look {
        Look::Plain => Cell::number(value),
        Look::Percent => Cell::Number { value, percent: true },
        Look::Duration => duration(value),
        Look::Moment => moment(value, from_1904),
    }
}

fn duration(value: f64) -> Cell {
    if !(0.0..1e6).contains(&value) {
        return Cell::number(value);
    }
    let minutes = (value * 1440.0).round();
    Cell::Text(format!("{}:{:02}", (minutes / 60.0).floor(), minutes % 60.0))
}

/// The last serial number of the calendar, 31.12.9999.
const LAST_DAY: f64 = 2_958_465.0;
/// How many days the count from 1904 is behind the count from 1900.
const TO_1904: f64 = 1462.0;

fn moment(value: f64, from_1904: bool) -> Cell {
    let serial = if from_1904 { value + TO_1904 } else { value };
    if (0.0..1.0).contains(&serial) {
        return if value == 0.0 { Cell::number(0.0) } else { Cell::Text(time(serial)) };
    }
    // Excel counts a 29 February 1900 that never was: days before it are one less far from the epoch.
    let day = serial.floor();
    let offset = if day < 60.0 { day + 1.0 } else { day };
    let known = day >= 1.0 && day != 60.0 && day <= LAST_DAY;
    #[expect(clippy::cast_possible_truncation, reason = "checked against the last day of the calendar")]
    let date = known.then(|| EPOCH.checked_add(Span::new().days(offset as i64)).ok()).flatten();
    date.map_or(Cell::number(value), |date| at(date, serial - day))
}

/// A day with a part of it; the whole day where that is no second of it.
fn at(date: Date, part: f64) -> Cell {
    let seconds = (part * 86_400.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "a day has 86 400 seconds")]
    let moment = date.at(0, 0, 0, 0).checked_add(Span::new().seconds(seconds as i64));
    match moment {
        Ok(moment) if seconds > 0.0 => Cell::Moment(moment),
        _ => Cell::Date(date),
    }
}

/// What a number without a format is, where a day or a time is expected: Excel counts days from 1900.
pub fn serial(value: f64) -> Cell {
    if (0.0..1.0).contains(&value) { Cell::Text(time(value)) } else { moment(value, false) }
}

/// The day from which days are counted, as they stand after February 1900.
const EPOCH: Date = date(1899, 12, 30);

/// A part of a day as `9:30` or `9:30:15`.
fn time(part: f64) -> String {
    let seconds = (part * 86_400.0).round();
    let (hours, minutes, seconds) = ((seconds / 3600.0).floor(), (seconds / 60.0).floor() % 60.0, seconds % 60.0);
    if seconds == 0.0 { format!("{hours}:{minutes:02}") } else { format!("{hours}:{minutes:02}:{seconds:02}") }
}

/// A day written as `2025-12-31` or `2025-12-31T00:00:00`, or a time of the day; other texts stay texts.
pub(super) fn iso(text: &str) -> Cell {
    let numbers: Vec<f64> = text.split(':').filter_map(|number| number.parse().ok()).collect();
    if let [hours, minutes, seconds] = numbers[..]
        && text.matches(':').count() == 2
        && (0.0..24.0).contains(&hours)
    {
        return Cell::Text(time((hours * 3600.0 + minutes * 60.0 + seconds) / 86_400.0));
    }
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let Ok(day) = day.parse::<Date>() else { return Cell::Text(text.to_owned()) };
    match time.parse::<Time>() {
        Ok(time) if time != Time::midnight() => Cell::Moment(day.to_datetime(time)),
        _ => Cell::Date(day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart() {
        for (format, expected) in [
            ("0%", Look::Percent),
            ("0.0%;[Red]-0.0%;\"–\"", Look::Percent),
            ("# ##0,0\\ %", Look::Percent),
            ("0.0\"%\"", Look::Plain),
            ("0\\%", Look::Plain),
            ("0_%", Look::Plain),
            ("General", Look::Plain),
            ("Standard", Look::Plain),
            ("#,##0.00\\ \"дн.\";[Red]\\-0", Look::Plain),
            ("0.00E+00", Look::Plain),
            ("dd.mm.yyyy", Look::Moment),
            ("[$-419]d\\ mmmm\\ yyyy\\ \"г.\";@", Look::Moment),
            ("h:mm AM/PM", Look::Moment),
            ("[h]:mm:ss", Look::Duration),
            ("0;\"day\"", Look::Plain),
        ] {
            assert_eq!(look(format), expected, "{format}");
        }
    }

    #[test]
    fn serial_numbers_are_days() {
        for (value, from_1904, said) in [
            (44440.0, false, "01.09.2021"),
            (44440.75, false, "01.09.2021"),
            (42978.0, true, "01.09.2021"),
            (1.0, false, "01.01.1900"),
            (59.0, false, "28.02.1900"),
            (60.0, false, "60"),
            (61.0, false, "01.03.1900"),
            (2_958_465.0, false, "31.12.9999"),
            (2_958_466.0, false, "2958466"),
            (0.0, false, "0"),
            (-5.0, false, "-5"),
            (0.395_833_333, false, "9:30"),
            (f64::NAN, false, "NaN"),
        ] {
            assert_eq!(cell(value, Look::Moment, from_1904).text(), said);
        }
        assert_eq!(cell(1.5, Look::Duration, false).text(), "36:00");
        let noon = Cell::Moment(date(2021, 9, 1).at(18, 0, 0, 0));
        assert_eq!((cell(44440.75, Look::Moment, false), iso("2021-09-01T18:00:00")), (noon.clone(), noon));
        assert_eq!(iso("2021-09-01T00:00:00"), Cell::Date(date(2021, 9, 1)));
        assert_eq!((serial(0.75), serial(44440.0)), (Cell::Text("18:00".to_owned()), Cell::Date(date(2021, 9, 1))));
    }
}

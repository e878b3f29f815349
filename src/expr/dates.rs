//! Functions of days, and of moments: texts `2025-12-31T14:30`, by the clock of the place, without an offset.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use crate::expr::value::Value;
use crate::lang::Words;

/// Months and days of the week where a format asks for a short name. Values do not depend on the reader's language.
const MONTHS: [&str; 12] = ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
const WEEKDAYS: [&str; 7] = ["пн", "вт", "ср", "чт", "пт", "сб", "вс"];

/// What may stand after `%` in a format.
const CODES: &str = "YymnbdeaHhMS3%";

/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;

/// `date()`: an ISO day, or the number of days since 1970-01-01; a moment is its day; anything else is empty.
pub(super) fn date(values: &[Value]) -> Value {
    match &values[0] {
        Value::Date(date) => Value::Date(*date),
        Value::Text(text) => moment(text).map_or(Value::Empty, |(day, _)| Value::Date(day)),
        Value::Number(days) if days.abs() < 4_000_000.0 => {
            #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
            let days = days.floor() as i64;
            jiff::civil::date(1970, 1, 1).checked_add(days.days()).map_or(Value::Empty, Value::Date)
        }
        _ => Value::Empty,
    }
}

/// So many digits as a number.
fn digits(text: &str, many: usize) -> Option<i32> {
    (text.len() == many && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// A text without the offset from Greenwich that other engines write behind a time: the clock of the place counts.
fn without_offset(text: &str) -> &str {
    let at = text.len().saturating_sub("+03:00".len());
    match text.get(at..).map(str::as_bytes) {
        Some([b'+' | b'-', a, b, b':', c, d]) if [a, b, c, d].iter().all(|digit| digit.is_ascii_digit()) => &text[..at],
        _ => text.strip_suffix('Z').unwrap_or(text),
    }
}

/// `14:30`, `14:30:05` or `14:30:05.250`.
fn time(text: &str) -> Option<Time> {
    let text = without_offset(text);
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let parts: Vec<i32> = clock.split(':').map(|part| digits(part, 2)).collect::<Option<_>>()?;
    let thousandths = match fraction.len() {
        0 if !text.contains('.') => 0,
        many @ 1..=3 if parts.len() == 3 => digits(fraction, many)? * [100, 10, 1][many - 1],
        _ => return None,
    };
    let [hour, minute, second] = match parts[..] {
        [hour, minute] => [hour, minute, 0],
        [hour, minute, second] => [hour, minute, second],
        _ => return None,
    };
    let [hour, minute, second] = [hour, minute, second].map(|part| i8::try_from(part).unwrap_or(i8::MAX));
    (second < 60).then(|| Time::new(hour, minute, second, thousandths * 1_000_000).ok()).flatten()
}

/// A day, and a time of it if one is written.
fn moment(text: &str) -> Option<(Date, Option<Time>)> {
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    let mut parts = day.split('-').zip([4, 2, 2]).map(|(part, many)| digits(part, many));
    let (year, month, date) = (parts.next()??, parts.next()??, parts.next()??);
    let day = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(date).ok()?).ok()?;
    match rest.strip_prefix(['T', ' ']) {
        None if rest.is_empty() => Some((day, None)),
        None => None,
        Some(clock) => Some((day, Some(time(clock)?))),
    }
}

fn moment_of(value: &Value) -> Option<(Date, Option<Time>)> {
    match value {
        Value::Date(day) => Some((*day, None)),
        Value::Text(text) => moment(text),
        _ => None,
    }
}

/// The moment so many days after the beginning of 1970, to the millisecond.
fn after_1970(days: f64) -> Option<(Date, Option<Time>)> {
    let all = (days * DAY).round();
    if !(-1e14..3e14).contains(&all) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a bounded number of milliseconds")]
    let all = all as i64;
    let (day, within) = (all.div_euclid(86_400_000), all.rem_euclid(86_400_000));
    let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()?;
    let part = |of: i64, many: i64| i8::try_from(within / of % many).unwrap_or(0);
    let thousandths = i32::try_from(within % 1000).unwrap_or(0);
    let time = Time::new(part(3_600_000, 24), part(60_000, 60), part(1000, 60), thousandths * 1_000_000).ok()?;
    (1..=9999).contains(&date.year()).then_some((date, Some(time)))
}

/// Milliseconds since midnight.
fn since_midnight(time: Time) -> i32 {
    ((i32::from(time.hour()) * 60 + i32::from(time.minute())) * 60 + i32::from(time.second())) * 1000
        + i32::from(time.millisecond())
}

/// A day or a moment as `2025-12-31T14:30:00`; a day begins at midnight, thousandths are kept where there are any.
/// A number is days since 1970-01-01, the time being a part of a day.
pub(super) fn date_time(values: &[Value]) -> Value {
    let counted = || values[0].as_number().and_then(after_1970);
    let Some((day, time)) = moment_of(&values[0]).or_else(counted) else { return Value::Empty };
    let time = time.unwrap_or(Time::midnight());
    let thousandths = if time.millisecond() == 0 { "" } else { ".%3" };
    Value::text(formatted(day, time, &format!("%Y-%m-%dT%H:%M:%S{thousandths}")))
}

/// Days since 1970-01-01, the time being a part of a day.
pub(super) fn decimal_date_time(values: &[Value]) -> Value {
    let Some((day, time)) = moment_of(&values[0]) else { return Value::Empty };
    let days = day.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days());
    Value::Number((f64::from(days) * DAY + f64::from(time.map_or(0, since_midnight))) / DAY)
}

/// The time of a day as a part of it: of `14:30`, or of a moment.
pub(super) fn decimal_time(values: &[Value]) -> Value {
    let Value::Text(text) = &values[0] else { return Value::Empty };
    let found = time(text).or_else(|| moment(text)?.1);
    found.map_or(Value::Empty, |time| Value::Number(f64::from(since_midnight(time)) / DAY))
}

/// What is wrong with a format: a code that does not exist.
pub(super) fn unknown_code(format: &str) -> Option<Words> {
    let mut parts = format.chars();
    while let Some(c) = parts.next() {
        let code = if c == '%' { parts.next() } else { Some('%') };
        if !code.is_some_and(|code| CODES.contains(code)) {
            let found = code.map_or_else(|| "%".to_owned(), |code| format!("%{code}"));
            return Some(Words::new("expr.format").with("found", found));
        }
    }
    None
}

/// A day or a moment by a format; a format with an unknown code gives nothing.
pub(super) fn format(values: &[Value]) -> Value {
    let format = values[1].as_text();
    match moment_of(&values[0]) {
        Some((day, time)) if unknown_code(&format).is_none() => {
            Value::text(formatted(day, time.unwrap_or(Time::midnight()), &format))
        }
        _ => Value::Empty,
    }
}

fn formatted(day: Date, time: Time, format: &str) -> String {
    let mut said = String::new();
    let mut parts = format.chars();
    while let Some(c) = parts.next() {
        if c == '%' {
            said += &code(day, time, parts.next().unwrap_or('%'));
        } else {
            said.push(c);
        }
    }
    said
}

fn code(day: Date, time: Time, code: char) -> String {
    match code {
        'Y' => format!("{:04}", day.year()),
        'y' => format!("{:02}", day.year().rem_euclid(100)),
        'm' => format!("{:02}", day.month()),
        'n' => day.month().to_string(),
        'b' => name(&MONTHS, day.month()),
        'd' => format!("{:02}", day.day()),
        'e' => day.day().to_string(),
        'a' => name(&WEEKDAYS, day.weekday().to_monday_one_offset()),
        'H' => format!("{:02}", time.hour()),
        'h' => time.hour().to_string(),
        'M' => format!("{:02}", time.minute()),
        'S' => format!("{:02}", time.second()),
        '3' => format!("{:03}", time.millisecond()),
        other => other.to_string(),
    }
}

/// A name by its number, from 1.
fn name(names: &[&str], number: i8) -> String {
    usize::try_from(number - 1).ok().and_then(|index| names.get(index).copied()).unwrap_or_default().to_owned()
}

/// What a code of a format gives, as a formula of the day.
pub(super) fn formula_code(code: char, day: &str) -> Option<String> {
    let names = |names: &[&str]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(",");
    Some(match code {
        'Y' => format!("YEAR({day})"),
        'y' => format!("RIGHT(YEAR({day}),2)"),
        'm' => format!("RIGHT(\"0\"&MONTH({day}),2)"),
        'n' => format!("MONTH({day})"),
        'b' => format!("CHOOSE(MONTH({day}),{})", names(&MONTHS)),
        'd' => format!("RIGHT(\"0\"&DAY({day}),2)"),
        'e' => format!("DAY({day})"),
        'a' => format!("CHOOSE(WEEKDAY({day},2),{})", names(&WEEKDAYS)),
        'H' | 'M' | 'S' => "\"00\"".to_owned(),
        'h' => "\"0\"".to_owned(),
        '3' => "\"000\"".to_owned(),
        '%' => "\"%\"".to_owned(),
        _ => return None,
    })
}

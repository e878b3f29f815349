//! `term`: from when to when, a month, again and again, or words. Stored as ISO 8601 writes it, shown in words.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value as Json;

use super::moment::{month, show_month};
use super::text::LENGTH;
use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value};
use crate::lang::{Lang, Words};
use crate::period::months;
use crate::text;

pub(super) static TERM: Kind = Kind {
    name: "term",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: false,
    control: Control::Words("web.term"),
    cell: CellRule::Text,
    read: |json, _| {
        let wrong = |key| Err(Unread::wrong(Words::new(key)));
        match json.as_str() {
            None => wrong("form.answer-term"),
            Some(text) if text.chars().count() > LENGTH => wrong("form.answer-term"),
            Some(text) => match days(text) {
                Some((Some(start), Some(end))) if start > end => wrong("form.answer-term-backwards"),
                None if !REPEATED.iter().any(|(stored, ..)| *stored == text)
                    && !text.chars().any(char::is_alphabetic) =>
                {
                    wrong("form.answer-term")
                }
                _ => Ok(Value::text(text)),
            },
        }
    },
    type_in: |typed, _| Json::from(read(typed)),
    show: |value, _, lang| show(&value.as_text(), lang),
    bounds: (None, None),
};

/// What happens again and again: as it is stored, how people write it, and the key of the word that it is shown by.
const REPEATED: [(&str, &[&str], &str); 6] = [
    ("R/P1D", &["ежедневно", "каждый день", "daily", "every day"], "form.term-daily"),
    ("R/P1W", &["еженедельно", "каждую неделю", "раз в неделю", "weekly", "every week"], "form.term-weekly"),
    ("R/P1M", &["ежемесячно", "каждый месяц", "раз в месяц", "monthly", "every month"], "form.term-monthly"),
    (
        "R/P3M",
        &["ежеквартально", "каждый квартал", "раз в квартал", "quarterly", "every quarter"],
        "form.term-quarterly",
    ),
    ("R/P6M", &["раз в полугодие", "каждое полугодие", "2 раза в год", "twice a year"], "form.term-half-yearly"),
    ("R/P1Y", &["ежегодно", "каждый год", "раз в год", "yearly", "annually", "every year"], "form.term-yearly"),
];

/// The last day of a stored term; none of what is repeated, open, or said in words: that is never overdue.
pub fn end(stored: &str) -> Option<Date> {
    days(stored).and_then(|(_, end)| end)
}

/// The first and the last day of a stored term that has days.
fn days(stored: &str) -> Option<(Option<Date>, Option<Date>)> {
    if let Some(first) = month(stored) {
        return Some((Some(first), Some(first.last_of_month())));
    }
    if let Some(day) = iso(stored) {
        return Some((Some(day), Some(day)));
    }
    match stored.split_once('/')? {
        ("..", end) => Some((None, Some(iso(end)?))),
        (start, "..") => Some((Some(iso(start)?), None)),
        (start, end) => Some((Some(iso(start)?), Some(iso(end)?))),
    }
}

fn iso(text: &str) -> Option<Date> {
    (text.len() == 10 && !text.contains('.')).then(|| text::read_date(text)).flatten()
}

/// What a person typed, as it is stored; what is no term of days stays as it was typed.
pub fn read(typed: &str) -> String {
    let folded = text::folded(typed);
    let bare = folded.strip_prefix("1 ").filter(|rest| rest.starts_with("раз ")).unwrap_or(&folded);
    if let Some((stored, ..)) =
        REPEATED.iter().find(|(stored, words, _)| words.contains(&bare) || *stored == typed.trim())
    {
        return (*stored).to_owned();
    }
    if days(typed.trim()).is_some() {
        return typed.trim().to_owned();
    }
    stretch(&folded).unwrap_or_else(|| typed.trim().to_owned())
}

/// The days between two points of time, or those of one.
fn stretch(folded: &str) -> Option<String> {
    let after = |words: &[&str]| words.iter().find_map(|word| folded.strip_prefix(word));
    if let Some(Point { last, .. }) =
        after(&["до ", "не позднее ", "по ", "until ", "by "]).and_then(|rest| point(rest, None))
    {
        return Some(format!("../{last}"));
    }
    let rest = after(&["с ", "со ", "from "]);
    for (left, right) in splits(rest.unwrap_or(folded)) {
        let Some(to) = point(right, None) else { continue };
        let Some(from) = point(left, Some(&to)) else { continue };
        return Some(format!("{}/{}", from.first, to.last));
    }
    match (rest, point(rest.unwrap_or(folded), None)) {
        (Some(_), Some(from)) => Some(format!("{}/..", from.first)),
        (None, Some(Point { first, last })) if first == last => Some(first.to_string()),
        (None, Some(Point { first, last })) if first.day() == 1 && last == first.last_of_month() => {
            Some(format!("{:04}-{:02}", first.year(), first.month()))
        }
        (None, Some(Point { first, last })) => Some(format!("{first}/{last}")),
        (_, None) => None,
    }
}

/// Every way to part a text in two: at a dash, at «по», at «до».
fn splits(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let signs = ["–", "—", "-", " по ", " до ", " to ", " until "];
    let at = move |sign: &'static str| text.match_indices(sign).map(move |(at, sign)| (at, sign.len()));
    signs.into_iter().flat_map(at).map(move |(at, length)| (text[..at].trim(), text[at + length..].trim()))
}

/// A stretch that people speak of as one: a day, a month, a quarter, a year.
struct Point {
    first: Date,
    last: Date,
}

/// Reads a point; one without a year takes that of the point after it, or the year before where it would be later.
fn point(text: &str, after: Option<&Point>) -> Option<Point> {
    let text = ["учебного года", "учебный год", "уч. года", "уч. год", "уч. г.", "уч.г.", "года", "год", "г."]
        .iter()
        .find_map(|word| text.strip_suffix(word))
        .unwrap_or(text)
        .trim_matches([' ', '.', ',']);
    if let Some(known) = with_year(text) {
        return Some(known);
    }
    let after = after?;
    let same = with_year(&dated(text, after.last.year()));
    match same {
        Some(point) if point.first <= after.last => Some(point),
        _ => with_year(&dated(text, after.last.year() - 1)),
    }
}

/// A day or a month with the year that it lacks: `01.09` and «сентябрь».
fn dated(text: &str, year: i16) -> String {
    let digits = text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.');
    if digits { format!("{text}.{year}") } else { format!("{text} {year}") }
}

fn with_year(text: &str) -> Option<Point> {
    if let Some(day) = text::read_date(text) {
        return Some(Point { first: day, last: day });
    }
    if let Some(first) = month(text) {
        return Some(Point { first, last: first.last_of_month() });
    }
    let words: Vec<&str> = text.split([' ', '.', '/']).filter(|word| !word.is_empty()).collect();
    let year =
        |word: &str| word.parse::<i16>().ok().filter(|_| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()));
    match words[..] {
        [only] => stretch_of(year(only)?, 1, 12),
        [name, of] if text.contains('/') && year(name).is_some() => school_year(year(name)?, of),
        [name, of] => {
            let number = months::named(name).or_else(|| name.parse().ok().filter(|_| text.contains(['.', '/'])))?;
            stretch_of(year(of)?, number, 1)
        }
        [quarter, word, of] if word.starts_with("кв") || word == "quarter" => {
            let number = i8::try_from(QUARTERS.iter().position(|names| names.contains(&quarter))?).ok()?;
            stretch_of(year(of)?, number * 3 + 1, 3)
        }
        [day, name, of] => {
            let day = Date::new(year(of)?, months::named(name)?, day.parse().ok()?).ok()?;
            Some(Point { first: day, last: day })
        }
        _ => None,
    }
}

const QUARTERS: [[&str; 2]; 4] = [["i", "1"], ["ii", "2"], ["iii", "3"], ["iv", "4"]];

/// So many months from the first of one.
fn stretch_of(year: i16, month: i8, many: i32) -> Option<Point> {
    let first = Date::new(year, month, 1).ok()?;
    let last = first.checked_add((many - 1).months()).ok()?.last_of_month();
    Some(Point { first, last })
}

/// `2025/26` or `2025/2026`.
fn school_year(first: i16, second: &str) -> Option<Point> {
    let next = (first + 1).to_string();
    (second == next || (second.len() == 2 && next.ends_with(second))).then(|| stretch_of(first, 9, 12)).flatten()
}

/// A stored term in words.
fn show(stored: &str, lang: Lang) -> String {
    if let Some((.., key)) = REPEATED.iter().find(|(known, ..)| *known == stored) {
        return lang.t(key);
    }
    match days(stored) {
        None => stored.to_owned(),
        Some(_) if month(stored).is_some() => show_month(stored, lang),
        Some((Some(start), Some(end))) if start == end => text::date(end),
        Some((Some(start), Some(end))) if start.day() == 1 && end == end.last_of_month() => {
            let month = |day: Date| months::name(day.month()).say(lang);
            let year = if start.year() == end.year() { String::new() } else { format!(" {}", start.year()) };
            format!("{}{year} – {} {}", month(start), month(end), end.year())
        }
        Some((Some(start), Some(end))) => format!("{} – {}", text::date(start), text::date(end)),
        Some((None, Some(end))) => Words::new("form.term-until").with("date", text::date(end)).say(lang),
        Some((Some(start), None)) => Words::new("form.term-from").with("date", text::date(start)).say(lang),
        Some((None, None)) => stored.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As it is typed, stored, shown, and its last day.
    const TERMS: [(&str, &str, &str, &str); 24] = [
        ("сентябрь 2025 – май 2026", "2025-09-01/2026-05-31", "сентябрь 2025 – май 2026", "2026-05-31"),
        ("Сентябрь-декабрь 2025 г.", "2025-09-01/2025-12-31", "сентябрь – декабрь 2025", "2025-12-31"),
        ("сентябрь – май 2026", "2025-09-01/2026-05-31", "сентябрь 2025 – май 2026", "2026-05-31"),
        ("01.09.2025–31.12.2025", "2025-09-01/2025-12-31", "сентябрь – декабрь 2025", "2025-12-31"),
        ("02.09.2025 - 15.12.2025", "2025-09-02/2025-12-15", "02.09.2025 – 15.12.2025", "2025-12-15"),
        ("01.09–15.12.2025", "2025-09-01/2025-12-15", "01.09.2025 – 15.12.2025", "2025-12-15"),
        ("с 1 сентября 2025 г. по 15 мая 2026 года", "2025-09-01/2026-05-15", "01.09.2025 – 15.05.2026", "2026-05-15"),
        ("с сентября 2025 по май 2026", "2025-09-01/2026-05-31", "сентябрь 2025 – май 2026", "2026-05-31"),
        ("октябрь 2025", "2025-10", "октябрь 2025", "2025-10-31"),
        ("10.2025", "2025-10", "октябрь 2025", "2025-10-31"),
        ("31.12.2025", "2025-12-31", "31.12.2025", "2025-12-31"),
        ("до 31 декабря 2025 г.", "../2025-12-31", "до 31.12.2025", "2025-12-31"),
        ("до мая 2026", "../2026-05-31", "до 31.05.2026", "2026-05-31"),
        ("с сентября 2025", "2025-09-01/..", "с 01.09.2025", ""),
        ("IV квартал 2025", "2025-10-01/2025-12-31", "октябрь – декабрь 2025", "2025-12-31"),
        ("2025 год", "2025-01-01/2025-12-31", "январь – декабрь 2025", "2025-12-31"),
        ("2025/26 уч. г.", "2025-09-01/2026-08-31", "сентябрь 2025 – август 2026", "2026-08-31"),
        ("Ежемесячно", "R/P1M", "ежемесячно", ""),
        ("1 раз в квартал", "R/P3M", "ежеквартально", ""),
        ("еженедельно", "R/P1W", "еженедельно", ""),
        ("ежегодно", "R/P1Y", "ежегодно", ""),
        ("в течение года", "в течение года", "в течение года", ""),
        ("постоянно", "постоянно", "постоянно", ""),
        ("2025-09-01/2025-12-31", "2025-09-01/2025-12-31", "сентябрь – декабрь 2025", "2025-12-31"),
    ];

    #[test]
    fn terms_are_read_as_people_write_them() {
        for (typed, stored, shown, last) in TERMS {
            assert_eq!(read(typed), stored, "{typed}");
            assert_eq!(show(stored, Lang::Ru), shown, "{typed}");
            assert_eq!(end(stored).map(|day| day.to_string()).unwrap_or_default(), last, "{typed}");
            assert_eq!(end(&read(shown)), end(stored), "what is shown is read again: {shown}");
        }
    }

    #[test]
    fn what_is_no_term_is_a_fault() {
        let judged = |text: &str| (TERM.read)(&Json::from(text), &crate::form::choices::NONE).is_ok();
        assert!(judged("по плану школы"));
        for wrong in ["32.13.2025", "2025", "2026-05-31/2025-09-01"] {
            assert!(!judged(wrong), "{wrong}");
        }
        assert_eq!(
            read("май 2026 – сентябрь 2025"),
            "2026-05-01/2025-09-30",
            "said to be backwards, not turned into words"
        );
    }
}

//! `month`, `time`, `datetime`: texts in expressions, because days are the only dates that can be counted.

use jiff::civil::Date;
use serde_json::Value as Json;

use super::{CellRule, Control, Kind, Unread};
use crate::expr::{Scalar, Type, Value};
use crate::lang::{Lang, Words};
use crate::period::months;
use crate::text;

/// `2025-10`.
pub(super) static MONTH: Kind = Kind {
    name: "month",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: false,
    control: Control::When("web.month"),
    cell: CellRule::Month,
    read: |json, _| {
        let month = json.as_str().filter(|text| month(text).is_some());
        month.map(Value::text).ok_or_else(|| Unread::wrong(Words::new("form.answer-month")))
    },
    type_in: |typed, _| Json::from(read_month(typed).unwrap_or_else(|| typed.to_owned())),
    show: |value, _, lang| show_month(&value.as_text(), lang),
    bounds: (None, None),
};

/// `14:30`.
pub(super) static TIME: Kind = Kind {
    name: "time",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: false,
    control: Control::When("web.time"),
    cell: CellRule::Time,
    read: |json, _| {
        let time = json.as_str().filter(|text| is_time(text));
        time.map(Value::text).ok_or_else(|| Unread::wrong(Words::new("form.answer-time")))
    },
    type_in: |typed, _| Json::from(read_time(typed).unwrap_or_else(|| typed.to_owned())),
    show: |value, _, _| value.as_text(),
    bounds: (None, None),
};

/// `2025-12-31T14:30`, by the clock of the place.
pub(super) static DATETIME: Kind = Kind {
    name: "datetime",
    value: Type::one(Scalar::Text),
    asked: true,
    listed: false,
    control: Control::When("web.moment"),
    cell: CellRule::Moment,
    read: |json, _| {
        let moment = json.as_str().filter(|text| moment(text).is_some());
        moment.map(Value::text).ok_or_else(|| Unread::wrong(Words::new("form.answer-datetime")))
    },
    type_in: |typed, _| Json::from(read_moment(typed).unwrap_or_else(|| typed.to_owned())),
    show: |value, _, _| {
        let stored = value.as_text();
        moment(&stored).map_or_else(String::new, |(day, time)| format!("{} {time}", text::date(day)))
    },
    bounds: (None, None),
};

/// The first day of a month that is written `2025-10`.
pub fn month(stored: &str) -> Option<Date> {
    let (year, month) = stored.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2)?;
    let whole = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    (whole(year) && whole(month)).then(|| Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()).flatten()
}

/// A month as people read it: «октябрь 2025».
pub(super) fn show_month(stored: &str, lang: Lang) -> String {
    let of = |day: Date| format!("{} {}", months::name(day.month()).say(lang), day.year());
    month(stored).map_or_else(|| stored.to_owned(), of)
}

/// «октябрь 2025», «окт. 2025 г.», `10.2025`, `10/2025`, `2025-10`.
fn read_month(typed: &str) -> Option<String> {
    let folded = text::folded(typed);
    if month(&folded).is_some() {
        return Some(folded);
    }
    let folded = ["года", "год", "г."].iter().find_map(|word| folded.strip_suffix(word)).unwrap_or(&folded).trim_end();
    let (name, year) =
        folded.split_once([' ', '.', '/']).map(|(name, year)| (name, year.trim_start_matches([' ', '.'])))?;
    let number = match name.parse::<i8>() {
        Ok(number) => number,
        Err(_) => months::named(name)?,
    };
    let stored = format!("{year}-{number:02}");
    month(&stored).is_some().then_some(stored)
}

fn is_time(stored: &str) -> bool {
    let mut parts = stored.split(':');
    let part = |part: Option<&str>, most: u8| {
        part.filter(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|part| part.parse::<u8>().ok())
            .is_some_and(|number| number < most)
    };
    let clock = part(parts.next(), 24) && part(parts.next(), 60);
    clock
        && parts.next().is_none_or(|seconds| part(Some(seconds.split('.').next().unwrap_or_default()), 60))
        && parts.next().is_none()
}

/// Hours, minutes and seconds of a time that is written `14:30` or `14:30:05`.
pub fn time(stored: &str) -> Option<(u16, u8, f64)> {
    let mut parts = Some(stored).filter(|stored| is_time(stored))?.split(':');
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((hour, minute, parts.next().map_or(Some(0.0), |seconds| seconds.parse().ok())?))
}

/// `14:30`, `9:05`, `14.30`, `14-30`, `14 ч 30 мин`, `14:30:00`.
fn read_time(typed: &str) -> Option<String> {
    if is_time(typed) {
        let whole = typed.strip_suffix(":00").filter(|rest| rest.len() == 5);
        return Some(whole.unwrap_or(typed).to_owned());
    }
    let plain = text::folded(typed).replace("мин.", "").replace("мин", "").replace("ч.", ":").replace('ч', ":");
    let mut parts = plain.split([':', '.', '-']).map(str::trim);
    let (hour, minute) = (parts.next()?, parts.next()?);
    let minute = if minute.is_empty() { "00" } else { minute };
    if parts.next().is_some() || minute.len() != 2 || hour.len() > 2 {
        return None;
    }
    let stored = format!("{hour:0>2}:{minute}");
    is_time(&stored).then_some(stored)
}

/// The day and the time of what is written `2025-12-31T14:30`.
pub fn moment(stored: &str) -> Option<(Date, &str)> {
    let (day, time) = stored.split_once('T').filter(|(day, time)| day.len() == 10 && is_time(time))?;
    Some((day.parse().ok()?, time))
}

/// `31.12.2025 14:30`, `31.12.2025, 14.30`, `2025-12-31T14:30`.
fn read_moment(typed: &str) -> Option<String> {
    let (day, time) = typed.split_once(['T', ' ', ',', '\u{a0}'])?;
    let (day, time) = (text::read_date(day)?, read_time(time.trim_start_matches([' ', ',', '\u{a0}']))?);
    Some(format!("{day}T{time}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_read_as_people_write_them() {
        for typed in ["октябрь 2025", "Октября 2025 г.", "окт. 2025", "10.2025", "10/2025", "2025-10", "october 2025"]
        {
            assert_eq!(read_month(typed).as_deref(), Some("2025-10"), "{typed}");
        }
        for wrong in ["октябрь", "13.2025", "2025", "ма 2025", "10.25"] {
            assert_eq!(read_month(wrong), None, "{wrong}");
        }
        assert_eq!(show_month("2025-10", Lang::Ru), "октябрь 2025");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for typed in ["9:05", "09:05", "9.05", "9-05", "9 ч 05 мин", "09:05:00"] {
            assert_eq!(read_time(typed).as_deref(), Some("09:05"), "{typed}");
        }
        for wrong in ["25:00", "9:5", "полдень", "9", "12:60", "1:2:3"] {
            assert_eq!(read_time(wrong), None, "{wrong}");
        }
        for typed in ["31.12.2025 14:30", "31.12.2025, 14.30", "2025-12-31T14:30", "2025-12-31 14:30"] {
            assert_eq!(read_moment(typed).as_deref(), Some("2025-12-31T14:30"), "{typed}");
        }
        assert_eq!(read_moment("31.12.2025"), None);
    }
}

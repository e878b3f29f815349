//! Reporting periods: DHIS2's ids where it has them, school years, quarters and halves besides.

pub mod months;

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};

use crate::lang::{Lang, Words};

/// The kinds of period that a form can be collected for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodType {
    /// One report for ever.
    Once,
    /// `20240315`
    Day,
    /// `2024W11`, ISO weeks
    Week,
    /// `202403`
    Month,
    /// `2024Q1`
    Quarter,
    /// `2024S1`
    HalfYear,
    /// `2024`
    CalendarYear,
    /// `2024Sep`: 1 September 2024 to 31 August 2025
    SchoolYear,
    /// `2024SepQ1`: quarters of the school year (September–October, November–December, January–March, April–August)
    SchoolQuarter,
    /// `2024SepS1`: halves of the school year (September–December, January–August)
    SchoolHalf,
}

/// One reporting period: its type, year and number within the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    kind: PeriodType,
    year: i16,
    /// Number within the year from 1; month × 100 + day for days; 1 where the year is all.
    number: i16,
}

const TYPES: [(PeriodType, &str, &str); 10] = [
    (PeriodType::Once, "once", "once"),
    (PeriodType::Day, "day", "20240315"),
    (PeriodType::Week, "week", "2024W11"),
    (PeriodType::Month, "month", "202403"),
    (PeriodType::Quarter, "quarter", "2024Q1"),
    (PeriodType::HalfYear, "half-year", "2024S1"),
    (PeriodType::CalendarYear, "calendar-year", "2024"),
    (PeriodType::SchoolYear, "school-year", "2024Sep"),
    (PeriodType::SchoolQuarter, "school-quarter", "2024SepQ1"),
    (PeriodType::SchoolHalf, "school-half", "2024SepS1"),
];

/// The first month of each quarter of a school year, and one past the last.
const SCHOOL_QUARTERS: [i8; 4] = [9, 11, 1, 4];

impl PeriodType {
    /// The type by the word that a form file uses.
    pub fn from_name(name: &str) -> Option<Self> {
        TYPES.iter().find(|(_, known, _)| *known == name).map(|(kind, ..)| *kind)
    }

    /// All words that a form file may use.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TYPES.iter().map(|(_, name, _)| *name)
    }

    /// The word that a form file uses.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// An id of this type, to show what is expected.
    pub fn example(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> &'static (PeriodType, &'static str, &'static str) {
        TYPES.iter().find(|(kind, ..)| *kind == self).unwrap_or(&TYPES[0])
    }
}

impl Period {
    /// The period of `once`.
    pub const ONCE: Period = Period { kind: PeriodType::Once, year: 0, number: 1 };

    /// Reads an id of any type: `2024Sep`, `2024Q1`, `20240315`, `once`.
    pub fn from_id(id: &str) -> Option<Period> {
        if id == "once" {
            return Some(Period::ONCE);
        }
        let year = id.get(..4).filter(|y| y.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
        let rest = &id[4..];
        if let Some(school) = rest.strip_prefix("Sep") {
            return match school {
                "" => Period::new(PeriodType::SchoolYear, year, 1),
                _ => Period::lettered(year, school, &[('Q', PeriodType::SchoolQuarter), ('S', PeriodType::SchoolHalf)]),
            };
        }
        if rest.is_empty() {
            return Period::new(PeriodType::CalendarYear, year, 1);
        }
        if rest.bytes().all(|b| b.is_ascii_digit()) {
            return match rest.len() {
                2 => Period::new(PeriodType::Month, year, rest.parse().ok()?),
                4 => Period::new(PeriodType::Day, year, rest.parse().ok()?),
                _ => None,
            };
        }
        let letters = [('W', PeriodType::Week), ('Q', PeriodType::Quarter), ('S', PeriodType::HalfYear)];
        Period::lettered(year, rest, &letters)
    }

    fn lettered(year: i16, rest: &str, letters: &[(char, PeriodType)]) -> Option<Period> {
        let letter = rest.chars().next()?;
        let digits = &rest[letter.len_utf8()..];
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        let (_, kind) = letters.iter().find(|(known, _)| *known == letter)?;
        plain.then(|| Period::new(*kind, year, digits.parse().ok()?)).flatten()
    }

    fn new(kind: PeriodType, year: i16, number: i16) -> Option<Period> {
        let period = Period { kind, year, number };
        let last = match kind {
            PeriodType::Week => return period.first_of_week().map(|_| period),
            PeriodType::Day => return period.day().map(|_| period),
            PeriodType::Month => 12,
            PeriodType::Quarter | PeriodType::SchoolQuarter => 4,
            PeriodType::HalfYear | PeriodType::SchoolHalf => 2,
            PeriodType::Once | PeriodType::CalendarYear | PeriodType::SchoolYear => 1,
        };
        ((1..=last).contains(&number) && (1900..=2200).contains(&year)).then_some(period)
    }

    /// Reads what a person typed for a form of this type: an id, or `2021/22`, `2021/2022`, `2021-2022 уч. г.`.
    ///
    /// # Errors
    /// Words that say what was expected: another type's id, a bare year for a school year (both candidates are
    /// named), years that do not follow each other, anything else.
    pub fn read(kind: PeriodType, typed: &str) -> Result<Period, Words> {
        let typed = typed.trim();
        match Period::from_id(typed) {
            Some(period) if period.kind == kind => return Ok(period),
            Some(period) if kind == PeriodType::SchoolYear && period.kind == PeriodType::CalendarYear => {
                return Err(bare_year(period.year));
            }
            Some(period) => {
                return Err(Words::new("period.other-type")
                    .with("given", typed)
                    .with("type", period.kind.name_words())
                    .with("expected", kind.name_words())
                    .with("example", kind.example()));
            }
            None => {}
        }
        if kind == PeriodType::SchoolYear
            && let Some(years) = school_years(typed)
        {
            let (first, second) = years;
            return if second == first + 1 {
                Period::new(kind, first, 1).ok_or_else(|| unreadable(kind, typed))
            } else {
                Err(Words::new("period.years-apart").with("given", typed))
            };
        }
        Err(unreadable(kind, typed))
    }

    /// The period's type.
    pub fn kind(self) -> PeriodType {
        self.kind
    }

    /// The id: what JSON, file names and the data file use.
    pub fn id(self) -> String {
        let Period { year, number, .. } = self;
        match self.kind {
            PeriodType::Once => "once".to_owned(),
            PeriodType::Day => format!("{year}{number:04}"),
            PeriodType::Week => format!("{year}W{number}"),
            PeriodType::Month => format!("{year}{number:02}"),
            PeriodType::Quarter => format!("{year}Q{number}"),
            PeriodType::HalfYear => format!("{year}S{number}"),
            PeriodType::CalendarYear => format!("{year}"),
            PeriodType::SchoolYear => format!("{year}Sep"),
            PeriodType::SchoolQuarter => format!("{year}SepQ{number}"),
            PeriodType::SchoolHalf => format!("{year}SepS{number}"),
        }
    }

    /// The first day.
    pub fn start(self) -> Date {
        let number = i8::try_from(self.number).unwrap_or(1);
        let (year, month) = match self.kind {
            PeriodType::Once => (1900, 1),
            PeriodType::Day => return self.day().unwrap_or(Date::MIN),
            PeriodType::Week => return self.first_of_week().unwrap_or(Date::MIN),
            PeriodType::Month => (self.year, number),
            PeriodType::Quarter => (self.year, 3 * number - 2),
            PeriodType::HalfYear => (self.year, 6 * number - 5),
            PeriodType::CalendarYear => (self.year, 1),
            PeriodType::SchoolYear => (self.year, 9),
            PeriodType::SchoolQuarter => {
                let month = SCHOOL_QUARTERS[usize::try_from(self.number - 1).unwrap_or(0).min(3)];
                (self.year + i16::from(month < 9), month)
            }
            PeriodType::SchoolHalf if number == 1 => (self.year, 9),
            PeriodType::SchoolHalf => (self.year + 1, 1),
        };
        Date::new(year, month, 1).unwrap_or(Date::MIN)
    }

    /// The last day.
    pub fn end(self) -> Date {
        match self.kind {
            PeriodType::Once => Date::new(2200, 12, 31).unwrap_or(Date::MAX),
            _ => self.forward().start().yesterday().unwrap_or(Date::MAX),
        }
    }

    /// The period so many periods earlier; `None` for `once`.
    pub fn back(self, periods: u32) -> Option<Period> {
        if self.kind == PeriodType::Once {
            return (periods == 0).then_some(self);
        }
        (0..periods).try_fold(self, |period, _| {
            let before = period.start().yesterday().ok()?;
            Period::containing(self.kind, before)
        })
    }

    /// The period of a type that contains a day.
    pub fn containing(kind: PeriodType, day: Date) -> Option<Period> {
        let (year, month) = (day.year(), i16::from(day.month()));
        let school = if month >= 9 { year } else { year - 1 };
        match kind {
            PeriodType::Once => Some(Period::ONCE),
            PeriodType::Day => Period::new(kind, year, month * 100 + i16::from(day.day())),
            PeriodType::Week => {
                let week = day.iso_week_date();
                Period::new(kind, week.year(), i16::from(week.week()))
            }
            PeriodType::Month => Period::new(kind, year, month),
            PeriodType::Quarter => Period::new(kind, year, (month + 2) / 3),
            PeriodType::HalfYear => Period::new(kind, year, (month + 5) / 6),
            PeriodType::CalendarYear => Period::new(kind, year, 1),
            PeriodType::SchoolYear => Period::new(kind, school, 1),
            PeriodType::SchoolQuarter => {
                let number = match month {
                    9 | 10 => 1,
                    11 | 12 => 2,
                    1..=3 => 3,
                    _ => 4,
                };
                Period::new(kind, school, number)
            }
            PeriodType::SchoolHalf => Period::new(kind, school, if month >= 9 { 1 } else { 2 }),
        }
    }

    fn forward(self) -> Period {
        let last = match self.kind {
            PeriodType::Month => 12,
            PeriodType::Quarter | PeriodType::SchoolQuarter => 4,
            PeriodType::HalfYear | PeriodType::SchoolHalf => 2,
            PeriodType::Day => return self.after(1),
            PeriodType::Week => return self.after(7),
            _ => 1,
        };
        let (year, number) = if self.number < last { (self.year, self.number + 1) } else { (self.year + 1, 1) };
        Period { kind: self.kind, year, number }
    }

    fn after(self, days: i64) -> Period {
        let next = self.start().checked_add(days.days()).unwrap_or(Date::MAX);
        Period::containing(self.kind, next).unwrap_or(self)
    }

    fn day(self) -> Option<Date> {
        let (month, day) = (i8::try_from(self.number / 100).ok()?, i8::try_from(self.number % 100).ok()?);
        Date::new(self.year, month, day).ok()
    }

    fn first_of_week(self) -> Option<Date> {
        let week = i8::try_from(self.number).ok()?;
        ISOWeekDate::new(self.year, week, Weekday::Monday).ok().map(ISOWeekDate::date)
    }

    /// How people call it: «2021/22 учебный год», «март 2024 г.».
    pub fn label(self) -> Words {
        self.words("period.label-")
    }

    /// Short, for headings of columns and reasons: «2021/22», «03.2024».
    pub fn short(self) -> String {
        match self.kind {
            PeriodType::SchoolYear => self.school_years(),
            PeriodType::Day => crate::text::date(self.start()),
            PeriodType::Month => format!("{:02}.{}", self.number, self.year),
            _ => self.label().say(Lang::Ru),
        }
    }

    /// In the genitive, after «по итогам»: «2021/22 учебного года».
    pub fn genitive(self) -> Words {
        self.words("period.of-")
    }

    fn words(self, stem: &str) -> Words {
        let key = WORDS
            .iter()
            .find(|(kind, known, _)| *kind == self.kind && *known == stem)
            .map_or("period.label-once", |(_, _, key)| *key);
        Words::new(key)
            .with("years", self.school_years())
            .with("year", self.year.to_string())
            .with("number", self.number.to_string())
            .with("month", month_words(self, stem))
            .with("date", if self.kind == PeriodType::Day { crate::text::date(self.start()) } else { String::new() })
    }

    fn school_years(self) -> String {
        format!("{}/{:02}", self.year, (self.year + 1).rem_euclid(100))
    }
}

impl PeriodType {
    /// What people call it: «учебный год».
    pub fn name_words(self) -> Words {
        let key = NAMES.iter().find(|(kind, _)| *kind == self).map_or("period.type-once", |(_, key)| *key);
        Words::new(key)
    }
}

const NAMES: [(PeriodType, &str); 10] = [
    (PeriodType::Once, "period.type-once"),
    (PeriodType::Day, "period.type-day"),
    (PeriodType::Week, "period.type-week"),
    (PeriodType::Month, "period.type-month"),
    (PeriodType::Quarter, "period.type-quarter"),
    (PeriodType::HalfYear, "period.type-half-year"),
    (PeriodType::CalendarYear, "period.type-calendar-year"),
    (PeriodType::SchoolYear, "period.type-school-year"),
    (PeriodType::SchoolQuarter, "period.type-school-quarter"),
    (PeriodType::SchoolHalf, "period.type-school-half"),
];

const WORDS: [(PeriodType, &str, &str); 20] = [
    (PeriodType::Once, "period.label-", "period.label-once"),
    (PeriodType::Day, "period.label-", "period.label-day"),
    (PeriodType::Week, "period.label-", "period.label-week"),
    (PeriodType::Month, "period.label-", "period.label-month"),
    (PeriodType::Quarter, "period.label-", "period.label-quarter"),
    (PeriodType::HalfYear, "period.label-", "period.label-half-year"),
    (PeriodType::CalendarYear, "period.label-", "period.label-calendar-year"),
    (PeriodType::SchoolYear, "period.label-", "period.label-school-year"),
    (PeriodType::SchoolQuarter, "period.label-", "period.label-school-quarter"),
    (PeriodType::SchoolHalf, "period.label-", "period.label-school-half"),
    (PeriodType::Once, "period.of-", "period.of-once"),
    (PeriodType::Day, "period.of-", "period.of-day"),
    (PeriodType::Week, "period.of-", "period.of-week"),
    (PeriodType::Month, "period.of-", "period.of-month"),
    (PeriodType::Quarter, "period.of-", "period.of-quarter"),
    (PeriodType::HalfYear, "period.of-", "period.of-half-year"),
    (PeriodType::CalendarYear, "period.of-", "period.of-calendar-year"),
    (PeriodType::SchoolYear, "period.of-", "period.of-school-year"),
    (PeriodType::SchoolQuarter, "period.of-", "period.of-school-quarter"),
    (PeriodType::SchoolHalf, "period.of-", "period.of-school-half"),
];

fn month_words(period: Period, stem: &str) -> Words {
    match (period.kind, i8::try_from(period.number)) {
        (PeriodType::Month, Ok(month)) if stem == "period.of-" => months::of(month),
        (PeriodType::Month, Ok(month)) => months::name(month),
        _ => Words::literal(""),
    }
}

fn bare_year(year: i16) -> Words {
    let years = |first: i16| format!("{first}/{:02}", (first + 1).rem_euclid(100));
    Words::new("period.bare-year")
        .with("given", year.to_string())
        .with("ending", years(year - 1))
        .with("starting", years(year))
}

fn unreadable(kind: PeriodType, typed: &str) -> Words {
    Words::new("period.unreadable")
        .with("given", typed)
        .with("expected", kind.name_words())
        .with("example", kind.example())
}

/// `2021/22`, `2021/2022`, `2021-2022`, `2021–22`, each with or without «уч. г.», «учебный год».
fn school_years(typed: &str) -> Option<(i16, i16)> {
    let folded = crate::text::folded(typed);
    let digits_end = folded.rfind(|c: char| c.is_ascii_digit())? + 1;
    let tail: String = folded[digits_end..].chars().filter(|c| c.is_alphabetic()).collect();
    if !["", "учг", "учгод", "учебныйгод", "учебногогода", "гг", "учгг"].contains(&tail.as_str())
    {
        return None;
    }
    let (first, second) = folded[..digits_end].split_once(['/', '-', '–', '—', '\\'])?;
    let (first, second) = (first.trim(), second.trim());
    let first_year: i16 = (first.len() == 4).then(|| first.parse().ok()).flatten()?;
    let second_year = match second.len() {
        4 => second.parse().ok()?,
        2 => first_year / 100 * 100 + second.parse::<i16>().ok()? + if second == "00" { 100 } else { 0 },
        _ => return None,
    };
    Some((first_year, second_year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_reading() {
        for (_, name, id) in TYPES {
            let period = Period::from_id(id);
            assert_eq!(period.map(|p| (p.id(), p.kind.name())), Some((id.to_owned(), name)));
        }
        for wrong in
            ["2024Q5", "202413", "20240230", "2024W54", "2024SepQ0", "2024SepS3", "2024X1", "24", "", "2024Sept"]
        {
            assert_eq!(Period::from_id(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn school_years_are_read_as_people_type_them() {
        for typed in [
            "2021/22",
            "2021/2022",
            "2021-2022",
            "2021/22 уч. г.",
            "2021 / 2022 учебный год",
            "2021Sep",
            "2021–2022 уч.г.",
        ] {
            assert_eq!(
                Period::read(PeriodType::SchoolYear, typed).map(Period::id),
                Ok("2021Sep".to_owned()),
                "{typed}"
            );
        }
        for wrong in ["2021/23", "2021", "2021Q1", "весна", "21/22", ""] {
            assert!(Period::read(PeriodType::SchoolYear, wrong).is_err(), "{wrong}");
        }
        let both = Period::read(PeriodType::SchoolYear, "2022").map_err(|w| w.say(Lang::Ru));
        assert!(both.is_err_and(|text| text.contains("2021/22") && text.contains("2022/23")));
    }

    #[test]
    fn periods_follow_each_other() {
        for (_, _, id) in TYPES.iter().skip(1) {
            let Some(period) = Period::from_id(id) else { panic!("{id}") };
            let back = period.back(1);
            assert_eq!(back.map(Period::forward), Some(period), "{id}");
            assert_eq!(back.map(|p| p.end().tomorrow().ok()), Some(Some(period.start())), "{id}");
        }
        let spring = Date::new(2022, 5, 20).ok().and_then(|d| Period::containing(PeriodType::SchoolYear, d));
        assert_eq!(spring.map(Period::id), Some("2021Sep".to_owned()));
        assert_eq!(Period::ONCE.back(1), None);
    }
}

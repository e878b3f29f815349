//! Time zones: those of Russia by the words that people use for them, others by their names.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::text::folded;

/// The zones of Russia from west to east: the name, hours against Moscow, the places that it is known by.
pub const RUSSIAN: [(&str, i8, &str); 18] = [
    ("Europe/Kaliningrad", -1, "Калининград"),
    ("Europe/Moscow", 0, "Москва"),
    ("Europe/Saratov", 1, "Саратов"),
    ("Europe/Samara", 1, "Самара"),
    ("Europe/Astrakhan", 1, "Астрахань"),
    ("Asia/Yekaterinburg", 2, "Екатеринбург"),
    ("Asia/Omsk", 3, "Омск"),
    ("Asia/Barnaul", 4, "Барнаул"),
    ("Asia/Krasnoyarsk", 4, "Красноярск"),
    ("Asia/Novokuznetsk", 4, "Новокузнецк"),
    ("Asia/Novosibirsk", 4, "Новосибирск"),
    ("Asia/Tomsk", 4, "Томск"),
    ("Asia/Irkutsk", 5, "Иркутск"),
    ("Asia/Chita", 6, "Чита"),
    ("Asia/Yakutsk", 6, "Якутск"),
    ("Asia/Vladivostok", 7, "Владивосток"),
    ("Asia/Magadan", 8, "Магадан"),
    ("Asia/Kamchatka", 9, "Камчатка"),
];

/// The zone that stands for each difference from Moscow, where only the difference is given.
const BY_HOURS: [(i8, &str); 11] = [
    (-1, "Europe/Kaliningrad"),
    (0, "Europe/Moscow"),
    (1, "Europe/Samara"),
    (2, "Asia/Yekaterinburg"),
    (3, "Asia/Omsk"),
    (4, "Asia/Krasnoyarsk"),
    (5, "Asia/Irkutsk"),
    (6, "Asia/Yakutsk"),
    (7, "Asia/Vladivostok"),
    (8, "Asia/Magadan"),
    (9, "Asia/Kamchatka"),
];

/// Reads a zone as people write it: `Asia/Omsk`, «Омск», «МСК+3», «UTC+6». Returns its name.
pub fn read(typed: &str) -> Option<String> {
    let word = folded(typed);
    let place = RUSSIAN.iter().find(|(name, _, place)| folded(place) == word || name.to_lowercase() == word);
    if let Some((name, ..)) = place {
        return Some((*name).to_owned());
    }
    let close: String = word.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '−' { '-' } else { c }).collect();
    for (prefix, moscow) in [("мск", 0), ("msk", 0), ("utc", 3), ("gmt", 3)] {
        if let Some(hours) = close.strip_prefix(prefix) {
            let hours: i8 = if hours.is_empty() { 0 } else { hours.parse().ok()? };
            let found = BY_HOURS.iter().find(|(against, _)| *against == hours - moscow);
            return found.map(|(_, name)| (*name).to_owned());
        }
    }
    let zone = typed.contains('/').then(|| TimeZone::get(typed.trim()).ok()).flatten()?;
    zone.iana_name().map(str::to_owned)
}

/// The zone with a stored name; the server's own where it is unknown.
pub fn zone(name: Option<&str>) -> TimeZone {
    name.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(TimeZone::system)
}

/// A zone as people read it: «Омск, UTC+6».
pub fn named(name: &str) -> String {
    let place = RUSSIAN.iter().find(|(known, ..)| *known == name).map_or(name, |(_, _, place)| place);
    format!("{place}, {}", offset(&zone(Some(name)), Timestamp::now()))
}

/// The difference from universal time: «UTC+6», «UTC+5:30».
pub fn offset(zone: &TimeZone, at: Timestamp) -> String {
    let seconds = zone.to_offset(at).seconds();
    let (sign, minutes) = (if seconds < 0 { '\u{2212}' } else { '+' }, seconds.abs() / 60);
    match minutes % 60 {
        0 => format!("UTC{sign}{}", minutes / 60),
        rest => format!("UTC{sign}{}:{rest:02}", minutes / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_as_people_write_them() {
        for (typed, name) in [
            ("Asia/Omsk", Some("Asia/Omsk")),
            ("asia/omsk", Some("Asia/Omsk")),
            ("омск", Some("Asia/Omsk")),
            ("МСК+4", Some("Asia/Krasnoyarsk")),
            ("мск −1", Some("Europe/Kaliningrad")),
            ("МСК", Some("Europe/Moscow")),
            ("UTC+12", Some("Asia/Kamchatka")),
            ("Europe/Berlin", Some("Europe/Berlin")),
            ("Europe/Nowhere", None),
            ("МСК+20", None),
            ("полдень", None),
        ] {
            assert_eq!(read(typed).as_deref(), name, "{typed}");
        }
    }

    #[test]
    fn every_zone_of_the_list_is_known_and_differs_from_moscow_as_it_says() {
        let now = Timestamp::now();
        let hours = |name: &str| TimeZone::get(name).unwrap().to_offset(now).seconds() / 3600;
        for (name, against, _) in RUSSIAN {
            assert_eq!(hours(name) - hours("Europe/Moscow"), i32::from(against), "{name}");
        }
        assert_eq!(named("Asia/Omsk"), "Омск, UTC+6");
    }
}

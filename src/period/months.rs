//! The twelve months: what people call them, and which one a typed word means.

use crate::lang::{Lang, Words};
use crate::text;

/// The names, and the names in the genitive.
const MONTHS: [(&str, &str); 12] = [
    ("period.month-1", "period.of-month-1"),
    ("period.month-2", "period.of-month-2"),
    ("period.month-3", "period.of-month-3"),
    ("period.month-4", "period.of-month-4"),
    ("period.month-5", "period.of-month-5"),
    ("period.month-6", "period.of-month-6"),
    ("period.month-7", "period.of-month-7"),
    ("period.month-8", "period.of-month-8"),
    ("period.month-9", "period.of-month-9"),
    ("period.month-10", "period.of-month-10"),
    ("period.month-11", "period.of-month-11"),
    ("period.month-12", "period.of-month-12"),
];

/// The name of a month from 1 to 12: «октябрь».
pub fn name(month: i8) -> Words {
    keys(month).map_or_else(|| Words::literal(""), |(name, _)| Words::new(name))
}

/// The same in the genitive: «октября».
pub fn of(month: i8) -> Words {
    keys(month).map_or_else(|| Words::literal(""), |(_, of)| Words::new(of))
}

fn keys(month: i8) -> Option<&'static (&'static str, &'static str)> {
    MONTHS.get(usize::try_from(month - 1).ok()?)
}

/// The month that a typed word names in either language, whole or by its first letters: «октября», «окт.», `Oct`.
pub fn named(word: &str) -> Option<i8> {
    let word = text::folded(word);
    let word = word.trim_end_matches('.');
    let starts = |name: String| text::folded(&name).starts_with(word);
    let is = |month: &i8| {
        [Lang::Ru, Lang::En].into_iter().any(|lang| starts(name(*month).say(lang)) || starts(of(*month).say(lang)))
    };
    if word.chars().count() < 3 { None } else { (1..=12).find(is) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_known_by_their_words() {
        for (word, month) in [("Октябрь", 10), ("мая", 5), ("сент.", 9), ("Июн", 6), ("июля", 7), ("dec", 12)]
        {
            assert_eq!(named(word), Some(month), "{word}");
        }
        for word in ["ма", "осень", "", "маяк"] {
            assert_eq!(named(word), None, "{word}");
        }
    }
}

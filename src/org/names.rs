//! How names of organisations are compared: what differs between two spellings of one school is dropped, the rest is its key.
//!
//! Spellings of one school differ by legal form, case, quotes, spaces, «№», abbreviations and typing habits. A key never
//! guesses: words keep their order, and schools with equal keys are told to be indistinguishable.

use crate::ids::OrgType;
use crate::text::folded;

/// Abbreviated legal forms; dropped wherever they stand.
const LEGAL_FORMS: [&str; 44] = [
    "мбоу",
    "мкоу",
    "маоу",
    "моу",
    "мобу",
    "моку",
    "моау",
    "мбу",
    "мку",
    "мау",
    "мбноу",
    "мкноу",
    "маноу",
    "мноу",
    "гбоу",
    "гкоу",
    "гаоу",
    "гоу",
    "гбноу",
    "кгбоу",
    "кгкоу",
    "кгаоу",
    "кгоу",
    "кгбноу",
    "кганоу",
    "огбоу",
    "огкоу",
    "огаоу",
    "огоу",
    "обоу",
    "окоу",
    "оаоу",
    "боу",
    "коу",
    "аоу",
    "фгбоу",
    "фгкоу",
    "фгаоу",
    "фгоу",
    "чоу",
    "ноу",
    "нчоу",
    "ано",
    "оу",
];

/// Beginnings of the words of a spelled-out legal form, which ends with one of [`LEGAL_ENDS`].
const LEGAL_WORDS: [&str; 15] = [
    "муниципальн",
    "государствен",
    "негосударствен",
    "федеральн",
    "краев",
    "областн",
    "республиканск",
    "бюджетн",
    "казенн",
    "автономн",
    "нетипов",
    "частн",
    "некоммерческ",
    "общео",
    "образовательн",
];

const LEGAL_ENDS: [&str; 2] = ["учрежден", "организаци"];

/// Spelled-out kinds (beginnings of words) and their abbreviations; the longer ones stand first.
const KINDS: [(&[&str], &str); 12] = [
    (&["средн", "полн", "общео", "школ"], "сош"),
    (&["средн", "общео", "школ"], "сош"),
    (&["средн", "полн", "школ"], "сош"),
    (&["средн", "школ"], "сош"),
    (&["основн", "общео", "школ"], "оош"),
    (&["основн", "школ"], "оош"),
    (&["начальн", "общео", "школ"], "нош"),
    (&["начальн", "школ"], "нош"),
    (&["вечерн", "сменн", "общео", "школ"], "всош"),
    (&["центр", "образовани"], "цо"),
    (&["общео", "школ"], "школа"),
    (&["имени"], "им"),
];

/// Abbreviations with one meaning.
const SAME: [(&str, &str); 5] = [("сш", "сош"), ("ош", "оош"), ("нш", "нош"), ("осш", "всош"), ("гимн", "гимназия")];

/// What a word with a legal form glued to it ends with («МБОУНСОШ»).
const GLUED_ENDS: [&str; 5] = ["сош", "оош", "нош", "гимназия", "лицей"];

/// Words of a municipality's form; its own name is what is left.
const MUNICIPAL: [&str; 11] =
    ["муниципальн", "образован", "городск", "город", "округ", "район", "г", "го", "мо", "мр", "рн"];

/// The key under which a name is compared with others of its type.
pub(super) fn key(name: &str, kind: OrgType) -> String {
    key_of(&words(name), kind)
}

/// The same for a name whose words are known.
pub(super) fn key_of(words: &[String], kind: OrgType) -> String {
    match kind {
        OrgType::Municipality => {
            Some(own_name(words)).filter(|own| !own.is_empty()).unwrap_or(words.to_vec()).join(" ")
        }
        OrgType::School | OrgType::Region => words.join(" "),
    }
}

/// A school's key without the territory at its end («… Шипуновского района», «… г. Барнаула»); `None` where there is
/// none, or nothing but the kind would be left. Only for comparing inside a known municipality.
pub(super) fn key_without_place(name: &str) -> Option<String> {
    let words = words(name);
    let cut = words.iter().enumerate().skip(1).find_map(|(i, word)| place_begins(&words, i, word))?;
    (cut >= 2).then(|| words[..cut].join(" "))
}

fn place_begins(words: &[String], i: usize, word: &str) -> Option<usize> {
    let last = i + 1 == words.len();
    match word {
        "г" | "города" | "гор" if !last => Some(i),
        "района" | "округа" | "края" | "области" | "рн" | "рна" | "кр" | "обл" => {
            Some(i - 1)
        }
        _ => None,
    }
}

fn own_name(words: &[String]) -> Vec<String> {
    let formal = |word: &str| MUNICIPAL.iter().any(|form| word == *form || (form.len() > 6 && word.starts_with(form)));
    words.iter().filter(|word| !formal(word)).cloned().collect()
}

/// The words that tell one organisation from another, in their order.
pub(super) fn words(name: &str) -> Vec<String> {
    let words = without_spelled_form(split(name));
    let words = abbreviated(&words);
    let words: Vec<String> =
        words.into_iter().filter(|word| !LEGAL_FORMS.contains(&word.as_str())).map(unglued).collect();
    without_initials(words)
}

/// Runs of letters and runs of digits; everything else separates. A number loses its leading zeros and its «№».
pub(super) fn split(name: &str) -> Vec<String> {
    let name = folded(name).replace("р-н", "рн").replace("р - н", "рн");
    let mut words: Vec<String> = Vec::new();
    let mut before = Class::Other;
    for c in name.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{301}')) {
        let class = Class::of(c);
        match (class, words.last_mut()) {
            (Class::Other, _) => {}
            (_, Some(word)) if class == before => word.push(c),
            _ => words.push(c.to_string()),
        }
        before = class;
    }
    let numbered: Vec<bool> = words.iter().skip(1).map(|next| is_number(next)).chain([false]).collect();
    let number_sign = |word: &str| matches!(word, "n" | "no" | "номер");
    words
        .into_iter()
        .zip(numbered)
        .filter(|(word, numbered)| !(number_sign(word) && *numbered))
        .map(|(word, _)| if is_number(&word) { without_zeros(&word).to_owned() } else { cyrillic(&word) })
        .collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Letter,
    Digit,
    Other,
}

impl Class {
    fn of(c: char) -> Class {
        match c {
            '0'..='9' => Class::Digit,
            _ if c.is_alphabetic() => Class::Letter,
            _ => Class::Other,
        }
    }
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// A number or code without the zeros in front; zero itself stays.
pub(super) fn without_zeros(number: &str) -> &str {
    let bare = number.trim_start_matches('0');
    if bare.is_empty() { &number[number.len().saturating_sub(1)..] } else { bare }
}

/// A Russian word typed with Latin letters of the same shape here and there («CОШ»).
fn cyrillic(word: &str) -> String {
    const SHAPES: [(char, char); 12] = [
        ('a', 'а'),
        ('b', 'в'),
        ('c', 'с'),
        ('e', 'е'),
        ('h', 'н'),
        ('k', 'к'),
        ('m', 'м'),
        ('o', 'о'),
        ('p', 'р'),
        ('t', 'т'),
        ('x', 'х'),
        ('y', 'у'),
    ];
    if !word.chars().any(|c| ('а'..='я').contains(&c)) {
        return word.to_owned();
    }
    word.chars().map(|c| SHAPES.iter().find(|(latin, _)| *latin == c).map_or(c, |(_, same)| *same)).collect()
}

/// Drops «муниципальное бюджетное общеобразовательное учреждение», in any case and at any place.
fn without_spelled_form(mut words: Vec<String>) -> Vec<String> {
    let begins = |word: &str, stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    while let Some(end) = words.iter().position(|word| begins(word, &LEGAL_ENDS)) {
        let run = words[..end].iter().rev().take_while(|word| begins(word, &LEGAL_WORDS)).count();
        words.drain(end - run..=end);
    }
    words
}

/// Replaces spelled-out kinds by their abbreviations.
fn abbreviated(words: &[String]) -> Vec<String> {
    let mut short = Vec::with_capacity(words.len());
    let mut rest = words;
    while let Some(first) = rest.first() {
        let spelled = KINDS.iter().find(|(stems, _)| {
            rest.len() >= stems.len() && stems.iter().zip(rest).all(|(stem, word)| word.starts_with(stem))
        });
        let same = SAME.iter().find(|(word, _)| first == word).map(|(_, same)| *same);
        let (word, used) = match spelled {
            Some((stems, short)) => ((*short).to_owned(), stems.len()),
            None => (same.unwrap_or(first).to_owned(), 1),
        };
        short.push(word);
        rest = &rest[used..];
    }
    short
}

fn unglued(word: String) -> String {
    let glued =
        |form: &&&str| word.strip_prefix(**form).is_some_and(|rest| GLUED_ENDS.iter().any(|end| rest.ends_with(end)));
    match LEGAL_FORMS.iter().filter(|form| form.chars().count() >= 4).find(glued) {
        Some(form) => word[form.len()..].to_owned(),
        None => word,
    }
}

/// «им. В. П. Карташова» and «имени Карташова» are one name.
fn without_initials(words: Vec<String>) -> Vec<String> {
    let Some(named) = words.iter().position(|word| word == "им") else { return words };
    let letter = |word: &str| word.chars().count() == 1 && !is_number(word);
    words.into_iter().enumerate().filter(|(i, word)| *i <= named || !letter(word)).map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_school_have_one_key() {
        for (key_expected, spellings) in [
            (
                "сош 1",
                &[
                    "МБОУ «СОШ № 1»",
                    "мбоу сош №1",
                    "МКОУ \"СОШ N1\"",
                    "СОШ №\u{a0}01",
                    "МБОУ СОШ№1",
                    "Сош  1",
                    "МБОУ СШ № 1",
                    "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 1»",
                    "Муниципальное казённое общеобразовательное учреждение Средняя (полная) общеобразовательная школа №1",
                    "муниципального автономного образовательного учреждения средней школы номер 1",
                    "МБОУ \"CОШ №1 \"",
                    "МБОУСОШ №1",
                ][..],
            ),
            (
                "ивановская сош им петрова",
                &[
                    "МКОУ «Ивановская СОШ им. А. Б. Петрова»",
                    "Ивановская средняя школа имени Петрова",
                    "ИВАНОВСКАЯ СОШ ИМ.А.Б.ПЕТРОВА",
                ],
            ),
            ("озерная оош", &["Озёрная ООШ", "МБОУ Озерная основная общеобразовательная школа", "«Озерная  ОШ»"]),
            ("нсош", &["МБОУНСОШ", "МБОУ НСОШ"]),
            (
                "санаторная школа интернат 2",
                &[
                    "КГБОУ «Санаторная школа-интернат № 2»",
                    "Краевое государственное бюджетное общеобразовательное учреждение санаторная школа - интернат №2",
                ],
            ),
            ("лицей 3", &["МАОУ Лицей №3", "Лицей 3"]),
            ("цо 8", &["Центр образования № 8", "ГБОУ ЦО №8"]),
            (
                "пригородная оош филиал сош 2",
                &[
                    "Пригородная ООШ - филиал МБОУ «СОШ № 2»",
                    "Пригородная ООШ, филиал муниципального бюджетного общеобразовательного учреждения СОШ №2",
                ],
            ),
        ] {
            for spelling in spellings {
                assert_eq!(key(spelling, OrgType::School), key_expected, "{spelling}");
            }
        }
    }

    #[test]
    fn different_schools_keep_different_keys() {
        for (one, other) in [
            ("СОШ № 1", "СОШ № 11"),
            ("СОШ № 12 корпус 3", "СОШ № 3 корпус 12"),
            ("СОШ № 1", "ООШ № 1"),
            ("Гимназия № 1", "Лицей № 1"),
            ("Ивановская СОШ", "Ивановская ООШ"),
            ("СОШ № 5", "СОШ № 5 филиал"),
            ("Школа № 1", "СОШ № 1"),
        ] {
            assert_ne!(key(one, OrgType::School), key(other, OrgType::School), "{one} / {other}");
        }
    }

    #[test]
    fn municipalities_are_known_by_their_own_names() {
        for (one, other) in [
            ("Целинный район", "Целинный муниципальный район"),
            ("г. Барнаул", "Городской округ город Барнаул"),
            ("Залесовский муниципальный округ", "ЗАЛЕСОВСКИЙ Р-Н"),
        ] {
            assert_eq!(key(one, OrgType::Municipality), key(other, OrgType::Municipality), "{one} / {other}");
        }
        assert_ne!(key("г. Заринск", OrgType::Municipality), key("Заринский район", OrgType::Municipality));
        assert_eq!(key("Город", OrgType::Municipality), "город", "a name of form words alone stays what it is");
    }

    #[test]
    fn the_territory_at_the_end_can_be_left_out() {
        for (name, left) in [
            ("МБОУ «СОШ № 1» г. Барнаула", Some("сош 1")),
            ("Ивановская СОШ Шипуновского района Алтайского края", Some("ивановская сош")),
            ("Ивановская СОШ Шипуновск. р-на Алт. кр.", Some("ивановская сош")),
            ("СОШ Шипуновского района", None),
            ("СОШ № 1", None),
        ] {
            assert_eq!(key_without_place(name).as_deref(), left, "{name}");
        }
    }
}

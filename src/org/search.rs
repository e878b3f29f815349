//! Finding an organisation by what somebody types: a part of its name, a misspelt word, «сош2», an old name, a code, or a
//! word typed with the other keyboard layout on («ujv» is «гом»).

use std::collections::HashMap;

use crate::ids::OrgId;
use crate::text::folded;

use super::Org;
use super::names::{split, without_zeros, words};

/// What else an organisation is known by: codes, former names.
pub type Known = HashMap<OrgId, Vec<String>>;

/// The keys of a Russian keyboard and what they type with the Latin layout on.
const KEYS: [(char, char); 33] = [
    ('q', 'й'),
    ('w', 'ц'),
    ('e', 'у'),
    ('r', 'к'),
    ('t', 'е'),
    ('y', 'н'),
    ('u', 'г'),
    ('i', 'ш'),
    ('o', 'щ'),
    ('p', 'з'),
    ('[', 'х'),
    (']', 'ъ'),
    ('a', 'ф'),
    ('s', 'ы'),
    ('d', 'в'),
    ('f', 'а'),
    ('g', 'п'),
    ('h', 'р'),
    ('j', 'о'),
    ('k', 'л'),
    ('l', 'д'),
    (';', 'ж'),
    ('\'', 'э'),
    ('z', 'я'),
    ('x', 'ч'),
    ('c', 'с'),
    ('v', 'м'),
    ('b', 'и'),
    ('n', 'т'),
    ('m', 'ь'),
    (',', 'б'),
    ('.', 'ю'),
    ('`', 'е'),
];

/// What «школа» may stand for: whoever types it means any of them.
const SCHOOLS: [&str; 5] = ["школа", "сош", "оош", "нош", "всош"];

/// The organisations that a search means, the likeliest first, equally likely ones in their order.
///
/// Every word must be found. What is spelled right decides; only where nobody is, the other keyboard layout is tried, and
/// then words that differ by a slip or two.
pub fn found<'a>(orgs: &'a [Org], known: &Known, sought: &str) -> Vec<&'a Org> {
    let own = wanted(sought);
    let other = wanted(&switched(sought));
    if own.is_empty() && other.is_empty() {
        return orgs.iter().collect();
    }
    let written: Vec<String> = orgs.iter().map(|org| written(org, known)).collect();
    for wanted in [&own, &other] {
        let found = fitting(orgs.iter().zip(&written), known, wanted);
        if !found.is_empty() {
            return found;
        }
    }
    let spoken: Vec<(&Org, Vec<String>)> = orgs.iter().map(|org| (org, spoken(org, known))).collect();
    for wanted in [&own, &other] {
        let found = ranked(spoken.iter().map(|(org, said)| (*org, said.as_slice())), wanted, true);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Everything that is written of an organisation, in one text: most of a large registry is told by it to be of no
/// interest, long before its names are taken apart.
fn written(org: &Org, known: &Known) -> String {
    let mut text = format!("{} {} {} {}", org.name, org.short_name, org.code, org.locality);
    for more in known.get(&org.id).into_iter().flatten() {
        text.push(' ');
        text.push_str(more);
    }
    folded(&text)
}

/// Whether a word may be somewhere in what is written; one that stands for spelled-out words may be in any school.
fn may_hold(written: &str, word: &str) -> bool {
    let spelled = || written.contains("школ") || written.contains("образовани") || written.contains("имен");
    written.contains(word)
        || (word.chars().count() <= 5 && !word.starts_with(|c: char| c.is_ascii_digit()) && spelled())
}

/// Those that hold every word as it is spelled.
fn fitting<'a, 'w>(
    orgs: impl Iterator<Item = (&'a Org, &'w String)>,
    known: &Known,
    wanted: &[String],
) -> Vec<&'a Org> {
    let likely = orgs.filter(|(_, written)| wanted.iter().all(|word| may_hold(written, word)));
    let likely: Vec<(&Org, Vec<String>)> = likely.map(|(org, _)| (org, spoken(org, known))).collect();
    ranked(likely.iter().map(|(org, said)| (*org, said.as_slice())), wanted, false)
}

/// Those in which every word is found, the likeliest first.
fn ranked<'a, 's>(orgs: impl Iterator<Item = (&'a Org, &'s [String])>, wanted: &[String], slips: bool) -> Vec<&'a Org> {
    let mut found: Vec<(u32, &Org)> = Vec::new();
    for (org, said) in orgs.filter(|_| !wanted.is_empty()) {
        let each: Option<Vec<u32>> = wanted.iter().map(|word| best(word, said, slips)).collect();
        found.extend(each.map(|each| (each.iter().sum(), org)));
    }
    found.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
    found.into_iter().map(|(_, org)| org).collect()
}

/// The words of a search: legal forms do not matter, unless nothing else is there.
fn wanted(sought: &str) -> Vec<String> {
    let told = words(sought);
    if told.is_empty() { split(sought) } else { told }
}

/// Everything that an organisation may be found by, word by word.
fn spoken(org: &Org, known: &Known) -> Vec<String> {
    let mut said = words(&org.name);
    said.extend(words(&org.short_name));
    said.extend(split(&org.name));
    said.push(folded(&org.code));
    said.extend(split(&org.code));
    said.extend(split(&org.locality));
    for more in known.get(&org.id).into_iter().flatten() {
        said.push(folded(more));
        said.extend(words(more));
    }
    said
}

/// How well the best of the words of an organisation fits a word of the search, of 100.
fn best(word: &str, said: &[String], slips: bool) -> Option<u32> {
    said.iter().filter_map(|one| fit(word, one, slips)).max()
}

fn fit(word: &str, said: &str, slips: bool) -> Option<u32> {
    if word == said {
        return Some(100);
    }
    let length = word.chars().count();
    if word.chars().all(|c| c.is_ascii_digit()) {
        let bare = without_zeros(said);
        return match () {
            () if bare == word => Some(95),
            // The beginning of a long code; «2» is not the beginning of «21».
            () if length >= 3 && (said.starts_with(word) || bare.starts_with(word)) => Some(60),
            () => None,
        };
    }
    if said.starts_with(word) {
        return Some(90);
    }
    if word == "школа" && SCHOOLS.contains(&said) {
        return Some(80);
    }
    if length >= 4 && said.contains(word) {
        return Some(70);
    }
    slips.then(|| slipped(word, said, length)).flatten()
}

/// A word that differs by a slip, or two where it is long; its end may be missing.
fn slipped(word: &str, said: &str, length: usize) -> Option<u32> {
    let allowed = match length {
        0..=3 => return None,
        4..=6 => 1,
        _ => 2,
    };
    let begun: String = said.chars().take(length).collect();
    if begun.chars().any(|c| c.is_ascii_digit()) || begun.chars().count() + allowed < length {
        return None;
    }
    let slips = strsim::osa_distance(word, said).min(strsim::osa_distance(word, &begun));
    let slips = u32::try_from(slips).ok()?;
    (slips <= u32::try_from(allowed).ok()?).then(|| 60 - 10 * slips)
}

/// The same keys with the other layout on; letters of both alphabets change places.
fn switched(typed: &str) -> String {
    let lower = typed.to_lowercase();
    let cyrillic = lower.chars().any(|c| ('а'..='я').contains(&c) || c == 'ё');
    let other = |c: char| {
        let there = KEYS.iter().find(|(latin, russian)| if cyrillic { *russian == c } else { *latin == c });
        there.map_or(c, |(latin, russian)| if cyrillic { *latin } else { *russian })
    };
    lower.chars().map(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::OrgType;
    use crate::org::Reporting;

    fn orgs() -> Vec<Org> {
        let each = [
            ("m1", "Лесной муниципальный район", "", ""),
            ("2601", "МБОУ «Средняя общеобразовательная школа № 2»", "СОШ № 2", "с. Озёрное"),
            ("2602", "МБОУ «СОШ № 12»", "", "г. Светлогорье"),
            ("2603", "МАОУ «Гимназия № 5»", "", ""),
            ("2604", "МКОУ «Полянская ООШ»", "", "д. Поляны"),
            ("2605", "МБОУ «Холмогорская СОШ»", "", ""),
            ("2606", "МБОУ «Гомельская СОШ»", "", ""),
        ];
        let org = |(id, (code, name, short, place)): (i64, (&str, &str, &str, &str))| Org {
            id: OrgId(id),
            code: code.to_owned(),
            name: name.to_owned(),
            short_name: short.to_owned(),
            kind: if code == "m1" { OrgType::Municipality } else { OrgType::School },
            parent: None,
            valid_from: None,
            valid_to: None,
            reports: Reporting::Own,
            locality: place.to_owned(),
        };
        (1..).zip(each).map(org).collect()
    }

    #[test]
    fn what_people_type_finds_whom_they_mean() {
        let orgs = orgs();
        let known = Known::from([(OrgId(5), vec!["0116".to_owned(), "Луговская школа".to_owned()])]);
        for (sought, codes) in [
            ("гимназия 5", &["2603"][..]),
            ("сош2", &["2601"]),
            ("школа 2", &["2601"]),
            ("СОШ №12", &["2602"]),
            ("гимнозия", &["2603"]),
            ("полянскя", &["2604"]),
            ("Хломогорская", &["2605"]),
            ("озерное", &["2601"]),
            ("ОЗЁРНОЕ", &["2601"]),
            ("ujv", &["2606"]),
            ("кусщкв", &[]),
            ("ubvyfpbz", &["2603"]),
            ("ь1", &["m1"]),
            ("2604", &["2604"]),
            ("0116", &["2604"]),
            ("116", &["2604"]),
            ("луговская", &["2604"]),
            ("мбоу холмог", &["2605"]),
            ("лесной", &["m1"]),
            ("несуществующая", &[]),
        ] {
            let found: Vec<&str> = found(&orgs, &known, sought).iter().map(|org| org.code.as_str()).collect();
            assert_eq!(found, codes, "{sought}");
        }
        assert_eq!(found(&orgs, &known, " ").len(), orgs.len(), "nothing typed finds everybody");
        assert_eq!(found(&orgs, &known, "сош")[0].code, "2601", "who is called so in full stands first in the tree");
    }
}

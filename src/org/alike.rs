//! Organisations that are likely one and the same, entered twice: they share a code, or are called alike in one place.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::names::{key_of, words};
use super::{Org, OrgCode};
use crate::ids::{OrgId, OrgType};

/// Why two organisations look like one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// They have one code of a scheme.
    Code(String, String),
    /// Their names differ in writing only.
    SameName,
    /// Their names differ by a slip.
    LikeName,
}

/// Two organisations that look like one.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// The one that was entered first.
    pub one: Org,
    /// The other.
    pub other: Org,
    /// Every reason.
    pub why: Vec<Why>,
}

/// Names shorter than this differ too easily by one letter.
const LONG_ENOUGH: usize = 8;

/// All likely pairs among organisations, those with most reasons first. A branch shares codes with its school by right.
pub(super) fn pairs(orgs: &[Org], codes: &[OrgCode]) -> Vec<Alike> {
    let by_id: HashMap<OrgId, &Org> = orgs.iter().map(|org| (org.id, org)).collect();
    let mut found: BTreeMap<(OrgId, OrgId), BTreeSet<Why>> = BTreeMap::new();
    let mut note = |one: &Org, other: &Org, why: Why| {
        let related = one.parent == Some(other.id) || other.parent == Some(one.id);
        if one.id != other.id && one.kind == other.kind && !related {
            found.entry((one.id.min(other.id), one.id.max(other.id))).or_default().insert(why);
        }
    };
    let mut owners: BTreeMap<(&str, &str), Vec<&Org>> = BTreeMap::new();
    for code in codes.iter().filter(|code| !code.former) {
        owners.entry((&code.scheme, &code.code)).or_default().extend(by_id.get(&code.org));
    }
    for ((scheme, code), sharing) in owners.iter().filter(|(_, sharing)| sharing.len() > 1) {
        for (n, one) in sharing.iter().enumerate() {
            let others = sharing.iter().skip(n + 1);
            others.for_each(|other| note(one, other, Why::Code((*scheme).to_owned(), (*code).to_owned())));
        }
    }
    for (one, other, same) in named_alike(orgs) {
        note(one, other, if same { Why::SameName } else { Why::LikeName });
    }
    let mut pairs: Vec<Alike> = found
        .into_iter()
        .filter_map(|((one, other), why)| {
            let (one, other) = ((*by_id.get(&one)?).clone(), (*by_id.get(&other)?).clone());
            Some(Alike { one, other, why: why.into_iter().collect() })
        })
        .collect();
    pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.why.len()), pair.one.id));
    pairs
}

/// A name as it is compared: its key, how long that is, the numbers in it.
struct Name<'a> {
    org: &'a Org,
    key: String,
    length: usize,
    numbers: Vec<String>,
}

/// Organisations of one type below one and the same, whose names are the same or differ by a slip.
fn named_alike(orgs: &[Org]) -> Vec<(&Org, &Org, bool)> {
    let mut siblings: BTreeMap<(Option<OrgId>, OrgType), Vec<Name<'_>>> = BTreeMap::new();
    for org in orgs {
        let words = words(&org.name);
        let key = key_of(&words, org.kind);
        let length = key.chars().count();
        let numbers = words.into_iter().filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).collect();
        siblings.entry((org.parent, org.kind)).or_default().push(Name { org, key, length, numbers });
    }
    let mut alike = Vec::new();
    for group in siblings.values() {
        for (n, one) in group.iter().enumerate() {
            for other in group.iter().skip(n + 1).filter(|other| other.numbers == one.numbers) {
                let same = one.key == other.key;
                let close = || {
                    one.length >= LONG_ENOUGH
                        && one.length.abs_diff(other.length) <= 1
                        && strsim::osa_distance(&one.key, &other.key) == 1
                };
                if same || close() {
                    alike.push((one.org, other.org, same));
                }
            }
        }
    }
    alike
}

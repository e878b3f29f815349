//! Organisations: regions, municipalities, schools, what they are called and by which codes others know them.

pub mod actions;
mod alike;
pub mod batch;
mod checks;
pub mod columns;
pub mod edit;
mod facts;
mod file;
pub mod group;
mod line;
mod names;
mod plan;
pub mod record;
mod registry;
pub mod search;
pub mod standing;
pub mod store;
pub mod zone;

use std::collections::HashMap;

use jiff::civil::Date;

use crate::ids::{OrgId, OrgType};
use crate::text::folded;

pub use alike::{Alike, Why};
pub use facts::facts;
pub use plan::{Cell, Missing, Summary, Wish};
pub use record::{Record, Reporting};
pub use registry::{Match, Registry};

pub use crate::ids::{OWN_CODE, SCHEMES};

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    /// Its key.
    pub id: OrgId,
    /// What people and commands call it; never changes.
    pub code: String,
    /// The full name.
    pub name: String,
    /// The short name, or nothing.
    pub short_name: String,
    /// Region, municipality, school.
    pub kind: OrgType,
    /// The organisation above it.
    pub parent: Option<OrgId>,
    /// The first day; `None` has always been.
    pub valid_from: Option<Date>,
    /// The last day; `None` is open.
    pub valid_to: Option<Date>,
    /// Who reports for it.
    pub reports: Reporting,
    /// The town or village, or nothing.
    pub locality: String,
}

/// No tree is deeper; whoever goes up stops here, even if a damaged tree leads in a circle.
pub const DEEPEST: usize = 64;

/// Those whose work an organisation carries on, and those that carry on its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kin {
    /// Organisations that have merged into it.
    pub before: Vec<Org>,
    /// Its successors.
    pub after: Vec<Org>,
}

/// A code that others gave an organisation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrgCode {
    /// Whose.
    pub org: OrgId,
    /// By which scheme: one of [`SCHEMES`].
    pub scheme: String,
    /// As it was given, leading zeros included.
    pub code: String,
    /// Whether it no longer holds.
    pub former: bool,
}

impl Org {
    /// Whether it exists on some day of a stretch.
    pub fn open_during(&self, first: Date, last: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= last) && self.valid_to.is_none_or(|to| to >= first)
    }

    /// Whether a report of it is expected for a stretch of days: it exists then, and reports by itself.
    pub fn is_expected(&self, first: Date, last: Date) -> bool {
        self.reports == Reporting::Own && self.open_during(first, last)
    }

    /// The name for tables: the short one where there is one.
    pub fn label(&self) -> &str {
        if self.short_name.is_empty() { &self.name } else { &self.short_name }
    }
}

/// Brings organisations into the order of the tree: each directly before those below it, neighbours by name. An
/// organisation whose parent is not among them stands at the top.
pub fn tree_order(orgs: Vec<Org>) -> Vec<Org> {
    let known: HashMap<OrgId, OrgType> = orgs.iter().map(|org| (org.id, org.kind)).collect();
    let mut below: HashMap<Option<OrgId>, Vec<Org>> = HashMap::new();
    for org in orgs {
        below.entry(org.parent.filter(|parent| known.contains_key(parent))).or_default().push(org);
    }
    for siblings in below.values_mut() {
        // The last come first, because the stack below is emptied from its end.
        siblings.sort_by_cached_key(|org| std::cmp::Reverse((org.kind, natural(org.label()), org.code.clone())));
    }
    let mut ordered = Vec::with_capacity(known.len());
    let mut waiting = below.remove(&None).unwrap_or_default();
    while let Some(org) = waiting.pop() {
        waiting.append(&mut below.remove(&Some(org.id)).unwrap_or_default());
        ordered.push(org);
    }
    // Nothing leads from the top to a circle; whoever is in one is listed all the same.
    let mut left: Vec<Org> = below.into_values().flatten().collect();
    left.sort_by_key(|org| org.id);
    ordered.append(&mut left);
    ordered
}

/// A name for sorting: case, `ё` and quotes do not matter, and № 2 stands before № 10.
fn natural(name: &str) -> String {
    let mut sorted = String::with_capacity(name.len() + 8);
    let mut digits = String::new();
    let spaced = name.replace(['«', '»', '"', '“', '”', '№'], " ");
    for c in folded(&spaced).chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
        } else {
            if !digits.is_empty() {
                sorted.push_str(&format!("{digits:0>12}"));
                digits.clear();
            }
            sorted.push(c);
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn org(id: i64, kind: OrgType, parent: Option<i64>, name: &str) -> Org {
        let (code, parent) = (id.to_string(), parent.map(OrgId));
        let name = name.to_owned();
        let (id, reports, locality) = (OrgId(id), Reporting::Own, String::new());
        let (short_name, valid_from, valid_to) = (String::new(), None, None);
        Org { id, code, name, short_name, kind, parent, valid_from, valid_to, reports, locality }
    }

    #[test]
    fn the_tree_is_listed_from_the_top_and_numbers_in_names_count() {
        let orgs = vec![
            org(1, OrgType::School, Some(5), "МБОУ СОШ № 10"),
            org(2, OrgType::School, Some(5), "МБОУ «СОШ №2»"),
            org(3, OrgType::Municipality, Some(6), "Ярский район"),
            org(4, OrgType::School, Some(6), "Лицей края"),
            org(5, OrgType::Municipality, Some(6), "Ёлкинский район"),
            org(6, OrgType::Region, None, "Край"),
            org(7, OrgType::School, Some(99), "Школа чужого района"),
        ];
        let order: Vec<i64> = tree_order(orgs).iter().map(|org| org.id.0).collect();
        assert_eq!(order, [6, 5, 2, 1, 3, 4, 7]);
    }

    #[test]
    fn an_organisation_is_open_on_its_first_and_last_day() {
        let day = jiff::civil::date;
        let mut school = org(1, OrgType::School, None, "СОШ");
        (school.valid_from, school.valid_to) = (Some(day(2021, 9, 1)), Some(day(2023, 8, 31)));
        for (first, last, open) in [
            (day(2020, 9, 1), day(2021, 8, 31), false),
            (day(2020, 9, 1), day(2021, 9, 1), true),
            (day(2023, 8, 31), day(2024, 8, 31), true),
            (day(2023, 9, 1), day(2024, 8, 31), false),
        ] {
            assert_eq!(school.open_during(first, last), open, "{first} {last}");
        }
    }
}

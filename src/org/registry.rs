//! All organisations with their codes and names in memory, for finding whom a row of a foreign sheet speaks of.

use std::collections::HashMap;

use crate::ids::{OrgId, OrgType};

use super::names::{key, key_without_place, without_zeros};
use super::{DEEPEST, OWN_CODE, Org, OrgCode};

/// How much alike two names must be for one to be offered in place of the other.
const LIKE: f64 = 0.8;

/// Whom a code or a name belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// Exactly one organisation.
    One(OrgId),
    /// Several organisations fit; which one is meant is never guessed.
    Doubtful(Vec<OrgId>),
    /// None.
    None,
}

impl Match {
    fn of(mut found: Vec<OrgId>) -> Match {
        found.sort_unstable();
        found.dedup();
        match found[..] {
            [] => Match::None,
            [one] => Match::One(one),
            _ => Match::Doubtful(found),
        }
    }
}

/// All organisations, found by code and by name.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    orgs: HashMap<OrgId, Org>,
    codes: HashMap<String, Codes>,
    names: HashMap<String, Vec<OrgId>>,
    names_without_place: HashMap<String, Vec<OrgId>>,
    /// What organisations were called before: asked only where nobody is called so now.
    former_names: HashMap<String, Vec<OrgId>>,
}

#[derive(Debug, Clone, Default)]
struct Codes {
    exact: HashMap<String, Vec<OrgId>>,
    /// Codes that no longer hold: old tables name them.
    former: HashMap<String, Vec<OrgId>>,
    bare: HashMap<String, Vec<OrgId>>,
}

impl Registry {
    /// From all organisations and the codes that others gave them.
    pub fn new(orgs: Vec<Org>, codes: Vec<OrgCode>) -> Registry {
        let mut registry = Registry::default();
        for org in orgs {
            registry.learn_code(OWN_CODE, &org.code, org.id, false);
            registry.learn_names(&org);
            registry.orgs.insert(org.id, org);
        }
        for code in codes {
            registry.learn_code(&code.scheme, &code.code, code.org, code.former);
        }
        registry
    }

    /// The same, knowing what organisations were called before.
    pub fn knowing(mut self, former: Vec<(OrgId, String)>) -> Registry {
        for (org, name) in former {
            if let Some(kind) = self.orgs.get(&org).map(|org| org.kind) {
                self.former_names.entry(key(&name, kind)).or_default().push(org);
            }
        }
        self
    }

    fn learn_code(&mut self, scheme: &str, code: &str, org: OrgId, former: bool) {
        let known = self.codes.entry(scheme.to_owned()).or_default();
        let code = clean(code);
        known.bare.entry(without_zeros(&code).to_owned()).or_default().push(org);
        let whole = if former { &mut known.former } else { &mut known.exact };
        whole.entry(code).or_default().push(org);
    }

    fn learn_names(&mut self, org: &Org) {
        for name in [&org.name, &org.short_name].into_iter().filter(|name| !name.is_empty()) {
            let whole = key(name, org.kind);
            let short = key_without_place(name).unwrap_or_else(|| whole.clone());
            self.names.entry(whole).or_default().push(org.id);
            self.names_without_place.entry(short).or_default().push(org.id);
        }
    }

    /// An organisation by its key.
    pub fn get(&self, id: OrgId) -> Option<&Org> {
        self.orgs.get(&id)
    }

    /// All organisations, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Org> {
        self.orgs.values()
    }

    /// The organisations that have a code of a scheme.
    pub fn with_code(&self, scheme: &str) -> impl Iterator<Item = OrgId> {
        self.codes.get(scheme).into_iter().flat_map(|known| known.exact.values().flatten().copied())
    }

    /// Whether somebody has this very code, leading zeros included.
    pub fn has_code(&self, scheme: &str, code: &str) -> bool {
        let code = clean(code);
        self.codes.get(scheme).is_some_and(|known| known.exact.contains_key(&code) || known.former.contains_key(&code))
    }

    /// The organisation and those above it, from itself up.
    pub fn upwards(&self, id: OrgId) -> impl Iterator<Item = &Org> {
        // A damaged tree cannot loop for ever.
        std::iter::successors(self.get(id), |org| org.parent.and_then(|parent| self.get(parent))).take(DEEPEST)
    }

    /// The organisation of a type at or above another one: a school's municipality.
    pub fn above(&self, id: OrgId, kind: OrgType) -> Option<&Org> {
        self.upwards(id).find(|org| org.kind == kind)
    }

    /// Whether an organisation is another one or stands below it.
    pub fn is_within(&self, id: OrgId, root: OrgId) -> bool {
        self.upwards(id).any(|org| org.id == root)
    }

    /// Whom a code belongs to, among organisations of these types.
    ///
    /// The exact code decides first: where it belongs to an organisation of another type, it names nobody here. Only a
    /// code that nobody has exactly is compared without leading zeros (`1` and `01` are two organisations in real
    /// registries), and then one organisation must be left.
    pub fn by_code(&self, scheme: &str, code: &str, types: &[OrgType]) -> Match {
        let code = clean(code);
        let Some(known) = self.codes.get(scheme).filter(|_| !code.is_empty()) else { return Match::None };
        let whole = known.exact.get(&code).or_else(|| known.former.get(&code));
        let found = whole.or_else(|| known.bare.get(without_zeros(&code)));
        self.of_types(found, types, None)
    }

    /// Whom a name belongs to, among organisations of these types at or below `within` (a municipality).
    ///
    /// Names are compared as people read them: case, quotes, spaces, «№», legal forms and abbreviations do not matter.
    /// Inside a known municipality a territory at the end of the name does not matter either.
    pub fn by_name(&self, name: &str, within: Option<OrgId>, types: &[OrgType]) -> Match {
        let keys: Vec<String> = types.iter().map(|kind| key(name, *kind)).filter(|key| !key.is_empty()).collect();
        let called = |names: &HashMap<String, Vec<OrgId>>| {
            let found: Vec<OrgId> = keys.iter().filter_map(|key| names.get(key)).flatten().copied().collect();
            self.of_types(Some(&found), types, within)
        };
        match called(&self.names) {
            Match::None => {}
            decided => return decided,
        }
        if within.is_some() && types.contains(&OrgType::School) {
            let short = key_without_place(name).unwrap_or_else(|| key(name, OrgType::School));
            match self.of_types(self.names_without_place.get(&short), &[OrgType::School], within) {
                Match::None => {}
                decided => return decided,
            }
        }
        called(&self.former_names)
    }

    /// The organisations of a type at or below `within` whose names are most like this one, the likest first.
    pub fn nearest(&self, name: &str, within: Option<OrgId>, kind: OrgType) -> Vec<OrgId> {
        let wanted = key(name, kind);
        let mut near: Vec<(f64, OrgId)> = Vec::new();
        for (known, orgs) in &self.names {
            let likeness = strsim::jaro_winkler(&wanted, known);
            if likeness > LIKE {
                near.extend(orgs.iter().map(|org| (likeness, *org)));
            }
        }
        near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let fits = |id: &OrgId| self.get(*id).is_some_and(|org| org.kind == kind);
        let inside = |id: &OrgId| within.is_none_or(|root| self.is_within(*id, root));
        let mut near: Vec<OrgId> = near.into_iter().map(|(_, org)| org).filter(fits).filter(inside).collect();
        near.dedup();
        near.truncate(3);
        near
    }

    fn of_types(&self, found: Option<&Vec<OrgId>>, types: &[OrgType], within: Option<OrgId>) -> Match {
        let fits = |id: &OrgId| {
            self.get(*id).is_some_and(|org| types.contains(&org.kind))
                && within.is_none_or(|root| self.is_within(*id, root))
        };
        Match::of(found.into_iter().flatten().copied().filter(fits).collect())
    }
}

/// A code without the white space that typing and copying leave in it.
fn clean(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}' && *c != '\u{feff}').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHOOL: &[OrgType] = &[OrgType::School];
    const ALL: &[OrgType] = &OrgType::ALL;

    fn registry() -> Registry {
        use OrgType::{Municipality, Region, School};
        let orgs = [
            (1, "22", "Верхний край", "", Region, None),
            (2, "m01", "Северный муниципальный район", "", Municipality, Some(1)),
            (3, "m02", "г. Южный", "", Municipality, Some(1)),
            (11, "s01", "МБОУ «СОШ № 1»", "", School, Some(2)),
            (12, "s02", "МКОУ «Полянская ООШ Северного района»", "Полянская ООШ", School, Some(2)),
            (21, "0131", "МБОУ «СОШ № 1»", "", School, Some(3)),
            (22, "131", "МАОУ «Лицей № 2»", "Лицей «Заря»", School, Some(3)),
            (23, "s05", "МБОУ СОШ №5", "", School, Some(3)),
            (24, "s06", "МКОУ «СОШ № 5»", "", School, Some(3)),
        ]
        .map(|(id, code, name, short, kind, parent)| Org {
            id: OrgId(id),
            code: code.to_owned(),
            name: name.to_owned(),
            short_name: short.to_owned(),
            kind,
            parent: parent.map(OrgId),
            valid_from: None,
            valid_to: None,
            reports: crate::org::Reporting::Own,
            locality: String::new(),
        });
        let codes =
            [(2, "1"), (11, "01"), (12, "0116"), (21, "007"), (22, "07"), (23, "50"), (24, "50")].map(|(org, code)| {
                OrgCode { org: OrgId(org), scheme: "exam".to_owned(), code: code.to_owned(), former: false }
            });
        Registry::new(orgs.to_vec(), codes.to_vec())
    }

    fn ids(found: Match) -> Vec<i64> {
        match found {
            Match::One(one) => vec![one.0],
            Match::Doubtful(all) => all.iter().map(|id| id.0).collect(),
            Match::None => vec![],
        }
    }

    #[test]
    fn codes_match_exactly_first_and_without_zeros_only_where_one_is_left() {
        let registry = registry();
        for (scheme, code, types, found, why) in [
            ("exam", "01", SCHOOL, &[11][..], "exact"),
            ("exam", "1", SCHOOL, &[], "exactly the municipality's, so no school's"),
            ("exam", "1", ALL, &[2], "exact"),
            ("exam", "001", SCHOOL, &[11], "nobody's exactly; one school without zeros"),
            ("exam", "001", ALL, &[2, 11], "nobody's exactly; two organisations without zeros"),
            ("exam", "116", SCHOOL, &[12], "the zero was lost"),
            ("exam", "7", SCHOOL, &[21, 22], "two schools without zeros"),
            ("exam", "007", SCHOOL, &[21], "exact"),
            ("exam", "50", SCHOOL, &[23, 24], "two schools with one code"),
            ("exam", " 0116\u{a0}", SCHOOL, &[12], "spaces around"),
            ("exam", "999", SCHOOL, &[], "unknown"),
            ("exam", "", SCHOOL, &[], "empty"),
            ("exam", "0", SCHOOL, &[], "zero"),
            ("code", "0131", SCHOOL, &[21], "own code"),
            ("code", "131", SCHOOL, &[22], "own code"),
            ("code", "00131", SCHOOL, &[21, 22], "own code, doubtful"),
            ("inn", "131", SCHOOL, &[], "another scheme"),
        ] {
            assert_eq!(ids(registry.by_code(scheme, code, types)), found, "{scheme} {code:?} {types:?}: {why}");
        }
    }

    #[test]
    fn names_match_by_what_tells_schools_apart() {
        let registry = registry();
        let (north, south) = (Some(OrgId(2)), Some(OrgId(3)));
        for (name, within, types, found) in [
            ("СОШ №1", None, SCHOOL, &[11, 21][..]),
            ("СОШ №1", north, SCHOOL, &[11]),
            ("Средняя общеобразовательная школа № 1", south, SCHOOL, &[21]),
            ("СОШ № 1 г. Южный", south, SCHOOL, &[21]),
            ("СОШ № 1 Северного района", None, SCHOOL, &[]),
            ("МБОУ Полянская ООШ", None, SCHOOL, &[12]),
            ("полянская основная школа северного р-на", None, SCHOOL, &[]),
            ("полянская основная школа северного р-на", north, SCHOOL, &[12]),
            ("лицей заря", None, SCHOOL, &[22]),
            ("МКОУ «СОШ № 5»", south, SCHOOL, &[23, 24]),
            ("Северный район", None, ALL, &[2]),
            ("город Южный", None, &[OrgType::Municipality], &[3]),
            ("город Южный", None, SCHOOL, &[]),
            ("«»", None, SCHOOL, &[]),
        ] {
            assert_eq!(ids(registry.by_name(name, within, types)), found, "{name} {within:?}");
        }
    }
}

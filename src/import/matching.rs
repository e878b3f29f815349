//! Whom a row of a foreign sheet speaks of: by code, by name, by both; a doubtful match is listed, never guessed.

use std::collections::HashSet;

use crate::form::Recipe;
use crate::ids::{OrgId, OrgType};
use crate::lang::Words;
use crate::org::{Match, Org, Registry};
use crate::text::folded;

/// For how many rows the nearest names are looked up: comparing with every name takes time.
const SUGGESTED: usize = 100;

/// How many candidates are named.
const NAMED: usize = 5;

/// What a row says about its organisation.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) municipality: String,
}

/// Whom a row speaks of.
#[derive(Debug)]
pub(super) enum Whom {
    /// An organisation that the form is about; a word of warning where its name is spelled in an unknown way.
    One(OrgId, Option<Words>),
    /// An organisation of another level: its figures are sums.
    Other(OrgId),
    /// Nobody that is known for sure: why, and who might be meant.
    Nobody(&'static str, Words, Option<Words>),
}

/// Finds organisations for the rows of a table.
pub(super) struct Matcher<'a> {
    registry: &'a Registry,
    about: OrgType,
    scheme: &'a str,
    /// Who has a code of the scheme: a code that nobody has speaks against them.
    coded: HashSet<OrgId>,
    suggested: usize,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(registry: &'a Registry, about: OrgType, recipe: &'a Recipe) -> Matcher<'a> {
        let scheme = recipe.code.as_ref().map_or("", |(_, scheme)| scheme.as_str());
        Matcher { registry, about, scheme, coded: registry.with_code(scheme).collect(), suggested: 0 }
    }

    /// Whom a row speaks of; `group` is the municipality whose row stands above it.
    pub(super) fn find(&mut self, said: &Said, group: Option<OrgId>) -> Whom {
        let own = [self.about];
        let stated = match self.municipality(&said.municipality) {
            Ok(stated) => stated,
            Err(whom) => return whom,
        };
        let by_code = self.registry.by_code(self.scheme, &said.code, &own);
        if let Match::One(org) = by_code
            && self.spelled(org, &said.name)
            && stated.is_none_or(|root| self.registry.is_within(org, root))
        {
            return Whom::One(org, None);
        }
        let by_name = self.by_name(said, stated, group);
        // A code that several share (a school and its branch) leaves the choice to the name; one that only looks like
        // several others, because of its zeros, is for people to decide.
        let shared = self.registry.has_code(self.scheme, &said.code);
        match (by_code, by_name) {
            (Match::None, Match::None) => self.other_level(said, stated),
            (Match::None, Match::One(org)) => self.without_code(org, said),
            (Match::None, Match::Doubtful(all)) => self.doubtful(said, all),
            (Match::One(org), by_name) => self.agreed(org, by_name, said, stated),
            (Match::Doubtful(all), Match::One(org)) if shared && all.contains(&org) => Whom::One(org, None),
            (Match::Doubtful(all), Match::Doubtful(named)) if shared => {
                let both: Vec<OrgId> = all.iter().filter(|org| named.contains(org)).copied().collect();
                match both[..] {
                    [org] => Whom::One(org, None),
                    _ => self.doubtful(said, all),
                }
            }
            (Match::Doubtful(mut all), by_name) => {
                all.extend(matches_of(by_name).into_iter().filter(|org| !all.contains(org)).collect::<Vec<_>>());
                self.doubtful(said, all)
            }
        }
    }

    fn municipality(&mut self, name: &str) -> Result<Option<OrgId>, Whom> {
        if name.is_empty() {
            return Ok(None);
        }
        match self.registry.by_name(name, None, &[OrgType::Municipality]) {
            Match::One(org) => Ok(Some(org)),
            Match::Doubtful(all) => {
                let words = Words::new("import.doubtful-municipality").with("name", name);
                Err(Whom::Nobody("doubtful", words, self.listed(&all)))
            }
            Match::None => {
                Err(Whom::Nobody("unknown-org", Words::new("import.unknown-municipality").with("name", name), None))
            }
        }
    }

    /// Whether an organisation is called so, letter by letter.
    fn spelled(&self, org: OrgId, name: &str) -> bool {
        let Some(org) = self.registry.get(org) else { return false };
        name.is_empty() || folded(name) == folded(&org.name) || folded(name) == folded(&org.short_name)
    }

    fn by_name(&self, said: &Said, stated: Option<OrgId>, group: Option<OrgId>) -> Match {
        if said.name.is_empty() {
            return Match::None;
        }
        let own = [self.about];
        if let Some(within) = stated.or(group) {
            let found = self.registry.by_name(&said.name, Some(within), &own);
            if found != Match::None || stated.is_some() {
                return found;
            }
            // Somebody elsewhere who is called so may be meant, or not: that is for people to decide.
            return match self.registry.by_name(&said.name, None, &own) {
                Match::One(org) => Match::Doubtful(vec![org]),
                other => other,
            };
        }
        self.registry.by_name(&said.name, None, &own)
    }

    /// The code says one organisation; the name has to agree.
    fn agreed(&mut self, org: OrgId, by_name: Match, said: &Said, stated: Option<OrgId>) -> Whom {
        let home = self.registry.above(org, OrgType::Municipality).map(|home| home.id);
        let elsewhere = stated.is_some_and(|root| !self.registry.is_within(org, root));
        let at_home = matches_of(self.registry.by_name(&said.name, home, &[self.about]));
        let named = matches_of(by_name);
        if !elsewhere && (named.contains(&org) || at_home.contains(&org)) {
            return Whom::One(org, None);
        }
        let other_level = self.registry.by_name(&said.name, None, &self.others());
        if elsewhere || !named.is_empty() || other_level != Match::None {
            let words = Words::new("import.disagree")
                .with("code", &said.code)
                .with("one", self.label(org))
                .with("name", if elsewhere { &said.municipality } else { &said.name });
            return Whom::Nobody("doubtful", words, None);
        }
        let words = Words::new("import.other-name").with("name", &said.name).with("known", self.label(org));
        Whom::One(org, Some(words))
    }

    /// The name says one organisation, and nobody has the code.
    fn without_code(&mut self, org: OrgId, said: &Said) -> Whom {
        if said.code.is_empty() || !self.coded.contains(&org) {
            return match self.other_by_code(said) {
                Some(other) => self.doubtful(said, vec![org, other]),
                None => Whom::One(org, None),
            };
        }
        let words = Words::new("import.other-code").with("code", &said.code).with("one", self.label(org));
        Whom::Nobody("doubtful", words, None)
    }

    fn others(&self) -> Vec<OrgType> {
        OrgType::ALL.into_iter().filter(|kind| *kind != self.about).collect()
    }

    fn other_by_code(&self, said: &Said) -> Option<OrgId> {
        match self.registry.by_code(self.scheme, &said.code, &self.others()) {
            Match::One(org) => Some(org),
            _ => None,
        }
    }

    /// No organisation of the form's type: perhaps one of another, whose figures are sums.
    fn other_level(&mut self, said: &Said, stated: Option<OrgId>) -> Whom {
        let by_name = match said.name.as_str() {
            "" => Match::None,
            name => self.registry.by_name(name, None, &self.others()),
        };
        match (self.other_by_code(said), by_name) {
            (Some(org), Match::None) if said.name.is_empty() => Whom::Other(org),
            (Some(org), Match::One(named)) if org == named => Whom::Other(org),
            (None, Match::One(org)) => Whom::Other(org),
            (Some(org), Match::None) => {
                let words = Words::new("import.disagree")
                    .with("code", &said.code)
                    .with("one", self.label(org))
                    .with("name", &said.name);
                Whom::Nobody("doubtful", words, self.nearest(&said.name, stated))
            }
            (Some(org), by_name) => {
                let all = matches_of(by_name).into_iter().chain([org]).collect();
                self.doubtful(said, all)
            }
            (None, Match::Doubtful(all)) => self.doubtful(said, all),
            (None, Match::None) => self.unknown(said, stated),
        }
    }

    fn unknown(&mut self, said: &Said, stated: Option<OrgId>) -> Whom {
        let words = match (said.code.is_empty(), said.name.is_empty()) {
            (true, true) => Words::new("import.no-org"),
            (false, true) => Words::new("import.unknown-code").with("code", &said.code),
            (true, false) => Words::new("import.unknown-name").with("name", &said.name),
            (false, false) => Words::new("import.unknown-org").with("code", &said.code).with("name", &said.name),
        };
        Whom::Nobody("unknown-org", words, self.nearest(&said.name, stated))
    }

    fn doubtful(&self, said: &Said, all: Vec<OrgId>) -> Whom {
        let parts: Vec<&str> =
            [&said.code, &said.name].into_iter().map(String::as_str).filter(|s| !s.is_empty()).collect();
        let words = Words::new("import.doubtful").with("said", parts.join(", "));
        Whom::Nobody("doubtful", words, self.listed(&all))
    }

    /// Organisations whose names are near.
    fn nearest(&mut self, name: &str, within: Option<OrgId>) -> Option<Words> {
        self.suggested += 1;
        if name.is_empty() || self.suggested > SUGGESTED {
            return None;
        }
        let near = self.registry.nearest(name, within, self.about);
        self.listed(&near)
    }

    /// Candidates with their codes and municipalities.
    fn listed(&self, all: &[OrgId]) -> Option<Words> {
        let labels: Vec<String> = all.iter().take(NAMED).map(|org| self.label(*org)).collect();
        (!labels.is_empty()).then(|| Words::new("import.candidates").with("orgs", labels.join("; ")))
    }

    fn label(&self, org: OrgId) -> String {
        let Some(org) = self.registry.get(org) else { return String::new() };
        let above = org.parent.and_then(|parent| self.registry.get(parent)).map(Org::label);
        let place = above.map(|above| format!(", {above}")).unwrap_or_default();
        format!("{} ({}{place})", org.label(), org.code)
    }
}

fn matches_of(found: Match) -> Vec<OrgId> {
    match found {
        Match::One(org) => vec![org],
        Match::Doubtful(all) => all,
        Match::None => Vec::new(),
    }
}

//! The territory as it was on a day: below whom everybody stood then, and who belongs to what is asked for.
//!
//! An organisation that moved later stands where it stood. One that had merged before the day stands where its successor
//! does, so that its old reports are counted in the territory that carries on its work.

pub mod store;

use std::collections::{HashMap, HashSet};

use crate::access::Scope;
use crate::ids::OrgId;

use super::Org;

/// Who belongs to what is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Members {
    /// What statements read by: it covers the members, perhaps among others.
    pub scope: Scope,
    /// The members; `None` where the scope says it all.
    only: Option<HashSet<OrgId>>,
}

impl Members {
    /// Whether an organisation that the scope covers is one.
    pub fn hold(&self, org: OrgId) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&org))
    }
}

/// Whose work is carried on by whom, and where they stand: for those that had closed before a day.
#[derive(Debug, Default)]
struct Merged {
    successors: HashMap<OrgId, Vec<OrgId>>,
    parents: HashMap<OrgId, Option<OrgId>>,
}

/// How many successors one after another are followed.
const GENERATIONS: usize = 16;

impl Merged {
    /// Where an organisation stands, or its successors do if they all stand in one place.
    fn place(&self, org: OrgId, moved: &HashMap<OrgId, Option<OrgId>>, left: usize) -> Option<OrgId> {
        let own = moved.get(&org).or_else(|| self.parents.get(&org)).copied().flatten();
        let Some(after) = self.successors.get(&org).filter(|_| left > 0) else { return own };
        let mut places = after.iter().map(|one| self.place(*one, moved, left - 1));
        let first = places.next().unwrap_or(own);
        if places.all(|place| place == first) { first } else { own }
    }
}

/// Those of a list that stand at or below one of some, by the parents in the list.
fn below(orgs: &[Org], tops: &HashSet<OrgId>) -> HashSet<OrgId> {
    let parents: HashMap<OrgId, Option<OrgId>> = orgs.iter().map(|org| (org.id, org.parent)).collect();
    let inside = |org: &Org| {
        let up = std::iter::successors(Some(org.id), |id| parents.get(id).copied().flatten());
        up.take(super::DEEPEST).any(|id| tops.contains(&id))
    };
    orgs.iter().filter(|org| inside(org)).map(|org| org.id).collect()
}

//! Reports that somebody filled in the place of the school that was asked: who it was, and whether the school has
//! confirmed it.

pub mod actions;
pub(super) mod store;

use jiff::Timestamp;

use crate::access::Role;
use crate::form::Respondent;
use crate::ids::RevisionId;

/// Who did something, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    /// The login of their account, or what stands for one.
    pub login: String,
    /// How people call the holder of the account, if there is one.
    pub name: Option<String>,
    /// As what; nothing where that was not written down.
    pub role: Option<Role>,
}

/// The roles that act in the place of a school.
pub(super) const STAND_INS: [Role; 3] = [Role::Administrator, Role::Department, Role::Methodist];

impl Doer {
    /// Whether they acted in the place of a school that is asked.
    pub fn stands_in(&self, by: Respondent) -> bool {
        by == Respondent::School && self.role.is_some_and(|role| STAND_INS.contains(&role))
    }
}

/// What stands in a report that somebody sent in the place of the school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behalf {
    /// The sent revision.
    pub revision: RevisionId,
    /// Who sent it.
    pub doer: Doer,
    /// When.
    pub at: Timestamp,
    /// Who has confirmed it, and when.
    pub confirmed: Option<Confirmed>,
}

/// That somebody of the school has confirmed what was sent in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub doer: Doer,
}

//! Groups: named sets of organisations across the tree, which narrow figures as a territory does.

pub mod actions;
pub(in crate::org) mod store;

use crate::ids::{GroupId, OrgId};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its key.
    pub id: GroupId,
    /// Its name, which no other group has.
    pub name: String,
    /// What it is for.
    pub note: String,
    /// Whose it is: who has rights at or above this organisation may change it; `None` is the whole registry's.
    pub root: Option<OrgId>,
    /// How many members it has, those below them not counted.
    pub members: usize,
}

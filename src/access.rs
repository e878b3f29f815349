//! Who acts, and what they may see and do. Actions ask here; pages and commands never do.

use jiff::civil::Date;

use crate::error::{Error, Result};
use crate::ids::{GroupId, OrgId};
use crate::lang::Words;

/// Who acts. Until there are accounts there is one: the local operator of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    name: String,
    role: Role,
    language: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The person at the machine that holds the data file: may do everything, everywhere.
    Operator,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Change the registry of organisations.
    ManageOrgs,
    /// Publish form versions.
    PublishForms,
    /// See reports and figures.
    Read,
    /// Fill and send a report.
    Fill,
    /// Import workbooks and take imports back.
    Import,
    /// Download workbooks of figures.
    Export,
    /// Copy the data file and see what copies there are.
    Backup,
}

/// The subtree of organisations that an actor may see, and what of it is asked for. A listing cannot be asked for without
/// one. What may be seen follows today's tree; what is asked for, the tree of its day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    root: Option<OrgId>,
    /// The territory that is asked for, inside what may be seen.
    within: Option<OrgId>,
    /// The group that is asked for.
    group: Option<GroupId>,
    /// The day whose tree the territory is taken from.
    day: Option<Date>,
}

impl Actor {
    /// The local operator.
    pub fn operator() -> Self {
        Actor { name: "operator".to_owned(), role: Role::Operator, language: None }
    }

    /// The same actor, who reads forms in a language where they are written in it.
    pub fn reading(self, language: &str) -> Self {
        Actor { language: Some(language.to_owned()), ..self }
    }

    /// The language that the actor reads forms in; each form's own where nothing is said.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// The name that goes into the history of a report.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks for a right.
    ///
    /// # Errors
    /// [`Error::Denied`] where the actor's role does not hold it.
    pub fn need(&self, right: Right) -> Result<()> {
        if self.role.holds(right) { Ok(()) } else { Err(Error::Denied(Words::new("access.denied"))) }
    }

    /// What the actor may see.
    pub fn scope(&self) -> Scope {
        match self.role {
            Role::Operator => Scope::default(),
        }
    }
}

impl Role {
    /// The table of rights: one row a role.
    fn holds(self, right: Right) -> bool {
        match (self, right) {
            (
                Role::Operator,
                Right::ManageOrgs
                | Right::PublishForms
                | Right::Read
                | Right::Fill
                | Right::Import
                | Right::Export
                | Right::Backup,
            ) => true,
        }
    }
}

impl Scope {
    /// The organisation at the top of what is asked for; `None` is the whole registry.
    pub fn root(&self) -> Option<OrgId> {
        self.within.or(self.root)
    }

    /// All that may be seen, whatever is asked for.
    pub fn whole(&self) -> Scope {
        Scope { root: self.root, ..Scope::default() }
    }

    /// All that may be seen, in the tree of the same day.
    pub fn around(&self) -> Scope {
        Scope { day: self.day, ..self.whole() }
    }

    /// The whole registry, whoever asks: only for comparing an organisation with its peers, so that its place among them
    /// is the same for everyone. What is read by it is counted with and never shown.
    pub fn of_comparison() -> Scope {
        Scope::default()
    }

    /// The whole registry, whoever asks: a question after an organisation offers every name. Nothing else is read by it.
    pub fn of_names() -> Scope {
        Scope::default()
    }

    /// The same scope narrowed to a subtree; the caller has checked that the subtree lies inside.
    pub fn narrowed(&self, root: OrgId) -> Scope {
        Scope { within: Some(root), ..self.clone() }
    }

    /// The same scope narrowed to a group of organisations.
    pub fn of_group(&self, group: GroupId) -> Scope {
        Scope { group: Some(group), ..self.clone() }
    }

    /// The group that is asked for.
    pub fn group(&self) -> Option<GroupId> {
        self.group
    }

    /// The same scope in the tree as it was on a day.
    pub fn on(&self, day: Date) -> Scope {
        Scope { day: Some(day), ..self.clone() }
    }

    /// The day whose tree is asked for; `None` leaves it to what is asked: the last day of a period, or today.
    pub fn day(&self) -> Option<Date> {
        self.day
    }

    /// Whether less is asked for than may be seen.
    pub fn is_narrowed(&self) -> bool {
        self.within.is_some() || self.group.is_some()
    }

    /// The territory that is asked for, without a day or a group.
    pub fn within(&self) -> Option<OrgId> {
        self.within
    }

    /// Whether somebody with this scope may change an organisation that stands below these, itself first: those below
    /// the top of the scope, never the top itself.
    pub fn may_change(&self, upwards: &[OrgId]) -> bool {
        self.root.is_none_or(|root| upwards.iter().skip(1).any(|above| *above == root))
    }
}

//! Who acts, and what they may see and do. Actions ask here; pages and commands never do.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::error::{Error, Result};
use crate::ids::{AccountId, GroupId, LinkId, OrgId};
use crate::lang::Words;
use crate::period::Period;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    name: Arc<str>,
    account: Option<AccountId>,
    role: Role,
    scope: Scope,
    forms: Option<Arc<BTreeSet<String>>>,
    /// The rights that are left of those of the role, a bit each.
    left: u32,
    errand: Option<Arc<Errand>>,
    language: Option<String>,
    address: Arc<str>,
}

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)?) => {
        /// What somebody is here.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role { $($(#[$doc])* $variant),* }

        impl Role {
            /// Every role.
            pub const ALL: &[Role] = &[$(Role::$variant),*];

            /// The word in the data file, JSON and on the command line.
            pub fn word(self) -> &'static str {
                match self { $(Role::$variant => $word),* }
            }

            /// The role of a word.
            pub fn from_word(word: &str) -> Option<Role> {
                match word { $($word => Some(Role::$variant),)* _ => None }
            }
        }
    };
}

roles! {
    /// Keeps the whole system: organisations, accounts, forms, copies.
    Administrator = "administrator",
    /// A department of education: watches, accepts, downloads; keeps what is below it.
    Department = "department",
    /// A methodist: imports, checks, fills in for schools.
    Methodist = "methodist",
    /// Writes forms.
    Author = "author",
    /// A school: fills its own reports.
    School = "school",
    /// Looks and downloads.
    Viewer = "viewer",
    /// Whoever holds a personal link: fills one report of one school, and sees nothing else.
    Link = "link",
    /// The person at the machine that holds the data file, on the command line: may do everything, everywhere.
    Operator = "operator",
    /// Nobody has signed in.
    Nobody = "nobody",
}

macro_rules! rights {
    ($($(#[$doc:meta])* $variant:ident: $($role:ident)*;)*) => {
        /// What somebody wants to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Right { $($(#[$doc])* $variant),* }

        impl Right {
            /// Every right.
            pub const ALL: &[Right] = &[$(Right::$variant),*];

            /// The table of rights: the roles that hold each. The operator holds all.
            pub fn holders(self) -> &'static [Role] {
                match self { $(Right::$variant => &[$(Role::$role),*]),* }
            }

            /// Its place in a set of rights.
            fn bit(self) -> u32 {
                1 << (self as u32)
            }
        }
    };
}

rights! {
    /// One's own page: name, password, sessions.
    Own: Administrator Department Methodist Author School Viewer;
    /// See a report.
    Read: Administrator Department Methodist Author School Viewer Link;
    /// See a territory: its registry, who has answered, what the answers say together.
    Overview: Administrator Department Methodist Author School Viewer;
    /// Fill and send a report that schools are asked for.
    Fill: Administrator Department Methodist School Link;
    /// Fill what others than schools are asked for, and in the place of a school.
    FillFor: Administrator Department Methodist;
    /// Import workbooks and take imports back.
    Import: Administrator Department Methodist;
    /// Download workbooks of figures.
    Export: Administrator Department Methodist School Viewer;
    /// Write, try and publish forms.
    PublishForms: Administrator Author;
    /// Change the registry of organisations.
    ManageOrgs: Administrator Department;
    /// Make and close accounts below one's own, and personal links for schools there.
    ManageAccounts: Administrator Department Methodist;
    /// Copy the data file and see what copies there are.
    Backup: Administrator;
    /// Read the journal.
    Journal: Administrator;
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

/// No organisation has this key.
const NOWHERE: OrgId = OrgId(0);

/// What an account lets its holder do, see and fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// As what.
    pub role: Role,
    /// From which organisation down; `None` is the whole registry, for administrators alone.
    pub root: Option<OrgId>,
    /// Which forms, by id; `None` is all of them.
    pub forms: Option<Arc<BTreeSet<String>>>,
}

/// The one report that a personal link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// Whose.
    pub org: OrgId,
    /// By which form.
    pub form: String,
    /// For which period.
    pub period: Period,
}

/// What the name of the holder of a link begins with in the history of a report; its number follows. No login holds a
/// colon.
const BY_LINK: &str = "link:";

impl Actor {
    /// The local operator.
    pub fn operator() -> Self {
        Actor::of("operator", Role::Operator, Scope::default())
    }

    /// Somebody who has not signed in: sees nothing, may do nothing.
    pub fn nobody() -> Self {
        Actor::of("", Role::Nobody, Scope::below(NOWHERE))
    }

    /// The holder of an account, by the name that goes into the history of reports.
    pub fn holder(account: AccountId, name: &str, grant: &Grant) -> Self {
        let root = if grant.role == Role::Administrator { grant.root } else { grant.root.or(Some(NOWHERE)) };
        let actor = Actor::of(name, grant.role, Scope { root, ..Scope::default() });
        Actor { account: Some(account), forms: grant.forms.clone(), ..actor }
    }

    /// Whoever holds the personal link of a number: known by that number alone, and confined to its report.
    pub fn by_link(number: LinkId, errand: &Errand) -> Self {
        let actor =
            Actor::of(&format!("{BY_LINK}{number}"), Role::Link, Scope { root: Some(errand.org), ..Scope::default() });
        let forms = Arc::new(BTreeSet::from([errand.form.clone()]));
        Actor { forms: Some(forms), errand: Some(Arc::new(errand.clone())), ..actor }
    }

    fn of(name: &str, role: Role, scope: Scope) -> Self {
        Actor {
            name: name.into(),
            account: None,
            role,
            scope,
            forms: None,
            left: u32::MAX,
            errand: None,
            language: None,
            address: "".into(),
        }
    }

    /// The same actor with these rights at most: narrowing never gives a right, and what was taken away once does not
    /// come back.
    pub fn narrowed(self, rights: &[Right]) -> Self {
        let left = rights.iter().fold(0, |left, right| left | right.bit());
        Actor { left: self.left & left, ..self }
    }

    /// The same actor, who reads forms in a language where they are written in it.
    pub fn reading(self, language: &str) -> Self {
        Actor { language: Some(language.to_owned()), ..self }
    }

    /// The same actor, who comes from an address of the network.
    pub fn coming_from(self, address: &str) -> Self {
        Actor { address: address.into(), ..self }
    }

    /// The address that the actor comes from; nothing on the server's own machine.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The language that the actor reads forms in; each form's own where nothing is said.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// The name that goes into the history of a report: the login of an account.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account that acts, if one does.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// As what.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Asks for a right.
    ///
    /// # Errors
    /// [`Error::Stranger`] where nobody has signed in; [`Error::Denied`] where the actor's role does not hold it, or was
    /// narrowed to less.
    pub fn need(&self, right: Right) -> Result<()> {
        match self.role {
            _ if self.may(right) => Ok(()),
            Role::Nobody => Err(Error::Stranger),
            _ if self.role_holds(right) => Err(Error::Denied(Words::new("access.narrowed"))),
            _ => Err(Error::Denied(Words::new("access.denied"))),
        }
    }

    /// Whether the actor holds a right.
    pub fn may(&self, right: Right) -> bool {
        self.role_holds(right) && self.left & right.bit() != 0
    }

    fn role_holds(&self, right: Right) -> bool {
        self.role == Role::Operator || right.holders().contains(&self.role)
    }

    /// Whether a form, by its id, is one of the actor's.
    pub fn knows(&self, form: &str) -> bool {
        self.forms.as_ref().is_none_or(|forms| forms.contains(form))
    }

    /// Whether reports for a period are any of the actor's.
    pub fn knows_period(&self, period: Period) -> bool {
        self.errand.as_ref().is_none_or(|errand| errand.period == period)
    }

    /// The forms that the actor is confined to, by id; `None` is all of them.
    pub fn forms(&self) -> Option<&BTreeSet<String>> {
        self.forms.as_deref()
    }

    /// What the actor may see.
    pub fn scope(&self) -> Scope {
        self.scope.clone()
    }
}

/// The number of the link by which somebody acted whom a history calls so.
pub fn link_of(name: &str) -> Option<LinkId> {
    name.strip_prefix(BY_LINK)?.parse().ok().map(LinkId)
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

    /// An organisation and those below it, whoever asks: what a report about it compares with its subordinates' figures.
    pub fn of_subordinates(root: OrgId) -> Scope {
        Scope::below(root)
    }

    fn below(root: OrgId) -> Scope {
        Scope { root: Some(root), ..Scope::default() }
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

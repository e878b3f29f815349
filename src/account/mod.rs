//! Accounts: who may sign in, as what, over which part of the territory.

pub mod actions;
pub mod bulk;
pub mod guess;
mod password;
pub mod second;
mod secret;
pub mod session;
mod store;
pub mod token;

use jiff::{SignedDuration, Timestamp};

use crate::access::{Actor, Grant, Role};
use crate::error::{Fault, Place};
use crate::ids::AccountId;
use crate::lang::Words;

pub use password::{LONGEST, SHORTEST};
pub use secret::Secret;

/// How long a one-time link can be used.
pub const INVITED: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The most characters of a login and of a name.
const LONGEST_LOGIN: usize = 60;
const LONGEST_NAME: usize = 200;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its key.
    pub id: AccountId,
    /// What its holder types to sign in, and what histories call it.
    pub login: String,
    /// How people call its holder.
    pub name: String,
    /// What it may do, where, with which forms.
    pub grant: Grant,
    /// The address for letters, or nothing.
    pub email: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: String,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Whether its holder has chosen a password.
    pub ready: bool,
    /// Whether signing in takes a second step.
    pub second: bool,
}

impl Account {
    /// Who acts when its holder does.
    pub fn actor(&self) -> Actor {
        Actor::holder(self.id, &self.login, &self.grant)
    }
}

/// An account as somebody typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The login; it cannot be changed later.
    pub login: String,
    /// How people call its holder.
    pub name: String,
    /// The word of the role.
    pub role: String,
    /// The code of the organisation; nothing for the whole registry.
    pub org: String,
    /// The forms that it is confined to, by id; none for all of them.
    pub forms: Vec<String>,
    /// The address for letters, or nothing.
    pub email: String,
}

/// The login as it is kept: small letters, no spaces around it.
pub fn login(typed: &str) -> String {
    typed.trim().to_lowercase()
}

impl Wanted {
    /// What is wrong in it, by its own words alone.
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let login = login(&self.login);
        let plain = |c: char| c.is_alphanumeric() || ".-_@+".contains(c);
        if login.is_empty() {
            faults.push(fault("login", Words::new("account.no-login")));
        } else if login.chars().count() > LONGEST_LOGIN || !login.chars().all(plain) {
            faults.push(fault("login", Words::new("account.bad-login").with("most", LONGEST_LOGIN)));
        }
        match self.name.trim().chars().count() {
            0 => faults.push(fault("name", Words::new("account.no-name"))),
            n if n > LONGEST_NAME => {
                faults.push(fault("name", Words::new("account.long-name").with("most", LONGEST_NAME)))
            }
            _ => {}
        }
        if Role::from_word(&self.role).is_none_or(|role| !GIVEN.contains(&role)) {
            faults.push(fault("role", Words::new("account.no-role")));
        }
        if !self.email.trim().is_empty() && !looks_like_mail(self.email.trim()) {
            faults.push(fault("email", Words::new("account.bad-email")));
        }
        faults
    }
}

/// Roles that accounts have, from the one that may most.
pub const GIVEN: [Role; 6] =
    [Role::Administrator, Role::Department, Role::Methodist, Role::Author, Role::School, Role::Viewer];

/// The roles that somebody may give to others. Nobody gives a right that they do not hold.
pub fn may_give(role: Role) -> &'static [Role] {
    match role {
        Role::Operator | Role::Administrator => &GIVEN,
        Role::Department => &[Role::Department, Role::Methodist, Role::School, Role::Viewer],
        Role::Methodist => &[Role::School],
        Role::Author | Role::School | Role::Viewer | Role::Link | Role::Nobody => &[],
    }
}

/// A fault of a field.
fn fault(field: &str, words: Words) -> Fault {
    Fault::error(Place::Field(field.to_owned()), "account", words)
}

/// An address for letters is proved by a letter, not by a pattern: here only slips of typing are caught.
fn looks_like_mail(text: &str) -> bool {
    let parts = text.split_once('@');
    let whole = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@');
    text.len() <= 254 && parts.is_some_and(|(name, host)| whole(name) && whole(host))
}

#[cfg(test)]
mod tests;

//! Personal links: a school without an account fills one report by one.
//!
//! A link is for an organisation, a form and a period, for some time, and can be taken back. Whoever holds it is known
//! by its number alone.

pub mod actions;
mod store;

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::State;
use crate::access::{Actor, Errand};
use crate::account::Secret;
use crate::account::session;
use crate::form::Form;
use crate::ids::LinkId;
use crate::org::Org;

/// How long a link can be used unless whoever makes it says otherwise, in days.
pub const LASTS: i64 = 60;

/// The longest that a link can be used, in days.
pub const LONGEST: i64 = 400;

/// So many links are made at a time.
pub const MOST: usize = 1000;

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number.
    pub id: LinkId,
    /// What it lets its holder fill.
    pub errand: Errand,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom: the login.
    pub made_by: String,
    /// When it ends.
    pub ends_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// How many times somebody came in by it.
    pub uses: usize,
    /// When the last time was.
    pub used_at: Option<Timestamp>,
}

/// Whether a link can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    InForce,
    /// Its time is over.
    Over,
    /// It was taken back.
    Revoked,
}

impl Link {
    /// Whether it can be used at a moment.
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.revoked_at {
            Some(_) => Standing::Revoked,
            None if self.ends_at <= now => Standing::Over,
            None => Standing::InForce,
        }
    }

    /// The last day on which it can be used.
    pub fn last_day(&self) -> Date {
        (self.ends_at - SignedDuration::from_secs(1)).to_zoned(TimeZone::system()).date()
    }
}

/// A link that was just made. Its secret is nowhere else.
#[derive(Debug, Clone)]
pub struct Made {
    /// The link.
    pub link: Link,
    /// For whom.
    pub org: Org,
    /// What opens it.
    pub secret: Secret,
}

/// A school that a link can be made for.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The school.
    pub org: Org,
    /// How far its report is.
    pub state: State,
    /// Whether somebody can sign in for it.
    pub has_account: bool,
    /// The link that it has, unless that was taken back.
    pub link: Option<Link>,
}

/// A link in the list of those that somebody keeps.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The link.
    pub link: Link,
    /// For whom.
    pub org: Org,
    /// How far the report is.
    pub state: State,
}

/// What a link opens, told to whoever comes with it.
#[derive(Debug, Clone)]
pub struct Door {
    /// The link.
    pub link: Link,
    /// For whom.
    pub org: Org,
    /// What is filled, in the language of the reader.
    pub form: Arc<Form>,
    /// Who made the link.
    pub from: Contact,
}

/// Whom the holder of a link can ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// How people call them; empty where nobody knows.
    pub name: String,
    /// The address for letters, or nothing.
    pub email: String,
}

/// Somebody who came in by a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// By which.
    pub link: Link,
    /// For whom.
    pub org: Org,
    /// Which session it is: the hash of its secret.
    pub session: String,
    /// Who made the link.
    pub from: Contact,
}

impl Holder {
    /// Who acts when the holder does.
    pub fn actor(&self) -> Actor {
        Actor::by_link(self.link.id, &self.link.errand)
    }
}

/// What a browser gets when somebody came in by a link.
#[derive(Debug, Clone)]
pub struct Entered {
    /// What it opens.
    pub door: Door,
    /// The secret of the session.
    pub secret: Secret,
    /// How long the browser keeps it; nothing: until it is closed.
    pub keeps: Option<SignedDuration>,
}

/// How long somebody who came in by a link stays in, without doing anything.
fn idle(elsewhere: bool) -> SignedDuration {
    if elsewhere { session::IDLE_ELSEWHERE } else { session::IDLE }
}

#[cfg(test)]
mod tests;

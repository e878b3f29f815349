//! Sessions: who is signed in, in which browsers, for how long.

pub mod actions;
pub(super) mod store;

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use super::{Account, Secret};
use crate::access::Actor;

/// How long a session lasts without being used, in one's own browser.
pub const IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The same in somebody else's browser.
pub const IDLE_ELSEWHERE: SignedDuration = SignedDuration::from_hours(2);

/// When a session ends however much it is used.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);

/// That a session was used is written down this often.
const SEEN: SignedDuration = SignedDuration::from_mins(5);

/// The most letters of what a browser says of itself that are kept.
const AGENT: usize = 200;

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    /// The address.
    pub address: IpAddr,
    /// What the browser says of itself.
    pub agent: String,
    /// The secret by which the browser is known again, if it brought one.
    pub browser: Option<Secret>,
}

impl From {
    /// The holder of an account, who comes from here.
    pub(super) fn as_actor(&self, account: &Account) -> Actor {
        account.actor().coming_from(&self.address.to_string())
    }
}

/// Somebody who has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// As whom.
    pub account: Account,
    /// Which session it is: the hash of its secret.
    pub session: String,
}

/// What a browser gets when somebody has signed in.
#[derive(Debug, Clone)]
pub struct Entered {
    /// As whom.
    pub account: Account,
    /// The secret of the session.
    pub secret: Secret,
    /// How long the browser keeps it; nothing: until it is closed.
    pub keeps: Option<SignedDuration>,
    /// The secret by which the browser is known again.
    pub browser: Secret,
}

/// A session as its holder sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its secret.
    pub hash: String,
    /// Since when.
    pub made_at: Timestamp,
    /// When it was used last, to some minutes.
    pub seen_at: Timestamp,
    /// From which address it was made.
    pub address: String,
    /// What the browser says of itself.
    pub agent: String,
}

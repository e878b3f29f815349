//! Access keys: with one a program acts for an account, and never does more than the account may.

pub mod actions;
pub(super) mod store;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use super::{Account, fault};
use crate::access::{Actor, Right};
use crate::error::Fault;
use crate::ids::TokenId;
use crate::lang::Words;

/// What every key begins with, so that people and programs that look for secrets in texts know one when they see it.
pub const MARK: &str = "svod_";

/// How long a key lasts, in days, as its maker may choose; 0 is until it is revoked.
pub const LASTS: [u16; 4] = [30, 90, 365, 0];

/// The most characters of a name.
const LONGEST_NAME: usize = 100;

/// The most keys of an account that can be used at the same time.
const MOST: usize = 20;

/// That a key was used is written down this often.
const SEEN: SignedDuration = SignedDuration::from_mins(5);

/// How long keys that open nothing stay in the list.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

macro_rules! reaches {
    ($($(#[$doc:meta])* $variant:ident = $word:literal: $($right:ident)*;)*) => {
        /// How far a key reaches: what is left of the rights of its account.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Reach { $($(#[$doc])* $variant),* }

        impl Reach {
            /// Every reach, from the narrowest.
            pub const ALL: &[Reach] = &[$(Reach::$variant),*];

            /// The word in the data file and JSON.
            pub fn word(self) -> &'static str {
                match self { $(Reach::$variant => $word),* }
            }

            /// The reach of a word.
            pub fn from_word(word: &str) -> Option<Reach> {
                match word { $($word => Some(Reach::$variant),)* _ => None }
            }

            /// The rights that a key with it may use, where its account holds them.
            pub fn rights(self) -> &'static [Right] {
                match self { $(Reach::$variant => &[$(Right::$right),*]),* }
            }
        }
    };
}

reaches! {
    /// Look and download.
    Read = "read": Read Overview Export;
    /// Fill and send reports too.
    Fill = "fill": Read Overview Export Fill FillFor;
    /// Import workbooks too.
    Import = "import": Read Overview Export Import;
    /// Everything that programs can be let do; passwords and keys themselves are for people alone.
    All = "all": Read Overview Export Fill FillFor Import PublishForms ManageOrgs ManageAccounts Backup;
}

/// A key as its holder sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its number.
    pub id: TokenId,
    /// What its holder calls it.
    pub name: String,
    /// How far it reaches.
    pub reach: Reach,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it can be used; nothing: until it is revoked.
    pub ends_at: Option<Timestamp>,
    /// When it was used last, to some minutes.
    pub seen_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Token {
    /// Whether it opens anything at a moment.
    pub fn works(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.ends_at.is_none_or(|ends| ends > now)
    }
}

/// Who came with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// For whom it acts.
    pub account: Account,
    /// The key.
    pub token: Token,
}

impl Bearer {
    /// Who acts: the holder of the account, narrowed to the reach of the key.
    pub fn actor(&self) -> Actor {
        self.account.actor().narrowed(self.token.reach.rights())
    }
}

/// A key as somebody asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What to call it.
    pub name: String,
    /// The word of its reach.
    pub reach: String,
    /// How many days it lasts, one of [`LASTS`].
    pub days: String,
}

impl Wanted {
    /// The reach and the days, or what is wrong.
    fn read(&self) -> Result<(Reach, u16), Vec<Fault>> {
        let mut faults = Vec::new();
        match self.name.trim().chars().count() {
            0 => faults.push(fault("name", Words::new("token.no-name"))),
            n if n > LONGEST_NAME => {
                faults.push(fault("name", Words::new("account.long-name").with("most", LONGEST_NAME)));
            }
            _ => {}
        }
        let reach = Reach::from_word(&self.reach);
        if reach.is_none() {
            faults.push(fault("reach", Words::new("token.no-reach")));
        }
        let days = self.days.parse().ok().filter(|days| LASTS.contains(days));
        if days.is_none() {
            faults.push(fault("days", Words::new("token.no-days")));
        }
        match (reach, days) {
            (Some(reach), Some(days)) if faults.is_empty() => Ok((reach, days)),
            _ => Err(faults),
        }
    }
}

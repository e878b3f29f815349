//! Accounts for many schools at once, each with a login made of its code and a one-time link.

pub mod actions;
mod store;

use jiff::Timestamp;

use super::{Account, LONGEST_LOGIN, Secret};
use crate::org::Org;

/// So many accounts are made at a time.
pub const MOST: usize = 1000;

/// What the logins of schools begin with.
const BEGINS: &str = "s-";

/// A school that an account can be made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The school.
    pub org: Org,
    /// The logins of its open accounts.
    pub logins: Vec<String>,
}

/// An account that was just made. Its secret is nowhere else.
#[derive(Debug, Clone)]
pub struct Made {
    /// The account.
    pub account: Account,
    /// For whom.
    pub org: Org,
    /// What opens its one-time link.
    pub secret: Secret,
    /// Until when the link can be used.
    pub ends_at: Timestamp,
}

/// What became of a wish for accounts.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Those that were made.
    pub made: Vec<Made>,
    /// Schools that have an account already.
    pub left_out: Vec<Candidate>,
}

/// The login of a school by its code; of several that would be the same the later ones are numbered.
fn login(code: &str, number: usize) -> String {
    let plain = |c: char| if c.is_alphanumeric() || ".-_".contains(c) { c } else { '-' };
    let tail = if number == 1 { String::new() } else { format!("-{number}") };
    let room = LONGEST_LOGIN - BEGINS.len() - tail.len();
    let code: String = code.trim().to_lowercase().chars().map(plain).take(room).collect();
    format!("{BEGINS}{code}{tail}")
}

#[cfg(test)]
mod tests {
    use super::login;

    #[test]
    fn a_login_is_the_code_of_the_school() {
        for (code, number, expected) in [
            ("260101", 1, "s-260101"),
            ("260101", 2, "s-260101-2"),
            ("Школа 7/а", 1, "s-школа-7-а"),
            (&"9".repeat(80), 12, &format!("s-{}-12", "9".repeat(55))),
        ] {
            assert_eq!(login(code, number), expected);
            assert!(login(code, number).chars().count() <= 60);
        }
    }
}

//! Checking the data file: everything that can be computed again is, and compared with what is stored.

pub mod actions;
mod store;

use crate::form::{Measure, Stored};
use crate::lang::Words;

/// What a check of the data file found.
#[derive(Debug, Clone, Default)]
pub struct Verified {
    /// How many reports count and were computed again.
    pub reports: usize,
    /// How many published versions of forms were read again.
    pub forms: usize,
    /// How many attached files were read again.
    pub files: usize,
    /// What is not as it should be.
    pub wrong: Vec<Words>,
}

/// The paths whose stored value is not the computed one.
fn different_values(stored: &[(String, Stored)], computed: &[(String, Stored)]) -> Vec<String> {
    let missing = computed.iter().filter(|one| !stored.iter().any(|other| same_value(one, other)));
    let stale = stored.iter().filter(|one| !computed.iter().any(|other| other.0 == one.0));
    let mut paths: Vec<String> = missing.chain(stale).map(|(path, _)| path.clone()).collect();
    paths.sort();
    paths.dedup();
    paths
}

fn same_value((path, value): &(String, Stored), (other_path, other): &(String, Stored)) -> bool {
    path == other_path
        && match (value, other) {
            (Stored::Number(a), Stored::Number(b)) => crate::text::round15(*a) == crate::text::round15(*b),
            (a, b) => a == b,
        }
}

/// The indicators whose stored parts are not the computed ones.
fn different_measures(stored: &[Measure], computed: &[Measure]) -> Vec<String> {
    let odd = |these: &[Measure], those: &[Measure]| -> Vec<String> {
        these.iter().filter(|one| !those.contains(one)).map(|one| one.indicator.clone()).collect()
    };
    let mut names = odd(stored, computed);
    names.extend(odd(computed, stored));
    names.sort();
    names.dedup();
    names
}

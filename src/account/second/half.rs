//! Who has typed the right password and not yet the code: for some minutes, in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::account::Secret;
use crate::error::Result;
use crate::ids::AccountId;

/// How long the code may be looked for.
const LASTS: SignedDuration = SignedDuration::from_mins(5);

/// So many wrong codes, and the password is asked for again.
const TRIES: u32 = 5;

/// How many wait at most.
const MOST: usize = 10_000;

#[derive(Debug, Clone, Copy)]
pub(in crate::account) struct Half {
    pub(in crate::account) account: AccountId,
    pub(in crate::account) elsewhere: bool,
    until: Timestamp,
    wrong: u32,
}

/// Those who wait. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub struct Halves(Arc<Mutex<HashMap<String, Half>>>);

impl Halves {
    /// Somebody has typed the right password; the secret comes back with the code.
    pub(in crate::account) fn begin(&self, account: AccountId, elsewhere: bool, now: Timestamp) -> Result<Secret> {
        let secret = Secret::new()?;
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        halves.retain(|_, half| half.until > now);
        if halves.len() >= MOST {
            halves.clear();
        }
        halves.insert(secret.hash(), Half { account, elsewhere, until: now + LASTS, wrong: 0 });
        Ok(secret)
    }

    /// Whose secret it is; each look counts as a wrong code until it is [`Halves::end`]ed.
    pub(in crate::account) fn take(&self, secret: &Secret, now: Timestamp) -> Option<Half> {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let half = halves.get_mut(&secret.hash()).filter(|half| half.until > now && half.wrong < TRIES)?;
        half.wrong += 1;
        Some(*half)
    }

    /// The code was right: the secret opens nothing any more. Of two who bring the same one is first.
    pub(in crate::account) fn end(&self, secret: &Secret) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&secret.hash()).is_some()
    }
}

//! The second step of signing in: a code of six digits that an authenticator app shows, by time (RFC 6238).

pub mod actions;
pub(super) mod half;
pub(super) mod store;

use jiff::Timestamp;
use totp_rs::{Builder, Secret as Shared, Totp};

use crate::error::{Error, Result};

pub use half::Halves;

/// What apps call us.
const ISSUER: &str = "Svod";

/// The secret that an app shares with us, as people type it: Base32.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// A new one.
    pub fn new() -> Key {
        Key(Shared::generate().to_base32())
    }

    /// The one that a page was made with; nothing where it is none.
    pub fn read(text: &str) -> Option<Key> {
        let shared = Shared::try_from_base32(text.trim()).ok().filter(|shared| shared.as_bytes().len() >= 20)?;
        Some(Key(shared.to_base32()))
    }

    /// The text to type into an app.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The text in groups of four, for reading.
    pub fn spelled(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }

    /// The address that a QR code tells an app.
    ///
    /// # Errors
    /// [`Error::Internal`] where the library refuses.
    pub fn address(&self, login: &str) -> Result<String> {
        self.codes(login)?.to_url().map_err(|why| Error::Internal(why.to_string()))
    }

    /// The step of time whose code was typed, if it is this one or a neighbour and comes after a step; digits may be
    /// typed in groups.
    pub(super) fn step(&self, code: &str, now: Timestamp, after: i64) -> Result<Option<i64>> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let step = self.codes(ISSUER)?.check(&digits, seconds).and_then(|step| i64::try_from(step).ok());
        Ok(step.filter(|step| *step > after))
    }

    fn codes(&self, login: &str) -> Result<Totp> {
        let broken = |why: &dyn std::fmt::Display| Error::Internal(why.to_string());
        let shared = Shared::try_from_base32(&self.0).map_err(|why| broken(&why))?;
        // A colon would part the name in the address.
        let name = login.replace(':', "_");
        let codes = Builder::new().with_secret(shared).with_account_name(name).with_issuer(Some(ISSUER));
        codes.build().map_err(|why| broken(&why))
    }

    /// The code of a moment, as an app would show it.
    #[cfg(test)]
    pub(super) fn code(&self, now: Timestamp) -> String {
        self.codes(ISSUER).unwrap().generate(u64::try_from(now.as_second()).unwrap()).to_string()
    }
}

impl Default for Key {
    fn default() -> Self {
        Key::new()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

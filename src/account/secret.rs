//! Secrets that people carry: in a cookie, in the address of a link. The data file knows their hashes only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// 256 bits that nobody can guess.
const BYTES: usize = 32;

/// A secret, as text that can stand in an address and in a cookie. It is shown to nobody but its bearer, and never
/// logged: its debug form hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// [`Error::Internal`] where the operating system has no randomness.
    pub fn new() -> Result<Secret> {
        let mut bytes = [0_u8; BYTES];
        getrandom::fill(&mut bytes).map_err(|why| Error::Internal(why.to_string()))?;
        Ok(Secret(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The secret that somebody brought; whether it opens anything is asked by its hash.
    pub fn brought(text: &str) -> Secret {
        Secret(text.to_owned())
    }

    /// The text to carry.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What the data file keeps of it. A secret has 256 bits of its own, so that a plain hash tells nothing.
    pub fn hash(&self) -> String {
        Sha256::digest(self.0.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

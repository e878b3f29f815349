//! Secrets that people carry: in a cookie, in the address of a link. The data file knows their hashes only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// 256 bits that nobody can guess.
const BYTES: usize = 32;

/// The letters of a code for paper: none of them looks like another (Crockford's Base32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// So many letters of a code for paper: 100 bits.
const CODE: usize = 20;

/// So many letters stand together on paper.
const GROUP: usize = 4;

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

    /// A new one that can be typed from paper.
    ///
    /// # Errors
    /// As [`Secret::new`].
    pub fn for_paper() -> Result<Secret> {
        let mut bytes = [0_u8; CODE];
        getrandom::fill(&mut bytes).map_err(|why| Error::Internal(why.to_string()))?;
        Ok(Secret(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()))
    }

    /// The secret that somebody brought; whether it opens anything is asked by its hash. A code from paper is taken
    /// however it was typed: in small letters, in groups, with Russian letters that look the same.
    pub fn brought(text: &str) -> Secret {
        let typed: Option<String> = text.chars().filter(|c| !is_gap(*c)).map(letter).collect();
        Secret(typed.filter(|code| code.len() == CODE).unwrap_or_else(|| text.trim().to_owned()))
    }

    /// The text in groups, for reading from paper.
    pub fn spelled(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
        groups.join("-")
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

/// What people put between groups of letters.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '—' | '−' | '.' | '_')
}

/// The letter of a code that somebody meant.
fn letter(typed: char) -> Option<char> {
    let meant = match typed.to_uppercase().next()? {
        'O' | 'О' => '0',
        'I' | 'L' => '1',
        'З' => '3',
        'А' => 'A',
        'В' => 'B',
        'С' => 'C',
        'Е' | 'Ё' => 'E',
        'Н' => 'H',
        'К' => 'K',
        'М' => 'M',
        'Р' => 'P',
        'Т' => 'T',
        'Х' => 'X',
        'У' => 'Y',
        other => other,
    };
    LETTERS.contains(&u8::try_from(meant).ok()?).then_some(meant)
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_from_paper_is_taken_however_it_was_typed() {
        let code = Secret::brought("7KQM2X9DAB0CTEHPY301");
        for typed in [
            "7KQM-2X9D-AB0C-TEHP-Y301",
            " 7kqm 2x9d ab0c tehp y301 ",
            "7кqм–2х9d–аво с–тенр–узо1",
            "7KQM2X9DABOCTEHPY3Ol",
        ] {
            assert_eq!(Secret::brought(typed).hash(), code.hash(), "{typed}");
        }
        let made = Secret::for_paper().unwrap();
        assert_eq!(made.text().len(), CODE);
        assert_eq!(Secret::brought(&made.spelled()), made);
        assert_ne!(Secret::for_paper().unwrap(), made);
    }

    #[test]
    fn a_secret_that_is_no_code_is_taken_as_it_is() {
        let made = Secret::new().unwrap();
        assert_eq!(Secret::brought(made.text()), made);
        assert_eq!(Secret::brought("7KQM-2X9D-AB0C-TEHP").text(), "7KQM-2X9D-AB0C-TEHP");
        assert_eq!(format!("{made:?}"), "Secret(…)");
    }
}

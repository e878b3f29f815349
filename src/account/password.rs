//! Passwords: what makes one good enough, how it is kept, how one that was typed is compared.
//!
//! There are no rules of the kind «a capital, a digit, a sign» (NIST SP 800-63B, 5.1.1.2): a password must be long
//! enough and not easy to guess, which is judged as attackers judge it, by lists of leaked ones.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

use super::fault;
use crate::error::{Error, Fault, Result};
use crate::lang::Words;

/// The fewest characters of a password.
pub const SHORTEST: usize = 10;

/// The most characters: more is a mistake, and costs time.
pub const LONGEST: usize = 200;

/// How many passwords are compared at the same moment: each takes 19 MiB.
static DESKS: Semaphore = Semaphore::const_new(2);

/// How many more may wait for it before newcomers are told to try again.
const QUEUE: usize = 64;
static WAITING: Semaphore = Semaphore::const_new(QUEUE);

/// What somebody who guesses for an account without a password, or without an account, is compared with: it takes as
/// long as a true one.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| hashed("nobody's password").ok());

/// What is wrong with a new password; `about` is what strangers know of its holder: login, name, organisation.
pub(super) fn faults(field: &str, password: &str, about: &[&str]) -> Vec<Fault> {
    let length = password.chars().count();
    if length < SHORTEST {
        return vec![fault(field, Words::new("account.short-password").with("n", SHORTEST))];
    }
    if length > LONGEST {
        return vec![fault(field, Words::new("account.long-password").with("n", LONGEST))];
    }
    // The same keys under the other layout are the same password to whoever guesses.
    let typed = [password.to_lowercase(), latin_keys(password), spelt(password)];
    let known: Vec<String> = about.iter().map(|text| text.to_lowercase()).chain(OURS.map(str::to_owned)).collect();
    let known: Vec<String> = known.iter().flat_map(|text| [text.clone(), latin_keys(text), spelt(text)]).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).filter(|text| text.len() > 2).collect();
    let weak = typed.iter().any(|typed| zxcvbn(typed, &known).score() < Score::Three);
    if weak { vec![fault(field, Words::new("account.weak-password"))] } else { Vec::new() }
}

/// Words that people here would take first; the rest is in the lists of leaked passwords.
const OURS: [&str; 14] = [
    "свод",
    "svod",
    "школа",
    "пароль",
    "привет",
    "любовь",
    "директор",
    "учитель",
    "методист",
    "администратор",
    "мониторинг",
    "отчет",
    "лицей",
    "гимназия",
];

/// A password with Cyrillic letters replaced by what the same keys give in the Latin layout.
fn latin_keys(text: &str) -> String {
    const CYRILLIC: &str = "йцукенгшщзхъфывапролджэячсмитьбюё";
    const LATIN: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
    let key = |c: char| CYRILLIC.chars().zip(LATIN.chars()).find(|(known, _)| *known == c).map_or(c, |(_, key)| key);
    text.to_lowercase().chars().map(key).collect()
}

/// A password with Cyrillic letters spelt in Latin ones: «пароль» is in the lists as «parol».
fn spelt(text: &str) -> String {
    const CYRILLIC: &str = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя";
    const LATIN: [&str; 33] = [
        "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f",
        "h", "c", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya",
    ];
    let letter = |c: char| CYRILLIC.chars().zip(LATIN).find(|(known, _)| *known == c).map(|(_, spelt)| spelt);
    text.to_lowercase().chars().map(|c| letter(c).map_or_else(|| c.to_string(), str::to_owned)).collect()
}

/// What is kept of a password: a PHC string of argon2id with 19 MiB and two passes (the least that OWASP advises), and
/// a salt of its own.
fn hashed(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|why| Error::Internal(why.to_string()))?.to_string())
}

fn matches(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
}

/// What is kept of a password.
///
/// # Errors
/// As [`right`].
pub(super) async fn kept(password: &str) -> Result<String> {
    let password = password.to_owned();
    at_a_desk(move || hashed(&password)).await?
}

/// Whether a password is the one that is kept; where none is, it takes as long and is not.
///
/// # Errors
/// [`Error::Data`] where too many people sign in at the same moment.
pub(super) async fn right(password: &str, kept: Option<String>) -> Result<bool> {
    let password: String = password.chars().take(LONGEST + 1).collect();
    at_a_desk(move || match (kept, NOBODYS.as_ref()) {
        (Some(kept), _) => matches(&password, &kept),
        (None, Some(nobodys)) => {
            matches(&password, nobodys);
            false
        }
        (None, None) => false,
    })
    .await
}

async fn at_a_desk<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let busy = || Error::Data(Words::new("account.crowd"));
    let _place = WAITING.try_acquire().map_err(|_| busy())?;
    let _desk = DESKS.acquire().await.map_err(|_| busy())?;
    tokio::task::spawn_blocking(work).await.map_err(|died| Error::Internal(died.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_must_be_long_and_hard_to_guess_and_nothing_else() {
        for (password, good) in [
            ("короткий", false),
            ("1234567890", false),
            ("пароль2025", false),
            ("gfhjkm2025", false),
            ("йцукенгшщз", false),
            ("qwertyuiop", false),
            ("Password123!", false),
            ("shkola5lesnaya", false),
            ("школалесная", false),
            ("северный кит пьёт чай", true),
            ("тихаяречкаи9сов", true),
            ("vT7#rq!90bxQ", true),
        ] {
            let faults = faults("password", password, &["shkola5", "МБОУ «Лесная СОШ»", "лесная"]);
            assert_eq!(faults.is_empty(), good, "{password}: {faults:?}");
        }
    }

    #[tokio::test]
    async fn what_is_kept_tells_the_right_password_from_others() {
        let kept = kept("северный кит пьёт чай").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(right("северный кит пьёт чай", Some(kept.clone())).await.unwrap());
        assert!(!right("северный кит пьет чай", Some(kept)).await.unwrap());
        assert!(!right("nobody's password", None).await.unwrap());
    }
}

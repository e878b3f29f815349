//! How guessing of passwords is slowed. A stranger who guesses makes only strangers wait: whoever comes from another
//! network, or with a browser in which the account has been opened before, has a count of their own.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::{fault, password};
use crate::error::{Error, Result};
use crate::lang::Words;

/// So many wrong passwords cost nothing.
const FREE: u32 = 5;

/// The wait after the first wrong password that costs something; each further one doubles it.
const FIRST: SignedDuration = SignedDuration::from_secs(5);

/// The longest wait.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// From one network as a whole, whatever the logins: so many wrong ones are free.
const FREE_NETWORK: u32 = 100;

/// After this time without a wrong password it is all forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// How many counts are kept; a flood from everywhere must not fill the memory.
const MOST: usize = 100_000;

/// Whose count it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Count {
    /// A login as it is tried from a network.
    From(String, Network),
    /// A login in a browser that knows it; by the hash of the browser's cookie.
    Known(String, String),
    /// Everything that comes from a network.
    All(Network),
}

/// The part of an address that one subscriber holds: /24 of IPv4, /48 of IPv6.
type Network = [u8; 6];

#[derive(Debug, Clone, Copy)]
struct Wrong {
    times: u32,
    last: Timestamp,
}

/// Wrong passwords of late. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub struct Guesses(Arc<Mutex<HashMap<Count, Wrong>>>);

/// Who tries.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The login.
    pub login: String,
    /// From where.
    pub address: IpAddr,
    /// The hash of the browser's cookie, where it knows the account.
    pub known: Option<String>,
}

impl Attempt {
    fn counts(&self) -> Vec<(Count, u32)> {
        let network = network(self.address);
        match &self.known {
            Some(browser) => vec![(Count::Known(self.login.clone(), browser.clone()), FREE)],
            None => vec![(Count::From(self.login.clone(), network), FREE), (Count::All(network), FREE_NETWORK)],
        }
    }
}

impl Guesses {
    /// How long this attempt must wait; nothing where it may go on.
    pub fn wait(&self, attempt: &Attempt, now: Timestamp) -> Option<SignedDuration> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = |(count, free): (Count, u32)| {
            let wrong = counts.get(&count)?;
            let left = pause(wrong.times.checked_sub(free)?) - now.duration_since(wrong.last);
            left.is_positive().then_some(left)
        };
        attempt.counts().into_iter().filter_map(left).max()
    }

    /// A password was wrong.
    pub fn wrong(&self, attempt: &Attempt, now: Timestamp) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST {
            counts.retain(|_, wrong| now.duration_since(wrong.last) < FORGOTTEN);
        }
        if counts.len() >= MOST {
            counts.retain(|_, wrong| wrong.times > 1);
        }
        for (count, _) in attempt.counts() {
            let wrong = counts.entry(count).or_insert(Wrong { times: 0, last: now });
            if now.duration_since(wrong.last) >= FORGOTTEN {
                wrong.times = 0;
            }
            *wrong = Wrong { times: wrong.times.saturating_add(1), last: now };
        }
    }

    /// The password was right: the holder's own slips are forgotten.
    pub fn right(&self, attempt: &Attempt) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (count, _) in attempt.counts() {
            match &count {
                // It was counted as wrong before it was compared.
                Count::All(_) => counts.entry(count).and_modify(|wrong| wrong.times = wrong.times.saturating_sub(1)),
                _ => {
                    counts.remove(&count);
                    continue;
                }
            };
        }
    }
}

/// Whether a typed password is the one that is kept; wrong ones are counted, and make later ones wait.
///
/// # Errors
/// [`Error::Faults`] at a field where there were too many wrong ones of late; [`Error::Data`] where too many people are
/// compared at the same moment.
pub(super) async fn compared(
    guesses: &Guesses,
    attempt: &Attempt,
    (field, typed, kept): (&str, &str, Option<String>),
    now: Timestamp,
) -> Result<bool> {
    if let Some(wait) = guesses.wait(attempt, now) {
        return Err(Error::fault(fault(field, wait_words(wait))));
    }
    // Counted before it is compared: many at the same moment must not all be free.
    guesses.wrong(attempt, now);
    let right = password::right(typed, kept).await?;
    if right {
        guesses.right(attempt);
    }
    Ok(right)
}

/// How long somebody has to wait, in words.
pub(super) fn wait_words(wait: SignedDuration) -> Words {
    match wait.as_secs() {
        seconds @ ..=90 => Words::new("account.wait-seconds").with("n", seconds.max(1)),
        seconds => Words::new("account.wait-minutes").with("n", seconds.div_euclid(60) + 1),
    }
}

/// The wait after so many wrong ones above the free ones.
fn pause(above: u32) -> SignedDuration {
    let doubled = 1_i32.checked_shl(above.min(16)).unwrap_or(i32::MAX);
    FIRST.checked_mul(doubled).map_or(LONGEST, |pause| pause.min(LONGEST))
}

fn network(address: IpAddr) -> Network {
    match address.to_canonical() {
        IpAddr::V4(four) => {
            let [a, b, c, _] = four.octets();
            [0, 0, 0, a, b, c]
        }
        IpAddr::V6(six) => {
            let [a, b, c, d, e, f, ..] = six.octets();
            [a, b, c, d, e, f]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    fn attempt(login: &str, address: &str, known: Option<&str>) -> Attempt {
        Attempt { login: login.to_owned(), address: address.parse().unwrap(), known: known.map(str::to_owned) }
    }

    #[test]
    fn guessing_is_slowed_more_and_more() {
        let (guesses, stranger) = (Guesses::default(), attempt("school", "203.0.113.7", None));
        let mut waits = Vec::new();
        for _ in 0..14 {
            guesses.wrong(&stranger, at(0));
            waits.push(guesses.wait(&stranger, at(0)).map_or(0, |wait| wait.as_secs()));
        }
        assert_eq!(waits, [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(guesses.wait(&stranger, at(899)).unwrap().as_secs(), 1);
        assert_eq!(guesses.wait(&stranger, at(900)), None, "it ends by itself");
    }

    #[test]
    fn a_stranger_locks_nobody_out() {
        let guesses = Guesses::default();
        let stranger = attempt("school", "203.0.113.7", None);
        (0..50).for_each(|_| guesses.wrong(&stranger, at(0)));
        assert!(guesses.wait(&attempt("school", "203.0.113.99", None), at(1)).is_some(), "the same network waits");
        assert_eq!(guesses.wait(&attempt("school", "198.51.100.1", None), at(1)), None, "another network does not");
        assert_eq!(guesses.wait(&attempt("school", "203.0.113.8", Some("b")), at(1)), None, "a known browser does not");
        assert_eq!(guesses.wait(&attempt("other", "203.0.113.7", None), at(1)), None, "nor another login yet");
        (0..60).for_each(|n| guesses.wrong(&attempt(&format!("login{n}"), "203.0.113.7", None), at(1)));
        assert!(guesses.wait(&attempt("other", "203.0.113.7", None), at(1)).is_some(), "but not a hundred logins");
    }

    #[test]
    fn a_flood_from_everywhere_fills_no_memory() {
        let guesses = Guesses::default();
        for n in 0..150_000_u32 {
            let address = std::net::Ipv4Addr::from(0x0b00_0000 + (n << 8)).to_string();
            guesses.wrong(&attempt(&n.to_string(), &address, None), at(0));
        }
        assert!(guesses.0.lock().unwrap().len() <= MOST + 2);
    }
}

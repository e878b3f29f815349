//! Chance by a fixed seed, how many rounds there are, and what is said of an input that fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The seed: every run is the same.
pub const SEED: u64 = 88_172_645_463_325_252;

/// How long one input may take; a busy machine is allowed for.
const ONE: Duration = Duration::from_secs(5);

/// A small generator of numbers (xorshift).
pub struct Dice(u64);

impl Dice {
    pub fn new() -> Dice {
        Dice(SEED)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }

    /// Whether something happens that happens once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn one_of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

/// How many rounds there are, and how long they go on at most, unless more are asked for.
#[derive(Clone, Copy)]
pub struct Usual {
    pub rounds: usize,
    pub seconds: u64,
}

/// How many rounds: as many as a test has by itself, or as `SVOD_ROUNDS` says.
fn rounds(usual: usize) -> usize {
    std::env::var("SVOD_ROUNDS").ok().and_then(|said| said.parse().ok()).unwrap_or(usual)
}

/// Tries inputs round by round; one that panics or takes too long is written out whole.
///
/// The input being tried is kept in a file, so that one that ends the process is found too.
pub fn each_round<I: AsRef<[u8]>>(test: &str, usual: Usual, mut make: impl FnMut(&mut Dice) -> I, try_it: impl Fn(&I)) {
    let (start, asked) = (Instant::now(), std::env::var_os("SVOD_ROUNDS").is_some());
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("mutation of {test}"));
    let mut dice = Dice::new();
    for round in 0..rounds(usual.rounds) {
        if start.elapsed() > Duration::from_secs(usual.seconds) && !asked {
            eprintln!("{test}: seed {SEED}, stopped after {round} rounds");
            break;
        }
        let input = make(&mut dice);
        std::fs::write(&file, &input).unwrap();
        let timed = || {
            let begun = Instant::now();
            let tried = catch_unwind(AssertUnwindSafe(|| try_it(&input)));
            (tried.is_err(), begun.elapsed())
        };
        let (mut failed, mut took) = timed();
        if took > ONE {
            // The machine may have been busy with something else.
            (failed, took) = timed();
        }
        if failed || took > ONE {
            panic!(
                "{test}: seed {SEED}, round {round}, {took:?}, input in {}:\n{}",
                file.display(),
                String::from_utf8_lossy(input.as_ref())
            );
        }
    }
    let _ = std::fs::remove_file(file);
}

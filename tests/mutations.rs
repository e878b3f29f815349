//! What people might send, damaged at random by a fixed seed: forms, expressions and spreadsheets are taken or refused, and
//! none ends the program or holds it up. `SVOD_ROUNDS=100000 cargo test --test mutations` tries more.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test that cannot go on should stop")]

#[path = "mutations/dice.rs"]
mod dice;
#[path = "mutations/language.rs"]
mod language;
#[path = "mutations/spreadsheets.rs"]
mod spreadsheets;

//! The API, asked as programs ask: who may what, what nobody learns, a report's life, imports, the document, a fuzzer.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

#[path = "common/district.rs"]
mod district;
#[path = "common/skip.rs"]
mod skip;

#[path = "api/document.rs"]
mod document;
#[path = "api/fuzz.rs"]
mod fuzz;
#[path = "api/imports.rs"]
mod imports;
#[path = "api/keys.rs"]
mod keys;
#[path = "api/reports.rs"]
mod reports;
#[path = "api/rights.rs"]
mod rights;
#[path = "api/world.rs"]
mod world;

//! Forms: a TOML file becomes a [`Form`], answers become a [`Filled`] report. Pure: no storage, no clock.

mod answers;
mod bind;
mod case;
mod classify;
mod fill;
pub mod grammar;
mod keys;
pub mod kind;
mod languages;
mod measure;
mod model;
mod peers;
mod places;
mod probe;
mod reach;
mod read;
mod recipe;
mod schema;
mod shape;
mod slots;
mod source;
mod walk;

pub use answers::{ABSENCES, Absence, Answers, absence, to_answer};
pub use case::{CaseResult, among, attributes, earlier, other, run_case};
pub use classify::{Reason, Verdict};
pub use fill::{Context, Filled, Measure, Stored, out_of_range};
pub use languages::{DEFAULT_LANGUAGE, TRANSLATABLE, is_language};
pub use model::*;
pub use peers::{Peers, Standing};
pub use reach::{Reach, check_others};
pub use read::{STRUCTURE, read, read_in};
pub use recipe::*;
pub use schema::{Describe, schema};
pub use shape::{filled_json, verdict_json};
pub use slots::{Slots, Values};
pub use walk::{Met, walk};

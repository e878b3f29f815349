//! Forms: a TOML file becomes a [`Form`], answers become a [`Filled`] report. Pure: no storage, no clock.

mod answers;
mod bind;
mod case;
mod classify;
mod fill;
pub mod kind;
mod measure;
mod model;
mod probe;
mod reach;
mod read;
mod shape;
mod slots;
mod source;

pub use answers::{ABSENCES, Absence, Answers, absence, to_answer};
pub use case::{CaseResult, attributes, earlier, loose, run_case};
pub use classify::{Reason, Verdict};
pub use fill::{Context, Filled, Measure, Stored, out_of_range};
pub use model::*;
pub use reach::{Reach, check_others};
pub use read::{STRUCTURE, read};
pub use shape::{filled_json, verdict_json};
pub use slots::{Slots, Values};

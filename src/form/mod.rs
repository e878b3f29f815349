//! Forms: a TOML file becomes a [`Form`], answers become a [`Filled`] report. Pure: no storage, no clock.

mod answers;
mod bind;
mod case;
mod classify;
mod copy;
mod evolution;
mod fill;
pub mod kind;
mod measure;
mod model;
mod peers;
mod places;
mod probe;
mod reach;
mod read;
mod recipe;
mod shape;
mod slots;
mod source;

pub use answers::{ABSENCES, Absence, Answers, absence, to_answer};
pub use case::{CaseResult, among, attributes, earlier, other, run_case};
pub use classify::{Reason, Verdict};
pub use copy::copy;
pub use evolution::{Change, Deed, Held, Outcome, Permit, Subject, evolution, losses};
pub use fill::{Context, Filled, Measure, Stored, out_of_range};
pub use model::*;
pub use peers::{Peers, Standing};
pub use reach::{Reach, check_others};
pub use read::{STRUCTURE, is_name, read};
pub use recipe::*;
pub use shape::{filled_json, verdict_json};
pub use slots::{Slots, Values};

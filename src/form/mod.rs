//! Forms: a TOML file becomes a [`Form`], answers become a [`Filled`] report. Pure: no storage, no clock.

mod answers;
mod bind;
mod browser;
mod case;
mod choices;
mod classify;
mod files;
mod fill;
pub mod kind;
mod measure;
mod model;
mod offer;
mod peers;
mod places;
mod probe;
mod range;
mod reach;
mod read;
mod recipe;
mod shape;
mod slots;
mod source;

pub use answers::{ABSENCES, Absence, Answers, absence, to_answer};
pub use case::{CaseResult, among, attributes, earlier, other, run_case};
pub use choices::{Choice, Choices, From as ChoicesFrom, LIMIT as CHOICES_LIMIT, Organisations};
pub use classify::{Reason, Verdict};
pub use files::{ListFile, list_files, with_list};
pub use fill::{Context, Filled, Measure, Stored};
pub use model::*;
pub use peers::{Peers, Standing};
pub use range::out_of_range;
pub use reach::{Reach, check_others};
pub use read::{STRUCTURE, read};
pub use recipe::*;
pub use shape::{filled_json, verdict_json};
pub use slots::{Slots, Values};

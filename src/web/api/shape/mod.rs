//! The shapes of what the API answers. What is not known is left out, never `null`, but for values of reports.

pub(super) mod figures;
pub(super) mod forms;
pub(super) mod imports;
pub(super) mod orgs;
pub(super) mod reports;

use jiff::Timestamp;
use poem_openapi::Object;

use crate::error::{self, Place};
use crate::lang::Lang;

/// Why something was refused (RFC 9457).
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct Problem {
    pub r#type: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    pub faults: Option<Vec<Fault>>,
    pub faults_total: Option<usize>,
    pub id: Option<String>,
}

/// Something wrong, and where.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct Fault {
    pub at: Option<String>,
    pub severity: String,
    pub code: String,
    pub name: Option<String>,
    pub message: String,
    pub hint: Option<String>,
}

impl Fault {
    pub(super) fn of(fault: &error::Fault, lang: Lang) -> Fault {
        let at = match &fault.at {
            Place::Whole => None,
            place => Some(place.to_string()).filter(|at| !at.is_empty()),
        };
        Fault {
            at,
            severity: fault.severity.name().to_owned(),
            code: fault.code.to_owned(),
            name: fault.name.clone(),
            message: fault.message.say(lang),
            hint: fault.hint.as_ref().map(|hint| hint.say(lang)),
        }
    }

    pub(super) fn all(faults: &[error::Fault], lang: Lang) -> Vec<Fault> {
        faults.iter().map(|fault| Fault::of(fault, lang)).collect()
    }
}

/// A moment as programs write it (RFC 3339), to the second.
pub(super) fn moment(at: Timestamp) -> String {
    let seconds = Timestamp::from_second(at.as_second()).unwrap_or(at);
    seconds.to_string()
}

/// A part of something long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub limit: usize,
    pub offset: usize,
}

impl Window {
    /// What was asked for; 100 from the start where nothing was.
    pub(super) fn of(limit: Option<u32>, offset: Option<u32>) -> Window {
        let wide = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Window { limit: limit.map_or(100, wide), offset: offset.map_or(0, wide) }
    }

    /// The part of a list.
    pub(super) fn of_list<T>(self, all: Vec<T>) -> Vec<T> {
        all.into_iter().skip(self.offset).take(self.limit).collect()
    }
}

//! `svod docs`: the reference of the form language as Markdown on standard output.

use std::io::Write;

use serde_json::json;

use super::{Outcome, say};
use crate::config::Config;
use crate::error::Result;
use crate::web;

pub(super) fn run(config: &Config) -> Result<Outcome> {
    let text = web::reference::markdown(config.lang);
    if config.json {
        say::json(&json!({ "reference": text }));
    } else {
        // A reader that went away is nobody's fault.
        let _ = write!(std::io::stdout(), "{text}");
    }
    Ok(Outcome::Done)
}

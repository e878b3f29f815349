//! `svod org import`: the registry of organisations from a workbook.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{Outcome, say, wait};
use crate::access::Actor;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::lang::Words;
use crate::org;
use crate::sheet;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add new organisations and update known ones by their codes; nothing is removed
    Import {
        /// The workbook
        file: PathBuf,
    },
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    let Command::Import { file } = &args.command;
    let book = sheet::read_file(file).map_err(Error::fault)?;
    let summary = wait(async {
        let db = Db::open(&config.data).await?;
        org::actions::import(&db, &Actor::operator(), &book).await
    })?;
    if config.json {
        let warnings: Vec<Json> = summary.warnings.iter().map(|fault| say::fault_json(fault, config.lang)).collect();
        let counts = (summary.added, summary.changed, summary.same);
        say::json(&json!({"added": counts.0, "changed": counts.1, "same": counts.2, "faults": warnings}));
        return Ok(Outcome::Done);
    }
    summary.warnings.iter().for_each(|fault| say::line(&say::fault_line(fault, config.lang)));
    let words = Words::new("import.orgs")
        .with("added", summary.added)
        .with("changed", summary.changed)
        .with("same", summary.same);
    say::line(&words.say(config.lang));
    Ok(Outcome::Done)
}

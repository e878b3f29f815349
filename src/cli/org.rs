//! `svod org import`: the registry of organisations from a workbook.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::eval::argument;
use super::{Outcome, say, wait};
use crate::access::Actor;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::OrgBatchId;
use crate::lang::Words;
use crate::org::batch::{self, Preview, Receipt};
use crate::org::record::Since;
use crate::org::{Cell, Missing, Summary, Wish};
use crate::sheet::{self, Book};
use crate::text;

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
        /// Show what would change, cell by cell, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// The day from which what differs holds; without it today. What held before is kept as history
        #[arg(long, value_name = "DATE")]
        since: Option<String>,
        /// What is stored was wrong: replace it and keep no history
        #[arg(long, conflicts_with = "since")]
        mistakes: bool,
    },
    /// Take a loaded table back: what it changed is as it was, what it added is gone
    Undo {
        /// The number of the load
        batch: i64,
    },
}

pub(super) fn run(config: &Config, args: &Args) -> Result<Outcome> {
    match &args.command {
        Command::Undo { batch } => undo(config, OrgBatchId(*batch)),
        Command::Import { file, dry_run, since, mistakes } => {
            let book = sheet::read_file(file).map_err(Error::fault)?;
            let wish = wish(since.as_deref(), *mistakes)?;
            if *dry_run { plan(config, &book, &wish) } else { import(config, &book, &wish) }
        }
    }
}

fn wish(since: Option<&str>, mistakes: bool) -> Result<Wish> {
    let since = match since {
        _ if mistakes => Some(Since::Always),
        Some(typed) => {
            let unread = || argument("--since", Words::new("org.bad-day").with("given", typed));
            Some(Since::Day(text::read_date(typed).ok_or_else(unread)?))
        }
        None => None,
    };
    let today = Wish::today();
    Ok(Wish { since: since.unwrap_or(today.since), ..today })
}

fn import(config: &Config, book: &Book, wish: &Wish) -> Result<Outcome> {
    let receipt = wait(async {
        let db = Db::open(&config.data).await?;
        batch::actions::apply(&db, &Actor::operator(), book, wish).await
    })?;
    let Receipt { batch, summary } = receipt;
    if config.json {
        let mut said = counts(config, &summary);
        said["batch"] = batch.map(|batch| batch.0).into();
        say::json(&said);
        return Ok(Outcome::Done);
    }
    summary.warnings.iter().for_each(|fault| say::line(&say::fault_line(fault, config.lang)));
    told(config, "import.orgs", &summary);
    if let Some(batch) = batch {
        say::line(&Words::new("import.orgs-undo").with("batch", batch.to_string()).say(config.lang));
    }
    Ok(Outcome::Done)
}

fn told(config: &Config, key: &'static str, summary: &Summary) {
    let words = Words::new(key).with("added", summary.added).with("changed", summary.changed);
    say::line(&words.with("same", summary.same).say(config.lang));
}

fn counts(config: &Config, summary: &Summary) -> Json {
    let warnings: Vec<Json> = summary.warnings.iter().map(|fault| say::fault_json(fault, config.lang)).collect();
    json!({"added": summary.added, "changed": summary.changed, "same": summary.same, "faults": warnings})
}

fn plan(config: &Config, book: &Book, wish: &Wish) -> Result<Outcome> {
    let preview = wait(async {
        let db = Db::open(&config.data).await?;
        batch::actions::plan(&db, &Actor::operator(), book, wish).await
    })?;
    if config.json {
        say::json(&planned(config, &preview));
        return Ok(Outcome::Done);
    }
    let lang = config.lang;
    let shown = |words: &Words| {
        let said = words.say(lang);
        if said.is_empty() { "—".to_owned() } else { said }
    };
    for (at, one) in &preview.added {
        let words = Words::new("import.orgs-new").with("at", at.to_string()).with("name", &one.name);
        say::line(&words.with("code", &one.code).say(lang));
    }
    for cell in &preview.cells {
        let words = Words::new("import.orgs-cell").with("at", cell.at.to_string()).with("name", &cell.org);
        let words =
            words.with("column", cell.column.clone()).with("old", shown(&cell.old)).with("new", shown(&cell.new));
        say::line(&words.say(lang));
    }
    for one in &preview.missing {
        say::line(&Words::new("import.orgs-missing").with("name", &one.name).with("code", &one.code).say(lang));
    }
    preview.summary.warnings.iter().for_each(|fault| say::line(&say::fault_line(fault, lang)));
    told(config, "import.orgs-plan", &preview.summary);
    say::line(&Words::new("import.dry").say(lang));
    Ok(Outcome::Done)
}

fn planned(config: &Config, preview: &Preview) -> Json {
    let lang = config.lang;
    let mut said = counts(config, &preview.summary);
    let org = |one: &Missing| json!({"code": one.code, "name": one.name});
    let cell = |cell: &Cell| {
        json!({"at": cell.at.to_string(), "org": cell.code, "column": cell.column.say(lang),
               "old": cell.old.say(lang), "new": cell.new.say(lang)})
    };
    said["cells"] = preview.cells.iter().map(cell).collect();
    said["new"] = preview
        .added
        .iter()
        .map(|(at, one)| json!({"at": at.to_string(), "code": one.code, "name": one.name}))
        .collect();
    said["missing"] = preview.missing.iter().map(org).collect();
    said["batch"] = Json::Null;
    said
}

fn undo(config: &Config, number: OrgBatchId) -> Result<Outcome> {
    let batch = wait(async {
        let db = Db::open(&config.data).await?;
        batch::actions::undo(&db, &Actor::operator(), number).await
    })?;
    if config.json {
        say::json(&json!({"batch": batch.id.0, "undone": true}));
    } else {
        let words = Words::new("import.orgs-undone").with("batch", batch.id.to_string());
        say::line(&words.with("file", &batch.file_name).say(config.lang));
    }
    Ok(Outcome::Done)
}

//! `svod backup`, `svod restore`, `svod verify`: the care of the data file.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{Outcome, say, wait};
use crate::access::Actor;
use crate::backup;
use crate::config::Config;
use crate::db::{Db, FILE};
use crate::error::{Error, Fault, Place, Result};
use crate::lang::Words;
use crate::report::verify::{Verified, actions::verify};

#[derive(Debug, clap::Args)]
pub(super) struct BackupArgs {
    /// The copy to write
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    /// The copy to take the data from
    file: PathBuf,
}

pub(super) fn backup(config: &Config, args: &BackupArgs) -> Result<Outcome> {
    if args.file.exists() {
        return Err(at_file(&args.file, Words::new("cli.backup-exists")));
    }
    existing(&config.data)?;
    wait(async {
        let db = Db::open(&config.data).await?;
        backup::actions::copy(&db, &Actor::operator(), &args.file).await?;
        db.close().await;
        Ok(())
    })?;
    said(config, Words::new("cli.backup-done").with("file", args.file.display().to_string()));
    Ok(Outcome::Done)
}

pub(super) fn check(config: &Config) -> Result<Outcome> {
    existing(&config.data)?;
    let verified = wait(async { verify(&Db::open(&config.data).await?, &Actor::operator()).await })?;
    if config.json {
        let wrong: Vec<String> = verified.wrong.iter().map(|words| words.say(config.lang)).collect();
        say::json(
            &json!({"reports": verified.reports, "forms": verified.forms, "files": verified.files, "wrong": wrong}),
        );
    } else {
        verified.wrong.iter().for_each(|words| say::line(&words.say(config.lang)));
        say::line(&summary(&verified).say(config.lang));
    }
    Ok(if verified.wrong.is_empty() { Outcome::Done } else { Outcome::Faults })
}

fn summary(verified: &Verified) -> Words {
    let words = match verified.wrong.len() {
        0 => Words::new("cli.verified"),
        n => Words::new("cli.verified-wrong").with("n", n),
    };
    words
        .with("reports", Words::new("cli.verified-reports").with("n", verified.reports))
        .with("forms", Words::new("cli.verified-forms").with("n", verified.forms))
}

/// Checks the copy first, keeps the former data file beside, and then puts the copy in its place.
pub(super) fn restore(config: &Config, args: &RestoreArgs) -> Result<Outcome> {
    let work = config.data.join("restore.tmp");
    let named = |path: &Path| {
        let path = path.display().to_string();
        move |source| Error::File { path, source }
    };
    std::fs::create_dir_all(&work).map_err(named(&work))?;
    let checked = checked_copy(&args.file, &work);
    let copy = match checked {
        Ok(copy) => copy,
        Err(error) => {
            let _ = std::fs::remove_dir_all(&work);
            return Err(error);
        }
    };
    let (current, kept) = (config.data.join(FILE), config.data.join(format!("{FILE}.before-{}", stamp())));
    let had = current.exists();
    if had {
        wait(async { Db::close_alone(&config.data).await })
            .map_err(|_| at_file(&current, Words::new("cli.restore-running")))?;
        std::fs::rename(&current, &kept).map_err(named(&current))?;
    }
    std::fs::rename(&copy, &current).map_err(named(&current))?;
    let _ = std::fs::remove_dir_all(&work);
    let words = if had { Words::new("cli.restored") } else { Words::new("cli.restored-new") };
    said(config, words.with("file", args.file.display().to_string()).with("kept", kept.display().to_string()));
    Ok(Outcome::Done)
}

/// A copy of the copy in a folder of its own, opened, brought up to date and verified.
fn checked_copy(file: &Path, work: &Path) -> Result<PathBuf> {
    let copy = work.join(FILE);
    std::fs::copy(file, &copy).map_err(|source| Error::File { path: file.display().to_string(), source })?;
    let verified = wait(async {
        let db = Db::open(work).await?;
        let verified = verify(&db, &Actor::operator()).await?;
        db.close().await;
        Ok(verified)
    })?;
    match verified.wrong.len() {
        0 => Ok(copy),
        n => Err(at_file(file, Words::new("cli.restore-broken").with("n", n))),
    }
}

fn stamp() -> String {
    Timestamp::now().strftime("%Y%m%d-%H%M%S").to_string()
}

fn existing(data: &Path) -> Result<()> {
    let file = data.join(FILE);
    if file.is_file() { Ok(()) } else { Err(at_file(&file, Words::new("cli.file-not-found"))) }
}

fn at_file(path: &Path, words: Words) -> Error {
    Error::fault(Fault::error(Place::File(path.display().to_string()), "file", words))
}

fn said(config: &Config, words: Words) {
    if config.json {
        say::json(&json!({"message": Json::from(words.say(config.lang))}));
    } else {
        say::line(&words.say(config.lang));
    }
}

//! Making copies: on request, every night, and which of them there are.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Zoned;
use jiff::civil::DateTime;

use super::{Copy, Failure, Keeper, kept, moment, name, store};
use crate::access::{Actor, Right};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::journal::{self, Deed};
use crate::lang::Words;

/// Room that a copy leaves on the disk for the data to grow, in bytes, besides a tenth of the data.
const SPARE: u64 = 64 << 20;

/// A start is not slowed down by the copy that it finds missing.
const AFTER_START: Duration = Duration::from_secs(2);

/// How often the clock is looked at; a machine that slept is noticed after this time.
const TICK: Duration = Duration::from_secs(30);

/// An unfinished copy that nobody has written to for this long was left by a program that died.
const ABANDONED: Duration = Duration::from_secs(3600);

/// How the copies stand.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The copies in the folder, the newest first.
    pub copies: Vec<Copy>,
    /// The last attempt, if it failed.
    pub failure: Option<Failure>,
    /// When the next one is made by itself; `None`: never.
    pub next: Option<DateTime>,
}

/// The copies that there are, and when the next one is made.
///
/// # Errors
/// [`Error::Denied`]. A folder that cannot be read is a failure of its own, told in what is returned.
pub fn standing(keeper: &Keeper, actor: &Actor) -> Result<Standing> {
    actor.need(Right::Backup)?;
    let (copies, unreadable) = match copies(keeper) {
        Ok(copies) => (copies, None),
        Err(error) => (Vec::new(), Some(failure(&error, now()))),
    };
    let next = keeper.next(copies.first().map(|copy| copy.at), now());
    let failure = keeper.seen().failure.clone().or(unreadable);
    Ok(Standing { copies, failure, next })
}

/// Makes a copy in the keeper's folder and lets old ones go; the copy is opened and checked first.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Data`] where there is no room, where a copy is being made already, or where the file
/// cannot be read; [`Error::File`] where the folder refuses. The copies that there were stay then.
pub async fn make(db: &Db, keeper: &Keeper, actor: &Actor) -> Result<Copy> {
    actor.need(Right::Backup)?;
    let Ok(_turn) = keeper.busy.try_lock() else { return Err(Error::Data(Words::new("care.running"))) };
    let at = now();
    let made = make_at(db, keeper, at).await;
    keeper.seen().failure = match &made {
        Ok(_) => None,
        Err(error) => {
            tracing::error!(%error, "the copy of the data file failed");
            Some(failure(error, at))
        }
    };
    let _ = copies(keeper);
    if made.is_ok() {
        journal::actions::taken(db, actor, Deed::CopyMade, "").await?;
    }
    made
}

fn failure(error: &Error, at: DateTime) -> Failure {
    let why = match error {
        Error::Data(words) => words.clone(),
        other => other.words(),
    };
    Failure { at, why }
}

async fn make_at(db: &Db, keeper: &Keeper, at: DateTime) -> Result<Copy> {
    let dir = keeper.dir();
    fs::create_dir_all(dir).map_err(refused(dir))?;
    sweep(dir);
    let path = dir.join(name(at));
    write(db, &path, SPARE + size(&db.file()) / 10).await?;
    let bytes = fs::metadata(&path).map_err(refused(&path))?.len();
    tracing::info!(bytes, path = %path.display(), "a copy of the data file");
    prune(&copies(keeper)?);
    Ok(Copy { path, at, bytes })
}

/// Writes a checked copy of the data file to a path of the actor's choice, while work goes on.
///
/// # Errors
/// As [`make`]; nothing is left at the path then.
pub async fn copy(db: &Db, actor: &Actor, to: &Path) -> Result<()> {
    actor.need(Right::Backup)?;
    write(db, to, 0).await?;
    journal::actions::taken(db, actor, Deed::CopyMade, "").await
}

/// When the last copy was made, as its name says; `None` where there is none or the folder cannot be read.
pub fn last(keeper: &Keeper) -> Option<DateTime> {
    copies(keeper).ok().and_then(|copies| copies.first().map(|copy| copy.at))
}

/// Makes a copy whenever one is due, until it is dropped.
pub async fn nightly(db: Db, keeper: Keeper, actor: Actor) {
    tokio::time::sleep(AFTER_START).await;
    loop {
        let last = last(&keeper);
        if keeper.next(last, now()).is_some_and(|next| next <= now()) {
            // What went wrong is in the log and on the page.
            let _ = make(&db, &keeper, &actor).await;
        }
        tokio::time::sleep(TICK).await;
    }
}

/// What the clock on the wall shows.
fn now() -> DateTime {
    Zoned::now().datetime()
}

/// The copies in the folder, the newest first.
fn copies(keeper: &Keeper) -> Result<Vec<Copy>> {
    let entries = match fs::read_dir(keeper.dir()) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(refused(keeper.dir())(error)),
    };
    let copy = |entry: fs::DirEntry| {
        let at = moment(entry.file_name().to_str()?)?;
        Some(Copy { path: entry.path(), at, bytes: entry.metadata().ok()?.len() })
    };
    let mut copies: Vec<Copy> = entries.filter_map(|entry| copy(entry.ok()?)).collect();
    copies.sort_by_key(|copy| std::cmp::Reverse(copy.at));
    keeper.seen().last = copies.first().map(|copy| copy.at);
    Ok(copies)
}

/// Lets go of the copies that need not be kept.
fn prune(copies: &[Copy]) {
    let kept = kept(&copies.iter().map(|copy| copy.at).collect::<Vec<_>>());
    for copy in copies.iter().filter(|copy| !kept.contains(&copy.at)) {
        if let Err(error) = fs::remove_file(&copy.path) {
            tracing::warn!(%error, path = %copy.path.display(), "an old copy stays");
        }
    }
}

/// Removes what programs that died have left unfinished.
fn sweep(dir: &Path) {
    let abandoned = |entry: &fs::DirEntry| {
        let unfinished =
            entry.file_name().to_str().is_some_and(|name| name.starts_with("svod-") && name.contains(PART));
        let touched = entry.metadata().and_then(|data| data.modified()).ok();
        unfinished && touched.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > ABANDONED)
    };
    for entry in fs::read_dir(dir).into_iter().flatten().flatten().filter(abandoned) {
        let _ = fs::remove_file(entry.path());
    }
}

/// What the name of an unfinished copy has at its end, before the number of the program.
const PART: &str = ".db.part-";

/// Writes a copy under a name of its own, checks it, makes it last and only then gives it its name.
async fn write(db: &Db, to: &Path, spare: u64) -> Result<()> {
    let folder = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    room(folder, size(&db.file()) + spare)?;
    let mut part = to.as_os_str().to_owned();
    part.push(format!("{}{}", PART.trim_start_matches(".db"), std::process::id()));
    let part = PathBuf::from(part);
    let written = write_part(db, &part, to).await;
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

async fn write_part(db: &Db, part: &Path, to: &Path) -> Result<()> {
    db.backup(part).await?;
    let faults = store::faults(part).await?;
    if !faults.is_empty() {
        return Err(Error::Data(Words::new("care.broken").with("detail", faults.join("; "))));
    }
    let (part, to) = (part.to_owned(), to.to_owned());
    let named = tokio::task::spawn_blocking(move || give_name(&part, &to).map_err(refused(&to))).await;
    named.map_err(|died| Error::Internal(died.to_string()))?
}

/// Waits until the copy is on the disk, names it, and waits for the name.
fn give_name(part: &Path, to: &Path) -> io::Result<()> {
    File::options().write(true).open(part)?.sync_all()?;
    fs::rename(part, to)?;
    // Not every system lets a folder be opened; the copy itself is safe by now.
    if let Some(Ok(folder)) = to.parent().map(File::open) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Whether there is room for so many bytes; a folder that does not say so is tried.
fn room(folder: &Path, need: u64) -> Result<()> {
    match fs4::available_space(folder) {
        Ok(free) if free < need => {
            Err(Error::Data(Words::new("care.no-room").with("need", size_words(need)).with("free", size_words(free))))
        }
        _ => Ok(()),
    }
}

/// The size of the data file with what is beside it, in bytes.
pub fn size(file: &Path) -> u64 {
    let beside = PathBuf::from(format!("{}-wal", file.display()));
    [file, &beside].iter().filter_map(|path| fs::metadata(path).ok()).map(|data| data.len()).sum()
}

/// A size as people read it.
pub fn size_words(bytes: u64) -> Words {
    let megabytes = bytes as f64 / f64::from(1 << 20);
    let places = i32::from(megabytes < 10.0);
    Words::new("care.megabytes").with("n", crate::text::round_half_away(megabytes.max(0.1), places))
}

fn refused(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.display().to_string();
    move |source| Error::File { path, source }
}

//! What people may do with files: send one for a question, and take one that a report names.

use std::time::Duration;

use jiff::Timestamp;

use super::store;
use super::{Handed, Sent, added, judge};
use crate::access::{Actor, Right};
use crate::db::{Conn, Db, Steps};
use crate::error::{Error, Fault, Place, Result};
use crate::form::attachment::Attachment;
use crate::form::{Form, filetypes};
use crate::journal::{self, Deed};
use crate::lang::Words;
use crate::report::changes::Change;
use crate::report::store::Standing;
use crate::report::{Key, actions as reports, may_fill};

/// How long the removal of what nothing names waits for the next time.
const BETWEEN: Duration = Duration::from_secs(60 * 60);

/// What became of the files that somebody sent.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// Those that are kept now, by the path of their question.
    pub kept: Vec<(String, Attachment)>,
    /// What is wrong with the others, at their questions.
    pub faults: Vec<Fault>,
}

/// Keeps files that somebody sends for the questions of a report. A file is kept before any answer names it, and waits
/// a day for one.
///
/// # Errors
/// As [`reports::open`]; what is wrong with a file is in the result.
pub async fn take(db: &Db, actor: &Actor, (key, form): (&Key, &Form), sent: Vec<Sent>) -> Result<Taken> {
    take_at(db, actor, (key, form), (sent, Timestamp::now())).await
}

pub(in crate::report) async fn take_at(
    db: &Db,
    actor: &Actor,
    (key, form): (&Key, &Form),
    (sent, now): (Vec<Sent>, Timestamp),
) -> Result<Taken> {
    may_fill(actor, key.by)?;
    let mut taken = Taken::default();
    let mut judged = Vec::new();
    for one in sent {
        let field = form.locate(&one.path).map(|(field, _)| &form.fields[field]).filter(|field| field.is_asked());
        let Some(accepts) = field.and_then(|field| field.accepts.as_ref()) else { continue };
        let path = one.path.clone();
        match judge(one, accepts) {
            Ok(file) => judged.push((path, file)),
            Err(words) => taken.faults.push(Fault::error(Place::Answer(path), "file", words)),
        }
    }
    if judged.is_empty() {
        return Ok(taken);
    }
    let mut tx = db.write_alone().await?;
    reports::of(&mut tx, actor, key).await?;
    let mut steps = Steps::default();
    store::sweep(&mut steps, now);
    for (path, file) in judged {
        taken.kept.push((path, file.file.clone()));
        store::keep(&mut steps, file, (actor.name(), now));
    }
    steps.run(&mut tx).await?;
    tx.commit().await?;
    Ok(taken)
}

/// A file that a report names, for whoever may see the report.
///
/// # Errors
/// [`Error::NotFound`] where the report names no such file, or as [`reports::open`].
pub async fn hand_out(db: &Db, actor: &Actor, key: &Key, (hash, name): (&str, &str)) -> Result<Handed> {
    actor.need(Right::Read)?;
    let mut read = db.read().await?;
    let report = reports::of(&mut read, actor, key).await?.report.map(|report| report.id);
    let found = store::bytes(&mut read, (report, actor.name()), (hash, name)).await?;
    let bytes = found.ok_or_else(|| Error::NotFound(Words::new("file.no-such")))?;
    drop(read);
    journal::actions::taken(db, actor, Deed::FileTaken, name).await?;
    let known = filetypes::find(&filetypes::ending(name));
    let media = known.map_or("application/octet-stream", |known| known.media);
    Ok(Handed { name: name.to_owned(), media, bytes })
}

/// Removes what was sent a day ago and is named by no report,
/// from time to time, until it is dropped.
pub async fn sweeping(db: Db, actor: Actor) {
    loop {
        if let Err(error) = sweep(&db, &actor).await {
            tracing::warn!(%error, "files that nothing names were not removed");
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Removes what was sent a day ago and is named by no report.
async fn sweep(db: &Db, actor: &Actor) -> Result<()> {
    sweep_at(db, actor, Timestamp::now()).await
}

pub(in crate::report) async fn sweep_at(db: &Db, actor: &Actor, now: Timestamp) -> Result<()> {
    actor.need(Right::Backup)?;
    let mut tx = db.write_alone().await?;
    let mut steps = Steps::default();
    store::sweep(&mut steps, now);
    steps.run(&mut tx).await?;
    tx.commit().await
}

/// Checks that every file which an act newly names is there and may be named.
///
/// # Errors
/// [`Error::Faults`] at the questions whose files are not.
pub(in crate::report) async fn check(
    conn: &mut Conn,
    form: &Form,
    (report, who): (Option<Standing>, &str),
    changes: &[Change],
) -> Result<()> {
    if !form.takes_files() {
        return Ok(());
    }
    let takes = |path: &str| form.locate(path).is_some_and(|(field, _)| form.fields[field].accepts.is_some());
    let mut faults = Vec::new();
    for (path, file) in added(changes).into_iter().filter(|(path, _)| takes(path)) {
        if !store::may_name(conn, (report.map(|report| report.id), who), &file).await? {
            let words = Words::new("file.gone").with("file", &file.name);
            faults.push(Fault::error(Place::Answer(path.to_owned()), "file", words));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Faults(faults)) }
}

//! Checking the data file.

use jiff::Timestamp;

use super::store::{self, CountingRow};
use super::{Verified, different_measures, different_values};
use crate::access::{Actor, Right};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::form::attachment::Attachment;
use crate::form::{self, Answers};
use crate::lang::Words;
use crate::period::Period;
use crate::report::actions::today;
use crate::report::compute::{self, About};
use crate::report::files::{self as report_files, store as stored_files};
use crate::report::{figures, store as reports, version};

/// Checks the whole data file: SQLite's own check, rows that point at nothing, the texts of forms against their
/// hashes, and every counting report computed again from its answers.
///
/// # Errors
/// [`crate::error::Error::Data`] where the file cannot be read at all; what is wrong inside is in the result.
pub async fn verify(db: &Db, actor: &Actor) -> Result<Verified> {
    actor.need(Right::Backup)?;
    let mut read = db.read().await?;
    let mut verified = Verified::default();
    let damaged = store::integrity(&mut read).await?;
    verified.wrong.extend(damaged.into_iter().map(|said| Words::new("verify.damaged").with("detail", said)));
    let dangling = store::dangling(&mut read).await?;
    verified.wrong.extend(dangling.into_iter().map(|said| Words::new("verify.dangling").with("detail", said)));
    versions(&mut read, &mut verified).await?;
    files(&mut read, &mut verified).await?;
    for row in store::counting(&mut read).await? {
        verified.reports += 1;
        report(&mut read, &row, &mut verified).await?;
    }
    Ok(verified)
}

async fn versions(conn: &mut Conn, verified: &mut Verified) -> Result<()> {
    for (hash, form_id, source) in store::versions(conn).await? {
        verified.forms += 1;
        let read = form::read(&source, &form_id);
        if !read.is_ok_and(|form| form.hash == hash && form.id == form_id) {
            verified.wrong.push(Words::new("verify.form").with("form", form_id).with("hash", hash));
        }
    }
    Ok(())
}

/// Checks that every file is what its hash says, and that the files which answers name are there.
async fn files(conn: &mut Conn, verified: &mut Verified) -> Result<()> {
    for hash in stored_files::hashes(conn).await? {
        verified.files += 1;
        if report_files::hash(&stored_files::all_of(conn, &hash).await?) != hash {
            verified.wrong.push(Words::new("verify.file").with("hash", hash));
        }
    }
    for (hash, form_id, source) in store::versions(conn).await? {
        let Some(form) = form::read(&source, &form_id).ok().filter(form::Form::takes_files) else { continue };
        for (revision, report, answers) in stored_files::answers_by(conn, &hash).await? {
            let answers: Answers = reports::document(&answers)?;
            for (path, file) in files_of(&form, &answers) {
                if !stored_files::is_named(conn, revision, &file).await? {
                    let words = Words::new("verify.no-file").with("report", &report).with("path", path);
                    verified.wrong.push(words.with("file", file.name));
                }
            }
        }
    }
    Ok(())
}

/// The files that answers to file questions name, by their paths.
fn files_of<'a>(form: &'a form::Form, answers: &'a Answers) -> impl Iterator<Item = (String, Attachment)> + 'a {
    let takes = |path: &str| form.locate(path).is_some_and(|(field, _)| form.fields[field].accepts.is_some());
    let file =
        move |(path, answer)| Some((path, Attachment::read(answer)?)).filter(|(path, _): &(&str, _)| takes(path));
    answers.iter().filter_map(file).map(|(path, file)| (path.to_owned(), file))
}

/// Computes one report again and compares.
async fn report(conn: &mut Conn, row: &CountingRow, verified: &mut Verified) -> Result<()> {
    let Some(period) = Period::from_id(&row.period) else {
        verified.wrong.push(Words::new("verify.period").with("period", &row.period));
        return Ok(());
    };
    let form = version::store::form(conn, &row.form_hash).await?;
    let at = About { period, wave: &row.wave, about: row.about() };
    let sent = Timestamp::from_millisecond(row.at).unwrap_or_else(|_| Timestamp::now());
    let context = compute::context(conn, &form, &at, today(sent)).await?;
    let answers = reports::revision(conn, row.revision()).await?.answers;
    let filled = form.fill(&answers, &context);
    let values = different_values(&figures::store::values(conn, row.report()).await?, &filled.stored());
    let measures = different_measures(&store::measures(conn, row.report()).await?, &filled.measures);
    let both = [(Words::new("verify.values"), values), (Words::new("verify.measures"), measures)];
    for (words, names) in both.into_iter().filter(|(_, names)| !names.is_empty()) {
        let words = words.with("form", &row.form_id).with("period", &row.period).with("org", &row.org);
        verified.wrong.push(words.with("names", names.join(", ")));
    }
    Ok(())
}

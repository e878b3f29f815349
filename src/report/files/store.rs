//! Attached files in the data file.

use jiff::Timestamp;

use super::Judged;
use crate::db::{Conn, Steps};
use crate::error::Result;
use crate::form::attachment::Attachment;
use crate::ids::{ReportId, RevisionId};

/// How long a file waits for a report that names it, in milliseconds.
const WAITS: i64 = 24 * 60 * 60 * 1000;

/// Keeps a file, and that somebody has sent it.
pub(super) fn keep(steps: &mut Steps, new: Judged, (who, at): (&str, Timestamp)) {
    let Judged { file, bytes } = new;
    steps
        .then("insert into file (hash, size, bytes, at, who) values (?, ?, ?, ?, ?) on conflict (hash) do nothing")
        .bind(file.hash.clone())
        .bind(i64::try_from(file.size).unwrap_or(i64::MAX))
        .bind(bytes)
        .bind(at.as_millisecond())
        .bind(who.to_owned());
    steps
        .then(
            "insert into file_upload (hash, name, who, at) values (?, ?, ?, ?)
             on conflict (hash, name, who) do update set at = excluded.at",
        )
        .bind(file.hash)
        .bind(file.name)
        .bind(who.to_owned())
        .bind(at.as_millisecond());
}

/// Lets go of what was sent a day ago and named by nothing.
pub(super) fn sweep(steps: &mut Steps, now: Timestamp) {
    steps.then("delete from file_upload where at < ?").bind(now.as_millisecond() - WAITS);
    steps.then(
        "delete from file where not exists (select 1 from file_use where file_use.hash = file.hash)
             and not exists (select 1 from file_upload where file_upload.hash = file.hash)",
    );
}

/// Writes down which files an act names: those that its author has sent, or that the report has named before. Any other
/// text that looks like a file refers to nothing.
pub(in crate::report) fn refer(
    steps: &mut Steps,
    (revision, report): (RevisionId, ReportId),
    (who, files): (&str, Vec<Attachment>),
) {
    for file in files {
        steps
            .then(
                "insert into file_use (revision_id, hash, name)
                 select ?, hash, ? from file where hash = ? and size = ? and (
                     exists (select 1 from file_upload as sent
                             where sent.hash = file.hash and sent.name = ? and sent.who = ?)
                     or exists (select 1 from file_use as other join revision on revision.id = other.revision_id
                                where other.hash = file.hash and other.name = ? and revision.report_id = ?))
                 on conflict do nothing",
            )
            .bind(revision.0)
            .bind(file.name.clone())
            .bind(file.hash)
            .bind(i64::try_from(file.size).unwrap_or(i64::MAX))
            .bind(file.name.clone())
            .bind(who.to_owned())
            .bind(file.name)
            .bind(report.0);
    }
}

/// Forgets the files that an act named and names no more.
pub(in crate::report) fn keep_only(steps: &mut Steps, revision: RevisionId, files: &[Attachment]) {
    steps.then("delete from file_use where revision_id = ?").bind(revision.0);
    for file in files {
        steps.more(" and not (hash = ? and name = ?)").bind(file.hash.clone()).bind(file.name.clone());
    }
}

/// Whether somebody may put a file into a report: they have sent it, or the report has named it before.
pub(in crate::report) async fn may_name(
    conn: &mut Conn,
    (report, who): (Option<ReportId>, &str),
    file: &Attachment,
) -> Result<bool> {
    let (may,): (bool,) = sqlx::query_as(
        "select exists (select 1 from file where hash = $1 and size = $2 and (
             exists (select 1 from file_upload as sent where sent.hash = $1 and sent.name = $3 and sent.who = $4)
             or exists (select 1 from file_use as other join revision on revision.id = other.revision_id
                        where other.hash = $1 and other.name = $3 and revision.report_id = $5)))",
    )
    .bind(&file.hash)
    .bind(i64::try_from(file.size).unwrap_or(i64::MAX))
    .bind(&file.name)
    .bind(who)
    .bind(report.map(|report| report.0))
    .fetch_one(conn)
    .await?;
    Ok(may)
}

/// The bytes of a file that a report names, or that somebody has just sent for it.
pub(super) async fn bytes(
    conn: &mut Conn,
    (report, who): (Option<ReportId>, &str),
    (hash, name): (&str, &str),
) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> = sqlx::query_as(
        "select bytes from file where hash = $1 and (
             exists (select 1 from file_use as other join revision on revision.id = other.revision_id
                     where other.hash = $1 and other.name = $2 and revision.report_id = $3)
             or exists (select 1 from file_upload as sent where sent.hash = $1 and sent.name = $2 and sent.who = $4))",
    )
    .bind(hash)
    .bind(name)
    .bind(report.map(|report| report.0))
    .bind(who)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(bytes,)| bytes))
}

/// The hash of every file, in order.
pub(in crate::report) async fn hashes(conn: &mut Conn) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sqlx::query_as("select hash from file order by hash").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}

/// The bytes of a file, whoever names it: only for checking the data file.
pub(in crate::report) async fn all_of(conn: &mut Conn, hash: &str) -> Result<Vec<u8>> {
    let (bytes,): (Vec<u8>,) =
        sqlx::query_as("select bytes from file where hash = $1").bind(hash).fetch_one(conn).await?;
    Ok(bytes)
}

/// The whole answers of every act by a version of a form that holds any: report's key for people, revision, answers.
pub(in crate::report) async fn answers_by(conn: &mut Conn, form_hash: &str) -> Result<Vec<(i64, String, String)>> {
    let rows = sqlx::query_as(
        "select revision.id, form_id || ' ' || period || ' ' || org.code, answers
         from revision join report on report.id = report_id join org on org.id = about_id
         where form_hash = $1 and answers is not null order by revision.id",
    );
    Ok(rows.bind(form_hash).fetch_all(conn).await?)
}

/// Whether an act is written down as naming a file.
pub(in crate::report) async fn is_named(conn: &mut Conn, revision: i64, file: &Attachment) -> Result<bool> {
    let (named,): (bool,) = sqlx::query_as(
        "select exists (select 1 from file_use join file using (hash)
                        where revision_id = $1 and hash = $2 and name = $3 and size = $4)",
    )
    .bind(revision)
    .bind(&file.hash)
    .bind(&file.name)
    .bind(i64::try_from(file.size).unwrap_or(i64::MAX))
    .fetch_one(conn)
    .await?;
    Ok(named)
}

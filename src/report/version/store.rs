//! Published form versions in the data file.

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Origin, Publication, Version, known_form, learn_form, newest_known};
use crate::db::{Conn, Steps};
use crate::error::{Error, Result};
use crate::form::{Answers, Form};
use crate::report::store::{document, moment};

type Row = (String, i64, i64, String);

async fn version(conn: &mut Conn, (hash, number, at, who): Row) -> Result<Version> {
    let form = form(conn, &hash).await?;
    Ok(Version { form, number: u32::try_from(number).unwrap_or_default(), at: moment(at)?, who })
}

/// The newest version of a form.
///
/// # Errors
/// [`Error::Data`] where the data file refuses; [`Error::Internal`] where a published text cannot be read.
pub async fn newest(conn: &mut Conn, form: &str) -> Result<Option<Version>> {
    let row: Option<Row> = sqlx::query_as(
        "select hash, number, published_at, published_by from form_version
         where form_id = $1 order by number desc limit 1",
    )
    .bind(form)
    .fetch_optional(&mut *conn)
    .await?;
    match row {
        Some(row) => Ok(Some(version(conn, row).await?)),
        None => Ok(None),
    }
}

/// What is most likely the newest version of a form: it was when somebody looked last. Whoever goes on with it looks
/// again.
///
/// # Errors
/// As [`newest`].
pub async fn likely(conn: &mut Conn, form: &str) -> Result<Option<Arc<Form>>> {
    let known = newest_known().get(form).cloned();
    match known {
        Some(known) => Ok(Some(known)),
        None => Ok(newest(conn, form).await?.map(|version| version.form)),
    }
}

/// Remembers which version of a form is the newest, for [`likely`].
pub fn remember(version: &Version) {
    let mut known = newest_known();
    if known.get(&version.form.id).is_none_or(|form| form.hash != version.form.hash) {
        known.insert(version.form.id.clone(), version.form.clone());
    }
}

/// The newest versions of all forms, by id.
///
/// # Errors
/// As [`newest`].
pub async fn all_newest(conn: &mut Conn) -> Result<Vec<Version>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select hash, number, published_at, published_by from form_version as v
         where number = (select max(number) from form_version as other where other.form_id = v.form_id)
         order by form_id",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut versions = Vec::with_capacity(rows.len());
    for row in rows {
        versions.push(version(conn, row).await?);
    }
    Ok(versions)
}

/// A version by its hash.
///
/// # Errors
/// As [`newest`]; [`Error::Internal`] where there is none, because hashes come from reports.
pub async fn by_hash(conn: &mut Conn, hash: &str) -> Result<Version> {
    let row: Option<Row> =
        sqlx::query_as("select hash, number, published_at, published_by from form_version where hash = $1")
            .bind(hash)
            .fetch_optional(&mut *conn)
            .await?;
    version(conn, row.ok_or_else(|| Error::Internal(format!("no published form {hash}")))?).await
}

/// The form of a version; its text is read at most once.
///
/// # Errors
/// As [`by_hash`].
pub async fn form(conn: &mut Conn, hash: &str) -> Result<Arc<Form>> {
    if let Some(form) = known_form(hash) {
        return Ok(form);
    }
    let row: Option<(String,)> =
        sqlx::query_as("select source from form_version where hash = $1").bind(hash).fetch_optional(conn).await?;
    let (source,) = row.ok_or_else(|| Error::Internal(format!("no published form {hash}")))?;
    learn_form(hash, &source)
}

/// The forms of all versions, the newest of each id first, once some steps are done that have no rows.
///
/// # Errors
/// As [`newest`]; what the steps say.
pub async fn all_forms_after(mut steps: Steps, conn: &mut Conn) -> Result<Vec<Arc<Form>>> {
    steps.then("select hash from form_version order by form_id, number desc");
    let mut forms = Vec::new();
    for row in steps.rows(&mut *conn).await? {
        forms.push(form(conn, row.try_get(0)?).await?);
    }
    Ok(forms)
}

/// Makes a version the newest of its form; an old text that is published again takes the next number.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn publish(conn: &mut Conn, form: &Form, (who, origin): (&str, Origin), at: Timestamp) -> Result<u32> {
    let (number,): (i64,) = sqlx::query_as(
        "insert into form_version (hash, form_id, number, title, source, published_at, published_by, origin)
         values ($1, $2, (select coalesce(max(number), 0) + 1 from form_version where form_id = $2), $3, $4, $5, $6, $7)
         on conflict (hash) do update set
             number = excluded.number, published_at = excluded.published_at, published_by = excluded.published_by,
             origin = excluded.origin
         returning number",
    )
    .bind(&form.hash)
    .bind(&form.id)
    .bind(&form.title)
    .bind(&form.source)
    .bind(at.as_millisecond())
    .bind(who)
    .bind(origin.word())
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query(
        "insert into form_publication (form_id, number, hash, at, who, origin) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&form.id)
    .bind(number)
    .bind(&form.hash)
    .bind(at.as_millisecond())
    .bind(who)
    .bind(origin.word())
    .execute(conn)
    .await?;
    Ok(u32::try_from(number).unwrap_or_default())
}

/// The file holds what was published on the page: from now on the file leads.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn agree(conn: &mut Conn, hash: &str) -> Result<()> {
    sqlx::query("update form_version set origin = 'file' where hash = $1").bind(hash).execute(conn).await?;
    Ok(())
}

/// Where the newest version of a form came from.
///
/// # Errors
/// As [`newest`].
pub(super) async fn origin(conn: &mut Conn, hash: &str) -> Result<Origin> {
    let row: (String,) =
        sqlx::query_as("select origin from form_version where hash = $1").bind(hash).fetch_one(conn).await?;
    Ok(Origin::from_word(&row.0))
}

/// Every publication of a form, the newest first.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn publications(conn: &mut Conn, form: &str) -> Result<Vec<Publication>> {
    let rows: Vec<(i64, String, i64, String, String)> = sqlx::query_as(
        "select number, hash, at, who, origin from form_publication where form_id = $1 order by number desc",
    )
    .bind(form)
    .fetch_all(conn)
    .await?;
    let each = rows.into_iter().map(|(number, hash, at, who, origin)| {
        let number = u32::try_from(number).unwrap_or_default();
        Ok(Publication { number, hash, at: moment(at)?, who, origin: Origin::from_word(&origin) })
    });
    each.collect()
}

/// The answers that some reports of a form hold: drafts, what was sent, what was accepted.
///
/// # Errors
/// [`Error::Data`] where the data file refuses; [`Error::Internal`] where something stored cannot be read.
pub(super) async fn held(conn: &mut Conn, form: &str, reports: &[i64]) -> Result<Vec<HeldRow>> {
    let (Some(first), Some(last)) = (reports.first(), reports.last()) else { return Ok(Vec::new()) };
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select report.by_kind, revision.answers
         from report join revision on revision.id in (report.draft_id, report.sent_id, report.accepted_id)
         where report.form_id = $1 and report.id between $2 and $3 and revision.answers is not null",
    )
    .bind(form)
    .bind(first)
    .bind(last)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|(by, answers)| Ok((by, document(&answers)?))).collect()
}

/// Who fills a report, and answers of it.
pub(super) type HeldRow = (String, Answers);

/// The reports of a form, by their keys, in order.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn reports(conn: &mut Conn, form: &str) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> =
        sqlx::query_as("select id from report where form_id = $1 order by id").bind(form).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// In how many reports and periods each form is used, and how many imports there were.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn uses(conn: &mut Conn) -> Result<Vec<(String, i64, i64, i64)>> {
    let rows = sqlx::query_as(
        "select form_id, sum(reports), sum(periods), sum(batches) from (
             select form_id, count(*) as reports, count(distinct period) as periods, 0 as batches
             from report where coalesce(draft_id, sent_id, accepted_id) is not null group by form_id
             union all
             select form_id, 0, 0, count(*) from batch where undone_at is null group by form_id)
         group by form_id order by form_id",
    );
    Ok(rows.fetch_all(conn).await?)
}

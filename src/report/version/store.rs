//! Published form versions in the data file.

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Version, known_form, learn_form, newest_known};
use crate::db::{Conn, Steps};
use crate::error::{Error, Result};
use crate::form::Form;
use crate::report::store::moment;

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
pub(super) async fn publish(conn: &mut Conn, form: &Form, who: &str, at: Timestamp) -> Result<u32> {
    let (number,): (i64,) = sqlx::query_as(
        "insert into form_version (hash, form_id, number, title, source, published_at, published_by)
         values ($1, $2, (select coalesce(max(number), 0) + 1 from form_version where form_id = $2), $3, $4, $5, $6)
         on conflict (hash) do update set
             number = excluded.number, published_at = excluded.published_at, published_by = excluded.published_by
         returning number",
    )
    .bind(&form.hash)
    .bind(&form.id)
    .bind(&form.title)
    .bind(&form.source)
    .bind(at.as_millisecond())
    .bind(who)
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(number).unwrap_or_default())
}

//! Loaded tables and acts on organisations in the data file.

use jiff::Timestamp;

use super::{Act, Batch};
use crate::db::{Conn, Steps};
use crate::error::{Error, Result};
use crate::ids::OrgBatchId;
use crate::org::plan::Summary;
use crate::org::record::Record;
use crate::org::record::store::Change;

/// How many acts are written by one step.
const STEP: usize = 200;

/// What is written of an act besides the organisation.
#[derive(Debug, Clone, Copy)]
pub(in crate::org) struct Deed<'a> {
    pub(in crate::org) act: &'static str,
    pub(in crate::org) at: Timestamp,
    pub(in crate::org) who: &'a str,
    pub(in crate::org) batch: Option<OrgBatchId>,
}

/// Adds a loaded table.
pub(in crate::org) async fn add(conn: &mut Conn, file: &str, deed: &Deed<'_>, summary: &Summary) -> Result<OrgBatchId> {
    let Summary { added, changed, same, closed, .. } = summary;
    let counts = serde_json::json!({"added": added, "changed": changed, "same": same, "closed": closed});
    let (id,): (i64,) =
        sqlx::query_as("insert into org_batch (file_name, who, at, counts) values ($1, $2, $3, $4) returning id")
            .bind(file)
            .bind(deed.who)
            .bind(deed.at.as_millisecond())
            .bind(counts.to_string())
            .fetch_one(conn)
            .await?;
    Ok(OrgBatchId(id))
}

/// Writes down what was done to organisations, and what else belongs to it.
pub(in crate::org) async fn log(
    conn: &mut Conn,
    deed: &Deed<'_>,
    changes: &[Change],
    detail: Option<&str>,
) -> Result<()> {
    for some in changes.chunks(STEP) {
        let mut steps = Steps::default();
        for change in some {
            let before = change.before.as_ref().map(document).transpose()?;
            row(&mut steps, deed, &change.after.code, (before, Some(change.after.seal())), detail.map(str::to_owned));
        }
        steps.run(conn).await?;
    }
    Ok(())
}

/// Writes down that an organisation is no longer there, with what belongs to that.
pub(in crate::org) async fn log_gone(
    conn: &mut Conn,
    deed: &Deed<'_>,
    gone: &Record,
    detail: Option<&str>,
) -> Result<()> {
    let mut steps = Steps::default();
    row(&mut steps, deed, &gone.code, (Some(document(gone)?), None), detail.map(str::to_owned));
    steps.run(conn).await
}

fn row(
    steps: &mut Steps,
    deed: &Deed<'_>,
    code: &str,
    (before, after): (Option<String>, Option<String>),
    detail: Option<String>,
) {
    steps.then(
        "insert into org_act (code, act, at, who, batch_id, before, after, detail) values (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    steps.bind(code.to_owned()).bind(deed.act).bind(deed.at.as_millisecond()).bind(deed.who.to_owned());
    steps.bind(deed.batch.map(|batch| batch.0)).bind(before).bind(after).bind(detail);
}

fn document(record: &Record) -> Result<String> {
    serde_json::to_string(record).map_err(|why| Error::Internal(why.to_string()))
}

type BatchRow = (i64, String, String, i64, Option<i64>, Option<String>, String);

/// The tables that were loaded, the latest first; only the one with a number, if one is given.
pub(in crate::org) async fn batches(conn: &mut Conn, id: Option<OrgBatchId>) -> Result<Vec<Batch>> {
    let rows: Vec<BatchRow> = sqlx::query_as(
        "select id, file_name, who, at, undone_at, undone_by, counts from org_batch where $1 is null or id = $1
         order by id desc",
    )
    .bind(id.map(|id| id.0))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(batch).collect()
}

fn batch((id, file_name, who, at, undone_at, undone_by, counts): BatchRow) -> Result<Batch> {
    let counts: serde_json::Value = serde_json::from_str(&counts).unwrap_or_default();
    let count = |name: &str| counts[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
    Ok(Batch {
        id: OrgBatchId(id),
        file_name,
        who,
        at: moment(at)?,
        undone: undone_at.map(moment).transpose()?.zip(undone_by),
        counts: ["added", "changed", "same", "closed"].map(count),
    })
}

fn moment(at: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(at).map_err(|why| Error::Internal(why.to_string()))
}

/// What a table did: the code, the record before it, the seal of the record after it.
pub(in crate::org) async fn of_batch(
    conn: &mut Conn,
    batch: OrgBatchId,
) -> Result<Vec<(String, Option<Record>, Option<String>)>> {
    let rows: Vec<(String, Option<String>, Option<String>)> =
        sqlx::query_as("select code, before, after from org_act where batch_id = $1 and act = 'import' order by id")
            .bind(batch.0)
            .fetch_all(conn)
            .await?;
    rows.into_iter()
        .map(|(code, before, after)| Ok((code, before.map(|text| read(&text)).transpose()?, after)))
        .collect()
}

fn read(text: &str) -> Result<Record> {
    serde_json::from_str(text).map_err(|why| Error::Internal(why.to_string()))
}

/// Marks a table as taken back.
pub(in crate::org) async fn undone(conn: &mut Conn, batch: OrgBatchId, deed: &Deed<'_>) -> Result<()> {
    sqlx::query("update org_batch set undone_at = $2, undone_by = $3 where id = $1")
        .bind(batch.0)
        .bind(deed.at.as_millisecond())
        .bind(deed.who)
        .execute(conn)
        .await?;
    Ok(())
}

type ActRow = (String, i64, String, Option<i64>, Option<String>, Option<String>);

/// What was done to an organisation, the latest first.
pub(in crate::org) async fn acts(conn: &mut Conn, code: &str) -> Result<Vec<Act>> {
    let rows: Vec<ActRow> = sqlx::query_as(
        "select act, at, who, batch_id, before, detail from org_act where code = $1 order by id desc limit 200",
    )
    .bind(code)
    .fetch_all(conn)
    .await?;
    let act = |(act, at, who, batch, before, detail): ActRow| {
        let before = before.map(|text| read(&text)).transpose()?;
        let detail = detail.and_then(|text| serde_json::from_str(&text).ok());
        Ok(Act { act, at: moment(at)?, who, batch: batch.map(OrgBatchId), before, changes: Vec::new(), detail })
    };
    rows.into_iter().map(act).collect()
}

//! What a check of the data file reads: SQLite's own word, and every report that counts.

use crate::db::Conn;
use crate::error::Result;
use crate::form::Measure;
use crate::ids::{OrgId, ReportId, RevisionId};

/// A report that counts, with what is needed to compute it again.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct CountingRow {
    report: i64,
    revision: i64,
    pub(super) form_hash: String,
    pub(super) form_id: String,
    pub(super) period: String,
    pub(super) wave: String,
    about: i64,
    pub(super) org: String,
    /// When the counting revision was made, in milliseconds.
    pub(super) at: i64,
}

impl CountingRow {
    pub(super) fn report(&self) -> ReportId {
        ReportId(self.report)
    }

    pub(super) fn revision(&self) -> RevisionId {
        RevisionId(self.revision)
    }

    pub(super) fn about(&self) -> OrgId {
        OrgId(self.about)
    }
}

/// Every report that counts.
pub(super) async fn counting(conn: &mut Conn) -> Result<Vec<CountingRow>> {
    let rows = sqlx::query_as(
        "select report.id as report, revision.id as revision, form_hash, form_id, period, wave, about_id as about,
                org.name as org, revision.at as at
         from report join revision on revision.id = coalesce(accepted_id, sent_id) join org on org.id = about_id
         order by report.id",
    );
    Ok(rows.fetch_all(conn).await?)
}

/// What is stored of a report's part in the indicators.
pub(super) async fn measures(conn: &mut Conn, report: ReportId) -> Result<Vec<Measure>> {
    let rows: Vec<(String, String, f64, Option<f64>)> =
        sqlx::query_as("select indicator, row, numerator, denominator from measure where report_id = $1")
            .bind(report.0)
            .fetch_all(conn)
            .await?;
    let measure = |(indicator, row, numerator, denominator)| Measure { indicator, row, numerator, denominator };
    Ok(rows.into_iter().map(measure).collect())
}

/// The hash and the text of every published version.
pub(super) async fn versions(conn: &mut Conn) -> Result<Vec<(String, String, String)>> {
    Ok(sqlx::query_as("select hash, form_id, source from form_version order by form_id, number")
        .fetch_all(conn)
        .await?)
}

/// What SQLite itself finds wrong with the file; nothing if it is sound.
pub(super) async fn integrity(conn: &mut Conn) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sqlx::query_as("pragma integrity_check").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(said,)| said).filter(|said| said != "ok").collect())
}

/// The tables with rows that point at nothing.
pub(super) async fn dangling(conn: &mut Conn) -> Result<Vec<String>> {
    let rows: Vec<(String, Option<i64>, String, i64)> =
        sqlx::query_as("pragma foreign_key_check").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(table, _, parent, _)| format!("{table} → {parent}")).collect())
}

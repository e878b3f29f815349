//! Reports that change hands.

use super::Moving;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{OrgId, ReportId};

/// A number that no report has by itself, for one that only keeps its history.
const ASIDE: i64 = 1_000_000;

type Row = (i64, String, String, String, bool, Option<i64>, Option<bool>);

/// The reports about or by an organisation, each with the one that another organisation has of the same thing.
pub(super) async fn reports(conn: &mut Conn, gone: OrgId, kept: OrgId) -> Result<Vec<Moving>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select mine.id, mine.form_id, mine.period, mine.wave, coalesce(mine.draft_id, mine.sent_id, mine.accepted_id) is null,
                other.id, coalesce(other.draft_id, other.sent_id, other.accepted_id) is null
         from report as mine left join report as other
              on other.form_id = mine.form_id and other.period = mine.period and other.wave = mine.wave
                 and other.by_kind = mine.by_kind and other.number = mine.number
                 and other.about_id = case when mine.about_id = $1 then $2 else mine.about_id end
                 and coalesce(other.by_id, 0) = case when mine.by_id = $1 then $2 else coalesce(mine.by_id, 0) end
                 and other.id <> mine.id
         where mine.about_id = $1 or mine.by_id = $1 order by mine.form_id, mine.period, mine.wave, mine.id",
    )
    .bind(gone.0)
    .bind(kept.0)
    .fetch_all(conn)
    .await?;
    let moving = |(id, form, period, wave, empty, other, other_empty): Row| Moving {
        id: ReportId(id),
        form,
        period,
        wave,
        empty,
        other: other.map(|other| (ReportId(other), other_empty.unwrap_or(true))),
    };
    Ok(rows.into_iter().map(moving).collect())
}

/// Gives a report another number, under which only its history is found.
pub(super) async fn set_aside(conn: &mut Conn, report: ReportId) -> Result<()> {
    sqlx::query("update report set number = $2 + id where id = $1").bind(report.0).bind(ASIDE).execute(conn).await?;
    Ok(())
}

/// Makes the reports of one organisation those of another.
pub(super) async fn hand_over(conn: &mut Conn, gone: OrgId, kept: OrgId) -> Result<()> {
    sqlx::query(
        "update report set about_id = case when about_id = $1 then $2 else about_id end,
                           by_id = case when by_id = $1 then $2 else by_id end
         where about_id = $1 or by_id = $1",
    )
    .bind(gone.0)
    .bind(kept.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// What counts of a report that has changed hands: its form's version and its wave.
pub(super) async fn counting(conn: &mut Conn, report: ReportId) -> Result<Option<(String, i64)>> {
    let row: Option<(String, i64)> = sqlx::query_as(
        "select form_hash, about_id from report join revision on revision.id = coalesce(accepted_id, sent_id)
         where report.id = $1",
    )
    .bind(report.0)
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

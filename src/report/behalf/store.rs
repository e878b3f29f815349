//! Who acted as what, and what was confirmed, in the data file.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::FromRow;

use super::{Behalf, Confirmed, Doer};
use crate::access::{Actor, Role};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{ReportId, RevisionId};
use crate::report::store::moment;

#[derive(FromRow)]
struct Row {
    id: i64,
    at: i64,
    who: String,
    role: String,
    name: Option<String>,
    confirmed_at: Option<i64>,
    confirmed_by: Option<String>,
    confirmed_as: Option<String>,
    confirmed_name: Option<String>,
}

impl Row {
    fn confirmed(&self) -> Result<Option<Confirmed>> {
        let Some(at) = self.confirmed_at else { return Ok(None) };
        let login = self.confirmed_by.clone().unwrap_or_default();
        let role = self.confirmed_as.as_deref().and_then(Role::from_word);
        Ok(Some(Confirmed { at: moment(at)?, doer: Doer { login, name: self.confirmed_name.clone(), role } }))
    }
}

/// The statement of acts with those who did and confirmed them.
macro_rules! acts {
    ($condition:literal) => {
        concat!(
            "select revision.id, revision.at, revision.who, revision.role, account.name,
                    confirmation.at as confirmed_at, confirmation.who as confirmed_by, confirmation.role as confirmed_as,
                    other.name as confirmed_name
             from revision left join account on account.login = revision.who
                  left join confirmation on confirmation.revision_id = revision.id
                  left join account as other on other.login = confirmation.who
             where ",
            $condition
        )
    };
}

/// What was sent last of a report.
pub(super) async fn sent(conn: &mut Conn, sent: RevisionId) -> Result<Option<Behalf>> {
    let row: Option<Row> = sqlx::query_as(acts!("revision.id = $1")).bind(sent.0).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let (at, confirmed) = (moment(row.at)?, row.confirmed()?);
    let doer = Doer { login: row.who, name: row.name, role: Role::from_word(&row.role) };
    Ok(Some(Behalf { revision: RevisionId(row.id), doer, at, confirmed }))
}

/// Who did each act on a report, and who confirmed it.
pub(in crate::report) async fn of_report(
    conn: &mut Conn,
    report: ReportId,
) -> Result<HashMap<RevisionId, (Doer, Option<Confirmed>)>> {
    let rows: Vec<Row> = sqlx::query_as(acts!("revision.report_id = $1")).bind(report.0).fetch_all(conn).await?;
    let one = |row: Row| {
        let confirmed = row.confirmed()?;
        let doer = Doer { login: row.who, name: row.name, role: Role::from_word(&row.role) };
        Ok((RevisionId(row.id), (doer, confirmed)))
    };
    rows.into_iter().map(one).collect()
}

/// Writes down that somebody has confirmed what was sent; once is enough.
pub(super) async fn confirm(conn: &mut Conn, revision: RevisionId, actor: &Actor, at: Timestamp) -> Result<()> {
    sqlx::query(
        "insert into confirmation (revision_id, at, who, role) values ($1, $2, $3, $4) on conflict (revision_id) do nothing",
    )
    .bind(revision.0)
    .bind(at.as_millisecond())
    .bind(actor.name())
    .bind(actor.role().word())
    .execute(conn)
    .await?;
    Ok(())
}

//! Who acted as what, and what was confirmed, in the data file.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sqlx::FromRow;

use super::{Behalf, Confirmed, Doer, STAND_INS};
use crate::access::{Actor, Role, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{OrgId, ReportId, RevisionId};
use crate::org::store::seen;
use crate::report::figures::Slice;
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

/// Whose sent reports of a slice somebody filled in the place of the school, which has not confirmed it yet. What was
/// imported is not waited for: whole years come that way.
pub(super) async fn unconfirmed(conn: &mut Conn, scope: &Scope, slice: &Slice) -> Result<HashSet<OrgId>> {
    let [one, two, three] = STAND_INS.map(Role::word);
    let rows: Vec<(i64,)> = sqlx::query_as(seen!(
        "select about_id from report join seen on seen.id = about_id join revision on revision.id = sent_id
              left join confirmation on confirmation.revision_id = sent_id
         where form_id = $2 and period = $3 and wave = $4 and by_kind = 'school' and confirmation.revision_id is null
           and act = 'send' and revision.role in ($5, $6, $7)"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(&slice.form.id)
    .bind(slice.period.id())
    .bind(&slice.wave)
    .bind(one)
    .bind(two)
    .bind(three)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(org,)| OrgId(org)).collect())
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

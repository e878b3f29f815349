//! Which schools can sign in, in the data file.

use jiff::Timestamp;

use crate::access::Scope;
use crate::account::store::moment;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{AccountId, OrgId};
use crate::org::store::seen;

/// The open accounts of schools that may be seen: the school, the login.
pub(super) async fn of_schools(conn: &mut Conn, scope: &Scope) -> Result<Vec<(OrgId, String)>> {
    let rows: Vec<(i64, String)> = sqlx::query_as(seen!(
        "select org_id, login from account join seen on seen.id = org_id
         where role = 'school' and closed_at is null order by login"
    ))
    .bind(scope.root().map(|root| root.0))
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(org, login)| (OrgId(org), login)).collect())
}

/// The account of a one-time link that can still be used, and until when.
pub(super) async fn invited(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<Option<(AccountId, Timestamp)>> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "select account_id, ends_at from invitation where hash = $1 and used_at is null and ends_at > $2",
    )
    .bind(hash)
    .bind(now.as_millisecond())
    .fetch_optional(conn)
    .await?;
    row.map(|(account, ends)| Ok((AccountId(account), moment(ends)?))).transpose()
}

//! Personal links and the sessions of their holders in the data file.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Contact, Holder, Link};
use crate::access::{Errand, Scope};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{LinkId, OrgId};
use crate::org::Org;
use crate::org::store::{of_columns, seen};
use crate::period::Period;
use crate::report::store::moment;

/// The columns of a link, in the order of [`read`].
macro_rules! columns {
    () => {
        "link.id, link.org_id, link.form_id, link.period, link.made_at, link.made_by, link.ends_at, link.revoked_at,
         link.uses, link.used_at"
    };
}

/// The columns of its organisation, behind those of a link.
macro_rules! org_columns {
    () => {
        "org.id, org.code, org.name, org.short_name, org.type, org.parent_id, org.valid_from, org.valid_to,
         org.reports, org.locality"
    };
}

/// Where the columns of the organisation begin.
const ORG: usize = 10;

/// Where what stands behind them begins.
const AFTER: usize = ORG + 10;

fn read(row: &SqliteRow) -> Result<Link> {
    let (id, period): (i64, &str) = (row.try_get(0)?, row.try_get(3)?);
    let unreadable = || Error::Internal(format!("link {id}: period {period:?} is stored"));
    let period = Period::from_id(period).ok_or_else(unreadable)?;
    let at = |ms: Option<i64>| ms.map(moment).transpose();
    Ok(Link {
        id: LinkId(id),
        errand: Errand { org: OrgId(row.try_get(1)?), form: row.try_get(2)?, period },
        made_at: moment(row.try_get(4)?)?,
        made_by: row.try_get(5)?,
        ends_at: moment(row.try_get(6)?)?,
        revoked_at: at(row.try_get(7)?)?,
        uses: usize::try_from(row.try_get::<i64, _>(8)?).unwrap_or_default(),
        used_at: at(row.try_get(9)?)?,
    })
}

fn with_org(row: &SqliteRow) -> Result<(Link, Org)> {
    let link = read(row)?;
    let org = of_columns(row, ORG)?.ok_or_else(|| Error::Internal(format!("link {}: no organisation", link.id)))?;
    Ok((link, org))
}

/// Writes a link down; the one before it must be taken back already.
pub(super) async fn make(
    conn: &mut Conn,
    (hash, errand): (&str, &Errand),
    (by, now, ends): (&str, Timestamp, Timestamp),
) -> Result<LinkId> {
    let (id,): (i64,) = sqlx::query_as(
        "insert into link (hash, org_id, form_id, period, made_at, made_by, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning id",
    )
    .bind(hash)
    .bind(errand.org.0)
    .bind(&errand.form)
    .bind(errand.period.id())
    .bind(now.as_millisecond())
    .bind(by)
    .bind(ends.as_millisecond())
    .fetch_one(conn)
    .await?;
    Ok(LinkId(id))
}

/// Takes back the link to a report that could be used, if there is one.
pub(super) async fn replace(conn: &mut Conn, errand: &Errand, (by, now): (&str, Timestamp)) -> Result<bool> {
    let done = sqlx::query(
        "update link set revoked_at = $4, revoked_by = $5
         where form_id = $1 and period = $2 and org_id = $3 and revoked_at is null",
    )
    .bind(&errand.form)
    .bind(errand.period.id())
    .bind(errand.org.0)
    .bind(now.as_millisecond())
    .bind(by)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes a link back.
pub(super) async fn revoke(conn: &mut Conn, id: LinkId, (by, now): (&str, Timestamp)) -> Result<()> {
    sqlx::query("update link set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null")
        .bind(id.0)
        .bind(now.as_millisecond())
        .bind(by)
        .execute(conn)
        .await?;
    Ok(())
}

/// Lets a link that was not taken back end at another moment.
pub(super) async fn prolong(conn: &mut Conn, id: LinkId, ends: Timestamp) -> Result<()> {
    sqlx::query("update link set ends_at = $2 where id = $1 and revoked_at is null")
        .bind(id.0)
        .bind(ends.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// The links to reports of a form and a period, of organisations that may be seen, the newest first.
pub(super) async fn all(conn: &mut Conn, scope: &Scope, (form, period): (&str, Period)) -> Result<Vec<(Link, Org)>> {
    let rows = sqlx::query(concat!(
        seen!("select "),
        columns!(),
        ", ",
        org_columns!(),
        " from link join org on org.id = link.org_id join seen on seen.id = org.id
          where link.form_id = $2 and link.period = $3 order by link.id desc"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(form)
    .bind(period.id())
    .fetch_all(conn)
    .await?;
    rows.iter().map(with_org).collect()
}

/// The periods for which there are links to reports of a form, with how many of them can be used.
pub(super) async fn periods(
    conn: &mut Conn,
    scope: &Scope,
    (form, now): (&str, Timestamp),
) -> Result<Vec<(Period, usize)>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(seen!(
        "select period, sum(revoked_at is null and ends_at > $3) from link join seen on seen.id = org_id
         where form_id = $2 group by period"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(form)
    .bind(now.as_millisecond())
    .fetch_all(conn)
    .await?;
    let one = |(id, live): (String, i64)| Some((Period::from_id(&id)?, usize::try_from(live).unwrap_or_default()));
    Ok(rows.into_iter().filter_map(one).collect())
}

/// The link of a secret, its organisation, and who made it.
pub(super) async fn by_hash(conn: &mut Conn, hash: &str) -> Result<Option<(Link, Org, Contact)>> {
    let row = sqlx::query(concat!(
        "select ",
        columns!(),
        ", ",
        org_columns!(),
        ", account.name, account.email
          from link join org on org.id = link.org_id left join account on account.login = link.made_by
          where link.hash = $1"
    ))
    .bind(hash)
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let (link, org) = with_org(&row)?;
        Ok((link, org, contact(&row)?))
    })
    .transpose()
}

fn contact(row: &SqliteRow) -> Result<Contact> {
    let text = |at| Ok::<String, Error>(row.try_get::<Option<String>, _>(at)?.unwrap_or_default());
    Ok(Contact { name: text(AFTER)?, email: text(AFTER + 1)? })
}

/// Begins a session of the holder of a link, and counts that the link was used.
pub(super) async fn enter(
    conn: &mut Conn,
    id: LinkId,
    (hash, now, idle): (&str, Timestamp, SignedDuration),
) -> Result<()> {
    sqlx::query("delete from link_session where seen_at + idle_ms <= $1")
        .bind(now.as_millisecond())
        .execute(&mut *conn)
        .await?;
    sqlx::query("insert into link_session (hash, link_id, made_at, seen_at, idle_ms) values ($1, $2, $3, $3, $4)")
        .bind(hash)
        .bind(id.0)
        .bind(now.as_millisecond())
        .bind(i64::try_from(idle.as_millis()).unwrap_or(i64::MAX))
        .execute(&mut *conn)
        .await?;
    sqlx::query("update link set uses = uses + 1, used_at = $2 where id = $1")
        .bind(id.0)
        .bind(now.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// Who came in by a link, whether it can still be used or not, and when that was seen last.
pub(super) async fn holder(conn: &mut Conn, session: &str, now: Timestamp) -> Result<Option<(Holder, Timestamp)>> {
    let row = sqlx::query(concat!(
        "select ",
        columns!(),
        ", ",
        org_columns!(),
        ", account.name, account.email, session.seen_at
          from link_session as session join link on link.id = session.link_id join org on org.id = link.org_id
               left join account on account.login = link.made_by
          where session.hash = $1 and session.seen_at + session.idle_ms > $2"
    ))
    .bind(session)
    .bind(now.as_millisecond())
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let ((link, org), from) = (with_org(&row)?, contact(&row)?);
        Ok((Holder { link, org, session: session.to_owned(), from }, moment(row.try_get(AFTER + 2)?)?))
    })
    .transpose()
}

/// A session was used.
pub(super) async fn seen_at(conn: &mut Conn, session: &str, now: Timestamp) -> Result<()> {
    sqlx::query("update link_session set seen_at = $2 where hash = $1")
        .bind(session)
        .bind(now.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a session.
pub(super) async fn leave(conn: &mut Conn, session: &str) -> Result<()> {
    sqlx::query("delete from link_session where hash = $1").bind(session).execute(conn).await?;
    Ok(())
}

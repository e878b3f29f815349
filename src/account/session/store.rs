//! Sessions in the data file.

use jiff::{SignedDuration, Timestamp};
use sqlx::FromRow;

use super::{Session, Signed};
use crate::account::store::{Row as AccountRow, columns, forms, moment};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::AccountId;

/// A session to be written down.
pub(super) struct New<'a> {
    pub(super) hash: &'a str,
    pub(super) account: AccountId,
    pub(super) now: Timestamp,
    pub(super) idle: SignedDuration,
    pub(super) ends: Timestamp,
    pub(super) address: &'a str,
    pub(super) agent: &'a str,
}

/// Writes a session down.
pub(super) async fn make(conn: &mut Conn, new: &New<'_>) -> Result<()> {
    sqlx::query(
        "insert into session (hash, account_id, made_at, seen_at, idle_ms, ends_at, address, agent)
         values ($1, $2, $3, $3, $4, $5, $6, $7)",
    )
    .bind(new.hash)
    .bind(new.account.0)
    .bind(new.now.as_millisecond())
    .bind(i64::try_from(new.idle.as_millis()).unwrap_or(i64::MAX))
    .bind(new.ends.as_millisecond())
    .bind(new.address)
    .bind(new.agent)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct SignedRow {
    #[sqlx(flatten)]
    account: AccountRow,
    seen_at: i64,
    confined: bool,
}

/// Who is signed in with a secret, and when that was seen last.
pub(super) async fn signed(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<Option<(Signed, Timestamp)>> {
    let row: Option<SignedRow> = sqlx::query_as(concat!(
        "select ",
        columns!(),
        ", session.seen_at, exists (select 1 from account_form where account_form.account_id = account.id) as confined
          from session join account on account.id = session.account_id
          where session.hash = $1 and closed_at is null and ends_at > $2 and seen_at + idle_ms > $2"
    ))
    .bind(hash)
    .bind(now.as_millisecond())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(SignedRow { account, seen_at, confined }) = row else { return Ok(None) };
    let mut account = account.account(Default::default())?;
    if confined {
        account.grant.forms = Some(forms(conn, account.id).await?.into());
    }
    Ok(Some((Signed { account, session: hash.to_owned() }, moment(seen_at)?)))
}

/// A session was used.
pub(super) async fn seen(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<()> {
    sqlx::query("update session set seen_at = $2 where hash = $1")
        .bind(hash)
        .bind(now.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// The sessions of an account, the one that was used last first.
pub(super) async fn of(conn: &mut Conn, account: AccountId, now: Timestamp) -> Result<Vec<Session>> {
    let rows: Vec<(String, i64, i64, String, String)> = sqlx::query_as(
        "select hash, made_at, seen_at, address, agent from session
         where account_id = $1 and ends_at > $2 and seen_at + idle_ms > $2 order by seen_at desc, hash",
    )
    .bind(account.0)
    .bind(now.as_millisecond())
    .fetch_all(conn)
    .await?;
    let session = |(hash, made, seen, address, agent)| {
        Ok(Session { hash, made_at: moment(made)?, seen_at: moment(seen)?, address, agent })
    };
    rows.into_iter().map(session).collect()
}

/// Ends sessions of an account: one, or all but one, or all.
pub(in crate::account) async fn end(conn: &mut Conn, account: AccountId, which: Which<'_>) -> Result<u64> {
    let (one, but) = match which {
        Which::One(hash) => (Some(hash), None),
        Which::AllBut(hash) => (None, Some(hash)),
        Which::All => (None, None),
    };
    let ended = sqlx::query(
        "delete from session where account_id = $1 and ($2 is null or hash = $2) and ($3 is null or hash <> $3)",
    )
    .bind(account.0)
    .bind(one)
    .bind(but)
    .execute(conn)
    .await?;
    Ok(ended.rows_affected())
}

/// Which sessions of an account.
#[derive(Debug, Clone, Copy)]
pub(in crate::account) enum Which<'a> {
    One(&'a str),
    AllBut(&'a str),
    All,
}

/// Forgets sessions that have ended, and browsers that nobody has used for long.
pub(super) async fn sweep(conn: &mut Conn, now: Timestamp, forgotten: Timestamp) -> Result<()> {
    sqlx::query("delete from session where ends_at <= $1 or seen_at + idle_ms <= $1")
        .bind(now.as_millisecond())
        .execute(&mut *conn)
        .await?;
    sqlx::query("delete from browser where seen_at <= $1").bind(forgotten.as_millisecond()).execute(conn).await?;
    Ok(())
}

/// Whether somebody has signed in to an account with a browser before.
pub(in crate::account) async fn knows(conn: &mut Conn, browser: &str, account: AccountId) -> Result<bool> {
    let (known,): (bool,) = sqlx::query_as("select exists (select 1 from browser where hash = $1 and account_id = $2)")
        .bind(browser)
        .bind(account.0)
        .fetch_one(conn)
        .await?;
    Ok(known)
}

/// A browser knows an account from now on.
pub(super) async fn remember(conn: &mut Conn, browser: &str, account: AccountId, now: Timestamp) -> Result<()> {
    sqlx::query(
        "insert into browser (hash, account_id, seen_at) values ($1, $2, $3)
         on conflict (hash, account_id) do update set seen_at = excluded.seen_at",
    )
    .bind(browser)
    .bind(account.0)
    .bind(now.as_millisecond())
    .execute(conn)
    .await?;
    Ok(())
}

//! Accounts and one-time links in the data file.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::FromRow;

use super::Account;
use crate::access::{Grant, Role, Scope};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{AccountId, OrgId};
use crate::org::store::seen;

/// The columns of an account, in the order of [`Row`].
macro_rules! columns {
    () => {
        "account.id, account.login, account.name, account.role, account.org_id, account.email, account.made_at,
         account.made_by, account.closed_at, account.password is not null as ready,
         account.totp is not null as second"
    };
}
pub(super) use columns;

#[derive(FromRow)]
pub(super) struct Row {
    id: i64,
    login: String,
    name: String,
    role: String,
    org_id: Option<i64>,
    email: String,
    made_at: i64,
    made_by: String,
    closed_at: Option<i64>,
    ready: bool,
    second: bool,
}

impl Row {
    /// The account, with the forms that it is confined to.
    pub(super) fn account(self, forms: BTreeSet<String>) -> Result<Account> {
        let role = Role::from_word(&self.role)
            .ok_or_else(|| Error::Internal(format!("account {}: role {:?} is stored", self.id, self.role)))?;
        let forms = (!forms.is_empty()).then(|| Arc::new(forms));
        Ok(Account {
            id: AccountId(self.id),
            login: self.login,
            name: self.name,
            grant: Grant { role, root: self.org_id.map(OrgId), forms },
            email: self.email,
            made_at: moment(self.made_at)?,
            made_by: self.made_by,
            closed_at: self.closed_at.map(moment).transpose()?,
            ready: self.ready,
            second: self.second,
        })
    }
}

/// A stored moment.
pub(super) fn moment(ms: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(|why| Error::Internal(why.to_string()))
}

/// The forms that an account is confined to.
pub(super) async fn forms(conn: &mut Conn, account: AccountId) -> Result<BTreeSet<String>> {
    let rows: Vec<(String,)> = sqlx::query_as("select form_id from account_form where account_id = $1")
        .bind(account.0)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|(form,)| form).collect())
}

/// The accounts of organisations that may be seen, by login; those over the whole registry only for whoever sees it.
pub(super) async fn all(conn: &mut Conn, scope: &Scope) -> Result<Vec<Account>> {
    let rows: Vec<Row> = sqlx::query_as(seen!(
        "select account.id, account.login, account.name, account.role, account.org_id, account.email, account.made_at,
                account.made_by, account.closed_at, account.password is not null as ready,
                account.totp is not null as second
         from account where org_id in (select id from seen) or (org_id is null and $1 is null) order by login"
    ))
    .bind(scope.root().map(|root| root.0))
    .fetch_all(&mut *conn)
    .await?;
    let mut confined: HashMap<i64, BTreeSet<String>> = HashMap::new();
    let pairs: Vec<(i64, String)> =
        sqlx::query_as("select account_id, form_id from account_form").fetch_all(conn).await?;
    for (account, form) in pairs {
        confined.entry(account).or_default().insert(form);
    }
    rows.into_iter()
        .map(|row| (confined.remove(&row.id).unwrap_or_default(), row))
        .map(|(f, row)| row.account(f))
        .collect()
}

/// The account with a login.
pub(super) async fn by_login(conn: &mut Conn, login: &str) -> Result<Option<Account>> {
    let row: Option<Row> = sqlx::query_as(concat!("select ", columns!(), " from account where login = $1"))
        .bind(login)
        .fetch_optional(&mut *conn)
        .await?;
    whole(conn, row).await
}

/// An account.
pub(super) async fn by_id(conn: &mut Conn, id: AccountId) -> Result<Option<Account>> {
    let row: Option<Row> = sqlx::query_as(concat!("select ", columns!(), " from account where id = $1"))
        .bind(id.0)
        .fetch_optional(&mut *conn)
        .await?;
    whole(conn, row).await
}

async fn whole(conn: &mut Conn, row: Option<Row>) -> Result<Option<Account>> {
    let Some(row) = row else { return Ok(None) };
    let forms = forms(conn, AccountId(row.id)).await?;
    row.account(forms).map(Some)
}

/// What is kept of the password of an open account.
pub(super) async fn password(conn: &mut Conn, id: AccountId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        sqlx::query_as("select password from account where id = $1 and closed_at is null")
            .bind(id.0)
            .fetch_optional(conn)
            .await?;
    Ok(row.and_then(|(password,)| password))
}

/// Whether an administrator can sign in.
pub(super) async fn has_administrator(conn: &mut Conn) -> Result<bool> {
    let (found,): (bool,) = sqlx::query_as(
        "select exists (select 1 from account
                        where role = 'administrator' and closed_at is null and password is not null)",
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// How many other administrators could still sign in.
pub(super) async fn other_administrators(conn: &mut Conn, but: AccountId) -> Result<i64> {
    let (found,): (i64,) = sqlx::query_as(
        "select count(*) from account
         where role = 'administrator' and closed_at is null and password is not null and id <> $1",
    )
    .bind(but.0)
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// Makes an account; `None` where the login is taken.
pub(super) async fn make(
    conn: &mut Conn,
    (login, name, email): (&str, &str, &str),
    grant: &Grant,
    (by, now): (&str, Timestamp),
) -> Result<Option<AccountId>> {
    let made: Option<(i64,)> = sqlx::query_as(
        "insert into account (login, name, role, org_id, email, made_at, made_by) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (login) do nothing returning id",
    )
    .bind(login)
    .bind(name)
    .bind(grant.role.word())
    .bind(grant.root.map(|root| root.0))
    .bind(email)
    .bind(now.as_millisecond())
    .bind(by)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((id,)) = made else { return Ok(None) };
    confine(conn, AccountId(id), grant).await?;
    Ok(Some(AccountId(id)))
}

/// Changes an account.
pub(super) async fn change(conn: &mut Conn, id: AccountId, (name, email): (&str, &str), grant: &Grant) -> Result<()> {
    sqlx::query("update account set name = $2, email = $3, role = $4, org_id = $5 where id = $1")
        .bind(id.0)
        .bind(name)
        .bind(email)
        .bind(grant.role.word())
        .bind(grant.root.map(|root| root.0))
        .execute(&mut *conn)
        .await?;
    confine(conn, id, grant).await
}

async fn confine(conn: &mut Conn, id: AccountId, grant: &Grant) -> Result<()> {
    sqlx::query("delete from account_form where account_id = $1").bind(id.0).execute(&mut *conn).await?;
    for form in grant.forms.iter().flat_map(|forms| forms.iter()) {
        sqlx::query("insert into account_form (account_id, form_id) values ($1, $2)")
            .bind(id.0)
            .bind(form)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Closes an account, or opens it again.
pub(super) async fn close(conn: &mut Conn, id: AccountId, closed: Option<(Timestamp, &str)>) -> Result<()> {
    sqlx::query("update account set closed_at = $2, closed_by = $3 where id = $1")
        .bind(id.0)
        .bind(closed.map(|(at, _)| at.as_millisecond()))
        .bind(closed.map(|(_, by)| by))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets what is kept of a password.
pub(super) async fn set_password(conn: &mut Conn, id: AccountId, kept: &str) -> Result<()> {
    sqlx::query("update account set password = $2 where id = $1").bind(id.0).bind(kept).execute(conn).await?;
    Ok(())
}

/// Makes a one-time link the only one of an account that can be used.
pub(super) async fn invite(
    conn: &mut Conn,
    id: AccountId,
    hash: &str,
    (by, now, ends): (&str, Timestamp, Timestamp),
) -> Result<()> {
    uninvite(conn, id, now).await?;
    sqlx::query("insert into invitation (hash, account_id, made_at, made_by, ends_at) values ($1, $2, $3, $4, $5)")
        .bind(hash)
        .bind(id.0)
        .bind(now.as_millisecond())
        .bind(by)
        .bind(ends.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// No link of an account can be used any more.
pub(super) async fn uninvite(conn: &mut Conn, id: AccountId, now: Timestamp) -> Result<()> {
    sqlx::query("update invitation set used_at = $2 where account_id = $1 and used_at is null")
        .bind(id.0)
        .bind(now.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

/// The open account that a link can still be used for.
pub(super) async fn invited(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<Option<Account>> {
    let row: Option<Row> = sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from invitation join account on account.id = account_id
          where hash = $1 and used_at is null and ends_at > $2 and closed_at is null"
    ))
    .bind(hash)
    .bind(now.as_millisecond())
    .fetch_optional(&mut *conn)
    .await?;
    whole(conn, row).await
}

/// Until when the unused link of each account that has one can be used.
pub(super) async fn waiting(conn: &mut Conn, now: Timestamp) -> Result<HashMap<AccountId, Timestamp>> {
    let rows: Vec<(i64, i64)> =
        sqlx::query_as("select account_id, ends_at from invitation where used_at is null and ends_at > $1")
            .bind(now.as_millisecond())
            .fetch_all(conn)
            .await?;
    rows.into_iter().map(|(account, ends)| Ok((AccountId(account), moment(ends)?))).collect()
}

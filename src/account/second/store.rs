//! The second step in the data file.

use super::Key;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::AccountId;

/// The key of an open account, and the last step of time whose code was taken.
pub(in crate::account) async fn key(conn: &mut Conn, account: AccountId) -> Result<Option<(Key, i64)>> {
    let row: Option<(Option<String>, i64)> =
        sqlx::query_as("select totp, totp_step from account where id = $1 and closed_at is null")
            .bind(account.0)
            .fetch_optional(conn)
            .await?;
    Ok(row.and_then(|(key, step)| Some((Key::read(&key?)?, step))))
}

/// Sets the key of an account, or takes it away.
pub(in crate::account) async fn set(conn: &mut Conn, account: AccountId, key: Option<&Key>, step: i64) -> Result<()> {
    sqlx::query("update account set totp = $2, totp_step = $3 where id = $1")
        .bind(account.0)
        .bind(key.map(Key::text))
        .bind(step)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the code of a step; not where it, or a later one, was taken before.
pub(in crate::account) async fn spend(conn: &mut Conn, account: AccountId, step: i64) -> Result<bool> {
    let spent = sqlx::query("update account set totp_step = $2 where id = $1 and totp_step < $2")
        .bind(account.0)
        .bind(step)
        .execute(conn)
        .await?;
    Ok(spent.rows_affected() == 1)
}

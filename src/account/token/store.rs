//! Access keys in the data file.

use jiff::Timestamp;
use sqlx::FromRow;

use super::{Bearer, Reach, Token};
use crate::account::store::{Row as AccountRow, columns, forms, moment};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{AccountId, TokenId};

#[derive(FromRow)]
struct Row {
    token_id: i64,
    token_name: String,
    scope: String,
    token_made_at: i64,
    ends_at: Option<i64>,
    seen_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TryFrom<Row> for Token {
    type Error = Error;

    fn try_from(row: Row) -> Result<Token> {
        let reach = Reach::from_word(&row.scope);
        Ok(Token {
            id: TokenId(row.token_id),
            reach: reach.ok_or_else(|| Error::Internal(format!("a key for {:?} is stored", row.scope)))?,
            name: row.token_name,
            made_at: moment(row.token_made_at)?,
            ends_at: row.ends_at.map(moment).transpose()?,
            seen_at: row.seen_at.map(moment).transpose()?,
            revoked_at: row.revoked_at.map(moment).transpose()?,
        })
    }
}

/// The columns of a key, in the order of [`Row`].
macro_rules! own_columns {
    () => {
        "token.id as token_id, token.name as token_name, scope, token.made_at as token_made_at, ends_at, seen_at, revoked_at"
    };
}

#[derive(FromRow)]
struct BearerRow {
    #[sqlx(flatten)]
    account: AccountRow,
    #[sqlx(flatten)]
    token: Row,
}

/// Who comes with a key that works.
pub(super) async fn bearer(conn: &mut Conn, hash: &str, now: Timestamp) -> Result<Option<Bearer>> {
    let row: Option<BearerRow> = sqlx::query_as(concat!(
        "select ",
        columns!(),
        ", ",
        own_columns!(),
        " from token join account on account.id = token.account_id
          where hash = $1 and closed_at is null and revoked_at is null and (ends_at is null or ends_at > $2)"
    ))
    .bind(hash)
    .bind(now.as_millisecond())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(BearerRow { account, token }) = row else { return Ok(None) };
    let mut account = account.account(Default::default())?;
    let confined = forms(conn, account.id).await?;
    account.grant.forms = (!confined.is_empty()).then(|| confined.into());
    Ok(Some(Bearer { account, token: token.try_into()? }))
}

/// The keys of an account, the newest first; of those that open nothing only those that did after a moment.
pub(super) async fn of(conn: &mut Conn, account: AccountId, since: Timestamp) -> Result<Vec<Token>> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select ",
        own_columns!(),
        " from token where account_id = $1 and coalesce(revoked_at, ends_at, $2) >= $2 order by id desc"
    ))
    .bind(account.0)
    .bind(since.as_millisecond())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Token::try_from).collect()
}

/// Writes a key down.
pub(super) async fn make(conn: &mut Conn, account: AccountId, hash: &str, new: &Token) -> Result<TokenId> {
    let (id,): (i64,) = sqlx::query_as(
        "insert into token (account_id, hash, name, scope, made_at, ends_at) values ($1, $2, $3, $4, $5, $6)
         returning id",
    )
    .bind(account.0)
    .bind(hash)
    .bind(&new.name)
    .bind(new.reach.word())
    .bind(new.made_at.as_millisecond())
    .bind(new.ends_at.map(|ends| ends.as_millisecond()))
    .fetch_one(conn)
    .await?;
    Ok(TokenId(id))
}

/// Revokes a key of an account, or all of them.
pub(in crate::account) async fn revoke(
    conn: &mut Conn,
    account: AccountId,
    token: Option<TokenId>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "update token set revoked_at = $3 where account_id = $1 and ($2 is null or id = $2) and revoked_at is null",
    )
    .bind(account.0)
    .bind(token.map(|token| token.0))
    .bind(now.as_millisecond())
    .execute(conn)
    .await?;
    Ok(())
}

/// A key was used.
pub(super) async fn seen(conn: &mut Conn, token: TokenId, now: Timestamp) -> Result<()> {
    sqlx::query("update token set seen_at = $2 where id = $1")
        .bind(token.0)
        .bind(now.as_millisecond())
        .execute(conn)
        .await?;
    Ok(())
}

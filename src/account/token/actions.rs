//! What people may do with their access keys, and who comes with one.

use jiff::{SignedDuration, Timestamp};

use super::{Bearer, MARK, MOST, REMEMBERED, SEEN, Token, Wanted, store};
use crate::access::{Actor, Right};
use crate::account::{Secret, fault};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::{AccountId, TokenId};
use crate::journal::{self, Deed};
use crate::lang::Words;

/// One's own keys, those that work first, then the newest first.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn own(db: &Db, actor: &Actor) -> Result<Vec<Token>> {
    actor.need(Right::Own)?;
    let now = Timestamp::now();
    match actor.account() {
        Some(account) => {
            let mut tokens = store::of(&mut *db.read().await?, account, now - REMEMBERED).await?;
            tokens.sort_by_key(|token| !token.works(now));
            Ok(tokens)
        }
        None => Ok(Vec::new()),
    }
}

/// Makes a key for one's own account. The text to carry is told now and never again.
///
/// # Errors
/// [`Error::Faults`] for what is wrong, all of it, or where there are too many keys; [`Error::Denied`] without an account.
pub async fn make(db: &Db, actor: &Actor, wanted: &Wanted) -> Result<(Token, String)> {
    let account = holder(actor)?;
    let (reach, days) = wanted.read().map_err(Error::Faults)?;
    let (secret, now) = (Secret::new()?, Timestamp::now());
    let text = format!("{MARK}{}", secret.text());
    let ends_at = (days > 0).then(|| now + SignedDuration::from_hours(i64::from(days) * 24));
    let mut tx = db.write().await?;
    let working = store::of(&mut tx, account, now).await?.iter().filter(|token| token.works(now)).count();
    if working >= MOST {
        return Err(Error::fault(fault("name", Words::new("token.too-many").with("n", MOST))));
    }
    let name = wanted.name.trim().to_owned();
    let new = Token { id: TokenId(0), name, reach, made_at: now, ends_at, seen_at: None, revoked_at: None };
    let id = store::make(&mut tx, account, &Secret::brought(&text).hash(), &new).await?;
    journal::store::note(&mut tx, actor, Deed::TokenMade, &new.name).await?;
    tx.commit().await?;
    Ok((Token { id, ..new }, text))
}

/// Revokes one of one's own keys: it opens nothing any more.
///
/// # Errors
/// [`Error::Denied`] without an account; [`Error::Data`] where the data file refuses.
pub async fn revoke(db: &Db, actor: &Actor, token: TokenId) -> Result<()> {
    let account = holder(actor)?;
    let mut tx = db.write().await?;
    store::revoke(&mut tx, account, Some(token), Timestamp::now()).await?;
    journal::store::note(&mut tx, actor, Deed::TokenRevoked, &token.to_string()).await?;
    tx.commit().await
}

fn holder(actor: &Actor) -> Result<AccountId> {
    actor.need(Right::Own)?;
    actor.account().ok_or_else(|| Error::Denied(Words::new("token.no-account")))
}

/// Who comes with a key; nobody where it was revoked, has ended, never was, or its account is closed.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn bearer(db: &Db, text: &str) -> Result<Option<Bearer>> {
    bearer_at(db, text, Timestamp::now()).await
}

/// As [`bearer`], at a moment.
///
/// # Errors
/// As [`bearer`].
pub async fn bearer_at(db: &Db, text: &str, now: Timestamp) -> Result<Option<Bearer>> {
    if !text.starts_with(MARK) {
        return Ok(None);
    }
    let hash = Secret::brought(text).hash();
    let Some(bearer) = store::bearer(&mut *db.look().await?, &hash, now).await? else { return Ok(None) };
    if bearer.token.seen_at.is_none_or(|seen| now.duration_since(seen) >= SEEN) {
        // A data file that takes no changes still lets programs read.
        let written = async {
            let mut tx = db.write().await?;
            store::seen(&mut tx, bearer.token.id, now).await?;
            tx.commit().await
        };
        if let Err(why) = written.await {
            tracing::warn!(%why, "the use of an access key was not written down");
        }
    }
    Ok(Some(bearer))
}

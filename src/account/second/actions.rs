//! Turning the second step on and off.

use jiff::Timestamp;

use super::{Key, store};
use crate::access::Actor;
use crate::account::actions::{own, proved};
use crate::account::fault;
use crate::account::guess::Guesses;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::journal::{self, Deed};
use crate::lang::Words;

/// Turns the second step on: with the password, so that nobody does it in a browser left open, and with a code, so that
/// nobody is left without an app that works.
///
/// # Errors
/// [`Error::Faults`] where the password or the code is wrong.
pub async fn turn_on(
    db: &Db,
    (actor, guesses): (&Actor, &Guesses),
    (key, code): (&str, &str),
    (password, session): (&str, &str),
) -> Result<()> {
    let account = own(db, actor).await?;
    let mut faults = Vec::new();
    if !proved(db, (actor, guesses), (&account, session), ("second-password", password)).await? {
        faults.push(fault("second-password", Words::new("account.wrong-own")));
    }
    let key = Key::read(key).ok_or_else(|| Error::fault(fault("code", Words::new("account.second-again"))))?;
    let step = key.step(code, Timestamp::now(), 0)?;
    if step.is_none() {
        faults.push(fault("code", Words::new("account.wrong-code")));
    }
    let Some(step) = step.filter(|_| faults.is_empty()) else { return Err(Error::Faults(faults)) };
    let mut tx = db.write().await?;
    store::set(&mut tx, account.id, Some(&key), step).await?;
    journal::store::note(&mut tx, actor, Deed::SecondOn, &account.login).await?;
    tx.commit().await
}

/// Turns the second step off.
///
/// # Errors
/// [`Error::Faults`] where the password is wrong.
pub async fn turn_off(db: &Db, (actor, guesses): (&Actor, &Guesses), (password, session): (&str, &str)) -> Result<()> {
    let account = own(db, actor).await?;
    if !proved(db, (actor, guesses), (&account, session), ("second-password", password)).await? {
        return Err(Error::fault(fault("second-password", Words::new("account.wrong-own"))));
    }
    let mut tx = db.write().await?;
    store::set(&mut tx, account.id, None, 0).await?;
    journal::store::note(&mut tx, actor, Deed::SecondOff, &account.login).await?;
    tx.commit().await
}

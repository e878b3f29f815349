//! Signing in and out, and what is known of who is signed in.

use jiff::{SignedDuration, Timestamp};

use super::store::{self, New, Which};
use super::{AGENT, Entered, From, IDLE, IDLE_ELSEWHERE, LONGEST, SEEN, Session, Signed};
use crate::access::{Actor, Right, Role};
use crate::account::guess::{Attempt, Guesses, compared, wait_words};
use crate::account::second::Halves;
use crate::account::{Account, Secret, fault, login, second, store as accounts};
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::ids::AccountId;
use crate::journal::{self, Deed};
use crate::lang::Words;

/// A browser in which nobody has signed in for so long is strange again.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(400 * 24);

/// What is remembered between the steps of signing in, and of those who fail.
pub type Desk<'a> = (&'a Guesses, &'a Halves);

/// How far somebody has come who typed the right password.
#[derive(Debug)]
pub enum Signing {
    /// They are in.
    In(Box<Entered>),
    /// A code of their app is asked for; the secret comes back with it.
    Code(Secret),
}

/// What somebody typed to sign in.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    /// The login.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// Whether the browser is somebody else's.
    pub elsewhere: bool,
}

/// Signs somebody in.
///
/// # Errors
/// [`Error::Faults`] at the field `password` where login and password do not fit together, whichever is wrong, or
/// where there were too many wrong ones of late; [`Error::Data`] where too many people sign in at the same moment.
pub async fn sign_in(db: &Db, desk: Desk<'_>, from: &From, typed: Typed<'_>) -> Result<Signing> {
    sign_in_at(db, desk, from, typed, Timestamp::now()).await
}

/// As [`sign_in`], at a moment.
///
/// # Errors
/// As [`sign_in`].
pub async fn sign_in_at(
    db: &Db,
    (guesses, halves): Desk<'_>,
    from: &From,
    typed: Typed<'_>,
    now: Timestamp,
) -> Result<Signing> {
    let login = login(typed.login);
    let browser = from.browser.as_ref().map(Secret::hash);
    let (account, kept, known) = {
        let mut read = db.read().await?;
        let account = accounts::by_login(&mut read, &login).await?.filter(|account| account.closed_at.is_none());
        let (mut kept, mut known) = (None, None);
        if let Some(account) = &account {
            kept = accounts::password(&mut read, account.id).await?;
            if let Some(browser) = browser {
                known = store::knows(&mut read, &browser, account.id).await?.then_some(browser);
            }
        }
        (account, kept, known)
    };
    let attempt = Attempt { login, address: from.address, known };
    let right = compared(guesses, &attempt, ("password", typed.password, kept), now).await?;
    let Some(account) = account.filter(|_| right) else {
        return Err(Error::fault(fault("password", Words::new("account.wrong"))));
    };
    if account.second {
        return Ok(Signing::Code(halves.begin(account.id, typed.elsewhere, now)?));
    }
    let mut tx = db.write().await?;
    let entered = let_in(&mut tx, account, from, typed.elsewhere, now).await?;
    tx.commit().await?;
    Ok(Signing::In(Box::new(entered)))
}

/// The second step: signs somebody in whose password was right, with a code of their app.
///
/// # Errors
/// [`Error::Faults`] at the field `code` where it is wrong or was used before, at `password` where it was looked for too
/// long or was wrong too often, so that the password is asked for again.
pub async fn sign_in_with_code(db: &Db, desk: Desk<'_>, from: &From, half: &Secret, code: &str) -> Result<Entered> {
    sign_in_with_code_at(db, desk, from, (half, code), Timestamp::now()).await
}

/// As [`sign_in_with_code`], at a moment.
///
/// # Errors
/// As [`sign_in_with_code`].
pub async fn sign_in_with_code_at(
    db: &Db,
    (guesses, halves): Desk<'_>,
    from: &From,
    (half, code): (&Secret, &str),
    now: Timestamp,
) -> Result<Entered> {
    let late = || Error::fault(fault("password", Words::new("account.second-late")));
    let waiting = halves.take(half, now).ok_or_else(late)?;
    let mut tx = db.write().await?;
    let account = accounts::by_id(&mut tx, waiting.account).await?.filter(|account| account.closed_at.is_none());
    let (Some(account), Some((key, last))) = (account, second::store::key(&mut tx, waiting.account).await?) else {
        return Err(late());
    };
    // Whoever knows the password has a count of their own for codes: the password sets it back to nothing no more.
    let attempt = Attempt { login: format!("{} code", account.login), address: from.address, known: None };
    if let Some(wait) = guesses.wait(&attempt, now) {
        return Err(Error::fault(fault("password", wait_words(wait))));
    }
    guesses.wrong(&attempt, now);
    let wrong = || Error::fault(fault("code", Words::new("account.wrong-code")));
    let step = key.step(code, now, last)?.ok_or_else(wrong)?;
    if !second::store::spend(&mut tx, account.id, step).await? || !halves.end(half) {
        return Err(wrong());
    }
    guesses.right(&attempt);
    let entered = let_in(&mut tx, account, from, waiting.elsewhere, now).await?;
    tx.commit().await?;
    Ok(entered)
}

async fn let_in(conn: &mut Conn, account: Account, from: &From, elsewhere: bool, now: Timestamp) -> Result<Entered> {
    journal::store::note(conn, &from.as_actor(&account), Deed::SignIn, &account.login).await?;
    enter(conn, account, from, elsewhere, now).await
}

/// Begins a session for an account whose holder has proved who they are.
pub(in crate::account) async fn enter(
    conn: &mut Conn,
    account: Account,
    from: &From,
    elsewhere: bool,
    now: Timestamp,
) -> Result<Entered> {
    let secret = Secret::new()?;
    let idle = if elsewhere { IDLE_ELSEWHERE } else { IDLE };
    let agent: String = from.agent.chars().filter(|c| !c.is_control()).take(AGENT).collect();
    store::sweep(conn, now, now - FORGOTTEN).await?;
    let (hash, address) = (secret.hash(), from.address.to_string());
    let new =
        New { hash: &hash, account: account.id, now, idle, ends: now + LONGEST, address: &address, agent: &agent };
    store::make(conn, &new).await?;
    let browser = from.browser.clone().map_or_else(Secret::new, Ok)?;
    if !elsewhere {
        store::remember(conn, &browser.hash(), account.id, now).await?;
    }
    Ok(Entered { account, secret, keeps: (!elsewhere).then_some(LONGEST), browser })
}

/// Signs somebody in without a password: for the demonstration, where everybody may be everybody.
///
/// # Errors
/// [`Error::Denied`] for anybody but the operator; [`Error::NotFound`] where there is no such open account.
pub async fn demonstrate(db: &Db, actor: &Actor, from: &From, as_login: &str) -> Result<Entered> {
    if actor.role() != Role::Operator {
        return Err(Error::Denied(Words::new("access.denied")));
    }
    let mut tx = db.write().await?;
    let account = accounts::by_login(&mut tx, &login(as_login)).await?.filter(|account| account.closed_at.is_none());
    let account = account.ok_or_else(|| Error::NotFound(Words::new("account.unknown").with("login", as_login)))?;
    let entered = enter(&mut tx, account, from, false, Timestamp::now()).await?;
    tx.commit().await?;
    Ok(entered)
}

/// The open accounts of the demonstration.
///
/// # Errors
/// As [`demonstrate`].
pub async fn demonstrated(db: &Db, actor: &Actor) -> Result<Vec<Account>> {
    let all = crate::account::actions::list(db, actor).await?.into_iter().map(|kept| kept.account);
    Ok(all.filter(|account| account.closed_at.is_none()).collect())
}

/// Who is signed in with a secret; nobody where it has ended, was taken back, or the account is closed.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn signed(db: &Db, secret: &Secret) -> Result<Option<Signed>> {
    signed_at(db, secret, Timestamp::now()).await
}

/// As [`signed`], at a moment.
///
/// # Errors
/// As [`signed`].
pub async fn signed_at(db: &Db, secret: &Secret, now: Timestamp) -> Result<Option<Signed>> {
    let hash = secret.hash();
    let found = store::signed(&mut *db.look().await?, &hash, now).await?;
    let Some((signed, seen)) = found else { return Ok(None) };
    if now.duration_since(seen) >= SEEN {
        // A data file that takes no changes still lets people look.
        let written = async {
            let mut tx = db.write().await?;
            store::seen(&mut tx, &hash, now).await?;
            tx.commit().await
        };
        if let Err(why) = written.await {
            tracing::warn!(%why, "the use of a session was not written down");
        }
    }
    Ok(Some(signed))
}

/// Ends the session of a secret.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn sign_out(db: &Db, signed: &Signed) -> Result<()> {
    end(db, signed.account.id, Which::One(&signed.session)).await
}

/// One's own sessions.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn own(db: &Db, actor: &Actor) -> Result<Vec<Session>> {
    actor.need(Right::Own)?;
    match actor.account() {
        Some(account) => store::of(&mut *db.read().await?, account, Timestamp::now()).await,
        None => Ok(Vec::new()),
    }
}

/// Ends one of one's own sessions.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn end_own(db: &Db, actor: &Actor, hash: &str) -> Result<()> {
    actor.need(Right::Own)?;
    match actor.account() {
        Some(account) => end_noted(db, actor, (account, Which::One(hash))).await,
        None => Ok(()),
    }
}

/// Ends all of one's own sessions but this one.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn end_others(db: &Db, actor: &Actor, this: &str) -> Result<()> {
    actor.need(Right::Own)?;
    match actor.account() {
        Some(account) => end_noted(db, actor, (account, Which::AllBut(this))).await,
        None => Ok(()),
    }
}

async fn end_noted(db: &Db, actor: &Actor, (account, which): (AccountId, Which<'_>)) -> Result<()> {
    let mut tx = db.write().await?;
    store::end(&mut tx, account, which).await?;
    journal::store::note(&mut tx, actor, Deed::SessionsEnded, actor.name()).await?;
    tx.commit().await
}

async fn end(db: &Db, account: AccountId, which: Which<'_>) -> Result<()> {
    let mut tx = db.write().await?;
    store::end(&mut tx, account, which).await?;
    tx.commit().await
}

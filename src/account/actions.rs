//! What people may do with accounts: make, change, close them, hand out one-time links, choose a password.
//!
//! Nobody touches an account that stands beside or above their own: see [`may_keep`].

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::Timestamp;

use super::guess::{Attempt, Guesses, compared};
use super::session::actions::enter;
use super::session::store::{Which, end};
use super::session::{Entered, From};
use super::token;
use super::{Account, INVITED, Secret, Wanted, fault, login, may_give, password, second, store};
use crate::access::{Actor, Grant, Right, Role};
use crate::db::{Conn, Db};
use crate::error::{Error, Fault, Result};
use crate::ids::AccountId;
use crate::journal::{self, Deed};
use crate::lang::Words;
use crate::org;

/// An account in the list of those that somebody keeps.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The account.
    pub account: Account,
    /// Until when its one-time link can be used, if it has one.
    pub invited: Option<Timestamp>,
}

/// The accounts that the actor keeps: those below their own, by login.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn list(db: &Db, actor: &Actor) -> Result<Vec<Kept>> {
    actor.need(Right::ManageAccounts)?;
    let mut read = db.read().await?;
    let waiting = store::waiting(&mut read, Timestamp::now()).await?;
    let all = store::all(&mut read, &actor.scope()).await?;
    let kept = all.into_iter().filter(|account| may_keep(actor, &account.grant));
    Ok(kept.map(|account| Kept { invited: waiting.get(&account.id).copied(), account }).collect())
}

/// One account that the actor keeps.
///
/// # Errors
/// [`Error::NotFound`] where there is none of this login below the actor's own.
pub async fn one(db: &Db, actor: &Actor, login: &str) -> Result<Kept> {
    actor.need(Right::ManageAccounts)?;
    let mut read = db.read().await?;
    let account = kept(&mut read, actor, login).await?;
    let invited = store::waiting(&mut read, Timestamp::now()).await?.remove(&account.id);
    Ok(Kept { account, invited })
}

/// Whether an account with such a grant is the actor's to keep: a role that they may give, inside their subtree, for
/// forms of theirs, and not their equal: a department keeps departments only below itself.
pub(super) fn may_keep(actor: &Actor, grant: &Grant) -> bool {
    let above = actor.scope().root();
    let equal = grant.role == actor.role() && grant.root == above && grant.role != Role::Administrator;
    let forms = match (actor.forms(), &grant.forms) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(own), Some(given)) => given.is_subset(own),
    };
    may_give(actor.role()).contains(&grant.role) && !equal && forms
}

async fn kept(conn: &mut Conn, actor: &Actor, typed: &str) -> Result<Account> {
    let login = login(typed);
    let found = store::by_login(conn, &login).await?.filter(|account| may_keep(actor, &account.grant));
    let inside = match &found {
        Some(Account { grant: Grant { root: Some(root), .. }, .. }) => {
            org::store::by_id(conn, &actor.scope(), *root).await?.is_some()
        }
        Some(_) => actor.scope().root().is_none(),
        None => false,
    };
    let unknown = || Error::NotFound(Words::new("account.unknown").with("login", typed));
    found.filter(|_| inside).ok_or_else(unknown)
}

/// Makes an account and the one-time link with which its holder chooses a password.
///
/// # Errors
/// [`Error::Faults`] for what is wrong, all of it; [`Error::Denied`] without the right.
pub async fn make(db: &Db, actor: &Actor, wanted: &Wanted) -> Result<(Account, Secret)> {
    actor.need(Right::ManageAccounts)?;
    let now = Timestamp::now();
    let mut tx = db.write().await?;
    let (mut faults, grant) = judged(&mut tx, actor, wanted).await?;
    let (login, name, email) = (login(&wanted.login), wanted.name.trim(), wanted.email.trim());
    if store::by_login(&mut tx, &login).await?.is_some() {
        faults.push(fault("login", Words::new("account.taken").with("login", &login)));
    }
    let Some(grant) = grant.filter(|_| faults.is_empty()) else { return Err(Error::Faults(faults)) };
    let made = store::make(&mut tx, (&login, name, email), &grant, (actor.name(), now)).await?;
    let id = made.ok_or_else(|| Error::Internal("a login is free and taken".to_owned()))?;
    journal::store::note(&mut tx, actor, Deed::AccountMade, &login).await?;
    let secret = link(&mut tx, actor, (id, &login), now).await?;
    let account = store::by_id(&mut tx, id).await?.ok_or_else(|| Error::Internal("an account is gone".to_owned()))?;
    tx.commit().await?;
    Ok((account, secret))
}

/// Changes an account: everything but its login.
///
/// # Errors
/// As [`make`]; [`Error::NotFound`] as [`one`].
pub async fn change(db: &Db, actor: &Actor, wanted: &Wanted) -> Result<Account> {
    actor.need(Right::ManageAccounts)?;
    let mut tx = db.write().await?;
    let account = kept(&mut tx, actor, &wanted.login).await?;
    let (mut faults, grant) = judged(&mut tx, actor, wanted).await?;
    let demoted = account.grant.role == Role::Administrator
        && grant.as_ref().is_some_and(|grant| grant.role != Role::Administrator);
    if demoted && account.ready && store::other_administrators(&mut tx, account.id).await? == 0 {
        faults.push(fault("role", Words::new("account.last-administrator")));
    }
    let Some(grant) = grant.filter(|_| faults.is_empty()) else { return Err(Error::Faults(faults)) };
    store::change(&mut tx, account.id, (wanted.name.trim(), wanted.email.trim()), &grant).await?;
    journal::store::note(&mut tx, actor, Deed::AccountChanged, &account.login).await?;
    let changed = store::by_id(&mut tx, account.id).await?;
    tx.commit().await?;
    changed.ok_or_else(|| Error::Internal("an account is gone".to_owned()))
}

/// What is wrong in a wanted account, and what it would be let do.
async fn judged(conn: &mut Conn, actor: &Actor, wanted: &Wanted) -> Result<(Vec<Fault>, Option<Grant>)> {
    let mut faults = wanted.faults();
    let Some(role) = Role::from_word(&wanted.role) else { return Ok((faults, None)) };
    let code = wanted.org.trim();
    let root = match code {
        "" => None,
        code => {
            let found = org::store::by_code(conn, &actor.scope(), code).await?;
            if found.is_none() {
                faults.push(fault("org", Words::new("account.no-org").with("code", code)));
            }
            if role == Role::School && found.as_ref().is_some_and(|org| org.kind != crate::ids::OrgType::School) {
                faults.push(fault("org", Words::new("account.not-a-school")));
            }
            found.map(|org| org.id)
        }
    };
    if code.is_empty() && role != Role::Administrator {
        faults.push(fault("org", Words::new("account.org-needed")));
    }
    if !code.is_empty() && role == Role::Administrator {
        faults.push(fault("org", Words::new("account.administrator-everywhere")));
    }
    let forms: BTreeSet<String> = wanted.forms.iter().filter(|id| !id.is_empty()).cloned().collect();
    if let Some(strange) = forms.iter().find(|id| !actor.knows(id)) {
        faults.push(fault("forms", Words::new("account.no-form").with("form", strange)));
    }
    let grant = Grant { role, root, forms: (!forms.is_empty()).then(|| Arc::new(forms)) };
    if faults.is_empty() && !may_keep(actor, &grant) {
        faults.push(fault("role", Words::new("account.not-below")));
    }
    Ok((faults, Some(grant)))
}

/// Closes an account: its sessions end, its links and access keys open nothing, its login stays its own.
///
/// # Errors
/// [`Error::NotFound`] as [`one`]; [`Error::Faults`] where it is the last administrator, or one's own.
pub async fn close(db: &Db, actor: &Actor, login: &str) -> Result<Account> {
    actor.need(Right::ManageAccounts)?;
    let now = Timestamp::now();
    let mut tx = db.write().await?;
    let account = kept(&mut tx, actor, login).await?;
    if actor.account() == Some(account.id) {
        return Err(Error::fault(fault("close", Words::new("account.own-close"))));
    }
    let last = account.grant.role == Role::Administrator
        && account.ready
        && store::other_administrators(&mut tx, account.id).await? == 0;
    if last {
        return Err(Error::fault(fault("close", Words::new("account.last-administrator"))));
    }
    store::close(&mut tx, account.id, Some((now, actor.name()))).await?;
    store::uninvite(&mut tx, account.id, now).await?;
    token::store::revoke(&mut tx, account.id, None, now).await?;
    end(&mut tx, account.id, Which::All).await?;
    journal::store::note(&mut tx, actor, Deed::AccountClosed, &account.login).await?;
    tx.commit().await?;
    Ok(account)
}

/// Opens a closed account again, with the password that it had.
///
/// # Errors
/// [`Error::NotFound`] as [`one`].
pub async fn reopen(db: &Db, actor: &Actor, login: &str) -> Result<Account> {
    actor.need(Right::ManageAccounts)?;
    let mut tx = db.write().await?;
    let account = kept(&mut tx, actor, login).await?;
    store::close(&mut tx, account.id, None).await?;
    journal::store::note(&mut tx, actor, Deed::AccountOpened, &account.login).await?;
    tx.commit().await?;
    Ok(account)
}

/// A new one-time link for the holder of an account; earlier ones open nothing any more. The password stays until
/// another one is chosen.
///
/// # Errors
/// [`Error::NotFound`] as [`one`], or where the account is closed.
pub async fn invite(db: &Db, actor: &Actor, login: &str) -> Result<(Account, Secret)> {
    actor.need(Right::ManageAccounts)?;
    let mut tx = db.write().await?;
    let account = kept(&mut tx, actor, login).await?;
    if account.closed_at.is_some() {
        return Err(Error::fault(fault("invite", Words::new("account.closed").with("login", &account.login))));
    }
    let secret = link(&mut tx, actor, (account.id, &account.login), Timestamp::now()).await?;
    tx.commit().await?;
    Ok((account, secret))
}

/// Makes the one-time link of an account, which can be typed from paper too.
pub(super) async fn link(conn: &mut Conn, actor: &Actor, of: (AccountId, &str), now: Timestamp) -> Result<Secret> {
    let secret = Secret::for_paper()?;
    store::invite(conn, of.0, &secret.hash(), (actor.name(), now, now + INVITED)).await?;
    journal::store::note(conn, actor, Deed::LinkMade, of.1).await?;
    Ok(secret)
}

/// At the first start, and whenever no administrator can sign in: the one-time link that makes one. The account is
/// called `admin`.
///
/// # Errors
/// [`Error::Denied`] for anybody but the operator.
pub async fn first_administrator(db: &Db, actor: &Actor) -> Result<Option<Secret>> {
    actor.need(Right::ManageAccounts)?;
    let now = Timestamp::now();
    let mut tx = db.write().await?;
    if store::has_administrator(&mut tx).await? {
        return Ok(None);
    }
    let grant = Grant { role: Role::Administrator, root: None, forms: None };
    let id = match store::by_login(&mut tx, FIRST).await? {
        Some(account) => {
            store::change(&mut tx, account.id, (&account.name, &account.email), &grant).await?;
            store::close(&mut tx, account.id, None).await?;
            Some(account.id)
        }
        None => {
            let name = Words::new("account.administrator").say(crate::lang::Lang::Ru);
            store::make(&mut tx, (FIRST, &name, ""), &grant, (actor.name(), now)).await?
        }
    };
    let id = id.ok_or_else(|| Error::Internal("the first account was not made".to_owned()))?;
    let secret = link(&mut tx, actor, (id, FIRST), now).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// The login of the first administrator.
pub const FIRST: &str = "admin";

/// The account that a one-time link is for.
///
/// # Errors
/// [`Error::NotFound`] where it was used, has ended, or never was.
pub async fn invited(db: &Db, secret: &Secret) -> Result<Account> {
    let found = store::invited(&mut *db.read().await?, &secret.hash(), Timestamp::now()).await?;
    found.ok_or_else(no_link)
}

fn no_link() -> Error {
    Error::NotFound(Words::new("account.no-link"))
}

/// Chooses a password with a one-time link and signs its holder in; every other session of the account ends, and its
/// access keys open nothing any more: whoever comes with a link may be somebody else in the same post.
///
/// # Errors
/// [`Error::NotFound`] as [`invited`]; [`Error::Faults`] where the password is not good enough or was not repeated.
pub async fn accept(db: &Db, secret: &Secret, new: NewPassword<'_>, from: &From) -> Result<Entered> {
    let account = invited(db, secret).await?;
    let kept = new.kept(db, &account).await?;
    let now = Timestamp::now();
    let mut tx = db.write().await?;
    // Asked again: of two who come with the same link one is first.
    let account = store::invited(&mut tx, &secret.hash(), now).await?.ok_or_else(no_link)?;
    store::set_password(&mut tx, account.id, &kept).await?;
    // Who has lost the telephone with the app comes back by a link too.
    second::store::set(&mut tx, account.id, None, 0).await?;
    store::uninvite(&mut tx, account.id, now).await?;
    token::store::revoke(&mut tx, account.id, None, now).await?;
    end(&mut tx, account.id, Which::All).await?;
    journal::store::note(&mut tx, &from.as_actor(&account), Deed::PasswordSet, &account.login).await?;
    let account = Account { ready: true, second: false, ..account };
    let entered = enter(&mut tx, account, from, false, now).await?;
    tx.commit().await?;
    Ok(entered)
}

/// A new password as it was typed, twice.
#[derive(Debug, Clone, Copy)]
pub struct NewPassword<'a> {
    /// The first time.
    pub password: &'a str,
    /// The second time.
    pub again: &'a str,
}

impl NewPassword<'_> {
    /// What is kept of it.
    async fn kept(&self, db: &Db, account: &Account) -> Result<String> {
        let org = match account.grant.root {
            Some(root) => org::store::by_id(&mut *db.read().await?, &account.actor().scope(), root).await?,
            None => None,
        };
        let org = org.map(|org| (org.name, org.short_name)).unwrap_or_default();
        let about = [account.login.as_str(), &account.name, &account.email, &org.0, &org.1];
        let about: Vec<&str> = about.iter().flat_map(|text| text.split([' ', '«', '»', '"', '@'])).collect();
        let mut faults = password::faults("password", self.password, &about);
        if self.password != self.again {
            faults.push(fault("again", Words::new("account.not-the-same")));
        }
        if faults.is_empty() { password::kept(self.password).await } else { Err(Error::Faults(faults)) }
    }
}

/// Changes one's own password; every other session of the account ends.
///
/// # Errors
/// [`Error::Faults`] where the old one is wrong, or was wrong too often of late, or the new one is not good enough or was
/// not repeated.
pub async fn change_password(
    db: &Db,
    (actor, guesses): (&Actor, &Guesses),
    (old, new): (&str, NewPassword<'_>),
    this_session: &str,
) -> Result<()> {
    actor.need(Right::Own)?;
    let account = own(db, actor).await?;
    let right = proved(db, (actor, guesses), (&account, this_session), ("old", old)).await?;
    let fresh = new.kept(db, &account).await;
    if !right {
        let mut faults = vec![fault("old", Words::new("account.wrong-old"))];
        if let Err(Error::Faults(others)) = fresh {
            faults.extend(others);
        }
        return Err(Error::Faults(faults));
    }
    let fresh = fresh?;
    let mut tx = db.write().await?;
    store::set_password(&mut tx, account.id, &fresh).await?;
    end(&mut tx, account.id, Which::AllBut(this_session)).await?;
    journal::store::note(&mut tx, actor, Deed::PasswordChanged, &account.login).await?;
    tx.commit().await
}

/// Whether somebody who is signed in knows their password. Whoever has got at an open session may guess it no faster
/// than anybody else.
///
/// # Errors
/// [`Error::Faults`] at the field where it was wrong too often of late.
pub(super) async fn proved(
    db: &Db,
    (actor, guesses): (&Actor, &Guesses),
    (account, session): (&Account, &str),
    (field, typed): (&str, &str),
) -> Result<bool> {
    let kept = store::password(&mut *db.read().await?, account.id).await?;
    let address = actor.address().parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let attempt = Attempt { login: account.login.clone(), address, known: Some(session.to_owned()) };
    compared(guesses, &attempt, (field, typed, kept), Timestamp::now()).await
}

/// One's own account.
///
/// # Errors
/// [`Error::Stranger`] where nobody has signed in.
pub async fn own(db: &Db, actor: &Actor) -> Result<Account> {
    actor.need(Right::Own)?;
    let id = actor.account().ok_or(Error::Stranger)?;
    store::by_id(&mut *db.read().await?, id).await?.ok_or(Error::Stranger)
}

/// Changes how one is called, and where letters go.
///
/// # Errors
/// [`Error::Faults`] for what is wrong; [`Error::Stranger`] where nobody has signed in.
pub async fn change_own(db: &Db, actor: &Actor, (name, email): (&str, &str)) -> Result<Account> {
    let account = own(db, actor).await?;
    let role = account.grant.role.word().to_owned();
    let (login, name, email) = (account.login.clone(), name.trim().to_owned(), email.trim().to_owned());
    let wanted = Wanted { login, name, email, role, ..Wanted::default() };
    let faults = wanted.faults();
    if !faults.is_empty() {
        return Err(Error::Faults(faults));
    }
    let mut tx = db.write().await?;
    store::change(&mut tx, account.id, (&wanted.name, &wanted.email), &account.grant).await?;
    journal::store::note(&mut tx, actor, Deed::AccountChanged, &account.login).await?;
    tx.commit().await?;
    Ok(Account { name: wanted.name, email: wanted.email, ..account })
}

//! Making accounts for many schools, and what whoever has just made them may still take with them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Candidate, MOST, Made, Outcome, login, store};
use crate::access::{Actor, Grant, Right, Role};
use crate::account::actions::{link, may_keep};
use crate::account::{INVITED, Secret, fault, store as accounts};
use crate::db::{Conn, Db};
use crate::error::{Error, Fault, Result};
use crate::ids::{OrgId, OrgType};
use crate::journal::{self, Deed};
use crate::lang::Words;
use crate::org::{self, Org};

/// The schools for which somebody can sign in, of those that the actor sees, with their logins.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn having(db: &Db, actor: &Actor) -> Result<HashMap<OrgId, Vec<String>>> {
    actor.need(Right::ManageAccounts)?;
    having_at(&mut *db.read().await?, actor).await
}

async fn having_at(conn: &mut Conn, actor: &Actor) -> Result<HashMap<OrgId, Vec<String>>> {
    let mut having: HashMap<OrgId, Vec<String>> = HashMap::new();
    for (org, login) in store::of_schools(conn, &actor.scope()).await? {
        having.entry(org).or_default().push(login);
    }
    Ok(having)
}

/// The schools that are open today, in the order of the tree, with the logins that they have.
///
/// # Errors
/// As [`having`].
pub async fn candidates(db: &Db, actor: &Actor) -> Result<Vec<Candidate>> {
    actor.need(Right::ManageAccounts)?;
    candidates_at(&mut *db.read().await?, actor).await
}

async fn candidates_at(conn: &mut Conn, actor: &Actor) -> Result<Vec<Candidate>> {
    let mut having = having_at(conn, actor).await?;
    let today = Timestamp::now().to_zoned(TimeZone::system()).date();
    let all = org::tree_order(org::store::all(conn, &actor.scope()).await?);
    let open = all.into_iter().filter(|org| org.kind == OrgType::School && org.open_during(today, today));
    Ok(open.map(|org| Candidate { logins: having.remove(&org.id).unwrap_or_default(), org }).collect())
}

/// Makes an account for each of some schools, by their codes; those that have one are left out.
///
/// # Errors
/// [`Error::Faults`] at `org` for what is wrong with the choice; [`Error::Denied`] without the right.
pub async fn make(db: &Db, actor: &Actor, codes: &[String]) -> Result<Outcome> {
    actor.need(Right::ManageAccounts)?;
    let now = Timestamp::now();
    let mut tx = db.write_alone().await?;
    let candidates = candidates_at(&mut tx, actor).await?;
    let faults = faults(&candidates, codes);
    if !faults.is_empty() {
        return Err(Error::Faults(faults));
    }
    let (mut outcome, codes) = (Outcome::default(), codes.iter().collect::<HashSet<_>>());
    for candidate in candidates.into_iter().filter(|one| codes.contains(&one.org.code)) {
        if candidate.logins.is_empty() {
            outcome.made.push(one(&mut tx, actor, candidate.org, now).await?);
        } else {
            outcome.left_out.push(candidate);
        }
    }
    tx.commit().await?;
    Ok(outcome)
}

fn faults(candidates: &[Candidate], codes: &[String]) -> Vec<Fault> {
    let known: HashSet<&str> = candidates.iter().map(|one| one.org.code.as_str()).collect();
    let strange = codes.iter().filter(|code| !known.contains(code.as_str()));
    let mut faults: Vec<Fault> =
        strange.map(|code| fault("org", Words::new("account.no-org").with("code", code))).collect();
    match codes.len() {
        0 => faults.push(fault("org", Words::new("link.nobody-chosen"))),
        n if n > MOST => faults.push(fault("org", Words::new("link.too-many").with("n", n).with("most", MOST))),
        _ => {}
    }
    faults
}

async fn one(conn: &mut Conn, actor: &Actor, org: Org, now: Timestamp) -> Result<Made> {
    let forms = actor.forms().map(|forms| Arc::new(forms.clone()));
    let grant = Grant { role: Role::School, root: Some(org.id), forms };
    if !may_keep(actor, &grant) {
        return Err(Error::Denied(Words::new("account.not-below")));
    }
    // A closed account keeps its login.
    for number in 1..=MOST {
        let login = login(&org.code, number);
        let made = accounts::make(conn, (&login, org.label(), ""), &grant, (actor.name(), now)).await?;
        let Some(id) = made else { continue };
        journal::store::note(conn, actor, Deed::AccountMade, &login).await?;
        let secret = link(conn, actor, (id, &login), now).await?;
        let account = accounts::by_id(conn, id).await?;
        let account = account.ok_or_else(|| Error::Internal("an account is gone".to_owned()))?;
        return Ok(Made { account, org, secret, ends_at: now + INVITED });
    }
    Err(Error::Internal(format!("no login is free for {}", org.code)))
}

/// The accounts of one-time links that somebody who has just made them still holds: for a workbook of them. Those that
/// the actor does not keep, or that were used, are left out.
///
/// # Errors
/// As [`having`].
pub async fn handed(db: &Db, actor: &Actor, secrets: &[Secret]) -> Result<Vec<Made>> {
    actor.need(Right::ManageAccounts)?;
    let mut read = db.read().await?;
    let mut made = Vec::new();
    for secret in secrets.iter().take(MOST) {
        let Some((id, ends_at)) = store::invited(&mut read, &secret.hash(), Timestamp::now()).await? else { continue };
        let Some(account) = accounts::by_id(&mut read, id).await? else { continue };
        let Some(root) = account.grant.root.filter(|_| may_keep(actor, &account.grant)) else { continue };
        if let Some(org) = org::store::by_id(&mut read, &actor.scope(), root).await? {
            made.push(Made { account, org, secret: secret.clone(), ends_at });
        }
    }
    Ok(made)
}

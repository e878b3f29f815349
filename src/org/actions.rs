//! What people may do with organisations: import the registry, list it, find one.

use std::collections::HashMap;

use jiff::civil::Date;

use super::plan::Wish;
use super::{Alike, Kin, Org, Registry, Summary, alike, batch, group, search, standing, store, tree_order};
use crate::access::{Actor, Right, Scope};
use crate::db::Db;
use crate::error::{Error, Fault, Place, Result};
use crate::ids::{OrgId, OrgType};
use crate::lang::Words;
use crate::sheet::Book;
use crate::text;

/// Loads a table of organisations as [`batch::actions::apply`] does, with what differs holding from today on.
///
/// # Errors
/// [`Error::Faults`] with every fault of the file, each at its cell; nothing is stored then.
pub async fn import(db: &Db, actor: &Actor, book: &Book) -> Result<Summary> {
    Ok(batch::actions::apply(db, actor, book, &Wish::today()).await?.summary)
}

/// The organisations of a scope, in the order of the tree: today's, unless the scope names another day.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn list(db: &Db, actor: &Actor, scope: &Scope) -> Result<Vec<Org>> {
    actor.need(Right::Read)?;
    let mut read = db.read().await?;
    match (scope.day(), scope.group()) {
        (None, None) => Ok(tree_order(store::all(&mut read, scope).await?)),
        (day, _) => {
            let day = day.unwrap_or_else(|| jiff::Zoned::now().date());
            standing::store::on(&mut read, scope, day).await
        }
    }
}

/// The organisation with a code, also with the code of one that has turned out to be this one.
///
/// # Errors
/// [`Error::NotFound`] where there is none that the actor may see.
pub async fn by_code(db: &Db, actor: &Actor, code: &str) -> Result<Org> {
    actor.need(Right::Read)?;
    let mut read = db.read().await?;
    let mut found = store::by_code(&mut read, &actor.scope(), code).await?;
    if found.is_none()
        && let Some(kept) = store::by_former_code(&mut read, code).await?
    {
        found = store::by_code(&mut read, &actor.scope(), &kept).await?;
    }
    found.ok_or_else(|| Error::NotFound(Words::new("org.not-found").with("code", code)))
}

/// The name of the time zone that holds for an organisation: its own, else that of the nearest one above it that has any.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn time_zone(db: &Db, actor: &Actor, org: OrgId) -> Result<Option<String>> {
    actor.need(Right::Read)?;
    let mut read = db.read().await?;
    for one in store::upwards(&mut read, org).await? {
        if let Some(zone) = store::time_zone(&mut read, one.id).await? {
            return Ok(Some(zone));
        }
    }
    Ok(None)
}

/// Those that have merged into an organisation, and those that it has merged into.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn kin(db: &Db, actor: &Actor, org: &Org) -> Result<Kin> {
    actor.need(Right::Read)?;
    store::kin(&mut *db.read().await?, org.id).await
}

/// The successors of every organisation that has some, among those that the actor may see.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn successors(db: &Db, actor: &Actor) -> Result<HashMap<OrgId, Vec<OrgId>>> {
    actor.need(Right::Read)?;
    let mut successors: HashMap<OrgId, Vec<OrgId>> = HashMap::new();
    for (org, successor) in store::successors(&mut *db.read().await?, &actor.scope()).await? {
        successors.entry(org).or_default().push(successor);
    }
    Ok(successors)
}

/// What the actor may see, narrowed to the subtree of the organisation with a code; `None` leaves all of it.
///
/// # Errors
/// [`Error::NotFound`] where there is no such organisation that the actor may see.
pub async fn scope(db: &Db, actor: &Actor, code: Option<&str>) -> Result<Scope> {
    match code {
        Some(code) => Ok(actor.scope().narrowed(by_code(db, actor, code).await?.id)),
        None => Ok(actor.scope()),
    }
}

/// A territory as people ask for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Territory<'a> {
    /// The code of the organisation at its top; nothing for all that the actor may see.
    pub org: &'a str,
    /// The number of a group; nothing for no group.
    pub group: &'a str,
    /// The day whose tree is taken, as it was typed; nothing for the last day of what is looked at.
    pub day: &'a str,
}

/// What the actor may see, narrowed to a territory; without a day typed, in the tree of `otherwise`.
///
/// # Errors
/// [`Error::NotFound`] where there is no such organisation or group; [`Error::Faults`] where the day is none.
pub async fn territory(db: &Db, actor: &Actor, asked: Territory<'_>, otherwise: Date) -> Result<Scope> {
    let mut scope = scope(db, actor, Some(asked.org).filter(|code| !code.is_empty())).await?;
    if !asked.group.is_empty() {
        scope = scope.of_group(group::actions::one(db, actor, asked.group).await?.id);
    }
    if asked.day.is_empty() {
        return Ok(scope.on(otherwise));
    }
    let unread = || {
        Fault::error(Place::Field("day".to_owned()), "wrong-type", Words::new("org.bad-day").with("given", asked.day))
    };
    Ok(scope.on(text::read_date(asked.day).ok_or_else(|| Error::fault(unread()))?))
}

/// All organisations that the actor may see, for matching codes and names of a foreign sheet.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn registry(db: &Db, actor: &Actor) -> Result<Registry> {
    actor.need(Right::Read)?;
    let mut read = db.read().await?;
    let orgs = store::all(&mut read, &actor.scope()).await?;
    let codes = store::codes(&mut read, &actor.scope()).await?;
    Ok(Registry::new(orgs, codes).knowing(store::former_names(&mut read, &actor.scope()).await?))
}

/// Organisations that are likely one and the same, among those that the actor may see.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn alike(db: &Db, actor: &Actor) -> Result<Vec<Alike>> {
    actor.need(Right::ManageOrgs)?;
    let (mut read, scope) = (db.read().await?, actor.scope().whole());
    let orgs = store::all(&mut read, &scope).await?;
    Ok(alike::pairs(&orgs, &store::codes(&mut read, &scope).await?))
}

/// The organisations of a scope that a search means, the likeliest first; all of them, in the order of the tree, where
/// nothing is sought.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn search(db: &Db, actor: &Actor, orgs: &[Org], sought: &str) -> Result<Vec<Org>> {
    actor.need(Right::Read)?;
    let (mut read, scope) = (db.read().await?, actor.scope().whole());
    let mut known = search::Known::new();
    for code in store::codes(&mut read, &scope).await? {
        known.entry(code.org).or_default().push(code.code);
    }
    for (org, name) in store::former_names(&mut read, &scope).await? {
        known.entry(org).or_default().push(name);
    }
    Ok(search::found(orgs, &known, sought).into_iter().cloned().collect())
}

/// Who is expected to have a report until a round says otherwise: the organisations of a type that are open on some
/// day of the stretch (a period's first and last day), in the order of the tree.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn expected(db: &Db, actor: &Actor, scope: &Scope, kind: OrgType, days: (Date, Date)) -> Result<Vec<Org>> {
    let orgs = list(db, actor, scope).await?;
    Ok(orgs.into_iter().filter(|org| org.kind == kind && org.is_expected(days.0, days.1)).collect())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

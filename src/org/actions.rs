//! What people may do with organisations: import the registry, list it, find one.

use std::collections::HashMap;

use jiff::civil::Date;

use super::plan::{self, Known};
use super::{Kin, Org, Registry, Summary, file, store, tree_order};
use crate::access::{Actor, Right, Scope};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::{OrgId, OrgType};
use crate::journal::{self, Deed};
use crate::lang::Words;
use crate::sheet::Book;

/// Imports a registry file: adds what is new, updates by code what is known, removes nothing.
///
/// # Errors
/// [`Error::Faults`] with every fault of the file, each at its cell; nothing is stored then.
pub async fn import(db: &Db, actor: &Actor, book: &Book) -> Result<Summary> {
    actor.need(Right::ManageOrgs)?;
    let lines = file::read(book).map_err(Error::Faults)?;
    let mut tx = db.write_alone().await?;
    let orgs = store::all(&mut tx, &actor.scope()).await?;
    let codes = store::codes(&mut tx, &actor.scope()).await?;
    let successors = store::successors(&mut tx, &actor.scope()).await?;
    let plan = plan::plan(&lines, &Known { orgs, codes, successors }).map_err(Error::Faults)?;
    for org in &plan.wanted {
        store::save(&mut tx, org).await?;
    }
    for org in &plan.wanted {
        store::save_successors(&mut tx, org).await?;
    }
    journal::store::note(&mut tx, actor, Deed::OrgsImported, &book.name).await?;
    tx.commit().await?;
    Ok(plan.summary)
}

/// The organisations of a scope, in the order of the tree.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn list(db: &Db, actor: &Actor, scope: &Scope) -> Result<Vec<Org>> {
    actor.need(Right::Read)?;
    Ok(tree_order(store::all(&mut *db.read().await?, scope).await?))
}

/// The organisation with a code.
///
/// # Errors
/// [`Error::NotFound`] where there is none that the actor may see.
pub async fn by_code(db: &Db, actor: &Actor, code: &str) -> Result<Org> {
    actor.need(Right::Read)?;
    let found = store::by_code(&mut *db.read().await?, &actor.scope(), code).await?;
    found.ok_or_else(|| Error::NotFound(Words::new("org.not-found").with("code", code)))
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

/// All organisations that the actor may see, for matching codes and names of a foreign sheet.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn registry(db: &Db, actor: &Actor) -> Result<Registry> {
    actor.need(Right::Read)?;
    let mut read = db.read().await?;
    let orgs = store::all(&mut read, &actor.scope()).await?;
    Ok(Registry::new(orgs, store::codes(&mut read, &actor.scope()).await?))
}

/// Who is expected to have a report until a round says otherwise: the organisations of a type that are open on some
/// day of the stretch (a period's first and last day), in the order of the tree.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn expected(db: &Db, actor: &Actor, scope: &Scope, kind: OrgType, days: (Date, Date)) -> Result<Vec<Org>> {
    let orgs = list(db, actor, scope).await?;
    Ok(orgs.into_iter().filter(|org| org.kind == kind && org.open_during(days.0, days.1)).collect())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

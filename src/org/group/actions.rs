//! What people may do with groups: use all of them, change those of their own part of the tree.

use std::collections::BTreeSet;

use super::{Group, store};
use crate::access::{Actor, Right, Scope};
use crate::db::{Conn, Db};
use crate::error::{Error, Fault, Place, Result};
use crate::ids::{GroupId, OrgId, OrgType};
use crate::journal::{self, Deed};
use crate::lang::Words;
use crate::org::{self, Match, Org, Registry, tree_order};

/// How long a name may be.
const LONGEST: usize = 120;

/// All groups, by name.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn list(db: &Db, actor: &Actor) -> Result<Vec<Group>> {
    actor.need(Right::Overview)?;
    store::all(&mut *db.read().await?, None).await
}

/// The group with a number.
///
/// # Errors
/// [`Error::NotFound`] where there is none.
pub async fn one(db: &Db, actor: &Actor, id: &str) -> Result<Group> {
    actor.need(Right::Overview)?;
    found(&mut *db.read().await?, id).await
}

async fn found(conn: &mut Conn, id: &str) -> Result<Group> {
    let no_group = || Error::NotFound(Words::new("org.no-group"));
    let id = id.parse().map(GroupId).map_err(|_| no_group())?;
    store::all(conn, Some(id)).await?.pop().ok_or_else(no_group)
}

/// The group with a name.
///
/// # Errors
/// [`Error::NotFound`] where there is none.
pub async fn by_name(db: &Db, actor: &Actor, name: &str) -> Result<Group> {
    let folded = crate::text::folded(name);
    let group = list(db, actor).await?.into_iter().find(|group| crate::text::folded(&group.name) == folded);
    group.ok_or_else(|| Error::NotFound(Words::new("org.no-group-named").with("name", name)))
}

/// The members of a group that the actor may see, in the order of the tree.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn members(db: &Db, actor: &Actor, group: GroupId) -> Result<Vec<Org>> {
    actor.need(Right::Overview)?;
    let mut read = db.read().await?;
    let members = store::members(&mut read, group).await?;
    let mut orgs = tree_order(org::store::all(&mut read, &actor.scope().whole()).await?);
    orgs.retain(|org| members.contains(&org.id));
    Ok(orgs)
}

/// Makes a group, or changes the name and note of one.
///
/// # Errors
/// [`Error::Faults`] where the name is empty, too long or another group's; [`Error::Denied`].
pub async fn save(db: &Db, actor: &Actor, id: Option<&str>, name: &str, note: &str) -> Result<GroupId> {
    actor.need(Right::ManageOrgs)?;
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let fault = |words| Err(Error::fault(Fault::error(Place::Field("name".to_owned()), "required", words)));
    if name.is_empty() {
        return fault(Words::new("org.group-no-name"));
    }
    if name.chars().count() > LONGEST || name.contains(';') {
        return fault(Words::new("org.group-bad-name").with("n", LONGEST));
    }
    let mut tx = db.write().await?;
    let known = store::all(&mut tx, None).await?;
    let group = match id {
        Some(id) => Some(mine(&mut tx, actor, id).await?),
        None => None,
    };
    let same = |one: &&Group| crate::text::folded(&one.name) == crate::text::folded(&name);
    if known.iter().filter(same).any(|one| group.as_ref().is_none_or(|group| group.id != one.id)) {
        return fault(Words::new("org.group-taken").with("name", &name));
    }
    let id = match group {
        Some(group) => {
            store::rename(&mut tx, group.id, &name, note.trim()).await?;
            group.id
        }
        None => store::add(&mut tx, &name, note.trim(), actor.scope().whole().root()).await?,
    };
    journal::store::note(&mut tx, actor, Deed::GroupChanged, &name).await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes a group away; its members stay what they are.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`].
pub async fn remove(db: &Db, actor: &Actor, id: &str) -> Result<Group> {
    actor.need(Right::ManageOrgs)?;
    let mut tx = db.write().await?;
    let group = mine(&mut tx, actor, id).await?;
    store::remove(&mut tx, group.id).await?;
    journal::store::note(&mut tx, actor, Deed::GroupChanged, &group.name).await?;
    tx.commit().await?;
    Ok(group)
}

/// Adds the organisations that lines of text name, by code or by name, one a line.
///
/// # Errors
/// [`Error::Faults`] with every line that names nobody or several; nobody is added then.
pub async fn join(db: &Db, actor: &Actor, id: &str, lines: &str) -> Result<usize> {
    actor.need(Right::ManageOrgs)?;
    let registry = org::actions::registry(db, actor).await?;
    let (mut orgs, mut faults) = (Vec::new(), Vec::new());
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match whom(&registry, line) {
            Match::One(org) => orgs.push(org),
            Match::None => faults.push(fault(&registry, line, Words::new("org.member-unknown"))),
            Match::Doubtful(all) => {
                let codes = all.iter().filter_map(|id| registry.get(*id)).map(|org| org.code.as_str());
                let codes = codes.take(5).collect::<Vec<_>>().join(", ");
                faults.push(fault(&registry, line, Words::new("org.member-doubtful").with("codes", codes)));
            }
        }
    }
    if orgs.is_empty() && faults.is_empty() {
        faults.push(Fault::error(place(), "required", Words::new("org.member-nobody")));
    }
    if !faults.is_empty() {
        return Err(Error::Faults(faults));
    }
    let mut tx = db.write().await?;
    let group = mine(&mut tx, actor, id).await?;
    store::join(&mut tx, group.id, &orgs).await?;
    journal::store::note(&mut tx, actor, Deed::GroupChanged, &group.name).await?;
    tx.commit().await?;
    Ok(orgs.len())
}

fn whom(registry: &Registry, line: &str) -> Match {
    match registry.by_code(org::OWN_CODE, line, &OrgType::ALL) {
        Match::None => registry.by_name(line, None, &OrgType::ALL),
        known => known,
    }
}

fn place() -> Place {
    Place::Field("members".to_owned())
}

fn fault(registry: &Registry, line: &str, words: Words) -> Fault {
    let near = registry.nearest(line, None, OrgType::School).into_iter().next();
    let near = near.and_then(|id| registry.get(id)).filter(|_| words.key() == "org.member-unknown");
    let hint = near.map(|org| Words::new("org.did-you-mean").with("name", &org.name));
    Fault::error(place(), "unknown-name", words.with("given", line)).hinting(hint)
}

/// Takes a member out.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`].
pub async fn leave(db: &Db, actor: &Actor, id: &str, code: &str) -> Result<Org> {
    actor.need(Right::ManageOrgs)?;
    let org = org::actions::by_code(db, actor, code).await?;
    let mut tx = db.write().await?;
    let group = mine(&mut tx, actor, id).await?;
    store::leave(&mut tx, group.id, org.id).await?;
    journal::store::note(&mut tx, actor, Deed::GroupChanged, &group.name).await?;
    tx.commit().await?;
    Ok(org)
}

/// Whether the actor may change who belongs to these groups; those that are not there yet will be the actor's own.
///
/// # Errors
/// [`Error::Faults`] with every group that is not the actor's to change.
pub(in crate::org) async fn may_touch(conn: &mut Conn, actor: &Actor, names: &BTreeSet<&str>) -> Result<()> {
    let scope = actor.scope().whole();
    let mut faults = Vec::new();
    for group in store::all(conn, None).await?.iter().filter(|group| names.contains(group.name.as_str())) {
        if !owns(conn, &scope, group.root).await? {
            let words = Words::new("org.group-not-yours").with("name", &group.name);
            faults.push(Fault::error(Place::Field("groups".to_owned()), "denied", words));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Faults(faults)) }
}

/// A group that the actor may change.
async fn mine(conn: &mut Conn, actor: &Actor, id: &str) -> Result<Group> {
    let group = found(conn, id).await?;
    if owns(conn, &actor.scope().whole(), group.root).await? {
        return Ok(group);
    }
    Err(Error::Denied(Words::new("org.group-not-yours").with("name", &group.name)))
}

async fn owns(conn: &mut Conn, scope: &Scope, root: Option<OrgId>) -> Result<bool> {
    match (scope.root(), root) {
        (None, _) => Ok(true),
        (Some(_), None) => Ok(false),
        (Some(_), Some(root)) => Ok(org::store::by_id(conn, scope, root).await?.is_some()),
    }
}

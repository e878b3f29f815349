//! Former places and successors, read for one day.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::{GENERATIONS, Members, Merged, below};
use crate::access::Scope;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{GroupId, OrgId};
use crate::org::{Org, store, tree_order};

/// The organisations of a scope with the parents that they had on a day, in the order of the tree of that day: members
/// of a group stand in it as they do among all others.
///
/// # Errors
/// [`crate::error::Error::Data`] where the data file refuses.
pub async fn on(conn: &mut Conn, scope: &Scope, day: Date) -> Result<Vec<Org>> {
    let moved = moved(conn, day).await?;
    if moved.is_empty() && scope.group().is_none() {
        return Ok(tree_order(store::all(conn, scope).await?));
    }
    let mut orgs = store::all(conn, &scope.whole()).await?;
    for org in &mut orgs {
        if let Some(parent) = moved.get(&org.id) {
            org.parent = *parent;
        }
    }
    orgs = tree_order(orgs);
    if let Some(within) = scope.within() {
        keep(&mut orgs, &HashSet::from([within]));
    }
    if let Some(group) = scope.group() {
        keep(&mut orgs, &members_of(conn, group).await?);
    }
    Ok(orgs)
}

fn keep(orgs: &mut Vec<Org>, tops: &HashSet<OrgId>) {
    let inside = below(orgs, tops);
    orgs.retain(|org| inside.contains(&org.id));
}

/// Who belongs to a scope on a day. Where nothing has moved since, statements say it by themselves.
///
/// # Errors
/// [`crate::error::Error::Data`] where the data file refuses.
pub async fn members(conn: &mut Conn, scope: &Scope, day: Date) -> Result<Members> {
    let plain = !scope.is_narrowed() || (scope.group().is_none() && moved(conn, day).await?.is_empty());
    if plain {
        return Ok(Members { scope: scope.clone(), only: None });
    }
    let only = on(conn, scope, day).await?.into_iter().map(|org| org.id).collect();
    Ok(Members { scope: scope.whole(), only: Some(only) })
}

/// The members of a group, without those below them.
async fn members_of(conn: &mut Conn, group: GroupId) -> Result<HashSet<OrgId>> {
    let rows: Vec<(i64,)> =
        sqlx::query_as("select org_id from org_group_member where group_id = $1").bind(group.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(org,)| OrgId(org)).collect())
}

/// Whose place on a day is not the one that they have today.
async fn moved(conn: &mut Conn, day: Date) -> Result<HashMap<OrgId, Option<OrgId>>> {
    let rows: Vec<(i64, Option<i64>)> = sqlx::query_as(
        "select org_id, parent_id from org_place as here
         where until >= $1 and not exists (
             select 1 from org_place as sooner
             where sooner.org_id = here.org_id and sooner.until >= $1 and sooner.until < here.until)",
    )
    .bind(day.to_string())
    .fetch_all(&mut *conn)
    .await?;
    let mut moved: HashMap<OrgId, Option<OrgId>> =
        rows.into_iter().map(|(org, parent)| (OrgId(org), parent.map(OrgId))).collect();
    let merged = merged(conn, day).await?;
    let places: Vec<(OrgId, Option<OrgId>)> =
        merged.successors.keys().map(|org| (*org, merged.place(*org, &moved, GENERATIONS))).collect();
    for (org, place) in places {
        if merged.parents.get(&org) != Some(&place) || moved.contains_key(&org) {
            moved.insert(org, place);
        }
    }
    Ok(moved)
}

/// Those that had closed before a day and have successors.
async fn merged(conn: &mut Conn, day: Date) -> Result<Merged> {
    let rows: Vec<(i64, Option<i64>, i64, Option<i64>)> = sqlx::query_as(
        "select gone.id, gone.parent_id, after.id, after.parent_id
         from org_successor join org as gone on gone.id = org_id join org as after on after.id = successor_id
         where gone.valid_to < $1 order by gone.id, after.id",
    )
    .bind(day.to_string())
    .fetch_all(conn)
    .await?;
    let mut merged = Merged::default();
    for (gone, parent, after, place) in rows {
        merged.successors.entry(OrgId(gone)).or_default().push(OrgId(after));
        merged.parents.insert(OrgId(gone), parent.map(OrgId));
        merged.parents.insert(OrgId(after), place.map(OrgId));
    }
    Ok(merged)
}

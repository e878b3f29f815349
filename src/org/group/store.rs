//! Groups in the data file.

use std::collections::BTreeSet;

use sqlx::FromRow;

use super::Group;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{GroupId, OrgId};

#[derive(FromRow)]
struct Row {
    id: i64,
    name: String,
    note: String,
    root_id: Option<i64>,
    members: i64,
}

impl From<Row> for Group {
    fn from(row: Row) -> Group {
        Group {
            id: GroupId(row.id),
            name: row.name,
            note: row.note,
            root: row.root_id.map(OrgId),
            members: usize::try_from(row.members).unwrap_or_default(),
        }
    }
}

/// All groups by name; only the one with a key, if one is given.
pub(in crate::org) async fn all(conn: &mut Conn, id: Option<GroupId>) -> Result<Vec<Group>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, name, note, root_id, (select count(*) from org_group_member where group_id = id) as members
         from org_group where $1 is null or id = $1 order by name",
    )
    .bind(id.map(|id| id.0))
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Group::from).collect())
}

/// Makes the groups that are not there yet, for the part of the tree below an organisation.
pub(in crate::org) async fn ensure(conn: &mut Conn, names: &BTreeSet<&str>, root: Option<OrgId>) -> Result<()> {
    for name in names {
        sqlx::query("insert into org_group (name, root_id) values ($1, $2) on conflict (name) do nothing")
            .bind(*name)
            .bind(root.map(|root| root.0))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Adds a group.
pub(super) async fn add(conn: &mut Conn, name: &str, note: &str, root: Option<OrgId>) -> Result<GroupId> {
    let (id,): (i64,) = sqlx::query_as("insert into org_group (name, note, root_id) values ($1, $2, $3) returning id")
        .bind(name)
        .bind(note)
        .bind(root.map(|root| root.0))
        .fetch_one(conn)
        .await?;
    Ok(GroupId(id))
}

/// Changes the name and the note of a group.
pub(super) async fn rename(conn: &mut Conn, group: GroupId, name: &str, note: &str) -> Result<()> {
    sqlx::query("update org_group set name = $2, note = $3 where id = $1")
        .bind(group.0)
        .bind(name)
        .bind(note)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a group away; its members stay what they are.
pub(super) async fn remove(conn: &mut Conn, group: GroupId) -> Result<()> {
    sqlx::query("delete from org_group_member where group_id = $1").bind(group.0).execute(&mut *conn).await?;
    sqlx::query("delete from org_group where id = $1").bind(group.0).execute(conn).await?;
    Ok(())
}

/// The members of a group.
pub(super) async fn members(conn: &mut Conn, group: GroupId) -> Result<BTreeSet<OrgId>> {
    let rows: Vec<(i64,)> =
        sqlx::query_as("select org_id from org_group_member where group_id = $1").bind(group.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(org,)| OrgId(org)).collect())
}

/// Adds members.
pub(super) async fn join(conn: &mut Conn, group: GroupId, orgs: &[OrgId]) -> Result<()> {
    for org in orgs {
        sqlx::query("insert into org_group_member (group_id, org_id) values ($1, $2) on conflict do nothing")
            .bind(group.0)
            .bind(org.0)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Takes a member out.
pub(super) async fn leave(conn: &mut Conn, group: GroupId, org: OrgId) -> Result<()> {
    sqlx::query("delete from org_group_member where group_id = $1 and org_id = $2")
        .bind(group.0)
        .bind(org.0)
        .execute(conn)
        .await?;
    Ok(())
}

//! Organisations and their codes in the data file.

use std::collections::HashMap;

use jiff::civil::Date;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _};

use super::plan::Wanted;
use super::{Kin, Org, OrgCode};
use crate::access::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::expr::Value;
use crate::form::{Choice, Organisations};
use crate::ids::{OrgId, OrgType};

/// A statement over the organisations that may be seen: `seen(id)` are those at or below `$1`, all of them for null.
macro_rules! seen {
    ($rest:literal) => {
        concat!(
            "with recursive seen(id) as (
                 select org.id from org where $1 is null or org.id = $1
                 union select org.id from org join seen on org.parent_id = seen.id) ",
            $rest
        )
    };
}
pub(crate) use seen;

/// The same question about one organisation, asked from below: whether the scope's root (`$1`) stands above the one
/// that `$condition` names. It does not walk the whole territory.
macro_rules! one_seen {
    ($condition:literal) => {
        concat!(
            "with recursive up(id, parent_id) as (
                 select id, parent_id from org where ",
            $condition,
            " union select org.id, org.parent_id from org join up on org.id = up.parent_id)
             select org.* from org where ",
            $condition,
            " and ($1 is null or $1 in (select id from up))"
        )
    };
}

#[derive(FromRow)]
struct Row {
    id: i64,
    code: String,
    name: String,
    short_name: String,
    r#type: String,
    parent_id: Option<i64>,
    valid_from: Option<String>,
    valid_to: Option<String>,
}

impl TryFrom<Row> for Org {
    type Error = Error;

    fn try_from(row: Row) -> Result<Org> {
        Ok(Org {
            id: OrgId(row.id),
            kind: OrgType::from_name(&row.r#type).ok_or_else(|| unreadable(&row.code, &row.r#type))?,
            parent: row.parent_id.map(OrgId),
            valid_from: day(&row.code, row.valid_from)?,
            valid_to: day(&row.code, row.valid_to)?,
            code: row.code,
            name: row.name,
            short_name: row.short_name,
        })
    }
}

fn day(code: &str, day: Option<String>) -> Result<Option<Date>> {
    day.map(|day| day.parse().map_err(|_| unreadable(code, &day))).transpose()
}

fn unreadable(code: &str, what: &str) -> Error {
    Error::Internal(format!("organisation {code}: {what:?} is stored"))
}

/// An organisation whose columns stand in a row from a place on, in the order of its table; `None` where they are null.
///
/// # Errors
/// [`Error::Internal`] where something stored cannot be read.
pub fn of_columns(row: &SqliteRow, at: usize) -> Result<Option<Org>> {
    let Some(id) = row.try_get::<Option<i64>, _>(at)? else { return Ok(None) };
    let org = Row {
        id,
        code: row.try_get(at + 1)?,
        name: row.try_get(at + 2)?,
        short_name: row.try_get(at + 3)?,
        r#type: row.try_get(at + 4)?,
        parent_id: row.try_get(at + 5)?,
        valid_from: row.try_get(at + 6)?,
        valid_to: row.try_get(at + 7)?,
    };
    org.try_into().map(Some)
}

/// The organisations that may be seen.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn all(conn: &mut Conn, scope: &Scope) -> Result<Vec<Org>> {
    let rows: Vec<Row> = sqlx::query_as(seen!("select org.* from org join seen on seen.id = org.id"))
        .bind(scope.root().map(|root| root.0))
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Org::try_from).collect()
}

/// The registry as lists of choices, by name; closed organisations too, because old answers name them.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn choices(conn: &mut Conn) -> Result<Organisations> {
    let mut orgs = all(conn, &Scope::of_names()).await?;
    orgs.sort_by(|a, b| (a.label(), &a.code).cmp(&(b.label(), &b.code)));
    let codes: HashMap<OrgId, String> = orgs.iter().map(|org| (org.id, org.code.clone())).collect();
    let choice = |org: Org| {
        let above = org.parent.and_then(|parent| codes.get(&parent)).map(|code| ("above", Value::text(code.as_str())));
        let kind = ("type", Value::text(org.kind.name()));
        let attributes = above.into_iter().chain([kind]).map(|(name, value)| (name.to_owned(), value)).collect();
        (org.kind, Choice { attributes, ..Choice::plain(&org.code, org.label()) })
    };
    Ok(Organisations::new(orgs.into_iter().map(choice)))
}

/// The organisation with a code, if it may be seen.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn by_code(conn: &mut Conn, scope: &Scope, code: &str) -> Result<Option<Org>> {
    let row: Option<Row> = sqlx::query_as(one_seen!("org.code = $2"))
        .bind(scope.root().map(|root| root.0))
        .bind(code)
        .fetch_optional(conn)
        .await?;
    row.map(Org::try_from).transpose()
}

/// An organisation by its key, if it may be seen.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn by_id(conn: &mut Conn, scope: &Scope, id: OrgId) -> Result<Option<Org>> {
    let row: Option<Row> = sqlx::query_as(one_seen!("org.id = $2"))
        .bind(scope.root().map(|root| root.0))
        .bind(id.0)
        .fetch_optional(conn)
        .await?;
    row.map(Org::try_from).transpose()
}

/// An organisation and those above it, from itself up.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn upwards(conn: &mut Conn, id: OrgId) -> Result<Vec<Org>> {
    let rows: Vec<Row> = sqlx::query_as(
        "with recursive up(id, level) as (
             select $1, 0
             union all select org.parent_id, level + 1 from org join up on up.id = org.id
             where org.parent_id is not null and level < 8)
         select org.* from org join up on up.id = org.id order by level",
    )
    .bind(id.0)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Org::try_from).collect()
}

/// The organisations directly below one.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn directly_below(conn: &mut Conn, id: OrgId) -> Result<Vec<OrgId>> {
    let rows: Vec<(i64,)> =
        sqlx::query_as("select id from org where parent_id = $1 order by id").bind(id.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(id,)| OrgId(id)).collect())
}

/// The codes that others gave the organisations that may be seen.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn codes(conn: &mut Conn, scope: &Scope) -> Result<Vec<OrgCode>> {
    let rows: Vec<(i64, String, String)> = sqlx::query_as(seen!(
        "select org_id, scheme, code from org_code join seen on seen.id = org_id order by org_id, scheme, code"
    ))
    .bind(scope.root().map(|root| root.0))
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(org, scheme, code)| OrgCode { org: OrgId(org), scheme, code }).collect())
}

/// The codes that others gave one organisation: scheme and code.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn codes_of(conn: &mut Conn, id: OrgId) -> Result<Vec<(String, String)>> {
    let codes = sqlx::query_as("select scheme, code from org_code where org_id = $1 order by scheme, code");
    Ok(codes.bind(id.0).fetch_all(conn).await?)
}

/// Who carries on the work of those who may be seen: the organisation, its successor.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn successors(conn: &mut Conn, scope: &Scope) -> Result<Vec<(OrgId, OrgId)>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(seen!(
        "select org_id, successor_id from org_successor join seen on seen.id = org_id order by org_id, successor_id"
    ))
    .bind(scope.root().map(|root| root.0))
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(org, successor)| (OrgId(org), OrgId(successor))).collect())
}

/// The organisations whose work one carries on, and those that carry on its own.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn kin(conn: &mut Conn, id: OrgId) -> Result<Kin> {
    let before: Vec<Row> = sqlx::query_as(
        "select org.* from org join org_successor on org.id = org_id where successor_id = $1 order by org.id",
    )
    .bind(id.0)
    .fetch_all(&mut *conn)
    .await?;
    let after: Vec<Row> = sqlx::query_as(
        "select org.* from org join org_successor on org.id = successor_id where org_id = $1 order by org.id",
    )
    .bind(id.0)
    .fetch_all(conn)
    .await?;
    let orgs = |rows: Vec<Row>| rows.into_iter().map(Org::try_from).collect::<Result<Vec<Org>>>();
    Ok(Kin { before: orgs(before)?, after: orgs(after)? })
}

/// Stores the successors of an organisation; all of them are stored already.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn save_successors(conn: &mut Conn, org: &Wanted) -> Result<()> {
    sqlx::query("delete from org_successor where org_id = (select id from org where code = $1)")
        .bind(&org.code)
        .execute(&mut *conn)
        .await?;
    for successor in &org.successors {
        sqlx::query(
            "insert into org_successor (org_id, successor_id)
             select one.id, other.id from org one, org other where one.code = $1 and other.code = $2",
        )
        .bind(&org.code)
        .bind(successor)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Stores an organisation whose parent, if it has one, is stored already.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn save(conn: &mut Conn, org: &Wanted) -> Result<()> {
    let (id,): (i64,) = sqlx::query_as(
        "insert into org (code, name, short_name, type, parent_id, valid_from, valid_to)
         values ($1, $2, $3, $4, (select id from org where code = $5), $6, $7)
         on conflict (code) do update set
             name = excluded.name, short_name = excluded.short_name, type = excluded.type,
             parent_id = excluded.parent_id, valid_from = excluded.valid_from, valid_to = excluded.valid_to
         returning id",
    )
    .bind(&org.code)
    .bind(&org.name)
    .bind(&org.short_name)
    .bind(org.kind.name())
    .bind(&org.parent)
    .bind(org.valid_from.map(|day| day.to_string()))
    .bind(org.valid_to.map(|day| day.to_string()))
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query("delete from org_code where org_id = $1").bind(id).execute(&mut *conn).await?;
    for (scheme, code) in org.codes.iter().flat_map(|(scheme, codes)| codes.iter().map(move |code| (scheme, code))) {
        sqlx::query("insert into org_code (org_id, scheme, code) values ($1, $2, $3)")
            .bind(id)
            .bind(scheme)
            .bind(code)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

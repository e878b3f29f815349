//! Organisations and their codes in the data file.

use std::collections::HashMap;

use jiff::civil::Date;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _};

use super::{Kin, OWN_CODE, Org, OrgCode, Record, Reporting};
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
                 union select org.id from org join seen on org.parent_id = seen.id where $1 is not null) ",
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
    reports: String,
    locality: String,
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
            reports: Reporting::from_name(&row.reports).ok_or_else(|| unreadable(&row.code, &row.reports))?,
            locality: row.locality,
            code: row.code,
            name: row.name,
            short_name: row.short_name,
        })
    }
}

/// A stored day.
pub(super) fn day(code: &str, day: Option<String>) -> Result<Option<Date>> {
    day.map(|day| day.parse().map_err(|_| unreadable(code, &day))).transpose()
}

/// Something stored that cannot be read.
pub(super) fn unreadable(code: &str, what: &str) -> Error {
    Error::Internal(format!("organisation {code}: {what:?} is stored"))
}

/// An organisation whose first columns stand in a row from a place on, in the order of its table, and the later ones
/// under their names; `None` where they are null.
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
        reports: row.try_get("reports")?,
        locality: row.try_get("locality")?,
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
             where org.parent_id is not null and level < 64)
         select org.* from org join up on up.id = org.id order by level",
    )
    .bind(id.0)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Org::try_from).collect()
}

/// The codes that others gave the organisations that may be seen, former ones too, and the own codes of organisations
/// that have turned out to be one of them.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn codes(conn: &mut Conn, scope: &Scope) -> Result<Vec<OrgCode>> {
    let rows: Vec<(i64, String, String, bool)> = sqlx::query_as(seen!(
        "select org_id, scheme, code, valid_to is not null from org_code join seen on seen.id = org_id
         union all select org_id, $2, code, true from org_former_code join seen on seen.id = org_id
         order by 1, 2, 3"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(OWN_CODE)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(org, scheme, code, former)| OrgCode { org: OrgId(org), scheme, code, former }).collect())
}

/// What the organisations that may be seen were called before.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn former_names(conn: &mut Conn, scope: &Scope) -> Result<Vec<(OrgId, String)>> {
    let rows: Vec<(i64, String, String)> = sqlx::query_as(seen!(
        "select org_id, name, short_name from org_name join seen on seen.id = org_id
         union all select org_id, name, short_name from org_former_code join seen on seen.id = org_id order by 1"
    ))
    .bind(scope.root().map(|root| root.0))
    .fetch_all(conn)
    .await?;
    let both = |(org, name, short): (i64, String, String)| [(OrgId(org), name), (OrgId(org), short)];
    Ok(rows.into_iter().flat_map(both).filter(|(_, name)| !name.is_empty()).collect())
}

/// The code of the organisation that another one has turned out to be.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn by_former_code(conn: &mut Conn, code: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as(
        "select org.code from org_former_code as former join org on org.id = former.org_id where former.code = $1",
    )
    .bind(code)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(code,)| code))
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

/// The organisations directly below one, whole.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn below(conn: &mut Conn, id: OrgId) -> Result<Vec<Org>> {
    let rows: Vec<Row> = sqlx::query_as("select * from org where parent_id = $1").bind(id.0).fetch_all(conn).await?;
    rows.into_iter().map(Org::try_from).collect()
}

/// The own time zone of an organisation.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn time_zone(conn: &mut Conn, id: OrgId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        sqlx::query_as("select time_zone from org where id = $1").bind(id.0).fetch_optional(conn).await?;
    Ok(row.and_then(|(zone,)| zone))
}

/// The own codes of organisations that have turned out to be this one.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn former_codes(conn: &mut Conn, id: OrgId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sqlx::query_as("select code from org_former_code where org_id = $1 order by code")
        .bind(id.0)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

/// Points everything at another organisation that points at one, reports apart: those below it, those who stood below it
/// or merged into it, its former codes.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn redirect(conn: &mut Conn, from: OrgId, to: OrgId) -> Result<()> {
    for statement in [
        "update org set parent_id = $2 where parent_id = $1 and id <> $2",
        "update org_place set parent_id = $2 where parent_id = $1",
        "insert into org_successor (org_id, successor_id)
         select org_id, $2 from org_successor where successor_id = $1 and org_id <> $2 on conflict do nothing",
        "delete from org_successor where successor_id = $1 and $2 is not null",
        "update org_former_code set org_id = $2 where org_id = $1",
        "update org_group set root_id = $2 where root_id = $1",
        "update account set org_id = $2 where org_id = $1",
        "update batch set root_id = $2 where root_id = $1",
    ] {
        sqlx::query(statement).bind(from.0).bind(to.0).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Remembers what an organisation was called that has turned out to be another one.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn remember(conn: &mut Conn, gone: &Record, kept: OrgId) -> Result<()> {
    sqlx::query("insert into org_former_code (code, name, short_name, org_id) values ($1, $2, $3, $4)")
        .bind(&gone.code)
        .bind(&gone.name)
        .bind(&gone.short_name)
        .bind(kept.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// The facts under names of people's own that held on a day; of one organisation, or of all.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn attributes(
    conn: &mut Conn,
    id: Option<OrgId>,
    day: Date,
) -> Result<HashMap<OrgId, Vec<(String, String)>>> {
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "select org_id, name, value from org_attribute
         where ($1 is null or org_id = $1) and valid_from <= $2 and (valid_to is null or valid_to >= $2)",
    )
    .bind(id.map(|id| id.0))
    .bind(day.to_string())
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<OrgId, Vec<(String, String)>> = HashMap::new();
    for (org, name, value) in rows {
        found.entry(OrgId(org)).or_default().push((name, value));
    }
    Ok(found)
}

/// The codes of all organisations that have turned out to be another one, each with the name that it had.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn gone_codes(conn: &mut Conn) -> Result<HashMap<String, String>> {
    let rows: Vec<(String, String)> = sqlx::query_as("select code, name from org_former_code").fetch_all(conn).await?;
    Ok(rows.into_iter().collect())
}

//! Records in the data file: read whole, written so that only what differs is touched.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use sqlx::FromRow;

use super::{Attribute, Code, FormerName, FormerPlace, Record, Reporting, Text};
use crate::access::Scope;
use crate::db::{Conn, Steps};
use crate::error::{Error, Result};
use crate::ids::{OrgId, OrgType};
use crate::org::store::{day, seen, unreadable};

/// How many organisations are written by one step.
const STEP: usize = 200;

/// A record and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::org) struct Stored {
    pub(in crate::org) id: OrgId,
    pub(in crate::org) record: Record,
}

/// Records by their codes.
pub(in crate::org) type Records = HashMap<String, Stored>;

#[derive(FromRow)]
struct Row {
    id: i64,
    code: String,
    name: String,
    short_name: String,
    r#type: String,
    parent: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    reports: String,
    locality: String,
    address: String,
    phone: String,
    email: String,
    site: String,
    head: String,
    time_zone: Option<String>,
}

impl TryFrom<Row> for Stored {
    type Error = Error;

    fn try_from(row: Row) -> Result<Stored> {
        let kind = OrgType::from_name(&row.r#type).ok_or_else(|| unreadable(&row.code, &row.r#type))?;
        let texts = [
            (Text::Locality, row.locality),
            (Text::Address, row.address),
            (Text::Phone, row.phone),
            (Text::Email, row.email),
            (Text::Site, row.site),
            (Text::Head, row.head),
        ];
        let record = Record {
            parent: row.parent,
            valid_from: day(&row.code, row.valid_from)?,
            valid_to: day(&row.code, row.valid_to)?,
            reports: Reporting::from_name(&row.reports).ok_or_else(|| unreadable(&row.code, &row.reports))?,
            texts: texts.into_iter().filter(|(_, text)| !text.is_empty()).collect(),
            time_zone: row.time_zone,
            short_name: row.short_name,
            ..Record::new(&row.code, &row.name, kind)
        };
        Ok(Stored { id: OrgId(row.id), record })
    }
}

/// The records that may be seen; only the one with a code, if one is given.
///
/// # Errors
/// [`Error::Data`] where the data file refuses; [`Error::Internal`] where something stored cannot be read.
pub(in crate::org) async fn all(conn: &mut Conn, scope: &Scope, code: Option<&str>) -> Result<Records> {
    let rows: Vec<Row> = sqlx::query_as(seen!(
        "select org.*, above.code as parent from org join seen on seen.id = org.id
         left join org as above on above.id = org.parent_id where $2 is null or org.code = $2"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(code)
    .fetch_all(&mut *conn)
    .await?;
    let mut records: HashMap<i64, Stored> = HashMap::with_capacity(rows.len());
    for row in rows {
        records.insert(row.id, row.try_into()?);
    }
    let only = code.and(records.keys().next().copied());
    if code.is_none() || only.is_some() {
        details(conn, only, &mut records).await?;
    }
    Ok(records.into_values().map(|stored| (stored.record.code.clone(), stored)).collect())
}

type Days = (Option<String>, Option<String>);

type CodeRow = (i64, String, String, Option<String>, Option<String>);

/// What stands in other tables, of one organisation or of all.
async fn details(conn: &mut Conn, only: Option<i64>, records: &mut HashMap<i64, Stored>) -> Result<()> {
    let codes: Vec<CodeRow> = sqlx::query_as(
        "select org_id, scheme, code, valid_from, valid_to from org_code where $1 is null or org_id = $1
         order by org_id, scheme, code",
    )
    .bind(only)
    .fetch_all(&mut *conn)
    .await?;
    for (org, scheme, code, from, to) in codes {
        let Some(Stored { record, .. }) = records.get_mut(&org) else { continue };
        let (from, to) = days(&record.code, (from, to))?;
        record.codes.push(Code { scheme, code, from, to });
    }
    let attributes: Vec<(i64, String, String, String, Option<String>)> = sqlx::query_as(
        "select org_id, name, value, valid_from, valid_to from org_attribute where $1 is null or org_id = $1",
    )
    .bind(only)
    .fetch_all(&mut *conn)
    .await?;
    for (org, name, value, from, to) in attributes {
        let Some(Stored { record, .. }) = records.get_mut(&org) else { continue };
        let (from, to) = days(&record.code, (Some(from).filter(|from| !from.is_empty()), to))?;
        record.attributes.push(Attribute { name, value, from, to });
    }
    former(conn, only, records).await?;
    let successors: Vec<(i64, String)> = sqlx::query_as(
        "select org_id, org.code from org_successor join org on org.id = successor_id where $1 is null or org_id = $1",
    )
    .bind(only)
    .fetch_all(&mut *conn)
    .await?;
    for (org, code) in successors {
        records.entry(org).and_modify(|stored| stored.record.successors.push(code));
    }
    let groups: Vec<(i64, String)> = sqlx::query_as(
        "select org_id, name from org_group_member join org_group on org_group.id = group_id
         where $1 is null or org_id = $1",
    )
    .bind(only)
    .fetch_all(conn)
    .await?;
    for (org, name) in groups {
        records.entry(org).and_modify(|stored| stored.record.groups.push(name));
    }
    for Stored { record, .. } in records.values_mut() {
        record.successors.sort_unstable();
        record.groups.sort_unstable();
        record.codes.sort_unstable();
        record.attributes.sort_unstable();
    }
    Ok(())
}

/// Former names and places, the earliest first.
async fn former(conn: &mut Conn, only: Option<i64>, records: &mut HashMap<i64, Stored>) -> Result<()> {
    let names: Vec<(i64, String, String, String)> = sqlx::query_as(
        "select org_id, until, name, short_name from org_name where $1 is null or org_id = $1 order by org_id, until",
    )
    .bind(only)
    .fetch_all(&mut *conn)
    .await?;
    for (org, until, name, short_name) in names {
        let Some(Stored { record, .. }) = records.get_mut(&org) else { continue };
        let until = needed(&record.code, until)?;
        record.names.push(FormerName { until, name, short_name });
    }
    let places: Vec<(i64, String, Option<String>)> = sqlx::query_as(
        "select org_id, until, above.code from org_place left join org as above on above.id = org_place.parent_id
         where $1 is null or org_id = $1 order by org_id, until",
    )
    .bind(only)
    .fetch_all(conn)
    .await?;
    for (org, until, parent) in places {
        let Some(Stored { record, .. }) = records.get_mut(&org) else { continue };
        let until = needed(&record.code, until)?;
        record.places.push(FormerPlace { until, parent });
    }
    Ok(())
}

fn days(code: &str, (from, to): Days) -> Result<(Option<Date>, Option<Date>)> {
    Ok((day(code, from)?, day(code, to)?))
}

fn needed(code: &str, stored: String) -> Result<Date> {
    day(code, Some(stored.clone()))?.ok_or_else(|| unreadable(code, &stored))
}

/// A record that is to be stored, and what is stored of it now.
#[derive(Debug, Clone)]
pub(in crate::org) struct Change {
    pub(in crate::org) before: Option<Record>,
    pub(in crate::org) after: Record,
}

/// Stores records; those that a record names are stored already or among them.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(in crate::org) async fn save(conn: &mut Conn, changes: &[Change]) -> Result<()> {
    let mut keys = Keys::read(conn).await?;
    keys.learn(changes);
    let mut order: Vec<&Change> = changes.iter().collect();
    let parents: HashMap<&str, &str> = changes
        .iter()
        .filter_map(|change| Some((change.after.code.as_str(), change.after.parent.as_deref()?)))
        .collect();
    // Those above are stored before those below, because a reference must lead somewhere.
    order.sort_by_cached_key(|change| {
        let up = std::iter::successors(Some(change.after.code.as_str()), |code| parents.get(code).copied());
        up.take(changes.len() + 1).count()
    });
    for some in order.chunks(STEP) {
        let mut steps = Steps::default();
        some.iter().for_each(|change| org(&mut steps, &keys, change));
        steps.run(conn).await?;
    }
    for some in order.chunks(STEP) {
        let mut steps = Steps::default();
        some.iter().for_each(|change| around(&mut steps, &keys, change));
        steps.run(conn).await?;
    }
    Ok(())
}

/// The keys of everything that records name.
struct Keys {
    orgs: HashMap<String, i64>,
    groups: BTreeMap<String, i64>,
}

impl Keys {
    async fn read(conn: &mut Conn) -> Result<Keys> {
        let orgs: Vec<(String, i64)> = sqlx::query_as("select code, id from org").fetch_all(&mut *conn).await?;
        let groups: Vec<(String, i64)> = sqlx::query_as("select name, id from org_group").fetch_all(conn).await?;
        Ok(Keys { orgs: orgs.into_iter().collect(), groups: groups.into_iter().collect() })
    }

    /// Gives keys to those that are new.
    fn learn(&mut self, changes: &[Change]) {
        let mut next = self.orgs.values().max().copied().unwrap_or_default();
        for change in changes {
            self.orgs.entry(change.after.code.clone()).or_insert_with(|| {
                next += 1;
                next
            });
        }
    }

    fn org(&self, code: &str) -> Option<i64> {
        self.orgs.get(code).copied()
    }
}

fn text(day: Option<Date>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// The row of an organisation itself.
fn org(steps: &mut Steps, keys: &Keys, change: &Change) {
    let Record { code, name, short_name, kind, parent, .. } = &change.after;
    let one = &change.after;
    if change.before.is_none() {
        steps.then(
            "insert into org (code, name, short_name, type, parent_id, valid_from, valid_to, reports, locality, address,
                              phone, email, site, head, time_zone, id)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        );
    } else {
        steps.then(
            "update org set code = ?, name = ?, short_name = ?, type = ?, parent_id = ?, valid_from = ?, valid_to = ?,
                    reports = ?, locality = ?, address = ?, phone = ?, email = ?, site = ?, head = ?, time_zone = ?
             where id = ?",
        );
    }
    steps.bind(code.clone()).bind(name.clone()).bind(short_name.clone()).bind(kind.name());
    steps.bind(parent.as_deref().and_then(|parent| keys.org(parent)));
    steps.bind(text(one.valid_from)).bind(text(one.valid_to)).bind(one.reports.name());
    for which in Text::ALL {
        steps.bind(one.text(which).to_owned());
    }
    steps.bind(one.time_zone.clone()).bind(keys.org(code));
}

/// What stands in other tables, where it differs.
fn around(steps: &mut Steps, keys: &Keys, change: &Change) {
    let (after, before) = (&change.after, change.before.as_ref());
    let Some(id) = keys.org(&after.code) else { return };
    if before.map_or(!after.codes.is_empty(), |before| before.codes != after.codes) {
        clear(steps, before, "delete from org_code where org_id = ?", id);
        for code in &after.codes {
            steps.then("insert into org_code (org_id, scheme, code, valid_from, valid_to) values (?, ?, ?, ?, ?)");
            steps.bind(id).bind(code.scheme.clone()).bind(code.code.clone());
            steps.bind(text(code.from)).bind(text(code.to));
        }
    }
    if before.map_or(!after.attributes.is_empty(), |before| before.attributes != after.attributes) {
        clear(steps, before, "delete from org_attribute where org_id = ?", id);
        for one in &after.attributes {
            steps.then("insert into org_attribute (org_id, name, value, valid_from, valid_to) values (?, ?, ?, ?, ?)");
            steps.bind(id).bind(one.name.clone()).bind(one.value.clone());
            steps.bind(text(one.from).unwrap_or_default()).bind(text(one.to));
        }
    }
    if before.map_or(!after.names.is_empty(), |before| before.names != after.names) {
        clear(steps, before, "delete from org_name where org_id = ?", id);
        for one in &after.names {
            steps.then("insert into org_name (org_id, until, name, short_name) values (?, ?, ?, ?)");
            steps.bind(id).bind(one.until.to_string()).bind(one.name.clone()).bind(one.short_name.clone());
        }
    }
    if before.map_or(!after.places.is_empty(), |before| before.places != after.places) {
        clear(steps, before, "delete from org_place where org_id = ?", id);
        for one in &after.places {
            steps.then("insert into org_place (org_id, until, parent_id) values (?, ?, ?)");
            steps.bind(id).bind(one.until.to_string()).bind(one.parent.as_deref().and_then(|code| keys.org(code)));
        }
    }
    if before.map_or(!after.successors.is_empty(), |before| before.successors != after.successors) {
        clear(steps, before, "delete from org_successor where org_id = ?", id);
        for other in after.successors.iter().filter_map(|code| keys.org(code)) {
            steps.then("insert into org_successor (org_id, successor_id) values (?, ?)").bind(id).bind(other);
        }
    }
    if before.map_or(!after.groups.is_empty(), |before| before.groups != after.groups) {
        clear(steps, before, "delete from org_group_member where org_id = ?", id);
        for group in after.groups.iter().filter_map(|name| keys.groups.get(name)) {
            steps.then("insert into org_group_member (group_id, org_id) values (?, ?)").bind(*group).bind(id);
        }
    }
}

fn clear(steps: &mut Steps, before: Option<&Record>, statement: &str, id: i64) {
    if before.is_some() {
        steps.then(statement).bind(id);
    }
}

/// Which of these codes organisations have, wherever they stand, and the names of those.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(in crate::org) async fn codes_elsewhere(conn: &mut Conn, codes: &[&str]) -> Result<HashMap<String, String>> {
    let mut found = HashMap::new();
    for some in codes.chunks(STEP) {
        let mut steps = Steps::default();
        steps.then("select code, name from org where code in (");
        for (n, code) in some.iter().enumerate() {
            steps.more(if n == 0 { "?" } else { ", ?" }).bind((*code).to_owned());
        }
        steps.more(")");
        for row in steps.rows(conn).await? {
            let (code, name) = <(String, String)>::from_row(&row)?;
            found.insert(code, name);
        }
    }
    Ok(found)
}

/// Takes the row of an organisation away, and everything of it in these tables; nothing else may refer to it.
///
/// # Errors
/// [`Error::Data`] where the data file refuses; [`Error::Internal`] where something refers to it.
pub(in crate::org) async fn remove(conn: &mut Conn, id: OrgId) -> Result<()> {
    let mut steps = Steps::default();
    for statement in [
        "delete from org_code where org_id = ?",
        "delete from org_attribute where org_id = ?",
        "delete from org_name where org_id = ?",
        "delete from org_place where org_id = ?",
        "delete from org_successor where org_id = ?",
        "delete from org_group_member where org_id = ?",
        "delete from org_former_code where org_id = ?",
        "delete from org where id = ?",
    ] {
        steps.then(statement).bind(id.0);
    }
    steps.run(conn).await
}

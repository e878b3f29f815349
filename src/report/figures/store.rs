//! The tables `value` and `measure`: replaced report by report, read slice by slice.

use std::collections::{BTreeMap, HashMap};

use sqlx::{QueryBuilder, Sqlite};

use super::{Counted, Replacement, Slice, stored};
use crate::access::Scope;
use crate::db::{Conn, Steps};
use crate::error::{Error, Result};
use crate::form::{Measure, Respondent, Stored};
use crate::ids::{OrgId, ReportId, RevisionId};
use crate::org::store::seen;
use crate::period::Period;
use crate::report::Pointers;
use crate::report::store::{self as reports, OldValue, PointerRow, ValueRow, moment};

/// How many rows are written by one statement.
const ROWS: usize = 200;

type Columns = (String, Option<f64>, Option<String>, Option<String>, Option<String>, i64);

/// The value rows of a report.
pub(in crate::report) async fn rows(conn: &mut Conn, report: ReportId) -> Result<BTreeMap<String, ValueRow>> {
    let rows: Vec<Columns> =
        sqlx::query_as("select path, number, code, text, missing, revision_id from value where report_id = $1")
            .bind(report.0)
            .fetch_all(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(path, number, code, text, missing, id)| (path, (number, code, text, missing, id)))
        .collect())
}

/// What parts the members of a list of paths or numbers: no path has one in it.
pub const GAP: &str = " ";

/// A number that whole digits give back to the last bit, with at most four decimals; nothing for any other value.
///
/// Every row that SQLite hands over costs more than finding it, so the values of a report are asked for as one row of
/// paths and digits where so many reports are read that it matters. Most figures are whole numbers. Of the others only
/// those are taken of which the division is exact: the reader, who reads `543000e-4` as 54.3, divides the same.
pub const DIGITS: &str = "coalesce(case
    when number between -1e15 and 1e15 and cast(number as bigint) = number then cast(cast(number as bigint) as text)
    when number between -1e11 and 1e11 and round(number * 10000) / 10000 = number
        then cast(cast(round(number * 10000) as bigint) as text) || 'e-4'
    end, '')";

/// Restricts a statement to what belongs to some reports.
pub fn among(query: &mut QueryBuilder<Sqlite>, reports: impl IntoIterator<Item = ReportId>) {
    query.push(" where report_id in (");
    let mut ids = query.separated(", ");
    for report in reports {
        ids.push_bind(report.0);
    }
    query.push(")");
}

/// The value rows of several reports.
pub(in crate::report) async fn rows_of(
    conn: &mut Conn,
    reports: &[ReportId],
) -> Result<HashMap<ReportId, BTreeMap<String, ValueRow>>> {
    let mut query = QueryBuilder::new("select report_id, string_agg(path, ");
    query.push_bind(GAP).push("), string_agg(").push(DIGITS).push(", ").push_bind(GAP);
    query.push("), string_agg(cast(revision_id as text), ").push_bind(GAP).push(") from value");
    among(&mut query, reports.iter().copied());
    let lists: Vec<(i64, String, String, String)> =
        query.push(" group by report_id").build_query_as().fetch_all(&mut *conn).await?;
    let (mut found, mut incomplete) = (HashMap::new(), Vec::new());
    for (report, paths, digits, revisions) in lists {
        let each = paths.split(GAP).zip(digits.split(GAP)).zip(revisions.split(GAP));
        let row = |((path, digits), revision): ((&str, &str), &str)| {
            Some((path.to_owned(), (Some(digits.parse().ok()?), None, None, None, revision.parse().ok()?)))
        };
        let rows: BTreeMap<String, ValueRow> = each.filter_map(row).collect();
        if rows.len() < paths.split(GAP).count() {
            incomplete.push(ReportId(report));
        }
        found.insert(ReportId(report), rows);
    }
    others_of(conn, &incomplete, &mut found).await?;
    Ok(found)
}

/// Adds the value rows that digits do not hold.
async fn others_of(
    conn: &mut Conn,
    reports: &[ReportId],
    found: &mut HashMap<ReportId, BTreeMap<String, ValueRow>>,
) -> Result<()> {
    type Row = (i64, String, Option<f64>, Option<String>, Option<String>, Option<String>, i64);
    if reports.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::new("select report_id, path, number, code, text, missing, revision_id from value");
    among(&mut query, reports.iter().copied());
    query.push(" and ").push(DIGITS).push(" = ''");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    for (report, path, number, code, text, missing, revision) in rows {
        found.entry(ReportId(report)).or_default().insert(path, (number, code, text, missing, revision));
    }
    Ok(())
}

/// The counting values of a report, by path.
pub(in crate::report) async fn values(conn: &mut Conn, report: ReportId) -> Result<Vec<(String, Stored)>> {
    let rows = rows(conn, report).await?;
    Ok(rows.into_iter().filter_map(|(path, row)| Some((path, stored(&row)?))).collect())
}

/// Replaces values of a report; what is new was set by this revision.
pub(in crate::report) fn replace(steps: &mut Steps, report: ReportId, change: Replacement, revision: RevisionId) {
    let row = |(path, value): (String, Stored)| {
        let (number, code, said, missing) = match value {
            Stored::Number(number) => (Some(number), None, None, None),
            Stored::Code(code) => (None, Some(code), None, None),
            Stored::Text(said) => (None, None, Some(said), None),
            Stored::Missing(why) => (None, None, None, Some(why)),
        };
        (path, number, code, said, missing, revision.0)
    };
    drop_rows(steps, report, change.gone);
    put_rows(steps, report, change.set.into_iter().map(row).collect());
}

/// Brings value rows back to what they were.
pub(in crate::report) fn restore(steps: &mut Steps, report: ReportId, before: &[OldValue]) {
    let gone = before.iter().filter(|old| old.was.is_none()).map(|old| old.path.clone()).collect();
    let rows = before.iter().filter_map(|old| {
        let (number, code, text, missing, revision) = old.was.clone()?;
        Some((old.path.clone(), number, code, text, missing, revision))
    });
    drop_rows(steps, report, gone);
    put_rows(steps, report, rows.collect());
}

fn drop_rows(steps: &mut Steps, report: ReportId, paths: Vec<String>) {
    for path in paths {
        steps.then("delete from value where report_id = ? and path = ?").bind(report.0).bind(path);
    }
}

/// One row of so many places for values, again and again.
fn values_of(steps: &mut Steps, places: &str, rows: usize) {
    for row in 0..rows {
        steps.more(if row == 0 { "" } else { ", " }).more(places);
    }
}

fn put_rows(steps: &mut Steps, report: ReportId, rows: Vec<Columns>) {
    let (numbers, others): (Vec<Columns>, Vec<Columns>) = rows.into_iter().partition(|row| row.1.is_some());
    put_numbers(steps, report, numbers);
    put_others(steps, report, others);
}

/// Most values are numbers: their rows name no columns that are empty in them.
fn put_numbers(steps: &mut Steps, report: ReportId, mut rows: Vec<Columns>) {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(ROWS));
        steps.then("insert into value (report_id, path, number, revision_id) values ");
        values_of(steps, "(?, ?, ?, ?)", rows.len());
        steps.more(
            " on conflict (report_id, path) do update set number = excluded.number, code = null, text = null,
              missing = null, revision_id = excluded.revision_id",
        );
        for (path, number, _, _, _, revision) in rows {
            steps.bind(report.0).bind(path).bind(number).bind(revision);
        }
        rows = rest;
    }
}

fn put_others(steps: &mut Steps, report: ReportId, mut rows: Vec<Columns>) {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(ROWS));
        steps.then("insert into value (report_id, path, code, text, missing, revision_id) values ");
        values_of(steps, "(?, ?, ?, ?, ?, ?)", rows.len());
        steps.more(
            " on conflict (report_id, path) do update set number = null, code = excluded.code, text = excluded.text,
              missing = excluded.missing, revision_id = excluded.revision_id",
        );
        for (path, _, code, text, missing, revision) in rows {
            steps.bind(report.0).bind(path).bind(code).bind(text).bind(missing).bind(revision);
        }
        rows = rest;
    }
}

/// Takes away what a report adds to the indicators.
pub(in crate::report) fn drop_measures(steps: &mut Steps, report: ReportId) {
    steps.then("delete from measure where report_id = ?").bind(report.0);
}

/// Stores what a report adds to the indicators, where nothing is stored of it.
pub(in crate::report) fn add_measures(steps: &mut Steps, report: ReportId, form_hash: &str, measures: &[Measure]) {
    let finite = |one: &&Measure| one.numerator.is_finite() && one.denominator.is_none_or(f64::is_finite);
    let measures: Vec<&Measure> = measures.iter().filter(finite).collect();
    for some in measures.chunks(ROWS) {
        steps.then("insert into measure (report_id, form_hash, indicator, row, numerator, denominator) values ");
        values_of(steps, "(?, ?, ?, ?, ?, ?)", some.len());
        for one in some {
            steps.bind(report.0).bind(form_hash.to_owned()).bind(one.indicator.clone());
            steps.bind(one.row.clone()).bind(one.numerator).bind(one.denominator);
        }
    }
}

type CountedRow = (i64, i64, String, String, i64, i64, i64);

fn counted((report, about, by, form_hash, at, accepted, correcting): CountedRow) -> Result<Counted> {
    Ok(Counted {
        report: ReportId(report),
        about: OrgId(about),
        by: respondent(&by)?,
        form_hash,
        at: moment(at)?,
        accepted: accepted != 0,
        correcting: correcting != 0,
    })
}

fn respondent(word: &str) -> Result<Respondent> {
    let known = Respondent::ALL.iter().find(|(known, _)| *known == word).map(|(_, by)| *by);
    known.ok_or_else(|| Error::Internal(format!("a report by {word:?} is stored")))
}

/// The reports of a slice that have something that counts, duplicates included.
pub(in crate::report) async fn reports(conn: &mut Conn, scope: &Scope, slice: &Slice) -> Result<Vec<Counted>> {
    let rows: Vec<CountedRow> = sqlx::query_as(seen!(
        "select report.id, about_id, by_kind, form_hash, revision.at, accepted_id is not null, draft_id is not null
         from report join seen on seen.id = about_id join revision on revision.id = coalesce(accepted_id, sent_id)
         where form_id = $2 and period = $3 and wave = $4 and ($5 = 0 or accepted_id is not null)
         order by report.id"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(&slice.form.id)
    .bind(slice.period.id())
    .bind(&slice.wave)
    .bind(i64::from(slice.accepted_only))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(counted).collect()
}

/// The periods for which a form has reports.
pub(super) async fn periods(conn: &mut Conn, scope: &Scope, form: &str) -> Result<Vec<Period>> {
    let rows: Vec<(String,)> = sqlx::query_as(seen!(
        "select distinct period from report join seen on seen.id = about_id
         where form_id = $2 and coalesce(draft_id, sent_id, accepted_id) is not null"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(form)
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().filter_map(|(id,)| Period::from_id(id)).collect())
}

/// The reports about one organisation that have something that counts.
pub(in crate::report) async fn reports_about(
    conn: &mut Conn,
    form: &str,
    period: Period,
    wave: &str,
    about: OrgId,
) -> Result<Vec<Counted>> {
    let rows: Vec<CountedRow> = sqlx::query_as(
        "select report.id, about_id, by_kind, form_hash, revision.at, accepted_id is not null, draft_id is not null
         from report join revision on revision.id = coalesce(accepted_id, sent_id)
         where form_id = $1 and period = $2 and wave = $3 and about_id = $4 order by report.id",
    )
    .bind(form)
    .bind(period.id())
    .bind(wave)
    .bind(about.0)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(counted).collect()
}

/// The counting values of all reports of a slice, duplicates included.
pub(in crate::report) async fn slice_values(
    conn: &mut Conn,
    scope: &Scope,
    slice: &Slice,
) -> Result<HashMap<ReportId, Vec<(String, Stored)>>> {
    type Row = (i64, String, Option<f64>, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(seen!(
        "select report_id, path, value.number, code, text, missing
         from report join seen on seen.id = about_id join value on report_id = report.id
         where form_id = $2 and period = $3 and wave = $4 and ($5 = 0 or accepted_id is not null)
         order by report_id, path"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(&slice.form.id)
    .bind(slice.period.id())
    .bind(&slice.wave)
    .bind(i64::from(slice.accepted_only))
    .fetch_all(conn)
    .await?;
    let mut values: HashMap<ReportId, Vec<(String, Stored)>> = HashMap::new();
    for (report, path, number, code, text, missing) in rows {
        if let Some(value) = stored(&(number, code, text, missing, 0)) {
            values.entry(ReportId(report)).or_default().push((path, value));
        }
    }
    Ok(values)
}

/// The measures of all reports of a slice, duplicates included.
pub(super) async fn slice_measures(
    conn: &mut Conn,
    scope: &Scope,
    slice: &Slice,
) -> Result<HashMap<ReportId, Vec<Measure>>> {
    let rows: Vec<(i64, String, String, f64, Option<f64>)> = sqlx::query_as(seen!(
        "select report_id, indicator, row, numerator, denominator
         from report join seen on seen.id = about_id join measure on report_id = report.id
         where form_id = $2 and period = $3 and wave = $4 and ($5 = 0 or accepted_id is not null)
         order by report_id, indicator, row"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(&slice.form.id)
    .bind(slice.period.id())
    .bind(&slice.wave)
    .bind(i64::from(slice.accepted_only))
    .fetch_all(conn)
    .await?;
    let mut measures: HashMap<ReportId, Vec<Measure>> = HashMap::new();
    for (report, indicator, row, numerator, denominator) in rows {
        measures.entry(ReportId(report)).or_default().push(Measure { indicator, row, numerator, denominator });
    }
    Ok(measures)
}

/// Where all reports of a slice point.
pub(super) async fn pointers(conn: &mut Conn, scope: &Scope, slice: &Slice) -> Result<HashMap<OrgId, Vec<Pointers>>> {
    let rows: Vec<PointerRow> = sqlx::query_as(seen!(
        "select about_id, draft_id, sent_id, accepted_id from report join seen on seen.id = about_id
         where form_id = $2 and period = $3 and wave = $4 and coalesce(draft_id, sent_id, accepted_id) is not null"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(&slice.form.id)
    .bind(slice.period.id())
    .bind(&slice.wave)
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<OrgId, Vec<Pointers>> = HashMap::new();
    for (about, draft, sent, accepted) in rows {
        found.entry(OrgId(about)).or_default().push(reports::pointers(draft, sent, accepted));
    }
    Ok(found)
}

/// A report whose measures may depend on another report.
#[derive(Debug, Clone)]
pub(in crate::report) struct Reader {
    pub(in crate::report) report: ReportId,
    pub(in crate::report) period: String,
    pub(in crate::report) about: OrgId,
    pub(in crate::report) form_hash: String,
}

/// The counting reports of a form in all periods of a wave; of one organisation only, if one is given.
pub(in crate::report) async fn readers(
    conn: &mut Conn,
    form: &str,
    wave: &str,
    about: Option<OrgId>,
) -> Result<Vec<Reader>> {
    let rows: Vec<(i64, String, i64, String)> = sqlx::query_as(
        "select report.id, period, about_id, form_hash
         from report join revision on revision.id = coalesce(accepted_id, sent_id)
         where form_id = $1 and wave = $2 and ($3 is null or about_id = $3) order by report.id",
    )
    .bind(form)
    .bind(wave)
    .bind(about.map(|org| org.0))
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(report, period, about, form_hash)| Reader {
            report: ReportId(report),
            period,
            about: OrgId(about),
            form_hash,
        })
        .collect())
}

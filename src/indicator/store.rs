//! Values and measures of some counting reports at once, so that a territory of any size is read piece by piece.

use std::collections::{BTreeSet, HashMap};

use sqlx::{QueryBuilder, Sqlite};

use crate::db::Conn;
use crate::error::Result;
use crate::form::{Measure, Stored};
use crate::ids::ReportId;
use crate::report::figures::{Counted, Slice};

/// The values of reports, by path. Reports come from a listing of a scope, so nothing is read outside it.
///
/// Nearly all values are numbers; they are asked for apart, because every column of every row costs.
pub(super) async fn values(conn: &mut Conn, of: &[&Counted]) -> Result<HashMap<ReportId, Vec<(String, Stored)>>> {
    let mut values = HashMap::new();
    let mut query = among("select report_id, path, number from value", of);
    let query = query.push(" and number is not null order by report_id, path").build_query_as();
    let rows: Vec<(i64, String, f64)> = query.fetch_all(&mut *conn).await?;
    let (mut last, mut some) = (None, Vec::new());
    for (report, path, number) in rows {
        let report = ReportId(report);
        if let Some(before) = last.replace(report).filter(|before| *before != report) {
            values.insert(before, std::mem::take(&mut some));
        }
        some.push((path, Stored::Number(number)));
    }
    values.extend(last.map(|last| (last, some)));
    others(conn, of, &mut values).await?;
    Ok(values)
}

/// Adds the values that are no numbers.
async fn others(conn: &mut Conn, of: &[&Counted], values: &mut HashMap<ReportId, Vec<(String, Stored)>>) -> Result<()> {
    type Row = (i64, String, Option<String>, Option<String>, Option<String>);
    let mut query = among("select report_id, path, code, text, missing from value", of);
    let rows: Vec<Row> = query.push(" and number is null").build_query_as().fetch_all(conn).await?;
    let mut mixed = BTreeSet::new();
    for (report, path, code, text, missing) in rows {
        let stored = not_a_number((code, text, missing));
        if let Some(stored) = stored {
            values.entry(ReportId(report)).or_default().push((path, stored));
            mixed.insert(ReportId(report));
        }
    }
    for report in mixed {
        values.entry(report).or_default().sort_by(|one, other| one.0.cmp(&other.0));
    }
    Ok(())
}

/// The values of all reports of a slice under some paths, duplicates included.
pub(super) async fn values_at(
    conn: &mut Conn,
    slice: &Slice,
    paths: &[String],
) -> Result<HashMap<ReportId, Vec<(String, Stored)>>> {
    let mut query = QueryBuilder::new(
        "select report_id, path, value.number, code, text, missing from report join value on report_id = report.id
         where form_id = ",
    );
    query.push_bind(&slice.form.id).push(" and period = ").push_bind(slice.period.id());
    query.push(" and wave = ").push_bind(&slice.wave).push(" and path in (");
    let mut each = query.separated(", ");
    for path in paths {
        each.push_bind(path);
    }
    let rows: Vec<ValueRow> = query.push(") order by report_id, path").build_query_as().fetch_all(conn).await?;
    let mut values: HashMap<ReportId, Vec<(String, Stored)>> = HashMap::new();
    for (report, path, number, code, text, missing) in rows {
        if let Some(stored) = number.map(Stored::Number).or_else(|| not_a_number((code, text, missing))) {
            values.entry(ReportId(report)).or_default().push((path, stored));
        }
    }
    Ok(values)
}

type ValueRow = (i64, String, Option<f64>, Option<String>, Option<String>, Option<String>);

/// A stored code, text or absence.
fn not_a_number((code, text, missing): (Option<String>, Option<String>, Option<String>)) -> Option<Stored> {
    code.map(Stored::Code).or(text.map(Stored::Text)).or(missing.map(Stored::Missing))
}

/// What reports add to the indicators, as it was computed by the version that each was sent by.
pub(super) async fn measures(conn: &mut Conn, of: &[&Counted]) -> Result<HashMap<ReportId, Vec<Measure>>> {
    type Row = (i64, String, String, f64, Option<f64>);
    let mut query = among("select report_id, indicator, row, numerator, denominator from measure", of);
    let rows: Vec<Row> = query.push(" order by report_id, indicator, row").build_query_as().fetch_all(conn).await?;
    let mut measures: HashMap<ReportId, Vec<Measure>> = HashMap::new();
    for (report, indicator, row, numerator, denominator) in rows {
        measures.entry(ReportId(report)).or_default().push(Measure { indicator, row, numerator, denominator });
    }
    Ok(measures)
}

fn among(select: &'static str, reports: &[&Counted]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(select);
    query.push(" where report_id in (");
    let mut ids = query.separated(", ");
    for report in reports {
        ids.push_bind(report.report.0);
    }
    query.push(")");
    query
}

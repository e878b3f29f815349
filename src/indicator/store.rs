//! Values and measures of some counting reports at once, so that a territory of any size is read piece by piece.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Sqlite};

use crate::db::Conn;
use crate::error::Result;
use crate::form::{Measure, Stored};
use crate::ids::ReportId;
use crate::report::figures::{Counted, Slice};

/// The values of reports, by path. Reports come from a listing of a scope, so nothing is read outside it.
pub(super) async fn values(conn: &mut Conn, of: &[&Counted]) -> Result<HashMap<ReportId, Vec<(String, Stored)>>> {
    let mut query = among("select report_id, path, number, code, text, missing from value", of);
    Ok(by_report(query.push(" order by report_id, path").build_query_as().fetch_all(conn).await?))
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
    Ok(by_report(query.push(") order by report_id, path").build_query_as().fetch_all(conn).await?))
}

type ValueRow = (i64, String, Option<f64>, Option<String>, Option<String>, Option<String>);

fn by_report(rows: Vec<ValueRow>) -> HashMap<ReportId, Vec<(String, Stored)>> {
    let mut values: HashMap<ReportId, Vec<(String, Stored)>> = HashMap::new();
    for (report, path, number, code, text, missing) in rows {
        let stored = number
            .map(Stored::Number)
            .or(code.map(Stored::Code))
            .or(text.map(Stored::Text))
            .or(missing.map(Stored::Missing));
        if let Some(stored) = stored {
            values.entry(ReportId(report)).or_default().push((path, stored));
        }
    }
    values
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

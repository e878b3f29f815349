//! Values and measures of some counting reports at once, so that a territory of any size is read piece by piece.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Sqlite};

use crate::db::Conn;
use crate::error::Result;
use crate::form::{Measure, Stored};
use crate::ids::ReportId;
use crate::report::figures::Counted;

/// The values of reports, by path. Reports come from a listing of a scope, so nothing is read outside it.
pub(super) async fn values(conn: &mut Conn, of: &[&Counted]) -> Result<HashMap<ReportId, Vec<(String, Stored)>>> {
    type Row = (i64, String, Option<f64>, Option<String>, Option<String>, Option<String>);
    let mut query = among("select report_id, path, number, code, text, missing from value", of);
    let rows: Vec<Row> = query.push(" order by report_id, path").build_query_as().fetch_all(conn).await?;
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
    Ok(values)
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

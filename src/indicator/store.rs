//! Values and measures of some counting reports at once, so that a territory of any size is read piece by piece.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::QueryBuilder;

use crate::db::Conn;
use crate::error::Result;
use crate::form::{Form, Measure, Paths, Record, Stored};
use crate::ids::ReportId;
use crate::report::figures::store::{DIGITS, GAP, among};
use crate::report::figures::{Counted, Slice};

/// The values of reports, with their places in the form that reads them. Reports come from a listing of a scope, so
/// nothing is read outside it.
///
/// Each report is one row of paths and digits, because a territory has millions of values; only what digits do not hold
/// is handed over value by value.
pub(super) async fn values(conn: &mut Conn, of: &[&Counted], form: &Form) -> Result<HashMap<ReportId, Record>> {
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let mut gathered = Gathered::new(form);
    let mut query = QueryBuilder::new("select report_id, string_agg(path, ");
    query.push_bind(GAP).push("), string_agg(").push(DIGITS).push(", ").push_bind(GAP).push(") from value");
    among(&mut query, of.iter().map(|report| report.report));
    let rows: Vec<(i64, String, String)> =
        query.push(" group by report_id").build_query_as().fetch_all(&mut *conn).await?;
    for (report, paths, digits) in rows {
        gathered.report(ReportId(report), paths, &digits);
    }
    if !gathered.incomplete.is_empty() {
        others(conn, &mut gathered).await?;
    }
    Ok(gathered.records())
}

/// Adds the values that digits do not hold.
async fn others(conn: &mut Conn, gathered: &mut Gathered<'_>) -> Result<()> {
    let mut query = QueryBuilder::new("select report_id, path, number, code, text, missing from value");
    among(&mut query, gathered.incomplete.iter().copied());
    query.push(" and ").push(DIGITS).push(" = ''");
    let rows: Vec<ValueRow> = query.build_query_as().fetch_all(conn).await?;
    for (report, path, number, code, text, missing) in rows {
        if let Some(stored) = number.map(Stored::Number).or_else(|| not_a_number((code, text, missing))) {
            gathered.value(ReportId(report), &path, stored);
        }
    }
    Ok(())
}

/// Values while they are read. Reports one after the other mostly have the same paths.
struct Gathered<'a> {
    form: &'a Form,
    paths: Paths,
    values: HashMap<ReportId, Vec<(u32, Stored)>>,
    /// Reports with values that digits do not hold.
    incomplete: Vec<ReportId>,
    /// The paths of the last report, as one text and by their numbers.
    last: (String, Vec<u32>),
}

impl<'a> Gathered<'a> {
    fn new(form: &'a Form) -> Gathered<'a> {
        let (paths, values, incomplete) = (Paths::default(), HashMap::new(), Vec::new());
        Gathered { form, paths, values, incomplete, last: (String::new(), Vec::new()) }
    }

    fn report(&mut self, report: ReportId, paths: String, digits: &str) {
        if paths != self.last.0 {
            let numbers = paths.split(GAP).map(|path| self.paths.number(self.form, path)).collect();
            self.last = (paths, numbers);
        }
        let numbers = &self.last.1;
        let mut values = Vec::with_capacity(numbers.len());
        let read = |(path, digits): (&u32, &str)| Some((*path, Stored::Number(digits.parse().ok()?)));
        values.extend(numbers.iter().zip(digits.split(GAP)).filter_map(read));
        if values.len() < numbers.len() {
            self.incomplete.push(report);
        }
        self.values.insert(report, values);
    }

    fn value(&mut self, report: ReportId, path: &str, stored: Stored) {
        let number = self.paths.number(self.form, path);
        self.values.entry(report).or_default().push((number, stored));
    }

    fn records(mut self) -> HashMap<ReportId, Record> {
        self.values.values_mut().for_each(|values| self.paths.sort(values));
        let paths = Arc::new(self.paths);
        let record = |(report, values)| (report, Record::new(paths.clone(), values));
        self.values.into_iter().map(record).collect()
    }
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
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = QueryBuilder::new("select report_id, indicator, row, numerator, denominator from measure");
    among(&mut query, of.iter().map(|report| report.report));
    let rows: Vec<Row> = query.push(" order by report_id, indicator, row").build_query_as().fetch_all(conn).await?;
    let mut measures: HashMap<ReportId, Vec<Measure>> = HashMap::new();
    for (report, indicator, row, numerator, denominator) in rows {
        measures.entry(ReportId(report)).or_default().push(Measure { indicator, row, numerator, denominator });
    }
    Ok(measures)
}

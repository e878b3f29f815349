//! Sending reports, acknowledged after a commit with `synchronous = FULL`, beside a group commit of the same rows.

use std::sync::Arc;
use std::time::Instant;

use sqlx::{AssertSqlSafe, FromRow};
use svod::access::Actor;
use svod::db::Db;
use svod::form::{self, Form};
use svod::ids::OrgId;
use svod::period::Period;
use svod::report::{self, Key, Source, version};
use svod::sheet::{Book, Cell, Grid};

use super::language::{answers_of, form_of};
use super::program::own_processor;
use super::{Figure, Line};

const SCHOOLS: usize = 6_000;
const SENDERS: usize = 32;

pub fn run() -> Vec<Figure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (sent, floor) = runtime.block_on(async {
        let dir = tempfile::tempdir().unwrap();
        let (db, form, schools) = territory(dir.path(), SCHOOLS).await;
        let sent = send(&db, &form, &schools).await;
        let rows = rows(&db).await;
        let dir = tempfile::tempdir().unwrap();
        (sent, bare(&territory(dir.path(), SCHOOLS).await.0, rows).await)
    });
    vec![sent.above(&floor, "≥ 0,7 of the floor, ≥ 1 000/s")]
}

/// A data file with one municipality, its schools, and the published form of thirty questions.
pub async fn territory(dir: &std::path::Path, schools: usize) -> (Db, Arc<Form>, Vec<OrgId>) {
    let (db, actor) = (Db::open(dir).await.unwrap(), Actor::operator());
    svod::org::actions::import(&db, &actor, &registry(schools)).await.unwrap();
    let form = Arc::new(form::read(&form_of(30), "bench.toml").unwrap());
    version::actions::publish(&db, &actor, std::slice::from_ref(&*form)).await.unwrap();
    let orgs = svod::org::actions::list(&db, &actor, &actor.scope()).await.unwrap();
    let schools = orgs.into_iter().filter(|org| org.parent.is_some()).map(|org| org.id).collect();
    (db, form, schools)
}

async fn send(db: &Db, form: &Arc<Form>, schools: &[OrgId]) -> Line {
    let period = Period::from_id("2024Sep").unwrap();
    let (start, before) = (Instant::now(), own_processor());
    let tasks: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (db, actor, form) = (db.clone(), Actor::operator(), form.clone());
            let mine: Vec<_> = schools.iter().skip(sender).step_by(SENDERS).copied().collect();
            tokio::spawn(async move {
                for school in mine {
                    let key = Key::new(&form, period, school);
                    report::actions::send(&db, &actor, &key, answers_of(30), Source::Page).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    Line {
        work: "sending 30 answers, 32 senders",
        amount: schools.len() as f64,
        unit: "reports",
        time: start.elapsed(),
        processor: own_processor().saturating_sub(before),
    }
}

fn registry(schools: usize) -> Book {
    let text = |text: &str| Cell::Text(text.to_owned());
    let mut rows = vec![vec![text("Код"), text("Наименование"), text("Тип"), text("Вышестоящая")]];
    rows.push(vec![text("m"), text("Район"), text("Муниципалитет"), Cell::Empty]);
    rows.extend(
        (0..schools).map(|n| vec![text(&format!("s{n}")), text(&format!("Школа {n}")), text("Школа"), text("m")]),
    );
    Book { name: "bench.xlsx".to_owned(), sheets: vec![Grid::from_rows("Лист1", rows, Vec::new())] }
}

#[derive(FromRow)]
struct ReportRow {
    id: i64,
    form_id: String,
    period: String,
    about_id: i64,
    by_kind: String,
    by_id: Option<i64>,
    sent_id: i64,
    act: String,
    at: i64,
    who: String,
    source: String,
    form_hash: String,
    changes: String,
    answers: String,
    explanations: String,
    before: String,
}

type ValueRow = (String, f64);
type MeasureRow = (String, String, String, f64, f64);

/// The rows of one report: its own with its revision, its values, its measure.
type Rows = (ReportRow, Vec<ValueRow>, MeasureRow);

/// Everything that sending has written.
async fn rows(db: &Db) -> Vec<Rows> {
    let mut read = db.read().await.unwrap();
    let reports: Vec<ReportRow> =
        sqlx::query_as("select * from revision join report on report.id = report_id order by report.id")
            .fetch_all(&mut *read)
            .await
            .unwrap();
    let mut rows = Vec::new();
    for report in reports {
        let values = sqlx::query_as("select path, number from value where report_id = $1").bind(report.id);
        let values = values.fetch_all(&mut *read).await.unwrap();
        let measure = sqlx::query_as(
            "select form_hash, indicator, row, numerator, denominator from measure where report_id = $1",
        );
        let measure = measure.bind(report.id).fetch_one(&mut *read).await.unwrap();
        rows.push((report, values, measure));
    }
    rows
}

/// One writer who has all rows ready, a commit for as many reports as there were senders.
async fn bare(db: &Db, rows: Vec<Rows>) -> Line {
    let places: Vec<String> =
        (0..rows[0].1.len()).map(|n| format!("($1, ${}, ${}, $2)", 2 * n + 3, 2 * n + 4)).collect();
    let values = format!("insert into value (report_id, path, number, revision_id) values {}", places.join(", "));
    let (amount, start, before) = (rows.len() as f64, Instant::now(), own_processor());
    for group in rows.chunks(SENDERS) {
        let mut tx = db.write_alone().await.unwrap();
        for row in group {
            bare_report(&mut tx, &row.0).await;
            let mut insert = sqlx::query(AssertSqlSafe(values.as_str())).bind(row.0.id).bind(row.0.sent_id);
            for (path, number) in &row.1 {
                insert = insert.bind(path).bind(number);
            }
            insert.execute(&mut *tx).await.unwrap();
            let (hash, indicator, by, numerator, denominator) = &row.2;
            sqlx::query("insert into measure values ($1, $2, $3, $4, $5, $6)")
                .bind(row.0.id)
                .bind(hash)
                .bind(indicator)
                .bind(by)
                .bind(numerator)
                .bind(denominator)
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }
    let processor = own_processor().saturating_sub(before);
    Line { work: "floor: the same rows, commits of 32", amount, unit: "reports", time: start.elapsed(), processor }
}

async fn bare_report(tx: &mut svod::db::Write, row: &ReportRow) {
    sqlx::query(
        "insert into report (id, form_id, period, about_id, by_kind, by_id) values ($1, $2, $3, $4, $5, $6) returning id",
    )
    .bind(row.id)
    .bind(&row.form_id)
    .bind(&row.period)
    .bind(row.about_id)
    .bind(&row.by_kind)
    .bind(row.by_id)
    .fetch_one(&mut **tx)
    .await
    .unwrap();
    sqlx::query(
        "insert into revision (id, report_id, act, at, until, who, source, form_hash, changes, answers, explanations, before)
         values ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11) returning id",
    )
    .bind(row.sent_id)
    .bind(row.id)
    .bind(&row.act)
    .bind(row.at)
    .bind(&row.who)
    .bind(&row.source)
    .bind(&row.form_hash)
    .bind(&row.changes)
    .bind(&row.answers)
    .bind(&row.explanations)
    .bind(&row.before)
    .fetch_one(&mut **tx)
    .await
    .unwrap();
    let point = sqlx::query("update report set sent_id = $2 where id = $1").bind(row.id).bind(row.sent_id);
    point.execute(&mut **tx).await.unwrap();
}

//! Sending reports, acknowledged after a commit with `synchronous = FULL`, beside a bare commit of the same rows.

use std::sync::Arc;
use std::time::Instant;

use sqlx::AssertSqlSafe;
use svod::access::Actor;
use svod::db::Db;
use svod::form;
use svod::period::Period;
use svod::report::{self, Key, Source, version};
use svod::sheet::{Book, Cell, Grid};

use super::Line;
use super::language::{answers_of, form_of};

const SCHOOLS: usize = 3_000;
const SENDERS: usize = 32;

pub fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let sent = runtime.block_on(send());
    let floor = runtime.block_on(bare());
    sent.beside(&floor);
}

async fn send() -> Line {
    let dir = tempfile::tempdir().unwrap();
    let (db, actor) = (Db::open(dir.path()).await.unwrap(), Actor::operator());
    svod::org::actions::import(&db, &actor, &registry()).await.unwrap();
    let form = Arc::new(form::read(&form_of(30), "bench.toml").unwrap());
    version::actions::publish(&db, &actor, std::slice::from_ref(&*form)).await.unwrap();
    let orgs = svod::org::actions::list(&db, &actor, &actor.scope()).await.unwrap();
    let schools: Vec<_> = orgs.into_iter().filter(|org| org.parent.is_some()).map(|org| org.id).collect();
    let period = Period::from_id("2024Sep").unwrap();
    let start = Instant::now();
    let tasks: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (db, actor, form) = (db.clone(), actor.clone(), form.clone());
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
    Line { work: "send 30 answers, 32 senders", amount: schools.len() as f64, unit: "reports", time: start.elapsed() }
}

fn registry() -> Book {
    let text = |text: &str| Cell::Text(text.to_owned());
    let mut rows = vec![vec![text("Код"), text("Наименование"), text("Тип"), text("Вышестоящая")]];
    rows.push(vec![text("m"), text("Район"), text("Муниципалитет"), Cell::Empty]);
    rows.extend(
        (0..SCHOOLS).map(|n| vec![text(&format!("s{n}")), text(&format!("Школа {n}")), text("Школа"), text("m")]),
    );
    Book { name: "bench.xlsx".to_owned(), sheets: vec![Grid::from_rows("Лист1", rows, Vec::new())] }
}

/// One writer, a transaction a report: the report, one revision with its documents, 45 values, one measure.
async fn bare() -> Line {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(dir.path()).await.unwrap();
    let mut tx = db.write().await.unwrap();
    for table in [
        "create table r (id integer primary key, body text) strict",
        "create table v (r integer, path text, number real, revision integer, primary key (r, path)) strict, without rowid",
    ] {
        sqlx::query(AssertSqlSafe(table)).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let document = answers_of(30).to_json().to_string().repeat(3);
    let start = Instant::now();
    for report in 0..SCHOOLS {
        let report = i64::try_from(report).unwrap();
        let mut tx = db.write().await.unwrap();
        for _ in 0..2 {
            sqlx::query("insert into r (body) values ($1)").bind(&document).execute(&mut *tx).await.unwrap();
        }
        let mut insert = sqlx::QueryBuilder::<sqlx::Sqlite>::new("insert into v (r, path, number, revision) ");
        insert.push_values(0..46, |mut row, path: i64| {
            row.push_bind(report).push_bind(format!("q{path}")).push_bind(1.5).push_bind(report);
        });
        insert.build().execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    Line {
        work: "  floor: the same rows, a bare transaction each",
        amount: SCHOOLS as f64,
        unit: "reports",
        time: start.elapsed(),
    }
}

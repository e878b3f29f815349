//! Reports that are read as one row each hold the values that are stored of them, to the last bit.

use super::*;
use crate::db::{Db, Steps};

/// Whole numbers, decimals of any length, the ends of what a double can hold.
const NUMBERS: [f64; 25] = [
    0.0,
    1.0,
    -7.0,
    54.3,
    -0.25,
    0.1,
    12.3456,
    -400.1234,
    0.0001,
    0.00005,
    12.34567,
    1.0 / 3.0,
    100.0 / 7.0,
    0.1 + 0.2,
    99_999_999_999.5,
    100_000_000_000.5,
    9_007_199_254_740_992.0,
    999_999_999_999_999.0,
    1e15,
    -1e15,
    1e300,
    -1e300,
    f64::MIN_POSITIVE,
    5e-324,
    f64::MAX,
];

async fn stored() -> (tempfile::TempDir, Db) {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(dir.path()).await.unwrap();
    let mut steps = Steps::default();
    steps.then("insert into org (id, code, name, type) values (1, '1', 'Школа', 'school')");
    steps.then(
        "insert into form_version (hash, form_id, number, title, source, published_at, published_by)
         values ('h', 'f', 1, 'Форма', '', 0, 'x')",
    );
    for report in 1..=3 {
        steps.then(
            "insert into report (id, form_id, period, about_id, by_kind, number) values (?, 'f', '2024', 1, 'expert', ?)",
        );
        steps.bind(report).bind(report);
        steps.then(
            "insert into revision (id, report_id, act, at, until, who, source, form_hash, changes, before)
             values (?, ?, 'send', 0, 0, 'x', 'page', 'h', '[]', '{}')",
        );
        steps.bind(report).bind(report);
    }
    for (n, number) in NUMBERS.iter().enumerate() {
        steps.then("insert into value (report_id, path, number, revision_id) values (1, ?, ?, 1)");
        steps.bind(format!("table/row/n{n}")).bind(*number);
    }
    steps.then("insert into value (report_id, path, number, revision_id) values (2, 'a', 7, 2), (2, 'r[1]/b', 8.5, 1)");
    steps.then("insert into value (report_id, path, code, revision_id) values (1, 'code', 'a b', 2)");
    steps.then(
        "insert into value (report_id, path, text, revision_id) values (1, 'text', 'два слова', 1), (3, 't', '', 1)",
    );
    steps.then("insert into value (report_id, path, missing, revision_id) values (1, 'none', 'no-data', 3)");
    let mut tx = db.write().await.unwrap();
    steps.run(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    (dir, db)
}

#[tokio::test]
async fn rows_of_several_reports_are_the_rows_of_each() {
    let (_dir, db) = stored().await;
    let mut read = db.read().await.unwrap();
    let all: Vec<ReportId> = (1..=4).map(ReportId).collect();
    let together = store::rows_of(&mut read, &all).await.unwrap();
    for report in all {
        let alone = store::rows(&mut read, report).await.unwrap();
        assert_eq!(together.get(&report).cloned().unwrap_or_default(), alone, "{report:?}");
    }
    let numbers: Vec<f64> =
        (0..NUMBERS.len()).map(|n| together[&ReportId(1)][&format!("table/row/n{n}")].0.unwrap()).collect();
    assert_eq!(numbers, NUMBERS);
}

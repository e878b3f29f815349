//! The group of writers: who is answered when, who takes whom along, and who does not.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;
use std::time::Duration;

use svod::db::{Db, Write};
use svod::error::{Error, Result};
use svod::lang::Lang;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// Long enough for everything that is ready to happen.
const SOON: Duration = Duration::from_millis(60);

/// Waiting for this long means waiting for ever.
const LATE: Duration = Duration::from_secs(20);

async fn bench(dir: &Path) -> Db {
    let db = Db::open(dir).await.unwrap();
    let mut tx = db.write_alone().await.unwrap();
    for table in [
        "create table act (number integer primary key, text text) strict",
        "create table child (act integer references act (number)) strict",
    ] {
        sqlx::query(table).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    db
}

async fn act(tx: &mut Write, number: i64) -> Result<()> {
    sqlx::query("insert into act (number) values ($1)").bind(number).execute(&mut **tx).await?;
    Ok(())
}

async fn acts(db: &Db) -> Vec<i64> {
    let mut read = db.read().await.unwrap();
    let rows: Vec<(i64,)> =
        sqlx::query_as("select number from act order by number").fetch_all(&mut *read).await.unwrap();
    rows.into_iter().map(|(number,)| number).collect()
}

/// A writer who waits already.
async fn queued(db: &Db) -> JoinHandle<Result<Write>> {
    let db = db.clone();
    let waiting = tokio::spawn(async move { db.write().await });
    sleep(SOON).await;
    waiting
}

/// Act 1, done and waiting for act 2, which is in the same group and has just begun.
async fn two(db: &Db) -> (JoinHandle<Result<()>>, Write) {
    let before = acts(db).await;
    let mut first = db.write().await.unwrap();
    act(&mut first, 1).await.unwrap();
    let second = queued(db).await;
    let first = tokio::spawn(first.commit());
    let mut second = done(second).await.unwrap();
    act(&mut second, 2).await.unwrap();
    sleep(SOON).await;
    assert!(!first.is_finished(), "nobody is answered before the commit");
    assert_eq!(acts(db).await, before);
    (first, second)
}

async fn done<T>(task: JoinHandle<T>) -> T {
    timeout(LATE, task).await.unwrap().unwrap()
}

fn said<T>(result: Result<T>) -> String {
    match result {
        Err(Error::Data(words)) => words.say(Lang::Ru),
        Err(other) => other.to_string(),
        Ok(_) => "ok".to_owned(),
    }
}

#[tokio::test]
async fn two_that_are_ready_together_share_one_commit() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let (first, second) = two(&db).await;
    second.commit().await.unwrap();
    done(first).await.unwrap();
    assert_eq!(acts(&db).await, [1, 2]);
}

#[tokio::test]
async fn who_is_dropped_takes_nobody_along() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let (first, second) = two(&db).await;
    drop(second);
    done(first).await.unwrap();
    assert_eq!(acts(&db).await, [1]);
    let mut third = db.write().await.unwrap();
    act(&mut third, 3).await.unwrap();
    drop(third);
    let mut fourth = db.write().await.unwrap();
    act(&mut fourth, 4).await.unwrap();
    fourth.commit().await.unwrap();
    assert_eq!(acts(&db).await, [1, 4]);
}

#[tokio::test]
async fn who_is_dropped_in_the_middle_of_a_statement_takes_nobody_along() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let (first, mut second) = two(&db).await;
    let third = queued(&db).await;
    let long = "insert into act (number) with recursive n(x) as (select 10 union all select x + 1 from n limit 300000)
                select x from n";
    assert!(timeout(Duration::from_millis(2), sqlx::query(long).execute(&mut *second)).await.is_err());
    drop(second);
    let mut third = done(third).await.unwrap();
    act(&mut third, 3).await.unwrap();
    third.commit().await.unwrap();
    done(first).await.unwrap();
    assert_eq!(acts(&db).await, [1, 3]);
}

#[tokio::test]
async fn a_commit_that_fails_fails_for_everybody() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let (first, mut second) = two(&db).await;
    for statement in ["pragma defer_foreign_keys = on", "insert into child (act) values (99)"] {
        sqlx::query(statement).execute(&mut *second).await.unwrap();
    }
    assert!(second.commit().await.is_err());
    assert!(done(first).await.is_err());
    assert_eq!(acts(&db).await, [] as [i64; 0]);
    let mut third = db.write().await.unwrap();
    act(&mut third, 3).await.unwrap();
    third.commit().await.unwrap();
    assert_eq!(acts(&db).await, [3]);
}

#[tokio::test]
async fn what_sqlite_rolls_back_by_itself_is_never_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    for beside in [false, true] {
        let (first, mut full) = match beside {
            true => two(&db).await,
            false => (tokio::spawn(async { Err(Error::Internal("none".to_owned())) }), db.write().await.unwrap()),
        };
        sqlx::query("pragma max_page_count = 60").execute(&mut *full).await.unwrap();
        let big = "insert into act (number, text) values (7, hex(randomblob(500000)))";
        assert_eq!(said(sqlx::query(big).execute(&mut *full).await.map_err(Error::from)), Lang::Ru.t("db.full"));
        drop(full);
        let mut next = db.write().await.unwrap();
        assert!(done(first).await.is_err());
        sqlx::query("pragma max_page_count = 1000000").execute(&mut *next).await.unwrap();
        act(&mut next, 8 + i64::from(beside)).await.unwrap();
        next.commit().await.unwrap();
    }
    assert_eq!(acts(&db).await, [8, 9]);
}

#[tokio::test]
async fn those_who_go_away_hold_nobody_up() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let mut first = db.write().await.unwrap();
    act(&mut first, 1).await.unwrap();
    let (gone, stays, gone_too) = (queued(&db).await, queued(&db).await, queued(&db).await);
    let first = tokio::spawn(first.commit());
    gone.abort();
    gone_too.abort();
    let mut second = done(stays).await.unwrap();
    act(&mut second, 2).await.unwrap();
    first.abort();
    timeout(LATE, second.commit()).await.unwrap().unwrap();
    assert_eq!(acts(&db).await, [1, 2], "a commit that nobody waits for any more is done all the same");
}

#[tokio::test]
async fn the_last_of_a_group_may_give_up_while_it_waits() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let mut first = db.write().await.unwrap();
    act(&mut first, 1).await.unwrap();
    let second = queued(&db).await;
    second.abort();
    timeout(LATE, first.commit()).await.unwrap().unwrap();
    assert_eq!(acts(&db).await, [1]);
}

#[tokio::test]
async fn each_sees_what_those_before_it_did() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let (first, mut second) = two(&db).await;
    let (seen,): (i64,) = sqlx::query_as("select count(*) from act").fetch_one(&mut *second).await.unwrap();
    assert_eq!(seen, 2);
    let third = queued(&db).await;
    second.commit().await.unwrap();
    done(first).await.unwrap();
    let mut third = done(third).await.unwrap();
    assert!(act(&mut third, 2).await.is_err(), "the third sees the second");
    act(&mut third, 3).await.unwrap();
    third.commit().await.unwrap();
    assert_eq!(acts(&db).await, [1, 2, 3]);
}

#[tokio::test]
async fn a_long_change_keeps_nobody_waiting_for_an_answer() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let mut first = db.write().await.unwrap();
    act(&mut first, 1).await.unwrap();
    let long = tokio::spawn({
        let db = db.clone();
        async move { db.write_alone().await }
    });
    sleep(SOON).await;
    let first = tokio::spawn(first.commit());
    let mut long = done(long).await.unwrap();
    act(&mut long, 2).await.unwrap();
    done(first).await.unwrap();
    assert_eq!(acts(&db).await, [1]);
    long.commit().await.unwrap();
    assert_eq!(acts(&db).await, [1, 2]);
}

/// Neither the runtime of this test nor its only thread has to do anything for that.
#[tokio::test]
async fn a_lone_transaction_that_is_dropped_frees_the_file_on_the_spot() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let mut tx = db.write().await.unwrap();
    act(&mut tx, 1).await.unwrap();
    drop(tx);
    let path = dir.path().to_owned();
    let other = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let other = Db::open_waiting(&path, Duration::from_millis(500)).await.unwrap();
            let mut tx = other.write().await.unwrap();
            act(&mut tx, 2).await.unwrap();
            tx.commit().await.unwrap();
        });
    });
    other.join().unwrap();
    assert_eq!(acts(&db).await, [2]);
}

#[tokio::test]
async fn a_closed_file_refuses_and_leaves_nothing_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let clone = db.clone();
    db.close().await;
    assert!(clone.write().await.is_err());
    let beside: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!beside.iter().any(|name| name == "svod.db-wal"), "{beside:?}");
}

/// What became of one act: acknowledged, refused, or nobody waited for the answer.
async fn try_act(db: &Db, number: i64) -> Option<bool> {
    let write = async {
        let mut tx = db.write().await.unwrap();
        act(&mut tx, number).await.unwrap();
        if number % 5 == 0 {
            return false;
        }
        tx.commit().await.unwrap();
        true
    };
    match number % 3 {
        0 => timeout(Duration::from_micros(u64::try_from(number * 37 % 9_000).unwrap()), write).await.ok(),
        _ => Some(write.await),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_of_whom_some_give_up_lose_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let db = bench(dir.path()).await;
    let tasks: Vec<_> = (0..48)
        .map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut fates = Vec::new();
                for step in 0..20 {
                    let number = writer * 100 + step;
                    fates.push((number, try_act(&db, number).await));
                }
                fates
            })
        })
        .collect();
    let mut fates = Vec::new();
    for task in tasks {
        fates.extend(done(task).await);
    }
    let last = db.write().await.unwrap();
    timeout(LATE, last.commit()).await.unwrap().unwrap();
    let stored = acts(&db).await;
    for (number, fate) in &fates {
        match fate {
            Some(fate) => assert_eq!(*fate, stored.contains(number), "act {number}"),
            None => assert!(number % 5 != 0 || !stored.contains(number), "act {number} was never to be committed"),
        }
    }
    assert!(fates.iter().filter(|(_, fate)| fate.is_none()).count() > 20, "some gave up");
}

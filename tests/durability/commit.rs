//! An acknowledgement waits for the commit, and the commit for the disk.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use poem::http::StatusCode;
use serde_json::json;
use svod::db::Db;
use svod::report::State;

use super::pages::{pages, saying};
use super::world::report_of;

/// Long enough for a whole answer, many times over.
const LONG: Duration = Duration::from_millis(500);

#[tokio::test]
async fn the_writer_waits_for_the_disk() {
    let pages = pages().await;
    let mut writer = pages.db.write().await.unwrap();
    let mut pragma = async |name: &str| -> String {
        let asked = format!("select cast({name} as text) from pragma_{name}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(asked)).fetch_one(&mut *writer).await.unwrap()
    };
    assert_eq!(pragma("synchronous").await, "2");
    assert_eq!(pragma("journal_mode").await, "wal");
    assert_eq!(pragma("foreign_keys").await, "1");
}

/// Holds every commit of the writer from now on; what the receiver of the first half gets is let through.
async fn held(db: &Db) -> (mpsc::Receiver<()>, mpsc::Sender<bool>) {
    let (reached, told) = mpsc::channel();
    let (let_go, gate) = mpsc::channel();
    let mut writer = db.write().await.unwrap();
    writer.lock_handle().await.unwrap().set_commit_hook(move || {
        let _ = reached.send(());
        gate.recv().unwrap_or(true)
    });
    (told, let_go)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_acknowledged_before_its_commit() {
    let pages = pages().await;
    let seal = pages.ready("s0", 7).await;
    let (reached, let_go) = held(&pages.db).await;
    let (send, save) = (format!("{}/send", report_of("s0")), saying(8, "save"));
    for (address, fields, school, before, after, on) in [
        (send, seal, "s0", State::Draft, State::Sent, "?sent=1"),
        (report_of("s1"), save, "s1", State::Empty, State::Draft, "?saved=1"),
    ] {
        let mut answer = std::pin::pin!(pages.post(&address, &fields));
        assert!(tokio::time::timeout(LONG, &mut answer).await.is_err(), "{school}: answered before the commit");
        assert!(reached.try_recv().is_ok(), "{school}: it is the commit that is waited for");
        assert_eq!(pages.seen(school).await.state(), before, "nobody sees what is not committed");
        let_go.send(true).unwrap();
        let (status, location, page) = answer.await;
        assert_eq!((status, location.ends_with(on)), (StatusCode::SEE_OTHER, true), "{school}: {page}");
        assert_eq!(pages.seen(school).await.state(), after);
    }
    assert_eq!(pages.seen("s0").await.answers.get("q0"), Some(&json!(7)));
}

/// Senders that share a commit are answered by it, not one by another.
#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_sends_at_once_waits_for_the_commit() {
    let pages = pages().await;
    let schools = ["s0", "s1", "s2", "s3"];
    let (reached, let_go) = held(&pages.db).await;
    let answered = AtomicUsize::new(0);
    let save = async |school| {
        let (status, _, page) = pages.post(&report_of(school), &saying(5, "save")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        answered.fetch_add(1, Ordering::SeqCst);
    };
    let all = async { tokio::join!(save(schools[0]), save(schools[1]), save(schools[2]), save(schools[3])) };
    let mut all = std::pin::pin!(all);
    assert!(tokio::time::timeout(LONG, &mut all).await.is_err());
    assert_eq!(answered.load(Ordering::SeqCst), 0, "nobody is answered while the first commit is held");
    assert!(reached.try_recv().is_ok());
    drop(let_go);
    all.await;
    for school in schools {
        assert_eq!(pages.seen(school).await.state(), State::Draft);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_fails_is_not_acknowledged_and_the_next_one_is() {
    let pages = pages().await;
    let seal = pages.ready("s0", 7).await;
    let (_reached, let_go) = held(&pages.db).await;
    let send = format!("{}/send", report_of("s0"));
    let_go.send(false).unwrap();
    let (status, _, page) = pages.post(&send, &seal).await;
    assert!(status.is_server_error() && page.contains("<h1>"), "{status}: {page}");
    assert_eq!(pages.seen("s0").await.state(), State::Draft);
    let_go.send(true).unwrap();
    let (status, on, _) = pages.post(&send, &seal).await;
    assert_eq!((status, on.ends_with("?sent=1")), (StatusCode::SEE_OTHER, true));
    assert_eq!(pages.seen("s0").await.state(), State::Sent);
}

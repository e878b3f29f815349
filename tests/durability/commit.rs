//! An acknowledgement waits for the commit, and the commit for the disk.

use std::sync::mpsc;
use std::time::Duration;

use poem::http::StatusCode;
use poem::test::TestClient;
use poem::{Endpoint, Response};
use serde_json::json;
use svod::access::Actor;
use svod::db::Db;
use svod::lang::Lang;
use svod::period::Period;
use svod::report::{self, Key, ReportView, State, version};
use svod::web::{Site, app};

use super::world::{PERIOD, district, fields, report_of, value_of};

/// Long enough for a whole answer, many times over.
const LONG: Duration = Duration::from_millis(500);

struct Pages<E> {
    db: Db,
    client: TestClient<E>,
    _folder: tempfile::TempDir,
}

async fn pages() -> Pages<impl Endpoint<Output = Response>> {
    let folder = tempfile::tempdir().unwrap();
    let db = district(folder.path(), 2).await;
    let site = Site { db: db.clone(), actor: Actor::operator(), lang: Lang::Ru, demo: false };
    Pages { db, client: TestClient::new(app(site)), _folder: folder }
}

impl<E: Endpoint<Output = Response>> Pages<E> {
    /// Posts; the status, where it leads, the page.
    async fn post(&self, address: &str, fields: &[(String, String)]) -> (StatusCode, String, String) {
        let request = self.client.post(address).header("host", "localhost").header("origin", "http://localhost");
        let response = request.form(&fields.to_vec()).send().await.0;
        let on = response.headers().get("location").map(|on| on.to_str().unwrap().to_owned()).unwrap_or_default();
        (response.status(), on, response.into_body().into_string().await.unwrap())
    }

    async fn get(&self, address: &str) -> String {
        let response = self.client.get(address).header("host", "localhost").send().await;
        response.assert_status_is_ok();
        response.0.into_body().into_string().await.unwrap()
    }

    /// What everybody else sees of a school's report.
    async fn seen(&self, school: &str) -> ReportView {
        let actor = Actor::operator();
        let version = version::actions::newest(&self.db, &actor, "pupils").await.unwrap();
        let about = svod::org::actions::by_code(&self.db, &actor, school).await.unwrap();
        let key = Key::new(&version.form, Period::from_id(PERIOD).unwrap(), about.id);
        report::actions::open(&self.db, &actor, &key).await.unwrap()
    }

    /// Keeps a draft and gives the field that confirms it.
    async fn ready(&self, school: &str, number: u64) -> Vec<(String, String)> {
        let (status, on, page) = self.post(&report_of(school), &saying(number, "send")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        vec![("seal".to_owned(), value_of(&self.get(&on).await, "seal"))]
    }
}

/// The fields of a report with the button that was pressed.
fn saying(number: u64, button: &str) -> Vec<(String, String)> {
    [fields(number), vec![("do".to_owned(), button.to_owned())]].concat()
}

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

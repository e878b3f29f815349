//! The pages over a data file of their own, asked as a browser asks.

use std::path::Path;

use poem::http::StatusCode;
use poem::test::TestClient;
use poem::{Endpoint, Response};
use svod::access::Actor;
use svod::backup::Keeper;
use svod::db::Db;
use svod::lang::Lang;
use svod::period::Period;
use svod::report::{self, Key, ReportView, version};
use svod::web::{Site, app};

use super::world::{PERIOD, district, fields, report_of, value_of};

/// A district and the pages over it.
pub struct Pages<E> {
    pub db: Db,
    client: TestClient<E>,
    folder: tempfile::TempDir,
}

/// Pages with four schools that have not answered.
pub async fn pages() -> Pages<impl Endpoint<Output = Response>> {
    let folder = tempfile::tempdir().unwrap();
    let db = district(folder.path(), 4).await;
    let copies = Keeper::new(&folder.path().join("backups"), Some(jiff::civil::time(3, 0, 0, 0)));
    let site = Site {
        db: db.clone(),
        actor: Actor::operator(),
        lang: Lang::Ru,
        demo: false,
        copies,
        forms: svod::report::version::Folder::default(),
        entrance: Default::default(),
    };
    Pages { db, client: TestClient::new(app(site)), folder }
}

impl<E: Endpoint<Output = Response>> Pages<E> {
    /// Where the data are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Posts; the status, where it leads, the page.
    pub async fn post(&self, address: &str, fields: &[(String, String)]) -> (StatusCode, String, String) {
        let request = self.client.post(address).header("host", "localhost").header("origin", "http://localhost");
        let response = request.form(&fields.to_vec()).send().await.0;
        let on = response.headers().get("location").map(|on| on.to_str().unwrap().to_owned()).unwrap_or_default();
        (response.status(), on, response.into_body().into_string().await.unwrap())
    }

    /// A page that must be there.
    pub async fn get(&self, address: &str) -> String {
        let response = self.client.get(address).header("host", "localhost").send().await;
        response.assert_status_is_ok();
        response.0.into_body().into_string().await.unwrap()
    }

    /// What everybody else sees of a school's report.
    pub async fn seen(&self, school: &str) -> ReportView {
        let actor = Actor::operator();
        let version = version::actions::newest(&self.db, &actor, "pupils").await.unwrap();
        let about = svod::org::actions::by_code(&self.db, &actor, school).await.unwrap();
        let key = Key::new(&version.form, Period::from_id(PERIOD).unwrap(), about.id);
        report::actions::open(&self.db, &actor, &key).await.unwrap()
    }

    /// Keeps a draft and gives the field that confirms it.
    pub async fn ready(&self, school: &str, number: u64) -> Vec<(String, String)> {
        let (status, on, page) = self.post(&report_of(school), &saying(number, "send")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        vec![("seal".to_owned(), value_of(&self.get(&on).await, "seal"))]
    }
}

/// The fields of a report with the button that was pressed.
pub fn saying(number: u64, button: &str) -> Vec<(String, String)> {
    [fields(number), vec![("do".to_owned(), button.to_owned())]].concat()
}

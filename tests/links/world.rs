//! A district whose methodist is signed in, and a browser that takes cookies along only where it is told to.

use std::io::Write;
use std::sync::{Arc, Mutex};

use jiff::{Timestamp, ToSpan};
use poem::http::StatusCode;
use poem::test::{TestClient, TestRequestBuilder};
use poem::{Endpoint, EndpointExt, Response};
use svod::access::{Actor, Role};
use svod::account::actions::{NewPassword, accept, make};
use svod::account::session::From;
use svod::account::{Secret, Wanted};
use svod::db::Db;
use svod::form::{self, Form};
use svod::web::{Site, app};

use crate::district::{District, Row};

/// The report that the first school's link opens.
pub const HIS: &str = "/report/own/2024Sep/s1";

pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";

const HOST: &str = "localhost:8080";

const ORGS: [Row; 6] = [
    ["r", "Приозёрный край", "Регион", ""],
    ["m", "Лесной район", "Муниципалитет", "r"],
    ["s1", "МБОУ «Лесная СОШ»", "Школа", "m"],
    ["s2", "МБОУ «Луговая СОШ»", "Школа", "m"],
    ["f", "Степной район", "Муниципалитет", "r"],
    ["f1", "МБОУ «Дальняя СОШ»", "Школа", "f"],
];

pub struct Desk {
    pub db: Db,
    pub folder: tempfile::TempDir,
    client: TestClient<poem::endpoint::BoxEndpoint<'static>>,
    /// The cookie of the methodist.
    pub methodist: String,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub cookie: String,
    pub bytes: Vec<u8>,
    pub text: String,
}

impl Answer {
    pub fn redirects(&self) {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
    }
}

fn own(id: &str) -> Form {
    let text = include_str!("../rights/own.toml").replace("id = \"own\"", &format!("id = \"{id}\""));
    form::read(&text, "own.toml").unwrap()
}

pub async fn desk() -> Desk {
    let district = District::new(&ORGS, &[own("own"), own("other")]).await;
    let text = str::to_owned;
    let wanted = Wanted {
        login: text("methodist"),
        name: text("Методист района"),
        role: text(Role::Methodist.word()),
        org: text("m"),
        email: text("m@example.org"),
        ..Wanted::default()
    };
    let (_, secret) = make(&district.db, &Actor::operator(), &wanted).await.unwrap();
    let password = "северный кит пьёт чай";
    let from = From { address: [127, 0, 0, 1].into(), agent: "проверка".to_owned(), browser: None };
    let entered = accept(&district.db, &secret, NewPassword { password, again: password }, &from).await.unwrap();
    let site = Site { actor: Actor::nobody(), ..district.site() };
    Desk {
        client: TestClient::new(app(site).boxed()),
        methodist: cookie("svod-session", &entered.secret),
        db: district.db,
        folder: district.folder,
    }
}

fn cookie(name: &str, secret: &Secret) -> String {
    format!("{name}={}", secret.text())
}

/// A day from today, as people write it.
pub fn day(days: i64) -> String {
    let day = jiff::Zoned::now().date().checked_add(days.days()).unwrap();
    format!("{:02}.{:02}.{}", day.day(), day.month(), day.year())
}

impl Desk {
    async fn ask<E: Endpoint>(&self, request: TestRequestBuilder<'_, E>, cookie: &str) -> Answer
    where
        E::Output: poem::IntoResponse,
    {
        let response = request.header("host", HOST).header("cookie", cookie).send().await.0;
        self.answer(response).await
    }

    async fn answer(&self, response: Response) -> Answer {
        let said = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (location, cookie) = (said("location").unwrap_or_default(), said("set-cookie").unwrap_or_default());
        let status = response.status();
        let bytes = response.into_body().into_vec().await.unwrap();
        Answer { status, location, cookie, text: String::from_utf8_lossy(&bytes).replace('\u{a0}', " "), bytes }
    }

    pub async fn get(&self, address: &str, cookie: &str) -> Answer {
        self.ask(self.client.get(address), cookie).await
    }

    /// A page that is there.
    pub async fn page(&self, address: &str, cookie: &str) -> String {
        let answer = self.get(address, cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text);
        answer.text
    }

    pub async fn post(&self, address: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.client.post(address).header("origin", format!("http://{HOST}"));
        self.ask(request.form(&fields), cookie).await
    }

    pub async fn upload(
        &self,
        address: &str,
        cookie: &str,
        fields: &[(&str, &str)],
        (path, name, bytes): (&str, &str, &[u8]),
    ) -> Answer {
        let mut body = Vec::new();
        for (field, value) in fields {
            let part = format!("--part\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head =
            format!("--part\r\ncontent-disposition: form-data; name=\"file:{path}\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--part--\r\n");
        let request = self.client.post(address).header("origin", format!("http://{HOST}"));
        self.ask(request.content_type("multipart/form-data; boundary=part").body(body), cookie).await
    }

    /// The secret of a new link of a school, made on the page.
    pub async fn link(&self, school: &str) -> String {
        let fields = [("org", school), ("until", &day(60)), ("do", "make")];
        let letters = self.post("/links/own/2024Sep/new", &self.methodist, &fields).await;
        assert_eq!(letters.status, StatusCode::OK, "{}", letters.text);
        keys(&letters.text).remove(0)
    }

    /// Comes in by a link; the cookie.
    pub async fn enter(&self, key: &str) -> String {
        let answer = self.post("/fill", "", &[("key", key)]).await;
        answer.redirects();
        for said in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(answer.cookie.contains(said), "{}", answer.cookie);
        }
        answer.cookie.split(';').next().unwrap().to_owned()
    }

    /// Sends the report; the page after it.
    pub async fn send(&self, cookie: &str) -> String {
        let confirm = self.page(&format!("{HIS}/send"), cookie).await;
        let sent = self.post(&format!("{HIS}/send"), cookie, &[("seal", &value_of(&confirm, "seal"))]).await;
        sent.redirects();
        self.page(&sent.location, cookie).await
    }

    /// The time of a link ends at a moment.
    pub async fn end(&self, number: i64, at: Timestamp) {
        let mut tx = self.db.write().await.unwrap();
        let query = sqlx::query("update link set ends_at = $2 where id = $1").bind(number).bind(at.as_millisecond());
        query.execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// The secrets that stand on a page of letters.
pub fn keys(page: &str) -> Vec<String> {
    let fields = page.split("name=\"key\" value=\"").skip(1);
    fields.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The value of an input of a page.
pub fn value_of(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}: {page}"));
    let tag = &page[at..at + page[at..].find('>').unwrap()];
    let value = tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    value.replace("&quot;", "\"").replace("&amp;", "&")
}

/// The address of the link with a text.
pub fn link_to(page: &str, text: &str) -> String {
    let end = page.find(&format!(">{text}</a>")).unwrap_or_else(|| panic!("no link {text}: {page}"));
    page[..end].rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

/// Everything that is logged by the tests of this program, from the first call on. One subscriber for all threads: what
/// one of several would hear depends on who came first.
pub fn logged() -> Arc<Mutex<Vec<u8>>> {
    #[derive(Clone)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = Lines(log.clone());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || lines.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log
}

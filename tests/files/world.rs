//! Pages over a data file with one school and a form that asks for files, and a client that posts as browsers do.
#![allow(dead_code, reason = "each test takes what it needs")]

use crate::district::{District, TWO_SCHOOLS};
use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};
use poem::{Endpoint, Response};
use svod::access::Actor;
use svod::db::Db;
use svod::form::{self, Form};
use svod::org;
use svod::period::Period;
use svod::report::{self, Key, ReportView};
use svod::web::app;

pub const REPORT: &str = "/report/proof/2025Sep/s1";

/// A document that begins as its kind does.
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";

pub struct Pages<E> {
    pub db: Db,
    pub client: TestClient<E>,
    pub folder: tempfile::TempDir,
}

/// A file as a browser sends it: the field, the name, the bytes.
pub type Chosen<'a> = (&'a str, &'a str, &'a [u8]);

pub fn form() -> Form {
    form::read(include_str!("../forms/ok/proof.toml"), "proof.toml").unwrap()
}

pub async fn pages() -> Pages<impl Endpoint<Output = Response>> {
    let district = District::new(&TWO_SCHOOLS, &[form()]).await;
    Pages { db: district.db.clone(), client: TestClient::new(app(district.site())), folder: district.folder }
}

/// Fields and files as browsers write them.
pub fn body(fields: &[(&str, &str)], files: &[Chosen<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--part\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    for (field, name, bytes) in files {
        let head = format!("--part\r\ncontent-disposition: form-data; name=\"file:{field}\"; filename=\"{name}\"");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\ncontent-type: application/octet-stream\r\n\r\n");
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--part--\r\n");
    body
}

impl<E: Endpoint<Output = Response>> Pages<E> {
    pub async fn get(&self, address: &str) -> TestResponse {
        self.client.get(address).header("host", "localhost:8080").send().await
    }

    pub async fn page(&self, address: &str) -> String {
        text(self.get(address).await, StatusCode::OK).await
    }

    pub async fn post(&self, fields: &[(&str, &str)], files: &[Chosen<'_>]) -> TestResponse {
        self.post_raw("multipart/form-data; boundary=part", body(fields, files)).await
    }

    pub async fn post_raw(&self, kind: &str, body: Vec<u8>) -> TestResponse {
        let request = self.client.post(REPORT).header("host", "localhost:8080");
        request.header("origin", "http://localhost:8080").content_type(kind).body(body).send().await
    }

    pub async fn stored(&self, school: &str) -> ReportView {
        let actor = Actor::operator();
        let about = org::actions::by_code(&self.db, &actor, school).await.unwrap();
        let key = Key::new(&form(), Period::from_id("2025Sep").unwrap(), about.id);
        report::actions::open(&self.db, &actor, &key).await.unwrap()
    }

    /// A stored answer as text; nothing where there is none.
    pub async fn answer(&self, path: &str) -> String {
        let view = self.stored("s1").await;
        view.answers.get(path).map(|answer| answer.as_str().unwrap().to_owned()).unwrap_or_default()
    }
}

pub async fn text(response: TestResponse, status: StatusCode) -> String {
    let found = response.0.status();
    let text = response.0.into_body().into_string().await.unwrap();
    assert_eq!(found, status, "{text}");
    text
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

//! A data file with two districts and one form, accounts of every role, their access keys, and a program that asks.

use poem::http::{Method, StatusCode};
use poem::test::{TestClient, TestResponse};
use poem::{Endpoint, Response};
use serde_json::Value as Json;
use svod::access::{Actor, Role};
use svod::account::actions::{NewPassword, accept, make};
use svod::account::session::From;
use svod::account::token::{Reach, Wanted as WantedKey, actions as token};
use svod::account::{Account, Wanted};
use svod::db::Db;
use svod::form::{self, Form};
use svod::web::app;

use crate::district::{District, Row};

pub const FORM: &str = include_str!("../fixtures/api/meals.toml");
pub const REPORT: &str = "/reports/meals/2021Sep/s1";

/// A region, two municipalities and three schools.
const REGION: [Row; 6] = [
    ["r", "Приозёрный край", "Регион", ""],
    ["m1", "Лесной район", "Муниципалитет", "r"],
    ["m2", "Степной район", "Муниципалитет", "r"],
    ["s1", "Лесная СОШ", "Школа", "m1"],
    ["s2/б", "Луговая СОШ", "Школа", "m1"],
    ["s3", "Степная СОШ", "Школа", "m2"],
];

/// Who there is, as what, where.
pub const CAST: [(&str, Role, &str); 7] = [
    ("admin", Role::Administrator, ""),
    ("department", Role::Department, "m1"),
    ("methodist", Role::Methodist, "m1"),
    ("author", Role::Author, "r"),
    ("school", Role::School, "s1"),
    ("other", Role::School, "s3"),
    ("viewer", Role::Viewer, "r"),
];

pub struct World<E> {
    pub db: Db,
    pub client: TestClient<E>,
    _district: District,
}

pub fn meals() -> Form {
    form::read(FORM, "meals.toml").unwrap()
}

/// The data file with the form and the cast.
pub async fn district() -> District {
    let district = District::new(&REGION, &[meals()]).await;
    for (login, role, org) in CAST {
        let text = str::to_owned;
        let wanted = Wanted {
            login: text(login),
            name: text(login),
            role: text(role.word()),
            org: text(org),
            ..Wanted::default()
        };
        let (_, link) = make(&district.db, &Actor::operator(), &wanted).await.unwrap();
        let password = NewPassword {
            password: "северный кит пьёт чай", again: "северный кит пьёт чай"
        };
        accept(&district.db, &link, password, &from()).await.unwrap();
    }
    district
}

pub fn from() -> From {
    From { address: [127, 0, 0, 1].into(), agent: "проверка".to_owned(), browser: None }
}

pub async fn world() -> World<impl Endpoint<Output = Response>> {
    let district = district().await;
    // As the server begins: with nobody, so that nothing is open by chance.
    let site = svod::web::Site { actor: Actor::nobody(), ..district.site() };
    World { db: district.db.clone(), client: TestClient::new(app(site)), _district: district }
}

/// Somebody's account.
pub async fn account(db: &Db, login: &str) -> Account {
    let all = svod::account::actions::list(db, &Actor::operator()).await.unwrap();
    all.into_iter().map(|kept| kept.account).find(|account| account.login == login).unwrap()
}

/// A new key of somebody's.
pub async fn key(db: &Db, login: &str, reach: Reach) -> String {
    let wanted =
        WantedKey { name: "проверка".to_owned(), reach: reach.word().to_owned(), days: "0".to_owned() };
    token::make(db, &account(db, login).await.actor(), &wanted).await.unwrap().1
}

/// What is sent with a request.
#[derive(Default, Clone)]
pub struct Sent {
    pub mark: Option<String>,
    pub body: Option<(String, Vec<u8>)>,
    pub lang: &'static str,
}

impl Sent {
    pub fn json(json: Json) -> Sent {
        Sent { body: Some(("application/json".to_owned(), json.to_string().into_bytes())), ..Sent::default() }
    }

    pub fn over(self, mark: &str) -> Sent {
        Sent { mark: Some(mark.to_owned()), ..self }
    }

    pub fn text(text: &str) -> Sent {
        Sent { body: Some(("text/plain; charset=utf-8".to_owned(), text.as_bytes().to_vec())), ..Sent::default() }
    }

    /// A file with fields beside it.
    pub fn parts(file: &[u8], fields: &[(&str, &str)]) -> Sent {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"svod.csv\"\r\n\r\n";
        body.extend([head.as_bytes(), file, b"\r\n--edge--\r\n"].concat());
        Sent { body: Some(("multipart/form-data; boundary=edge".to_owned(), body)), ..Sent::default() }
    }
}

impl<E: Endpoint<Output = Response>> World<E> {
    /// Asks with a key.
    pub async fn ask(&self, key: &str, (method, path): (Method, &str), sent: Sent) -> TestResponse {
        let mut request = self.client.request(method, format!("/api/v1{path}")).header("host", "localhost:8080");
        if !key.is_empty() {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if let Some(mark) = &sent.mark {
            request = request.header("if-match", mark.clone());
        }
        if !sent.lang.is_empty() {
            request = request.header("accept-language", sent.lang);
        }
        if let Some((media, body)) = sent.body {
            request = request.content_type(media).body(body);
        }
        request.send().await
    }

    pub async fn get(&self, key: &str, path: &str) -> (StatusCode, Json) {
        told(self.ask(key, (Method::GET, path), Sent::default()).await).await
    }

    pub async fn send(&self, key: &str, what: (Method, &str), sent: Sent) -> (StatusCode, Json) {
        told(self.ask(key, what, sent).await).await
    }
}

/// The status and the document of an answer.
pub async fn told(answer: TestResponse) -> (StatusCode, Json) {
    let status = answer.0.status();
    let text = answer.0.into_body().into_string().await.unwrap();
    let json = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text}"));
    (status, json)
}

/// The places and codes of the faults of a refusal.
pub fn faults(json: &Json) -> Vec<String> {
    let each = json["faults"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    each.map(|fault| format!("{} {}", fault["at"].as_str().unwrap_or("-"), fault["code"].as_str().unwrap())).collect()
}

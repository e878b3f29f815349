//! People with accounts, and pages as each of them asks for them.
#![allow(dead_code, clippy::unwrap_used, reason = "each test takes what it needs, and stops where it cannot go on")]

use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};
use poem::{Endpoint, Response};
use svod::access::{Actor, Role};
use svod::account::actions::{NewPassword, accept, make};
use svod::account::session::From;
use svod::account::{Account, Wanted};
use svod::db::Db;
use svod::web::{Site, app};

use crate::district::District;

/// A password that is good enough.
pub const PASSWORD: &str = "северный кит пьёт чай";

/// Makes an account that can sign in; it is called by its login. Gives it with the secret of a session.
pub async fn person(db: &Db, login: &str, role: Role, org: &str) -> (Account, String) {
    let text = str::to_owned;
    let wanted =
        Wanted { login: text(login), name: text(login), role: text(role.word()), org: text(org), ..Wanted::default() };
    let (_, secret) = make(db, &Actor::operator(), &wanted).await.unwrap();
    let from = From { address: [127, 0, 0, 1].into(), agent: "проверка".to_owned(), browser: None };
    let entered = accept(db, &secret, NewPassword { password: PASSWORD, again: PASSWORD }, &from).await.unwrap();
    (entered.account, entered.secret.text().to_owned())
}

/// The pages of a server that asks everybody who they are.
pub fn doors(district: &District) -> TestClient<impl Endpoint<Output = Response> + use<>> {
    TestClient::new(app(Site { actor: Actor::nobody(), ..district.site() }))
}

/// Asks for a page in a session.
pub async fn get<E: Endpoint>(client: &TestClient<E>, session: &str, address: &str) -> TestResponse {
    let request = client.get(address).header("host", "localhost:8080");
    request.header("cookie", format!("svod-session={session}")).send().await
}

/// Posts fields in a session.
pub async fn post<E: Endpoint>(
    client: &TestClient<E>,
    session: &str,
    address: &str,
    fields: &[(&str, &str)],
) -> TestResponse {
    let form: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let request = client.post(address).header("host", "localhost:8080").header("origin", "http://localhost:8080");
    request.header("cookie", format!("svod-session={session}")).form(&form).send().await
}

/// What can be read in an answer that has a status.
pub async fn text(response: TestResponse, status: StatusCode) -> String {
    let found = response.0.status();
    let text = response.0.into_body().into_string().await.unwrap();
    assert_eq!(found, status, "{text}");
    text
}

/// Where an answer leads.
pub fn leads(response: &TestResponse) -> String {
    response.assert_status(StatusCode::SEE_OTHER);
    response.0.headers()["location"].to_str().unwrap().to_owned()
}

/// The value of a field of a page.
pub fn value_of(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\"")).unwrap();
    let tag = &page[at..at + page[at..].find('>').unwrap()];
    let value = tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    value.replace("&quot;", "\"").replace("&amp;", "&")
}

//! Accounts from the command line and at the entrance: made, let in by their link, closed; the second step on pages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;
#[path = "common/people.rs"]
mod people;
#[path = "run/mod.rs"]
mod run;

use district::{District, TWO_SCHOOLS};
use people::{PASSWORD, doors, get, leads, person, post, text, value_of};
use poem::http::StatusCode;
use run::{done, svod, workbook};
use serde_json::Value as Json;
use svod::access::Role;

fn json(output: &std::process::Output) -> Json {
    done(output);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn accounts_are_kept_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let registry = dir.path().join("registry.xlsx");
    let head = ["Код", "Наименование", "Тип", "Вышестоящая"];
    workbook(&registry, &[&head, &["r", "Край", "Регион", ""], &["s", "Школа", "Школа", "r"]]);
    done(&svod(dir.path(), &["org", "import", registry.to_str().unwrap()]));

    let wrong = svod(dir.path(), &["account", "add", "два слова", "--name", "", "--role", "king", "--org", "zz"]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    for words in ["В логине можно", "Укажите имя.", "Выберите роль."] {
        assert!(said.contains(words), "all at once: {said}");
    }

    let add = ["account", "add", "school", "--name", "Школа", "--role", "school", "--org", "s", "--json"];
    let made = json(&svod(dir.path(), &[&add[..], &["--at", "https://svod.example/"]].concat()));
    assert!(made["link"].as_str().unwrap().starts_with("https://svod.example/invite?key="), "{made}");
    let again = json(&svod(dir.path(), &["account", "link", "school", "--json"]));
    assert_ne!(made["link"], again["link"]);
    let closed = json(&svod(dir.path(), &["account", "close", "school", "--json"]));
    assert_eq!(closed["login"], "school");
    let all = json(&svod(dir.path(), &["account", "list", "--json"]));
    let states: Vec<(&Json, &Json)> =
        all.as_array().unwrap().iter().map(|account| (&account["login"], &account["closed"])).collect();
    assert_eq!(states, [(&Json::from("school"), &Json::from(true))]);
    done(&svod(dir.path(), &["account", "open", "school"]));
    assert_eq!(svod(dir.path(), &["account", "close", "nobody"]).status.code(), Some(1));
}

#[tokio::test]
async fn a_page_asks_for_the_code_after_the_password() {
    let district = District::new(&TWO_SCHOOLS, &[]).await;
    let pages = doors(&district);
    let (_, session) = person(&district.db, "school", Role::School, "s1").await;
    let page = text(get(&pages, &session, "/me").await, StatusCode::OK).await;
    assert!(page.contains("<svg class=\"qr\""), "a code to scan");
    let key = value_of(&page, "key");
    let code = || {
        let shared = totp_rs::Secret::try_from_base32(&key).unwrap();
        {
            let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap();
            totp_rs::Builder::new()
                .with_secret(shared)
                .with_account_name("x")
                .build()
                .unwrap()
                .generate(now)
                .to_string()
        }
    };
    let fields = [("do", "second-on"), ("key", &key), ("code", "000000"), ("second-password", PASSWORD)];
    let wrong = text(post(&pages, &session, "/me", &fields).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(wrong.contains("Код не подходит") && value_of(&wrong, "key") == key, "the same key stays to be scanned");
    let now = code();
    let fields = [("do", "second-on"), ("key", &key), ("code", &now), ("second-password", PASSWORD)];
    assert_eq!(leads(&post(&pages, &session, "/me", &fields).await), "/me?done=second-on");

    let fields = [("login", "school"), ("password", PASSWORD), ("to", "/orgs")];
    let asked = text(post(&pages, "", "/enter", &fields).await, StatusCode::OK).await;
    let half = value_of(&asked, "half");
    assert_eq!(value_of(&asked, "to"), "/orgs");
    let used = post(&pages, "", "/enter", &[("half", &half), ("code", &now), ("to", "/orgs")]).await;
    assert!(!used.0.headers().contains_key("set-cookie"), "a code is taken once");
    let used = text(used, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(used.contains("Код не подходит") && value_of(&used, "half") == half);
}

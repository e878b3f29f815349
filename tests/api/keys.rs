//! The page of access keys: made once, shown once, revoked.

use poem::http::StatusCode;
use svod::account::session::actions::{Signing, Typed, sign_in};

use crate::world::{from, world};

#[tokio::test]
async fn a_key_is_made_shown_once_and_revoked() {
    let world = world().await;
    let typed = Typed { login: "school", password: "северный кит пьёт чай", elsewhere: false };
    let signing = sign_in(&world.db, (&Default::default(), &Default::default()), &from(), typed).await.unwrap();
    let Signing::In(entered) = signing else { panic!("a code is asked for") };
    let cookie = format!("svod-session={}", entered.secret.text());
    let get = async |path: &str| {
        let request = world.client.get(path).header("host", "localhost:8080").header("cookie", &cookie);
        request.send().await.0.into_body().into_string().await.unwrap()
    };
    let post = async |fields: &[(&str, &str)]| {
        let form: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let request = world.client.post("/me/tokens").header("host", "localhost:8080").header("cookie", &cookie);
        request.header("origin", "http://localhost:8080").form(&form).send().await
    };
    assert!(get("/me").await.contains("href=\"/me/tokens\""));
    let empty = get("/me/tokens").await;
    assert!(empty.contains("Ключей пока нет") && empty.contains("value=\"fill\""));
    assert!(!empty.contains("value=\"import\""), "a school imports nothing, and neither would its program");
    let refused = post(&[("do", "make"), ("name", ""), ("reach", "fill"), ("days", "30")]).await;
    assert_eq!(refused.0.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.0.into_body().into_string().await.unwrap();
    assert!(
        refused.contains("Укажите название") && refused.contains("value=\"fill\" checked"),
        "what was chosen stays"
    );
    let made = post(&[("do", "make"), ("name", "Журнал"), ("reach", "read"), ("days", "365")]).await;
    let made = made.0.into_body().into_string().await.unwrap();
    let key = made.split("id=\"token\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    assert!(key.starts_with("svod_") && key.len() > 40, "{key}");
    let (status, me) = world.get(&key, "/me").await;
    assert_eq!((status, me["key"]["name"].as_str()), (StatusCode::OK, Some("Журнал")));
    let page = get("/me/tokens").await;
    assert!(page.contains("Журнал") && !page.contains(&key), "a key is shown once");
    let id = page.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!(post(&[("do", "revoke"), ("token", id)]).await.0.status(), StatusCode::SEE_OTHER);
    assert_eq!(world.get(&key, "/me").await.0, StatusCode::UNAUTHORIZED);
    assert!(get("/me/tokens").await.contains("отозван"));
}

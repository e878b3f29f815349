//! Every operation with every role and every reach of a key, and what those learn who may not know.

use poem::http::{Method, StatusCode};
use serde_json::json;
use svod::account::Secret;
use svod::account::session::actions::{Signing, Typed, sign_in};
use svod::account::token::Reach;
use svod::web::api::{ALL, BASE, Operation};

use crate::world::{CAST, FORM, Sent, account, faults, from, key, told, world};

/// An address of an operation that leads somewhere, with what it needs beside it.
fn address(operation: &Operation) -> (String, Sent) {
    let path = operation.path.replace(":form", "meals").replace(":period", "2021Sep").replace(":number", "1");
    let path = path.replace("/orgs/:org", "/orgs/s1").replace(":org", "s1").replace(":book", "2021Sep.xlsx");
    let asks = ["/reports", "/indicators", "/lists"].contains(&operation.path);
    let path = if asks { path + "?form=meals&period=2021Sep" } else { path };
    let sent = match (operation.path, operation.method.as_str()) {
        ("/forms/:form", "PUT") => Sent::text(FORM),
        ("/imports", "POST") => Sent::parts(b"x", &[("form", "meals"), ("period", "2021Sep"), ("dry_run", "true")]),
        (_, "PUT" | "POST") => Sent::json(json!({"answers": {"pupils": 1}})).over("*"),
        _ => Sent::default(),
    };
    (path, sent)
}

#[tokio::test]
async fn every_operation_asks_for_its_right_whatever_the_role_and_the_key() {
    let world = world().await;
    for (login, role, org) in CAST {
        for reach in Reach::ALL {
            let key = key(&world.db, login, *reach).await;
            for operation in ALL {
                let (path, sent) = address(operation);
                let answer = world.ask(&key, (operation.method.clone(), &path), sent).await;
                let status = answer.0.status();
                let may = operation
                    .right
                    .is_none_or(|right| right.holders().contains(&role) && reach.rights().contains(&right));
                let what = format!("{login} {reach:?} {} {path}: {status}", operation.method);
                assert!(!status.is_server_error(), "{what}");
                assert_eq!(status == StatusCode::FORBIDDEN, !may, "{what}");
                // Whoever sees another school finds nothing where this one is.
                let foreign = org == "s3" && (path.contains("/s1") || path.starts_with("/imports/"));
                let found = !foreign && !path.starts_with("/imports");
                if may && found && operation.path != "/imports/:number" {
                    assert_ne!(status, StatusCode::NOT_FOUND, "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_in_without_a_key_that_works() {
    let world = world().await;
    let from = from();
    let typed = Typed { login: "admin", password: "северный кит пьёт чай", elsewhere: false };
    let signing = sign_in(&world.db, (&Default::default(), &Default::default()), &from, typed).await.unwrap();
    let Signing::In(entered) = signing else { panic!("a code is asked for") };
    let cookie = format!("svod-session={}", entered.secret.text());
    for operation in ALL.iter().filter(|operation| operation.right.is_some()) {
        let (path, _) = address(operation);
        let client = &world.client;
        let asked = || client.request(operation.method.clone(), format!("{BASE}{path}")).header("host", "localhost");
        let session = entered.secret.text();
        for request in [
            asked(),
            asked().header("cookie", &cookie),
            asked().header("authorization", format!("Bearer {session}")),
            asked().header("authorization", format!("Bearer svod_{}", Secret::new().unwrap().text())),
            asked().header("authorization", "Basic YWRtaW46YWRtaW4="),
            asked().header("authorization", "Bearer"),
        ] {
            let answer = request.send().await;
            assert_eq!(answer.0.headers()["www-authenticate"], "Bearer realm=\"svod\"", "{path}");
            assert_eq!(answer.0.headers()["content-type"], "application/problem+json");
            let (status, problem) = told(answer).await;
            assert_eq!((status, &problem["status"]), (StatusCode::UNAUTHORIZED, &json!(401)), "{path}: {problem}");
        }
    }
    // A page in a browser may neither use the session here nor carry a key to it from another site.
    let key = key(&world.db, "admin", Reach::All).await;
    let request = world.client.put(format!("{BASE}/forms/meals")).header("host", "localhost:8080");
    let request = request.header("origin", "https://evil.example").header("authorization", format!("Bearer {key}"));
    let (status, problem) = told(request.body(FORM).content_type("text/plain").send().await).await;
    assert_eq!((status, &problem["type"]), (StatusCode::FORBIDDEN, &json!("/api#problem-denied")));
}

#[tokio::test]
async fn what_lies_elsewhere_is_not_there_and_nothing_tells_it_from_what_never_was() {
    let world = world().await;
    let key = key(&world.db, "school", Reach::All).await;
    let answers = || Sent::json(json!({"answers": {"pupils": 1}})).over("*");
    for (method, path, sent) in [
        (Method::GET, "/orgs/{}", Sent::default()),
        (Method::GET, "/orgs?within={}", Sent::default()),
        (Method::GET, "/reports?form=meals&period=2021Sep&org={}", Sent::default()),
        (Method::GET, "/indicators?form=meals&period=2021Sep&org={}", Sent::default()),
        (Method::GET, "/lists?form=meals&period=2021Sep&org={}", Sent::default()),
        (Method::GET, "/workbooks/meals/2021Sep.xlsx?org={}", Sent::default()),
        (Method::GET, "/reports/meals/2021Sep/{}", Sent::default()),
        (Method::GET, "/reports/meals/2021Sep/{}/history", Sent::default()),
        (Method::PUT, "/reports/meals/2021Sep/{}", answers()),
        (Method::POST, "/reports/meals/2021Sep/{}/dry-run", answers()),
        (Method::POST, "/reports/meals/2021Sep/{}/send", answers()),
        (Method::DELETE, "/reports/meals/2021Sep/{}/draft", Sent::default()),
    ] {
        let mut said = Vec::new();
        for org in ["s3", "m2", "r", "zz"] {
            let (status, problem) = world.send(&key, (method.clone(), &path.replace("{}", org)), sent.clone()).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path} {org}: {problem}");
            said.push(problem.to_string().replace(&format!("«{org}»"), "«»"));
        }
        said.dedup();
        assert_eq!(said.len(), 1, "{path}: {said:#?}");
    }
    let (_, seen) = world.get(&key, "/orgs").await;
    assert_eq!((&seen["total"], &seen["items"][0]["code"]), (&json!(1), &json!("s1")));
    assert_eq!(seen["items"][0]["parent"], json!(null), "the code of what is above is not told");
    let (_, one) = world.get(&key, "/orgs/s1").await;
    assert_eq!(one["org"]["parent"], json!(null));
    let (_, who) = world.get(&key, "/reports?form=meals&period=2021Sep").await;
    assert_eq!((&who["total"], &who["tally"]["expected"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn an_account_of_some_forms_knows_no_others() {
    let world = world().await;
    let operator = svod::access::Actor::operator();
    let mut wanted = svod::account::Wanted {
        login: "department".to_owned(),
        name: "x".to_owned(),
        role: "department".to_owned(),
        org: "m1".to_owned(),
        forms: vec!["other-form".to_owned()],
        ..Default::default()
    };
    svod::account::actions::change(&world.db, &operator, &wanted).await.unwrap();
    let key = key(&world.db, "department", Reach::All).await;
    let (_, forms) = world.get(&key, "/forms").await;
    assert_eq!(forms, json!({"total": 0, "items": []}));
    for path in [
        "/forms/meals",
        "/reports?form=meals&period=2021Sep",
        "/reports/meals/2021Sep/s1",
        "/indicators?form=meals&period=2021Sep",
        "/lists?form=meals&period=2021Sep",
        "/workbooks/meals/2021Sep.xlsx",
    ] {
        assert_eq!(world.get(&key, path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    // The key follows its account: what the account gains and loses, the key does.
    wanted.forms.clear();
    svod::account::actions::change(&world.db, &operator, &wanted).await.unwrap();
    assert_eq!(world.get(&key, "/forms/meals").await.0, StatusCode::OK);
    assert_eq!(account(&world.db, "department").await.grant.forms, None);
    svod::account::actions::close(&world.db, &operator, "department").await.unwrap();
    assert_eq!(world.get(&key, "/forms/meals").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_is_not_written_as_described_is_refused_at_its_place() {
    let world = world().await;
    let key = key(&world.db, "admin", Reach::All).await;
    for (path, said) in [
        ("/orgs?limt=5&q=", vec!["limt unknown-name", "q wrong-type"]),
        ("/orgs?limit=0&offset=-1&type=village", vec!["limit wrong-type", "offset wrong-type", "type wrong-type"]),
        ("/orgs?limit=5&limit=6", vec!["limit duplicate"]),
        ("/reports?state=gone", vec!["state wrong-type", "form required", "period required"]),
        ("/indicators?form=meals&period=2021Sep&accepted=yes", vec!["accepted wrong-type"]),
        ("/orgs?limit=+5", vec!["limit wrong-type"]),
    ] {
        let (status, problem) = world.get(&key, path).await;
        assert_eq!(
            (status, faults(&problem)),
            (StatusCode::BAD_REQUEST, said.iter().map(|s| (*s).to_owned()).collect()),
            "{path}"
        );
    }
    let (_, problem) = world.get(&key, "/orgs?limt=5").await;
    assert!(problem["faults"][0]["hint"].as_str().unwrap().contains("limit"), "{problem}");
    for (method, path, sent, status) in [
        (Method::PATCH, "/orgs", Sent::default(), StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/nothing", Sent::default(), StatusCode::NOT_FOUND),
        (Method::GET, "/orgs/", Sent::default(), StatusCode::NOT_FOUND),
        (Method::GET, "/forms/meals/2021", Sent::default(), StatusCode::NOT_FOUND),
        (Method::GET, "/reports/meals/2021/s1", Sent::default(), StatusCode::NOT_FOUND),
        (Method::GET, "/imports/first", Sent::default(), StatusCode::NOT_FOUND),
        (Method::GET, "/workbooks/meals/2021Sep", Sent::default(), StatusCode::NOT_FOUND),
        (Method::PUT, "/reports/meals/2021Sep/s1", Sent::text("answers"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (Method::PUT, "/forms/meals", Sent::json(json!({})), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (Method::POST, "/imports", Sent::json(json!({})), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (Method::DELETE, "/reports/meals/2021Sep/s1/draft", Sent::text("x"), StatusCode::PAYLOAD_TOO_LARGE),
        (Method::PUT, "/reports/meals/2021Sep/s1", Sent::text(&"x".repeat(9 << 20)), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = world.ask(&key, (method.clone(), path), sent).await;
        assert_eq!(answer.0.headers()["content-type"], "application/problem+json", "{path}");
        assert_eq!(answer.0.headers()["content-language"], "ru", "{path}");
        let (found, problem) = told(answer).await;
        assert_eq!(found, status, "{method} {path}: {problem}");
        assert_eq!(problem["status"], json!(status.as_u16()));
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
    let (_, english) =
        world.send(&key, (Method::GET, "/nothing"), Sent { lang: "en-GB,ru;q=0.5", ..Sent::default() }).await;
    assert_eq!(english["title"], json!("Not found"));
}

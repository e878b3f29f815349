//! The life of a report in the hands of a program, and the figures that it gives.

use poem::http::{Method, StatusCode};
use serde_json::json;
use svod::account::token::Reach;

use crate::world::{FORM, REPORT, Sent, faults, key, told, world};

fn send() -> String {
    format!("{REPORT}/send")
}

#[tokio::test]
async fn a_report_is_saved_tried_sent_and_told() {
    let world = world().await;
    let key = key(&world.db, "school", Reach::Fill).await;
    let (_, empty) = world.get(&key, REPORT).await;
    assert_eq!((&empty["state"], &empty["mark"], &empty["answers"]), (&json!("empty"), &json!(null), &json!({})));
    // Trying keeps nothing.
    let sent = Sent::json(json!({"answers": {"pupils": 10, "fed": 12}}));
    let (status, tried) = world.send(&key, (Method::POST, &format!("{REPORT}/dry-run")), sent.clone()).await;
    assert_eq!(
        (status, faults(&tried), &tried["ready"]),
        (StatusCode::OK, vec!["fed constraint".to_owned()], &json!(false))
    );
    assert_eq!(tried["values"]["share"], json!(120));
    assert_eq!(world.get(&key, REPORT).await.1["state"], json!("empty"));
    // A draft keeps also what is wrong.
    let (status, saved) = world.send(&key, (Method::PUT, REPORT), sent.clone()).await;
    assert_eq!((status, &saved["state"], &saved["answers"]["fed"]), (StatusCode::OK, &json!("draft"), &json!(12)));
    let (status, refused) = world.send(&key, (Method::POST, &send()), Sent::default()).await;
    assert_eq!((status, faults(&refused)), (StatusCode::UNPROCESSABLE_ENTITY, vec!["fed constraint".to_owned()]));
    // A warning wants an explanation.
    let mark = world.get(&key, REPORT).await.1["mark"].as_str().unwrap().to_owned();
    let few = json!({"answers": {"pupils": 10, "fed": 4, "kitchen": "yes"}});
    let (status, refused) = world.send(&key, (Method::POST, &send()), Sent::json(few.clone()).over(&mark)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faults(&refused).contains(&"explain:few required".to_owned()), "{refused}");
    let explained = Sent::json(json!({"explanations": {"few": "карантин"}}));
    let (_, tried) = world.send(&key, (Method::POST, &format!("{REPORT}/dry-run")), explained.clone()).await;
    assert_eq!(tried["ready"], json!(true));
    let (status, receipt) = world.send(&key, (Method::POST, &send()), explained.clone()).await;
    assert_eq!((status, &receipt["who"]), (StatusCode::OK, &json!("school")), "{receipt}");
    let (_, again) = world.send(&key, (Method::POST, &send()), explained).await;
    assert_eq!(again, receipt, "sending the same again changes nothing");
    let (_, whole) = world.get(&key, REPORT).await;
    assert_eq!((&whole["state"], &whole["explanations"]["few"]), (&json!("sent"), &json!("карантин")));
    assert_eq!(whole["computed"]["lists"]["hungry"]["in"], json!(true));
    let (_, history) = world.get(&key, &format!("{REPORT}/history?limit=1")).await;
    assert_eq!((&history["items"][0]["act"], &history["items"][0]["source"]), (&json!("send"), &json!("api")));
    assert!(history["total"].as_u64().unwrap() >= 2 && history["items"].as_array().unwrap().len() == 1);
}

#[tokio::test]
async fn nobody_writes_over_what_they_have_not_read() {
    let world = world().await;
    let key = key(&world.db, "school", Reach::Fill).await;
    let filled = |fed: i64| Sent::json(json!({"answers": {"pupils": 100, "fed": fed}}));
    let answer = world.ask(&key, (Method::PUT, REPORT), filled(60)).await;
    let first = answer.0.headers()["etag"].to_str().unwrap().to_owned();
    assert!(first.starts_with('"') && first.ends_with('"'));
    let (status, problem) = world.send(&key, (Method::PUT, REPORT), filled(61)).await;
    assert_eq!((status, &problem["type"]), (StatusCode::PRECONDITION_REQUIRED, &json!("/api#problem-no-revision")));
    // A save within the same ten minutes is the same act, and yet another mark.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let answer = world.ask(&key, (Method::PUT, REPORT), filled(62).over(&first)).await;
    let second = answer.0.headers()["etag"].to_str().unwrap().to_owned();
    assert_ne!(first, second);
    for path in [REPORT, &send()] {
        let method = if path == REPORT { Method::PUT } else { Method::POST };
        let (status, problem) = world.send(&key, (method, path), filled(63).over(&first)).await;
        assert_eq!((status, &problem["type"]), (StatusCode::PRECONDITION_FAILED, &json!("/api#problem-stale")));
    }
    assert_eq!(world.get(&key, REPORT).await.1["answers"]["fed"], json!(62));
    assert_eq!(world.send(&key, (Method::PUT, REPORT), filled(64).over("*")).await.0, StatusCode::OK);
    let (status, gone) = world.send(&key, (Method::DELETE, &format!("{REPORT}/draft")), Sent::default()).await;
    assert_eq!((status, gone), (StatusCode::OK, json!({"discarded": true})));
    assert_eq!(world.get(&key, REPORT).await.1["state"], json!("empty"));
}

#[tokio::test]
async fn what_the_form_does_not_ask_is_refused_at_its_place() {
    let world = world().await;
    let key = key(&world.db, "school", Reach::Fill).await;
    for (body, status, said) in [
        (json!({"answers": {"pupil": 1, "share": 5, "fed": 1}}), 422, vec!["pupil unknown-name", "share unknown-name"]),
        (json!({"answers": {"fed": 1}, "explanations": {"fev": "x"}}), 422, vec!["explanations/fev unknown-name"]),
        (json!({"answer": {"fed": 1}}), 400, vec!["answer unknown-name"]),
        (json!({"explanations": {"few": "x"}}), 400, vec!["answers required"]),
        (json!([]), 400, vec!["- wrong-type"]),
    ] {
        let (found, problem) = world.send(&key, (Method::PUT, REPORT), Sent::json(body.clone())).await;
        assert_eq!(
            (found.as_u16(), faults(&problem)),
            (status, said.iter().map(|s| (*s).to_owned()).collect()),
            "{body}"
        );
    }
    let many: serde_json::Map<String, serde_json::Value> = (0..50_000).map(|n| (format!("x{n}"), json!(1))).collect();
    let (status, problem) = world.send(&key, (Method::PUT, REPORT), Sent::json(json!({"answers": many}))).await;
    assert_eq!((status, faults(&problem).len()), (StatusCode::UNPROCESSABLE_ENTITY, 100));
    assert_eq!(world.get(&key, REPORT).await.1["state"], json!("empty"));
}

#[tokio::test]
async fn figures_and_lists_are_those_of_the_pages() {
    let world = world().await;
    let (school, other) = (key(&world.db, "school", Reach::Fill).await, key(&world.db, "other", Reach::Fill).await);
    let viewer = key(&world.db, "viewer", Reach::Read).await;
    let filled =
        |fed: i64| Sent::json(json!({"answers": {"pupils": 100, "fed": fed}, "explanations": {"few": "ремонт"}}));
    world.send(&school, (Method::POST, &send()), filled(90)).await.0.is_success().then_some(()).unwrap();
    let there = "/reports/meals/2021Sep/s3/send";
    world.send(&other, (Method::POST, there), filled(30)).await.0.is_success().then_some(()).unwrap();
    let of = "form=meals&period=2021Sep";
    let (_, all) = world.get(&viewer, &format!("/indicators?{of}")).await;
    let row = &all["indicators"][0]["rows"][0];
    assert_eq!(
        (&row["total"]["value"], &row["total"]["numerator"], &row["total"]["denominator"]),
        (&json!(60.0), &json!(120.0), &json!(200.0))
    );
    assert_eq!(
        (&row["total"]["counted"], &row["total"]["met"], &all["tally"]["expected"]),
        (&json!(2), &json!(false), &json!(3))
    );
    assert_eq!(all["territories"][1]["org"]["code"], json!("m2"));
    assert_eq!(row["parts"][1]["value"], json!(30.0));
    let (_, each) = world.get(&viewer, &format!("/indicators?{of}&level=organisation&limit=1&offset=2&org=r")).await;
    assert_eq!((&each["total"], &each["territories"][0]["org"]["code"]), (&json!(3), &json!("s3")));
    let (_, lists) = world.get(&viewer, &format!("/lists?{of}&side=in")).await;
    let list = &lists["lists"][0];
    assert_eq!(
        (&list["in"], &list["unknown"], &list["out"], &list["total"]),
        (&json!(1), &json!(1), &json!(1), &json!(1))
    );
    assert_eq!((&list["items"][0]["org"]["code"], &list["items"][0]["ground"]), (&json!("s3"), &json!("low")));
    let (_, who) = world.get(&viewer, &format!("/reports?{of}&state=empty")).await;
    assert_eq!((&who["total"], &who["items"][0]["org"]["code"]), (&json!(1), &json!("s2/б")));
    // A code with a slash is one part of an address.
    let (status, slash) = world.get(&viewer, "/reports/meals/2021Sep/s2%2F%D0%B1").await;
    assert_eq!((status, &slash["org"]["code"]), (StatusCode::OK, &json!("s2/б")));
    // The territory of the caller is the whole for them.
    let (_, own) = world.get(&school, &format!("/indicators?{of}")).await;
    assert_eq!(own["indicators"][0]["rows"][0]["total"]["value"], json!(90.0));
    let book = world.ask(&viewer, (Method::GET, "/workbooks/meals/2021Sep.xlsx?accepted=false"), Sent::default()).await;
    assert!(book.0.headers()["content-disposition"].to_str().unwrap().contains("filename*=UTF-8''meals_2021Sep"));
    assert!(book.0.into_body().into_vec().await.unwrap().starts_with(b"PK"));
}

#[tokio::test]
async fn a_form_is_read_and_published() {
    let world = world().await;
    let (author, viewer) = (key(&world.db, "author", Reach::All).await, key(&world.db, "viewer", Reach::All).await);
    let (_, form) = world.get(&viewer, "/forms/meals").await;
    assert_eq!((&form["form"]["period"], &form["form"]["version"]), (&json!("school-year"), &json!(1)));
    assert_eq!((&form["questions"][2]["choices"][1]["label"], &form["recipes"]), (&json!("Нет"), &json!(["summary"])));
    let source = world.ask(&author, (Method::GET, "/forms/meals/source"), Sent::default()).await;
    assert_eq!(source.0.into_body().into_string().await.unwrap(), FORM);
    let wrong = Sent::text(&FORM.replace("min = 0", "mni = 0"));
    let (status, problem) = world.send(&author, (Method::PUT, "/forms/meals"), wrong).await;
    let places: Vec<&str> = problem["faults"].as_array().unwrap().iter().map(|f| f["at"].as_str().unwrap()).collect();
    assert_eq!((status, places), (StatusCode::UNPROCESSABLE_ENTITY, vec!["meals.toml:16:1", "meals.toml:23:1"]));
    let new = FORM.replace("Питание\"\nperiod", "Питание в школе\"\nperiod");
    let (_, tried) = world.send(&author, (Method::PUT, "/forms/meals?dry_run=true"), Sent::text(&new)).await;
    assert_eq!((&tried["published"], &tried["version"]), (&json!(false), &json!(null)));
    let (status, done) = world.send(&author, (Method::PUT, "/forms/meals"), Sent::text(&new)).await;
    assert_eq!((status, &done["published"], &done["version"]), (StatusCode::OK, &json!(true), &json!(2)));
    let (_, same) = world.send(&author, (Method::PUT, "/forms/meals"), Sent::text(&new)).await;
    assert_eq!((&same["published"], &same["version"]), (&json!(false), &json!(2)));
    assert_eq!(world.get(&viewer, "/forms/meals").await.1["form"]["title"], json!("Питание в школе"));
    let (status, _) = world.send(&author, (Method::PUT, "/forms/other"), Sent::text(&new)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "another id is another form");
    let answer = world.ask(&viewer, (Method::GET, "/me"), Sent::default()).await;
    let (_, me) = told(answer).await;
    assert_eq!((&me["login"], &me["org"]["code"], &me["key"]["reach"]), (&json!("viewer"), &json!("r"), &json!("all")));
}

//! The document of the API: what it tells is what there is, for machines and for people.

use std::collections::BTreeSet;

use poem::http::{Method, StatusCode};
use serde_json::Value as Json;
use svod::web::api::{ALL, BASE, DOCUMENT};

use crate::world::{Sent, told, world};

#[tokio::test]
async fn the_document_is_as_it_was() {
    let world = world().await;
    let (status, document) = world.get("", DOCUMENT).await;
    assert_eq!(status, StatusCode::OK);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("api-document", format!("{document:#}")));
}

#[tokio::test]
async fn every_operation_is_in_the_document_and_no_other() {
    let world = world().await;
    let (_, document) = world.get("", DOCUMENT).await;
    let mut told = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            told.insert(format!("{} {path}", method.to_uppercase()));
            assert_eq!(operation["security"][0]["key"], Json::Array(Vec::new()), "{path} asks for a key");
        }
    }
    let braces = |path: &str| {
        let part = |part: &str| part.strip_prefix(':').map_or(part.to_owned(), |name| format!("{{{name}}}"));
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    };
    let there = ALL.iter().filter(|operation| operation.path != DOCUMENT);
    let there: BTreeSet<String> = there.map(|one| format!("{} {}", one.method, braces(one.path))).collect();
    assert_eq!(told, there);
    assert_eq!(document["servers"][0]["url"], BASE);
    let lang = Sent { lang: "en", ..Sent::default() };
    let english = world.ask("", (Method::GET, DOCUMENT), lang).await.0.into_body().into_string().await.unwrap();
    let strange: Vec<char> = english.chars().filter(|c| ('а'..='я').contains(c) && !SHEET.contains(*c)).collect();
    assert!(strange.is_empty(), "English is English: {strange:?}");
}

/// Small letters of the name of a sheet, an example that is the same in both languages.
const SHEET: &str = "Лист1";

#[tokio::test]
async fn people_read_the_same_document_as_a_page_without_scripts() {
    let world = world().await;
    let answer = world.client.get("/api").header("host", "localhost").send().await;
    answer.assert_status_is_ok();
    let policy = answer.0.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(!policy.contains("unsafe"), "{policy}");
    let page = answer.0.into_body().into_string().await.unwrap();
    for operation in ALL.iter().filter(|operation| operation.right.is_some()) {
        let last = operation.path.rsplit('/').next().unwrap().trim_start_matches(':');
        assert!(page.contains(last) && page.contains(operation.method.as_str()), "{}", operation.path);
    }
    let ids: BTreeSet<&str> = page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    for link in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(ids.contains(link), "#{link} leads nowhere");
    }
    for foreign in ["http://", "https://", "<style", "onclick", " style="] {
        let own = page.replace("http://localhost", "").replace("http://www.w3.org", "");
        assert!(!own.contains(foreign), "{foreign}");
    }
    // The address in every problem leads to its entry on the page.
    let (_, problem) = told(world.ask("", (Method::GET, "/nothing"), Sent::default()).await).await;
    assert!(ids.contains(problem["type"].as_str().unwrap().strip_prefix("/api#").unwrap()));
}

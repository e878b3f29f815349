//! Rows that a respondent adds, as a browser without a script adds and deletes them: what is stored, what is contested,
//! what the figures count, and the sheet of the workbook.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;

use district::{District, TWO_SCHOOLS};
use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};
use poem::{Endpoint, Response};
use serde_json::{Value as Json, json};
use svod::access::Actor;
use svod::db::Db;
use svod::lang::Lang;
use svod::period::Period;
use svod::report::{self, Key, Source, State, verify};
use svod::sheet::{self};
use svod::web::app;
use svod::{export, form, indicator, org};

const FORM: &str = include_str!("forms/ok/repeats.toml");
const REPORT: &str = "/report/repeats/2025/s1";

struct Pages<E> {
    db: Db,
    client: TestClient<E>,
    _folder: tempfile::TempDir,
}

async fn pages() -> Pages<impl Endpoint<Output = Response>> {
    let district = District::new(&TWO_SCHOOLS, &[form::read(FORM, "repeats.toml").unwrap()]).await;
    Pages { db: district.db.clone(), client: TestClient::new(app(district.site())), _folder: district.folder }
}

async fn body(response: TestResponse, status: StatusCode) -> String {
    response.assert_status(status);
    response.0.into_body().into_string().await.unwrap()
}

impl<E: Endpoint<Output = Response>> Pages<E> {
    async fn get(&self, address: &str) -> String {
        body(self.client.get(address).header("host", "localhost:8080").send().await, StatusCode::OK).await
    }

    async fn post(&self, fields: &[(&str, &str)]) -> TestResponse {
        let form: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let request = self.client.post(REPORT).header("host", "localhost:8080");
        request.header("origin", "http://localhost:8080").form(&form).send().await
    }

    /// Posts, and gives the place that the browser is sent to.
    async fn press(&self, fields: &[(&str, &str)]) -> String {
        let response = self.post(fields).await;
        response.assert_status(StatusCode::SEE_OTHER);
        response.0.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn key(&self) -> Key {
        let form = form::read(FORM, "repeats.toml").unwrap();
        let about = org::actions::by_code(&self.db, &Actor::operator(), "s1").await.unwrap();
        Key::new(&form, Period::from_id("2025").unwrap(), about.id)
    }

    async fn stored(&self) -> Json {
        let view = report::actions::open(&self.db, &Actor::operator(), &self.key().await).await.unwrap();
        view.answers.to_json()
    }
}

#[tokio::test]
async fn rows_are_added_and_deleted_without_a_script_and_nothing_typed_is_lost() {
    let pages = pages().await;
    let page = pages.get(REPORT).await;
    assert!(page.contains("name=\"rows:team\" value=\"1\""), "as many rows as there must be");
    assert!(page.contains("value=\"add:team\"") && page.contains("value=\"remove:team[1]\""));

    let place = pages
        .press(&[
            ("was", "{}"),
            ("rows:team", "1"),
            ("a:team[1]/who", "Анна"),
            ("a:team[1]/years", "12"),
            ("do", "add:team"),
        ])
        .await;
    assert_eq!(place, format!("{REPORT}?edit=1#row-0-2"));
    let page = pages.get(REPORT).await;
    assert!(page.contains("name=\"a:team[2]/who\""));
    assert!(page.contains("name=\"rows:courses\" value=\"0\""), "a repeat that two people bring to light");
    let stored = pages.stored().await;
    assert_eq!(stored["team[1]/who"], "Анна");
    assert_eq!(
        (&stored["team[2]/post"], &stored["team[2]"]),
        (&json!("teacher"), &json!({})),
        "a default, and the row"
    );

    let (was, none) = (stored.to_string(), "");
    let both = [("was", was.as_str()), ("rows:team", "2"), ("a:team[1]/who", "Анна"), ("a:team[1]/years", "12")];
    let typed =
        [("a:team[2]/who", "Борис"), ("a:team[2]/post", none), ("a:team[2]/years", "2"), ("do", "remove:team[1]")];
    let place = pages.press(&[&both[..], &typed].concat()).await;
    assert_eq!(place, format!("{REPORT}?edit=1&removed=1#add-0"));
    assert_eq!(pages.stored().await, json!({"team[1]": {}, "team[1]/who": "Борис", "team[1]/years": 2}));
    let page = pages.get(&format!("{REPORT}?edit=1&removed=1")).await;
    assert!(page.contains("Строка 1 удалена") && !page.contains("name=\"a:team[2]/who\""));
    assert!(page.contains("Удалена строка 1: Анна, 12") && page.contains("value=\"restore:1\""), "{page}");
    let history = pages.get(&format!("{REPORT}/history")).await;
    assert!(history.contains("Педагоги, строка 1 — ФИО"), "{history}");

    // Somebody with the page of before types into a row that has become another one.
    let old = [("was", was.as_str()), ("rows:team", "2"), ("a:team[1]/who", "Анна"), ("a:team[2]/years", "30")];
    let page = body(pages.post(&[&old[..], &[("do", "save")]].concat()).await, StatusCode::CONFLICT).await;
    assert!(page.contains("Педагоги, строка 2") && page.contains("value=\"30\""));
    assert_eq!(pages.stored().await["team[1]/who"], "Борис", "nothing is mixed");
}

/// The hidden field with what is stored, as the page holds it.
fn was(page: &str) -> String {
    let rest = page.split("id=\"was\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().replace("&quot;", "\"").replace("&amp;", "&")
}

#[tokio::test]
async fn a_deleted_row_is_taken_back_with_one_button_until_the_report_is_sent() {
    let pages = pages().await;
    let rows = [("rows:team", "3"), ("a:team[1]/who", "Анна"), ("a:team[2]/who", "Борис"), ("a:team[3]/who", "Вера")];
    let told = [("a:team[2]/years", "много"), ("explain:load_is_told/team[2]", "совместитель"), ("was", "{}")];
    pages.press(&[&rows[..], &told, &[("do", "remove:team[2]")]].concat()).await;
    let left = pages.stored().await;
    assert_eq!((&left["team[2]/who"], left.get("team[3]/who")), (&json!("Вера"), None));

    // The page was left and opened again; meanwhile something else was typed and saved.
    let page = pages.get(REPORT).await;
    assert!(page.contains("Удалена строка 2: Борис, много"), "what was typed wrongly as well: {page}");
    let before = was(&page);
    let rows =
        [("rows:team", "2"), ("a:team[1]/who", "Анна Ивановна"), ("a:team[2]/who", "Вера"), ("was", before.as_str())];
    pages.press(&[&rows[..], &[("do", "save")]].concat()).await;
    let page = pages.get(REPORT).await;
    let before = was(&page);
    let place = pages.press(&[&rows[..3], &[("was", before.as_str()), ("do", "restore:1")]].concat()).await;
    assert_eq!(place, format!("{REPORT}?edit=1&restored=2#row-0-2"));
    let back = pages.stored().await;
    let whole = ["team[1]/who", "team[2]/who", "team[2]/years", "team[3]/who"].map(|path| back[path].as_str().unwrap());
    assert_eq!(whole, ["Анна Ивановна", "Борис", "много", "Вера"]);
    let page = pages.get(&format!("{REPORT}?edit=1&restored=2")).await;
    assert!(page.contains("Строка 2 возвращена") && !page.contains("restore:1"));
    assert!(was(&page).contains("совместитель"), "and what was explained about it");

    // A second press of an old page finds nothing to take back, and changes nothing.
    let before = was(&page);
    pages.press(&[("was", before.as_str()), ("do", "restore:1")]).await;
    assert_eq!(pages.stored().await, back);
}

#[tokio::test]
async fn a_deleted_row_waits_for_room_stays_in_the_history_and_is_never_sent() {
    let pages = pages().await;
    let rows = [("rows:team", "4"), ("a:team[1]/who", "Анна"), ("a:team[2]/who", "Борис"), ("a:team[3]/who", "Вера")];
    pages.press(&[&rows[..], &[("a:team[4]/who", "Глеб"), ("was", "{}"), ("do", "remove:team[1]")]].concat()).await;
    let before = was(&pages.get(REPORT).await);
    pages.press(&[("was", before.as_str()), ("do", "add:team")]).await;
    let page = pages.get(REPORT).await;
    assert!(page.contains("Удалена строка 1: Анна") && !page.contains("restore:1"), "{page}");
    assert!(page.contains("сначала удалите другую"));
    let before = was(&page);
    pages.press(&[("was", before.as_str()), ("do", "restore:1")]).await;
    assert_eq!(pages.stored().await["team[1]/who"], "Борис", "a repeat that is full takes nothing back");
    let history = pages.get(&format!("{REPORT}/history")).await;
    assert!(history.contains("«Педагоги»: удалена строка 1 (Анна)"), "{history}");

    let (actor, key) = (Actor::operator(), pages.key().await);
    let view = report::actions::open(&pages.db, &actor, &key).await.unwrap();
    assert_eq!(report::removed_rows(&view.explanations).len(), 1);
    let row = |who: &str| json!({"who": who, "post": "deputy"});
    let mut answers = form::Answers::from_json(&json!({"team": [row("Анна"), row("Борис")]}));
    report::remove_row(&mut answers, "team", 0);
    report::actions::send(&pages.db, &actor, &key, answers, Source::Page).await.unwrap();
    let view = report::actions::open(&pages.db, &actor, &key).await.unwrap();
    assert!(view.explanations.is_empty(), "{:?}", view.explanations);
    assert!(!pages.get(&format!("{REPORT}?edit=1")).await.contains("restore:"));
}

#[tokio::test]
async fn more_rows_than_allowed_are_neither_offered_nor_added() {
    let pages = pages().await;
    let fields = [("was", "{}"), ("rows:team", "4"), ("a:team[4]/who", "Вера"), ("do", "add:team")];
    pages.press(&fields).await;
    let stored = pages.stored().await;
    assert_eq!((&stored["team[4]/who"], stored.get("team[5]")), (&json!("Вера"), None));
    assert!(!pages.get(REPORT).await.contains("value=\"add:team\""));
}

#[tokio::test]
async fn rows_are_counted_recomputed_and_have_a_sheet_of_their_own() {
    let pages = pages().await;
    let (actor, key) = (Actor::operator(), pages.key().await);
    let row = |who: &str, years: Json| json!({"who": who, "years": years, "post": "deputy"});
    let missing = json!({"missing": "no-data"});
    let three = json!({"team": [row("Анна", json!(12)), row("Борис", json!(2)), row("Вера", missing)]});
    for answers in
        [three, json!({"team": [row("Борис", json!(2)), row("Вера", json!(30))], "courses": [{}, {"hours": 8}]})]
    {
        let answers = form::Answers::from_json(&answers);
        report::actions::send(&pages.db, &actor, &key, answers, Source::Page).await.unwrap();
    }
    let view = report::actions::open(&pages.db, &actor, &key).await.unwrap();
    assert_eq!(view.state(), State::Sent);
    assert!(verify::actions::verify(&pages.db, &actor).await.unwrap().wrong.is_empty(), "no stale row is left");

    let query = indicator::Query::new("repeats", key.period, actor.scope());
    let book = export::actions::workbook(&pages.db, &actor, &query, Lang::Ru).await.unwrap();
    if let Ok(path) = std::env::var("SVOD_KEEP_WORKBOOK") {
        std::fs::write(path, &book.bytes).unwrap();
    }
    let read = sheet::read(&book.bytes, "k.xlsx").unwrap();
    let texts = |name: &str| -> Vec<Vec<String>> {
        let grid = read.sheets.iter().find(|sheet| sheet.name() == name).unwrap_or_else(|| panic!("no sheet {name}"));
        (0..grid.height()).map(|row| (0..grid.width()).map(|column| grid.cell(row, column).text()).collect()).collect()
    };
    let team = texts("Педагоги");
    let row = |who: &str| team.iter().find(|row| row.iter().any(|text| text == who)).unwrap().clone();
    assert_eq!(row("Вера")[2..8], ["s1", "МБОУ «Лесная СОШ»", "2", "Вера", "Заместитель", "30"]);
    assert!(!team.iter().flatten().any(|text| text == "Анна"));
    assert_eq!(texts("Курсы").iter().filter(|row| row[2] == "s1").count(), 2, "a row with nothing in it");
}

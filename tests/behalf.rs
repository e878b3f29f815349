//! Filling for others: what the history says, what the school confirms, what only looks.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;
#[path = "common/people.rs"]
mod people;

use district::{District, TWO_SCHOOLS};
use people::{doors, get, leads, person, post, text, value_of};
use poem::http::StatusCode;
use svod::access::Role;
use svod::form;

const FORM: &str = include_str!("rights/own.toml");
const REPORT: &str = "/report/own/2025Sep/s1";

#[tokio::test]
async fn a_methodist_fills_for_a_school_and_the_school_confirms() {
    let district = District::new(&TWO_SCHOOLS, &[form::read(FORM, "own.toml").unwrap()]).await;
    let pages = doors(&district);
    let (_, methodist) = person(&district.db, "методист-лесной", Role::Methodist, "m").await;
    let (_, school) = person(&district.db, "школа-1", Role::School, "s1").await;

    let saved = post(&pages, &methodist, REPORT, &[("a:pupils", "12"), ("do", "send")]).await;
    assert_eq!(leads(&saved), format!("{REPORT}/send"));
    let confirm = text(get(&pages, &methodist, &format!("{REPORT}/send")).await, StatusCode::OK).await;
    let seal = value_of(&confirm, "seal");
    leads(&post(&pages, &methodist, &format!("{REPORT}/send"), &[("seal", &seal)]).await);

    let history = text(get(&pages, &school, &format!("{REPORT}/history")).await, StatusCode::OK).await;
    assert!(history.contains("методист-лесной (методист) за школу"), "{history}");
    let page = text(get(&pages, &methodist, REPORT).await, StatusCode::OK).await;
    assert!(page.contains("Школа этого ещё не подтвердила.") && !page.contains("Всё верно, подтверждаю"));

    let overview = text(get(&pages, &methodist, "/forms/own/2025Sep").await, StatusCode::OK).await;
    assert!(overview.contains("за школу, не подтверждён"));
    let page = text(get(&pages, &school, REPORT).await, StatusCode::OK).await;
    assert!(page.contains("Всё верно, подтверждаю"));
    let seen = value_of(&page, "revision");
    let address = format!("{REPORT}/confirm");
    let stale = post(&pages, &school, &address, &[("revision", "1")]).await;
    assert!(text(stale, StatusCode::UNPROCESSABLE_ENTITY).await.contains("Пока вы смотрели, отчёт изменился"));
    post(&pages, &methodist, &address, &[("revision", &seen)]).await.assert_status(StatusCode::FORBIDDEN);
    assert_eq!(leads(&post(&pages, &school, &address, &[("revision", &seen)]).await), format!("{REPORT}?confirmed=1"));
    let page = text(get(&pages, &methodist, REPORT).await, StatusCode::OK).await;
    assert!(page.contains("Школа подтвердила") && page.contains("школа-1"));

    let overview = text(get(&pages, &methodist, "/forms/own/2025Sep").await, StatusCode::OK).await;
    assert!(!overview.contains("за школу, не подтверждён"));

    // What the school then corrects is its own.
    leads(&post(&pages, &school, REPORT, &[("a:pupils", "13"), ("do", "send")]).await);
    let confirm = text(get(&pages, &school, &format!("{REPORT}/send")).await, StatusCode::OK).await;
    leads(&post(&pages, &school, &format!("{REPORT}/send"), &[("seal", &value_of(&confirm, "seal"))]).await);
    let page = text(get(&pages, &school, REPORT).await, StatusCode::OK).await;
    assert!(!page.contains("за школу") && !page.contains("подтверждаю"));
}

#[tokio::test]
async fn whoever_only_looks_sees_no_fields_and_no_buttons() {
    let district = District::new(&TWO_SCHOOLS, &[form::read(FORM, "own.toml").unwrap()]).await;
    let pages = doors(&district);
    let (_, viewer) = person(&district.db, "наблюдатель", Role::Viewer, "m").await;
    let (_, school) = person(&district.db, "школа", Role::School, "s1").await;
    leads(&post(&pages, &school, REPORT, &[("a:pupils", "12"), ("do", "save")]).await);
    let page = text(get(&pages, &viewer, REPORT).await, StatusCode::OK).await;
    assert!(page.contains("12") && !page.contains("name=\"a:pupils\"") && !page.contains("/discard"));
    get(&pages, &viewer, &format!("{REPORT}?edit=1")).await.assert_status(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_was_typed_when_a_session_ended_waits_on_the_page() {
    let district = District::new(&TWO_SCHOOLS, &[form::read(FORM, "own.toml").unwrap()]).await;
    let pages = doors(&district);
    let (_, school) = person(&district.db, "школа", Role::School, "s1").await;
    leads(&post(&pages, &school, "/leave", &[]).await);
    let ended =
        post(&pages, &school, REPORT, &[("a:pupils", "12"), ("a:secret", "важное <слово>"), ("do", "save")]).await;
    let page = text(ended, StatusCode::UNAUTHORIZED).await;
    assert_eq!(value_of(&page, "a:pupils"), "12");
    assert!(page.contains("важное &lt;слово&gt;") && page.contains("href=\"/enter\""));
    assert_eq!(leads(&get(&pages, &school, REPORT).await), "/enter?to=%2Freport%2Fown%2F2025Sep%2Fs1");
}

const REGISTER: &str = include_str!("rights/register.toml");

#[tokio::test]
async fn a_register_is_one_table_with_a_row_for_each_school() {
    let district = District::new(&TWO_SCHOOLS, &[form::read(REGISTER, "register.toml").unwrap()]).await;
    let pages = doors(&district);
    let (_, methodist) = person(&district.db, "методист", Role::Methodist, "m").await;
    let (_, other) = person(&district.db, "второй", Role::Methodist, "m").await;
    let (_, school) = person(&district.db, "школа", Role::School, "s1").await;
    let here = "/register/register/2025Sep";
    let overview = text(get(&pages, &methodist, "/forms/register/2025Sep").await, StatusCode::OK).await;
    assert!(overview.contains(&format!("href=\"{here}\"")));
    let page = text(get(&pages, &methodist, here).await, StatusCode::OK).await;
    let rows: Vec<String> = page
        .match_indices("name=\"was:")
        .map(|(at, mark)| page[at + mark.len()..].split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(rows.len(), 2, "a row for each school");
    let field = |row: &str, path: &str| format!("a:{row}/{path}");
    let (one, two) = (field(&rows[0], "score"), field(&rows[1], "score"));
    let (was, was_two) = (format!("was:{}", rows[0]), format!("was:{}", rows[1]));
    let fields =
        [(was.as_str(), "{}"), (was_two.as_str(), "{}"), (one.as_str(), "17"), (two.as_str(), "много"), ("do", "send")];
    assert_eq!(leads(&post(&pages, &methodist, here, &fields).await), format!("{here}?saved=2&q=&check=1#ready"));

    // One row is ready, the other is not: both are named, and only what was shown is sent.
    let page = text(get(&pages, &methodist, &format!("{here}?check=1")).await, StatusCode::OK).await;
    assert!(page.contains("Готов к отправке 1 отчёт") && page.contains("Ещё не готов 1 отчёт"), "{page}");
    assert!(page.contains("много"), "what was typed stays");
    let seal_name = format!("seal:{}", rows[0]);
    let seal = value_of(&page, &seal_name);
    let sent = post(&pages, &methodist, here, &[(&seal_name, &seal), ("do", "send-ready")]).await;
    assert_eq!(leads(&sent), format!("{here}?check=1&sent=1"));
    let shown = text(get(&pages, &school, "/report/register/2025Sep/s1").await, StatusCode::OK).await;
    assert!(shown.contains("17") && !shown.contains("name=\"a:score\""), "the school sees it and does not write it");

    // Two people at the same row: nothing of either is lost.
    let stale = [(was_two.as_str(), "{}"), (two.as_str(), "5"), ("do", "save")];
    let contested = post(&pages, &other, here, &stale).await;
    let page = text(contested, StatusCode::CONFLICT).await;
    assert!(page.contains("Пока вы заполняли, кто-то изменил то же самое: «Баллов»"), "{page}");
    assert_eq!(value_of(&page, &two), "5", "what was typed is still there");
}

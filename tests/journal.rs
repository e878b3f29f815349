//! The journal: what is done is written down with who and from where, and nothing of it can be changed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;
#[path = "common/people.rs"]
mod people;

use district::{District, TWO_SCHOOLS};
use people::{PASSWORD, doors, get, leads, person, post, text};
use poem::http::StatusCode;
use svod::access::{Actor, Role};
use svod::form;
use svod::journal::{Asked, Deed, Entry, actions};

const FORM: &str = include_str!("rights/own.toml");

async fn lines(district: &District) -> Vec<Entry> {
    actions::lines(&district.db, &Actor::operator(), &Asked::default(), 1000).await.unwrap()
}

/// The deeds of somebody, the first first, with what they were done to.
async fn deeds(district: &District, who: &str) -> Vec<(Deed, String)> {
    let lines = lines(district).await.into_iter().rev();
    lines.filter(|line| line.who == who).map(|line| (line.deed, line.about)).collect()
}

#[tokio::test]
async fn every_change_and_every_download_is_written_down() {
    let district = District::new(&TWO_SCHOOLS, &[form::read(FORM, "own.toml").unwrap()]).await;
    let pages = doors(&district);
    let (_, admin) = person(&district.db, "root", Role::Administrator, "").await;
    let (_, school) = person(&district.db, "школа", Role::School, "s1").await;
    let about = |deed, about: &str| (deed, about.to_owned());
    assert_eq!(
        deeds(&district, "operator").await,
        [
            about(Deed::OrgsImported, "реестр.xlsx"),
            about(Deed::FormPublished, "own, 1"),
            about(Deed::AccountMade, "root"),
            about(Deed::LinkMade, "root"),
            about(Deed::AccountMade, "школа"),
            about(Deed::LinkMade, "школа"),
        ]
    );
    leads(&post(&pages, &school, "/report/own/2025Sep/s1", &[("a:pupils", "12"), ("do", "save")]).await);
    let wrong = post(&pages, "", "/enter", &[("login", "школа"), ("password", "не тот")]).await;
    wrong.assert_status(StatusCode::UNPROCESSABLE_ENTITY);
    leads(&post(&pages, "", "/enter", &[("login", "школа"), ("password", PASSWORD)]).await);
    get(&pages, &school, "/forms/own/2025Sep/book.xlsx").await.assert_status_is_ok();
    assert_eq!(
        deeds(&district, "школа").await,
        [
            about(Deed::PasswordSet, "школа"),
            about(Deed::ReportSaved, "own, 2025Sep, s1"),
            about(Deed::SignIn, "школа"),
            about(Deed::BookTaken, "own, 2025Sep"),
        ]
    );
    leads(&post(&pages, &admin, "/account/%D1%88%D0%BA%D0%BE%D0%BB%D0%B0", &[("do", "close")]).await);
    let page = text(get(&pages, &admin, "/journal?who=root").await, StatusCode::OK).await;
    assert!(page.contains("закрыта учётная запись") && !page.contains("сохранён черновик отчёта"), "{page}");
    let page = text(get(&pages, &admin, "/journal").await, StatusCode::OK).await;
    assert!(page.contains("сохранён черновик отчёта") && page.contains("127.0.0.1"), "{page}");
    assert!(!page.contains("key=") && !page.contains(PASSWORD), "secrets are nowhere");
    let page = text(get(&pages, &admin, "/journal?to=2020-01-01").await, StatusCode::OK).await;
    assert!(page.contains("Записей за это время нет."));
    let book = get(&pages, &admin, "/journal/book.xlsx").await.0.into_body().into_vec().await.unwrap();
    let book = svod::import::Upload::of_bytes(&book, "journal.xlsx").unwrap().book;
    let said: Vec<String> = (0..40).map(|row| format!("{:?}", book.sheets[0].cell(row, 3))).collect();
    assert!(said.iter().any(|cell| cell.contains("скачана книга с ответами")), "{said:?}");
}

#[tokio::test]
async fn nothing_in_the_journal_can_be_changed() {
    let district = District::new(&TWO_SCHOOLS, &[]).await;
    let before = lines(&district).await;
    assert!(!before.is_empty());
    for statement in ["delete from journal", "update journal set who = 'x'"] {
        let mut tx = district.db.write_alone().await.unwrap();
        let refused = sqlx::query(statement).execute(&mut *tx).await.unwrap_err().to_string();
        assert!(refused.contains("the journal is only added to"), "{refused}");
    }
    assert_eq!(lines(&district).await, before);
}

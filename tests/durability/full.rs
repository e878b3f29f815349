//! No room left: what was typed comes back, what was acknowledged stays, and with room again everything goes on.

use poem::http::StatusCode;
use poem::{Endpoint, Response};
use svod::db::Db;
use svod::lang::Lang;
use svod::report::State;

use super::pages::{Pages, pages, saying};
use super::world::{answer, report_of, value_of};

/// Lets the data file grow by no page any more, or without bound.
async fn room(db: &Db, free: bool) {
    let mut writer = db.write().await.unwrap();
    let pages: i64 = sqlx::query_scalar("pragma page_count").fetch_one(&mut *writer).await.unwrap();
    let most = format!("pragma max_page_count = {}", if free { 1_000_000 } else { pages });
    sqlx::query(sqlx::AssertSqlSafe(most)).execute(&mut *writer).await.unwrap();
}

/// Sends reports until no more fits; the number of the first that does not.
async fn fill_up(pages: &Pages<impl Endpoint<Output = Response>>) -> (u64, String) {
    room(&pages.db, false).await;
    for number in 1..500 {
        let (status, on, page) = pages.post(&report_of("s0"), &saying(number, "send")).await;
        if status == StatusCode::INSUFFICIENT_STORAGE {
            return (number, page);
        }
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let seal = vec![("seal".to_owned(), value_of(&pages.get(&on).await, "seal"))];
        let (status, _, page) = pages.post(&on, &seal).await;
        if status == StatusCode::INSUFFICIENT_STORAGE {
            assert!(page.contains(&Lang::Ru.t("care.again")), "{page}");
            assert_eq!(value_of(&page, "seal"), seal[0].1, "the confirmation can be repeated");
            let (status, _, page) = pages.post(&report_of("s1"), &saying(number, "save")).await;
            assert_eq!(status, StatusCode::INSUFFICIENT_STORAGE, "{page}");
            return (number, page);
        }
    }
    panic!("it never filled up");
}

#[tokio::test]
async fn a_full_file_gives_back_what_was_typed_and_goes_on_later() {
    let pages = pages().await;
    let (number, page) = fill_up(&pages).await;
    assert!(page.contains(&Lang::Ru.t("db.full")) && page.contains(&Lang::Ru.t("care.refused")), "{page}");
    for question in 0..3 {
        let shown = value_of(&page, &format!("a:q{question}")).replace('\u{a0}', "");
        assert_eq!(shown, answer(number, question).to_string());
    }
    assert!(page.contains("data-unsaved"));
    assert!(number > 1, "some fitted");
    pages.get(&report_of("s0")).await;
    room(&pages.db, true).await;
    let again = [saying(number, "save"), vec![("was".to_owned(), value_of(&page, "was"))]].concat();
    let (status, _, page) = pages.post(&report_of("s1"), &again).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(pages.seen("s1").await.state(), State::Draft);
}

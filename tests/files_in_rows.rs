//! Files in rows that a respondent adds, posted as a browser without a script posts them: a file stays with its row
//! whatever becomes of the others, comes back with it, and is told of in the history and the workbook.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;
mod files {
    pub mod world;
}

use files::world::{PDF, Pages, REPORT, form, link_to, pages, text, value_of};
use poem::http::StatusCode;
use poem::{Endpoint, Response};
use svod::access::Actor;
use svod::form::Answers;
use svod::form::attachment::Attachment;
use svod::indicator::Query;
use svod::lang::Lang;
use svod::period::Period;
use svod::report::{self, Key, Source, verify};
use svod::sheet::{self, Grid};
use svod::{export, org};

/// Two rows of the repeat with a file in the second, and something wrong elsewhere.
async fn two_rows<E: Endpoint<Output = Response>>(pages: &Pages<E>) {
    let fields = [
        ("was", "{}"),
        ("a:teachers", "много"),
        ("rows:talks", "2"),
        ("a:talks[1]/topic", "О чтении"),
        ("a:talks[1]/paper", ""),
        ("a:talks[2]/topic", "О счёте"),
        ("a:talks[2]/paper", ""),
        ("do", "send"),
    ];
    let response = pages.post(&fields, &[("talks[2]/paper", "Доклад.pdf", PDF)]).await;
    response.assert_status(StatusCode::SEE_OTHER);
}

/// Posts what a page holds, as it stands, with a button of it; and files.
async fn press<E: Endpoint<Output = Response>>(
    pages: &Pages<E>,
    page: &str,
    button: (&str, &str),
    chosen: &[(&str, &str, &[u8])],
) -> String {
    let names = ["was", "a:teachers", "rows:talks"].map(str::to_owned).into_iter();
    let rows: usize = value_of(page, "rows:talks").parse().unwrap();
    let cells = (1..=rows).flat_map(|row| ["topic", "paper"].map(|column| format!("a:talks[{row}]/{column}")));
    let held: Vec<(String, String)> = names.chain(cells).map(|name| (name.clone(), value_of(page, &name))).collect();
    let mut fields: Vec<(&str, &str)> = held.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(button);
    let response = pages.post(&fields, chosen).await;
    response.assert_status(StatusCode::SEE_OTHER);
    response.0.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_stays_with_its_row_when_another_answer_is_wrong_and_another_row_goes() {
    let pages = pages().await;
    two_rows(&pages).await;
    let page = pages.page(&format!("{REPORT}?edit=1&check=1")).await;
    assert!(page.contains("data-label=\"Текст доклада\"") && value_of(&page, "a:teachers") == "много");
    assert!(page.contains("name=\"file:talks[1]/paper\"") && page.contains("accept=\".pdf,.docx\""), "{page}");
    let link = link_to(&page, "Доклад.pdf");
    assert_eq!(pages.get(&link).await.0.into_body().into_bytes().await.unwrap(), PDF);

    // A wrong file in the first row and the second row deleted in one go: the word is said, nothing is lost.
    let refused = [("was", value_of(&page, "was")), ("rows:talks", "2".to_owned())];
    let refused: Vec<(&str, &str)> = refused.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = pages.post(&[&refused[..], &[("do", "save")]].concat(), &[("talks[1]/paper", "x.exe", b"MZ")]).await;
    let said = text(answer, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(said.contains("id=\"e-talks[1]:paper\"") && said.contains("Файл «x.exe» не подходит по типу"), "{said}");
    link_to(&said, "Доклад.pdf");

    press(&pages, &page, ("do", "remove:talks[1]"), &[]).await;
    let stored = pages.stored("s1").await.answers.to_json();
    assert_eq!(stored["talks[1]/topic"], "О счёте");
    assert!(pages.answer("talks[1]/paper").await.ends_with("/Доклад.pdf"));
    assert_eq!(stored.get("talks[2]/topic"), None);
    let history = pages.page(&format!("{REPORT}/history")).await;
    assert!(history.contains("Доклады, строка 1 — Текст доклада"), "{history}");
    link_to(&history, "Доклад.pdf");
    let verified = verify::actions::verify(&pages.db, &Actor::operator()).await.unwrap();
    assert_eq!((verified.files, verified.wrong.len()), (1, 0), "{:?}", verified.wrong);
}

#[tokio::test]
async fn a_deleted_row_keeps_its_file_and_brings_it_back() {
    let pages = pages().await;
    two_rows(&pages).await;
    let page = pages.page(REPORT).await;
    // A file chosen for one row goes with the press that deletes the other.
    let chosen: [(&str, &str, &[u8]); 1] = [("talks[1]/paper", "Первый.pdf", b"%PDF-1.4\n1")];
    press(&pages, &page, ("do", "remove:talks[2]"), &chosen).await;
    assert!(pages.answer("talks[1]/paper").await.ends_with("/Первый.pdf"));
    let page = pages.page(REPORT).await;
    assert!(page.contains("Удалена строка 2: О счёте, Доклад.pdf"), "{page}");

    // Days later nobody remembers who sent the file; the row still does.
    let mut writer = pages.db.write().await.unwrap();
    sqlx::query("delete from file_upload").execute(&mut *writer).await.unwrap();
    let unnamed = "delete from file where not exists (select 1 from file_use where file_use.hash = file.hash)";
    sqlx::query(unnamed).execute(&mut *writer).await.unwrap();
    writer.commit().await.unwrap();
    let place = press(&pages, &page, ("do", "restore:1"), &[]).await;
    assert!(place.contains("restored=2"), "{place}");
    let page = pages.page(REPORT).await;
    let link = link_to(&page, "Доклад.pdf");
    assert_eq!(pages.get(&link).await.0.into_body().into_bytes().await.unwrap(), PDF);

    let place = press(&pages, &page, ("drop", "talks[2]/paper"), &[]).await;
    assert!(place.ends_with("#q-talks[2]:paper"), "{place}");
    assert_eq!(pages.answer("talks[2]/paper").await, "");
    assert!(pages.answer("talks[1]/paper").await.ends_with("/Первый.pdf"));
}

#[tokio::test]
async fn the_workbook_names_the_file_of_each_row() {
    let pages = pages().await;
    two_rows(&pages).await;
    let (actor, period) = (Actor::operator(), Period::from_id("2025Sep").unwrap());
    let about = org::actions::by_code(&pages.db, &actor, "s1").await.unwrap();
    let key = Key::new(&form(), period, about.id);
    let mut answers = pages.stored("s1").await.answers.to_json();
    answers["teachers"] = 0.into();
    report::actions::send(&pages.db, &actor, &key, Answers::from_json(&answers), Source::Page).await.unwrap();
    assert!(Attachment::read(&pages.answer("talks[2]/paper").await.into()).is_some());

    let query = Query::new("proof", period, actor.scope());
    let book = export::actions::workbook(&pages.db, &actor, &query, Lang::Ru).await.unwrap();
    let book = sheet::read(&book.bytes, "k.xlsx").unwrap();
    let talks = book.sheets.iter().find(|sheet| sheet.name() == "Доклады").unwrap();
    let rows: Vec<Vec<String>> =
        (0..talks.height()).map(|row| (0..talks.width()).map(|column| cell(talks, row, column)).collect()).collect();
    let head = rows.iter().position(|row| row.iter().any(|text| text == "Тема")).unwrap();
    let column = |label: &str| rows[head].iter().position(|text| text == label).unwrap();
    let of = |topic: &str| rows.iter().find(|row| row.iter().any(|text| text == topic)).unwrap();
    assert_eq!(of("О счёте")[column("Текст доклада")], "Доклад.pdf");
    assert_eq!(of("О чтении")[column("Текст доклада")], "");
}

fn cell(grid: &Grid, row: u32, column: u32) -> String {
    grid.cell(row, column).text()
}

//! Files as answers, posted as a browser without a script posts them: kept, refused with a word, replaced, handed out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;
mod files {
    pub mod world;
}

use files::world::{PDF, REPORT, body, link_to, pages, text, value_of};
use poem::http::StatusCode;
use svod::access::Actor;
use svod::db::Db;
use svod::form::attachment::Attachment;
use svod::report::State;
use svod::report::verify;

const PARTS: &str = "multipart/form-data; boundary=part";

#[tokio::test]
async fn a_file_goes_with_the_draft_is_sent_and_can_be_taken_by_whoever_sees_the_report() {
    let pages = pages().await;
    let empty = pages.page(REPORT).await;
    assert!(empty.contains("enctype=\"multipart/form-data\""), "{empty}");
    assert!(empty.contains("Типы: PDF, DOCX, JPG. Не больше 1\u{a0}МБ."), "{empty}");
    assert!(empty.contains("accept=\".pdf,.docx,.jpg,.jpeg\""), "{empty}");
    let fields = [("was", "{}"), ("a:teachers", "3"), ("a:order", ""), ("a:courses/math/hours", "72"), ("do", "save")];
    let scan: &[u8] = b"\x89PNG\r\n\x1a\n....";
    let chosen = [("order", "C:\\Документы\\Приказ № 5.pdf", PDF), ("courses/math/scan", "удостоверение.png", scan)];
    pages.post(&fields, &chosen).await.assert_status(StatusCode::SEE_OTHER);
    let file = Attachment::read(&pages.answer("order").await.into()).unwrap();
    assert_eq!((file.name.as_str(), file.size), ("Приказ № 5.pdf", PDF.len() as u64));
    assert_eq!(pages.stored("s1").await.answers.get("courses/math/hours"), Some(&72.into()));

    // The page holds the file's name: posted once more, nothing is different and nothing is sent again.
    let page = pages.page(REPORT).await;
    let (was, order) = (value_of(&page, "was"), value_of(&page, "a:order"));
    let scan_answer = value_of(&page, "a:courses/math/scan");
    let again = [
        ("was", was.as_str()),
        ("a:teachers", "3"),
        ("a:order", &order),
        ("a:courses/math/hours", "72"),
        ("a:courses/math/scan", &scan_answer),
        ("do", "send"),
    ];
    let on = pages.post(&again, &[("order", "", b"")]).await;
    on.assert_status(StatusCode::SEE_OTHER);
    assert!(on.0.headers()["location"].to_str().unwrap().ends_with("/send"));
    let confirm = pages.page(&format!("{REPORT}/send")).await;
    let send =
        pages.client.post(format!("{REPORT}/send")).header("host", "localhost").header("origin", "http://localhost");
    send.form(&[("seal", value_of(&confirm, "seal"))]).send().await.assert_status(StatusCode::SEE_OTHER);
    assert_eq!(pages.stored("s1").await.state(), State::Sent);

    for address in [REPORT.to_owned(), format!("{REPORT}/history"), format!("{REPORT}?edit=1")] {
        let page = pages.page(&address).await;
        assert!(page.contains("1\u{a0}КБ"), "{address}: {page}");
        let response = pages.get(&link_to(&page, "Приказ № 5.pdf")).await;
        let headers = response.0.headers();
        let said = |name: &str| headers[name].to_str().unwrap().to_owned();
        let named = "attachment; filename=\"_________5.pdf\"; filename*=UTF-8''\
                     %D0%9F%D1%80%D0%B8%D0%BA%D0%B0%D0%B7%20%E2%84%96%205.pdf";
        assert_eq!(said("content-disposition"), named);
        assert_eq!(said("content-type"), "application/pdf");
        assert_eq!(said("x-content-type-options"), "nosniff");
        assert!(said("cache-control").starts_with("private"), "{}", said("cache-control"));
        assert!(said("content-security-policy").starts_with("default-src 'none'; sandbox"));
        assert_eq!(response.0.into_body().into_bytes().await.unwrap(), PDF);
    }
    let verified = verify::actions::verify(&pages.db, &Actor::operator()).await.unwrap();
    assert_eq!((verified.files, verified.wrong.len()), (2, 0), "{:?}", verified.wrong);
}

#[tokio::test]
async fn what_cannot_be_taken_is_said_beside_its_question_and_everything_typed_stays() {
    let pages = pages().await;
    let large = [PDF, &vec![b'x'; 1 << 20]].concat();
    let huge = [PDF, &vec![b'x'; 30 << 20]].concat();
    let svg = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let cases: [(&str, &[u8], &str); 9] = [
        ("скан.pdf", &large, "Файл «скан.pdf» больше 1\u{a0}МБ."),
        ("скан.pdf", &huge, "Файл «скан.pdf» больше 1\u{a0}МБ."),
        ("скан.exe", b"MZ", "Файл «скан.exe» не подходит по типу. Приложите файл одного из типов: PDF, DOCX, JPG."),
        ("скан.pdf", b"", "Файл «скан.pdf» пустой."),
        ("скан.jpg", svg, "на JPG содержимое не похоже"),
        ("скан.pdf", b"<html><script>alert(1)</script> %PDF-", "на PDF содержимое не похоже"),
        ("скан.pdf", b"alert(1); // %PDX-", "на PDF содержимое не похоже"),
        ("../../..", b"x", "У файла нет имени."),
        ("a\u{202e}fdp.js", b"alert(1)", "Файл «afdp.js» не подходит по типу."),
    ];
    for (number, (name, bytes, said)) in cases.into_iter().enumerate() {
        let typed = (number + 1).to_string();
        let page = pages.page(REPORT).await;
        let was = value_of(&page, "was");
        let fields = [("was", was.as_str()), ("a:teachers", &typed), ("a:order", ""), ("do", "save")];
        let page = text(pages.post(&fields, &[("order", name, bytes)]).await, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(page.contains(said), "{said}: {page}");
        assert!(page.contains("id=\"e-order\""), "beside its question: {page}");
        assert_eq!(value_of(&page, "a:teachers"), typed);
        assert_eq!(pages.stored("s1").await.answers.get("teachers"), Some(&(number + 1).into()), "kept as a draft");
        assert_eq!(pages.answer("order").await, "");
    }
    let verified = verify::actions::verify(&pages.db, &Actor::operator()).await.unwrap();
    assert_eq!(verified.files, 0, "nothing that was refused is stored");
}

#[tokio::test]
async fn a_file_is_kept_beside_a_wrong_answer_replaced_and_removed() {
    let pages = pages().await;
    let fields = [("was", "{}"), ("a:teachers", "много"), ("a:order", ""), ("do", "send")];
    pages.post(&fields, &[("order", "первый.pdf", PDF)]).await.assert_status(StatusCode::SEE_OTHER);
    let page = pages.page(&format!("{REPORT}?edit=1&check=1")).await;
    assert!(page.contains("первый.pdf") && value_of(&page, "a:teachers") == "много", "{page}");

    // A wrong file in place of a right one: the right one stays.
    let (was, order) = (value_of(&page, "was"), value_of(&page, "a:order"));
    let fields = [("was", was.as_str()), ("a:teachers", "5"), ("a:order", &order), ("do", "save")];
    let page = text(pages.post(&fields, &[("order", "x.exe", b"MZ")]).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(page.contains("x.exe") && link_to(&page, "первый.pdf").starts_with(REPORT), "{page}");

    let (was, order) = (value_of(&page, "was"), value_of(&page, "a:order"));
    let fields = [("was", was.as_str()), ("a:teachers", "5"), ("a:order", &order), ("do", "save")];
    let second = [PDF, b"2"].concat();
    pages.post(&fields, &[("order", "второй.pdf", &second)]).await.assert_status(StatusCode::SEE_OTHER);
    assert!(pages.answer("order").await.ends_with("/второй.pdf"));

    let page = pages.page(REPORT).await;
    let (was, order) = (value_of(&page, "was"), value_of(&page, "a:order"));
    let fields = [("was", was.as_str()), ("a:teachers", "6"), ("a:order", &order), ("drop", "order")];
    let on = pages.post(&fields, &[]).await;
    on.assert_status(StatusCode::SEE_OTHER);
    assert!(on.0.headers()["location"].to_str().unwrap().ends_with("#q-order"));
    assert_eq!(pages.answer("order").await, "");
    assert_eq!(pages.stored("s1").await.answers.get("teachers"), Some(&6.into()), "and what was typed is kept");
}

#[tokio::test]
async fn the_script_saves_a_file_in_passing_and_learns_what_is_wrong_with_it() {
    let pages = pages().await;
    let fields = [("was", "{}"), ("a:teachers", "5"), ("a:order", ""), ("do", "auto")];
    let page = text(pages.post(&fields, &[("order", "a.pdf", PDF)]).await, StatusCode::OK).await;
    assert!(Attachment::read(&value_of(&page, "a:order").into()).is_some(), "{page}");
    let was = value_of(&page, "was");
    assert!(was.contains("a.pdf"), "the next save is compared with what is stored: {was}");
    let fields = [("was", was.as_str()), ("a:order", &value_of(&page, "a:order")), ("do", "auto")];
    let page = text(pages.post(&fields, &[("order", "b.exe", b"MZ")]).await, StatusCode::OK).await;
    assert!(page.contains("Файл «b.exe» не подходит по типу") && page.contains("a.pdf"), "{page}");
}

#[tokio::test]
async fn two_people_and_one_file_question_are_asked_and_neither_file_is_lost() {
    let pages = pages().await;
    let first = [("was", "{}"), ("a:teachers", "5"), ("a:order", ""), ("do", "save")];
    pages.post(&first, &[("order", "мой.pdf", PDF)]).await.assert_status(StatusCode::SEE_OTHER);
    let other = [PDF, b"other"].concat();
    let page = text(pages.post(&first, &[("order", "их.pdf", &other)]).await, StatusCode::CONFLICT).await;
    assert!(page.contains("мой.pdf, 1\u{a0}КБ") && page.contains("их.pdf, 1\u{a0}КБ"), "{page}");
    // What was chosen second waits on the page, without being sent again.
    let (was, order) = (value_of(&page, "was"), value_of(&page, "a:order"));
    let fields = [("was", was.as_str()), ("a:teachers", "5"), ("a:order", &order), ("do", "save")];
    pages.post(&fields, &[]).await.assert_status(StatusCode::SEE_OTHER);
    assert!(pages.answer("order").await.ends_with("/их.pdf"));
}

#[tokio::test]
async fn files_of_other_reports_other_names_and_files_that_were_never_sent_are_not_there() {
    let pages = pages().await;
    let fields = [("was", "{}"), ("a:teachers", "5"), ("a:order", ""), ("do", "save")];
    pages.post(&fields, &[("order", "a.pdf", PDF)]).await.assert_status(StatusCode::SEE_OTHER);
    let link = link_to(&pages.page(REPORT).await, "a.pdf");
    // Whoever has sent a file sees it for a day; from then on only the report that names it shows it.
    age(&pages.db, 25 * 60).await;
    let hash = pages.answer("order").await[..64].to_owned();
    let none = "0".repeat(64);
    for address in [
        link.replace("/s1/", "/s2/"),
        link.replace("a.pdf", "a.exe"),
        link.replace(&hash, &none),
        link.replace(&hash, "..%2F..%2Fsvod.db"),
    ] {
        text(pages.get(&address).await, StatusCode::NOT_FOUND).await;
    }
    text(pages.get(&link).await, StatusCode::OK).await;

    // An answer may not name what was never sent, nor call a file by another name.
    let was = value_of(&pages.page(REPORT).await, "was");
    let size = PDF.len();
    for forged in [format!("{none}/5/x.pdf"), format!("{hash}/{size}/другой.pdf"), format!("{hash}/5/a.pdf")] {
        let fields = [("was", was.as_str()), ("a:teachers", "7"), ("a:order", &forged), ("do", "save")];
        let page = text(pages.post(&fields, &[]).await, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(page.contains("на сервере нет. Приложите его ещё раз."), "{page}");
        assert_eq!(value_of(&page, "a:teachers"), "7");
        assert!(pages.answer("order").await.ends_with("/a.pdf"));
    }
}

/// Moves everything that was sent so many minutes into the past.
async fn age(db: &Db, minutes: i64) {
    let mut writer = db.write().await.unwrap();
    let older = "update file_upload set at = at - $1";
    sqlx::query(older).bind(minutes * 60_000).execute(&mut *writer).await.unwrap();
    sqlx::query("delete from file_upload where at < $1")
        .bind(jiff::Timestamp::now().as_millisecond() - 24 * 60 * 60_000)
        .execute(&mut *writer)
        .await
        .unwrap();
    writer.commit().await.unwrap();
}

#[tokio::test]
async fn odd_bodies_are_refused_without_harm() {
    let pages = pages().await;
    let whole = body(&[("was", "{}"), ("a:teachers", "5"), ("do", "save")], &[("order", "a.pdf", PDF)]);
    for cut in [10, whole.len() / 2, whole.len() - 10] {
        pages.post_raw(PARTS, whole[..cut].to_vec()).await.assert_status(StatusCode::BAD_REQUEST);
    }
    pages.post_raw("multipart/form-data", whole.clone()).await.assert_status(StatusCode::BAD_REQUEST);
    let long = "x".repeat(9 << 20);
    let too_much = body(&[("a:teachers", &long)], &[]);
    pages.post_raw(PARTS, too_much).await.assert_status(StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(pages.stored("s1").await.state(), State::Empty);
    // A file for what is no file question, or no question at all, is left out.
    let fields = [("was", "{}"), ("a:teachers", "5"), ("do", "save")];
    let odd = [("teachers", "a.pdf", PDF), ("nothing", "a.pdf", PDF), ("proved", "a.pdf", PDF)];
    pages.post(&fields, &odd).await.assert_status(StatusCode::SEE_OTHER);
    // Answers come without parts too, as they do from forms without files.
    let plain = pages.post_raw("application/x-www-form-urlencoded", b"was=%7B%7D&a:teachers=5&do=save".to_vec()).await;
    plain.assert_status(StatusCode::SEE_OTHER);
    let verified = verify::actions::verify(&pages.db, &Actor::operator()).await.unwrap();
    assert_eq!(verified.files, 0);
}

#[tokio::test]
async fn a_copy_holds_the_files_and_a_damaged_one_is_found() {
    let pages = pages().await;
    let fields = [("was", "{}"), ("a:teachers", "5"), ("do", "save")];
    pages.post(&fields, &[("order", "a.pdf", PDF)]).await.assert_status(StatusCode::SEE_OTHER);
    let copy = pages.folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    pages.db.backup(&copy.join(svod::db::FILE)).await.unwrap();
    let copied = Db::open(&copy).await.unwrap();
    let actor = Actor::operator();
    let sound = verify::actions::verify(&copied, &actor).await.unwrap();
    assert_eq!((sound.files, sound.wrong.len()), (1, 0), "{:?}", sound.wrong);
    for damage in ["update file set bytes = zeroblob(size)", "delete from file_use"] {
        let mut writer = copied.write().await.unwrap();
        sqlx::query(damage).execute(&mut *writer).await.unwrap();
        writer.commit().await.unwrap();
    }
    let wrong = verify::actions::verify(&copied, &actor).await.unwrap().wrong;
    let said: Vec<String> = wrong.iter().map(|words| words.say(svod::lang::Lang::Ru)).collect();
    assert!(said.iter().any(|said| said.contains("повреждён")), "{said:?}");
    assert!(said.iter().any(|said| said.contains("файла «a.pdf» (ответ order) нет")), "{said:?}");
}

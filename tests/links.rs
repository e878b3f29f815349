//! Personal links and accounts of many schools over real pages: made, printed once, used, ended; nothing of others shown.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;
#[path = "links/world.rs"]
mod world;

use jiff::Timestamp;
use poem::http::StatusCode;
use svod::access::{Actor, Role};
use svod::journal::{self, Asked, Deed};
use svod::sheet::{self, Grid};
use world::{Desk, HIS, PDF, desk, keys, value_of};

const NEW: &str = "/links/own/2024Sep/new";
const LIST: &str = "/links/own/2024Sep";

#[tokio::test]
async fn a_school_comes_in_by_its_link_fills_sends_and_corrects() {
    let desk = desk().await;
    let key = desk.link("s1").await;
    let door = desk.page(&format!("/fill?key={key}"), "").await;
    for said in ["«Паспорт школы» за 2024/25 учебный год", "МБОУ «Лесная СОШ»", "Методист района, m@example.org"]
    {
        assert!(door.contains(said), "{said}: {door}");
    }
    let me = desk.enter(&key).await;
    let report = desk.page(HIS, &me).await;
    assert!(report.contains("ссылка № 1") && report.contains("Мой отчёт"), "{report}");
    for foreign in ["/orgs", "/forms/own", "href=\"/accounts", "href=\"/me\"", "class=\"crumbs\""] {
        assert!(!report.contains(foreign), "{foreign}: {report}");
    }
    let home = desk.get("/", &me).await;
    assert_eq!((home.status, home.location.as_str()), (StatusCode::SEE_OTHER, HIS));

    desk.post(HIS, &me, &[("a:pupils", "120"), ("do", "save")]).await.redirects();
    let sent = desk.send(&me).await;
    assert!(sent.contains("отправлено по ссылке № 1"), "{sent}");
    assert!(sent.contains("По этой же ссылке отчёт можно открыть и исправить до"), "{sent}");
    assert!(!sent.contains("Открыть свод"), "{sent}");
    let was = value_of(&desk.page(&format!("{HIS}?edit=1"), &me).await, "was");
    desk.post(HIS, &me, &[("was", &was), ("a:pupils", "121"), ("do", "save")]).await.redirects();
    desk.send(&me).await;
    let history = desk.page(&format!("{HIS}/history"), &me).await;
    assert_eq!(history.matches("по ссылке № 1").count(), 4, "{history}");
    assert_eq!(history.matches("<h2>Отчёт отправлен</h2>").count(), 2, "{history}");

    let list = desk.page(LIST, &desk.methodist).await;
    assert!(list.contains("1 раз, ") && list.contains("Отправлен"), "{list}");
    let left = desk.post("/leave", &me, &[]).await;
    assert_eq!(left.location, "/fill?left=1");
    assert!(left.cookie.starts_with("svod-link=;"), "{}", left.cookie);
    assert_eq!(desk.get(HIS, &me).await.status, StatusCode::GONE, "the session is over");
    assert!(desk.page(HIS, &desk.enter(&key).await).await.contains("121"), "the link is not");
}

#[tokio::test]
async fn a_link_opens_nothing_else_and_no_answer_names_another_school() {
    let desk = desk().await;
    let me = desk.enter(&desk.link("s1").await).await;
    desk.link("s2").await;
    for (address, status) in [
        ("/report/own/2024Sep/s2", StatusCode::NOT_FOUND),
        ("/report/own/2023Sep/s1", StatusCode::NOT_FOUND),
        ("/report/other/2024Sep/s1", StatusCode::NOT_FOUND),
        ("/report/own/2024Sep/m", StatusCode::NOT_FOUND),
        ("/report/own/2023Sep/s1/history", StatusCode::NOT_FOUND),
        ("/report/other/2024Sep/s1/send", StatusCode::NOT_FOUND),
        ("/report/own/2024Sep", StatusCode::FORBIDDEN),
        ("/forms/own/2024Sep", StatusCode::FORBIDDEN),
        ("/forms/own/2024Sep/book.xlsx", StatusCode::FORBIDDEN),
        ("/orgs", StatusCode::FORBIDDEN),
        ("/import", StatusCode::FORBIDDEN),
        ("/forms", StatusCode::FORBIDDEN),
        ("/accounts", StatusCode::FORBIDDEN),
        ("/links", StatusCode::FORBIDDEN),
        (LIST, StatusCode::FORBIDDEN),
        ("/me", StatusCode::FORBIDDEN),
        ("/copies", StatusCode::FORBIDDEN),
        ("/help", StatusCode::OK),
        (HIS, StatusCode::OK),
    ] {
        let answer = desk.get(address, &me).await;
        assert_eq!(answer.status, status, "{address}: {}", answer.text);
        assert!(!answer.text.contains("Луговая"), "{address}: {}", answer.text);
    }
    for address in ["/report/own/2024Sep/s2", "/report/own/2023Sep/s1", "/report/other/2024Sep/s1"] {
        let answer = desk.post(address, &me, &[("a:pupils", "1"), ("do", "save")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
    }
    let stranger = desk.get(HIS, "").await;
    assert!(stranger.location.starts_with("/enter?to="), "{}", stranger.location);
}

#[tokio::test]
async fn a_link_that_was_taken_back_or_is_over_says_so_and_what_was_typed_stays() {
    let desk = desk().await;
    let key = desk.link("s1").await;
    let me = desk.enter(&key).await;
    let asked = desk.post(LIST, &desk.methodist, &[("link", "1"), ("do", "revoke")]).await;
    assert!(asked.text.contains("Отозвать 1 ссылку?") && asked.text.contains("МБОУ «Лесная СОШ»"), "{}", asked.text);
    assert_eq!(desk.get(HIS, &me).await.status, StatusCode::OK, "nothing has happened yet");
    desk.post(LIST, &desk.methodist, &[("link", "1"), ("do", "revoke-now")]).await.redirects();

    let door = desk.get(&format!("/fill?key={key}"), "").await;
    assert_eq!(door.status, StatusCode::GONE);
    for said in ["Ссылка больше не действует", "Ссылка № 1 отозвана", "Методист района, m@example.org"]
    {
        assert!(door.text.contains(said), "{said}: {}", door.text);
    }
    let refused = desk.post(HIS, &me, &[("a:pupils", "777"), ("do", "save")]).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.text.contains("отозвана") && refused.text.contains("value=\"777\""), "{}", refused.text);
    assert!(refused.text.contains("href=\"/fill\""), "{}", refused.text);
    let gone = desk.get(HIS, &me).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(gone.cookie.starts_with("svod-link=;"), "{}", gone.cookie);
    assert_eq!(desk.post("/fill", "", &[("key", &key)]).await.status, StatusCode::GONE);

    let second = desk.link("s1").await;
    let me = desk.enter(&second).await;
    desk.end(2, Timestamp::now()).await;
    let over = desk.get(&format!("/fill?key={second}"), "").await;
    assert_eq!(over.status, StatusCode::GONE);
    assert!(over.text.contains("Срок ссылки № 2 закончился"), "{}", over.text);
    assert_eq!(desk.get(HIS, &me).await.status, StatusCode::GONE);
    let list = desk.page(LIST, &desk.methodist).await;
    assert!(list.contains("срок закончился") && list.contains("1 ссылка отозвана"), "{list}");
    let wrong = desk.post(LIST, &desk.methodist, &[("which", "all"), ("do", "prolong"), ("until", "вчера")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Это не дата") && wrong.text.contains("value=\"вчера\""), "{}", wrong.text);
    let until = world::day(30);
    desk.post(LIST, &desk.methodist, &[("which", "all"), ("do", "prolong"), ("until", &until)]).await.redirects();
    assert_eq!(desk.get(HIS, &me).await.status, StatusCode::OK, "prolonged: whoever was in is in again");

    let none = desk.get("/fill?key=0000-0000-0000-0000-0000", "").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert!(none.text.contains("Такой ссылки нет"), "{}", none.text);
}

#[tokio::test]
async fn a_file_is_sent_and_taken_by_a_link_and_by_no_other() {
    let desk = desk().await;
    let (mine, other) = (desk.enter(&desk.link("s1").await).await, desk.enter(&desk.link("s2").await).await);
    desk.upload(HIS, &mine, &[("a:pupils", "10"), ("do", "save")], ("scan", "Приказ.pdf", PDF)).await.redirects();
    let page = desk.page(HIS, &mine).await;
    let file = world::link_to(&page, "Приказ.pdf");
    let answer = desk.get(&file, &mine).await;
    assert_eq!((answer.status, answer.bytes.as_slice()), (StatusCode::OK, PDF));
    assert_eq!(desk.get(&file, &other).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.get(&file.replace("/s1/", "/s2/"), &other).await.status, StatusCode::NOT_FOUND);
    let answer = value_of(&page, "a:scan");
    let stolen = desk.post("/report/own/2024Sep/s2", &other, &[("a:scan", &answer), ("do", "save")]).await;
    assert_eq!(stolen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", stolen.text);
}

#[tokio::test]
async fn links_are_chosen_confirmed_printed_once_and_given_as_a_workbook() {
    let desk = desk().await;
    let me = &desk.methodist;
    let first = desk.page(NEW, me).await;
    assert!(first.contains("value=\"s1\" checked") && first.contains("value=\"s2\" checked"), "{first}");
    // A search shows one and keeps the other ticked; «снять» is about what is shown.
    let fields = [("org", "s1"), ("org", "s2"), ("q", "луговая"), ("do", "none"), ("until", "завтра")];
    let narrowed = desk.post(NEW, me, &fields).await.text;
    assert!(narrowed.contains("<input type=\"hidden\" name=\"org\" value=\"s1\">"), "{narrowed}");
    assert!(narrowed.contains("value=\"s2\">") && !narrowed.contains("value=\"s2\" checked"), "{narrowed}");
    assert!(narrowed.contains("value=\"завтра\""), "{narrowed}");
    let wrong = desk.post(NEW, me, &[("do", "confirm"), ("until", "завтра"), ("due", "31.02.2025")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Не отмечена ни одна школа"), "{}", wrong.text);
    assert_eq!(wrong.text.matches("Это не дата").count(), 2, "all at once: {}", wrong.text);

    let until = world::day(30);
    desk.link("s1").await;
    let wanted = [("org", "s1"), ("org", "s2"), ("until", until.as_str()), ("due", "25.12.2026")];
    let confirm = desk.post(NEW, me, &[&wanted[..], &[("do", "confirm")]].concat()).await.text;
    for said in ["Создать 2 ссылки?", "У 1 школы уже есть действующая ссылка", &until]
    {
        assert!(confirm.contains(said), "{said}: {confirm}");
    }
    let letters = desk.post(NEW, me, &[&wanted[..], &[("do", "make")]].concat()).await.text;
    assert_eq!(letters.matches("<article class=\"letter\">").count(), 2);
    assert_eq!(letters.matches("<svg class=\"qr\"").count(), 2);
    assert!(!letters.contains("style="), "the policy of pages allows no inline styles");
    let keys = keys(&letters);
    for said in ["МБОУ «Луговая СОШ»", "не позднее 25.12.2026", "Лесной район", "http://localhost:8080/fill?key="]
    {
        assert!(letters.contains(said), "{said}: {letters}");
    }
    let posted: Vec<(&str, &str)> = keys.iter().map(|key| ("key", key.as_str())).collect();
    let book = desk.post("/links/own/2024Sep/letters.xlsx", me, &posted).await;
    let texts = texts(&book.bytes);
    let spelled =
        format!("{}-{}-{}-{}-{}", &keys[1][..4], &keys[1][4..8], &keys[1][8..12], &keys[1][12..16], &keys[1][16..]);
    for said in ["МБОУ «Лесная СОШ»", "s2", &spelled, &format!("http://localhost:8080/fill?key={}", keys[0]), &until]
    {
        assert!(texts.iter().any(|text| text == said), "{said}: {texts:?}");
    }
    let nothing = desk.post("/links/own/2024Sep/letters.xlsx", me, &[("key", "7KQM2X9DAB0CTEHPY301")]).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let list = desk.page(LIST, me).await;
    assert!(keys.iter().all(|key| !list.contains(key)), "shown once");
    // From paper it is typed anyhow; pasted as a whole too.
    for typed in [spelled.to_lowercase(), spelled.replace('-', "%20"), format!("http://x/fill?key%3D{}", keys[1])] {
        let door = desk.page(&format!("/fill?key={typed}"), "").await;
        assert!(door.contains("Луговая"), "{typed}: {door}");
    }
    let overview = desk.page("/forms/own/2024Sep", me).await;
    assert!(overview.contains(&format!("href=\"{LIST}\"")), "{overview}");
}

#[tokio::test]
async fn accounts_are_made_for_many_schools_and_those_that_have_one_are_left_out() {
    let desk = desk().await;
    let (me, here) = (&desk.methodist, "/accounts/schools");
    let letters = desk.post(here, me, &[("org", "s1"), ("do", "make")]).await.text;
    assert!(letters.contains("s-s1") && letters.contains("/invite?key="), "{letters}");
    let confirm = desk.post(here, me, &[("org", "s1"), ("org", "s2"), ("do", "confirm")]).await.text;
    assert!(confirm.contains("Создать 1 учётную запись?"), "{confirm}");
    assert!(confirm.contains("У 1 школы уже есть учётная запись") && confirm.contains("s-s1"), "{confirm}");
    let second = desk.post(here, me, &[("org", "s1"), ("org", "s2"), ("do", "make")]).await.text;
    assert_eq!(second.matches("<article class=\"letter\">").count(), 1);
    assert!(second.contains("У 1 школы уже есть учётная запись"), "{second}");

    let (first, second) = (keys(&letters), keys(&second));
    let book = desk.post("/accounts/schools/letters.xlsx", me, &[("key", &second[0])]).await;
    let texts = texts(&book.bytes);
    for said in ["s-s2", "МБОУ «Луговая СОШ»", &format!("http://localhost:8080/invite?key={}", second[0])]
    {
        assert!(texts.iter().any(|text| text == said), "{said}: {texts:?}");
    }
    let door = desk.page(&format!("/invite?key={}", first[0].to_lowercase()), "").await;
    assert!(door.contains("s-s1"), "{door}");
    let password = "северный кит пьёт чай";
    let accepted = desk.post("/invite", "", &[("key", &first[0]), ("password", password), ("again", password)]).await;
    accepted.redirects();
    let school = accepted.cookie.split(';').next().unwrap().to_owned();
    assert_eq!(desk.get(HIS, &school).await.status, StatusCode::OK);
    assert_eq!(desk.get("/report/own/2024Sep/s2", &school).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.get(&format!("/invite?key={}", first[0]), "").await.status, StatusCode::NOT_FOUND, "used");
    let used = desk.post("/accounts/schools/letters.xlsx", me, &[("key", &first[0])]).await;
    assert_eq!(used.status, StatusCode::NOT_FOUND);
    // A closed account keeps its login; the next one is numbered.
    desk.post("/account/s-s1", me, &[("do", "close")]).await.redirects();
    let again = desk.post(here, me, &[("org", "s1"), ("do", "make")]).await.text;
    assert!(again.contains("s-s1-2"), "{again}");
    let foreign = desk.post(here, me, &[("org", "f1"), ("do", "make")]).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!foreign.text.contains("Дальняя"), "{}", foreign.text);
}

#[tokio::test]
async fn the_journal_knows_who_made_came_in_by_and_took_back_a_link() {
    let desk = desk().await;
    let key = desk.link("s1").await;
    let me = desk.enter(&key).await;
    desk.post(HIS, &me, &[("a:pupils", "10"), ("do", "save")]).await.redirects();
    desk.post("/links/own/2024Sep/letters.xlsx", &desk.methodist, &[("key", &key)]).await;
    desk.post(LIST, &desk.methodist, &[("link", "1"), ("do", "revoke-now")]).await.redirects();
    let lines = journal::actions::lines(&desk.db, &Actor::operator(), &Asked::default(), 100).await.unwrap();
    let of = |who: &str| -> Vec<(Deed, &str)> {
        lines.iter().rev().filter(|line| line.who == who).map(|line| (line.deed, line.about.as_str())).collect()
    };
    let link = "own, 2024Sep, s1, №1";
    assert_eq!(of("link:1"), [(Deed::SignIn, link), (Deed::ReportSaved, "own, 2024Sep, s1")]);
    let mine = of("methodist");
    assert_eq!(
        mine[mine.len() - 3..],
        [(Deed::LinkMade, link), (Deed::ListTaken, "own, 2024Sep"), (Deed::LinkRevoked, link)]
    );
    let came = lines.iter().find(|line| line.deed == Deed::SignIn).unwrap();
    assert!(came.role == Some(Role::Link) && !came.address.is_empty(), "{came:?}");
    assert!(!format!("{lines:?}").contains(&key));
}

#[tokio::test]
async fn whoever_is_signed_in_tries_a_link_and_is_back_after_leaving() {
    let desk = desk().await;
    let key = desk.link("s1").await;
    let both = format!("{}; {}", desk.methodist, desk.enter(&key).await);
    assert!(desk.page(HIS, &both).await.contains("ссылка № 1"));
    assert_eq!(desk.get("/accounts", &both).await.status, StatusCode::FORBIDDEN, "sees what others see by it");
    desk.post("/leave", &both, &[]).await.redirects();
    assert_eq!(desk.get("/accounts", &desk.methodist).await.status, StatusCode::OK);
}

#[tokio::test]
async fn secrets_stand_neither_in_the_log_nor_in_the_data_file() {
    let log = world::logged();
    let desk = desk().await;
    let key = desk.link("s1").await;
    desk.page(&format!("/fill?key={key}"), "").await;
    let me = desk.enter(&key).await;
    desk.post(HIS, &me, &[("a:pupils", "10"), ("do", "save")]).await.redirects();
    desk.get("/fill?key=0000-0000-0000-0000-0000", "").await;
    let session = me.split('=').nth(1).unwrap().to_owned();
    let Desk { db, folder, .. } = desk;
    db.close().await;
    let log = String::from_utf8(log.lock().unwrap().clone()).unwrap();
    assert!(log.contains("path=/fill"), "the log is looked at: {log}");
    let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let stored: Vec<u8> = files.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect();
    for secret in [&key, &session] {
        assert!(!log.contains(secret.as_str()), "{log}");
        assert!(!stored.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

fn texts(book: &[u8]) -> Vec<String> {
    let book = sheet::read(book, "letters.xlsx").unwrap();
    let rows = book.sheets.iter().flat_map(Grid::rows);
    rows.flat_map(|(_, row)| row.iter().map(|(_, cell)| cell.text().to_string()).collect::<Vec<_>>()).collect()
}

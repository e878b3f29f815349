//! The pages, asked as a browser asks: every route, faults, what was typed, hidden answers, foreign sites, headers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;

use district::{District, TWO_SCHOOLS};
use poem::http::{Method, StatusCode};
use poem::test::{TestClient, TestResponse};
use poem::{Endpoint, Response};
use serde_json::json;
use svod::access::Actor;
use svod::backup::Keeper;
use svod::db::Db;
use svod::form::{self, Answers};
use svod::org;
use svod::period::Period;
use svod::report::{self, Key, ReportView, Source, State, version};
use svod::web::pages::{ALL, Verb};
use svod::web::{Site, app};

const FORM: &str = include_str!("fixtures/web/staff.toml");
const REPORT: &str = "/report/staff/2025Sep/s1";

/// Pages over a data file of their own with one region, one municipality, two schools and one form.
struct Pages<E> {
    db: Db,
    client: TestClient<E>,
    _folder: tempfile::TempDir,
}

async fn pages() -> Pages<impl Endpoint<Output = Response>> {
    // A code with a slash stands in addresses too.
    let schools = TWO_SCHOOLS.map(|row| if row[0] == "s2" { ["s2/б", row[1], row[2], row[3]] } else { row });
    let district = District::new(&schools, &[form::read(FORM, "staff.toml").unwrap()]).await;
    let copies = Keeper::new(&district.folder.path().join("backups"), Some(jiff::civil::time(3, 0, 0, 0)));
    let site = Site { copies, ..district.site() };
    Pages { db: district.db, client: TestClient::new(app(site)), _folder: district.folder }
}

impl<E: Endpoint<Output = Response>> Pages<E> {
    async fn get(&self, address: &str) -> TestResponse {
        self.client.get(address).header("host", "localhost:8080").send().await
    }

    async fn post(&self, address: &str, fields: &[(&str, &str)]) -> TestResponse {
        let form: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let request = self.client.post(address).header("host", "localhost:8080");
        request.header("origin", "http://localhost:8080").form(&form).send().await
    }

    /// Posts and follows the way on.
    async fn do_and_look(&self, address: &str, fields: &[(&str, &str)]) -> String {
        let response = self.post(address, fields).await;
        response.assert_status(StatusCode::SEE_OTHER);
        let on = response.0.headers()["location"].to_str().unwrap().to_owned();
        text(self.get(on.split('#').next().unwrap()).await, StatusCode::OK).await
    }

    async fn stored(&self, school: &str) -> ReportView {
        let actor = Actor::operator();
        let form = form::read(FORM, "staff.toml").unwrap();
        let about = org::actions::by_code(&self.db, &actor, school).await.unwrap();
        let key = Key::new(&form, Period::from_id("2025Sep").unwrap(), about.id);
        report::actions::open(&self.db, &actor, &key).await.unwrap()
    }
}

async fn text(response: TestResponse, status: StatusCode) -> String {
    response.assert_status(status);
    response.0.into_body().into_string().await.unwrap()
}

/// The value of an input of a page.
fn value_of(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}"));
    let tag = &page[at..at + page[at..].find('>').unwrap()];
    let value = tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    value.replace("&quot;", "\"").replace("&amp;", "&")
}

#[tokio::test]
async fn every_page_answers_and_is_guarded() {
    let pages = pages().await;
    for page in ALL.iter().filter(|page| page.verb == Verb::Show && page.right.is_some()) {
        let address = page.path.replace(":form", "staff").replace(":period", "2025Sep").replace(":org", "s1");
        let address = address.replace(":login", "somebody");
        let response = pages.get(&address).await;
        let status = response.0.status();
        // No file is attached here; `tests/files.rs` takes those that are.
        let answers = match page.path {
            path if path.contains("/files/") || path.contains(":login") => StatusCode::NOT_FOUND,
            // The local operator has no account of their own.
            "/me" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::SEE_OTHER,
        };
        assert!(status.is_success() || status == answers, "{address}: {status}");
        assert!(response.0.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        assert_eq!(response.0.headers()["x-content-type-options"], "nosniff", "{address}");
    }
    let home = text(pages.get("/").await, StatusCode::OK).await;
    for page in ALL.iter().filter(|page| page.menu.is_some()) {
        assert!(home.contains(&format!("href=\"{}\"", page.path)), "{}", page.path);
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_same_frame_with_the_same_headers() {
    let pages = pages().await;
    for (method, address, status) in [
        (Method::GET, "/nowhere", StatusCode::NOT_FOUND),
        (Method::GET, "/forms/none/2025Sep", StatusCode::NOT_FOUND),
        (Method::GET, "/forms/staff/2025", StatusCode::NOT_FOUND),
        (Method::GET, "/report/staff/2025Sep/none", StatusCode::NOT_FOUND),
        (Method::GET, "/assets/other.css", StatusCode::NOT_FOUND),
        (Method::POST, "/orgs", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let request = pages.client.request(method, address).header("host", "localhost");
        let response = request.send().await;
        assert!(response.0.headers().contains_key("content-security-policy"), "{address}");
        assert!(response.0.headers().contains_key("x-request-id"), "{address}");
        let page = text(response, status).await;
        assert!(page.contains("<h1>") && page.contains("href=\"/\""), "{address}: a way back");
    }
}

#[tokio::test]
async fn foreign_sites_foreign_names_and_odd_bodies_are_refused() {
    let pages = pages().await;
    let post = || pages.client.post(REPORT).form(&[("a:teachers", "5"), ("do", "save")]);
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
    ];
    for (name, value) in foreign {
        let response = post().header("host", "localhost:8080").header(name, value).send().await;
        response.assert_status(StatusCode::FORBIDDEN);
    }
    let rebound = post().header("host", "evil.example:8080").header("origin", "http://evil.example:8080").send().await;
    rebound.assert_status(StatusCode::MISDIRECTED_REQUEST);
    let packed = post().header("host", "localhost").header("content-encoding", "gzip").send().await;
    packed.assert_status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = pages.client.post(REPORT).header("host", "localhost").form(&[("a:comment", "я".repeat(5 << 20))]);
    large.send().await.assert_status(StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(pages.stored("s1").await.state(), State::Empty, "nothing of this was kept");
}

#[tokio::test]
async fn what_was_typed_survives_as_it_was_typed() {
    let pages = pages().await;
    let typed =
        [("a:teachers", "сорок"), ("a:area", "1 234,5"), ("a:inspected", "31.13.2025"), ("a:comment", "  <b>\r\nда  ")];
    let page = pages.do_and_look(REPORT, &[&typed[..], &[("do", "save")]].concat()).await;
    assert_eq!(value_of(&page, "a:teachers"), "сорок");
    assert_eq!(value_of(&page, "a:area"), "1234,5");
    assert_eq!(value_of(&page, "a:inspected"), "31.13.2025");
    assert!(page.contains("&lt;b&gt;\nда</textarea>"));
    assert!(page.contains("aria-describedby=\"h-teachers e-teachers\" aria-invalid=\"true\""));
    assert!(
        page.contains("<a href=\"#a-teachers\">Учителей всего, чел.: Ожидается целое число"),
        "the summary leads there"
    );
    let view = pages.stored("s1").await;
    assert_eq!(view.state(), State::Draft);
    assert_eq!(view.answers.get("area"), Some(&json!(1234.5)));
    assert_eq!(view.answers.get("teachers"), Some(&json!("сорок")));
}

#[tokio::test]
async fn a_new_draft_is_not_scolded_but_sending_it_is() {
    let pages = pages().await;
    let fresh = text(pages.get(REPORT).await, StatusCode::OK).await;
    assert!(!fresh.contains("Нужен ответ"));
    let page = pages.do_and_look(REPORT, &[("a:teachers", ""), ("a:young", "3"), ("do", "send")]).await;
    assert!(page.contains("role=\"alert\"") && page.contains("Нужен ответ"), "{page}");
    assert_eq!(value_of(&page, "a:young"), "3");
    assert_eq!(pages.stored("s1").await.state(), State::Draft);
}

#[tokio::test]
async fn a_row_says_how_to_fill_it() {
    let pages = pages().await;
    let page = text(pages.get(REPORT).await, StatusCode::OK).await;
    assert!(page.contains("<p class=\"hint\" id=\"rh-grades:g5\">Вместе с классами коррекции.</p>"), "{page}");
    assert!(page.contains("aria-describedby=\"rh-grades:g5"), "the cells of the row are described by it");
}

#[tokio::test]
async fn hidden_answers_are_kept_aside_and_come_back() {
    let pages = pages().await;
    let page = pages.do_and_look(REPORT, &[("a:second", "yes"), ("a:second_which", "german"), ("do", "save")]).await;
    assert!(page.contains("value=\"german\" selected"));
    let was = value_of(&page, "was");
    let page = pages
        .do_and_look(REPORT, &[("was", &was), ("a:second", "no"), ("a:second_which", "german"), ("do", "save")])
        .await;
    assert!(!page.contains("name=\"a:second_which\""), "not asked");
    let was = value_of(&page, "was");
    let page = pages.do_and_look(REPORT, &[("was", &was), ("a:second", "yes"), ("do", "save")]).await;
    assert!(page.contains("value=\"german\" selected"), "it came back");
}

#[tokio::test]
async fn stated_absences_are_taken_by_choice_and_by_word() {
    let pages = pages().await;
    let stated = |view: ReportView| view.answers.get("area").cloned();
    pages.do_and_look(REPORT, &[("a:area", ""), ("missing:area", "no-data"), ("do", "save")]).await;
    assert_eq!(stated(pages.stored("s1").await), Some(json!({"missing": "no-data"})));
    let page = pages.do_and_look(REPORT, &[("a:area", "х"), ("missing:area", "no-data"), ("do", "save")]).await;
    assert_eq!(stated(pages.stored("s1").await), Some(json!({"missing": "not-applicable"})));
    assert!(page.contains("value=\"not-applicable\" selected"));
    pages.do_and_look(REPORT, &[("a:area", "12"), ("missing:area", "not-applicable"), ("do", "save")]).await;
    assert_eq!(stated(pages.stored("s1").await), Some(json!(12)));
}

/// Answers that may be sent, except for a warning.
const CROWDED: [(&str, &str); 5] = [
    ("a:teachers", "40"),
    ("a:young", "10"),
    ("a:grades/g5/pupils", "80"),
    ("a:grades/g5/classes", "2"),
    ("a:site", "https://school.example/"),
];

#[tokio::test]
async fn a_choice_in_a_table_offers_stated_absences() {
    let pages = pages().await;
    let form = form::read(include_str!("../forms/social-conditions.toml"), "social-conditions.toml").unwrap();
    version::actions::publish(&pages.db, &Actor::operator(), &[form]).await.unwrap();
    let report = "/report/social-conditions/2025Sep/s1";
    let page = text(pages.get(report).await, StatusCode::OK).await;
    assert!(page.contains("<option value=\"н/д\">нет данных</option>"));
    let page = pages.do_and_look(report, &[("a:conditions/remote/answer", "н/д"), ("do", "save")]).await;
    assert_eq!(page.matches("<option value=\"н/д\" selected>нет данных</option>").count(), 1);
}

#[tokio::test]
async fn a_warning_wants_an_explanation_and_then_the_report_is_sent_corrected_and_remembered() {
    let pages = pages().await;
    let page = pages.do_and_look(REPORT, &[&CROWDED[..], &[("do", "send")]].concat()).await;
    assert!(page.contains("name=\"explain:crowded/g5\"") && page.contains("Без пояснения отчёт не отправить"));
    assert!(page.contains("<h2>Нужно пояснить 1 расхождение</h2>"), "{page}");
    assert!(page.contains("25") && page.contains("Доля молодых учителей"), "calculated after saving");
    let was = value_of(&page, "was");
    let explained = [("explain:crowded/g5", "Ремонт второго корпуса"), ("do", "send"), ("was", &was)];
    let confirm = pages.do_and_look(REPORT, &[&CROWDED[..], &explained].concat()).await;
    assert!(confirm.contains("Отправить отчёт?") && confirm.contains("Ремонт второго корпуса"));

    let seal = value_of(&confirm, "seal");
    let send = format!("{REPORT}/send");
    let sent = pages.do_and_look(&send, &[("seal", &seal)]).await;
    assert!(sent.contains("Отчёт отправлен") && !sent.contains("<input"), "a sent report is read");
    let revision = pages.stored("s1").await.pointers.sent;
    pages.do_and_look(&send, &[("seal", &seal)]).await;
    assert_eq!(pages.stored("s1").await.pointers.sent, revision, "sent twice is sent once");

    let correct = text(pages.get(&format!("{REPORT}?edit=1")).await, StatusCode::OK).await;
    let was = value_of(&correct, "was");
    let page = pages.do_and_look(REPORT, &[("was", &was), ("a:young", "12"), ("do", "save")]).await;
    assert!(page.contains("Пока исправленный вариант не отправлен"));
    assert_eq!(pages.stored("s1").await.state(), State::Correcting);

    let history = text(pages.get(&format!("{REPORT}/history")).await, StatusCode::OK).await;
    assert!(history.contains("Отчёт отправлен") && history.contains("Из них моложе 35 лет, чел."));
    assert!(history.contains("<td>10</td><td>12</td>"), "old and new");
    assert!(history.contains("«5 классы: в классе больше 35 человек»"), "what was explained, in words");
}

#[tokio::test]
async fn a_confirmation_of_other_answers_is_asked_again() {
    let pages = pages().await;
    pages.do_and_look(REPORT, &[("a:teachers", "40"), ("a:site", "https://school.example/"), ("do", "save")]).await;
    let page = text(pages.post(&format!("{REPORT}/send"), &[("seal", "of another time")]).await, StatusCode::OK).await;
    assert!(page.contains("ответы изменились"));
    assert_eq!(pages.stored("s1").await.state(), State::Draft);
}

#[tokio::test]
async fn two_people_at_one_report_lose_nothing() {
    let pages = pages().await;
    let page = pages.do_and_look(REPORT, &[("a:teachers", "40"), ("a:young", "1"), ("do", "save")]).await;
    let was = value_of(&page, "was");
    // Somebody else changes one answer that I do not touch, and one that I do.
    let mut theirs = pages.stored("s1").await.answers;
    theirs.set("comment", Some(json!("от коллеги")));
    theirs.set("young", Some(json!(7)));
    let key = pages.stored("s1").await.key;
    report::actions::save_draft(&pages.db, &Actor::operator(), &key, theirs, Source::Api).await.unwrap();

    let mine = [("was", was.as_str()), ("a:teachers", "41"), ("a:young", "9"), ("a:comment", ""), ("do", "save")];
    let asked = text(pages.post(REPORT, &mine).await, StatusCode::CONFLICT).await;
    assert!(asked.contains("одновременно изменил") && asked.contains("<td>9</td><td>7</td>"), "{asked}");
    assert_eq!(value_of(&asked, "a:young"), "9", "mine stays on the screen");
    assert!(asked.contains("от коллеги"), "theirs is taken over where I changed nothing");
    assert_eq!(pages.stored("s1").await.answers.get("young"), Some(&json!(7)));

    let was = value_of(&asked, "was");
    let again =
        [("was", was.as_str()), ("a:teachers", "41"), ("a:young", "9"), ("a:comment", "от коллеги"), ("do", "save")];
    pages.do_and_look(REPORT, &again).await;
    let kept = Answers::from_json(&json!({"teachers": 41, "young": 9, "comment": "от коллеги"}));
    assert_eq!(pages.stored("s1").await.answers, kept);
}

#[tokio::test]
async fn periods_are_read_as_people_write_them() {
    let pages = pages().await;
    let go = pages.get("/?form=staff&period=2025Sep&other=2021%2F22+%D1%83%D1%87.+%D0%B3.").await;
    assert_eq!(go.0.headers()["location"], "/forms/staff/2021Sep");
    let page = text(pages.get("/?form=staff&period=2025Sep&other=2021").await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(page.contains("непонятно, какой учебный год") && page.contains("value=\"2021\""));
}

#[tokio::test]
async fn organisations_are_found_by_name_and_code_whatever_their_code_is() {
    let pages = pages().await;
    let found =
        text(pages.get("/report/staff/2025Sep?q=%D0%BB%D1%83%D0%B3%D0%BE%D0%B2%D0%B0%D1%8F").await, StatusCode::OK)
            .await;
    assert!(found.contains("Луговая") && !found.contains("Лесная"));
    let address = "/report/staff/2025Sep/s2%2F%D0%B1";
    assert!(found.contains(address), "{found}");
    let page = pages.do_and_look(address, &[("a:teachers", "3"), ("do", "save")]).await;
    assert!(page.contains("Луговая"));
    assert_eq!(pages.stored("s2/б").await.state(), State::Draft);
}

#[tokio::test]
async fn the_overview_counts_and_narrows() {
    let pages = pages().await;
    pages.do_and_look(REPORT, &[("a:teachers", "40"), ("do", "save")]).await;
    let drafts = text(pages.get("/forms/staff/2025Sep?show=draft").await, StatusCode::OK).await;
    assert!(drafts.contains("Лесная") && !drafts.contains("Луговая"));
    let silent = text(pages.get("/forms/staff/2025Sep?show=silent").await, StatusCode::OK).await;
    assert!(!silent.contains("Лесная СОШ") && silent.contains("Луговая СОШ"));
    assert!(silent.contains("<dt>Ожидается</dt><dd>2</dd>"), "{silent}");
    let both = text(pages.get("/forms/staff/2025Sep?show=draft&accepted=1").await, StatusCode::OK).await;
    for kept in ["?show=silent&amp;accepted=1#who", "?accepted=1#who", "?show=draft#who"] {
        assert_eq!(both.contains(kept), kept != "?show=draft#who", "one switch must not undo the other: {kept}");
    }
    let within = text(pages.get("/forms/staff/2025Sep?org=s1&accepted=1").await, StatusCode::OK).await;
    assert!(within.contains("Лесная СОШ") && within.contains("<dt>Ожидается</dt><dd>1</dd>"), "{within}");
    assert!(within.contains("/forms/staff/2025Sep/book.xlsx?org=s1&amp;accepted=1"), "the workbook follows the page");
    assert!(within.contains("?org=s1&amp;show=draft&amp;accepted=1#who"));
    text(pages.get("/forms/staff/2025Sep?org=nowhere").await, StatusCode::NOT_FOUND).await;
    text(pages.get("/forms/staff/2025Sep/book.xlsx?org=nowhere").await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_pages_are_not() {
    let pages = pages().await;
    let home = pages.get("/").await;
    assert_eq!(home.0.headers()["cache-control"], "no-store");
    let page = text(home, StatusCode::OK).await;
    let style = page.split("href=\"/assets/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let asset = pages.get(&format!("/assets/{style}")).await;
    assert!(asset.0.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    assert!(!page.contains(" style=") && !page.contains("http://"), "nothing inline, nothing foreign");
}

const SHEET: &str = "Код школы;Учителей;Молодых\ns1;25;3\ns2/б;40;50\n999;12;1\n";

impl<E: Endpoint<Output = Response>> Pages<E> {
    /// Sends fields and a file as browsers write them, the name of the file in its own letters.
    async fn send_parts(&self, fields: &[(&str, &str)], sheet: Option<&str>) -> TestResponse {
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!("--part\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        if let Some(sheet) = sheet {
            let head =
                "content-disposition: form-data; name=\"file\"; filename=\"C:\\свод.csv\"\r\ncontent-type: text/csv";
            body += &format!("--part\r\n{head}\r\n\r\n{sheet}\r\n");
        }
        body += "--part--\r\n";
        let request = self.client.post("/import").header("host", "localhost");
        request.content_type("multipart/form-data; boundary=part").body(body).send().await
    }

    async fn upload(&self, sheet: &str, period: &str) -> TestResponse {
        self.send_parts(&[("form", "staff"), ("period", period), ("recipe", "")], Some(sheet)).await
    }
}

#[tokio::test]
async fn an_import_is_looked_at_first_applied_as_shown_and_taken_back() {
    let pages = pages().await;
    let plan = text(pages.upload(SHEET, "2025/26").await, StatusCode::OK).await;
    for said in ["свод.csv", "Не приняты 3 ячейки", "свод!C3", "Больше, чем учителей всего", "«999»"]
    {
        assert!(plan.contains(said), "{said}: {plan}");
    }
    assert_eq!(pages.stored("s1").await.state(), State::Empty, "nothing is written by looking");
    let names = ["form", "period", "recipe", "hash", "seal"];
    let again: Vec<(&str, String)> = names.iter().map(|name| (*name, value_of(&plan, name))).collect();
    let fields: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = text(pages.post("/import/apply", &fields).await, StatusCode::OK).await;
    assert!(done.contains("Загрузка № 1 выполнена"));
    assert_eq!(pages.stored("s1").await.answers.get("teachers"), Some(&json!(25)));
    let history = text(pages.get(&format!("{REPORT}/history")).await, StatusCode::OK).await;
    assert!(history.contains("свод!B2") && history.contains("файл «свод.csv»"));

    let undone = pages.do_and_look("/import/undo", &[("batch", "1")]).await;
    assert!(undone.contains("Загрузка № 1 отменена"));
    assert_eq!(pages.stored("s1").await.state(), State::Empty);
}

#[tokio::test]
async fn a_plan_that_has_grown_old_is_shown_again() {
    let pages = pages().await;
    let plan = text(pages.upload(&SHEET.replace("25", "26"), "2025/26").await, StatusCode::OK).await;
    pages.do_and_look(REPORT, &[("a:teachers", "30"), ("a:site", "https://school.example/"), ("do", "send")]).await;
    let confirm = text(pages.get(&format!("{REPORT}/send")).await, StatusCode::OK).await;
    pages.do_and_look(&format!("{REPORT}/send"), &[("seal", &value_of(&confirm, "seal"))]).await;
    let names = ["form", "period", "recipe", "hash", "seal"];
    let again: Vec<(&str, String)> = names.iter().map(|name| (*name, value_of(&plan, name))).collect();
    let fields: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let shown = text(pages.post("/import/apply", &fields).await, StatusCode::OK).await;
    assert!(shown.contains("Ничего не записано") && shown.contains("Школа сама указала другое значение"));
    assert_eq!(pages.stored("s1").await.answers.get("teachers"), Some(&json!(30)));
}

#[tokio::test]
async fn bad_files_and_periods_are_said_and_the_file_is_not_asked_for_twice() {
    let pages = pages().await;
    for (sheet, said) in [
        ("", "Выберите файл"),
        ("\u{0}\u{1}\u{2}", "Это не таблица"),
        ("Имя;Возраст\nа;1\n", "строка с заголовками столбцов"),
    ] {
        let page = text(pages.upload(sheet, "2025/26").await, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(page.contains(said), "{said}: {page}");
        assert_eq!(value_of(&page, "period"), "2025/26");
    }
    let page = text(pages.upload(SHEET, "2025").await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(page.contains("непонятно, какой учебный год") && page.contains("уже прислан"), "{page}");
    let hash = value_of(&page, "hash");
    let again = pages.send_parts(&[("form", "staff"), ("period", "2025/26"), ("hash", &hash)], None).await;
    assert!(text(again, StatusCode::OK).await.contains("Что будет загружено"));
}

#[tokio::test]
async fn the_workbook_is_downloaded_under_its_name() {
    let pages = pages().await;
    let book = pages.get("/forms/staff/2025Sep/book.xlsx").await;
    book.assert_status_is_ok();
    assert!(book.0.headers()["content-disposition"].to_str().unwrap().contains("staff_2025Sep"));
    assert_eq!(book.0.headers().get_all("content-type").iter().count(), 1);
    assert!(book.0.into_body().into_bytes().await.unwrap().starts_with(b"PK"));
}

#[test]
fn the_server_opens_to_a_network_only_when_told_how() {
    let folder = tempfile::tempdir().unwrap();
    let mut svod = std::process::Command::new(env!("CARGO_BIN_EXE_svod"));
    let ended = svod.current_dir(&folder).args(["serve", "--listen", "0.0.0.0:8080"]).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("--behind-proxy"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing was made");
}

#[tokio::test]
async fn a_draft_is_deleted_after_a_word_and_can_be_brought_back() {
    let pages = pages().await;
    let page = pages.do_and_look(REPORT, &[("a:teachers", "40"), ("do", "save")]).await;
    assert!(page.contains("/discard\">Удалить черновик</a>"));
    let discard = format!("{REPORT}/discard");
    let asked = text(pages.get(&discard).await, StatusCode::OK).await;
    assert!(asked.contains("Удалить черновик?") && asked.contains("не начатым"));
    let other = text(pages.post(&discard, &[("seal", "of another time")]).await, StatusCode::OK).await;
    assert!(other.contains("черновик изменился"));
    let gone = pages.do_and_look(&discard, &[("seal", &value_of(&asked, "seal"))]).await;
    assert!(gone.contains("Черновик удалён") && gone.contains("Вернуть черновик"));
    assert_eq!(pages.stored("s1").await.state(), State::Empty);
    let back = pages.do_and_look(&discard, &[("do", "recover")]).await;
    assert!(back.contains("Черновик возвращён") && !back.contains("Вернуть черновик"));
    assert_eq!(value_of(&back, "a:teachers"), "40");
    let history = text(pages.get(&format!("{REPORT}/history")).await, StatusCode::OK).await;
    assert!(history.contains("<h2>Черновик удалён</h2>"));
}

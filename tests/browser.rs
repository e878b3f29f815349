//! A real browser fills, errs, corrects and sends; every page fits a phone. Skipped with a word where there is none.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the helpers of a test fail as the test does"
)]

#[path = "common/chromium.rs"]
mod chromium;
#[path = "common/district.rs"]
mod district;
#[path = "common/skip.rs"]
mod skip;

use std::time::Duration;

use chromium::Browser;
use district::{District, TWO_SCHOOLS};
use svod::access::Actor;
use svod::db::Db;
use svod::indicator::Query;
use svod::lang::Lang;
use svod::period::Period;
use svod::report::{self, link, version};
use svod::sheet::{self, Grid};
use svod::web::{door::Door, serve};
use svod::{export, form, org};
use thirtyfour::prelude::*;

const FORM: &str = include_str!("fixtures/web/staff.toml");
const PROOF: &str = include_str!("forms/ok/proof.toml");
const REPEATS: &str = include_str!("forms/ok/repeats.toml");
/// A name that a phone has no room for.
const LONG: &str = "Муниципальное бюджетное общеобразовательное учреждение «Лесная средняя школа»";

/// A server with two schools and a browser in front of it.
struct Desk {
    browser: Browser,
    driver: WebDriver,
    base: String,
    db: Db,
    _folder: tempfile::TempDir,
}

impl Desk {
    async fn set(width: u32) -> Option<Desk> {
        Desk::with(width, FORM).await
    }

    async fn with(width: u32, form: &str) -> Option<Desk> {
        let browser = Browser::start(width).await?;
        let schools = TWO_SCHOOLS.map(|row| if row[0] == "s1" { [row[0], LONG, row[2], row[3]] } else { row });
        let district = District::new(&schools, &[form::read(form, "form.toml").unwrap()]).await;
        let (tell, told) = tokio::sync::oneshot::channel();
        tokio::spawn(serve(district.site(), Door::local(), move |at| tell.send(at).unwrap()));
        let base = format!("http://{}", told.await.unwrap());
        Some(Desk { driver: browser.driver.clone(), browser, base, db: district.db, _folder: district.folder })
    }

    async fn open(&self, address: &str) {
        self.driver.goto(format!("{}{address}", self.base)).await.unwrap();
    }

    async fn find(&self, css: &str) -> WebElement {
        self.driver.query(By::Css(css)).first().await.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    async fn typed(&self, path: &str, text: &str) {
        let css = format!("[name='a:{path}']");
        for _ in 0..20 {
            let field = self.find(&css).await;
            if field.clear().await.is_ok() && field.send_keys(text).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{css} cannot be typed into");
    }

    /// Clicks; a piece of the page may be renewed between finding it and clicking it.
    async fn press(&self, css: &str) {
        // The bar with the buttons lies over the end of the window, where the driver would stop scrolling.
        let middle = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})";
        for _ in 0..20 {
            let found = self.find(css).await;
            let seen = self.driver.execute(middle, vec![found.to_json().unwrap()]).await;
            if seen.is_ok() && found.click().await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{css} cannot be clicked");
    }

    /// Waits until the draft is kept, so that nothing on the page is about to be renewed.
    async fn kept(&self) {
        tokio::time::sleep(Duration::from_millis(400)).await;
        self.says("#autosave", "Черновик сохранён").await;
    }

    /// Waits until an element says something.
    async fn says(&self, css: &str, text: &str) {
        for _ in 0..50 {
            if let Ok(found) = self.driver.find(By::Css(css)).await
                && found.text().await.is_ok_and(|said| said.contains(text))
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{css} never said {text:?}:\n{}", self.driver.source().await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_fills_errs_corrects_and_sends_and_the_value_stands_in_the_workbook() {
    let Some(desk) = Desk::set(1280).await else { return };
    desk.open("/").await;
    desk.typed_plain("#other-staff", "2025/26").await;
    desk.press(".choose button").await;
    desk.press("a.primary").await;
    desk.typed_plain("#q", "лесная").await;
    desk.press(".search button").await;
    desk.press(".picks a").await;

    // A fault stands beside its field as soon as the field is left, and the draft is kept already.
    desk.typed("teachers", "сорок").await;
    desk.typed("young", "10").await;
    desk.typed("site", "https://school.example/").await;
    desk.says("#q-teachers .fault", "целое число").await;
    desk.typed("teachers", "40").await;
    desk.press("[name='a:young']").await;
    desk.says("#q-young_share output", "25").await;
    desk.kept().await;

    // A question that became relevant comes without leaving the page.
    desk.press("[name='a:second'][value='yes']").await;
    desk.find("[name='a:second_which']").await;
    desk.press("button[value='send']").await;
    desk.says("#faults", "Какой?").await;
    desk.press("#faults a").await;
    let focused = desk.driver.active_element().await.unwrap();
    assert_eq!(
        focused.attr("name").await.unwrap().as_deref(),
        Some("a:second_which"),
        "the summary leads to the field"
    );

    desk.press("[name='a:second'][value='no']").await;
    desk.press("button[value='send']").await;
    desk.says("h1", "Отправить отчёт?").await;
    desk.press("button.primary").await;
    desk.says(".box.good", "Отчёт отправлен").await;

    desk.press(".bar a.button").await;
    desk.typed("young", "12").await;
    desk.press("button[value='send']").await;
    desk.says("h1", "Отправить отчёт?").await;
    desk.press("button.primary").await;
    desk.says(".box.good", "Отчёт отправлен").await;
    desk.press("a[href$='/history']").await;
    desk.says(".deeds", "12").await;

    let query = Query::new("staff", Period::from_id("2025Sep").unwrap(), Actor::operator().scope());
    let book = export::actions::workbook(&desk.db, &Actor::operator(), &query, Lang::Ru).await.unwrap();
    let book = sheet::read(&book.bytes, &book.name).unwrap();
    let cells = || book.sheets.iter().flat_map(Grid::rows).flat_map(|(_, row)| row.iter().map(|(_, cell)| cell.text()));
    assert!(cells().any(|text| text == "30"), "12 of 40 teachers are 30 %");
    desk.driver.clone().quit().await.unwrap();
}

/// The script computes by itself, by the same laws: no answer of the server can have come.
#[tokio::test(flavor = "multi_thread")]
async fn figures_and_constraints_follow_at_once_without_the_server() {
    let Some(desk) = Desk::set(1280).await else { return };
    desk.open("/report/staff/2025Sep/s1").await;
    desk.driver.execute("window.fetch = () => new Promise(() => {})", vec![]).await.unwrap();
    desk.typed("teachers", "1 600").await;
    desk.typed("young", "10").await;
    desk.says("#q-young_share output", "0,63").await;
    desk.typed("young", "1700").await;
    desk.says("#q-young .fault", "Больше, чем учителей всего").await;
    desk.typed("teachers", "2000").await;
    desk.says("#q-young_share output", "85").await;
    assert!(desk.driver.find(By::Css("#q-young .fault")).await.is_err(), "what is mended is not scolded any more");
    desk.typed("grades/g5/pupils", "55").await;
    desk.typed("grades/g5/classes", "2").await;
    desk.says("[id='q-grades:g5:average'] output", "27,5").await;
    desk.typed("grades/g5/classes", "нет").await;
    desk.says("[id='q-grades:g5:average'] output", "—").await;
    desk.driver.clone().quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_methodist_writes_a_form_tries_it_and_publishes_it() {
    let Some(desk) = Desk::set(1280).await else { return };
    desk.open("/forms/new?from=staff").await;
    desk.typed_plain("#title", "Кадры, короткая форма").await;
    desk.typed_plain("#id", "short").await;
    desk.press("button.primary").await;
    desk.says("#form-state", "Ошибок нет").await;

    // A fault is said while typing, on its line, and the list leads there; the last sound form stays to be seen.
    let replace = async |from: &str, to: &str| write(&desk, from, to).await;
    replace("name = \"teachers\"\ntype = \"integer\"", "name = \"teachers\"\ntype = \"integr\"").await;
    desk.says("#form-state", "ошибк").await;
    desk.says("#form-faults", "integer").await;
    desk.find(".gutter .bad").await;
    desk.find(".preview.stale [name='a:teachers']").await;
    desk.press("#form-faults a").await;
    desk.says("#line-fault", "integr").await;
    replace("integr\"", "integer\"").await;
    desk.says("#form-state", "Ошибок нет").await;

    // Tab indents; Escape and then Tab leaves the field.
    let text = desk.find("#text").await;
    text.send_keys(Key::Home + Key::Tab + "#").await.unwrap();
    let value = text.prop("value").await.unwrap().unwrap();
    assert!(value.contains("\n  #"), "{value}");
    text.send_keys(Key::Escape + Key::Tab).await.unwrap();
    let focused = desk.driver.active_element().await.unwrap().attr("id").await.unwrap();
    assert_ne!(focused.as_deref(), Some("text"));
    desk.browser.inspect("the editor with a gutter").await;

    desk.typed("teachers", "40").await;
    desk.typed("young", "50").await;
    desk.press("button[value='try']").await;
    desk.says("#tryout", "отчёт не отправить").await;
    desk.typed("young", "10").await;
    desk.press("button[value='try']").await;
    desk.says("#q-young_share output", "25").await;

    looks_back(&desk).await;
    desk.press("button[value='publish']").await;
    desk.says("h1", "Опубликовать форму?").await;
    desk.press("button.primary").await;
    desk.says(".box.good", "Версия 1 опубликована").await;
    desk.driver.clone().quit().await.unwrap();
}

/// A rule that looks back asks what to look at; what is wrong with that is said beside it.
async fn looks_back(desk: &Desk) {
    let rule = "name = \"grown\"\ntest = \"${teachers} >= previous(${teachers})\"\nmessage = \"Стало меньше\"";
    let (check, with) = ("[[check]]", format!("[[check]]\n{rule}\n\n[[check]]"));
    write(desk, check, &with).await;
    desk.press("#around summary").await;
    desk.typed_plain("[name='previous:1']", "{ \"teachers\": 41 ").await;
    desk.press("button[value='try']").await;
    desk.says("#around", "Запись JSON не читается").await;
    desk.find("[name='previous:1'][aria-invalid=true]").await;
    desk.typed_plain("[name='previous:1']", "}").await;
    desk.press("button[value='try']").await;
    desk.says("#preview-body", "Стало меньше").await;
    desk.find("[name='previous:1']:not([aria-invalid])").await;
    desk.browser.inspect("answers of the year before").await;
    write(desk, &with, check).await;
    desk.says("#form-state", "Ошибок нет").await;
}

/// Writes something else into the text of a form.
async fn write(desk: &Desk, from: &str, to: &str) {
    let script = "const t = document.getElementById('text'); t.value = t.value.replace(arguments[0], arguments[1]);
                 t.dispatchEvent(new Event('input', {bubbles: true}));";
    desk.driver.execute(script, vec![from.into(), to.into()]).await.unwrap();
}

/// Lets the data file grow by no page any more, or without bound.
async fn room(db: &Db, free: bool) {
    let mut writer = db.write().await.unwrap();
    let pages: i64 = sqlx::query_scalar("pragma page_count").fetch_one(&mut *writer).await.unwrap();
    let most = format!("pragma max_page_count = {}", if free { 1_000_000 } else { pages });
    sqlx::query(sqlx::AssertSqlSafe(most)).execute(&mut *writer).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_full_disk_refuses_stays_on_the_page_until_it_can_be_saved() {
    let Some(desk) = Desk::set(390).await else { return };
    room(&desk.db, false).await;
    desk.open("/report/staff/2025Sep/s1").await;
    let long = "Ремонт второго корпуса затянулся. ".repeat(150).trim().to_owned();
    desk.typed("comment", &long).await;
    desk.typed("teachers", "40").await;
    desk.press("[name='a:young']").await;
    desk.says("#autosave", "Не удалось сохранить").await;
    desk.press(".bar button[value='save']").await;
    desk.says("#refused", "На диске нет места").await;
    let kept = async |name: &str| desk.find(&format!("[name='a:{name}']")).await.prop("value").await.unwrap();
    assert_eq!((kept("teachers").await, kept("comment").await), (Some("40".to_owned()), Some(long.clone())));
    desk.browser.inspect("a full disk").await;

    room(&desk.db, true).await;
    desk.press(".bar button[value='save']").await;
    desk.says(".box.good", &Lang::Ru.t("web.saved")).await;
    assert_eq!(kept("teachers").await, Some("40".to_owned()));
    desk.driver.clone().quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_a_phone_and_breaks_no_rule_of_its_own() {
    for width in [320, 390, 1280] {
        let Some(desk) = Desk::set(width).await else { return };
        let report = "/report/staff/2025Sep/s1";
        let pages = [
            "/",
            "/orgs",
            "/orgs/new",
            "/orgs/import",
            "/orgs/groups",
            "/orgs/merge",
            "/orgs/merge?kept=s1&other=s2",
            "/org/s1",
            "/org/s1/edit",
            "/org/s1/close",
            "/help",
            "/help/forms",
            "/import",
            "/copies",
            "/forms",
            "/forms/new",
            "/form/staff",
            "/form/staff/edit",
            "/forms/staff/2025Sep",
            "/report/staff/2025Sep",
            "/accounts",
            "/accounts/schools",
            "/links",
            "/links/staff/2025Sep",
            "/links/staff/2025Sep/new",
            "/fill",
            "/invite",
            report,
            "/none",
        ];
        for address in pages {
            desk.open(address).await;
            desk.browser.inspect(address).await;
        }
        desk.driver.clone().quit().await.unwrap();
    }
}

impl Desk {
    async fn typed_plain(&self, css: &str, text: &str) {
        self.find(css).await.send_keys(text).await.unwrap();
    }
}

/// Rows come and go in their place, with what is typed in the others; what is stored is what the page says.
#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_repeat_are_added_and_deleted_on_a_phone() {
    let Some(desk) = Desk::with(390, REPEATS).await else { return };
    desk.open("/report/repeats/2025/s1?edit=1").await;
    desk.press("button[data-rows=add]").await;
    desk.typed("team[1]/who", "Первая").await;
    desk.press("button[data-rows=add]").await;
    desk.typed("team[2]/who", "Вторая").await;
    desk.press("button[data-rows=add]").await;
    desk.typed("team[3]/who", "Третья").await;
    desk.kept().await;
    desk.press("button[value='remove:team[2]']").await;
    desk.says("#autosave", "Строка удалена").await;
    desk.says(".table-question", "Строка 2").await;
    let value = desk.find("[name='a:team[2]/who']").await.value().await.unwrap();
    assert_eq!(value.as_deref(), Some("Третья"));

    // What was deleted by mistake comes back where it stood, and typing goes on in it.
    desk.says(".deleted-rows", "Вторая").await;
    desk.press("button[value='restore:1']").await;
    desk.says("#autosave", "Строка возвращена").await;
    let value = async |row: usize| desk.find(&format!("[name='a:team[{row}]/who']")).await.value().await.unwrap();
    assert_eq!((value(2).await.as_deref(), value(3).await.as_deref()), (Some("Вторая"), Some("Третья")));
    assert!(desk.driver.find(By::Css(".deleted-rows")).await.is_err());
    let focused = desk.driver.active_element().await.unwrap().attr("name").await.unwrap();
    assert_eq!(focused.as_deref(), Some("a:team[2]/who"));
    desk.press("button[value='remove:team[2]']").await;
    desk.says(".deleted-rows", "Вторая").await;
    desk.browser.inspect("a deleted row").await;
    let wide =
        desk.driver.execute("return document.documentElement.scrollWidth - innerWidth", Vec::new()).await.unwrap();
    assert_eq!(wide.json().as_i64(), Some(0), "the page scrolls sideways");
    let about = org::actions::by_code(&desk.db, &Actor::operator(), "s1").await.unwrap();
    let form = form::read(REPEATS, "repeats.toml").unwrap();
    let key = report::Key::new(&form, Period::from_id("2025").unwrap(), about.id);
    let view = report::actions::correct(&desk.db, &Actor::operator(), &key).await.unwrap();
    let who = |row: usize| view.answers.get(&format!("team[{row}]/who")).and_then(|answer| answer.as_str());
    assert_eq!([who(1), who(2), who(3)], [Some("Первая"), Some("Третья"), None]);
}

/// The whole way of a school without an account, as the letter says it, at the width of a phone.
#[tokio::test(flavor = "multi_thread")]
async fn a_school_opens_a_link_on_a_phone_fills_and_sends() {
    let Some(desk) = Desk::set(390).await else { return };
    let operator = Actor::operator();
    let form = version::actions::newest(&desk.db, &operator, "staff").await.unwrap();
    let wanted = link::actions::Wanted { orgs: vec!["s1".to_owned()], last_day: link::actions::usual_end() };
    let task = (&form, Period::from_id("2025Sep").unwrap());
    let made = link::actions::make(&desk.db, &operator, task, &wanted).await.unwrap();

    desk.open("/fill").await;
    desk.typed_plain("#key", &made[0].secret.spelled().to_lowercase()).await;
    desk.press("button.primary").await;
    desk.says(".lead", "Вы заполняете форму «Кадры и условия обучения» за 2025/26 учебный год").await;
    desk.browser.inspect("what a link opens").await;
    desk.press("button.primary").await;
    desk.says(".visitor", "ссылка № 1").await;
    desk.typed("teachers", "40").await;
    desk.typed("young", "10").await;
    desk.typed("site", "https://school.example/").await;
    desk.press("[name='a:second'][value='no']").await;
    desk.kept().await;
    desk.browser.inspect("a report by a link").await;
    desk.press("button[value='send']").await;
    desk.says("h1", "Отправить отчёт?").await;
    desk.press("button.primary").await;
    desk.says(".box.good", "отправлено по ссылке № 1").await;
    desk.browser.inspect("sent by a link").await;
    desk.open("/").await;
    desk.says("#state", "Отправлен").await;
    desk.press(".visitor button").await;
    desk.says(".box.good", "Вы вышли").await;

    desk.open(&format!("/fill?key={}", made[0].secret.text())).await;
    desk.press("button.primary").await;
    desk.says("#state", "Отправлен").await;
    link::actions::revoke(&desk.db, &operator, task, &link::actions::Which::All).await.unwrap();
    desk.press(".bar a.button").await;
    desk.says("h1", "Ссылка больше не действует").await;
    desk.browser.inspect("a link that was taken back").await;
    desk.driver.clone().quit().await.unwrap();
}

/// Rows that came or went are judged at once, before the server has said anything of the next answer.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_added_are_judged_at_once() {
    let Some(desk) = Desk::with(1280, REPEATS).await else { return };
    desk.open("/report/repeats/2025/s1?edit=1").await;
    for row in 1..=3 {
        desk.press("button[data-rows=add]").await;
        desk.find(&format!("[name='a:team[{}]/who']", row + 1)).await;
    }
    desk.typed("team[2]/years", "40").await;
    desk.kept().await;
    desk.press("button[value='remove:team[2]']").await;
    desk.says(".deleted-rows", "40").await;
    desk.driver.execute("window.fetch = () => new Promise(() => {})", vec![]).await.unwrap();
    desk.typed("team[3]/years", "70").await;
    desk.says("[id='q-team[3]:years'] .fault", "не проходит проверку").await;
    desk.typed("team[3]/years", "7").await;
    let scolded = desk.driver.find(By::Css("[id='q-team[3]:years'] .fault")).await;
    assert!(scolded.is_err(), "what is mended is not scolded any more");
    desk.driver.clone().quit().await.unwrap();
}

/// On a phone a file goes into its row in passing, and stays there while rows come, go and come back around it.
#[tokio::test(flavor = "multi_thread")]
async fn files_in_rows_stay_with_their_rows_on_a_phone() {
    let Some(desk) = Desk::with(390, PROOF).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Доклад о чтении.pdf");
    std::fs::write(&file, b"%PDF-1.7\n1 0 obj\n").unwrap();
    desk.open("/report/proof/2025Sep/s1?edit=1").await;
    for row in 1..=2 {
        desk.press("[data-rows=add][value='add:talks']").await;
        desk.typed(&format!("talks[{row}]/topic"), &format!("Тема {row}")).await;
    }
    desk.kept().await;
    desk.find("[name='file:talks[2]/paper']").await.send_keys(file.display().to_string()).await.unwrap();
    desk.says("[id='q-talks[2]:paper'] .attached", "Доклад о чтении.pdf").await;
    desk.browser.inspect("a file in a row").await;

    // Something wrong elsewhere, and a file that is not taken, leave it where it is.
    desk.typed("teachers", "много").await;
    let wrong = folder.path().join("письмо.exe");
    std::fs::write(&wrong, b"MZ").unwrap();
    desk.find("[name='file:talks[1]/paper']").await.send_keys(wrong.display().to_string()).await.unwrap();
    desk.says("[id='q-talks[1]:paper'] .fault", "не подходит по типу").await;
    desk.says("[id='q-talks[2]:paper'] .attached", "Доклад о чтении.pdf").await;

    desk.press("button[value='remove:talks[2]']").await;
    desk.says(".deleted-rows", "Тема 2, Доклад о чтении.pdf").await;
    desk.press("button[value='remove:talks[1]']").await;
    desk.says(".deleted-rows", "Тема 1").await;
    desk.press("button[value='restore:1']").await;
    desk.says("[id='q-talks[1]:paper'] .attached", "Доклад о чтении.pdf").await;
    desk.browser.inspect("a file in a row that came back").await;
    let take = "const link = document.querySelector('.attached a');
                return fetch(link.href).then((answer) => answer.text())";
    let text = desk.driver.execute(take, vec![]).await.unwrap();
    assert!(text.json().as_str().unwrap().starts_with("%PDF-1.7"));
    desk.press("button[name=drop]").await;
    desk.says(".box.good", "Черновик сохранён").await;
    assert!(desk.driver.find(By::Css(".attached")).await.is_err());
    desk.driver.clone().quit().await.unwrap();
}

//! A real browser fills, errs, corrects and sends; every page fits a phone. Skipped with a word where there is none.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the helpers of a test fail as the test does"
)]

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use svod::access::Actor;
use svod::db::Db;
use svod::indicator::Query;
use svod::lang::Lang;
use svod::period::Period;
use svod::report::version;
use svod::sheet::{self, Book, Cell, Grid};
use svod::web::{Site, serve};
use svod::{export, form, org};
use thirtyfour::prelude::*;

const FORM: &str = include_str!("fixtures/web/staff.toml");

/// A server with two schools and a browser in front of it.
struct Desk {
    driver: WebDriver,
    base: String,
    db: Db,
    _chromedriver: Running,
    _folder: tempfile::TempDir,
}

/// A child that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The paths of the browser and its driver; nothing where one is missing and nobody insists.
fn browser() -> Option<String> {
    let found = |name: &str| {
        let dirs = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&dirs).map(|dir| dir.join(name)).find(|path| path.is_file())
    };
    let chromium = found("chromium").or_else(|| found("google-chrome"));
    if let (Some(chromium), Some(_)) = (chromium, found("chromedriver")) {
        return Some(chromium.display().to_string());
    }
    let insisted = std::env::var("SVOD_REQUIRE_PARTS").is_ok_and(|value| value == "1");
    assert!(!insisted, "chromium and chromedriver are needed here (SVOD_REQUIRE_PARTS=1)");
    eprintln!("skipped: no chromium or no chromedriver on this machine");
    None
}

impl Desk {
    async fn set(width: u32) -> Option<Desk> {
        let chromium = browser()?;
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(folder.path()).await.unwrap();
        prepare(&db).await;
        let site = Site { db: db.clone(), actor: Actor::operator(), lang: Lang::Ru, demo: false };
        let (tell, told) = tokio::sync::oneshot::channel();
        let listen: SocketAddr = "127.0.0.1:0".parse().unwrap();
        tokio::spawn(serve(site, listen, move |at| tell.send(at).unwrap()));
        let base = format!("http://{}", told.await.unwrap());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut chromedriver = Command::new("chromedriver");
        chromedriver.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let chromedriver = Running(chromedriver.spawn().unwrap());
        let profile = folder.path().join("profile").display().to_string();
        let driver = drive(&chromium, (port, width), &profile).await;
        Some(Desk { driver, base, db, _chromedriver: chromedriver, _folder: folder })
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

async fn prepare(db: &Db) {
    let rows = [
        ["Код", "Наименование", "Тип", "Вышестоящая"],
        ["r", "Приозёрный край", "Регион", ""],
        ["m", "Лесной муниципальный округ", "Муниципалитет", "r"],
        ["s1", "Муниципальное бюджетное общеобразовательное учреждение «Лесная средняя школа»", "Школа", "m"],
        ["s2", "МБОУ «Луговая СОШ»", "Школа", "m"],
    ];
    let cells = |row: &[&str; 4]| row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
    let sheet = Grid::from_rows("Лист1", rows.iter().map(cells).collect(), Vec::new());
    let book = Book { name: "реестр.xlsx".to_owned(), sheets: vec![sheet] };
    org::actions::import(db, &Actor::operator(), &book).await.unwrap();
    let form = form::read(FORM, "staff.toml").unwrap();
    version::actions::publish(db, &Actor::operator(), &[form]).await.unwrap();
}

async fn drive(chromium: &str, (port, width): (u16, u32), profile: &str) -> WebDriver {
    let mut wanted = DesiredCapabilities::chrome();
    wanted.set_binary(chromium).unwrap();
    let profile = format!("--user-data-dir={profile}");
    let quiet = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"];
    let offline = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    for argument in quiet.into_iter().chain(offline).chain([profile.as_str(), "--window-size=1280,900"]) {
        wanted.add_arg(argument).unwrap();
    }
    if width < 600 {
        let phone = json!({"deviceMetrics": {"width": width, "height": 800, "pixelRatio": 1.0, "touch": true}});
        wanted.add_experimental_option("mobileEmulation", phone).unwrap();
    }
    let address = format!("http://127.0.0.1:{port}");
    for _ in 0..100 {
        if let Ok(driver) = WebDriver::new(&address, wanted.clone()).await {
            return driver;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("chromedriver does not answer");
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

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_a_phone_and_breaks_no_rule_of_its_own() {
    for width in [320, 390, 1280] {
        let Some(desk) = Desk::set(width).await else { return };
        let report = "/report/staff/2025Sep/s1";
        let pages = [
            "/",
            "/orgs",
            "/help",
            "/help/forms",
            "/import",
            "/forms/staff/2025Sep",
            "/report/staff/2025Sep",
            report,
            "/none",
        ];
        for address in pages {
            desk.open(address).await;
            let found = desk.driver.execute(INSPECTION, vec![]).await.unwrap();
            let found = found.json().as_array().unwrap().clone();
            assert!(found[0].as_u64().unwrap() <= u64::from(width), "{address} is wider than {width}: {}", found[0]);
            assert_eq!(found[1], 1, "{address}: the style sheet is taken");
            assert_eq!(found[2], json!([]), "{address}: controls without a name");
            assert_eq!(found[3], json!([]), "{address}: one id twice");
        }
        desk.driver.clone().quit().await.unwrap();
    }
}

/// The width of the page, its style sheets, controls that nobody names, ids that stand twice.
const INSPECTION: &str = "
    const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
    const named = (one) => one.labels?.length || one.hasAttribute('aria-label') || one.hasAttribute('aria-labelledby');
    const controls = [...document.querySelectorAll('input:not([type=hidden]), select, textarea')];
    return [document.documentElement.scrollWidth, document.styleSheets.length,
        controls.filter((one) => !named(one)).map((one) => one.name), ids.filter((id, i) => ids.indexOf(id) !== i)]";

impl Desk {
    async fn typed_plain(&self, css: &str, text: &str) {
        self.find(css).await.send_keys(text).await.unwrap();
    }
}

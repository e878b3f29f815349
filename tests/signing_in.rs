//! Three people sign in, each in a browser of their own: the school fills and sends, the methodist of another district
//! does not find its report, the department sees that it was sent. Skipped with a word where there is no browser.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the helpers of a test fail as the test does"
)]

#[allow(dead_code, reason = "other tests look at pages as wholes")]
#[path = "common/chromium.rs"]
mod chromium;
#[path = "common/district.rs"]
mod district;
#[path = "common/people.rs"]
mod people;
#[path = "common/skip.rs"]
mod skip;

use chromium::Browser;
use district::{District, Row};
use people::{PASSWORD, person};
use svod::access::{Actor, Role};
use svod::form;
use svod::web::door::Door;
use svod::web::{Site, serve};
use thirtyfour::prelude::*;

const FORM: &str = include_str!("rights/own.toml");
const REPORT: &str = "/report/own/2025Sep/s1";

const TWO_DISTRICTS: [Row; 5] = [
    ["r", "Приозёрный край", "Регион", ""],
    ["m1", "Лесной район", "Муниципалитет", "r"],
    ["m2", "Степной район", "Муниципалитет", "r"],
    ["s1", "Лесная СОШ", "Школа", "m1"],
    ["s2", "Степная СОШ", "Школа", "m2"],
];

/// Somebody at a browser.
struct Seat {
    browser: Browser,
    base: String,
}

impl Seat {
    /// Takes a seat and signs in on the way to a page.
    async fn take(base: &str, login: &str, to: &str, width: u32) -> Option<Seat> {
        let seat = Seat { browser: Browser::start(width).await?, base: base.to_owned() };
        seat.open(to).await;
        seat.typed("login", login).await;
        seat.typed("password", PASSWORD).await;
        seat.press("form[action='/enter'] button").await;
        Some(seat)
    }

    async fn open(&self, address: &str) {
        self.browser.driver.goto(format!("{}{address}", self.base)).await.unwrap();
    }

    async fn find(&self, css: &str) -> WebElement {
        self.browser.driver.query(By::Css(css)).first().await.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    async fn typed(&self, name: &str, text: &str) {
        self.find(&format!("[name='{name}']")).await.send_keys(text).await.unwrap();
    }

    async fn press(&self, css: &str) {
        self.find(css).await.click().await.unwrap();
    }

    async fn source(&self) -> String {
        self.browser.driver.source().await.unwrap_or_default().replace('\u{a0}', " ")
    }

    /// Whether the page says something, at once or when it has arrived.
    async fn says(&self, text: &str) -> bool {
        for _ in 0..50 {
            if self.source().await.contains(text) {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        false
    }

    async fn at(&self) -> String {
        self.browser.driver.current_url().await.unwrap().path().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_people_sign_in_and_each_sees_their_own() {
    let district = District::new(&TWO_DISTRICTS, &[form::read(FORM, "own.toml").unwrap()]).await;
    for (login, role, org) in
        [("school", Role::School, "s1"), ("stranger", Role::Methodist, "m2"), ("department", Role::Department, "m1")]
    {
        person(&district.db, login, role, org).await;
    }
    let (tell, told) = tokio::sync::oneshot::channel();
    let site = Site { actor: Actor::nobody(), ..district.site() };
    tokio::spawn(serve(site, Door::local(), move |at| tell.send(at).unwrap()));
    let base = format!("http://{}", told.await.unwrap());

    let Some(school) = Seat::take(&base, "school", REPORT, 390).await else { return };
    assert!(school.says("a:pupils").await);
    assert_eq!(school.at().await, REPORT, "who signs in comes to the page that was asked for");
    school.typed("a:pupils", "120").await;
    school.press(".buttons [value=send]").await;
    assert!(school.says("name=\"seal\"").await);
    school.press("main form button.primary").await;
    assert!(school.says("120").await && school.says("отправлен").await, "sent on a phone");

    let Some(stranger) = Seat::take(&base, "stranger", REPORT, 1280).await else { return };
    assert!(stranger.says("Организации с кодом").await);
    assert!(!stranger.source().await.contains("120") && !stranger.source().await.contains("Лесная"));
    stranger.open("/orgs").await;
    assert!(stranger.says("Степная СОШ").await && !stranger.source().await.contains("Лесная"));

    let Some(department) = Seat::take(&base, "department", "/forms/own/2025Sep", 1280).await else { return };
    assert!(department.says("Лесная СОШ").await && department.says("Скачать таблицу Excel").await);
    department.press(".visitor button").await;
    assert!(department.says("Вы вышли").await);
    department.open(REPORT).await;
    assert_eq!(department.at().await, "/enter", "what was left is closed");
}

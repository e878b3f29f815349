//! A headless Chromium with a profile of its own, as wide as a phone or a desk.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value as Json, json};
use thirtyfour::prelude::*;

/// A child that ends with its test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The browser and what it needs while it runs.
pub struct Browser {
    pub driver: WebDriver,
    width: u32,
    _chromedriver: Running,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A browser with pages of this width, in CSS pixels; nothing where there is none and nobody insists.
    pub async fn start(width: u32) -> Option<Browser> {
        let chromium = path()?;
        let profile = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut chromedriver = Command::new("chromedriver");
        chromedriver.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let chromedriver = Running(chromedriver.spawn().unwrap());
        let driver = drive(&chromium, (port, width), &profile.path().display().to_string()).await;
        Some(Browser { driver, width, _chromedriver: chromedriver, _profile: profile })
    }

    /// Checks what every page must keep: no wider than the window, the style taken, every control named, no id twice.
    /// Returns the page's status and the addresses on this server that it leads to.
    pub async fn inspect(&self, address: &str) -> (u64, Vec<String>) {
        let found = self.driver.execute(INSPECTION, vec![]).await.unwrap();
        let found = found.json().as_array().unwrap().clone();
        let width = self.width;
        assert!(found[0].as_u64().unwrap() <= u64::from(width), "{address} is wider than {width}: {}", found[0]);
        assert_eq!(found[1], 1, "{address}: the style sheet is taken");
        assert_eq!(found[2], json!([]), "{address}: controls without a name");
        assert_eq!(found[3], json!([]), "{address}: one id twice");
        let links = found[5].as_array().unwrap().iter().filter_map(Json::as_str).map(str::to_owned).collect();
        (found[4].as_u64().unwrap(), links)
    }
}

/// The width of the page, its style sheets, controls that nobody names, ids that stand twice, its status, its links.
const INSPECTION: &str = "
    const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
    const named = (one) => one.labels?.length || one.hasAttribute('aria-label') || one.hasAttribute('aria-labelledby');
    const controls = [...document.querySelectorAll('input:not([type=hidden]), select, textarea')];
    return [document.documentElement.scrollWidth, document.styleSheets.length,
        controls.filter((one) => !named(one)).map((one) => one.name), ids.filter((id, i) => ids.indexOf(id) !== i),
        performance.getEntriesByType('navigation')[0].responseStatus,
        [...document.links].filter((one) => one.origin === location.origin).map((one) => one.pathname + one.search)]";

/// Where Chromium is, if its driver is there too.
fn path() -> Option<String> {
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
    super::skip::skipped("no chromium or no chromedriver on this machine");
    None
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

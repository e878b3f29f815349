//! The demonstration as people see it: every page that a link leads to, every sheet that a printer would get.
//!
//! What a program can judge is judged here; with `SVOD_PICTURES=DIR` the pictures are kept for the rest, which
//! `tests/pictures/checklist.md` lists. Pages need Chromium, sheets LibreOffice and pdftotext (with pdftoppm for the
//! pictures); without them a test says that it was skipped.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the helpers of a test fail as the test does"
)]

#[path = "common/chromium.rs"]
mod chromium;
#[path = "common/skip.rs"]
mod skip;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chromium::{Browser, Running};
use regex::Regex;
use serde_json::json;
use svod::sheet::{self, Grid};

/// The demonstration, served in a folder of its own.
struct Demo {
    base: String,
    folder: tempfile::TempDir,
    _server: Running,
}

fn svod(here: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svod"));
    command.current_dir(here).args(["--lang", "ru"]);
    command
}

impl Demo {
    fn start() -> Demo {
        let folder = tempfile::tempdir().unwrap();
        let mut serve = svod(folder.path());
        serve.args(["serve", "--demo", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped());
        let mut server = Running(serve.spawn().unwrap());
        let mut said = BufReader::new(server.0.stderr.take().unwrap()).lines();
        let address = Regex::new("http://[^/]+").unwrap();
        let base = said.by_ref().find_map(|line| Some(address.find(&line.unwrap())?.as_str().to_owned())).unwrap();
        // The server goes on talking; nobody listening must not stop it.
        std::thread::spawn(move || said.for_each(drop));
        Demo { base, folder, _server: server }
    }

    /// The workbook of a form and period, as the command line writes it.
    fn export(&self, form: &str, period: &str) -> PathBuf {
        let path = self.folder.path().join(format!("{form}_{period}.xlsx"));
        let mut export = svod(self.folder.path());
        let output = export.args(["export", form, "--period", period, "--data", "data-demo", "-o"]).arg(&path).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        path
    }
}

/// Where pictures are kept, if somebody wants to look at them.
fn kept(name: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("SVOD_PICTURES")?);
    std::fs::create_dir_all(&folder).unwrap();
    Some(folder.join(name))
}

/// How many pages of one kind are looked at: the same page of two schools is enough.
const ALIKE: usize = 2;

/// What makes two addresses the same kind of page: the words of the route, the form, the names in the query.
fn kind(address: &str) -> String {
    const WORDS: &[&str] = &["report", "forms", "orgs", "import", "help", "history", "send", "edit", "close"];
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    // An organisation is the second part of its address already.
    let named = if parts.first() == Some(&"org") { 0 } else { 1 };
    let known = |(index, part): (usize, &&str)| match index {
        _ if index <= named => (*part).to_owned(),
        _ if WORDS.contains(part) => (*part).to_owned(),
        _ => "*".to_owned(),
    };
    let path: Vec<String> = parts.iter().enumerate().map(known).collect();
    let names: BTreeSet<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("/{}?{}", path.join("/"), names.into_iter().collect::<Vec<_>>().join("&"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_leads_to_a_page_that_fits() {
    for width in [390, 1280] {
        let Some(browser) = Browser::start(width).await else { return };
        let demo = Demo::start();
        let (mut next, mut seen, mut alike) = (VecDeque::from(["/".to_owned()]), BTreeSet::new(), BTreeMap::new());
        let mut looked = 0;
        browser.driver.goto(format!("{}/enter?as=admin", demo.base)).await.unwrap();
        while let Some(address) = next.pop_front() {
            let count = alike.entry(kind(&address)).or_insert(0);
            let is_file = [".xlsx", ".json"].iter().any(|ending| address.contains(ending));
            if is_file || *count == ALIKE || !seen.insert(address.clone()) {
                continue;
            }
            *count += 1;
            looked += 1;
            browser.driver.goto(format!("{}{address}", demo.base)).await.unwrap();
            let (status, links) = browser.inspect(&address).await;
            assert_eq!(status, 200, "{address} is linked to and is not there");
            next.extend(links);
            keep_page(&browser, (width, looked), &address).await;
        }
        assert!(looked >= 20, "only {looked} pages were found by their links");
        browser.driver.quit().await.unwrap();
    }
}

/// A picture of the whole page, down to its end.
async fn keep_page(browser: &Browser, (width, number): (u32, usize), address: &str) {
    let slug: String = address.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(60).collect();
    let Some(path) = kept(&format!("page-{width}-{number:02}{slug}.png")) else { return };
    let tall = browser.driver.execute("return document.documentElement.scrollHeight", vec![]).await.unwrap();
    resize(browser, width, tall.json().as_u64().unwrap().max(800)).await;
    browser.driver.screenshot(&path).await.unwrap();
    resize(browser, width, 800).await;
}

async fn resize(browser: &Browser, width: u32, height: u64) {
    let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
    browser.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await.unwrap();
}

/// A sheet as its workbook describes it.
struct Sheet {
    name: String,
    title: String,
    /// The first headings, where headings are repeated on every page.
    head: Option<Vec<String>>,
    /// How many pages lie beside each other, where the sheet says before which columns they begin.
    beside: Option<usize>,
}

/// The sheets of a workbook with the headings that a printer repeats.
fn sheets(path: &Path) -> Vec<Sheet> {
    let bytes = std::fs::read(path).unwrap();
    let book = sheet::read(&bytes, "book.xlsx").unwrap();
    let mut xml = String::new();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    archive.by_name("xl/workbook.xml").unwrap().read_to_string(&mut xml).unwrap();
    let titles = Regex::new(r#"Print_Titles" localSheetId="(\d+)"[^>]*>[^<]*?\$(\d+):\$\d+<"#).unwrap();
    let repeated: BTreeMap<usize, u32> =
        titles.captures_iter(&xml).map(|c| (c[1].parse().unwrap(), c[2].parse().unwrap())).collect();
    let parted = Regex::new(r#"<colBreaks count="(\d+)""#).unwrap();
    let mut beside = |index: usize| {
        xml.clear();
        let part = format!("xl/worksheets/sheet{}.xml", index + 1);
        archive.by_name(&part).unwrap().read_to_string(&mut xml).unwrap();
        Some(parted.captures(&xml)?[1].parse::<usize>().unwrap() + 1)
    };
    let sheets = book.sheets.iter().enumerate();
    let described = sheets.map(|(index, grid)| Sheet {
        name: grid.name().to_owned(),
        title: row(grid, 0).concat(),
        head: repeated.get(&index).map(|top| row(grid, top - 1).into_iter().take(2).collect()),
        beside: beside(index),
    });
    described.collect()
}

/// The texts of a row, numbered from 0.
fn row(grid: &Grid, number: u32) -> Vec<String> {
    let found = grid.rows().find(|(index, _)| *index == number);
    found.map(|(_, cells)| cells.iter().map(|(_, cell)| cell.text()).collect()).unwrap_or_default()
}

/// The pages that a printer would get, as texts; nothing where LibreOffice or pdftotext is missing and nobody insists.
fn printed(path: &Path) -> Option<Vec<String>> {
    let here = path.parent().unwrap();
    let run = |program: &str, arguments: &[&str]| Command::new(program).current_dir(here).args(arguments).output().ok();
    let profile = format!("-env:UserInstallation=file://{}", here.join("profile").display());
    let pdf = path.with_extension("pdf");
    run("soffice", &[&profile, "--headless", "--convert-to", "pdf", path.to_str().unwrap()]);
    let text = run("pdftotext", &["-layout", pdf.to_str().unwrap(), "-"]).filter(|made| made.status.success());
    let Some(text) = text else {
        let insisted = std::env::var("SVOD_REQUIRE_PARTS").is_ok_and(|value| value == "1");
        assert!(!insisted, "LibreOffice and pdftotext are needed here (SVOD_REQUIRE_PARTS=1)");
        skip::skipped("no LibreOffice (soffice) or no pdftotext on this machine");
        return None;
    };
    if let Some(prefix) = kept(path.file_stem().unwrap().to_str().unwrap()) {
        run("pdftoppm", &["-png", "-r", "70", pdf.to_str().unwrap(), prefix.to_str().unwrap()]);
    }
    let text = String::from_utf8(text.stdout).unwrap();
    Some(text.split('\u{c}').filter(|page| !page.trim().is_empty()).map(str::to_owned).collect())
}

/// Whether all words stand on a page, in whatever lines they were broken into.
fn says(page: &str, words: &str) -> bool {
    let there: BTreeSet<&str> = page.split_whitespace().collect();
    words.split_whitespace().all(|word| there.contains(word))
}

/// Every printed page has its headings, and says in its footer where, when and which page it is; no number is too wide.
#[test]
fn every_sheet_prints_whole() {
    let demo = Demo::start();
    let footer =
        Regex::new(r"Приреченская область · .*20\d\d.* \d\d\.\d\d\.20\d\d \d\d:\d\d .*стр\. \d+ из \d+").unwrap();
    for form in ["exam-results", "social-conditions", "staffing", "programme-2023"] {
        let period = "2021Sep";
        let path = demo.export(form, period);
        let sheets = sheets(&path);
        let Some(pages) = printed(&path) else { return };
        for (number, page) in (1..).zip(&pages) {
            let here = format!("{form}, page {number}:\n{page}");
            assert!(!page.contains("###"), "a number is too wide: {here}");
            assert!(footer.is_match(page), "the footer is not whole: {here}");
            let headed = |sheet: &Sheet| match &sheet.head {
                Some(head) => head.iter().all(|heading| says(page, heading)),
                None => says(page, &sheet.title),
            };
            assert!(sheets.iter().any(headed), "no headings: {here}");
        }
        for sheet in &sheets {
            let there = pages.iter().filter(|page| says(page, &sheet.title)).count();
            assert!(there > 0, "{form}: {} is not printed", sheet.name);
            if let Some(beside) = sheet.beside {
                assert_eq!(there, beside, "{form}: {} is parted where a heading is cut", sheet.name);
            }
        }
    }
}

//! The published case of seed 000, through the command line, a page and the workbook, whichever year comes first.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rust_xlsxwriter::Workbook;
use svod::sheet::{self, Grid};

const SCHOOL: &str = "МБОУ «Ореховская СОШ»";

/// Writes a sheet of texts; what reads as a number is a number.
fn workbook(path: &Path, rows: &[&[&str]]) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0u32..).zip(rows) {
        for (column, text) in (0u16..).zip(*cells) {
            match text.parse::<f64>() {
                Ok(number) if column > 0 => sheet.write_number(row, column, number).unwrap(),
                _ => sheet.write_string(row, column, *text).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

fn svod(dir: &Path, args: &[&str]) -> Output {
    let data = dir.join("data");
    let forms = concat!(env!("CARGO_MANIFEST_DIR"), "/forms");
    let mut command = Command::new(env!("CARGO_BIN_EXE_svod"));
    command.current_dir(dir).args(args).args(["--forms", forms, "--data"]).arg(data).output().unwrap()
}

fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A district of one school, and the notes of two years: 54 % and 31 %, then 43 % and a dash.
fn district(dir: &Path, years: &[&str]) {
    workbook(
        &dir.join("реестр.xlsx"),
        &[
            &["Код", "Наименование", "Тип", "Вышестоящая"],
            &["m", "Обливский район", "Муниципалитет", ""],
            &["s", SCHOOL, "Школа", "m"],
        ],
    );
    done(&svod(dir, &["org", "import", "реестр.xlsx"]));
    done(&svod(dir, &["publish"]));
    for (year, maths, russian) in [("2020-2021", "54", "31"), ("2021-2022", "43", "-")] {
        workbook(
            &dir.join(format!("{year}.xlsx")),
            &[
                &["Справка по итогам ОГЭ"],
                &["Код", "Наименование", "Процедура", "Доля «2», %"],
                &["s", SCHOOL, "ОГЭ математика", maths],
                &["s", SCHOOL, "ОГЭ русский", russian],
            ],
        );
    }
    for year in years {
        let file = format!("{year}.xlsx");
        done(&svod(dir, &["import", &file, "--form", "exam-results", "--period", year, "--recipe", "spravka"]));
    }
}

/// The row of the list that the school stands in, its cells joined.
fn listed(dir: &Path, period: &str) -> String {
    done(&svod(dir, &["export", "exam-results", "--period", period, "-o", "свод.xlsx"]));
    let book = sheet::read_file(&dir.join("свод.xlsx")).unwrap();
    let list: &Grid = book.sheets.iter().find(|sheet| sheet.name().contains("ШНОР")).unwrap();
    let row = list.rows().find(|(_, cells)| cells.iter().any(|(_, cell)| cell.text().contains("Ореховская")));
    let data = book.sheets.iter().find(|sheet| sheet.name() == "Данные").unwrap();
    let ours = data.rows().find(|(_, cells)| cells.iter().any(|(_, cell)| cell.text().contains("Ореховская"))).unwrap();
    let participants = data.rows().flat_map(|(_, cells)| cells).filter(|(_, cell)| cell.text().contains("Участников"));
    let columns: Vec<u32> = participants.map(|(column, _)| *column).collect();
    assert!(!columns.is_empty());
    assert!(columns.iter().all(|column| data.cell(ours.0, *column).is_empty()), "nobody knows how many took part");
    let cells: Vec<String> = row.unwrap().1.iter().map(|(_, cell)| cell.text()).collect();
    cells.join(" | ").replace('\u{a0}', " ")
}

/// A server on a free port of this machine, ended with the value.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(dir: &Path) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_svod"))
            .current_dir(dir)
            .args(["serve", "--listen", "127.0.0.1:0", "--forms", concat!(env!("CARGO_MANIFEST_DIR"), "/forms")])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("http://127.0.0.1:"))).unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Server { child, address }
    }

    fn page(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200"), "{}", text.lines().next().unwrap_or_default());
        text
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const TWO_PROCEDURES: &str = "не менее чем по двум процедурам";
const TWO_YEARS: &str = "в каждом из двух учебных годов";

#[test]
fn the_published_school_is_listed_by_each_ground_in_its_year_whichever_year_is_imported_first() {
    let mut lists = Vec::new();
    for years in [["2020-2021", "2021-2022"], ["2021-2022", "2020-2021"]] {
        let dir = tempfile::tempdir().unwrap();
        district(dir.path(), &years);
        let (first, second) = (listed(dir.path(), "2020/21"), listed(dir.path(), "2021/22"));
        assert!(first.contains(TWO_PROCEDURES) && !first.contains(TWO_YEARS), "{first}");
        assert!(first.contains("54 % (2020/21)") && first.contains("31 % (2020/21)"), "{first}");
        assert!(second.contains(TWO_YEARS) && !second.contains(TWO_PROCEDURES), "{second}");
        assert!(second.contains("43 % (2021/22)") && second.contains("54 % (2020/21)"), "{second}");

        let server = Server::start(dir.path());
        let page = server.page("/forms/exam-results/2021Sep").replace('\u{a0}', " ");
        assert!(page.contains("Ореховская") && page.contains(TWO_YEARS), "{page}");
        assert!(page.contains("43 % (2021/22), 54 % (2020/21)"));
        lists.push((first, second));
        drop(server);
        done(&svod(dir.path(), &["verify"]));
    }
    assert_eq!(lists[0], lists[1]);
}

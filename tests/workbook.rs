//! The workbook of figures: what stands in it, and that LibreOffice computes the same numbers.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop, and one that skips should say so"
)]

#[path = "common/office.rs"]
mod office;

use std::path::{Path, PathBuf};

use office::recalculated;

use calamine::{Data, Range, Reader, Xlsx, open_workbook};
use serde_json::json;
use svod::access::Actor;
use svod::db::Db;
use svod::export::actions::workbook;
use svod::form::{Answers, Form, read};
use svod::indicator::Query;
use svod::lang::Lang;
use svod::org;
use svod::period::Period;
use svod::report::{self, Key, Source, version};
use svod::sheet::{Book, Cell, Grid};

const ORGS: &str = "Код|Наименование|Тип|Вышестоящая\n22|Верхний край|Регион|\nm1|Северный район|Муниципалитет|22\n\
    m2|Южный муниципальный округ|Муниципалитет|22\n1|МБОУ «СОШ № 1»|Школа|m1\n2|МБОУ «СОШ № 2»|Школа|m1\n\
    3|МКОУ «Средняя общеобразовательная школа имени первого лётчика-наставника посёлка Озёрный»|Школа|m2\n\
    4|МБОУ «СОШ № 4»|Школа|m2\n5|Краевой лицей|Школа|22";

struct Bench {
    dir: tempfile::TempDir,
    db: Db,
    me: Actor,
    form: Form,
}

impl Bench {
    async fn new() -> Bench {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(dir.path()).await.unwrap();
        let me = Actor::operator();
        let cell = |text: &str| Cell::Text(text.to_owned());
        let rows = ORGS.lines().map(|line| line.split('|').map(cell).collect()).collect();
        let book = Book { name: "orgs".to_owned(), sheets: vec![Grid::from_rows("Лист1", rows, vec![])] };
        org::actions::import(&db, &me, &book).await.unwrap();
        let form = read(include_str!("fixtures/export/exams.toml"), "exams.toml").unwrap();
        version::actions::publish(&db, &me, std::slice::from_ref(&form)).await.unwrap();
        let bench = Bench { dir, db, me, form };
        bench.fill().await;
        bench
    }

    /// The known answer, an exact 30 %, a row with one part, an attack by a formula, absences, silent schools.
    async fn fill(&self) {
        let share = |share: f64| json!({"reported_share": share});
        let row = |participants: i64, failed: i64| json!({"participants": participants, "failed": failed});
        for (school, period, answers) in [
            ("1", "2020Sep", json!({"results": {"math": share(54.0), "rus": share(31.0)}})),
            ("1", "2021Sep", json!({"results": {"math": share(43.0)}, "programme": "yes", "remark": "=1+1"})),
            (
                "2",
                "2021Sep",
                json!({"results": {"math": row(10, 3), "rus": row(1337, 411)}, "hours": 2.5,
                    "approved": "2021-10-05", "remark": "@SUM(A1)"}),
            ),
            ("2", "2020Sep", json!({"results": {"math": row(11, 4)}})),
            (
                "3",
                "2021Sep",
                json!({"results": {"math": {"participants": 7}, "rus": row(0, 0)}, "programme": "no", "hours": 0.1}),
            ),
            ("5", "2021Sep", json!({"results": {"math": row(33, 1), "rus": {"participants": {"missing": "no-data"}}}})),
        ] {
            let answers = Answers::from_json(&answers);
            let key = self.key(school, period).await;
            report::actions::send(&self.db, &self.me, &key, answers, Source::Page).await.unwrap();
        }
        let draft = Answers::from_json(&json!({"hours": 8}));
        let key = self.key("4", "2021Sep").await;
        report::actions::save_draft(&self.db, &self.me, &key, draft, Source::Page).await.unwrap();
    }

    async fn key(&self, school: &str, period: &str) -> Key {
        let org = org::actions::by_code(&self.db, &self.me, school).await.unwrap();
        Key::new(&self.form, Period::from_id(period).unwrap(), org.id)
    }

    async fn export(&self, period: &str, org: Option<&str>) -> PathBuf {
        let scope = org::actions::scope(&self.db, &self.me, org).await.unwrap();
        let query = Query::new("exam-results", Period::from_id(period).unwrap(), scope);
        let made = workbook(&self.db, &self.me, &query, Lang::Ru).await.unwrap();
        let path = self.dir.path().join(made.name);
        std::fs::write(&path, made.bytes).unwrap();
        if let Ok(keep) = std::env::var("SVOD_KEEP") {
            std::fs::copy(&path, Path::new(&keep).join(path.file_name().unwrap())).unwrap();
        }
        path
    }
}

fn sheets(path: &Path) -> Vec<(String, Range<Data>)> {
    open_workbook::<Xlsx<_>, _>(path).unwrap().worksheets()
}

fn sheet(path: &Path, name: &str) -> Range<Data> {
    sheets(path).into_iter().find(|(known, _)| known == name).unwrap().1
}

/// The rows of a sheet as texts parted by `|`, those that hold a word.
fn rows_with(range: &Range<Data>, word: &str) -> Vec<String> {
    let said = |row: &[Data]| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|");
    range.rows().map(said).filter(|row| row.contains(word)).collect()
}

#[tokio::test]
async fn the_workbook_says_what_was_sent() {
    let bench = Bench::new().await;
    let path = bench.export("2021Sep", None).await;
    assert_eq!(path.file_name().unwrap(), "exam-results_2021Sep_22.xlsx");
    let names: Vec<String> = sheets(&path).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Сводка", "Данные", "ШНОР", "Не сдали", "Паспорт"]);
    let summary = sheet(&path, "Сводка");
    let math = rows_with(&summary, "ОГЭ, математика");
    assert_eq!(
        math,
        [
            "ОГЭ, математика|Северный район|3|10|30|20|нет|1|2|в доле учтено 1 из 2 строк; ещё 1 школа только с долей: МБОУ «СОШ № 1»",
            "ОГЭ, математика|Южный муниципальный округ||||20||0|2|в доле учтено 0 из 1 строки",
            "ОГЭ, математика|Вне муниципалитетов|1|33|3.03030303030303|20|да|1|1|",
            "ОГЭ, математика|Всего: Верхний край|4|43|9.30232558139535|20|да|2|5|в доле учтено 2 из 4 строк; ещё 1 школа только с долей: МБОУ «СОШ № 1»",
        ]
    );
    let data = sheet(&path, "Данные");
    let one = &rows_with(&data, "СОШ № 1")[0];
    assert!(one.starts_with("1|Северный район|1|МБОУ «СОШ № 1»|отправлен|||43|43"), "{one}");
    assert!(one.contains("=1+1"), "{one}");
    let lyceum = &rows_with(&data, "Краевой лицей")[0];
    assert!(lyceum.contains("|н/д|"), "{lyceum}");
    let list = sheet(&path, "ШНОР");
    let first = &rows_with(&list, "СОШ № 1")[0];
    let why = "ОГЭ, математика: 43\u{a0}% (2021/22), 54\u{a0}% (2020/21);\nОГЭ, русский язык: 31\u{a0}% (2020/21)";
    let ground = "Хотя бы по одной процедуре в каждом из двух учебных годов";
    assert_eq!(first, &format!("1|Северный район|МБОУ «СОШ № 1»|1|{ground}|{why}|1 из 2|остаётся в списке|"));
    assert_eq!(rows_with(&sheet(&path, "Не сдали"), "СОШ № 4").len(), 1);
    assert_eq!(rows_with(&sheet(&path, "Не сдали"), "начат, но не отправлен").len(), 1);
    assert!(rows_with(&sheet(&path, "Паспорт"), "отправлено: 4")[0].contains("ожидается: 5"));
}

#[tokio::test]
async fn the_year_before_lists_the_school_by_the_first_ground() {
    let bench = Bench::new().await;
    let list = sheet(&bench.export("2020Sep", Some("m1")).await, "ШНОР");
    let first = &rows_with(&list, "СОШ № 1")[0];
    assert!(first.contains("не менее чем по двум процедурам"), "{first}");
    assert!(first.contains("ОГЭ, математика: 54\u{a0}% (2020/21);\nОГЭ, русский язык: 31\u{a0}% (2020/21)"), "{first}");
}

#[tokio::test]
async fn no_answer_becomes_a_formula() {
    let bench = Bench::new().await;
    let path = bench.export("2021Sep", None).await;
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    let formulas = book.worksheet_formula("Данные").unwrap();
    let own = |formula: &String| formula.is_empty() || formula.starts_with("IF(COUNT(");
    assert!(formulas.rows().flatten().all(own), "{formulas:?}");
    assert!(!book.worksheet_formula("Сводка").unwrap().is_empty());
}

#[tokio::test]
async fn a_workbook_without_reports_has_no_formula_over_itself() {
    let bench = Bench::new().await;
    let path = bench.export("2019Sep", None).await;
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    assert!(rows_with(&sheet(&path, "Сводка"), "Нет данных").len() == 1);
    assert_eq!(rows_with(&sheet(&path, "Не сдали"), "не начат").len(), 5);
    let totals = rows_with(&sheet(&path, "Данные"), "Итого");
    assert!(totals.is_empty() || totals[0].contains('—'), "{totals:?}");
    let formulas = book.worksheet_formula("Данные").unwrap();
    let rows: Vec<_> = formulas.rows().flatten().filter(|formula| !formula.is_empty()).collect();
    assert!(rows.iter().all(|formula| !formula.contains("F7:F7")), "{rows:?}");
}

fn near(one: &Data, other: &Data) -> bool {
    match (one, other) {
        (Data::Empty, Data::String(text)) | (Data::String(text), Data::Empty) => text.is_empty(),
        (Data::Float(a), Data::Float(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        (a, b) => a == b,
    }
}

#[tokio::test]
async fn libreoffice_computes_the_same_numbers() {
    let bench = Bench::new().await;
    let path = bench.export("2021Sep", None).await;
    let Some(again) = recalculated(&path) else { return };
    let mut numbers = 0;
    for name in ["Сводка", "Данные"] {
        let (written, computed) = (sheet(&path, name), sheet(&again, name));
        let mut book: Xlsx<_> = open_workbook(&path).unwrap();
        let formulas = book.worksheet_formula(name).unwrap();
        let (top, left) = formulas.start().unwrap();
        for (row, column, formula) in formulas.used_cells() {
            let at = (top + row as u32, left + column as u32);
            let cell = |range: &Range<Data>| range.get_value(at).cloned().unwrap_or(Data::Empty);
            let (cached, live) = (cell(&written), cell(&computed));
            assert!(near(&cached, &live), "{name} {at:?} {formula}: written {cached:?}, computed {live:?}");
            numbers += usize::from(matches!(live, Data::Float(_)));
        }
    }
    assert!(numbers > 40, "only {numbers} numbers were compared");
}

/// A workbook whose cached results were destroyed must be mended by computing: the formulas are really live.
#[tokio::test]
async fn what_is_corrected_in_the_data_moves_the_summary() {
    let bench = Bench::new().await;
    let path = bench.export("2021Sep", None).await;
    let changed = path.with_file_name("changed.xlsx");
    let sheet_xml = "xl/worksheets/sheet2.xml";
    rewrite(&path, &changed, sheet_xml, |xml| xml.replacen("<v>1337</v>", "<v>2000</v>", 1));
    let Some(again) = recalculated(&changed) else { return };
    let line = &rows_with(&sheet(&again, "Сводка"), "русский язык|Северный")[0];
    assert!(line.contains("|411|2000|20.55|"), "{line}");
}

/// Copies a workbook with one of its parts changed.
fn rewrite(from: &Path, to: &Path, part: &str, change: impl Fn(String) -> String) {
    use std::io::{Read as _, Write as _};
    let mut archive = zip::ZipArchive::new(std::fs::File::open(from).unwrap()).unwrap();
    let mut copy = zip::ZipWriter::new(std::fs::File::create(to).unwrap());
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let name = entry.name().unwrap().into_owned();
        copy.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
        if name == part {
            bytes = change(String::from_utf8(bytes).unwrap()).into_bytes();
        }
        copy.write_all(&bytes).unwrap();
    }
    copy.finish().unwrap();
}

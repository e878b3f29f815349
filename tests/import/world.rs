//! What the tests of imports stand on: a form, a small registry, a data file, and workbooks written cell by cell.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use svod::access::Actor;
use svod::db::Db;
use svod::error::{Error, Fault};
use svod::form::{self, Answers, Form};
use svod::import::actions::{self, Wish};
use svod::import::{Plan, Upload};
use svod::lang::Lang;
use svod::org::Registry;
use svod::period::Period;
use svod::report::batch::ImportReceipt;
use svod::report::{self, Key, Source, version};
use svod::sheet::{Book, Cell, Grid};
use tempfile::TempDir;

/// The form: a table like that of exam results, and a question of each type; a test appends its recipes.
pub const FORM: &str = r#"
id = "exams"
title = "Экзамены"
period = "school-year"
about = "school"

[choices.kinds]
plain = "Обычная"
deep = "С углублённым изучением"

[[group]]
name = "g"

[[group.question]]
name = "results"
type = "table"

[[group.question.row]]
name = "math"
label = "Математика"
code = "02"

[[group.question.row]]
name = "rus"
label = "Русский язык"
code = "01"

[[group.question.column]]
name = "took"
type = "integer"
min = 0

[[group.question.column]]
name = "failed"
type = "integer"
min = 0
required = "not(isblank(${took}))"
constraint = ". <= ${took}"
constraint_message = "Больше, чем участников"

[[group.question.column]]
name = "told"
type = "percent"
missing = true
relevant = "isblank(${took}) or isblank(${failed})"

[[group.question.column]]
name = "share"
type = "calculate"
value = "percent"
calculation = "coalesce(100 * ${failed} div ${took}, ${told})"

[[group.question]]
name = "pupils"
type = "integer"
max = 5000

[[group.question]]
name = "hours"
type = "decimal"
missing = true

[[group.question]]
name = "part"
type = "percent"

[[group.question]]
name = "kind"
type = "select_one"
choices = "kinds"

[[group.question]]
name = "opened"
type = "date"

[[group.question]]
name = "remark"
type = "text"
"#;

/// Code, name, type, above, exam code.
const ORGS: [[&str; 5]; 9] = [
    ["22", "Верхний край", "Регион", "", ""],
    ["m1", "Северный район", "Муниципалитет", "22", "1"],
    ["m2", "Южный район", "Муниципалитет", "22", "2"],
    ["s101", "МБОУ «СОШ № 1»", "Школа", "m1", "101"],
    ["s102", "МБОУ «Ореховская СОШ»", "Школа", "m1", "102"],
    ["s201", "МБОУ «СОШ № 1»", "Школа", "m2", "201"],
    ["s202", "МКОУ «Приозёрная ООШ»", "Школа", "m2", "202"],
    ["s301", "МАОУ «Лицей № 3»", "Школа", "m2", "07"],
    ["s302", "МАОУ «Гимназия № 4»", "Школа", "m2", "007"],
];

/// A sheet: its name, its rows, its merged ranges as first row, first column, last row, last column.
///
/// A cell is text; `=5` is a number, `%0.54` a number under a percent format, `#DIV/0!` an error, `@2024-09-01` a day.
#[derive(Clone)]
pub struct Sheet {
    pub name: &'static str,
    pub rows: Vec<Vec<String>>,
    pub merges: Vec<(u32, u16, u32, u16)>,
    pub hidden: bool,
}

/// A sheet without merged cells; rows are lines, cells are parted by `|`.
pub fn sheet(name: &'static str, rows: &str) -> Sheet {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
    Sheet { name, rows: rows.trim().lines().map(cells).collect(), merges: Vec::new(), hidden: false }
}

impl Sheet {
    pub fn merged(mut self, merges: &[(u32, u16, u32, u16)]) -> Sheet {
        self.merges = merges.to_vec();
        self
    }

    pub fn hidden(mut self) -> Sheet {
        self.hidden = true;
        self
    }
}

/// The bytes of a workbook.
pub fn workbook(sheets: &[Sheet]) -> Vec<u8> {
    let mut book = Workbook::new();
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(sheet.name).unwrap().set_hidden(sheet.hidden);
        for (first, left, last, right) in &sheet.merges {
            page.merge_range(*first, *left, *last, *right, "", &Format::new()).unwrap();
        }
        for (row, cells) in (0u32..).zip(&sheet.rows) {
            for (column, cell) in (0u16..).zip(cells) {
                write(page, row, column, cell);
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn write(page: &mut Worksheet, row: u32, column: u16, cell: &str) {
    let number = |text: &str| text.parse::<f64>().unwrap();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    match cell.chars().next() {
        None => return,
        Some('=') => page.write_number(row, column, number(&cell[1..])),
        Some('%') if cell.len() > 1 => {
            page.write_number_with_format(row, column, number(&cell[1..]), &Format::new().set_num_format("0%"))
        }
        Some('#') => page.write_formula(row, column, Formula::new("=1/0").set_result(cell)),
        Some('@') => {
            let date = ExcelDateTime::parse_from_str(&cell[1..]).unwrap();
            page.write_datetime_with_format(row, column, date, &day)
        }
        Some(_) => page.write_string(row, column, cell.replace('⏎', "\n")),
    }
    .unwrap();
}

/// A data file with the registry in it.
pub struct World {
    /// Gone with the world.
    _dir: TempDir,
    pub db: Db,
    pub actor: Actor,
    pub form: Form,
    pub registry: Registry,
}

impl World {
    /// With the form and these recipes.
    pub async fn with(recipes: &str) -> World {
        World::of(&format!("{FORM}\n{recipes}")).await
    }

    pub async fn of(source: &str) -> World {
        let form = form::read(source, "exams.toml").unwrap();
        let dir = TempDir::new().unwrap();
        let (db, actor) = (Db::open(dir.path()).await.unwrap(), Actor::operator());
        svod::org::actions::import(&db, &actor, &orgs()).await.unwrap();
        version::actions::publish(&db, &actor, std::slice::from_ref(&form)).await.unwrap();
        let registry = svod::org::actions::registry(&db, &actor).await.unwrap();
        World { _dir: dir, db, actor, form, registry }
    }

    pub async fn plan(&self, sheets: &[Sheet], wish: &Wish) -> Result<Plan, Vec<String>> {
        let upload = Upload::of_bytes(&workbook(sheets), "свод.xlsx").unwrap();
        match actions::plan(&self.db, &self.actor, &self.form, &upload.book, wish).await {
            Ok(plan) => Ok(plan),
            Err(Error::Faults(faults)) => Err(faults.iter().map(said).collect()),
            Err(other) => Err(vec![other.to_string()]),
        }
    }

    pub async fn import(&self, sheets: &[Sheet], wish: &Wish) -> (Plan, ImportReceipt) {
        let upload = Upload::of_bytes(&workbook(sheets), "свод.xlsx").unwrap();
        let plan = actions::plan(&self.db, &self.actor, &self.form, &upload.book, wish).await.unwrap();
        let receipt = actions::apply(&self.db, &self.actor, &self.form, &plan, &upload).await.unwrap();
        (plan, receipt)
    }

    /// The lines of a plan: cell, school, path, status, value.
    pub fn lines(&self, plan: &Plan) -> Vec<String> {
        let line = |cell: &&svod::import::PlanCell| {
            let org = cell.org.and_then(|org| self.registry.get(org)).map_or("?", |org| org.code.as_str());
            let new = cell.new.as_ref().map_or(String::new(), |new| format!(" {}", new.to_json()));
            let (at, path) = (plan.address(cell.at), plan.path(&self.form, cell));
            format!("{at} {org} {path} {}{new}", cell.status.word())
        };
        plan.by_place().iter().map(line).collect()
    }

    pub fn key(&self, school: &str, period: &str) -> Key {
        let org = self.registry.iter().find(|org| org.code == school).unwrap();
        Key::new(&self.form, Period::from_id(period).unwrap(), org.id)
    }

    pub async fn send(&self, school: &str, period: &str, answers: serde_json::Value) {
        let answers = Answers::from_json(&answers);
        let key = self.key(school, period);
        report::actions::send(&self.db, &self.actor, &key, answers, Source::Page).await.unwrap();
    }

    /// The answers that stand in a report, flat.
    pub async fn answers(&self, school: &str, period: &str) -> serde_json::Value {
        let view = report::actions::open(&self.db, &self.actor, &self.key(school, period)).await.unwrap();
        view.answers.to_json()
    }
}

/// A fault as the command line says it.
pub fn said(fault: &Fault) -> String {
    format!("{}: {}", fault.at, fault.say(Lang::Ru))
}

pub fn faults(plan: &Plan) -> Vec<String> {
    plan.faults.iter().map(said).collect()
}

pub fn wish(period: &str) -> Wish {
    Wish { period: period.to_owned(), ..Wish::default() }
}

/// The registry as a workbook.
pub fn orgs() -> Book {
    let text = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
    let head = ["Код", "Наименование", "Тип", "Вышестоящая", "Код ОГЭ/ЕГЭ"];
    let rows = std::iter::once(head).chain(ORGS).map(|row| row.iter().map(text).collect()).collect();
    Book { name: "реестр.xlsx".to_owned(), sheets: vec![Grid::from_rows("Лист1", rows, Vec::new())] }
}

/// Asserts that one of some texts holds all of these.
#[track_caller]
pub fn holds(texts: &[String], parts: &[&str]) {
    let held = texts.iter().any(|text| parts.iter().all(|part| text.contains(part)));
    assert!(held, "{parts:?} not in {texts:#?}");
}

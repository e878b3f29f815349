//! A small district, a form whose answers depend on one number, and what a browser posts for it.

use std::path::Path;

use svod::access::Actor;
use svod::db::Db;
use svod::sheet::{Book, Cell, Grid};

/// The period of every report here.
pub const PERIOD: &str = "2024Sep";

/// How many numbers a report has; each follows from the first, so that a half-written report shows.
pub const QUESTIONS: u64 = 8;

/// A form of whole numbers `q0`, `q1`, …, with a sum of them and a share.
pub fn form_text() -> String {
    let mut text = "id = \"pupils\"\ntitle = \"Ученики\"\nperiod = \"school-year\"\n\n[[group]]\n".to_owned();
    for question in 0..QUESTIONS {
        text +=
            &format!("[[group.question]]\nname = \"q{question}\"\ntype = \"integer\"\nlabel = \"Число {question}\"\n");
    }
    let sum: Vec<String> = (0..QUESTIONS).map(|question| format!("${{q{question}}}")).collect();
    text += "[[group.question]]\nname = \"all\"\ntype = \"calculate\"\nvalue = \"integer\"\n";
    text += &format!("calculation = \"{}\"\n", sum.join(" + "));
    text + "[[indicator]]\nname = \"share\"\nunit = \"percent\"\nnumerator = \"${q0}\"\ndenominator = \"${q1}\"\n"
}

/// The answer to a question in the report that is told apart by a number.
pub fn answer(number: u64, question: u64) -> u64 {
    number + question * 1_000_000
}

/// The answers of a report as they are stored.
pub fn answers(number: u64) -> serde_json::Value {
    (0..QUESTIONS).map(|question| (format!("q{question}"), serde_json::json!(answer(number, question)))).collect()
}

/// The fields that a browser sends for these answers.
pub fn fields(number: u64) -> Vec<(String, String)> {
    (0..QUESTIONS).map(|question| (format!("a:q{question}"), answer(number, question).to_string())).collect()
}

/// The code of a school.
pub fn school(number: usize) -> String {
    format!("s{number}")
}

/// The address of a school's report.
pub fn report_of(school: &str) -> String {
    format!("/report/pupils/{PERIOD}/{school}")
}

/// A data file with one municipality and its schools, the form beside it in `forms`.
pub async fn district(dir: &Path, schools: usize) -> Db {
    std::fs::create_dir_all(dir.join("forms")).unwrap();
    std::fs::write(dir.join("forms/pupils.toml"), form_text()).unwrap();
    let (db, actor) = (Db::open(dir).await.unwrap(), Actor::operator());
    svod::org::actions::import(&db, &actor, &registry(schools)).await.unwrap();
    let form = svod::form::read(&form_text(), "pupils.toml").unwrap();
    svod::report::version::actions::publish(&db, &actor, &[form]).await.unwrap();
    super::key::let_in(&db).await;
    db
}

fn registry(schools: usize) -> Book {
    let row = |texts: [String; 4]| texts.into_iter().map(Cell::Text).collect();
    let mut rows = vec![row(["Код", "Наименование", "Тип", "Вышестоящая"].map(str::to_owned))];
    rows.push(row(["m", "Лесной район", "Муниципалитет", ""].map(str::to_owned)));
    rows.extend((0..schools).map(|n| row([school(n), format!("Школа № {n}"), "Школа".to_owned(), "m".to_owned()])));
    Book { name: "реестр.xlsx".to_owned(), sheets: vec![Grid::from_rows("Лист1", rows, Vec::new())] }
}

/// The value of an input of a page.
pub fn value_of(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}: {page}"));
    let tag = &page[at..at + page[at..].find('>').unwrap()];
    let value = tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    value.replace("&quot;", "\"").replace("&amp;", "&")
}

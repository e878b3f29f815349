//! The demonstration district: a small registry and two school years of reports, made by the same actions as real ones.

use serde_json::{Value as Json, json};

use crate::access::Actor;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::form::{Answers, Form};
use crate::org;
use crate::period::Period;
use crate::report::{self, Key, Source};
use crate::sheet::{Book, Cell, Grid};

/// The registry: code, name, type, the code above, exam code.
const ORGS: [[&str; 5]; 5] = [
    ["26", "Заречная область", "Регион", "", ""],
    ["2601", "Обливский район", "Муниципалитет", "26", ""],
    ["260101", "МБОУ «Ореховская СОШ»", "Школа", "2601", "1001"],
    ["260102", "МБОУ «Приозёрная СОШ»", "Школа", "2601", "1002"],
    ["260103", "МКОУ «Дальняя ООШ»", "Школа", "2601", "1003"],
];

/// The reports: school, period, answers. The first school has the shares that seed 000 publishes, the second has
/// exactly 30 %, the third is silent.
fn reports() -> [(&'static str, &'static str, Json); 4] {
    [
        ("260101", "2020Sep", json!({"results": {
            "oge_math_9": {"reported_share": 54},
            "oge_rus_9": {"reported_share": 31},
        }})),
        ("260101", "2021Sep", json!({"results": {"oge_math_9": {"reported_share": 43}}})),
        ("260102", "2020Sep", json!({"results": {
            "oge_math_9": {"participants": 24, "failed": 5},
            "oge_rus_9": {"participants": 24, "failed": 2},
        }})),
        ("260102", "2021Sep", json!({"results": {
            "oge_math_9": {"participants": 20, "failed": 6},
            "oge_rus_9": {"participants": 20, "failed": 1},
        }})),
    ]
}

/// The form that the demonstration is about.
const FORM: &str = "exam-results";

/// Fills an empty data file with the demonstration district; one that has organisations is left as it is.
///
/// # Errors
/// What the actions say; nothing of the demonstration should be refused.
pub(super) async fn fill(db: &Db, actor: &Actor, forms: &[Form]) -> Result<()> {
    if !org::actions::list(db, actor, &actor.scope()).await?.is_empty() {
        return Ok(());
    }
    org::actions::import(db, actor, &registry()).await?;
    let Some(form) = forms.iter().find(|form| form.id == FORM) else { return Ok(()) };
    for (school, period, answers) in reports() {
        let period = Period::from_id(period).ok_or_else(|| Error::Internal(format!("demonstration: {period}")))?;
        let about = org::actions::by_code(db, actor, school).await?;
        let key = Key::new(form, period, about.id);
        report::actions::send(db, actor, &key, Answers::from_json(&answers), Source::Page).await?;
    }
    Ok(())
}

fn registry() -> Book {
    let text = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
    let head = ["Код", "Наименование", "Тип", "Вышестоящая", "Код ОГЭ/ЕГЭ"];
    let rows = std::iter::once(head).chain(ORGS).map(|row| row.iter().map(|cell| text(cell)).collect()).collect();
    Book { name: "demo.xlsx".to_owned(), sheets: vec![Grid::from_rows("Организации", rows, Vec::new())] }
}

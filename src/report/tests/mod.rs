//! Drafts, sending and history on real data files; the workbench that other tests of reports share.

mod life;
mod order;
mod versions;

use serde_json::{Value as Json, json};

use super::*;
use crate::db::Db;
use crate::form::{Stored, read};
use crate::ids::OrgId;
use crate::org;
use crate::period::Period;
use crate::report::figures::{self, Slice};
use crate::sheet::{Book, Cell, Grid};

/// A form that looks back: a warning and an indicator compare with the year before.
pub(in crate::report) const FORM: &str = r#"
id = "exams"
title = "Экзамены"
period = "school-year"
about = "school"
by = ["school"]

[[group]]
name = "all"
label = "Всё"

[[group.question]]
name = "participants"
type = "integer"
label = "Участников"
min = 0

[[group.question]]
name = "failed"
type = "integer"
label = "Не сдали"
required = "not(isblank(${participants}))"
constraint = ". <= ${participants}"
constraint_message = "Больше, чем участников"

[[group.question]]
name = "remark"
type = "text"
label = "Примечание"
relevant = "${participants} > 0"

[[group.question]]
name = "share"
type = "calculate"
value = "percent"
calculation = "100 * ${failed} div ${participants}"

[[check]]
name = "jump"
test = "${participants} <= 1.3 * previous(${participants})"
severity = "warning"
message = "Намного больше, чем в прошлом году."

[[indicator]]
name = "failed_share"
label = "Доля не сдавших"
unit = "percent"
numerator = "${failed}"
denominator = "${participants}"

[[indicator]]
name = "growth"
label = "Прирост"
unit = "number"
numerator = "${participants} - previous(${participants})"
"#;

/// A data file with a region, a municipality, three schools and the form.
pub(in crate::report) struct Bench {
    _dir: tempfile::TempDir,
    pub(in crate::report) db: Db,
    pub(in crate::report) me: Actor,
    pub(in crate::report) form: crate::form::Form,
}

impl Bench {
    pub(in crate::report) async fn new() -> Bench {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(dir.path()).await.unwrap();
        let me = Actor::operator();
        let lines = "Код|Наименование|Тип|Вышестоящая\n22|Край|Регион|\nm|Район|Муниципалитет|22\n\
                     1|СОШ № 1|Школа|m\n2|СОШ № 2|Школа|m\n3|СОШ № 3|Школа|m";
        let cell = |text: &str| Cell::Text(text.to_owned());
        let rows = lines.lines().map(|line| line.split('|').map(cell).collect()).collect();
        let book = Book { name: "orgs".to_owned(), sheets: vec![Grid::from_rows("Лист1", rows, vec![])] };
        org::actions::import(&db, &me, &book).await.unwrap();
        let form = read(FORM, "exams.toml").unwrap();
        version::actions::publish(&db, &me, std::slice::from_ref(&form)).await.unwrap();
        Bench { _dir: dir, db, me, form }
    }

    pub(in crate::report) async fn org(&self, code: &str) -> OrgId {
        org::actions::by_code(&self.db, &self.me, code).await.unwrap().id
    }

    pub(in crate::report) async fn key(&self, code: &str, period: &str) -> Key {
        Key::new(&self.form, Period::from_id(period).unwrap(), self.org(code).await)
    }

    pub(in crate::report) async fn save(&self, key: &Key, answers: Json, minute: i64) -> Saved {
        let typed = (Answers::from_json(&answers), Source::Page, Over::Whatever);
        save_draft_at(&self.db, &self.me, key, typed, at(minute)).await.unwrap()
    }

    pub(in crate::report) async fn send(&self, key: &Key, answers: Json, minute: i64) -> Result<Receipt> {
        send_at(&self.db, &self.me, key, (Answers::from_json(&answers), Source::Page, Over::Whatever), at(minute)).await
    }

    pub(in crate::report) async fn view(&self, key: &Key) -> ReportView {
        open(&self.db, &self.me, key).await.unwrap()
    }

    pub(in crate::report) fn slice(&self, period: &str) -> Slice {
        let (form, period) = (Arc::new(self.form.clone()), Period::from_id(period).unwrap());
        Slice { form, period, wave: String::new(), accepted_only: false }
    }

    /// What counts in a period: `about` → path → value.
    pub(in crate::report) async fn values(&self, period: &str) -> Vec<(OrgId, Vec<(String, Stored)>)> {
        let slice = self.slice(period);
        let found = figures::actions::values(&self.db, &self.me, &self.me.scope(), &slice).await.unwrap();
        found.into_iter().map(|one| (one.report.about, one.values)).collect()
    }

    /// Measures of a period as `indicator numerator/denominator`.
    pub(in crate::report) async fn measures(&self, period: &str) -> Vec<String> {
        let slice = self.slice(period);
        let found = figures::actions::measures(&self.db, &self.me, &self.me.scope(), &slice).await.unwrap();
        let said = |one: &crate::form::Measure| format!("{} {}/{:?}", one.indicator, one.numerator, one.denominator);
        found.iter().flat_map(|one| one.measures.iter().map(said)).collect()
    }

    /// Every row of what an import may touch, but for the history.
    pub(in crate::report) async fn dump(&self) -> Vec<String> {
        let mut read = self.db.read().await.unwrap();
        store::dump(&mut read).await
    }
}

/// So many minutes after a morning in September.
pub(in crate::report) fn at(minute: i64) -> Timestamp {
    Timestamp::from_millisecond(1_630_900_000_000 + minute * 60_000).unwrap()
}

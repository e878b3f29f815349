//! A data file with a region, two municipalities, four schools and a form, and workbooks made from text.

use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};
use poem::{Endpoint, Response};
use svod::access::Actor;
use svod::db::Db;
use svod::error::Error;
use svod::form::{self, Answers};
use svod::ids::OrgId;
use svod::lang::Lang;
use svod::org::batch::{self, Receipt};
use svod::org::record::Since;
use svod::org::{self, Wish};
use svod::period::Period;
use svod::report::{self, Key, Source};
use svod::sheet::{Book, Cell, Grid};
use svod::web::app;

use crate::district::District;

const FORM: &str = r#"
id = "pupils"
title = "Ученики"
period = "school-year"

[[group]]
[[group.question]]
name = "all"
type = "integer"
label = "Всего"

[[group.question]]
name = "left"
type = "integer"
label = "Выбыло"

[[indicator]]
name = "left_share"
label = "Доля выбывших"
unit = "percent"
numerator = "${left}"
denominator = "${all}"
"#;

pub const REGISTRY: &str = "
    Код | Наименование | Тип | Вышестоящая | Краткое наименование | ИНН | Код ОГЭ/ЕГЭ
    r | Приозёрный край | Регион | | | |
    north | Северный район | Муниципалитет | r | | |
    south | Южный район | Муниципалитет | r | | |
    s1 | МБОУ «Лесная СОШ» | Школа | north | Лесная СОШ | 2212345678 | 0101
    s2 | МБОУ «Луговая СОШ» | Школа | north | Луговая СОШ | 2212345679 | 0102
    s3 | МАОУ «Гимназия № 5» | Школа | south | Гимназия № 5 | 2212345680 | 0201
    s4 | МКОУ «Степная ООШ» | Школа | south | Степная ООШ | 2212345681 | 0202";

/// A sheet from text: lines of cells parted by `|`.
pub fn book(text: &str) -> Book {
    let cell = |text: &str| match text.trim() {
        "" => Cell::Empty,
        text => Cell::Text(text.to_owned()),
    };
    let rows = text.trim().lines().map(|line| line.split('|').map(cell).collect()).collect();
    Book { name: "реестр.xlsx".to_owned(), sheets: vec![Grid::from_rows("Реестр", rows, Vec::new())] }
}

pub struct World<E> {
    pub db: Db,
    pub me: Actor,
    pub client: TestClient<E>,
    _folder: tempfile::TempDir,
}

pub async fn world() -> World<impl Endpoint<Output = Response>> {
    let district =
        District::new(&[["r", "Приозёрный край", "Регион", ""]], &[form::read(FORM, "pupils.toml").unwrap()]).await;
    let me = Actor::operator();
    org::actions::import(&district.db, &me, &book(REGISTRY)).await.unwrap();
    World { db: district.db.clone(), me, client: TestClient::new(app(district.site())), _folder: district.folder }
}

/// From this day on.
pub fn since(day: &str) -> Wish {
    Wish { since: Since::Day(day.parse().unwrap()), ..Wish::today() }
}

impl<E: Endpoint<Output = Response>> World<E> {
    pub async fn load(&self, text: &str, wish: &Wish) -> Receipt {
        batch::actions::apply(&self.db, &self.me, &book(text), wish).await.unwrap()
    }

    /// What is said of a table that is refused.
    pub async fn refused(&self, text: &str, wish: &Wish) -> Vec<String> {
        match batch::actions::apply(&self.db, &self.me, &book(text), wish).await {
            Err(Error::Faults(faults)) => {
                faults.iter().map(|fault| format!("{}: {}", fault.at, fault.say(Lang::Ru))).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    pub async fn id(&self, code: &str) -> OrgId {
        org::actions::by_code(&self.db, &self.me, code).await.unwrap().id
    }

    pub async fn send(&self, code: &str, period: &str, all: i64, left: i64) {
        let form = form::read(FORM, "pupils.toml").unwrap();
        let key = Key::new(&form, Period::from_id(period).unwrap(), self.id(code).await);
        let answers = Answers::from_json(&serde_json::json!({"all": all, "left": left}));
        report::actions::send(&self.db, &self.me, &key, answers, Source::Page).await.unwrap();
    }

    pub async fn get(&self, address: &str) -> TestResponse {
        let letter = |c: char| {
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).bytes();
            if c.is_ascii() && c != ' ' { c.to_string() } else { bytes.map(|byte| format!("%{byte:02X}")).collect() }
        };
        let address: String = address.chars().map(letter).collect();
        self.client.get(address).header("host", "localhost:8080").send().await
    }

    /// A page that answers.
    pub async fn page(&self, address: &str) -> String {
        text(self.get(address).await, StatusCode::OK).await
    }

    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> TestResponse {
        let form: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let request = self.client.post(address).header("host", "localhost:8080");
        request.header("origin", "http://localhost:8080").form(&form).send().await
    }

    /// Posts and follows the way on.
    pub async fn act(&self, address: &str, fields: &[(&str, &str)]) -> String {
        let response = self.post(address, fields).await;
        let status = response.0.status();
        let on = response.0.headers().get("location").map(|on| on.to_str().unwrap().to_owned());
        let Some(on) = on else { panic!("{status}: {}", response.0.into_body().into_string().await.unwrap()) };
        self.page(on.split('#').next().unwrap()).await
    }

    /// Posts what is refused.
    pub async fn refuse(&self, address: &str, fields: &[(&str, &str)]) -> String {
        text(self.post(address, fields).await, StatusCode::UNPROCESSABLE_ENTITY).await
    }

    /// Sends a file with fields as browsers write them.
    pub async fn upload(&self, csv: &str, fields: &[(&str, &str)]) -> TestResponse {
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!("--part\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        let head = "content-disposition: form-data; name=\"file\"; filename=\"реестр.csv\"\r\ncontent-type: text/csv";
        body += &format!("--part\r\n{head}\r\n\r\n{csv}\r\n--part--\r\n");
        let request = self.client.post("/orgs/import").header("host", "localhost");
        request.content_type("multipart/form-data; boundary=part").body(body).send().await
    }
}

pub async fn text(response: TestResponse, status: StatusCode) -> String {
    let found = response.0.status();
    let page = response.0.into_body().into_string().await.unwrap();
    assert_eq!(found, status, "{page}");
    page
}

/// The value of an input of a page.
pub fn value_of(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}: {page}"));
    let tag = &page[at..at + page[at..].find('>').unwrap()];
    let value = tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    value.replace("&quot;", "\"").replace("&amp;", "&")
}

/// What an act must say.
pub fn says(page: &str, said: &[&str]) {
    for words in said {
        assert!(page.contains(words), "it does not say {words:?}: {page}");
    }
}

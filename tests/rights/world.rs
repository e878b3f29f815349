//! Two municipalities that must know nothing of each other, with reports in every state, accounts, imports and files.

use poem::http::{Method, StatusCode};
use poem::test::TestClient;
use poem::{Endpoint, Response};
use serde_json::json;
use svod::access::{Actor, Role};
use svod::account::actions::{NewPassword, accept, make};
use svod::account::session::From;
use svod::account::{Secret, Wanted};
use svod::backup::Keeper;
use svod::db::Db;
use svod::form::{self, Answers, Form};
use svod::import::actions::Wish;
use svod::import::{self, Upload};
use svod::lang::Lang;
use svod::org;
use svod::period::Period;
use svod::report::files::{self, Body as Whole, Sent};
use svod::report::{self, Key, Source, link, version};
use svod::web::{Entrance, Site, app};

use crate::district::registry;

/// Codes and names; what is in the names is looked for in what strangers get.
pub const ORGS: [[&str; 4]; 6] = [
    ["r", "Приозёрный край", "Регион", ""],
    ["m1", "Лесной район", "Муниципалитет", "r"],
    ["m2", "Степной район", "Муниципалитет", "r"],
    ["s1", "Берёзовская СОШ", "Школа", "m1"],
    ["b1", "Ольховская СОШ", "Школа", "m1"],
    ["s2", "Ковыльская СОШ", "Школа", "m2"],
];

pub const SCHOOLS: [&str; 3] = ["s1", "b1", "s2"];

/// Each state of a report stands in a period of its own.
pub const STATES: [(&str, &str); 4] =
    [("empty", "2020Sep"), ("draft", "2021Sep"), ("sent", "2022Sep"), ("correcting", "2023Sep")];

pub const FORMS: [&str; 2] = ["own", "register"];

/// What each column of the table is: the mark, the role, the organisation.
pub const PEOPLE: [(char, Option<Role>, &str); 8] = [
    ('A', Some(Role::Administrator), ""),
    ('D', Some(Role::Department), "m1"),
    ('M', Some(Role::Methodist), "m1"),
    ('W', Some(Role::Author), "m1"),
    ('S', Some(Role::School), "s1"),
    ('V', Some(Role::Viewer), "m1"),
    ('N', None, ""),
    ('L', Some(Role::Link), "s1"),
];

/// The one report that the link opens, as an ask calls it.
pub const LINKED: &str = "s1 sent own";

pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";

const PASSWORD: &str = "северный кит пьёт чай";

/// Whose file it is stands in its bytes.
pub fn file(school: &str) -> Vec<u8> {
    [PDF, format!("файл {}", secret(school)).as_bytes()].concat()
}

/// What only those above a school may read.
pub fn secret(school: &str) -> String {
    format!("тайна-{school}-тайна")
}

/// What tells that something of an organisation was given away.
pub fn marks(org: &str) -> Vec<String> {
    let row = ORGS.iter().find(|row| row[0] == org).unwrap();
    let word = row[1].split(' ').next().unwrap().to_owned();
    vec![word, secret(org), format!("Директор-{org}"), format!("ведомость-{org}")]
}

/// A world that was made, and the cookie of each role.
pub struct World {
    pub folder: tempfile::TempDir,
    pub sessions: Vec<(char, Option<String>)>,
    pub hashes: Vec<(&'static str, String)>,
    /// The numbers of the imports of the two municipalities.
    pub batches: [i64; 2],
}

pub fn forms() -> Vec<Form> {
    let read = |text, name| form::read(text, name).unwrap();
    vec![read(include_str!("own.toml"), "own.toml"), read(include_str!("register.toml"), "register.toml")]
}

fn here() -> From {
    From { address: [127, 0, 0, 1].into(), agent: "проверка".to_owned(), browser: None }
}

async fn account(db: &Db, by: &Actor, (login, name): (&str, &str), role: Role, org: &str) -> Secret {
    let text = str::to_owned;
    let wanted =
        Wanted { login: text(login), name: text(name), role: text(role.word()), org: text(org), ..Wanted::default() };
    make(db, by, &wanted).await.unwrap().1
}

pub async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(folder.path()).await.unwrap();
    let operator = Actor::operator();
    org::actions::import(&db, &operator, &registry(&ORGS)).await.unwrap();
    version::actions::publish(&db, &operator, &forms()).await.unwrap();
    let mut hashes = Vec::new();
    for school in SCHOOLS {
        let about = org::actions::by_code(&db, &operator, school).await.unwrap();
        for (state, period) in STATES {
            for form in forms() {
                let key = Key::new(&form, Period::from_id(period).unwrap(), about.id);
                hashes.extend(report_of(&db, &operator, (&form, &key), school, state).await.map(|hash| (school, hash)));
            }
        }
    }
    let mut sessions = Vec::new();
    for (mark, role, org) in PEOPLE {
        let Some(role) = role else {
            sessions.push((mark, None));
            continue;
        };
        if role == Role::Link {
            sessions.push((mark, Some(by_link(&db, org).await)));
            continue;
        }
        let login = role.word();
        let secret = account(&db, &operator, (login, login), role, org).await;
        let new = NewPassword { password: PASSWORD, again: PASSWORD };
        let entered = accept(&db, &secret, new, &here()).await.unwrap();
        sessions.push((mark, Some(format!("svod-session={}", entered.secret.text()))));
    }
    for school in SCHOOLS {
        account(&db, &operator, (&format!("of-{school}"), &format!("Директор-{school}")), Role::School, school).await;
    }
    let batches = [imported(&db, "m1", "s1").await, imported(&db, "m2", "s2").await];
    db.close().await;
    World { folder, sessions, hashes, batches }
}

/// The cookie of whoever came in by a link of a school to its sent report.
async fn by_link(db: &Db, school: &str) -> String {
    let operator = Actor::operator();
    let version = version::actions::newest(db, &operator, "own").await.unwrap();
    let (_, period) = STATES[2];
    let wanted = link::actions::Wanted { orgs: vec![school.to_owned()], last_day: link::actions::usual_end() };
    let made = link::actions::make(db, &operator, (&version, Period::from_id(period).unwrap()), &wanted).await.unwrap();
    let entered = link::actions::enter(db, &Actor::nobody(), &made[0].secret, false).await.unwrap();
    format!("svod-link={}", entered.secret.text())
}

/// Brings a report into a state; the hash of its file where it has one.
async fn report_of(db: &Db, me: &Actor, (form, key): (&Form, &Key), school: &str, state: &str) -> Option<String> {
    let answers = |number: i64, file: Option<&str>| {
        let mut answers = Answers::default();
        let number_of = if form.id == "own" { "pupils" } else { "score" };
        answers.set(number_of, Some(json!(number)));
        answers.set("secret", Some(json!(secret(school))));
        answers.set("scan", file.filter(|_| form.id == "own").map(|file| json!(file)));
        answers
    };
    if state == "empty" {
        return None;
    }
    let sent =
        Sent { path: "scan".to_owned(), name: format!("{}.pdf", secret(school)), body: Whole::Whole(file(school)) };
    let taken = files::actions::take(db, me, (key, form), vec![sent]).await.unwrap();
    let name = taken.kept.first().map(|(_, file)| file.answer().as_str().unwrap().to_owned());
    let file = name.as_deref();
    if state == "draft" {
        report::actions::save_draft(db, me, key, answers(10, file), Source::Page).await.unwrap();
    } else {
        report::actions::send(db, me, key, answers(10, file), Source::Page).await.unwrap();
        if state == "correcting" {
            report::actions::save_draft(db, me, key, answers(11, file), Source::Page).await.unwrap();
        }
    }
    file.map(|file| file.split('/').next().unwrap().to_owned())
}

/// An import by the methodist of a municipality.
async fn imported(db: &Db, municipality: &str, school: &str) -> i64 {
    let operator = Actor::operator();
    let login = format!("import-{municipality}");
    let secret = account(db, &operator, (&login, &login), Role::Methodist, municipality).await;
    let new = NewPassword { password: PASSWORD, again: PASSWORD };
    let me = accept(db, &secret, new, &here()).await.unwrap().account.actor();
    let text = format!("Код;Учащихся\n{school};77\n");
    let upload = Upload::of_bytes(text.as_bytes(), &format!("ведомость-{school}.csv")).unwrap();
    let form = &forms()[0];
    let wish = Wish { period: "2019/20".to_owned(), recipe: None, overwrite: false };
    let plan = import::actions::plan(db, &me, form, &upload.book, &wish).await.unwrap();
    import::actions::apply(db, &me, form, &plan, &upload).await.unwrap().batch.unwrap().0
}

/// Pages over a copy of the world, so that what is done in one walk is not there in the next.
pub struct Copy<E> {
    pub client: TestClient<E>,
    _folder: tempfile::TempDir,
}

pub async fn copy(world: &World) -> Copy<impl Endpoint<Output = Response> + use<>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(world.folder.path().join("svod.db"), folder.path().join("svod.db")).unwrap();
    let site = Site {
        db: Db::open(folder.path()).await.unwrap(),
        actor: Actor::nobody(),
        lang: Lang::Ru,
        demo: false,
        copies: Keeper::new(&folder.path().join("backups"), None),
        forms: version::Folder::default(),
        entrance: Entrance::default(),
    };
    Copy { client: TestClient::new(app(site)), _folder: folder }
}

/// What came back: the status, where it leads, everything that can be read in it.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub text: String,
}

impl<E: Endpoint<Output = Response>> Copy<E> {
    pub async fn ask(&self, method: Method, address: &str, session: Option<&str>, body: Option<Body>) -> Answer {
        let host = "localhost:8080";
        let mut request = self.client.request(method, address).header("host", host);
        if let Some(session) = session {
            request = request.header("cookie", session);
        }
        if let Some((kind, body)) = body {
            request = request.header("origin", format!("http://{host}")).content_type(kind).body(body);
        }
        let response = request.send().await.0;
        let status = response.status();
        let location = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let bytes = response.into_body().into_vec().await.unwrap();
        Answer { status, location, text: readable(&bytes) }
    }
}

/// The type and the bytes of what is posted.
pub type Body = (String, Vec<u8>);

/// Fields as browsers post them.
pub fn fields(of: &[(&str, &str)]) -> Body {
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pairs: Vec<String> = of.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    ("application/x-www-form-urlencoded".to_owned(), pairs.join("&").into_bytes())
}

/// Fields and a file as browsers post them.
pub fn with_file(of: &[(&str, &str)], name: &str, bytes: &[u8]) -> Body {
    let mut body = Vec::new();
    for (field, value) in of {
        let part = format!("--part\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!("--part\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--part--\r\n");
    ("multipart/form-data; boundary=part".to_owned(), body)
}

/// Everything that can be read in an answer: of a workbook the texts of all its parts.
fn readable(bytes: &[u8]) -> String {
    let Ok(mut parts) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    let mut text = String::new();
    for part in 0..parts.len() {
        let _ = std::io::Read::read_to_string(&mut parts.by_index(part).unwrap(), &mut text);
    }
    text
}

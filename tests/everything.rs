//! The form with every type of question, filled as a browser without a script fills it: what is stored, what comes
//! back when it is wrong, and what the workbook says of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;

use district::{District, TWO_SCHOOLS};
use poem::http::StatusCode;
use poem::test::TestClient;
use poem::{Endpoint, Response};
use serde_json::{Value as Json, json};
use svod::access::Actor;
use svod::db::Db;
use svod::lang::Lang;
use svod::period::Period;
use svod::report::{self, Key, ReportView, State, verify};
use svod::sheet::{self};
use svod::web::app;
use svod::{export, form, indicator, org};

const FORM: &str = include_str!("fixtures/web/everything.toml");
const REPORT: &str = "/report/everything/2025Sep/s1";

struct Pages<E> {
    db: Db,
    client: TestClient<E>,
    _folder: tempfile::TempDir,
}

async fn pages(text: &str) -> Pages<impl Endpoint<Output = Response>> {
    let form = form::read(text, "everything.toml").unwrap();
    let district = District::new(&TWO_SCHOOLS, &[form]).await;
    Pages { db: district.db.clone(), client: TestClient::new(app(district.site())), _folder: district.folder }
}

impl<E: Endpoint<Output = Response>> Pages<E> {
    async fn page(&self) -> String {
        let response = self.client.get(REPORT).header("host", "localhost:8080").send().await;
        response.assert_status(StatusCode::OK);
        response.0.into_body().into_string().await.unwrap()
    }

    /// Posts what a browser would, and looks at the page again.
    async fn fill(&self, fields: &[(&str, &str)]) -> String {
        let form: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let request = self.client.post(REPORT).header("host", "localhost:8080");
        let response = request.header("origin", "http://localhost:8080").form(&form).send().await;
        response.assert_status(StatusCode::SEE_OTHER);
        self.page().await
    }

    /// Sends what is on the page, and says so once more where that is asked.
    async fn send(&self, fields: &[(&str, &str)]) {
        self.fill(&[fields, &[("do", "send")]].concat()).await;
        let address = format!("{REPORT}/send");
        let asked = self.client.get(&address).header("host", "localhost:8080").send().await;
        let asked = asked.0.into_body().into_string().await.unwrap();
        let seal = asked.split("name=\"seal\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let request = self.client.post(&address).header("host", "localhost:8080");
        request
            .header("origin", "http://localhost:8080")
            .form(&[("seal", seal)])
            .send()
            .await
            .assert_status(StatusCode::SEE_OTHER);
        assert_eq!(self.stored().await.state(), State::Sent);
    }

    async fn stored(&self) -> ReportView {
        let actor = Actor::operator();
        let form = form::read(FORM, "everything.toml").unwrap();
        let about = org::actions::by_code(&self.db, &actor, "s1").await.unwrap();
        let key = Key::new(&form, Period::from_id("2025Sep").unwrap(), about.id);
        report::actions::open(&self.db, &actor, &key).await.unwrap()
    }
}

/// What is sent, the path that it is stored at, what is stored, and what of the page shows that it came back.
type Answered = (Vec<(&'static str, &'static str)>, &'static str, Json, &'static str);

fn sound() -> Vec<Answered> {
    let one = |path: &'static str, typed: &'static str, stored: Json, shown: &'static str| {
        (vec![(path, typed)], &path[2..], stored, shown)
    };
    vec![
        one("a:program", "Шаги в науку", json!("Шаги в науку"), "name=\"a:program\" value=\"Шаги в науку\""),
        one("a:about", "раз\r\nдва", json!("раз\nдва"), "раз\nдва</textarea>"),
        one("a:site", "https://school.ru/p", json!("https://school.ru/p"), "value=\"https://school.ru/p\""),
        one("a:mail", "a@school.ru", json!("a@school.ru"), "value=\"a@school.ru\" inputmode=\"email\""),
        one("a:phone", "8 (913) 123-45-67", json!("+79131234567"), "value=\"+7 913 123-45-67\""),
        one("a:partner", "s2", json!("s2"), "value=\"s2\" checked"),
        one("a:pupils", "1 200", json!(1200), "name=\"a:pupils\" value=\"1200\""),
        one("a:hours", "2,5", json!(2.5), "name=\"a:hours\" value=\"2,5\""),
        one("a:share", "54%", json!(54), "name=\"a:share\" value=\"54\""),
        one("a:cost", "12 345,60 ₽", json!(12345.6), "name=\"a:cost\" value=\"12\u{a0}345,6\""),
        one("a:grade", "4", json!(4), "name=\"a:grade\" value=\"4\" checked"),
        one("a:load", "35", json!(35), "name=\"a:load\" value=\"35\""),
        one("a:day", "1.09.2025", json!("2025-09-01"), "name=\"a:day\" value=\"01.09.2025\""),
        one("a:month", "окт. 2025", json!("2025-10"), "name=\"a:month\" value=\"октябрь 2025\""),
        one("a:at", "9.05", json!("09:05"), "name=\"a:at\" value=\"09:05\""),
        one("a:moment", "31.12.2025 14.30", json!("2025-12-31T14:30"), "value=\"31.12.2025 14:30\""),
        one(
            "a:term",
            "с сентября 2025 по май 2026",
            json!("2025-09-01/2026-05-31"),
            "value=\"сентябрь 2025 – май 2026\"",
        ),
        one("a:main", "other", json!("other"), "value=\"other\" checked"),
        one("a:main_other", "Астрономия", json!("Астрономия"), "name=\"a:main_other\" value=\"Астрономия\""),
        (
            vec![("a:subjects", ""), ("a:subjects", "math"), ("a:subjects", "phys")],
            "subjects",
            json!(["math", "phys"]),
            "name=\"a:subjects\" value=\"phys\" checked",
        ),
        (vec![("a:clubs", ""), ("a:clubs", "choir")], "clubs", json!(["choir"]), "value=\"choir\" checked"),
        (
            vec![("a:order", ""), ("a:order:math", "2"), ("a:order:rus", "1"), ("a:order:phys", "")],
            "order",
            json!(["rus", "math"]),
            "id=\"a-order\"><option value=\"\">—</option><option>1</option><option selected>2</option>",
        ),
        one("a:region", "22", json!("22"), "value=\"22\" selected"),
        one("a:town", "Бийск", json!("bsk"), "name=\"a:town\" value=\"Бийск\""),
        (vec![("a:agreed", ""), ("a:agreed", "OK")], "agreed", json!("OK"), "name=\"a:agreed\" value=\"OK\" checked"),
        one("a:plan/first/when", "ежемесячно", json!("R/P1M"), "value=\"ежемесячно\""),
        (
            vec![("a:plan/first/what", ""), ("a:plan/first/what", "rus")],
            "plan/first/what",
            json!(["rus"]),
            "name=\"a:plan/first/what\" value=\"rus\" checked",
        ),
        one("a:plan/first/lessons", "10", json!(10), "name=\"a:plan/first/lessons\" value=\"10\""),
        one("a:plan/first/homework", "4", json!(4), "name=\"a:plan/first/homework\" value=\"4\""),
    ]
}

#[tokio::test]
async fn every_type_is_filled_without_a_script() {
    let pages = pages(FORM).await;
    let sound = sound();
    let mut sent: Vec<(&str, &str)> = sound.iter().flat_map(|(sent, ..)| sent.iter().copied()).collect();
    sent.push(("do", "save"));
    // What an answer has brought to light is on the page of the next save.
    pages.fill(&sent).await;
    let page = pages.fill(&sent).await;
    let answers = pages.stored().await.answers;
    for (_, path, stored, shown) in &sound {
        assert_eq!(answers.get(path), Some(stored), "{path}");
        assert!(page.contains(shown), "{path}: {shown}\n{page}");
    }
    for said in [
        "<strong>Перед заполнением</strong> прочитайте <a href=\"https://school.ru/rules\">положение</a>",
        "<summary>Подробнее</summary><p>Если программ несколько",
        "МБОУ «Луговая СОШ»",
        "<p class=\"answer\">П-12</p>",
        "colspan=\"6\">Начальная школа</th>",
        "гр.\u{a0}3</td>",
        "стр.\u{a0}02</span>",
        "<option value=\"Барнаул\"></option><option value=\"Бийск\"></option></datalist>",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert!(!page.contains("name=\"a:number\""), "what is only shown is not asked");
    assert!(!page.contains("name=\"a:plan/third/homework\""), "a grey cell is not asked");
    assert!(!page.contains("class=\"fault\""), "{page}");

    pages.send(&sent[..sent.len() - 1]).await;
    let read = pages.page().await;
    for said in ["Математика; Физика", "1. Русский язык; 2. Математика", "октябрь 2025", "Бийск", "+7 913 123-45-67"]
    {
        assert!(read.contains(said), "{said}\n{read}");
    }
    let verified = verify::actions::verify(&pages.db, &Actor::operator()).await.unwrap();
    assert!(verified.wrong.is_empty(), "{:?}", verified.wrong);
}

/// What is said of each wrong answer.
const WRONG: [(&str, &str); 14] = [
    ("site", "Ожидается адрес страницы"),
    ("mail", "Ожидается адрес электронной почты"),
    ("phone", "Ожидается номер телефона"),
    ("partner", "Варианта «s9» нет"),
    ("cost", "Ожидается сумма в рублях"),
    ("load", "Ожидается число через 5, считая от 0"),
    ("month", "Ожидается месяц"),
    ("at", "Ожидается время"),
    ("moment", "Ожидается дата и время"),
    ("term", "Ожидается срок"),
    ("subjects", "Не больше двух предметов"),
    ("order", "Одно место дано двум вариантам"),
    ("town", "Вариант «Бийск» здесь не подходит"),
    ("clubs", "Варианта «шашки» нет"),
];

#[tokio::test]
async fn what_is_wrong_comes_back_as_it_was_typed() {
    let pages = pages(FORM).await;
    let sent = [
        ("a:site", "school.ru"),
        ("a:mail", "почта"),
        ("a:phone", "нет"),
        ("a:partner", "s9"),
        ("a:cost", "1,005"),
        ("a:load", "33"),
        ("a:month", "скоро"),
        ("a:at", "25:00"),
        ("a:moment", "завтра"),
        ("a:term", "31.02.2025"),
        ("a:subjects", ""),
        ("a:subjects", "math"),
        ("a:subjects", "rus"),
        ("a:subjects", "phys"),
        ("a:order", ""),
        ("a:order:math", "1"),
        ("a:order:rus", "1"),
        ("a:region", "54"),
        ("a:town", "Бийск"),
        ("a:clubs", ""),
        ("a:clubs", "шашки"),
        ("do", "save"),
    ];
    let page = pages.fill(&sent).await;
    for (path, words) in WRONG {
        let at = page.find(&format!("id=\"e-{path}\"")).unwrap_or_else(|| panic!("no fault at {path}\n{page}"));
        let said: String = page[at..].chars().take(300).collect();
        assert!(said.contains(words), "{path}: {said}");
    }
    for typed in [
        "value=\"school.ru\"",
        "value=\"почта\"",
        "value=\"s9\" selected",
        "value=\"1,005\"",
        "value=\"33\"",
        "value=\"скоро\"",
        "value=\"25:00\"",
        "value=\"завтра\"",
        "value=\"31.02.2025\"",
        "value=\"phys\" checked",
        "name=\"a:order:rus\"><option value=\"\">—</option><option selected>1</option>",
        "value=\"шашки\" checked",
        "name=\"a:town\" value=\"Бийск\"",
    ] {
        assert!(page.contains(typed), "{typed}\n{page}");
    }
}

#[tokio::test]
async fn what_is_no_longer_ticked_is_gone_and_an_absence_may_be_stated() {
    let pages = pages(FORM).await;
    pages
        .fill(&[("a:subjects", ""), ("a:subjects", "math"), ("a:cost", "5"), ("a:agreed", "OK"), ("do", "save")])
        .await;
    let gone = [
        ("a:subjects", ""),
        ("missing:subjects", "no-data"),
        ("a:cost", ""),
        ("missing:cost", "not-applicable"),
        ("a:agreed", ""),
        ("do", "save"),
    ];
    let page = pages.fill(&gone).await;
    let answers = pages.stored().await.answers;
    assert_eq!(answers.get("subjects"), Some(&json!({"missing": "no-data"})));
    assert_eq!(answers.get("cost"), Some(&json!({"missing": "not-applicable"})));
    assert_eq!(answers.get("agreed"), None);
    assert!(page.contains("name=\"missing:subjects\""), "{page}");
}

#[tokio::test]
async fn five_thousand_choices_stay_usable_and_stand_on_the_page_once() {
    use std::fmt::Write as _;
    let mut text =
        FORM.replace("type = \"select_one regions\"\nappearance = \"minimal\"", "type = \"select_one villages\"");
    text = text
        .replace("[choices.clubs]", "[choices.old_clubs]")
        .replace("type = \"select_multiple clubs\"", "type = \"select_multiple villages\"");
    text = text.replace("region = ${region}", "region = '22'");
    text += "\n[choices.villages]\n";
    for number in 0..5000 {
        writeln!(text, "v{number} = \"Село № {number}\"").unwrap();
    }
    let pages = pages(&text).await;
    let page =
        pages.fill(&[("a:region", "село № 4999"), ("a:clubs", ""), ("a:clubs", "Село № 7"), ("do", "save")]).await;
    assert!(page.contains("name=\"a:region\" value=\"Село № 4999\""));
    assert!(page.contains("name=\"a:clubs\" value=\"v7\" checked"));
    assert_eq!(page.matches("<option value=\"Село № 1234\">").count(), 1);
    assert!(page.len() < 600_000, "{} bytes", page.len());
}

#[tokio::test]
async fn the_workbook_has_every_type() {
    let pages = pages(FORM).await;
    let sound = sound();
    let sent: Vec<(&str, &str)> = sound.iter().flat_map(|(sent, ..)| sent.iter().copied()).collect();
    pages.fill(&[&sent[..], &[("do", "save")]].concat()).await;
    pages.send(&sent).await;
    let query = indicator::Query::new("everything", Period::from_id("2025Sep").unwrap(), Actor::operator().scope());
    let made = export::actions::workbook(&pages.db, &Actor::operator(), &query, Lang::Ru).await.unwrap();
    if let Ok(folder) = std::env::var("SVOD_KEEP") {
        std::fs::write(std::path::Path::new(&folder).join("everything.xlsx"), &made.bytes).unwrap();
    }
    let book = sheet::read(&made.bytes, &made.name).unwrap();
    let data = book.sheets.iter().find(|sheet| sheet.name() == "Данные").unwrap();
    let head = (0..data.height()).find(|row| data.cell(*row, 0).text() == "№").unwrap();
    let column = |heading: &str| {
        let found = (0..data.width()).find(|column| data.cell(head + 1, *column).text() == heading);
        found.unwrap_or_else(|| panic!("no column {heading:?}: {:?}", data.row(head + 1)))
    };
    for (heading, text) in [
        ("Расходы за год, ₽", "12345.6"),
        ("Месяц начала", "01.10.2025"),
        ("Срок программы", "сентябрь 2025 – май 2026"),
        ("Школа-партнёр", "МБОУ «Луговая СОШ»"),
        ("Город", "Бийск"),
        ("Кружки: Хор", "1"),
        ("Кружки: Шахматы", "0"),
        ("Предметы программы: Физика", "1"),
        ("Что важнее: Русский язык", "1"),
        ("Что важнее: Математика", "2"),
        ("Что важнее: Физика", ""),
        ("Телефон куратора", "+7 913 123-45-67"),
        ("С положением ознакомлены", "отмечено"),
    ] {
        assert_eq!(data.cell(head + 2, column(heading)).text(), text, "{heading}");
    }
}

#[test]
fn lists_are_bounded_and_a_list_of_a_file_is_part_of_the_form() {
    use std::fmt::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let form = "id = \"f\"\ntitle = \"F\"\n[[list]]\nname = \"cities\"\nfile = \"cities.csv\"\n[[group]]\n\
                [[group.question]]\nname = \"city\"\ntype = \"select_one cities\"\nchoice_filter = \"region = '22'\"\n\
                [[case]]\ntitle = \"c\"\nanswers = { city = \"bsk\" }\nfaults = {}\n\
                [[case]]\ntitle = \"d\"\nanswers = { city = \"nsk\" }\nfaults = { city = \"unknown-choice\" }\n";
    std::fs::write(folder.path().join("f.toml"), form).unwrap();
    let check = |list: &str| {
        std::fs::write(folder.path().join("cities.csv"), list).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_svod"));
        let output = command.current_dir(folder.path()).args(["check", "--json", "f.toml"]).output().unwrap();
        serde_json::from_slice::<Json>(&output.stdout).unwrap()
    };
    let sound = check("name,label,region\nbsk,Бийск,22\nnsk,Новосибирск,54\n");
    assert_eq!(sound["faults"], json!([]), "{sound}");
    assert!(sound["cases"].as_array().unwrap().iter().all(|case| case["ok"] == true), "{sound}");

    let wrong = check("name,label,region\nbsk,Бийск,22\nbsk,Бийск,22\n,Пусто,1\n");
    let places: Vec<(&str, u64)> = wrong["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["code"].as_str().unwrap(), fault["line"].as_u64().unwrap()))
        .collect();
    assert!(places.contains(&("duplicate", 3)) && places.contains(&("syntax", 4)), "{wrong}");

    let mut million = String::from("name,label\n");
    for number in 0..600_000 {
        writeln!(million, "c{number},Г").unwrap();
    }
    let start = std::time::Instant::now();
    let refused = check(&million);
    assert!(refused["faults"].to_string().contains("не больше 50"), "{refused}");
    let mut written = String::from("id = \"f\"\ntitle = \"F\"\n[choices.l]\n");
    for number in 0..1_000_000 {
        writeln!(written, "c{number} = \"Г\"").unwrap();
    }
    assert!(form::read(&written, "f.toml").is_err());
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

//! A municipality's report beside the figures of its schools: what of theirs is seen, and what becomes of it when a
//! school is late, corrects its report, or an import of it is taken back.
#![allow(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;

use district::{District, Row, TWO_SCHOOLS};
use serde_json::{Value as Json, json};
use svod::access::Actor;
use svod::form::{self, Answers, Form};
use svod::import::actions::Wish;
use svod::import::{self, Upload};
use svod::indicator::{self, IndicatorFigures, Query, Side};
use svod::org;
use svod::period::Period;
use svod::report::{self, Key, Source, verify, version};

const SCHOOLS: &str = include_str!("forms/ok/repeats.toml");
const DISTRICT: &str = include_str!("forms/ok/subordinate.toml");

/// Another municipality, whose school is nobody's business here.
const NEIGHBOURS: [Row; 2] =
    [["m2", "Озёрный район", "Муниципалитет", "r"], ["s3", "МБОУ «Озёрная СОШ»", "Школа", "m2"]];

/// What pages and workbooks show of the municipality.
#[derive(Debug, PartialEq)]
struct Seen {
    covered: [Option<f64>; 2],
    answered: Option<f64>,
    thin: Option<bool>,
}

fn seen(covered: [f64; 2], answered: f64, thin: bool) -> Seen {
    Seen { covered: covered.map(Some), answered: Some(answered), thin: Some(thin) }
}

struct Desk {
    district: District,
    actor: Actor,
    schools: Form,
    municipality: Form,
}

impl Desk {
    async fn new() -> Desk {
        let schools = form::read(SCHOOLS, "repeats.toml").unwrap();
        let municipality = form::read(DISTRICT, "subordinate.toml").unwrap();
        let organisations = [&TWO_SCHOOLS[..], &NEIGHBOURS].concat();
        let district = District::new(&organisations, &[schools.clone(), municipality.clone()]).await;
        Desk { district, actor: Actor::operator(), schools, municipality }
    }

    async fn key(&self, form: &Form, code: &str) -> Key {
        let about = org::actions::by_code(&self.district.db, &self.actor, code).await.unwrap();
        Key::new(form, Period::from_id("2025").unwrap(), about.id)
    }

    /// A school sends that so many years of work its people have.
    async fn send(&self, code: &str, years: &[i64]) {
        let key = self.key(&self.schools, code).await;
        report::actions::send(&self.district.db, &self.actor, &key, team(years), Source::Page).await.unwrap();
    }

    /// A school begins a report, or to correct the one that it has sent.
    async fn save(&self, code: &str, years: &[i64]) {
        let key = self.key(&self.schools, code).await;
        report::actions::save_draft(&self.district.db, &self.actor, &key, team(years), Source::Page).await.unwrap();
    }

    /// The checks that speak up when the municipality looks at its report.
    async fn said(&self) -> Vec<String> {
        let key = self.key(&self.municipality, "m").await;
        let view = report::actions::open(&self.district.db, &self.actor, &key).await.unwrap();
        view.filled().faults.into_iter().filter_map(|fault| fault.name).collect()
    }

    /// Both indicators of the municipality and its list, as pages and workbooks show them.
    async fn figures(&self) -> Seen {
        let query = Query::new("subordinate", Period::from_id("2025").unwrap(), self.actor.scope());
        let figures = indicator::actions::figures(&self.district.db, &self.actor, &query).await.unwrap();
        let of = |name: &str| {
            let named = |one: &&IndicatorFigures| figures.version.form.indicators[one.indicator].name == name;
            let one = figures.indicators.iter().find(named).unwrap();
            let whole = &one.rows[0].total;
            [whole.numerator, whole.denominator]
        };
        let lists = indicator::actions::lists(&self.district.db, &self.actor, &query).await.unwrap();
        let side = lists[0].entries.iter().find(|entry| entry.org.code == "m").unwrap().side;
        let wrong = verify::actions::verify(&self.district.db, &self.actor).await.unwrap().wrong;
        assert!(wrong.is_empty(), "what is kept is what would be computed: {wrong:?}");
        let thin = match side {
            Side::In => Some(true),
            Side::Out => Some(false),
            Side::Unknown => None,
        };
        Seen { covered: of("covered"), answered: of("answered")[0], thin }
    }
}

fn team(years: &[i64]) -> Answers {
    let one = |years: &i64| json!({"who": "Педагог", "post": "deputy", "years": years});
    Answers::from_json(&json!({"team": years.iter().map(one).collect::<Vec<_>>()}))
}

#[tokio::test]
async fn a_municipality_sees_what_its_schools_have_sent() {
    let desk = Desk::new().await;
    let key = desk.key(&desk.municipality, "m").await;
    desk.save("s1", &[40, 50]).await;
    desk.send("s3", &[20]).await;
    assert!(desk.said().await.is_empty(), "a draft is seen by nobody, neither is another municipality's school");

    let answers = json!({"teachers": 3, "experience": 100});
    let sent = report::actions::send(&desk.district.db, &desk.actor, &key, Answers::from_json(&answers), Source::Page);
    sent.await.unwrap();
    assert_eq!(desk.figures().await, Seen { covered: [None, None], answered: Some(0.0), thin: None });

    desk.send("s1", &[40, 50]).await;
    assert_eq!(desk.said().await, ["teachers_agree"], "one of two schools: two people of three");
    assert_eq!(desk.figures().await, seen([2.0, 2.0], 1.0, true));

    // The second is late: the report of the municipality was sent long before.
    desk.send("s2", &[5]).await;
    assert!(desk.said().await.is_empty());
    assert_eq!(desk.figures().await, seen([2.0, 3.0], 2.0, true));

    desk.save("s2", &[5, 30]).await;
    assert_eq!(desk.figures().await.covered, [Some(2.0), Some(3.0)], "what is being corrected counts as it was sent");
    desk.send("s2", &[5, 30]).await;
    assert_eq!(desk.said().await, ["teachers_agree", "experience_agrees"]);
    assert_eq!(desk.figures().await, seen([3.0, 4.0], 2.0, false));
}

const PUPILS: &str = r#"
id = "pupils"
title = "Ученики"
period = "calendar-year"

[[group]]

[[group.question]]
name = "n"
type = "integer"
label = "Учеников"

[[group.question]]
name = "t"
type = "table"

[[group.question.row]]
name = "b"
[[group.question.row]]
name = "a"

[[group.question.column]]
name = "kind"
type = "text"

[[group.question.column]]
name = "n_of_kind"
type = "integer"

[[import]]
name = "list"
header = ["Наименование"]
organisation = "Наименование"

[[import.column]]
header = "Учеников"
to = "n"
"#;

/// A form about one municipality or school that reads the one before.
fn reader(about: &str, numerator: &str) -> Form {
    let text = format!(
        "id = \"reader\"\ntitle = \"Читает\"\nperiod = \"calendar-year\"\nabout = \"{about}\"\nby = [\"{about}\"]\n\
         [[group]]\n[[group.question]]\nname = \"own\"\ntype = \"integer\"\n\
         [[indicator]]\nname = \"read\"\nunit = \"number\"\nnumerator = \"{numerator}\"\n"
    );
    form::read(&text, "reader.toml").unwrap()
}

/// A data file with both forms, where the reader's report about an organisation has been sent.
async fn read_by(reader: &Form, about: &str) -> (District, Actor) {
    let pupils = form::read(PUPILS, "pupils.toml").unwrap();
    let (district, actor) = (District::new(&TWO_SCHOOLS, &[pupils, reader.clone()]).await, Actor::operator());
    send(&district, reader, about, json!({"own": 1})).await;
    (district, actor)
}

async fn send(district: &District, form: &Form, code: &str, answers: Json) {
    let actor = Actor::operator();
    let about = org::actions::by_code(&district.db, &actor, code).await.unwrap();
    let key = Key::new(form, Period::from_id("2025").unwrap(), about.id);
    report::actions::send(&district.db, &actor, &key, Answers::from_json(&answers), Source::Page).await.unwrap();
}

/// The reader's only figure.
async fn read(district: &District) -> Option<f64> {
    let actor = Actor::operator();
    let query = Query::new("reader", Period::from_id("2025").unwrap(), actor.scope());
    let wrong = verify::actions::verify(&district.db, &actor).await.unwrap().wrong;
    assert!(wrong.is_empty(), "{wrong:?}");
    let figures = indicator::actions::figures(&district.db, &actor, &query).await.unwrap();
    figures.indicators[0].rows[0].total.numerator
}

#[tokio::test]
async fn an_import_and_its_undoing_reach_whoever_is_above() {
    let region = reader("region", "sum(children(${pupils:n}))");
    let (district, actor) = read_by(&region, "r").await;
    let pupils = form::read(PUPILS, "pupils.toml").unwrap();
    let table = "Наименование;Учеников\nМБОУ «Лесная СОШ»;120\nМБОУ «Луговая СОШ»;80\n";
    let upload = Upload::of_bytes(table.as_bytes(), "ученики.csv").unwrap();
    let wish = Wish { period: "2025".to_owned(), ..Wish::default() };
    let plan = import::actions::plan(&district.db, &actor, &pupils, &upload.book, &wish).await.unwrap();
    let receipt = import::actions::apply(&district.db, &actor, &pupils, &plan, &upload).await.unwrap();
    assert_eq!(read(&district).await, Some(200.0), "two levels above the schools");
    import::actions::undo(&district.db, &actor, receipt.batch.unwrap()).await.unwrap();
    assert_eq!(read(&district).await, None);
}

#[tokio::test]
async fn columns_of_another_form_keep_their_rows_in_place() {
    let picked = "sumif(${pupils:t/kind}, 'x', ${pupils:t/n_of_kind})";
    let school = reader("school", picked);
    let (district, _) = read_by(&school, "s1").await;
    let pupils = form::read(PUPILS, "pupils.toml").unwrap();
    let cells = json!({"b": {"n_of_kind": 5}, "a": {"kind": "x", "n_of_kind": 7}});
    send(&district, &pupils, "s1", json!({"t": cells})).await;
    assert_eq!(read(&district).await, Some(7.0), "row b has no kind, and lends none to its number");
}

#[tokio::test]
async fn a_question_that_is_called_otherwise_today_is_still_read() {
    let municipality = reader("municipality", "sum(children(${pupils:n})) + sum(children(${pupils:t/n_of_kind}))");
    let (district, actor) = read_by(&municipality, "m").await;
    let pupils = form::read(PUPILS, "pupils.toml").unwrap();
    let cells = json!({"n": 100, "t": {"a": {"n_of_kind": 1}}});
    send(&district, &pupils, "s1", cells).await;
    assert_eq!(read(&district).await, Some(101.0));
    let renamed =
        PUPILS.replace("name = \"n\"", "name = \"pupils\"\nwas = [\"n\"]").replace("to = \"n\"", "to = \"pupils\"");
    let renamed = form::read(&renamed, "pupils.toml").unwrap();
    let follows = reader("municipality", "sum(children(${pupils:pupils})) + sum(children(${pupils:t/n_of_kind}))");
    version::actions::publish(&district.db, &actor, &[renamed.clone(), follows.clone()]).await.unwrap();
    send(&district, &follows, "m", json!({"own": 2})).await;
    assert_eq!(read(&district).await, Some(101.0), "the answer of the version before");
    send(&district, &renamed, "s2", json!({"pupils": 10})).await;
    assert_eq!(read(&district).await, Some(111.0));
}

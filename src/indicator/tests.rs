//! Figures and lists of a small territory, from the registry and the reports as they are sent.

use serde_json::{Value as Json, json};

use super::*;
use crate::form::{Answers, Form, read};
use crate::indicator::{Figure, IndicatorFigures, Side};
use crate::lang::Lang;
use crate::org;
use crate::period::Period;
use crate::report::{self, Key, Source, version};
use crate::sheet::{Book, Cell, Grid};

const ORGS: &str = "Код|Наименование|Тип|Вышестоящая\n22|Край|Регион|\nm1|Северный район|Муниципалитет|22\n\
                    m2|Южный район|Муниципалитет|22\n1|СОШ № 1|Школа|m1\n2|СОШ № 2|Школа|m1\n3|СОШ № 3|Школа|m2\n\
                    4|СОШ № 4|Школа|m2\n5|Лицей края|Школа|22";

struct Bench {
    _dir: tempfile::TempDir,
    db: Db,
    me: Actor,
    form: Form,
}

impl Bench {
    async fn new() -> Bench {
        Bench::with(ORGS, include_str!("../../tests/fixtures/export/exams.toml")).await
    }

    async fn with(orgs: &str, form: &str) -> Bench {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(dir.path()).await.unwrap();
        let me = Actor::operator();
        let cell = |text: &str| Cell::Text(text.to_owned());
        let rows = orgs.lines().map(|line| line.split('|').map(cell).collect()).collect();
        let book = Book { name: "orgs".to_owned(), sheets: vec![Grid::from_rows("Лист1", rows, vec![])] };
        org::actions::import(&db, &me, &book).await.unwrap();
        let form = read(form, "form.toml").unwrap();
        version::actions::publish(&db, &me, std::slice::from_ref(&form)).await.unwrap();
        Bench { _dir: dir, db, me, form }
    }

    async fn send(&self, school: &str, period: &str, answers: Json) {
        let org = org::actions::by_code(&self.db, &self.me, school).await.unwrap();
        let key = Key::new(&self.form, Period::from_id(period).unwrap(), org.id);
        self.send_as(&key, answers).await;
    }

    async fn send_as(&self, key: &Key, answers: Json) {
        let answers = Answers::from_json(&answers);
        report::actions::send(&self.db, &self.me, key, answers, Source::Page).await.unwrap();
    }

    fn query(&self, period: &str) -> Query {
        Query::new(&self.form.id, Period::from_id(period).unwrap(), self.me.scope())
    }

    async fn figures(&self, query: &Query) -> Figures {
        figures(&self.db, &self.me, query).await.unwrap()
    }

    async fn list(&self, period: &str) -> Vec<(String, Side, String, String)> {
        let lists = lists(&self.db, &self.me, &self.query(period)).await.unwrap();
        let said = |entry: &Entry| {
            let reasons: Vec<String> = entry.reasons.iter().map(|why| why.say(Lang::Ru)).collect();
            let ground = entry.ground.map(|ground| self.form.classifications[0].grounds[ground].name.clone());
            let (known, of) = entry.known;
            let word = entry.remark().map(|words| words.say(Lang::Ru)).unwrap_or_default();
            let moved = entry.moved.map(|moved| format!(" {moved:?}")).unwrap_or_default();
            let said = format!("{}{moved} {known}/{of} {word}", ground.unwrap_or_default());
            (entry.org.code.clone(), entry.side, said.trim().to_owned(), reasons.join("; "))
        };
        lists[0].entries.iter().map(said).collect()
    }
}

fn row(participants: i64, failed: i64) -> Json {
    json!({"participants": participants, "failed": failed})
}

fn figure(all: &[IndicatorFigures], indicator: usize, row: usize, part: Option<usize>) -> &Figure {
    let row = &all[indicator].rows[row];
    part.map_or(&row.total, |part| &row.parts[part])
}

#[tokio::test]
async fn a_share_is_a_quotient_of_sums_over_rows_with_both_parts() {
    let bench = Bench::new().await;
    bench.send("1", "2021Sep", json!({"results": {"math": row(10, 3), "rus": {"reported_share": 40}}})).await;
    bench.send("2", "2021Sep", json!({"results": {"math": row(30, 1), "rus": row(20, 0)}})).await;
    bench.send("3", "2021Sep", json!({"results": {"math": {"participants": 7}}})).await;
    bench.send("5", "2021Sep", json!({"results": {"math": row(10, 0)}})).await;
    let figures = bench.figures(&bench.query("2021Sep")).await;
    let names: Vec<Option<&str>> =
        figures.territories.iter().map(|part| part.org.as_ref().map(|org| org.label())).collect();
    assert_eq!(names, [Some("Северный район"), Some("Южный район"), None]);
    assert_eq!(figures.total.org.as_ref().map(|org| org.label()), Some("Край"));
    assert_eq!((figures.tally.accepted, figures.tally.sent, figures.tally.expected), (0, 4, 5));
    let north = figure(&figures.indicators, 0, 0, Some(0));
    assert_eq!((north.numerator, north.denominator, north.value), (Some(4.0), Some(40.0), Some(10.0)));
    assert_eq!((north.counted, north.answered, north.expected, north.met), (2, 2, 2, Some(true)));
    let total = figure(&figures.indicators, 0, 0, None);
    assert_eq!((total.numerator, total.denominator, total.value), (Some(4.0), Some(50.0), Some(8.0)));
    assert_eq!((total.counted, total.answered, total.expected), (3, 4, 5));
    let russian = figure(&figures.indicators, 0, 1, Some(0));
    let named: Vec<_> = russian.only_share.clone();
    let one = org::actions::by_code(&bench.db, &bench.me, "1").await.unwrap();
    assert_eq!((russian.counted, russian.answered, named), (1, 2, vec![one.id]));
    let nothing = figure(&figures.indicators, 0, 2, None);
    assert_eq!((nothing.numerator, nothing.value, nothing.counted, nothing.met), (None, None, 0, None));
}

#[tokio::test]
async fn base_expected_two_periods_and_among() {
    let bench = Bench::new().await;
    let low = json!({"math": row(10, 5), "rus": row(10, 4)});
    bench.send("1", "2020Sep", json!({"results": {"math": row(10, 1)}})).await;
    bench.send("1", "2021Sep", json!({"results": low, "programme": "yes", "hours": 2.5})).await;
    bench.send("2", "2021Sep", json!({"programme": "no"})).await;
    bench.send("4", "2020Sep", json!({"results": {"rus": row(10, 10)}})).await;
    let figures = bench.figures(&bench.query("2021Sep")).await;
    let said = |indicator| {
        let total = figure(&figures.indicators, indicator, 0, None);
        (total.numerator, total.denominator, total.value, total.counted, total.silent, total.expected)
    };
    assert_eq!(said(1), (Some(20.0), Some(40.0), Some(50.0), 2, 0, 5));
    assert_eq!(said(2), (Some(1.0), Some(5.0), Some(20.0), 2, 3, 5));
    assert_eq!(said(3), (Some(2.5), None, Some(2.5), 1, 0, 5));
    assert_eq!(said(4), (Some(1.0), Some(1.0), Some(100.0), 1, 0, 1));
    let query = Query { accepted: true, ..bench.query("2021Sep") };
    let accepted = bench.figures(&query).await;
    assert_eq!(figure(&accepted.indicators, 3, 0, None).value, None);
    assert_eq!((accepted.tally.sent, accepted.tally.accepted), (2, 0));
    let query = Query { level: Level::Organisation, ..bench.query("2021Sep") };
    let schools = bench.figures(&query).await;
    assert_eq!(schools.territories.len(), 5);
    let first = schools.territories.iter().position(|part| part.org.as_ref().is_some_and(|org| org.code == "1"));
    assert_eq!(figure(&schools.indicators, 0, 0, first).value, Some(50.0));
}

#[tokio::test]
async fn the_known_answer() {
    let bench = Bench::new().await;
    let share = |share: i64| json!({"reported_share": share});
    bench.send("1", "2021Sep", json!({"results": {"math": share(43)}})).await;
    bench.send("1", "2020Sep", json!({"results": {"math": share(54), "rus": share(31)}})).await;
    bench.send("2", "2021Sep", json!({"results": {"math": row(0, 0), "rus": row(0, 0)}})).await;
    bench.send("3", "2021Sep", json!({"results": {"math": row(10, 3), "rus": row(10, 3)}})).await;
    bench.send("3", "2020Sep", json!({"results": {"math": row(10, 0), "rus": row(10, 3)}})).await;
    let text = |code: &str, side, said: &str, why: &str| (code.to_owned(), side, said.to_owned(), why.to_owned());
    let silent = "отчёт не сдан";
    assert_eq!(
        bench.list("2020Sep").await,
        [
            text(
                "1",
                Side::In,
                "two_procedures 2/2",
                "ОГЭ, математика: 54\u{a0}% (2020/21); ОГЭ, русский язык: 31\u{a0}% (2020/21)"
            ),
            text("2", Side::Unknown, &format!("0/2 {silent}"), ""),
            text("3", Side::Unknown, "2/2", ""),
            text("4", Side::Unknown, &format!("0/2 {silent}"), ""),
            text("5", Side::Unknown, &format!("0/2 {silent}"), ""),
        ]
    );
    assert_eq!(
        bench.list("2021Sep").await,
        [
            text(
                "1",
                Side::In,
                "two_years Stayed 1/2",
                "ОГЭ, математика: 43\u{a0}% (2021/22), 54\u{a0}% (2020/21); ОГЭ, русский язык: 31\u{a0}% (2020/21)"
            ),
            text("2", Side::Unknown, "0/2 никто не участвовал", ""),
            text(
                "3",
                Side::In,
                "two_procedures 2/2",
                "ОГЭ, математика: 30\u{a0}% (2021/22); ОГЭ, русский язык: 30\u{a0}% (2021/22), 30\u{a0}% (2020/21)"
            ),
            text("4", Side::Unknown, &format!("0/2 {silent}"), ""),
            text("5", Side::Unknown, &format!("0/2 {silent}"), ""),
        ]
    );
}

/// «2: In 1/4» for each organisation: where it stands, and its place.
async fn places(bench: &Bench, query: &Query) -> Vec<String> {
    let lists = lists(&bench.db, &bench.me, query).await.unwrap();
    let said = |entry: &Entry| {
        let place = entry.standing.map(|one| format!(" {}/{}", one.place, one.of)).unwrap_or_default();
        let moved = entry.moved.map(|moved| format!(" {moved:?}")).unwrap_or_default();
        format!("{}: {:?}{place}{moved}", entry.org.code, entry.side)
    };
    lists[0].entries.iter().map(said).collect()
}

#[tokio::test]
async fn a_place_is_among_all_schools_of_the_region_whoever_asks() {
    let orgs = format!("{ORGS}\n33|Область|Регион|\nm9|Дальний район|Муниципалитет|33\n9|СОШ № 9|Школа|m9");
    let bench = Bench::with(&orgs, include_str!("../../tests/forms/ok/ranked.toml")).await;
    for (school, before, now) in [("1", 5, 1), ("2", 4, 2), ("3", 1, 3), ("4", 2, 3), ("9", 7, 0)] {
        bench.send(school, "2020Sep", json!({"score": before})).await;
        bench.send(school, "2021Sep", json!({"score": now})).await;
    }
    let five = org::actions::by_code(&bench.db, &bench.me, "5").await.unwrap();
    let key = Key::new(&bench.form, Period::from_id("2021Sep").unwrap(), five.id);
    let draft = Answers::from_json(&json!({"score": 0}));
    report::actions::save_draft(&bench.db, &bench.me, &key, draft, Source::Page).await.unwrap();
    let all = places(&bench, &bench.query("2021Sep")).await;
    let region = ["1: In 1/4 Entered", "2: Out 2/4", "3: Out 3/4 Left", "4: Out 3/4", "5: Unknown"];
    assert_eq!(all[..5], region, "a draft is no value, and other regions are no peers");
    assert_eq!(all[5..], ["9: Out 1/1"]);
    let earlier = places(&bench, &bench.query("2020Sep")).await;
    assert_eq!(earlier[..5], ["1: Out 4/4", "2: Out 3/4", "3: In 1/4", "4: Out 2/4", "5: Unknown"]);
    for (code, seen) in [("m1", 0..2), ("m2", 2..4), ("3", 2..3), ("22", 0..5)] {
        let scope = org::actions::scope(&bench.db, &bench.me, Some(code)).await.unwrap();
        let query = Query { scope, ..bench.query("2021Sep") };
        assert_eq!(places(&bench, &query).await, all[seen], "{code}");
    }
}

#[tokio::test]
async fn of_two_reports_about_a_school_one_is_compared() {
    let bench = Bench::with(ORGS, include_str!("../../tests/forms/ok/ranked.toml")).await;
    for (school, score) in [("1", 5), ("2", 6), ("3", 7)] {
        bench.send(school, "2021Sep", json!({"score": score})).await;
    }
    let three = org::actions::by_code(&bench.db, &bench.me, "3").await.unwrap();
    let key = Key::new(&bench.form, Period::from_id("2021Sep").unwrap(), three.id);
    let key = Key { by: crate::form::Respondent::Municipality, ..key };
    bench.send_as(&key, json!({"score": 1})).await;
    let said = places(&bench, &bench.query("2021Sep")).await;
    assert_eq!(said[..3], ["1: In 1/3", "2: Out 2/3", "3: Out 3/3"]);
    let accepted = Query { accepted: true, ..bench.query("2021Sep") };
    assert!(places(&bench, &accepted).await.iter().all(|said| said.ends_with("Unknown")), "nothing is accepted");
}

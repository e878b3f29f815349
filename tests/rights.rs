//! The walk of rights: every route × role × own, neighbouring, foreign and parent territory × state of the report gives
//! exactly what the table says, and no answer holds anything of whoever the asker may not see.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "the helpers of a test fail as the test does"
)]

#[path = "common/district.rs"]
mod district;
#[path = "rights/world.rs"]
mod world;

use std::collections::BTreeMap;

use poem::http::{Method, StatusCode};
use poem::{Endpoint, Response};
use svod::web::pages::{ALL, Verb};
use world::{
    Answer, Body, Copy, FORMS, LINKED, ORGS, PEOPLE, STATES, World, copy, fields, marks, secret, with_file, world,
};

const TABLE: &str = include_str!("rights/table.txt");

/// What is asked for here is not there, whoever asks: no such link, no such import; figures of the server for its own
/// machine, which a test is not.
const NOWHERE: [(&str, &str); 8] = [
    ("GET", "/assets/:file"),
    ("POST", "/invite"),
    ("POST", "/fill"),
    ("POST", "/accounts/schools/letters.xlsx"),
    ("POST", "/links/:form/:period/letters.xlsx"),
    ("GET", "/metrics"),
    ("POST", "/orgs/import/undo"),
    ("POST", "/orgs/merge"),
];

/// A row of the table: the verb and route, what it is about, a cell for each of the people.
struct Row {
    verb: &'static str,
    route: &'static str,
    about: &'static str,
    cells: BTreeMap<char, char>,
}

fn table() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let row = |line: &'static str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let cells = PEOPLE.iter().zip(&words[3..]).map(|((mark, ..), cell)| (*mark, cell.chars().next().unwrap()));
        assert_eq!(words.len(), 3 + PEOPLE.len(), "{line}");
        Row { verb: words[0], route: words[1], about: words[2], cells: cells.collect() }
    };
    lines.map(row).collect()
}

#[test]
fn every_route_stands_in_the_table_and_nothing_else() {
    let verb = |verb: Verb| if verb == Verb::Show { "GET" } else { "POST" };
    let mut routes: Vec<(&str, &str)> = ALL.iter().map(|page| (verb(page.verb), page.path)).collect();
    let mut rows: Vec<(&str, &str)> = table().iter().map(|row| (row.verb, row.route)).collect();
    routes.sort_unstable();
    rows.sort_unstable();
    assert_eq!(routes, rows);
}

/// Whether an organisation lies at or below another; nothing is below nowhere.
fn inside(org: &str, root: &str) -> bool {
    let above = |code: &str| ORGS.iter().find(|row| row[0] == code).map(|row| row[3]).unwrap_or_default();
    let mut up = org;
    while !up.is_empty() {
        if up == root {
            return true;
        }
        up = above(up);
    }
    root.is_empty()
}

/// What somebody asks for.
struct Ask {
    address: String,
    body: Option<Body>,
    /// Whose it is; nothing where it is nobody's.
    whose: &'static str,
    /// Whether it is there at all.
    exists: bool,
    /// What else decides: a form that a school may read but not fill.
    form: &'static str,
    said: String,
}

/// Everything that is asked of a route.
fn asks(row: &Row, world: &World) -> Vec<Ask> {
    let one = |address: &str, whose: &'static str, said: &str| Ask {
        address: address.to_owned(),
        body: body(row, ""),
        whose,
        exists: true,
        form: "own",
        said: said.to_owned(),
    };
    let filled = row.route.replace(":form", "own").replace(":period", "2022Sep").replace(":file", "nothing.css");
    match row.about {
        "all" => vec![Ask { exists: !NOWHERE.contains(&(row.verb, row.route)), ..one(&filled, "", "") }],
        "within" => {
            let named = ORGS.iter().map(|org| one(&format!("{filled}?org={}", org[0]), org[0], org[0]));
            named.chain([one(&filled, "", "own territory")]).collect()
        }
        "unit" => world::SCHOOLS.into_iter().map(|org| one(&filled.replace(":org", org), org, org)).collect(),
        "account" => {
            let of = |school: &'static str| one(&filled.replace(":login", &format!("of-{school}")), school, school);
            let admin = Ask { whose: "above", ..one(&filled.replace(":login", "administrator"), "", "administrator") };
            world::SCHOOLS.into_iter().map(of).chain([admin]).collect()
        }
        "batch" => {
            let of = |(batch, whose): (i64, &'static str)| Ask {
                body: Some(fields(&[("batch", &batch.to_string())])),
                ..one(&filled, whose, whose)
            };
            world.batches.into_iter().zip(["m1", "m2"]).map(of).collect()
        }
        _ => reports(row, world),
    }
}

/// A route of reports, about every organisation, in every state, by both forms.
fn reports(row: &Row, world: &World) -> Vec<Ask> {
    let mut asks = Vec::new();
    for org in ["s1", "b1", "s2"] {
        for (state, period) in STATES {
            for form in FORMS {
                let hash = world.hashes.iter().find(|(school, _)| *school == org).map(|(_, hash)| hash.as_str());
                let address = row.route.replace(":form", form).replace(":period", period).replace(":org", org);
                let name =
                    format!("{}.pdf", secret(org)).bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
                asks.push(Ask {
                    address: address.replace(":hash", hash.unwrap()).replace(":name", &name),
                    body: body(row, form),
                    whose: org,
                    exists: !row.route.contains(":hash") || (form == "own" && state != "empty"),
                    form,
                    said: format!("{org} {state} {form}"),
                });
            }
        }
    }
    asks
}

/// What is posted to a route: enough that it would do something.
fn body(row: &Row, form: &str) -> Option<Body> {
    if row.verb == "GET" {
        return None;
    }
    let number = if form == "register" { "a:score" } else { "a:pupils" };
    Some(match row.route {
        "/report/:form/:period/:org" => fields(&[(number, "12"), ("do", "save")]),
        "/orgs/import" => with_file(&[("since", "01.09.2025")], "x.csv", "Код;Наименование\n".as_bytes()),
        "/import" => with_file(&[("form", "own"), ("period", "2018/19")], "x.csv", "Код;Учащихся\nb1;5\n".as_bytes()),
        "/forms/new/xlsform" => with_file(&[("xlsform-id", "x")], "x.xlsx", b"no workbook"),
        _ => fields(&[("login", "x"), ("key", "x"), ("language", "ru")]),
    })
}

/// What the table says about an ask.
fn expected(row: &Row, ask: &Ask, (mark, root): (char, &str)) -> &'static str {
    let fills =
        row.about == "org" && (row.verb == "POST" || row.route.ends_with("/send") || row.route.ends_with("/discard"));
    match row.cells[&mark] {
        'e' => "entrance",
        '-' => "refused",
        _ if mark == 'L' && row.about == "org" && ask.said != LINKED => "not found",
        'x' if inside(ask.whose, root) => "refused",
        _ if fills && mark == 'S' && ask.form == "register" && inside(ask.whose, root) => "refused",
        _ if fills && mark == 'S' && ask.form == "register" => "refused or not found",
        _ if !ask.whose.is_empty() && !inside(ask.whose, root) => "not found",
        _ if !ask.exists => "not found",
        // A methodist keeps schools, a department keeps them too; nobody keeps what is above.
        _ => "allowed",
    }
}

fn got(answer: &Answer) -> &'static str {
    match answer.status {
        StatusCode::SEE_OTHER if answer.location.starts_with("/enter?to=") || answer.location == "/enter" => "entrance",
        StatusCode::OK | StatusCode::SEE_OTHER | StatusCode::UNPROCESSABLE_ENTITY => "allowed",
        StatusCode::FORBIDDEN => "refused",
        StatusCode::NOT_FOUND => "not found",
        _ => "something else",
    }
}

fn method(row: &Row) -> Method {
    if row.verb == "GET" { Method::GET } else { Method::POST }
}

#[tokio::test]
async fn everybody_gets_exactly_what_the_table_says_and_nothing_of_others() {
    let world = world().await;
    let (mut counts, mut wrong) = (BTreeMap::<&str, usize>::new(), Vec::new());
    let looking = copy(&world).await;
    for row in table() {
        for (mark, session) in &world.sessions {
            let root = PEOPLE.iter().find(|(known, ..)| known == mark).map(|(.., root)| *root).unwrap();
            // Leaving ends the session, and what is done changes the state: each in a copy of its own.
            let doing = if row.verb == "POST" { Some(copy(&world).await) } else { None };
            for ask in asks(&row, &world) {
                let answer = match &doing {
                    Some(doing) => sent(doing, &row, &ask, session.as_deref()).await,
                    None => sent(&looking, &row, &ask, session.as_deref()).await,
                };
                let (expected, got) = (expected(&row, &ask, (*mark, root)), got(&answer));
                *counts.entry(got).or_default() += 1;
                let at = format!("{} {} {mark} [{}]", row.verb, ask.address, ask.said);
                if !(expected == got || expected.starts_with("refused or") && expected.contains(got)) {
                    wrong.push(format!("{at}: {got} ({}) instead of {expected}", answer.status));
                }
                wrong
                    .extend(leaks(&answer, (*mark, root)).into_iter().map(|what| format!("{at}: gives away «{what}»")));
            }
        }
    }
    let count: usize = counts.values().sum();
    println!("{count} combinations of route, role, territory and state: {counts:?}");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

async fn sent<E: Endpoint<Output = Response>>(copy: &Copy<E>, row: &Row, ask: &Ask, session: Option<&str>) -> Answer {
    copy.ask(method(row), &ask.address, session, ask.body.clone()).await
}

/// What an answer holds of organisations that its reader may not see. Who is above a school is no secret.
fn leaks(answer: &Answer, (mark, root): (char, &str)) -> Vec<String> {
    let foreign = |org: &&[&str; 4]| match mark {
        'A' => false,
        'N' => true,
        _ => !inside(org[0], root) && !inside(root, org[0]),
    };
    let marks = ORGS.iter().filter(foreign).flat_map(|org| marks(org[0]));
    marks.filter(|mark| answer.text.contains(mark.as_str())).collect()
}

#[tokio::test]
async fn a_register_takes_no_rows_of_others() {
    let world = world().await;
    let pages = copy(&world).await;
    let session = world.sessions.iter().find(|(mark, _)| *mark == 'M').unwrap().1.as_deref();
    let address = "/register/own/2022Sep";
    // Keys are given in the order of the registry.
    for number in 0..=ORGS.len() + 1 {
        let (was, cell) = (format!("was:{number}"), format!("a:{number}/pupils"));
        let body = fields(&[(&was, "{}"), (&cell, "99"), ("do", "save")]);
        let answer = pages.ask(Method::POST, address, session, Some(body)).await;
        assert!(leaks(&answer, ('M', "m1")).is_empty(), "{number}: {}", answer.text);
        let own = number > 0 && ORGS.get(number - 1).is_some_and(|org| inside(org[0], "m1"));
        assert_eq!(got(&answer) == "not found", !own, "{number}: {}", answer.status);
    }
}

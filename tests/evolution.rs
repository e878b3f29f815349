//! What is different between two versions of a form and what becomes of stored answers: cases are data.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value as Json, json};
use svod::access::Actor;
use svod::db::Db;
use svod::error::{Fault, Place};
use svod::form::{self, Answers, Change, Form, Held, Permit, Respondent};
use svod::lang::Lang;
use svod::org;
use svod::period::Period;
use svod::report::{self, Key, Source};
use svod::sheet::{Book, Cell, Grid};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    answers: Vec<Stored>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Stored {
    by: String,
    of: Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    title: String,
    edits: Vec<(String, String)>,
    changes: Vec<String>,
    #[serde(default)]
    faults: Vec<String>,
}

const BASE: &str = include_str!("evolution/base.toml");

fn cases() -> Cases {
    toml::from_str(include_str!("evolution/cases.toml")).unwrap()
}

fn read(text: &str) -> Form {
    let said = |fault: &Fault| format!("{}: {}", fault.at, fault.say(Lang::En));
    form::read(text, "new.toml").unwrap_or_else(|faults| panic!("{:#?}", faults.iter().map(said).collect::<Vec<_>>()))
}

fn respondent(word: &str) -> Respondent {
    Respondent::ALL.into_iter().find(|(known, _)| *known == word).unwrap().1
}

fn line(change: &Change) -> String {
    let (deed, subject, outcome) = (change.deed.word(), change.subject.word(), change.outcome.word());
    let was = change.was.as_deref().filter(|_| change.permit != Permit::Removed);
    let was = was.map(|was| format!(" was {was}")).unwrap_or_default();
    let loss = match (change.lossy(), change.said) {
        (true, true) => " said",
        (true, false) => " lossy",
        (false, _) => "",
    };
    format!("{deed} {subject} {} {outcome} {}{was}{loss}", change.path, change.answers)
}

fn edited(edits: &[(String, String)]) -> String {
    edits.iter().fold(BASE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the form has no {from:?}");
        text.replacen(from, to, 1)
    })
}

#[test]
fn every_change_is_named_with_what_becomes_of_answers() {
    let (cases, old) = (cases(), read(BASE));
    for case in &cases.case {
        let new = read(&edited(&case.edits));
        let mut held = Held::nothing(&old, &new);
        for stored in &cases.answers {
            held.add(respondent(&stored.by), &Answers::from_json(&stored.of));
        }
        let changes = form::evolution(&old, &new, &held, "new.toml");
        let found: Vec<String> = changes.iter().map(line).collect();
        assert_eq!(found, case.changes, "{}", case.title);
        let faults: Vec<String> = form::losses(&changes)
            .iter()
            .map(|fault| match &fault.at {
                Place::Line { line, .. } => format!("{line} {}", fault.code),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(faults, case.faults, "{}", case.title);
        let said: Vec<String> = changes.iter().map(|change| change.say().say(Lang::Ru)).collect();
        assert!(said.iter().all(|said| !said.contains('{') && !said.contains("evolution.")), "{said:#?}");
    }
}

#[test]
fn without_answers_nothing_needs_a_word() {
    let old = read(BASE);
    for case in cases().case {
        let new = read(&edited(&case.edits));
        let changes = form::evolution(&old, &new, &Held::nothing(&old, &new), "new.toml");
        assert_eq!(form::losses(&changes), [], "{}", case.title);
    }
}

#[test]
fn a_former_name_that_answers_stand_under_is_not_forgotten_without_a_word() {
    let renamed = BASE.replace("name = \"comment\"", "name = \"remark\"\nwas = [\"comment\"]");
    let forgets = BASE.replace("name = \"comment\"", "name = \"remark\"");
    let (old, new) = (read(&renamed), read(&forgets));
    let mut held = Held::nothing(&old, &new);
    held.add(Respondent::School, &Answers::from_json(&json!({"comment": "из первой версии"})));
    let changes = form::evolution(&old, &new, &held, "new.toml");
    assert_eq!(changes.iter().map(line).collect::<Vec<_>>(), ["forgotten question remark aside 1 lossy"]);
}

#[test]
fn answers_of_an_earlier_version_are_carried_and_set_aside() {
    let text = BASE
        .replace("name = \"comment\"", "name = \"remark\"\nwas = [\"comment\"]")
        .replace("name = \"g2\"", "name = \"two\"\nwas = [\"g2\"]")
        .replace("name = \"german\"", "name = \"deutsch\"\nwas = [\"german\"]")
        .replace("[[group.question]]\nname = \"area\"\ntype = \"decimal\"\nlabel = \"Площадь\"\n", "")
        .replace("${area} div", "1 div")
        .replace("period =", "removed = [\"area\"]\nperiod =");
    let form = read(&text);
    let old = json!({"comment": "а", "area": 5, "second": "german", "grades": {"g2": {"pupils": 3}}});
    let carried = form.carried(Answers::from_json(&old));
    let expected = json!({"remark": "а", "area": 5, "second": "deutsch", "grades": {"two": {"pupils": 3}}});
    assert_eq!(carried, Answers::from_json(&expected));
    let filled = form.fill(&carried, &form::Context::default());
    assert_eq!(filled.faults, [], "what is set aside is no fault");
    assert!(form.sets_aside("area") && !form.sets_aside("teachers"));
    let both = json!({"comment": "прежний", "remark": "новый"});
    assert_eq!(form.carried(Answers::from_json(&both)), Answers::from_json(&json!({"remark": "новый"})));
}

/// A table and a repeat under other names: answers, rows with nothing in them, and what was removed are found.
#[test]
fn answers_of_a_renamed_table_are_carried_and_counted() {
    let text = BASE
        .replace("name = \"grades\"", "name = \"classes\"\nwas = [\"grades\", \"years\"]")
        .replace("over = \"grades\"", "over = \"classes\"")
        .replace("name = \"g2\"", "name = \"two\"\nwas = [\"g2\"]")
        .replace("name = \"rooms\"", "name = \"halls\"")
        .replace("period =", "removed = [\"classes/rooms\"]\nperiod =");
    let repeat = "\n[[group]]\n[[group.question]]\nname = \"courses\"\nwas = [\"trainings\"]\ntype = \"repeat\"\n\
        [[group.question.column]]\nname = \"title\"\ntype = \"text\"\n\
        [[group.question]]\nname = \"many\"\ntype = \"calculate\"\nvalue = \"integer\"\ncalculation = \"count(${courses})\"\n";
    let form = read(&text.replace("\n[[check]]", &format!("{repeat}\n[[check]]")));
    let old = json!({
        "grades": {"g1": {"pupils": 5, "rooms": 2}, "g2": {"pupils": 3}},
        "trainings": [{"title": "ФГОС"}, {}],
    });
    let old = Answers::from_json(&old);
    let carried = form.carried(old.clone());
    let expected = json!({
        "classes": {"g1": {"pupils": 5}, "two": {"pupils": 3}},
        "grades": {"g1": {"rooms": 2}},
        "courses": [{"title": "ФГОС"}, {}],
    });
    assert_eq!(carried, Answers::from_json(&expected));
    for answers in [&old, &carried] {
        let filled = form.fill(answers, &form::Context::default());
        assert_eq!(filled.faults, [], "what is set aside is no fault");
        let many = form.locate("many").unwrap();
        assert_eq!(filled.values.get(many.0, many.1).as_number(), Some(2.0), "a row with nothing in it counts");
    }
    assert_eq!(
        form.carried(Answers::from_json(&json!({"years": {"g1": {"pupils": 1}}}))).get("classes/g1/pupils"),
        Some(&json!(1))
    );
    assert_eq!(form.today("trainings[2]/title".to_owned()), "courses[2]/title");
    assert_eq!(form.today("trainings[2]".to_owned()), "courses[2]");
    assert!(form.sets_aside("grades/g1/rooms") && form.sets_aside("classes/g1/rooms"));
    // What was stored of earlier periods, and what peers have stored, is found under either name.
    let stored: form::Values = form.fill(&old, &form::Context::default()).as_values(&form);
    assert!(stored.contains_key("classes/g1/pupils") && stored.contains_key("courses[1]/title"));
    let before = read(BASE);
    let before = before.fill(&old, &form::Context::default()).as_values(&before);
    assert!(before.contains_key("grades/g2/pupils"));
    let seen = form.seen_by(form.reach(), before, None);
    assert!(seen.contains_key("classes/two/pupils") && !seen.contains_key("grades/g2/pupils"), "{seen:?}");
    let (pupils, two) = form.locate("classes/two/pupils").unwrap();
    let paths = form.stored_paths((pupils, two));
    assert!(
        paths.contains(&"years/g2/pupils".to_owned()) && paths.contains(&"classes/two/pupils".to_owned()),
        "{paths:?}"
    );
}

/// A table that no longer says under which name answers still stand does not lose them without a word.
#[test]
fn a_former_name_of_a_table_is_not_forgotten_without_a_word() {
    let renamed = BASE.replace("name = \"grades\"", "name = \"classes\"\nwas = [\"grades\"]");
    let renamed = renamed.replace("over = \"grades\"", "over = \"classes\"");
    let forgets = renamed.replace("\nwas = [\"grades\"]", "");
    let (old, new) = (read(&renamed), read(&forgets));
    let mut held = Held::nothing(&old, &new);
    held.add(Respondent::School, &Answers::from_json(&json!({"grades": {"g1": {"pupils": 5}}})));
    let changes = form::evolution(&old, &new, &held, "new.toml");
    assert_eq!(changes.iter().map(line).collect::<Vec<_>>(), ["forgotten column classes/pupils aside 1 lossy"]);
    let said = read(&forgets.replace("period =", "removed = [\"grades\"]\nperiod ="));
    let mut held = Held::nothing(&old, &said);
    held.add(Respondent::School, &Answers::from_json(&json!({"grades": {"g1": {"pupils": 5}}})));
    assert_eq!(form::losses(&form::evolution(&old, &said, &held, "new.toml")), []);
}

#[test]
fn what_is_named_as_removed_is_not_in_the_form() {
    let faults =
        form::read(&BASE.replace("period =", "removed = [\"comment\", \"grades/g1\", \"old\"]\nperiod ="), "f");
    let places: Vec<String> = faults.unwrap_err().iter().map(|fault| format!("{} {}", fault.at, fault.code)).collect();
    assert_eq!(places, ["f:3:12 duplicate", "f:3:23 duplicate"]);
}

/// Runs a command in a folder on its own data and forms.
fn svod(dir: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_svod")).current_dir(dir).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace('\u{a0}', " ");
    (run.status.code(), text(run.stdout), text(run.stderr))
}

async fn answer(data: &Path, form: &Form, answers: Json) {
    let (db, me) = (Db::open(data).await.unwrap(), Actor::operator());
    let rows = [
        ["Код", "Наименование", "Тип", "Вышестоящая"],
        ["m", "Район", "Муниципалитет", ""],
        ["s", "СОШ", "Школа", "m"],
    ];
    let cells = |row: &[&str; 4]| row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
    let sheet = Grid::from_rows("Лист1", rows.iter().map(cells).collect(), Vec::new());
    org::actions::import(&db, &me, &Book { name: "orgs".to_owned(), sheets: vec![sheet] }).await.unwrap();
    let about = org::actions::by_code(&db, &me, "s").await.unwrap().id;
    let key = Key::new(form, Period::from_id("2025Sep").unwrap(), about);
    report::actions::save_draft(&db, &me, &key, Answers::from_json(&answers), Source::Page).await.unwrap();
    db.close().await;
}

#[tokio::test]
async fn the_command_line_says_what_would_change_and_refuses_what_loses_answers() {
    let dir = tempfile::tempdir().unwrap();
    let (dir, forms) = (dir.path(), dir.path().join("forms"));
    std::fs::create_dir(&forms).unwrap();
    let file = forms.join("staff.toml");
    std::fs::write(&file, BASE).unwrap();
    assert_eq!(svod(dir, &["publish"]).0, Some(0));
    let (code, _, said) = svod(dir, &["check", "--against", "data"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("опубликованная версия такая же"), "{said}");
    answer(&dir.join("data"), &read(BASE), json!({"comment": "ремонт", "teachers": 4})).await;

    let gone = "[[group.question]]\nname = \"comment\"\ntype = \"text\"\nlabel = \"Примечание\"\n";
    std::fs::write(&file, BASE.replace(gone, "").replace("Учителей", "Учителей всего")).unwrap();
    let (code, out, _) = svod(dir, &["check", "--against", "data", "--json"]);
    let said: Json = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &said["faults"][0]["code"]), (Some(1), &json!("removed")));
    let lossy: Vec<&Json> = said["changes"].as_array().unwrap().iter().filter(|one| one["lossy"] == true).collect();
    assert_eq!(lossy.len(), 1);
    let expected = json!(["question", "removed", "comment", "aside", 1, false]);
    let found = ["subject", "change", "path", "outcome", "answers", "allowed"].map(|key| lossy[0][key].clone());
    assert_eq!(Json::from(found.to_vec()), expected);
    let (code, _, said) = svod(dir, &["publish"]);
    assert!(code == Some(1) && said.contains("staff.toml:1:6: Удалено: вопрос «Примечание»"), "{said}");
    let (code, _, said) = svod(dir, &["check", "--against", "nowhere"]);
    assert!(code == Some(1) && said.contains("nowhere"), "{said}");

    // The server starts with the published version and says why.
    let server = Command::new(env!("CARGO_BIN_EXE_svod"))
        .current_dir(dir)
        .args(["serve", "--no-backup", "--listen", "127.0.0.1:0"])
        .stderr(Stdio::piped())
        .spawn();
    let mut server = server.unwrap();
    let lines = BufReader::new(server.stderr.take().unwrap()).lines().map(Result::unwrap);
    let said: Vec<String> = lines.take_while(|line| !line.contains("http://127.0.0.1")).collect();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(said.iter().any(|line| line.contains("Удалено: вопрос «Примечание»")), "{said:?}");
    assert!(said.iter().any(|line| line.contains("работает прежняя")), "{said:?}");

    let allowed = BASE.replace(gone, "").replace("period =", "removed = [\"comment\"]\nperiod =");
    std::fs::write(&file, allowed).unwrap();
    let (code, _, said) = svod(dir, &["check", "--against", "data"]);
    assert!(code == Some(0) && said.contains("1 ответ откладывается"), "{said}");
    assert_eq!(svod(dir, &["publish"]).0, Some(0));
}

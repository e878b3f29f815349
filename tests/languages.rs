//! A form in several languages: the same form whatever it is read in, on pages, in workbooks and on the terminal.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

#[path = "common/district.rs"]
mod district;
mod run;

use district::{District, TWO_SCHOOLS};
use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};
use poem::{Endpoint, Response};
use serde_json::{Value as Json, json};
use svod::access::Actor;
use svod::db::Db;
use svod::form::{self, Answers, Context, Form, Item};
use svod::lang::Lang;
use svod::org;
use svod::period::Period;
use svod::report::{self, Key, Source, State};
use svod::web::app;

const FORM: &str = include_str!("forms/ok/languages.toml");
const REPORT: &str = "/report/languages/once/s1";

fn read(language: &str) -> Form {
    form::read_in(FORM, "languages.toml", language).unwrap()
}

/// Every text of the form that readers see.
fn texts(form: &Form) -> Vec<&str> {
    let mut texts = vec![form.title.as_str(), form.description.as_deref().unwrap()];
    for group in &form.groups {
        texts.extend([group.label.as_str(), group.hint.as_deref().unwrap()]);
        texts.extend(group.items.iter().filter_map(|item| match item {
            Item::Note { label, .. } => Some(label.as_str()),
            _ => None,
        }));
    }
    for field in &form.fields {
        texts.push(&field.label);
        texts.extend(
            [&field.hint, &field.required_message, &field.constraint_message].into_iter().flatten().map(|t| &**t),
        );
    }
    for table in &form.tables {
        texts.extend([table.label.as_str(), table.hint.as_deref().unwrap()]);
        texts.extend(table.rows.iter().map(|row| row.label.as_str()));
    }
    texts.extend(form.choices.iter().flat_map(|list| list.iter()).map(|choice| choice.label.as_str()));
    texts.extend(form.checks.iter().map(|check| check.message.as_str()));
    texts.extend(form.indicators.iter().flat_map(|one| [one.label.as_str(), one.note.as_deref().unwrap()]));
    texts.extend(form.classifications.iter().map(|list| list.label.as_str()));
    texts.extend(form.classifications.iter().flat_map(|list| &list.grounds).map(|ground| ground.label.as_str()));
    texts
}

fn is_russian(text: &str) -> bool {
    text.chars().any(|c| ('а'..='я').contains(&c))
}

#[test]
fn every_text_is_read_in_the_language_that_is_asked_for() {
    let (russian, english) = (read("ru"), read("en"));
    let with_letters = |form: &Form| texts(form).into_iter().filter(|t| t.chars().any(char::is_alphabetic)).count();
    assert!(texts(&russian).len() >= 25);
    assert_eq!(texts(&english).into_iter().filter(|text| is_russian(text)).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(texts(&russian).into_iter().filter(|text| is_russian(text)).count(), with_letters(&english));
    assert_eq!(english.tables[0].rows[0].hint().unwrap(), "primary");
    assert_eq!(english.choices[1][0].attributes["note"].as_text(), "cooked at school");
}

#[test]
fn what_is_not_translated_falls_back_to_the_default_language() {
    let tatar = read("tt");
    assert_eq!((tatar.language.as_str(), &*tatar.languages), ("tt", &["ru", "en", "tt"].map(str::to_owned)[..]));
    assert_eq!((tatar.title.as_str(), tatar.groups[0].label.as_str()), ("Мәктәптә туклану", "Главное"));
    let french = read("fr");
    assert_eq!((french.language.as_str(), french.title.as_str()), ("ru", "Питание в школе"));
    let english = FORM.replace("default_language = \"ru\"", "default_language = \"en\"");
    let english = form::read(&english, "languages.toml").unwrap();
    assert_eq!((english.title.as_str(), english.languages[0].as_str()), ("School meals", "en"));
}

#[test]
fn names_codes_figures_and_the_version_do_not_depend_on_the_language() {
    let forms = ["ru", "en", "tt", "fr"].map(read);
    let answers = json!({ "canteen": "yes", "kind": "own", "year": 100, "levels": { "primary": { "pupils": 2000 } } });
    let filled = forms.each_ref().map(|form| form.fill(&Answers::from_json(&answers), &Context::default()));
    for (form, filled_in) in forms.iter().zip(&filled) {
        assert_eq!((&form.hash, &form.recipes.len()), (&forms[0].hash, &1));
        assert_eq!(filled_in.as_values(form), filled[0].as_values(&forms[0]));
        assert_eq!(form.in_its_own().is_some(), ["en", "tt"].contains(&&*form.language));
    }
    let said = |number: usize| filled[number].faults.iter().map(|fault| fault.say(Lang::Ru)).collect::<Vec<_>>();
    assert_eq!(said(0), ["Слишком много", "1–4 классы: слишком много"]);
    assert_eq!(said(1), ["Too many", "Years 1 to 4: too many"]);
}

fn check(dir: &std::path::Path, more: &[&str]) -> std::process::Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_svod"));
    command.current_dir(dir).args(["check", "languages.toml"]).args(more).output().unwrap()
}

#[test]
fn a_check_lists_what_is_not_translated_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("languages.toml"), FORM).unwrap();
    let output = check(folder.path(), &["--json"]);
    assert_eq!(output.status.code(), Some(0));
    let said: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["faults"], json!([]));
    let notes = said["notes"].as_array().unwrap();
    let at = |line: u64| notes.iter().find(|note| note["line"] == line).map(|note| note["message"].as_str().unwrap());
    assert_eq!((at(3), at(4)), (None, Some("Нет перевода (tt): description.")));
    assert!(notes.iter().all(|note| note["code"] == "untranslated"), "{notes:?}");
    // Plain strings without letters need no translation, nor do cases, names and headings of sheets.
    let lines: Vec<&str> = FORM.lines().collect();
    let noted = |note: &Json| lines[usize::try_from(note["line"].as_u64().unwrap()).unwrap() - 1];
    assert!(notes.iter().all(|note| noted(note).contains('{') || noted(note).contains("label.")), "{notes:?}");
    let told = String::from_utf8(check(folder.path(), &["--lang", "en"]).stderr).unwrap();
    assert!(told.contains("languages.toml:4:15: Not translated (tt): description."), "{told}");
    assert!(told.contains(&format!("And {} notes", notes.len())), "{told}");
}

/// Pages over a data file with one school and the form.
struct Pages<E> {
    db: Db,
    client: TestClient<E>,
    _folder: tempfile::TempDir,
}

async fn pages() -> Pages<impl Endpoint<Output = Response>> {
    // Whoever publishes may read another language: what is stored does not.
    let district = District::new(&TWO_SCHOOLS, &[read("en")]).await;
    Pages { db: district.db.clone(), client: TestClient::new(app(district.site())), _folder: district.folder }
}

impl<E: Endpoint<Output = Response>> Pages<E> {
    async fn get(&self, address: &str, language: &str) -> TestResponse {
        let request = self.client.get(address).header("host", "localhost:8080");
        request.header("cookie", format!("language={language}")).send().await
    }

    async fn page(&self, address: &str, language: &str) -> String {
        let response = self.get(address, language).await;
        response.assert_status(StatusCode::OK);
        response.0.into_body().into_string().await.unwrap()
    }

    /// Chooses a language in the questionnaire: where that leads, and what the browser remembers.
    async fn choose(&self, language: &str, typed: &[(&str, &str)]) -> (String, String) {
        let fields: Vec<_> = typed.iter().copied().chain([("was", "{}"), ("language", language)]).collect();
        self.post(REPORT, &fields).await
    }

    async fn post(&self, address: &str, fields: &[(&str, &str)]) -> (String, String) {
        let request = self.client.post(address).header("host", "localhost:8080");
        let response = request.header("origin", "http://localhost:8080").form(&fields).send().await;
        response.assert_status(StatusCode::SEE_OTHER);
        let header = |name| response.0.headers()[name].to_str().unwrap().to_owned();
        (header("location"), header("set-cookie"))
    }

    async fn stored(&self) -> report::ReportView {
        let me = Actor::operator();
        let about = org::actions::by_code(&self.db, &me, "s1").await.unwrap();
        let key = Key::new(&read("ru"), Period::from_id("once").unwrap(), about.id);
        report::actions::open(&self.db, &me, &key).await.unwrap()
    }
}

#[tokio::test]
async fn a_questionnaire_is_shown_in_the_language_of_its_reader() {
    let pages = pages().await;
    let russian = pages.page(REPORT, "").await;
    assert!(russian.contains("Есть ли столовая?") && russian.contains("<html lang=\"ru\">"), "{russian}");
    for code in ["en", "tt"] {
        assert!(russian.contains(&format!("name=\"language\" value=\"{code}\" lang=\"{code}\"")), "{russian}");
    }
    let english = pages.page(REPORT, "en").await;
    assert!(english.contains("Is there a canteen?") && english.contains("<html lang=\"en\">"), "{english}");
    assert!(english.contains("<span>Yes</span>") && english.contains("value=\"yes\""), "{english}");
    // The program speaks no Tatar: its own words stay as they were.
    let tatar = pages.page(REPORT, "tt").await;
    assert!(tatar.contains("Ашханә бармы?") && tatar.contains("<html lang=\"ru\">"), "{tatar}");
    assert!(pages.page("/", "en").await.contains("School meals"));
    assert!(pages.page("/forms/languages/once", "en").await.contains("Large schools"));
    assert!(pages.page(REPORT, "<b>").await.contains("Есть ли столовая?"));
}

#[tokio::test]
async fn choosing_a_language_keeps_what_was_typed_and_begins_nothing() {
    let pages = pages().await;
    let (on, cookie) = pages.choose("en", &[]).await;
    assert_eq!(on, format!("{REPORT}?edit=1"));
    assert!(cookie.starts_with("language=en; Path=/;"), "{cookie}");
    assert_eq!(pages.stored().await.state(), State::Empty);
    let (on, _) = pages.choose("en", &[("a:canteen", "yes"), ("a:year", "7")]).await;
    assert_eq!(on, format!("{REPORT}?edit=1&saved=1"));
    let stored = pages.stored().await;
    assert_eq!(stored.answers.get("canteen"), Some(&json!("yes")));
    assert_eq!((stored.state(), stored.form.language.as_str()), (State::Draft, "ru"));
    let page = pages.page(&on, "en").await;
    assert!(page.contains("Draft") && page.contains("Is there a canteen?"), "{page}");
}

#[tokio::test]
async fn a_report_that_is_read_offers_its_languages_and_comes_back() {
    let pages = pages().await;
    let me = Actor::operator().reading("en");
    let view = pages.stored().await;
    let answers = Answers::from_json(&json!({ "canteen": "no" }));
    report::actions::send(&pages.db, &me, &view.key, answers, Source::Page).await.unwrap();
    let page = pages.page(REPORT, "en").await;
    assert!(page.contains("<form class=\"languages no-print\" method=\"post\" action=\"/language\""), "{page}");
    // An address may name a language: that page is shown in it, and nothing is remembered.
    let response = pages.get(&format!("{REPORT}?language=en"), "").await;
    assert!(!response.0.headers().contains_key("set-cookie"));
    assert!(response.0.into_body().into_string().await.unwrap().contains("Is there a canteen?"));
    for (to, on) in [(REPORT, REPORT), ("//evil.example/", "/"), ("https://evil.example/", "/"), ("", "/")] {
        let (location, cookie) = pages.post("/language", &[("to", to), ("language", "en")]).await;
        assert_eq!(location, on);
        assert!(cookie.starts_with("language=en;"), "{cookie}");
    }
}

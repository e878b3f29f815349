//! The pages of forms, asked as a browser without a script asks: begun, written, tried, published, gone back from.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;

use district::District;
use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};
use poem::{Endpoint, Response};
use serde_json::json;
use svod::access::Actor;
use svod::db::Db;
use svod::form::{self, Answers};
use svod::org;
use svod::period::Period;
use svod::report::version::{self, Folder};
use svod::report::{self, Key, Source};
use svod::web::{Site, app};

const FORM: &str = r#"id = "meals"
title = "Питание"
period = "school-year"
about = "school"

[[group]]
label = "Питание"

[[group.question]]
name = "pupils"
type = "integer"
label = "Учеников"
min = 0
required = true

[[group.question]]
name = "fed"
type = "integer"
label = "Питаются"
constraint = ". <= ${pupils}"
constraint_message = "Больше, чем учеников"

[[group.question]]
name = "remark"
type = "text"
label = "Примечание"

[[group.question]]
name = "share"
type = "calculate"
value = "percent"
label = "Охват"
calculation = "100 * ${fed} div ${pupils}"

[[indicator]]
name = "coverage"
label = "Охват питанием"
unit = "percent"
numerator = "${fed}"
denominator = "${pupils}"

[[classification]]
name = "low"
label = "Низкий охват по итогам {period}"

[[classification.ground]]
name = "below"
label = "Охват ниже половины"
rule = "${share} < 50"
"#;

const REMARK: &str = "[[group.question]]\nname = \"remark\"\ntype = \"text\"\nlabel = \"Примечание\"\n";

/// Pages over a data file of their own with one school, and a folder of forms.
struct Pages<E> {
    db: Db,
    me: Actor,
    client: TestClient<E>,
    folder: tempfile::TempDir,
}

async fn pages() -> Pages<impl Endpoint<Output = Response>> {
    let schools = [["m", "Район", "Муниципалитет", ""], ["s", "СОШ № 1", "Школа", "m"]];
    let district = District::new(&schools, &[]).await;
    let (me, folder) = (Actor::operator(), district.folder.path().join("forms"));
    std::fs::create_dir(&folder).unwrap();
    let site = Site { forms: Folder::new(&folder, &[]), ..district.site() };
    Pages { db: district.db, me, client: TestClient::new(app(site)), folder: district.folder }
}

impl<E: Endpoint<Output = Response>> Pages<E> {
    async fn get(&self, address: &str) -> String {
        let response = self.client.get(address).header("host", "localhost").send().await;
        text(response, StatusCode::OK).await
    }

    async fn post(&self, address: &str, fields: &[(&str, &str)]) -> TestResponse {
        let request = self.client.post(address).header("host", "localhost");
        request.header("origin", "http://localhost").form(&fields).send().await
    }

    async fn said(&self, address: &str, fields: &[(&str, &str)], status: StatusCode) -> String {
        text(self.post(address, fields).await, status).await
    }

    /// Posts and follows the way on.
    async fn follow(&self, address: &str, fields: &[(&str, &str)]) -> String {
        let response = self.post(address, fields).await;
        response.assert_status(StatusCode::SEE_OTHER);
        self.get(response.0.headers()["location"].to_str().unwrap()).await
    }

    async fn publish(&self, text: &str) {
        let form = form::read(text, "meals.toml").unwrap();
        version::actions::publish(&self.db, &self.me, &[form]).await.unwrap();
    }

    async fn answered(&self, answers: serde_json::Value) {
        let form = form::read(FORM, "meals.toml").unwrap();
        let about = org::actions::by_code(&self.db, &self.me, "s").await.unwrap().id;
        let key = Key::new(&form, Period::from_id("2025Sep").unwrap(), about);
        let answers = Answers::from_json(&answers);
        report::actions::save_draft(&self.db, &self.me, &key, answers, Source::Page).await.unwrap();
    }

    /// Saves a text as the draft of the form from what stands there now.
    async fn save(&self, text: &str) {
        let was = value_of(&self.get("/form/meals/edit").await, "was");
        let page = self.follow("/form/meals/edit", &[("was", &was), ("text", text), ("do", "save")]).await;
        assert!(page.contains("Черновик сохранён"), "{page}");
    }
}

async fn text(response: TestResponse, status: StatusCode) -> String {
    response.assert_status(status);
    response.0.into_body().into_string().await.unwrap().replace('\u{a0}', " ")
}

fn value_of(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}"));
    let tag = &page[at..at + page[at..].find('>').unwrap()];
    tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// The text in the field of the editor.
fn text_of(page: &str) -> String {
    let from = page.find("<textarea id=\"text\"").unwrap();
    let body = &page[from + page[from..].find('>').unwrap() + 1..];
    let text = &body[1..body.find("</textarea>").unwrap()];
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[tokio::test]
async fn a_form_is_begun_written_tried_and_published() {
    let pages = pages().await;
    assert!(pages.get("/forms").await.contains("Форм пока нет"));
    for (id, title, said) in [("", "Питание", "Нужно заполнить"), ("a b", "Питание", "«a b» — не имя")]
    {
        let page = pages
            .said("/forms/new", &[("id", id), ("title", title), ("from", "")], StatusCode::UNPROCESSABLE_ENTITY)
            .await;
        assert!(page.contains(said) && value_of(&page, "title") == title, "{page}");
    }
    let page = pages.follow("/forms/new", &[("id", "meals"), ("title", "Питание «1»"), ("from", "")]).await;
    assert!(page.contains("Ошибок нет. В форме 3 вопроса"), "the template checks clean: {page}");
    assert!(text_of(&page).contains("title = \"Питание «1»\""));
    let taken = [("id", "meals"), ("title", "Ещё"), ("from", "")];
    assert!(pages.said("/forms/new", &taken, StatusCode::UNPROCESSABLE_ENTITY).await.contains("уже есть"));

    let was = value_of(&page, "was");
    let wrong = FORM.replace("${fed} div", "${fd} div").replace("type = \"text\"", "type = \"txt\"");
    let edit = "/form/meals/edit";
    let page =
        pages.said(edit, &[("was", &was), ("text", &wrong), ("do", "check")], StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(page.contains("2 ошибки") && page.contains("data-line=\"25\""), "{page}");
    assert!(page.contains("<mark>${fd}</mark>"), "the line is quoted: {page}");
    assert_eq!(text_of(&page), wrong, "what was typed stays");

    let answers = [("a:pupils", "40"), ("a:fed", "10"), ("a:remark", "да"), ("do", "try")];
    let page =
        pages.said(edit, &[&[("was", was.as_str()), ("text", FORM)], &answers[..]].concat(), StatusCode::OK).await;
    for said in ["отчёт можно отправить", "10 из 40 = 25 %", "входит: Охват ниже половины", "&quot;share&quot;: 25"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let blocked = [("was", was.as_str()), ("text", FORM), ("a:pupils", "4"), ("a:fed", "10"), ("do", "try")];
    let page = pages.said(edit, &blocked, StatusCode::OK).await;
    assert!(page.contains("Больше, чем учеников") && page.contains("отчёт не отправить"));

    pages.save(FORM).await;
    assert!(pages.get("/forms").await.contains("есть черновик"));
    let page = pages.get("/form/meals/publish").await;
    assert!(page.contains("Форма появится в разделе"));
    let other = pages.said("/form/meals/publish", &[("from", ""), ("seal", "of another time")], StatusCode::OK).await;
    assert!(other.contains("Проверьте ещё раз"));
    let page = pages.follow("/form/meals/publish", &[("from", ""), ("seal", &value_of(&page, "seal"))]).await;
    assert!(page.contains("Версия 1 опубликована") && page.contains("со страницы"), "{page}");
    assert!(pages.get("/report/meals/2025Sep/s").await.contains("Питаются"), "schools see it");
    assert_eq!(pages.get("/form/meals/text").await, FORM);
}

const GROWTH: &str = r#"id = "growth"
title = "Рост"
period = "school-year"

[[group]]

[[group.question]]
name = "clubs"
type = "integer"
label = "Кружков"

[[check]]
name = "more"
test = "${clubs} >= previous(${clubs}, 2)"
message = "Стало меньше, чем два года назад"

[[indicator]]
name = "per_pupil"
label = "Кружков на ученика"
numerator = "${clubs} - previous(${clubs})"
denominator = "${meals:pupils}"

[[classification]]
name = "last"
label = "Меньше всех"

[[classification.ground]]
name = "g"
label = "Последнее место"
rule = "rank(${clubs}, peers(${clubs})) > 1"
"#;

/// What the form looks at besides the report is written beside it, and what is wrong with that is said at its field.
#[tokio::test]
async fn a_form_is_tried_with_answers_of_earlier_periods_and_other_forms() {
    let pages = pages().await;
    pages.publish(FORM).await;
    pages.follow("/forms/new", &[("id", "growth"), ("title", "Рост"), ("from", "")]).await;
    let edit = "/form/growth/edit";
    let was = value_of(&pages.get(edit).await, "was");
    let tried = async |around: &[(&str, &str)], doing: &str| {
        let fields = [("was", was.as_str()), ("text", GROWTH), ("a:clubs", "7"), ("do", doing)];
        pages.said(edit, &[&fields[..], around].concat(), StatusCode::OK).await
    };
    let page = tried(&[], "try").await;
    for name in ["previous:1", "previous:2", "other:meals", "peers"] {
        assert!(page.contains(&format!("name=\"{name}\"")), "{name}: {page}");
    }
    assert!(!page.contains("name=\"previous:3\"") && page.contains("Ответы формы «Питание» (meals)"), "{page}");
    assert!(page.contains("Для показателей ответов не хватает") && page.contains("не определено"), "{page}");

    let known = [
        ("previous:1", "{ \"clubs\": 4 }"),
        ("previous:2", "{ \"clubs\": 9 }"),
        ("other:meals", "{ \"pupils\": 40, \"fed\": 10 }"),
        ("peers", "[{ \"clubs\": 20 }, { \"clubs\": 1 }]"),
    ];
    let page = tried(&known, "try").await;
    for said in
        ["3 из 40 = 0,075", "Стало меньше, чем два года назад", "входит: Последнее место", "{ &quot;clubs&quot;: 9 }"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }

    let wrong = [
        ("previous:1", "{ \"clubs\": 4,\n  clubs }"),
        ("previous:2", "[1]"),
        ("other:meals", "{ \"pupil\": 40, \"fed\": \"много\" }"),
        ("peers", "{}"),
    ];
    let page = tried(&wrong, "try").await;
    for said in [
        "Строка 2, знак 3. Запись JSON не читается.",
        "Строка 1, знак 1. Ожидается объект JSON с ответами.",
        "pupil: ",
        "Может быть, «pupils»?",
        "fed: ",
        "Строка 1, знак 1. Ожидается список",
        "не прочитано и здесь не учтено",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("  clubs }"), "what was typed stays");
    assert_eq!(page.matches("aria-invalid=\"true\"").count(), 4, "{page}");
    // A form that looks at nothing else has no such fields.
    let plain = pages.said("/form/meals/edit", &[("text", FORM), ("do", "try")], StatusCode::OK).await;
    assert!(!plain.contains("Что известно, кроме этого отчёта"));
}

#[tokio::test]
async fn what_loses_answers_is_refused_until_the_form_says_so() {
    let pages = pages().await;
    pages.publish(FORM).await;
    pages.answered(json!({"pupils": 40, "fed": 10, "remark": "ремонт"})).await;
    let without = FORM
        .replace(REMARK, "")
        .replace("name = \"fed\"", "name = \"eaters\"\nwas = [\"fed\"]")
        .replace("${fed}", "${eaters}");
    pages.save(&without).await;
    let response = pages.client.get("/form/meals/publish").header("host", "localhost").send().await;
    let page = text(response, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(page.contains("Так публиковать нельзя") && page.contains("removed = [&quot;remark&quot;]"), "{page}");
    assert!(!page.contains("name=\"seal\""));

    pages.save(&without.replace("period =", "removed = [\"remark\"]\nperiod =")).await;
    let page = pages.get("/form/meals/publish").await;
    for said in ["1 ответ откладывается", "1 ответ переносится под новое имя", "было fed", "Черновик"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let seal = value_of(&page, "seal");
    // Somebody answers meanwhile: what was shown is no longer what will happen.
    pages.answered(json!({"pupils": 40, "fed": 11, "remark": "ремонт", "share": null})).await;
    let page = pages.follow("/form/meals/publish", &[("from", ""), ("seal", &seal)]).await;
    assert!(page.contains("Версия 2 опубликована") && page.contains("Переименовано"), "{page}");
    let report = pages.get("/report/meals/2025Sep/s").await;
    assert_eq!(value_of(&report, "a:eaters"), "11");
    assert!(report.contains("Отложен 1 ответ") && report.contains("remark: ремонт"), "{report}");

    // Back to the first version: the renamed question has no former name there.
    let first = version::actions::publications(&pages.db, &pages.me, "meals").await.unwrap()[1].0.hash.clone();
    let again = pages.client.get(format!("/form/meals/publish?from={first}")).header("host", "localhost").send().await;
    let page = text(again, StatusCode::OK).await;
    let page = pages.follow("/form/meals/publish", &[("from", &first), ("seal", &value_of(&page, "seal"))]).await;
    assert!(page.contains("Версия 3 опубликована"), "{page}");
    assert_eq!(value_of(&pages.get("/report/meals/2025Sep/s").await, "a:fed"), "11", "nothing was lost on the way");
}

#[tokio::test]
async fn two_tabs_lose_nothing() {
    let pages = pages().await;
    pages.publish(FORM).await;
    let was = value_of(&pages.get("/form/meals/edit").await, "was");
    pages.save(&FORM.replace("Примечание", "Из первой вкладки")).await;
    let mine = FORM.replace("Примечание", "Из второй вкладки");
    let fields = [("was", was.as_str()), ("text", &mine), ("do", "save")];
    let page = pages.said("/form/meals/edit", &fields, StatusCode::CONFLICT).await;
    assert!(page.contains("Черновик изменили") && page.contains("Из первой вкладки"), "{page}");
    assert_eq!(text_of(&page), mine);
    let was = value_of(&page, "was");
    pages.follow("/form/meals/edit", &[("was", &was), ("text", &mine), ("do", "save")]).await;

    let draft = value_of(&pages.get("/form/meals").await, "was");
    let page = pages.follow("/form/meals", &[("was", &draft)]).await;
    assert!(page.contains("Черновик удалён"));
    let page = pages
        .said("/form/meals/edit", &[("was", &was), ("text", &mine), ("do", "publish")], StatusCode::CONFLICT)
        .await;
    assert!(page.contains("опубликовали или удалили"), "{page}");
    assert_eq!(text_of(&page), mine);
}

#[tokio::test]
async fn a_file_that_differs_is_said_and_either_text_can_be_chosen() {
    let pages = pages().await;
    pages.publish(&FORM.replace("Примечание", "Из файла")).await;
    pages.save(FORM).await;
    let seal = value_of(&pages.get("/form/meals/publish").await, "seal");
    pages.follow("/form/meals/publish", &[("from", ""), ("seal", &seal)]).await;
    let file = pages.folder.path().join("forms/meals.toml");
    std::fs::write(&file, FORM.replace("Примечание", "Из файла")).unwrap();
    assert!(pages.get("/forms").await.contains("файл отличается"));
    let page = pages.get("/form/meals").await;
    assert!(page.contains("прежняя версия 1. Работает версия 2"), "{page}");
    let newest = version::actions::newest(&pages.db, &pages.me, "meals").await.unwrap().form.hash.clone();
    assert_eq!(pages.get(&format!("/form/meals/text?version={newest}")).await, FORM);
    let page = pages.get("/form/meals/edit?from=file").await;
    assert!(text_of(&page).contains("Из файла") && page.contains("Это другой текст"));
    let page = pages.get("/form/meals/publish?from=file").await;
    let page = pages.follow("/form/meals/publish", &[("from", "file"), ("seal", &value_of(&page, "seal"))]).await;
    assert!(page.contains("Версия 3 опубликована") && page.contains("из файла"), "{page}");
    assert!(!pages.get("/forms").await.contains("файл отличается"));
    std::fs::write(&file, "это не форма").unwrap();
    assert!(pages.get("/form/meals").await.contains("не такой, как у версии 3"));
}

#[tokio::test]
async fn hostile_and_endless_texts_are_only_texts() {
    let pages = pages().await;
    pages.publish(FORM).await;
    let evil = "</textarea><script>alert(1)</script>\u{0}\nid = \"<b>\"";
    let page = pages
        .said("/form/meals/edit", &[("was", ""), ("text", evil), ("do", "check")], StatusCode::UNPROCESSABLE_ENTITY)
        .await;
    assert!(!page.contains("<script>alert"), "{page}");
    let long = "# я\n".repeat(400_000);
    let page = pages
        .said("/form/meals/edit", &[("was", ""), ("text", &long), ("do", "save")], StatusCode::UNPROCESSABLE_ENTITY)
        .await;
    assert!(page.contains("Текст слишком велик"));
    let deep = format!("x = {}{}", "[".repeat(50_000), "]".repeat(50_000));
    pages
        .said("/form/meals/edit", &[("was", ""), ("text", &deep), ("do", "check")], StatusCode::UNPROCESSABLE_ENTITY)
        .await;
    let other = FORM.replace("id = \"meals\"", "id = \"dinners\"");
    let page =
        pages.said("/form/meals/edit", &[("text", &other), ("do", "check")], StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(page.contains("верните прежний или заведите копию"), "{page}");
    let response = pages.client.get("/form/nowhere/edit").header("host", "localhost").send().await;
    response.assert_status(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_copy_has_everything_but_the_id() {
    let pages = pages().await;
    pages.publish(FORM).await;
    let page = pages.follow("/forms/new", &[("id", "meals-2"), ("title", "Питание 2"), ("from", "meals")]).await;
    let copy = FORM.replace("\"meals\"", "\"meals-2\"").replacen("Питание", "Питание 2", 1);
    assert_eq!(text_of(&page), copy);
    assert!(page.contains("Ошибок нет"));
}

impl<E: Endpoint<Output = Response>> Pages<E> {
    async fn upload(&self, rows: &[[&str; 3]], id: &str) -> TestResponse {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("survey").unwrap();
        for (row, cells) in (0u32..).zip([["type", "name", "label"]].iter().chain(rows)) {
            for (column, text) in (0u16..).zip(cells) {
                sheet.write_string(row, column, *text).unwrap();
            }
        }
        let mut body =
            format!("--part\r\ncontent-disposition: form-data; name=\"xlsform-id\"\r\n\r\n{id}\r\n").into_bytes();
        body.extend(b"--part\r\ncontent-disposition: form-data; name=\"file\"; filename=\"dinners.xlsx\"\r\n\r\n");
        body.extend(book.save_to_buffer().unwrap());
        body.extend(b"\r\n--part--\r\n");
        let request = self.client.post("/forms/new/xlsform").header("host", "localhost");
        request.content_type("multipart/form-data; boundary=part").body(body).send().await
    }
}

#[tokio::test]
async fn an_xlsform_becomes_a_draft_or_is_refused_at_its_cells() {
    let pages = pages().await;
    let wrong = pages.upload(&[["integr", "pupils", "Учеников"]], "").await;
    let page = text(wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(page.contains("не перевести") && page.contains("survey!A2"), "{page}");
    let rows = [["integer", "pupils", "Учеников"], ["text", "remark", "Примечание"]];
    let response = pages.upload(&rows, "dinners-2").await;
    assert!(response.0.status() == StatusCode::SEE_OTHER || response.0.status() == StatusCode::OK);
    let page = pages.get("/form/dinners-2/edit").await;
    assert!(page.contains("Ошибок нет. В форме 2 вопроса"), "{page}");
    let taken = text(pages.upload(&rows, "dinners-2").await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(taken.contains("уже есть"), "{taken}");
}

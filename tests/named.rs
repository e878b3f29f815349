//! An organisation that was chosen is called by its name, with its code beside it, wherever stored answers are shown.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;

use district::{District, TWO_SCHOOLS};
use poem::Endpoint;
use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};
use serde_json::json;
use svod::access::Actor;
use svod::form::{self, Answers};
use svod::org;
use svod::period::Period;
use svod::report::{self, Key, Source};
use svod::web::app;

const FORM: &str = r#"id = "pairs"
title = "Наставничество"
period = "school-year"
about = "school"

[[list]]
name = "schools"
organisations = "school"

[[group]]

[[group.question]]
name = "mentor"
type = "organisation"
label = "Школа-наставник"

[[group.question]]
name = "partners"
type = "select_multiple schools"
label = "Партнёры"

[[import]]
name = "list"
header = ["Код", "Наставник"]
code = { column = "Код" }

[[import.column]]
header = "Наставник"
to = "mentor"
"#;

async fn page(response: TestResponse) -> String {
    response.assert_status(StatusCode::OK);
    response.0.into_body().into_string().await.unwrap()
}

async fn get(client: &TestClient<impl Endpoint>, address: &str) -> String {
    page(client.get(address).header("host", "localhost").send().await).await
}

#[tokio::test]
async fn organisations_are_called_by_their_names_in_histories_and_plans() {
    let form = form::read(FORM, "pairs.toml").unwrap();
    let district = District::new(&TWO_SCHOOLS, std::slice::from_ref(&form)).await;
    let (db, me) = (&district.db, Actor::operator());
    let about = org::actions::by_code(db, &me, "s1").await.unwrap().id;
    let key = Key::new(&form, Period::from_id("2025Sep").unwrap(), about);
    let answers = Answers::from_json(&json!({"mentor": "s2", "partners": ["s2", "s1"]}));
    report::actions::send(db, &me, &key, answers, Source::Page).await.unwrap();

    let client = TestClient::new(app(district.site()));
    let history = get(&client, "/report/pairs/2025Sep/s1/history").await;
    assert!(history.contains("<td>—</td><td>МБОУ «Луговая СОШ» (s2)</td>"), "{history}");
    assert!(history.contains("<td>МБОУ «Луговая СОШ» (s2); МБОУ «Лесная СОШ» (s1)</td>"), "{history}");

    let part = |name: &str, value: &str| {
        format!("--part\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let sheet = "Код;Наставник\ns1;s1\ns2;s1\n";
    let file = "--part\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\ncontent-type: text/csv";
    let fields = part("form", "pairs") + &part("period", "2025/26") + &part("recipe", "") + &part("overwrite", "1");
    let body = format!("{fields}{file}\r\n\r\n{sheet}\r\n--part--\r\n");
    let request = client.post("/import").header("host", "localhost");
    let plan = page(request.content_type("multipart/form-data; boundary=part").body(body).send().await).await;
    // What stands there, and what the file says.
    assert!(plan.contains(">МБОУ «Луговая СОШ» (s2)</td>"), "{plan}");
    assert_eq!(plan.matches(">МБОУ «Лесная СОШ» (s1)</td>").count(), 2, "{plan}");
}

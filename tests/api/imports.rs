//! Imports in the hands of a program: the plan, the batch, taking it back.

use poem::http::{Method, StatusCode};
use serde_json::json;
use svod::account::token::Reach;

use crate::world::{REPORT, Sent, faults, key, world};

const FILE: &str = "Код;Учеников;Питаются\ns1;100;90\ns3;50;40\nzz;1;1\n";

fn sent(fields: &[(&str, &str)]) -> Sent {
    Sent::parts(FILE.as_bytes(), &[&[("form", "meals"), ("period", "2021/22")], fields].concat())
}

#[tokio::test]
async fn a_workbook_is_planned_imported_and_taken_back() {
    let world = world().await;
    let key = key(&world.db, "methodist", Reach::Import).await;
    let (status, plan) = world.send(&key, (Method::POST, "/imports"), sent(&[("dry_run", "true")])).await;
    assert_eq!(status, StatusCode::OK, "{plan}");
    assert_eq!(
        (&plan["number"], &plan["period"], &plan["recipe"]),
        (&json!(null), &json!("2021Sep"), &json!("summary"))
    );
    // The school of another district is nobody that this methodist knows.
    assert_eq!((&plan["cells"]["new"], &plan["cells"]["refused"]), (&json!(2), &json!(4)), "{plan:#}");
    let first = &plan["plan"][0];
    assert_eq!(
        (&first["org"], &first["path"], &first["new"], &first["status"]),
        (&json!("s1"), &json!("pupils"), &json!(100), &json!("new"))
    );
    assert_eq!(world.get(&key, REPORT).await.1["state"], json!("empty"), "a plan writes nothing");
    let (_, few) = world.send(&key, (Method::POST, "/imports?limit=1&offset=1"), sent(&[("dry_run", "true")])).await;
    assert_eq!((few["plan"].as_array().unwrap().len(), &few["total"]), (1, &json!(6)));
    let (_, done) = world.send(&key, (Method::POST, "/imports"), sent(&[])).await;
    let number = done["number"].as_i64().unwrap();
    let (_, report) = world.get(&key, REPORT).await;
    assert_eq!((&report["state"], &report["answers"]["fed"]), (&json!("sent"), &json!(90)));
    let (_, list) = world.get(&key, "/imports").await;
    assert_eq!(
        (&list["total"], &list["items"][0]["file"], &list["items"][0]["who"]),
        (&json!(1), &json!("svod.csv"), &json!("methodist"))
    );
    let undo = format!("/imports/{number}/undo");
    let (status, undone) = world.send(&key, (Method::POST, &undo), Sent::default()).await;
    assert_eq!((status, &undone["undone_by"]), (StatusCode::OK, &json!("methodist")));
    assert_eq!(world.get(&key, REPORT).await.1["state"], json!("empty"));
    let (status, twice) = world.send(&key, (Method::POST, &undo), Sent::default()).await;
    assert_eq!((status, faults(&twice)), (StatusCode::UNPROCESSABLE_ENTITY, vec!["batch undo".to_owned()]));
    assert!(world.get(&key, &format!("/imports/{number}")).await.1["undone_at"].is_string());
    assert_eq!(world.get(&key, "/imports/999").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_that_cannot_be_taken_says_why() {
    let world = world().await;
    let key = key(&world.db, "methodist", Reach::Import).await;
    let all = [("form", "meals"), ("period", "2021/22")];
    for (sent, status, said) in [
        (Sent::parts(b"", &all), 400, vec!["file file"]),
        (
            Sent::parts(FILE.as_bytes(), &[("forn", "meals"), ("dry_run", "yes")]),
            400,
            vec!["forn unknown-name", "dry_run wrong-type", "form required", "period required"],
        ),
        (Sent::parts(FILE.as_bytes(), &[all[0], ("period", "вчера")]), 422, vec!["period wrong-type"]),
        (Sent::parts(FILE.as_bytes(), &[("form", "none"), all[1]]), 404, vec![]),
    ] {
        let (found, problem) = world.send(&key, (Method::POST, "/imports"), sent).await;
        assert_eq!(
            (found.as_u16(), faults(&problem)),
            (status, said.iter().map(|s| (*s).to_owned()).collect()),
            "{problem}"
        );
    }
    let (status, problem) = world.send(&key, (Method::POST, "/imports"), Sent::parts(b"PK\x03\x04 broken", &all)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    let broken = Sent { body: Some(("multipart/form-data".to_owned(), b"no edge".to_vec())), ..Sent::default() };
    let (status, problem) = world.send(&key, (Method::POST, "/imports"), broken).await;
    assert_eq!((status, faults(&problem)), (StatusCode::BAD_REQUEST, vec!["- syntax".to_owned()]));
    assert_eq!(world.get(&key, "/imports").await.1["total"], json!(0));
}

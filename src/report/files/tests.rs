//! What becomes of a file that nothing names, and of one that is named again.

use serde_json::json;

use super::actions::{sweep_at, take_at};
use super::*;
use crate::form::{self, Form};
use crate::period::Period;
use crate::report::actions::tests::{Bench, at};
use crate::report::{Key, Over, Source, actions as reports, version};

const DAY: i64 = 24 * 60;

async fn bench() -> (Bench, Form, Key) {
    let bench = Bench::new().await;
    let form = form::read(include_str!("../../../tests/forms/ok/proof.toml"), "proof.toml").unwrap();
    version::actions::publish(&bench.db, &bench.me, std::slice::from_ref(&form)).await.unwrap();
    let key = Key::new(&form, Period::from_id("2021Sep").unwrap(), bench.org("1").await);
    (bench, form, key)
}

/// Sends a file and gives its answer.
async fn sent((bench, form, key): &(Bench, Form, Key), name: &str, minute: i64) -> Json {
    let body = Body::Whole(format!("%PDF-1.7 {name}").into_bytes());
    let sent = vec![Sent { path: "order".to_owned(), name: name.to_owned(), body }];
    let taken = take_at(&bench.db, &bench.me, (key, form), (sent, at(minute))).await.unwrap();
    taken.kept[0].1.answer()
}

async fn save((bench, _, key): &(Bench, Form, Key), answer: &Json, minute: i64) {
    let answers = (Answers::from_json(&json!({"order": answer})), Source::Page, Over::Whatever);
    reports::save_draft_at(&bench.db, &bench.me, key, answers, at(minute)).await.unwrap();
}

async fn there((bench, _, key): &(Bench, Form, Key), answer: &Json) -> bool {
    let file = Attachment::read(answer).unwrap();
    super::actions::hand_out(&bench.db, &bench.me, key, (&file.hash, &file.name)).await.is_ok()
}

async fn sweep((bench, ..): &(Bench, Form, Key), minute: i64) {
    sweep_at(&bench.db, &bench.me, at(minute)).await.unwrap();
}

#[tokio::test]
async fn what_no_report_names_goes_after_a_day_and_what_one_names_stays() {
    let world = bench().await;
    let (kept, left) = (sent(&world, "a.pdf", 0).await, sent(&world, "b.pdf", 0).await);
    save(&world, &kept, 1).await;
    sweep(&world, DAY - 1).await;
    assert!(there(&world, &left).await, "a page may still be open");
    sweep(&world, DAY + 1).await;
    assert!(!there(&world, &left).await);
    assert!(there(&world, &kept).await);
}

#[tokio::test]
async fn a_replaced_file_stays_while_the_history_names_it() {
    let world = bench().await;
    let (first, second, third) =
        (sent(&world, "a.pdf", 0).await, sent(&world, "b.pdf", 0).await, sent(&world, "c.pdf", 0).await);
    save(&world, &first, 0).await;
    // Folded into the same act: the history does not know the first any more.
    save(&world, &second, 5).await;
    // An act of its own: the history says what was replaced.
    save(&world, &third, 60).await;
    sweep(&world, 2 * DAY).await;
    assert!(!there(&world, &first).await);
    assert!(there(&world, &second).await && there(&world, &third).await);
    // What the report has named before may be named again, days later.
    save(&world, &second, 3 * DAY).await;
    sweep(&world, 5 * DAY).await;
    assert!(there(&world, &second).await);
}

#[tokio::test]
async fn a_draft_taken_back_and_recovered_keeps_its_file() {
    let world = bench().await;
    let answer = sent(&world, "a.pdf", 0).await;
    save(&world, &answer, 0).await;
    let (bench, _, key) = &world;
    assert!(reports::discard(&bench.db, &bench.me, key, Source::Page).await.unwrap());
    sweep(&world, 2 * DAY).await;
    assert!(reports::recover(&bench.db, &bench.me, key, Source::Page).await.unwrap());
    assert!(there(&world, &answer).await);
    let verified = crate::report::verify::actions::verify(&bench.db, &bench.me).await.unwrap();
    assert!(verified.wrong.is_empty(), "{:?}", verified.wrong);
}

#[tokio::test]
async fn one_file_in_two_reports_is_stored_once_and_stays_for_the_second() {
    let world = bench().await;
    let answer = sent(&world, "a.pdf", 0).await;
    save(&world, &answer, 0).await;
    sweep(&world, 2 * DAY).await;
    let (bench, form, key) = world;
    let key = Key { about: bench.org("2").await, ..key };
    let other = (bench, form, key);
    let (bench, _, key) = &other;
    let refused = reports::save_draft_at(
        &bench.db,
        &bench.me,
        key,
        (Answers::from_json(&json!({"order": answer})), Source::Page, Over::Whatever),
        at(2 * DAY),
    );
    assert!(refused.await.is_err(), "another report's file is not one's own");
    assert_eq!(sent(&other, "a.pdf", 2 * DAY).await, answer);
    save(&other, &answer, 2 * DAY).await;
    assert!(there(&other, &answer).await);
    let mut read = bench.db.read().await.unwrap();
    assert_eq!(store::hashes(&mut read).await.unwrap().len(), 1);
}

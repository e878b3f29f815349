//! Imports and taking them back, on real data files.

use serde_json::{Value as Json, json};

use super::actions::{apply_import_at, known, list, undo_import};
use super::*;
use crate::error::{Error, Result};
use crate::report::State;
use crate::report::actions::history;
use crate::report::actions::tests::{Bench, at};

impl Bench {
    /// What an import starts from for a school.
    async fn known(&self, code: &str, period: &str) -> Option<Known> {
        let (org, period) = (self.org(code).await, Period::from_id(period).unwrap());
        let mut read = self.db.read().await.unwrap();
        let all = known(&mut read, &self.me, &self.form, (period, ""), (org, org)).await.unwrap();
        all.into_iter().find(|known| known.about == org)
    }

    async fn planned(&self, code: &str, period: &str, sets: Json) -> Imported {
        let base = self.known(code, period).await.and_then(|known| known.base);
        let cells = sets.as_object().unwrap().iter().zip(2..);
        let set = |((path, value), row): ((&String, &Json), i32)| Set {
            path: path.clone(),
            value: value.clone(),
            cell: format!("Лист1!C{row}"),
        };
        let (about, period) = (self.org(code).await, Period::from_id(period).unwrap());
        Imported { about, period, base, sets: cells.map(set).collect() }
    }

    async fn apply(&self, reports: &[Imported]) -> Result<ImportReceipt> {
        let file = BatchFile {
            form: "exams".to_owned(),
            period: Period::from_id("2021Sep").unwrap(),
            wave: String::new(),
            file_name: "огэ.xlsx".to_owned(),
            file_hash: "00".to_owned(),
            recipe: "oge".to_owned(),
            counts: json!({"new": 2}),
        };
        apply_import_at(&self.db, &self.me, &file, reports, at(100)).await
    }

    async fn import(&self, given: &[(&str, &str, Json)]) -> ImportReceipt {
        let mut reports = Vec::new();
        for (code, period, sets) in given {
            reports.push(self.planned(code, period, sets.clone()).await);
        }
        self.apply(&reports).await.unwrap()
    }
}

fn outcomes(receipt: &ImportReceipt) -> Vec<&'static str> {
    receipt
        .outcomes
        .iter()
        .map(|(_, _, outcome)| match outcome {
            Outcome::Sent => "sent",
            Outcome::Same => "same",
            Outcome::Draft(_) => "draft",
            Outcome::Beside(_) => "beside",
        })
        .collect()
}

fn refused<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Faults(faults)) => {
            faults.iter().map(|fault| fault.say(crate::lang::Lang::Ru)).collect::<Vec<_>>().join(" ")
        }
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn an_import_is_one_batch_that_is_taken_back_exactly() {
    let bench = Bench::new().await;
    let (one, two) = (bench.key("1", "2021Sep").await, bench.key("2", "2021Sep").await);
    bench.send(&one, json!({"participants": 10, "failed": 0.1, "remark": "из школы"}), 0).await.unwrap_err();
    bench.send(&one, json!({"participants": 10, "failed": 3, "remark": "из школы"}), 1).await.unwrap();
    bench.send(&two, json!({"participants": 7, "failed": 1}), 2).await.unwrap();
    bench.save(&two, json!({"participants": 8, "failed": 1}), 30).await;
    let before = bench.dump().await;
    let receipt = bench
        .import(&[
            ("1", "2021Sep", json!({"failed": 4})),
            ("2", "2021Sep", json!({"participants": 9, "failed": 2})),
            ("3", "2021Sep", json!({"participants": 5, "failed": 5})),
            ("3", "2020Sep", json!({"participants": 5})),
            ("1", "2020Sep", json!({"participants": 9, "failed": 2})),
        ])
        .await;
    assert_eq!(outcomes(&receipt), ["sent", "sent", "sent", "draft", "sent"]);
    assert_ne!(bench.dump().await, before);
    let view = bench.view(&one).await;
    assert_eq!(view.answers.to_json(), json!({"failed": 4, "participants": 10, "remark": "из школы"}));
    assert!(bench.measures("2021Sep").await.contains(&"growth 1/None".to_owned()), "the year before was in the file");
    let kept = bench.view(&two).await;
    assert_eq!((kept.state(), kept.answers.get("participants")), (State::Correcting, Some(&json!(8))));
    let missed: Vec<Json> = kept.missed.iter().map(|c| json!([c.path, c.new, c.cell])).collect();
    assert_eq!(missed, [json!(["failed", 2, "Лист1!C3"]), json!(["participants", 9, "Лист1!C2"])]);

    let batch = receipt.batch.unwrap();
    undo_import(&bench.db, &bench.me, batch).await.unwrap();
    assert_eq!(bench.dump().await, before);
    assert!(bench.view(&two).await.missed.is_empty());
    let deeds = history(&bench.db, &bench.me, &one).await.unwrap();
    let acts: Vec<&str> = deeds.iter().map(|deed| deed.act.word()).collect();
    assert_eq!(acts, ["undo", "import", "send", "save"]);
    assert_eq!(deeds[1].changes[0].cell.as_deref(), Some("Лист1!C2"));
    assert_eq!(deeds[1].batch, Some((batch, "огэ.xlsx".to_owned())));
    assert!(refused(undo_import(&bench.db, &bench.me, batch).await).starts_with("Эта загрузка уже отменена"));
    assert!(list(&bench.db, &bench.me).await.unwrap()[0].undone.is_some());
}

#[tokio::test]
async fn imports_on_top_of_each_other_are_taken_back_from_the_last() {
    let bench = Bench::new().await;
    let empty = bench.dump().await;
    let first = bench.import(&[("1", "2021Sep", json!({"participants": 10, "failed": 3}))]).await.batch.unwrap();
    let after_first = bench.dump().await;
    let second = bench.import(&[("1", "2021Sep", json!({"failed": 4}))]).await.batch.unwrap();
    let told = refused(undo_import(&bench.db, &bench.me, first).await);
    assert_eq!(
        told,
        "Отменить загрузку нельзя: после неё изменились отчёты организаций «СОШ № 1». Ничего не отменено."
    );
    undo_import(&bench.db, &bench.me, second).await.unwrap();
    assert_eq!(bench.dump().await, after_first);
    undo_import(&bench.db, &bench.me, first).await.unwrap();
    assert_eq!(bench.dump().await, empty);
    assert_eq!(bench.view(&bench.key("1", "2021Sep").await).await.state(), State::Empty);
    let again = bench.import(&[("1", "2021Sep", json!({"participants": 10, "failed": 3}))]).await;
    assert_eq!(outcomes(&again), ["sent"]);
}

#[tokio::test]
async fn the_same_file_again_is_no_batch() {
    let bench = Bench::new().await;
    let sets = json!({"participants": 10.0, "failed": 3});
    bench.import(&[("1", "2021Sep", json!({"participants": 10, "failed": 3.0}))]).await;
    let before = bench.dump().await;
    let again = bench.import(&[("1", "2021Sep", sets)]).await;
    assert_eq!((again.batch, outcomes(&again)), (None, vec!["same"]));
    assert_eq!(bench.dump().await, before);
    assert_eq!(list(&bench.db, &bench.me).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_plan_says_who_set_what() {
    let bench = Bench::new().await;
    let key = bench.key("1", "2021Sep").await;
    assert_eq!(bench.known("1", "2021Sep").await, None);
    bench.import(&[("1", "2021Sep", json!({"participants": 10, "failed": 3}))]).await;
    bench.send(&key, json!({"participants": 10, "failed": 2, "remark": "уточнили"}), 200).await.unwrap();
    let known = bench.known("1", "2021Sep").await.unwrap();
    let by: Vec<(&str, &str)> = known.set_by.iter().map(|(path, source)| (path.as_str(), source.word())).collect();
    assert_eq!(by, [("failed", "page"), ("participants", "import"), ("remark", "page")]);
    assert!(!known.own_draft);
    bench.save(&key, json!({"participants": 11}), 300).await;
    let known = bench.known("1", "2021Sep").await.unwrap();
    assert_eq!((known.own_draft, known.answers.get("participants")), (true, Some(&json!(10))));
}

#[tokio::test]
async fn a_report_that_moved_on_stops_the_whole_import() {
    let bench = Bench::new().await;
    let key = bench.key("1", "2021Sep").await;
    let plan = [
        bench.planned("2", "2021Sep", json!({"participants": 10, "failed": 3})).await,
        bench.planned("1", "2021Sep", json!({"participants": 10, "failed": 3})).await,
    ];
    bench.send(&key, json!({"participants": 9, "failed": 3}), 0).await.unwrap();
    let before = bench.dump().await;
    assert!(refused(bench.apply(&plan).await).starts_with("Отчёт организации «СОШ № 1» изменился"));
    assert_eq!(bench.dump().await, before);
}

#[tokio::test]
async fn a_second_file_completes_what_the_first_left_as_a_draft() {
    let bench = Bench::new().await;
    let first = bench.import(&[("1", "2021Sep", json!({"participants": 10}))]).await;
    assert_eq!(outcomes(&first), ["draft"]);
    assert!(bench.values("2021Sep").await.is_empty());
    let known = bench.known("1", "2021Sep").await.unwrap();
    assert_eq!((known.own_draft, known.set_by.get("participants")), (false, Some(&Source::Import)));
    let after_first = bench.dump().await;
    let second = bench.import(&[("1", "2021Sep", json!({"failed": 3}))]).await;
    assert_eq!(outcomes(&second), ["sent"]);
    assert_eq!(bench.view(&bench.key("1", "2021Sep").await).await.state(), State::Sent);
    undo_import(&bench.db, &bench.me, second.batch.unwrap()).await.unwrap();
    assert_eq!(bench.dump().await, after_first);
}

#[tokio::test]
async fn a_schools_own_draft_is_never_overwritten() {
    let bench = Bench::new().await;
    let key = bench.key("1", "2021Sep").await;
    bench.save(&key, json!({"remark": "собираем данные"}), 0).await;
    let left = bench.import(&[("1", "2021Sep", json!({"participants": 10}))]).await;
    assert_eq!(outcomes(&left), ["beside"]);
    assert_eq!(bench.view(&key).await.answers.to_json(), json!({"remark": "собираем данные"}));
    assert_eq!(bench.view(&key).await.missed.len(), 1);
}

#[tokio::test]
async fn an_earlier_year_imported_later_changes_what_reads_it_and_taken_back_changes_it_back() {
    let (bench, other) = (Bench::new().await, Bench::new().await);
    let earlier = [("1", "2020Sep", json!({"participants": 6, "failed": 1}))];
    let later = [("1", "2021Sep", json!({"participants": 10, "failed": 3}))];
    bench.import(&later).await;
    let before = bench.dump().await;
    let second = bench.import(&earlier).await.batch.unwrap();
    other.import(&earlier).await;
    other.import(&later).await;
    for period in ["2020Sep", "2021Sep"] {
        assert_eq!(bench.measures(period).await, other.measures(period).await);
        assert_eq!(bench.values(period).await, other.values(period).await);
    }
    assert_eq!(bench.measures("2021Sep").await, ["failed_share 3/Some(10.0)", "growth 4/None"]);
    undo_import(&bench.db, &bench.me, second).await.unwrap();
    assert_eq!(bench.dump().await, before);
    assert_eq!(bench.measures("2021Sep").await, ["failed_share 3/Some(10.0)"]);
}

#[tokio::test]
async fn numbers_come_back_to_the_last_bit() {
    let bench = Bench::new().await;
    let key = bench.key("1", "2021Sep").await;
    bench.send(&key, json!({"participants": 7, "failed": 3}), 0).await.unwrap();
    let before = bench.dump().await;
    assert!(before.iter().any(|line| line.contains("share 4.2857142857142")), "{before:?}");
    let batch = bench.import(&[("1", "2021Sep", json!({"failed": 2}))]).await.batch.unwrap();
    undo_import(&bench.db, &bench.me, batch).await.unwrap();
    assert_eq!(bench.dump().await, before);
}

//! The life of one report: drafts, sending, correcting, history.

use super::*;
use crate::lang::Lang;
use crate::report::State;

fn acts(deeds: &[Deed]) -> Vec<&'static str> {
    deeds.iter().map(|deed| deed.act.word()).collect()
}

fn codes(result: Result<Receipt>) -> Vec<String> {
    match result {
        Err(Error::Faults(faults)) => faults.iter().map(|fault| format!("{} {}", fault.at, fault.code)).collect(),
        other => vec![format!("{other:?}")],
    }
}

#[tokio::test]
async fn saves_within_ten_minutes_are_one_act_and_an_unchanged_save_is_none() {
    let bench = Bench::new().await;
    let key = bench.key("1", "2021Sep").await;
    assert_eq!(bench.save(&key, json!({}), 0).await, Saved { revision: None, changed: false });
    let first = bench.save(&key, json!({"participants": 10}), 0).await;
    assert_eq!(bench.save(&key, json!({"participants": 12, "failed": "пять"}), 9).await, first);
    assert!(!bench.save(&key, json!({"participants": 12, "failed": "пять"}), 9).await.changed);
    assert_ne!(bench.save(&key, json!({"participants": 12, "failed": 5}), 11).await.revision, first.revision);
    let history = history(&bench.db, &bench.me, &key).await.unwrap();
    assert_eq!(acts(&history), ["save", "save"]);
    assert_eq!((history[1].at, history[1].until), (at(0), at(9)));
    let changed: Vec<Json> = history[1].changes.iter().map(|c| json!([c.path, c.old, c.new])).collect();
    assert_eq!(changed, [json!(["failed", null, "пять"]), json!(["participants", null, 12])]);
    let view = bench.view(&key).await;
    assert_eq!((view.state(), view.answers.to_json()), (State::Draft, json!({"participants": 12, "failed": 5})));
    assert!(bench.values("2021Sep").await.is_empty(), "a draft never counts");
}

#[tokio::test]
async fn a_sent_report_counts_and_sending_it_again_gives_the_same_receipt() {
    let bench = Bench::new().await;
    let key = bench.key("1", "2021Sep").await;
    bench.save(&key, json!({"participants": 10}), 0).await;
    let receipt = bench.send(&key, json!({"participants": 10, "failed": 3}), 1).await.unwrap();
    assert_eq!(bench.send(&key, json!({"participants": 10, "failed": 3}), 50).await.unwrap(), receipt);
    let counting = vec![
        ("failed".to_owned(), Stored::Number(3.0)),
        ("participants".to_owned(), Stored::Number(10.0)),
        ("share".to_owned(), Stored::Number(30.0)),
    ];
    assert_eq!(bench.values("2021Sep").await, [(key.about, counting.clone())]);
    assert_eq!(bench.measures("2021Sep").await, ["failed_share 3/Some(10.0)"]);
    bench.save(&key, json!({"participants": 99}), 60).await;
    assert_eq!(bench.view(&key).await.state(), State::Correcting);
    assert_eq!(bench.values("2021Sep").await, [(key.about, counting)], "being corrected, it goes on counting");
    bench.send(&key, json!({"participants": 20}), 61).await.unwrap_err();
    bench.send(&key, json!({"participants": 20, "failed": 3}), 62).await.unwrap();
    assert_eq!(bench.measures("2021Sep").await, ["failed_share 3/Some(20.0)"]);
    let history = history(&bench.db, &bench.me, &key).await.unwrap();
    assert_eq!(acts(&history), ["send", "save", "send", "save"]);
}

#[tokio::test]
async fn what_blocks_sending_leaves_a_draft() {
    let bench = Bench::new().await;
    let key = bench.key("1", "2021Sep").await;
    let wrong = json!({"participants": 10, "failed": 30, "remark": "как есть"});
    assert_eq!(codes(bench.send(&key, wrong.clone(), 0).await), ["failed constraint"]);
    let view = bench.view(&key).await;
    assert_eq!((view.state(), view.answers.to_json()), (State::Draft, Answers::from_json(&wrong).to_json()));
    assert_eq!(codes(bench.send(&key, json!({"participants": "много"}), 1).await).len(), 1);
    assert_eq!(bench.view(&key).await.answers.to_json(), json!({"participants": "много"}));
}

#[tokio::test]
async fn a_warning_wants_an_explanation_that_is_kept() {
    let bench = Bench::new().await;
    let (before, key) = (bench.key("1", "2020Sep").await, bench.key("1", "2021Sep").await);
    bench.send(&before, json!({"participants": 10, "failed": 0}), 0).await.unwrap();
    let answers = json!({"participants": 20, "failed": 0, "explain:jump": " "});
    assert_eq!(codes(bench.send(&key, answers, 1).await), [" check", "explain:jump required"]);
    let answers = json!({"participants": 20, "failed": 0, "explain:jump": "Открыли новый корпус"});
    bench.send(&key, answers, 2).await.unwrap();
    let view = bench.view(&key).await;
    assert_eq!(view.answers.to_json(), json!({"participants": 20, "failed": 0}));
    assert_eq!(view.explanations.get("jump").map(String::as_str), Some("Открыли новый корпус"));
    assert_eq!(view.last.unwrap().explanations.len(), 1);
    assert_eq!(bench.measures("2021Sep").await, ["failed_share 0/Some(20.0)", "growth 10/None"]);
    let corrected = json!({"participants": 11, "failed": 0, "explain:jump": "Открыли новый корпус"});
    let receipt = bench.send(&key, corrected.clone(), 3).await.unwrap();
    assert!(bench.view(&key).await.explanations.is_empty(), "what was corrected needs no words");
    assert_eq!(bench.send(&key, corrected, 4).await.unwrap(), receipt, "and sent again is recognised");
}

#[tokio::test]
async fn a_hidden_answer_is_kept_aside_and_does_not_count() {
    let bench = Bench::new().await;
    let key = bench.key("1", "2021Sep").await;
    bench.send(&key, json!({"participants": 0, "failed": 0, "remark": "никто не сдавал"}), 0).await.unwrap();
    let paths: Vec<String> = bench.values("2021Sep").await[0].1.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(paths, ["failed", "participants"]);
    assert!(bench.view(&key).await.answers.get("remark").is_some());
}

#[tokio::test]
async fn a_sent_report_opens_in_its_own_version_and_a_correction_in_the_newest() {
    let mut bench = Bench::new().await;
    let key = bench.key("1", "2021Sep").await;
    bench.send(&key, json!({"participants": 10, "failed": 3}), 0).await.unwrap();
    let newer = read(&FORM.replace("Экзамены", "Экзамены и зачёты"), "exams.toml").unwrap();
    let publish = async |form: &crate::form::Form| {
        version::actions::publish(&bench.db, &bench.me, std::slice::from_ref(form)).await.unwrap()[0].clone()
    };
    assert_eq!((publish(&newer).await.number, publish(&newer).await.new), (2, false));
    assert_eq!(bench.view(&key).await.version, 1);
    assert_eq!(correct(&bench.db, &bench.me, &key).await.unwrap().version, 2);
    bench.save(&key, json!({"participants": 11, "failed": 3}), 20).await;
    assert_eq!(bench.view(&key).await.form.title, "Экзамены и зачёты");
    assert_eq!(publish(&bench.form).await.number, 3, "an old text published again is the newest");
    assert_eq!(bench.view(&key).await.form.title, "Экзамены");
    bench.form = newer;
    assert_eq!(version::actions::list(&bench.db, &bench.me).await.unwrap().len(), 1);
}

#[tokio::test]
async fn keys_that_do_not_fit_the_form_are_refused_in_words() {
    let bench = Bench::new().await;
    let key = bench.key("m", "2021").await;
    match open(&bench.db, &bench.me, &key).await {
        Err(Error::Faults(faults)) => {
            assert_eq!(
                faults.iter().map(|fault| fault.say(Lang::Ru)).collect::<Vec<_>>(),
                [
                    "Форма собирается за другой период: указано «2021», нужно, например, «2024Sep».",
                    "Форма собирается не об организациях такого типа, как «Район».",
                ]
            );
        }
        other => panic!("{other:?}"),
    }
    let unknown = Key { form: "nothing".to_owned(), ..key.clone() };
    assert!(matches!(open(&bench.db, &bench.me, &unknown).await, Err(Error::NotFound(_))));
    let nobody = Key { about: OrgId(999), ..key };
    assert!(matches!(open(&bench.db, &bench.me, &nobody).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn writers_in_parallel_wait_for_each_other() {
    let bench = Arc::new(Bench::new().await);
    let mut tasks = Vec::new();
    for n in 0..30i64 {
        let bench = bench.clone();
        tasks.push(tokio::spawn(async move {
            let key = bench.key(["1", "2", "3"][usize::try_from(n % 3).unwrap()], "2021Sep").await;
            bench.send(&key, json!({"participants": 100 + n, "failed": n}), n).await.unwrap().revision
        }));
    }
    let mut revisions = Vec::new();
    for task in tasks {
        revisions.push(task.await.unwrap());
    }
    revisions.sort_unstable();
    revisions.dedup();
    assert_eq!(revisions.len(), 30);
    assert_eq!(bench.values("2021Sep").await.len(), 3);
}

#[tokio::test]
async fn who_is_silent_and_who_is_not() {
    let bench = Bench::new().await;
    let (sent, draft) = (bench.key("1", "2021Sep").await, bench.key("2", "2021Sep").await);
    bench.send(&sent, json!({"participants": 10, "failed": 3}), 0).await.unwrap();
    bench.save(&draft, json!({"participants": 10}), 0).await;
    let (db, me, slice) = (&bench.db, &bench.me, bench.slice("2021Sep"));
    let progress = figures::actions::progress(db, me, &me.scope(), &slice).await.unwrap();
    let said: Vec<(&str, &str)> = progress.iter().map(|one| (one.org.code.as_str(), one.state.word())).collect();
    assert_eq!(said, [("1", "sent"), ("2", "draft"), ("3", "empty")]);
    let silent = figures::actions::silent(db, me, &me.scope(), &slice).await.unwrap();
    assert_eq!(silent.iter().map(|org| org.code.as_str()).collect::<Vec<_>>(), ["2", "3"]);
    let tally = figures::actions::tally(db, me, &me.scope(), &slice).await.unwrap();
    assert_eq!(tally, figures::Tally { accepted: 0, sent: 1, expected: 3 });
    let accepted = Slice { accepted_only: true, ..slice };
    assert!(figures::actions::reports(db, me, &me.scope(), &accepted).await.unwrap().reports.is_empty());
    let other = me.scope().narrowed(draft.about);
    assert!(figures::actions::values(db, me, &other, &bench.slice("2021Sep")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_draft_is_taken_back_and_brought_back() {
    let bench = Bench::new().await;
    let key = bench.key("1", "2021Sep").await;
    let take = || discard(&bench.db, &bench.me, &key, Source::Page);
    let bring = || recover(&bench.db, &bench.me, &key, Source::Page);
    assert!(!take().await.unwrap() && !bring().await.unwrap(), "nothing there");
    bench.save(&key, json!({"participants": 10}), 0).await;
    assert!(take().await.unwrap());
    let view = bench.view(&key).await;
    assert_eq!((view.state(), view.answers.to_json()), (State::Empty, json!({})));
    assert!(bring().await.unwrap() && !bring().await.unwrap());
    assert_eq!(bench.view(&key).await.answers.to_json(), json!({"participants": 10}));

    bench.send(&key, json!({"participants": 10, "failed": 3}), 1).await.unwrap();
    bench.save(&key, json!({"participants": 12, "failed": 3}), 2).await;
    let counting = bench.values("2021Sep").await;
    assert!(take().await.unwrap());
    let view = bench.view(&key).await;
    assert_eq!((view.state(), view.answers.to_json()), (State::Sent, json!({"participants": 10, "failed": 3})));
    assert_eq!(bench.values("2021Sep").await, counting, "what was sent counts as before");
    let history = history(&bench.db, &bench.me, &key).await.unwrap();
    assert!(history[0].discards());
    let changed: Vec<Json> = history[0].changes.iter().map(|c| json!([c.path, c.old, c.new])).collect();
    assert_eq!(changed, [json!(["participants", 12, 10])]);

    bench.save(&key, json!({"participants": 11, "failed": 3}), 3).await;
    assert!(!bring().await.unwrap(), "something was done since");
    assert_eq!(bench.view(&key).await.answers.to_json(), json!({"participants": 11, "failed": 3}));
}

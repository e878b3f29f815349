//! Versions of a form over stored reports: what is opened by which, what is carried, set aside and refused.

use serde_json::json;

use super::*;
use crate::report::version::actions::{publications, publish, publish_files, start};
use crate::report::version::drafts::{self, Kept, mark};
use crate::report::version::{Fate, Offer, Origin};

fn edited(edits: &[(&str, &str)]) -> crate::form::Form {
    let text = edits.iter().fold(FORM.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    read(&text, "exams.toml").unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The form with a question renamed, one removed with its word, and one more that must be answered.
fn second() -> crate::form::Form {
    let gone = "[[group.question]]\nname = \"remark\"\ntype = \"text\"\nlabel = \"Примечание\"\nrelevant = \"${participants} > 0\"\n";
    let new = "[[group.question]]\nname = \"rooms\"\ntype = \"integer\"\nlabel = \"Кабинетов\"\nrequired = true\n";
    edited(&[
        (gone, new),
        ("name = \"failed\"\n", "name = \"lost\"\nwas = [\"failed\"]\n"),
        ("${failed}", "${lost}"),
        ("about = \"school\"", "about = \"school\"\nremoved = [\"remark\"]"),
    ])
}

#[tokio::test]
async fn a_draft_and_a_correction_open_with_the_newest_version_and_nothing_is_lost() {
    let bench = Bench::new().await;
    let (sent, draft) = (bench.key("1", "2021Sep").await, bench.key("2", "2021Sep").await);
    bench.send(&sent, json!({"participants": 10, "failed": 3, "remark": "повторно"}), 0).await.unwrap();
    bench.save(&draft, json!({"participants": 8, "failed": 1, "remark": "черновик"}), 1).await;
    publish(&bench.db, &bench.me, &[second()]).await.unwrap();

    let own = bench.view(&sent).await;
    assert_eq!((own.version, own.answers.get("failed")), (1, Some(&json!(3))), "what was sent keeps its own version");
    let view = bench.view(&draft).await;
    assert_eq!((view.version, view.answers.get("lost"), view.answers.get("failed")), (2, Some(&json!(1)), None));
    assert_eq!(view.answers.get("remark"), Some(&json!("черновик")), "set aside, not lost");
    assert!(view.form.sets_aside("remark"));

    let correction = correct(&bench.db, &bench.me, &sent).await.unwrap();
    assert_eq!((correction.version, correction.answers.get("lost")), (2, Some(&json!(3))));
    let missing: Vec<String> = correction.filled().faults.iter().map(|fault| fault.at.to_string()).collect();
    assert_eq!(missing, ["rooms"], "the new question is asked, the removed one is no fault");
    let mut answers = correction.answers.clone();
    answers.set("rooms", Some(json!(4)));
    bench.send(&sent, answers.to_json(), 30).await.unwrap();
    let paths: Vec<String> = bench.values("2021Sep").await[0].1.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(paths, ["lost", "participants", "rooms", "share"], "what is set aside does not count");
    assert_eq!(bench.view(&sent).await.answers.get("remark"), Some(&json!("повторно")));

    // The question comes back, and its answers with it.
    publish(&bench.db, &bench.me, &[edited(&[("name = \"failed\"\n", "name = \"failed\"\nwas = [\"lost\"]\n")])])
        .await
        .expect_err("rooms has an answer now");
    let back = edited(&[
        ("name = \"failed\"\n", "name = \"failed\"\nwas = [\"lost\"]\n"),
        ("about = \"school\"", "about = \"school\"\nremoved = [\"rooms\"]"),
    ]);
    publish(&bench.db, &bench.me, &[back]).await.unwrap();
    let view = correct(&bench.db, &bench.me, &sent).await.unwrap();
    assert_eq!(view.answers.get("remark"), Some(&json!("повторно")));
    assert_eq!(view.answers.get("failed"), Some(&json!(3)));
}

#[tokio::test]
async fn what_would_lose_answers_is_refused_and_the_published_version_stays() {
    let bench = Bench::new().await;
    bench.save(&bench.key("1", "2021Sep").await, json!({"participants": 10, "remark": "да"}), 0).await;
    let retyped = edited(&[("name = \"remark\"\ntype = \"text\"", "name = \"remark\"\ntype = \"date\"")]);
    let Err(Error::Faults(faults)) = publish(&bench.db, &bench.me, std::slice::from_ref(&retyped)).await else {
        panic!("published")
    };
    assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["retyped"]);
    assert!(faults[0].at.to_string().starts_with("exams.toml:"), "{}", faults[0].at);
    let fates = start(&bench.db, &bench.me, &[Offer::of(&retyped)]).await.unwrap();
    assert!(matches!(&fates[..], [Fate::Refused(faults)] if faults.len() == 1));
    assert_eq!(version::actions::newest(&bench.db, &bench.me, "exams").await.unwrap().number, 1);
    let period = edited(&[("period = \"school-year\"", "period = \"calendar-year\"")]);
    assert!(publish(&bench.db, &bench.me, &[period]).await.is_err());
}

#[tokio::test]
async fn a_file_never_overwrites_what_was_published_on_the_page() {
    let bench = Bench::new().await;
    let (db, me) = (&bench.db, &bench.me);
    let page = edited(&[("Экзамены", "Экзамены с сайта")]);
    drafts::actions::publish(db, me, "exams", (&page, Origin::Page)).await.unwrap();
    let (stale, other) = (Offer::of(&bench.form), Offer::of(&edited(&[("Экзамены", "Экзамены из файла")])));
    let fates = start(db, me, &[stale, other.clone()]).await.unwrap();
    let earlier = |fate: &Fate| match fate {
        Fate::Differs(difference) => difference.earlier,
        other => panic!("{other:?}"),
    };
    assert_eq!((earlier(&fates[0]), earlier(&fates[1])), (Some(1), None));
    assert!(publish_files(db, me, std::slice::from_ref(&other), false).await.is_err());
    assert_eq!(version::actions::newest(db, me, "exams").await.unwrap().form.title, "Экзамены с сайта");

    // The text is put into the folder: from then on the file leads again.
    assert!(matches!(&start(db, me, &[Offer::of(&page)]).await.unwrap()[..], [Fate::Published(one)] if !one.new));
    assert!(matches!(&start(db, me, &[other]).await.unwrap()[..], [Fate::Published(one)] if one.number == 3));
    drafts::actions::publish(db, me, "exams", (&bench.form, Origin::Page)).await.unwrap();
    let all = publications(db, me, "exams").await.unwrap();
    let said: Vec<(u32, &str, &str)> =
        all.iter().map(|(one, form)| (one.number, one.origin.word(), form.title.as_str())).collect();
    let expected = [
        (4, "page", "Экзамены"),
        (3, "file", "Экзамены из файла"),
        (2, "page", "Экзамены с сайта"),
        (1, "file", "Экзамены"),
    ];
    assert_eq!(said, expected);
    let replaced = publish_files(db, me, &[Offer::of(&page)], true).await.unwrap();
    assert_eq!(replaced[0].number, 5);
}

#[tokio::test]
async fn a_draft_of_a_form_is_one_and_two_tabs_lose_nothing() {
    let bench = Bench::new().await;
    let (db, me) = (&bench.db, &bench.me);
    let was = bench.form.hash.clone();
    let keep = async |text: &str, was: &str| drafts::actions::save(db, me, "exams", (text, was)).await.unwrap();
    assert_eq!(keep("первый", &was).await, Kept::Saved);
    assert_eq!(keep("первый", "whatever it was").await, Kept::Saved, "saved twice is saved once");
    assert_eq!(keep("второй", &mark("первый")).await, Kept::Saved);
    match keep("третий", &mark("первый")).await {
        Kept::Contested(draft) => assert_eq!(draft.source, "второй"),
        other => panic!("{other:?}"),
    }
    let begun = drafts::actions::begin(db, me, "exams", "id").await;
    assert!(matches!(begun, Err(Error::Faults(_))), "the id is taken");
    assert!(!drafts::actions::discard(db, me, "exams", &mark("первый")).await.unwrap());
    assert!(drafts::actions::discard(db, me, "exams", &mark("второй")).await.unwrap());
    assert_eq!(keep("четвёртый", &mark("второй")).await, Kept::Gone);
    let long = "я".repeat(drafts::LONGEST);
    assert!(matches!(drafts::actions::save(db, me, "exams", (&long, &was)).await, Err(Error::Faults(_))));
}

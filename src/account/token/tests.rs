//! Access keys over a real data file: what they open, how they end, and that they never open more than their account.

use jiff::{SignedDuration, Timestamp};

use super::actions::{bearer, bearer_at, make, own, revoke};
use super::{MOST, Reach, Wanted};
use crate::access::{Actor, Right, Role};
use crate::account::actions::{close, invite, reopen};
use crate::account::tests::{district, entered, ready, said};

const GOOD: &str = "северный кит пьёт чай";

fn wanted(reach: Reach, days: u16) -> Wanted {
    Wanted {
        name: " Электронный журнал ".to_owned(), reach: reach.word().to_owned(), days: days.to_string()
    }
}

#[tokio::test]
async fn a_key_opens_until_it_is_revoked_or_ends() {
    let (_dir, db) = district().await;
    let school = ready(&db, &Actor::operator(), "school", Role::School, "s1").await;
    let (token, text) = make(&db, &school.actor(), &wanted(Reach::Fill, 30)).await.unwrap();
    assert!(text.starts_with("svod_") && text.len() > 40, "{text}");
    let came = bearer(&db, &text).await.unwrap().unwrap();
    assert_eq!((came.account.login.as_str(), came.token.name.as_str()), ("school", "Электронный журнал"));
    assert_eq!(came.actor().scope(), school.actor().scope());
    assert!(own(&db, &school.actor()).await.unwrap()[0].seen_at.is_some(), "its use is written down");
    let day = SignedDuration::from_hours(24);
    let at = |days: i32| Timestamp::now() + day.checked_mul(days).unwrap();
    assert!(bearer_at(&db, &text, at(29)).await.unwrap().is_some());
    assert!(bearer_at(&db, &text, at(31)).await.unwrap().is_none());
    for wrong in ["", "svod_", &text[5..], &format!("{text}a"), &text.to_uppercase()] {
        assert!(bearer(&db, wrong).await.unwrap().is_none(), "{wrong}");
    }
    // Only its holder can revoke it.
    let other = ready(&db, &Actor::operator(), "other", Role::School, "s2").await;
    revoke(&db, &other.actor(), token.id).await.unwrap();
    assert!(bearer(&db, &text).await.unwrap().is_some());
    revoke(&db, &school.actor(), token.id).await.unwrap();
    assert!(bearer(&db, &text).await.unwrap().is_none());
    assert!(!own(&db, &school.actor()).await.unwrap()[0].works(Timestamp::now()));
}

#[tokio::test]
async fn keys_end_with_the_account_and_with_a_new_holder() {
    let (_dir, db) = district().await;
    let operator = Actor::operator();
    let account = ready(&db, &operator, "school", Role::School, "s1").await;
    let (_, first) = make(&db, &account.actor(), &wanted(Reach::Read, 0)).await.unwrap();
    close(&db, &operator, "school").await.unwrap();
    reopen(&db, &operator, "school").await.unwrap();
    assert!(bearer(&db, &first).await.unwrap().is_none(), "an account that was closed and opened again");
    let (_, second) = make(&db, &account.actor(), &wanted(Reach::Read, 0)).await.unwrap();
    let (_, link) = invite(&db, &operator, "school").await.unwrap();
    assert!(bearer(&db, &second).await.unwrap().is_some(), "the link has not been used");
    entered(&db, &link, GOOD).await;
    assert!(bearer(&db, &second).await.unwrap().is_none(), "somebody else may hold the account now");
}

#[tokio::test]
async fn a_key_never_does_more_than_its_account_nor_than_its_reach() {
    let (_dir, db) = district().await;
    for (login, role, org) in [
        ("root", Role::Administrator, ""),
        ("department", Role::Department, "m1"),
        ("methodist", Role::Methodist, "m1"),
        ("author", Role::Author, "r"),
        ("pupil", Role::School, "s1"),
        ("viewer", Role::Viewer, "r"),
    ] {
        let account = ready(&db, &Actor::operator(), login, role, org).await;
        for reach in Reach::ALL {
            let (_, text) = make(&db, &account.actor(), &wanted(*reach, 90)).await.unwrap();
            let actor = bearer(&db, &text).await.unwrap().unwrap().actor();
            for right in Right::ALL {
                let expected = right.holders().contains(&role) && reach.rights().contains(right);
                assert_eq!(actor.may(*right), expected, "{login} {reach:?} {right:?}");
            }
            assert_eq!(said(make(&db, &actor, &wanted(Reach::All, 0)).await), "denied", "a key makes no keys");
        }
    }
}

#[test]
fn narrowing_only_takes_away() {
    let wide = Actor::operator().narrowed(Reach::Fill.rights());
    for again in [Reach::Read, Reach::Fill, Reach::Import, Reach::All] {
        let actor = wide.clone().narrowed(again.rights());
        for right in Right::ALL.iter().filter(|right| actor.may(**right)) {
            assert!(wide.may(*right) && again.rights().contains(right), "{again:?} {right:?}");
        }
    }
    assert!(wide.narrowed(Reach::All.rights()).may(Right::Fill));
}

#[tokio::test]
async fn what_is_wrong_is_said_all_at_once() {
    let (_dir, db) = district().await;
    let actor = ready(&db, &Actor::operator(), "school", Role::School, "s1").await.actor();
    let wrong = Wanted { name: " ".to_owned(), reach: "everything".to_owned(), days: "31".to_owned() };
    let refused = said(make(&db, &actor, &wrong).await);
    assert!(["name: ", "reach: ", "days: "].iter().all(|field| refused.contains(field)), "{refused}");
    for _ in 0..MOST {
        make(&db, &actor, &wanted(Reach::Read, 0)).await.unwrap();
    }
    assert!(said(make(&db, &actor, &wanted(Reach::Read, 0)).await).starts_with("name: "));
    assert_eq!(said(make(&db, &Actor::operator(), &wanted(Reach::Read, 0)).await), "denied");
}

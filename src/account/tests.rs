//! Accounts over a real data file: who may make whom, how a link is used, how a session ends.

use std::net::{IpAddr, Ipv4Addr};

use jiff::{SignedDuration, Timestamp};

use super::actions::{
    NewPassword, accept, change, change_password, close, first_administrator, invite, list, make, one, reopen,
};
use super::guess::Guesses;
use super::second::{Halves, Key};
use super::session::actions::{
    self as sessions, Signing, Typed, end_others, own, sign_in_with_code_at, sign_out, signed, signed_at,
};
use super::session::{Entered, From, IDLE, IDLE_ELSEWHERE, LONGEST};
use super::{Account, Secret, Wanted};
use crate::access::{Actor, Role};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::org;
use crate::sheet::{Book, Cell, Grid};

const GOOD: &str = "северный кит пьёт чай";
const OTHER: &str = "девять сонных барсуков";

const REGISTRY: [[&str; 4]; 6] = [
    ["Код", "Наименование", "Тип", "Вышестоящая"],
    ["r", "Приозёрный край", "Регион", ""],
    ["m1", "Лесной район", "Муниципалитет", "r"],
    ["m2", "Степной район", "Муниципалитет", "r"],
    ["s1", "Лесная СОШ", "Школа", "m1"],
    ["s2", "Степная СОШ", "Школа", "m2"],
];

pub(super) async fn district() -> (tempfile::TempDir, Db) {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(dir.path()).await.unwrap();
    let cells = |row: &[&str; 4]| row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
    let grid = Grid::from_rows("Лист1", REGISTRY.iter().map(cells).collect(), Vec::new());
    let book = Book { name: "реестр.xlsx".to_owned(), sheets: vec![grid] };
    org::actions::import(&db, &Actor::operator(), &book).await.unwrap();
    (dir, db)
}

fn wanted(login: &str, role: Role, org: &str) -> Wanted {
    let text = str::to_owned;
    Wanted { login: text(login), name: text(login), role: text(role.word()), org: text(org), ..Wanted::default() }
}

fn from(address: [u8; 4]) -> From {
    From { address: IpAddr::V4(Ipv4Addr::from(address)), agent: "проверка".to_owned(), browser: None }
}

pub(super) async fn entered(db: &Db, secret: &Secret, password: &str) -> Entered {
    accept(db, secret, NewPassword { password, again: password }, &from([192, 0, 2, 1])).await.unwrap()
}

/// An account that can sign in.
pub(super) async fn ready(db: &Db, by: &Actor, login: &str, role: Role, org: &str) -> Account {
    let (_, secret) = make(db, by, &wanted(login, role, org)).await.unwrap();
    entered(db, &secret, GOOD).await.account
}

fn typed<'a>(login: &'a str, password: &'a str) -> Typed<'a> {
    Typed { login, password, elsewhere: false }
}

/// Signs in somebody without a second step.
async fn sign_in_at(db: &Db, guesses: &Guesses, from: &From, typed: Typed<'_>, now: Timestamp) -> Result<Entered> {
    match sessions::sign_in_at(db, (guesses, &Halves::default()), from, typed, now).await? {
        Signing::In(entered) => Ok(*entered),
        Signing::Code(_) => panic!("a code is asked for"),
    }
}

async fn sign_in(db: &Db, guesses: &Guesses, from: &From, typed: Typed<'_>) -> Result<Entered> {
    sign_in_at(db, guesses, from, typed, Timestamp::now()).await
}

/// What was refused: the fields with their words, or the kind of the refusal.
pub(super) fn said<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(Error::Faults(faults)) => {
            let each: Vec<String> =
                faults.iter().map(|fault| format!("{}: {}", fault.at, fault.say(Lang::Ru))).collect();
            each.join("\n")
        }
        Err(Error::NotFound(_)) => "not found".to_owned(),
        Err(Error::Denied(_)) => "denied".to_owned(),
        Err(Error::Stranger) => "stranger".to_owned(),
        Err(other) => other.to_string(),
    }
}

#[tokio::test]
async fn everybody_makes_accounts_only_below_their_own() {
    let (_dir, db) = district().await;
    let operator = Actor::operator();
    let admin = ready(&db, &operator, "root", Role::Administrator, "").await.actor();
    let region = ready(&db, &admin, "region", Role::Department, "r").await.actor();
    let district = ready(&db, &region, "district", Role::Department, "m1").await.actor();
    let methodist = ready(&db, &district, "methodist", Role::Methodist, "m1").await.actor();
    let school = ready(&db, &methodist, "school", Role::School, "s1").await.actor();
    for (by, role, org, may) in [
        (&admin, Role::Administrator, "", true),
        (&admin, Role::Author, "r", true),
        (&region, Role::Department, "m2", true),
        (&region, Role::Department, "r", false),
        (&region, Role::Administrator, "", false),
        (&region, Role::Author, "r", false),
        (&district, Role::Methodist, "m1", true),
        (&district, Role::Department, "m1", false),
        (&district, Role::Methodist, "m2", false),
        (&district, Role::Viewer, "r", false),
        (&methodist, Role::School, "s1", true),
        (&methodist, Role::School, "s2", false),
        (&methodist, Role::Methodist, "m1", false),
        (&methodist, Role::Viewer, "m1", false),
    ] {
        let login = format!("x-{}-{}-{org}", by.name(), role.word());
        let made = make(&db, by, &wanted(&login, role, org)).await;
        assert_eq!(made.is_ok(), may, "{login}: {}", said(made));
    }
    assert_eq!(said(make(&db, &school, &wanted("y", Role::School, "s1")).await), "denied");
    let logins = |kept: Vec<super::actions::Kept>| kept.into_iter().map(|kept| kept.account.login).collect::<Vec<_>>();
    assert_eq!(logins(list(&db, &methodist).await.unwrap()), ["school", "x-methodist-school-s1"]);
    let seen = logins(list(&db, &district).await.unwrap());
    assert_eq!(seen, ["methodist", "school", "x-district-methodist-m1", "x-methodist-school-s1"]);
    // What stands beside or above one's own is not found, whatever is tried with it.
    for login in ["root", "region", "district", "x-region-department-m2", "nobody"] {
        assert_eq!(said(one(&db, &district, login).await), "not found", "{login}");
        assert_eq!(said(close(&db, &district, login).await), "not found", "{login}");
        assert_eq!(said(invite(&db, &district, login).await), "not found", "{login}");
        assert_eq!(said(change(&db, &district, &wanted(login, Role::Viewer, "m1")).await), "not found", "{login}");
    }
}

#[tokio::test]
async fn whoever_is_confined_to_forms_gives_no_others() {
    let (_dir, db) = district().await;
    let confined = |login: &str, role, forms: &[&str]| {
        let forms = forms.iter().map(|form| (*form).to_owned()).collect();
        Wanted { forms, ..wanted(login, role, "m1") }
    };
    let (_, secret) =
        make(&db, &Actor::operator(), &confined("one", Role::Department, &["staff", "exams"])).await.unwrap();
    let actor = entered(&db, &secret, GOOD).await.account.actor();
    assert!(actor.knows("staff") && !actor.knows("roof"));
    assert!(make(&db, &actor, &confined("two", Role::Methodist, &["staff"])).await.is_ok());
    let refused = said(make(&db, &actor, &confined("three", Role::Methodist, &["roof"])).await);
    assert_eq!(refused, "forms: Формы «roof» нет среди ваших.");
    let refused = said(make(&db, &actor, &confined("four", Role::Methodist, &[])).await);
    assert!(refused.starts_with("role:"), "all forms are more than two: {refused}");
}

#[tokio::test]
async fn everything_wrong_in_an_account_is_said_at_once() {
    let (_dir, db) = district().await;
    let wrong = Wanted {
        login: "два слова".to_owned(),
        role: "king".to_owned(),
        email: "почта".to_owned(),
        ..Wanted::default()
    };
    let refused = said(make(&db, &Actor::operator(), &wrong).await);
    let fields: Vec<&str> = refused.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(fields, ["login", "name", "role", "email"]);
    let cases = [
        (wanted("a", Role::School, "m1"), "org: Роль «школа» даётся школе: выберите школу или другую роль."),
        (wanted("a", Role::Viewer, ""), "org: Выберите организацию: без неё непонятно, чьи отчёты видит эта запись."),
        (wanted("a", Role::Viewer, "zz"), "org: Организации с кодом «zz» нет среди тех, которые вы видите."),
    ];
    for (wanted, words) in cases {
        let refused = said(make(&db, &Actor::operator(), &wanted).await);
        assert_eq!(refused.lines().next(), Some(words));
    }
    make(&db, &Actor::operator(), &wanted("Школа5", Role::School, "s1")).await.unwrap();
    let refused = said(make(&db, &Actor::operator(), &wanted(" школа5", Role::School, "s2")).await);
    assert!(refused.starts_with("login: Логин «школа5» уже занят"), "{refused}");
}

#[tokio::test]
async fn a_link_is_used_once_and_only_the_last_one() {
    let (_dir, db) = district().await;
    let (_, first) = make(&db, &Actor::operator(), &wanted("s", Role::School, "s1")).await.unwrap();
    let (_, second) = invite(&db, &Actor::operator(), "s").await.unwrap();
    let new = NewPassword { password: GOOD, again: GOOD };
    let here = from([192, 0, 2, 1]);
    assert_eq!(said(accept(&db, &first, new, &here).await), "not found", "a later link ends the earlier one");
    let weak = NewPassword { password: "лесная сош", again: "лесная" };
    let refused = said(accept(&db, &second, weak, &here).await);
    assert_eq!(refused.lines().count(), 2, "weak, and not repeated: {refused}");
    assert!(accept(&db, &second, new, &here).await.is_ok(), "what was refused did not use the link up");
    assert_eq!(said(accept(&db, &second, new, &here).await), "not found");
    assert_eq!(said(accept(&db, &Secret::brought("x"), new, &here).await), "not found");
}

#[tokio::test]
async fn login_and_password_together_open_and_nothing_is_told_apart() {
    let (_dir, db) = district().await;
    ready(&db, &Actor::operator(), "school", Role::School, "s1").await;
    make(&db, &Actor::operator(), &wanted("fresh", Role::School, "s1")).await.unwrap();
    let guesses = Guesses::default();
    let here = from([192, 0, 2, 1]);
    let entered = sign_in(&db, &guesses, &here, typed(" School ", GOOD)).await.unwrap();
    assert_eq!(signed(&db, &entered.secret).await.unwrap().unwrap().account.login, "school");
    let wrong = said(sign_in(&db, &guesses, &here, typed("school", "не тот пароль")).await);
    for login in ["nobody", "fresh", "' or 1=1 --"] {
        assert_eq!(said(sign_in(&db, &guesses, &here, typed(login, GOOD)).await), wrong, "{login}");
    }
    for _ in 0..6 {
        let _ = sign_in(&db, &guesses, &here, typed("school", "не тот пароль")).await;
    }
    let waits = said(sign_in(&db, &guesses, &here, typed("school", GOOD)).await);
    assert!(waits.starts_with("password: Слишком много неверных паролей. Попробуйте через"), "{waits}");
    let known = From { browser: Some(entered.browser.clone()), ..from([192, 0, 2, 9]) };
    assert!(sign_in(&db, &guesses, &known, typed("school", GOOD)).await.is_ok(), "a known browser does not wait");
    assert!(
        sign_in(&db, &guesses, &from([198, 51, 100, 1]), typed("school", GOOD)).await.is_ok(),
        "nor another network"
    );
}

#[tokio::test]
async fn a_session_ends_by_time_by_hand_with_the_password_and_with_the_account() {
    let (_dir, db) = district().await;
    let account = ready(&db, &Actor::operator(), "school", Role::School, "s1").await;
    let (actor, guesses, here, now) = (account.actor(), Guesses::default(), from([192, 0, 2, 1]), Timestamp::now());
    let open = async |entered: &Entered, after: SignedDuration| {
        signed_at(&db, &entered.secret, now + after).await.unwrap().is_some()
    };
    let one = sign_in_at(&db, &guesses, &here, typed("school", GOOD), now).await.unwrap();
    let elsewhere = Typed { elsewhere: true, ..typed("school", GOOD) };
    let two = sign_in_at(&db, &guesses, &here, elsewhere, now).await.unwrap();
    assert!(one.keeps.is_some() && two.keeps.is_none());
    let second = SignedDuration::from_secs(1);
    assert!(!open(&two, IDLE_ELSEWHERE + second).await, "a browser of somebody else forgets soon");
    assert!(open(&one, IDLE - second).await, "one's own does not");
    assert!(!open(&one, IDLE * 2 + second).await, "but in the end it does");
    for days in 1..90 {
        open(&one, SignedDuration::from_hours(24 * days)).await;
    }
    assert!(!open(&one, LONGEST).await, "however much it is used");

    let sessions: Vec<Entered> = {
        let mut all = Vec::new();
        for _ in 0..3 {
            all.push(sign_in(&db, &guesses, &here, typed("school", GOOD)).await.unwrap());
        }
        all
    };
    let mine = signed(&db, &sessions[0].secret).await.unwrap().unwrap();
    sign_out(&db, &signed(&db, &sessions[1].secret).await.unwrap().unwrap()).await.unwrap();
    assert!(signed(&db, &sessions[1].secret).await.unwrap().is_none());
    end_others(&db, &actor, &mine.session).await.unwrap();
    assert!(signed(&db, &sessions[2].secret).await.unwrap().is_none());
    assert_eq!(own(&db, &actor).await.unwrap().len(), 1);

    let other = sign_in(&db, &guesses, &here, typed("school", GOOD)).await.unwrap();
    let new = NewPassword { password: OTHER, again: OTHER };
    let refused = said(change_password(&db, (&actor, &guesses), ("не тот", new), &mine.session).await);
    assert_eq!(refused, "old: Прежний пароль не подходит.");
    for _ in 0..5 {
        let _ = change_password(&db, (&actor, &guesses), ("не тот", new), &mine.session).await;
    }
    let waits = said(change_password(&db, (&actor, &guesses), (GOOD, new), &mine.session).await);
    assert!(waits.starts_with("old: Слишком много неверных паролей."), "an open session is no way to guess: {waits}");
    change_password(&db, (&actor, &Guesses::default()), (GOOD, new), &mine.session).await.unwrap();
    assert!(signed(&db, &sessions[0].secret).await.unwrap().is_some(), "this one goes on");
    assert!(signed(&db, &other.secret).await.unwrap().is_none());
    assert!(sign_in(&db, &guesses, &from([198, 51, 100, 1]), typed("school", GOOD)).await.is_err());

    close(&db, &Actor::operator(), "school").await.unwrap();
    assert!(signed(&db, &sessions[0].secret).await.unwrap().is_none(), "a closed account is signed in nowhere");
    assert!(sign_in(&db, &Guesses::default(), &here, typed("school", OTHER)).await.is_err());
    reopen(&db, &Actor::operator(), "school").await.unwrap();
    assert!(sign_in(&db, &Guesses::default(), &here, typed("school", OTHER)).await.is_ok());
}

#[tokio::test]
async fn the_first_administrator_comes_by_a_link_and_the_last_one_stays() {
    let (_dir, db) = district().await;
    let operator = Actor::operator();
    let first = first_administrator(&db, &operator).await.unwrap().unwrap();
    let again = first_administrator(&db, &operator).await.unwrap().unwrap();
    let new = NewPassword { password: GOOD, again: GOOD };
    assert_eq!(said(accept(&db, &first, new, &from([192, 0, 2, 1])).await), "not found");
    let admin = entered(&db, &again, GOOD).await.account;
    assert_eq!((admin.login.as_str(), admin.grant.role), ("admin", Role::Administrator));
    assert!(first_administrator(&db, &operator).await.unwrap().is_none());
    let refused = said(close(&db, &operator, "admin").await);
    assert!(refused.starts_with("close: Это последний администратор"), "{refused}");
    let refused = said(change(&db, &operator, &wanted("admin", Role::Viewer, "r")).await);
    assert!(refused.starts_with("role: Это последний администратор"), "{refused}");
    ready(&db, &admin.actor(), "second", Role::Administrator, "").await;
    assert!(close(&db, &operator, "admin").await.is_ok());
    assert_eq!(said(make(&db, &Actor::nobody(), &wanted("x", Role::Administrator, "")).await), "stranger");
}

#[tokio::test]
async fn a_second_step_takes_a_code_once_and_a_new_link_takes_it_away() {
    let (_dir, db) = district().await;
    let account = ready(&db, &Actor::operator(), "school", Role::School, "s1").await;
    let (actor, guesses, here) = (account.actor(), Guesses::default(), from([192, 0, 2, 1]));
    let (key, now) = (Key::new(), Timestamp::now());
    let on = async |code: &str, password: &str| {
        super::second::actions::turn_on(&db, (&actor, &guesses), (key.text(), code), (password, "this")).await
    };
    let refused = said(on("000000", "не тот").await);
    let fields: Vec<&str> = refused.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(fields, ["second-password", "code"], "both are said at once");
    assert!(said(on(&key.code(now + SignedDuration::from_mins(10)), GOOD).await).starts_with("code:"));
    on(&key.code(now), GOOD).await.unwrap();

    let halves = Halves::default();
    let half =
        async |at: Timestamp| match sessions::sign_in_at(&db, (&guesses, &halves), &here, typed("school", GOOD), at)
            .await
        {
            Ok(Signing::Code(half)) => half,
            other => panic!("no code is asked for: {other:?}"),
        };
    let with = async |half: &Secret, code: &str, at: Timestamp| {
        sign_in_with_code_at(&db, (&guesses, &halves), &here, (half, code), at).await
    };
    let later = now + SignedDuration::from_secs(60);
    let waiting = half(later).await;
    assert!(said(with(&waiting, &key.code(now), later).await).starts_with("code:"), "the code was used to turn it on");
    let code = key.code(later);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    assert_eq!(with(&waiting, &spaced, later).await.unwrap().account.login, "school");
    assert!(said(with(&waiting, &code, later).await).starts_with("password:"), "a secret is used once");
    let again = half(later).await;
    assert!(said(with(&again, &code, later).await).starts_with("code:"), "and so is a code");
    let late = later + SignedDuration::from_mins(6);
    assert!(
        said(with(&again, &key.code(late), late).await).starts_with("password:"),
        "who looks too long begins again"
    );

    // Guessing codes is slowed however often the password is typed right.
    let mut refused = String::new();
    for _ in 0..8 {
        let waiting = half(late).await;
        refused = said(with(&waiting, "123456", late).await);
    }
    assert!(refused.starts_with("password: Слишком много неверных паролей"), "{refused}");

    let (_, link) = invite(&db, &Actor::operator(), "school").await.unwrap();
    assert!(!entered(&db, &link, OTHER).await.account.second, "a lost telephone locks nobody out");
    assert!(sign_in(&db, &Guesses::default(), &here, typed("school", OTHER)).await.is_ok());
}

//! Links over a real data file: who may make them, what they let their holders do, how they end.

use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;

use super::actions::{self, Wanted, Which, usual_end};
use super::{Made, Standing, store};
use crate::access::{Actor, Grant, Role, link_of};
use crate::account::Secret;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::form::{self, Answers, Form};
use crate::ids::{AccountId, LinkId, OrgId};
use crate::org;
use crate::period::Period;
use crate::report::version::{self, Version};
use crate::report::{self, Key, Source, figures};
use crate::sheet::{Book, Cell, Grid};

const REGISTRY: [[&str; 4]; 7] = [
    ["Код", "Наименование", "Тип", "Вышестоящая"],
    ["r", "Приозёрный край", "Регион", ""],
    ["m1", "Лесной район", "Муниципалитет", "r"],
    ["m2", "Степной район", "Муниципалитет", "r"],
    ["s1", "Лесная СОШ", "Школа", "m1"],
    ["b1", "Ольховская СОШ", "Школа", "m1"],
    ["s2", "Степная СОШ", "Школа", "m2"],
];

const FORM: &str = r#"
id = "own"
title = "Паспорт школы"
period = "school-year"
about = "school"
by = ["school"]
[[group]]
name = "main"
label = "Основное"
[[group.question]]
name = "pupils"
type = "integer"
label = "Учащихся"
"#;

struct World {
    db: Db,
    own: Version,
    other: Version,
    register: Version,
    period: Period,
    _dir: tempfile::TempDir,
}

fn form(id: &str, by: &str) -> Form {
    let text = FORM.replace("id = \"own\"", &format!("id = \"{id}\"")).replace("[\"school\"]", &format!("[\"{by}\"]"));
    form::read(&text, "form.toml").unwrap()
}

async fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(dir.path()).await.unwrap();
    let operator = Actor::operator();
    let cells = |row: &[&str; 4]| row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
    let grid = Grid::from_rows("Лист1", REGISTRY.iter().map(cells).collect(), Vec::new());
    let book = Book { name: "реестр.xlsx".to_owned(), sheets: vec![grid] };
    org::actions::import(&db, &operator, &book).await.unwrap();
    let forms = [form("own", "school"), form("other", "school"), form("register", "municipality")];
    version::actions::publish(&db, &operator, &forms).await.unwrap();
    let newest = async |id| version::actions::newest(&db, &operator, id).await.unwrap();
    let (own, other, register) = (newest("own").await, newest("other").await, newest("register").await);
    World { own, other, register, period: Period::from_id("2024Sep").unwrap(), db, _dir: dir }
}

impl World {
    async fn org(&self, code: &str) -> OrgId {
        org::actions::by_code(&self.db, &Actor::operator(), code).await.unwrap().id
    }

    async fn somebody(&self, role: Role, code: &str) -> Actor {
        let grant = Grant { role, root: Some(self.org(code).await), forms: None };
        Actor::holder(AccountId(1), "somebody", &grant)
    }

    async fn make(&self, actor: &Actor, codes: &[&str]) -> Result<Vec<Made>> {
        let orgs = codes.iter().map(|code| (*code).to_owned()).collect();
        actions::make(&self.db, actor, (&self.own, self.period), &Wanted { orgs, last_day: usual_end() }).await
    }

    async fn key(&self, form: &str, period: &str, code: &str) -> Key {
        let version = version::actions::newest(&self.db, &Actor::operator(), form).await.unwrap();
        Key::new(&version.form, Period::from_id(period).unwrap(), self.org(code).await)
    }

    async fn enter(&self, secret: &Secret) -> Result<Actor> {
        let entered = actions::enter(&self.db, &Actor::nobody(), secret, false).await?;
        let holder = actions::holder(&self.db, &entered.secret).await?.unwrap();
        assert_eq!(holder.link.standing(Timestamp::now()), Standing::InForce);
        Ok(holder.actor())
    }

    async fn standing(&self, secret: &Secret) -> Standing {
        actions::door(&self.db, &Actor::nobody(), secret).await.unwrap().link.standing(Timestamp::now())
    }
}

fn said<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(Error::Faults(faults)) => faults.iter().map(|fault| fault.at.to_string()).collect::<Vec<_>>().join(" "),
        Err(Error::NotFound(_)) => "not found".to_owned(),
        Err(Error::Denied(_)) => "denied".to_owned(),
        Err(Error::Stranger) => "stranger".to_owned(),
        Err(other) => other.to_string(),
    }
}

fn pupils(n: i64) -> Answers {
    Answers::from_json(&json!({ "pupils": n }))
}

#[tokio::test]
async fn a_link_lets_its_holder_fill_one_report_and_see_nothing_else() {
    let world = world().await;
    let db = &world.db;
    let made = world.make(&Actor::operator(), &["s1"]).await.unwrap();
    let holder = world.enter(&made[0].secret).await.unwrap();
    assert_eq!(link_of(holder.name()), Some(LinkId(1)));
    let own = world.key("own", "2024Sep", "s1").await;
    report::actions::save_draft(db, &holder, &own, pupils(1), Source::Page).await.unwrap();
    report::actions::send(db, &holder, &own, pupils(2), Source::Page).await.unwrap();
    report::actions::send(db, &holder, &own, pupils(3), Source::Page).await.unwrap();
    let history = report::actions::history(db, &holder, &own).await.unwrap();
    assert!(history.iter().all(|deed| deed.doer.login == "link:1") && history.len() == 3, "{history:?}");
    for (form, period, code) in
        [("other", "2024Sep", "s1"), ("own", "2023Sep", "s1"), ("own", "2024Sep", "b1"), ("register", "2024Sep", "s1")]
    {
        let key = world.key(form, period, code).await;
        let answers = [
            said(report::actions::open(db, &holder, &key).await),
            said(report::actions::at_address(db, &holder, (form, period, code), false).await),
            said(report::actions::history(db, &holder, &key).await),
            said(report::files::actions::hand_out(db, &holder, &key, ("x", "y")).await),
        ];
        assert!(answers.iter().all(|said| said == "not found"), "{form} {period} {code}: {answers:?}");
        let filled = [
            said(report::actions::save_draft(db, &holder, &key, pupils(4), Source::Page).await),
            said(report::actions::send(db, &holder, &key, pupils(4), Source::Page).await),
            said(report::actions::discard(db, &holder, &key, Source::Page).await),
            said(report::actions::recover(db, &holder, &key, Source::Page).await),
        ];
        let expected = if form == "register" { "denied" } else { "not found" };
        assert!(filled.iter().all(|said| said == expected), "{form} {period} {code}: {filled:?}");
    }
    let scope = holder.scope();
    let slice = figures::Slice {
        form: world.own.form.clone(),
        period: world.period,
        wave: String::new(),
        accepted_only: false,
    };
    let denied = [
        said(figures::actions::progress(db, &holder, &scope, &slice).await),
        said(figures::actions::values(db, &holder, &scope, &slice).await),
        said(figures::actions::periods(db, &holder, &scope, "own").await),
        said(actions::list(db, &holder, (&world.own, world.period)).await),
        said(world.make(&holder, &["s1"]).await),
        said(version::actions::publications(db, &holder, "own").await),
        said(crate::account::actions::list(db, &holder).await),
    ];
    assert!(denied.iter().all(|said| said == "denied"), "{denied:?}");
}

#[tokio::test]
async fn links_are_made_below_ones_own_for_what_schools_fill() {
    let world = world().await;
    let methodist = world.somebody(Role::Methodist, "m1").await;
    for (codes, expected) in [
        (&["s1", "b1"][..], "ok"),
        (&["s2"], "org"),
        (&["m1"], "org"),
        (&[], "org"),
        (&["s1", "nobody", "s2"], "org org"),
    ] {
        assert_eq!(said(world.make(&methodist, codes).await), expected, "{codes:?}");
    }
    for role in [Role::School, Role::Viewer, Role::Author] {
        assert_eq!(said(world.make(&world.somebody(role, "m1").await, &["s1"]).await), "denied");
    }
    let wanted = |last_day| Wanted { orgs: vec!["s1".to_owned()], last_day };
    let (db, period, today) = (&world.db, world.period, jiff::Zoned::now().date());
    let until = async |last_day| said(actions::make(db, &methodist, (&world.own, period), &wanted(last_day)).await);
    assert_eq!(until(today).await, "ok");
    assert_eq!(until(today.yesterday().unwrap()).await, "until");
    assert_eq!(until(today.checked_add(2.years()).unwrap()).await, "until");
    let register = actions::make(db, &methodist, (&world.register, period), &wanted(today)).await;
    assert_eq!(said(register), "not found", "schools do not fill it");
    let grant = Grant {
        role: Role::Methodist,
        root: Some(world.org("m1").await),
        forms: Some(std::sync::Arc::new(["own".to_owned()].into())),
    };
    let confined = Actor::holder(AccountId(2), "confined", &grant);
    assert_eq!(said(actions::make(db, &confined, (&world.other, period), &wanted(today)).await), "not found");
}

#[tokio::test]
async fn a_new_link_takes_the_place_of_the_old_one_and_revoking_puts_its_holder_out() {
    let world = world().await;
    let methodist = world.somebody(Role::Methodist, "m1").await;
    let (db, task) = (&world.db, (&world.own, world.period));
    let first = world.make(&methodist, &["s1", "b1"]).await.unwrap();
    let session = actions::enter(db, &Actor::nobody(), &first[0].secret, true).await.unwrap().secret;
    let again = world.make(&methodist, &[&first[0].org.code]).await.unwrap();
    assert_eq!(world.standing(&first[0].secret).await, Standing::Revoked);
    assert_eq!(world.standing(&again[0].secret).await, Standing::InForce);
    assert_eq!(said(world.enter(&first[0].secret).await), "not found");
    let holder = actions::holder(db, &session).await.unwrap().unwrap();
    assert_eq!(holder.link.standing(Timestamp::now()), Standing::Revoked);
    let kept = actions::list(db, &methodist, task).await.unwrap();
    assert_eq!(kept.iter().map(|one| one.link.revoked_at.is_some()).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(kept.iter().find(|one| one.link.id == first[0].link.id).unwrap().link.uses, 1);

    let stranger = world.somebody(Role::Methodist, "m2").await;
    let some = |made: &Made| Which::Some(vec![made.link.id]);
    assert_eq!(said(actions::revoke(db, &stranger, task, &some(&again[0])).await), "not found");
    assert_eq!(actions::revoke(db, &stranger, task, &Which::All).await.unwrap(), 0);
    assert!(actions::list(db, &stranger, task).await.unwrap().is_empty());
    assert_eq!(actions::handed(db, &stranger, task, &[again[0].secret.clone()]).await.unwrap().len(), 0);
    assert_eq!(actions::handed(db, &methodist, task, &[again[0].secret.clone()]).await.unwrap().len(), 1);
    let other = (&world.other, world.period);
    assert_eq!(said(actions::revoke(db, &methodist, other, &some(&again[0])).await), "not found");
    assert_eq!(actions::revoke(db, &methodist, task, &some(&again[0])).await.unwrap(), 1);
    assert_eq!(world.standing(&again[0].secret).await, Standing::Revoked);
    assert_eq!(actions::revoke(db, &methodist, task, &Which::All).await.unwrap(), 1);
}

#[tokio::test]
async fn a_link_ends_with_its_last_day_and_can_be_prolonged() {
    let world = world().await;
    let (db, operator, task) = (&world.db, Actor::operator(), (&world.own, world.period));
    let made = world.make(&operator, &["s1"]).await.unwrap().remove(0);
    assert_eq!(made.link.last_day(), usual_end());
    assert!(world.enter(&made.secret).await.is_ok());
    let mut tx = db.write().await.unwrap();
    store::prolong(&mut tx, made.link.id, Timestamp::now() - SignedDuration::from_secs(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.standing(&made.secret).await, Standing::Over);
    assert_eq!(said(world.enter(&made.secret).await), "not found");
    let longer = usual_end().tomorrow().unwrap();
    assert_eq!(actions::prolong(db, &operator, task, (&Which::All, longer)).await.unwrap(), 1);
    assert_eq!(actions::door(db, &operator, &made.secret).await.unwrap().link.last_day(), longer);
    assert!(world.enter(&made.secret).await.is_ok());
    assert_eq!(
        said(actions::prolong(db, &operator, task, (&Which::All, jiff::civil::date(2020, 1, 1))).await),
        "until"
    );
    assert_eq!(said(actions::prolong(db, &operator, task, (&Which::Some(vec![]), longer)).await), "link");
}

#[tokio::test]
async fn a_session_by_a_link_ends_when_it_is_left_or_not_used() {
    let world = world().await;
    let db = &world.db;
    let made = world.make(&Actor::operator(), &["s1"]).await.unwrap().remove(0);
    let entered = actions::enter(db, &Actor::nobody(), &made.secret, true).await.unwrap();
    assert_eq!(entered.keeps, None);
    let hash = entered.secret.hash();
    let at = async |hours| {
        let now = Timestamp::now() + SignedDuration::from_hours(hours);
        store::holder(&mut db.read().await.unwrap(), &hash, now).await.unwrap().is_some()
    };
    assert!(at(1).await && !at(3).await);
    let holder = actions::holder(db, &entered.secret).await.unwrap().unwrap();
    actions::leave(db, &holder).await.unwrap();
    assert!(actions::holder(db, &entered.secret).await.unwrap().is_none());
    assert!(actions::holder(db, &made.secret).await.unwrap().is_none(), "the link itself is no session");
}

//! What people may do with one organisation: look at all that is kept of it, change it, add one, close and reopen it.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use super::Typed;
use crate::access::{Actor, Right};
use crate::db::{Conn, Db};
use crate::error::{Error, Fault, Place, Result};
use crate::journal;
use crate::lang::Words;
use crate::org::batch::store::Deed;
use crate::org::batch::{Act, actions as batches, store as acts};
use crate::org::columns::Column;
use crate::org::line::Line;
use crate::org::plan::{self, Wish};
use crate::org::record::store::{self as records, Change};
use crate::org::record::{Record, Since};
use crate::org::{Kin, Org, actions, store, tree_order};

/// All that is kept of one organisation, and those around it.
#[derive(Debug, Clone)]
pub struct Card {
    /// It.
    pub org: Org,
    /// What is kept of it.
    pub record: Record,
    /// Those above it, the nearest first.
    pub above: Vec<Org>,
    /// Those directly below it, by name.
    pub below: Vec<Org>,
    /// Those that merged into it, and those that it merged into.
    pub kin: Kin,
    /// The organisations that its former places name.
    pub former: Vec<Org>,
    /// Own codes of organisations that have turned out to be this one.
    pub codes: Vec<String>,
    /// The time zone that holds for it, and whose it is; nothing where nobody above it has one either.
    pub zone: Option<(String, Org)>,
    /// Whether the actor may change it.
    pub mine: bool,
}

/// All that is kept of an organisation.
///
/// # Errors
/// [`Error::NotFound`] where there is none that the actor may see; [`Error::Denied`].
pub async fn card(db: &Db, actor: &Actor, code: &str) -> Result<Card> {
    let org = actions::by_code(db, actor, code).await?;
    let mut read = db.read().await?;
    let scope = actor.scope().whole();
    let record = record(&mut read, actor, &org.code).await?;
    let upwards = store::upwards(&mut read, org.id).await?;
    let mut zone = None;
    for one in &upwards {
        if zone.is_none() {
            zone = store::time_zone(&mut read, one.id).await?.map(|zone| (zone, one.clone()));
        }
    }
    let mut former = Vec::new();
    for code in record.places.iter().filter_map(|place| place.parent.as_deref()) {
        former.extend(store::by_code(&mut read, &scope.clone(), code).await?);
    }
    let below = tree_order(store::below(&mut read, org.id).await?);
    let kin = store::kin(&mut read, org.id).await?;
    let codes = store::former_codes(&mut read, org.id).await?;
    let ids: Vec<_> = upwards.iter().map(|org| org.id).collect();
    let mine = actor.need(Right::ManageOrgs).is_ok() && scope.may_change(&ids);
    let above = upwards.into_iter().skip(1).collect();
    Ok(Card { org, record, above, below, kin, former, codes, zone, mine })
}

/// What was done to an organisation, the latest first.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn history(db: &Db, actor: &Actor, card: &Card) -> Result<Vec<Act>> {
    actor.need(Right::Overview)?;
    let mut read = db.read().await?;
    let mut acts = acts::acts(&mut read, &card.org.code).await?;
    let codes: BTreeSet<String> = acts.iter().filter_map(|act| act.before.as_ref()?.parent.clone()).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let mut names = records::codes_elsewhere(&mut read, &codes).await?;
    names.extend(card.above.iter().map(|org| (org.code.clone(), org.name.clone())));
    let mut after = &card.record;
    for act in &mut acts {
        if let Some(before) = &act.before {
            act.changes = changes(before, after, &names);
        }
        after = act.before.as_ref().unwrap_or(after);
    }
    Ok(acts)
}

/// What an act changed: what it is called, what was there, what is.
fn changes(before: &Record, after: &Record, names: &HashMap<String, String>) -> Vec<(Words, Words, Words)> {
    let facts: BTreeSet<&str> =
        before.attributes.iter().chain(&after.attributes).map(|one| one.name.as_str()).collect();
    let facts: Vec<(Column, &str)> = facts.into_iter().map(|name| (Column::Attribute(u16::MAX), name)).collect();
    let found = plan::differences((before, after), &facts, &|code: &str| names.get(code).cloned());
    found.into_iter().map(|one| (one.words, one.old, one.new)).collect()
}

async fn record(conn: &mut Conn, actor: &Actor, code: &str) -> Result<Record> {
    let found = records::all(conn, &actor.scope().whole(), Some(code)).await?.remove(code);
    let not_found = || Error::NotFound(Words::new("org.not-found").with("code", code));
    Ok(found.ok_or_else(not_found)?.record)
}

/// Adds an organisation as it is typed. Returns its code.
///
/// # Errors
/// [`Error::Faults`] with every fault, each at its field; nothing is stored then. [`Error::Denied`].
pub async fn add(db: &Db, actor: &Actor, typed: &Typed) -> Result<String> {
    write(db, actor, None, typed).await
}

/// Changes an organisation to what is typed. Returns its code.
///
/// # Errors
/// As [`add`]; also where somebody else has changed it since the page was made.
pub async fn save(db: &Db, actor: &Actor, code: &str, typed: &Typed) -> Result<String> {
    write(db, actor, Some(code), typed).await
}

/// Closes an organisation after a day, with those who carry on its work.
///
/// # Errors
/// As [`save`].
pub async fn close(db: &Db, actor: &Actor, code: &str, day: &str, successors: &str) -> Result<String> {
    let now = record(&mut *db.read().await?, actor, code).await?;
    if day.trim().is_empty() {
        return Err(Error::fault(Fault::error(
            Place::Field("to".to_owned()),
            "required",
            Words::new("org.close-no-day"),
        )));
    }
    let typed = Typed::of(&now, Zoned::now().date());
    write(db, actor, Some(code), &Typed { to: day.to_owned(), successors: successors.to_owned(), ..typed }).await
}

/// Opens an organisation again that was closed.
///
/// # Errors
/// As [`save`].
pub async fn reopen(db: &Db, actor: &Actor, code: &str) -> Result<String> {
    let now = record(&mut *db.read().await?, actor, code).await?;
    let typed = Typed::of(&now, Zoned::now().date());
    write(db, actor, Some(code), &Typed { to: String::new(), successors: String::new(), ..typed }).await
}

/// Takes a former name or place out of the history of an organisation: what held after it held all the time.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`].
pub async fn forget(db: &Db, actor: &Actor, code: &str, what: &str, until: &str) -> Result<()> {
    actor.need(Right::ManageOrgs)?;
    let mut tx = db.write().await?;
    let before = record(&mut tx, actor, code).await?;
    may_change(&mut tx, actor, code).await?;
    let mut after = before.clone();
    if let Ok(until) = until.parse::<Date>() {
        match what {
            "name" => after.names.retain(|one| one.until != until),
            _ => after.places.retain(|one| one.until != until),
        }
    }
    let deed = Deed { act: "edit", at: Timestamp::now(), who: actor.name(), batch: None };
    batches::keep(&mut tx, actor, &deed, &[Change { before: Some(before), after }]).await?;
    journal::store::note(&mut tx, actor, journal::Deed::OrgChanged, code).await?;
    tx.commit().await
}

async fn may_change(conn: &mut Conn, actor: &Actor, code: &str) -> Result<()> {
    let scope = actor.scope().whole();
    let Some(org) = store::by_code(conn, &scope, code).await? else {
        return Err(Error::NotFound(Words::new("org.not-found").with("code", code)));
    };
    let ids: Vec<_> = store::upwards(conn, org.id).await?.iter().map(|org| org.id).collect();
    match scope.may_change(&ids) {
        true => Ok(()),
        false => Err(Error::Denied(Words::new("org.not-yours").with("code", code))),
    }
}

async fn write(db: &Db, actor: &Actor, code: Option<&str>, typed: &Typed) -> Result<String> {
    actor.need(Right::ManageOrgs)?;
    let mut tx = db.write().await?;
    if let Some(code) = code {
        may_change(&mut tx, actor, code).await?;
    }
    let today = Zoned::now().date();
    let typed = &Typed { code: code.map_or_else(|| typed.code.clone(), str::to_owned), ..typed.clone() };
    let (change, code) = changed(&mut tx, actor, (code, typed), today).await?;
    if let Some(change) = change {
        let deed = Deed { act: "edit", at: Timestamp::now(), who: actor.name(), batch: None };
        batches::keep(&mut tx, actor, &deed, &[change]).await?;
        journal::store::note(&mut tx, actor, journal::Deed::OrgChanged, &code).await?;
    }
    tx.commit().await?;
    Ok(code)
}

/// What typing comes to; nothing where it changes nothing.
async fn changed(
    conn: &mut Conn,
    actor: &Actor,
    (code, typed): (Option<&str>, &Typed),
    today: Date,
) -> Result<(Option<Change>, String)> {
    let stored = match code {
        Some(code) => Some(record(conn, actor, code).await?),
        None => None,
    };
    let mut faults = Vec::new();
    let line = typed.line(stored.as_ref(), &mut faults);
    let Some((line, since)) = line else { return Err(Error::Faults(faults)) };
    if stored.as_ref().is_some_and(|stored| !typed.seal.is_empty() && stored.seal() != typed.seal) {
        return Err(Error::fault(Fault::error(Place::Whole, "conflict", Words::new("org.edited-meanwhile"))));
    }
    let plan = checked(conn, actor, (code.is_none(), &line, since), today).await?;
    Ok((plan.changes.into_iter().next(), line.code))
}

async fn checked(
    conn: &mut Conn,
    actor: &Actor,
    (new, line, since): (bool, &Line, Since),
    today: Date,
) -> Result<plan::Plan> {
    let lines = std::slice::from_ref(line);
    let known = batches::known(conn, actor, lines).await?;
    let taken = known.records.get(&line.code).map(|stored| stored.record.name.clone());
    if let Some(name) = taken.or_else(|| known.elsewhere.get(&line.code).cloned()).filter(|_| new) {
        let words = Words::new("org.code-taken").with("code", &line.code).with("name", name);
        return Err(Error::fault(Fault::error(Place::Field("code".to_owned()), "duplicate", words)));
    }
    let wish = Wish { since, today, ..Wish::today() };
    plan::plan(lines, &known, &wish).map_err(Error::Faults)
}

/// Two records that are to become one.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The one that stays.
    pub kept: Org,
    /// The one that goes.
    pub gone: Org,
    /// What is kept of the one that stays, as it would become.
    after: Record,
    before: Record,
    lost: Record,
}

impl Pair {
    /// What tells this pair, as it stands now, from any other.
    pub fn seal(&self) -> String {
        format!("{}{}", self.before.seal(), self.lost.seal())
    }
}

/// Two organisations that the actor may make one.
///
/// # Errors
/// [`Error::NotFound`] where one is not there; [`Error::Faults`] where they are of different types, are one and the same,
/// or stand below one another; [`Error::Denied`].
pub async fn pair(conn: &mut Conn, actor: &Actor, kept: &str, gone: &str) -> Result<Pair> {
    actor.need(Right::ManageOrgs)?;
    may_change(conn, actor, kept).await?;
    may_change(conn, actor, gone).await?;
    let (before, lost) = (record(conn, actor, kept).await?, record(conn, actor, gone).await?);
    let scope = actor.scope().whole();
    let found = (store::by_code(conn, &scope, kept).await?, store::by_code(conn, &scope, gone).await?);
    let (Some(kept), Some(gone)) = found else {
        return Err(Error::NotFound(Words::new("org.not-found").with("code", gone)));
    };
    let refused = |words| Err(Error::fault(Fault::error(Place::Field("other".to_owned()), "conflict", words)));
    if kept.id == gone.id {
        return refused(Words::new("org.merge-same"));
    }
    if kept.kind != gone.kind {
        return refused(Words::new("org.merge-types").with("one", &kept.name).with("other", &gone.name));
    }
    if store::upwards(conn, kept.id).await?.iter().any(|above| above.id == gone.id) {
        return refused(Words::new("org.merge-below").with("one", &kept.name).with("other", &gone.name));
    }
    let after = together(&before, &lost);
    Ok(Pair { kept, gone, after, before, lost })
}

/// The record that stays, with what only the other one had: codes, contacts, facts, groups.
fn together(kept: &Record, gone: &Record) -> Record {
    let mut after = kept.clone();
    for (which, text) in &gone.texts {
        after.texts.entry(*which).or_insert_with(|| text.clone());
    }
    after.time_zone = kept.time_zone.clone().or(gone.time_zone.clone());
    let missing = gone
        .codes
        .iter()
        .filter(|code| !kept.codes.iter().any(|own| own.scheme == code.scheme && own.code == code.code));
    after.codes.extend(missing.cloned());
    after.codes.sort();
    let missing = gone.attributes.iter().filter(|one| !kept.attributes.iter().any(|own| own.name == one.name));
    after.attributes.extend(missing.cloned());
    after.attributes.sort();
    after.groups.extend(gone.groups.iter().filter(|name| !kept.groups.contains(name)).cloned());
    after.groups.sort();
    after.successors.retain(|code| *code != gone.code);
    after.places.iter_mut().filter(|one| one.parent.as_ref() == Some(&gone.code)).for_each(|one| one.parent = None);
    after
}

/// Makes one organisation of two: whatever points at the one that goes points at the one that stays, whose former code
/// it becomes. Reports must have been moved before.
///
/// # Errors
/// [`Error::Data`] where something else still refers to it.
pub async fn unite(conn: &mut Conn, actor: &Actor, pair: &Pair, reports: &[i64]) -> Result<()> {
    let deed = Deed { act: "merge", at: Timestamp::now(), who: actor.name(), batch: None };
    store::redirect(conn, pair.gone.id, pair.kept.id).await?;
    records::remove(conn, pair.gone.id).await?;
    store::remember(conn, &pair.lost, pair.kept.id).await?;
    let change = Change { before: Some(pair.before.clone()), after: pair.after.clone() };
    records::save(conn, std::slice::from_ref(&change)).await?;
    let gone = serde_json::json!({"code": pair.lost.code, "name": pair.lost.name, "reports": reports});
    acts::log(conn, &deed, &[change], Some(&gone.to_string())).await?;
    let into = serde_json::json!({"into": pair.before.code});
    acts::log_gone(conn, &deed, &pair.lost, Some(&into.to_string())).await?;
    let about = format!("{} → {}", pair.lost.code, pair.before.code);
    journal::store::note(conn, actor, journal::Deed::OrgsUnited, &about).await
}

//! Loading a table of organisations: the plan first, then the same plan applied, and taking it back.

use std::collections::{BTreeSet, HashMap};

use jiff::{Timestamp, Zoned};

use super::store::{self, Deed};
use super::{Batch, Preview, Receipt};
use crate::access::{Actor, Right};
use crate::db::{Conn, Db};
use crate::error::{Error, Fault, Place, Result};
use crate::ids::OrgBatchId;
use crate::journal;
use crate::lang::Words;
use crate::org::file::{self, Lines};
use crate::org::line::Line;
use crate::org::plan::{self, Known, Plan, Wish};
use crate::org::record::store::{self as records, Change};
use crate::org::record::{Record, Since};
use crate::org::{group, store as orgs};
use crate::sheet::Book;
use crate::text;

/// How many organisations are named in one sentence.
const NAMED: usize = 5;

impl Wish {
    /// What differs holds from today on, and nobody is closed.
    pub fn today() -> Wish {
        let today = Zoned::now().date();
        Wish { since: Since::Day(today), close: (Vec::new(), None), today, seal: None }
    }
}

/// What a table would change.
///
/// # Errors
/// [`Error::Faults`] with every fault of the file, each at its cell; [`Error::Denied`].
pub async fn plan(db: &Db, actor: &Actor, book: &Book, wish: &Wish) -> Result<Preview> {
    actor.need(Right::ManageOrgs)?;
    let lines = file::read(book).map_err(Error::Faults)?;
    Ok(Preview::of(planned(&mut *db.read().await?, actor, &lines, wish).await?))
}

/// Loads a table: adds what is new, updates by code what is known, removes nothing.
///
/// # Errors
/// As [`plan`]; also where the plan is no longer the one that was shown. Nothing is stored then.
pub async fn apply(db: &Db, actor: &Actor, book: &Book, wish: &Wish) -> Result<Receipt> {
    actor.need(Right::ManageOrgs)?;
    let lines = file::read(book).map_err(Error::Faults)?;
    let mut tx = db.write_alone().await?;
    let plan = planned(&mut tx, actor, &lines, wish).await?;
    if wish.seal.as_ref().is_some_and(|shown| *shown != super::seal(&plan)) {
        return Err(Error::fault(Fault::error(Place::Whole, "conflict", Words::new("org.plan-changed"))));
    }
    if plan.changes.is_empty() {
        return Ok(Receipt { batch: None, summary: plan.summary });
    }
    let deed = Deed { act: "import", at: Timestamp::now(), who: actor.name(), batch: None };
    let batch = store::add(&mut tx, &book.name, &deed, &plan.summary).await?;
    keep(&mut tx, actor, &Deed { batch: Some(batch), ..deed }, &plan.changes).await?;
    journal::store::note(&mut tx, actor, journal::Deed::OrgsImported, &book.name).await?;
    tx.commit().await?;
    Ok(Receipt { batch: Some(batch), summary: plan.summary })
}

/// Stores records with the groups that they name, and writes down what was done. A group of an organisation above the
/// actor's own part of the tree is joined and left by those above only.
pub(in crate::org) async fn keep(conn: &mut Conn, actor: &Actor, deed: &Deed<'_>, changes: &[Change]) -> Result<()> {
    group::actions::may_touch(conn, actor, &touched(changes)).await?;
    let groups: BTreeSet<&str> = changes.iter().flat_map(|change| &change.after.groups).map(String::as_str).collect();
    group::store::ensure(conn, &groups, actor.scope().root()).await?;
    records::save(conn, changes).await?;
    store::log(conn, deed, changes, None).await
}

/// The groups that somebody joins or leaves.
fn touched(changes: &[Change]) -> BTreeSet<&str> {
    let mut touched = BTreeSet::new();
    for change in changes {
        let before = change.before.as_ref().map(|before| before.groups.as_slice()).unwrap_or_default();
        let after = change.after.groups.as_slice();
        let moved = before
            .iter()
            .filter(|name| !after.contains(name))
            .chain(after.iter().filter(|name| !before.contains(name)));
        touched.extend(moved.map(String::as_str));
    }
    touched
}

async fn planned(conn: &mut Conn, actor: &Actor, lines: &Lines, wish: &Wish) -> Result<Plan> {
    let known = known(conn, actor, &lines.lines).await?;
    let mut plan = plan::plan(&lines.lines, &known, wish).map_err(Error::Faults)?;
    plan.summary.warnings.extend(lines.notes.iter().cloned());
    Ok(plan)
}

/// What is stored, as far as the actor may see it.
pub(in crate::org) async fn known(conn: &mut Conn, actor: &Actor, lines: &[Line]) -> Result<Known> {
    let scope = actor.scope().whole();
    let stored = records::all(conn, &scope, None).await?;
    let strange = |line: &&Line| !stored.contains_key(&line.code);
    let strange: Vec<&str> = lines.iter().filter(strange).map(|line| line.code.as_str()).collect();
    let mut elsewhere: HashMap<String, String> = match scope.root() {
        Some(_) => records::codes_elsewhere(conn, &strange).await?,
        None => HashMap::new(),
    };
    // The code of an organisation that has turned out to be another one is never given again.
    let mut gone = orgs::gone_codes(conn).await?;
    elsewhere.extend(strange.iter().filter_map(|code| gone.remove_entry(*code)));
    let root = scope.root().and_then(|root| stored.values().find(|one| one.id == root));
    let root = root.map(|root| root.record.code.clone());
    Ok(Known { records: stored, elsewhere, root })
}

/// The tables that were loaded, the latest first.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn list(db: &Db, actor: &Actor) -> Result<Vec<Batch>> {
    actor.need(Right::ManageOrgs)?;
    store::batches(&mut *db.read().await?, None).await
}

/// Takes a loaded table back: what it changed is as it was, what it added is gone.
///
/// # Errors
/// [`Error::NotFound`] where there is no such table; [`Error::Faults`] where it was taken back before, or where somebody
/// has since changed what it changed or reports of what it added; nothing is changed then.
pub async fn undo(db: &Db, actor: &Actor, batch: OrgBatchId) -> Result<Batch> {
    actor.need(Right::ManageOrgs)?;
    let mut tx = db.write_alone().await?;
    let found = store::batches(&mut tx, Some(batch)).await?.pop();
    let no_batch = || Error::NotFound(Words::new("org.no-batch").with("batch", batch.to_string()));
    let found = found.ok_or_else(no_batch)?;
    if let Some((at, who)) = &found.undone {
        let day = text::date(at.to_zoned(jiff::tz::TimeZone::system()).date());
        return Err(refused(Words::new("org.undone-before").with("day", day).with("who", who)));
    }
    let deed = Deed { act: "undo", at: Timestamp::now(), who: actor.name(), batch: Some(batch) };
    let scope = actor.scope().whole();
    let stored = records::all(&mut tx, &scope, None).await?;
    let (mut back, mut gone, mut moved) = (Vec::new(), Vec::new(), Vec::new());
    for (code, before, after) in store::of_batch(&mut tx, batch).await? {
        match stored.get(&code) {
            Some(now) if after.as_deref() == Some(now.record.seal().as_str()) => match before {
                Some(before) => back.push(Change { before: Some(now.record.clone()), after: before }),
                None => gone.push(now.clone()),
            },
            Some(now) => moved.push(now.record.name.clone()),
            None => moved.push(code),
        }
    }
    if !moved.is_empty() {
        let rest = moved.len().saturating_sub(NAMED);
        let names = moved.iter().take(NAMED).cloned().collect::<Vec<_>>().join("», «");
        let words =
            if rest == 0 { Words::new("org.moved-on") } else { Words::new("org.moved-on-many").with("rest", rest) };
        return Err(refused(words.with("orgs", names)));
    }
    keep(&mut tx, actor, &deed, &back).await?;
    remove(&mut tx, &deed, gone).await?;
    store::undone(&mut tx, batch, &deed).await?;
    journal::store::note(&mut tx, actor, journal::Deed::OrgsUndone, &found.file_name).await?;
    tx.commit().await?;
    Ok(Batch { undone: Some((deed.at, deed.who.to_owned())), ..found })
}

fn refused(words: Words) -> Error {
    Error::fault(Fault::error(Place::Field("batch".to_owned()), "conflict", words))
}

/// Takes organisations away again, those below before those above.
async fn remove(conn: &mut Conn, deed: &Deed<'_>, mut gone: Vec<records::Stored>) -> Result<()> {
    let parents: HashMap<String, Option<String>> =
        gone.iter().map(|one| (one.record.code.clone(), one.record.parent.clone())).collect();
    let depth = |record: &Record| {
        let up = std::iter::successors(Some(record.code.as_str()), |code| parents.get(*code)?.as_deref());
        up.take(crate::org::DEEPEST).count()
    };
    gone.sort_by_cached_key(|one| std::cmp::Reverse(depth(&one.record)));
    for one in gone {
        match records::remove(conn, one.id).await {
            Err(Error::Data(words)) if words.key() == "db.referenced" => {
                return Err(refused(Words::new("org.undo-used").with("name", &one.record.name)));
            }
            other => other?,
        }
        store::log_gone(conn, deed, &one.record, None).await?;
    }
    Ok(())
}

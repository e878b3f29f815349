//! Importing: what is known before, one transaction for a whole file, and taking it back.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::store::Keyed;
use super::{Batch, BatchFile, ImportReceipt, Known, Reports, apply, store};
use crate::access::{Actor, Right};
use crate::db::{Db, Read};
use crate::error::{Error, Fault, Place, Result};
use crate::form::{Answers, Form};
use crate::ids::{BatchId, OrgId, RevisionId};
use crate::lang::Words;
use crate::period::Period;
use crate::report::{Act, Pointers, Source, changes};

/// What an import into the reports of a form for one period and wave starts from, of the organisations from the first
/// to the last. It takes no lock.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn known(
    read: &mut Read,
    actor: &Actor,
    form: &Form,
    at: (Period, &str),
    orgs: (OrgId, OrgId),
) -> Result<Vec<Known>> {
    actor.need(Right::Import)?;
    let keyed = store::keyed(read, &actor.scope(), form, at, orgs).await?;
    let held = store::answers(read, &form.id, at, orgs).await?.into_iter();
    let mut answers: Held = held.map(|(id, (source, answers))| (id, (source, form.carried(answers)))).collect();
    let mut setters = store::setters(read, &form.id, at, orgs).await?;
    let known = |one: Keyed| {
        let setters = setters.remove(&one.report).unwrap_or_default().into_iter();
        known_of(&one, &mut answers, setters.map(|(path, source)| (form.today(path), source)).collect())
    };
    Ok(keyed.into_iter().map(known).collect())
}

type Held = HashMap<RevisionId, (Source, Answers)>;

/// An act belongs to one report, so what was held of it may be taken.
fn known_of(one: &Keyed, held: &mut Held, setters: BTreeMap<String, Source>) -> Known {
    let (base, counting) = (base(one.pointers, one.draft_act), one.pointers.counting());
    let nothing = (Source::Import, Answers::default());
    let (source, answers) = base.and_then(|id| held.remove(&id)).unwrap_or(nothing);
    let counting = counting.filter(|id| Some(*id) != base).and_then(|id| held.remove(&id));
    // What the counting act holds as well was set by whoever set the counting value.
    let counts = |path: &str, value| match &counting {
        Some((_, counting)) => counting.get(path).is_some_and(|one| changes::same(one, value)),
        None => base.is_some() && base == one.pointers.counting(),
    };
    let setter = |path: &str, value| setters.get(path).copied().filter(|_| counts(path, value)).unwrap_or(source);
    let set_by = answers.iter().map(|(path, value)| (path.to_owned(), setter(path, value))).collect();
    let own_draft = one.draft_act.is_some_and(|act| act != Act::Import);
    Known { about: one.about, report: one.report, base, answers, set_by, own_draft }
}

/// The revision that an import is merged into: the draft that an earlier import left behind, else what counts.
pub(super) fn base(pointers: Pointers, draft_act: Option<Act>) -> Option<RevisionId> {
    pointers.draft.filter(|_| draft_act == Some(Act::Import)).or(pointers.counting())
}

/// Applies a planned import: one transaction for all reports of the file.
///
/// A report counts as sent with what the import sets, unless errors are left: then it is a draft. Sending needs no
/// explanations here; nobody could give them.
///
/// # Errors
/// [`Error::Faults`] naming the reports that have moved on since the plan was made; nothing is imported then.
/// [`Error::NotFound`] for an unknown form or organisation.
pub async fn apply_import(
    db: &Db,
    actor: &Actor,
    file: &BatchFile,
    reports: &(impl Reports + ?Sized),
) -> Result<ImportReceipt> {
    apply_import_at(db, actor, file, reports, Timestamp::now()).await
}

pub(in crate::report) async fn apply_import_at(
    db: &Db,
    actor: &Actor,
    file: &BatchFile,
    reports: &(impl Reports + ?Sized),
    now: Timestamp,
) -> Result<ImportReceipt> {
    actor.need(Right::Import)?;
    let mut tx = db.write_alone().await?;
    let receipt = apply::import(&mut tx, actor, file, reports, now).await?;
    match receipt.batch {
        Some(_) => tx.commit().await?,
        None => drop(tx),
    }
    Ok(receipt)
}

/// Takes an import back: every report stands again exactly where it stood before.
///
/// # Errors
/// [`Error::NotFound`] for an unknown import; [`Error::Faults`] where it was taken back before, or where something was
/// done later on one of its reports, which are named; nothing is taken back then.
pub async fn undo_import(db: &Db, actor: &Actor, batch: BatchId) -> Result<Batch> {
    actor.need(Right::Import)?;
    let now = Timestamp::now();
    let mut tx = db.write_alone().await?;
    let found = store::find(&mut tx, &actor.scope(), batch).await?;
    let found = found.filter(|batch| actor.knows(&batch.file.form));
    let found = found.ok_or_else(|| Error::NotFound(Words::new("report.no-batch").with("batch", batch.to_string())))?;
    let refused = |words| Error::fault(Fault::error(Place::Field("batch".to_owned()), "undo", words));
    if let Some((at, who)) = &found.undone {
        let day = crate::text::date(crate::report::actions::today(*at));
        return Err(refused(Words::new("report.undone-before").with("day", day).with("who", who)));
    }
    let moved = store::moved_on(&mut tx, batch).await?;
    if !moved.is_empty() {
        // A second file over the same schools moves them all on; nobody reads a thousand names.
        let few: Vec<&str> = moved.iter().take(10).map(String::as_str).collect();
        let words = match moved.len() - few.len() {
            0 => Words::new("report.moved-on").with("orgs", few.join("», «")),
            rest => Words::new("report.moved-on-many").with("orgs", few.join("», «")).with("rest", rest),
        };
        return Err(refused(words));
    }
    apply::undo(&mut tx, actor, &found, now).await?;
    tx.commit().await?;
    Ok(Batch { undone: Some((now, actor.name().to_owned())), ..found })
}

/// All imports, the last first.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn list(db: &Db, actor: &Actor) -> Result<Vec<Batch>> {
    actor.need(Right::Import)?;
    let all = store::all(&mut *db.read().await?, &actor.scope()).await?;
    Ok(all.into_iter().filter(|batch| actor.knows(&batch.file.form)).collect())
}

//! What people may do with a report: open it, save a draft, take it back, send it, look at its history.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::compute::{self, About};
use super::store::{Before, NewRevision, Revision, Standing};
use super::version::{self, Version};
use super::{
    Act, Change, Deed, Explanations, Key, Pointers, Receipt, ReportView, Saved, Source, changes, part_explanations,
    still_needed, store, unexplained,
};
use crate::access::{Actor, Right};
use crate::db::{Conn, Db};
use crate::error::{Error, Fault, Place, Result};
use crate::form::{Answers, Form};
use crate::ids::{ReportId, RevisionId};
use crate::lang::Words;
use crate::org::{self, Org};

/// Saves of one person within this time are one act in the history.
const FOLD_MS: i64 = 10 * 60 * 1000;

/// How many acts a page of history shows at most.
const HISTORY: u32 = 1000;

/// A report as it stands: a draft in the newest version of the form, a sent report in its own.
///
/// # Errors
/// [`Error::NotFound`] where there is no such form, or no such organisation that the actor may see;
/// [`Error::Faults`] where the form is not about this organisation or collected for another kind of period.
pub async fn open(db: &Db, actor: &Actor, key: &Key) -> Result<ReportView> {
    actor.need(Right::Read)?;
    view(db, actor, key, false).await
}

/// The same report for filling or correcting: always in the newest version of the form.
///
/// # Errors
/// As [`open`].
pub async fn correct(db: &Db, actor: &Actor, key: &Key) -> Result<ReportView> {
    actor.need(Right::Fill)?;
    view(db, actor, key, true).await
}

async fn view(db: &Db, actor: &Actor, key: &Key, newest: bool) -> Result<ReportView> {
    let mut read = db.read().await?;
    let (mut version, org) = settled(&mut read, actor, key).await?;
    let found = store::find(&mut read, key).await?;
    let pointers = found.map(|report| report.pointers).unwrap_or_default();
    let shown = current(&mut read, pointers).await?;
    if let Some(sent) = shown.as_ref().filter(|_| pointers.draft.is_none() && !newest) {
        version = version::store::by_hash(&mut read, &sent.form_hash).await?;
    }
    let context = compute::context(&mut read, &version.form, &About::of(key), today(Timestamp::now())).await?;
    let last = match found {
        Some(report) => store::deeds(&mut read, report.id, 1).await?.pop(),
        None => None,
    };
    let (answers, explanations) = match shown {
        None => (version.form.defaults(&context), Explanations::new()),
        shown => held(shown),
    };
    let missed = match found.filter(|_| pointers.draft.is_some()) {
        Some(report) => missed(store::imported_beside(&mut read, report.id).await?, &answers),
        None => Vec::new(),
    };
    let kin = org::store::kin(&mut read, org.id).await?;
    Ok(ReportView {
        key: key.clone(),
        org,
        kin,
        report: found.map(|report| report.id),
        form: version.form,
        version: version.number,
        answers,
        explanations,
        context,
        pointers,
        last,
        missed,
    })
}

/// What imports have set since the draft was begun and the draft does not hold.
fn missed(imported: Vec<Change>, draft: &Answers) -> Vec<Change> {
    let held = |path: &str| draft.get(path).cloned().unwrap_or_default();
    let all = changes::folded(Vec::new(), imported);
    all.into_iter().filter(|change| !changes::same(&held(&change.path), &change.new)).collect()
}

/// Saves what was typed, right or wrong. It does not count until it is sent.
///
/// # Errors
/// As [`open`].
pub async fn save_draft(db: &Db, actor: &Actor, key: &Key, answers: Answers, source: Source) -> Result<Saved> {
    save_draft_at(db, actor, key, (answers, source), Timestamp::now()).await
}

pub(super) async fn save_draft_at(
    db: &Db,
    actor: &Actor,
    key: &Key,
    (answers, source): (Answers, Source),
    now: Timestamp,
) -> Result<Saved> {
    actor.need(Right::Fill)?;
    let (answers, explanations) = part_explanations(answers);
    let mut tx = db.write().await?;
    let (version, _) = settled(&mut tx, actor, key).await?;
    let typed = Typed { form: version.form, answers, explanations, source, who: actor.name(), now };
    let saved = save(&mut tx, key, &typed).await?;
    tx.commit().await?;
    Ok(saved)
}

/// Sends a report: from now on these answers count.
///
/// Sending the same answers again changes nothing and gives the same receipt.
///
/// # Errors
/// [`Error::Faults`] where something blocks sending: an error, or a warning without an explanation. What was typed is
/// kept as a draft then. Otherwise as [`open`].
pub async fn send(db: &Db, actor: &Actor, key: &Key, answers: Answers, source: Source) -> Result<Receipt> {
    send_at(db, actor, key, (answers, source), Timestamp::now()).await
}

pub(super) async fn send_at(
    db: &Db,
    actor: &Actor,
    key: &Key,
    (answers, source): (Answers, Source),
    now: Timestamp,
) -> Result<Receipt> {
    actor.need(Right::Fill)?;
    let (answers, explanations) = part_explanations(answers);
    let mut tx = db.write().await?;
    let (version, _) = settled(&mut tx, actor, key).await?;
    let context = compute::context(&mut tx, &version.form, &About::of(key), today(now)).await?;
    let filled = version.form.fill(&answers, &context);
    let explanations = still_needed(&filled, explanations);
    let typed = Typed { form: version.form, answers, explanations, source, who: actor.name(), now };
    if let Some(receipt) = sent_already(&mut tx, key, &typed).await? {
        // What was sent already may be waiting for the disk still.
        tx.commit().await?;
        return Ok(receipt);
    }
    let unexplained = unexplained(&filled, &typed.explanations);
    if filled.blocked() || !unexplained.is_empty() {
        save(&mut tx, key, &typed).await?;
        tx.commit().await?;
        return Err(Error::Faults([filled.faults, unexplained].concat()));
    }
    let report = find_or_make(&mut tx, key).await?;
    let revision = put_sent(&mut tx, report, &typed, &filled).await?;
    compute::refresh(&mut tx, &key.form, &key.wave, &[(key.period, key.about)], today(now)).await?;
    tx.commit().await?;
    Ok(receipt(report.id, revision, &typed))
}

/// What was done to a report, the last act first.
///
/// # Errors
/// As [`open`].
pub async fn history(db: &Db, actor: &Actor, key: &Key) -> Result<Vec<Deed>> {
    actor.need(Right::Read)?;
    let mut read = db.read().await?;
    settled(&mut read, actor, key).await?;
    match store::find(&mut read, key).await? {
        Some(report) => store::deeds(&mut read, report.id, HISTORY).await,
        None => Ok(Vec::new()),
    }
}

/// Takes a draft back: what was sent before, if anything was, is the report again. The draft can be [`recover`]ed.
/// Returns whether there was one.
///
/// # Errors
/// As [`open`].
pub async fn discard(db: &Db, actor: &Actor, key: &Key, source: Source) -> Result<bool> {
    actor.need(Right::Fill)?;
    let mut tx = db.write().await?;
    settled(&mut tx, actor, key).await?;
    let Some(report) = store::find(&mut tx, key).await? else { return Ok(false) };
    let Some(draft) = report.pointers.draft else { return Ok(false) };
    let draft = store::revision(&mut tx, draft).await?;
    let left = Pointers { draft: None, ..report.pointers };
    let (stands, _) = held(current(&mut tx, left).await?);
    let act = NewRevision {
        report: report.id,
        act: Act::Undo,
        at: Timestamp::now(),
        who: actor.name(),
        source,
        form_hash: &draft.form_hash,
        batch: None,
        changes: &changes::between(&draft.answers, &stands),
        answers: None,
        explanations: &Explanations::new(),
        before: Before::new(report.pointers, Vec::new()),
    };
    store::add(&mut tx, act).await?;
    store::point(&mut tx, report.id, left).await?;
    tx.commit().await?;
    Ok(true)
}

/// Brings back the draft that was taken back last, if nothing has been done since. Returns whether there was one.
///
/// # Errors
/// As [`open`].
pub async fn recover(db: &Db, actor: &Actor, key: &Key, source: Source) -> Result<bool> {
    actor.need(Right::Fill)?;
    let mut tx = db.write().await?;
    let (version, _) = settled(&mut tx, actor, key).await?;
    let Some(report) = store::find(&mut tx, key).await? else { return Ok(false) };
    let last = store::deeds(&mut tx, report.id, 1).await?.pop().filter(Deed::discards);
    let Some(last) = last else { return Ok(false) };
    let Some(draft) = store::revision(&mut tx, last.revision).await?.before.pointers().draft else { return Ok(false) };
    let (answers, explanations) = held(Some(store::revision(&mut tx, draft).await?));
    store::let_go(&mut tx, draft).await?;
    let typed = Typed { form: version.form, answers, explanations, source, who: actor.name(), now: Timestamp::now() };
    save(&mut tx, key, &typed).await?;
    tx.commit().await?;
    Ok(true)
}

/// What somebody typed, by the newest version of the form.
struct Typed<'a> {
    form: Arc<Form>,
    answers: Answers,
    explanations: Explanations,
    source: Source,
    who: &'a str,
    now: Timestamp,
}

/// The day that checks call today: the calendar's where the server stands.
pub(super) fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::system()).date()
}

/// The newest version of the form and the organisation, if they fit the key and the actor may see them.
async fn settled(conn: &mut Conn, actor: &Actor, key: &Key) -> Result<(Version, Org)> {
    let version = version::store::newest(conn, &key.form).await?;
    let version = version.ok_or_else(|| version::actions::unknown(&key.form))?;
    if version.form.is_programme() {
        return Err(Error::NotFound(Words::new("report.programme").with("form", &version.form.title)));
    }
    let org = org::store::by_id(conn, &actor.scope(), key.about).await?;
    let org = org.ok_or_else(|| Error::NotFound(Words::new("report.no-org")))?;
    let fault = |field: &str, words| Fault::error(Place::Field(field.to_owned()), "wrong-type", words);
    let mut faults = Vec::new();
    if key.period.kind() != version.form.period {
        let example = version.form.period.example();
        let words = Words::new("report.other-period").with("given", key.period.id()).with("example", example);
        faults.push(fault("period", words));
    }
    if org.kind != version.form.about {
        faults.push(fault("org", Words::new("report.other-org").with("org", org.label())));
    }
    if !version.form.by.contains(&key.by) || (key.number != 1 && !version.form.many) {
        faults.push(fault("by", Words::new("report.other-respondent")));
    }
    if faults.is_empty() { Ok((version, org)) } else { Err(Error::Faults(faults)) }
}

/// What somebody who opens the report sees: the draft if there is one, else what was sent.
async fn current(conn: &mut Conn, pointers: Pointers) -> Result<Option<Revision>> {
    match pointers.draft.or(pointers.sent).or(pointers.accepted) {
        Some(id) => Ok(Some(store::revision(conn, id).await?)),
        None => Ok(None),
    }
}

fn held(revision: Option<Revision>) -> (Answers, Explanations) {
    revision
        .map_or_else(|| (Answers::default(), Explanations::new()), |revision| (revision.answers, revision.explanations))
}

async fn find_or_make(conn: &mut Conn, key: &Key) -> Result<Standing> {
    let filler = compute::filler(conn, key).await?;
    store::find_or_make(conn, key, filler).await
}

/// Keeps what was typed as the draft.
async fn save(conn: &mut Conn, key: &Key, typed: &Typed<'_>) -> Result<Saved> {
    let found = store::find(conn, key).await?;
    let pointers = found.map(|report| report.pointers).unwrap_or_default();
    let shown = current(conn, pointers).await?;
    let draft = shown.clone().filter(|_| pointers.draft.is_some());
    let shown_id = shown.as_ref().map(|revision| revision.id);
    let (answers, explanations) = held(shown);
    let changes = changes::between(&answers, &typed.answers);
    if changes.is_empty() && explanations == typed.explanations {
        return Ok(Saved { revision: shown_id, changed: false });
    }
    let report = find_or_make(conn, key).await?;
    if let Some(draft) = draft {
        if folds(conn, report.id, &draft, typed).await? {
            let revision = Some(draft.id);
            fold(conn, draft, changes, typed).await?;
            return Ok(Saved { revision, changed: true });
        }
        store::let_go(conn, draft.id).await?;
    }
    let before = Before::new(pointers, Vec::new());
    let revision = store::add(conn, typed.act(report.id, Act::Save, &changes, before)).await?;
    store::point(conn, report.id, Pointers { draft: Some(revision), ..pointers }).await?;
    Ok(Saved { revision: Some(revision), changed: true })
}

/// Whether a save goes into the act before it: the same person went on, in the same way, within ten minutes.
async fn folds(conn: &mut Conn, report: ReportId, draft: &Revision, typed: &Typed<'_>) -> Result<bool> {
    let within = (0..=FOLD_MS).contains(&(typed.now.as_millisecond() - draft.at.as_millisecond()));
    let same = draft.act == Act::Save && draft.who == typed.who && draft.source == typed.source;
    let last = store::deeds(conn, report, 1).await?.pop().map(|deed| deed.revision);
    Ok(within && same && last == Some(draft.id))
}

async fn fold(conn: &mut Conn, mut draft: Revision, changes: Vec<Change>, typed: &Typed<'_>) -> Result<()> {
    draft.changes = changes::folded(draft.changes, changes);
    draft.answers = typed.answers.clone();
    draft.explanations = typed.explanations.clone();
    draft.form_hash = typed.form.hash.clone();
    store::fold(conn, &draft, typed.now).await
}

impl Typed<'_> {
    fn act<'a>(&'a self, report: ReportId, act: Act, changes: &'a [Change], before: Before) -> NewRevision<'a> {
        NewRevision {
            report,
            act,
            at: self.now,
            who: self.who,
            source: self.source,
            form_hash: &self.form.hash,
            batch: None,
            changes,
            answers: Some(&self.answers),
            explanations: &self.explanations,
            before,
        }
    }
}

/// The receipt of the same answers, if they were sent already and nobody has begun to correct them.
async fn sent_already(conn: &mut Conn, key: &Key, typed: &Typed<'_>) -> Result<Option<Receipt>> {
    let Some(report) = store::find(conn, key).await? else { return Ok(None) };
    let Some(sent) = report.pointers.sent.filter(|_| report.pointers.draft.is_none()) else { return Ok(None) };
    let sent = store::revision(conn, sent).await?;
    let same = changes::between(&sent.answers, &typed.answers).is_empty()
        && sent.explanations == typed.explanations
        && sent.form_hash == typed.form.hash;
    let Revision { id, at, who, form_hash, .. } = sent;
    Ok(same.then_some(Receipt { report: report.id, revision: id, at, who, form_hash }))
}

/// Writes the sent revision down and makes it count, unless an accepted one does.
async fn put_sent(
    conn: &mut Conn,
    report: Standing,
    typed: &Typed<'_>,
    filled: &crate::form::Filled,
) -> Result<RevisionId> {
    let pointers = report.pointers;
    let (answers, _) = held(current(conn, pointers).await?);
    let changes = changes::between(&answers, &typed.answers);
    let change = compute::replacement(conn, report.id, filled).await?;
    let counts = pointers.accepted.is_none();
    let old = if counts { change.before.clone() } else { Vec::new() };
    let act = typed.act(report.id, Act::Send, &changes, Before::new(pointers, old));
    let revision = store::add(conn, act).await?;
    if let Some(draft) = pointers.draft {
        store::let_go(conn, draft).await?;
    }
    store::point(conn, report.id, Pointers { draft: None, sent: Some(revision), ..pointers }).await?;
    if counts {
        compute::make_count(conn, report.id, revision, &change, (&typed.form, filled)).await?;
    }
    Ok(revision)
}

fn receipt(report: ReportId, revision: RevisionId, typed: &Typed<'_>) -> Receipt {
    let (at, who) = (typed.now, typed.who.to_owned());
    // The data file keeps milliseconds; a receipt asked for again must not differ from the first one.
    let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
    Receipt { report, revision, at, who, form_hash: typed.form.hash.clone() }
}

#[cfg(test)]
#[path = "tests/mod.rs"]
pub(in crate::report) mod tests;

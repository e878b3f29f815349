//! What people may do with a report: open it, save a draft, take it back, send it, look at its history.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::compute::{self, About};
use super::glance::store::Seen;
use super::glance::{self, Glance, Named, Shown, Sought};
use super::store::{Before, NewRevision, Revision, Standing};
use super::version;
use super::{
    Act, Change, Deed, Doer, Explanations, Key, Over, Pointers, Receipt, ReportView, Saved, Source, State, changes,
    files, may_fill, part_explanations, still_needed, store, unexplained,
};
use crate::access::{Actor, Right};
use crate::db::{Conn, Db, Steps};
use crate::error::{Error, Fault, Place, Result};
use crate::form::{Answers, Filled, Form, Organisations};
use crate::ids::{OrgId, ReportId, RevisionId};
use crate::lang::Words;
use crate::org::{self, Kin};
use crate::period::Period;

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
    of_key(db, actor, key, false).await
}

/// The same report for filling or correcting: always in the newest version of the form.
///
/// # Errors
/// As [`open`].
pub async fn correct(db: &Db, actor: &Actor, key: &Key) -> Result<ReportView> {
    may_fill(actor, key.by)?;
    of_key(db, actor, key, true).await
}

/// As [`open`], or [`correct`] where `newest` says so, by the parts of an address: the form's id, the period's, the
/// organisation's code.
///
/// # Errors
/// As [`open`]; [`Error::NotFound`] also where the period is none of the form's.
pub async fn at_address(db: &Db, actor: &Actor, address: (&str, &str, &str), newest: bool) -> Result<ReportView> {
    actor.need(if newest { Right::Fill } else { Right::Read })?;
    let (id, period, code) = address;
    let mut read = db.look().await?;
    let mut form = version::store::likely(&mut read, id).await?.ok_or_else(|| version::actions::unknown(id))?;
    loop {
        let period = match version::period(&form, period) {
            Ok(period) => period,
            Err(why) => match version::store::newest(&mut read, id).await? {
                Some(newest) if newest.form.hash != form.hash => {
                    form = newest.form;
                    continue;
                }
                _ => return Err(why),
            },
        };
        let key = Key::new(&form, period, OrgId(0));
        if newest {
            may_fill(actor, key.by)?;
        }
        let sought = Sought { org: Named::Code(code), ..Sought::of(&key) };
        let nowhere = Words::new("org.not-found").with("code", code);
        let glance = settled(&mut read, actor, sought, nowhere).await?;
        // What was likely the newest version was read at an earlier moment.
        if glance.version.form.hash == form.hash {
            let key = Key { about: glance.org.id, ..key };
            return Ok(view(&mut read, key, (glance, newest)).await?.told(actor));
        }
        form = glance.version.form;
    }
}

async fn of_key(db: &Db, actor: &Actor, key: &Key, newest: bool) -> Result<ReportView> {
    let mut read = db.read().await?;
    let glance = settled(&mut read, actor, Sought::of(key), no_org()).await?;
    Ok(view(&mut read, key.clone(), (glance, newest)).await?.told(actor))
}

async fn view(conn: &mut Conn, key: Key, (mut glance, newest): (Glance, bool)) -> Result<ReportView> {
    check(&glance, &Sought::of(&key))?;
    let pointers = glance.pointers();
    let sent = glance.shown.as_ref().filter(|_| pointers.draft.is_none() && !newest);
    if let Some(sent) = sent.filter(|sent| sent.form_hash != glance.version.form.hash) {
        glance.version = version::store::by_hash(conn, &sent.form_hash).await?;
    }
    let form = glance.version.form;
    let context = compute::context(conn, &form, &About::of(&key), today(Timestamp::now())).await?;
    let doer = glance.shown.as_ref().map(|shown| Doer { login: String::new(), name: None, role: shown.role });
    let for_school = doer.is_some_and(|doer| doer.stands_in(key.by));
    let (answers, explanations) = match glance.shown {
        None => (form.defaults(&context), Explanations::new()),
        Some(shown) => (form.carried(shown.answers), shown.explanations),
    };
    let missed = match glance.report.filter(|_| glance.imports_beside) {
        Some(report) => missed(store::imported_beside(conn, report.id).await?, &answers),
        None => Vec::new(),
    };
    let (report, version) = (glance.report.map(|report| report.id), glance.version.number);
    let (org, last) = (glance.org, glance.last);
    let kin = if glance.has_kin { org::store::kin(conn, org.id).await? } else { Kin::default() };
    Ok(ReportView {
        key,
        org,
        kin,
        report,
        form,
        version,
        answers,
        explanations,
        context,
        pointers,
        last,
        missed,
        for_school,
    })
}

/// What imports have set since the draft was begun and the draft does not hold.
fn missed(imported: Vec<Change>, draft: &Answers) -> Vec<Change> {
    let held = |path: &str| draft.get(path).cloned().unwrap_or_default();
    let all = changes::folded(Vec::new(), imported);
    all.into_iter().filter(|change| !changes::same(&held(&change.path), &change.new)).collect()
}

/// The registry as lists of choices, where a form has questions that choose from it.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn organisations(db: &Db, actor: &Actor, form: &Form) -> Result<Option<Arc<Organisations>>> {
    actor.need(Right::Read)?;
    compute::organisations(&mut *db.read().await?, form).await
}

/// Saves what was typed, right or wrong. It does not count until it is sent.
///
/// # Errors
/// As [`open`].
pub async fn save_draft(db: &Db, actor: &Actor, key: &Key, answers: Answers, source: Source) -> Result<Saved> {
    save_draft_over(db, actor, key, (answers, source, Over::Whatever)).await
}

/// As [`save_draft`], where nobody else has done anything meanwhile.
///
/// # Errors
/// As [`open`]; [`Error::Faults`] with the code `stale` where somebody has.
pub async fn save_draft_over(db: &Db, actor: &Actor, key: &Key, what: (Answers, Source, Over<'_>)) -> Result<Saved> {
    save_draft_at(db, actor, key, what, Timestamp::now()).await
}

pub(super) async fn save_draft_at(
    db: &Db,
    actor: &Actor,
    key: &Key,
    (answers, source, over): (Answers, Source, Over<'_>),
    now: Timestamp,
) -> Result<Saved> {
    may_fill(actor, key.by)?;
    let (answers, explanations) = part_explanations(answers);
    let mut tx = db.write().await?;
    let mut glance = of(&mut tx, actor, key).await?;
    over.holds(glance.last.as_ref())?;
    let form = glance.version.form.clone();
    let typed = Typed { form, answers, explanations, source, actor, now };
    let saved = save(&mut tx, key, &mut glance, &typed).await?;
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
    send_over(db, actor, key, (answers, source, Over::Whatever)).await
}

/// As [`send`], where nobody else has done anything meanwhile.
///
/// # Errors
/// As [`send`]; [`Error::Faults`] with the code `stale` where somebody has.
pub async fn send_over(db: &Db, actor: &Actor, key: &Key, what: (Answers, Source, Over<'_>)) -> Result<Receipt> {
    send_at(db, actor, key, what, Timestamp::now()).await
}

pub(super) async fn send_at(
    db: &Db,
    actor: &Actor,
    key: &Key,
    (answers, source, over): (Answers, Source, Over<'_>),
    now: Timestamp,
) -> Result<Receipt> {
    may_fill(actor, key.by)?;
    let (answers, explanations) = part_explanations(answers);
    let mut tx = db.write().await?;
    let mut glance = of(&mut tx, actor, key).await?;
    over.holds(glance.last.as_ref())?;
    let form = glance.version.form.clone();
    let context = compute::context(&mut tx, &form, &About::of(key), today(now)).await?;
    let filled = form.fill(&answers, &context);
    let explanations = still_needed(&filled, explanations);
    let typed = Typed { form, answers, explanations, source, actor, now };
    if let Some(receipt) = sent_already(&glance, &typed) {
        // What was sent already may be waiting for the disk still.
        tx.commit().await?;
        return Ok(receipt);
    }
    let unexplained = unexplained(&filled, &typed.explanations);
    if filled.blocked() || !unexplained.is_empty() {
        save(&mut tx, key, &mut glance, &typed).await?;
        tx.commit().await?;
        return Err(Error::Faults([filled.faults, unexplained].concat()));
    }
    let mut steps = Steps::default();
    let report = the_report(&mut tx, &mut steps, key, &mut glance).await?;
    let revision = put_sent(&mut tx, &mut steps, report, (&mut glance, &typed, &filled)).await?;
    let moved = [(key.period, key.about)];
    compute::refresh_after(steps, &mut tx, (&key.form, &key.wave), &moved, today(now)).await?;
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
    match of(&mut read, actor, key).await?.report {
        Some(report) => store::deeds(&mut read, report.id, HISTORY).await,
        None => Ok(Vec::new()),
    }
}

/// The reports about an organisation, the latest period first: the form's id, the period, the wave, how far it is.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn about(db: &Db, actor: &Actor, org: OrgId) -> Result<Vec<(String, Period, String, State)>> {
    actor.need(Right::Read)?;
    let mut reports = store::about(&mut *db.read().await?, org).await?;
    reports.sort_by(|one, other| other.1.start().cmp(&one.1.start()).then_with(|| one.0.cmp(&other.0)));
    Ok(reports.into_iter().map(|(form, period, wave, pointers)| (form, period, wave, pointers.state())).collect())
}

/// Takes a draft back: what was sent before, if anything was, is the report again. The draft can be [`recover`]ed.
/// Returns whether there was one.
///
/// # Errors
/// As [`open`].
pub async fn discard(db: &Db, actor: &Actor, key: &Key, source: Source) -> Result<bool> {
    may_fill(actor, key.by)?;
    let mut tx = db.write().await?;
    let mut glance = of(&mut tx, actor, key).await?;
    let draft = glance.shown.take().filter(|_| glance.pointers().draft.is_some());
    let (Some(report), Some(draft)) = (glance.report, draft) else {
        tx.commit().await?;
        return Ok(false);
    };
    let left = Pointers { draft: None, ..report.pointers };
    let stands = match left.sent.or(left.accepted) {
        Some(id) => store::revision(&mut tx, id).await?.answers,
        None => Answers::default(),
    };
    let act = NewRevision {
        report: report.id,
        act: Act::Undo,
        at: Timestamp::now(),
        actor,
        source,
        form_hash: &draft.form_hash,
        batch: None,
        changes: &changes::between(&draft.answers, &stands),
        answers: None,
        explanations: &Explanations::new(),
        before: Before::new(report.pointers, Vec::new()),
    };
    let mut steps = Steps::default();
    store::add(&mut steps, glance.next.revision(), &act)?;
    store::point(&mut steps, report.id, left);
    steps.run(&mut tx).await?;
    tx.commit().await?;
    Ok(true)
}

/// Brings back the draft that was taken back last, if nothing has been done since. Returns whether there was one.
///
/// # Errors
/// As [`open`].
pub async fn recover(db: &Db, actor: &Actor, key: &Key, source: Source) -> Result<bool> {
    may_fill(actor, key.by)?;
    let mut tx = db.write().await?;
    let mut glance = of(&mut tx, actor, key).await?;
    let draft = match glance.last.as_ref().filter(|last| last.discards()) {
        Some(last) => store::revision(&mut tx, last.revision).await?.before.pointers().draft,
        None => None,
    };
    if let Some(draft) = draft {
        let Revision { answers, explanations, .. } = store::revision(&mut tx, draft).await?;
        let mut steps = Steps::default();
        store::let_go(&mut steps, draft);
        steps.run(&mut tx).await?;
        let form = glance.version.form.clone();
        let typed = Typed { form, answers, explanations, source, actor, now: Timestamp::now() };
        save(&mut tx, key, &mut glance, &typed).await?;
    }
    tx.commit().await?;
    Ok(draft.is_some())
}

/// What somebody typed, by the newest version of the form.
struct Typed<'a> {
    form: Arc<Form>,
    answers: Answers,
    explanations: Explanations,
    source: Source,
    actor: &'a Actor,
    now: Timestamp,
}

/// The day that checks call today: the calendar's where the server stands.
pub(super) fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::system()).date()
}

/// What stands at a key, if the actor may see it and form and organisation fit the key.
pub(super) async fn of(conn: &mut Conn, actor: &Actor, key: &Key) -> Result<Glance> {
    let sought = Sought::of(key);
    let glance = settled(conn, actor, sought, no_org()).await?;
    check(&glance, &sought)?;
    Ok(glance)
}

fn no_org() -> Words {
    Words::new("report.no-org")
}

async fn settled(conn: &mut Conn, actor: &Actor, sought: Sought<'_>, nowhere: Words) -> Result<Glance> {
    match glance::store::at(conn, &actor.scope(), sought).await? {
        _ if !actor.knows(sought.form) => Err(version::actions::unknown(sought.form)),
        _ if !actor.knows_period(sought.period) => Err(Error::NotFound(Words::new("link.other-period"))),
        Seen::All(glance) => Ok(*glance),
        Seen::NoOrg => Err(Error::NotFound(nowhere)),
        Seen::NoForm => Err(version::actions::unknown(sought.form)),
    }
}

fn check(glance: &Glance, sought: &Sought<'_>) -> Result<()> {
    let (form, org) = (&glance.version.form, &glance.org);
    if form.is_programme() {
        return Err(Error::NotFound(Words::new("report.programme").with("form", &form.title)));
    }
    let fault = |field: &str, words| Fault::error(Place::Field(field.to_owned()), "wrong-type", words);
    let mut faults = Vec::new();
    if sought.period.kind() != form.period {
        let example = form.period.example();
        let words = Words::new("report.other-period").with("given", sought.period.id()).with("example", example);
        faults.push(fault("period", words));
    }
    if org.kind != form.about {
        faults.push(fault("org", Words::new("report.other-org").with("org", org.label())));
    }
    if !form.by.contains(&sought.by) || (sought.number != 1 && !form.many) {
        faults.push(fault("by", Words::new("report.other-respondent")));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Faults(faults)) }
}

async fn the_report(conn: &mut Conn, steps: &mut Steps, key: &Key, glance: &mut Glance) -> Result<Standing> {
    if let Some(report) = glance.report {
        return Ok(report);
    }
    let filler = compute::filler(conn, key, &glance.org).await?;
    let id = glance.next.report();
    store::make(steps, id, key, filler);
    Ok(Standing { id, pointers: Pointers::default() })
}

/// Keeps what was typed as the draft.
async fn save(conn: &mut Conn, key: &Key, glance: &mut Glance, typed: &Typed<'_>) -> Result<Saved> {
    let pointers = glance.pointers();
    let (answers, explanations) = glance.held();
    let changes = changes::between(&answers, &typed.answers);
    files::actions::check(conn, &typed.form, (glance.report, typed.actor.name()), &changes).await?;
    if changes.is_empty() && explanations == typed.explanations {
        return Ok(Saved { revision: glance.shown.as_ref().map(|shown| shown.id), changed: false });
    }
    let mut steps = Steps::default();
    let report = the_report(conn, &mut steps, key, glance).await?;
    if let Some(draft) = glance.shown.as_ref().filter(|_| pointers.draft.is_some()) {
        if folds(glance, draft, typed) {
            let changes = changes::folded(store::document(&draft.changes)?, changes);
            store::fold(&mut steps, draft.id, &typed.act(report.id, Act::Save, &changes, Before::default()))?;
            steps.run(conn).await?;
            return Ok(Saved { revision: Some(draft.id), changed: true });
        }
        store::let_go(&mut steps, draft.id);
    }
    let (before, revision) = (Before::new(pointers, Vec::new()), glance.next.revision());
    store::add(&mut steps, revision, &typed.act(report.id, Act::Save, &changes, before))?;
    store::point(&mut steps, report.id, Pointers { draft: Some(revision), ..pointers });
    steps.run(conn).await?;
    Ok(Saved { revision: Some(revision), changed: true })
}

/// Whether a save goes into the act before it: the same person went on, in the same way, within ten minutes.
fn folds(glance: &Glance, draft: &Shown, typed: &Typed<'_>) -> bool {
    let within = (0..=FOLD_MS).contains(&(typed.now.as_millisecond() - draft.at.as_millisecond()));
    let same = draft.act == Act::Save && draft.who == typed.actor.name() && draft.source == typed.source;
    within && same && glance.last.as_ref().is_some_and(|last| last.revision == draft.id)
}

impl Typed<'_> {
    fn act<'a>(&'a self, report: ReportId, act: Act, changes: &'a [Change], before: Before) -> NewRevision<'a> {
        NewRevision {
            report,
            act,
            at: self.now,
            actor: self.actor,
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
fn sent_already(glance: &Glance, typed: &Typed<'_>) -> Option<Receipt> {
    let report = glance.report.filter(|report| report.pointers.draft.is_none() && report.pointers.sent.is_some())?;
    let sent = glance.shown.as_ref()?;
    let same = changes::between(&sent.answers, &typed.answers).is_empty()
        && sent.explanations == typed.explanations
        && sent.form_hash == typed.form.hash;
    let (who, form_hash) = (sent.who.clone(), sent.form_hash.clone());
    same.then_some(Receipt { report: report.id, revision: sent.id, at: sent.at, who, form_hash })
}

/// Writes the sent revision down and makes it count, unless an accepted one does.
async fn put_sent(
    conn: &mut Conn,
    steps: &mut Steps,
    report: Standing,
    (glance, typed, filled): (&mut Glance, &Typed<'_>, &Filled),
) -> Result<RevisionId> {
    let pointers = report.pointers;
    let changes = changes::between(&glance.held().0, &typed.answers);
    files::actions::check(conn, &typed.form, (glance.report, typed.actor.name()), &changes).await?;
    let change = compute::replacement(conn, report, filled).await?;
    let counts = pointers.accepted.is_none();
    let old = if counts { change.before.clone() } else { Vec::new() };
    let act = typed.act(report.id, Act::Send, &changes, Before::new(pointers, old));
    let revision = glance.next.revision();
    store::add(steps, revision, &act)?;
    if let Some(draft) = pointers.draft {
        store::let_go(steps, draft);
    }
    store::point(steps, report.id, Pointers { draft: None, sent: Some(revision), ..pointers });
    if counts {
        compute::make_count(steps, report, revision, change, (&typed.form, filled));
    }
    Ok(revision)
}

fn receipt(report: ReportId, revision: RevisionId, typed: &Typed<'_>) -> Receipt {
    let (at, who) = (typed.now, typed.actor.name().to_owned());
    // The data file keeps milliseconds; a receipt asked for again must not differ from the first one.
    let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
    Receipt { report, revision, at, who, form_hash: typed.form.hash.clone() }
}

#[cfg(test)]
#[path = "tests/mod.rs"]
pub(in crate::report) mod tests;

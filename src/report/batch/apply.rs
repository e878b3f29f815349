//! The steps of one import inside its transaction, and of taking it back.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::store::Stand;
use super::{Batch, BatchFile, ImportReceipt, Imported, Outcome, Reports, actions, merged, store};
use crate::access::Actor;
use crate::db::{Conn, Steps};
use crate::error::{Error, Fault, Place, Result};
use crate::form::{Answers, Context, Filled, Form, Organisations};
use crate::ids::{BatchId, OrgId, RevisionId};
use crate::lang::Words;
use crate::org::{self, Org};
use crate::period::Period;
use crate::report::actions::today;
use crate::report::compute::{self, About};
use crate::report::store::{self as reports, Before, NewRevision, Next, Revision, Standing, ValueRow};
use crate::report::{Act, Change, Explanations, Key, Pointers, Source};
use crate::report::{figures, version};

/// One import on its way.
struct Import<'a> {
    form: Arc<Form>,
    orgs: HashMap<OrgId, Org>,
    /// The registry, where the form chooses from it.
    organisations: Option<Arc<Organisations>>,
    file: &'a BatchFile,
    actor: &'a Actor,
    now: Timestamp,
    /// Made with the first report that changes.
    batch: Option<BatchId>,
    moved: Vec<(Period, OrgId)>,
    next: Next,
    /// What is still to be written.
    steps: Steps,
}

/// One report of an import: where it stands and what is to be written.
struct Step {
    report: Standing,
    draft_act: Option<Act>,
    answers: Answers,
    explanations: Explanations,
    changes: Vec<Change>,
    filled: Filled,
    /// The values that count.
    rows: BTreeMap<String, ValueRow>,
}

/// Applies all reports, earlier periods first, so that checks which look back see what the same file brings.
pub(super) async fn import(
    conn: &mut Conn,
    actor: &Actor,
    file: &BatchFile,
    given: &(impl Reports + ?Sized),
    now: Timestamp,
) -> Result<ImportReceipt> {
    let version = version::store::newest(conn, &file.form).await?;
    let form = version.ok_or_else(|| version::actions::unknown(&file.form))?.form;
    let orgs = known_orgs(conn, actor, &form, given).await?;
    let (next, steps) = (reports::next(conn).await?, Steps::default());
    let moved = Vec::new();
    let organisations = compute::organisations(conn, &form).await?;
    let mut import = Import { form, orgs, organisations, file, actor, now, batch: None, moved, next, steps };
    let mut order: Vec<usize> = (0..given.count()).collect();
    order.sort_by_key(|i| (given.head(*i).1.start(), *i));
    let (mut outcomes, mut stale) = (vec![Outcome::Same; given.count()], Vec::new());
    for group in groups(&order, given) {
        let mut stands = import.stands(conn, group.iter().map(|i| given.head(*i)).collect()).await?;
        for i in group {
            let one = given.whole(i);
            match import.one(conn, &one, stands.remove(&one.about)).await? {
                Some(outcome) => outcomes[i] = outcome,
                None => stale.push(moved_since(conn, &one).await?),
            }
        }
    }
    if !stale.is_empty() {
        return Err(Error::Faults(stale));
    }
    let at = (file.form.as_str(), file.wave.as_str());
    compute::refresh_after(import.steps, conn, at, &import.moved, today(now)).await?;
    let outcomes = outcomes.into_iter().enumerate().map(|(i, outcome)| {
        let (about, period) = given.head(i);
        (about, period, outcome)
    });
    Ok(ImportReceipt { batch: import.batch, outcomes: outcomes.collect() })
}

/// Every organisation must be there, be seen by the actor, and be of the type that the form is about.
async fn known_orgs(
    conn: &mut Conn,
    actor: &Actor,
    form: &Form,
    given: &(impl Reports + ?Sized),
) -> Result<HashMap<OrgId, Org>> {
    let orgs = org::store::all(conn, &actor.scope()).await?;
    let fitting: HashMap<OrgId, Org> =
        orgs.into_iter().filter(|org| org.kind == form.about).map(|org| (org.id, org)).collect();
    let fits = |(about, period): (OrgId, Period)| fitting.contains_key(&about) && period.kind() == form.period;
    let all = (0..given.count()).all(|i| fits(given.head(i)));
    if all { Ok(fitting) } else { Err(Error::NotFound(Words::new("report.no-org"))) }
}

async fn moved_since(conn: &mut Conn, one: &Imported) -> Result<Fault> {
    let name = org::store::upwards(conn, one.about).await?.first().map(|org| org.label().to_owned());
    let words = Words::new("report.import-stale").with("org", name.unwrap_or_default());
    Ok(Fault::error(Place::Whole, "stale", words))
}

/// How many reports are looked up together.
const GROUP: usize = 50;

/// Reports of one period that may be looked up together: none of them is another one's.
fn groups(order: &[usize], given: &(impl Reports + ?Sized)) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for i in order {
        let (about, period) = given.head(*i);
        let fits = |group: &&mut Vec<usize>| {
            let others = || group.iter().map(|other| given.head(*other));
            group.len() < GROUP && others().all(|other| other.1 == period && other.0 != about)
        };
        match groups.last_mut().filter(fits) {
            Some(group) => group.push(*i),
            None => groups.push(vec![*i]),
        }
    }
    groups
}

impl Import<'_> {
    /// Where some reports of one period stand.
    async fn stands(&self, conn: &mut Conn, heads: Vec<(OrgId, Period)>) -> Result<HashMap<OrgId, Stand>> {
        let Some((about, period)) = heads.first().copied() else { return Ok(HashMap::new()) };
        let key = Key { wave: self.file.wave.clone(), ..Key::new(&self.form, period, about) };
        store::stands(conn, &key, &heads.into_iter().map(|(about, _)| about).collect::<Vec<_>>()).await
    }

    fn key(&self, one: &Imported) -> Key {
        Key { wave: self.file.wave.clone(), ..Key::new(&self.form, one.period, one.about) }
    }

    /// One report; `None` where it has moved on since the plan was made.
    async fn one(&mut self, conn: &mut Conn, one: &Imported, found: Option<Stand>) -> Result<Option<Outcome>> {
        let key = self.key(one);
        let (found, draft_act, held, rows) = match found {
            Some(Stand { report, draft_act, held, rows }) => (Some(report), draft_act, held, rows),
            None => (None, None, Default::default(), BTreeMap::new()),
        };
        let base = actions::base(found.map(|report| report.pointers).unwrap_or_default(), draft_act);
        if base != one.base {
            return Ok(None);
        }
        let (held, explanations) = (self.form.carried(held.0), held.1);
        let (answers, changes) = merged(&held, &one.sets);
        if changes.is_empty() {
            return Ok(Some(Outcome::Same));
        }
        let around = compute::around(conn, &self.form, &About::of(&key), today(self.now)).await?;
        let context = Context { organisations: self.organisations.clone(), ..around };
        let filled = self.form.fill(&answers, &context);
        let report = match found {
            Some(report) => report,
            None => {
                let filler = compute::filler(conn, &key, &self.orgs[&one.about]).await?;
                let id = self.next.report();
                reports::make(&mut self.steps, id, &key, filler);
                Standing { id, pointers: Pointers::default() }
            }
        };
        let step = Step { report, draft_act, answers, explanations, changes, filled, rows };
        let outcome = self.write(conn, &key, step).await?;
        std::mem::take(&mut self.steps).run(conn).await?;
        Ok(Some(outcome))
    }

    async fn write(&mut self, conn: &mut Conn, key: &Key, step: Step) -> Result<Outcome> {
        if step.filled.blocked() {
            return self.keep(conn, step).await;
        }
        let pointers = step.report.pointers;
        let change = figures::replacement(&step.rows, step.filled.stored());
        let counts = pointers.accepted.is_none();
        let old = if counts { change.before.clone() } else { Vec::new() };
        let revision = self.revision(conn, &step, Before::new(pointers, old)).await?;
        let draft = pointers.draft.filter(|_| step.draft_act != Some(Act::Import));
        reports::point(&mut self.steps, step.report.id, Pointers { draft, sent: Some(revision), ..pointers });
        if counts {
            compute::make_count(&mut self.steps, step.report, revision, change, (&self.form, &step.filled));
            self.moved.push((key.period, key.about));
        }
        Ok(Outcome::Sent)
    }

    /// Errors are left: a draft, unless the school has one of its own.
    async fn keep(&mut self, conn: &mut Conn, step: Step) -> Result<Outcome> {
        let pointers = step.report.pointers;
        let revision = self.revision(conn, &step, Before::new(pointers, Vec::new())).await?;
        let faults = step.filled.faults;
        if step.draft_act.is_some_and(|act| act != Act::Import) {
            return Ok(Outcome::Beside(faults));
        }
        reports::point(&mut self.steps, step.report.id, Pointers { draft: Some(revision), ..pointers });
        Ok(Outcome::Draft(faults))
    }

    async fn revision(&mut self, conn: &mut Conn, step: &Step, before: Before) -> Result<RevisionId> {
        let batch = match self.batch {
            Some(batch) => batch,
            None => store::add(conn, self.file, (self.actor.name(), &self.actor.scope()), self.now).await?,
        };
        self.batch = Some(batch);
        let new = NewRevision {
            report: step.report.id,
            act: Act::Import,
            at: self.now,
            actor: self.actor,
            source: Source::Import,
            form_hash: &self.form.hash,
            batch: Some(batch),
            changes: &step.changes,
            answers: Some(&step.answers),
            explanations: &step.explanations,
            before,
        };
        let id = self.next.revision();
        reports::add(&mut self.steps, id, &new)?;
        Ok(id)
    }
}

/// Puts every report of an import back where it stood.
pub(super) async fn undo(conn: &mut Conn, actor: &Actor, batch: &Batch, now: Timestamp) -> Result<()> {
    let mut moved = Vec::new();
    // A report may have been set by one file only once, but the last act is undone first all the same.
    let mut next = reports::next(conn).await?;
    for act in reports::of_batch(conn, batch.id).await?.into_iter().rev() {
        moved.push(undo_one(conn, actor, batch, (&act, now, next.revision())).await?);
    }
    store::undone(conn, batch.id, actor.name(), now).await?;
    let at = (batch.file.form.as_str(), batch.file.wave.as_str());
    compute::refresh_after(Steps::default(), conn, at, &moved, today(now)).await
}

async fn undo_one(
    conn: &mut Conn,
    actor: &Actor,
    batch: &Batch,
    (act, now, id): (&Revision, Timestamp, RevisionId),
) -> Result<(Period, OrgId)> {
    let (period, about) = store::place(conn, act.report).await?;
    let back = act.before.pointers();
    let now_at = store::pointers(conn, act.report).await?;
    let changes: Vec<Change> = act
        .changes
        .iter()
        .map(|change| Change { old: change.new.clone(), new: change.old.clone(), ..change.clone() })
        .collect();
    let new = NewRevision {
        report: act.report,
        act: Act::Undo,
        at: now,
        actor,
        source: Source::Import,
        form_hash: &act.form_hash,
        batch: Some(batch.id),
        changes: &changes,
        answers: None,
        explanations: &Explanations::new(),
        before: Before::new(now_at, Vec::new()),
    };
    let mut steps = Steps::default();
    reports::add(&mut steps, id, &new)?;
    reports::point(&mut steps, act.report, back);
    figures::store::restore(&mut steps, act.report, &act.before.values);
    if back.counting().is_none() {
        figures::store::drop_measures(&mut steps, act.report);
    }
    steps.run(conn).await?;
    match back.counting() {
        Some(counting) if Some(counting) != now_at.counting() => {
            let hash = reports::revision(conn, counting).await?.form_hash;
            let form = version::store::form(conn, &hash).await?;
            let at = About { period, wave: &batch.file.wave, about };
            compute::measure_again(conn, act.report, &form, &at, today(now)).await?;
        }
        _ => {}
    }
    Ok((period, about))
}

//! Reading figures: what counts, and who has not answered.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Counted, Counting, Progress, ReportMeasures, ReportValues, Slice, Tally, counting, store};
use crate::access::{Actor, Right, Scope};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::ids::{OrgId, ReportId};
use crate::org::standing::Members;
use crate::org::{self, Org};
use crate::period::Period;
use crate::report::{Pointers, State};

/// Which reports of a slice count, and which are duplicates of those.
///
/// # Errors
/// [`crate::error::Error::Denied`], or [`crate::error::Error::Data`] where the data file refuses.
pub async fn reports(db: &Db, actor: &Actor, scope: &Scope, slice: &Slice) -> Result<Counting> {
    actor.need(Right::Overview)?;
    let mut read = db.read().await?;
    let members = org::standing::store::members(&mut read, scope, day(scope, slice)).await?;
    Ok(counting(&slice.form, of_members(&mut read, &members, slice).await?))
}

/// The day whose tree a slice is looked at in: the last one of its period, unless the scope names another.
fn day(scope: &Scope, slice: &Slice) -> Date {
    scope.day().unwrap_or(slice.period.end())
}

async fn of_members(conn: &mut Conn, members: &Members, slice: &Slice) -> Result<Vec<Counted>> {
    let mut reports = store::reports(conn, &members.scope, slice).await?;
    reports.retain(|report| members.hold(report.about));
    Ok(reports)
}

/// The periods for which a form has reports, drafts included, the latest first.
///
/// # Errors
/// As [`reports`].
pub async fn periods(db: &Db, actor: &Actor, scope: &Scope, form: &str) -> Result<Vec<Period>> {
    actor.need(Right::Overview)?;
    let mut periods = store::periods(&mut *db.read().await?, scope, form).await?;
    periods.sort_by_key(|period| std::cmp::Reverse(period.start()));
    Ok(periods)
}

/// The values of all reports of a slice that count.
///
/// # Errors
/// As [`reports`].
pub async fn values(db: &Db, actor: &Actor, scope: &Scope, slice: &Slice) -> Result<Vec<ReportValues>> {
    actor.need(Right::Overview)?;
    let mut read = db.read().await?;
    let members = org::standing::store::members(&mut read, scope, day(scope, slice)).await?;
    let counting = counting(&slice.form, of_members(&mut read, &members, slice).await?);
    let mut values = store::slice_values(&mut read, &members.scope, slice).await?;
    let of = |report| values.remove(&report).unwrap_or_default();
    Ok(with(counting, of, |report, values| ReportValues { report, values }))
}

/// The measures of all reports of a slice that count.
///
/// # Errors
/// As [`reports`].
pub async fn measures(db: &Db, actor: &Actor, scope: &Scope, slice: &Slice) -> Result<Vec<ReportMeasures>> {
    actor.need(Right::Overview)?;
    let mut read = db.read().await?;
    let members = org::standing::store::members(&mut read, scope, day(scope, slice)).await?;
    let counting = counting(&slice.form, of_members(&mut read, &members, slice).await?);
    let mut measures = store::slice_measures(&mut read, &members.scope, slice).await?;
    let of = |report| measures.remove(&report).unwrap_or_default();
    Ok(with(counting, of, |report, measures| ReportMeasures { report, measures }))
}

fn with<T, R>(counting: Counting, mut of: impl FnMut(ReportId) -> T, joined: impl Fn(Counted, T) -> R) -> Vec<R> {
    counting
        .reports
        .into_iter()
        .map(|report| {
            let what = of(report.report);
            joined(report, what)
        })
        .collect()
}

/// How far every organisation is: those of which a report is expected, and those that have one all the same, in the
/// order of the tree. The switch «только принятые» does not matter here: it is about figures.
///
/// # Errors
/// As [`reports`].
pub async fn progress(db: &Db, actor: &Actor, scope: &Scope, slice: &Slice) -> Result<Vec<Progress>> {
    let then = scope.on(day(scope, slice));
    let orgs: Vec<Arc<Org>> = org::actions::list(db, actor, &then).await?.into_iter().map(Arc::new).collect();
    progress_among(db, actor, (scope, &orgs), slice).await
}

/// The same, where the organisations of a scope on its day are at hand in the order of the tree.
///
/// # Errors
/// As [`reports`].
pub async fn progress_among(
    db: &Db,
    actor: &Actor,
    (scope, orgs): (&Scope, &[Arc<Org>]),
    slice: &Slice,
) -> Result<Vec<Progress>> {
    actor.need(Right::Overview)?;
    let slice = Slice { accepted_only: false, ..slice.clone() };
    let mut read = db.read().await?;
    let day = day(scope, &slice);
    let members = org::standing::store::members(&mut read, scope, day).await?;
    let pointers = store::pointers(&mut read, &members.scope, &slice).await?;
    let counted = counting(&slice.form, of_members(&mut read, &members, &slice).await?).reports;
    let sent: HashMap<OrgId, Timestamp> = counted.iter().map(|report| (report.about, report.at)).collect();
    let (first, last) = (slice.period.start(), slice.period.end());
    let standing = |org: &Arc<Org>| {
        let expected = org.kind == slice.form.about && org.is_expected(first, last);
        let found = pointers.get(&org.id).map(Vec::as_slice).unwrap_or_default();
        let accepted = found.iter().any(|report| report.accepted.is_some());
        let (state, sent_at) = (furthest(found), sent.get(&org.id).copied());
        let org = org.clone();
        (expected || state != State::Empty).then_some(Progress { org, expected, state, accepted, sent_at })
    };
    Ok(orgs.iter().filter_map(standing).collect())
}

/// The state of an organisation with several reports is that of the one that is furthest.
fn furthest(reports: &[Pointers]) -> State {
    const ORDER: [State; 4] = [State::Accepted, State::Correcting, State::Sent, State::Draft];
    ORDER.into_iter().find(|state| reports.iter().any(|report| report.state() == *state)).unwrap_or(State::Empty)
}

/// Organisations of which a report is expected and none counts.
///
/// # Errors
/// As [`reports`].
pub async fn silent(db: &Db, actor: &Actor, scope: &Scope, slice: &Slice) -> Result<Vec<Arc<Org>>> {
    let progress = progress(db, actor, scope, slice).await?;
    let silent = |one: &Progress| one.expected && matches!(one.state, State::Empty | State::Draft);
    Ok(progress.into_iter().filter(silent).map(|one| one.org).collect())
}

/// How many accepted, sent, expected.
///
/// # Errors
/// As [`reports`].
pub async fn tally(db: &Db, actor: &Actor, scope: &Scope, slice: &Slice) -> Result<Tally> {
    Ok(Tally::of(&progress(db, actor, scope, slice).await?))
}

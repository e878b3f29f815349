//! Reports and their revisions in the data file.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, QueryBuilder};

use super::changes::Change;
use super::{Act, Deed, Doer, Explanations, Key, Pointers, Source, respondent_word};
use super::{behalf, files};
use crate::access::Actor;
use crate::db::{Conn, Steps};
use crate::error::{Error, Result};
use crate::form::Answers;
use crate::ids::{BatchId, OrgId, ReportId, RevisionId};
use crate::period::Period;

/// A stored report: its row and where it points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The row.
    pub id: ReportId,
    /// The revisions that it points at.
    pub pointers: Pointers,
}

/// What an act moved, so that it can be taken back: the pointers before it and the values that it replaced.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Before {
    pub(super) draft: Option<i64>,
    pub(super) sent: Option<i64>,
    pub(super) accepted: Option<i64>,
    pub(super) values: Vec<OldValue>,
}

/// A value row as it was: number, code, text, missing, revision; `None` where there was none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct OldValue {
    pub(super) path: String,
    pub(super) was: Option<ValueRow>,
}

/// The columns of a value row.
pub(super) type ValueRow = (Option<f64>, Option<String>, Option<String>, Option<String>, i64);

impl Before {
    pub(super) fn new(pointers: Pointers, values: Vec<OldValue>) -> Before {
        let raw = |id: Option<RevisionId>| id.map(|id| id.0);
        Before { draft: raw(pointers.draft), sent: raw(pointers.sent), accepted: raw(pointers.accepted), values }
    }

    pub(super) fn pointers(&self) -> Pointers {
        pointers(self.draft, self.sent, self.accepted)
    }
}

/// Where three pointer columns point.
pub(super) fn pointers(draft: Option<i64>, sent: Option<i64>, accepted: Option<i64>) -> Pointers {
    Pointers { draft: draft.map(RevisionId), sent: sent.map(RevisionId), accepted: accepted.map(RevisionId) }
}

/// An act to be written down.
pub(super) struct NewRevision<'a> {
    pub(super) report: ReportId,
    pub(super) act: Act,
    pub(super) at: Timestamp,
    pub(super) actor: &'a Actor,
    pub(super) source: Source,
    pub(super) form_hash: &'a str,
    pub(super) batch: Option<BatchId>,
    pub(super) changes: &'a [Change],
    pub(super) answers: Option<&'a Answers>,
    pub(super) explanations: &'a Explanations,
    pub(super) before: Before,
}

/// A stored act with what it holds.
#[derive(Debug, Clone)]
pub(super) struct Revision {
    pub(super) report: ReportId,
    pub(super) form_hash: String,
    pub(super) changes: Vec<Change>,
    pub(super) answers: Answers,
    pub(super) explanations: Explanations,
    pub(super) before: Before,
}

#[derive(FromRow)]
struct RevisionRow {
    id: i64,
    report_id: i64,
    act: String,
    at: i64,
    until: i64,
    who: String,
    source: String,
    form_hash: String,
    batch_id: Option<i64>,
    file_name: Option<String>,
    changes: String,
    answers: Option<String>,
    explanations: String,
    before: String,
}

impl TryFrom<RevisionRow> for Revision {
    type Error = Error;

    fn try_from(row: RevisionRow) -> Result<Revision> {
        Ok(Revision {
            report: ReportId(row.report_id),
            form_hash: row.form_hash,
            changes: document(&row.changes)?,
            answers: row.answers.as_deref().map(document).transpose()?.unwrap_or_default(),
            explanations: document(&row.explanations)?,
            before: document(&row.before)?,
        })
    }
}

impl TryFrom<RevisionRow> for Deed {
    type Error = Error;

    fn try_from(row: RevisionRow) -> Result<Deed> {
        Ok(Deed {
            revision: RevisionId(row.id),
            act: known(Act::from_word(&row.act), &row.act)?,
            at: moment(row.at)?,
            until: moment(row.until)?,
            doer: Doer { login: row.who, name: None, role: None },
            confirmed: None,
            source: known(Source::from_word(&row.source), &row.source)?,
            form_hash: row.form_hash,
            batch: row.batch_id.map(BatchId).zip(row.file_name),
            changes: document(&row.changes)?,
            explanations: document(&row.explanations)?,
        })
    }
}

/// What a stored word means.
pub(super) fn known<T>(read: Option<T>, word: &str) -> Result<T> {
    read.ok_or_else(|| Error::Internal(format!("{word:?} is stored in a revision")))
}

/// A stored document.
pub(super) fn document<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|why| Error::Internal(format!("a stored document: {why}")))
}

/// A document to be stored.
pub(super) fn written(document: &impl Serialize) -> Result<String> {
    serde_json::to_string(document).map_err(|why| Error::Internal(format!("a document to store: {why}")))
}

/// A stored moment.
pub(super) fn moment(at: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(at).map_err(|why| Error::Internal(format!("a stored moment: {why}")))
}

/// A key with three pointer columns.
pub(super) type PointerRow = (i64, Option<i64>, Option<i64>, Option<i64>);

/// A report by its key.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn find(conn: &mut Conn, key: &Key) -> Result<Option<Standing>> {
    let row: Option<PointerRow> = sqlx::query_as(
        "select id, draft_id, sent_id, accepted_id from report
         where form_id = $1 and period = $2 and wave = $3 and about_id = $4 and by_kind = $5 and number = $6",
    )
    .bind(&key.form)
    .bind(key.period.id())
    .bind(&key.wave)
    .bind(key.about.0)
    .bind(respondent_word(key.by))
    .bind(key.number)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(id, draft, sent, accepted)| Standing { id: ReportId(id), pointers: pointers(draft, sent, accepted) }))
}

/// The keys that the next rows get; nobody else writes meanwhile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    pub(super) report: i64,
    pub(super) revision: i64,
}

impl Next {
    pub(super) fn report(&mut self) -> ReportId {
        self.report += 1;
        ReportId(self.report - 1)
    }

    pub(super) fn revision(&mut self) -> RevisionId {
        self.revision += 1;
        RevisionId(self.revision - 1)
    }
}

/// The keys that the next rows get, within a writing transaction.
pub(super) async fn next(conn: &mut Conn) -> Result<Next> {
    let (report, revision): (i64, i64) = sqlx::query_as(
        "select (select coalesce(max(id), 0) + 1 from report), (select coalesce(max(id), 0) + 1 from revision)",
    )
    .fetch_one(conn)
    .await?;
    Ok(Next { report, revision })
}

/// Makes the row of a report; `by` is the organisation that is expected to fill it.
pub(super) fn make(steps: &mut Steps, id: ReportId, key: &Key, by: Option<OrgId>) {
    steps
        .then(
            "insert into report (id, form_id, period, wave, about_id, by_kind, by_id, number)
             values (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id.0)
        .bind(key.form.clone())
        .bind(key.period.id())
        .bind(key.wave.clone())
        .bind(key.about.0)
        .bind(respondent_word(key.by))
        .bind(by.map(|org| org.0))
        .bind(key.number);
}

/// Moves the pointers of a report.
pub(super) fn point(steps: &mut Steps, report: ReportId, to: Pointers) {
    steps
        .then("update report set draft_id = ?, sent_id = ?, accepted_id = ? where id = ?")
        .bind(to.draft.map(|id| id.0))
        .bind(to.sent.map(|id| id.0))
        .bind(to.accepted.map(|id| id.0))
        .bind(report.0);
}

/// Writes an act down.
pub(super) fn add(steps: &mut Steps, id: RevisionId, new: &NewRevision<'_>) -> Result<()> {
    steps
        .then(
            "insert into revision (id, report_id, act, at, until, who, role, address, source, form_hash, batch_id,
                                   changes, answers, explanations, before)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id.0)
        .bind(new.report.0)
        .bind(new.act.word())
        .bind(new.at.as_millisecond())
        .bind(new.at.as_millisecond())
        .bind(new.actor.name().to_owned())
        .bind(new.actor.role().word())
        .bind(new.actor.address().to_owned())
        .bind(new.source.word())
        .bind(new.form_hash.to_owned())
        .bind(new.batch.map(|batch| batch.0))
        .bind(written(&new.changes)?)
        .bind(new.answers.map(written).transpose()?)
        .bind(written(new.explanations)?)
        .bind(written(&new.before)?);
    files::store::refer(steps, (id, new.report), (new.actor.name(), files::named(new)));
    Ok(())
}

/// Folds a later save into a draft: it is the draft's act now.
pub(super) fn fold(steps: &mut Steps, draft: RevisionId, later: &NewRevision<'_>) -> Result<()> {
    steps
        .then("update revision set until = ?, form_hash = ?, changes = ?, answers = ?, explanations = ? where id = ?")
        .bind(later.at.as_millisecond())
        .bind(later.form_hash.to_owned())
        .bind(written(&later.changes)?)
        .bind(later.answers.map(written).transpose()?)
        .bind(written(later.explanations)?)
        .bind(draft.0);
    let named = files::named(later);
    files::store::refer(steps, (draft, later.report), (later.actor.name(), named.clone()));
    files::store::keep_only(steps, draft, &named);
    Ok(())
}

/// Lets go of the whole answers of a draft that has been followed by something else; its changes stay.
pub(super) fn let_go(steps: &mut Steps, draft: RevisionId) {
    steps.then("update revision set answers = null where id = ? and act = 'save'").bind(draft.0);
}

/// An act with what it holds.
pub(super) async fn revision(conn: &mut Conn, id: RevisionId) -> Result<Revision> {
    let row: RevisionRow = sqlx::query_as("select revision.*, null as file_name from revision where id = $1")
        .bind(id.0)
        .fetch_one(conn)
        .await?;
    row.try_into()
}

/// What acts hold of their reports as a whole.
pub(super) async fn held(
    conn: &mut Conn,
    acts: impl IntoIterator<Item = RevisionId>,
) -> Result<HashMap<RevisionId, (Answers, Explanations)>> {
    let mut query = QueryBuilder::new("select id, answers, explanations from revision where id in (");
    let mut each = query.separated(", ");
    for act in acts {
        each.push_bind(act.0);
    }
    let rows: Vec<(i64, Option<String>, String)> = query.push(")").build_query_as().fetch_all(conn).await?;
    let mut held = HashMap::new();
    for (id, answers, explanations) in rows {
        let answers = answers.as_deref().map(document).transpose()?.unwrap_or_default();
        held.insert(RevisionId(id), (answers, document(&explanations)?));
    }
    Ok(held)
}

/// The acts of an import that was not taken back, in their order.
pub(super) async fn of_batch(conn: &mut Conn, batch: BatchId) -> Result<Vec<Revision>> {
    let rows: Vec<RevisionRow> = sqlx::query_as(
        "select revision.*, null as file_name from revision where batch_id = $1 and act = 'import' order by id",
    )
    .bind(batch.0)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Revision::try_from).collect()
}

/// What was done to a report, the last act first; at most so many acts.
pub(super) async fn deeds(conn: &mut Conn, report: ReportId, most: u32) -> Result<Vec<Deed>> {
    let rows: Vec<RevisionRow> = sqlx::query_as(
        "select revision.id, report_id, act, revision.at, until, revision.who, source, form_hash, batch_id, file_name,
                changes, null as answers, explanations, '{\"values\":[]}' as before
         from revision left join batch on batch.id = batch_id
         where report_id = $1 order by revision.id desc limit $2",
    )
    .bind(report.0)
    .bind(most)
    .fetch_all(&mut *conn)
    .await?;
    let mut doers = behalf::store::of_report(conn, report).await?;
    let mut deeds: Vec<Deed> = rows.into_iter().map(Deed::try_from).collect::<Result<_>>()?;
    for deed in &mut deeds {
        if let Some((doer, confirmed)) = doers.remove(&deed.revision) {
            (deed.doer, deed.confirmed) = (doer, confirmed);
        }
    }
    Ok(deeds)
}

/// What imports that were not taken back have changed since the draft of a report was begun, in their order.
pub(super) async fn imported_beside(conn: &mut Conn, report: ReportId) -> Result<Vec<Change>> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "select changes from revision join batch on batch.id = batch_id
         where report_id = $1 and act = 'import' and undone_at is null
           and revision.id > (select min(save.id) from revision as save
                              where save.report_id = $1 and save.act = 'save'
                                and save.id > (select coalesce(max(ended.id), 0) from revision as ended
                                               where ended.report_id = $1 and (ended.act = 'send'
                                                   or (ended.act = 'undo' and ended.batch_id is null))))
         order by revision.id",
    )
    .bind(report.0)
    .fetch_all(conn)
    .await?;
    let mut changes: Vec<Change> = Vec::new();
    for (some,) in rows {
        changes.extend(document::<Vec<Change>>(&some)?);
    }
    Ok(changes)
}

/// Every pointer, value and measure as text, in order: what taking an import back must restore.
#[cfg(test)]
pub(super) async fn dump(conn: &mut Conn) -> Vec<String> {
    let lines: Vec<(String,)> = sqlx::query_as(
        "select 'report ' || id || ' ' || coalesce(draft_id, '-') || ' ' || coalesce(sent_id, '-') || ' '
                || coalesce(accepted_id, '-') from report where coalesce(draft_id, sent_id, accepted_id) is not null
         union all
         select 'value ' || report_id || ' ' || path || ' ' || quote(number) || quote(code) || quote(text)
                || quote(missing) || ' ' || revision_id from value
         union all
         select 'measure ' || report_id || ' ' || form_hash || ' ' || indicator || ' ' || row || ' '
                || quote(numerator) || ' ' || quote(denominator) from measure
         order by 1",
    )
    .fetch_all(conn)
    .await
    .unwrap();
    lines.into_iter().map(|(line,)| line).collect()
}

type AboutRow = (String, String, String, Option<i64>, Option<i64>, Option<i64>);

/// The reports about an organisation that are not empty.
pub(super) async fn about(conn: &mut Conn, org: OrgId) -> Result<Vec<(String, Period, String, Pointers)>> {
    let rows: Vec<AboutRow> = sqlx::query_as(
        "select form_id, period, wave, draft_id, sent_id, accepted_id from report
         where about_id = $1 and coalesce(draft_id, sent_id, accepted_id) is not null",
    )
    .bind(org.0)
    .fetch_all(conn)
    .await?;
    let read = |(form, period, wave, draft, sent, accepted): AboutRow| {
        Some((form, Period::from_id(&period)?, wave, pointers(draft, sent, accepted)))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

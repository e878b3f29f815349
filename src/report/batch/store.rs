//! Imports in the data file.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use sqlx::QueryBuilder;

use super::actions::base;
use super::{Batch, BatchFile};
use crate::access::Scope;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::form::Answers;
use crate::ids::{BatchId, OrgId, ReportId, RevisionId};
use crate::org::store::seen;
use crate::period::Period;
use crate::report::store::{self as reports, Standing, ValueRow, document, moment, written};
use crate::report::{Act, Explanations, Key, Pointers, Source, figures, respondent_word};

/// Writes an import down, of somebody who sees a scope.
pub(super) async fn add(
    conn: &mut Conn,
    file: &BatchFile,
    (who, scope): (&str, &Scope),
    at: Timestamp,
) -> Result<BatchId> {
    let (id,): (i64,) = sqlx::query_as(
        "insert into batch (form_id, period, wave, file_name, file_hash, recipe, who, at, counts, root_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id",
    )
    .bind(&file.form)
    .bind(file.period.id())
    .bind(&file.wave)
    .bind(&file.file_name)
    .bind(&file.file_hash)
    .bind(&file.recipe)
    .bind(who)
    .bind(at.as_millisecond())
    .bind(written(&file.counts)?)
    .bind(scope.root().map(|root| root.0))
    .fetch_one(conn)
    .await?;
    Ok(BatchId(id))
}

/// Marks an import as taken back.
pub(super) async fn undone(conn: &mut Conn, batch: BatchId, who: &str, at: Timestamp) -> Result<()> {
    sqlx::query("update batch set undone_at = $2, undone_by = $3 where id = $1")
        .bind(batch.0)
        .bind(at.as_millisecond())
        .bind(who)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    form_id: String,
    period: String,
    wave: String,
    file_name: String,
    file_hash: String,
    recipe: String,
    who: String,
    at: i64,
    undone_at: Option<i64>,
    undone_by: Option<String>,
    counts: String,
}

impl TryFrom<Row> for Batch {
    type Error = Error;

    fn try_from(row: Row) -> Result<Batch> {
        let period = Period::from_id(&row.period);
        let file = BatchFile {
            form: row.form_id,
            period: period.ok_or_else(|| Error::Internal(format!("an import for {:?} is stored", row.period)))?,
            wave: row.wave,
            file_name: row.file_name,
            file_hash: row.file_hash,
            recipe: row.recipe,
            counts: document(&row.counts)?,
        };
        let undone = row.undone_at.map(moment).transpose()?.map(|at| (at, row.undone_by.unwrap_or_default()));
        Ok(Batch { id: BatchId(row.id), file, who: row.who, at: moment(row.at)?, undone })
    }
}

/// An import by its number, if the scope holds all that its maker saw.
pub(super) async fn find(conn: &mut Conn, scope: &Scope, batch: BatchId) -> Result<Option<Batch>> {
    let row: Option<Row> = sqlx::query_as(seen!(
        "select batch.* from batch where batch.id = $2 and ($1 is null or root_id in (select id from seen))"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(batch.0)
    .fetch_optional(conn)
    .await?;
    row.map(Batch::try_from).transpose()
}

/// All imports whose makers saw nothing outside the scope, the last first.
pub(super) async fn all(conn: &mut Conn, scope: &Scope) -> Result<Vec<Batch>> {
    let rows: Vec<Row> = sqlx::query_as(seen!(
        "select batch.* from batch where $1 is null or root_id in (select id from seen) order by batch.id desc"
    ))
    .bind(scope.root().map(|root| root.0))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Batch::try_from).collect()
}

/// The organisations on whose reports something was done after an import, other than imports that were taken back.
pub(super) async fn moved_on(conn: &mut Conn, batch: BatchId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "select distinct case when short_name = '' then name else short_name end
         from revision as ours join revision as later on later.report_id = ours.report_id and later.id > ours.id
              join report on report.id = ours.report_id join org on org.id = about_id
         where ours.batch_id = $1
           and coalesce(later.batch_id, 0) <> $1
           and not exists (select 1 from batch where batch.id = later.batch_id and undone_at is not null)
         order by 1",
    )
    .bind(batch.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Where a report stands whose key is known but for the organisation and period.
pub(super) struct Keyed {
    pub(super) report: ReportId,
    pub(super) about: OrgId,
    pub(super) pointers: Pointers,
    /// What made the draft.
    pub(super) draft_act: Option<Act>,
}

/// The reports of a form and period that an import can set: the first respondent's, number 1.
pub(super) async fn keyed(
    conn: &mut Conn,
    scope: &Scope,
    form: &crate::form::Form,
    at: (Period, &str),
    orgs: (OrgId, OrgId),
) -> Result<Vec<Keyed>> {
    type Row = (i64, i64, Option<i64>, Option<i64>, Option<i64>, Option<String>);
    let by = crate::report::Key::new(form, at.0, OrgId(0)).by;
    let rows: Vec<Row> = sqlx::query_as(seen!(
        "select report.id, about_id, draft_id, sent_id, accepted_id, draft.act
         from report join seen on seen.id = about_id left join revision as draft on draft.id = draft_id
         where form_id = $2 and period = $3 and wave = $4 and by_kind = $5 and number = 1
               and about_id between $6 and $7"
    ))
    .bind(scope.root().map(|root| root.0))
    .bind(&form.id)
    .bind(at.0.id())
    .bind(at.1)
    .bind(respondent_word(by))
    .bind(orgs.0.0)
    .bind(orgs.1.0)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(report, about, draft, sent, accepted, act)| Keyed {
            report: ReportId(report),
            about: OrgId(about),
            pointers: reports::pointers(draft, sent, accepted),
            draft_act: act.as_deref().and_then(Act::from_word),
        })
        .collect())
}

/// Where a report stands before an import into it.
pub(super) struct Stand {
    pub(super) report: Standing,
    /// What made the draft.
    pub(super) draft_act: Option<Act>,
    /// What the act holds that an import is merged into.
    pub(super) held: (Answers, Explanations),
    /// The values that count.
    pub(super) rows: BTreeMap<String, ValueRow>,
}

/// Where the reports of some organisations stand; `key` is any of theirs.
pub(super) async fn stands(conn: &mut Conn, key: &Key, orgs: &[OrgId]) -> Result<HashMap<OrgId, Stand>> {
    type Row = (i64, i64, Option<i64>, Option<i64>, Option<i64>, Option<String>);
    let mut query = QueryBuilder::new(
        "select report.id, about_id, draft_id, sent_id, accepted_id, draft.act
         from report left join revision as draft on draft.id = draft_id where form_id = ",
    );
    query.push_bind(&key.form).push(" and period = ").push_bind(key.period.id());
    query.push(" and wave = ").push_bind(&key.wave).push(" and by_kind = ").push_bind(respondent_word(key.by));
    query.push(" and number = ").push_bind(key.number).push(" and about_id in (");
    let mut each = query.separated(", ");
    for org in orgs {
        each.push_bind(org.0);
    }
    let rows: Vec<Row> = query.push(")").build_query_as().fetch_all(&mut *conn).await?;
    let stand = |(id, about, draft, sent, accepted, act): Row| {
        let report = Standing { id: ReportId(id), pointers: reports::pointers(draft, sent, accepted) };
        let draft_act = act.as_deref().and_then(Act::from_word);
        (OrgId(about), Stand { report, draft_act, held: Default::default(), rows: BTreeMap::new() })
    };
    let mut stands: HashMap<OrgId, Stand> = rows.into_iter().map(stand).collect();
    let based = |stand: &Stand| base(stand.report.pointers, stand.draft_act);
    let mut held = reports::held(conn, stands.values().filter_map(based)).await?;
    let counting = stands.values().filter(|stand| stand.report.pointers.counting().is_some());
    let counting: Vec<ReportId> = counting.map(|stand| stand.report.id).collect();
    let mut rows = figures::store::rows_of(conn, &counting).await?;
    for stand in stands.values_mut() {
        stand.held = based(stand).and_then(|base| held.remove(&base)).unwrap_or_default();
        stand.rows = rows.remove(&stand.report.id).unwrap_or_default();
    }
    Ok(stands)
}

/// The answers of many revisions at once, and where each came from: those that reports of a form and period point at.
pub(super) async fn answers(
    conn: &mut Conn,
    form: &str,
    at: (Period, &str),
    orgs: (OrgId, OrgId),
) -> Result<HashMap<RevisionId, (Source, Answers)>> {
    let rows: Vec<(i64, String, Option<String>)> = sqlx::query_as(
        "select revision.id, source, answers from report join revision on revision.id in (draft_id, sent_id, accepted_id)
         where form_id = $1 and period = $2 and wave = $3 and about_id between $4 and $5",
    )
    .bind(form)
    .bind(at.0.id())
    .bind(at.1)
    .bind(orgs.0.0)
    .bind(orgs.1.0)
    .fetch_all(conn)
    .await?;
    let mut answers = HashMap::new();
    for (id, source, document_text) in rows {
        let source = Source::from_word(&source).unwrap_or(Source::Page);
        answers.insert(RevisionId(id), (source, document(document_text.as_deref().unwrap_or("{}"))?));
    }
    Ok(answers)
}

/// Who set each counting value of the reports of a form and period. Each report is one row: of so many values every
/// one that SQLite hands over costs more than finding it. No path has a space in it.
pub(super) async fn setters(
    conn: &mut Conn,
    form: &str,
    at: (Period, &str),
    orgs: (OrgId, OrgId),
) -> Result<HashMap<ReportId, BTreeMap<String, Source>>> {
    let sources = sources(conn, form, at, orgs).await?;
    let rows: Vec<(i64, Option<String>)> = sqlx::query_as(
        "select id, (select string_agg(path || ' ' || cast(revision_id as text), ' ') from value where report_id = report.id)
         from report where form_id = $1 and period = $2 and wave = $3 and about_id between $4 and $5",
    )
    .bind(form)
    .bind(at.0.id())
    .bind(at.1)
    .bind(orgs.0.0)
    .bind(orgs.1.0)
    .fetch_all(conn)
    .await?;
    let mut setters = HashMap::new();
    for (report, list) in rows {
        let words: Vec<&str> = list.as_deref().unwrap_or_default().split(' ').collect();
        let source = |id: &str| sources.get(&id.parse().ok()?).copied();
        let each = words.chunks_exact(2).map(|pair| (pair[0].to_owned(), source(pair[1]).unwrap_or(Source::Page)));
        setters.insert(ReportId(report), each.collect());
    }
    Ok(setters)
}

/// Where the acts on the reports of a form and period came from.
async fn sources(
    conn: &mut Conn,
    form: &str,
    at: (Period, &str),
    orgs: (OrgId, OrgId),
) -> Result<HashMap<i64, Source>> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "select revision.id, source from report join revision on report_id = report.id
         where form_id = $1 and period = $2 and wave = $3 and about_id between $4 and $5",
    )
    .bind(form)
    .bind(at.0.id())
    .bind(at.1)
    .bind(orgs.0.0)
    .bind(orgs.1.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, source)| (id, Source::from_word(&source).unwrap_or(Source::Page))).collect())
}

/// Whose report it is, and for which period.
pub(super) async fn place(conn: &mut Conn, report: ReportId) -> Result<(Period, OrgId)> {
    let (period, about): (String, i64) =
        sqlx::query_as("select period, about_id from report where id = $1").bind(report.0).fetch_one(conn).await?;
    let known =
        Period::from_id(&period).ok_or_else(|| Error::Internal(format!("a report for {period:?} is stored")))?;
    Ok((known, OrgId(about)))
}

/// Where a report points.
pub(super) async fn pointers(conn: &mut Conn, report: ReportId) -> Result<Pointers> {
    let (draft, sent, accepted): (Option<i64>, Option<i64>, Option<i64>) =
        sqlx::query_as("select draft_id, sent_id, accepted_id from report where id = $1")
            .bind(report.0)
            .fetch_one(conn)
            .await?;
    Ok(reports::pointers(draft, sent, accepted))
}

//! The statement of a look.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Glance, Named, Shown, Sought};
use crate::access::{Role, Scope};
use crate::db::Conn;
use crate::error::Result;
use crate::form::Answers;
use crate::ids::{ReportId, RevisionId};
use crate::org;
use crate::report::store::{Next, Standing, document, known, moment, pointers};
use crate::report::version::{self, Version};
use crate::report::{Act, Doer, Last, Source, respondent_word};

/// The look at the organisation that `$condition` names; `$1` is the root of what may be seen.
macro_rules! glance {
    ($condition:literal) => {
        concat!(
            "with recursive up(id, parent_id) as (
                 select id, parent_id from org where ",
            $condition,
            " union select org.id, org.parent_id from org join up on org.id = up.parent_id)
             select v.hash, v.number, v.published_at, v.published_by,
                    org.id, org.code, org.name, org.short_name, org.type, org.parent_id, org.valid_from, org.valid_to,
                    report.id, report.draft_id, report.sent_id, report.accepted_id,
                    shown.id, shown.act, shown.at, shown.who, shown.source, shown.form_hash,
                    shown.answers, shown.explanations, shown.changes,
                    last.id, last.act, last.at, last.until, last.who, last.explanations,
                    report.draft_id is not null and exists (
                        select 1 from revision as beside where beside.report_id = report.id and beside.act = 'import'),
                    (select coalesce(max(id), 0) + 1 from report), (select coalesce(max(id), 0) + 1 from revision),
                    last.batch_id is not null,
                    exists (select 1 from org_successor where org.id in (org_id, successor_id)), org.reports, org.locality,
                    shown.role, last.role, (select account.name from account where account.login = last.who)
             from form_version as v
             left join org on ",
            $condition,
            " and ($1 is null or $1 in (select id from up))
             left join report on report.form_id = v.form_id and report.period = $4 and report.wave = $5
                  and report.about_id = org.id and report.by_kind = $6 and report.number = $7
             left join revision as shown
                  on shown.id = coalesce(report.draft_id, report.sent_id, report.accepted_id)
             left join revision as last
                  on last.id = (select max(every.id) from revision as every where every.report_id = report.id)
             where v.form_id = $3 order by v.number desc limit 1"
        )
    };
}

/// What a look finds.
pub(in crate::report) enum Seen {
    /// No form of this id is published.
    NoForm,
    /// There is no such organisation that may be seen.
    NoOrg,
    /// Both.
    All(Box<Glance>),
}

/// One look.
///
/// # Errors
/// [`Error::Data`] where the data file refuses; [`Error::Internal`] where something stored cannot be read.
pub(in crate::report) async fn at(conn: &mut Conn, scope: &Scope, sought: Sought<'_>) -> Result<Seen> {
    let query = match sought.org {
        Named::Id(id) => sqlx::query(glance!("org.id = $2")).bind(scope.root().map(|root| root.0)).bind(id.0),
        Named::Code(code) => sqlx::query(glance!("org.code = $2")).bind(scope.root().map(|root| root.0)).bind(code),
    };
    let row = query
        .bind(sought.form)
        .bind(sought.period.id())
        .bind(sought.wave)
        .bind(respondent_word(sought.by))
        .bind(sought.number)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(Seen::NoForm) };
    let form = version::store::form(conn, row.try_get(0)?).await?;
    let number = u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or_default();
    let version = Version { form, number, at: moment(row.try_get(2)?)?, who: row.try_get(3)? };
    version::store::remember(&version);
    let Some(org) = org::store::of_columns(&row, 4)? else { return Ok(Seen::NoOrg) };
    let (report, shown, last) = (standing(&row)?, shown(&row)?, last(&row)?);
    let next = Next { report: row.try_get(32)?, revision: row.try_get(33)? };
    let (imports_beside, has_kin) = (row.try_get(31)?, row.try_get(35)?);
    Ok(Seen::All(Box::new(Glance { version, org, has_kin, report, shown, last, imports_beside, next })))
}

fn standing(row: &SqliteRow) -> Result<Option<Standing>> {
    let Some(id) = row.try_get::<Option<i64>, _>(12)? else { return Ok(None) };
    let pointers = pointers(row.try_get(13)?, row.try_get(14)?, row.try_get(15)?);
    Ok(Some(Standing { id: ReportId(id), pointers }))
}

fn act(row: &SqliteRow, column: usize) -> Result<Act> {
    let word: &str = row.try_get(column)?;
    known(Act::from_word(word), word)
}

fn role(row: &SqliteRow, column: usize) -> Result<Option<Role>> {
    Ok(Role::from_word(row.try_get(column)?))
}

fn shown(row: &SqliteRow) -> Result<Option<Shown>> {
    let Some(id) = row.try_get::<Option<i64>, _>(16)? else { return Ok(None) };
    let source: &str = row.try_get(20)?;
    let answers = row.try_get::<Option<&str>, _>(22)?.map(document::<Answers>).transpose()?;
    Ok(Some(Shown {
        id: RevisionId(id),
        act: act(row, 17)?,
        at: moment(row.try_get(18)?)?,
        who: row.try_get(19)?,
        role: role(row, 38)?,
        source: known(Source::from_word(source), source)?,
        form_hash: row.try_get(21)?,
        answers: answers.unwrap_or_default(),
        explanations: document(row.try_get(23)?)?,
        changes: row.try_get(24)?,
    }))
}

fn last(row: &SqliteRow) -> Result<Option<Last>> {
    let Some(id) = row.try_get::<Option<i64>, _>(25)? else { return Ok(None) };
    Ok(Some(Last {
        revision: RevisionId(id),
        act: act(row, 26)?,
        of_batch: row.try_get(34)?,
        at: moment(row.try_get(27)?)?,
        until: moment(row.try_get(28)?)?,
        doer: Doer { login: row.try_get(29)?, name: row.try_get(40)?, role: role(row, 39)? },
        explanations: document(row.try_get(30)?)?,
    }))
}

//! Drafts of forms in the data file.

use jiff::Timestamp;

use super::Draft;
use crate::db::Conn;
use crate::error::Result;
use crate::report::store::moment;

type Row = (String, String, i64, String);

fn draft((form, source, at, who): Row) -> Result<Draft> {
    Ok(Draft { form, source, at: moment(at)?, who })
}

/// The draft of a form.
///
/// # Errors
/// [`crate::error::Error::Data`] where the data file refuses.
pub(super) async fn find(conn: &mut Conn, form: &str) -> Result<Option<Draft>> {
    let row: Option<Row> = sqlx::query_as("select form_id, source, at, who from form_draft where form_id = $1")
        .bind(form)
        .fetch_optional(conn)
        .await?;
    row.map(draft).transpose()
}

/// All drafts, by the forms' ids.
///
/// # Errors
/// As [`find`].
pub(super) async fn all(conn: &mut Conn) -> Result<Vec<Draft>> {
    let rows: Vec<Row> =
        sqlx::query_as("select form_id, source, at, who from form_draft order by form_id").fetch_all(conn).await?;
    rows.into_iter().map(draft).collect()
}

/// Keeps a text as the draft of a form.
///
/// # Errors
/// As [`find`].
pub(super) async fn keep(conn: &mut Conn, form: &str, source: &str, (who, at): (&str, Timestamp)) -> Result<()> {
    sqlx::query(
        "insert into form_draft (form_id, source, at, who) values ($1, $2, $3, $4)
         on conflict (form_id) do update set source = excluded.source, at = excluded.at, who = excluded.who",
    )
    .bind(form)
    .bind(source)
    .bind(at.as_millisecond())
    .bind(who)
    .execute(conn)
    .await?;
    Ok(())
}

/// Throws the draft of a form away.
///
/// # Errors
/// As [`find`].
pub(super) async fn forget(conn: &mut Conn, form: &str) -> Result<()> {
    sqlx::query("delete from form_draft where form_id = $1").bind(form).execute(conn).await?;
    Ok(())
}

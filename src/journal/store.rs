//! The journal in the data file.

use jiff::Timestamp;
use sqlx::FromRow;

use super::{Asked, Deed, Entry};
use crate::access::{Actor, Role};
use crate::db::Conn;
use crate::error::{Error, Result};

/// Writes a deed down, in the transaction that does it.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn note(conn: &mut Conn, actor: &Actor, deed: Deed, about: &str) -> Result<()> {
    sqlx::query("insert into journal (at, who, role, address, deed, about) values ($1, $2, $3, $4, $5, $6)")
        .bind(Timestamp::now().as_millisecond())
        .bind(actor.name())
        .bind(actor.role().word())
        .bind(actor.address())
        .bind(deed.word())
        .bind(about)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    at: i64,
    who: String,
    name: Option<String>,
    role: String,
    address: String,
    deed: String,
    about: String,
}

impl TryFrom<Row> for Entry {
    type Error = Error;

    fn try_from(row: Row) -> Result<Entry> {
        let unreadable = || Error::Internal(format!("the journal: {:?} at {} is stored", row.deed, row.at));
        Ok(Entry {
            at: Timestamp::from_millisecond(row.at).map_err(|_| unreadable())?,
            deed: Deed::from_word(&row.deed).ok_or_else(unreadable)?,
            role: Role::from_word(&row.role),
            who: row.who,
            name: row.name,
            address: row.address,
            about: row.about,
        })
    }
}

/// What each half of the journal is asked: who, from when, before when, how many.
macro_rules! asked {
    ($at:literal, $who:literal) => {
        concat!(
            " ($1 is null or ",
            $who,
            " = $1) and ($2 is null or ",
            $at,
            " >= $2) and ($3 is null or ",
            $at,
            " < $3)"
        )
    };
}

/// The last lines first, at most so many: what is written here, and what was done to reports.
pub(super) async fn lines(conn: &mut Conn, asked: &Asked, most: u32) -> Result<Vec<Entry>> {
    let here = concat!(
        "select journal.at, journal.who, account.name, journal.role, journal.address, deed, about
         from journal left join account on account.login = journal.who where",
        asked!("journal.at", "journal.who"),
        " order by journal.id desc limit $4"
    );
    let reports = concat!(
        "select revision.until as at, revision.who, account.name, revision.role, revision.address,
                'report-' || act as deed, form_id || ', ' || period || ', ' || org.code as about
         from revision join report on report.id = report_id join org on org.id = about_id
              left join account on account.login = revision.who where",
        asked!("revision.until", "revision.who"),
        " order by revision.id desc limit $4"
    );
    let mut entries: Vec<Entry> = Vec::new();
    for statement in [here, reports] {
        let rows: Vec<Row> = sqlx::query_as(statement)
            .bind(&asked.who)
            .bind(asked.from.map(Timestamp::as_millisecond))
            .bind(asked.before.map(Timestamp::as_millisecond))
            .bind(most)
            .fetch_all(&mut *conn)
            .await?;
        for row in rows {
            entries.push(row.try_into()?);
        }
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries.truncate(most as usize);
    Ok(entries)
}

//! What a check of a copy reads: SQLite's own word and the version of the data file.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use crate::db;
use crate::error::Result;

/// Opens a copy and says what is wrong with it; nothing if it is sound.
///
/// # Errors
/// [`crate::error::Error::Data`] where it cannot be opened or read at all.
pub(super) async fn faults(copy: &Path) -> Result<Vec<String>> {
    let mut conn = SqliteConnectOptions::new().filename(copy).read_only(true).immutable(true).connect().await?;
    let faults = found(&mut conn).await;
    conn.close().await?;
    faults
}

async fn found(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    let mut faults: Vec<String> = sqlx::query_scalar("pragma integrity_check(3)").fetch_all(&mut *conn).await?;
    faults.retain(|said| said != "ok");
    let dangling: Vec<(String, Option<i64>, String, i64)> =
        sqlx::query_as("pragma foreign_key_check").fetch_all(&mut *conn).await?;
    faults.extend(dangling.into_iter().take(3).map(|(table, _, parent, _)| format!("{table} → {parent}")));
    let version: Option<i64> = sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(conn).await?;
    if version != Some(db::VERSION) {
        faults.push(format!("version {}", version.unwrap_or(0)));
    }
    Ok(faults)
}

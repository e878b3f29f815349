//! What people may do with the journal: read it. Actions of others write it.

use super::{Asked, Deed, Entry, store};
use crate::access::{Actor, Right};
use crate::db::Db;
use crate::error::{Error, Result};

/// The lines that were asked for, the last first, at most so many.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn lines(db: &Db, actor: &Actor, asked: &Asked, most: u32) -> Result<Vec<Entry>> {
    actor.need(Right::Journal)?;
    store::lines(&mut *db.read().await?, asked, most).await
}

/// Writes down that answers were taken out of the system. A data file that takes no changes still lets people read, so
/// that this is then only logged.
///
/// # Errors
/// [`Error::Data`] where the data file refuses for another reason.
pub async fn taken(db: &Db, actor: &Actor, deed: Deed, about: &str) -> Result<()> {
    let written = async {
        let mut tx = db.write().await?;
        store::note(&mut tx, actor, deed, about).await?;
        tx.commit().await
    };
    match written.await {
        Err(Error::Data(words)) if matches!(words.key(), "db.read-only" | "db.full") => {
            tracing::warn!(deed = deed.word(), "taken out while the data file takes no changes");
            Ok(())
        }
        written => written,
    }
}

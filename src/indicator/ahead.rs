//! Reading ahead: the next piece of a territory is read while the last one is worked on.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::reading::{Contribution, Reading};
use crate::db::Db;
use crate::error::{Error, Result};

/// What every organisation of a territory contributes, piece by piece, in the order of the tree.
#[derive(Debug)]
pub struct Ahead {
    pieces: mpsc::Receiver<Result<Vec<Contribution>>>,
    reader: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Begins to read; everything is seen as it is at this moment.
    ///
    /// # Errors
    /// [`Error::Data`] where the data file refuses.
    pub async fn start(db: &Db, reading: &Arc<Reading>) -> Result<Ahead> {
        let (mut read, reading) = (db.read().await?, reading.clone());
        // One piece is worked on, one is ready, one is read: more would only take memory.
        let (give, pieces) = mpsc::channel(1);
        let reader = tokio::spawn(async move {
            for piece in reading.pieces() {
                let read = reading.contributions(&mut read, piece).await;
                let failed = read.is_err();
                // Who has gone away meanwhile needs no more.
                if give.send(read).await.is_err() || failed {
                    return;
                }
            }
        });
        Ok(Ahead { pieces, reader: Some(reader) })
    }

    /// The next piece; nothing when all were given.
    ///
    /// # Errors
    /// [`Error::Data`] where the data file refuses; [`Error::Internal`] where reading broke off.
    pub async fn next(&mut self) -> Result<Option<Vec<Contribution>>> {
        if let Some(piece) = self.pieces.recv().await {
            return piece.map(Some);
        }
        match self.reader.take() {
            Some(reader) => {
                reader.await.map(|()| None).map_err(|why| Error::Internal(format!("reading figures: {why}")))
            }
            None => Ok(None),
        }
    }
}

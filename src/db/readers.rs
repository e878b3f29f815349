//! The readers: a few connections that are taken and given back without a word to the file.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::{Conn, Options, close, connect, run, start};
use crate::error::{Error, Result};
use crate::lang::Words;

/// One connection that reads.
#[derive(Debug)]
struct Reader {
    conn: Conn,
    /// Whether a transaction was begun on it.
    begun: bool,
}

/// The connections that read. Cloning shares them.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    /// As many permits as there are connections: who holds one finds a connection that is free.
    free: Arc<Semaphore>,
    all: Arc<[Arc<Mutex<Reader>>]>,
    patience: Duration,
    /// What the connections were opened with.
    pub(super) options: Arc<Options>,
}

/// A reader of the data file; it takes no lock that a writer would wait for.
#[derive(Debug)]
pub struct Read {
    reader: OwnedMutexGuard<Reader>,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) async fn open(options: Options, count: u32, patience: Duration) -> Result<Readers> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(Arc::new(Mutex::new(Reader { conn: connect(&options).await?, begun: false })));
        }
        Ok(Readers { free: Arc::new(Semaphore::new(all.len())), all: all.into(), patience, options: Arc::new(options) })
    }

    /// A reader without a transaction: each statement sees the file as it is when the statement begins.
    pub(super) async fn look(&self) -> Result<Read> {
        let permit = tokio::time::timeout(self.patience, self.free.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| Error::Data(Words::new("db.busy")))?;
        let permit = permit.map_err(|_| Error::Internal("the data file was closed".to_owned()))?;
        // The first that is free: a few readers that are busy keep what they have read at hand.
        let free = self.all.iter().find_map(|reader| reader.clone().try_lock_owned().ok());
        let reader = free.ok_or_else(|| Error::Internal("a permit without a reader".to_owned()))?;
        Ok(Read { reader, _permit: permit })
    }

    /// A reader whose statements all see the file at one moment.
    pub(super) async fn read(&self) -> Result<Read> {
        let mut read = self.look().await?;
        read.reader.begun = true;
        run(&mut read.reader.conn, "begin").await?;
        Ok(read)
    }

    /// Closes the connections when those who read are done.
    pub(super) async fn close(&self) -> Result<()> {
        let all = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let Ok(_permits) = self.free.acquire_many(all).await else { return Ok(()) };
        self.free.close();
        for reader in self.all.iter() {
            let nothing = connect(&Options::new().in_memory(true)).await?;
            close(std::mem::replace(&mut reader.lock().await.conn, nothing)).await?;
        }
        Ok(())
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        if std::mem::take(&mut self.reader.begun) {
            start(&mut self.reader.conn, "rollback");
        }
    }
}

impl Deref for Read {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.reader.conn
    }
}

impl DerefMut for Read {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.reader.conn
    }
}

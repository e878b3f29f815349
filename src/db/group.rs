//! The writer, shared: changes that are ready at the same moment are made to last by one `COMMIT`.
//!
//! Making a change last costs a wait for the disk; the change itself costs far less. So a writing transaction is a
//! *member* of a *group*: a savepoint inside the group's transaction. A member that is done lets the next one in and
//! waits; the group's `COMMIT` answers all of them.
//!
//! A group needs no timer and no limit. Everybody who writes waits in one fair queue. The first member that is done
//! joins the end of that queue on behalf of its group, and commits when its turn comes: the group is whoever was
//! waiting before. With nobody waiting the turn comes at once, so that a lone writer waits for nothing.
//!
//! Invariant: a member is answered `Ok` only after the group's `COMMIT` with its changes has returned.
//! Invariant: only who holds the turn touches the connection or the fields of [`Writer`].
//! Invariant: where `members` is not empty, a task that will commit them stands in the queue. It is a task of its own,
//! not the caller's, so that no caller who goes away can take it along.
//! Invariant: statements that move the transaction (`begin`, `release`, `rollback to`, `commit`) run in tasks of their
//! own, from beginning to end. A caller who goes away meanwhile gets its [`Write`] dropped, whole.
//! Invariant: a member that is dropped takes back its own savepoint only. If others wait for their `COMMIT`, the next
//! turn does it first; if nobody does, the whole transaction is rolled back on the spot.
//! Invariant: a member sees what members before it did. If those are lost, so is it, because there is one `COMMIT`.
//! Therefore whoever answers a person from what a member has read must commit, even where nothing was written.
//! SQLite may roll back a whole transaction by itself (a full disk). Then `release` or `rollback to` finds no savepoint,
//! and all members get the error.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::{Conn, Options, connect, run, start};
use crate::error::{Error, Result};
use crate::lang::Words;

/// The one connection that writes, and what is under way on it.
#[derive(Debug)]
pub(super) struct Writer {
    conn: Conn,
    options: Options,
    /// Whether `begin immediate` was done and neither `commit` nor `rollback` yet.
    open: bool,
    /// Whether a member went away and left its savepoint.
    abandoned: bool,
    /// Whether the data file was closed.
    closed: bool,
    /// Those who are done and wait for the `COMMIT`.
    members: Vec<oneshot::Sender<Result<()>>>,
}

/// A turn at the writer.
pub(super) type Turn = OwnedMutexGuard<Writer>;

/// The fair queue before the writer. Cloning shares it.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    writer: Arc<Mutex<Writer>>,
    patience: Duration,
    waiting: Arc<AtomicU64>,
}

/// Somebody who waits for a turn, counted while it lives.
struct Waits<'a>(&'a AtomicU64);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A writing transaction. Dropped without [`Write::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Write {
    turn: Turn,
    queue: Queue,
    alone: bool,
    done: bool,
}

impl Queue {
    pub(super) async fn open(options: Options, patience: Duration) -> Result<Queue> {
        let (conn, members) = (connect(&options).await?, Vec::new());
        let options = options.create_if_missing(false);
        let writer = Writer { conn, options, open: false, abandoned: false, closed: false, members };
        Ok(Queue { writer: Arc::new(Mutex::new(writer)), patience, waiting: Arc::default() })
    }

    /// A transaction: a member of the open group or the first of a new one; alone, one that shares its `COMMIT` with
    /// nobody.
    pub(super) async fn write(&self, alone: bool) -> Result<Write> {
        let (turn, queue) = (self.turn().await?, self.clone());
        if turn.open && !turn.abandoned && !alone {
            return Ok(Write::member(turn, queue));
        }
        ended(tokio::spawn(Write::begin(turn, queue, alone)).await)?
    }

    /// The writer outside any transaction.
    pub(super) async fn idle(&self) -> Result<Turn> {
        let mut turn = self.turn().await?;
        let closed = async move {
            turn.finish_group().await;
            turn
        };
        ended(tokio::spawn(closed).await)
    }

    /// Closes the connection when everybody who waits has had a turn.
    pub(super) async fn close(&self) -> Result<()> {
        let mut turn = self.idle().await?;
        let nothing = connect(&Options::new().in_memory(true)).await?;
        turn.closed = true;
        super::close(std::mem::replace(&mut turn.conn, nothing)).await
    }

    /// How many wait at this moment to begin a change.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    async fn turn(&self) -> Result<Turn> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waits = Waits(&self.waiting);
        let turn = tokio::time::timeout(self.patience, self.writer.clone().lock_owned()).await;
        let turn = turn.map_err(|_| Error::Data(Words::new("db.busy")))?;
        if turn.closed { Err(Error::Internal("the data file was closed".to_owned())) } else { Ok(turn) }
    }
}

impl Write {
    async fn begin(mut turn: Turn, queue: Queue, alone: bool) -> Result<Write> {
        turn.settle().await;
        if alone {
            turn.finish_group().await;
        }
        if !turn.open {
            turn.begin().await?;
        }
        Ok(if alone { Write { turn, queue, alone, done: false } } else { Write::member(turn, queue) })
    }

    /// The savepoint is not waited for: it is set before everything that comes later, and without it `release member`
    /// finds none.
    fn member(mut turn: Turn, queue: Queue) -> Write {
        start(&mut turn.conn, "savepoint member");
        Write { turn, queue, alone: false, done: false }
    }

    /// Makes the changes last: when this returns, they survive a power cut.
    ///
    /// Whoever answers a person from what this transaction has read commits too, even if nothing was written: it may
    /// have seen changes of another transaction that are waiting for the disk.
    ///
    /// # Errors
    /// [`Error::Data`] where the disk refuses; nothing has changed then.
    pub async fn commit(self) -> Result<()> {
        let (tell, told) = oneshot::channel();
        tokio::spawn(self.finish(tell));
        told.await.map_err(|_| Error::Internal("the program stopped before the commit".to_owned()))?
    }

    async fn finish(mut self, tell: oneshot::Sender<Result<()>>) {
        if self.alone {
            self.done = true;
            self.turn.members.push(tell);
            return self.turn.finish_group().await;
        }
        if let Err(why) = self.turn.run("release member").await {
            drop(self);
            return drop(tell.send(Err(why)));
        }
        self.done = true;
        self.turn.members.push(tell);
        let first = self.turn.members.len() == 1;
        let writer = self.queue.writer.clone();
        drop(self);
        if first {
            writer.lock().await.finish_group().await;
        }
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        if self.turn.members.is_empty() {
            self.turn.start_rollback();
        } else {
            self.turn.abandoned = true;
        }
    }
}

impl Deref for Write {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.turn.conn
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.turn.conn
    }
}

impl Writer {
    /// The connection, where no transaction is open on it.
    pub(super) fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    async fn run(&mut self, statement: &'static str) -> Result<()> {
        run(&mut self.conn, statement).await
    }

    /// Begins the group's transaction. A connection that is in no state to do so is replaced; only a busy file is not
    /// the connection's fault.
    async fn begin(&mut self) -> Result<()> {
        if let Err(why) = self.run("begin immediate").await {
            if matches!(&why, Error::Data(words) if *words == Words::new("db.busy")) {
                return Err(why);
            }
            self.conn = connect(&self.options).await?;
            self.run("begin immediate").await?;
        }
        self.open = true;
        Ok(())
    }

    /// Takes back what a member left that went away.
    async fn settle(&mut self) {
        if std::mem::take(&mut self.abandoned)
            && let Err(why) = self.run("rollback to member").await
        {
            self.fail(&why).await;
        }
    }

    /// Commits the open group, if there is one, and answers its members.
    async fn finish_group(&mut self) {
        self.settle().await;
        if !self.open {
            return;
        }
        match self.run("commit").await {
            Err(why) => self.fail(&why).await,
            Ok(()) => {
                self.open = false;
                // Who has gone away meanwhile needs no answer.
                self.members.drain(..).for_each(|member| drop(member.send(Ok(()))));
            }
        }
    }

    /// Rolls everything back and tells all members why.
    async fn fail(&mut self, why: &Error) {
        self.open = false;
        // Where SQLite has rolled back by itself, there is nothing left to roll back.
        drop(self.run("rollback").await);
        self.members.drain(..).for_each(|member| drop(member.send(Err(again(why)))));
    }

    /// Rolls everything back without waiting.
    fn start_rollback(&mut self) {
        self.open = false;
        start(&mut self.conn, "rollback");
    }
}

/// The same error for another member.
fn again(why: &Error) -> Error {
    match why {
        Error::Data(words) => Error::Data(words.clone()),
        other => Error::Internal(other.to_string()),
    }
}

fn ended<T>(task: std::result::Result<T, tokio::task::JoinError>) -> Result<T> {
    task.map_err(|why| Error::Internal(format!("a step of the writer: {why}")))
}

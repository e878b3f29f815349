//! The data file: one writer, several readers, migrations, and what SQLite's refusals mean in words.

mod group;
mod readers;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions as Options, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Connection, Encode, SqlSafeStr, Sqlite, Type};

use crate::error::{Error, Result};
use crate::lang::Words;

pub use group::Write;
pub use readers::Read;

/// What the files `store.rs` run their statements on.
pub type Conn = sqlx::SqliteConnection;

/// The name of the data file in its folder.
pub const FILE: &str = "svod.db";

/// The version of the data file that this program reads and writes: the number of its last migration.
pub const VERSION: i64 = 10;

/// How long a change waits for another one to finish before it gives up with a clear word.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many pages and commands read at the same moment.
const READERS: u32 = 4;

/// The open data file. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Db {
    writer: group::Queue,
    readers: readers::Readers,
}

impl Db {
    /// Opens `svod.db` in the folder, making both if they are absent and bringing an older data file up to date.
    ///
    /// # Errors
    /// [`Error::File`] where the folder cannot be made; [`Error::Data`] where the file is busy, read-only, damaged,
    /// not a data file, or was written by a newer program.
    pub async fn open(dir: &Path) -> Result<Db> {
        Db::open_waiting(dir, PATIENCE).await
    }

    /// As [`Db::open`], with another patience for the writer.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_waiting(dir: &Path, patience: Duration) -> Result<Db> {
        std::fs::create_dir_all(dir).map_err(|source| Error::File { path: dir.display().to_string(), source })?;
        let _alone = alone(dir.join("svod.lock"), patience).await?;
        let options = options(&dir.join(FILE), patience);
        let writer = group::Queue::open(options.clone(), patience).await?;
        migrator().run(writer.idle().await?.conn()).await?;
        let readers = readers::Readers::open(reading(options), READERS, patience).await?;
        Ok(Db { writer, readers })
    }

    /// A consistent view for reading.
    ///
    /// # Errors
    /// [`Error::Data`] where all readers are taken for too long.
    pub async fn read(&self) -> Result<Read> {
        self.readers.read().await
    }

    /// A reader for one statement, which sees the file at one moment anyway. Of several each sees a later moment.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn look(&self) -> Result<Read> {
        self.readers.look().await
    }

    /// A short writing transaction; it waits for the one before it, and shares one wait for the disk with others that
    /// are ready at the same moment. It begins at once (`begin immediate`), because a reader that becomes a writer
    /// later is refused by SQLite whenever anybody else has written in between.
    ///
    /// # Errors
    /// [`Error::Data`] where the writer is busy for longer than the patience, or the file refuses writing.
    pub async fn write(&self) -> Result<Write> {
        self.writer.write(false).await
    }

    /// A writing transaction that may take long: it keeps nobody waiting for an answer who was done before it began,
    /// and shares its fate with nobody.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_alone(&self) -> Result<Write> {
        self.writer.write(true).await
    }

    /// Whether the data file takes changes. SQLite opens a file that it may not write for reading, without a word.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn writable(&self) -> Result<()> {
        let mut writer = self.write().await?;
        sqlx::query("delete from form_version where false").execute(&mut *writer).await?;
        Ok(())
    }

    /// Whether the data file answers a look into it.
    ///
    /// # Errors
    /// [`Error::Data`] where it cannot be read, or all readers are taken for too long.
    pub async fn answers(&self) -> Result<()> {
        sqlx::query("select 1 from form_version limit 1").fetch_optional(&mut *self.look().await?).await?;
        Ok(())
    }

    /// How many wait at this moment to begin a change.
    pub fn waiting(&self) -> u64 {
        self.writer.waiting()
    }

    /// Writes a whole, consistent copy of the data file while work goes on; the copy must not be there yet.
    ///
    /// # Errors
    /// [`Error::Data`] where the copy cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        // A reader of its own: it takes no lock that a writer would wait for, and no reader from the pages.
        let mut conn = connect(&(*self.readers.options).clone().disable_statement_logging()).await?;
        sqlx::query("vacuum into $1").bind(to.display().to_string()).execute(&mut conn).await?;
        close(conn).await
    }

    /// Where the data file is.
    pub fn file(&self) -> PathBuf {
        self.readers.options.get_filename().to_owned()
    }

    /// Leaves the data file of a folder in one piece, with nothing beside it, if no other program has it open.
    ///
    /// # Errors
    /// [`Error::Data`] where another program has it open, or where it cannot be opened.
    pub async fn close_alone(dir: &Path) -> Result<()> {
        let options = options(&dir.join(FILE), Duration::from_millis(200)).create_if_missing(false);
        let single = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        let mut conn = single.acquire().await?;
        let left: (String,) = sqlx::query_as("pragma journal_mode = delete").fetch_one(&mut *conn).await?;
        drop(conn);
        single.close().await;
        if left.0 == "delete" { Ok(()) } else { Err(Error::Data(Words::new("db.busy"))) }
    }

    /// Closes the data file; everything acknowledged is on the disk already.
    pub async fn close(self) {
        for closed in [self.readers.close().await, self.writer.close().await] {
            if let Err(why) = closed {
                tracing::warn!(%why, "the data file was not closed in order");
            }
        }
    }
}

/// Several statements as one step: sent to the connection's thread together and run one after the other, because going
/// there and back costs more than most statements do. Each has `?` for its values in their order. The first that fails
/// ends them; the transaction around them is for dropping then.
#[derive(Debug, Default)]
pub struct Steps {
    sql: String,
    values: SqliteArguments,
    refused: Option<String>,
}

impl Steps {
    /// One more statement; its values are bound right after it.
    pub fn then(&mut self, statement: &str) -> &mut Steps {
        if !self.sql.is_empty() {
            self.sql.push_str(";\n");
        }
        self.more(statement)
    }

    /// More of the last statement.
    pub fn more(&mut self, text: &str) -> &mut Steps {
        self.sql.push_str(text);
        self
    }

    /// The value of the next `?`.
    pub fn bind<T: Encode<'static, Sqlite> + Type<Sqlite>>(&mut self, value: T) -> &mut Steps {
        if let Err(why) = self.values.add(value) {
            self.refused = Some(why.to_string());
        }
        self
    }

    /// Runs all of them.
    ///
    /// # Errors
    /// What the first that fails says.
    pub async fn run(self, conn: &mut Conn) -> Result<()> {
        if self.sql.is_empty() {
            return Ok(());
        }
        self.rows(conn).await.map(drop)
    }

    /// Runs all of them; the rows are those of the statements that have any.
    ///
    /// # Errors
    /// As [`Steps::run`].
    pub async fn rows(self, conn: &mut Conn) -> Result<Vec<SqliteRow>> {
        if let Some(why) = self.refused {
            return Err(Error::Internal(why));
        }
        Ok(sqlx::query_with(AssertSqlSafe(self.sql), self.values).fetch_all(conn).await?)
    }
}

/// Sends a statement on its way without waiting for it: polled once, it is before everything that comes later in the
/// queue of the connection's thread.
fn start(conn: &mut Conn, statement: &'static str) {
    let running = std::pin::pin!(sqlx::query(statement).execute(conn));
    drop(running.poll(&mut Context::from_waker(Waker::noop())));
}

async fn connect(options: &Options) -> Result<Conn> {
    Ok(options.connect().await?)
}

async fn close(conn: Conn) -> Result<()> {
    Ok(conn.close().await?)
}

/// Runs a statement that takes nothing and gives nothing.
async fn run(conn: &mut Conn, statement: &'static str) -> Result<()> {
    sqlx::query(statement).execute(conn).await?;
    Ok(())
}

fn options(file: &Path, patience: Duration) -> Options {
    Options::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(patience)
        .foreign_keys(true)
        .pragma("temp_store", "memory")
        .statement_cache_capacity(256)
        .optimize_on_close(true, None)
}

/// The same for readers. Rows are handed over many at a time: those of a territory are millions.
fn reading(options: Options) -> Options {
    options.read_only(true).optimize_on_close(false, None).row_buffer_size(500)
}

fn migrator() -> Migrator {
    let steps = [
        (1, "init", include_str!("../migrations/0001_init.sql")),
        (2, "forms", include_str!("../migrations/0002_forms.sql")),
        (3, "files", include_str!("../migrations/0003_files.sql")),
        (4, "accounts", include_str!("../migrations/0004_accounts.sql")),
        (5, "orgs", include_str!("../migrations/0005_orgs.sql")),
        (6, "tokens", include_str!("../migrations/0006_tokens.sql")),
        (7, "links", include_str!("../migrations/0007_links.sql")),
        (8, "behalf", include_str!("../migrations/0008_behalf.sql")),
        (9, "journal", include_str!("../migrations/0009_journal.sql")),
        (10, "second", include_str!("../migrations/0010_second.sql")),
    ];
    let each = steps.into_iter().map(|(version, name, text)| {
        Migration::new(version, name.into(), MigrationType::Simple, text.into_sql_str(), false)
    });
    Migrator::with_migrations(each.collect())
}

/// Keeps two programs that start at the same moment from migrating the same file; held until dropped.
async fn alone(path: PathBuf, patience: Duration) -> Result<File> {
    let named = |source| Error::File { path: path.display().to_string(), source };
    let file = File::create(&path).map_err(named)?;
    let until = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(source)) => return Err(named(source)),
            Err(TryLockError::WouldBlock) if Instant::now() > until => return Err(Error::Data(Words::new("db.busy"))),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// SQLite's refusal when the memory that connections share has no room on the disk to grow.
const NO_ROOM_TO_SHARE: i32 = 10 | (19 << 8);

/// SQLite's refusal to take away what something else refers to.
const REFERENCED: i32 = 19 | (3 << 8);

/// What the result codes mean that people can do something about; most by their primary code.
fn refusal(code: i32) -> Option<Words> {
    if code == NO_ROOM_TO_SHARE {
        return Some(Words::new("db.full"));
    }
    if code == REFERENCED {
        return Some(Words::new("db.referenced"));
    }
    Some(match code & 0xff {
        5 | 6 | 15 => Words::new("db.busy"),
        8 => Words::new("db.read-only"),
        10 => Words::new("db.disk"),
        11 => Words::new("db.damaged"),
        13 => Words::new("db.full"),
        14 => Words::new("db.no-open"),
        26 => Words::new("db.not-ours"),
        _ => return None,
    })
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<i32>().ok());
        let words = match &error {
            sqlx::Error::PoolTimedOut => Some(Words::new("db.busy")),
            _ => code.and_then(refusal),
        };
        words.map_or_else(|| Error::Internal(error.to_string()), Error::Data)
    }
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Error {
        match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => Error::Data(Words::new("db.newer")),
            MigrateError::VersionMismatch(_) => Error::Data(Words::new("db.other-build")),
            MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => Error::from(inner),
            other => Error::Internal(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    fn said<T>(result: Result<T>) -> String {
        match result {
            Err(Error::Data(words)) => words.say(Lang::Ru),
            Err(other) => other.to_string(),
            Ok(_) => "ok".to_owned(),
        }
    }

    const SHORT: Duration = Duration::from_millis(150);

    #[tokio::test]
    async fn a_busy_writer_is_named_and_readers_go_on() {
        let dir = tempfile::tempdir().unwrap();
        let (server, command) =
            (Db::open(dir.path()).await.unwrap(), Db::open_waiting(dir.path(), SHORT).await.unwrap());
        let writing = server.write().await.unwrap();
        assert_eq!(said(command.write().await), Lang::Ru.t("db.busy"));
        assert!(command.read().await.is_ok());
        assert!(Db::open_waiting(dir.path(), SHORT).await.is_ok(), "a current file opens beside a writer");
        drop(writing);
        assert!(command.write().await.is_ok());
    }

    #[tokio::test]
    async fn a_file_of_a_newer_program_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(dir.path()).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                     values (99, 'later', true, x'00', 0)";
        sqlx::query(later).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        assert_eq!(said(Db::open(dir.path()).await), Lang::Ru.t("db.newer"));
    }

    #[tokio::test]
    async fn files_that_are_not_ours_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), "это не база данных, а заметка".repeat(100)).unwrap();
        assert_eq!(said(Db::open(dir.path()).await), Lang::Ru.t("db.not-ours"));
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(FILE)).unwrap();
        assert_eq!(said(Db::open(folder.path()).await), Lang::Ru.t("db.no-open"));
    }

    #[tokio::test]
    async fn a_full_disk_and_a_read_only_file_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(dir.path()).await.unwrap();
        let insert = "insert into form_version (hash, form_id, number, title, source, published_at, published_by)
                      values ('h', 'f', 1, 't', zeroblob(9000000), 0, 'x')";
        let mut read = db.read().await.unwrap();
        let refused = sqlx::query(insert).execute(&mut *read).await.map_err(Error::from);
        assert_eq!(said(refused), Lang::Ru.t("db.read-only"));
        let mut tx = db.write().await.unwrap();
        sqlx::query("pragma max_page_count = 60").execute(&mut *tx).await.unwrap();
        let big = sqlx::query(
            "create table big as with recursive n(x) as (select 1 union all select x + 1 from n where x < 9000)
                               select x, hex(randomblob(500)) as text from n",
        );
        assert_eq!(said(big.execute(&mut *tx).await.map_err(Error::from)), Lang::Ru.t("db.full"));
    }

    #[tokio::test]
    async fn two_programs_may_start_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let opened = tokio::join!(Db::open(dir.path()), Db::open(dir.path()), Db::open(dir.path()));
        assert!(opened.0.is_ok() && opened.1.is_ok() && opened.2.is_ok());
    }
}

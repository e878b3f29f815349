//! Several statements as one step: sent to the connection's thread together, run one after the other.
//!
//! Going there and back costs more than most statements do.

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, Sqlite, Type};

use super::Conn;
use crate::error::{Error, Result};

/// Statements that are run together, each with `?` for its values in their order. The first that fails ends them; the
/// transaction around them is for dropping then.
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

//! A key to the pages of a real server: an administrator whose session has a secret that tests know.
#![allow(dead_code, clippy::unwrap_used, reason = "each test takes what it needs, and stops where it cannot go on")]

use std::path::Path;

use sha2::{Digest, Sha256};
use svod::access::{Actor, Role};
use svod::account::Wanted;
use svod::account::actions::{list, make};
use svod::db::Db;

const SECRET: &str = "the-key-of-the-tests";

/// The account that the key belongs to.
pub const LOGIN: &str = "tests";

/// The header with which a request comes in.
pub fn cookie() -> String {
    format!("Cookie: svod-session={SECRET}")
}

/// Lets requests with the [`cookie`] in.
pub async fn let_in(db: &Db) {
    let me = Actor::operator();
    if list(db, &me).await.unwrap().iter().any(|kept| kept.account.login == LOGIN) {
        return;
    }
    let role = Role::Administrator.word().to_owned();
    let wanted = Wanted { login: LOGIN.to_owned(), name: LOGIN.to_owned(), role, ..Wanted::default() };
    let (account, _) = make(db, &me, &wanted).await.unwrap();
    let hash: String = Sha256::digest(SECRET).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut tx = db.write().await.unwrap();
    let far = 4_102_444_800_000_i64;
    let row = "insert into session (hash, account_id, made_at, seen_at, idle_ms, ends_at, address, agent)
               values ($1, $2, $3, $3, $3, $3, '', '')";
    sqlx::query(row).bind(hash).bind(account.id.0).bind(far).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// The same for the data of a folder that nobody serves yet.
pub fn let_into(data: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = Db::open(data).await.unwrap();
        let_in(&db).await;
        db.close().await;
    });
}

//! A server that is killed again and again while schools send: what it acknowledged is there, nothing is half-written.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use sqlx::{Connection, SqliteConnection};
use svod::access::Actor;
use svod::db::Db;
use svod::report::verify;

use super::server::{self, Server};
use super::world::{QUESTIONS, answers, district, school};

/// How often the server is killed; `SVOD_KILLS` asks for more.
const KILLS: u32 = 100;

/// After so many kills everything that can be computed again is.
const VERIFY_EVERY: u32 = 10;

/// One kill in so many strikes while the server is still starting.
const AT_START: u32 = 9;

const SENDERS: usize = 4;
const SCHOOLS: usize = 24;

/// What was sent: the numbers of reports, by school.
#[derive(Default)]
struct Ledger {
    /// Confirmed by a person; whether it was sent is not known before the answer.
    tried: Mutex<BTreeSet<(String, u64)>>,
    acknowledged: Mutex<BTreeSet<(String, u64)>>,
    last: AtomicU64,
}

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn kills() -> u32 {
    std::env::var("SVOD_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(0).max(KILLS)
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(async { district(folder.path(), SCHOOLS).await.close().await });
    let (ledger, mut dice, kills, started) = (Ledger::default(), Dice(20_241_031), kills(), Instant::now());
    for kill in 1..=kills {
        if kill % AT_START == 0 {
            strike_at_start(folder.path(), &mut dice);
        } else {
            let server = Server::start(folder.path());
            runtime.block_on(look(folder.path(), &ledger));
            if kill % VERIFY_EVERY == 0 {
                runtime.block_on(verified(folder.path()));
            }
            stream_and_die(server, &ledger, &mut dice);
        }
    }
    let _last = Server::start(folder.path());
    runtime.block_on(verified(folder.path()));
    let (found, unasked) = runtime.block_on(look(folder.path(), &ledger));
    let acknowledged = ledger.acknowledged.lock().unwrap().len();
    eprintln!(
        "{kills} kills in {:.0} s: {acknowledged} sends acknowledged, {found} of them found, {unasked} found unacknowledged",
        started.elapsed().as_secs_f64()
    );
    assert_eq!(found, acknowledged);
    assert!(acknowledged > kills as usize, "there was a stream of sends to kill");
}

/// Kills a server somewhere in its start.
fn strike_at_start(folder: &Path, dice: &mut Dice) {
    let mut child = server::spawn(folder);
    std::thread::sleep(Duration::from_millis(dice.below(120)));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Sends a stream of reports to a server and kills it in the middle.
fn stream_and_die(mut server: Server, ledger: &Ledger, dice: &mut Dice) {
    let moment = Duration::from_millis(15 + dice.below(400));
    let (at, dead) = (server.at, AtomicBool::new(false));
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let dead = &dead;
            scope.spawn(move || stream(at, sender, ledger, dead));
        }
        std::thread::sleep(moment);
        server.kill();
        dead.store(true, Ordering::SeqCst);
    });
}

/// One sender: its own schools in turn, until the server is gone.
fn stream(at: SocketAddr, sender: usize, ledger: &Ledger, dead: &AtomicBool) {
    for turn in 0.. {
        let number = ledger.last.fetch_add(1, Ordering::SeqCst) + 1;
        let one = (school(sender + SENDERS * (turn % (SCHOOLS / SENDERS))), number);
        let tried = || {
            ledger.tried.lock().unwrap().insert(one.clone());
        };
        match server::send(at, &one.0, number, tried) {
            Ok(()) => {
                ledger.acknowledged.lock().unwrap().insert(one);
            }
            Err(error) => {
                std::thread::sleep(Duration::from_millis(50));
                assert!(dead.load(Ordering::SeqCst), "only a dead server does not answer: {error}");
                return;
            }
        }
    }
}

/// How many acknowledged sends are in the data file, and how many that nobody was told of. Every send there is one that
/// somebody made, with its very answers, and the value rows are those of the last one.
async fn look(folder: &Path, ledger: &Ledger) -> (usize, usize) {
    let file = folder.join(svod::db::FILE);
    let mut conn = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select org.code, answers from revision join report on report.id = report_id join org on org.id = about_id
         where act = 'send' order by revision.id",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let (mut stored, mut last) = (BTreeSet::new(), BTreeMap::new());
    for (school, document) in rows {
        let document: Json = serde_json::from_str(&document).unwrap();
        let number = document["q0"].as_u64().unwrap();
        assert_eq!(document, answers(number), "{school}: an answer of another report");
        assert!(stored.insert((school.clone(), number)), "{school}: {number} was sent twice");
        last.insert(school, number);
    }
    counted(&mut conn, &last).await;
    conn.close().await.unwrap();
    let (acknowledged, tried) = (ledger.acknowledged.lock().unwrap(), ledger.tried.lock().unwrap());
    let lost: Vec<_> = acknowledged.difference(&stored).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let foreign: Vec<_> = stored.difference(&tried).collect();
    assert!(foreign.is_empty(), "stored and never sent: {foreign:?}");
    (acknowledged.len(), stored.len() - acknowledged.len())
}

/// The value rows of every report are all there and all of the revision that counts.
async fn counted(conn: &mut SqliteConnection, last: &BTreeMap<String, u64>) {
    let rows: Vec<(String, i64, f64)> = sqlx::query_as(
        "select org.code, count(*), max(case when path = 'q0' then value.number end)
         from value join report on report.id = report_id join org on org.id = about_id group by org.code",
    )
    .fetch_all(conn)
    .await
    .unwrap();
    assert_eq!(rows.len(), last.len());
    for (school, count, first) in rows {
        assert_eq!(count, i64::try_from(QUESTIONS).unwrap() + 1, "{school}: a row for every answer and the sum");
        assert_eq!(first, last[&school] as f64, "{school}: the values of the last send");
    }
}

async fn verified(folder: &Path) {
    let db = Db::open(folder).await.unwrap();
    let verified = verify::actions::verify(&db, &Actor::operator()).await.unwrap();
    assert_eq!(verified.wrong, [], "after {} reports", verified.reports);
    db.close().await;
}

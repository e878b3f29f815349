//! What accounts cost: a page in a session beside the same page of a server that asks nobody who they are, and how many
//! people sign in at the same time.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use svod::access::{Actor, Role};
use svod::account::Wanted;
use svod::account::actions::{NewPassword, accept, make};
use svod::account::session::From;
use svod::backup::Keeper;
use svod::db::Db;
use svod::lang::Lang;
use svod::period::Period;
use svod::report::{self, Key, Source};
use svod::web::door::Door;
use svod::web::{Entrance, Site, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Figure;
use super::key;
use super::language::answers_of;
use super::sending::territory;

const CONNECTIONS: usize = 32;
const LASTS: Duration = Duration::from_secs(3);
const PASSWORD: &str = "северный кит пьёт чай";
const SIGNING_IN: usize = 8;

pub fn run() -> Vec<Figure> {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (db, form, schools) = territory(dir.path(), 200).await;
        for school in schools.into_iter().take(CONNECTIONS) {
            let key = Key::new(&form, Period::from_id("2024Sep").unwrap(), school);
            report::actions::save_draft(&db, &Actor::operator(), &key, answers_of(30), Source::Page).await.unwrap();
        }
        key::let_in(&db).await;
        people(&db).await;
        let open = started(&db, dir.path(), Actor::operator()).await;
        let closed = started(&db, dir.path(), Actor::nobody()).await;
        let page = |cookie: String| move |n: usize| get(n, &cookie);
        let without = load(open, CONNECTIONS, "200", page("X-Nothing: 0".to_owned())).await;
        let within = load(closed, CONNECTIONS, "200", page(key::cookie())).await;
        let entering = load(closed, SIGNING_IN, "303", post).await;
        let per_second = |rate: f64| format!("{rate:.0}/s");
        vec![
            Figure {
                work: "page of 30 questions in a session".to_owned(),
                ours: per_second(within),
                floor: format!("{} without accounts", per_second(without)),
                ratio: format!("{:.2} of its speed", within / without),
                aim: "≥ 0.7",
            },
            Figure {
                work: "signing in, argon2id with 19 MiB".to_owned(),
                ours: per_second(entering),
                floor: "–".to_owned(),
                ratio: "–".to_owned(),
                aim: "–",
            },
        ]
    })
}

/// One account for each connection that signs in: guesses are counted for each.
async fn people(db: &Db) {
    let from = From { address: [127, 0, 0, 1].into(), agent: String::new(), browser: None };
    for n in 0..SIGNING_IN {
        let login = format!("p{n}");
        let role = Role::School.word().to_owned();
        let wanted = Wanted { name: login.clone(), login, role, org: "s1".to_owned(), ..Wanted::default() };
        let (_, secret) = make(db, &Actor::operator(), &wanted).await.unwrap();
        accept(db, &secret, NewPassword { password: PASSWORD, again: PASSWORD }, &from).await.unwrap();
    }
}

/// A server in this process, as somebody who has not signed in finds it.
async fn started(db: &Db, dir: &std::path::Path, actor: Actor) -> SocketAddr {
    let site = Site {
        db: db.clone(),
        actor,
        lang: Lang::Ru,
        demo: false,
        copies: Keeper::new(&dir.join("backups"), None),
        forms: Default::default(),
        entrance: Entrance::default(),
    };
    let (told, listens) = tokio::sync::oneshot::channel();
    tokio::spawn(serve(site, Door::local(), move |at| told.send(at).unwrap()));
    listens.await.unwrap()
}

fn get(n: usize, cookie: &str) -> String {
    format!("GET /report/bench/2024Sep/s{n} HTTP/1.1\r\nhost: localhost\r\n{cookie}\r\n\r\n")
}

fn post(n: usize) -> String {
    let encoded: String = PASSWORD.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let body = format!("login=p{n}&password={encoded}");
    format!(
        "POST /enter HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// How many answers a second come to many connections that each ask again and again.
async fn load(at: SocketAddr, connections: usize, status: &'static str, request: impl Fn(usize) -> String) -> f64 {
    let start = Instant::now();
    let tasks: Vec<_> = (0..connections).map(|n| tokio::spawn(one(at, request(n), status, start))).collect();
    let mut answers = 0;
    for task in tasks {
        answers += task.await.unwrap();
    }
    f64::from(answers) / LASTS.as_secs_f64()
}

async fn one(at: SocketAddr, request: String, status: &'static str, start: Instant) -> u32 {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answers = 0;
    while start.elapsed() < LASTS {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::with_capacity(32 << 10);
        loop {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "the server hung up");
            let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&answer[..head]).to_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            if answer.len() >= head + 4 + length.map_or(0, |length| length.parse::<usize>().unwrap()) {
                assert!(text.starts_with(&format!("http/1.1 {status}")), "{text}");
                break;
            }
        }
        answers += 1;
    }
    answers
}

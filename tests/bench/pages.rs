//! Pages over HTTP from the real server: 32 connections that are kept, each asking again as soon as it has its answer.

use std::time::{Duration, Instant};

use svod::access::Actor;
use svod::period::Period;
use svod::report::{self, Key, Source};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Figure;
use super::key;
use super::language::{answers_of, form_of};
use super::program::{Server, processor};
use super::sending::territory;

const CONNECTIONS: usize = 32;
const WARM: Duration = Duration::from_millis(500);
const LASTS: Duration = Duration::from_secs(4);

pub fn run() -> Vec<Figure> {
    let dir = tempfile::tempdir().unwrap();
    let forms = dir.path().join("forms");
    std::fs::create_dir(&forms).unwrap();
    std::fs::write(forms.join("bench.toml"), form_of(30)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(drafts(dir.path()));
    drop(runtime);
    let server = Server::start(dir.path(), &forms);
    // One thread asks; the server has the rest of the machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let page = |n: usize| format!("/report/bench/2024Sep/s{n}");
        let whole = ask(&mut TcpStream::connect(&server.address).await.unwrap(), &page(0), &server.address).await;
        assert!(whole.contains("name=\"a:q29\" value=\"32\""), "the page has no stored draft");
        let icon = whole.split('"').find(|part| part.starts_with("/assets/icon")).unwrap().to_owned();
        let empty = load(&server, "the smallest answer", &|_| icon.clone()).await;
        let full = load(&server, "page of 30 questions with a draft", &page).await;
        println!("the page has {} bytes", whole.len());
        vec![full.beside(&empty)]
    })
}

/// A stored draft for each of the schools that are asked for.
async fn drafts(dir: &std::path::Path) {
    let (db, form, schools) = territory(dir, 2_000).await;
    for school in schools.into_iter().take(CONNECTIONS) {
        let key = Key::new(&form, Period::from_id("2024Sep").unwrap(), school);
        report::actions::save_draft(&db, &Actor::operator(), &key, answers_of(30), Source::Page).await.unwrap();
    }
    key::let_in(&db).await;
    db.close().await;
}

/// What many answers took.
struct Load {
    work: &'static str,
    per_second: f64,
    /// Microseconds, sorted.
    waits: Vec<u32>,
    /// Of the server's processor, for each answer.
    processor: Duration,
}

impl Load {
    fn share(&self, of: f64) -> f64 {
        let at = (self.waits.len() as f64 * of) as usize;
        f64::from(self.waits[at.min(self.waits.len() - 1)]) / 1000.0
    }

    fn said(&self) -> String {
        let (middle, most, processor) = (self.share(0.5), self.share(0.99), self.processor.as_micros());
        format!("{:.0}/s, p50 {middle:.1} ms, p99 {most:.1} ms, {processor} µs of processor", self.per_second)
    }

    fn beside(&self, floor: &Load) -> Figure {
        Figure {
            work: format!("{}, {CONNECTIONS} connections", self.work),
            ours: self.said(),
            floor: floor.said(),
            ratio: format!("{:.2} of its speed", self.per_second / floor.per_second),
            aim: "≥ 10 000/s, p99 < 15 ms",
        }
    }
}

async fn load(server: &Server, work: &'static str, path: &dyn Fn(usize) -> String) -> Load {
    let (start, before) = (Instant::now(), processor(&server.child));
    let tasks: Vec<_> = (0..CONNECTIONS).map(|n| tokio::spawn(one(server.address.clone(), path(n), start))).collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.unwrap());
    }
    let used = processor(&server.child).saturating_sub(before);
    waits.sort_unstable();
    let all = waits.len() as f64 * (WARM + LASTS).as_secs_f64() / LASTS.as_secs_f64();
    let load = Load { work, per_second: waits.len() as f64 / LASTS.as_secs_f64(), processor: used.div_f64(all), waits };
    println!("{work}: {}", load.said());
    load
}

/// One connection until the time is over; how long it waited for each answer after the start was warm.
async fn one(address: String, path: String, start: Instant) -> Vec<u32> {
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut waits = Vec::new();
    while start.elapsed() < WARM + LASTS {
        let asked = Instant::now();
        let answer = ask(&mut stream, &path, &address).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        if start.elapsed() > WARM {
            waits.push(u32::try_from(asked.elapsed().as_micros()).unwrap());
        }
    }
    waits
}

async fn ask(stream: &mut TcpStream, path: &str, host: &str) -> String {
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{}\r\n\r\n", key::cookie()).as_bytes())
        .await
        .unwrap();
    let mut answer = Vec::with_capacity(32 << 10);
    loop {
        assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "the server hung up");
        if let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = std::str::from_utf8(&answer[..head]).unwrap();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            let whole = head + 4 + length.parse::<usize>().unwrap();
            while answer.len() < whole {
                assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "the server hung up");
            }
            // The page is ours: it is text.
            return String::from_utf8(answer).unwrap();
        }
    }
}

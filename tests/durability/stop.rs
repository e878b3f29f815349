//! A server that is told to stop finishes what has begun and leaves the data file in one piece.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use svod::db::{Db, FILE};
use svod::lang::Lang;

use super::pages::saying;
use super::server::{self, Server, answer, get, posting};
use super::world::{district, report_of};

#[tokio::test]
async fn what_has_begun_is_finished_and_the_file_is_closed() {
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().unwrap();
        district(folder.path(), 1).await.close().await;
        let mut server = Server::of(server::spawn(folder.path())).unwrap();
        // A browser that keeps its connection open holds nobody up.
        let mut idle = TcpStream::connect(server.at).unwrap();
        idle.write_all(format!("GET /help HTTP/1.1\r\nHost: {}\r\n\r\n", server.at).as_bytes()).unwrap();
        let request = posting(server.at, &report_of("s0"), &saying(9, "save"));
        let (begun, rest) = request.split_at(request.len() - 20);
        let mut stream = TcpStream::connect(server.at).unwrap();
        stream.write_all(begun.as_bytes()).unwrap();
        assert_eq!(get(server.at, "/help").unwrap().status, 200, "the request before has been taken");
        std::thread::sleep(Duration::from_millis(100));

        let told = Instant::now();
        assert!(Command::new("kill").args([signal, &server.id().to_string()]).status().unwrap().success());
        std::thread::sleep(Duration::from_millis(200));
        assert!(TcpStream::connect(server.at).is_err(), "nobody new is let in");
        stream.write_all(rest.as_bytes()).unwrap();
        let answer = answer(&mut stream).unwrap();
        assert_eq!((answer.status, answer.location), (303, format!("{}?saved=1", report_of("s0"))), "{}", answer.body);
        let (status, said) = server.ended();
        assert!(status.success(), "{status}: {said}");
        assert!(said.contains(&Lang::Ru.t("care.stopped")), "{said}");
        assert!(told.elapsed() < Duration::from_secs(5), "it took {:?}", told.elapsed());

        let beside = ["svod.db-wal", "svod.db-shm"].map(|name| folder.path().join(name).exists());
        assert_eq!(beside, [false, false], "one file, nothing beside it");
        let whole = tempfile::tempdir().unwrap();
        std::fs::copy(folder.path().join(FILE), whole.path().join(FILE)).unwrap();
        let db = Db::open(whole.path()).await.unwrap();
        let mut read = db.read().await.unwrap();
        let drafts: i64 = sqlx::query_scalar("select count(draft_id) from report").fetch_one(&mut *read).await.unwrap();
        assert_eq!(drafts, 1, "what was saved is in the file");
    }
}

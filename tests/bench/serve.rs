//! The server before anybody has asked it: how soon it answers, how much memory it holds.

use std::time::Duration;

use super::Figure;
use super::language::form_of;
use super::program::{Server, megabytes};

pub fn run() -> Vec<Figure> {
    let dir = tempfile::tempdir().unwrap();
    let forms = dir.path().join("forms");
    std::fs::create_dir(&forms).unwrap();
    std::fs::write(forms.join("bench.toml"), form_of(30)).unwrap();
    let first = Server::start(dir.path(), &forms).start;
    let mut starts: Vec<Duration> = (0..5).map(|_| Server::start(dir.path(), &forms).start).collect();
    starts.sort_unstable();
    let server = Server::start(dir.path(), &forms);
    std::thread::sleep(Duration::from_secs(1));
    let idle = megabytes(&server.child, "VmRSS:");
    let figure = |work: &str, ours, aim| Figure {
        work: work.to_owned(),
        ours,
        floor: "–".to_owned(),
        ratio: "–".to_owned(),
        aim,
    };
    vec![
        figure("idle server", format!("{idle:.0} MB"), "< 40 MB"),
        figure("start of the server", format!("{:.0?}; with a new data file {first:.0?}", starts[2]), "< 200 ms"),
    ]
}

//! The program itself as a child: how long it takes, and how much memory it had at most.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The program that is measured: the one that people run.
pub const SVOD: &str = env!("CARGO_BIN_EXE_svod");

/// What a command took.
pub struct Taken {
    pub time: Duration,
    /// Of the processors, which a busy machine does not stretch as it does the time.
    pub processor: Duration,
    /// The peak of resident memory in megabytes; 0 where `/proc` does not tell.
    pub memory: f64,
}

/// Runs a command on a data folder to its end.
pub fn run(data: &Path, arguments: &[&str]) -> Taken {
    let (start, before) = (Instant::now(), processor_of_children());
    let mut command = Command::new(SVOD);
    command.arg("--data").arg(data).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut memory: f64 = 0.0;
    while child.try_wait().unwrap().is_none() {
        memory = memory.max(megabytes(&child, "VmHWM:"));
        std::thread::sleep(Duration::from_millis(2));
    }
    let time = start.elapsed();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Taken { time, processor: processor_of_children().saturating_sub(before), memory }
}

impl Taken {
    /// The time, that of the processors, the memory.
    pub fn said(&self) -> String {
        let [time, processor] = [self.time, self.processor].map(|time| time.as_secs_f64());
        format!("{time:.2} s, {processor:.2} s of processor, {:.0} MB", self.memory)
    }
}

/// A line of a process's memory, in megabytes.
pub fn megabytes(child: &Child, line: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let found = status.lines().find(|known| known.starts_with(line));
    let kilobytes = found.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

/// The processor time that a process has taken so far.
pub fn processor(child: &Child) -> Duration {
    used(&child.id().to_string(), 11)
}

/// The processor time that this process has taken so far.
pub fn own_processor() -> Duration {
    used("self", 11)
}

/// The processor time of children that have ended.
fn processor_of_children() -> Duration {
    used("self", 13)
}

/// The sum of two numbers of a process's line: its times outside and inside the system.
fn used(process: &str, from: usize) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after.split_whitespace().skip(from).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    // Linux counts hundredths of a second, whatever the kernel's own tick.
    Duration::from_millis(ticks * 10)
}

/// A server that is ended with the bench.
pub struct Server {
    pub child: Child,
    pub address: String,
    /// From the start of the program to the first answer.
    pub start: Duration,
}

impl Server {
    /// Starts the program on a port that the system chooses; logs go where people's would, into a file here.
    pub fn start(data: &Path, forms: &Path) -> Server {
        let log = data.join("log.txt");
        let start = Instant::now();
        let mut command = Command::new(SVOD);
        command.arg("--data").arg(data).arg("--forms").arg(forms).args(["serve", "--listen", "127.0.0.1:0"]);
        command.env_remove("RUST_LOG").stderr(std::fs::File::create(&log).unwrap());
        let child = command.spawn().unwrap();
        let address = loop {
            let said = std::fs::read_to_string(&log).unwrap();
            if let Some((_, rest)) = said.split_once("http://")
                && let Some((address, _)) = rest.split_once('/')
            {
                break address.to_owned();
            }
            assert!(start.elapsed() < Duration::from_secs(20), "the server does not start: {said}");
            std::thread::sleep(Duration::from_millis(1));
        };
        std::net::TcpStream::connect(&address).unwrap();
        Server { child, address, start: start.elapsed() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! Figures of speed, each beside the floor that it is compared to, measured in the same run: `cargo bench`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and stops where it cannot go on")]

mod language;
mod sending;
mod sheets;

use std::time::{Duration, Instant};

/// One line of the table: what was measured, how much of it, in which time.
struct Line {
    work: &'static str,
    amount: f64,
    unit: &'static str,
    time: Duration,
}

impl Line {
    /// Measures some work.
    fn of<T>(work: &'static str, amount: usize, unit: &'static str, run: impl FnOnce() -> T) -> Line {
        let start = Instant::now();
        std::hint::black_box(run());
        Line { work, amount: amount as f64, unit, time: start.elapsed() }
    }

    fn rate(&self) -> f64 {
        self.amount / self.time.as_secs_f64()
    }

    fn print(&self) {
        println!("{:<58} {:>12.0} {}/s   {:>9.1?}", self.work, self.rate(), self.unit, self.time);
    }

    /// Prints this line, its floor below it, and how much of the floor's speed it reaches.
    fn beside(&self, floor: &Line) {
        self.print();
        floor.print();
        println!("{:<58} {:>12.2}", "  share of the floor's speed", self.rate() / floor.rate());
    }
}

/// The largest resident memory of this process so far, in megabytes (Linux only).
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let groups: [(&str, fn()); 3] = [("language", language::run), ("sending", sending::run), ("sheets", sheets::run)];
    for (name, run) in groups {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            println!("\n{name}");
            run();
        }
    }
    if let Some(memory) = peak_memory() {
        println!("\npeak resident memory of all that was run: {memory:.0} MB");
    }
}

//! Figures of speed, each beside the floor that it is compared to, measured in the same run: `cargo bench`; parts of it
//! by name: `cargo bench -- sending pages`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and stops where it cannot go on")]

mod export;
mod import;
#[path = "../common/key.rs"]
mod key;
mod language;
mod pages;
mod program;
mod sending;
mod serve;
mod session;
mod sheets;

use std::time::{Duration, Instant};

/// What was measured: how much of it, in which time.
struct Line {
    work: &'static str,
    amount: f64,
    unit: &'static str,
    time: Duration,
    /// Of the processors, which a busy machine does not stretch as it does the time.
    processor: Duration,
}

/// A row of the table at the end.
struct Figure {
    work: String,
    ours: String,
    floor: String,
    ratio: String,
    aim: &'static str,
}

impl Line {
    /// Measures some work.
    fn of<T>(work: &'static str, amount: usize, unit: &'static str, run: impl FnOnce() -> T) -> Line {
        let (start, before) = (Instant::now(), program::own_processor());
        std::hint::black_box(run());
        let processor = program::own_processor().saturating_sub(before);
        Line { work, amount: amount as f64, unit, time: start.elapsed(), processor }
    }

    fn rate(&self) -> f64 {
        self.amount / self.time.as_secs_f64()
    }

    fn print(&self) {
        println!("{:<58} {:>12.0} {}/s   {:>9.1?}", self.work, self.rate(), self.unit, self.time);
    }

    /// A row whose ratio is the share of the floor's speed that is reached.
    fn above(&self, floor: &Line, aim: &'static str) -> Figure {
        self.print();
        floor.print();
        let rate = |line: &Line| format!("{:.0} {}/s", line.rate(), line.unit);
        let ratio = format!("{:.2} of its speed", self.rate() / floor.rate());
        Figure { work: self.work.to_owned(), ours: rate(self), floor: rate(floor), ratio, aim }
    }

    /// A row for the program itself, whose ratio is how many times the floor's time it takes.
    fn below(&self, work: &str, taken: &program::Taken, aim: &'static str) -> Figure {
        println!("{work}: {}", taken.said());
        let seconds = |time: Duration| time.as_secs_f64();
        let (times, of_processor) =
            (seconds(taken.time) / seconds(self.time), seconds(taken.processor) / seconds(self.processor));
        Figure {
            work: work.to_owned(),
            ours: taken.said(),
            floor: format!("{:.2} s, {:.2} s of processor", seconds(self.time), seconds(self.processor)),
            ratio: format!("{times:.2} of its time, {of_processor:.2} of its processor"),
            aim,
        }
    }

    /// A row whose ratio is how many times the floor's time it takes.
    fn within(&self, floor: &Line, aim: &'static str) -> Figure {
        self.print();
        floor.print();
        let time = |line: &Line| format!("{:.2} s", line.time.as_secs_f64());
        let ratio = format!("{:.2} of its time", self.time.as_secs_f64() / floor.time.as_secs_f64());
        Figure { work: self.work.to_owned(), ours: time(self), floor: time(floor), ratio, aim }
    }
}

/// A part of the bench by its name.
type Part = (&'static str, fn() -> Vec<Figure>);

const PARTS: [Part; 8] = [
    ("language", language::run),
    ("pages", pages::run),
    ("session", session::run),
    ("sending", sending::run),
    ("sheets", sheets::run),
    ("import", import::run),
    ("export", export::run),
    ("serve", serve::run),
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let known = |word: &String| PARTS.iter().any(|(name, _)| name == word);
    if !wanted.iter().all(known) {
        println!("parts: {}", PARTS.map(|(name, _)| name).join(" "));
        return;
    }
    let mut table = Vec::new();
    for (name, run) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            println!("\n{name}");
            table.extend(run());
        }
    }
    print(&table);
}

fn print(table: &[Figure]) {
    println!("\n| work | ours | floor | ratio | aim |\n|---|---|---|---|---|");
    for Figure { work, ours, floor, ratio, aim } in table {
        println!("| {work} | {ours} | {floor} | {ratio} | {aim} |");
    }
}

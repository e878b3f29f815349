//! One file read in a process of its own, with little memory and not for long: whatever the file is, it harms nobody else.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{End, Tried};
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::sheet::{self, Book, Grid};

/// How long the reading of a file may take.
pub(super) const TIME: Duration = Duration::from_secs(10);
/// How much memory it may take, in bytes of address space.
pub(super) const MEMORY: u64 = 512 << 20;

/// How many rows of a sheet are shown, and how much of each.
const ROWS: usize = 4;
const WIDTH: usize = 100;

/// What was seen in a file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Seen {
    pub kind: String,
    pub sheets: Vec<SeenSheet>,
}

/// A sheet of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SeenSheet {
    pub name: String,
    /// Rows in which something stands.
    pub rows: usize,
    pub hidden: bool,
    /// The first of them, as text.
    pub first: Vec<String>,
}

/// What the process that reads says to the one that waits.
#[derive(Serialize, Deserialize)]
struct Answer {
    seen: std::result::Result<Seen, String>,
    /// The most memory that was taken, in bytes, where that is known.
    memory: Option<u64>,
}

/// Reads a file in a child process, and says how that ended.
pub(super) fn read(file: &Path, lang: Lang) -> Result<Tried> {
    let start = Instant::now();
    let mut child = start_child(file, lang)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let hear = |from: Option<Box<dyn Read + Send>>| {
        let mut said = Vec::new();
        let _ = from.map(|mut from| from.read_to_end(&mut said));
        said
    };
    let (done, ended) = mpsc::channel();
    let (answer, complaint, status) = thread::scope(|scope| {
        let answer = scope.spawn(move || hear(stdout.map(|from| Box::new(from) as _)));
        let complaint = scope.spawn(move || {
            let said = hear(stderr.map(|from| Box::new(from) as _));
            let _ = done.send(());
            said
        });
        // Both are closed when the child ends, and not before.
        let in_time = ended.recv_timeout(TIME).is_ok();
        if !in_time {
            let _ = child.kill();
        }
        let status = child.wait().ok().filter(|_| in_time);
        (answer.join().unwrap_or_default(), complaint.join().unwrap_or_default(), status)
    });
    let complaint = String::from_utf8_lossy(&complaint);
    let (end, memory) = status.map_or((End::Hung, None), |status| end(status, &answer, &complaint));
    Ok(Tried { file: file.to_owned(), end, time: start.elapsed(), memory })
}

fn start_child(file: &Path, lang: Lang) -> Result<Child> {
    let program = std::env::current_exe().map_err(|error| Error::Internal(error.to_string()))?;
    let mut command = Command::new(program);
    command.args(["--lang", lang.code(), "read", "--alone", "--"]).arg(file);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| Error::Internal(error.to_string()))
}

/// How the reading ended, and the memory that it took.
fn end(status: ExitStatus, answer: &[u8], complaint: &str) -> (End, Option<u64>) {
    match serde_json::from_slice::<Answer>(answer) {
        Ok(Answer { seen, memory }) if status.success() => (seen.map_or_else(End::Refused, End::Read), memory),
        _ if complaint.contains("memory allocation of") => (End::OverMemory, None),
        _ => {
            let last = complaint.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            (End::Crashed(format!("{status} {last}").trim_end().to_owned()), None)
        }
    }
}

/// What the child does: reads the file and says what is in it.
pub(super) fn serve(file: &Path, lang: Lang) -> Result<()> {
    let failed = |error: std::io::Error| Error::Internal(error.to_string());
    sheet::limit(MEMORY, TIME).map_err(failed)?;
    let read = sheet::read_file(file);
    let memory = sheet::peak_memory();
    let answer = Answer { seen: read.map(|book| seen(book, file)).map_err(|fault| fault.say(lang)), memory };
    serde_json::to_writer(std::io::stdout().lock(), &answer).map_err(|error| failed(error.into()))
}

fn seen(book: Book, file: &Path) -> Seen {
    let sheets = book.sheets.iter().map(seen_sheet).collect();
    let name = book.name.clone();
    // What was read makes room before the file is looked at once more.
    drop(book);
    let kind = std::fs::read(file).ok().and_then(|bytes| sheet::kind(&bytes, &name)).unwrap_or_default();
    Seen { kind: kind.to_owned(), sheets }
}

fn seen_sheet(grid: &Grid) -> SeenSheet {
    let first = grid.rows().take(ROWS).map(|(_, cells)| {
        let texts: Vec<String> = cells.iter().take(50).map(|(_, cell)| cell.text()).collect();
        let row = texts.join(" | ");
        let cut: String = row.chars().take(WIDTH).collect();
        if cut.len() < row.len() { format!("{cut}…") } else { row }
    });
    SeenSheet { name: grid.name().to_owned(), rows: grid.rows().count(), hidden: grid.hidden(), first: first.collect() }
}

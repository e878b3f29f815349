//! A child process of this very program reads what could exhaust it: with little memory, and not for long.

use std::ffi::OsString;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use super::binary::{self, Kind};
use super::grid::Grid;
use super::refusal::Refusal;
use super::{LARGEST_FILE, wire};

/// The argument by which the program knows that it is the child.
const ARGUMENT: &str = "read-sheet";
/// How long a child may read.
const TIME: Duration = Duration::from_secs(9);
/// How much address space a child may take.
const MEMORY: u64 = 480 << 20;

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Names the program whose `main` calls [`serve_child`]: needed where a process cannot find its own file (anywhere
/// but on Linux), and by callers that are not that program, such as tests. The first name given stays.
pub fn set_program(path: PathBuf) {
    PROGRAM.get_or_init(|| path);
}

/// Reads a binary workbook in a child process.
///
/// # Errors
///
/// The child refused the file, or took too much memory or time for it.
pub(super) fn read(kind: Kind, bytes: &[u8]) -> Result<Vec<Grid>, Refusal> {
    let spawned = Command::new(program())
        .args([ARGUMENT, kind.word()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = spawned.map_err(|_| Refusal::TooHeavy)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (done, waiting) = channel();
    thread::scope(|scope| {
        scope.spawn(move || kill_after(TIME, &waiting, child));
        // A child that dies stops listening, and says by its silence what is to be said.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(bytes)));
        let heard = stdout.map_or(Err(Refusal::TooHeavy), |stdout| wire::hear(BufReader::new(stdout)));
        drop(done);
        heard
    })
}

/// Waits until the reading is done or the time is up, and ends the child either way.
fn kill_after(time: Duration, waiting: &Receiver<()>, mut child: Child) {
    let _ = waiting.recv_timeout(time);
    let _ = child.kill();
    let _ = child.wait();
}

/// The program to start. Linux knows the file of a process even after a newer one took its place.
fn program() -> PathBuf {
    PROGRAM.get().cloned().unwrap_or_else(|| PathBuf::from("/proc/self/exe"))
}

/// What `main` does first with its arguments: if this process is a child that is to read a workbook, it does so and
/// the code to exit with is returned; otherwise nothing happens.
pub fn serve_child(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next()? != ARGUMENT {
        return None;
    }
    let kind = arguments.next().and_then(|word| Kind::of(&word.to_string_lossy()));
    Some(match kind.map(serve) {
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(_)) => ExitCode::FAILURE,
        None => ExitCode::from(2),
    })
}

fn serve(kind: Kind) -> io::Result<()> {
    limit()?;
    let mut bytes = Vec::new();
    io::stdin().lock().take(LARGEST_FILE as u64).read_to_end(&mut bytes)?;
    answer(kind, &bytes, &mut BufWriter::new(io::stdout().lock()))
}

/// Reads a binary workbook and says its sheets.
fn answer(kind: Kind, bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    let mut heard = Ok(());
    let mut say = |grid: Grid| {
        heard = wire::say_sheet(out, &grid);
        if heard.is_ok() { Ok(()) } else { Err(Refusal::Damaged) }
    };
    let read = catch_unwind(AssertUnwindSafe(|| binary::read(kind, bytes, &mut say))).unwrap_or(Err(Refusal::Damaged));
    heard?;
    wire::say_end(out, read.err())
}

/// Takes memory and time from this process for good; the parent's clock is what counts, this is for orphans.
#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rlimit::{Resource, setrlimit};
    setrlimit(Resource::AS, MEMORY, MEMORY)?;
    setrlimit(Resource::CORE, 0, 0)?;
    setrlimit(Resource::CPU, TIME.as_secs() + 1, TIME.as_secs() + 1)
}

/// Elsewhere no limit of memory is known that needs no unsafe code; the limit of time holds everywhere.
#[cfg(not(unix))]
fn limit() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_child_cannot_read_it_refuses() {
        for kind in [Kind::Xls, Kind::Xlsb] {
            assert_eq!(Kind::of(kind.word()), Some(kind));
            let mut said = Vec::new();
            answer(kind, b"no workbook", &mut said).unwrap();
            assert_eq!(wire::hear(&said[..]), Err(Refusal::Damaged));
        }
    }

    #[test]
    fn a_program_that_is_not_ours_is_told_from_a_child_that_reads() {
        if cfg!(unix) {
            set_program(PathBuf::from("/bin/false"));
            assert_eq!(read(Kind::Xls, b"x"), Err(Refusal::TooHeavy));
        }
    }
}

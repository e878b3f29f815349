//! A child process of this very program reads what could exhaust it: with little memory, and not for long.

use std::ffi::OsString;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::grid::Grid;
use super::refusal::Refusal;
use super::{LARGEST_FILE, process, wire, xls};

/// The argument by which the program knows that it is the child.
const ARGUMENT: &str = "read-sheet";
/// How long a child may read.
const TIME: Duration = Duration::from_secs(9);
/// How much address space a child may take.
const MEMORY: u64 = 480 << 20;

/// Only so many children read at the same time, since each may take all its memory; further files wait their turn.
static TURNS: Turns = Turns::of(2);
/// How long a file waits for its turn: two others may use up their time before it.
const PATIENCE: Duration = Duration::from_secs(20);

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Names the program whose `main` calls [`serve_child`]: needed where a process cannot find its own file (anywhere
/// but on Linux), and by callers that are not that program, such as tests. The first name given stays.
pub fn set_program(path: PathBuf) {
    PROGRAM.get_or_init(|| path);
}

/// Reads an .xls workbook in a child process.
///
/// # Errors
///
/// The child refused the file, or took too much memory or time for it; or too many files are being read already.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Grid>, Refusal> {
    let _turn = TURNS.take(PATIENCE).ok_or(Refusal::Busy)?;
    let spawned = Command::new(program())
        .arg(ARGUMENT)
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

/// How many may read at the same time.
struct Turns {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// A turn that was taken; it is given back when it is dropped.
struct Turn<'a>(&'a Turns);

impl Turns {
    const fn of(turns: usize) -> Turns {
        Turns { free: Mutex::new(turns), given_back: Condvar::new() }
    }

    /// Takes a turn, or nothing if none comes free in that time.
    fn take(&self, patience: Duration) -> Option<Turn<'_>> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.given_back.wait_timeout_while(free, patience, |free| *free == 0);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        Some(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.given_back.notify_one();
    }
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
    if arguments.into_iter().nth(1)? != ARGUMENT {
        return None;
    }
    Some(match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

fn serve() -> io::Result<()> {
    // The parent's clock is what counts; the limit of time is for orphans.
    process::limit(MEMORY, TIME + Duration::from_secs(1))?;
    let mut bytes = Vec::new();
    io::stdin().lock().take(LARGEST_FILE as u64).read_to_end(&mut bytes)?;
    answer(&bytes, &mut BufWriter::new(io::stdout().lock()))
}

/// Reads an .xls workbook and says its sheets.
fn answer(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    let mut heard = Ok(());
    let mut say = |grid: Grid| {
        heard = wire::say_sheet(out, &grid);
        if heard.is_ok() { Ok(()) } else { Err(Refusal::Damaged) }
    };
    let read = catch_unwind(AssertUnwindSafe(|| xls::read(bytes, &mut say))).unwrap_or(Err(Refusal::Damaged));
    heard?;
    wire::say_end(out, read.err())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_child_cannot_read_it_refuses() {
        let mut said = Vec::new();
        answer(b"no workbook", &mut said).unwrap();
        assert_eq!(wire::hear(&said[..]), Err(Refusal::Damaged));
    }

    #[test]
    fn a_file_waits_its_turn_and_not_for_ever() {
        let turns = Turns::of(1);
        let moment = Duration::from_millis(5);
        let first = turns.take(moment);
        assert!(first.is_some() && turns.take(moment).is_none());
        thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.take(Duration::from_secs(60)).is_some());
            drop(first);
            assert!(waiting.join().unwrap());
        });
        assert!(turns.take(moment).is_some());
    }

    #[test]
    fn a_program_that_is_not_ours_is_told_from_a_child_that_reads() {
        if cfg!(unix) {
            set_program(PathBuf::from("/bin/false"));
            assert_eq!(read(b"x"), Err(Refusal::TooHeavy));
        }
    }
}

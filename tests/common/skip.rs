//! A test that cannot run here says so, also where the output of passing tests is not shown.

use std::io::Write as _;

/// Says on the terminal what was not tested, and why.
pub fn skipped(why: &str) {
    // `eprintln!` is kept back by the test runner unless the test fails; the stream itself is not.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

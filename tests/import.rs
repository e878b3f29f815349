//! Importing legacy sheets: real workbooks in code, a real data file, every rule of the language's section "Importing".

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "import/cells.rs"]
mod cells;
#[path = "import/command.rs"]
mod command;
#[path = "import/headers.rs"]
mod headers;
#[path = "import/matching.rs"]
mod matching;
#[path = "import/misses.rs"]
mod misses;
#[path = "import/reports.rs"]
mod reports;
#[path = "import/world.rs"]
mod world;

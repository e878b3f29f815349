//! What was acknowledged stays: killed servers, blocked commits, full disks, files that nobody may write.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the helpers of a test fail as the test does"
)]

#[cfg(target_os = "linux")]
#[path = "common/skip.rs"]
mod skip;

mod durability {
    mod commit;
    mod copies;
    #[cfg(target_os = "linux")]
    mod disk;
    mod files;
    mod full;
    #[path = "../common/key.rs"]
    mod key;
    mod kill;
    mod pages;
    mod server;
    #[cfg(unix)]
    mod stop;
    mod world;
}

//! What was acknowledged stays: killed servers, blocked commits, full disks, files that nobody may write.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the helpers of a test fail as the test does"
)]

mod durability {
    mod commit;
    mod kill;
    mod server;
    mod world;
}

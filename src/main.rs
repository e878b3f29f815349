//! The `svod` program.

fn main() -> std::process::ExitCode {
    svod::cli::run()
}

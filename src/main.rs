//! The `svod` program.

fn main() -> std::process::ExitCode {
    #[cfg(not(target_os = "linux"))]
    if let Ok(own) = std::env::current_exe() {
        svod::sheet::set_program(own);
    }
    // A child of ours that reads a workbook does only that.
    svod::sheet::serve_child(std::env::args_os()).unwrap_or_else(svod::cli::run)
}

//! What this process may take, and what it took: one function per operating system each.

use std::io;
use std::time::Duration;

/// Takes memory (bytes of address space) and time (of the processor) from this process for good.
///
/// # Errors
///
/// The system does not allow it.
#[cfg(unix)]
pub fn limit(memory: u64, time: Duration) -> io::Result<()> {
    use nix::sys::resource::{Resource, setrlimit};
    setrlimit(Resource::RLIMIT_AS, memory, memory)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    setrlimit(Resource::RLIMIT_CPU, time.as_secs(), time.as_secs())?;
    Ok(())
}

/// Elsewhere no limit is known that needs no unsafe code; parents keep the time of their children everywhere.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn limit(_memory: u64, _time: Duration) -> io::Result<()> {
    Ok(())
}

/// The most memory that this process and the largest of its children that have ended took together, in bytes.
#[cfg(unix)]
pub fn peak_memory() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let peak = |who| getrusage(who).ok().and_then(|usage| u64::try_from(usage.max_rss()).ok());
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    Some((peak(UsageWho::RUSAGE_SELF)? + peak(UsageWho::RUSAGE_CHILDREN)?) * unit)
}

/// Elsewhere nobody knows without unsafe code.
#[cfg(not(unix))]
pub fn peak_memory() -> Option<u64> {
    None
}

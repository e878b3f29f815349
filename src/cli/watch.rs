//! Watching files: what to do again when one of them changes, appears or goes.
//!
//! The files are looked at twice a second: that needs no library, and works on network folders too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often the files are looked at.
pub(super) const PAUSE: Duration = Duration::from_millis(500);

/// What tells one state of a file from another.
type Stamps = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Files or folders that are watched.
pub(super) struct Watch {
    paths: Vec<PathBuf>,
    seen: Option<Stamps>,
}

impl Watch {
    /// Watches some files or folders.
    pub fn new(paths: &[PathBuf]) -> Watch {
        Watch { paths: paths.to_vec(), seen: None }
    }

    /// Whether something is different since the last look; at the first look it always is.
    pub fn changed(&mut self) -> bool {
        let now = Some(stamps(&self.paths));
        let changed = self.seen != now;
        self.seen = now;
        changed
    }

    /// The next look finds a change, whatever it sees: what was to be done has not been done.
    pub fn again(&mut self) {
        self.seen = None;
    }
}

/// Does something at once and after every change of some files or folders, until the program is stopped or it says
/// that it cannot go on.
pub(super) fn each_change<E>(paths: &[PathBuf], mut act: impl FnMut() -> Result<(), E>) -> Result<(), E> {
    let mut watch = Watch::new(paths);
    loop {
        if watch.changed() {
            act()?;
        }
        std::thread::sleep(PAUSE);
    }
}

fn stamps(paths: &[PathBuf]) -> Stamps {
    let mut stamps = Stamps::new();
    for path in paths {
        note(path, &mut stamps);
        // Lists of choices lie beside a form.
        let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(Path::new(".")) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        for beside in std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
            let read = |kind: &str| beside.extension().is_some_and(|extension| extension == kind);
            if read("csv") || (path.is_dir() && read("toml")) {
                note(&beside, &mut stamps);
            }
        }
    }
    stamps
}

fn note(path: &Path, stamps: &mut Stamps) {
    if let Ok(data) = std::fs::metadata(path)
        .and_then(|data| if data.is_file() { Ok(data) } else { Err(std::io::ErrorKind::IsADirectory.into()) })
    {
        stamps.insert(path.to_owned(), (data.modified().ok(), data.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_new_and_lost_files_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (form, list) = (folder.path().join("f.toml"), folder.path().join("l.csv"));
        let watched = [folder.path().to_owned()];
        let empty = stamps(&watched);
        std::fs::write(&form, "a").unwrap();
        let begun = stamps(&watched);
        std::fs::write(&form, "ab").unwrap();
        let changed = stamps(&watched);
        std::fs::write(&list, "name,label").unwrap();
        let listed = stamps(std::slice::from_ref(&form));
        std::fs::write(folder.path().join("notes.txt"), "x").unwrap();
        assert!(empty != begun && begun != changed && changed != listed);
        assert_eq!(listed, stamps(&watched), "other files do not count");
        std::fs::remove_file(&form).unwrap();
        assert!(stamps(&watched) != listed);
    }
}

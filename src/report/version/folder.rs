//! The folder where authors write forms, as the pages see it: its files beside what is published.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::drafts::mark;
use super::{known_form, loaded};
use crate::error::Fault;
use crate::form;

/// The folder of forms; without one, the forms that the program ships with.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    dir: PathBuf,
    embedded: &'static [(&'static str, &'static str)],
    /// Why files of it are not at work, where it is watched; shared by everyone who has the folder.
    faults: Arc<Mutex<Arc<Vec<Fault>>>>,
}

/// A form file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormFile {
    /// Its path, as people see it.
    pub name: String,
    /// The id of its form; of a text that is no form, the file's name.
    pub id: String,
    /// What is in it.
    pub text: String,
}

impl FormFile {
    /// What tells its text from any other: the name of a version.
    pub fn hash(&self) -> String {
        mark(&self.text)
    }
}

impl Folder {
    /// A folder, and what stands for it where there is none.
    pub fn new(dir: &Path, embedded: &'static [(&'static str, &'static str)]) -> Folder {
        Folder { dir: dir.to_owned(), embedded, faults: Arc::default() }
    }

    /// Why files of the folder are not at work: what was found when it was looked at last. Nothing where it is not
    /// watched.
    pub fn faults(&self) -> Arc<Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes what a look at the folder has found; returns whether it is something else than before.
    pub fn found(&self, faults: Vec<Fault>) -> bool {
        let mut known = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let other = **known != faults;
        *known = Arc::new(faults);
        other
    }

    /// Its form files, in the order of their names. What cannot be read as text is left out: nothing can be said of it.
    pub fn files(&self) -> Vec<FormFile> {
        let Ok(entries) = std::fs::read_dir(&self.dir) else {
            let embedded = self.embedded.iter();
            return embedded.map(|(name, text)| file((*name).to_owned(), (*text).to_owned())).collect();
        };
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|one| one == "toml")).collect();
        paths.sort();
        let read = |path: PathBuf| {
            let small = path.metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST);
            let text = std::fs::read_to_string(&path).ok().filter(|_| small)?;
            Some(file(path.display().to_string(), loaded(text, &path).0))
        };
        paths.into_iter().filter_map(read).collect()
    }

    /// The file of a form.
    pub fn find(&self, id: &str) -> Option<FormFile> {
        self.files().into_iter().find(|file| file.id == id)
    }
}

/// Larger files are no forms.
const LARGEST: u64 = 8 << 20;

fn file(name: String, text: String) -> FormFile {
    let known = known_form(&mark(&text)).map(|form| form.id.clone());
    let read = || form::read(&text, &name).ok().map(|form| form.id);
    let stem = || Path::new(&name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let id = known.or_else(read).or_else(stem).unwrap_or_default();
    FormFile { name, id, text }
}

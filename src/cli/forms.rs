//! Where commands find form files: given by name, in the folder of forms, or embedded.

use std::path::{Path, PathBuf};

use super::lists;
use crate::config::Config;
use crate::error::{Error, Fault, Place, Result};
use crate::form::{self, Form};
use crate::lang::Words;
use crate::text;

/// The forms that the program ships with.
const EMBEDDED: &[(&str, &str)] = &[
    ("exam-results.toml", include_str!("../../forms/exam-results.toml")),
    ("programme-2023.toml", include_str!("../../forms/programme-2023.toml")),
    ("social-conditions.toml", include_str!("../../forms/social-conditions.toml")),
    ("staffing.toml", include_str!("../../forms/staffing.toml")),
];

/// A form file: its name as faults call it, and its text.
pub(super) struct FormFile {
    pub name: String,
    /// The text, with the lists of the files that it names below it.
    pub text: String,
    /// What is wrong with those files.
    pub faults: Vec<Fault>,
}

impl FormFile {
    /// The form.
    ///
    /// # Errors
    /// Every fault of the file, and of the lists that it names.
    pub fn read(&self) -> std::result::Result<Form, Vec<Fault>> {
        self.checked(form::read(&self.text, &self.name))
    }

    /// The form in a language, where it is written in that.
    ///
    /// # Errors
    /// As [`FormFile::read`].
    pub fn read_in(&self, language: &str) -> std::result::Result<Form, Vec<Fault>> {
        self.checked(form::read_in(&self.text, &self.name, language))
    }

    fn checked(&self, read: std::result::Result<Form, Vec<Fault>>) -> std::result::Result<Form, Vec<Fault>> {
        match read {
            Ok(form) if self.faults.is_empty() => Ok(form),
            Ok(_) => Err(self.faults.clone()),
            Err(faults) => Err(faults.into_iter().chain(self.faults.iter().cloned()).collect()),
        }
    }
}

/// Reads a text file.
pub(super) fn read_file(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|source| Error::File { path: path.display().to_string(), source })
}

fn embedded() -> impl Iterator<Item = FormFile> {
    EMBEDDED.iter().map(|(name, text)| FormFile {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
        faults: Vec::new(),
    })
}

/// All form files of the folder of forms, in the order of their names; the embedded ones where there is no folder.
pub(super) fn all(config: &Config) -> Result<Vec<FormFile>> {
    if !config.forms.is_dir() {
        return Ok(embedded().collect());
    }
    of_folder(&config.forms)
}

/// All form files of a folder, in the order of their names.
fn of_folder(folder: &Path) -> Result<Vec<FormFile>> {
    paths_of(folder)?.iter().map(|path| form_file(path)).collect()
}

fn paths_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|source| Error::File { path: folder.display().to_string(), source })?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    Ok(paths)
}

fn form_file(path: &Path) -> Result<FormFile> {
    let (text, faults) = lists::loaded(read_file(path)?, path);
    Ok(FormFile { name: path.display().to_string(), text, faults })
}

/// The form files and folders of them given by name, or all of the folder of forms.
pub(super) fn given(config: &Config, files: &[PathBuf]) -> Result<Vec<FormFile>> {
    each(config, files).into_iter().collect()
}

/// The same, file by file: one that cannot be read does not hide the others.
pub(super) fn each(config: &Config, files: &[PathBuf]) -> Vec<Result<FormFile>> {
    if files.is_empty() && !config.forms.is_dir() {
        return embedded().map(Ok).collect();
    }
    let given = if files.is_empty() { std::slice::from_ref(&config.forms) } else { files };
    let mut each = Vec::new();
    for path in given {
        match path.is_dir().then(|| paths_of(path)) {
            None => each.push(form_file(path)),
            Some(Ok(paths)) => each.extend(paths.iter().map(|path| form_file(path))),
            Some(Err(error)) => each.push(Err(error)),
        }
    }
    each
}

/// The form of an id, or of a file given by its path, in the language of messages where it is written in that.
pub(super) fn find(config: &Config, given: &str) -> Result<Form> {
    let path = Path::new(given);
    if path.extension().is_some_and(|extension| extension == "toml") || path.is_file() {
        return form_file(path)?.read_in(config.lang.code()).map_err(Error::Faults);
    }
    let mut ids = Vec::new();
    for file in all(config)? {
        match file.read_in(config.lang.code()) {
            Ok(form) if form.id == given => return Ok(form),
            Ok(form) => ids.push(form.id),
            Err(faults) if file_stem(&file.name) == given => return Err(Error::Faults(faults)),
            Err(_) => {}
        }
    }
    let hint = text::nearest(given, ids.iter().map(String::as_str))
        .map(|near| Words::new("form.did-you-mean").with("name", near));
    let fault = Fault::error(
        Place::Field("FORM".to_owned()),
        "unknown-name",
        Words::new("form.unknown-form").with("name", given),
    );
    Err(Error::fault(fault.hinting(hint)))
}

fn file_stem(name: &str) -> &str {
    Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

//! Published versions of forms: the data file is the truth of what runs.

pub mod actions;
pub mod drafts;
mod folder;
mod lists;
pub mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;

use crate::access::Actor;
use crate::error::Fault;
use crate::error::{Error, Result};
use crate::form::{self, Form};
use crate::lang::{Lang, Words};
use crate::period::Period;

pub use folder::{Folder, FormFile};
pub use lists::loaded;

/// A published version of a form.
#[derive(Debug, Clone)]
pub struct Version {
    /// The form as it is worked with.
    pub form: Arc<Form>,
    /// 1, 2, … within the form.
    pub number: u32,
    /// When it was published.
    pub at: Timestamp,
    /// Who published it.
    pub who: String,
}

/// What publishing did with one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The form.
    pub form: String,
    /// The number of the version that is the newest now.
    pub number: u32,
    /// Whether it became so just now.
    pub new: bool,
}

/// Where a version was published from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A file of the folder of forms.
    File,
    /// The page of forms.
    Page,
}

impl Origin {
    /// The word in the data file.
    pub fn word(self) -> &'static str {
        match self {
            Origin::File => "file",
            Origin::Page => "page",
        }
    }

    fn from_word(word: &str) -> Origin {
        if word == "page" { Origin::Page } else { Origin::File }
    }
}

/// One publication of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// 1, 2, … within the form.
    pub number: u32,
    /// The text that was published.
    pub hash: String,
    /// When.
    pub at: Timestamp,
    /// Who published it.
    pub who: String,
    /// From where.
    pub origin: Origin,
}

/// A form to be published, and what faults call its text.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The form.
    pub form: Form,
    /// The file.
    pub file: String,
}

impl Offer {
    /// A form without a file of its own.
    pub fn of(form: &Form) -> Offer {
        Offer { file: format!("{}.toml", form.id), form: form.clone() }
    }
}

/// A file that says something else than what was published on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The form.
    pub form: String,
    /// The file.
    pub file: String,
    /// What was published on the page.
    pub published: Publication,
    /// The file holds what was published under this number before.
    pub earlier: Option<u32>,
}

impl Difference {
    /// What is said of it, and what can be done.
    pub fn words(&self) -> Words {
        let words = match self.earlier {
            Some(_) => Words::new("evolution.file-earlier"),
            None => Words::new("evolution.file-other"),
        };
        words
            .with("file", &self.file)
            .with("form", &self.form)
            .with("number", i64::from(self.published.number))
            .with("earlier", i64::from(self.earlier.unwrap_or_default()))
    }

    /// The same as a fault of the file.
    pub fn fault(&self) -> Fault {
        let place = crate::error::Place::File(self.file.clone());
        Fault::error(place, "conflict", self.words()).hinting(Some(Words::new("evolution.file-replace")))
    }
}

/// What became of a form that was offered.
#[derive(Debug, Clone)]
pub enum Fate {
    /// It is the newest version.
    Published(Published),
    /// It would lose answers without a word: the published version stays.
    Refused(Vec<Fault>),
    /// Something else was published on the page: that stays.
    Differs(Difference),
}

/// Forms that were read from their texts, by hash: a hash names one text for ever, so nothing here grows old.
fn read_forms() -> std::sync::MutexGuard<'static, HashMap<String, Arc<Form>>> {
    static READ: OnceLock<Mutex<HashMap<String, Arc<Form>>>> = OnceLock::new();
    READ.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was the newest version of each form when it was read last: a guess that saves a question, never an answer.
fn newest_known() -> std::sync::MutexGuard<'static, HashMap<String, Arc<Form>>> {
    static NEWEST: OnceLock<Mutex<HashMap<String, Arc<Form>>>> = OnceLock::new();
    NEWEST.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// Forms by hash and language.
type Told = HashMap<(String, String), Arc<Form>>;

/// Forms in other languages than their own.
fn told_forms() -> std::sync::MutexGuard<'static, Told> {
    static TOLD: OnceLock<Mutex<Told>> = OnceLock::new();
    TOLD.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// A form in the language of whoever reads it, where it is written in that; as it is where not. What is stored never
/// comes from here: only what is shown.
pub fn told(form: &Arc<Form>, actor: &Actor) -> Arc<Form> {
    let wanted = actor.language().filter(|wanted| *wanted != form.language);
    let Some(language) = wanted.and_then(|wanted| form.languages.iter().find(|known| *known == wanted)) else {
        return form.clone();
    };
    let key = (form.hash.clone(), language.clone());
    if let Some(known) = told_forms().get(&key) {
        return known.clone();
    }
    let Some(read) = form.in_language(language).map(Arc::new) else { return form.clone() };
    told_forms().insert(key, read.clone());
    read
}

impl Version {
    /// The version in the language of whoever reads it.
    fn told(self, actor: &Actor) -> Version {
        Version { form: told(&self.form, actor), ..self }
    }
}

/// The period of an address, if the form is collected for such.
///
/// # Errors
/// [`Error::NotFound`] where it is none of the form's.
pub fn period(form: &Form, given: &str) -> Result<Period> {
    let words = || Words::new("report.other-period").with("given", given).with("example", form.period.example());
    let period = Period::from_id(given).filter(|period| period.kind() == form.period);
    period.ok_or_else(|| Error::NotFound(words()))
}

/// The form of a hash, if its text was read before.
fn known_form(hash: &str) -> Option<Arc<Form>> {
    read_forms().get(hash).cloned()
}

/// Reads the form of a stored text.
fn learn_form(hash: &str, source: &str) -> Result<Arc<Form>> {
    let form = form::read(source, hash).map_err(|faults| {
        let said: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.at, fault.say(Lang::En))).collect();
        Error::Internal(format!("published form {hash} cannot be read: {}", said.join("; ")))
    })?;
    let form = Arc::new(form);
    read_forms().insert(hash.to_owned(), form.clone());
    Ok(form)
}

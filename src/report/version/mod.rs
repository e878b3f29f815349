//! Published versions of forms: the data file is the truth of what runs.

pub mod actions;
pub mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;

use crate::access::Actor;
use crate::error::{Error, Result};
use crate::form::{self, Form};
use crate::lang::{Lang, Words};
use crate::period::Period;

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

/// Forms in other languages than their own, by hash and language.
fn told_forms() -> std::sync::MutexGuard<'static, HashMap<(String, String), Arc<Form>>> {
    static TOLD: OnceLock<Mutex<HashMap<(String, String), Arc<Form>>>> = OnceLock::new();
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

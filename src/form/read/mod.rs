//! A form file into a [`Form`]: every fault at once, each with its line and column.

mod accepts;
mod blocks;
mod cases;
mod choices;
mod questions;
mod recipes;

use std::sync::OnceLock;

pub(super) use blocks::{bases, betters, severities, units};
pub use questions::STRUCTURE;
pub(super) use questions::{looks, totals};
pub(super) use recipes::{dashes, years};
use sha2::{Digest, Sha256};
use toml::de::DeTable;

use crate::error::Fault;
use crate::expr::{self, Expr, ExprFault, Value};
use crate::form::bind;
use crate::form::evolution;
use crate::form::grammar::FORM;
use crate::form::languages::{DEFAULT_LANGUAGE, Languages, is_language};
use crate::form::model::{Form, Respondent};
use crate::form::source::{Keys, Origin, Plain, Source, Text, plain};
use crate::ids::OrgType;
use crate::lang::Words;
use crate::period::PeriodType;
use crate::text;

/// Reads a form file; `file` is the name that faults call it.
///
/// # Errors
/// Every fault of the file, in its order. References to other forms are not followed here: see [`super::check_others`].
pub fn read(source: &str, file: &str) -> Result<Form, Vec<Fault>> {
    read_as(source, file, None)
}

/// Reads a form file in a language: its texts are in that language where they are written in it, in the form's
/// `default_language` where not. Everything else, the hash included, is the same in every language.
///
/// # Errors
/// As [`read`].
pub fn read_in(source: &str, file: &str, language: &str) -> Result<Form, Vec<Fault>> {
    read_as(source, file, Some(language))
}

fn read_as(source: &str, file: &str, language: Option<&str>) -> Result<Form, Vec<Fault>> {
    let mut text = Source::new(source, file);
    let Some(document) = text.document() else { return Err(text.into_faults()) };
    text.languages = Languages::new(default_language(document.get_ref()), language);
    let keys = Keys::new(&text, document.get_ref(), (0, &FORM));
    let mut reading = Reading { form: empty(source), list_names: Vec::new(), period_unread: false };
    reading.head(&keys);
    reading.parameters(&keys);
    reading.choices(&keys);
    reading.questions(&keys);
    reading.blocks(&keys);
    reading.recipes(&keys);
    reading.cases(&keys);
    reading.form.removed = strings(&keys, "removed");
    evolution::check_removed(&reading.form, &keys);
    keys.finish();
    let mut form = reading.form;
    (form.language, form.languages) = (text.languages.read_in(), text.languages.all());
    form.notes = text.untranslated();
    bind::bind(&mut form, &text);
    recipes::check_goals(&form, &text, document.get_ref());
    let faults = text.into_faults();
    if faults.is_empty() { Ok(form) } else { Err(faults) }
}

impl Form {
    /// The same form in another language; nothing where it is in that already, or is not written in it.
    pub fn in_language(&self, language: &str) -> Option<Form> {
        let other = self.language != language && self.languages.iter().any(|known| known == language);
        other.then(|| read_in(&self.source, &self.id, language).ok()).flatten()
    }

    /// The same form in the language of its plain strings; nothing where it is in that already.
    pub fn in_its_own(&self) -> Option<Form> {
        self.in_language(self.languages.first()?)
    }
}

/// What the file says of its plain strings, before anything else is read.
fn default_language<'d>(document: &'d DeTable<'_>) -> &'d str {
    let said = document.get("default_language").and_then(|value| value.get_ref().as_str());
    said.filter(|code| is_language(code)).unwrap_or(DEFAULT_LANGUAGE)
}

/// What has been read so far.
pub(super) struct Reading {
    form: Form,
    /// Names of choice lists, to be found by questions.
    list_names: Vec<String>,
    /// The form's period is misspelt: nothing can be said of the periods of targets.
    period_unread: bool,
}

fn empty(source: &str) -> Form {
    let hash = Sha256::digest(source.as_bytes());
    Form {
        id: String::new(),
        title: String::new(),
        description: None,
        period: PeriodType::Once,
        about: OrgType::School,
        by: Vec::new(),
        many: false,
        parameters: Vec::new(),
        groups: Vec::new(),
        fields: Vec::new(),
        tables: Vec::new(),
        choices: Vec::new(),
        conditions: Vec::new(),
        order: Vec::new(),
        checks: Vec::new(),
        indicators: Vec::new(),
        classifications: Vec::new(),
        recipes: Vec::new(),
        cases: Vec::new(),
        removed: Vec::new(),
        language: DEFAULT_LANGUAGE.to_owned(),
        languages: Vec::new(),
        notes: Vec::new(),
        source: source.to_owned(),
        hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        origins: vec![Origin::default()],
        names: OnceLock::new(),
        reach: OnceLock::new(),
        trees: OnceLock::new(),
    }
}

/// A name: a letter or `_`, then letters, digits, `-`, `_`, `.`.
pub fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

impl Reading {
    fn head(&mut self, keys: &Keys<'_, '_>) {
        if let Some(id) = keys.needed("id") {
            self.form.id = name_of(keys, &id);
        }
        self.form.title = keys.needed("title").map(|title| title.value).unwrap_or_default();
        self.form.description = keys.string("description");
        if let Some(code) = keys.text("default_language").filter(|code| !is_language(&code.value)) {
            let words = Words::new("form.language").with("code", &code.value);
            keys.fault_at("default_language", "wrong-type", words);
        }
        match word(keys, "period", PeriodType::from_name, PeriodType::names()) {
            Some(period) => self.form.period = period,
            None => self.period_unread = keys.has("period"),
        }
        if let Some(about) = word(keys, "about", OrgType::from_name, OrgType::ALL.iter().map(|kind| kind.name())) {
            self.form.about = about;
        }
        self.form.many = keys.boolean("many").unwrap_or(false);
        self.respondents(keys);
    }

    fn respondents(&mut self, keys: &Keys<'_, '_>) {
        let known = || Respondent::ALL.iter().map(|(name, _)| *name);
        for text in keys.texts("by").unwrap_or_default() {
            match Respondent::ALL.iter().find(|(name, _)| *name == text.value) {
                Some((_, respondent)) => self.form.by.push(*respondent),
                None => unknown_option(keys.source(), &text, known()),
            }
        }
        if self.form.by.is_empty() {
            self.form.by.push(match self.form.about {
                OrgType::Region => Respondent::Region,
                OrgType::Municipality => Respondent::Municipality,
                OrgType::School => Respondent::School,
            });
        }
    }

    fn parameters(&mut self, keys: &Keys<'_, '_>) {
        let Some(table) = keys.table("parameters") else { return };
        for (name, at, value) in table.entries() {
            match plain(value) {
                Some(plain) => self.form.parameters.push((name.to_owned(), value_of(&plain))),
                None => keys.source().fault(at, "wrong-type", Words::new("form.parameter").with("name", name), None),
            }
        }
    }

    /// Parses an expression that stands in a string of the file.
    fn expression(&mut self, source: &Source<'_>, text: Text) -> Option<Expr> {
        if text.value.trim().is_empty() {
            return None;
        }
        let parsed = expr::parse_through(&text.value);
        self.parsed(source, text, parsed)
    }

    /// The filter of choices under a key.
    fn filter(&mut self, keys: &Keys<'_, '_>, key: &'static str) -> Option<Expr> {
        let text = keys.text(key).filter(|text| !text.value.trim().is_empty())?;
        let parsed = expr::parse_filter(&text.value);
        self.parsed(keys.source(), text, parsed)
    }

    fn parsed(
        &mut self,
        source: &Source<'_>,
        text: Text,
        (expr, faults): (Option<Expr>, Vec<ExprFault>),
    ) -> Option<Expr> {
        for fault in faults {
            source.fault(text.origin.of(fault.span), fault.code, fault.message, fault.hint);
        }
        let mut expr = expr?;
        expr.origin = self.form.origins.len();
        self.form.origins.push(text.origin);
        Some(expr)
    }

    /// The expression under a key.
    fn expr(&mut self, keys: &Keys<'_, '_>, key: &'static str) -> Option<Expr> {
        let text = keys.text(key)?;
        self.expression(keys.source(), text)
    }

    /// The expression under a key, or `true` / `false` written as such.
    fn truth(&mut self, keys: &Keys<'_, '_>, key: &'static str) -> Option<Expr> {
        let value = keys.any(key)?;
        match (plain(value), keys.as_text(value)) {
            (_, Some(text)) => self.expression(keys.source(), text),
            (Some(Plain::Boolean(truth)), _) => expr::parse(if truth { "true()" } else { "false()" }).ok(),
            _ => {
                let message =
                    Words::new("form.wrong-value").with("key", key).with("expected", Words::new("form.a-truth"));
                keys.fault_at(key, "wrong-type", message);
                None
            }
        }
    }

    /// The table of a name, for `over`, `by`.
    fn table_named(&self, keys: &Keys<'_, '_>, key: &'static str) -> Option<usize> {
        let text = keys.text(key)?;
        let found = self.form.tables.iter().position(|table| table.name == text.value);
        if found.is_none() {
            unknown_word(keys.source(), &text, self.form.tables.iter().map(|table| table.name.as_str()));
        }
        found
    }
}

/// The strings of a list.
pub(super) fn strings(keys: &Keys<'_, '_>, key: &'static str) -> Vec<String> {
    keys.texts(key).unwrap_or_default().into_iter().map(|text| text.value).collect()
}

/// A value from a plain TOML value.
pub(super) fn value_of(plain: &Plain) -> Value {
    match plain {
        Plain::Number(number) => Value::Number(*number),
        Plain::Text(text) => Value::text(text.as_str()),
        Plain::Boolean(boolean) => Value::Boolean(*boolean),
        Plain::List(list) => Value::List(list.iter().map(value_of).collect()),
    }
}

/// The name in a string; a fault if it is not one.
pub(super) fn name_of(keys: &Keys<'_, '_>, text: &Text) -> String {
    if !is_name(&text.value) {
        let message = Words::new("form.bad-name").with("name", &text.value);
        keys.source().fault(text.origin.start(), "syntax", message, None);
    }
    text.value.clone()
}

/// Notes a name that stands there already.
pub(super) fn duplicate(source: &Source<'_>, text: &Text) {
    source.fault(text.origin.start(), "duplicate", Words::new("form.duplicate").with("name", &text.value), None);
}

/// Notes a name that nothing has, with the one that was probably meant.
pub(super) fn unknown_word<'k>(source: &Source<'_>, text: &Text, known: impl Iterator<Item = &'k str>) {
    let known: Vec<&str> = known.collect();
    let hint = match text::nearest(&text.value, known.iter().copied()) {
        Some(near) => Some(Words::new("form.did-you-mean").with("name", near)),
        None if known.is_empty() => None,
        None => Some(Words::new("form.known-names").with("names", known.join(", "))),
    };
    let message = Words::new("form.unknown-name").with("name", &text.value);
    source.fault(text.origin.start(), "unknown-name", message, hint);
}

/// Notes a word that cannot stand here, with the one that was probably meant.
pub(super) fn unknown_option<'k>(source: &Source<'_>, text: &Text, known: impl Iterator<Item = &'k str>) {
    let known: Vec<&str> = known.collect();
    let hint = match text::nearest(&text.value, known.iter().copied()) {
        Some(near) => Words::new("form.did-you-mean").with("name", near),
        None => Words::new("form.known-names").with("names", known.join(", ")),
    };
    let message = Words::new("form.unknown-option").with("name", &text.value);
    source.fault(text.origin.start(), "unknown-name", message, Some(hint));
}

/// One of a few words under a key.
pub(super) fn word<'k, T>(
    keys: &Keys<'_, '_>,
    key: &'static str,
    find: impl Fn(&str) -> Option<T>,
    known: impl Iterator<Item = &'k str>,
) -> Option<T> {
    let text = keys.text(key)?;
    let found = find(&text.value);
    if found.is_none() {
        unknown_option(keys.source(), &text, known);
    }
    found
}

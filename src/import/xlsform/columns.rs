//! The columns of XLSForm: their names, older names, languages, and what becomes of each.

use crate::text;

/// A sheet of an XLSForm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sheet {
    Survey,
    Choices,
    Settings,
}

/// What a heading means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// The key of today; of an unknown column what is written.
    pub key: String,
    /// The language, as written behind `::`.
    pub language: Option<String>,
    /// It is one of XLSForm's.
    pub known: bool,
}

/// Older names of columns of the survey.
const SURVEY_ALIASES: [(&str, &str); 24] = [
    ("readonly", "read_only"),
    ("relevance", "relevant"),
    ("calculate", "calculation"),
    ("constraining_message", "constraint_message"),
    ("requiredmsg", "required_message"),
    ("caption", "label"),
    ("command", "type"),
    ("tag", "name"),
    ("value", "name"),
    ("count", "repeat_count"),
    ("jr:count", "repeat_count"),
    ("bind::relevant", "relevant"),
    ("bind::constraint", "constraint"),
    ("bind::calculate", "calculation"),
    ("bind::required", "required"),
    ("bind::readonly", "read_only"),
    ("bind::jr:constraintmsg", "constraint_message"),
    ("bind::jr:requiredmsg", "required_message"),
    ("body::jr:count", "repeat_count"),
    ("control::jr:count", "repeat_count"),
    ("body::appearance", "appearance"),
    ("control::appearance", "appearance"),
    ("media::image", "image"),
    ("noapperrorstring", "no_app_error_string"),
];

const CHOICES_ALIASES: [(&str, &str); 4] =
    [("list name", "list_name"), ("value", "name"), ("caption", "label"), ("tag", "name")];

const SETTINGS_ALIASES: [(&str, &str); 6] = [
    ("title", "form_title"),
    ("id_string", "form_id"),
    ("set_form_title", "form_title"),
    ("set_form_id", "form_id"),
    ("set form title", "form_title"),
    ("set form id", "form_id"),
];

/// The columns of the survey.
const SURVEY: [&str; 30] = [
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "required",
    "required_message",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "default",
    "read_only",
    "trigger",
    "appearance",
    "parameters",
    "choice_filter",
    "repeat_count",
    "save_to",
    "image",
    "big-image",
    "audio",
    "video",
    "autoplay",
    "note",
    "disabled",
    "rows",
    "query",
    "intent",
    "svod",
];

const CHOICES: [&str; 8] = ["list_name", "name", "label", "image", "big-image", "audio", "video", "geometry"];

const SETTINGS: [&str; 16] = [
    "form_title",
    "form_id",
    "version",
    "instance_name",
    "default_language",
    "style",
    "public_key",
    "submission_url",
    "auto_send",
    "auto_delete",
    "client_editable",
    "allow_choice_duplicates",
    "clean_text_values",
    "namespaces",
    "prefix",
    "delimiter",
];

/// Columns that may be written in several languages.
const TRANSLATABLE: [&str; 9] = [
    "label",
    "hint",
    "guidance_hint",
    "constraint_message",
    "required_message",
    "image",
    "big-image",
    "audio",
    "video",
];

fn known(sheet: Sheet) -> &'static [&'static str] {
    match sheet {
        Sheet::Survey => &SURVEY,
        Sheet::Choices => &CHOICES,
        Sheet::Settings => &SETTINGS,
    }
}

fn aliases(sheet: Sheet) -> &'static [(&'static str, &'static str)] {
    match sheet {
        Sheet::Survey => &SURVEY_ALIASES,
        Sheet::Choices => &CHOICES_ALIASES,
        Sheet::Settings => &SETTINGS_ALIASES,
    }
}

/// Reads a heading.
pub(super) fn read(sheet: Sheet, written: &str) -> Column {
    let whole = split(written).iter().map(|part| part.to_lowercase()).collect::<Vec<_>>().join("::");
    if let Some(key) = key_of(sheet, &whole) {
        return Column { key, language: None, known: true };
    }
    let parts = split(written);
    let (first, rest) = parts.split_first().map_or((written, &[][..]), |(first, rest)| (*first, rest));
    let media = first.eq_ignore_ascii_case("media");
    let bound = first.eq_ignore_ascii_case("bind");
    let (head, language) = match rest {
        [inner, language @ ..] if media => ((*inner).to_owned(), language.join("::")),
        [inner, language @ ..] if bound => (format!("bind::{inner}"), language.join("::")),
        language => (first.to_owned(), language.join("::")),
    };
    match key_of(sheet, &head.to_lowercase()) {
        Some(key) if TRANSLATABLE.contains(&key.as_str()) && !language.is_empty() => {
            Column { key, language: Some(language), known: true }
        }
        Some(key) if language.is_empty() => Column { key, language: None, known: true },
        _ => Column { key: written.to_owned(), language: None, known: false },
    }
}

/// The parts of a heading: `label::Русский (ru)`, in older forms `label:Русский`.
fn split(written: &str) -> Vec<&str> {
    if written.contains("::") {
        return written.split("::").map(str::trim).collect();
    }
    match written.split_once(':') {
        Some((first, rest)) if first.trim() != "jr" => {
            let mut parts = vec![first.trim()];
            // `bind:jr:constraintMsg` keeps its second colon.
            match rest.split_once(':') {
                Some((middle, last)) if middle.trim() != "jr" => parts.extend([middle.trim(), last.trim()]),
                _ => parts.push(rest.trim()),
            }
            parts
        }
        _ => vec![written.trim()],
    }
}

fn key_of(sheet: Sheet, head: &str) -> Option<String> {
    let alias = |head: &str| aliases(sheet).iter().find(|(old, _)| *old == head).map(|(_, key)| *key);
    let exact = |head: &str| known(sheet).iter().find(|key| **key == head).copied();
    let joined = head.replace(' ', "_");
    alias(head).or_else(|| exact(head)).or_else(|| alias(&joined)).or_else(|| exact(&joined)).map(str::to_owned)
}

/// The column that an unknown one was probably meant to be.
pub(super) fn near(sheet: Sheet, column: &Column) -> Option<&'static str> {
    if column.known || sheet == Sheet::Choices || column.key.contains(':') {
        return None;
    }
    text::nearest(&column.key.to_lowercase(), known(sheet).iter().copied())
}

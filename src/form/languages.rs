//! Texts in several languages: `label = { ru = "…", en = "…" }`, the one that a form is read in, and what is missing.

use std::cell::RefCell;

/// The language of plain strings unless the form says `default_language`.
pub const DEFAULT_LANGUAGE: &str = "ru";

/// The keys whose texts may be written in several languages.
pub const TRANSLATABLE: [&str; 9] = [
    "title",
    "label",
    "hint",
    "guidance_hint",
    "description",
    "constraint_message",
    "required_message",
    "message",
    "note",
];

/// How many languages a form may speak.
const LANGUAGES: usize = 32;

/// Whether a word is a language's code: `ru`, `en`, `tt`, `zh-Hant`.
pub fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let first = parts.next().unwrap_or_default();
    let short = (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase());
    short && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The languages of a form while it is read.
#[derive(Debug, Default)]
pub(super) struct Languages {
    wanted: String,
    /// Every language that was met, the default one first.
    met: RefCell<Vec<String>>,
    /// Every text that wants translating: where it stands, under which key, the languages that it has.
    texts: RefCell<Vec<(usize, String, u32)>>,
}

/// A text that some languages lack.
#[derive(Debug)]
pub(super) struct Untranslated {
    /// The byte of the file where its value stands.
    pub at: usize,
    /// Its key, or the code of a choice.
    pub key: String,
    /// The languages without it.
    pub missing: Vec<String>,
}

impl Languages {
    /// A form whose plain strings are in one language, read in another where it has that.
    pub fn new(default: &str, wanted: Option<&str>) -> Self {
        let wanted = wanted.unwrap_or(default).to_owned();
        Languages { wanted, met: RefCell::new(vec![default.to_owned()]), texts: RefCell::default() }
    }

    /// Notes a plain string: it is in the default language, and all of them if there is not a letter in it.
    pub fn plain(&self, at: usize, key: &str, text: &str) {
        let all = if text.chars().any(char::is_alphabetic) { 1 } else { u32::MAX };
        self.texts.borrow_mut().push((at, key.to_owned(), all));
    }

    /// Notes a text in several languages, and says which of them is read: the wanted one, the default one, the first.
    /// `None` where there are more languages than a form may have, or no text at all.
    pub fn choose<'t>(&self, at: usize, key: &str, texts: &[(&'t str, &str)]) -> Option<&'t str> {
        let mut has = 0;
        for (code, text) in texts {
            let number = self.number(code)?;
            has |= if text.trim().is_empty() { 0 } else { 1 << number };
        }
        self.texts.borrow_mut().push((at, key.to_owned(), has));
        let met = self.met.borrow();
        let given = |code: &str| texts.iter().find(|(known, text)| *known == code && !text.trim().is_empty());
        let found = given(&self.wanted).or_else(|| given(met.first()?)).or_else(|| texts.first());
        found.map(|(code, _)| *code)
    }

    fn number(&self, code: &str) -> Option<usize> {
        let mut met = self.met.borrow_mut();
        if let Some(number) = met.iter().position(|known| known == code) {
            return Some(number);
        }
        met.push(code.to_owned());
        (met.len() <= LANGUAGES).then(|| met.len() - 1)
    }

    /// The language that the form was read in: the wanted one if the form has it.
    pub fn read_in(&self) -> String {
        let met = self.met.borrow();
        let found = met.iter().find(|code| **code == self.wanted).or(met.first());
        found.cloned().unwrap_or_default()
    }

    /// Every language of the form, the default one first.
    pub fn all(&self) -> Vec<String> {
        self.met.borrow().clone()
    }

    /// What is not in every language of the form, in the order of the file; nothing in a form of one language.
    pub fn untranslated(&self) -> Vec<Untranslated> {
        let met = self.met.borrow();
        let mut lacking: Vec<Untranslated> = Vec::new();
        if met.len() < 2 {
            return lacking;
        }
        for (at, key, has) in self.texts.borrow().iter() {
            let each = met.iter().enumerate().filter(|(number, _)| has & (1 << number) == 0);
            let missing: Vec<String> = each.map(|(_, code)| code.clone()).collect();
            if !missing.is_empty() {
                lacking.push(Untranslated { at: *at, key: key.clone(), missing });
            }
        }
        lacking.sort_by_key(|text| text.at);
        lacking.dedup_by_key(|text| text.at);
        lacking
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_languages_are_told_from_words() {
        for code in ["ru", "en", "tat", "zh-Hant", "en-GB"] {
            assert!(is_language(code), "{code}");
        }
        for word in ["", "r", "Ru", "русский", "english", "en_GB", "en-"] {
            assert!(!is_language(word), "{word}");
        }
    }

    #[test]
    fn the_wanted_language_wins_then_the_default_one_then_the_first() {
        let read =
            |wanted, texts: &[(&'static str, &str)]| Languages::new("ru", Some(wanted)).choose(0, "label", texts);
        let both = [("en", "Yes"), ("ru", "Да")];
        assert_eq!(read("en", &both), Some("en"));
        assert_eq!(read("tt", &both), Some("ru"));
        assert_eq!(read("ru", &[("en", "Yes"), ("ru", " ")]), Some("en"));
        assert_eq!(read("ru", &[]), None);
    }

    #[test]
    fn what_has_letters_and_lacks_a_language_is_untranslated() {
        let languages = Languages::new("ru", None);
        languages.plain(5, "label", "Да");
        languages.plain(6, "label", "2024");
        languages.choose(7, "title", &[("ru", "Форма"), ("en", "Form")]);
        languages.choose(8, "hint", &[("en", "How")]);
        let lacking: Vec<_> = languages.untranslated().into_iter().map(|text| (text.at, text.missing)).collect();
        assert_eq!(lacking, [(5, vec!["en".to_owned()]), (8, vec!["ru".to_owned()])]);
        assert_eq!(languages.read_in(), "ru");
    }
}

//! Words of the interface: Russian first, English second, one catalogue of keys for both.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::text;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Russian, the first language of the product.
    #[default]
    Ru,
    /// English.
    En,
}

impl Lang {
    /// Every language of the interface.
    pub const ALL: [Lang; 2] = [Lang::Ru, Lang::En];

    /// The language of a code, if the interface speaks it.
    pub fn of_code(code: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The language's code as in `--lang` and `<html lang>`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Ru => "ru",
            Lang::En => "en",
        }
    }

    /// The text of a key without arguments.
    pub fn t(self, key: &'static str) -> String {
        Words::new(key).say(self)
    }

    fn catalogue(self) -> &'static Catalogue {
        static RU: OnceLock<Catalogue> = OnceLock::new();
        static EN: OnceLock<Catalogue> = OnceLock::new();
        match self {
            Lang::Ru => RU.get_or_init(|| Catalogue::read(include_str!("ru.toml"))),
            Lang::En => EN.get_or_init(|| Catalogue::read(include_str!("en.toml"))),
        }
    }

    /// Which of a list of plural forms a count takes.
    fn plural(self, count: i64, forms: usize) -> usize {
        let n = count.unsigned_abs();
        let form = match self {
            Lang::Ru if n % 10 == 1 && n % 100 != 11 => 0,
            Lang::Ru if (2..=4).contains(&(n % 10)) && !(12..=14).contains(&(n % 100)) => 1,
            Lang::Ru => 2,
            Lang::En => usize::from(n != 1),
        };
        form.min(forms.saturating_sub(1))
    }
}

/// A sentence that has not been said yet: a key of the catalogue and what goes into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    key: &'static str,
    args: Vec<(&'static str, Arg)>,
}

/// What goes into a sentence.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// Text as it is.
    Text(String),
    /// A count; the argument named `n` also chooses the plural form.
    Count(i64),
    /// A number, shown by the language's rules.
    Number(f64),
    /// Another sentence.
    Words(Box<Words>),
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Arg::Text(value.to_owned())
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Arg::Text(value)
    }
}

impl From<&String> for Arg {
    fn from(value: &String) -> Self {
        Arg::Text(value.clone())
    }
}

impl From<usize> for Arg {
    fn from(value: usize) -> Self {
        Arg::Count(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Arg::Count(value)
    }
}

impl From<f64> for Arg {
    fn from(value: f64) -> Self {
        Arg::Number(value)
    }
}

impl From<Words> for Arg {
    fn from(value: Words) -> Self {
        Arg::Words(Box::new(value))
    }
}

/// The key of a sentence that is given whole, not by the catalogue (a form author's own message).
const LITERAL: &str = "";

impl Words {
    /// A sentence by its key; `key` must stand in both catalogues (a test checks it).
    pub fn new(key: &'static str) -> Self {
        Words { key, args: Vec::new() }
    }

    /// The key of the sentence: what tells one refusal from another.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// A sentence that is already written, for example by the author of a form.
    pub fn literal(text: impl Into<String>) -> Self {
        Words { key: LITERAL, args: vec![("text", Arg::Text(text.into()))] }
    }

    /// The same sentence with one more argument, `{name}` in the catalogue.
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// The sentence in a language.
    pub fn say(&self, lang: Lang) -> String {
        if self.key == LITERAL {
            return self.args.iter().map(|(_, arg)| arg.say(lang)).collect();
        }
        let pattern = match lang.catalogue().entries.get(self.key) {
            Some(Entry::One(text)) => text,
            Some(Entry::Plural(forms)) => &forms[lang.plural(self.count(), forms.len())],
            None => return self.key.to_owned(),
        };
        self.fill(pattern, lang)
    }

    fn count(&self) -> i64 {
        self.args
            .iter()
            .find_map(|(name, arg)| match arg {
                Arg::Count(n) if *name == "n" => Some(*n),
                _ => None,
            })
            .unwrap_or(0)
    }

    fn fill(&self, pattern: &str, lang: Lang) -> String {
        let mut said = String::with_capacity(pattern.len() + 16);
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            said.push_str(&rest[..open]);
            rest = &rest[open..];
            let Some(close) = rest.find('}') else { break };
            let name = &rest[1..close];
            match self.args.iter().find(|(known, _)| *known == name) {
                Some((_, arg)) => said.push_str(&arg.say(lang)),
                None => said.push_str(&rest[..=close]),
            }
            rest = &rest[close + 1..];
        }
        said.push_str(rest);
        said
    }
}

impl Arg {
    fn say(&self, lang: Lang) -> String {
        match self {
            Arg::Text(text) => text.clone(),
            Arg::Count(n) => text::grouped(*n, lang),
            Arg::Number(n) => text::number(*n, lang),
            Arg::Words(words) => words.say(lang),
        }
    }
}

enum Entry {
    One(String),
    Plural(Vec<String>),
}

struct Catalogue {
    entries: HashMap<String, Entry>,
}

impl Catalogue {
    /// Reads `[section] key = "text"` (plurals as lists) into `section.key`.
    fn read(source: &str) -> Catalogue {
        let table: toml::Table = source.parse().unwrap_or_default();
        let mut entries = HashMap::new();
        for (section, keys) in table {
            for (key, value) in keys.as_table().cloned().unwrap_or_default() {
                let entry = match value {
                    toml::Value::Array(forms) => {
                        Entry::Plural(forms.iter().filter_map(|f| f.as_str().map(str::to_owned)).collect())
                    }
                    other => Entry::One(other.as_str().unwrap_or_default().to_owned()),
                };
                entries.insert(format!("{section}.{key}"), entry);
            }
        }
        Catalogue { entries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(source: &str) -> Vec<String> {
        let mut keys: Vec<String> = Catalogue::read(source).entries.into_keys().collect();
        keys.sort();
        keys
    }

    #[test]
    fn both_catalogues_have_the_same_keys() {
        let (ru, en) = (keys(include_str!("ru.toml")), keys(include_str!("en.toml")));
        let only = |a: &[String], b: &[String]| a.iter().filter(|k| !b.contains(k)).cloned().collect::<Vec<_>>();
        assert_eq!((only(&ru, &en), only(&en, &ru)), (vec![], vec![]), "(only Russian, only English)");
        assert!(!ru.is_empty());
    }

    #[test]
    fn plural_lists_have_as_many_forms_as_the_language() {
        for (source, forms) in [(include_str!("ru.toml"), 3), (include_str!("en.toml"), 2)] {
            for (key, entry) in Catalogue::read(source).entries {
                if let Entry::Plural(list) = entry {
                    assert_eq!(list.len(), forms, "{key}");
                }
            }
        }
    }

    #[test]
    fn russian_counts_choose_their_form() {
        let forms: Vec<usize> = [1, 2, 5, 11, 12, 21, 22, 111].iter().map(|n| Lang::Ru.plural(*n, 3)).collect();
        assert_eq!(forms, [0, 1, 2, 2, 2, 0, 1, 2]);
    }
}

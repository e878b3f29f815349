//! The reference of the form language, made of the program's own tables: as chapters, from which page and Markdown come.

mod markdown;
mod told;

use std::collections::BTreeMap;

pub use self::markdown::markdown;
pub(in crate::web) use self::told::Said;
use super::pages::manual::{document, lists};
use crate::form::grammar::{BLOCKS, Block, Key, Others, Takes};
use crate::form::{self, Met};
use crate::lang::{Lang, Words};
use crate::period::PeriodType;

/// The form that uses every key and every type; a test sees to it.
pub(in crate::web) const EVERY: &str = include_str!("../assets/manual/every.toml");

/// A chapter of the reference.
pub(super) struct Chapter {
    /// What links point at.
    pub id: String,
    /// The title; code stands in `` ` ``.
    pub title: String,
    /// What is said before the entries.
    pub said: Vec<String>,
    /// The entries.
    pub entries: Vec<Entry>,
    /// A part of the chapter before it.
    pub inner: bool,
}

/// A key, a type, a function.
pub(super) struct Entry {
    /// What links point at.
    pub id: String,
    /// How it is written.
    pub term: String,
    /// What it takes, and whether it must be there.
    pub takes: String,
    /// What it means.
    pub said: String,
    /// An example as it stands in a file.
    pub example: Option<String>,
    /// Where it works, if that differs from one to another.
    pub works: String,
    /// What the example gives.
    pub gives: Option<String>,
}

/// What people are told of a block or a key of it: the descriptions of the schema.
pub fn described(block: &Block, key: Option<&Key>, lang: Lang) -> String {
    let said = match key {
        Some(key) => told::key(block, key).map(|told| told.said.of(lang)),
        None => told::block(block).map(|told| told.said.of(lang)),
    };
    said.unwrap_or_default().to_owned()
}

/// Every chapter.
pub(super) fn chapters(lang: Lang) -> Vec<Chapter> {
    let examples = Examples::of(EVERY);
    let mut chapters = vec![opening("keys", "reference.keys", "reference.keys-said", lang)];
    chapters.extend(BLOCKS.into_iter().map(|block| of_block(block, &examples, lang)));
    chapters.push(types(&examples, lang));
    chapters.push(periods(lang));
    chapters.push(opening("functions", "reference.functions", "reference.functions-said", lang));
    let signs = lists::told_signs(lang).collect();
    chapters.push(Chapter {
        entries: signs,
        inner: true,
        ..opening("signs", "reference.signs", "reference.signs-said", lang)
    });
    chapters.extend(functions(lang));
    chapters.push(laws(lang));
    chapters.push(commands(lang));
    chapters
}

fn opening(id: &str, title: &'static str, said: &'static str, lang: Lang) -> Chapter {
    let said = vec![lang.t(said)];
    Chapter { id: id.to_owned(), title: lang.t(title), said, entries: Vec::new(), inner: false }
}

fn of_block(block: &'static Block, examples: &Examples, lang: Lang) -> Chapter {
    let heading = told::block(block).map(|told| told.heading.of(lang)).unwrap_or_default();
    let title = if heading.is_empty() { lang.t("reference.head") } else { format!("`{heading}`") };
    let entry = |key: &'static Key| Entry {
        id: format!("{}-{}", block.name, key.name),
        term: key.name.to_owned(),
        takes: takes(key, lang),
        said: described(block, Some(key), lang),
        example: examples.key(block, key),
        works: String::new(),
        gives: None,
    };
    Chapter {
        id: format!("b-{}", block.name),
        title,
        said: vec![described(block, None, lang)],
        entries: block.each().map(entry).collect(),
        inner: true,
    }
}

/// What a key takes, in words, and whether its block needs it.
fn takes(key: &Key, lang: Lang) -> String {
    let word = |key: &'static str| lang.t(key);
    let any = |words: Vec<&str>| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let takes = match key.takes {
        Takes::Text => word("reference.text"),
        Takes::Said => word("reference.said"),
        Takes::Expression => word("reference.expression"),
        Takes::Truth => word("reference.truth"),
        Takes::Number => word("reference.number"),
        Takes::Boolean => "`true`, `false`".to_owned(),
        Takes::Texts => word("reference.texts"),
        Takes::Word(words) => any(words()),
        Takes::Words(words) => Words::new("reference.words").with("words", any(words())).say(lang),
        Takes::Type(_) => word("reference.type"),
        Takes::Default => word("reference.default"),
        Takes::Json => word("reference.json"),
        Takes::Target => word("reference.target"),
        Takes::Table(block) if block.others == Others::Refused => word("reference.table"),
        Takes::Table(_) => word("reference.open-table"),
        Takes::Tables(_) | Takes::Questions(_) => word("reference.tables"),
    };
    if key.needed { Words::new("reference.needed").with("takes", takes).say(lang) } else { takes }
}

/// The types of questions, each as it stands in the example.
fn types(examples: &Examples, lang: Lang) -> Chapter {
    let entry = |(name, said): (String, String)| Entry {
        id: format!("t-{name}"),
        example: examples.types.get(&name).or_else(|| examples.values.get(&name)).cloned(),
        term: name,
        takes: String::new(),
        said,
        works: String::new(),
        gives: None,
    };
    let entries = lists::told_types(lang).map(entry).collect();
    Chapter { entries, ..opening("types", "reference.types", "reference.types-said", lang) }
}

fn periods(lang: Lang) -> Chapter {
    let entry = |kind: PeriodType| Entry {
        id: format!("p-{}", kind.name()),
        term: kind.name().to_owned(),
        takes: String::new(),
        said: kind.name_words().say(lang),
        example: Some(if kind == PeriodType::Once { "once".to_owned() } else { kind.example().to_owned() }),
        works: String::new(),
        gives: None,
    };
    let entries = PeriodType::names().filter_map(PeriodType::from_name).map(entry).collect();
    Chapter { entries, ..opening("periods", "reference.periods", "reference.periods-said", lang) }
}

fn functions(lang: Lang) -> impl Iterator<Item = Chapter> {
    lists::told_parts(lang).enumerate().map(|(number, (title, functions))| Chapter {
        id: format!("functions-{}", number + 1),
        title,
        said: Vec::new(),
        entries: functions,
        inner: true,
    })
}

/// The rules, as the page about writing forms words them.
fn laws(lang: Lang) -> Chapter {
    let said = document::section(lang, "laws");
    Chapter { said, ..opening("laws", "reference.laws", "reference.laws", lang) }
}

fn commands(lang: Lang) -> Chapter {
    let entry = |(number, command): (usize, &told::ToldCommand)| Entry {
        id: format!("c-{}", number + 1),
        term: command.usage.clone(),
        takes: String::new(),
        said: command.said.of(lang).to_owned(),
        example: None,
        works: String::new(),
        gives: None,
    };
    let entries = told::commands().iter().enumerate().map(entry).collect();
    Chapter { entries, ..opening("commands", "reference.commands", "reference.commands-said", lang) }
}

/// Where the example uses each key and each type.
struct Examples {
    keys: BTreeMap<(&'static str, &'static str), String>,
    types: BTreeMap<String, String>,
    values: BTreeMap<String, String>,
}

impl Examples {
    fn of(source: &str) -> Examples {
        let mut examples = Examples { keys: BTreeMap::new(), types: BTreeMap::new(), values: BTreeMap::new() };
        form::walk(source, &mut |met| {
            if let (Some(text), "type" | "value") = (met.text, met.key.name) {
                let word = text.split(' ').next().unwrap_or_default().to_owned();
                let kept = if met.key.name == "type" { &mut examples.types } else { &mut examples.values };
                kept.entry(word).or_insert_with(|| paragraph(source, met.at.start));
            }
            let key = (met.block.name, met.key.name);
            examples.keys.entry(key).or_insert_with(|| lines(source, &met));
        });
        examples
    }

    /// The example of a key in its block, or of the same key in another.
    fn key(&self, block: &Block, key: &Key) -> Option<String> {
        let elsewhere = || self.keys.iter().find(|((_, name), _)| *name == key.name).map(|(_, example)| example);
        self.keys.get(&(block.name, key.name)).or_else(elsewhere).cloned()
    }
}

/// The lines of a key and its value; of one with a heading, all below it too.
fn lines(source: &str, met: &Met<'_>) -> String {
    let start = source[..met.at.start].rfind('\n').map_or(0, |before| before + 1);
    if source[start..].starts_with('[') {
        return paragraph(source, met.at.start);
    }
    let end = met.at.end.max(met.value.end);
    let end = source[end..].find('\n').map_or(source.len(), |after| end + after);
    source[start..end].to_owned()
}

/// The lines around a place up to the empty ones.
fn paragraph(source: &str, at: usize) -> String {
    let start = source[..at].rfind("\n\n").map_or(0, |before| before + 2);
    let end = source[at..].find("\n\n").map_or(source.len(), |after| at + after);
    source[start..end].trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{kind, run_case};

    #[test]
    fn the_example_is_a_form_and_its_cases_hold() {
        let form = form::read(EVERY, "every.toml").unwrap();
        assert!(!form.cases.is_empty());
        for case in &form.cases {
            let result = run_case(&form, case, &|_| None);
            assert!(result.ok(), "{:?}", result.differences);
        }
    }

    #[test]
    fn every_key_and_every_type_has_its_example() {
        let examples = Examples::of(EVERY);
        let without = |block: &&'static Block| -> Vec<String> {
            let keys = block.each().filter(|key| examples.key(block, key).is_none());
            keys.map(|key| format!("{}: {}", block.name, key.name)).collect()
        };
        let missing: Vec<String> = BLOCKS.iter().flat_map(without).collect();
        assert!(missing.is_empty(), "every.toml does not use {missing:?}");
        let known = kind::ALL.iter().map(|kind| kind.name).chain(form::STRUCTURE);
        let unused = known.filter(|name| !examples.types.contains_key(*name) && !examples.values.contains_key(*name));
        assert_eq!(unused.collect::<Vec<_>>(), [""; 0], "every.toml has no question of these types");
    }

    #[test]
    fn every_entry_says_something_in_both_languages() {
        for lang in Lang::ALL {
            let chapters = chapters(lang);
            let mut ids: Vec<&str> = chapters.iter().map(|chapter| chapter.id.as_str()).collect();
            ids.extend(chapters.iter().flat_map(|chapter| &chapter.entries).map(|entry| entry.id.as_str()));
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), all, "links that point at two places");
            for entry in chapters.iter().flat_map(|chapter| &chapter.entries) {
                assert!(!entry.said.is_empty() && !entry.term.is_empty(), "{}", entry.id);
                assert!(entry.example.is_some() || entry.id.starts_with("c-"), "{}", entry.id);
            }
        }
    }
}

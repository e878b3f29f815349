//! What people are told of blocks, keys and commands, in both languages.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::form::grammar::{Block, Key};
use crate::lang::Lang;

/// A sentence in both languages.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Said {
    ru: String,
    en: String,
}

impl Said {
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.ru,
            Lang::En => &self.en,
        }
    }
}

#[derive(Deserialize, Default)]
struct Keys {
    block: Vec<ToldBlock>,
    key: Vec<ToldKey>,
}

/// A block as people are told of it.
#[derive(Deserialize)]
pub(super) struct ToldBlock {
    pub name: String,
    /// How it is opened in a file.
    pub heading: Said,
    #[serde(flatten)]
    pub said: Said,
}

/// A key as people are told of it.
#[derive(Deserialize)]
pub(super) struct ToldKey {
    pub name: String,
    /// The block that this is said of; of all others without.
    pub block: Option<String>,
    #[serde(flatten)]
    pub said: Said,
}

#[derive(Deserialize, Default)]
struct Commands {
    command: Vec<ToldCommand>,
}

/// A command as people are told of it.
#[derive(Deserialize)]
pub(super) struct ToldCommand {
    /// How it is called.
    pub usage: String,
    #[serde(flatten)]
    pub said: Said,
}

fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| toml::from_str(include_str!("../assets/manual/keys.toml")).unwrap_or_default())
}

/// What is told of a block.
pub(super) fn block(block: &Block) -> Option<&'static ToldBlock> {
    keys().block.iter().find(|told| told.name == block.name)
}

/// What is told of a key of a block.
pub(super) fn key(block: &Block, key: &Key) -> Option<&'static ToldKey> {
    let mut of_name = keys().key.iter().filter(|told| told.name == key.name);
    let here = of_name.clone().find(|told| told.block.as_deref() == Some(block.name));
    here.or_else(|| of_name.find(|told| told.block.is_none()))
}

/// The commands.
pub(super) fn commands() -> &'static [ToldCommand] {
    static COMMANDS: OnceLock<Commands> = OnceLock::new();
    let read = || toml::from_str(include_str!("../assets/manual/commands.toml")).unwrap_or_default();
    &COMMANDS.get_or_init(read).command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::grammar::BLOCKS;

    #[test]
    fn every_block_and_key_is_told_of_and_no_other() {
        let mut missing = Vec::new();
        let mut used = Vec::new();
        for told in BLOCKS {
            if block(told).is_none() {
                missing.push(told.name.to_owned());
            }
            for one in told.each() {
                match key(told, one) {
                    Some(said) => used.push((said.name.clone(), said.block.clone())),
                    None => missing.push(format!("{}: {}", told.name, one.name)),
                }
            }
        }
        assert!(missing.is_empty(), "keys.toml does not tell of {missing:?}");
        let idle: Vec<_> = keys().key.iter().filter(|k| !used.contains(&(k.name.clone(), k.block.clone()))).collect();
        assert!(
            idle.is_empty(),
            "no such key: {:?}",
            idle.iter().map(|key| (&key.name, &key.block)).collect::<Vec<_>>()
        );
        assert_eq!(keys().block.len(), BLOCKS.len());
    }
}

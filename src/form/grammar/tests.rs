//! The table of keys against the reader.

use std::collections::BTreeSet;

use super::*;
use crate::form::keys::asked;
use crate::form::languages::TRANSLATABLE;
use crate::form::{read, walk};

/// A form that uses every key (another test sees to it), and the sound forms of the tests.
fn forms() -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut forms = vec![std::fs::read_to_string(root.join("src/web/assets/manual/every.toml")).unwrap()];
    for entry in std::fs::read_dir(root.join("tests/forms/ok")).unwrap() {
        forms.push(std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    forms
}

/// The other half, that it asks for no other key, is an assertion in the reader itself.
#[test]
fn the_reader_asks_for_every_key() {
    for form in forms() {
        assert!(read(&form, "x.toml").is_ok());
    }
    let listed: BTreeSet<_> = BLOCKS.iter().flat_map(|block| block.each().map(|key| (block.name, key.name))).collect();
    let asked = asked::all();
    // A question's type and name are asked for before its block is known by them.
    let unasked: Vec<_> = listed.difference(&asked).filter(|(_, key)| !["type", "name"].contains(key)).collect();
    assert!(unasked.is_empty(), "nobody asks for {unasked:?}");
}

#[test]
fn texts_for_readers_are_the_same_everywhere() {
    for block in BLOCKS {
        for key in block.each() {
            let said = matches!(key.takes, Takes::Said);
            let own_words = [("case", "title"), ("import-row", "title")].contains(&(block.name, key.name));
            assert_eq!(said, TRANSLATABLE.contains(&key.name) && !own_words, "{}: {}", block.name, key.name);
        }
    }
}

/// Without a key that a block needs the form is at fault.
#[test]
fn needed_keys_are_needed() {
    let form = &forms()[0];
    let mut tried = BTreeSet::new();
    walk(form, &mut |met| {
        let heading = matches!(met.key.takes, Takes::Table(_) | Takes::Tables(_) | Takes::Questions(_));
        if heading || !met.key.needed || !tried.insert((met.block.name, met.key.name)) {
            return;
        }
        let line = form[..met.at.start].rfind('\n').map_or(0, |before| before + 1);
        let inline = form[line..met.at.start].contains('{');
        let without = format!("{}{}", &form[..met.at.start], &form[met.value.end..]);
        let without = if inline { without.replace("{ , ", "{ ") } else { without };
        assert!(read(&without, "x.toml").is_err(), "{}: {}", met.block.name, met.key.name);
    });
    assert!(tried.len() > 15, "{tried:?}");
}

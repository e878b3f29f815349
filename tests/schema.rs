//! The schema for editors: sound forms fit it, wrong keys and words do not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::path::Path;
use std::process::Command;

use regex::Regex;
use serde_json::Value as Json;

fn schema(lang: &str) -> Json {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svod"));
    let output = command.args(["check", "--schema", "--lang", lang]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What of a value does not fit a schema: the words of draft 2020-12 that ours uses, and no others.
fn misfits(value: &Json, rule: &Json, root: &Json, at: &str) -> Vec<String> {
    let Json::Object(words) = rule else {
        return if *rule == Json::Bool(false) { vec![format!("{at}: not allowed")] } else { Vec::new() };
    };
    let each = words.iter().flat_map(|(word, said)| match (fits_word(value, word, said), word.as_str()) {
        (Some(true), _) => Vec::new(),
        (Some(false), _) => vec![format!("{at}: {word} {said}")],
        (None, "anyOf") if said.as_array().unwrap().iter().any(|one| fits(value, one, root)) => Vec::new(),
        (None, "anyOf") => vec![format!("{at}: anyOf")],
        (None, "if") if fits(value, said, root) => misfits(value, &rule["then"], root, at),
        (None, "if" | "then" | "$schema" | "$defs" | "$comment" | "title" | "description") => Vec::new(),
        (None, _) => deeper(value, (word, said), rule, root, at),
    });
    each.collect()
}

fn fits(value: &Json, rule: &Json, root: &Json) -> bool {
    misfits(value, rule, root, "").is_empty()
}

/// Whether a value fits a word that looks at nothing below it; nothing for the other words.
fn fits_word(value: &Json, word: &str, said: &Json) -> Option<bool> {
    let least = |count: Option<usize>| count.is_none_or(|count| count as u64 >= said.as_u64().unwrap());
    Some(match word {
        "type" => said.as_array().unwrap_or(&vec![said.clone()]).iter().any(|kind| is(value, kind)),
        "enum" => said.as_array().unwrap().contains(value),
        "pattern" => value.as_str().is_none_or(|text| matches(said, text)),
        "minItems" => least(value.as_array().map(Vec::len)),
        "minProperties" => least(value.as_object().map(serde_json::Map::len)),
        "required" => {
            !value.is_object() || said.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some())
        }
        _ => return None,
    })
}

/// What of the values below one does not fit.
fn deeper(value: &Json, (word, said): (&str, &Json), rule: &Json, root: &Json, at: &str) -> Vec<String> {
    let below = |key: &str, value: &Json, said: &Json| misfits(value, said, root, &format!("{at}/{key}"));
    let table = || value.as_object().into_iter().flatten();
    let own = |key: &str| rule["properties"].get(key);
    match word {
        "$ref" => misfits(value, &root["$defs"][said.as_str().unwrap().strip_prefix("#/$defs/").unwrap()], root, at),
        "allOf" => said.as_array().unwrap().iter().flat_map(|one| misfits(value, one, root, at)).collect(),
        "items" => {
            let items = value.as_array().into_iter().flatten().enumerate();
            items.flat_map(|(number, item)| below(&number.to_string(), item, said)).collect()
        }
        "propertyNames" => table().flat_map(|(key, _)| below(key, &Json::from(key.as_str()), said)).collect(),
        "properties" => {
            table().flat_map(|(key, value)| own(key).map(|said| below(key, value, said)).unwrap_or_default()).collect()
        }
        "additionalProperties" => {
            table().filter(|(key, _)| own(key).is_none()).flat_map(|(key, value)| below(key, value, said)).collect()
        }
        other => panic!("this test does not know {other}"),
    }
}

fn is(value: &Json, kind: &Json) -> bool {
    match kind.as_str().unwrap() {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("this test does not know the type {other}"),
    }
}

fn matches(pattern: &Json, text: &str) -> bool {
    Regex::new(pattern.as_str().unwrap()).unwrap().is_match(text)
}

/// What of a form file does not fit; nothing of one that is no TOML.
fn misfits_of(path: &Path, schema: &Json) -> Vec<String> {
    let Ok(form) = std::fs::read_to_string(path).unwrap().parse::<toml::Table>() else { return Vec::new() };
    misfits(&serde_json::to_value(form).unwrap(), schema, schema, "")
}

fn forms(folder: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

#[test]
fn sound_forms_fit() {
    let schema = schema("ru");
    let manual = ["first", "meals", "every"].map(|name| format!("src/web/assets/manual/{name}.toml"));
    let manual = manual.map(|path| Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let all: Vec<_> = forms("forms").into_iter().chain(forms("tests/forms/ok")).chain(manual).collect();
    assert!(all.len() > 10);
    for path in all {
        assert_eq!(misfits_of(&path, &schema), [""; 0], "{}", path.display());
    }
}

#[test]
fn wrong_keys_words_and_types_do_not() {
    let schema = schema("en");
    let wrong = ["unknown-keys", "unknown-words", "wrong-types-of-keys", "missing-keys", "languages", "not-a-form"];
    let paths = forms("tests/forms/wrong");
    for name in wrong {
        let path = paths.iter().find(|path| path.file_stem().unwrap() == name).unwrap();
        assert!(!misfits_of(path, &schema).is_empty(), "{name} fits");
    }
}

/// Editors show what is said of each key.
#[test]
fn every_key_is_described_in_both_languages() {
    let schemas = ["ru", "en"].map(schema);
    for said in &schemas {
        let blocks = said["$defs"].as_object().unwrap().values().chain([said]);
        for key in blocks.filter_map(|block| block["properties"].as_object()).flatten() {
            assert!(key.1["description"].as_str().is_some_and(|text| text.len() > 5), "{key:?}");
        }
    }
    assert_ne!(schemas[0]["properties"]["id"]["description"], schemas[1]["properties"]["id"]["description"]);
}

//! Parameters of addresses, checked against the document: unknown ones are refused, wrong ones told, all at once.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Operation;
use crate::error::{Fault, Place};
use crate::lang::Words;
use crate::text;

/// What each operation takes in its address, by method and path.
pub(super) struct Parameters(BTreeMap<(String, String), Vec<Parameter>>);

/// A parameter as the document tells it.
struct Parameter {
    name: String,
    required: bool,
    kind: Kind,
}

/// What a parameter may be.
enum Kind {
    Text,
    Flag,
    Number { least: u64, most: u64 },
    Word(Vec<String>),
}

/// The most characters of a text.
pub(super) const LONGEST: usize = 400;

impl Parameters {
    pub(super) fn of(document: &Json) -> Parameters {
        let mut all = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let told = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
                let asked = told
                    .iter()
                    .filter(|parameter| parameter["in"] == "query")
                    .map(|told| Parameter::of(document, told));
                all.insert((method.to_uppercase(), path.clone()), asked.collect());
            }
        }
        Parameters(all)
    }

    /// What is wrong with the parameters of a request.
    pub(super) fn faults(&self, operation: &Operation, asked: &[(String, String)]) -> Vec<Fault> {
        let key = (operation.method.to_string(), in_braces(operation.path));
        let known = self.0.get(&key).map(Vec::as_slice).unwrap_or_default();
        let mut faults = Vec::new();
        for (number, (name, value)) in asked.iter().enumerate() {
            match known.iter().find(|known| known.name == *name) {
                _ if asked[..number].iter().any(|(before, _)| before == name) => {
                    faults.push(fault(name, "duplicate", Words::new("api.twice").with("name", name)));
                }
                None => faults.push(unknown(name, known)),
                Some(known) => faults.extend(known.refusal(value).map(|words| fault(name, "wrong-type", words))),
            }
        }
        let missing = |known: &&Parameter| known.required && !asked.iter().any(|(name, _)| *name == known.name);
        let required = |known: &Parameter| {
            fault(&known.name, "required", Words::new("api.parameter-missing").with("name", &known.name))
        };
        faults.extend(known.iter().filter(missing).map(required));
        faults
    }
}

/// `/orgs/:org` as the document writes it: `/orgs/{org}`.
pub(super) fn in_braces(path: &str) -> String {
    let part = |part: &str| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"));
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn fault(name: &str, code: &'static str, words: Words) -> Fault {
    Fault::error(Place::Field(name.chars().take(LONGEST).collect()), code, words)
}

fn unknown(name: &str, known: &[Parameter]) -> Fault {
    let near = text::nearest(name, known.iter().map(|known| known.name.as_str()));
    let hint = near.map(|near| Words::new("form.did-you-mean").with("name", near));
    let short: String = name.chars().take(40).collect();
    fault(name, "unknown-name", Words::new("api.unknown-parameter").with("name", short)).hinting(hint)
}

/// What a schema is, where it is told elsewhere in the document: there may be only a note beside the way to it.
pub(super) fn resolved<'d>(document: &'d Json, schema: &'d Json) -> &'d Json {
    let way = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    way.and_then(|way| document.pointer(way.trim_start_matches('#'))).unwrap_or(schema)
}

impl Parameter {
    fn of(document: &Json, told: &Json) -> Parameter {
        let schema = resolved(document, &told["schema"]);
        let number = |key: &str, other: u64| schema[key].as_f64().map_or(other, |number| number as u64);
        let words: Vec<String> =
            schema["enum"].as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect();
        let kind = match schema["type"].as_str() {
            _ if !words.is_empty() => Kind::Word(words),
            Some("boolean") => Kind::Flag,
            Some("integer") => Kind::Number { least: number("minimum", 0), most: number("maximum", u64::MAX) },
            _ => Kind::Text,
        };
        let name = told["name"].as_str().unwrap_or_default().to_owned();
        Parameter { name, required: told["required"] == true, kind }
    }

    /// What was expected instead of a value.
    fn refusal(&self, value: &str) -> Option<Words> {
        let near = |words: Words| words.with("name", &self.name);
        match &self.kind {
            Kind::Text if value.chars().count() > LONGEST => {
                Some(near(Words::new("api.parameter-long").with("most", LONGEST)))
            }
            Kind::Text if value.trim().is_empty() => Some(near(Words::new("api.parameter-empty"))),
            Kind::Flag if !["true", "false"].contains(&value) => Some(near(Words::new("api.parameter-flag"))),
            Kind::Word(words) if !words.iter().any(|word| word == value) => {
                Some(near(Words::new("api.parameter-word").with("words", words.join(", "))))
            }
            Kind::Number { least, most } => {
                let number = value.parse::<u64>().ok().filter(|_| value.chars().all(|c| c.is_ascii_digit()));
                let within = number.is_some_and(|number| (*least..=*most).contains(&number));
                let say = |bound: u64| i64::try_from(bound).unwrap_or(i64::MAX);
                let words = || Words::new("api.parameter-number").with("least", say(*least)).with("most", say(*most));
                (!within).then(|| near(words()))
            }
            _ => None,
        }
    }
}

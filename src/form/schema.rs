//! The JSON Schema of form files, for editors: made of the tables that the reader consults.

use serde_json::{Map, Value as Json, json};

use crate::expr::functions;
use crate::form::grammar::{BLOCKS, Block, CHOICE, FORM, Key, Others, Place, Takes};
use crate::form::kind;

/// What people are told of a block or of a key of it.
pub type Describe<'a> = &'a dyn Fn(&Block, Option<&Key>) -> String;

/// The schema, draft 2020-12.
pub fn schema(describe: Describe<'_>) -> Json {
    let mut definitions = Map::new();
    definitions.insert("said".to_owned(), said());
    definitions.insert("expression".to_owned(), expression());
    definitions.insert("plain".to_owned(), plain());
    for block in BLOCKS.into_iter().filter(|block| block.name != FORM.name) {
        definitions.insert(block.name.to_owned(), object(block, describe));
    }
    for (place, name) in [(Place::Group, "questions"), (Place::Table, "columns")] {
        definitions.insert(name.to_owned(), question(place, describe));
    }
    let mut form = object(&FORM, describe);
    form["$schema"] = Json::from("https://json-schema.org/draft/2020-12/schema");
    form["title"] = Json::from("svod form");
    form["$defs"] = Json::Object(definitions);
    form
}

fn object(block: &Block, describe: Describe<'_>) -> Json {
    let properties: Map<String, Json> =
        block.each().map(|key| (key.name.to_owned(), described(key, describe(block, Some(key)), describe))).collect();
    let needed: Vec<&str> = block.each().filter(|key| key.needed).map(|key| key.name).collect();
    json!({
        "type": "object",
        "description": describe(block, None),
        "properties": properties,
        "required": needed,
        "additionalProperties": others(block.others),
        "allOf": limits(block),
    })
}

/// Keys that are for some types of value only stand beside no other.
fn limits(block: &Block) -> Vec<Json> {
    let decides = if block.key("value").is_some() { "value" } else { "type" };
    let limited = block.each().filter(|key| key.only.is_some());
    let limit = |key: &Key| {
        let unfit: Vec<&str> = kind::ALL.iter().filter(|kind| !key.fits(kind)).map(|kind| kind.name).collect();
        let when = json!({"properties": {decides: types(&unfit)}, "required": [decides]});
        json!({"if": when, "then": {"properties": {key.name: false}}})
    };
    limited.map(limit).collect()
}

fn described(key: &Key, description: String, describe: Describe<'_>) -> Json {
    let mut value = value(key.takes, describe);
    value["description"] = Json::from(description);
    value
}

/// What may stand under a key.
fn value(takes: Takes, describe: Describe<'_>) -> Json {
    match takes {
        Takes::Text => json!({"type": "string"}),
        Takes::Said => reference("said"),
        Takes::Expression => reference("expression"),
        Takes::Truth => json!({"anyOf": [reference("expression"), {"type": "boolean"}]}),
        Takes::Default => json!({"anyOf": [reference("expression"), {"type": "number"}]}),
        Takes::Number => json!({"type": "number"}),
        Takes::Boolean => json!({"type": "boolean"}),
        Takes::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Takes::Word(words) => json!({"enum": words()}),
        Takes::Words(words) => json!({"type": "array", "items": {"enum": words()}}),
        Takes::Type(words) => types(&words()),
        Takes::Json => json!({}),
        Takes::Target => {
            json!({"anyOf": [{"type": "number"}, {"type": "object", "additionalProperties": {"type": "number"}}]})
        }
        Takes::Table(block) if block.keys.is_empty() => open(block, describe),
        Takes::Table(block) => reference(block.name),
        Takes::Tables(block) => json!({"type": "array", "items": reference(block.name)}),
        Takes::Questions(Place::Group) => json!({"type": "array", "items": reference("questions")}),
        Takes::Questions(Place::Table) => json!({"type": "array", "items": reference("columns")}),
    }
}

fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// A table whose keys are the author's own.
fn open(block: &Block, describe: Describe<'_>) -> Json {
    let mut open = json!({"type": "object", "additionalProperties": others(block.others)});
    if block.others == Others::Choices {
        open["description"] = Json::from(describe(&CHOICE, None));
    }
    open
}

fn others(others: Others) -> Json {
    match others {
        Others::Refused => Json::from(false),
        Others::Plain => reference("plain"),
        Others::Text => json!({"type": "string"}),
        Others::Choices => json!({"anyOf": [
            {"type": "object", "additionalProperties": reference("said"), "minProperties": 1},
            {"type": "array", "items": reference(CHOICE.name), "minItems": 1},
        ]}),
    }
}

/// A question: which keys it has depends on its type.
fn question(place: Place, describe: Describe<'_>) -> Json {
    let mut properties = Map::new();
    let mut branches = Vec::new();
    for block in blocks_of(place) {
        let words: Vec<&str> = place.types().into_iter().filter(|word| place.block(word).name == block.name).collect();
        for key in block.each() {
            let said = || described(key, describe(block, Some(key)), describe);
            properties.entry(key.name).or_insert_with(said);
        }
        let when = json!({"properties": {"type": types(&words)}, "required": ["type"]});
        branches.push(json!({"if": when, "then": reference(block.name)}));
    }
    json!({"type": "object", "properties": properties, "required": ["type"], "allOf": branches})
}

/// The blocks that questions of a place may be, each once.
fn blocks_of(place: Place) -> Vec<&'static Block> {
    let mut blocks: Vec<&'static Block> = Vec::new();
    for block in place.types().into_iter().map(|word| place.block(word)) {
        if !blocks.iter().any(|known| known.name == block.name) {
            blocks.push(block);
        }
    }
    blocks
}

/// The words of types; those that choose from a list may name it.
fn types(words: &[&str]) -> Json {
    let takes_list = |word: &&&str| kind::find(word).is_some_and(|kind| kind.listed);
    let listed: Vec<&str> = words.iter().filter(takes_list).copied().collect();
    if listed.is_empty() {
        return json!({"enum": words});
    }
    json!({"anyOf": [{"enum": words}, {"type": "string", "pattern": format!("^({}) +\\S+$", listed.join("|"))}]})
}

/// A text for readers, perhaps in several languages.
fn said() -> Json {
    json!({"anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
            "additionalProperties": {"type": "string"},
            "minProperties": 1,
        },
    ]})
}

/// An expression, with the functions that it may call.
fn expression() -> Json {
    let functions: Vec<String> = functions::all().map(functions::Function::signature).collect();
    json!({"type": "string", "$comment": functions.join("; ")})
}

/// A plain value.
fn plain() -> Json {
    let scalar = json!({"type": ["string", "number", "boolean"]});
    json!({"anyOf": [scalar, said(), {"type": "array", "items": reference("plain")}]})
}

//! What people are told of operations, parameters and fields, in both languages.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::lang::Lang;
use crate::web::reference::Said;

#[derive(Deserialize, Default)]
struct Told {
    operation: BTreeMap<String, Said>,
    parameter: BTreeMap<String, Said>,
    schema: BTreeMap<String, Said>,
    field: BTreeMap<String, Said>,
    response: BTreeMap<String, Said>,
}

fn told() -> &'static Told {
    static TOLD: OnceLock<Told> = OnceLock::new();
    TOLD.get_or_init(|| toml::from_str(include_str!("../assets/manual/api.toml")).unwrap_or_default())
}

/// What an operation does.
pub(super) fn operation(id: &str, lang: Lang) -> Option<&'static str> {
    told().operation.get(id).map(|said| said.of(lang))
}

/// What a parameter means; of an operation of its own where it means something else there.
pub(super) fn parameter(operation: &str, name: &str, lang: Lang) -> Option<&'static str> {
    of(&told().parameter, operation, name).map(|said| said.of(lang))
}

/// What a shape is.
pub(super) fn schema(name: &str, lang: Lang) -> Option<&'static str> {
    told().schema.get(name).map(|said| said.of(lang))
}

/// What a field means; of a shape of its own where it means something else there.
pub(super) fn field(schema: &str, name: &str, lang: Lang) -> Option<&'static str> {
    of(&told().field, schema, name).map(|said| said.of(lang))
}

/// What a status means.
pub(super) fn response(status: &str, lang: Lang) -> Option<&'static str> {
    told().response.get(status).map(|said| said.of(lang))
}

fn of<'t>(told: &'t BTreeMap<String, Said>, owner: &str, name: &str) -> Option<&'t Said> {
    told.get(&format!("{owner}.{name}")).or_else(|| told.get(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value as Json;

    use super::*;
    use crate::web::api::document;

    /// Every name of the document that people are told of, by the table that it is told in.
    fn named(document: &Json) -> Vec<(&'static str, String, String)> {
        let mut named = Vec::new();
        for (_, operations) in document["paths"].as_object().unwrap() {
            for (_, operation) in operations.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap();
                named.push(("operation", String::new(), id.to_owned()));
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    named.push(("parameter", id.to_owned(), parameter["name"].as_str().unwrap().to_owned()));
                }
                let statuses = operation["responses"].as_object().unwrap().keys();
                named.extend(statuses.map(|status| ("response", String::new(), status.clone())));
            }
        }
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            named.push(("schema", String::new(), name.clone()));
            let fields = schema["properties"].as_object().into_iter().flatten();
            named.extend(fields.map(|(field, _)| ("field", name.clone(), field.clone())));
        }
        named
    }

    #[test]
    fn every_name_of_the_document_is_told_and_no_other() {
        toml::from_str::<Told>(include_str!("../assets/manual/api.toml")).unwrap();
        let (all, mut missing, mut used) = (told(), BTreeSet::new(), BTreeSet::new());
        for (table, owner, name) in named(document(Lang::Ru)) {
            let told = match table {
                "operation" => &all.operation,
                "parameter" => &all.parameter,
                "schema" => &all.schema,
                "field" => &all.field,
                _ => &all.response,
            };
            let own = format!("{owner}.{name}");
            match [own.clone(), name].into_iter().find(|key| told.contains_key(key)) {
                Some(key) => drop(used.insert((table, key))),
                None => drop(missing.insert(format!("{table} {own}"))),
            }
        }
        let of = |table: &'static str, told: &BTreeMap<String, Said>| -> Vec<(&str, String)> {
            told.keys().map(|key| (table, key.clone())).collect()
        };
        let known = [
            of("operation", &all.operation),
            of("parameter", &all.parameter),
            of("schema", &all.schema),
            of("field", &all.field),
            of("response", &all.response),
        ];
        let idle: Vec<_> = known.into_iter().flatten().filter(|key| !used.contains(key)).collect();
        assert!(missing.is_empty() && idle.is_empty(), "not told: {missing:#?}; no such name: {idle:#?}");
    }
}

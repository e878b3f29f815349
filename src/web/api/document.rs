//! The document of the API (OpenAPI 3.0), in the language of whoever reads it.

use std::sync::OnceLock;

use serde_json::{Value as Json, json};

use super::parameters::LONGEST;
use super::{service, told};
use crate::lang::Lang;

/// Shapes that are sent: what is not in them is refused.
const SENT: [&str; 2] = ["Filling", "ImportFile"];

/// The document.
pub(in crate::web) fn document(lang: Lang) -> &'static Json {
    static RU: OnceLock<Json> = OnceLock::new();
    static EN: OnceLock<Json> = OnceLock::new();
    match lang {
        Lang::Ru => RU.get_or_init(|| made(lang)),
        Lang::En => EN.get_or_init(|| made(lang)),
    }
}

fn made(lang: Lang) -> Json {
    let mut document = serde_json::from_str(&service().spec()).unwrap_or_else(|_| json!({}));
    document["info"]["title"] = Json::from(lang.t("api.document-title"));
    document["info"]["description"] = Json::from(lang.t("api.document-about"));
    document["components"]["securitySchemes"]["key"]["description"] = Json::from(lang.t("api.key-about"));
    document["components"]["schemas"]["ImportFile"]["properties"]["file"]["format"] = Json::from("binary");
    for (_, operations) in objects(&mut document["paths"]) {
        objects(operations).for_each(|(_, operation)| tell(operation, lang));
    }
    for (name, schema) in objects(&mut document["components"]["schemas"]) {
        if SENT.contains(&name.as_str()) {
            schema["additionalProperties"] = Json::from(false);
        }
        say(schema, told::schema(name, lang));
        let name = name.clone();
        for (field, schema) in schema.get_mut("properties").into_iter().flat_map(objects) {
            beside(schema);
            say(schema, told::field(&name, field, lang));
        }
    }
    document
}

/// The words of an operation, of its parameters and of its answers.
fn tell(operation: &mut Json, lang: Lang) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    if let Some(said) = told::operation(&id, lang) {
        let first = said.split_inclusive(". ").next().unwrap_or(said).trim().trim_end_matches('.');
        operation["summary"] = Json::from(first);
        operation["description"] = Json::from(said);
    }
    for parameter in operation.get_mut("parameters").and_then(Json::as_array_mut).into_iter().flatten() {
        let said = told::parameter(&id, parameter["name"].as_str().unwrap_or_default(), lang);
        say(parameter, said);
        bound(parameter);
    }
    for (status, response) in objects(&mut operation["responses"]) {
        say(response, told::response(status, lang));
    }
}

/// A text in an address is not empty and not endless.
fn bound(parameter: &mut Json) {
    if parameter["in"] == "query" && parameter["schema"]["type"] == "string" {
        parameter["schema"]["minLength"] = Json::from(1);
        parameter["schema"]["maxLength"] = Json::from(LONGEST);
    }
}

fn say(at: &mut Json, said: Option<&str>) {
    if let Some(said) = said {
        at["description"] = Json::from(said);
    }
}

/// A way to another schema may have nothing beside it in this version of the standard; in a list of one it may.
fn beside(schema: &mut Json) {
    if let Some(way) = schema.get("$ref").cloned() {
        *schema = json!({"allOf": [{"$ref": way}]});
    }
}

fn objects(json: &mut Json) -> impl Iterator<Item = (&String, &mut Json)> {
    json.as_object_mut().into_iter().flatten()
}

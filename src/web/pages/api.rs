//! `/api`: what programs may ask for, told from the document of the API.

use maud::{Markup, html};
use poem::Response;
use serde_json::Value as Json;

use super::tokens::reach_words;
use crate::access::Right;
use crate::account::token::{MARK, Reach};
use crate::error::Result;
use crate::lang::{Lang, Words};
use crate::web::api::{self, KINDS, Operation};
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let lang = visit.lang();
    let document = api::document(lang);
    let title = lang.t("api.title");
    let body = html! {
        (layout::crumbs(lang, &[("/help".to_owned(), lang.t("web.menu-help"))], &title))
        h1 { (title) }
        article.manual {
            p.lead { (lang.t("api.lead")) }
            (contents(document, lang))
            (start(&visit, lang))
            h2 #operations { (lang.t("api.operations")) }
            @for operation in api::ALL { (one(document, operation, lang)) }
            (problems(lang))
            h2 #shapes { (lang.t("api.shapes")) }
            @for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
                (shape(name, schema, lang))
            }
        }
    };
    Ok(layout::page(&visit.site, &Frame { title, here: "/help" }, body))
}

fn contents(document: &Json, lang: Lang) -> Markup {
    html! {
        nav.toc aria-labelledby="toc" {
            h2 #toc { (lang.t("manual.contents")) }
            ol {
                li { a href="#start" { (lang.t("api.start")) } }
                li { a href="#operations" { (lang.t("api.operations")) }
                    ul { @for operation in api::ALL {
                        @if let Some(told) = told(document, operation) {
                            li { a href={ "#" (id(told)) } { (text(told, "summary")) } }
                        }
                    } }
                }
                li { a href="#problems" { (lang.t("api.problems")) } }
                li { a href="#shapes" { (lang.t("api.shapes")) } }
            }
        }
    }
}

/// How to begin: a key, a first request, what holds everywhere.
fn start(visit: &Visit, lang: Lang) -> Markup {
    let address = format!("{}{}", visit.base(), api::BASE);
    html! {
        h2 #start { (lang.t("api.start")) }
        p { (lang.t("api.start-key")) " " a href="/me/tokens" { (lang.t("token.open")) } }
        pre.listing tabindex="0" { code {
            "curl -H \"Authorization: Bearer " (MARK) "…\" " (address) "/me\n"
            "curl -H \"Authorization: Bearer " (MARK) "…\" \"" (address) "/reports?form=exam-results&period=2021Sep&state=empty\""
        } }
        ul {
            li { (lang.t("api.start-rights")) }
            li { (lang.t("api.start-pages")) }
            li { (lang.t("api.start-strict")) }
            li { (lang.t("api.start-mark")) }
            li { (lang.t("api.start-language")) }
            li { (lang.t("api.start-period")) }
        }
        p { (lang.t("api.start-document")) " " a href={ (api::BASE) (api::DOCUMENT) } { (api::BASE) (api::DOCUMENT) } }
    }
}

/// An operation as the document tells it.
fn told<'d>(document: &'d Json, operation: &Operation) -> Option<&'d Json> {
    let told = &document["paths"][braced(operation)][operation.method.as_str().to_lowercase()];
    told.is_object().then_some(told)
}

fn braced(operation: &Operation) -> String {
    let part = |part: &str| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"));
    operation.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn id(told: &Json) -> String {
    format!("op-{}", text(told, "operationId").replace('_', "-"))
}

fn text<'d>(json: &'d Json, key: &str) -> &'d str {
    json[key].as_str().unwrap_or_default()
}

fn one(document: &Json, operation: &Operation, lang: Lang) -> Markup {
    let Some(told) = told(document, operation) else { return html! {} };
    let parameters = told["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sent = told["requestBody"]["content"].as_object().into_iter().flatten();
    html! {
        section.operation aria-labelledby=(id(told)) {
            h3 id=(id(told)) { code { (operation.method) " " (braced(operation)) } }
            p { (text(told, "description")) }
            @if let Some(right) = operation.right { p.muted { (Words::new("api.needs").with("reach", reach(right, lang)).say(lang)) } }
            @if !parameters.is_empty() {
                dl.functions { @for parameter in parameters {
                    dt { code { (text(parameter, "name")) } " " span.takes {
                        (kind(&parameter["schema"], lang))
                        @if parameter["in"] == "header" { ", " (lang.t("api.in-header")) }
                        @if parameter["required"] != true { " " (lang.t("web.optional")) }
                    } }
                    dd { p { (text(parameter, "description")) } }
                } }
            }
            @for (media, content) in sent { p { (lang.t("api.takes")) " " (kind(&content["schema"], lang)) " " span.muted { (media) } } }
            @for (media, content) in told["responses"]["200"]["content"].as_object().into_iter().flatten() {
                p { (lang.t("api.gives")) " " (kind(&content["schema"], lang)) " " span.muted { (media.split(';').next().unwrap_or_default()) } }
            }
        }
    }
}

/// The narrowest reach of a key with a right, in words.
fn reach(right: Right, lang: Lang) -> String {
    let reach = Reach::ALL.iter().find(|reach| reach.rights().contains(&right)).copied().unwrap_or(Reach::All);
    lang.t(reach_words(reach).0)
}

/// What a schema is, in a word or as a way to its own entry.
fn kind(schema: &Json, lang: Lang) -> Markup {
    let way = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    if let Some(name) = way.and_then(|way| way.rsplit('/').next()) {
        return html! { a href={ "#s-" (name) } { (name) } };
    }
    html! {
        @match text(schema, "type") {
            "array" => { (lang.t("api.list-of")) " " (kind(&schema["items"], lang)) },
            "object" if schema["additionalProperties"].is_object() => { (lang.t("api.map-of")) " " (kind(&schema["additionalProperties"], lang)) },
            "object" => (lang.t("api.object")),
            "integer" => (lang.t("api.integer")),
            "number" => (lang.t("api.number")),
            "boolean" => (lang.t("api.boolean")),
            "string" if text(schema, "format") == "binary" => (lang.t("api.file")),
            "string" => (lang.t("api.text")),
            _ => (lang.t("api.value")),
        }
    }
}

fn problems(lang: Lang) -> Markup {
    html! {
        h2 #problems { (lang.t("api.problems")) }
        p { (lang.t("api.problems-what")) " " a href="#s-Problem" { "Problem" } "." }
        table.list {
            thead { tr { th scope="col" { (lang.t("api.status")) } th scope="col" { (lang.t("api.type")) } th scope="col" { (lang.t("api.means")) } } }
            tbody { @for (status, kind, title) in KINDS {
                tr id={ "problem-" (kind) } { th scope="row" { (status) } td { code { (kind) } } td { (lang.t(title)) } }
            } }
        }
    }
}

fn shape(name: &str, schema: &Json, lang: Lang) -> Markup {
    let words = schema["enum"].as_array().into_iter().flatten().filter_map(Json::as_str);
    let required = |field: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == field));
    html! {
        h3 id={ "s-" (name) } { code { (name) } }
        p { (text(schema, "description")) }
        @if schema["enum"].is_array() { p { @for (number, word) in words.enumerate() { @if number > 0 { ", " } code { (word) } } } }
        @if let Some(fields) = schema["properties"].as_object() {
            dl.functions { @for (field, told) in fields {
                dt { code { (field) } " " span.takes { (kind(told, lang)) @if !required(field) { ", " (lang.t("api.may-be-absent")) } } }
                dd { p { (text(told, "description")) } }
            } }
        }
    }
}

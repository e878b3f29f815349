//! Answers as a program sends them: a JSON document, read strictly, everything that is wrong with it said at once.

use std::collections::BTreeMap;

use poem::http::StatusCode;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::{Any, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, Object};
use serde_json::{Map, Value as Json};

use super::refusal::Refusal;
use crate::error::{Fault, Place};
use crate::form::{Answers, Form};
use crate::lang::Words;
use crate::report::EXPLAIN;
use crate::text;

/// What is to be saved, tried or sent.
#[derive(Debug, Default, Object)]
pub(super) struct Filling {
    pub answers: Option<BTreeMap<String, Any<Json>>>,
    pub explanations: Option<BTreeMap<String, String>>,
}

/// The fields of the document.
const FIELDS: [&str; 2] = ["answers", "explanations"];

/// How many answers to unknown questions are told one by one.
const STRAYS: usize = 100;

impl Filling {
    fn read(bytes: &[u8]) -> Result<Filling, Vec<Fault>> {
        let json: Json = serde_json::from_slice(bytes).map_err(|error| vec![syntax(&error)])?;
        let Json::Object(fields) = json else {
            return Err(vec![Fault::error(Place::Whole, "wrong-type", Words::new("api.not-an-object"))]);
        };
        let (mut filling, mut faults) = (Filling::default(), Vec::new());
        for (name, value) in fields {
            match (name.as_str(), value) {
                (_, Json::Null) if FIELDS.contains(&name.as_str()) => {}
                ("answers", Json::Object(answers)) => {
                    filling.answers = Some(answers.into_iter().map(|(path, answer)| (path, Any(answer))).collect());
                }
                ("explanations", Json::Object(given)) => filling.explanations = Some(explanations(given, &mut faults)),
                ("answers" | "explanations", _) => {
                    faults.push(fault(&name, "wrong-type", Words::new("api.field-object")));
                }
                _ => faults.push(unknown(&name)),
            }
        }
        if faults.is_empty() { Ok(filling) } else { Err(faults) }
    }

    /// The answers with the explanations among them, as reports keep them; nothing where no answers were sent.
    ///
    /// # Errors
    /// What the form does not ask: answers to unknown questions, explanations of unknown checks.
    pub(super) fn typed(&self, form: &Form) -> Result<Option<Answers>, Vec<Fault>> {
        let mut faults = self.unknown_checks(form);
        let Some(given) = &self.answers else {
            return if faults.is_empty() { Ok(None) } else { Err(faults) };
        };
        let given: Map<String, Json> = given.iter().map(|(path, Any(answer))| (path.clone(), answer.clone())).collect();
        let answers = Answers::from_json(&Json::Object(given));
        faults.extend(strays(form, &answers));
        if faults.is_empty() { Ok(Some(self.explained(answers))) } else { Err(faults) }
    }

    /// The same answers with the explanations that were sent, in the place of those that they had.
    pub(super) fn explained(&self, mut answers: Answers) -> Answers {
        for (name, text) in self.explanations.iter().flatten() {
            answers.set(&format!("{EXPLAIN}{name}"), Some(Json::from(text.as_str())));
        }
        answers
    }

    fn unknown_checks(&self, form: &Form) -> Vec<Fault> {
        let known = |name: &str| form.checks.iter().any(|check| check.name == name.split('/').next().unwrap_or(name));
        let names = self.explanations.iter().flat_map(|given| given.keys()).filter(|name| !known(name));
        let fault = |name: &String| {
            let near = text::nearest(name, form.checks.iter().map(|check| check.name.as_str()));
            let hint = near.map(|near| Words::new("form.did-you-mean").with("name", near));
            let at = Place::Field(format!("explanations/{name}"));
            Fault::error(at, "unknown-name", Words::new("api.unknown-check").with("name", name)).hinting(hint)
        };
        names.take(STRAYS).map(fault).collect()
    }
}

/// Answers that no question asks for, as the form words them. Of very many only the first are told: for each the whole
/// form is searched for a name like it.
fn strays(form: &Form, answers: &Answers) -> Vec<Fault> {
    let stray = |path: &str| {
        let asked = form.locate(path).is_some_and(|(field, _)| form.fields[field].calculation.is_none());
        let row = form.locate_row(path).is_some_and(|(table, row)| row < form.tables[table].holds());
        !asked && !row && !form.sets_aside(path)
    };
    let mut few = Answers::default();
    for (path, answer) in answers.iter().filter(|(path, _)| stray(path)).take(STRAYS) {
        few.set(path, Some(answer.clone()));
    }
    if few.is_empty() {
        return Vec::new();
    }
    let refused = |fault: &Fault| fault.code == "unknown-name" || fault.message.key() == "form.rows-beyond";
    form.fill(&few, &Default::default()).faults.into_iter().filter(refused).collect()
}

fn explanations(given: Map<String, Json>, faults: &mut Vec<Fault>) -> BTreeMap<String, String> {
    let mut explanations = BTreeMap::new();
    for (name, text) in given {
        match text {
            Json::String(text) => drop(explanations.insert(name, text)),
            Json::Null => {}
            _ => faults.push(fault(&format!("explanations/{name}"), "wrong-type", Words::new("api.field-text"))),
        }
    }
    explanations
}

fn fault(name: &str, code: &'static str, words: Words) -> Fault {
    Fault::error(Place::Field(name.to_owned()), code, words)
}

fn unknown(name: &str) -> Fault {
    let hint = text::nearest(name, FIELDS).map(|near| Words::new("form.did-you-mean").with("name", near));
    let words = Words::new("api.unknown-field").with("name", name).with("names", FIELDS.join(", "));
    fault(name, "unknown-name", words).hinting(hint)
}

fn syntax(error: &serde_json::Error) -> Fault {
    let place = Place::Line { file: "body".to_owned(), line: error.line(), column: error.column().max(1) };
    Fault::error(place, "syntax", Words::new("cli.json"))
}

impl<'a> ApiExtractor<'a> for Filling {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <Filling as Type>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content = vec![MetaMediaType { content_type: "application/json", schema: Filling::schema_ref() }];
        Some(MetaRequest { description: None, content, required: false })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Filling> {
        let bytes = body.take()?.into_vec().await?;
        if bytes.is_empty() {
            return Ok(Filling::default());
        }
        let json = request.content_type().is_some_and(is_json);
        if !json {
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Words::new("api.media-type")).into());
        }
        Ok(Filling::read(&bytes).map_err(Refusal::malformed)?)
    }
}

fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;

    #[test]
    fn everything_that_is_wrong_is_said_at_its_place() {
        for (body, said) in [
            (r#"{"answers": {"a": 1}, "explanations": {"jump": "ремонт"}}"#, vec![]),
            (r#"{"answers": null}"#, vec![]),
            ("[1]", vec![" wrong-type"]),
            ("{\n \"answers\": ", vec!["body:2:12 syntax"]),
            (
                r#"{"answer": {}, "explanations": {"a": 1, "b": null}, "x": 1}"#,
                vec!["answer unknown-name", "explanations/a wrong-type", "x unknown-name"],
            ),
            (r#"{"answers": [], "explanations": ""}"#, vec!["answers wrong-type", "explanations wrong-type"]),
        ] {
            let faults = Filling::read(body.as_bytes()).err().unwrap_or_default();
            let told: Vec<String> = faults.iter().map(|fault| format!("{} {}", fault.at, fault.code)).collect();
            assert_eq!(told, said, "{body}");
        }
        let faults = Filling::read(br#"{"answer": {}}"#).unwrap_err();
        assert!(faults[0].say(Lang::En).contains("answers"), "{}", faults[0].say(Lang::En));
    }

    #[test]
    fn what_no_question_asks_is_refused_and_rows_are_not() {
        let form = crate::form::read(include_str!("../../../tests/forms/ok/repeats.toml"), "repeats.toml").unwrap();
        for (answers, said) in [
            (r#"{"limit": 3, "team": [{"who": "А", "post": "teacher"}, {}]}"#, vec![]),
            (r#"{"team[1]/who": "А", "team[1]": {}}"#, vec![]),
            (r#"{"limit": "много"}"#, vec![]),
            (r#"{"lmit": 3, "team": [{"whom": "А"}]}"#, vec!["lmit unknown-name", "team[1]/whom unknown-name"]),
            (r#"{"team[999999999]/who": "А"}"#, vec!["team range"]),
            (r#"{"explain:few": "x"}"#, vec!["explain:few unknown-name"]),
        ] {
            let filling = Filling::read(format!(r#"{{"answers": {answers}}}"#).as_bytes()).unwrap();
            let faults = filling.typed(&form).err().unwrap_or_default();
            let told: Vec<String> = faults.iter().map(|fault| format!("{} {}", fault.at, fault.code)).collect();
            assert_eq!(told, said, "{answers}");
        }
    }
}

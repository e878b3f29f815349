//! `[[case]]`: the tests that a form carries.

use serde_json::Value as Json;

use super::Reading;
use crate::error::Place;
use crate::form::model::Case;
use crate::form::source::{Keys, json};

impl Reading {
    pub(super) fn cases(&mut self, keys: &Keys<'_, '_>) {
        for case in keys.tables("case") {
            let read = case_of(&case);
            self.form.cases.push(read);
            case.finish();
        }
    }
}

fn case_of(keys: &Keys<'_, '_>) -> Case {
    let line = match keys.source().place(keys.start()) {
        Place::Line { line, .. } => line,
        _ => 0,
    };
    let object = |key| keys.any(key).map_or(Json::Object(serde_json::Map::new()), json);
    let pairs = |key| match keys.any(key).map(json) {
        Some(Json::Object(object)) => object.into_iter().collect(),
        _ => Vec::new(),
    };
    let several = |key| match keys.any(key).map(json) {
        Some(Json::Array(list)) => list,
        Some(single) => vec![single],
        None => Vec::new(),
    };
    let others = match object("other") {
        Json::Object(others) => others.into_iter().collect(),
        _ => std::collections::BTreeMap::new(),
    };
    let each = |answers: Json| if let Json::Array(each) = answers { each } else { vec![answers] };
    let children = pairs("children").into_iter().map(|(form, answers): (String, Json)| (form, each(answers))).collect();
    let faults = keys.has("faults").then(|| {
        let each: Vec<(String, Json)> = pairs("faults");
        each.into_iter().map(|(path, code)| (path, code.as_str().unwrap_or_default().to_owned())).collect()
    });
    Case {
        title: keys.verbatim("title").unwrap_or_default(),
        line,
        period: keys.string("period"),
        answers: object("answers"),
        previous: several("previous"),
        peers: several("peers"),
        others,
        children,
        org: object("org"),
        expect: pairs("expect"),
        lists: pairs("lists"),
        measures: pairs("measures"),
        faults,
    }
}

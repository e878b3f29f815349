//! The JSON shapes of a filled report (`svod eval`, the API): a contract.

use serde_json::{Map, Value as Json, json};

use crate::error::{Fault, Place};
use crate::expr::number_json;
use crate::form::classify::Verdict;
use crate::form::fill::{Context, Filled, Measure};
use crate::form::model::{Classification, Form};
use crate::lang::Lang;

/// The filled report as JSON: `values`, `relevant`, `faults`, `lists`, `measures`.
pub fn filled_json(form: &Form, filled: &Filled, context: &Context, lang: Lang) -> Json {
    let (mut values, mut relevant) = (Map::new(), Map::new());
    for field in 0..form.fields.len() {
        for row in 0..filled.values.height(field) {
            let path = form.path(field, row);
            values.insert(path.clone(), filled.values.get(field, row).to_json());
            relevant.insert(path, Json::from(filled.relevant[field][row]));
        }
    }
    let stored = filled.as_values(form);
    let lists: Map<String, Json> = form
        .classifications
        .iter()
        .map(|list| (list.name.clone(), verdict_json(list, &form.classify(list, &stored, context))))
        .collect();
    json!({
        "values": values,
        "relevant": relevant,
        "faults": filled.faults.iter().map(|fault| fault_json(fault, lang)).collect::<Vec<_>>(),
        "lists": lists,
        "measures": measures_json(form, &filled.measures),
    })
}

fn fault_json(fault: &Fault, lang: Lang) -> Json {
    let at = match &fault.at {
        Place::Answer(path) if path.is_empty() => Json::Null,
        place => Json::from(place.to_string()),
    };
    json!({
        "at": at,
        "severity": fault.severity.name(),
        "code": fault.code,
        "name": fault.name,
        "message": fault.say(lang),
    })
}

/// What a classification says, as JSON.
pub fn verdict_json(list: &Classification, verdict: &Verdict) -> Json {
    let grounds: Map<String, Json> = list
        .grounds
        .iter()
        .zip(&verdict.grounds)
        .map(|(ground, answer)| (ground.name.clone(), Json::from(*answer)))
        .collect();
    let because: Vec<Json> = verdict
        .because
        .iter()
        .map(|reason| json!({"at": reason.at, "period": reason.period.map(crate::period::Period::id)}))
        .collect();
    let mut said = json!({
        "in": verdict.is_in,
        "ground": verdict.ground.map(|ground| list.grounds[ground].name.as_str()),
        "grounds": grounds,
        "because": because,
        "known": [verdict.known.0, verdict.known.1],
    });
    if let (Some(standing), Some(object)) = (verdict.standing, said.as_object_mut()) {
        object.insert("place".to_owned(), json!([standing.place, standing.of]));
    }
    said
}

fn measures_json(form: &Form, measures: &[Measure]) -> Json {
    let mut all = Map::new();
    for indicator in &form.indicators {
        let rows: Map<String, Json> = measures
            .iter()
            .filter(|measure| measure.indicator == indicator.name)
            .map(|m| {
                let denominator = m.denominator.map_or(Json::Null, number_json);
                (m.row.clone(), json!({"numerator": number_json(m.numerator), "denominator": denominator}))
            })
            .collect();
        all.insert(indicator.name.clone(), Json::Object(rows));
    }
    Json::Object(all)
}

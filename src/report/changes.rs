//! What an act changed in the answers: path, old, new, and the cell of the sheet that it came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::form::Answers;

/// One answer that an act changed; null is no answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The path of the answer.
    pub path: String,
    /// What stood there.
    pub old: Json,
    /// What stands there now.
    pub new: Json,
    /// The cell that it came from, `Лист!C17`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
}

/// Whether two answers are the same: `10` and `10.0` are.
pub(super) fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

/// What is different between two sets of answers, by path.
pub(super) fn between(old: &Answers, new: &Answers) -> Vec<Change> {
    let mut paths: Vec<&str> = old.iter().chain(new.iter()).map(|(path, _)| path).collect();
    paths.sort_unstable();
    paths.dedup();
    const NOTHING: &Json = &Json::Null;
    let change = |path: &str| {
        let (old, new) = (old.get(path).unwrap_or(NOTHING), new.get(path).unwrap_or(NOTHING));
        let change = || Change { path: path.to_owned(), old: old.clone(), new: new.clone(), cell: None };
        (!same(old, new)).then(change)
    };
    paths.into_iter().filter_map(change).collect()
}

/// Two lists of changes, one after the other, as one; what came back to where it was has not changed.
pub(super) fn folded(first: Vec<Change>, then: Vec<Change>) -> Vec<Change> {
    let mut folded: BTreeMap<String, Change> = first.into_iter().map(|change| (change.path.clone(), change)).collect();
    for change in then {
        let old = folded.remove(&change.path).map_or(change.old, |before| before.old);
        folded.insert(change.path.clone(), Change { old, ..change });
    }
    folded.into_values().filter(|change| !same(&change.old, &change.new)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_one_after_the_other_fold_into_one() {
        let step = |answers: &[Json]| -> Vec<Change> {
            let answers: Vec<Answers> = answers.iter().map(Answers::from_json).collect();
            let steps = answers.windows(2).map(|pair| between(&pair[0], &pair[1]));
            steps.reduce(folded).unwrap_or_default()
        };
        for (answers, changed) in [
            (vec![json!({}), json!({"a": 1}), json!({"a": 2, "b": "x"})], json!([["a", null, 2], ["b", null, "x"]])),
            (vec![json!({"a": 1}), json!({"a": 2}), json!({"a": 1})], json!([])),
            (vec![json!({"a": 1, "b": 2}), json!({"b": 2}), json!({"b": 3})], json!([["a", 1, null], ["b", 2, 3]])),
            (vec![json!({"a": 1, "b": "1"}), json!({"a": 1.0, "b": 1})], json!([["b", "1", 1]])),
        ] {
            let found: Vec<Json> = step(&answers).into_iter().map(|c| json!([c.path, c.old, c.new])).collect();
            assert_eq!(Json::Array(found), changed);
        }
    }
}

//! What two people typed at once, brought together: question by question, and row by row where rows are added.

use std::collections::BTreeSet;

use crate::form::{Answers, Form};

/// Two people's answers brought together.
pub(in crate::web) struct Merged {
    /// Mine where only I changed something, theirs where only they did, mine where both did.
    pub answers: Answers,
    /// Where both changed the same answer, each to something else.
    pub contested: Vec<String>,
}

/// Brings what I typed together with what somebody else has saved since my page was made.
///
/// The answers of a row belong together, and a row has no name but its number: where somebody adds or deletes rows of a
/// repeat, the numbers of the other's page mean other rows. So a repeat is one answer then, and a row is one otherwise.
pub(in crate::web) fn merge((form, was): (&Form, &Answers), mine: &Answers, theirs: &Answers) -> Merged {
    let paths: BTreeSet<&str> =
        [was, mine, theirs].into_iter().flat_map(|one| one.iter()).map(|(path, _)| path).collect();
    let mut units: Vec<(String, Vec<&str>)> = Vec::new();
    for path in paths {
        let unit = unit(form, path, [was, mine, theirs]);
        match units.iter_mut().rev().find(|(known, _)| *known == unit) {
            Some((_, inside)) => inside.push(path),
            None => units.push((unit, vec![path])),
        }
    }
    let mut merged = Merged { answers: mine.clone(), contested: Vec::new() };
    for (unit, paths) in units {
        let same = |one: &Answers, other: &Answers| paths.iter().all(|path| one.get(path) == other.get(path));
        if same(mine, theirs) || same(theirs, was) {
            continue;
        }
        if !same(mine, was) {
            let differs = |path: &&&str| mine.get(path) != theirs.get(path);
            merged.contested.extend(paths.iter().filter(differs).map(|path| (*path).to_owned()));
            continue;
        }
        if form.repeat_named(&unit).is_some() {
            merged.answers.resize(&unit, 0);
        }
        for path in &paths {
            merged.answers.set(path, theirs.get(path).cloned());
        }
    }
    merged
}

/// What is taken from one person as a whole: an answer, a row, or a repeat whose rows are not the same in number.
fn unit(form: &Form, path: &str, all: [&Answers; 3]) -> String {
    let Some(repeat) = form.leads_into(path).map(|table| &form.tables[table].name) else { return path.to_owned() };
    let [was, mine, theirs] = all.map(|answers| answers.rows(repeat));
    if was == mine && mine == theirs { path.split('/').next().unwrap_or(path).to_owned() } else { repeat.clone() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn of(json: Json) -> Answers {
        Answers::from_json(&json)
    }

    fn form() -> Form {
        let text = "id = \"f\"\ntitle = \"F\"\n[[group]]\n[[group.question]]\nname = \"r\"\ntype = \"repeat\"\n\
                    [[group.question.column]]\nname = \"x\"\ntype = \"integer\"\n\
                    [[group.question.column]]\nname = \"y\"\ntype = \"integer\"\n";
        crate::form::read(text, "f.toml").unwrap()
    }

    #[test]
    fn different_answers_merge_and_the_same_one_is_contested() {
        let was = of(json!({"a": 1, "b": 2, "c": 3, "d": 4}));
        let mine = of(json!({"a": 10, "b": 2, "c": 30, "d": 40}));
        let theirs = of(json!({"a": 1, "b": 20, "c": 31, "d": 40, "e": 5}));
        let merged = merge((&form(), &was), &mine, &theirs);
        assert_eq!(merged.answers, of(json!({"a": 10, "b": 20, "c": 30, "d": 40, "e": 5})));
        assert_eq!(merged.contested, ["c"]);
    }

    #[test]
    fn rows_merge_where_nobody_adds_or_deletes_one() {
        let was = of(json!({"r": [{"x": 1}, {"x": 2}, {}]}));
        let mine = of(json!({"r": [{"x": 10}, {"x": 2}, {"y": 1}]}));
        let theirs = of(json!({"r": [{"x": 1}, {"x": 20}, {"x": 7}]}));
        let merged = merge((&form(), &was), &mine, &theirs);
        assert_eq!(merged.answers, of(json!({"r": [{"x": 10}, {"x": 20}, {"y": 1}]})));
        assert_eq!(merged.contested, ["r[3]/x", "r[3]/y"], "two halves of a row are not one person's answer");
    }

    #[test]
    fn a_changed_set_of_rows_is_taken_whole_or_contested() {
        let was = of(json!({"a": 1, "r": [{"x": 1}, {"x": 2}]}));
        let deleted = of(json!({"a": 1, "r": [{"x": 2}]}));
        let edited = of(json!({"a": 1, "r": [{"x": 1}, {"x": 20}]}));
        let added = of(json!({"a": 1, "r": [{"x": 1}, {"x": 2}, {}]}));
        let elsewhere = of(json!({"a": 5, "r": [{"x": 1}, {"x": 2}]}));
        let merged = merge((&form(), &was), &elsewhere, &deleted);
        assert_eq!(merged.answers, of(json!({"a": 5, "r": [{"x": 2}]})));
        assert!(merged.contested.is_empty());
        let merged = merge((&form(), &was), &added, &elsewhere);
        assert_eq!(merged.answers, of(json!({"a": 5, "r": [{"x": 1}, {"x": 2}, {}]})));
        for (mine, theirs) in [(&edited, &deleted), (&deleted, &edited), (&added, &edited), (&added, &deleted)] {
            let merged = merge((&form(), &was), mine, theirs);
            assert!(!merged.contested.is_empty(), "{mine:?} {theirs:?}");
            assert_eq!(merged.answers, *mine);
        }
    }
}

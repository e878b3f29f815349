//! Rows that somebody has deleted from a draft: kept beside its answers, so that they can be taken back until it is sent.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{EXPLAIN, Explanations};
use crate::form::Answers;

/// What the name of every deleted row begins with among the explanations.
const REMOVED: &str = "removed:";

/// So many deleted rows are kept; then the oldest goes.
const KEPT: usize = 50;

/// A row that was deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct RemovedRow {
    /// By which it is taken back; the last one deleted has the greatest.
    pub number: usize,
    /// The repeat that it stood in.
    pub repeat: String,
    /// Where it stood, from 0.
    pub row: usize,
    /// What was in it, as in the first row of the repeat.
    pub answers: Answers,
}

#[derive(Serialize, Deserialize)]
struct Written {
    repeat: String,
    row: usize,
    answers: Json,
}

/// Whether what is kept under a name beside the answers is a deleted row, and no explanation.
pub fn is_removed_row(name: &str) -> bool {
    name.starts_with(REMOVED)
}

/// The rows that have been deleted since a report was sent, the last first.
pub fn removed_rows(explanations: &Explanations) -> Vec<RemovedRow> {
    let rows = explanations.iter().filter_map(|(name, text)| read(name, text));
    let mut rows: Vec<RemovedRow> = rows.collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.number));
    rows
}

/// Deletes a row of a repeat and keeps what was in it; answers and explanations are one document here. A row in which
/// nothing was answered leaves nothing behind.
pub fn remove_row(answers: &mut Answers, repeat: &str, row: usize) {
    let taken = answers.remove_row(repeat, row);
    let kept = kept(answers);
    let answered = taken.iter().any(|(_, answer)| !answer.is_object() || crate::form::absence(answer).is_some());
    let written = Written { repeat: repeat.to_owned(), row, answers: taken.to_json() };
    let Some(text) = serde_json::to_string(&written).ok().filter(|_| answered) else { return };
    let number = kept.first().map_or(1, |last| last.number + 1);
    answers.set(&name_of(number), Some(Json::from(text)));
    for old in kept.iter().skip(KEPT - 1) {
        answers.set(&name_of(old.number), None);
    }
}

/// Takes a deleted row back to where it stood, or to the end where there are fewer rows now. Gives the repeat and the
/// row.
pub fn restore_row(answers: &mut Answers, number: usize) -> Option<(String, usize)> {
    let found = kept(answers).into_iter().find(|row| row.number == number)?;
    let row = found.row.min(answers.rows(&found.repeat));
    answers.insert_row(&found.repeat, row, &found.answers);
    answers.set(&name_of(number), None);
    Some((found.repeat, row))
}

fn kept(answers: &Answers) -> Vec<RemovedRow> {
    let (_, explanations) = super::part_explanations(answers.clone());
    removed_rows(&explanations)
}

fn name_of(number: usize) -> String {
    format!("{EXPLAIN}{REMOVED}{number}")
}

fn read(name: &str, text: &str) -> Option<RemovedRow> {
    let number = name.strip_prefix(REMOVED)?.parse().ok()?;
    let Written { repeat, row, answers } = serde_json::from_str(text).ok()?;
    Some(RemovedRow { number, repeat, row, answers: Answers::from_json(&answers) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answers() -> Answers {
        Answers::from_json(&json!({
            "other": 1,
            "r": [{"x": 1, "y": "а"}, {"x": 2}, {}, {"x": {"missing": "no-data"}}],
            "explain:jump/r[2]": "так и есть",
            "explain:jump/r[4]": "и здесь",
        }))
    }

    #[test]
    fn a_row_comes_back_with_all_that_was_said_of_it() {
        for row in [0, 1, 3] {
            let mut draft = answers();
            remove_row(&mut draft, "r", row);
            assert_eq!(draft.rows("r"), 3);
            assert_eq!(restore_row(&mut draft, 1), Some(("r".to_owned(), row)));
            assert_eq!(draft, answers(), "row {row}");
        }
    }

    #[test]
    fn rows_come_back_in_any_order_and_only_once() {
        let mut draft = answers();
        remove_row(&mut draft, "r", 1);
        remove_row(&mut draft, "r", 0);
        assert_eq!(restore_row(&mut draft, 1), Some(("r".to_owned(), 1)), "the second row is the second again");
        assert_eq!(draft.get("r[2]/x"), Some(&json!(2)));
        assert_eq!(restore_row(&mut draft, 1), None);
        assert_eq!(restore_row(&mut draft, 2), Some(("r".to_owned(), 0)));
        assert_eq!(
            (draft.rows("r"), draft.get("r[1]/y"), draft.get("r[3]/x")),
            (4, Some(&json!("а")), Some(&json!(2)))
        );
    }

    #[test]
    fn an_empty_row_leaves_nothing_and_only_the_last_are_kept() {
        let mut draft = answers();
        remove_row(&mut draft, "r", 2);
        assert_eq!(restore_row(&mut draft, 1), None);
        for _ in 0..KEPT + 5 {
            draft.set("r[1]/x", Some(json!(7)));
            remove_row(&mut draft, "r", 0);
        }
        let kept = kept(&draft);
        assert_eq!((kept.len(), kept[0].number, kept[KEPT - 1].number), (KEPT, KEPT + 5, 6));
        assert_eq!(restore_row(&mut draft, KEPT + 5), Some(("r".to_owned(), 0)), "where it stood");
    }
}

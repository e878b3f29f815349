//! The answers document: flat paths to JSON, lossless; what cannot be read stays as it was typed.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

use crate::error::{Fault, Place};
use crate::expr::Value;
use crate::form::attachment::Attachment;
use crate::form::choices::Choices;
use crate::form::fill::Context;
use crate::form::model::{Field, Form, Item};
use crate::form::rows;
use crate::form::slots::Slots;
use crate::lang::Words;
use crate::text;

/// Answers by path. Empty answers are not in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers(BTreeMap<String, Json>);

/// A stated absence: not empty for `required`, empty for everything else (language law 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Absence {
    /// `no-data` or `not-applicable`.
    pub kind: String,
    /// The person's explanation.
    pub why: Option<String>,
}

/// The kinds of stated absence.
pub const ABSENCES: [&str; 2] = ["no-data", "not-applicable"];

impl Answers {
    /// Takes nested or flat JSON; nested objects become paths with `/`, nulls, blank texts and empty lists are left out.
    pub fn from_json(json: &Json) -> Answers {
        let mut answers = BTreeMap::new();
        flatten(json, "", &mut answers);
        Answers(answers)
    }

    /// The document as a flat object.
    pub fn to_json(&self) -> Json {
        Json::Object(self.0.iter().map(|(path, answer)| (path.clone(), answer.clone())).collect())
    }

    /// The document as text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// The answer at a path.
    pub fn get(&self, path: &str) -> Option<&Json> {
        self.0.get(path)
    }

    /// Sets or removes the answer at a path.
    pub fn set(&mut self, path: &str, answer: Option<Json>) {
        match answer.filter(|answer| !is_blank(answer)) {
            Some(answer) => insert(&mut self.0, path, answer),
            None => {
                self.0.remove(path);
            }
        }
    }

    /// How many rows of a repeat there are.
    pub fn rows(&self, repeat: &str) -> usize {
        let start = format!("{repeat}[");
        let inside = self.0.range(start.clone()..).take_while(|(path, _)| path.starts_with(&start));
        inside.filter_map(|(path, _)| rows::parts(path)).map(|(_, row, _)| row + 1).max().unwrap_or(0)
    }

    /// The names of what has rows, with their numbers.
    pub(super) fn repeats(&self) -> BTreeMap<&str, usize> {
        let mut repeats = BTreeMap::new();
        for (name, row, _) in self.0.keys().filter_map(|path| rows::parts(path)) {
            let count = repeats.entry(name).or_insert(0);
            *count = (row + 1).max(*count);
        }
        repeats
    }

    /// Adds a row with nothing in it to a repeat: it counts all the same. Gives its number, from 0.
    pub fn add_row(&mut self, repeat: &str) -> usize {
        let row = self.rows(repeat);
        self.0.insert(rows::row_path(repeat, row), empty_row());
        row
    }

    /// Takes a row away from a repeat; those after it move up. Gives what was in it and said of it, as of the first row.
    pub fn remove_row(&mut self, repeat: &str, removed: usize) -> Answers {
        let mut taken = Answers::default();
        for (path, answer) in std::mem::take(&mut self.0) {
            match row_of(&path, repeat) {
                Some(row) if row == removed => taken.0.insert(in_row(&path, repeat, 0), answer),
                Some(row) if row > removed => self.0.insert(in_row(&path, repeat, row - 1), answer),
                _ => self.0.insert(path, answer),
            };
        }
        taken
    }

    /// Puts what [`Answers::remove_row`] has taken into a new row before another; those from there on move down.
    pub fn insert_row(&mut self, repeat: &str, before: usize, taken: &Answers) {
        for (path, answer) in std::mem::take(&mut self.0) {
            match row_of(&path, repeat) {
                Some(row) if row >= before => self.0.insert(in_row(&path, repeat, row + 1), answer),
                _ => self.0.insert(path, answer),
            };
        }
        self.0.insert(rows::row_path(repeat, before), empty_row());
        let cells = taken.0.iter().filter(|(path, _)| row_of(path, repeat) == Some(0));
        self.0.extend(cells.map(|(path, answer)| (in_row(path, repeat, before), answer.clone())));
    }

    /// Makes a repeat so many rows long; rows beyond are taken away, new ones have nothing in them.
    pub fn resize(&mut self, repeat: &str, rows: usize) {
        self.0.retain(|path, _| !matches!(rows::parts(path), Some((name, row, _)) if name == repeat && row >= rows));
        for row in self.rows(repeat)..rows {
            self.0.insert(rows::row_path(repeat, row), empty_row());
        }
    }

    /// Every answer with its path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(path, answer)| (path.as_str(), answer))
    }

    /// Whether nothing is answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

/// A document that is flat already is taken as it is; any other goes the way of [`Answers::from_json`].
impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let answers = BTreeMap::<String, Json>::deserialize(from)?;
        let flat = |(path, answer): (&String, &Json)| match answer {
            Json::Object(_) => absence(answer).is_some() || (*answer == empty_row() && is_row(path)),
            Json::Array(list) => !list.is_empty() && !list.iter().any(Json::is_object),
            _ => {
                !is_blank(answer)
                    && rows::parts(path)
                        .is_none_or(|(repeat, row, _)| answers.contains_key(&rows::row_path(repeat, row)))
            }
        };
        if answers.iter().all(flat) {
            return Ok(Answers(answers));
        }
        Ok(Answers::from_json(&Json::Object(answers.into_iter().collect())))
    }
}

fn is_blank(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(array) => array.is_empty(),
        _ => false,
    }
}

/// What is said of a row under a name of its own (`…/repeat[2]`): the name and the row.
fn beside<'p>(path: &'p str, repeat: &str) -> Option<(&'p str, usize)> {
    let (front, last) = path.rsplit_once('/')?;
    match rows::parts(last)? {
        (name, row, None) if name == repeat => Some((front, row)),
        _ => None,
    }
}

/// The row of a repeat that an answer stands in, or that something is said of.
fn row_of(path: &str, repeat: &str) -> Option<usize> {
    match rows::parts(path) {
        Some((name, row, _)) => (name == repeat).then_some(row),
        None => beside(path, repeat).map(|(_, row)| row),
    }
}

/// The path of the same in another row.
fn in_row(path: &str, repeat: &str, row: usize) -> String {
    let moved = rows::row_path(repeat, row);
    match (rows::parts(path), beside(path, repeat)) {
        (Some((_, _, Some(column))), _) => format!("{moved}/{column}"),
        (None, Some((front, _))) => format!("{front}/{moved}"),
        _ => moved,
    }
}

/// What stands for a row itself, so that it is there with nothing in it.
fn empty_row() -> Json {
    Json::Object(serde_json::Map::new())
}

fn is_row(path: &str) -> bool {
    matches!(rows::parts(path), Some((_, _, None)))
}

/// Puts an answer in, and the row that it stands in.
fn insert(into: &mut BTreeMap<String, Json>, path: &str, answer: Json) {
    if let Some((repeat, row, Some(_))) = rows::parts(path) {
        into.entry(rows::row_path(repeat, row)).or_insert_with(empty_row);
    }
    match into.get_mut(path) {
        Some(known) => *known = answer,
        None => drop(into.insert(path.to_owned(), answer)),
    }
}

fn flatten(json: &Json, path: &str, into: &mut BTreeMap<String, Json>) {
    match json {
        Json::Array(list) if list.iter().any(Json::is_object) => {
            for (number, row) in list.iter().enumerate() {
                let path = rows::row_path(path, number);
                match row {
                    Json::Null => insert(into, &path, empty_row()),
                    Json::Object(columns) => {
                        insert(into, &path, empty_row());
                        columns.iter().for_each(|(key, inner)| flatten(inner, &format!("{path}/{key}"), into));
                    }
                    other => insert(into, &path, other.clone()),
                }
            }
        }
        Json::Object(row) if row.is_empty() && is_row(path) => insert(into, path, empty_row()),
        Json::Object(object) if path.is_empty() || absence(json).is_none() => {
            for (key, inner) in object {
                let path = if path.is_empty() { key.clone() } else { format!("{path}/{key}") };
                flatten(inner, &path, into);
            }
        }
        blank if is_blank(blank) => {}
        answer => insert(into, path, answer.clone()),
    }
}

/// The stated absence in an answer, if that is what it is.
pub fn absence(answer: &Json) -> Option<Absence> {
    let object = answer.as_object().filter(|object| object.keys().all(|key| key == "missing" || key == "why"))?;
    let kind = object.get("missing")?.as_str()?.to_owned();
    let why = object.get("why").and_then(Json::as_str).filter(|why| !why.trim().is_empty()).map(str::to_owned);
    Some(Absence { kind, why })
}

/// Answers sorted into the form's places, and what could not be.
pub(super) struct Placed {
    /// The values by field and row.
    pub values: Slots,
    /// Stated absences by field and row.
    pub absences: BTreeMap<(usize, usize), Absence>,
    /// Answers that are not of their type, by field and row; said only where the question is shown.
    pub unread: Vec<((usize, usize), Fault)>,
    /// Answers that no question asks for.
    pub strays: Vec<Fault>,
}

/// What is said where a stated absence is no answer: it does not satisfy `required` (language law 1).
pub(super) fn absence_refused() -> Words {
    Words::new("form.absence-not-allowed")
}

/// Sorts answers into the form's places.
pub(super) fn place(form: &Form, answers: &Answers, context: &Context) -> Placed {
    let mut placed =
        Placed { values: Slots::empty(form), absences: BTreeMap::new(), unread: Vec::new(), strays: Vec::new() };
    for (path, answer) in answers.iter() {
        match form.locate(path) {
            // Renamed (`was`), and answered again under the name of today.
            Some((field, row)) if form.path(field, row) != path && answers.get(&form.path(field, row)).is_some() => {}
            Some((field, row)) if form.fields[field].calculation.is_none() => {
                one(form, (field, row), (answer, form.choices_in(field, context)), &mut placed);
            }
            _ if form.sets_aside(path) => {}
            Some(_) => placed.strays.push(stray(path, Words::new("form.answer-calculated"), None)),
            None if form.leads_into(path).is_some() && rows::parts(path).is_some() => {
                row(form, (path, answer), &mut placed)
            }
            None if is_structure(form, path) => {}
            None => placed.strays.push(unknown(form, path)),
        }
    }
    placed
}

fn one(form: &Form, (field, row): (usize, usize), (answer, choices): (&Json, &Choices), placed: &mut Placed) {
    let asked = &form.fields[field];
    let at = || Place::Answer(form.path(field, row));
    if let Some(absence) = absence(answer) {
        let message = match (asked.missing, ABSENCES.contains(&absence.kind.as_str())) {
            (true, true) => {
                placed.absences.insert((field, row), absence);
                return;
            }
            (false, _) => absence_refused(),
            (true, false) => Words::new("form.absence-unknown").with("found", &absence.kind),
        };
        placed.unread.push(((field, row), Fault::error(at(), "wrong-type", message)));
        return;
    }
    if let Some(message) = refused_file(asked, answer) {
        placed.unread.push(((field, row), Fault::error(at(), "wrong-type", message)));
        return;
    }
    match asked.kind.read(answer, choices) {
        Ok(value) => placed.values.set(field, row, value),
        Err(unread) => placed.unread.push(((field, row), Fault::error(at(), unread.code, unread.message))),
    }
}

/// A path into a repeat that names no cell: the row itself, a row beyond what a report can hold, or nothing.
fn row(form: &Form, (path, answer): (&str, &Json), placed: &mut Placed) {
    let Some((name, row, column)) = rows::parts(path) else { return };
    let Some(table) = form.repeat_named(name) else { return };
    if row >= rows::most_rows(form.tables[table].columns.len()) {
        let beyond = form.beyond(table);
        if !placed.strays.iter().any(|fault| fault.at == beyond.at && fault.code == beyond.code) {
            placed.strays.push(beyond);
        }
    } else if column.is_none() && *answer == empty_row() {
        placed.values.grow(table, row + 1);
    } else {
        placed.strays.push(unknown(form, path));
    }
}

/// What is wrong with the file that an answer names, by its name and size.
fn refused_file(asked: &Field, answer: &Json) -> Option<Words> {
    let file = Attachment::read(answer)?;
    asked.accepts.as_ref()?.refusal(&file.name, file.size)
}

fn stray(path: &str, message: Words, hint: Option<Words>) -> Fault {
    Fault::error(Place::Answer(path.to_owned()), "unknown-name", message).hinting(hint)
}

fn unknown(form: &Form, path: &str) -> Fault {
    let paths: Vec<String> = (0..form.fields.len())
        .flat_map(|field| (0..form.height(field).max(1)).map(move |row| form.path(field, row)))
        .collect();
    let near = text::nearest(path, paths.iter().map(String::as_str));
    let hint = near.map(|near| Words::new("form.did-you-mean").with("name", near));
    stray(path, Words::new("form.answer-unknown").with("name", path), hint)
}

/// An answer with the name of a note or group: nothing to store, nothing to complain of.
fn is_structure(form: &Form, path: &str) -> bool {
    fn holds(items: &[Item], name: &str) -> bool {
        items.iter().any(|item| match item {
            Item::Group(group) => group.name == name || holds(&group.items, name),
            _ => false,
        })
    }
    form.groups.iter().any(|group| group.name == path || holds(&group.items, path))
}

/// The value as an answer is stored: what the form's own reading would read again.
pub fn to_answer(value: &Value) -> Option<Json> {
    (!value.is_empty()).then(|| value.to_json())
}

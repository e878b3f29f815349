//! The lists of choices: the sheets `choices` and `external_choices`.

use std::collections::{BTreeMap, HashMap};

use super::rows::{Head, Row, Rows, Said, Sheets};
use super::settings::Settings;
use super::told::Told;
use super::types::From;
use crate::lang::Words;
use crate::text;

/// A list of choices.
#[derive(Debug)]
pub(super) struct List {
    pub name: String,
    pub choices: Vec<Choice>,
    /// Some question lets another answer be typed.
    pub other: bool,
}

/// A choice.
#[derive(Debug)]
pub(super) struct Choice {
    pub name: String,
    /// The label in each language.
    pub label: Vec<Said>,
    /// Other columns, for filters; several values where the code stands in the list several times.
    pub attributes: Vec<(String, Vec<String>)>,
}

impl List {
    /// Whether some choice has several values of an attribute.
    pub fn has_several(&self, attribute: &str) -> bool {
        let several = |choice: &Choice| choice.attributes.iter().any(|(key, all)| key == attribute && all.len() > 1);
        self.choices.iter().any(several)
    }

    /// Whether some choice has an attribute of this name.
    pub fn has(&self, attribute: &str) -> bool {
        self.choices.iter().any(|choice| choice.attributes.iter().any(|(key, _)| key == attribute))
    }
}

/// All lists; those of `external_choices` under names of their own where both sheets have one.
#[derive(Debug, Default)]
pub(super) struct Lists {
    lists: Vec<List>,
    external: HashMap<String, usize>,
    inside: HashMap<String, usize>,
    /// The sheet that was probably meant as `choices`.
    near_sheet: Option<String>,
}

impl Lists {
    /// A list by its name.
    pub fn find(&self, from: From, name: &str) -> Option<&List> {
        let index = if from == From::External { self.external.get(name) } else { self.inside.get(name) };
        index.map(|index| &self.lists[*index])
    }

    /// Lets another answer be typed for a list.
    pub fn allow_other(&mut self, name: &str) {
        if let Some(index) = self.inside.get(name) {
            self.lists[*index].other = true;
        }
    }

    /// Every list in order.
    pub fn all(&self) -> impl Iterator<Item = &List> {
        self.lists.iter()
    }

    /// What to say of a list that is not there.
    pub fn missing(&self, from: From, name: &str) -> (Words, Option<Words>) {
        let sheet = if from == From::External { "external_choices" } else { "choices" };
        let words = Words::new("xlsform.unknown-list").with("name", name).with("sheet", sheet);
        let map = if from == From::External { &self.external } else { &self.inside };
        if let Some(near) = text::nearest(name, map.keys().map(String::as_str)) {
            return (words, Some(Words::new("xlsform.did-you-mean").with("name", near)));
        }
        let hint = match &self.near_sheet {
            Some(near) if map.is_empty() => Some(Words::new("xlsform.sheet-near-choices").with("name", near)),
            _ if map.is_empty() => Some(Words::new("xlsform.no-lists").with("sheet", sheet)),
            _ => None,
        };
        (words, hint)
    }
}

/// Reads both sheets of choices.
pub(super) fn read(sheets: &Sheets, settings: &Settings, told: &mut Told) -> Lists {
    let mut lists = Lists { near_sheet: sheets.near_choices.clone(), ..Lists::default() };
    for (rows, external) in [(&sheets.choices, false), (&sheets.external, true)] {
        media(rows, told);
        let attributes: Vec<&Head> = rows.heads.iter().filter(|head| !head.column.known).collect();
        let mut reading = Reading { rows, external, attributes: names(&attributes), seen: HashMap::new() };
        for row in &rows.rows {
            reading.choice(row, settings, &mut lists, told);
        }
    }
    lists
}

/// The names of columns that filters may ask for.
fn names(attributes: &[&Head]) -> Vec<String> {
    attributes.iter().map(|head| head.column.key.clone()).collect()
}

fn media(rows: &Rows, told: &mut Told) {
    let dropped = ["image", "big-image", "audio", "video", "geometry"];
    for head in rows.heads.iter().filter(|head| dropped.contains(&head.column.key.as_str())) {
        let words = Words::new("xlsform.column-dropped").with("name", &head.column.key);
        told.note(&rows.sheet, (0, head.at), "dropped", words);
    }
}

/// What a code that stands in the list once more has there, besides what it has.
fn add(attributes: &mut Vec<(String, Vec<String>)>, more: Vec<(String, Vec<String>)>) {
    for (key, values) in more {
        match attributes.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => {
                known.extend(values.into_iter().filter(|value| !known.contains(value)).collect::<Vec<_>>())
            }
            None => attributes.push((key, values)),
        }
    }
}

struct Reading<'r> {
    rows: &'r Rows,
    external: bool,
    attributes: Vec<String>,
    seen: HashMap<usize, HashMap<String, usize>>,
}

impl Reading<'_> {
    fn choice(&mut self, row: &Row, settings: &Settings, lists: &mut Lists, told: &mut Told) {
        let Some(list) = row.text("list_name") else { return };
        let Some(name) = row.get("name") else {
            let words = Words::new("xlsform.choice-without-name").with("list", list);
            return told.error_at(&self.rows.sheet, (row.number, self.rows.at("name")), "syntax", words, None);
        };
        let index = self.index(list, lists);
        let mut attributes: BTreeMap<&str, &str> = BTreeMap::new();
        for said in row.cells.iter().filter(|said| self.attributes.contains(&said.key)) {
            attributes.insert(&said.key, &said.text);
        }
        let named = self.attributes.iter().filter_map(|key| Some((key, *attributes.get(key.as_str())?)));
        let attributes = named.map(|(key, text)| (key.clone(), vec![text.to_owned()])).collect();
        let choices = &mut lists.lists[index].choices;
        let seen = self.seen.entry(index).or_default();
        if let Some(first) = seen.get(&name.text) {
            let at = (row.number, name.at);
            let words = Words::new("xlsform.choice-twice").with("name", &name.text).with("list", list);
            if !settings.duplicates && !self.external {
                let hint = Words::new("xlsform.choice-twice-hint");
                return told.error_at(&self.rows.sheet, at, "duplicate", words, Some(hint));
            }
            let hint = Words::new("xlsform.choice-once");
            told.note_hinting(&self.rows.sheet, at, words, hint);
            return add(&mut choices[*first].attributes, attributes);
        }
        seen.insert(name.text.clone(), choices.len());
        let label = row.all("label").cloned().collect();
        choices.push(Choice { name: name.text.clone(), label, attributes });
    }

    fn index(&self, list: &str, lists: &mut Lists) -> usize {
        let map = if self.external { &lists.external } else { &lists.inside };
        if let Some(index) = map.get(list) {
            return *index;
        }
        let taken = self.external && lists.inside.contains_key(list);
        let name = if taken { format!("{list}_external") } else { list.to_owned() };
        let index = lists.lists.len();
        lists.lists.push(List { name, choices: Vec::new(), other: false });
        let map = if self.external { &mut lists.external } else { &mut lists.inside };
        map.insert(list.to_owned(), index);
        index
    }
}

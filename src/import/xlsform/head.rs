//! The head of the form file, and its lists of choices.

use std::collections::HashSet;

use super::choices::List;
use super::page::{Page, Table, key};
use super::show::{Showing, Texts};
use super::told::{Spot, Told};
use super::tree::Item;
use super::types::{Block, Choice, From, Kind};
use super::write::Whole;
use crate::lang::Words;

/// The keys above all tables.
pub(super) fn head(whole: &Whole<'_>, page: &mut Page) {
    let mut table = Table::default();
    table.string("id", &whole.settings.id);
    table.string("title", &whole.settings.title);
    table.string("period", "once");
    table.string("about", "school");
    if let Some(language) = &whole.settings.default_language {
        table.string("default_language", language);
    }
    page.table("", table, whole.lang);
}

/// Lists that some question chooses from, in their order; lists in files, which stand beside the form.
pub(super) fn lists(whole: &Whole<'_>, showing: &Showing<'_>, items: &[Item], page: &mut Page, told: &mut Told) {
    let mut used = Used::default();
    used.collect(items, whole);
    for list in whole.lists.all() {
        if used.lists.contains(&list.name) {
            one(whole, showing, list, page);
        }
    }
    for (file, spot) in used.files {
        let mut table = Table::default();
        let words = Words::new("xlsform.list-beside").with("file", &file);
        told.note(&spot.sheet, (spot.row, spot.column), "file", words.clone());
        table.note(words);
        table.string("name", file_list(&file));
        table.string("file", &file);
        page.table("[[list]]", table, whole.lang);
    }
}

/// The name of the list in a file.
pub(super) fn file_list(file: &str) -> &str {
    file.strip_suffix(".csv").unwrap_or(file)
}

#[derive(Default)]
struct Used {
    lists: HashSet<String>,
    files: Vec<(String, Spot)>,
}

impl Used {
    fn collect(&mut self, items: &[Item], whole: &Whole<'_>) {
        for item in items {
            match &item.kind {
                Kind::Choice(Choice { list, from: From::File, .. }) => {
                    if !self.files.iter().any(|(known, _)| known == list) {
                        self.files.push((list.clone(), item.spot(whole.survey, "type")));
                    }
                }
                Kind::Choice(choice) => {
                    let list = whole.lists.find(choice.from, &choice.list);
                    self.lists.extend(list.map(|list| list.name.clone()));
                }
                _ => {}
            }
            self.collect(&item.items, whole);
        }
    }
}

fn one(whole: &Whole<'_>, showing: &Showing<'_>, list: &List, page: &mut Page) {
    let plain = &whole.settings.plain_language;
    let label = |choice: &super::choices::Choice| labelled(showing.of_choice(&choice.label), &choice.name, plain);
    if list.choices.iter().all(|choice| choice.attributes.is_empty()) {
        let mut table = Table::default();
        for choice in &list.choices {
            table.texts(&key(&choice.name), &label(choice), plain);
        }
        return page.table(&format!("[choices.{}]", key(&list.name)), table, whole.lang);
    }
    for choice in &list.choices {
        let mut table = Table::default();
        table.string("name", &choice.name);
        table.texts("label", &label(choice), plain);
        for (attribute, text) in &choice.attributes {
            match text.as_slice() {
                [text] if !list.has_several(attribute) => table.string(&key(attribute), text),
                several => table.strings(&key(attribute), several),
            }
        }
        page.table(&format!("[[choices.{}]]", key(&list.name)), table, whole.lang);
    }
}

/// A label, or the code where there is none.
pub(super) fn labelled(texts: Texts, name: &str, plain: &str) -> Texts {
    if texts.each.is_empty() {
        return Texts { each: vec![(plain.to_owned(), name.to_owned())], changed: false };
    }
    texts
}

/// The rows of a loop: a row for each choice of its list.
pub(super) fn loop_rows(whole: &Whole<'_>, showing: &Showing<'_>, block: &Block, header: &str, page: &mut Page) {
    let Block::Loop(list) = block else { return };
    let Some(list) = whole.lists.find(From::Choices, list) else { return };
    let plain = &whole.settings.plain_language;
    for choice in &list.choices {
        let mut table = Table::default();
        table.string("name", &super::names::name_from(&choice.name));
        table.texts("label", &labelled(showing.of_choice(&choice.label), &choice.name, plain), plain);
        page.table(header, table, whole.lang);
    }
    if list.other && list.choices.iter().all(|choice| choice.name != "other") {
        let mut table = Table::default();
        table.string("name", "other");
        table.string("label", &Words::new("xlsform.other").say(whole.lang));
        page.table(header, table, whole.lang);
    }
}

//! Sections, groups, questions, tables with their rows and columns.

use std::collections::{HashMap, HashSet};

use super::accepts::accepts;
use super::{Reading, duplicate, is_name, name_of, strings, unknown_option, unknown_word, value_of, word};
use crate::expr::{self, Expr, Value};
use crate::form::grammar::Place;
use crate::form::kind::{self, Control, Kind};
use crate::form::model::{Appearance, Field, Group, Item, Row, Table, Total};
use crate::form::rows::{self, Repeat};
use crate::form::source::{Keys, Plain, Text, plain};
use crate::lang::Words;

/// The words that are structure, not types of value.
pub const STRUCTURE: [&str; 5] = ["group", "table", "repeat", "note", "calculate"];

/// How many questions and cells a form may have together.
const CELLS: usize = 50_000;

impl Reading {
    pub(super) fn questions(&mut self, keys: &Keys<'_, '_>) {
        let mut names: HashSet<String> = HashSet::new();
        for group in keys.tables("group") {
            let read = self.group(&group, &[], &mut names);
            self.form.groups.push(read);
            group.finish();
        }
        let cells: usize = (0..self.form.fields.len()).map(|field| self.form.height(field).max(1)).sum();
        if cells > CELLS {
            let message = Words::new("form.too-many-cells").with("n", cells).with("limit", CELLS);
            keys.source().fault(0, "syntax", message, None);
        }
    }

    fn group(&mut self, keys: &Keys<'_, '_>, within: &[usize], names: &mut HashSet<String>) -> Group {
        let name = keys.text("name").map(|name| name_of(keys, &name)).unwrap_or_default();
        let label = keys.string("label").unwrap_or_default();
        let (hint, guidance) = (keys.string("hint"), keys.string("guidance_hint"));
        let relevant = self.condition(keys);
        let within: Vec<usize> = within.iter().copied().chain(relevant).collect();
        let items = keys.tables("question");
        let items = items.into_iter().flat_map(|question| self.item(question, &within, names)).collect();
        Group { name, label, hint, guidance, relevant, items }
    }

    fn condition(&mut self, keys: &Keys<'_, '_>) -> Option<usize> {
        let relevant = self.truth(keys, "relevant")?;
        self.form.conditions.push(relevant);
        Some(self.form.conditions.len() - 1)
    }

    fn item(&mut self, keys: Keys<'_, '_>, within: &[usize], names: &mut HashSet<String>) -> Vec<Item> {
        let kind = keys.needed("type");
        if let Some(name) = keys.text("name")
            && !names.insert(name.value.clone())
        {
            duplicate(keys.source(), &name);
        }
        let Some(kind) = kind else { return Vec::new() };
        let keys = keys.of(Place::Group.block(&kind.value));
        let items = match kind.value.as_str() {
            "group" => vec![Item::Group(self.group(&keys, within, names))],
            "table" => self.table(&keys, within).map(Item::Table).into_iter().collect(),
            "repeat" => self.repeat(&keys, within).map(Item::Table).into_iter().collect(),
            "note" => vec![self.note(&keys, within)],
            _ => match self.field(&keys, &kind, (within, None)) {
                Some(field) => {
                    [Some(field), self.other(&keys, field, names)].into_iter().flatten().map(Item::Field).collect()
                }
                None => Vec::new(),
            },
        };
        keys.finish();
        items
    }

    fn note(&mut self, keys: &Keys<'_, '_>, within: &[usize]) -> Item {
        let label = keys.needed("label").map(|label| label.value).unwrap_or_default();
        let within = within.iter().copied().chain(self.condition(keys)).collect();
        Item::Note { label, within }
    }

    fn table(&mut self, keys: &Keys<'_, '_>, within: &[usize]) -> Option<usize> {
        let name = keys.needed("name").map(|name| name_of(keys, &name));
        let relevant = self.condition(keys);
        let label = keys.string("label").unwrap_or_else(|| name.clone().unwrap_or_default());
        let (hint, guidance, rows) = (keys.string("hint"), keys.string("guidance_hint"), fixed_rows(keys));
        let (was, by_name) = (strings(keys, "was"), rows_by_name(&rows));
        let (name, columns) = (name?, Vec::new());
        let table = Table { name, was, label, hint, guidance, relevant, rows, repeat: None, columns, by_name };
        let number = self.form.tables.len();
        let mut taken: HashSet<String> = table.rows.iter().map(|row| row.name.clone()).collect();
        self.form.tables.push(table);
        let within: Vec<usize> = within.iter().copied().chain(relevant).collect();
        for column in keys.tables("column") {
            self.column(column, number, &within, &mut taken);
        }
        self.complete(keys, number);
        Some(number)
    }

    fn column(&mut self, keys: Keys<'_, '_>, table: usize, within: &[usize], taken: &mut HashSet<String>) {
        if let Some(name) = keys.text("name")
            && !taken.insert(name.value.clone())
        {
            duplicate(keys.source(), &name);
        }
        let Some(kind) = keys.needed("type") else { return };
        let keys = keys.of(Place::Table.block(&kind.value));
        if let Some(field) = self.field(&keys, &kind, (within, Some(table))) {
            let other = self.other(&keys, field, taken);
            self.form.tables[table].columns.extend([Some(field), other].into_iter().flatten());
        }
        keys.finish();
    }

    /// A repeat: a table to which the respondent adds rows.
    fn repeat(&mut self, keys: &Keys<'_, '_>, within: &[usize]) -> Option<usize> {
        let name = keys.needed("name").map(|name| name_of(keys, &name));
        let relevant = self.condition(keys);
        let label = keys.string("label").unwrap_or_else(|| name.clone().unwrap_or_default());
        let (hint, guidance) = (keys.string("hint"), keys.string("guidance_hint"));
        let number = self.form.tables.len();
        let was = strings(keys, "was");
        self.form.tables.push(Table {
            name: name?,
            was,
            label,
            hint,
            guidance,
            relevant,
            rows: Vec::new(),
            repeat: Some(Repeat::default()),
            columns: Vec::new(),
            by_name: HashMap::new(),
        });
        let within: Vec<usize> = within.iter().copied().chain(relevant).collect();
        let mut taken = HashSet::new();
        for column in keys.tables("column").into_iter().chain(keys.tables("question")) {
            if nested(&column) {
                continue;
            }
            self.column(column, number, &within, &mut taken);
        }
        self.limits(keys, number);
        if self.form.tables[number].columns.is_empty() && !keys.has("column") && !keys.has("question") {
            let table = &self.form.tables[number].name;
            let message = Words::new("form.empty-table").with("table", table).with("key", "column");
            keys.source().fault(keys.start(), "syntax", message, None);
        }
        Some(number)
    }

    /// How many rows the author of a repeat allows.
    fn limits(&mut self, keys: &Keys<'_, '_>, table: usize) {
        let most = rows::most_rows(self.form.tables[table].columns.len());
        let limit = |key: &'static str| {
            let number = keys.number(key)?;
            #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
            let sound = number.fract() == 0.0 && (0.0..=most as f64).contains(&number);
            if !sound {
                keys.fault_at(key, "wrong-type", Words::new("form.rows-limit").with("n", most));
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in bounds")]
            sound.then_some(number as usize)
        };
        let repeat = Repeat { min: limit("min"), max: limit("max") };
        if repeat.min.zip(repeat.max).is_some_and(|(min, max)| min > max) {
            keys.fault_at("max", "wrong-type", Words::new("form.min-over-max"));
        }
        self.form.tables[table].repeat = Some(repeat);
    }

    fn complete(&self, keys: &Keys<'_, '_>, table: usize) {
        let table = &self.form.tables[table];
        for (empty, key) in [(table.rows.is_empty(), "row"), (table.columns.is_empty(), "column")] {
            if empty && !keys.has(key) {
                let message = Words::new("form.empty-table").with("table", &table.name).with("key", key);
                keys.source().fault(keys.start(), "syntax", message, None);
            }
        }
        let columns: Vec<&str> = table.columns.iter().map(|column| self.form.fields[*column].name.as_str()).collect();
        for row in keys.tables("row") {
            for grey in row.texts("grey").unwrap_or_default() {
                if !columns.contains(&grey.value.as_str()) {
                    unknown_word(keys.source(), &grey, columns.iter().copied());
                }
            }
        }
    }

    fn field(
        &mut self,
        keys: &Keys<'_, '_>,
        written: &Text,
        (within, table): (&[usize], Option<usize>),
    ) -> Option<usize> {
        let name = keys.needed("name").map(|name| name_of(keys, &name));
        let (word_of_type, list) = match written.value.split_once(' ') {
            Some((word, list)) => (word, Some(list.trim().to_owned())),
            None => (written.value.as_str(), None),
        };
        let calculated = word_of_type == "calculate";
        let kind = if calculated { calculated_kind(keys) } else { asked_kind(keys, written, word_of_type, table) };
        keys.about(kind);
        if kind.is_some_and(|kind| kind.listed) && list.is_none() && !keys.has("choices") {
            keys.missing("choices");
        }
        let choices = self.organisations_of(keys, kind).or_else(|| self.list_of(keys, list));
        self.codes_without_spaces(keys, kind, choices);
        let calculation = self.calculation(keys, calculated);
        let (relevant, required) = (self.truth(keys, "relevant"), self.truth(keys, "required"));
        let constraint = self.truth(keys, "constraint");
        let choice_filter = choices.and_then(|_| self.filter(keys, "choice_filter"));
        let default = self.default(keys, choices);
        let (min, max, step) = bounds(keys, kind);
        let label = keys.string("label").or_else(|| (!calculated).then(|| name.clone().unwrap_or_default()));
        let field = Field {
            name: name?,
            was: strings(keys, "was"),
            label: label.unwrap_or_default(),
            hint: keys.string("hint"),
            guidance: keys.string("guidance_hint"),
            code: table.and_then(|_| keys.string("code")),
            appearance: appearance(keys, kind),
            kind: kind.unwrap_or(&kind::UNKNOWN),
            choices,
            choice_filter,
            table,
            within: within.to_vec(),
            relevant,
            required,
            required_message: keys.string("required_message"),
            constraint,
            constraint_message: keys.string("constraint_message"),
            default,
            calculation,
            min,
            max,
            step,
            accepts: accepts(keys, kind.filter(|_| !calculated)),
            read_only: !calculated && keys.boolean("read_only").unwrap_or(false),
            missing: keys.boolean("missing").unwrap_or(false),
            retyped: keys.boolean("retyped").unwrap_or(false),
            total: table.map_or(Total::None, |_| total(keys)),
        };
        self.form.fields.push(field);
        Some(self.form.fields.len() - 1)
    }

    /// The calculation of a calculated question, which must have one.
    fn calculation(&mut self, keys: &Keys<'_, '_>, calculated: bool) -> Option<Expr> {
        if !calculated {
            keys.refuse("calculation", "wrong-type", Words::new("form.calculation-of-question"));
            return None;
        }
        match keys.text("calculation") {
            Some(text) if !text.value.trim().is_empty() => self.expression(keys.source(), text),
            _ => {
                keys.missing("calculation");
                None
            }
        }
    }

    /// A default: a number, true or false, a choice's code, or an expression.
    fn default(&mut self, keys: &Keys<'_, '_>, choices: Option<usize>) -> Option<Expr> {
        let value = keys.any("default")?;
        let literal = match plain(value) {
            Some(Plain::Number(number)) => Some(crate::text::canonical(number)),
            Some(Plain::Text(codes)) if choices.is_some_and(|list| self.has_choices(list, &codes)) => {
                Some(format!("'{codes}'"))
            }
            Some(Plain::List(codes)) if choices.is_some() => {
                let codes: Vec<String> = codes.iter().map(|code| value_of(code).as_text()).collect();
                Some(format!("'{}'", codes.join(" ")))
            }
            _ => None,
        };
        match (literal, keys.as_text(value)) {
            (Some(literal), _) => expr::parse(&literal).ok(),
            (None, Some(text)) => self.expression(keys.source(), text),
            (None, None) => {
                let expected = Words::new("form.a-default");
                let message = Words::new("form.wrong-value").with("key", "default").with("expected", expected);
                keys.fault_at("default", "wrong-type", message);
                None
            }
        }
    }

    /// Whether a text is a code of a list, or several codes with spaces between them.
    fn has_choices(&self, list: usize, codes: &str) -> bool {
        let list = &self.form.choices[list];
        let all = || codes.split(' ').all(|code| list.find(code).is_some());
        !codes.contains('\'') && (list.find(codes).is_some() || all())
    }
}

/// A calculation gives one value, never a list of chosen codes.
fn calculated_kind(keys: &Keys<'_, '_>) -> Option<&'static Kind> {
    if !keys.has("value") {
        keys.missing("value");
        return None;
    }
    let single = |kind: &&'static Kind| !kind.value.list && kind.control != Control::File;
    word(
        keys,
        "value",
        |name| kind::find(name).filter(single),
        kind::ALL.iter().filter(|kind| single(kind)).map(|kind| kind.name),
    )
}

fn asked_kind(keys: &Keys<'_, '_>, written: &Text, name: &str, table: Option<usize>) -> Option<&'static Kind> {
    let found = kind::find(name).filter(|kind| kind.asked);
    if found.is_none() {
        let structure = if table.is_some() { &["calculate"][..] } else { &STRUCTURE[..] };
        let known = kind::ALL.iter().filter(|kind| kind.asked).map(|kind| kind.name);
        let word = Text { value: name.to_owned(), origin: written.origin.clone() };
        unknown_option(keys.source(), &word, known.chain(structure.iter().copied()));
    }
    found
}

/// The looks that a type has.
pub(in crate::form) fn looks(kind: &Kind) -> &'static [Appearance] {
    match kind.control {
        Control::Line { number: false, .. } => &[Appearance::Multiline],
        Control::One | Control::Many => &[Appearance::Minimal, Appearance::Search],
        Control::Scale => &[Appearance::Rating],
        _ => &[],
    }
}

/// How the author wants a question to look: a word that its type has a look for.
fn appearance(keys: &Keys<'_, '_>, kind: Option<&'static Kind>) -> Appearance {
    let Some(fits) = kind.map(looks).filter(|looks| !looks.is_empty()) else { return Appearance::Usual };
    let known = || Appearance::ALL.iter().filter(|(_, appearance)| fits.contains(appearance));
    let find = |name: &str| known().find(|(word, _)| *word == name).map(|(_, appearance)| *appearance);
    word(keys, "appearance", find, known().map(|(word, _)| *word)).unwrap_or_default()
}

/// Whether a column of a repeat is no question but a structure of its own, which is said.
fn nested(keys: &Keys<'_, '_>) -> bool {
    let Some(kind) =
        keys.text("type").filter(|kind| STRUCTURE.contains(&kind.value.as_str()) && kind.value != "calculate")
    else {
        return false;
    };
    let message = Words::new("form.nested-repeat").with("kind", &kind.value);
    keys.source().fault(kind.origin.start(), "syntax", message, Some(Words::new("form.nested-repeat-hint")));
    true
}

/// The least and the greatest number, and the step between; a scale has all three (XLSForm's where they are not said).
fn bounds(keys: &Keys<'_, '_>, kind: Option<&'static Kind>) -> (Option<f64>, Option<f64>, Option<f64>) {
    let (min, max) = (keys.number("min"), keys.number("max"));
    if min.zip(max).is_some_and(|(min, max)| min > max) {
        keys.fault_at("max", "wrong-type", Words::new("form.min-over-max"));
    }
    if kind.is_none_or(|kind| kind.control != Control::Scale) {
        return (min, max, None);
    }
    let step = keys.number("step");
    if step.is_some_and(|step| step <= 0.0) {
        keys.fault_at("step", "wrong-type", Words::new("form.step"));
    }
    (min.or(Some(1.0)), max.or(Some(10.0)), step.or(Some(1.0)))
}

const TOTALS: [(&str, Total); 3] = [("sum", Total::Sum), ("recalculate", Total::Recalculate), ("none", Total::None)];

/// The words of how a column is totalled.
pub(in crate::form) fn totals() -> Vec<&'static str> {
    TOTALS.iter().map(|(word, _)| *word).collect()
}

fn total(keys: &Keys<'_, '_>) -> Total {
    let find = |name: &str| TOTALS.iter().find(|(word, _)| *word == name).map(|(_, total)| *total);
    word(keys, "total", find, totals().into_iter()).unwrap_or_default()
}

fn fixed_rows(keys: &Keys<'_, '_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut names: HashSet<String> = HashSet::new();
    for row in keys.tables("row") {
        let Some(name) = row.needed("name") else { continue };
        if !names.insert(name.value.clone()) {
            duplicate(keys.source(), &name);
        }
        if !is_name(&name.value) {
            name_of(keys, &name);
        }
        let label = row.string("label").unwrap_or_else(|| name.value.clone());
        let (code, was) = (row.string("code"), strings(&row, "was"));
        let (section, grey) = (row.string("section"), strings(&row, "grey"));
        let hint = row.string("hint").map(|hint| ("hint".to_owned(), Value::Text(hint)));
        let attributes = row.others().into_iter().map(|(key, plain)| (key, value_of(&plain))).chain(hint).collect();
        rows.push(Row { name: name.value, label, code, section, grey, was, attributes });
    }
    rows
}

/// Rows by their earlier names, and by their names of today, which win.
fn rows_by_name(rows: &[Row]) -> HashMap<String, usize> {
    let before = rows.iter().enumerate().flat_map(|(number, row)| row.was.iter().map(move |was| (was, number)));
    let today = rows.iter().enumerate().map(|(number, row)| (&row.name, number));
    before.chain(today).map(|(name, number)| (name.clone(), number)).collect()
}

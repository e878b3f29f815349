//! The rows of the sheet survey: a question a row, groups around them, a group for each row of a table.

use super::expression::Speaking;
use super::names::{self, Names};
use super::note;
use crate::error::Fault;
use crate::expr::{Expr, Kind, Value};
use crate::form::attachment::{Accepts, LARGEST_MB, USUAL_MB};
use crate::form::filetypes;
use crate::form::{Appearance, ChoicesFrom, Field, Form, Group, Item, Table};
use crate::lang::Words;
use crate::text;

/// A row of a sheet: its cells by their headings.
pub(super) type Row = Vec<(String, String)>;

/// The rows of the survey while they are written.
pub(super) struct Rows<'r> {
    /// The form in its own language, then in the others.
    all: &'r [&'r Form],
    form: &'r Form,
    names: &'r Names,
    pub lists: Vec<String>,
    pub survey: Vec<Row>,
    pub notes: Vec<Fault>,
    unnamed: usize,
}

/// Types of ours that are written as a wider one, with our word beside it.
const WIDER: [(&str, &str); 8] = [
    ("percent", "decimal"),
    ("money", "decimal"),
    ("url", "text"),
    ("email", "text"),
    ("phone", "text"),
    ("month", "text"),
    ("term", "text"),
    ("organisation", "text"),
];

impl<'r> Rows<'r> {
    pub fn new(all: &'r [&'r Form], names: &'r Names) -> Rows<'r> {
        let form = all[0];
        let lists = names::lists(form);
        Rows { all, form, names, lists, survey: Vec::new(), notes: Vec::new(), unnamed: 0 }
    }

    /// Every section in order.
    pub fn form(&mut self) {
        for number in 0..self.form.groups.len() {
            let groups: Vec<&Group> = self.all.iter().map(|form| &form.groups[number]).collect();
            if groups[0].name.is_empty() && groups[0].label.is_empty() && groups[0].relevant.is_none() {
                self.items(&groups);
            } else {
                self.group(&groups);
            }
        }
    }

    /// The heading of a column of texts in the language of one of the forms.
    pub fn heading(&self, key: &str, form: &Form) -> String {
        if self.all.len() == 1 { key.to_owned() } else { format!("{key}::{}", language(&form.language)) }
    }

    /// A text in every language.
    fn texts(&self, row: &mut Row, key: &str, say: impl Fn(usize) -> Option<String>) {
        for (number, form) in self.all.iter().enumerate() {
            if let Some(text) = say(number).filter(|text| !text.is_empty()) {
                row.push((self.heading(key, form), text));
            }
        }
    }

    fn name(&mut self, name: &str, kind: &str) -> String {
        if name.is_empty() {
            self.unnamed += 1;
            return format!("{kind}_{}", self.unnamed);
        }
        name.to_owned()
    }

    fn begin(&mut self, kind: &str, name: &str) -> Row {
        vec![("type".to_owned(), kind.to_owned()), ("name".to_owned(), name.to_owned())]
    }

    fn end(&mut self, kind: &str) {
        self.survey.push(vec![("type".to_owned(), kind.to_owned())]);
    }

    fn group(&mut self, groups: &[&Group]) {
        let name = self.name(&groups[0].name, "group");
        let mut row = self.begin("begin_group", &name);
        self.texts(&mut row, "label", |form| Some(groups[form].label.clone()));
        self.texts(&mut row, "hint", |form| groups[form].hint.clone());
        self.condition(&mut row, groups[0].relevant, &name);
        self.survey.push(row);
        self.items(groups);
        self.end("end_group");
    }

    fn items(&mut self, groups: &[&Group]) {
        for number in 0..groups[0].items.len() {
            match &groups[0].items[number] {
                Item::Group(_) => {
                    let inside = groups.iter().filter_map(|group| match &group.items[number] {
                        Item::Group(inner) => Some(inner),
                        _ => None,
                    });
                    self.group(&inside.collect::<Vec<_>>());
                }
                Item::Field(field) => self.field(*field, None),
                Item::Table(table) => self.table(*table),
                Item::Note { .. } => self.note(groups, number),
            }
        }
    }

    fn note(&mut self, groups: &[&Group], number: usize) {
        let name = self.name("", "note");
        let mut row = self.begin("note", &name);
        self.texts(&mut row, "label", |form| match &groups[form].items[number] {
            Item::Note { label, .. } => Some(label.clone()),
            _ => None,
        });
        let Item::Note { within, .. } = &groups[0].items[number] else { return };
        let own = within.last().copied().filter(|own| Some(*own) != groups[0].relevant);
        self.condition(&mut row, own, &name);
        self.survey.push(row);
    }

    fn condition(&mut self, row: &mut Row, condition: Option<usize>, at: &str) {
        if let Some(number) = condition {
            self.expression(row, "relevant", Some(&self.form.conditions[number]), (None, at));
        }
    }

    /// Says an expression under a heading, or tells that it is left out.
    fn expression(&mut self, row: &mut Row, key: &str, expr: Option<&Expr>, (of, at): (Option<(usize, usize)>, &str)) {
        let Some(expr) = expr else { return };
        if !self.names.can(self.form, expr) {
            let words = Words::new("export.xlsform-expression").with("key", key).with("text", &expr.source);
            return self.notes.push(note(at, words));
        }
        row.push((key.to_owned(), self.said(expr, of)));
    }

    fn said(&self, expr: &Expr, row: Option<(usize, usize)>) -> String {
        Speaking { form: self.form, names: self.names, row, source: &expr.source }.expression(expr)
    }

    /// A repeat, or a group for each fixed row with the columns in it.
    fn table(&mut self, number: usize) {
        let table = &self.form.tables[number];
        let kind = if table.repeat.is_some() { "repeat" } else { "group" };
        let mut row = self.begin(&format!("begin_{kind}"), &table.name);
        self.heading_of(&mut row, number);
        self.count(&mut row, table);
        self.survey.push(row);
        if table.repeat.is_some() {
            table.columns.iter().for_each(|column| self.field(*column, None));
        } else {
            (0..table.rows.len()).for_each(|place| self.fixed_row(number, place));
        }
        self.end(&format!("end_{kind}"));
    }

    fn heading_of(&mut self, row: &mut Row, number: usize) {
        self.texts(row, "label", |form| Some(self.all[form].tables[number].label.clone()));
        self.texts(row, "hint", |form| self.all[form].tables[number].hint.clone());
        let table = &self.form.tables[number];
        self.condition(row, table.relevant, &table.name);
    }

    /// XLSForm knows so many rows, and not how many at least or at most.
    fn count(&mut self, row: &mut Row, table: &Table) {
        let Some(repeat) = table.repeat else { return };
        match (repeat.min, repeat.max) {
            (Some(min), Some(max)) if min == max => row.push(("repeat_count".to_owned(), min.to_string())),
            (None, None) => {}
            _ => self.notes.push(note(&table.name, Words::new("export.xlsform-count"))),
        }
    }

    fn fixed_row(&mut self, number: usize, place: usize) {
        let table = &self.form.tables[number];
        let name = format!("{}_{}", table.name, table.rows[place].name);
        let mut row = self.begin("begin_group", &name);
        self.texts(&mut row, "label", |form| Some(self.all[form].tables[number].rows[place].label.clone()));
        row.push(("appearance".to_owned(), "field-list".to_owned()));
        self.survey.push(row);
        for column in &table.columns {
            if !table.rows[place].grey.contains(&self.form.fields[*column].name) {
                self.field(*column, Some((number, place)));
            }
        }
        self.end("end_group");
    }

    fn field(&mut self, number: usize, of: Option<(usize, usize)>) {
        if self.names.is_lost(number) {
            return;
        }
        let own = &self.form.fields[number];
        let at = self.form.name_of(number);
        let name = self.names.name(number, of.map(|(_, row)| row)).to_owned();
        let mut row = self.begin(&self.kind(own), &name);
        self.texts(&mut row, "label", |form| Some(self.all[form].fields[number].label.clone()));
        self.texts(&mut row, "hint", |form| self.all[form].fields[number].hint.clone());
        self.texts(&mut row, "guidance_hint", |form| self.all[form].fields[number].guidance.clone());
        self.expression(&mut row, "relevant", own.relevant.as_ref(), (of, &at));
        if own.calculation.is_some() {
            self.expression(&mut row, "calculation", own.calculation.as_ref(), (of, &at));
            return self.survey.push(row);
        }
        self.required(&mut row, own, (of, &at));
        self.texts(&mut row, "required_message", |form| self.all[form].fields[number].required_message.clone());
        self.constraint(&mut row, own, (of, &at));
        self.texts(&mut row, "constraint_message", |form| self.all[form].fields[number].constraint_message.clone());
        self.expression(&mut row, "choice_filter", own.choice_filter.as_ref(), (of, &at));
        self.default(&mut row, own, (of, &at));
        self.look(&mut row, own);
        self.survey.push(row);
    }

    fn kind(&self, own: &Field) -> String {
        if own.calculation.is_some() {
            return "calculate".to_owned();
        }
        let word = own.kind.name;
        if own.kind.listed {
            let list = own.choices.map_or("", |list| self.lists[list].as_str());
            let known = own.choices.is_some_and(|list| self.form.choices[list].from == ChoicesFrom::Form);
            return if known { format!("{word} {list}") } else { "text".to_owned() };
        }
        if let Some(accepts) = &own.accepts {
            return files(accepts).0.to_owned();
        }
        WIDER.iter().find(|(own, _)| *own == word).map_or(word, |(_, wider)| wider).to_owned()
    }

    fn required(&mut self, row: &mut Row, own: &Field, place: (Option<(usize, usize)>, &str)) {
        let always = own.required.as_ref().is_some_and(|expr| expr.source == "true()");
        if always {
            return row.push(("required".to_owned(), "yes".to_owned()));
        }
        self.expression(row, "required", own.required.as_ref(), place);
    }

    /// The author's constraint with the least and the greatest number before it.
    fn constraint(&mut self, row: &mut Row, own: &Field, (of, at): (Option<(usize, usize)>, &str)) {
        let bounds = if own.kind.name == "range" { (None, None) } else { own.kind.bounds(own) };
        let low = bounds.0.map(|least| format!(". >= {}", text::canonical(least)));
        let high = bounds.1.map(|most| format!(". <= {}", text::canonical(most)));
        let mut parts: Vec<String> = low.into_iter().chain(high).collect();
        let mut own_part: Row = Vec::new();
        self.expression(&mut own_part, "constraint", own.constraint.as_ref(), (of, at));
        let alone = parts.is_empty();
        parts.extend(own_part.into_iter().map(|(_, said)| if alone { said } else { format!("({said})") }));
        if !parts.is_empty() {
            row.push(("constraint".to_owned(), parts.join(" and ")));
        }
    }

    fn default(&mut self, row: &mut Row, own: &Field, place: (Option<(usize, usize)>, &str)) {
        let Some(expr) = &own.default else { return };
        let plain = match &expr.root.kind {
            Kind::Literal(value) => Some(value.as_text()),
            Kind::Call(function, arguments) if function.name == "date" => {
                match arguments.first().map(|node| &node.kind) {
                    Some(Kind::Literal(Value::Text(day))) => Some(day.clone()),
                    _ => None,
                }
            }
            _ => None,
        };
        match plain {
            Some(plain) => row.push(("default".to_owned(), plain)),
            None => self.expression(row, "default", Some(expr), place),
        }
    }

    fn look(&self, row: &mut Row, own: &Field) {
        if own.read_only {
            row.push(("read_only".to_owned(), "yes".to_owned()));
        }
        let look = Appearance::ALL.iter().find(|(_, appearance)| *appearance == own.appearance);
        if let Some((word, _)) = look {
            row.push(("appearance".to_owned(), (*word).to_owned()));
        }
        if own.kind.name == "range" {
            let number = |value: Option<f64>, usual| text::canonical(value.unwrap_or(usual));
            let (start, end) = (number(own.min, 1.0), number(own.max, 10.0));
            row.push(("parameters".to_owned(), format!("start={start} end={end} step={}", number(own.step, 1.0))));
        }
        let mut ours: Vec<String> = Vec::new();
        if WIDER.iter().any(|(word, _)| *word == own.kind.name) {
            ours.push(own.kind.name.to_owned());
        }
        if own.kind.name != "range" {
            ours.extend(own.min.map(|least| format!("min={}", text::canonical(least))));
            ours.extend(own.max.map(|most| format!("max={}", text::canonical(most))));
        }
        if let Some(accepts) = &own.accepts {
            let (_, beginning, most) = files(accepts);
            if accepts.endings != filetypes::of_media(beginning) {
                ours.push(format!("accept={}", accepts.endings.join("/")));
            }
            let megabytes = accepts.most as f64 / f64::from(1 << 20);
            if megabytes != most {
                ours.push(format!("max_size={}", text::canonical(megabytes)));
            }
        }
        if own.missing {
            ours.push("missing".to_owned());
        }
        if !ours.is_empty() {
            row.push(("svod".to_owned(), ours.join(" ")));
        }
    }
}

/// The type of XLSForm that takes what a question takes: a picture, a sound, a video, else any file; what its media types
/// begin with, and how many megabytes such a question has when it is read again.
fn files(accepts: &Accepts) -> (&'static str, &'static str, f64) {
    let all = |beginning: &str| {
        let media = |ending: &&str| filetypes::find(ending).is_some_and(|known| known.media.starts_with(beginning));
        accepts.endings.iter().all(media)
    };
    let kinds = [("image", "image/", USUAL_MB), ("audio", "audio/", LARGEST_MB), ("video", "video/", LARGEST_MB)];
    kinds.into_iter().find(|(_, beginning, _)| all(beginning)).unwrap_or(("file", "", USUAL_MB))
}

/// A language as XLSForm heads its columns: `Русский (ru)`.
pub(super) fn language(code: &str) -> String {
    let known = [("ru", "Русский"), ("en", "English"), ("tt", "Татарча"), ("ba", "Башҡортса")];
    let name = known.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name);
    format!("{name} ({code})")
}

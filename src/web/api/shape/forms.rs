//! Forms as the API tells them.

use poem_openapi::Object;

use super::{Fault, moment};
use crate::form::{self, Choices, Field, Form, Respondent};
use crate::lang::Lang;
use crate::report::version::Version;

/// A form in a list.
#[derive(Debug, Object)]
#[oai(rename = "Form", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Line {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
    pub period: String,
    pub about: String,
    pub by: Vec<String>,
    pub many: bool,
    pub programme: bool,
    pub version: u32,
    pub hash: String,
    pub published_at: String,
    pub languages: Vec<String>,
}

impl Line {
    pub(in crate::web::api) fn of(version: &Version) -> Line {
        let form = &version.form;
        let word = |by: &Respondent| Respondent::ALL.iter().find(|(_, known)| known == by).map(|(word, _)| *word);
        Line {
            id: form.id.clone(),
            title: form.title.clone(),
            description: form.description.clone(),
            period: form.period.name().to_owned(),
            about: form.about.name().to_owned(),
            by: form.by.iter().filter_map(word).map(str::to_owned).collect(),
            many: form.many,
            programme: form.is_programme(),
            version: version.number,
            hash: form.hash.clone(),
            published_at: moment(version.at),
            languages: form.languages.clone(),
        }
    }
}

/// All forms.
#[derive(Debug, Object)]
#[oai(rename = "Forms")]
pub(in crate::web::api) struct Lines {
    pub total: usize,
    pub items: Vec<Line>,
}

/// A question, a calculation, or a column of a table.
#[derive(Debug, Object)]
#[oai(rename = "Question", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Question {
    pub path: String,
    pub label: String,
    pub hint: Option<String>,
    pub r#type: String,
    pub table: Option<String>,
    pub computed: bool,
    pub required: bool,
    pub missing: bool,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub choices: Option<Vec<Named>>,
}

/// A name with its label.
#[derive(Debug, Object)]
#[oai(rename = "Named", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Named {
    pub name: String,
    pub label: String,
    pub code: Option<String>,
}

/// A table of fixed rows, or one to which rows are added.
#[derive(Debug, Object)]
#[oai(rename = "Table")]
pub(in crate::web::api) struct Table {
    pub name: String,
    pub label: String,
    pub grows: bool,
    pub rows: Vec<Named>,
}

/// A form with its questions in short.
#[derive(Debug, Object)]
#[oai(rename = "FormDetails")]
pub(in crate::web::api) struct Whole {
    pub form: Line,
    pub questions: Vec<Question>,
    pub tables: Vec<Table>,
    pub checks: Vec<Check>,
    pub indicators: Vec<Named>,
    pub lists: Vec<Named>,
    pub recipes: Vec<String>,
}

/// A check of the whole report.
#[derive(Debug, Object)]
#[oai(rename = "Check", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Check {
    pub name: String,
    pub severity: String,
    pub message: String,
    pub table: Option<String>,
}

impl Whole {
    pub(in crate::web::api) fn of(version: &Version) -> Whole {
        let form = &*version.form;
        let named = |name: &String, label: &String| Named { name: name.clone(), label: label.clone(), code: None };
        Whole {
            form: Line::of(version),
            questions: (0..form.fields.len()).map(|field| question(form, field)).collect(),
            tables: form.tables.iter().map(table).collect(),
            checks: form.checks.iter().map(|one| check(form, one)).collect(),
            indicators: form.indicators.iter().map(|one| named(&one.name, &one.label)).collect(),
            lists: form.classifications.iter().map(|one| named(&one.name, &one.label)).collect(),
            recipes: form.recipes.iter().map(|recipe| recipe.name.clone()).collect(),
        }
    }
}

/// Where the answers of a field stand: `{row}` is the name of a row of its table, `[n]` the number of one.
fn path(form: &Form, field: &Field) -> String {
    match field.table.map(|table| &form.tables[table]) {
        None => field.name.clone(),
        Some(table) if table.repeat.is_some() => format!("{}[n]/{}", table.name, field.name),
        Some(table) => format!("{}/{{row}}/{}", table.name, field.name),
    }
}

fn question(form: &Form, number: usize) -> Question {
    let field = &form.fields[number];
    let listed =
        field.kind.listed && field.choices.is_some_and(|list| form.choices[list].from == form::ChoicesFrom::Form);
    Question {
        path: path(form, field),
        label: field.label.clone(),
        hint: field.hint.clone(),
        r#type: field.kind.name.to_owned(),
        table: field.table.map(|table| form.tables[table].name.clone()),
        computed: field.calculation.is_some(),
        required: field.required.is_some(),
        missing: field.missing,
        min: field.min,
        max: field.max,
        choices: listed.then(|| choices(form.choices_of(number))),
    }
}

fn choices(list: &Choices) -> Vec<Named> {
    list.iter().map(|choice| Named { name: choice.name.clone(), label: choice.label.clone(), code: None }).collect()
}

fn table(table: &form::Table) -> Table {
    let row = |row: &form::Row| Named { name: row.name.clone(), label: row.label.clone(), code: row.code.clone() };
    Table {
        name: table.name.clone(),
        label: table.label.clone(),
        grows: table.repeat.is_some(),
        rows: table.rows.iter().map(row).collect(),
    }
}

fn check(form: &Form, check: &form::Check) -> Check {
    Check {
        name: check.name.clone(),
        severity: check.severity.name().to_owned(),
        message: check.message.clone(),
        table: check.over.map(|table| form.tables[table].name.clone()),
    }
}

/// What publishing does, or would do.
#[derive(Debug, Object)]
#[oai(rename = "Published", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Published {
    pub form: String,
    pub published: bool,
    pub version: Option<u32>,
    pub hash: String,
    pub changes: Vec<Change>,
    pub faults: Vec<Fault>,
}

/// A difference from the version before, and what becomes of stored answers.
#[derive(Debug, Object)]
#[oai(rename = "FormChange")]
pub(in crate::web::api) struct Change {
    pub path: String,
    pub what: String,
    pub effect: String,
    pub outcome: String,
    pub answers: usize,
}

impl Change {
    pub(in crate::web::api) fn of(change: &form::Change, lang: Lang) -> Change {
        Change {
            path: change.path.clone(),
            what: change.what().say(lang),
            effect: change.effect().say(lang),
            outcome: change.outcome.word().to_owned(),
            answers: change.answers,
        }
    }
}

//! `[[import]]`: recipes for legacy sheets.

use toml::de::DeTable;

use super::{Reading, duplicate, name_of, unknown_word, word};
use crate::form::grammar::FORM;
use crate::form::model::Form;
use crate::form::recipe::{Dash, Goal, Recipe, RecipeColumn, RowFrom, YearRule};
use crate::form::source::{Keys, Source};
use crate::ids::{OWN_CODE, SCHEMES};
use crate::lang::Words;
use crate::text;

const DASHES: [(&str, Dash); 3] = [("empty", Dash::Empty), ("no-data", Dash::NoData), ("zero", Dash::Zero)];

const YEARS: [(&str, YearRule); 2] = [("ends", YearRule::Ends), ("starts", YearRule::Starts)];

/// The words of what a dash means.
pub(in crate::form) fn dashes() -> Vec<&'static str> {
    DASHES.iter().map(|(word, _)| *word).collect()
}

/// The words of which year a bare one names.
pub(in crate::form) fn years() -> Vec<&'static str> {
    YEARS.iter().map(|(word, _)| *word).collect()
}

/// How many rows are looked through for the one that was probably meant.
const SUGGESTED: usize = 1_000;

impl Reading {
    pub(super) fn recipes(&mut self, keys: &Keys<'_, '_>) {
        let mut names: Vec<String> = Vec::new();
        for recipe in keys.tables("import") {
            if let Some(name) = recipe.needed("name") {
                if names.contains(&name.value) {
                    duplicate(keys.source(), &name);
                }
                names.push(name_of(keys, &name));
            }
            let read = self.recipe(&recipe);
            self.form.recipes.extend(read);
            recipe.finish();
        }
    }

    fn recipe(&self, keys: &Keys<'_, '_>) -> Option<Recipe> {
        let name = keys.string("name");
        let header = strings(keys, "header").unwrap_or_default();
        if header.is_empty() {
            keys.missing("header");
        }
        let code = keys.table("code").and_then(code);
        let organisation = keys.string("organisation");
        if code.is_none() && organisation.is_none() {
            keys.source().fault(keys.start(), "syntax", Words::new("form.recipe-organisation"), None);
        }
        let columns: Vec<RecipeColumn> = keys.tables("column").into_iter().filter_map(column).collect();
        if columns.is_empty() {
            keys.missing("column");
        }
        let find = |name: &str| DASHES.iter().find(|(word, _)| *word == name).map(|(_, dash)| *dash);
        Some(Recipe {
            name: name?,
            sheets: strings(keys, "sheets").unwrap_or_else(|| vec!["*".to_owned()]),
            header,
            code,
            organisation,
            municipality: keys.string("municipality"),
            row: row(keys),
            skip: strings(keys, "skip").unwrap_or_default(),
            dash: word(keys, "dash", find, dashes().into_iter()).unwrap_or_default(),
            year: year(keys),
            columns,
        })
    }
}

fn strings(keys: &Keys<'_, '_>, key: &'static str) -> Option<Vec<String>> {
    keys.texts(key).map(|texts| texts.into_iter().map(|text| text.value).collect())
}

/// The column with the code, and the scheme that it is of; the registry's own code unless the recipe says otherwise.
fn code(keys: Keys<'_, '_>) -> Option<(String, String)> {
    let known = || SCHEMES.into_iter().chain([OWN_CODE]);
    let scheme = word(&keys, "scheme", |name| known().find(|scheme| *scheme == name), known()).unwrap_or(OWN_CODE);
    let column = keys.needed("column").map(|column| column.value);
    keys.finish();
    Some((column?, scheme.to_owned()))
}

fn year(keys: &Keys<'_, '_>) -> Option<YearRule> {
    let find = |name: &str| YEARS.iter().find(|(word, _)| *word == name).map(|(_, rule)| *rule);
    word(keys, "year", find, years().into_iter())
}

fn row(keys: &Keys<'_, '_>) -> Option<RowFrom> {
    let row = keys.table("row")?;
    let mapping = |table: &Keys<'_, '_>| {
        let each = table.entries().filter_map(|(text, _, value)| Some((text.to_owned(), table.as_text(value)?.value)));
        each.collect::<Vec<_>>()
    };
    let (title, sheet) = (row.table("title"), row.table("sheet"));
    let column = row.string("column");
    let map = row.table("map").map(|map| mapping(&map)).unwrap_or_default();
    let found = match (title, sheet, column) {
        (Some(title), None, None) => Some(RowFrom::Title(mapping(&title))),
        (None, Some(sheet), None) => Some(RowFrom::Sheet(mapping(&sheet))),
        (None, None, Some(column)) => Some(RowFrom::Column(column, map)),
        _ => {
            keys.fault_at("row", "syntax", Words::new("form.recipe-row"));
            None
        }
    };
    row.finish();
    found
}

fn column(keys: Keys<'_, '_>) -> Option<RecipeColumn> {
    let header = keys.needed("header").map(|header| header.value);
    let goal = match (keys.string("to"), keys.string("check")) {
        (Some(path), None) => Some(Goal::Store(path)),
        (None, Some(path)) => Some(Goal::Compare(path)),
        _ => {
            keys.source().fault(keys.start(), "syntax", Words::new("form.recipe-goal"), None);
            None
        }
    };
    let scale = keys.number("scale");
    if scale.is_some_and(|scale| scale != 1.0 && scale != 100.0) {
        keys.fault_at("scale", "wrong-type", Words::new("form.recipe-scale"));
    }
    let back = keys.number("back").unwrap_or(0.0);
    if back.fract() != 0.0 || !(0.0..=10.0).contains(&back) {
        keys.fault_at("back", "wrong-type", Words::new("form.recipe-back"));
    }
    keys.finish();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "anything but 0 to 10 is a fault")]
    Some(RecipeColumn { header: header?, goal: goal?, back: back as u32, scale })
}

impl RowFrom {
    /// The rows that texts are mapped to.
    pub fn rows(&self) -> impl Iterator<Item = &str> {
        let (RowFrom::Title(map) | RowFrom::Sheet(map) | RowFrom::Column(_, map)) = self;
        map.iter().map(|(_, row)| row.as_str())
    }
}

/// Every path that a recipe stores to or compares with must exist; stored paths must be answers.
pub(super) fn check_goals(form: &Form, source: &Source<'_>, document: &DeTable<'_>) {
    let keys = Keys::new(source, document, (0, &FORM));
    for written in keys.tables("import") {
        let name = written.string("name").unwrap_or_default();
        let Some(recipe) = form.recipes.iter().find(|recipe| recipe.name == name) else { continue };
        unknown_rows(form, &written);
        for (column, written) in recipe.columns.iter().zip(written.tables("column")) {
            let key = if matches!(column.goal, Goal::Store(_)) { "to" } else { "check" };
            check_goal(form, recipe, column, &|code, message, hint| {
                source.fault(written.at(key), code, message, hint);
            });
        }
    }
}

/// Texts that are mapped to rows which no table has.
fn unknown_rows(form: &Form, recipe: &Keys<'_, '_>) {
    let Some(row) = recipe.table("row") else { return };
    for map in ["title", "sheet", "map"].into_iter().filter_map(|key| row.table(key)) {
        for (_, _, value) in map.entries() {
            let Some(text) = map.as_text(value) else { continue };
            if !is_row(form, &text.value) {
                let rows = form.tables.iter().flat_map(|table| table.rows.iter().map(|row| row.name.as_str()));
                unknown_word(map.source(), &text, rows.take(SUGGESTED));
            }
        }
    }
}

fn is_row(form: &Form, name: &str) -> bool {
    form.tables.iter().any(|table| table.rows.iter().any(|row| row.name == name))
}

fn check_goal(form: &Form, recipe: &Recipe, column: &RecipeColumn, fault: &dyn Fn(&'static str, Words, Option<Words>)) {
    let (Goal::Store(path) | Goal::Compare(path)) = &column.goal;
    let rows: Vec<&str> = match &recipe.row {
        Some(from) if path.contains("{row}") => from.rows().filter(|row| is_row(form, row)).collect(),
        None if path.contains("{row}") => return fault("reach", Words::new("form.recipe-no-row"), None),
        _ => vec![""],
    };
    for row in rows {
        let path = path.replace("{row}", row);
        if let Some(repeat) = form.leads_into(&path) {
            let words = Words::new("form.recipe-repeat").with("name", &form.tables[repeat].name);
            return fault("reach", words, Some(Words::new("form.recipe-repeat-hint")));
        }
        match form.locate(&path) {
            None => {
                let known: Vec<String> = (0..form.fields.len())
                    .flat_map(|field| (0..form.height(field)).map(move |row| form.path(field, row)))
                    .collect();
                let near = text::nearest(&path, known.iter().map(String::as_str));
                let hint = near.map(|near| Words::new("form.did-you-mean").with("name", near));
                return fault("unknown-name", Words::new("form.unknown-name").with("name", path), hint);
            }
            Some((field, _)) if matches!(column.goal, Goal::Store(_)) && form.fields[field].calculation.is_some() => {
                return fault("reach", Words::new("form.recipe-calculated").with("name", path), None);
            }
            Some(_) => {}
        }
    }
}

//! Which recipe of a form a workbook is read by.

use super::header::{Located, NotFound};
use super::miss;
use crate::error::{Fault, Place};
use crate::form::{Form, Recipe};
use crate::lang::Words;
use crate::sheet::Book;
use crate::text;

/// Finds the tables of the workbook: by the recipe that is named, else by the only one whose header is found.
///
/// # Errors
/// Faults of the file: no such recipe, no header, columns that are missing, several recipes that fit.
pub fn locate<'a>(book: &'a Book, form: &'a Form, recipe: Option<&str>) -> Result<Located<'a>, Vec<Fault>> {
    if let Some(name) = recipe {
        let recipe = named(form, name)?;
        return Located::find(book, recipe).map_err(|why| match why {
            NotFound::NoHeader => no_header(book, &[recipe]),
            NotFound::Unfit(faults) => faults,
        });
    }
    let (mut found, mut unfit) = (Vec::new(), Vec::new());
    for recipe in &form.recipes {
        match Located::find(book, recipe) {
            Ok(located) => found.push(located),
            Err(NotFound::Unfit(faults)) => unfit.push((recipe, faults)),
            Err(NotFound::NoHeader) => {}
        }
    }
    match (found.len(), unfit.len()) {
        (1, _) => found.pop().ok_or_else(Vec::new),
        (0, 1) => Err(unfit.pop().map(|(_, faults)| faults).unwrap_or_default()),
        (0, 0) => Err(no_header(book, &form.recipes.iter().collect::<Vec<_>>())),
        (0, _) => Err(none_whole(book, &unfit)),
        _ => Err(vec![several(book, "import.several", found.iter().map(Located::recipe))]),
    }
}

fn named<'f>(form: &'f Form, name: &str) -> Result<&'f Recipe, Vec<Fault>> {
    form.recipes.iter().find(|recipe| recipe.name == name).ok_or_else(|| {
        let known = form.recipes.iter().map(|recipe| recipe.name.as_str());
        let near = text::nearest(name, known.clone());
        let words = Words::new("import.no-recipe")
            .with("recipe", name)
            .with("form", &form.id)
            .with("known", known.collect::<Vec<_>>().join(", "));
        let hint = near.map(|near| Words::new("form.did-you-mean").with("name", near));
        vec![Fault::error(Place::Field("--recipe".to_owned()), "unknown-name", words).hinting(hint)]
    })
}

/// For how many recipes it is said why they do not fit.
const TOLD: usize = 5;

fn no_header(book: &Book, recipes: &[&Recipe]) -> Vec<Fault> {
    let at = Place::File(book.name.clone());
    if recipes.is_empty() {
        return vec![Fault::error(at, "no-recipe", Words::new("import.no-recipes"))];
    }
    let each = |recipe: &&Recipe| {
        let texts: Vec<String> = recipe.header.iter().map(|text| format!("«{text}»")).collect();
        format!("{}: {}", recipe.name, texts.join(", "))
    };
    let named: Vec<String> = recipes.iter().map(each).collect();
    let sheets: Vec<String> = book.sheets.iter().take(20).map(|sheet| format!("«{}»", sheet.name())).collect();
    let words = Words::new("import.no-header").with("recipes", named.join("; ")).with("sheets", sheets.join(", "));
    let mut faults = vec![Fault::error(at, "no-header", words)];
    faults.extend(recipes.iter().take(TOLD).map(|recipe| miss::why(book, recipe)));
    faults
}

/// Several recipes have their header in the file, and to each something is missing: the first fault of each.
fn none_whole(book: &Book, unfit: &[(&Recipe, Vec<Fault>)]) -> Vec<Fault> {
    let mut faults = vec![several(book, "import.none-whole", unfit.iter().map(|(recipe, _)| *recipe))];
    for (recipe, of_recipe) in unfit.iter().take(TOLD) {
        let Some(first) = of_recipe.first().cloned() else { continue };
        let message = Words::new("import.miss-fault").with("recipe", &recipe.name).with("why", first.message.clone());
        faults.push(Fault { message, ..first });
    }
    faults
}

fn several<'r>(book: &Book, key: &'static str, recipes: impl Iterator<Item = &'r Recipe>) -> Fault {
    let names: Vec<&str> = recipes.map(|recipe| recipe.name.as_str()).collect();
    let words = Words::new(key).with("recipes", names.join(", "));
    Fault::error(Place::File(book.name.clone()), "several-recipes", words)
}

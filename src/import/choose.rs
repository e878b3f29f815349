//! Which recipe of a form a workbook is read by.

use super::header::{Located, NotFound};
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
            NotFound::NoHeader => vec![no_header(book, &[recipe])],
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
        (0, 0) => Err(vec![no_header(book, &form.recipes.iter().collect::<Vec<_>>())]),
        (0, _) => Err(vec![several(book, unfit.iter().map(|(recipe, _)| *recipe))]),
        _ => Err(vec![several(book, found.iter().map(Located::recipe))]),
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

fn no_header(book: &Book, recipes: &[&Recipe]) -> Fault {
    let at = Place::File(book.name.clone());
    if recipes.is_empty() {
        return Fault::error(at, "no-recipe", Words::new("import.no-recipes"));
    }
    let each = |recipe: &&Recipe| {
        let texts: Vec<String> = recipe.header.iter().map(|text| format!("«{text}»")).collect();
        format!("{}: {}", recipe.name, texts.join(", "))
    };
    let recipes: Vec<String> = recipes.iter().map(each).collect();
    let sheets: Vec<String> = book.sheets.iter().take(20).map(|sheet| format!("«{}»", sheet.name())).collect();
    let words = Words::new("import.no-header").with("recipes", recipes.join("; ")).with("sheets", sheets.join(", "));
    Fault::error(at, "no-header", words)
}

fn several<'r>(book: &Book, recipes: impl Iterator<Item = &'r Recipe>) -> Fault {
    let names: Vec<&str> = recipes.map(|recipe| recipe.name.as_str()).collect();
    let words = Words::new("import.several").with("recipes", names.join(", "));
    Fault::error(Place::File(book.name.clone()), "several-recipes", words)
}

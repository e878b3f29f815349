//! Importing a workbook: planning without any lock, applying the plan as one batch, taking a batch back.

use jiff::Zoned;
use serde_json::{Map, Value as Json};

use super::{Against, Mapped, Plan, Planned, Upload, locate, period};
use crate::access::{Actor, Right};
use crate::db::Db;
use crate::error::{Error, Fault, Place, Result};
use crate::form::Form;
use crate::ids::BatchId;
use crate::lang::Words;
use crate::org;
use crate::report::batch::{self, Batch, BatchFile, ImportReceipt, Imported, Known, Set};
use crate::sheet::Book;

/// What is to be imported.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The period, as it was typed.
    pub period: String,
    /// The recipe; without one the only recipe whose header is found.
    pub recipe: Option<String>,
    /// Schools' own values are replaced too.
    pub overwrite: bool,
}

/// Plans an import of a workbook. Nothing is locked and nothing is stored.
///
/// # Errors
/// [`Error::Faults`] with the faults of the file: no header, no such recipe, a wrong period.
pub async fn plan(db: &Db, actor: &Actor, form: &Form, book: &Book, wish: &Wish) -> Result<Plan> {
    actor.need(Right::Import)?;
    let located = locate(book, form, wish.recipe.as_deref()).map_err(Error::Faults)?;
    let recipe = located.recipe();
    let period = period(form, recipe, &wish.period)?;
    let registry = org::actions::registry(db, actor).await?;
    let deepest = recipe.columns.iter().map(|column| column.back).max().unwrap_or_default();
    let mut known: Vec<Vec<Known>> = Vec::new();
    for back in 0..=deepest {
        let earlier = period.back(back).ok_or_else(|| no_earlier(recipe.name.as_str()))?;
        known.push(batch::actions::known(db, actor, form, earlier, "").await?);
    }
    let mapped = Mapped::of(located, form, &registry);
    let today = Zoned::now().date();
    let against = Against { period, today, overwrite: wish.overwrite, registry, known: &known };
    Ok(Plan::of(mapped, against))
}

fn no_earlier(recipe: &str) -> Error {
    let words = Words::new("import.no-earlier").with("recipe", recipe);
    Error::fault(Fault::error(Place::Field("--period".to_owned()), "period", words))
}

/// Applies a plan as one batch. What is written is the plan and nothing else.
///
/// # Errors
/// [`Error::Faults`] where a report has moved on since the plan was made; nothing is imported then.
pub async fn apply(db: &Db, actor: &Actor, form: &Form, plan: &Plan, of: &Upload) -> Result<ImportReceipt> {
    let counts: Map<String, Json> =
        plan.counts().into_iter().map(|(status, count)| (status.word().to_owned(), Json::from(count))).collect();
    let file = BatchFile {
        form: form.id.clone(),
        period: plan.period(),
        wave: String::new(),
        file_name: of.book.name.clone(),
        file_hash: of.hash.clone(),
        recipe: plan.recipe().to_owned(),
        counts: Json::Object(counts),
    };
    let reports: Vec<Imported> = plan.reports.iter().map(|report| imported(form, plan, report)).collect();
    batch::actions::apply_import(db, actor, &file, &reports).await
}

fn imported(form: &Form, plan: &Plan, report: &Planned) -> Imported {
    let cells = plan.cells[report.cells.clone()].iter().filter(|cell| cell.status.sets());
    let set = |cell: &super::PlanCell| {
        let (field, row) = cell.target()?;
        let value = cell.new.as_ref()?.to_json();
        Some(Set { path: form.path(field, row), value, cell: plan.address(cell.at) })
    };
    Imported { about: report.org, period: report.period, base: report.base, sets: cells.filter_map(set).collect() }
}

/// Takes an import back: every report stands again exactly where it stood before.
///
/// # Errors
/// [`Error::NotFound`] for an unknown import; [`Error::Faults`] where it was taken back before, or something was done
/// later on one of its reports.
pub async fn undo(db: &Db, actor: &Actor, batch: BatchId) -> Result<Batch> {
    batch::actions::undo_import(db, actor, batch).await
}

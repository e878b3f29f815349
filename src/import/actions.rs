//! Importing a workbook: planning without any lock, applying the plan as one batch, taking a batch back.

use jiff::Zoned;
use serde_json::{Map, Value as Json};

use super::{Against, Mapped, Plan, Planned, Planning, Upload, locate, period};
use crate::access::{Actor, Right};
use crate::db::Db;
use crate::error::{Error, Fault, Place, Result};
use crate::form::Form;
use crate::ids::{BatchId, OrgId};
use crate::lang::Words;
use crate::org;
use crate::period::Period;
use crate::report::batch::{self, Batch, BatchFile, ImportReceipt, Imported, Reports, Set};
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
    if (0..=deepest).any(|back| period.back(back).is_none()) {
        return Err(no_earlier(recipe.name.as_str()));
    }
    let mapped = Mapped::of(located, form, &registry);
    let today = Zoned::now().date();
    let mut planning = Planning::start(mapped, Against { period, today, overwrite: wish.overwrite, registry });
    let mut read = db.read().await?;
    while let Some(portion) = planning.portion() {
        let known = batch::actions::known(&mut read, actor, form, (portion.period, ""), portion.orgs).await?;
        planning.compare(portion, &known);
    }
    Ok(planning.finish())
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
    batch::actions::apply_import(db, actor, &file, &Prepared { form, plan }).await
}

/// The reports of a plan, each made ready when its turn comes: all of them at once would be as large as the file.
struct Prepared<'a> {
    form: &'a Form,
    plan: &'a Plan,
}

impl Reports for Prepared<'_> {
    fn count(&self) -> usize {
        self.plan.reports.len()
    }

    fn head(&self, report: usize) -> (OrgId, Period) {
        let planned = &self.plan.reports[report];
        (planned.org, planned.period)
    }

    fn whole(&self, report: usize) -> Imported {
        imported(self.form, self.plan, &self.plan.reports[report])
    }
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

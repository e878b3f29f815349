//! `/imports`: a workbook is planned or imported; what was imported so far; taking an import back.

use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::caller::Caller;
use super::refusal::Refusal;
use super::shape::Window;
use super::shape::imports::{Left, Line, Lines, Told, Whole};
use super::upload::ImportFile;
use crate::access::Right;
use crate::error::{Error, Fault, Place};
use crate::ids::BatchId;
use crate::import::actions::{self, Wish};
use crate::import::{Plan, Upload};
use crate::lang::Words;
use crate::report::batch::{self, ImportReceipt, Outcome};
use crate::report::version;

pub(super) struct Imports;

#[OpenApi]
impl Imports {
    #[oai(path = "/imports", method = "get", operation_id = "imports")]
    async fn list(
        &self,
        caller: Caller,
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))] limit: Query<Option<u32>>,
        #[oai(validator(maximum(value = "1000000")))] offset: Query<Option<u32>>,
    ) -> Result<Json<Lines>, Refusal> {
        let all = batch::actions::list(caller.db(), caller.actor()).await?;
        let total = all.len();
        let items = Window::of(limit.0, offset.0).of_list(all).iter().map(Line::of).collect();
        Ok(Json(Lines { total, items }))
    }

    #[oai(path = "/imports/:number", method = "get", operation_id = "import")]
    async fn one(&self, caller: Caller, number: Path<i64>) -> Result<Json<Line>, Refusal> {
        let all = batch::actions::list(caller.db(), caller.actor()).await?;
        let found = all.iter().find(|batch| batch.id.0 == number.0);
        let unknown = || Error::NotFound(Words::new("report.no-batch").with("batch", number.0.to_string()));
        Ok(Json(found.map(Line::of).ok_or_else(unknown)?))
    }

    #[oai(path = "/imports", method = "post", operation_id = "make_import")]
    async fn make(
        &self,
        caller: Caller,
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))] limit: Query<Option<u32>>,
        #[oai(validator(maximum(value = "1000000")))] offset: Query<Option<u32>>,
        sent: ImportFile,
    ) -> Result<Json<Whole>, Refusal> {
        let (db, actor) = (caller.db(), caller.actor());
        actor.need(Right::Import)?;
        let form = version::actions::newest(db, actor, &sent.form).await?.form;
        let wish = Wish { period: sent.period, recipe: sent.recipe, overwrite: sent.overwrite };
        let (bytes, name) = (sent.bytes, sent.file_name);
        // Reading may take seconds and waits for a child process: not on the thread that serves others.
        let read = tokio::task::spawn_blocking(move || Upload::of_bytes(&bytes, &name)).await;
        let upload = read.map_err(|died| Error::Internal(died.to_string()))??;
        let plan = actions::plan(db, actor, &form, &upload.book, &wish).await.map_err(by_field)?;
        let receipt = match !sent.dry_run && plan.sets_anything() {
            true => Some(actions::apply(db, actor, &form, &plan, &upload).await?),
            false => None,
        };
        let number = receipt.as_ref().and_then(|receipt| receipt.batch).map(|batch| batch.0);
        let told = Told { plan: &plan, form: &form, lang: caller.lang() };
        Ok(Json(told.whole(number, &left(&plan, receipt.as_ref()), Window::of(limit.0, offset.0))))
    }

    #[oai(path = "/imports/:number/undo", method = "post", operation_id = "undo_import")]
    async fn undo(&self, caller: Caller, number: Path<i64>) -> Result<Json<Line>, Refusal> {
        let undone = actions::undo(caller.db(), caller.actor(), BatchId(number.0)).await?;
        Ok(Json(Line::of(&undone)))
    }
}

/// The command line calls the period an option; here it is a field.
fn by_field(error: Error) -> Error {
    let named = |fault: Fault| match &fault.at {
        Place::Field(at) if at.starts_with("--") => {
            Fault { at: Place::Field(at.trim_start_matches('-').to_owned()), ..fault }
        }
        _ => fault,
    };
    match error {
        Error::Faults(faults) => Error::Faults(faults.into_iter().map(named).collect()),
        other => other,
    }
}

/// Reports that were not sent, or would not be.
fn left(plan: &Plan, receipt: Option<&ImportReceipt>) -> Left {
    let blocking = |faults: &[Fault]| faults.iter().filter(|fault| fault.blocks()).cloned().collect();
    let Some(receipt) = receipt else {
        return plan.unsent().map(|report| (report.org, report.period, blocking(&report.left))).collect();
    };
    let left = receipt.outcomes.iter().filter_map(|(org, period, outcome)| match outcome {
        Outcome::Draft(faults) | Outcome::Beside(faults) => Some((*org, *period, blocking(faults))),
        Outcome::Sent | Outcome::Same => None,
    });
    left.collect()
}

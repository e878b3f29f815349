//! `/reports`: who has answered, one report, saving, trying, sending it, taking its draft back, its history.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use super::caller::{Call, Caller};
use super::filling::Filling;
use super::refusal::Refusal;
use super::shape::Window;
use super::shape::reports::{Computed, Deed, Discarded, History, Lines, Progress, Receipt, State, Tally, Whole};
use crate::access::Right;
use crate::error::{Error, Fault, Place, Result};
use crate::form::Answers;
use crate::lang::Words;
use crate::org;
use crate::report::actions::{correct, discard, history, save_draft_over, send_over};
use crate::report::figures::{self, Slice, Tally as Count};
use crate::report::{self, Over, ReportView, Source, part_explanations, version};
use crate::web::questionnaire;

pub(super) struct Reports;

/// A report with the mark by which it is known again.
#[derive(ApiResponse)]
enum Found {
    #[oai(status = 200)]
    Report(Json<Whole>, #[oai(header = "ETag")] Option<String>),
}

impl Found {
    fn of(view: &ReportView, call: &Call) -> Found {
        let mark = view.last.as_ref().map(|last| format!("\"{}\"", last.mark()));
        Found::Report(Json(Whole::of(view, call.lang())), mark)
    }
}

#[OpenApi]
impl Reports {
    #[oai(path = "/reports", method = "get", operation_id = "reports")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn list(
        &self,
        caller: Caller,
        form: Query<String>,
        period: Query<String>,
        org: Query<Option<String>>,
        state: Query<Option<State>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))] limit: Query<Option<u32>>,
        #[oai(validator(maximum(value = "1000000")))] offset: Query<Option<u32>>,
    ) -> std::result::Result<Json<Lines>, Refusal> {
        let (db, actor) = (caller.db(), caller.actor());
        let form = version::actions::newest(db, actor, &form).await?.form;
        let period = version::period(&form, &period)?;
        let scope = org::actions::scope(db, actor, org.0.as_deref()).await?;
        let slice = Slice { form: form.clone(), period, wave: String::new(), accepted_only: false };
        let progress = figures::actions::progress(db, actor, &scope, &slice).await?;
        let tally = Tally::of(Count::of(&progress));
        let fits = |one: &figures::Progress| state.0.is_none_or(|state| state == one.state.into());
        let found: Vec<_> = progress.into_iter().filter(fits).collect();
        let total = found.len();
        let items = Window::of(limit.0, offset.0).of_list(found).iter().map(Progress::of).collect();
        Ok(Json(Lines { form: form.id.clone(), period: period.id(), tally, total, items }))
    }

    #[oai(path = "/reports/:form/:period/:org", method = "get", operation_id = "report")]
    async fn one(
        &self,
        caller: Caller,
        form: Path<String>,
        period: Path<String>,
        org: Path<String>,
    ) -> std::result::Result<Found, Refusal> {
        let view = at(&caller, (&form, &period, &org), false).await?;
        Ok(Found::of(&view, &caller))
    }

    #[oai(path = "/reports/:form/:period/:org", method = "put", operation_id = "save_report")]
    async fn save(
        &self,
        caller: Caller,
        form: Path<String>,
        period: Path<String>,
        org: Path<String>,
        #[oai(name = "If-Match")] mark: Header<Option<String>>,
        sent: Filling,
    ) -> std::result::Result<Found, Refusal> {
        let view = at(&caller, (&form, &period, &org), true).await?;
        let over = over(&view, mark.0.as_deref(), true)?;
        let answers = sent.typed(&view.form).map_err(Error::Faults)?.ok_or_else(no_answers)?;
        save_draft_over(caller.db(), caller.actor(), &view.key, (answers, Source::Api, over)).await?;
        let view = correct(caller.db(), caller.actor(), &view.key).await?;
        Ok(Found::of(&view, &caller))
    }

    #[oai(path = "/reports/:form/:period/:org/dry-run", method = "post", operation_id = "try_report")]
    async fn dry_run(
        &self,
        caller: Caller,
        form: Path<String>,
        period: Path<String>,
        org: Path<String>,
        sent: Filling,
    ) -> std::result::Result<Json<Computed>, Refusal> {
        let mut view = at(&caller, (&form, &period, &org), true).await?;
        let typed = sent.typed(&view.form).map_err(Error::Faults)?;
        let typed = typed.unwrap_or_else(|| sent.explained(stored(&view)));
        (view.answers, view.explanations) = part_explanations(typed);
        Ok(Json(Computed::of(&view, &view.filled(), caller.lang())))
    }

    #[oai(path = "/reports/:form/:period/:org/send", method = "post", operation_id = "send_report")]
    async fn send(
        &self,
        caller: Caller,
        form: Path<String>,
        period: Path<String>,
        org: Path<String>,
        #[oai(name = "If-Match")] mark: Header<Option<String>>,
        sent: Filling,
    ) -> std::result::Result<Json<Receipt>, Refusal> {
        let view = at(&caller, (&form, &period, &org), true).await?;
        let typed = sent.typed(&view.form).map_err(Error::Faults)?;
        let seen = view.last.as_ref().map(report::Last::mark);
        let over = match (over(&view, mark.0.as_deref(), typed.is_some())?, &seen) {
            // What is stored is sent, and nothing that somebody saves at the same moment.
            (Over::Whatever, Some(seen)) if typed.is_none() => Over::Mark(seen),
            (over, _) => over,
        };
        let answers = typed.unwrap_or_else(|| sent.explained(stored(&view)));
        let receipt = send_over(caller.db(), caller.actor(), &view.key, (answers, Source::Api, over)).await?;
        Ok(Json(Receipt::of(receipt)))
    }

    #[oai(path = "/reports/:form/:period/:org/draft", method = "delete", operation_id = "discard_draft")]
    async fn discard(
        &self,
        caller: Caller,
        form: Path<String>,
        period: Path<String>,
        org: Path<String>,
    ) -> std::result::Result<Json<Discarded>, Refusal> {
        let view = at(&caller, (&form, &period, &org), true).await?;
        let discarded = discard(caller.db(), caller.actor(), &view.key, Source::Api).await?;
        Ok(Json(Discarded { discarded }))
    }

    #[oai(path = "/reports/:form/:period/:org/history", method = "get", operation_id = "report_history")]
    async fn history(
        &self,
        caller: Caller,
        form: Path<String>,
        period: Path<String>,
        org: Path<String>,
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))] limit: Query<Option<u32>>,
        #[oai(validator(maximum(value = "1000000")))] offset: Query<Option<u32>>,
    ) -> std::result::Result<Json<History>, Refusal> {
        let view = at(&caller, (&form, &period, &org), false).await?;
        let deeds = history(caller.db(), caller.actor(), &view.key).await?;
        let total = deeds.len();
        let items = Window::of(limit.0, offset.0).of_list(deeds).iter().map(Deed::of).collect();
        Ok(Json(History { total, items }))
    }
}

/// The report of an address; for filling, in the newest version of its form.
async fn at(call: &Call, address: (&str, &str, &str), newest: bool) -> Result<ReportView> {
    call.actor().need(if newest { Right::Fill } else { Right::Read })?;
    report::actions::at_address(call.db(), call.actor(), address, newest).await
}

/// What is stored of a report; the defaults that a new one is shown with are not.
fn stored(view: &ReportView) -> Answers {
    match view.state() {
        report::State::Empty => Answers::default(),
        _ => questionnaire::together(&view.answers, &view.explanations),
    }
}

/// Over what a caller writes. Who replaces answers that are there must say which ones they have read.
fn over<'a>(view: &ReportView, mark: Option<&'a str>, replaces: bool) -> Result<Over<'a>> {
    match mark.map(str::trim) {
        Some("*") => Ok(Over::Whatever),
        Some(mark) => Ok(Over::Mark(mark.strip_prefix("W/").unwrap_or(mark).trim_matches('"'))),
        None if !replaces => Ok(Over::Whatever),
        None if view.last.is_none() => Ok(Over::Nothing),
        None => {
            let at = Place::Field("If-Match".to_owned());
            Err(Error::fault(Fault::error(at, "no-revision", Words::new("api.no-revision"))))
        }
    }
}

fn no_answers() -> Refusal {
    let words = Words::new("api.field-missing").with("name", "answers");
    Refusal::malformed(vec![Fault::error(Place::Field("answers".to_owned()), "required", words)])
}

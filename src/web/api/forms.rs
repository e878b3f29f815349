//! `/forms`: the published forms, one with its questions, its text, and a new version of it.

use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Json, PlainText};

use super::caller::Caller;
use super::publish::{Text, publish};
use super::refusal::Refusal;
use super::shape::Window;
use super::shape::forms::{Line, Lines, Published, Whole};
use crate::access::Right;
use crate::report::version;

pub(super) struct Forms;

#[OpenApi]
impl Forms {
    #[oai(path = "/forms", method = "get", operation_id = "forms")]
    async fn list(
        &self,
        caller: Caller,
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))] limit: Query<Option<u32>>,
        #[oai(validator(maximum(value = "1000000")))] offset: Query<Option<u32>>,
    ) -> Result<Json<Lines>, Refusal> {
        let all = version::actions::list(caller.db(), caller.actor()).await?;
        let total = all.len();
        let items = Window::of(limit.0, offset.0).of_list(all).iter().map(Line::of).collect();
        Ok(Json(Lines { total, items }))
    }

    #[oai(path = "/forms/:form", method = "get", operation_id = "form")]
    async fn one(&self, caller: Caller, form: Path<String>) -> Result<Json<Whole>, Refusal> {
        Ok(Json(Whole::of(&version::actions::newest(caller.db(), caller.actor(), &form).await?)))
    }

    #[oai(path = "/forms/:form", method = "put", operation_id = "publish_form")]
    async fn publish(
        &self,
        caller: Caller,
        form: Path<String>,
        dry_run: Query<Option<bool>>,
        text: Text,
    ) -> Result<Json<Published>, Refusal> {
        Ok(Json(publish(&caller, form.0, (&text, dry_run.0.unwrap_or_default())).await?))
    }

    #[oai(path = "/forms/:form/source", method = "get", operation_id = "form_source")]
    async fn source(&self, caller: Caller, form: Path<String>) -> Result<PlainText<String>, Refusal> {
        caller.actor().need(Right::PublishForms)?;
        let version = version::actions::newest(caller.db(), caller.actor(), &form).await?;
        Ok(PlainText(version.form.source.clone()))
    }
}

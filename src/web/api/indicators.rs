//! `/indicators` and `/lists`: what the answers of a territory say.

use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;

use super::caller::{Call, Caller};
use super::refusal::Refusal;
use super::shape::Window;
use super::shape::figures::{Figures, Level, List, Lists, Side, codes};
use crate::error::Result;
use crate::indicator::{self, Query as Asked};
use crate::org;
use crate::report::version::{self, Version};

pub(super) struct Indicators;

#[OpenApi]
impl Indicators {
    #[oai(path = "/indicators", method = "get", operation_id = "indicators")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn figures(
        &self,
        caller: Caller,
        form: Query<String>,
        period: Query<String>,
        org: Query<Option<String>>,
        accepted: Query<Option<bool>>,
        level: Query<Option<Level>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))] limit: Query<Option<u32>>,
        #[oai(validator(maximum(value = "1000000")))] offset: Query<Option<u32>>,
    ) -> std::result::Result<Json<Figures>, Refusal> {
        let (_, asked) = asked(&caller, (&form, &period), (org.0.as_deref(), accepted.0)).await?;
        let level = match level.0 {
            Some(Level::Organisation) => indicator::Level::Organisation,
            _ => indicator::Level::Municipality,
        };
        let asked = Asked { level, ..asked };
        let figures = indicator::actions::figures(caller.db(), caller.actor(), &asked).await?;
        let orgs = org::actions::list(caller.db(), caller.actor(), &asked.scope).await?;
        let window = Window::of(limit.0, offset.0);
        Ok(Json(Figures::of(&figures, asked.period, window, &codes(&orgs))))
    }

    #[oai(path = "/lists", method = "get", operation_id = "lists")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the address")]
    async fn lists(
        &self,
        caller: Caller,
        form: Query<String>,
        period: Query<String>,
        org: Query<Option<String>>,
        accepted: Query<Option<bool>>,
        side: Query<Option<Side>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))] limit: Query<Option<u32>>,
        #[oai(validator(maximum(value = "1000000")))] offset: Query<Option<u32>>,
    ) -> std::result::Result<Json<Lists>, Refusal> {
        let (version, asked) = asked(&caller, (&form, &period), (org.0.as_deref(), accepted.0)).await?;
        let lists = indicator::actions::lists(caller.db(), caller.actor(), &asked).await?;
        let what = (side.0, Window::of(limit.0, offset.0));
        let lists = lists.iter().map(|list| List::of(&version.form, list, what, caller.lang())).collect();
        Ok(Json(Lists { form: asked.form, period: asked.period.id(), lists }))
    }
}

/// Which figures are asked for.
pub(super) async fn asked(
    call: &Call,
    (form, period): (&str, &str),
    (org, accepted): (Option<&str>, Option<bool>),
) -> Result<(Version, Asked)> {
    let version = version::actions::newest(call.db(), call.actor(), form).await?;
    let period = version::period(&version.form, period)?;
    let scope = org::actions::scope(call.db(), call.actor(), org).await?;
    let asked = Asked { accepted: accepted.unwrap_or_default(), ..Asked::new(&version.form.id, period, scope) };
    Ok((version, asked))
}

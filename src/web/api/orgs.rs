//! `/orgs`: the registry, and one organisation of it.

use std::collections::HashMap;

use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::caller::Caller;
use super::refusal::Refusal;
use super::shape::Window;
use super::shape::orgs::{Kind, Line, Lines, Whole};
use crate::ids::OrgId;
use crate::org::{self, Org};
use crate::text::folded;

pub(super) struct Orgs;

#[OpenApi]
impl Orgs {
    #[oai(path = "/orgs", method = "get", operation_id = "orgs")]
    async fn list(
        &self,
        caller: Caller,
        q: Query<Option<String>>,
        #[oai(name = "type")] kind: Query<Option<Kind>>,
        within: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "1000")))] limit: Query<Option<u32>>,
        #[oai(validator(maximum(value = "1000000")))] offset: Query<Option<u32>>,
    ) -> Result<Json<Lines>, Refusal> {
        let scope = org::actions::scope(caller.db(), caller.actor(), within.0.as_deref()).await?;
        let all = org::actions::list(caller.db(), caller.actor(), &scope).await?;
        let codes: HashMap<OrgId, &str> = all.iter().map(|org| (org.id, org.code.as_str())).collect();
        let words: Vec<String> =
            q.0.iter().flat_map(|q| folded(q).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
        let fits = |org: &&Org| kind.0.is_none_or(|kind| org.kind == kind.into()) && means(org, &words);
        let found: Vec<&Org> = all.iter().filter(fits).collect();
        let total = found.len();
        let items = Window::of(limit.0, offset.0).of_list(found).into_iter().map(|org| Line::of(org, &codes)).collect();
        Ok(Json(Lines { total, items }))
    }

    #[oai(path = "/orgs/:org", method = "get", operation_id = "org")]
    async fn one(&self, caller: Caller, org: Path<String>) -> Result<Json<Whole>, Refusal> {
        Ok(Json(Whole::of(&org::actions::details(caller.db(), caller.actor(), &org).await?)))
    }
}

/// Whether a search means an organisation: every word of it stands in the code or a name.
fn means(org: &Org, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let text = folded(&format!("{} {} {}", org.code, org.name, org.short_name));
    words.iter().all(|word| text.contains(word))
}

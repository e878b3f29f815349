//! `/me`: whose key it is, and what it allows.

use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::caller::Caller;
use super::refusal::Refusal;
use super::shape::moment;
use super::shape::orgs::Name;
use crate::access::Right;
use crate::org;

/// Whose key it is.
#[derive(Debug, Object)]
#[oai(rename = "Me", skip_serializing_if_is_none)]
struct Holder {
    login: String,
    name: String,
    role: String,
    org: Option<Name>,
    forms: Option<Vec<String>>,
    key: Key,
}

/// The key.
#[derive(Debug, Object)]
#[oai(rename = "Key", skip_serializing_if_is_none)]
struct Key {
    name: String,
    reach: String,
    made_at: String,
    ends_at: Option<String>,
}

pub(super) struct Me;

#[OpenApi]
impl Me {
    #[oai(path = "/me", method = "get", operation_id = "me")]
    async fn me(&self, caller: Caller) -> Result<Json<Holder>, Refusal> {
        let actor = caller.actor();
        actor.need(Right::Read)?;
        let (account, token) = (&caller.bearer.account, &caller.bearer.token);
        let org = match account.grant.root {
            Some(root) => {
                let all = org::actions::list(caller.db(), actor, &actor.scope()).await?;
                all.iter().find(|org| org.id == root).map(Name::of)
            }
            None => None,
        };
        let key = Key {
            name: token.name.clone(),
            reach: token.reach.word().to_owned(),
            made_at: moment(token.made_at),
            ends_at: token.ends_at.map(moment),
        };
        Ok(Json(Holder {
            login: account.login.clone(),
            name: account.name.clone(),
            role: account.grant.role.word().to_owned(),
            org,
            forms: actor.forms().map(|forms| forms.iter().cloned().collect()),
            key,
        }))
    }
}

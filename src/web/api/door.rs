//! The door of the API: which operation, with whose key, may they, is it written as the document says, how large is it.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint, IntoEndpoint, IntoResponse, Request, Response};
use poem_openapi::OpenApiService;

use super::caller::Call;
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::{ALL, Everything, Operation, document, language};
use crate::account::token;
use crate::error::Error;
use crate::lang::{Lang, Words};
use crate::web::peer::Peer;
use crate::web::{Site, visit};

/// The operations behind their door.
pub(super) struct Door {
    site: Arc<Site>,
    operations: Arc<BoxEndpoint<'static>>,
    parameters: Parameters,
}

impl Door {
    pub(super) fn new(site: Arc<Site>, service: OpenApiService<Everything, ()>) -> Door {
        let parameters = Parameters::of(document(Lang::default()));
        Door { site, operations: Arc::new(service.into_endpoint()), parameters }
    }

    async fn enter(&self, mut req: Request, lang: Lang) -> Result<Response, Refusal> {
        let operation = sought(req.method(), req.uri().path())?;
        let Some(right) = operation.right else {
            let text = document(lang).to_string();
            return Ok(Response::builder().content_type("application/json").body(text));
        };
        let call = self.caller(&req, lang).await?;
        call.actor().need(right)?;
        let asked = req.params::<Vec<(String, String)>>().unwrap_or_default();
        let faults = self.parameters.faults(operation, &asked);
        if !faults.is_empty() {
            return Err(Refusal::malformed(faults));
        }
        read(&mut req, operation.most).await?;
        req.extensions_mut().insert(Arc::new(call));
        let operations = self.operations.clone();
        // A task of its own: an act that has begun is finished even if the caller goes away, and a panic stays in it.
        let answer = tokio::spawn(async move { operations.call(req).await }).await;
        let answer = answer.map_err(|died| Error::Internal(died.to_string()))?;
        answer.map_err(Refusal::of)
    }

    /// Who calls, by the key in the header and by nothing else.
    async fn caller(&self, req: &Request, lang: Lang) -> Result<Call, Refusal> {
        let text = key(req.headers()).ok_or_else(|| Refusal::no_key(false))?;
        let bearer = token::actions::bearer(&self.site.db, text).await?;
        let bearer = bearer.ok_or_else(|| Refusal::no_key(true))?;
        let address = req.data::<Peer>().map(|peer| peer.address.to_string()).unwrap_or_default();
        let actor = bearer.actor().reading(&language::read(&self.site, req)).coming_from(&address);
        Ok(Call { site: Site { actor, lang, ..(*self.site).clone() }, bearer })
    }
}

impl Endpoint for Door {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        let lang = language::spoken(&self.site, &req);
        let answer = self.enter(req, lang).await;
        let mut answer = answer.map_or_else(|refusal| refusal.answer(lang), IntoResponse::into_response);
        answer.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.code()));
        Ok(answer)
    }
}

/// The key that a request brings (RFC 6750, 2.1).
fn key(headers: &HeaderMap) -> Option<&str> {
    let (scheme, text) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| text.trim())
}

/// The operation that a request asks for.
fn sought(method: &Method, path: &str) -> Result<&'static Operation, Refusal> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let here: Vec<&Operation> = ALL.iter().filter(|operation| stands_at(operation.path, path)).collect();
    if here.is_empty() {
        return Err(Refusal::no_operation());
    }
    let methods = || {
        let each = here.iter().map(|operation| operation.method.as_str());
        let looks = here.iter().any(|operation| operation.method == Method::GET).then_some("HEAD");
        each.chain(looks).collect::<Vec<_>>().join(", ")
    };
    here.iter().find(|operation| operation.method == *method).copied().ok_or_else(|| Refusal::method(methods()))
}

fn stands_at(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || (wanted.starts_with(':') && !given.is_empty()) => {}
            _ => return false,
        }
    }
}

/// Reads the body, as much of it as the operation takes.
async fn read(req: &mut Request, most: usize) -> Result<(), Refusal> {
    if req.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Words::new("web.compressed")));
    }
    let bytes = match visit::within(req.take_body(), most).await {
        Ok(bytes) => bytes,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let words = Words::new("api.too-large").with("most", most >> 10);
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, words));
        }
        Err(error) => return Err(Refusal::of(error)),
    };
    req.set_body(Body::from(bytes));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_part_by_part() {
        for (pattern, path, stands) in [
            ("/me", "/me", true),
            ("/me", "/me/", false),
            ("/me", "/", false),
            ("/orgs/:org", "/orgs/s2%2Fa", true),
            ("/orgs/:org", "/orgs/", false),
            ("/orgs/:org", "/orgs/a/b", false),
            ("/reports/:form/:period/:org/send", "/reports/a/b/c/send", true),
            ("/reports/:form/:period/:org/send", "/reports/a/b/c/history", false),
        ] {
            assert_eq!(stands_at(pattern, path), stands, "{pattern} {path}");
        }
    }

    #[test]
    fn an_address_says_which_methods_it_takes() {
        let refused = sought(&Method::PATCH, "/reports/a/b/c").map(|operation| operation.path);
        let answer = refused.unwrap_err().answer(Lang::En);
        assert_eq!(
            (answer.status(), &answer.headers()["allow"]),
            (StatusCode::METHOD_NOT_ALLOWED, &"GET, PUT, HEAD".parse().unwrap())
        );
        assert_eq!(sought(&Method::HEAD, "/forms").unwrap().path, "/forms");
    }
}

//! What went wrong, as a problem document (RFC 9457) with the same faults as the pages say.

use poem::error::ResponseError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Request, Response};
use poem_openapi::payload::{Json, Payload as _};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{ToJSON as _, Type as _};
use poem_openapi::{ApiResponse, error as openapi};

use super::language;
use super::shape::{Fault as FaultShape, Problem as Shape};
use crate::error::{Error, Fault, Place};
use crate::lang::{Lang, Words};
use crate::web::Site;
use crate::web::problem::{self, Problem};

/// The media type of a problem document.
const MEDIA: &str = "application/problem+json";

/// Faults of one answer that are told; `faults_total` says how many there are.
const TOLD: usize = 1000;

/// A kind of problem: its status, its name, which stands in its type, and what it is called.
pub(in crate::web) type Kind = (u16, &'static str, &'static str);

/// Every kind of problem.
pub(in crate::web) const KINDS: [Kind; 13] = [
    (400, "malformed", "api.title-malformed"),
    (401, "no-key", "api.title-no-key"),
    (403, "denied", "api.title-denied"),
    (404, "not-found", "web.title-not-found"),
    (405, "method", "api.title-method"),
    (412, "stale", "api.title-stale"),
    (413, "too-large", "api.title-too-large"),
    (415, "media-type", "api.title-media-type"),
    (422, "refused", "api.title-refused"),
    (428, "no-revision", "api.title-no-revision"),
    (500, "internal", "web.title-failed"),
    (503, "busy", "api.title-busy"),
    (507, "full", "api.title-full"),
];

/// A request that was refused, in words that are not said yet.
#[derive(Debug, thiserror::Error)]
#[error("{}", .problem.status)]
pub(super) struct Refusal {
    problem: Box<Problem>,
    /// The methods that the address takes.
    allow: Option<String>,
}

impl Refusal {
    fn is(problem: Problem) -> Refusal {
        Refusal { problem: Box::new(problem), allow: None }
    }

    /// A refusal that a sentence says.
    pub(super) fn new(status: StatusCode, words: Words) -> Refusal {
        Refusal::is(Problem::new(status, words))
    }

    /// A request that is not written as the document says: every fault of it.
    pub(super) fn malformed(faults: Vec<Fault>) -> Refusal {
        Refusal::is(Problem::new(StatusCode::BAD_REQUEST, Words::new("api.malformed")).with_faults(faults))
    }

    /// There is no such operation.
    pub(super) fn no_operation() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, Words::new("api.no-operation"))
    }

    /// The address takes other methods.
    pub(super) fn method(allow: String) -> Refusal {
        let words = Words::new("api.no-method").with("methods", &allow);
        Refusal { allow: Some(allow), ..Refusal::new(StatusCode::METHOD_NOT_ALLOWED, words) }
    }

    /// Nobody came with a key, or the key opens nothing.
    pub(super) fn no_key(brought: bool) -> Refusal {
        let words = Words::new(if brought { "api.bad-key" } else { "api.no-key" });
        Refusal::new(StatusCode::UNAUTHORIZED, words)
    }

    /// What the library said of a request, in our words.
    pub(super) fn of(error: poem::Error) -> Refusal {
        if error.is::<Refusal>() {
            return error.downcast().unwrap_or_else(|other| Refusal::of_status(other.status()));
        }
        if error.is::<openapi::ContentTypeError>() {
            return Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Words::new("api.media-type"));
        }
        if let Some(wrong) = error.downcast_ref::<openapi::ParsePathError>() {
            return Refusal::new(StatusCode::NOT_FOUND, Words::new("api.bad-path").with("name", wrong.name));
        }
        if let Some(wrong) = error.downcast_ref::<openapi::ParseParamError>() {
            let words = Words::new("api.bad-parameter");
            return Refusal::malformed(vec![Fault::error(Place::Field(wrong.name.to_owned()), "wrong-type", words)]);
        }
        Refusal::of_status(error.status())
    }

    /// What the router said, or the reading of a request.
    pub(super) fn of_status(status: StatusCode) -> Refusal {
        match status {
            StatusCode::NOT_FOUND => Refusal::no_operation(),
            StatusCode::UNAUTHORIZED => Refusal::no_key(false),
            StatusCode::BAD_REQUEST => Refusal::new(status, Words::new("api.malformed")),
            other => Refusal::is(problem::of_status(other)),
        }
    }

    /// The problem document.
    pub(super) fn answer(&self, lang: Lang) -> Response {
        let problem = &self.problem;
        let status = problem.status;
        let (_, kind, title) = kind(status);
        let faults: Vec<FaultShape> =
            problem.faults.iter().take(TOLD).map(|fault| FaultShape::of(fault, lang)).collect();
        let shape = Shape {
            r#type: format!("/api#problem-{kind}"),
            title: lang.t(title),
            status: status.as_u16(),
            detail: problem.words.say(lang),
            faults_total: (!faults.is_empty()).then_some(problem.faults.len()),
            faults: (!faults.is_empty()).then_some(faults),
            id: problem.id.clone(),
        };
        let mut answer = Response::builder().status(status).content_type(MEDIA).body(shape.to_json_string());
        let headers = answer.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"svod\""));
        }
        if let Some(allow) = self.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        answer
    }
}

fn kind(status: StatusCode) -> Kind {
    let known = |status: u16| KINDS.into_iter().find(|(known, ..)| *known == status);
    let like = if status.is_server_error() { 500 } else { 400 };
    known(status.as_u16()).or_else(|| known(like)).unwrap_or(KINDS[0])
}

impl ResponseError for Refusal {
    fn status(&self) -> StatusCode {
        self.problem.status
    }
}

/// Faults of one of these codes have a status of their own.
const OWN_STATUS: [(&str, StatusCode); 2] =
    [("stale", StatusCode::PRECONDITION_FAILED), ("no-revision", StatusCode::PRECONDITION_REQUIRED)];

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        let mut problem = problem::of(&error, Lang::default());
        let first = problem.faults.first().map(|fault| fault.code).unwrap_or_default();
        if let Some((_, status)) = OWN_STATUS.into_iter().find(|(code, _)| *code == first) {
            problem.status = status;
            problem.words = problem.faults.first().map_or(problem.words, |fault| fault.message.clone());
        }
        if problem.status == StatusCode::UNAUTHORIZED {
            return Refusal::no_key(true);
        }
        Refusal::is(problem)
    }
}

impl ApiResponse for Refusal {
    fn meta() -> MetaResponses {
        let one = |status: Option<u16>| MetaResponse {
            description: "",
            status,
            status_range: None,
            content: vec![MetaMediaType { content_type: MEDIA, schema: Json::<Shape>::schema_ref() }],
            headers: Vec::new(),
        };
        let told = [400, 401, 403, 404, 422].map(|status| one(Some(status)));
        MetaResponses { responses: told.into_iter().chain([one(None)]).collect() }
    }

    fn register(registry: &mut Registry) {
        Shape::register(registry);
    }
}

/// A request to an address of the API that the guard does not hear.
pub(in crate::web) fn refused(site: &Site, req: &Request, problem: Problem) -> Response {
    Refusal::is(problem).answer(language::spoken(site, req))
}

/// The same of what the router refused.
pub(in crate::web) fn refused_status(site: &Site, status: StatusCode) -> Response {
    Refusal::of_status(status).answer(site.lang)
}

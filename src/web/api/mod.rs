//! The API: what programs may ask for, each operation one row in [`ALL`]. Handlers parse, call the same actions as the
//! pages, and shape what comes of it.
//!
//! Invariant: only access keys open it. A browser's session does nothing here, so that no foreign page can.

mod caller;
mod document;
mod door;
mod filling;
mod forms;
mod imports;
mod indicators;
mod language;
mod me;
mod orgs;
mod parameters;
mod publish;
mod refusal;
mod reports;
mod shape;
mod told;
mod upload;
mod workbooks;

use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, Response};
use poem_openapi::OpenApiService;

pub(super) use document::document;
pub(super) use refusal::{KINDS, refused, refused_status};

use super::Site;
use super::visit::{ANSWERS, FORM_TEXT, UPLOAD};
use crate::access::Right;

/// Where the operations stand.
pub const BASE: &str = "/api/v1";

/// The address of the document under [`BASE`].
pub const DOCUMENT: &str = "/openapi.json";

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its address under [`BASE`]; `:name` stands for a part that varies.
    pub path: &'static str,
    /// The method of HTTP.
    pub method: Method,
    /// The right that its action asks for; `None` for what everybody may see.
    pub right: Option<Right>,
    /// How many bytes it takes with a request.
    pub most: usize,
}

const REPORT: &str = "/reports/:form/:period/:org";

/// Every operation.
pub static ALL: &[Operation] = &[
    gets("/me", Right::Read),
    gets("/forms", Right::Read),
    gets("/forms/:form", Right::Read),
    takes(Method::PUT, "/forms/:form", Right::PublishForms, FORM_TEXT),
    gets("/forms/:form/source", Right::PublishForms),
    gets("/orgs", Right::Overview),
    gets("/orgs/:org", Right::Overview),
    gets("/reports", Right::Overview),
    gets(REPORT, Right::Read),
    takes(Method::PUT, REPORT, Right::Fill, ANSWERS),
    takes(Method::DELETE, "/reports/:form/:period/:org/draft", Right::Fill, 0),
    takes(Method::POST, "/reports/:form/:period/:org/dry-run", Right::Fill, ANSWERS),
    takes(Method::POST, "/reports/:form/:period/:org/send", Right::Fill, ANSWERS),
    gets("/reports/:form/:period/:org/history", Right::Read),
    gets("/indicators", Right::Overview),
    gets("/lists", Right::Overview),
    gets("/workbooks/:form/:book", Right::Export),
    gets("/imports", Right::Import),
    takes(Method::POST, "/imports", Right::Import, UPLOAD),
    gets("/imports/:number", Right::Import),
    takes(Method::POST, "/imports/:number/undo", Right::Import, 0),
    Operation { path: DOCUMENT, method: Method::GET, right: None, most: 0 },
];

const fn gets(path: &'static str, right: Right) -> Operation {
    Operation { path, method: Method::GET, right: Some(right), most: 0 }
}

const fn takes(method: Method, path: &'static str, right: Right, most: usize) -> Operation {
    Operation { path, method, right: Some(right), most }
}

type Everything = (
    me::Me,
    forms::Forms,
    orgs::Orgs,
    reports::Reports,
    indicators::Indicators,
    workbooks::Workbooks,
    imports::Imports,
);

fn service() -> OpenApiService<Everything, ()> {
    let all = (
        me::Me,
        forms::Forms,
        orgs::Orgs,
        reports::Reports,
        indicators::Indicators,
        workbooks::Workbooks,
        imports::Imports,
    );
    OpenApiService::new(all, "Svod", "1").server(BASE)
}

/// All operations behind their door.
pub(super) fn endpoint(site: Arc<Site>) -> impl Endpoint<Output = Response> + 'static {
    door::Door::new(site, service())
}

/// Whether a path is one of the API's, there or not.
pub(super) fn owns(path: &str) -> bool {
    path.strip_prefix(BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

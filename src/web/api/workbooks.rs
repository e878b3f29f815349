//! `/workbooks/{form}/{period}.xlsx`: the workbook of figures.

use poem::http::header;
use poem::{IntoResponse, Response};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, Payload as _};
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type as _;
use poem_openapi::{ApiResponse, OpenApi};

use super::caller::Caller;
use super::indicators::asked;
use super::refusal::Refusal;
use crate::access::Right;
use crate::error::Error;
use crate::export;
use crate::lang::Words;
use crate::web::layout;

/// The media type of a workbook.
const MEDIA: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(super) struct Workbooks;

#[OpenApi]
impl Workbooks {
    #[oai(path = "/workbooks/:form/:book", method = "get", operation_id = "workbook")]
    async fn one(
        &self,
        caller: Caller,
        form: Path<String>,
        book: Path<String>,
        org: Query<Option<String>>,
        accepted: Query<Option<bool>>,
    ) -> Result<File, Refusal> {
        caller.actor().need(Right::Export)?;
        let period = book.strip_suffix(".xlsx").ok_or_else(|| Error::NotFound(Words::new("api.no-workbook")))?;
        let (_, asked) = asked(&caller, (&form, period), (org.0.as_deref(), accepted.0)).await?;
        Ok(File(export::actions::workbook(caller.db(), caller.actor(), &asked, caller.lang()).await?))
    }
}

/// A workbook to be saved.
struct File(export::Workbook);

impl IntoResponse for File {
    fn into_response(self) -> Response {
        let File(book) = self;
        let named = layout::saved_as(&book.name);
        Response::builder().content_type(MEDIA).header(header::CONTENT_DISPOSITION, named).body(book.bytes)
    }
}

impl ApiResponse for File {
    fn meta() -> MetaResponses {
        let named = MetaHeader {
            name: "Content-Disposition".to_owned(),
            description: None,
            required: true,
            deprecated: false,
            schema: String::schema_ref(),
        };
        let content = vec![MetaMediaType { content_type: MEDIA, schema: Binary::<Vec<u8>>::schema_ref() }];
        let one =
            MetaResponse { description: "", status: Some(200), status_range: None, content, headers: vec![named] };
        MetaResponses { responses: vec![one] }
    }

    fn register(_registry: &mut Registry) {}
}

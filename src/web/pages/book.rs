//! `/forms/{form}/{period}/book.xlsx`: the workbook of figures.

use poem::Response;
use poem::http::header;

use super::of_address;
use super::territory::Asked;
use crate::error::Result;
use crate::export::{self, Workbook};
use crate::indicator::Query;
use crate::org;
use crate::web::layout;
use crate::web::visit::Visit;

/// The media type of workbooks.
pub(super) const MIME: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let (version, period) = of_address(&visit).await?;
    let asked = Asked::of(&visit);
    let scope = org::actions::territory(&site.db, &site.actor, asked.territory(), period.end()).await?;
    let query = Query { accepted: asked.accepted, ..Query::new(&version.form.id, period, scope) };
    let book = export::actions::workbook(&site.db, &site.actor, &query, visit.lang()).await?;
    Ok(handed(book))
}

/// A workbook to be saved under its name.
pub(super) fn handed(book: Workbook) -> Response {
    let named = layout::saved_as(&book.name);
    let response = Response::builder().content_type(MIME).header(header::CONTENT_DISPOSITION, named);
    response.body(book.bytes)
}

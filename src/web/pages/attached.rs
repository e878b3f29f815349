//! `/report/{form}/{period}/{org}/files/{hash}/{name}`: a file that was attached to a report, to be saved.

use poem::Response;
use poem::http::header;

use super::report_of_address;
use crate::error::Result;
use crate::report::files;
use crate::web::guard;
use crate::web::layout;
use crate::web::visit::Visit;

/// Nothing in the file may run, even where a browser shows it in spite of everything.
const NOTHING: &str = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let (key, _) = report_of_address(&visit).await?;
    let asked = (visit.param("hash"), visit.param("name"));
    let file = files::actions::hand_out(&site.db, &site.actor, &key, asked).await?;
    let response = Response::builder()
        .content_type(file.media)
        .header(header::CONTENT_DISPOSITION, layout::saved_as(&file.name))
        .header(header::CONTENT_SECURITY_POLICY, NOTHING)
        .header(header::CACHE_CONTROL, guard::PRIVATE);
    Ok(response.body(file.bytes))
}

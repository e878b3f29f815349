//! `/assets/…`: the style sheet, the script, the icon.

use poem::Response;

use crate::error::{Error, Result};
use crate::lang::Words;
use crate::web::assets;
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    assets::find(visit.param("file")).ok_or_else(|| Error::NotFound(Words::new("web.no-page")))
}

//! `POST /language`: from now on the pages are read in another language; the way leads back.

use poem::Response;

use super::go_to;
use crate::error::Result;
use crate::web::language::BACK;
use crate::web::layout;
use crate::web::visit::Visit;

/// What was chosen is remembered with every answer, so that nothing is left to do but to go on.
pub(super) async fn choose(visit: Visit) -> Result<Response> {
    Ok(go_to(layout::own_address(visit.form.word(BACK)).unwrap_or("/")))
}

//! `POST /language`: from now on the pages are read in another language; the way leads back.

use poem::Response;

use super::go_to;
use crate::error::Result;
use crate::web::language::BACK;
use crate::web::visit::Visit;

/// What was chosen is remembered with every answer, so that nothing is left to do but to go on.
pub(super) async fn choose(visit: Visit) -> Result<Response> {
    let back = visit.form.word(BACK);
    let own = back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    Ok(go_to(if own { back } else { "/" }))
}

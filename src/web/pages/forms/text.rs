//! `/form/{form}/text`: the text of a form as a file, of any version.

use poem::Response;
use poem::http::header;

use super::Known;
use crate::error::{Error, Result};
use crate::lang::Words;
use crate::web::visit::Visit;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let known = Known::of(&visit.site, visit.param("form")).await?;
    let text = known.text(visit.query.word("version"));
    let text = text.ok_or_else(|| Error::NotFound(Words::new("forms.no-version")))?.to_owned();
    let name = crate::web::layout::encoded(&known.id);
    let disposition = format!("attachment; filename=\"form.toml\"; filename*=UTF-8''{name}.toml");
    let response = Response::builder().content_type("application/toml; charset=utf-8");
    Ok(response.header(header::CONTENT_DISPOSITION, disposition).body(text))
}

//! A new version of a form, after a look at what it changes.

use poem::http::StatusCode;
use poem::{Request, RequestBody};
use poem_openapi::payload::{Payload as _, PlainText};
use poem_openapi::registry::{MetaMediaType, MetaRequest};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::caller::Call;
use super::refusal::Refusal;
use super::shape::Fault as FaultShape;
use super::shape::forms::{Change, Published};
use crate::access::Right;
use crate::error::{Error, Fault, Place, Result};
use crate::form;
use crate::lang::Words;
use crate::report::version::{self, Origin, drafts};
use crate::web::pages::forms::faults;

/// Publishes a text under the id of its form, or only says what that would change.
pub(super) async fn publish(call: &Call, id: String, (text, dry_run): (&Text, bool)) -> Result<Published> {
    let lang = call.lang();
    call.actor().need(Right::PublishForms)?;
    // Asks whether the form is one of the author's.
    drafts::actions::find(call.db(), call.actor(), &id).await?;
    let checked = faults::check(&call.site, &id, &text.0).await?;
    let blocking: Vec<Fault> = checked.faults.iter().filter(|fault| fault.blocks()).cloned().collect();
    let Some(read) = checked.form.filter(|_| blocking.is_empty()) else { return Err(Error::Faults(blocking)) };
    let changes = version::actions::compare(call.db(), call.actor(), &read, &format!("{id}.toml")).await?;
    let losses = form::losses(&changes);
    if !losses.is_empty() {
        return Err(Error::Faults(losses));
    }
    let published = match dry_run {
        true => None,
        false => Some(drafts::actions::publish(call.db(), call.actor(), &id, (&read, Origin::Page)).await?),
    };
    Ok(Published {
        form: id,
        published: published.as_ref().is_some_and(|published| published.new),
        version: published.map(|published| published.number),
        hash: read.hash.clone(),
        changes: changes.iter().map(|change| Change::of(change, lang)).collect(),
        faults: FaultShape::all(&checked.faults, lang),
    })
}

/// The text of a form.
pub(super) struct Text(String);

/// The media types that a text may come as; a file of TOML has none that everybody knows.
const MEDIA: [&str; 3] = ["text/plain", "application/toml", "text/x-toml"];

impl<'a> ApiExtractor<'a> for Text {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let one = |content_type| MetaMediaType { content_type, schema: PlainText::<String>::schema_ref() };
        Some(MetaRequest { description: None, content: MEDIA[..2].iter().copied().map(one).collect(), required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Text> {
        let media = request.content_type().and_then(|media| media.split(';').next()).unwrap_or_default();
        if !MEDIA.contains(&media.trim().to_ascii_lowercase().as_str()) {
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Words::new("api.media-type")).into());
        }
        let text = String::from_utf8(body.take()?.into_vec().await?);
        let wrong = |_| vec![Fault::error(Place::Whole, "syntax", Words::new("api.not-utf8"))];
        Ok(Text(text.map_err(wrong).map_err(Refusal::malformed)?))
    }
}

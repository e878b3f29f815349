//! A workbook as a program sends it: a file and fields beside it, as forms in browsers do.

use poem::http::StatusCode;
use poem::web::{Field, Multipart};
use poem::{FromRequest, Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, Object};

use super::refusal::Refusal;
use crate::error::{Fault, Place};
use crate::lang::Words;
use crate::text;
use crate::web::guard::file_name;

/// What is to be imported, as the document tells it.
#[derive(Debug, Object)]
#[oai(rename = "ImportFile")]
struct Told {
    /// Bytes; the document says so.
    file: String,
    form: String,
    period: String,
    recipe: Option<String>,
    overwrite: Option<bool>,
    dry_run: Option<bool>,
}

/// What is to be imported.
#[derive(Debug, Default)]
pub(super) struct ImportFile {
    pub bytes: Vec<u8>,
    pub file_name: String,
    pub form: String,
    pub period: String,
    pub recipe: Option<String>,
    pub overwrite: bool,
    pub dry_run: bool,
}

/// The fields.
const FIELDS: [&str; 6] = ["file", "form", "period", "recipe", "overwrite", "dry_run"];

impl ImportFile {
    async fn read(mut parts: Multipart) -> Result<ImportFile, Vec<Fault>> {
        let unreadable = || vec![Fault::error(Place::Whole, "syntax", Words::new("api.bad-parts"))];
        let (mut sent, mut faults, mut seen) = (ImportFile::default(), Vec::new(), Vec::new());
        while let Some(part) = parts.next_field().await.map_err(|_| unreadable())? {
            let name = part.name().unwrap_or_default().to_owned();
            if seen.contains(&name) {
                faults.push(fault(&name, "duplicate", Words::new("api.twice").with("name", &name)));
            }
            seen.push(name.clone());
            faults.extend(sent.take(&name, part).await.map_err(|()| unreadable())?);
        }
        for name in ["file", "form", "period"].into_iter().filter(|name| !seen.iter().any(|seen| seen == name)) {
            faults.push(fault(name, "required", Words::new("api.field-missing").with("name", name)));
        }
        if faults.is_empty() { Ok(sent) } else { Err(faults) }
    }

    /// Takes one field, or says what is wrong with it.
    async fn take(&mut self, name: &str, part: Field) -> Result<Option<Fault>, ()> {
        if name == "file" {
            self.file_name = file_name(part.file_name().unwrap_or_default());
            self.bytes = part.bytes().await.map_err(|_| ())?;
            let missing = self.bytes.is_empty().then(|| fault(name, "file", Words::new("web.import-no-file")));
            return Ok(missing);
        }
        let bytes = part.bytes().await.map_err(|_| ())?;
        let Ok(text) = String::from_utf8(bytes) else {
            return Ok(Some(fault(name, "syntax", Words::new("api.not-utf8"))));
        };
        match name {
            "form" => self.form = text,
            "period" => self.period = text,
            "recipe" => self.recipe = Some(text).filter(|recipe| !recipe.is_empty()),
            "overwrite" | "dry_run" => match text.as_str() {
                given @ ("true" | "false") if name == "overwrite" => self.overwrite = given == "true",
                given @ ("true" | "false") => self.dry_run = given == "true",
                _ => {
                    let words = Words::new("api.parameter-flag").with("name", name);
                    return Ok(Some(fault(name, "wrong-type", words)));
                }
            },
            _ => return Ok(Some(unknown(name))),
        }
        Ok(None)
    }
}

fn fault(name: &str, code: &'static str, words: Words) -> Fault {
    Fault::error(Place::Field(name.to_owned()), code, words)
}

fn unknown(name: &str) -> Fault {
    let hint = text::nearest(name, FIELDS).map(|near| Words::new("form.did-you-mean").with("name", near));
    let words = Words::new("api.unknown-field").with("name", name).with("names", FIELDS.join(", "));
    fault(name, "unknown-name", words).hinting(hint)
}

impl<'a> ApiExtractor<'a> for ImportFile {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        Told::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content = vec![MetaMediaType { content_type: "multipart/form-data", schema: Told::schema_ref() }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<ImportFile> {
        let in_parts = request.content_type().is_some_and(|given| given.trim_start().starts_with("multipart/"));
        if !in_parts {
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Words::new("api.media-type")).into());
        }
        let unreadable = || vec![Fault::error(Place::Whole, "syntax", Words::new("api.bad-parts"))];
        let parts = <Multipart as FromRequest>::from_request(request, body)
            .await
            .map_err(|_| Refusal::malformed(unreadable()))?;
        Ok(ImportFile::read(parts).await.map_err(Refusal::malformed)?)
    }
}

//! A visit: one request to one page, with everything a page may look at, and nothing of HTTP besides.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use poem::http::{StatusCode, header};
use poem::web::{Form, Multipart};
use poem::{Body, Endpoint, FromRequest, Request, RequestBody, Response};
use tokio::io::{AsyncReadExt, sink};

use super::meter::{Meter, Pattern};
use super::pages::{ASSETS, Content, Page, Verb, by_link, go_to};
use super::peer::Peer;
use super::problem::{self, Again};
use super::{Site, entrance, guard, language, layout, parts};
use crate::account::session::From;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::report::files::Sent;

/// How much of a body that is too large is read to its end all the same: a browser that is cut off while it uploads
/// shows its own error instead of our answer.
pub(super) const PATIENCE: u64 = 256 << 20;

/// The answers of the largest form that can be published fit in this.
pub(super) const ANSWERS: usize = 8 << 20;

/// The largest workbook that is read, and the fields around it.
pub(super) const UPLOAD: usize = crate::sheet::LARGEST_FILE + (64 << 10);

/// A form's text and the answers that it is tried with, as browsers write them.
pub(super) const FORM_TEXT: usize = 16 << 20;

/// What a page answers.
pub(super) type Reply = Pin<Box<dyn Future<Output = Result<Response>> + Send>>;

/// Names and values as a browser sends them; a name may stand there several times.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The last value of a name: a hidden field before a choice says what no choice means.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a name without spaces around it; nothing where there is none.
    pub fn word(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default().trim()
    }

    /// Whether a name was sent.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// A file that was uploaded.
#[derive(Debug, Clone, Default)]
pub(super) struct Upload {
    /// The name that it had on the person's machine.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// One request to one page.
#[derive(Debug)]
pub(super) struct Visit {
    pub site: Arc<Site>,
    /// Who asks, over which kind of connection and under which name of ours.
    pub peer: Peer,
    /// What the server counts of itself.
    pub meter: Arc<Meter>,
    pub params: Fields,
    pub query: Fields,
    pub form: Fields,
    pub upload: Option<Upload>,
    /// Files that were sent for questions.
    pub files: Vec<Sent>,
    /// Where the request comes from.
    pub from: From,
}

impl Visit {
    /// The language of the page.
    pub fn lang(&self) -> Lang {
        self.site.lang
    }

    /// How the browser addresses this server: `http://127.0.0.1:8080`.
    pub fn base(&self) -> String {
        format!("{}://{}", if self.secure() { "https" } else { "http" }, self.peer.host)
    }

    /// Whether the browser came by an encrypted way.
    pub fn secure(&self) -> bool {
        self.peer.https
    }

    /// A part of the path.
    pub fn param(&self, name: &str) -> &str {
        self.params.word(name)
    }
}

/// A page at its place.
pub(super) struct Mounted {
    pub page: &'static Page,
    pub site: Arc<Site>,
}

impl Endpoint for Mounted {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        let answer = self.answer(req).await;
        let mut answer = answer.unwrap_or_else(|error| problem::page(&self.site, problem::of_status(error.status())));
        answer.extensions_mut().insert(Pattern(self.page.path));
        Ok(answer)
    }
}

impl Mounted {
    async fn answer(&self, mut req: Request) -> poem::Result<Response> {
        let params = req.path_params::<BTreeMap<String, String>>().unwrap_or_default().into_iter().collect();
        let query = Fields(req.params::<Vec<(String, String)>>().unwrap_or_default());
        // The guard has put it there.
        let peer = req.extensions().get::<Peer>().cloned().unwrap_or_default();
        let (site, known) = self.site_of(&req, &peer).await;
        let site = language::site(site, &req, &query);
        // What everybody may see is shown even where the data file cannot say who asks.
        let may = self.page.right.map_or(Ok(()), |right| known.and_then(|()| site.actor.need(right)));
        if let Err(why) = &may
            && let Some(answer) = self.turned_away(why, (&req, &peer), &site)
        {
            return Ok(answer);
        }
        let mut visit = Visit {
            site: site.clone(),
            from: entrance::from(&peer, &req),
            peer,
            meter: req.extensions().get::<Arc<Meter>>().cloned().unwrap_or_else(|| Arc::new(Meter::new())),
            params: Fields(params),
            query,
            form: Fields::default(),
            upload: None,
            files: Vec::new(),
        };
        let reading =
            tokio::time::timeout(self.page.content.time(), read_body(&mut req, &self.page.content, &mut visit));
        reading.await.map_err(|_| poem::Error::from_status(StatusCode::REQUEST_TIMEOUT))??;
        let (lang, chosen, https) = (visit.lang(), language::chosen(&visit), visit.peer.https);
        let again = matches!(self.page.content, Content::Form(_) | Content::Answers(_))
            .then(|| Again { address: req.uri().path().to_owned(), fields: visit.form.clone() });
        // A task of its own: an act that has begun is finished even if the reader goes away, and a panic stays in it.
        let answer = match may {
            Ok(()) => tokio::spawn((self.page.handler)(visit)).await,
            Err(why) => Ok(Err(why)),
        };
        let answer = answer.unwrap_or_else(|died| Err(Error::Internal(died.to_string())));
        let mut answer =
            answer.unwrap_or_else(|error| problem::page(&site, problem::of(&error, lang).with_again(again)));
        if let Some(code) = chosen {
            language::remember(&mut answer, &code, https);
        }
        Ok(answer)
    }
}

impl Mounted {
    /// The site with whoever is there, and whether the data file could say who that is.
    async fn site_of(&self, req: &Request, peer: &Peer) -> (Site, Result<()>) {
        let mut site = (*self.site).clone();
        if self.page.path == ASSETS {
            return (site, Ok(()));
        }
        let known = entrance::know(&mut site, req, peer).await;
        (site, known)
    }

    /// What somebody gets who may not have the page. Who has filled in something while their session ended is not sent
    /// away yet: the answer to them holds what they typed.
    fn turned_away(&self, why: &Error, (req, peer): (&Request, &Peer), site: &Site) -> Option<Response> {
        if let (Error::Stranger, Verb::Show, Some(gone)) = (why, self.page.verb, &site.entrance.gone) {
            let mut answer = by_link::gone(site, gone);
            entrance::forget_link(&mut answer, peer.https);
            return Some(answer);
        }
        match (why, self.page.verb) {
            (Error::Stranger, Verb::Show) => {
                let to = req.uri().path_and_query().map_or("/", |to| to.as_str());
                Some(go_to(&format!("/enter?to={}", layout::encoded(to))))
            }
            (Error::Stranger | Error::Data(_) | Error::Internal(_), Verb::Do) if entrance::brought(req) => None,
            (Error::Stranger, Verb::Do) => Some(go_to("/enter")),
            _ => Some(problem::page(site, problem::of(why, site.lang))),
        }
    }
}

async fn read_body(req: &mut Request, content: &Content, visit: &mut Visit) -> poem::Result<()> {
    let limit = match content {
        Content::None => return Ok(()),
        Content::Form(limit) | Content::Answers(limit) | Content::File(limit) => *limit,
    };
    if req.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into());
    }
    let in_parts = req.content_type().is_some_and(|given| given.trim_start().starts_with("multipart/"));
    if matches!(content, Content::Answers(_)) && in_parts {
        let body = req.take_body();
        return parts::read(req, body, limit, visit).await;
    }
    let bytes = within(req.take_body(), limit).await?;
    let mut body = RequestBody::new(Body::from(bytes));
    match content {
        Content::File(_) => read_parts(Multipart::from_request(req, &mut body).await?, visit).await,
        _ => {
            visit.form = Fields(Form::<Vec<(String, String)>>::from_request(req, &mut body).await?.0);
            Ok(())
        }
    }
}

/// The bytes of a body, if there are no more of them than so many.
pub(super) async fn within(body: Body, limit: usize) -> poem::Result<Vec<u8>> {
    let unreadable = |_| poem::Error::from_status(StatusCode::BAD_REQUEST);
    let mut bytes = Vec::new();
    let mut reader = body.into_async_read();
    (&mut reader).take(limit as u64 + 1).read_to_end(&mut bytes).await.map_err(unreadable)?;
    if bytes.len() > limit {
        tokio::io::copy(&mut reader.take(PATIENCE), &mut sink()).await.map_err(unreadable)?;
        return Err(StatusCode::PAYLOAD_TOO_LARGE.into());
    }
    Ok(bytes)
}

async fn read_parts(mut parts: Multipart, visit: &mut Visit) -> poem::Result<()> {
    let unreadable = |_| poem::Error::from_status(StatusCode::BAD_REQUEST);
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(unreadable)?;
        match file {
            Some(name) => visit.upload = Some(Upload { name: guard::file_name(&name), bytes }),
            None => visit.form.0.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    Ok(())
}

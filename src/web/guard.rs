//! The guard before every page: whose requests are heard, which headers every answer carries, what is written down.
//!
//! Invariant: neither answers of schools nor query strings are ever logged; paths hold only codes of forms, periods
//! and organisations.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};

use super::Site;
use super::door::Door;
use super::meter::{Meter, Pattern};
use super::peer::{self, Peer, Unclear};
use super::problem::{self, Problem};
use crate::lang::Words;

/// Sent with every answer, errors included.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: with it browsers send `Origin: null` for our own forms, and nobody could be told apart.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Sent where the connection is known to be encrypted: for a year browsers come back in no other way.
const ENCRYPTED: &str = "max-age=31536000";

/// How much of a path is written down, in letters: the longest of ours is shorter.
const LOGGED: usize = 300;

/// For what only the asking browser may keep, and not for long: whoever loses the right to see it loses it.
pub(super) const PRIVATE: &str = "private, max-age=300";

/// The pages behind their guard.
pub(super) struct Guarded<E> {
    pub inner: E,
    pub site: Arc<Site>,
    pub door: Door,
    pub meter: Arc<Meter>,
}

impl<E: Endpoint> Endpoint for Guarded<E> {
    type Output = Response;

    async fn call(&self, mut req: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let id = request_id();
        let (method, path) = (req.method().clone(), req.uri().path().chars().take(LOGGED).collect::<String>());
        let peer = peer::of(&req, |address| self.door.trusts(address));
        let https = peer.as_ref().is_ok_and(|peer| peer.https);
        let mut response = match peer.map_err(unclear).and_then(|peer| self.heard(&req, peer)) {
            Err(problem) => problem::page(&self.site, problem),
            Ok(peer) => {
                req.extensions_mut().insert(peer);
                req.extensions_mut().insert(self.meter.clone());
                match self.inner.call(req).await {
                    Ok(output) => output.into_response(),
                    Err(error) => problem::page(&self.site, problem::of_status(error.status())),
                }
            }
        };
        harden(&mut response);
        let headers = response.headers_mut();
        if https {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ENCRYPTED));
        }
        if let Ok(value) = HeaderValue::from_str(&id) {
            headers.insert(HeaderName::from_static("x-request-id"), value);
        }
        let (status, took) = (response.status().as_u16(), started.elapsed());
        self.meter.count(method.as_str(), response.extensions().get::<Pattern>().copied(), status, took);
        let ms = took.as_millis();
        tracing::info!(%id, %method, %path, status, %ms, "request");
        Ok(response)
    }
}

/// Gives an answer the headers that every answer carries.
fn harden(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A file that is handed out has a stricter policy of its own.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// The answer to what never became a request.
pub(super) fn refused(site: &Site, status: StatusCode) -> Response {
    let mut response = problem::page(site, problem::of_status(status));
    harden(&mut response);
    response
}

/// A number that tells requests and errors of one run apart, short enough to read out on the telephone.
pub(super) fn request_id() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = jiff::Timestamp::now().as_second();
    format!("{:05x}-{:04x}", now & 0xf_ffff, COUNT.fetch_add(1, Ordering::Relaxed) & 0xffff)
}

impl<E> Guarded<E> {
    /// The peer of a request that is heard, or why it is not.
    fn heard(&self, req: &Request, peer: Peer) -> Result<Peer, Problem> {
        let refused = |status, words| Err(Problem::new(status, words));
        if !self.door.admits(&peer) {
            let words = Words::new("web.past-proxy").with("address", peer.address.to_string());
            return refused(StatusCode::FORBIDDEN, words);
        }
        if !self.door.hears(&peer) {
            let local = self.door.is_local();
            let words = Words::new(if local { "web.wrong-host" } else { "web.unknown-host" });
            return refused(StatusCode::MISDIRECTED_REQUEST, words.with("host", &peer.host));
        }
        let reads = matches!(*req.method(), Method::GET | Method::HEAD);
        let text = |name: HeaderName| req.headers().get(name).and_then(|value| value.to_str().ok());
        let own = match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
            (Some(site), _) => matches!(site, "same-origin" | "none"),
            (None, Some(origin)) => self.door.is_own_page(&peer, origin),
            (None, None) => true,
        };
        if reads || own { Ok(peer) } else { refused(StatusCode::FORBIDDEN, Words::new("web.cross-site")) }
    }
}

fn unclear(why: Unclear) -> Problem {
    let words = match why {
        Unclear::Host => Words::new("web.no-host"),
        Unclear::Proxy => Words::new("web.two-proxies"),
    };
    Problem::new(StatusCode::BAD_REQUEST, words)
}

/// The last part of a name of an uploaded file: some browsers send whole paths.
pub(super) fn file_name(given: &str) -> String {
    given.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_uploaded_files_are_made_plain() {
        assert_eq!(file_name("C:\\Отчёты\\свод.xlsx"), "свод.xlsx");
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("a\nb.xlsx"), "ab.xlsx");
    }
}

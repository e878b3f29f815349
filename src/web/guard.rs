//! The guard before every page: whose requests are heard, which headers every answer carries, what is written down.
//!
//! Invariant: neither answers of schools nor query strings are ever logged; paths hold only codes of forms, periods
//! and organisations.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};

use super::problem::{self, Problem};
use super::{Site, api};
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

/// For what only the asking browser may keep, and not for long: whoever loses the right to see it loses it.
pub(super) const PRIVATE: &str = "private, max-age=300";

/// The pages behind their guard.
pub(super) struct Guarded<E> {
    pub inner: E,
    pub site: Arc<Site>,
}

impl<E: Endpoint> Endpoint for Guarded<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let id = request_id();
        let (method, path) = (req.method().clone(), req.uri().path().to_owned());
        let ours = api::owns(&path);
        let mut response = match refusal(&req) {
            Some(problem) if ours => api::refused(&self.site, &req, problem),
            Some(problem) => problem::page(&self.site, problem),
            None => match self.inner.call(req).await {
                Ok(output) => output.into_response(),
                Err(error) if ours => api::refused_status(&self.site, error.status()),
                Err(error) => problem::page(&self.site, problem::of_status(error.status())),
            },
        };
        let headers = response.headers_mut();
        for (name, value) in HEADERS {
            // A file that is handed out has a stricter policy of its own.
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        if !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if let Ok(value) = HeaderValue::from_str(&id) {
            headers.insert(HeaderName::from_static("x-request-id"), value);
        }
        let (status, ms) = (response.status().as_u16(), started.elapsed().as_millis());
        tracing::info!(%id, %method, %path, status, %ms, "request");
        Ok(response)
    }
}

/// A number that tells requests and errors of one run apart, short enough to read out on the telephone.
pub(super) fn request_id() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = jiff::Timestamp::now().as_second();
    format!("{:05x}-{:04x}", now & 0xf_ffff, COUNT.fetch_add(1, Ordering::Relaxed) & 0xffff)
}

/// Why a request is not heard at all.
fn refusal(req: &Request) -> Option<Problem> {
    let text = |name: HeaderName| req.headers().get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).or_else(|| req.uri().authority().map(|authority| authority.as_str()));
    // A page of a foreign site may point its own name at this machine; its requests carry that name.
    if !host.is_some_and(is_loopback) {
        return Some(Problem::new(StatusCode::MISDIRECTED_REQUEST, Words::new("web.wrong-host")));
    }
    let reads = matches!(*req.method(), Method::GET | Method::HEAD);
    let own = match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, at)| at) == host,
        (None, None) => true,
    };
    (!reads && !own).then(|| Problem::new(StatusCode::FORBIDDEN, Words::new("web.cross-site")))
}

/// Whether a host is a name of this machine for itself, with or without a port.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// The last part of a name of an uploaded file: some browsers send whole paths.
pub(super) fn file_name(given: &str) -> String {
    given.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_own_names_only() {
        for (host, ours) in [
            ("localhost", true),
            ("LOCALHOST:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("127.0.0.1.evil.example", false),
            ("svod.example:8080", false),
            ("192.168.0.10", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(host), ours, "{host}");
        }
    }

    #[test]
    fn names_of_uploaded_files_are_made_plain() {
        assert_eq!(file_name("C:\\Отчёты\\свод.xlsx"), "свод.xlsx");
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("a\nb.xlsx"), "ab.xlsx");
    }
}

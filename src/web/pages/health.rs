//! `/health`, `/health.json` and `/metrics`: how the server is, for programs that watch it.
//!
//! Invariant: nothing here names a person, an organisation, a form or a path of the machine.

use std::time::Duration;

use jiff::Zoned;
use poem::Response;
use poem::http::{StatusCode, header};
use serde_json::json;

use crate::backup;
use crate::error::{Error, Result};
use crate::lang::Words;
use crate::web::meter::Reading;
use crate::web::visit::Visit;

/// How long the data file may take to answer a look before it counts as not answering.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is known of how the server is.
struct Health {
    reads: bool,
    copies: &'static str,
    age: Option<u64>,
}

impl Health {
    async fn of(visit: &Visit) -> Health {
        let site = &*visit.site;
        let look = tokio::time::timeout(PATIENCE, site.db.answers()).await;
        let reads = matches!(look, Ok(Ok(())));
        let copies = if site.copies.alarm(Zoned::now().datetime()).is_some() { "late" } else { "ok" };
        Health { reads, copies: if site.copies.nightly() { copies } else { "off" }, age: copy_age(visit) }
    }

    fn word(&self) -> &'static str {
        if self.reads { "ok" } else { "failed" }
    }

    fn status(&self) -> StatusCode {
        if self.reads { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    }
}

/// How long ago the last copy of the data file was made, in seconds.
fn copy_age(visit: &Visit) -> Option<u64> {
    let age = Zoned::now().datetime().duration_since(backup::actions::last(&visit.site.copies)?);
    u64::try_from(age.as_secs()).ok()
}

/// `/health`: lines of text.
pub(super) async fn show(visit: Visit) -> Result<Response> {
    let health = Health::of(&visit).await;
    let age = health.age.map_or_else(|| "none".to_owned(), |age| age.to_string());
    let lines = [
        ("status", health.word()),
        ("data_file", health.word()),
        ("copies", health.copies),
        ("last_copy_age_seconds", &age),
        ("version", env!("CARGO_PKG_VERSION")),
    ];
    let text: String = lines.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    Ok(Response::builder().status(health.status()).content_type("text/plain; charset=utf-8").body(text))
}

/// `/health.json`: the same as JSON.
pub(super) async fn json(visit: Visit) -> Result<Response> {
    let health = Health::of(&visit).await;
    let said = json!({
        "status": health.word(),
        "data_file": health.word(),
        "copies": health.copies,
        "last_copy_age_seconds": health.age,
        "version": env!("CARGO_PKG_VERSION"),
    });
    Ok(Response::builder().status(health.status()).content_type("application/json").body(said.to_string()))
}

/// `/metrics`: for a collector on this machine; for anybody else there is no such page.
pub(super) async fn metrics(visit: Visit) -> Result<Response> {
    if visit.peer.proxied || !visit.peer.address.is_loopback() {
        return Err(Error::NotFound(Words::new("web.no-page")));
    }
    let file = visit.site.db.file();
    let now = Reading {
        writers_waiting: visit.site.db.waiting(),
        data_bytes: backup::actions::size(&file),
        free_bytes: file.parent().and_then(|folder| fs4::available_space(folder).ok()).unwrap_or(0),
        memory_bytes: resident().unwrap_or(0),
        copy_age: copy_age(&visit),
    };
    let said = visit.meter.say(now).map_err(|why| Error::Internal(why.to_string()))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(Response::builder().header(header::CONTENT_TYPE, kind).body(said))
}

/// The memory that the program takes now, in bytes, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes << 10)
}

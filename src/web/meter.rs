//! What the program counts of itself while it serves, in the words of Prometheus.
//!
//! Invariant: no label holds anything that a person typed; a request is known by the pattern of its page alone.

use std::fmt::Error as Unwritten;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// The bounds of the durations, in seconds.
const BOUNDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The pattern of a request that found no page.
const NO_PAGE: &str = "none";

/// The pattern of the page that gave an answer, put on the answer by the page's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern(pub &'static str);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    route: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Place {
    method: &'static str,
    route: &'static str,
}

/// What is measured at the moment of asking.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading {
    /// How many wait to write.
    pub writers_waiting: u64,
    /// The size of the data file with what is beside it, in bytes.
    pub data_bytes: u64,
    /// The room on its disk, in bytes.
    pub free_bytes: u64,
    /// The memory that the program takes, in bytes.
    pub memory_bytes: u64,
    /// How long ago the last copy was made, in seconds.
    pub copy_age: Option<u64>,
}

type Level = Gauge<u64, AtomicU64>;

/// The counters of one server.
#[derive(Debug)]
pub(super) struct Meter {
    registry: Registry,
    started: Instant,
    requests: Family<Asked, Counter>,
    durations: Family<Place, Histogram>,
    uptime: Level,
    writers: Level,
    data: Level,
    free: Level,
    memory: Level,
    copy: Level,
}

impl Meter {
    pub fn new() -> Meter {
        let mut registry = Registry::default();
        let level = |registry: &mut Registry, name: &str, help: &str, unit: Option<Unit>| {
            let level = Level::default();
            match unit {
                Some(unit) => registry.register_with_unit(name, help, unit, level.clone()),
                None => registry.register(name, help, level.clone()),
            }
            level
        };
        let requests = Family::default();
        registry.register("svod_http_requests", "Requests by page and class of status", requests.clone());
        let histogram: fn() -> Histogram = || Histogram::new(BOUNDS);
        let durations = Family::new_with_constructor(histogram);
        let help = "How long answers took until they began";
        registry.register_with_unit("svod_http_duration", help, Unit::Seconds, durations.clone());
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("svod_build", "The version of the program", version);
        let (bytes, seconds) = (|| Some(Unit::Bytes), || Some(Unit::Seconds));
        Meter {
            uptime: level(&mut registry, "svod_uptime", "How long the server has been at work", seconds()),
            writers: level(&mut registry, "svod_writers_waiting", "Changes that wait for the one writer", None),
            data: level(&mut registry, "svod_data_file", "The data file with what is beside it", bytes()),
            free: level(&mut registry, "svod_data_disk_free", "The room on the disk of the data file", bytes()),
            memory: level(&mut registry, "process_resident_memory", "The memory of the program", bytes()),
            copy: level(
                &mut registry,
                "svod_last_copy_age",
                "How old the last copy of the data file is; 0: none",
                seconds(),
            ),
            started: Instant::now(),
            registry,
            requests,
            durations,
        }
    }

    /// Counts a request that was answered.
    pub fn count(&self, method: &str, pattern: Option<Pattern>, status: u16, took: Duration) {
        let (route, method) = (pattern.map_or(NO_PAGE, |pattern| pattern.0), known_method(method));
        self.requests.get_or_create(&Asked { method, route, status: class(status) }).inc();
        self.durations.get_or_create(&Place { method, route }).observe(took.as_secs_f64());
    }

    /// Everything that was counted, with a reading of now, as text.
    pub fn say(&self, now: Reading) -> Result<String, Unwritten> {
        self.uptime.set(self.started.elapsed().as_secs());
        self.writers.set(now.writers_waiting);
        self.data.set(now.data_bytes);
        self.free.set(now.free_bytes);
        self.memory.set(now.memory_bytes);
        self.copy.set(now.copy_age.unwrap_or(0));
        let mut said = String::new();
        text::encode(&mut said, &self.registry)?;
        Ok(said)
    }
}

/// The methods that are counted each by its own name: senders may make up others.
fn known_method(method: &str) -> &'static str {
    ["GET", "HEAD", "POST"].into_iter().find(|known| *known == method).unwrap_or("other")
}

fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_page_and_class() {
        let meter = Meter::new();
        let page = Some(Pattern("/report/:form/:period/:org"));
        meter.count("GET", page, 200, Duration::from_millis(3));
        meter.count("GET", page, 200, Duration::from_millis(300));
        meter.count("POST", page, 303, Duration::from_millis(3));
        meter.count("BREW", None, 404, Duration::from_millis(1));
        let now = Reading { data_bytes: 4096, writers_waiting: 2, ..Reading::default() };
        let said = meter.say(now).unwrap();
        for line in [
            "svod_http_requests_total{method=\"GET\",route=\"/report/:form/:period/:org\",status=\"2xx\"} 2",
            "svod_http_requests_total{method=\"POST\",route=\"/report/:form/:period/:org\",status=\"3xx\"} 1",
            "svod_http_requests_total{method=\"other\",route=\"none\",status=\"4xx\"} 1",
            "svod_http_duration_seconds_bucket{le=\"0.005\",method=\"GET\",route=\"/report/:form/:period/:org\"} 1",
            "svod_http_duration_seconds_count{method=\"GET\",route=\"/report/:form/:period/:org\"} 2",
            "svod_data_file_bytes 4096",
            "svod_writers_waiting 2",
        ] {
            assert!(said.lines().any(|said| said == line), "{line} in:\n{said}");
        }
        assert!(said.ends_with("# EOF\n"));
    }
}

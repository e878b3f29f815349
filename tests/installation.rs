//! A server that others can reach: who is believed, what bad requests are answered, headers on every answer, health.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "the helpers of a test fail as the test does")]

#[path = "common/district.rs"]
mod district;
#[path = "run/mod.rs"]
mod run;
#[path = "common/skip.rs"]
mod skip;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use district::{District, TWO_SCHOOLS};
use poem::http::StatusCode;
use poem::test::TestClient;
use run::Server;
use svod::web::app;

/// What every answer must carry.
const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", "default-src 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=()"),
    ("cache-control", ""),
];

/// What no answer may carry: it would tell what the server is made of.
const SILENT: [&str; 2] = ["server:", "x-powered-by:"];

/// What was answered to bytes as they are: the status (0: the connection was closed), the head in small letters, the
/// body.
fn told(server: &Server, request: &[u8]) -> (u16, String, String) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // A server that has heard enough closes while more is on its way.
    let _ = stream.write_all(&keyed(server, request));
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, head.to_lowercase(), body.to_owned())
}

/// A request with the key to the pages, right behind the name of the server.
fn keyed(server: &Server, request: &[u8]) -> Vec<u8> {
    const HOST: &[u8] = b"\r\nHost: localhost\r\nConnection: close\r\n";
    match request.windows(HOST.len()).position(|window| window == HOST) {
        Some(at) => {
            [&request[..at + HOST.len()], server.cookie().as_bytes(), b"\r\n", &request[at + HOST.len()..]].concat()
        }
        None => request.to_vec(),
    }
}

/// The head of a request, with what belongs to it beside the name of the server.
fn get(path: &str, lines: &[&str]) -> Vec<u8> {
    let more: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n").into_bytes()
}

/// A form that is sent.
fn post(path: &str, lines: &[&str], body: &str) -> Vec<u8> {
    let form = "Content-Type: application/x-www-form-urlencoded";
    let kind = if lines.iter().any(|line| line.starts_with("Content-Type")) { "X-Kind: own" } else { form };
    let more: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let length = format!("Content-Length: {}", body.len());
    let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{kind}\r\n{length}\r\n{more}");
    format!("{head}\r\n{body}").into_bytes()
}

fn missing(head: &str) -> Vec<&'static str> {
    let carries = |name: &str, value: &str| head.contains(&format!("\r\n{name}: {value}"));
    let absent = HEADERS.iter().filter(|(name, value)| !carries(name, value)).map(|(name, _)| *name);
    absent.chain(SILENT.into_iter().filter(|name| head.contains(&format!("\r\n{name}")))).collect()
}

/// A form in chunks that also says a length: the chunks count, and what follows is no request of its own.
fn smuggled() -> Vec<u8> {
    let form = "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nContent-Length: 4";
    let hidden = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let chunks = "b\r\nlanguage=en\r\n0\r\n\r\n";
    format!("POST /language HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{form}\r\n\r\n{chunks}{hidden}")
        .into_bytes()
}

/// Sends every request, prints what it was answered, and names all that were answered otherwise than expected.
fn all_answered(server: &Server, cases: Vec<Case>) {
    let mut wrong = Vec::new();
    println!("{:<48} {:>6}  headers", "request", "answer");
    for (name, request, expected) in cases {
        let (status, head, body) = told(server, &request);
        let missing = missing(&head);
        println!("{name:<48} {status:>6}  {}", if missing.is_empty() { "all" } else { "not all" });
        let fits = status == expected && missing.is_empty();
        let page = status < 400 || body.contains("<h1>");
        if !fits || !page {
            wrong.push(format!("{name}: {status} instead of {expected}, without {missing:?}\n{head}\n{body}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong answer(s):\n{}", wrong.len(), wrong.join("\n\n"));
}

fn server(more: &[&str]) -> (Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Server::start(folder.path(), &[&["--no-backup"], more].concat()), folder)
}

const FORGED: [&str; 4] = [
    "X-Forwarded-For: 203.0.113.9",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.example",
    "Forwarded: for=203.0.113.9;proto=https;host=evil.example",
];

#[test]
fn forwarded_headers_are_believed_from_trusted_proxies_alone() {
    let (alone, _folder) = server(&[]);
    let (elsewhere, _folder2) = server(&["--behind-proxy", "10.9.9.9,10.8.0.0/16", "--host", "svod.example"]);
    for server in [&alone, &elsewhere] {
        let (status, head, _) = told(server, &get("/metrics", &FORGED));
        assert_eq!(status, 200, "still a request of this machine");
        assert!(!head.contains("strict-transport-security"), "{head}");
        let (status, ..) = told(server, &post("/language", &[FORGED[1], "Origin: http://localhost"], "language=en"));
        assert_eq!(status, 303);
    }
    let (behind, _folder3) = server(&["--behind-proxy", "--host", "svod.example"]);
    let proxy = ["X-Forwarded-For: 6.6.6.6, 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: svod.example"];
    let (status, head, _) = told(&behind, &get("/health", &proxy));
    assert_eq!(status, 200);
    assert!(head.contains("\r\nstrict-transport-security: max-age=31536000\r\n"), "{head}");
    assert_eq!(told(&behind, &get("/metrics", &proxy)).0, 404, "no page for those who come through the proxy");
    let (status, head, _) = told(&behind, &get("/health", &[]));
    assert!(status == 200 && !head.contains("strict-transport-security"), "the proxy's own question: {head}");
    assert_eq!(told(&behind, &get("/", &[proxy[0], proxy[1], FORGED[2]])).0, 421);
    let (status, _, body) = told(&behind, &get("/", &[proxy[0], "Forwarded: for=7.7.7.7"]));
    assert!(status == 400 && body.contains("Forwarded"), "{body}");

    let sent = |origin: &str| told(&behind, &post("/language", &[&proxy[..], &[origin]].concat(), "language=en&to=/"));
    let (status, head, _) = sent("Origin: https://svod.example");
    assert!(status == 303 && head.contains("httponly; secure"), "{head}");
    for foreign in ["Origin: http://svod.example", "Origin: https://evil.example", "Origin: http://localhost"] {
        assert_eq!(sent(foreign).0, 403, "{foreign}");
    }
}

/// An address of this machine that others could reach; no packet is sent to find it.
fn outward() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[test]
fn a_network_is_served_the_way_that_was_said() {
    let Some(own) = outward() else { return skip::skipped("this machine has no address but its own") };
    let folder = tempfile::tempdir().unwrap();
    let ask = |server: &Server, host: &str, lines: &[&str]| {
        let port = server.address().split(':').nth(1).unwrap();
        let mut stream = TcpStream::connect(format!("{own}:{port}")).unwrap();
        let more: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        write!(stream, "GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let plain = Server::listening(folder.path(), "0.0.0.0:0", &["--no-backup", "--plain-http", "--host", "svod.local"]);
    for host in ["svod.local", &own.to_string()] {
        let answer = ask(&plain, host, &["X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: https"]);
        assert!(answer.starts_with("HTTP/1.1 404") && !answer.contains("strict-transport-security"), "{answer}");
    }
    assert!(ask(&plain, "evil.example", &[]).starts_with("HTTP/1.1 421"));
    drop(plain);

    let behind = Server::listening(folder.path(), "0.0.0.0:0", &["--no-backup", "--behind-proxy"]);
    let past = ask(&behind, "svod.example", &["X-Forwarded-For: 127.0.0.1"]);
    assert!(past.starts_with("HTTP/1.1 403") && past.contains(&own.to_string()), "{past}");
    drop(behind);

    let proxy = format!("127.0.0.1,{own}");
    let behind = Server::listening(folder.path(), "0.0.0.0:0", &["--no-backup", "--behind-proxy", &proxy]);
    let answer = ask(&behind, "svod.example", &["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"]);
    assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("strict-transport-security"), "{answer}");
}

/// What the README has people copy is what the program takes.
#[test]
fn the_readme_installs_this_program() {
    let readme = include_str!("../README.md");
    let block = |kind: &str| -> &str {
        let begun = readme.split(&format!("```{kind}\n")).nth(1).unwrap();
        begun.split("```").next().unwrap()
    };
    let command = block("ini").lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/svod ")).unwrap();
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_svod")).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let flags: Vec<&str> = command.split(' ').filter(|word| word.starts_with("--")).collect();
    assert_eq!(flags, ["--behind-proxy", "--host"]);
    for flag in flags.into_iter().chain(["--plain-http", "--backup-dir"]) {
        assert!(help.contains(flag), "{flag}");
    }
    for header in
        ["X-Forwarded-For   $remote_addr", "X-Forwarded-Proto $scheme", "X-Forwarded-Host  $http_host", "Forwarded "]
    {
        assert!(block("nginx").contains(header), "nginx must write {header} itself");
    }
    assert!(block("caddy").contains("header_up -Forwarded"));
}

/// What is sent, the bytes of it, the status of its answer.
type Case = (&'static str, Vec<u8>, u16);

/// Names, methods, header lines.
fn heads() -> Vec<Case> {
    let raw = |text: &str| text.replace('\n', "\r\n").into_bytes();
    let flood: Vec<String> = (0..200).map(|n| format!("X-Flood-{n}: 1")).collect();
    let flood: Vec<&str> = flood.iter().map(String::as_str).collect();
    let large = format!("Cookie: {}", "a".repeat(100 << 10));
    vec![
        ("a page", get("/", &[]), 200),
        ("forged forwarded headers", get("/", &FORGED), 200),
        ("no host", raw("GET / HTTP/1.1\nConnection: close\n\n"), 400),
        ("two hosts", get("/", &["Host: localhost"]), 400),
        ("a foreign host", raw("GET / HTTP/1.1\nHost: evil.example\nConnection: close\n\n"), 421),
        ("a foreign host in the target", get("http://evil.example/", &[]), 400),
        ("200 header lines", get("/", &flood), 431),
        ("a header of 100 KB", get("/", &[&large]), 431),
        ("a form for a page that only shows", post("/orgs", &[], "a=1"), 405),
        ("a method of no page", raw("DELETE / HTTP/1.1\nHost: localhost\nConnection: close\n\n"), 405),
        ("TRACE", raw("TRACE / HTTP/1.1\nHost: localhost\nConnection: close\n\n"), 405),
        ("an invented method", raw("BREW / HTTP/1.1\nHost: localhost\nConnection: close\n\n"), 405),
        ("a question after everything", raw("OPTIONS * HTTP/1.1\nHost: localhost\nConnection: close\n\n"), 404),
        ("no HTTP at all", raw("hello\n\n"), 400),
        ("encryption where there is none", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), 400),
    ]
}

/// Forms from elsewhere, too large, compressed, broken.
fn bodies() -> Vec<Case> {
    let raw = |text: &str| text.replace('\n', "\r\n").into_bytes();
    let long = "a=".to_owned() + &"1".repeat(10 << 20);
    let report = "/report/staffing/2025Sep/1";
    let chunked = |size: usize| {
        let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", size, "a".repeat(size));
        let head = "POST /language HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n";
        format!("{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{chunk}").into_bytes()
    };
    vec![
        ("a form from a foreign site", post("/language", &["Sec-Fetch-Site: cross-site"], "language=en"), 403),
        ("a form from a neighbouring site", post("/language", &["Sec-Fetch-Site: same-site"], "language=en"), 403),
        ("a form from a foreign origin", post("/language", &["Origin: http://evil.example"], "language=en"), 403),
        ("a form from nowhere", post("/language", &["Origin: null"], "language=en"), 403),
        ("10 MB in a small form", post("/language", &[], &long), 413),
        ("10 MB in a questionnaire", post(report, &[], &long), 413),
        ("10 MB of unknown length", chunked(10 << 20), 413),
        ("a compressed form", post("/language", &["Content-Encoding: gzip"], "language=en"), 415),
        ("a compressed questionnaire", post(report, &["Content-Encoding: br"], "a=1"), 415),
        ("a form that is JSON", post("/language", &["Content-Type: application/json"], "{}"), 415),
        ("parts without a boundary", post("/import", &["Content-Type: multipart/form-data"], "x"), 400),
        ("parts that are cut off", post("/import", &["Content-Type: multipart/form-data; boundary=b"], "--b\r\n"), 400),
        ("two lengths", post("/language", &["Content-Length: 3"], "language=en"), 400),
        ("a length and chunks", smuggled(), 303),
        ("a length that is none", raw("POST / HTTP/1.1\nHost: localhost\nContent-Length: -1\n\n"), 400),
    ]
}

/// Addresses that lead nowhere, or try to lead out.
fn paths() -> Vec<Case> {
    let deep = "/a".repeat(20_000);
    let longest = format!("/{}", "a".repeat(70_000));
    vec![
        ("up and out", get("/../../etc/passwd", &[]), 404),
        ("up and out, encoded", get("/%2e%2e/%2e%2e/etc/passwd", &[]), 404),
        ("up and out of the style sheets", get("/assets/..%2f..%2fCargo.toml", &[]), 404),
        ("up with backslashes", get("/assets/..%5c..%5cCargo.toml", &[]), 404),
        ("two slashes", get("//", &[]), 404),
        ("a foreign site behind two slashes", get("//evil.example/", &[]), 404),
        ("an encoded slash", get("/help%2freference", &[]), 404),
        ("a nothing, encoded", get("/assets/svod.css%00.txt", &[]), 404),
        ("a nothing in a code", get("/report/staffing/2025Sep/1%00", &[]), 404),
        ("letters that are none", get("/forms/%ff%fe/2025Sep", &[]), 404),
        ("half an encoding", get("/forms/%/2025Sep", &[]), 404),
        ("a nothing, bare", get("/a\0b", &[]), 400),
        ("a line end in the address", get("/%0d%0aSet-Cookie:%20a=1", &[]), 404),
        ("20,000 folders", get(&deep, &[]), 404),
        ("an address of 70,000 letters", get(&longest, &[]), 414),
        ("no such page", get("/nowhere", &[]), 404),
        ("no such style sheet", get("/assets/other.css", &[]), 404),
    ]
}

#[test]
fn bad_requests_get_a_page_and_all_headers() {
    let (server, _folder) = server(&[]);
    all_answered(&server, [heads(), bodies(), paths()].concat());
    let page = told(&server, &get("/", &[])).2;
    let style = page.split("href=\"").find(|rest| rest.starts_with("/assets/")).unwrap().split('"').next().unwrap();
    all_answered(&server, vec![("a style sheet", get(style, &[]), 200), ("health", get("/health", &[]), 200)]);
}

#[tokio::test]
async fn a_data_file_that_does_not_answer_is_told_by_page_and_by_health() {
    let district = District::new(&TWO_SCHOOLS, &[]).await;
    let client = TestClient::new(app(district.site()));
    let ask = async |path: &str| client.get(path).header("host", "localhost").send().await.0;
    let health = ask("/health.json").await;
    assert_eq!(health.status(), StatusCode::OK);
    let said: serde_json::Value = serde_json::from_str(&health.into_body().into_string().await.unwrap()).unwrap();
    let known = serde_json::json!({
        "status": "ok", "data_file": "ok", "copies": "off", "last_copy_age_seconds": null,
        "version": env!("CARGO_PKG_VERSION"),
    });
    assert_eq!(said, known, "and nothing else");

    district.db.clone().close().await;
    let health = ask("/health").await;
    assert_eq!(health.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(health.into_body().into_string().await.unwrap().starts_with("status: failed\ndata_file: failed\n"));
    let home = ask("/").await;
    assert!(home.status().is_server_error(), "{}", home.status());
    for (name, value) in HEADERS {
        assert!(home.headers()[name].to_str().unwrap().starts_with(value), "{name}");
    }
    assert!(home.into_body().into_string().await.unwrap().contains("<h1>"));
}

#[test]
fn metrics_count_requests_by_page_for_this_machine() {
    let (server, _folder) = server(&[]);
    for path in ["/", "/orgs", "/report/staffing/2025Sep/nobody", "/nowhere/secret-word"] {
        told(&server, &get(path, &[]));
    }
    let (status, head, body) = told(&server, &get("/metrics", &[]));
    assert_eq!((status, missing(&head)), (200, vec![]));
    for line in [
        "svod_http_requests_total{method=\"GET\",route=\"/\",status=\"2xx\"} 1",
        "svod_http_requests_total{method=\"GET\",route=\"/report/:form/:period/:org\",status=\"4xx\"} 1",
        "svod_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"} 1",
        "svod_writers_waiting 0",
    ] {
        assert!(body.lines().any(|said| said == line), "{line} in:\n{body}");
    }
    let value = |name: &str| -> f64 {
        let line = body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.parse().ok()).unwrap_or(-1.0)
    };
    assert!(value("svod_data_file_bytes") > 100_000.0 && value("svod_data_disk_free_bytes") > 0.0, "{body}");
    assert!(value("svod_uptime_seconds") >= 0.0);
    if cfg!(target_os = "linux") {
        assert!(value("process_resident_memory_bytes") > 1e6, "{body}");
    }
    assert!(!body.contains("nobody") && !body.contains("secret-word"), "nothing that was asked for by name");
}

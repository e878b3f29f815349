//! The real server as a child process, and a plain client of it.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::key::cookie;
use super::world::{fields, report_of, value_of};

/// A server that ends with its test.
pub struct Server {
    child: Child,
    pub at: SocketAddr,
    said: Arc<Mutex<String>>,
}

/// What a server answered.
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub body: String,
}

/// The command that serves a data folder, with the forms beside the data.
pub fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svod"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).arg("--forms").arg(data.join("forms"));
    command.env("RUST_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Starts serving without waiting for it.
pub fn spawn(data: &Path) -> Child {
    command(data).spawn().unwrap()
}

impl Server {
    /// Starts serving a data folder and waits until it listens.
    pub fn start(data: &Path) -> Server {
        Server::of(spawn(data)).unwrap_or_else(|said| panic!("the server did not start: {said}"))
    }

    /// Waits until a child listens; what it said where it ended instead.
    pub fn of(mut child: Child) -> std::result::Result<Server, String> {
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut before = String::new();
        let at = loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap() == 0 {
                let _ = child.wait();
                return Err(before);
            }
            if let Some(rest) = line.split("http://").nth(1) {
                break rest.split('/').next().unwrap().parse().unwrap();
            }
            before += &line;
        };
        // Who does not listen on makes the server wait.
        let said = Arc::new(Mutex::new(before));
        let heard = said.clone();
        std::thread::spawn(move || {
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
                heard.lock().unwrap().push_str(&std::mem::take(&mut line));
            }
        });
        Ok(Server { child, at, said })
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it has ended by itself, and everything that it said.
    pub fn ended(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        let until = Instant::now() + Duration::from_secs(2);
        while Arc::strong_count(&self.said) > 1 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        (status, self.said())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks for a page.
///
/// # Errors
/// Where the answer does not arrive whole.
pub fn get(at: SocketAddr, path: &str) -> Result<Answer> {
    exchange(at, &format!("GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n{}\r\n\r\n", cookie()))
}

/// Posts a form as a browser does.
///
/// # Errors
/// As [`get`].
pub fn post(at: SocketAddr, path: &str, fields: &[(String, String)]) -> Result<Answer> {
    exchange(at, &posting(at, path, fields))
}

/// Posts fields and a file as a browser does.
///
/// # Errors
/// As [`get`].
pub fn post_parts(
    at: SocketAddr,
    path: &str,
    fields: &[(&str, String)],
    (field, name, content): (&str, &str, &str),
) -> Result<Answer> {
    let part =
        |head: String, content: &str| format!("--part\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n");
    let mut body: String = fields.iter().map(|(name, value)| part(format!("name=\"{name}\""), value)).collect();
    body += &part(format!("name=\"{field}\"; filename=\"{name}\""), content);
    body += "--part--\r\n";
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary=part\r\nContent-Length: {}\r\n{}\r\n\r\n{body}",
        body.len(),
        cookie()
    );
    exchange(at, &request)
}

/// The request that posts a form.
pub fn posting(at: SocketAddr, path: &str, fields: &[(String, String)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let body = pairs.join("&");
    format!(
        "POST {path} HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{}\r\n\r\n{body}",
        body.len(),
        cookie()
    )
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn exchange(at: SocketAddr, request: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request.as_bytes())?;
    answer(&mut stream)
}

/// Reads an answer to its end.
///
/// # Errors
/// Where it does not arrive whole.
pub fn answer(stream: &mut TcpStream) -> Result<Answer> {
    let cut = || Error::from(ErrorKind::UnexpectedEof);
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut)?;
    let header = |name: &str| {
        head.lines().filter_map(|line| line.split_once(": ")).find(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let length = header("content-length").map_or(0, |(_, length)| length.parse().unwrap());
    if body.len() < length {
        return Err(cut());
    }
    let status = head.split(' ').nth(1).ok_or_else(cut)?.parse().unwrap();
    let location = header("location").map(|(_, location)| location.to_owned()).unwrap_or_default();
    Ok(Answer { status, location, body: body.to_owned() })
}

/// Sends a report as a person does: opens the questionnaire, fills it, looks at the confirmation, confirms. `attempt`
/// is called right before the confirmation goes out.
///
/// # Errors
/// Where the server goes away meanwhile: it is not known then whether the report was sent.
pub fn send(at: SocketAddr, school: &str, number: u64, attempt: impl FnOnce()) -> Result<()> {
    let report = report_of(school);
    let page = get(at, &format!("{report}?edit=1"))?;
    let mut filled = fields(number);
    filled.push(("was".to_owned(), value_of(&page.body, "was")));
    filled.push(("do".to_owned(), "send".to_owned()));
    let kept = post(at, &report, &filled)?;
    assert_eq!((kept.status, kept.location.as_str()), (303, format!("{report}/send").as_str()), "{}", kept.body);
    let confirm = get(at, &kept.location)?;
    let seal = ("seal".to_owned(), value_of(&confirm.body, "seal"));
    attempt();
    let sent = post(at, &kept.location, &[seal])?;
    assert_eq!((sent.status, sent.location.as_str()), (303, format!("{report}?sent=1").as_str()), "{}", sent.body);
    Ok(())
}

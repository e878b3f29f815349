//! The program as people run it: its commands, its pages, workbooks that they bring.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rust_xlsxwriter::Workbook;

#[path = "../common/key.rs"]
pub mod key;

const FORMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/forms");

/// Writes a sheet of texts; what reads as a number is a number.
pub fn workbook(path: &Path, rows: &[&[&str]]) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0u32..).zip(rows) {
        for (column, text) in (0u16..).zip(*cells) {
            match text.parse::<f64>() {
                Ok(number) if column > 0 => sheet.write_number(row, column, number).unwrap(),
                _ => sheet.write_string(row, column, *text).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

/// Runs a command in a folder, on the data in it and the forms of the project.
pub fn svod(dir: &Path, args: &[&str]) -> Output {
    let data = dir.join("data");
    let mut command = Command::new(env!("CARGO_BIN_EXE_svod"));
    command.current_dir(dir).args(args).args(["--forms", FORMS, "--data"]).arg(data).output().unwrap()
}

/// The command has done what it was asked to.
pub fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A server on a free port of this machine, ended with the value.
pub struct Server {
    child: Child,
    address: String,
    cookie: String,
}

impl Server {
    /// Starts one in a folder, on the data in it and the forms of the project.
    pub fn start(dir: &Path, more: &[&str]) -> Server {
        Server::listening(dir, "127.0.0.1:0", more)
    }

    /// Starts one in a folder, on the data in it and the forms of another.
    pub fn on_forms(dir: &Path, forms: &Path, more: &[&str]) -> Server {
        Server::of((dir, forms), "127.0.0.1:0", more)
    }

    /// Starts one on an address of this machine.
    pub fn listening(dir: &Path, listen: &str, more: &[&str]) -> Server {
        Server::of((dir, Path::new(FORMS)), listen, more)
    }

    fn of((dir, forms): (&Path, &Path), listen: &str, more: &[&str]) -> Server {
        let demo = more.contains(&"--demo");
        if !demo {
            key::let_into(&dir.join("data"));
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_svod"))
            .current_dir(dir)
            .args(["serve", "--listen", listen, "--forms"])
            .arg(forms)
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let opens = format!("http://{}", listen.trim_end_matches('0'));
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains(&opens))).unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let server = Server { child, address, cookie: key::cookie() };
        if demo { server.entered() } else { server }
    }

    /// The same server, whose pages are asked for by the administrator of the demonstration.
    fn entered(mut self) -> Server {
        let (head, _) = self.get("/enter?as=admin");
        let cookies = head.lines().filter_map(|line| line.strip_prefix("set-cookie: svod-session="));
        let session = cookies.map(|rest| rest.split(';').next().unwrap().to_owned()).next().unwrap();
        self.cookie = format!("Cookie: svod-session={session}");
        self
    }

    /// The header with which its pages are asked for.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The head and the body that an address answers with.
    pub fn get(&self, path: &str) -> (String, Vec<u8>) {
        let head = format!("Host: {}\r\nConnection: close\r\n{}", self.address, self.cookie);
        self.ask(&format!("GET {path} HTTP/1.1\r\n{head}\r\n\r\n"))
    }

    /// The same for fields that are posted, written as browsers write them.
    pub fn post(&self, path: &str, fields: &str) -> (String, Vec<u8>) {
        let (at, cookie, length) = (&self.address, &self.cookie, fields.len());
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nConnection: close\r\n{cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{fields}"
        ))
    }

    fn ask(&self, request: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        (String::from_utf8_lossy(&bytes[..end]).into_owned(), bytes.split_off(end + 4))
    }

    /// A page that is there, with plain spaces.
    pub fn page(&self, path: &str) -> String {
        let (head, body) = self.get(path);
        assert!(head.lines().next().unwrap_or_default().ends_with("200 OK"), "{path}: {head}");
        String::from_utf8(body).unwrap().replace('\u{a0}', " ")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! The program as people run it: its commands, its pages, workbooks that they bring.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rust_xlsxwriter::Workbook;

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
}

impl Server {
    /// Starts one in a folder, on the data in it and the forms of the project.
    pub fn start(dir: &Path, more: &[&str]) -> Server {
        Server::listening(dir, "127.0.0.1:0", more)
    }

    /// Starts one on an address of this machine.
    pub fn listening(dir: &Path, listen: &str, more: &[&str]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_svod"))
            .current_dir(dir)
            .args(["serve", "--listen", listen, "--forms", FORMS])
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let opens = format!("http://{}", listen.trim_end_matches('0'));
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains(&opens))).unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Server { child, address }
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The head and the body that an address answers with.
    pub fn get(&self, path: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
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

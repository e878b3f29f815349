//! What a file is by its content: names lie, contents less so.

use std::io::Cursor;

use memchr::memmem;
use zip::ZipArchive;

use super::budget;
use crate::lang::Words;

/// A kind of content that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Excel since 2007: .xlsx and .xlsm.
    Xlsx,
}

/// The kind of a file's content.
///
/// # Errors
///
/// The file is empty, protected by a password, or no spreadsheet: then the words say what it looks like.
pub(super) fn content(bytes: &[u8]) -> Result<Content, Words> {
    if bytes.is_empty() {
        return Err(Words::new("sheet.empty"));
    }
    if bytes.starts_with(b"PK") {
        return archive(bytes);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return compound(bytes);
    }
    Err(not_a_workbook(looks(bytes)))
}

/// Beginnings of files that people send instead of a workbook.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"MZ", "EXE"),
    (b"SQLite format 3", "SQLite"),
];

/// What content that is no spreadsheet looks like.
fn looks(bytes: &[u8]) -> Words {
    if let Some((_, format)) = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning)) {
        return Words::new("sheet.looks-format").with("format", *format);
    }
    let head = &bytes[..bytes.len().min(4096)];
    let lower = head.to_ascii_lowercase();
    if [&b"<html"[..], b"<!doctype html", b"<table", b"<body"].iter().any(|tag| memmem::find(&lower, tag).is_some()) {
        return Words::new("sheet.looks-html");
    }
    let control = head.iter().filter(|byte| **byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r')).count();
    if control == 0 { Words::new("sheet.looks-text") } else { Words::new("sheet.looks-nothing") }
}

fn not_a_workbook(looks: Words) -> Words {
    Words::new("sheet.not-a-workbook").with("looks", looks)
}

/// Parts that tell what an archive holds; the first that is there decides.
const PARTS: &[(&str, Holds)] = &[
    ("xl/workbook.bin", Holds::Other("Excel (.xlsb)")),
    ("content.xml", Holds::Other("OpenDocument (.ods)")),
    ("word/document.xml", Holds::Document("Word (.docx)")),
    ("ppt/presentation.xml", Holds::Document("PowerPoint (.pptx)")),
    ("Index/Document.iwa", Holds::Document("Apple Numbers")),
    ("_rels/.rels", Holds::Workbook),
];

#[derive(Clone, Copy)]
enum Holds {
    Workbook,
    Other(&'static str),
    Document(&'static str),
}

fn archive(bytes: &[u8]) -> Result<Content, Words> {
    let zip = budget::archive(bytes)?;
    let held = PARTS.iter().find(|(part, _)| has(&zip, part)).map(|(_, holds)| *holds);
    match held {
        Some(Holds::Workbook) => Ok(Content::Xlsx),
        Some(Holds::Other(format)) => Err(Words::new("sheet.other-format").with("format", format)),
        Some(Holds::Document(format)) => Err(not_a_workbook(Words::new("sheet.looks-format").with("format", format))),
        None => Err(not_a_workbook(Words::new("sheet.looks-format").with("format", "ZIP"))),
    }
}

/// Whether an archive has a part, however its writer spelt the path.
fn has(zip: &ZipArchive<Cursor<&[u8]>>, part: &str) -> bool {
    zip.file_names().flatten().any(|name| name.replace('\\', "/").trim_start_matches('/').eq_ignore_ascii_case(part))
}

/// Streams that tell what a compound (OLE) file holds.
fn compound(bytes: &[u8]) -> Result<Content, Words> {
    let has = |stream: &str| {
        let wide: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).chain([0, 0]).collect();
        memmem::find(bytes, &wide).is_some()
    };
    if has("EncryptedPackage") {
        return Err(Words::new("sheet.password"));
    }
    if has("Workbook") || has("Book") {
        return Err(Words::new("sheet.other-format").with("format", "Excel 97–2003 (.xls)"));
    }
    let format = if has("WordDocument") { "Word (.doc)" } else { "OLE" };
    Err(not_a_workbook(Words::new("sheet.looks-format").with("format", format)))
}

//! What a file is by its content: names lie, contents less so.

use std::borrow::Cow;
use std::io::Cursor;

use memchr::memmem;
use zip::ZipArchive;

use super::{budget, csv, encoding, spreadsheetml};
use crate::lang::Words;

/// A kind of content that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content<'a> {
    /// Excel since 2007: .xlsx and .xlsm.
    Xlsx,
    /// XML that Excel 2003 read, named .xls as a rule.
    SpreadsheetMl(Cow<'a, str>),
    /// A page with tables.
    Html(Cow<'a, str>),
    /// Lines of values.
    Delimited(Cow<'a, str>),
}

/// The kind of a file's content; its name matters only for plain text.
///
/// # Errors
///
/// The file is empty, protected by a password, or no spreadsheet: then the words say what it looks like.
pub(super) fn content<'a>(bytes: &'a [u8], name: &str) -> Result<Content<'a>, Words> {
    if bytes.is_empty() {
        return Err(Words::new("sheet.empty"));
    }
    if bytes.starts_with(b"PK") {
        return archive(bytes);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return compound(bytes);
    }
    if let Some((_, format)) = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning)) {
        return Err(not_a_workbook(Words::new("sheet.looks-format").with("format", *format)));
    }
    match encoding::decode(bytes) {
        Some(text) => written(text, name),
        None => Err(not_a_workbook(Words::new("sheet.looks-nothing"))),
    }
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

/// What a text is: markup of a known kind, or lines of values.
fn written<'a>(text: Cow<'a, str>, name: &str) -> Result<Content<'a>, Words> {
    let start = text.trim_start();
    let head = start[..start.floor_char_boundary(1 << 16)].to_ascii_lowercase();
    let has = |marks: &[&str]| marks.iter().any(|mark| head.contains(mark));
    if head.is_empty() {
        Err(Words::new("sheet.no-cells"))
    } else if head.starts_with('<') && head.contains(spreadsheetml::NAMESPACE) {
        Ok(Content::SpreadsheetMl(text))
    } else if head.starts_with('<') && has(&["<html", "<table", "<!doctype html", "<tr", "<body", "<meta"]) {
        Ok(Content::Html(text))
    } else if head.starts_with("<?xml") {
        Err(not_a_workbook(Words::new("sheet.looks-format").with("format", "XML")))
    } else if head.starts_with("id;p") {
        Err(not_a_workbook(Words::new("sheet.looks-format").with("format", "SYLK")))
    } else if head.starts_with("mime-version:") {
        Err(not_a_workbook(Words::new("sheet.looks-format").with("format", "MHTML")))
    } else if may_be_delimited(name, &text) {
        Ok(Content::Delimited(text))
    } else {
        Err(not_a_workbook(Words::new("sheet.looks-text")))
    }
}

/// Plain text is a table if its name says so, or if the name leaves it open and the lines look like one.
fn may_be_delimited(name: &str, text: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "csv" | "tsv" | "tab" => true,
        "txt" | "xls" => csv::is_table(text),
        _ => !name.contains('.') && csv::is_table(text),
    }
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

fn archive(bytes: &[u8]) -> Result<Content<'static>, Words> {
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
fn compound(bytes: &[u8]) -> Result<Content<'static>, Words> {
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

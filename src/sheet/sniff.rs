//! What a file is by its content: names lie, contents less so.

use std::borrow::Cow;

use memchr::memmem;

use super::budget::Archive;
use super::refusal::Refusal;
use super::{csv, encoding, ods, spreadsheetml};

/// A kind of content that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content<'a> {
    /// Excel since 2007: .xlsx and .xlsm.
    Xlsx,
    /// XML that Excel 2003 read, named .xls as a rule.
    SpreadsheetMl(Cow<'a, str>),
    /// Excel since 2007, binary: .xlsb.
    Xlsb,
    /// Excel 5 to 2003: .xls, which only a child process may read.
    Xls,
    /// LibreOffice and others: .ods.
    Ods,
    /// The same as one XML text: .fods.
    FlatOds(Cow<'a, str>),
    /// A page with tables.
    Html(Cow<'a, str>),
    /// Lines of values.
    Delimited(Cow<'a, str>),
}

impl Content<'_> {
    /// The kind as people call it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Content::Xlsx => "Excel (.xlsx)",
            Content::Xls => "Excel 97–2003 (.xls)",
            Content::Xlsb => "Excel (.xlsb)",
            Content::SpreadsheetMl(_) => "SpreadsheetML 2003 (XML)",
            Content::Ods => "OpenDocument (.ods)",
            Content::FlatOds(_) => "OpenDocument (.fods)",
            Content::Html(_) => "HTML",
            Content::Delimited(_) => "CSV",
        }
    }
}

/// The kind of a file's content; its name matters only for plain text.
///
/// # Errors
///
/// The file is empty, protected by a password, or no spreadsheet: then the words say what it looks like.
pub(super) fn content<'a>(bytes: &'a [u8], name: &str) -> Result<Content<'a>, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.starts_with(b"PK") {
        return archive(bytes);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return compound(bytes);
    }
    if let Some((_, format)) = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning)) {
        return Err(Refusal::Format((*format).to_owned()));
    }
    if OLD_EXCEL.iter().any(|beginning| bytes.starts_with(beginning)) {
        return Err(Refusal::OtherFormat("Excel 2–4".to_owned()));
    }
    match encoding::decode(bytes) {
        Some(text) => written(text, name),
        None => Err(Refusal::Unknown),
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

/// How workbooks began before Excel 5: one bare stream of records.
const OLD_EXCEL: &[&[u8]] =
    &[b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00"];

/// What a text is: markup of a known kind, or lines of values.
fn written<'a>(text: Cow<'a, str>, name: &str) -> Result<Content<'a>, Refusal> {
    let start = text.trim_start();
    let head = start[..start.floor_char_boundary(1 << 16)].to_ascii_lowercase();
    let has = |marks: &[&str]| marks.iter().any(|mark| head.contains(mark));
    if head.is_empty() {
        Err(Refusal::NoCells)
    } else if head.starts_with('<') && head.contains(spreadsheetml::NAMESPACE) {
        Ok(Content::SpreadsheetMl(text))
    } else if head.starts_with('<') && head.contains(ods::NAMESPACE) {
        Ok(Content::FlatOds(text))
    } else if head.starts_with('<') && has(&["<html", "<table", "<!doctype html", "<tr", "<body", "<meta"]) {
        Ok(Content::Html(text))
    } else if head.starts_with("<?xml") {
        Err(Refusal::Format("XML".to_owned()))
    } else if head.starts_with("id;p") {
        Err(Refusal::Format("SYLK".to_owned()))
    } else if head.starts_with("mime-version:") {
        Err(Refusal::Format("MHTML".to_owned()))
    } else if may_be_delimited(name, &text) {
        Ok(Content::Delimited(text))
    } else {
        Err(Refusal::Prose)
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

/// Parts that tell what an archive holds; the first that is there decides.
const PARTS: &[(&str, Holds)] = &[
    ("xl/workbook.bin", Holds::Xlsb),
    ("content.xml", Holds::OpenDocument),
    ("word/document.xml", Holds::Document("Word (.docx)")),
    ("ppt/presentation.xml", Holds::Document("PowerPoint (.pptx)")),
    ("Index/Document.iwa", Holds::Document("Apple Numbers")),
    ("_rels/.rels", Holds::Workbook),
];

#[derive(Clone, Copy)]
enum Holds {
    Workbook,
    OpenDocument,
    Xlsb,
    Document(&'static str),
}

fn archive(bytes: &[u8]) -> Result<Content<'static>, Refusal> {
    let archive = Archive::open(bytes)?;
    let held = PARTS.iter().find(|(part, _)| archive.has(part)).map(|(_, holds)| *holds);
    match held {
        Some(Holds::Workbook) => Ok(Content::Xlsx),
        Some(Holds::OpenDocument) => Ok(Content::Ods),
        Some(Holds::Xlsb) => Ok(Content::Xlsb),
        Some(Holds::Document(format)) => Err(Refusal::Format(format.to_owned())),
        None => Err(Refusal::Format("ZIP".to_owned())),
    }
}

/// Streams that tell what a compound (OLE) file holds.
fn compound(bytes: &[u8]) -> Result<Content<'static>, Refusal> {
    let has = |stream: &str| {
        let wide: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).chain([0, 0]).collect();
        memmem::find(bytes, &wide).is_some()
    };
    if has("EncryptedPackage") {
        return Err(Refusal::Password);
    }
    if ["Workbook", "Book", "WORKBOOK", "BOOK"].into_iter().any(has) {
        return Ok(Content::Xls);
    }
    let documents = [("WordDocument", "Word (.doc)"), ("PowerPoint Document", "PowerPoint (.ppt)")];
    let known = documents.into_iter().find(|(stream, _)| has(stream));
    Err(known.map_or(Refusal::Damaged, |(_, format)| Refusal::Format(format.to_owned())))
}

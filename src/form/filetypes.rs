//! The types of files that a question may take: their endings, their media types, and how their bytes begin.

use memchr::memmem;

/// A type of file.
#[derive(Debug)]
pub struct FileType {
    /// The ending of its names, in small letters; the word in form files.
    pub ending: &'static str,
    /// What a browser is told.
    pub media: &'static str,
    /// Whether bytes may be of it.
    pub fits: fn(&[u8]) -> bool,
}

/// What a question takes whose author does not say.
pub const USUAL: [&str; 10] = ["pdf", "jpg", "jpeg", "png", "doc", "docx", "xls", "xlsx", "odt", "ods"];

/// So far into a file the signs that are not at its very beginning are looked for.
const HEAD: usize = 1024;

const fn row(ending: &'static str, media: &'static str, fits: fn(&[u8]) -> bool) -> FileType {
    FileType { ending, media, fits }
}

/// Every type that may be taken.
///
/// Invariant: nothing here runs in a browser or on a double click: no pages, no drawings with scripts, no programs, no
/// workbooks with macros.
pub static ALL: [FileType; 31] = [
    row("pdf", "application/pdf", |bytes| early(bytes, b"%PDF-")),
    row("jpg", "image/jpeg", |bytes| bytes.starts_with(&[0xff, 0xd8, 0xff])),
    row("jpeg", "image/jpeg", |bytes| bytes.starts_with(&[0xff, 0xd8, 0xff])),
    row("png", "image/png", |bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n")),
    row("doc", "application/msword", |bytes| is_compound(bytes) || bytes.starts_with(b"{\\rtf")),
    row("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", |bytes| {
        is_office(bytes, b"word/")
    }),
    row("xls", "application/vnd.ms-excel", is_compound),
    row("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", |bytes| is_office(bytes, b"xl/")),
    row("odt", "application/vnd.oasis.opendocument.text", |bytes| is_open(bytes, b"opendocument.text")),
    row("ods", "application/vnd.oasis.opendocument.spreadsheet", |bytes| is_open(bytes, b"opendocument.spreadsheet")),
    row("ppt", "application/vnd.ms-powerpoint", is_compound),
    row("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", |bytes| {
        is_office(bytes, b"ppt/")
    }),
    row("odp", "application/vnd.oasis.opendocument.presentation", |bytes| is_open(bytes, b"opendocument.presentation")),
    row("rtf", "application/rtf", |bytes| bytes.starts_with(b"{\\rtf")),
    row("txt", "text/plain", is_text),
    row("csv", "text/csv", is_text),
    row("zip", "application/zip", |bytes| bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")),
    row("gif", "image/gif", |bytes| bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a")),
    row("webp", "image/webp", |bytes| is_riff(bytes, b"WEBP")),
    row("tif", "image/tiff", is_tiff),
    row("tiff", "image/tiff", is_tiff),
    row("heic", "image/heic", |bytes| [&b"heic"[..], b"heix", b"mif1", b"msf1"].iter().any(|one| brand(bytes) == *one)),
    row("mp3", "audio/mpeg", |bytes| bytes.starts_with(b"ID3") || is_mpeg(bytes)),
    row("m4a", "audio/mp4", |bytes| bytes.get(4..8) == Some(b"ftyp")),
    row("wav", "audio/wav", |bytes| is_riff(bytes, b"WAVE")),
    row("ogg", "audio/ogg", |bytes| bytes.starts_with(b"OggS")),
    row("mp4", "video/mp4", |bytes| bytes.get(4..8) == Some(b"ftyp")),
    row("mov", "video/quicktime", |bytes| matches!(bytes.get(4..8), Some(b"ftyp" | b"moov" | b"mdat" | b"wide"))),
    row("avi", "video/x-msvideo", |bytes| is_riff(bytes, b"AVI ")),
    row("webm", "video/webm", |bytes| bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3])),
    row("3gp", "video/3gpp", |bytes| brand(bytes).starts_with(b"3gp")),
];

/// The type of an ending, in small letters.
pub fn find(ending: &str) -> Option<&'static FileType> {
    ALL.iter().find(|known| known.ending == ending)
}

/// The endings of all types whose media types begin so: `image/`, `audio/`, `video/`; without a beginning, what a
/// question takes whose author does not say.
pub fn of_media(beginning: &str) -> Vec<&'static str> {
    if beginning.is_empty() {
        return USUAL.to_vec();
    }
    ALL.iter().filter(|known| known.media.starts_with(beginning)).map(|known| known.ending).collect()
}

/// The ending of a file's name, in small letters; nothing where it has none.
pub fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// Pages and drawings are known whatever they call themselves: a browser would run them.
pub fn is_page(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD).unwrap_or(bytes).to_ascii_lowercase();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
    [&b"<!doctype html"[..], b"<html", b"<svg", b"<script", b"<body", b"<head", b"<iframe"]
        .iter()
        .any(|sign| head.starts_with(sign) || (head.starts_with(b"<") && memmem::find(head, sign).is_some()))
}

fn early(bytes: &[u8], sign: &[u8]) -> bool {
    memmem::find(bytes.get(..HEAD).unwrap_or(bytes), sign).is_some() && !is_page(bytes)
}

/// The container of the office files of old.
fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
}

/// An office package: names of parts stand in a package as they are.
fn is_office(bytes: &[u8], folder: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
        && memmem::find(bytes, b"[Content_Types].xml").is_some()
        && memmem::find(bytes, folder).is_some()
}

/// An open document: its first part is the name of its type.
fn is_open(bytes: &[u8], kind: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") && early(bytes, kind)
}

fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && !is_page(bytes) && !early(bytes, b"<?xml")
}

fn is_riff(bytes: &[u8], kind: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(kind)
}

fn is_tiff(bytes: &[u8]) -> bool {
    bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*")
}

/// Sound without a heading: the eleven bits that every piece begins with.
fn is_mpeg(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x18 != 0x08)
}

/// Which of the films and pictures in boxes it is.
fn brand(bytes: &[u8]) -> &[u8] {
    if bytes.get(4..8) == Some(b"ftyp") { bytes.get(8..12).unwrap_or_default() } else { &[] }
}

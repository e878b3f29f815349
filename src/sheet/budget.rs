//! What an archive may unpack to, measured before anything of it is parsed: archive bombs end here.

use std::io::{Cursor, Read};

use memchr::{memchr_iter, memmem};
use zip::ZipArchive;
use zip::result::ZipError;

use super::markup::Watch;
use super::refusal::Refusal;

/// All parts together, unpacked.
pub(super) const UNPACKED: u64 = 256 << 20;
/// A part that the reader holds as a whole: the list of sheets, styles, relations.
const HELD: u64 = 16 << 20;
/// The shared texts of a workbook.
const TEXTS: u64 = 96 << 20;
/// Tags among the shared texts: each text takes four, and at least 24 bytes of memory.
const TEXT_TAGS: usize = 8_000_000;
/// Formats of cells: Excel itself stops at 65 490, in each of two lists.
const FORMATS: usize = 150_000;
/// Formats times the longest name among them: the reader copies the name into every format.
const FORMAT_BYTES: usize = 64 << 20;
/// Parts in the archive.
const PARTS: usize = 10_000;
/// A part from this size on is watched piece by piece; smaller ones cannot hold a piece that hurts.
const WATCHED: u64 = 24 << 20;

/// The archive of a workbook, if it may be unpacked.
///
/// # Errors
///
/// It is damaged, protected, or unpacks to more than is reasonable.
pub(super) fn archive(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, Refusal> {
    if memmem::find_iter(bytes, b"PK\x01\x02").take(PARTS + 1).count() > PARTS {
        return Err(Refusal::Bomb);
    }
    ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Damaged)
}

/// Unpacks every part of an archive once, keeping nothing, and says whether a reader can afford it.
///
/// # Errors
///
/// It is protected by a password, or unpacks to more than is reasonable. A part that cannot be unpacked is left to
/// the reader, who may never need it.
pub(super) fn check(zip: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Refusal> {
    let mut left = UNPACKED;
    for i in 0..zip.len() {
        let part = match zip.by_index(i) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => return Err(Refusal::Password),
            Err(_) => continue,
        };
        let mut meter = Meter::new(&part.name().unwrap_or_default(), part.size());
        if meter.declared > left || meter.declared > meter.limit() {
            return Err(Refusal::Bomb);
        }
        left -= meter.read(part)?;
    }
    Ok(())
}

/// What a part is for, as far as it decides how much of it is affordable.
#[derive(PartialEq)]
enum Use {
    Held,
    Texts,
    Styles,
    Streamed,
}

/// Measures one part while it is unpacked.
struct Meter {
    used: Use,
    declared: u64,
    watch: Option<Watch>,
    tags: usize,
    formats: usize,
    quoted: usize,
    longest: usize,
}

impl Meter {
    fn new(name: &str, declared: u64) -> Meter {
        let name = name.replace('\\', "/").to_lowercase();
        let used = match name.rsplit('/').next().unwrap_or_default() {
            "sharedstrings.xml" => Use::Texts,
            "styles.xml" => Use::Styles,
            "workbook.xml" | "theme1.xml" => Use::Held,
            file if file.ends_with(".rels") => Use::Held,
            _ => Use::Streamed,
        };
        let watch = (declared >= WATCHED).then(Watch::new);
        Meter { used, declared, watch, tags: 0, formats: 0, quoted: 0, longest: 0 }
    }

    fn limit(&self) -> u64 {
        match self.used {
            Use::Held | Use::Styles => HELD,
            Use::Texts => TEXTS,
            Use::Streamed => UNPACKED,
        }
    }

    /// Unpacks the part; how many bytes it really has.
    fn read(&mut self, part: impl Read) -> Result<u64, Refusal> {
        let mut part = part.take(self.declared + 1);
        let mut chunk = vec![0; 64 << 10];
        let mut total = 0u64;
        loop {
            let Ok(n) = part.read(&mut chunk) else { return Ok(total) };
            if n == 0 {
                return Ok(total);
            }
            let first = total == 0;
            total += n as u64;
            if total > self.declared || !self.afford(&chunk[..n], first) {
                return Err(Refusal::Bomb);
            }
        }
    }

    fn afford(&mut self, bytes: &[u8], first: bool) -> bool {
        let watched = self.watch.as_mut().is_none_or(|watch| watch.feed(bytes));
        watched
            && match self.used {
                Use::Texts => {
                    self.tags += memchr_iter(b'<', bytes).count();
                    self.tags <= TEXT_TAGS && !(first && announces_too_much(bytes))
                }
                Use::Styles => {
                    self.measure_styles(bytes);
                    self.formats <= FORMATS && self.formats.saturating_mul(self.longest) <= FORMAT_BYTES
                }
                Use::Held | Use::Streamed => true,
            }
    }

    /// Counts formats and remembers the longest stretch between two quotation marks, across pieces.
    fn measure_styles(&mut self, bytes: &[u8]) {
        self.formats += memmem::find_iter(bytes, b"xf ").count() + memmem::find_iter(bytes, b"xf/").count();
        let mut from = 0;
        for at in memchr_iter(b'"', bytes) {
            self.longest = self.longest.max(self.quoted + at - from);
            self.quoted = 0;
            from = at + 1;
        }
        self.quoted += bytes.len() - from;
        self.longest = self.longest.max(self.quoted);
    }
}

/// Whether the shared texts announce a number of texts for which a reader would reserve too much memory.
fn announces_too_much(head: &[u8]) -> bool {
    let Some(at) = memmem::find(head, b"uniqueCount") else { return false };
    let digits = head[at + 11..]
        .iter()
        .skip_while(|byte| !byte.is_ascii_digit())
        .take_while(|byte| byte.is_ascii_digit())
        .skip_while(|byte| **byte == b'0')
        .count();
    digits > 7
}

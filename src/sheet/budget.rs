//! What an archive may unpack to, counted while it unpacks: archive bombs end here.

use std::io::{self, Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;
use zip::result::ZipError;

use super::refusal::Refusal;

/// All that is read of an archive, unpacked; parts that nobody reads (pictures) do not count.
pub(super) const UNPACKED: u64 = 192 << 20;
/// Parts in an archive.
const PARTS: usize = 10_000;

/// An archive of which only so much may be unpacked.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

impl<'a> Archive<'a> {
    /// Opens an archive.
    ///
    /// # Errors
    ///
    /// It is damaged, or has more parts than any workbook.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Archive<'a>, Refusal> {
        if memmem::find_iter(bytes, b"PK\x01\x02").take(PARTS + 1).count() > PARTS {
            return Err(Refusal::Bomb);
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Damaged)?;
        Ok(Archive { zip, left: UNPACKED })
    }

    /// Whether there is a part of that path, however its writer spelt it.
    pub(super) fn has(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    fn find(&self, path: &str) -> Option<usize> {
        let same = |name: &str| {
            let name = name.trim_start_matches(['/', '\\']);
            name.len() == path.len()
                && name.bytes().zip(path.bytes()).all(|(a, b)| a.eq_ignore_ascii_case(&b) || (a == b'\\' && b == b'/'))
        };
        let named = self.zip.file_names().position(|name| name.is_ok_and(|name| name == path));
        named.or_else(|| self.zip.file_names().position(|name| name.is_ok_and(|name| same(&name))))
    }

    /// Opens a part for reading, or nothing if there is none of that path.
    ///
    /// # Errors
    ///
    /// It is protected by a password, packed in an unknown way, or its beginning is damaged.
    pub(super) fn part(&mut self, path: &str) -> Result<Option<impl Read>, Refusal> {
        let Some(index) = self.find(path) else { return Ok(None) };
        let part = self.zip.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Refusal::Password,
            _ => Refusal::Damaged,
        })?;
        if part.size() > self.left {
            return Err(Refusal::Bomb);
        }
        Ok(Some(Counted { part, left: &mut self.left }))
    }
}

/// A part whose bytes are counted.
struct Counted<'a, R> {
    part: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        *self.left = self.left.checked_sub(read as u64).ok_or(io::ErrorKind::QuotaExceeded)?;
        Ok(read)
    }
}

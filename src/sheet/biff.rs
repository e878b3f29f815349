//! The records of an .xls workbook, as far as the library leaves them out or misreads them: how numbers are shown.

use std::collections::HashMap;
use std::io::{Cursor, Read, Write};
use std::ops::Range;

use cfb::{CompoundFile, Version};

use super::formats::{Look, built_in, look};

/// A workbook's stream of records.
pub(super) struct Records {
    stream: Vec<u8>,
}

/// How the numbers of one sheet are shown, by row and column; those that are not listed as they are.
pub(super) type Looks = HashMap<(u32, u32), Look>;

const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const EOF: u16 = 0x000a;
const BOF: u16 = 0x0809;
const FORMAT: u16 = 0x041e;
const XF: u16 = 0x00e0;
const NUMBER: u16 = 0x0203;
const RK: u16 = 0x027e;
const MUL_RK: u16 = 0x00bd;
const FORMULA: u16 = 0x0006;
const FILE_PASS: u16 = 0x002f;
const CODE_PAGE: u16 = 0x0042;
/// The code page of texts in two bytes a character.
const UNICODE: [u8; 2] = 1200u16.to_le_bytes();

impl Records {
    /// The records of a compound file; nothing if it is too damaged for that.
    pub(super) fn of(bytes: &[u8]) -> Option<Records> {
        let mut file = CompoundFile::open(Cursor::new(bytes)).ok()?;
        // Names in compound files have no case: some programs write `WORKBOOK`.
        let name = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name))?;
        let mut stream = Vec::new();
        file.open_stream(name).ok()?.read_to_end(&mut stream).ok()?;
        Some(Records { stream })
    }

    /// Whether a password is needed: all records behind one of this kind are encrypted, in whatever way.
    pub(super) fn protected(&self) -> bool {
        self.from(0).take_while(|(kind, _)| *kind != EOF).any(|(kind, _)| kind == FILE_PASS)
    }

    /// The same records in a compound file of their own, without what leads the library astray: sheets that announce
    /// the largest size there can be, for which it would reserve memory; and code pages of workbooks since Excel 97,
    /// whose texts are Unicode whatever page is named.
    pub(super) fn mended(mut self) -> Option<Vec<u8>> {
        let (mut at, mut eighth) = (0, false);
        while let Some((kind, body)) = self.record(at) {
            at = body.end;
            match kind {
                BOF if body.start == 4 => eighth = self.stream[body].starts_with(&[0, 6]),
                DIMENSIONS => self.stream[body].fill(0),
                CODE_PAGE if eighth && body.len() == 2 => self.stream[body].copy_from_slice(&UNICODE),
                _ => {}
            }
        }
        let mut file = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new())).ok()?;
        file.create_stream("/Workbook").ok()?.write_all(&self.stream).ok()?;
        file.flush().ok()?;
        Some(file.into_inner().into_inner())
    }

    /// How numbers are shown, of each sheet in the order in which the workbook lists them.
    pub(super) fn looks(&self) -> Vec<Looks> {
        let mut written: HashMap<u16, Look> = HashMap::new();
        let mut formats = Vec::new();
        let mut sheets = Vec::new();
        let mut eighth = false;
        for (kind, body) in self.from(0) {
            match (kind, body) {
                (BOF, [0, version, ..]) => eighth = *version == 6,
                (FORMAT, [low, high, text @ ..]) => {
                    written.insert(u16::from_le_bytes([*low, *high]), look(&format_text(text, eighth)));
                }
                (XF, [_, _, low, high, ..]) => formats.push(u16::from_le_bytes([*low, *high])),
                (BOUND_SHEET, [a, b, c, d, ..]) => sheets.push(u32::from_le_bytes([*a, *b, *c, *d]) as usize),
                (EOF, _) => break,
                _ => {}
            }
        }
        let look = |format: &u16| written.get(format).copied().unwrap_or_else(|| built_in(u32::from(*format)));
        let formats: Vec<Look> = formats.iter().map(look).collect();
        sheets.into_iter().map(|start| self.looks_of(start, &formats)).collect()
    }

    fn looks_of(&self, start: usize, formats: &[Look]) -> Looks {
        let mut looks = Looks::new();
        let mut depth = 0;
        let pair = |low: u8, high: u8| u16::from_le_bytes([low, high]);
        let look = |low: u8, high: u8| formats.get(usize::from(pair(low, high))).copied().unwrap_or_default();
        let mut see = |row: u32, column: u32, look: Look| {
            if look != Look::Plain {
                looks.insert((row, column), look);
            }
        };
        for (kind, body) in self.from(start) {
            match (kind, body) {
                (BOF, _) => depth += 1,
                (EOF, _) if depth <= 1 => break,
                (EOF, _) => depth -= 1,
                // A chart within the sheet has cells of its own.
                _ if depth > 1 => {}
                (NUMBER | RK | FORMULA, [r, rr, c, cc, f, ff, ..]) => {
                    see(pair(*r, *rr).into(), pair(*c, *cc).into(), look(*f, *ff));
                }
                (MUL_RK, [r, rr, c, cc, cells @ ..]) => {
                    let columns = u32::from(pair(*c, *cc))..;
                    columns.zip(cells.chunks_exact(6)).for_each(|(column, cell)| {
                        see(pair(*r, *rr).into(), column, look(cell[0], cell[1]));
                    });
                }
                _ => {}
            }
        }
        looks
    }

    /// The record at a place: its kind, and where its body is.
    fn record(&self, at: usize) -> Option<(u16, Range<usize>)> {
        let head = self.stream.get(at..at.checked_add(4)?)?;
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let body = at + 4..at + 4 + length;
        (body.end <= self.stream.len()).then(|| (u16::from_le_bytes([head[0], head[1]]), body))
    }

    fn from(&self, mut at: usize) -> impl Iterator<Item = (u16, &[u8])> {
        std::iter::from_fn(move || {
            let (kind, body) = self.record(at)?;
            at = body.end;
            Some((kind, &self.stream[body]))
        })
    }
}

/// The text of a format: since Excel 97 in one or two bytes a character, before that always in one.
fn format_text(text: &[u8], eighth: bool) -> String {
    match text {
        [_, _, flags, wide @ ..] if eighth && flags & 1 == 1 => {
            let units: Vec<u16> = wide.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        [_, _, _, narrow @ ..] if eighth => narrow.iter().copied().map(char::from).collect(),
        [_, narrow @ ..] if !eighth => narrow.iter().copied().map(char::from).collect(),
        _ => String::new(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn record(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap();
        [&kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
    }

    /// A workbook of one sheet: a text, a number, a formula shown as per cent, a row of small numbers of which the
    /// second is shown as per cent and the third in a written format whose number is a day's elsewhere, a merged range,
    /// a code page that means nothing, and an announcement of the largest sheet there can be.
    pub(in crate::sheet) fn workbook(stream: &str) -> Vec<u8> {
        let format = [&[164, 0, 4, 0, 0][..], b"0.0%"].concat();
        let other = [&[52, 0, 5, 0, 0][..], b"#,##0"].concat();
        let xf = |format: u8| record(XF, &[[0, 0, format, 0].as_slice(), &[0; 16]].concat());
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let name = wide("Лист");
        let globals = |start: u32| {
            let sheet = [&start.to_le_bytes()[..], &[0, 0, 4, 1], &name].concat();
            let parts = [
                record(BOF, &[0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
                record(CODE_PAGE, &1251u16.to_le_bytes()),
                record(FORMAT, &format),
                record(FORMAT, &other),
                xf(0),
                xf(164),
                xf(52),
                record(BOUND_SHEET, &sheet),
                record(EOF, &[]),
            ];
            parts.concat()
        };
        let at = |row: u8, column: u8, format: u8| [row, 0, column, 0, format, 0];
        let number = |value: f64| value.to_le_bytes();
        let rk = |value: u32| (value << 2 | 2).to_le_bytes();
        let label = [&at(0, 0, 0)[..], &[3, 0, 1], &wide("Код")];
        let sheet = [
            record(BOF, &[0, 6, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            record(DIMENSIONS, &[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]),
            record(0x0204, &label.concat()),
            record(NUMBER, &[&at(1, 0, 0)[..], &number(20287.0)].concat()),
            record(FORMULA, &[&at(1, 1, 1)[..], &number(0.54), &[0; 8]].concat()),
            record(MUL_RK, &[&[2, 0, 0, 0, 0, 0][..], &rk(7), &[1, 0], &rk(1), &[2, 0], &rk(17), &[2, 0]].concat()),
            record(0x00e5, &[1, 0, 0, 0, 0, 0, 0, 0, 1, 0]),
            record(EOF, &[]),
        ];
        let start = u32::try_from(globals(0).len()).unwrap();
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream(stream).unwrap().write_all(&[globals(start), sheet.concat()].concat()).unwrap();
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    #[test]
    fn cells_shown_as_per_cent_are_found() {
        let records = Records::of(&workbook("/WORKBOOK")).unwrap();
        assert_eq!(records.looks(), [Looks::from([((1, 1), Look::Percent), ((2, 1), Look::Percent)])]);
    }

    /// The workbook as a program leaves it that encrypts by the oldest way (XOR): the records keep their kinds.
    pub(in crate::sheet) fn protected() -> Vec<u8> {
        let begin = record(BOF, &[0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let stream = [begin, record(FILE_PASS, &[0, 0, 1, 2, 3, 4]), record(XF, &[7; 20]), record(EOF, &[])];
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream("/Workbook").unwrap().write_all(&stream.concat()).unwrap();
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    #[test]
    fn no_sheet_announces_its_size() {
        let mended = Records::of(&workbook("/Workbook")).unwrap().mended().unwrap();
        let records = Records::of(&mended).unwrap();
        let announced: Vec<&[u8]> = records.from(0).filter(|(kind, _)| *kind == DIMENSIONS).map(|(_, b)| b).collect();
        assert_eq!(announced, [[0; 14]]);
        assert_eq!(records.looks()[0].len(), 2);
    }
}

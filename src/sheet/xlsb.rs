//! Binary Excel workbooks since 2007 (.xlsb), streamed: records in a package (MS-XLSB).

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use super::budget::Archive;
use super::formats::{self, Look, built_in, look};
use super::grid::{Cell, Grid, LONGEST, Merge, Pen, Room, SHEETS};
use super::package::{self, Relation};
use super::refusal::Refusal;
use super::texts::Texts;
use super::xlsx::{COLUMNS, FORMATS, ROWS};

/// Kinds of records (MS-XLSB 2.3).
mod kinds {
    pub(super) const ROW: u16 = 0;
    pub(super) const RK: u16 = 2;
    pub(super) const ERROR: u16 = 3;
    pub(super) const BOOLEAN: u16 = 4;
    pub(super) const REAL: u16 = 5;
    pub(super) const TEXT: u16 = 6;
    pub(super) const SHARED: u16 = 7;
    pub(super) const FORMULA_TEXT: u16 = 8;
    pub(super) const FORMULA_NUMBER: u16 = 9;
    pub(super) const FORMULA_BOOLEAN: u16 = 10;
    pub(super) const FORMULA_ERROR: u16 = 11;
    /// The first and the last of the cells that stand right behind the one before and do not say where.
    pub(super) const SHORT: [u16; 2] = [12, 18];
    pub(super) const SHARED_TEXT: u16 = 0x13;
    pub(super) const FORMAT: u16 = 0x2c;
    pub(super) const CELL_FORMAT: u16 = 0x2f;
    pub(super) const END_SHEET: u16 = 0x82;
    pub(super) const END_BOOK: u16 = 0x84;
    pub(super) const BOOK: u16 = 0x99;
    pub(super) const SHEET: u16 = 0x9c;
    pub(super) const MERGE: u16 = 0xb0;
    pub(super) const CELL_FORMATS: u16 = 0x269;
    pub(super) const END_CELL_FORMATS: u16 = 0x26a;
}

/// Reads the sheets of a workbook.
///
/// # Errors
///
/// The archive is damaged, protected or a bomb; a sheet is damaged; there are more cells than Svod reads.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Grid>, Refusal> {
    let mut archive = Archive::open(bytes)?;
    let stated = package::main_part(&mut archive)?;
    let main = if archive.has(&stated) { stated.into_owned() } else { "xl/workbook.bin".to_owned() };
    let relations = package::relations(&mut archive, &main)?;
    let (listed, from_1904) = sheets(&mut archive, &main, &relations)?;
    let of_kind = |kind: &str| relations.iter().find(|relation| relation.kind == kind).map(|r| r.target.as_str());
    let texts = match archive.part(of_kind("sharedStrings").unwrap_or("xl/sharedStrings.bin"))? {
        Some(part) => texts(part)?,
        None => Texts::default(),
    };
    let looks = match archive.part(of_kind("styles").unwrap_or("xl/styles.bin"))? {
        Some(part) => looks(part)?,
        None => Vec::new(),
    };
    let shared = Shared { texts, looks, from_1904 };
    let mut room = Room::new();
    let mut grids = Vec::new();
    for sheet in listed {
        let damaged = || Refusal::DamagedSheet(sheet.name.clone());
        let mut pen = Pen::new(&sheet.name);
        pen.hide(sheet.hidden);
        let part = archive.part(&sheet.part)?.ok_or_else(damaged)?;
        let read = shared.sheet(&mut Records::of(part), &mut pen, &mut room);
        read.map_err(|refusal| if refusal == Refusal::Damaged { damaged() } else { refusal })?;
        grids.push(pen.finish());
    }
    Ok(grids)
}

/// A stream of records.
struct Records<R> {
    from: BufReader<R>,
    body: Vec<u8>,
}

impl<R: Read> Records<R> {
    fn of(from: R) -> Records<R> {
        Records { from: BufReader::new(from), body: Vec::new() }
    }

    /// Reads the next record into `body`; its kind, or nothing at the end of the stream.
    fn next(&mut self) -> Result<Option<u16>, Refusal> {
        if self.from.fill_buf().map_err(|error| Refusal::of_reading(&error))?.is_empty() {
            return Ok(None);
        }
        let kind = self.number(2)?;
        let length = self.number(4)?;
        if length > LONGEST as u64 {
            return Err(Refusal::Bomb);
        }
        self.body.clear();
        let read = self.from.by_ref().take(length).read_to_end(&mut self.body);
        let whole = read.map_err(|error| Refusal::of_reading(&error))? as u64 == length;
        if whole { Ok(u16::try_from(kind).ok()) } else { Err(Refusal::Damaged) }
    }

    /// A number in at most so many bytes, seven bits in each, the lowest first.
    fn number(&mut self, most: u32) -> Result<u64, Refusal> {
        let mut number = 0;
        for i in 0..most {
            let mut byte = [0];
            self.from.read_exact(&mut byte).map_err(|error| Refusal::of_reading(&error))?;
            number |= u64::from(byte[0] & 0x7f) << (7 * i);
            if byte[0] & 0x80 == 0 {
                break;
            }
        }
        Ok(number)
    }
}

fn short(body: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*body.get(at..)?.first_chunk()?))
}

fn long(body: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*body.get(at..)?.first_chunk()?))
}

fn real(body: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(*body.get(at..)?.first_chunk()?))
}

/// A text and the place behind it; its length stands before it.
fn text(body: &[u8], at: usize) -> Option<(String, usize)> {
    let length = usize::try_from(long(body, at)?).ok()?.checked_mul(2)?;
    let units = body.get(at + 4..at.checked_add(4)?.checked_add(length)?)?;
    let units = units.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Some((text, at + 4 + length))
}

/// A sheet as the workbook lists it.
struct Listed {
    name: String,
    hidden: bool,
    part: String,
}

/// The worksheets in the order of their tabs, and whether days count from 1904.
fn sheets(archive: &mut Archive, main: &str, relations: &[Relation]) -> Result<(Vec<Listed>, bool), Refusal> {
    let mut records = Records::of(archive.part(main)?.ok_or(Refusal::Damaged)?);
    let (mut listed, mut from_1904, mut ended) = (Vec::new(), false, false);
    while let Some(kind) = records.next()? {
        match kind {
            kinds::BOOK => from_1904 = records.body.first().is_some_and(|flags| flags & 1 == 1),
            kinds::SHEET => {
                // Macro sheets of old workbooks are listed without a part.
                if long(&records.body, 8) == Some(u32::MAX) {
                    continue;
                }
                let (id, behind) = text(&records.body, 8).ok_or(Refusal::Damaged)?;
                let (name, _) = text(&records.body, behind).ok_or(Refusal::Damaged)?;
                let hidden = long(&records.body, 0).is_some_and(|state| state != 0);
                let relation = package::by_id(relations, &id).ok_or_else(|| Refusal::DamagedSheet(name.clone()))?;
                if relation.kind == "worksheet" {
                    listed.push(Listed { name, hidden, part: relation.target.clone() });
                }
                if listed.len() > SHEETS {
                    return Err(Refusal::TooManyCells);
                }
            }
            kinds::END_BOOK => ended = true,
            _ => {}
        }
    }
    if ended { Ok((listed, from_1904)) } else { Err(Refusal::Damaged) }
}

/// The looks of a workbook's formats, in the order by which cells refer to them.
fn looks(part: impl Read) -> Result<Vec<Look>, Refusal> {
    let mut records = Records::of(part);
    let mut written: HashMap<u16, Look> = HashMap::new();
    let mut looks = Vec::new();
    let mut of_cells = false;
    while let Some(kind) = records.next()? {
        match kind {
            kinds::CELL_FORMATS => of_cells = true,
            kinds::END_CELL_FORMATS => of_cells = false,
            kinds::FORMAT => {
                if let (Some(id), Some((format, _))) = (short(&records.body, 0), text(&records.body, 2)) {
                    written.insert(id, look(&format));
                }
            }
            kinds::CELL_FORMAT if of_cells => {
                let id = short(&records.body, 2).unwrap_or_default();
                looks.push(written.get(&id).copied().unwrap_or_else(|| built_in(id.into())));
                if looks.len() > FORMATS {
                    return Err(Refusal::Bomb);
                }
            }
            _ => {}
        }
    }
    Ok(looks)
}

/// The texts that cells share.
fn texts(part: impl Read) -> Result<Texts, Refusal> {
    let mut records = Records::of(part);
    let mut texts = Texts::default();
    while let Some(kind) = records.next()? {
        if kind == kinds::SHARED_TEXT {
            let (text, _) = text(&records.body, 1).ok_or(Refusal::Damaged)?;
            texts.push(&text)?;
        }
    }
    Ok(texts)
}

/// What all sheets of a workbook share.
struct Shared {
    texts: Texts,
    looks: Vec<Look>,
    from_1904: bool,
}

impl Shared {
    /// Reads the cells and merged ranges of a sheet.
    fn sheet(&self, records: &mut Records<impl Read>, pen: &mut Pen, room: &mut Room) -> Result<(), Refusal> {
        let (mut row, mut next_column, mut ended) = (0, 0, false);
        while let Some(kind) = records.next()? {
            let body = &records.body;
            match kind {
                kinds::ROW => {
                    row = long(body, 0).ok_or(Refusal::Damaged)?;
                    next_column = 0;
                }
                1..=18 => {
                    let follows = (kinds::SHORT[0]..=kinds::SHORT[1]).contains(&kind);
                    let (kind, at) = if follows { (kind - 11, 0) } else { (kind, 4) };
                    let column = if follows { next_column } else { long(body, 0).ok_or(Refusal::Damaged)? };
                    next_column = column.saturating_add(1);
                    let cell = self.cell(kind, body.get(at..).unwrap_or_default()).ok_or(Refusal::Damaged)?;
                    if !cell.is_empty() && (row >= ROWS || column >= COLUMNS) {
                        return Err(Refusal::Damaged);
                    }
                    pen.put(room, row, column, cell)?;
                }
                kinds::MERGE => {
                    let at = |index: usize| long(body, index * 4).ok_or(Refusal::Damaged);
                    let (last_row, last_column) = (at(1)?.min(ROWS - 1), at(3)?.min(COLUMNS - 1));
                    pen.put_merge(room, Merge { first_row: at(0)?, first_column: at(2)?, last_row, last_column })?;
                }
                kinds::END_SHEET => ended = true,
                _ => {}
            }
        }
        if ended { Ok(()) } else { Err(Refusal::Damaged) }
    }

    /// A cell: the number of its format, then its value. Nothing when the record is cut, or refers to what is not there.
    fn cell(&self, kind: u16, body: &[u8]) -> Option<Cell> {
        let format = usize::try_from(long(body, 0)? & 0x00ff_ffff).ok()?;
        let number =
            |value: f64| formats::cell(value, self.looks.get(format).copied().unwrap_or_default(), self.from_1904);
        Some(match kind {
            kinds::RK => number(compact(long(body, 4)?)),
            kinds::REAL | kinds::FORMULA_NUMBER => number(real(body, 4).filter(|value| value.is_finite())?),
            kinds::BOOLEAN | kinds::FORMULA_BOOLEAN => Cell::Boolean(*body.get(4)? != 0),
            kinds::ERROR | kinds::FORMULA_ERROR => Cell::Error(error(*body.get(4)?).to_owned()),
            kinds::TEXT | kinds::FORMULA_TEXT => Cell::Text(text(body, 4)?.0),
            kinds::SHARED => Cell::Text(self.texts.get(usize::try_from(long(body, 4)?).ok()?)?.to_owned()),
            _ => Cell::Empty,
        })
    }
}

/// A number in four bytes (MS-XLSB 2.5.122): the last bit says hundredths, the one before it a whole number.
fn compact(bits: u32) -> f64 {
    let value = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from(bits.cast_signed() >> 2),
    };
    if bits & 1 == 1 { value / 100.0 } else { value }
}

/// An error as Excel shows it (MS-XLSB 2.5.97.2).
fn error(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn record(kind: u16, body: &[u8]) -> Vec<u8> {
        let kind = if kind < 0x80 { vec![kind as u8] } else { vec![(kind & 0x7f) as u8 | 0x80, (kind >> 7) as u8] };
        let length = [(body.len() & 0x7f) as u8 | 0x80, (body.len() >> 7) as u8];
        [&kind[..], &length, body].concat()
    }

    fn written(text: &str) -> Vec<u8> {
        let units: Vec<u16> = text.encode_utf16().collect();
        [&(units.len() as u32).to_le_bytes()[..], &units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>()]
            .concat()
    }

    fn cell(kind: u16, column: u32, format: u32, value: &[u8]) -> Vec<u8> {
        record(kind, &[&column.to_le_bytes()[..], &format.to_le_bytes(), value].concat())
    }

    /// The parts of a workbook with a cell of every kind, percents, a day, a merged range and a hidden sheet.
    fn parts() -> Vec<(&'static str, Vec<u8>)> {
        let sheet = |state: u32, id: &str, name: &str| {
            record(kinds::SHEET, &[&state.to_le_bytes()[..], &[1, 0, 0, 0], &written(id), &written(name)].concat())
        };
        let format = |id: u16| record(kinds::CELL_FORMAT, &[&[0, 0][..], &id.to_le_bytes(), &[0; 12]].concat());
        let styles = [
            record(kinds::FORMAT, &[&164u16.to_le_bytes()[..], &written("0.0%")].concat()),
            format(9),
            record(kinds::CELL_FORMATS, &[3, 0, 0, 0]),
            [format(0), format(164), format(14)].concat(),
            record(kinds::END_CELL_FORMATS, &[]),
        ];
        let shared = [record(kinds::SHARED_TEXT, &[&[0][..], &written("Код")].concat())];
        let range: Vec<u8> = [0u32, 0, 0, 1].iter().flat_map(|n| n.to_le_bytes()).collect();
        let first = [
            record(kinds::ROW, &[0; 17]),
            cell(kinds::SHARED, 0, 0, &[0; 4]),
            record(kinds::ROW, &[&[2, 0, 0, 0][..], &[0; 13]].concat()),
            cell(kinds::RK, 0, 0, &(20287u32 << 2 | 2).to_le_bytes()),
            cell(kinds::RK, 1, 1, &(54u32 << 2 | 3).to_le_bytes()),
            cell(kinds::REAL, 2, 2, &44440.0f64.to_le_bytes()),
            cell(kinds::FORMULA_NUMBER, 3, 1, &[&0.3f64.to_le_bytes()[..], &[0; 10]].concat()),
            cell(kinds::FORMULA_TEXT, 4, 0, &written("да")),
            cell(kinds::FORMULA_ERROR, 5, 0, &[7, 0, 0]),
            cell(kinds::BOOLEAN, 6, 0, &[1]),
            record(18, &[0, 0, 0, 0, 0, 0, 0, 0]),
            cell(1, 9, 1, &[]),
            record(kinds::MERGE, &range),
            record(kinds::END_SHEET, &[]),
        ];
        let types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let relations: String = [("worksheet", "worksheets/sheet1.bin"), ("worksheet", "worksheets/sheet2.bin")]
            .iter()
            .zip(1..)
            .map(|((kind, part), id)| format!("<Relationship Id='r{id}' Type='{types}/{kind}' Target='{part}'/>"))
            .collect();
        vec![
            ("xl/_rels/workbook.bin.rels", format!("<Relationships>{relations}</Relationships>").into_bytes()),
            (
                "xl/workbook.bin",
                [sheet(0, "r1", "Итоги"), sheet(1, "r2", "Справочник"), record(kinds::END_BOOK, &[])].concat(),
            ),
            ("xl/styles.bin", styles.concat()),
            ("xl/sharedStrings.bin", shared.concat()),
            ("xl/worksheets/sheet1.bin", first.concat()),
            ("xl/worksheets/sheet2.bin", record(kinds::END_SHEET, &[])),
        ]
    }

    fn packed(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, content) in parts {
            packed.start_file(*name, stored).unwrap();
            packed.write_all(content).unwrap();
        }
        packed.finish().unwrap().into_inner()
    }

    /// Every byte of every part in turn becomes others, or the part ends there.
    #[test]
    fn damaged_parts_are_read_or_refused() {
        let whole = parts();
        let (mut taken, mut refused) = (0, 0);
        for part in 0..whole.len() {
            for at in 0..whole[part].1.len() {
                for change in [0x00, 0x01, 0x7f, 0x80, 0xff] {
                    let mut parts = whole.clone();
                    match change {
                        0x00 => parts[part].1.truncate(at),
                        _ => parts[part].1[at] ^= change,
                    }
                    match read(&packed(&parts)) {
                        Ok(_) => taken += 1,
                        Err(_) => refused += 1,
                    }
                }
            }
        }
        assert!(taken > 100 && refused > 100, "{taken} {refused}");
    }

    #[test]
    fn a_binary_workbook_is_read_with_its_percents_days_and_merges() {
        let grids = read(&packed(&parts())).unwrap();
        let grid = &grids[0];
        let rows: Vec<Vec<String>> =
            grid.rows().map(|(_, cells)| cells.iter().map(|(_, cell)| cell.text()).collect()).collect();
        let second = ["20287", "54%", "01.09.2021", "30%", "да", "#DIV/0!", "ИСТИНА", "Код"];
        assert_eq!(rows, [vec!["Код"], second.to_vec()]);
        assert_eq!((grid.name(), grid.header(0, 1).text().as_str(), grid.hidden()), ("Итоги", "Код", false));
        assert_eq!((grids[1].name(), grids[1].hidden()), ("Справочник", true));
    }

    #[test]
    fn compact_numbers_are_read() {
        for (bits, value) in [(2, 0.0), (7 << 2 | 2, 7.0), ((-5i32 << 2) as u32 | 2, -5.0), (123 << 2 | 3, 1.23)] {
            assert_eq!(compact(bits), value);
        }
        let high = (1.5f64.to_bits() >> 32) as u32;
        assert_eq!((compact(high), compact(high | 1)), (1.5, 0.015));
    }

    #[test]
    fn a_sheet_that_breaks_off_is_damaged() {
        let shared = Shared { texts: Texts::default(), looks: Vec::new(), from_1904: false };
        for bytes in [&[][..], &[0x80], &[5, 4, 0], &[0, 1, 0], &[7, 12, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0]] {
            let read = shared.sheet(&mut Records::of(bytes), &mut Pen::new("s"), &mut Room::new());
            assert_eq!(read, Err(Refusal::Damaged), "{bytes:?}");
        }
    }
}

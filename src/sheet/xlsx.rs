//! Excel workbooks (.xlsx, .xlsm), streamed: nothing is believed that they say of their own size.

use std::collections::HashMap;
use std::io::Read;

use super::budget::Archive;
use super::formats::{self, Look, built_in, iso, look};
use super::grid::{Cell, Grid, LONGEST, Merge, Pen, Room, SHEETS};
use super::package::{self, Relation};
use super::refusal::Refusal;
use super::stream::Stream;
use super::tags::{Piece, Tag, unescape};
use super::texts::{self, Texts};

/// Excel's own limits; a position beyond them is damage.
pub(super) const ROWS: u32 = 1 << 20;
pub(super) const COLUMNS: u32 = 1 << 14;
/// More formats than Excel writes: it stops at 65 490.
pub(super) const FORMATS: usize = 200_000;

/// Reads the sheets of a workbook.
///
/// # Errors
///
/// The archive is damaged, protected or a bomb; a sheet is damaged; there are more cells than Svod reads.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Grid>, Refusal> {
    let mut archive = Archive::open(bytes)?;
    let main = package::main_part(&mut archive)?;
    let relations = package::relations(&mut archive, &main)?;
    let (listed, from_1904) = sheets(&mut archive, &main, &relations)?;
    let of_kind = |kind: &str| relations.iter().find(|relation| relation.kind == kind).map(|r| r.target.as_str());
    let texts = match archive.part(of_kind("sharedStrings").unwrap_or("xl/sharedStrings.xml"))? {
        Some(part) => Texts::read(part)?,
        None => Texts::default(),
    };
    let looks = match archive.part(of_kind("styles").unwrap_or("xl/styles.xml"))? {
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
        Sheet { xml: Stream::new(part), shared: &shared, pen: &mut pen, room: &mut room }.read().map_err(
            |refusal| {
                if refusal == Refusal::Damaged { damaged() } else { refusal }
            },
        )?;
        grids.push(pen.finish());
    }
    Ok(grids)
}

/// A sheet as the workbook lists it.
struct Listed {
    name: String,
    hidden: bool,
    part: String,
}

/// The worksheets in the order of their tabs (charts and macros are left out), and whether days count from 1904.
fn sheets(archive: &mut Archive, main: &str, relations: &[Relation]) -> Result<(Vec<Listed>, bool), Refusal> {
    let mut xml = Stream::new(archive.part(main)?.ok_or(Refusal::Damaged)?);
    let mut listed = Vec::new();
    let mut from_1904 = false;
    let mut ended = false;
    while let Some(piece) = xml.next()? {
        let tag = match piece {
            Piece::Open { tag, .. } => tag,
            Piece::Close("workbook") => {
                ended = true;
                continue;
            }
            _ => continue,
        };
        if tag.name == "workbookPr" {
            from_1904 |= matches!(tag.attribute("date1904").as_deref(), Some("1" | "true"));
        } else if tag.name == "sheet" {
            let name = tag.attribute("name").unwrap_or_default().into_owned();
            let hidden = tag.attribute("state").is_some_and(|state| state == "hidden" || state == "veryHidden");
            let id = tag.attribute("id").unwrap_or_default();
            let relation = package::by_id(relations, &id).ok_or_else(|| Refusal::DamagedSheet(name.clone()))?;
            if relation.kind == "worksheet" {
                listed.push(Listed { name, hidden, part: relation.target.clone() });
            }
            if listed.len() > SHEETS {
                return Err(Refusal::TooManyCells);
            }
        }
    }
    if ended { Ok((listed, from_1904)) } else { Err(Refusal::Damaged) }
}

/// The looks of a workbook's formats, in the order by which cells refer to them.
fn looks(part: impl Read) -> Result<Vec<Look>, Refusal> {
    let mut xml = Stream::new(part);
    let mut written: HashMap<u32, Look> = HashMap::new();
    let mut looks = Vec::new();
    let mut of_cells = false;
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open { tag, empty } if tag.name == "cellXfs" => of_cells = !empty,
            Piece::Close("cellXfs") => of_cells = false,
            Piece::Open { tag, .. } if tag.name == "numFmt" && written.len() < FORMATS => {
                if let Some(id) = tag.count("numFmtId") {
                    written.insert(id, look(&tag.attribute("formatCode").unwrap_or_default()));
                }
            }
            Piece::Open { tag, .. } if of_cells && tag.name == "xf" => {
                let id = tag.count("numFmtId").unwrap_or(0);
                looks.push(written.get(&id).copied().unwrap_or_else(|| built_in(id)));
                if looks.len() > FORMATS {
                    return Err(Refusal::Bomb);
                }
            }
            _ => {}
        }
    }
    Ok(looks)
}

/// What all sheets of a workbook share.
struct Shared {
    texts: Texts,
    looks: Vec<Look>,
    from_1904: bool,
}

/// A sheet being read.
struct Sheet<'a, R> {
    xml: Stream<R>,
    shared: &'a Shared,
    pen: &'a mut Pen,
    room: &'a mut Room,
}

/// What a cell's tag says of it.
struct Head {
    place: Option<(u32, u32)>,
    look: usize,
    kind: Kind,
}

/// What a cell's value is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Shared,
    Boolean,
    Error,
    Day,
    Text,
}

impl<R: Read> Sheet<'_, R> {
    /// Reads cells and merged ranges.
    fn read(mut self) -> Result<(), Refusal> {
        let (mut row, mut column) = (0u32, 0u32);
        let mut next_row = 0u32;
        let mut ended = false;
        let mut said = String::new();
        while let Some(piece) = self.xml.next()? {
            match piece {
                Piece::Open { tag, empty } if tag.name == "c" => {
                    let head = head(&tag);
                    (row, column) = head.place.unwrap_or((row, column));
                    if !empty {
                        self.cell(&head, row, column, &mut said)?;
                    }
                    column = column.saturating_add(1);
                }
                Piece::Open { tag, .. } if tag.name == "row" => {
                    row = tag.count("r").and_then(|number| number.checked_sub(1)).unwrap_or(next_row);
                    next_row = row.saturating_add(1);
                    column = 0;
                }
                Piece::Open { tag, .. } if tag.name == "mergeCell" => {
                    // Ranges of whole rows or columns only decorate.
                    if let Some(merge) = tag.attribute("ref").and_then(|range| merge(&range)) {
                        self.pen.put_merge(self.room, merge)?;
                    }
                }
                Piece::Close("worksheet") => ended = true,
                _ => {}
            }
        }
        if ended { Ok(()) } else { Err(Refusal::Damaged) }
    }

    /// Reads a cell up to its end and puts it into the grid.
    fn cell(&mut self, head: &Head, row: u32, column: u32, said: &mut String) -> Result<(), Refusal> {
        said.clear();
        let mut value = false;
        let mut inline = false;
        loop {
            match self.xml.next()?.ok_or(Refusal::Damaged)? {
                Piece::Open { tag, empty: false } if tag.name == "v" => value = true,
                Piece::Open { tag, empty: false } if tag.name == "is" => {
                    said.clear();
                    texts::collect(&mut self.xml, "is", said)?;
                    inline = true;
                }
                Piece::Text(text) if value && !inline => said.push_str(&unescape(text)),
                Piece::Literal(text) if value && !inline => said.push_str(text),
                Piece::Close("v") => value = false,
                Piece::Close("c") => break,
                _ => {}
            }
            if said.len() > LONGEST {
                return Err(Refusal::Bomb);
            }
        }
        let kind = if inline { Kind::Text } else { head.kind };
        let cell = self.shared.value(kind, head.look, said).ok_or(Refusal::Damaged)?;
        if cell.is_empty() {
            return Ok(());
        }
        if row >= ROWS || column >= COLUMNS {
            return Err(Refusal::Damaged);
        }
        self.pen.put(self.room, row, column, cell)
    }
}

impl Shared {
    /// A cell's value; nothing when it refers to a text that is not there.
    fn value(&self, kind: Kind, look: usize, said: &str) -> Option<Cell> {
        let plain = || match said.contains("_x") {
            true => Cell::Text(texts::without_escapes(said)),
            false => Cell::Text(said.to_owned()),
        };
        let trimmed = said.trim_ascii();
        if trimmed.is_empty() {
            return Some(Cell::Empty);
        }
        Some(match kind {
            Kind::Shared => Cell::Text(self.texts.get(trimmed.parse().ok()?)?.to_owned()),
            Kind::Number => match trimmed.parse::<f64>() {
                Ok(value) if value.is_finite() => {
                    formats::cell(value, self.looks.get(look).copied().unwrap_or_default(), self.from_1904)
                }
                _ => plain(),
            },
            Kind::Boolean => Cell::Boolean(matches!(trimmed, "1" | "true" | "TRUE")),
            Kind::Error => Cell::Error(trimmed.to_owned()),
            Kind::Day => iso(trimmed),
            Kind::Text => plain(),
        })
    }
}

fn head(tag: &Tag) -> Head {
    let mut head = Head { place: None, look: 0, kind: Kind::Number };
    for (name, value) in tag.attributes() {
        match name {
            "r" => head.place = place(value),
            "s" => head.look = value.parse().unwrap_or(0),
            "t" => {
                head.kind = match value {
                    "s" => Kind::Shared,
                    "n" => Kind::Number,
                    "b" => Kind::Boolean,
                    "e" => Kind::Error,
                    "d" => Kind::Day,
                    _ => Kind::Text,
                };
            }
            _ => {}
        }
    }
    head
}

/// The row and column of a place like `C17`, counted from 0; beyond any sheet where the numbers overflow.
fn place(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let column = name.bytes().take(letters).fold(0u32, |column, letter| {
        column.saturating_mul(26).saturating_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    });
    let digits = &name.as_bytes()[letters..];
    let row = digits.iter().try_fold(0u32, |row, digit| {
        digit.is_ascii_digit().then(|| row.saturating_mul(10).saturating_add(u32::from(digit - b'0')))
    })?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

/// A range like `B1:C2`.
fn merge(range: &str) -> Option<Merge> {
    let (first, last) = range.split_once(':')?;
    let ((first_row, first_column), (last_row, last_column)) = (place(first)?, place(last)?);
    let (last_row, last_column) = (last_row.min(ROWS - 1), last_column.min(COLUMNS - 1));
    Some(Merge { first_row, first_column, last_row, last_column })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        for (name, expected) in [
            ("A1", Some((0, 0))),
            ("xfd1048576", Some((ROWS - 1, COLUMNS - 1))),
            ("AA10", Some((9, 26))),
            ("A99999999999", Some((u32::MAX - 1, 0))),
            ("", None),
            ("A", None),
            ("1", None),
            ("A0", None),
            ("A1B", None),
            ("$A$1", None),
        ] {
            assert_eq!(place(name), expected, "{name}");
        }
    }
}

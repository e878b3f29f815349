//! The list in binary workbooks: Excel 95 (BIFF5, one byte a letter), Excel 97–2003 (BIFF8), and .xlsb.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::ROWS;

pub fn files() -> Vec<(String, Vec<u8>)> {
    let fifth = workbook(&Version { number: 5, stream: "/Book", text: narrow });
    let eighth = workbook(&Version { number: 6, stream: "/Workbook", text: wide });
    vec![("Excel 95.xls".to_owned(), fifth), ("Excel 97.xls".to_owned(), eighth), ("list.xlsb".to_owned(), package())]
}

/// What differs between the versions of .xls: the text of a cell begins with its length in letters.
struct Version {
    number: u8,
    stream: &'static str,
    text: fn(&str) -> Vec<u8>,
}

fn narrow(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1251.encode(text).0.into_owned()
}

fn wide(text: &str) -> Vec<u8> {
    [1].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
}

fn workbook(version: &Version) -> Vec<u8> {
    let begin = |kind: u8| record(0x0809, &[&[0, version.number, kind][..], &[0; 13]].concat());
    let end = record(0x000a, &[]);
    let globals = |start: u32| {
        let sheet = [&start.to_le_bytes()[..], &[0, 0, 4], &(version.text)("Лист")].concat();
        [begin(5), record(0x0042, &1251u16.to_le_bytes()), record(0x0085, &sheet), end.clone()].concat()
    };
    let mut cells = Vec::new();
    for (row, texts) in (0u16..).zip(ROWS) {
        for (column, text) in (0u16..).zip(texts) {
            let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
            cells.extend(match text.parse::<f64>() {
                Ok(number) if column > 0 => record(0x0203, &[&place[..], &number.to_le_bytes()].concat()),
                _ => {
                    let letters = u16::try_from(text.chars().count()).unwrap();
                    record(0x0204, &[&place[..], &letters.to_le_bytes(), &(version.text)(text)].concat())
                }
            });
        }
    }
    let start = u32::try_from(globals(0).len()).unwrap();
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let stream = [globals(start), begin(0x10), cells, end].concat();
    file.create_stream(version.stream).unwrap().write_all(&stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A record of .xlsb: kind and length in seven bits a byte.
fn short_record(kind: u8, body: &[u8]) -> Vec<u8> {
    let kind = if kind < 0x80 { vec![kind] } else { vec![kind, 1] };
    let length = u8::try_from(body.len() & 0x7f).unwrap() | 0x80;
    [&kind[..], &[length, u8::try_from(body.len() >> 7).unwrap()], body].concat()
}

fn counted(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&u32::try_from(units.len() / 2).unwrap().to_le_bytes()[..], &units].concat()
}

fn package() -> Vec<u8> {
    let mut sheet = Vec::new();
    for (row, texts) in (0u32..).zip(ROWS) {
        sheet.extend(short_record(0, &[&row.to_le_bytes()[..], &[0; 13]].concat()));
        for (column, text) in (0u32..).zip(texts) {
            let place = [column.to_le_bytes(), [0; 4]].concat();
            sheet.extend(match text.parse::<f64>() {
                Ok(number) if column > 0 => short_record(5, &[&place[..], &number.to_le_bytes()].concat()),
                _ => short_record(6, &[&place[..], &counted(text)].concat()),
            });
        }
    }
    sheet.extend(short_record(0x82, &[]));
    let listed = [&[0, 0, 0, 0, 1, 0, 0, 0][..], &counted("r1"), &counted("Лист1")].concat();
    let book = [short_record(0x9c, &listed), short_record(0x84, &[])].concat();
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
    let relations = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{kind}\" Target=\"worksheets/sheet1.bin\"/></Relationships>"
    );
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for (part, content) in [
        ("xl/workbook.bin", book),
        ("xl/_rels/workbook.bin.rels", relations.into_bytes()),
        ("xl/worksheets/sheet1.bin", sheet),
    ] {
        packed.start_file(part, SimpleFileOptions::default()).unwrap();
        packed.write_all(&content).unwrap();
    }
    packed.finish().unwrap().into_inner()
}

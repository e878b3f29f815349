//! Workbooks made on the spot, good and bad, through the reader.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;
use crate::lang::Lang;

fn refusal(bytes: &[u8]) -> String {
    match read(bytes, "f.xlsx") {
        Ok(book) => panic!("read: {} sheets", book.sheets.len()),
        Err(fault) => {
            assert_eq!((fault.at, fault.code), (Place::File("f.xlsx".to_owned()), "file"));
            fault.message.say(Lang::En)
        }
    }
}

fn workbook(write: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    write(&mut book);
    book.save_to_buffer().unwrap()
}

#[test]
fn cells_of_every_kind_are_read() {
    let bytes = workbook(|book| {
        let percent = Format::new().set_num_format("0.0%");
        let day = Format::new().set_num_format("dd.mm.yyyy");
        let sheet = book.add_worksheet().set_name("Лист").unwrap();
        sheet.write(0, 0, " Код\nМОУО ").unwrap();
        sheet.write(0, 1, "007").unwrap();
        sheet.write(0, 2, 1234.5).unwrap();
        sheet.write_with_format(0, 3, 0.54, &percent).unwrap();
        sheet.write_with_format(0, 4, ExcelDateTime::from_ymd(2021, 9, 1).unwrap(), &day).unwrap();
        sheet.write(0, 5, true).unwrap();
        sheet.write(0, 6, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        sheet.write(0, 7, Formula::new("=6*7").set_result("42")).unwrap();
        sheet.write_blank(0, 9, &percent).unwrap();
        book.add_worksheet().set_hidden(true).write(2, 1, "x").unwrap();
    });
    let book = read(&bytes, "f.xlsx").unwrap();
    let grid = &book.sheets[0];
    assert_eq!((grid.name(), grid.hidden(), grid.height(), grid.width()), ("Лист", false, 1, 8));
    let expected = [
        Cell::Text(" Код\nМОУО ".to_owned()),
        Cell::Text("007".to_owned()),
        Cell::number(1234.5),
        Cell::Number { value: 0.54, percent: true },
        Cell::Date(jiff::civil::date(2021, 9, 1)),
        Cell::Boolean(true),
        Cell::Error("#DIV/0!".to_owned()),
        Cell::number(42.0),
    ];
    for (column, cell) in (0u32..).zip(&expected) {
        assert_eq!(grid.cell(0, column), cell, "column {column}");
    }
    assert!(book.sheets[1].hidden());
    assert_eq!(book.sheets[1].cell(2, 1).text(), "x");
}

#[test]
fn merged_headers_are_read() {
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.merge_range(0, 1, 0, 2, "отметка \"2\"", &Format::new()).unwrap();
        sheet.write(1, 1, "кол-во").unwrap();
        sheet.write(1, 2, "%").unwrap();
    });
    let book = read(&bytes, "f.xlsx").unwrap();
    let grid = &book.sheets[0];
    assert_eq!(grid.header(0, 2).text(), "отметка \"2\"");
    assert_eq!(grid.cell(0, 2), &Cell::Empty);
    assert_eq!(grid.merges(), [Merge { first_row: 0, first_column: 1, last_row: 0, last_column: 2 }]);
}

#[test]
fn what_is_no_workbook_is_said_to_be_what_it_is() {
    let word = zipped(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w:document/>")]);
    let encrypted: Vec<u8> = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        .iter()
        .copied()
        .chain("EncryptedPackage\0".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let cases: &[(&[u8], &str)] = &[
        (b"", "The file is empty"),
        (b"%PDF-1.7\n", "holds PDF"),
        (b"\x89PNG\r\n\x1a\n", "holds PNG"),
        (b"<!DOCTYPE html><html>hello</html>", "the file holds HTML"),
        (b"<html><table><td> </table></html>", "no filled cell"),
        (b"<?xml version=\"1.0\"?><gpx/>", "holds XML"),
        ("Добрый день!".as_bytes(), "plain text"),
        (b"\x00\x01\x02", "no known kind"),
        (&word, "holds Word (.docx)"),
        (&encrypted, "password"),
        (&zipped(&[("a.txt", "a")]), "holds ZIP"),
        (b"PK\x03\x04garbage", "damaged"),
    ];
    for (bytes, said) in cases {
        let refused = refusal(bytes);
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn truncated_and_empty_workbooks_are_refused() {
    let bytes = workbook(|book| {
        book.add_worksheet().write(0, 0, 1).unwrap();
    });
    for length in (10..bytes.len()).step_by(211) {
        assert!(refusal(&bytes[..length]).contains("damaged"), "{length}");
    }
    let blank = workbook(|book| {
        book.add_worksheet();
    });
    assert!(refusal(&blank).contains("no filled cell"));
}

#[test]
fn empty_styled_rows_cost_nothing_and_the_far_corner_is_reached() {
    let mut rows = String::new();
    for n in 1..=100_000 {
        rows += &format!("<row r=\"{n}\" s=\"1\"><c r=\"A{n}\" s=\"1\"/></row>");
    }
    rows += "<row r=\"1048576\"><c r=\"XFD1048576\"><v>7</v></c></row>";
    let book = read(&minimal(&rows), "f.xlsx").unwrap();
    let grid = &book.sheets[0];
    assert_eq!((grid.height(), grid.width(), grid.rows().count()), (1 << 20, 1 << 14, 1));
    assert_eq!(grid.cell((1 << 20) - 1, (1 << 14) - 1), &Cell::number(7.0));
}

#[test]
fn archive_bombs_are_refused_before_they_unpack() {
    let spaces = " ".repeat(25 << 20);
    let (plain, none) = ("<styleSheet/>", "<sst/>");
    let formats = format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(300_000));
    for (what, rows, styles, texts) in [
        ("one long text", format!("<row><c t=\"str\"><v>{spaces}</v></c></row>"), plain, none),
        ("one long piece among the styles", String::new(), spaces.as_str(), none),
        ("too many formats", String::new(), formats.as_str(), none),
        ("one long shared text", String::new(), plain, spaces.as_str()),
    ] {
        assert!(refusal(&packed(&rows, styles, texts)).contains("unusually large"), "{what}");
    }
    let repeated = "<row><c t=\"s\"><v>0</v></c></row>".repeat(10_000);
    let texts = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(30_000));
    assert!(refusal(&packed(&repeated, plain, &texts)).contains("holds too much"));
}

#[test]
fn what_a_workbook_claims_of_itself_is_not_believed() {
    let rows =
        "<row r=\"\"><c t=\"s\"><v>0</v></c><c r=\"\" t=\"e\"><v>#SPILL!</v></c></row><row><c><v>7</v></c></row>";
    let sheet = format!(
        "<dimension ref=\"1:4\"/><sheetData>{rows}</sheetData><mergeCells><mergeCell ref=\"A:A\"/></mergeCells>"
    );
    let book = read(
        &with_sheet(&sheet, "<styleSheet/>", "<sst uniqueCount=\"99999999999\"><si><t>x</t></si></sst>"),
        "f.xlsx",
    );
    let grid = &book.unwrap().sheets[0];
    assert_eq!((grid.cell(0, 0).text(), grid.cell(1, 0).text()), ("x".to_owned(), "7".to_owned()));
    assert_eq!(grid.cell(0, 1), &Cell::Error("#SPILL!".to_owned()));
}

#[test]
fn positions_outside_a_sheet_are_damage() {
    for position in ["A9999999", "ZZZZ1", "A99999999999999", "AAAAAAAAAAAAAA1"] {
        let refused = refusal(&minimal(&format!("<row><c r=\"{position}\"><v>1</v></c></row>")));
        assert!(refused.contains("damaged"), "{position}: {refused}");
    }
}

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet with these rows.
fn minimal(rows: &str) -> Vec<u8> {
    packed(rows, "<styleSheet/>", "<sst/>")
}

/// A workbook of one sheet with these rows, styles and shared texts.
fn packed(rows: &str, styles: &str, texts: &str) -> Vec<u8> {
    with_sheet(&format!("<sheetData>{rows}</sheetData>"), styles, texts)
}

/// A workbook of one sheet with this content, styles and shared texts.
fn with_sheet(sheet: &str, styles: &str, texts: &str) -> Vec<u8> {
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"{id}\" Type=\"x/relationships/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    zipped(&[
        ("_rels/.rels", &relation("r1", "officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", &relation("r1", "worksheet", "worksheets/sheet1.xml")),
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"),
        ("xl/styles.xml", styles),
        ("xl/sharedStrings.xml", texts),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet>{sheet}</worksheet>")),
    ])
}

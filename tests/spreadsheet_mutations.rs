//! Spreadsheets of every kind, damaged at random by a fixed seed: each is read or refused, none ends the program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::io::{Cursor, Read, Write};

use rust_xlsxwriter::{Format, Workbook};
use svod::sheet::read;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// How many damaged files of each kind.
const TIMES: u64 = 1_500;

/// Pieces that hurt readers.
const HOSTILE: &[&str] = &[
    "<",
    ">",
    "\"",
    "&#",
    "&#x110000;",
    "]]>",
    "<!",
    "-1",
    "99999999999",
    "<c r=\"A0\">",
    "</c>",
    "<row r=\"0\"/>",
    "ss:Index=\"4294967295\" ",
    "ss:MergeDown=\"4294967295\" ",
    "rowspan=4294967295 ",
    "</table>",
    "_x000D_",
    "_xD800_",
    "table:number-rows-repeated=\"4294967295\" ",
    "table:number-columns-spanned=\"4294967295\" ",
    ";",
    "\t",
    "\r",
    "ж",
];

/// A small generator of numbers (xorshift), so that every run is the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }

    /// A file with some bytes changed, cut out, doubled, or something hostile put between them.
    fn damaged(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(5) {
            let at = self.below(bytes.len());
            let end = (at + self.below(200)).min(bytes.len());
            match self.below(5) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                1 => drop(bytes.drain(at..end)),
                2 => bytes.truncate(at.max(bytes.len() / 2)),
                3 => {
                    let copy = bytes[at..end].to_vec();
                    bytes.splice(at..at, copy);
                }
                _ => {
                    let hostile = HOSTILE[self.below(HOSTILE.len())];
                    bytes.splice(at..at, hostile.bytes());
                }
            }
        }
        bytes
    }

    /// An archive in which one part is damaged, packed anew so that the damage is reached.
    fn repacked(&mut self, archive: &[u8]) -> Vec<u8> {
        let mut parts = ZipArchive::new(Cursor::new(archive)).unwrap();
        let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
        let unlucky = self.below(parts.len());
        for i in 0..parts.len() {
            let mut part = parts.by_index(i).unwrap();
            let name = part.name().unwrap().into_owned();
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            if i == unlucky {
                content = self.damaged(&content);
            }
            let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            packed.start_file(name, stored).unwrap();
            packed.write_all(&content).unwrap();
        }
        packed.finish().unwrap().into_inner()
    }
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let percent = Format::new().set_num_format("0.0%");
    sheet.merge_range(0, 0, 1, 1, "Код & наименование", &Format::new()).unwrap();
    for row in 2..12 {
        sheet.write(row, 0, "007").unwrap();
        sheet.write_with_format(row, 1, f64::from(row) / 100.0, &percent).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn document(content: &str) -> Vec<u8> {
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    packed.start_file("content.xml", SimpleFileOptions::default()).unwrap();
    packed.write_all(content.as_bytes()).unwrap();
    packed.finish().unwrap().into_inner()
}

const CONTENT: &str = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office\">\
    <table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"2\"><table:table-cell \
    table:number-columns-spanned=\"2\" office:value-type=\"float\" office:value=\"7\"><text:p>7<text:s text:c=\"3\"/>\
    </text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table></office:document-content>";

const REPORT: &str = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Styles>\
    <Style ss:ID=\"p\"><NumberFormat ss:Format=\"0%\"/></Style></Styles><Worksheet ss:Name=\"a\"><Table><Row ss:Index=\"2\">\
    <Cell ss:Index=\"2\" ss:MergeAcross=\"1\" ss:StyleID=\"p\"><Data ss:Type=\"Number\">0.54</Data></Cell></Row></Table>\
    <WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>";

const PAGE: &str =
    "<html><table><tr><td rowspan=2>a<td colspan='2'>b&nbsp;<tr><td><table><tr><td>c</table><td x:num=1>1%";

const LINES: &str = "Код;Школа;Доля\r\n007;\"МБОУ \"\"Школа\"\"\";12,5\r\n\r\n008;\"a\nb\";54%\r\n";

#[test]
fn damaged_spreadsheets_are_read_or_refused() {
    let (narrow, _, _) = encoding_rs::WINDOWS_1251.encode(LINES);
    let wide: Vec<u8> = LINES.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (workbook, document) = (workbook(), document(CONTENT));
    let seeds: &[(&str, &[u8])] = &[
        ("a.xlsx", &workbook),
        ("a.ods", &document),
        ("a.xls", REPORT.as_bytes()),
        ("b.xls", PAGE.as_bytes()),
        ("a.csv", LINES.as_bytes()),
        ("b.csv", &narrow),
        ("c.csv", &wide),
        ("a.fods", CONTENT.as_bytes()),
    ];
    let mut dice = Dice(88_172_645_463_325_252);
    for (name, seed) in seeds {
        let whole = read(seed, name).unwrap();
        assert!(!whole.sheets.is_empty(), "{name}");
        let mut taken = 0;
        for time in 0..TIMES {
            let archive = seed.starts_with(b"PK") && time % 5 != 0;
            let bytes = if archive { dice.repacked(seed) } else { dice.damaged(seed) };
            if let Ok(book) = read(&bytes, name) {
                taken += 1;
                for sheet in &book.sheets {
                    let cells =
                        sheet.rows().flat_map(|(row, cells)| cells.iter().map(move |(column, _)| (row, *column)));
                    cells.take(1_000).for_each(|(row, column)| drop(sheet.header(row, column).text()));
                }
            }
        }
        assert!(taken > 0, "{name}: nothing was left to read");
    }
}

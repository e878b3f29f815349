//! Spreadsheets of every kind: read or refused.

use std::io::{Cursor, Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use rust_xlsxwriter::{Format, Workbook};
use svod::sheet::{read, set_program};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::dice::{Dice, Usual, each_round};

/// How many damaged files of each kind, and of a kind for each file of which a process is started.
const TIMES: usize = 1_500;
const PROCESSES: usize = 150;

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

impl Dice {
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

/// An .xls workbook of one sheet with numbers, a text and a format.
fn old_workbook() -> Vec<u8> {
    let record = |kind: u16, body: &[u8]| {
        let length = u16::try_from(body.len()).unwrap();
        [&kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
    };
    let begin = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let globals = |start: u32| {
        let sheet = [&start.to_le_bytes()[..], &[0, 0, 1, 0, b's']].concat();
        let texts = [1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, b'a', b'b', b'c'];
        let formats = record(0x041e, &[164, 0, 4, 0, 0, b'0', b'.', b'0', b'%']);
        let cell_format = record(0x00e0, &[&[0, 0, 164, 0][..], &[0; 16]].concat());
        [begin(5), formats, cell_format, record(0x0085, &sheet), record(0x00fc, &texts), record(0x000a, &[])].concat()
    };
    let number = |row: u8| record(0x0203, &[&[row, 0, 1, 0, 0, 0][..], &0.54f64.to_le_bytes()].concat());
    let cells: Vec<u8> = (1..20).flat_map(number).collect();
    let text = record(0x00fd, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let merge = record(0x00e5, &[1, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    let start = u32::try_from(globals(0).len()).unwrap();
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let stream = [globals(start), begin(0x10), text, cells, merge, record(0x000a, &[])].concat();
    file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn damaged_spreadsheets_are_read_or_refused() {
    set_program(PathBuf::from(env!("CARGO_BIN_EXE_svod")));
    let (narrow, _, _) = encoding_rs::WINDOWS_1251.encode(LINES);
    let wide: Vec<u8> = LINES.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (workbook, document, old) = (workbook(), document(CONTENT), old_workbook());
    let seeds: &[(&str, &[u8])] = &[
        ("a.xlsx", &workbook),
        ("a.ods", &document),
        ("a.xls", REPORT.as_bytes()),
        ("b.xls", PAGE.as_bytes()),
        ("c.xls", &old),
        ("a.csv", LINES.as_bytes()),
        ("b.csv", &narrow),
        ("c.csv", &wide),
        ("a.fods", CONTENT.as_bytes()),
    ];
    for (name, seed) in seeds {
        let whole = read(seed, name).unwrap();
        assert!(!whole.sheets.is_empty(), "{name}");
        let taken = AtomicUsize::new(0);
        let make = |dice: &mut Dice| {
            let archive = seed.starts_with(b"PK") && !dice.once_in(5);
            if archive { dice.repacked(seed) } else { dice.damaged(seed) }
        };
        let rounds = if seed.starts_with(b"\xd0\xcf") { PROCESSES } else { TIMES };
        each_round(name, Usual { rounds, seconds: 3 }, make, |bytes| {
            let Ok(book) = read(bytes, name) else { return };
            taken.fetch_add(1, Ordering::Relaxed);
            for sheet in &book.sheets {
                let cells = sheet.rows().flat_map(|(row, cells)| cells.iter().map(move |(column, _)| (row, *column)));
                cells.take(1_000).for_each(|(row, column)| drop(sheet.header(row, column).text()));
            }
        });
        assert!(taken.into_inner() > 0, "{name}: nothing was left to read");
    }
}

//! The list as text: delimited lines in every encoding, and the texts that are named .xls.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::ROWS;

type File = (String, Vec<u8>);

pub fn files() -> Vec<File> {
    let mut files = Vec::new();
    for (mark, delimiter) in [("semicolons", ";"), ("commas", ","), ("tabs", "\t")] {
        let text = lines(delimiter);
        for (encoding, bytes) in encoded(&text) {
            files.push((format!("{encoding} {mark}.csv"), bytes));
        }
    }
    let page = page();
    let narrow = encoding_rs::WINDOWS_1251.encode(&page.replace("utf-8", "windows-1251")).0.into_owned();
    files.push(("page.xls".to_owned(), page.into_bytes()));
    files.push(("narrow page.xls".to_owned(), narrow));
    files.push(("report.xls".to_owned(), report(|text| text.replace('&', "&amp;")).into_bytes()));
    files.push(("report without semicolons.xls".to_owned(), report(bare_references).into_bytes()));
    files.push(("flat.fods".to_owned(), document().into_bytes()));
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    packed.start_file("content.xml", SimpleFileOptions::default()).unwrap();
    packed.write_all(document().as_bytes()).unwrap();
    files.push(("list.ods".to_owned(), packed.finish().unwrap().into_inner()));
    files
}

/// Lines of values, those with a delimiter in quotation marks.
fn lines(delimiter: &str) -> String {
    let value = |text: &&str| if text.contains(delimiter) { format!("\"{text}\"") } else { (*text).to_owned() };
    ROWS.map(|row| row.iter().map(value).collect::<Vec<_>>().join(delimiter) + "\r\n").concat()
}

fn encoded(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
    vec![
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8 with a mark", ["\u{feff}", text].concat().into_bytes()),
        ("UTF-16LE with a mark", [&[0xff, 0xfe][..], &little].concat()),
        ("UTF-16BE with a mark", [&[0xfe, 0xff][..], &big].concat()),
        ("UTF-16LE", little),
        ("UTF-16BE", big),
        ("Windows-1251", encoding_rs::WINDOWS_1251.encode(text).0.into_owned()),
    ]
}

/// A page as some systems call their reports: tags left open, numbers as text.
fn page() -> String {
    let row = |row: [&str; 8]| format!("<TR>{}", row.map(|cell| format!("<TD>{cell}</TD>")).concat());
    format!("<html><meta charset=utf-8><table border=1>{}</table>", ROWS.map(row).concat())
}

/// XML as Excel 2003 read it; `say` writes a text.
fn report(say: impl Fn(&str) -> String) -> String {
    let cell = |text: &str| {
        let kind = if text.len() < 3 { "Number" } else { "String" };
        format!("<Cell><Data ss:Type=\"{kind}\">{}</Data></Cell>", say(text))
    };
    let rows = ROWS.map(|row| format!("<Row>{}</Row>", row.map(cell).concat())).concat();
    format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"Page 1\"><Table>{rows}</Table>\
         </Worksheet></Workbook>"
    )
}

/// Every character by its number, as a generator wrote it that forgot the semicolons: no well-formed XML any more.
fn bare_references(text: &str) -> String {
    text.chars().map(|c| format!("&#{}", u32::from(c))).collect()
}

/// The content of an OpenDocument spreadsheet.
fn document() -> String {
    let cell = |text: &str| match text.parse::<f64>() {
        Ok(number) if text.len() < 3 => {
            format!(
                "<table:table-cell office:value-type=\"float\" office:value=\"{number}\"><text:p>{text}</text:p></table:table-cell>"
            )
        }
        _ => format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"),
    };
    let rows = ROWS.map(|row| format!("<table:table-row>{}</table:table-row>", row.map(cell).concat())).concat();
    format!(
        "<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office\"><office:spreadsheet>\
         <table:table table:name=\"Лист1\">{rows}</table:table></office:spreadsheet></office:document>"
    )
}

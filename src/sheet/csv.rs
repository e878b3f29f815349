//! Delimited text: semicolons, commas or tabs, found out from the lines themselves; every value stays text.

use memchr::{memchr, memchr3};

use super::grid::{Cell, Grid, Pen, Room};
use super::refusal::Refusal;
use super::xlsx::{COLUMNS, ROWS};

/// What may stand between two values.
const DELIMITERS: [u8; 4] = *b";\t,|";
/// How many lines are looked at to find out which one does.
const LINES: usize = 100;

/// Reads delimited text into one sheet; codes such as `007` stay as they are, for every value is text.
///
/// # Errors
///
/// There are more cells than Svod reads.
pub(super) fn read(text: &str, name: &str) -> Result<Vec<Grid>, Refusal> {
    let (text, delimiter) = delimited(text);
    let delimiter = delimiter.unwrap_or(b';');
    let mut pen = Pen::new(name);
    let mut room = Room::new();
    let (mut row, mut column, mut at) = (0, 0, 0);
    while at < text.len() {
        let (value, end) = value(text, at, delimiter);
        if column >= COLUMNS || row >= ROWS {
            return Err(Refusal::TooManyCells);
        }
        pen.put(&mut room, row, column, Cell::Text(value))?;
        let bytes = text.as_bytes();
        at = end + 1;
        if bytes.get(end) == Some(&delimiter) {
            column += 1;
        } else {
            at += usize::from(bytes[end..].starts_with(b"\r\n"));
            (row, column) = (row + 1, 0);
        }
    }
    Ok(vec![pen.finish()])
}

/// The value that begins at a place, and the place of the delimiter or the line end after it.
///
/// In quotation marks a value may hold both, and a doubled mark stands for one (RFC 4180); what follows the closing
/// mark belongs to the value as it is.
fn value(text: &str, start: usize, delimiter: u8) -> (String, usize) {
    let bytes = text.as_bytes();
    let mut value = String::new();
    let mut at = start;
    if bytes[start] == b'"' {
        at += 1;
        loop {
            let close = memchr(b'"', &bytes[at..]).map_or(bytes.len(), |found| at + found);
            value.push_str(&text[at..close]);
            at = (close + 1).min(bytes.len());
            if bytes.get(at) != Some(&b'"') {
                break;
            }
            value.push('"');
            at += 1;
        }
    }
    let end = memchr3(delimiter, b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |found| at + found);
    value.push_str(&text[at..end]);
    (value, end)
}

/// Whether a text is a table: several lines with the same number of the same delimiter.
pub(super) fn is_table(text: &str) -> bool {
    delimited(text).1.is_some()
}

/// The text without Excel's `sep=;` line, and its delimiter, unless it has none.
fn delimited(text: &str) -> (&str, Option<u8>) {
    if let Some(stated) = text.strip_prefix("sep=")
        && let Some(delimiter) = stated.bytes().next().filter(u8::is_ascii)
    {
        return (stated[1..].trim_start_matches(['\r', '\n']), Some(delimiter));
    }
    (text, delimiter(text))
}

/// The delimiter that stands equally often in most of the first lines; of several, the one that stands most often.
fn delimiter(text: &str) -> Option<u8> {
    let mut counts: Vec<[usize; 4]> = Vec::new();
    let mut line = [0; 4];
    let mut quoted = false;
    for byte in text.bytes().take(1 << 20) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                counts.push(std::mem::take(&mut line));
                if counts.len() == LINES {
                    break;
                }
            }
            _ if quoted => {}
            _ => {
                if let Some(known) = DELIMITERS.iter().position(|delimiter| *delimiter == byte) {
                    line[known] += 1;
                }
            }
        }
    }
    counts.push(line);
    let usual = |known: usize| {
        let mut seen: Vec<usize> = counts.iter().map(|line| line[known]).filter(|count| *count > 0).collect();
        seen.sort_unstable();
        let runs = seen.chunk_by(|a, b| a == b);
        runs.map(|run| (run.len(), run[0])).max().map_or(0, |(lines, count)| lines * count)
    };
    let best = (0..DELIMITERS.len()).rev().max_by_key(|known| usual(*known))?;
    (usual(best) > 0).then_some(DELIMITERS[best])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found_and_values_stay_text() {
        for (text, delimiter) in [
            ("Код;Школа\r\n007;\"МБОУ; \"\"Школа\"\"\"\r\n", Some(b';')),
            ("a,b,c\n1,2,3\n", Some(b',')),
            ("Код\tДоля\n1\t12,5\n2\t13,5\n", Some(b'\t')),
            ("Код;Доля;x\n1;12,5;1\n2;1,5;2\n", Some(b';')),
            ("sep=|\r\na|b;c\n", Some(b'|')),
            ("Добрый день\nВысылаем отчёт", None),
        ] {
            assert_eq!(delimited(text).1, delimiter, "{text:?}");
        }
    }

    #[test]
    fn rows_are_counted_as_people_see_them() {
        assert_eq!(value("\"a\"b;c", 0, b';'), ("ab".to_owned(), 4));
        assert_eq!(value("\"a;", 0, b';'), ("a;".to_owned(), 3));
        let text = "sep=;\nКод;Школа\n\n007;\"МБОУ; \"\"Школа\"\"\n№ 5\"\n\n;;x";
        for text in [text.to_owned(), text.replace('\n', "\r\n"), text.replace('\n', "\r"), format!("{text}\n\n")] {
            let grids = read(&text, "s").unwrap();
            let grid = &grids[0];
            assert_eq!(grid.cell(0, 1).text(), "Школа", "{text:?}");
            assert_eq!(grid.cell(2, 0), &Cell::Text("007".to_owned()));
            assert_eq!(grid.cell(2, 1).text(), "МБОУ; \"Школа\" № 5");
            assert_eq!((grid.height(), grid.width()), (5, 3));
        }
    }
}

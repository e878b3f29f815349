//! Delimited text: semicolons, commas or tabs, found out from the lines themselves; every value stays text.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use super::grid::{Cell, Grid, Pen, Room};
use super::refusal::Refusal;
use super::xlsx::COLUMNS;

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
    let text = with_plain_line_ends(text);
    let (text, delimiter) = delimited(&text);
    let mut lines = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.unwrap_or(b';'))
        .from_reader(text.as_bytes());
    let mut pen = Pen::new(name);
    let mut room = Room::new();
    let mut record = StringRecord::new();
    let mut within = 0;
    while lines.read_record(&mut record).map_err(|_| Refusal::Damaged)? {
        within += record.iter().map(|value| value.matches('\n').count() as u64).sum::<u64>();
        // The library leaves empty lines out, but people count them: the row is the line less the breaks in values.
        let last = lines.position().byte() == text.len() as u64;
        let ended = u64::from(!last || text.ends_with('\n'));
        let row = (lines.position().line() - 1).saturating_sub(within + ended);
        for (column, value) in (0u32..).zip(&record) {
            if column >= COLUMNS {
                return Err(Refusal::TooManyCells);
            }
            pen.put(&mut room, u32::try_from(row).unwrap_or(u32::MAX), column, Cell::Text(value.to_owned()))?;
        }
    }
    Ok(vec![pen.finish()])
}

/// The text with every line end as one `\n`.
fn with_plain_line_ends(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
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

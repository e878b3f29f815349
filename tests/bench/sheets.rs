//! Reading a workbook into a grid, beside the library's bare streaming of the same file.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use rust_xlsxwriter::Workbook;

use super::{Figure, Line};

const ROWS: u32 = 10_000;
const COLUMNS: u16 = 60;

pub fn run() -> Vec<Figure> {
    let bytes = workbook();
    let cells = ROWS as usize * COLUMNS as usize;
    let floor = Line::of("  floor: the same cells, streamed and dropped", cells, "cells", || stream(&bytes));
    let read = Line::of("read a workbook of 10,000 rows × 60 into a grid", cells, "cells", || {
        svod::sheet::read(&bytes, "bench.xlsx").unwrap()
    });
    vec![read.within(&floor, "–")]
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_low_memory().unwrap();
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            if column < 3 {
                sheet.write_string(row, column, format!("школа {row} {column}")).unwrap();
            } else {
                sheet.write_number(row, column, f64::from(row * 7 + u32::from(column))).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn stream(bytes: &[u8]) -> usize {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let mut reader = book.worksheet_cells_reader(&name).unwrap();
    let mut cells = 0;
    while let Some(cell) = reader.next_cell().unwrap() {
        cells += usize::from(!matches!(cell.get_value(), DataRef::Empty));
    }
    cells
}

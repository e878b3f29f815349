//! Old binary workbooks are read in a child process of the program, which may run out of memory without harm.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::io::{Cursor, Write};
use std::path::PathBuf;

use svod::lang::Lang;
use svod::sheet::{Cell, read, set_program};

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
}

/// An .xls workbook of one sheet with numbers at these places.
fn workbook(numbers: &[(u16, u16, f64)]) -> Vec<u8> {
    let begin = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let end = record(0x000a, &[]);
    let globals = |start: u32| {
        let sheet = [&start.to_le_bytes()[..], &[0, 0, 1, 0, b's']].concat();
        [begin(5), record(0x0085, &sheet), end.clone()].concat()
    };
    let cells: Vec<u8> = numbers
        .iter()
        .flat_map(|(row, column, value)| {
            let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
            record(0x0203, &[&place[..], &value.to_le_bytes()].concat())
        })
        .collect();
    let start = u32::try_from(globals(0).len()).unwrap();
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let stream = [globals(start), begin(0x10), cells, end].concat();
    file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn a_child_reads_a_workbook() {
    set_program(PathBuf::from(env!("CARGO_BIN_EXE_svod")));
    let book = read(&workbook(&[(2, 1, 20287.0), (3, 0, 0.1 + 0.2)]), "итоги.xls").unwrap();
    let grid = &book.sheets[0];
    assert_eq!(grid.cell(2, 1), &Cell::number(20287.0));
    assert_eq!(grid.cell(3, 0), &Cell::number(0.1 + 0.2));
    assert_eq!((grid.height(), grid.width()), (4, 2));
}

#[test]
fn a_child_that_refuses_or_dies_leaves_words() {
    set_program(PathBuf::from(env!("CARGO_BIN_EXE_svod")));
    let sparse = workbook(&[(0, 0, 1.0), (65_535, 16_383, 1.0)]);
    let cut = &workbook(&[(0, 0, 1.0)])[..700];
    for (bytes, said) in [(&sparse[..], "more memory or time"), (cut, "damaged")] {
        let fault = read(bytes, "f.xls").map(|book| book.sheets.len()).unwrap_err();
        assert!(fault.say(Lang::En).contains(said), "{}", fault.say(Lang::En));
    }
}

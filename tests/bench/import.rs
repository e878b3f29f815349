//! Importing a sheet of 10,000 rows by 60 columns with the program itself, beside the library's bare streaming of it.

use calamine::{DataRef, Reader, Xlsx};
use rust_xlsxwriter::Workbook;

use super::program::run as svod;
use super::{Figure, Line};

const ROWS: usize = 10_000;
const QUESTIONS: usize = 58;

pub fn run() -> Vec<Figure> {
    let dir = tempfile::tempdir().unwrap();
    let (data, forms) = (dir.path().join("data"), dir.path().join("forms"));
    std::fs::create_dir(&forms).unwrap();
    std::fs::write(forms.join("wide.toml"), wide_form(QUESTIONS)).unwrap();
    let (sheet, changed) = (dir.path().join("свод.xlsx"), dir.path().join("позже.xlsx"));
    write(&sheet, 0);
    write(&changed, 1);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async { super::sending::territory(&data, ROWS).await.0.close().await });
    let bytes = std::fs::read(&sheet).unwrap();
    let cells = ROWS * (QUESTIONS + 2);
    let floor = Line::of("floor: the same sheet, streamed and dropped", cells, "cells", || stream(&bytes));
    floor.print();
    let forms = forms.to_str().unwrap();
    let import = |file: &std::path::Path, dry: &[&str]| {
        let start = ["--forms", forms, "import", file.to_str().unwrap(), "--form", "wide", "--period", "2024Sep"];
        svod(&data, &[&start[..], dry].concat())
    };
    let figure = |work, file, dry| floor.below(work, &import(file, dry), "≤ 2 of the reading, < 150 MB");
    vec![
        figure("import of 10,000 × 60, dry run", &sheet, &["--dry-run"]),
        figure("the same, applied", &sheet, &[]),
        figure("the same file again", &sheet, &[]),
        figure("another file over it, applied", &changed, &[]),
    ]
}

/// A form of so many numbers, and how a sheet of them is read.
pub fn wide_form(questions: usize) -> String {
    let mut text = String::from("id = \"wide\"\ntitle = \"Широкая\"\nperiod = \"school-year\"\n[[group]]\n");
    for n in 0..questions {
        text.push_str(&format!(
            "[[group.question]]\nname = \"q{n}\"\ntype = \"integer\"\nmin = 0\nlabel = \"Показатель {n}\"\n"
        ));
    }
    text.push_str("[[import]]\nname = \"wide\"\nsheets = [\"*\"]\nheader = [\"Код\", \"Наименование\"]\n");
    text.push_str("code = { column = \"Код\", scheme = \"code\" }\norganisation = \"Наименование\"\n");
    for n in 0..questions {
        text.push_str(&format!("[[import.column]]\nheader = \"Показатель {n}\"\nto = \"q{n}\"\n"));
    }
    text
}

/// A row a school; the numbers of a later sheet are all different.
fn write(file: &std::path::Path, later: usize) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_low_memory().unwrap();
    let heads = ["Код".to_owned(), "Наименование".to_owned()];
    for (column, head) in (0..).zip(heads.into_iter().chain((0..QUESTIONS).map(|n| format!("Показатель {n}"))))
    {
        sheet.write_string(0, column, head).unwrap();
    }
    for school in 0..ROWS {
        let row = u32::try_from(school + 1).unwrap();
        sheet.write_string(row, 0, format!("s{school}")).unwrap();
        sheet.write_string(row, 1, format!("Школа {school}")).unwrap();
        for (column, n) in (2..).zip(0..QUESTIONS) {
            sheet.write_number(row, column, (school * 7 + n + later) as f64).unwrap();
        }
    }
    book.save(file).unwrap();
}

fn stream(bytes: &[u8]) -> usize {
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    let mut reader = book.worksheet_cells_reader(&name).unwrap();
    let mut cells = 0;
    while let Some(cell) = reader.next_cell().unwrap() {
        cells += usize::from(!matches!(cell.get_value(), DataRef::Empty));
    }
    cells
}

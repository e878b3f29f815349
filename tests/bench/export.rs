//! The workbook of 40,000 schools by 60 columns from the program itself, beside bare writing of the same cells.

use std::path::Path;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook};
use svod::access::Actor;
use svod::db::Db;
use svod::form;
use svod::report::version;

use super::import::wide_form;
use super::program::run as svod;
use super::{Figure, Line};

const SCHOOLS: usize = 40_000;
/// Number, municipality, code, name and state stand before them.
const QUESTIONS: usize = 55;

pub fn run() -> Vec<Figure> {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(fill(&data));
    let cells = SCHOOLS * (QUESTIONS + 5);
    let floor = Line::of("floor: the same cells, low memory", cells, "cells", || write(&dir.path().join("floor.xlsx")));
    floor.print();
    let file = dir.path().join("ours.xlsx");
    let taken = svod(&data, &["export", "wide", "--period", "2024Sep", "-o", file.to_str().unwrap()]);
    vec![floor.below("export of 40,000 × 60", &taken, "≤ 1.5 of the writing, < 100 MB")]
}

/// Forty thousand reports that count, put into the tables at once.
async fn fill(data: &Path) {
    let (db, _, _) = super::sending::territory(data, SCHOOLS).await;
    let wide = form::read(&wide_form(QUESTIONS), "wide.toml").unwrap();
    version::actions::publish(&db, &Actor::operator(), std::slice::from_ref(&wide)).await.unwrap();
    rows(&db, &wide.hash).await;
    db.close().await;
}

async fn rows(db: &Db, hash: &str) {
    let mut tx = db.write_alone().await.unwrap();
    for statement in [
        "insert into report (id, form_id, period, about_id, by_kind, by_id)
         select id, 'wide', '2024Sep', id, 'school', id from org where type = 'school' and $1 <> ''",
        "insert into revision (id, report_id, act, at, until, who, source, form_hash, changes, answers, before)
         select id, id, 'send', 1, 1, 'operator', 'page', $1, '[]', '{}', '{\"values\":[]}' from report",
        "update report set sent_id = id where $1 <> ''",
        "insert into value (report_id, path, number, revision_id)
         with recursive n(x) as (select 0 union all select x + 1 from n where x < 54)
         select id, 'q' || x, id * 7 + x, id from report cross join (select x from n order by 'q' || x) where $1 <> ''",
    ] {
        sqlx::query(statement).bind(hash).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The formats that these cells have in the workbook: finding them again for every cell is part of writing it.
struct Look {
    whole: Format,
    text: Format,
    wrapped: Format,
    state: Format,
}

impl Look {
    fn new() -> Look {
        let plain = || Format::new().set_font_name("Arial").set_font_size(10).set_align(FormatAlign::VerticalCenter);
        let cell = || plain().set_border(FormatBorder::Thin).set_border_color(Color::RGB(0xBF_C7D1));
        let left = || cell().set_align(FormatAlign::Left).set_indent(1);
        Look {
            whole: cell().set_align(FormatAlign::Right).set_num_format("#,##0"),
            text: left(),
            wrapped: left().set_text_wrap(),
            state: cell().set_align(FormatAlign::Center).set_font_color(Color::RGB(0x6B_7480)),
        }
    }
}

/// The rows of the sheet of data. What stands around them (headings, totals, the small sheets) takes no time.
fn write(file: &Path) {
    let (mut book, look) = (Workbook::new(), Look::new());
    let sheet = book.add_worksheet_with_low_memory().unwrap();
    for school in 0..SCHOOLS {
        let row = u32::try_from(school).unwrap();
        sheet.write_number_with_format(row, 0, (school + 1) as f64, &look.whole).unwrap();
        let (code, name) = (format!("s{school}"), format!("Школа {school}"));
        let texts =
            [("Район", &look.wrapped), (&code, &look.text), (&name, &look.wrapped), ("отправлено", &look.state)];
        for (column, (text, format)) in (1..).zip(texts) {
            sheet.write_string_with_format(row, column, text, format).unwrap();
        }
        for (column, n) in (5..).zip(0..QUESTIONS) {
            sheet.write_number_with_format(row, column, (school * 7 + n) as f64, &look.whole).unwrap();
        }
    }
    book.save(file).unwrap();
}

//! The published case of seed 000, through the command line, a page and the workbook, whichever year comes first.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod run;

use std::path::Path;

use run::{Server, done, svod, workbook};
use svod::sheet::{self, Grid};

const SCHOOL: &str = "МБОУ «Ореховская СОШ»";

/// A district of one school, and the notes of two years: 54 % and 31 %, then 43 % and a dash.
fn district(dir: &Path, years: &[&str]) {
    workbook(
        &dir.join("реестр.xlsx"),
        &[
            &["Код", "Наименование", "Тип", "Вышестоящая"],
            &["m", "Обливский район", "Муниципалитет", ""],
            &["s", SCHOOL, "Школа", "m"],
        ],
    );
    done(&svod(dir, &["org", "import", "реестр.xlsx"]));
    done(&svod(dir, &["publish"]));
    for (year, maths, russian) in [("2020-2021", "54", "31"), ("2021-2022", "43", "-")] {
        workbook(
            &dir.join(format!("{year}.xlsx")),
            &[
                &["Справка по итогам ОГЭ"],
                &["Код", "Наименование", "Процедура", "Доля «2», %"],
                &["s", SCHOOL, "ОГЭ математика", maths],
                &["s", SCHOOL, "ОГЭ русский", russian],
            ],
        );
    }
    for year in years {
        let file = format!("{year}.xlsx");
        done(&svod(dir, &["import", &file, "--form", "exam-results", "--period", year, "--recipe", "spravka"]));
    }
}

/// The row of the list that the school stands in, its cells joined.
fn listed(dir: &Path, period: &str) -> String {
    done(&svod(dir, &["export", "exam-results", "--period", period, "-o", "свод.xlsx"]));
    let book = sheet::read_file(&dir.join("свод.xlsx")).unwrap();
    let list: &Grid = book.sheets.iter().find(|sheet| sheet.name().contains("ШНОР")).unwrap();
    let row = list.rows().find(|(_, cells)| cells.iter().any(|(_, cell)| cell.text().contains("Ореховская")));
    let data = book.sheets.iter().find(|sheet| sheet.name() == "Данные").unwrap();
    let ours = data.rows().find(|(_, cells)| cells.iter().any(|(_, cell)| cell.text().contains("Ореховская"))).unwrap();
    let participants = data.rows().flat_map(|(_, cells)| cells).filter(|(_, cell)| cell.text().contains("Участников"));
    let columns: Vec<u32> = participants.map(|(column, _)| *column).collect();
    assert!(!columns.is_empty());
    assert!(columns.iter().all(|column| data.cell(ours.0, *column).is_empty()), "nobody knows how many took part");
    let cells: Vec<String> = row.unwrap().1.iter().map(|(_, cell)| cell.text()).collect();
    cells.join(" | ").replace('\u{a0}', " ")
}

const TWO_PROCEDURES: &str = "не менее чем по двум процедурам";
const TWO_YEARS: &str = "в каждом из двух учебных годов";

#[test]
fn the_published_school_is_listed_by_each_ground_in_its_year_whichever_year_is_imported_first() {
    let mut lists = Vec::new();
    for years in [["2020-2021", "2021-2022"], ["2021-2022", "2020-2021"]] {
        let dir = tempfile::tempdir().unwrap();
        district(dir.path(), &years);
        let (first, second) = (listed(dir.path(), "2020/21"), listed(dir.path(), "2021/22"));
        assert!(first.contains(TWO_PROCEDURES) && !first.contains(TWO_YEARS), "{first}");
        assert!(first.contains("54 % (2020/21)") && first.contains("31 % (2020/21)"), "{first}");
        assert!(second.contains(TWO_YEARS) && !second.contains(TWO_PROCEDURES), "{second}");
        assert!(second.contains("43 % (2021/22)") && second.contains("54 % (2020/21)"), "{second}");

        let server = Server::start(dir.path(), &[]);
        let page = server.page("/forms/exam-results/2021Sep");
        assert!(page.contains("Ореховская") && page.contains(TWO_YEARS), "{page}");
        assert!(page.contains("43 % (2021/22), 54 % (2020/21)"));
        lists.push((first, second));
        drop(server);
        done(&svod(dir.path(), &["verify"]));
    }
    assert_eq!(lists[0], lists[1]);
}

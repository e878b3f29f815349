//! The demonstration has what a department should see, each through the program's own pages and workbooks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod run;

use run::Server;
use svod::sheet;
use tempfile::TempDir;

const FORMS: [&str; 4] = ["exam-results", "social-conditions", "staffing", "programme-2023"];
const YEARS: [&str; 2] = ["2020Sep", "2021Sep"];

/// A demonstration in a folder of its own.
fn demo() -> (TempDir, Server) {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--demo"]);
    (dir, server)
}

/// The codes of the schools that an overview lists under a filter.
fn listed(server: &Server, form: &str, year: &str, show: &str) -> Vec<String> {
    let page = server.page(&format!("/forms/{form}/{year}?show={show}"));
    let (_, who) = page.split_once("id=\"who\"").unwrap();
    let start = format!("href=\"/report/{form}/{year}/");
    who.split(&start).skip(1).map(|rest| rest.chars().take_while(|c| *c != '"').collect()).collect()
}

fn says(server: &Server, path: &str, said: &[&str]) {
    let page = server.page(path);
    for words in said {
        assert!(page.contains(words), "{path} does not say {words:?}: {page}");
    }
}

#[test]
fn a_region_with_three_municipalities_and_forty_schools_one_of_which_merged() {
    let (_dir, server) = demo();
    let merged = "присоединена к МБОУ «Полевская СОШ» с 01.09.2021";
    says(
        &server,
        "/orgs",
        &[
            "Приреченская область",
            "Заречный район",
            "Северный муниципальный округ",
            "Город Светлогорье",
            "41 школа",
            "г. Светлогорье",
            "отчитывается с вышестоящей",
            merged,
        ],
    );
    says(&server, "/org/260213", &["до 31.08.2021", "входила в «Заречный район»", "Красноярск, UTC+7"]);
    says(&server, "/orgs/groups", &["Школы-наставники", "4 организации"]);
    says(&server, "/report/exam-results/2020Sep/260113", &[merged, "Отправлен"]);
    says(&server, "/report/exam-results/2021Sep/260112", &["с 01.09.2021 присоединена: МБОУ «Высокогорская СОШ»"]);
    for form in &FORMS[..3] {
        assert!(listed(&server, form, "2020Sep", "sent").contains(&"260113".to_owned()), "its old report counts");
        assert!(!listed(&server, form, "2021Sep", "").contains(&"260113".to_owned()), "no new one is expected");
        for year in YEARS {
            assert_eq!(listed(&server, form, year, "silent"), ["260103"], "{form} {year}");
        }
    }
}

#[test]
fn drafts_corrections_and_one_explained_warning() {
    let (_dir, server) = demo();
    assert_eq!(listed(&server, "exam-results", "2021Sep", "draft").len(), 3);
    assert_eq!(listed(&server, "exam-results", "2021Sep", "sent").len(), 35);
    says(&server, "/report/exam-results/2021Sep/260105", &["Черновик", "Сохранить черновик"]);
    let (mut sent_twice, mut explained) = (Vec::new(), Vec::new());
    for form in &FORMS[..3] {
        for (year, drafts) in [("2020Sep", 0), ("2021Sep", if *form == "exam-results" { 3 } else { 0 })] {
            assert_eq!(listed(&server, form, year, "draft").len(), drafts, "{form} {year}");
            for school in listed(&server, form, year, "sent") {
                let history = server.page(&format!("/report/{form}/{year}/{school}/history"));
                explained.extend(std::iter::repeat_n(school.clone(), history.matches("Пояснение («").count()));
                if history.matches("<h2>Отчёт отправлен</h2>").count() == 2 {
                    sent_twice.push(school);
                }
            }
        }
    }
    sent_twice.sort();
    assert_eq!(sent_twice, ["260106", "260201"]);
    assert_eq!(explained, ["260112"], "one warning, in the school that another has merged into");
}

#[test]
fn an_exact_thirty_per_cent_nobody_no_data_and_the_published_case() {
    let (_dir, server) = demo();
    says(&server, "/report/exam-results/2021Sep/260102", &["30 %", ">да<"]);
    let nobody = server.page("/report/exam-results/2021Sep/260104");
    assert_eq!(nobody.matches("никто не участвовал").count(), 6);
    let overview = "/forms/exam-results/2021Sep";
    says(
        &server,
        overview,
        &[
            "Ореховская",
            "в каждом из двух учебных годов",
            "43 % (2021/22), 54 % (2020/21)",
            "31 % (2020/21)",
            "никто не участвовал",
        ],
    );
    says(
        &server,
        "/forms/exam-results/2020Sep",
        &["не менее чем по двум процедурам", "54 % (2020/21)", "31 % (2020/21)"],
    );
    for (form, row) in [("exam-results", "vpr_rus_6"), ("staffing", "trained_risk"), ("social-conditions", "truancy")] {
        let page = server.page(&format!("/report/{form}/2021Sep/260203"));
        assert!(page.contains("нет данных") && page.contains(row), "{form}: {page}");
    }
    says(&server, "/forms/programme-2023/2021Sep", &["достигнута", "не достигнута", "учтены 34 из 38 организаций"]);
}

/// The cells of the sheets with figures: of the rest, one has the moment at which it was made.
fn cells(dir: &TempDir, server: &Server, form: &str, year: &str) -> Vec<String> {
    let path = dir.path().join(format!("{form}-{year}.xlsx"));
    std::fs::write(&path, server.get(&format!("/forms/{form}/{year}/book.xlsx")).1).unwrap();
    let book = sheet::read_file(&path).unwrap();
    let figures = book.sheets.iter().filter(|sheet| sheet.name() != "Паспорт");
    let rows = figures.flat_map(|sheet| sheet.rows().map(|(_, cells)| cells));
    rows.flatten().map(|(_, cell)| cell.text()).collect()
}

#[test]
fn two_demonstrations_are_the_same() {
    let ((first, one), (second, other)) = (demo(), demo());
    for form in FORMS {
        for year in YEARS {
            let found = cells(&first, &one, form, year);
            assert!(found.len() > 100, "{form} {year}");
            assert_eq!(found, cells(&second, &other, form, year), "{form} {year}");
        }
    }
    let stated = |form| cells(&first, &one, form, "2021Sep").iter().filter(|cell| *cell == "н/д").count();
    assert_eq!(FORMS.map(stated), [1, 1, 2, 0]);
}

//! A programme over two schools: its figures are reckoned by hand, whichever of the forms that it reads comes first.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod run;

use std::path::Path;

use run::{Server, done, svod, workbook};
use serde_json::{Value as Json, json};
use svod::sheet;

const YEAR: &str = "2022-2023";
const PAGE: &str = "/forms/programme-2023/2022Sep";

const REGISTRY: &str = "
    Код | Наименование | Тип | Вышестоящая
    m | Обливский район | Муниципалитет |
    a | Ореховская СОШ | Школа | m
    b | Каменская СОШ | Школа | m
    c | Полевская СОШ | Школа | m";

const STAFFING: &str = "
    Код | Наименование | Педагогических работников | Учителей | Учителей-предметников | Высшая категория | Первая категория | Без категории
    a | Ореховская СОШ | 20 | 16 | 12 | 8 | 10 | 2
    b | Каменская СОШ | 10 | 8 | 5 | 2 | 3 | 5";

const TRAINING: &str = "
    Код | Наименование | Методическое сопровождение | Прошли диагностику | Из них предметников | Имеют ИОМ | КПК целевые | КПК по запросам | КПК по группе риска
    a | Ореховская СОШ | 20 | 14 | 12 | 9 | 15 | 4 | 2
    b | Каменская СОШ | 10 | 5 | | 5 | 10 | |";

const EXAMS: &str = "
    Код | Наименование | Процедура | Участников | Получили «2»
    a | Ореховская СОШ | ВПР математика 5 | 20 | 5
    a | Ореховская СОШ | ВПР русский 5 | 22 | 2
    a | Ореховская СОШ | ОГЭ математика | 10 | 1
    b | Каменская СОШ | ВПР математика 5 | 10 | 0
    b | Каменская СОШ | ОГЭ математика | 5 | 0";

const PROGRESS: &str = "
    Код | Наименование | Сравнивали, чел. | Положительная динамика, чел.
    a | Ореховская СОШ | 100 | 64";

/// Three schools, the third of which is silent, and what is known of the first two, sheet by sheet.
fn district(dir: &Path) {
    for (name, text) in [
        ("registry", REGISTRY),
        ("staffing", STAFFING),
        ("training", TRAINING),
        ("exam-results", EXAMS),
        ("progress", PROGRESS),
    ] {
        let rows: Vec<Vec<&str>> = text.trim().lines().map(|line| line.split('|').map(str::trim).collect()).collect();
        workbook(&dir.join(format!("{name}.xlsx")), &rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
    }
    done(&svod(dir, &["org", "import", "registry.xlsx"]));
    done(&svod(dir, &["publish"]));
}

fn import(dir: &Path, file: &str, form: &str) {
    done(&svod(dir, &["import", &format!("{file}.xlsx"), "--form", form, "--period", YEAR]));
}

/// The lines of the whole district in the summary: numerator, denominator, figure, target, met, how many counted.
fn summary(dir: &Path, more: &[&str]) -> Vec<String> {
    let export = ["export", "programme-2023", "--period", "2022/23", "-o", "книга.xlsx"];
    done(&svod(dir, &[&export, more].concat()));
    let book = sheet::read_file(&dir.join("книга.xlsx")).unwrap();
    let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name()).collect();
    assert_eq!(names, ["Сводка", "Данные", "Паспорт"], "nobody is silent in a programme");
    let cell = |row, column| match book.sheets[0].cell(row, column).text() {
        text if text.is_empty() => "-".to_owned(),
        text => text
            .parse::<f64>()
            .map_or(text, |number| format!("{:.4}", number).trim_end_matches(['0']).trim_end_matches('.').to_owned()),
    };
    let whole =
        book.sheets[0].rows().filter(|(_, cells)| cells.iter().any(|(_, cell)| cell.text().starts_with("Всего:")));
    whole.map(|(row, _)| (2..8).map(|column| cell(row, column)).collect::<Vec<_>>().join(" ")).collect()
}

/// Reckoned by hand: 20+10 of 20+10; 12 of 12 (the second school has not said); 9+5 of 12+5; 15+10 of 30; 18+5 of 30;
/// 64 of 100; (15+20)+10 of 42+10; 9+5 of 10+5.
const EXPECTED: [&str; 8] = [
    "30 30 100 100 да 2",
    "12 12 100 100 да 1",
    "14 17 82.3529 100 нет 2",
    "25 30 83.3333 100 нет 2",
    "23 30 76.6667 90 нет 2",
    "64 100 64 100 нет 1",
    "45 52 86.5385 100 нет 2",
    "14 15 93.3333 100 нет 2",
];

#[test]
fn figures_are_those_reckoned_by_hand_whichever_form_comes_first() {
    let mut pages = Vec::new();
    let orders =
        [["staffing", "training", "exam-results", "progress"], ["progress", "exam-results", "staffing", "training"]];
    for order in orders {
        let dir = tempfile::tempdir().unwrap();
        district(dir.path());
        for file in order {
            let form = if matches!(file, "staffing" | "training") { "staffing" } else { "exam-results" };
            import(dir.path(), file, form);
        }
        assert_eq!(summary(dir.path(), &[]), EXPECTED, "{order:?}");
        assert_eq!(summary(dir.path(), &["--accepted"]), [""; 0], "nothing is accepted yet");
        done(&svod(dir.path(), &["verify"]));
        pages.push(Server::start(dir.path(), &[]).page(PAGE));
    }
    assert_eq!(pages[0], pages[1]);
}

#[test]
fn a_programme_is_read_and_never_filled() {
    let dir = tempfile::tempdir().unwrap();
    district(dir.path());
    let before = Server::start(dir.path(), &[]);
    assert!(before.page("/").contains("Отчётов, по которым считаются показатели, пока нет."));
    drop(before);
    import(dir.path(), "staffing", "staffing");
    import(dir.path(), "training", "staffing");
    let server = Server::start(dir.path(), &[]);
    let home = server.page("/");
    let (filled, programmes) = home.split_once("Программы").unwrap();
    assert!(filled.contains("Кадровые условия") && !filled.contains("programme-2023"), "{filled}");
    assert!(programmes.contains(PAGE) && programmes.contains("2022/23"), "{programmes}");
    let page = server.page(PAGE);
    for said in [
        "«1000 %» (sic)",
        "100,0 %",
        "не достигнута",
        "учтены 1 из 2 организаций",
        "учтены 0 из 2 организаций",
        "/forms/staffing/2022Sep",
        "/forms/exam-results/2022Sep",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    for silent in ["Заполнить отчёт", "Ещё не отправлено", "Кто ответил", "Полевская"]
    {
        assert!(!page.contains(silent), "{silent}: {page}");
    }
    for path in ["/report/programme-2023/2022Sep", "/report/programme-2023/2022Sep/a"] {
        let (head, body) = server.get(path);
        assert!(head.contains("404"), "{head}");
        assert!(String::from_utf8(body).unwrap().contains("заполнять нечего"));
    }
    drop(server);
    let refused = svod(dir.path(), &["import", "staffing.xlsx", "--form", "programme-2023", "--period", YEAR]);
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn eval_shows_what_one_school_adds() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, answers: Json| std::fs::write(dir.path().join(name), answers.to_string()).unwrap();
    put("nothing.json", json!({}));
    put("staff.json", json!({"staff": 10, "teachers": 8, "supported": 10, "trained_target": {"missing": "no-data"}}));
    put(
        "exams.json",
        json!({"results": {"vpr_math_5": {"participants": 20, "failed": 5}}, "followed": 9, "improved": 6}),
    );
    let others = ["--other", "staffing=staff.json", "--other", "exam-results=exams.json"];
    let output =
        svod(dir.path(), &[&["eval", "programme-2023", "nothing.json", "--period", "2022/23"], &others[..]].concat());
    done(&output);
    let measures = serde_json::from_slice::<Json>(&output.stdout).unwrap()["measures"].clone();
    assert_eq!(
        measures,
        json!({
            "supported": {"": {"numerator": 10, "denominator": 10}},
            "diagnosed": {}, "routes": {}, "trained": {}, "category": {}, "gia_passed": {},
            "improved": {"": {"numerator": 6, "denominator": 9}},
            "vpr_passed": {"": {"numerator": 15, "denominator": 20}},
        })
    );
}

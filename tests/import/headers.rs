//! Finding the header, the columns, and which row of the form a sheet speaks of.

use super::world::{Sheet, World, faults, holds, sheet, wish};

const TITLED: &str = r#"
[[import]]
name = "titled"
header = ["Код", "Наименование"]
code = { column = "Код МОУО/ОО", scheme = "exam" }
organisation = "Наименование МОУО/ОО"
row = { title = { "01-Русский язык" = "rus", "02-Математика" = "math" } }

[[import.column]]
header = "Кол-во участников"
to = "results/{row}/took"

[[import.column]]
header = 'отметка "2" / кол-во'
to = "results/{row}/failed"

[[import.column]]
header = 'отметка "2" / %'
check = "results/{row}/share"
scale = 100
"#;

const MERGES: [(u32, u16, u32, u16); 6] =
    [(0, 0, 0, 5), (1, 0, 1, 5), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 3, 2), (2, 3, 2, 4)];

/// A sheet with a title, a subject and a header of two merged rows.
fn svod(name: &'static str, subject: &str, rows: &str) -> Sheet {
    let text = format!(
        "Результаты ОГЭ|\n{subject}|\nКод⏎МОУО/ОО|Наименование МОУО/ОО|Кол-во  УЧАСТНИКОВ|отметка «2»||отметка \"3\"\n|||кол-во|%|кол-во\n{rows}"
    );
    sheet(name, &text).merged(&MERGES)
}

#[tokio::test]
async fn merged_headers_titles_and_numbered_columns() {
    let world = World::with(TITLED).await;
    let plain = "101|МБОУ \"СОШ №1\"|=10|=3|=30|=1";
    let expected = |row: u32, subject: &str| {
        [
            format!("Л!C{row} s101 results/{subject}/took new 10"),
            format!("Л!D{row} s101 results/{subject}/failed new 3"),
        ]
    };
    for (subject, rows, row, name) in [
        ("02-Математика", plain.to_owned(), 5, "math"),
        ("Предмет: 01-русский  ЯЗЫК, 9 класс", plain.to_owned(), 5, "rus"),
        ("02-Математика", format!("1|2|3|4|5|6\n{plain}"), 6, "math"),
        ("02-Математика", format!("=1|=2|=3|=4|=5|=6\n|\n{plain}"), 7, "math"),
    ] {
        let plan = world.plan(&[svod("Л", subject, &rows)], &wish("2021/22")).await.unwrap();
        assert_eq!(world.lines(&plan), expected(row, name), "{subject} {rows}");
        assert_eq!(faults(&plan), Vec::<String>::new(), "{subject} {rows}");
    }
}

#[tokio::test]
async fn headings_that_are_not_merged_stand_over_their_columns_all_the_same() {
    let world = World::with(TITLED).await;
    let mut flat = svod("Л", "02-Математика", "101|СОШ № 1|=10|=3|=30|=1");
    flat.merges.clear();
    let plan = world.plan(&[flat], &wish("2021/22")).await.unwrap();
    assert_eq!(
        world.lines(&plan),
        ["Л!C5 s101 results/math/took new 10", "Л!D5 s101 results/math/failed new 3"],
        "{:?}",
        faults(&plan)
    );
}

#[tokio::test]
async fn several_tables_on_a_sheet_and_several_sheets() {
    let world = World::with(TITLED).await;
    let mut both = svod("Л", "01-Русский язык", "101|СОШ № 1|=10|=3|=30|");
    let second = svod("Л", "02-Математика", "102|Ореховская СОШ|=20|=2|=10|");
    both.rows.push(vec![String::new()]);
    let at = u32::try_from(both.rows.len()).unwrap();
    both.rows.extend(second.rows);
    both.merges.extend(MERGES.map(|(a, b, c, d)| (a + at, b, c + at, d)));
    let other = svod("Второй", "02-Математика", "201|СОШ № 1|=7|=0|=0|");
    let plan = world.plan(&[both, other], &wish("2021/22")).await.unwrap();
    assert_eq!(
        world.lines(&plan),
        [
            "Л!C5 s101 results/rus/took new 10",
            "Л!D5 s101 results/rus/failed new 3",
            "Л!C11 s102 results/math/took new 20",
            "Л!D11 s102 results/math/failed new 2",
            "Второй!C5 s201 results/math/took new 7",
            "Второй!D5 s201 results/math/failed new 0",
        ]
    );
    assert_eq!(faults(&plan), Vec::<String>::new());
}

#[tokio::test]
async fn a_header_repeated_on_every_page_goes_on_with_its_subject() {
    let world = World::with(TITLED).await;
    let mut long = svod("Л", "02-Математика", "101|СОШ № 1|=10|=3|=30|");
    let head: Vec<Vec<String>> = long.rows[2..4].to_vec();
    long.rows.extend(head);
    long.rows.extend(sheet("", "102|Ореховская СОШ|=20|=2|=10|").rows);
    long.merges.push((5, 3, 5, 4));
    let plan = world.plan(&[long], &wish("2021/22")).await.unwrap();
    let lines = world.lines(&plan);
    assert_eq!(lines.len(), 4, "{lines:?} {:?}", faults(&plan));
    assert_eq!(lines[2], "Л!C8 s102 results/math/took new 20");
}

#[tokio::test]
async fn the_row_comes_from_the_sheet_or_a_column() {
    let by_sheet = TITLED.replace("title = {", "sheet = {");
    let world = World::with(&by_sheet).await;
    let sheets =
        [svod("02-математика", "", "101|СОШ № 1|=10|=3||"), svod("01-Русский язык", "", "101|СОШ № 1|=9|=1||")];
    let plan = world.plan(&sheets, &wish("2021/22")).await.unwrap();
    assert_eq!(
        world.lines(&plan),
        [
            "02-математика!C5 s101 results/math/took new 10",
            "02-математика!D5 s101 results/math/failed new 3",
            "01-Русский язык!C5 s101 results/rus/took new 9",
            "01-Русский язык!D5 s101 results/rus/failed new 1",
        ]
    );
    let by_column = r#"
[[import]]
name = "column"
header = ["ОО", "Предмет"]
code = { column = "ОО", scheme = "exam" }
row = { column = "Предмет", map = { "Алгебра" = "math" } }

[[import.column]]
header = "Сдавали"
to = "results/{row}/took"
"#;
    let world = World::with(by_column).await;
    let rows = "ОО|Предмет|Сдавали\n101|алгебра|=1\n102|русский язык|=2\n201|02|=3\n202|rus|=4\n101|Физика|=5";
    let plan = world.plan(&[sheet("Л", rows)], &wish("2021/22")).await.unwrap();
    assert_eq!(
        world.lines(&plan),
        [
            "Л!C2 s101 results/math/took new 1",
            "Л!C3 s102 results/rus/took new 2",
            "Л!C4 s201 results/math/took new 3",
            "Л!C5 s202 results/rus/took new 4",
            "Л!C6 s101 results/{row}/took refused",
        ]
    );
    holds(&faults(&plan), &["Л!B6", "«Физика»"]);
    assert!(plan.leaves_out());
    let rows = "ОО|Предмет|Сдавали\n101|алгебра|=1\n|русский язык|=2\n201|02|=3";
    let plan = world.plan(&[sheet("Л", rows).merged(&[(1, 0, 2, 0)])], &wish("2021/22")).await.unwrap();
    assert_eq!(world.lines(&plan)[1], "Л!C3 s101 results/rus/took new 2", "a school's cell merged over its rows");
}

#[tokio::test]
async fn a_file_that_does_not_fit_says_what_was_looked_for_and_what_was_found() {
    let world = World::with(TITLED).await;
    let no_column = sheet("Л", "02-Математика|\nКод МОУО/ОО|Наименование МОУО/ОО|Участники\n101|СОШ № 1|=5");
    let twice = sheet(
        "Л",
        "02-Математика|\nКод МОУО/ОО|Наименование МОУО/ОО|Кол-во участников|Кол-во участников\n101|СОШ № 1|=5|=6",
    );
    for (sheets, parts) in [
        (vec![sheet("Л", "Школа|Число\nА|=1")], &["свод.xlsx", "«Код»", "«Наименование»", "«Л»", "titled"][..]),
        (vec![no_column], &["Л!A2", "«Кол-во участников»", "«Участники»"]),
        (vec![twice], &["Л!C2", "Л!D2", "несколько раз"]),
        (vec![svod("Л", "03-Физика", "101|СОШ № 1|=5|=1||")], &["Л!A3", "«01-Русский язык»", "«02-Математика»"]),
    ] {
        let refused = world.plan(&sheets, &wish("2021/22")).await.unwrap_err();
        holds(&refused, parts);
    }
    let only = TITLED.replace("name = \"titled\"", "name = \"titled\"\nsheets = [\"Свод*\"]");
    let world = World::with(&only).await;
    let sheets = [
        svod("Черновик", "02-Математика", "101|СОШ № 1|=5|=1||"),
        svod("Свод 2", "02-Математика", "101|СОШ № 1|=6|=1||"),
    ];
    let plan = world.plan(&sheets, &wish("2021/22")).await.unwrap();
    assert_eq!(world.lines(&plan)[0], "Свод 2!C5 s101 results/math/took new 6");
    assert_eq!(world.lines(&plan).len(), 2);
}

#[tokio::test]
async fn the_recipe_is_the_one_that_fits_or_is_named() {
    let other = TITLED.replace("\"titled\"", "\"other\"").replace("results/{row}/took", "results/{row}/failed");
    let other = other.replacen("results/{row}/failed", "pupils", 1);
    let world = World::with(&format!("{TITLED}\n{other}")).await;
    let sheets = [svod("Л", "02-Математика", "101|СОШ № 1|=10|=3|=30|")];
    let refused = world.plan(&sheets, &wish("2021/22")).await.unwrap_err();
    holds(&refused, &["titled", "other", "--recipe"]);
    let mut named = wish("2021/22");
    named.recipe = Some("other".to_owned());
    let plan = world.plan(&sheets, &named).await.unwrap();
    assert_eq!(world.lines(&plan)[0], "Л!C5 s101 pupils new 10");
    named.recipe = Some("othr".to_owned());
    holds(&world.plan(&sheets, &named).await.unwrap_err(), &["othr", "titled", "«other»"]);
}

#[tokio::test]
async fn a_bare_year_is_read_as_the_recipe_says() {
    for (rule, typed, period) in [
        ("", "2022", Err("2021/22")),
        ("year = \"ends\"", "2022", Ok("2021Sep")),
        ("year = \"starts\"", "2022", Ok("2022Sep")),
        ("year = \"ends\"", "2021-2022 уч. г.", Ok("2021Sep")),
        ("year = \"ends\"", "2022Q1", Err("2022Q1")),
    ] {
        let world = World::with(&TITLED.replace("name = \"titled\"", &format!("name = \"titled\"\n{rule}"))).await;
        let plan = world.plan(&[svod("Л", "02-Математика", "101|СОШ № 1|=10|=3|=30|")], &wish(typed)).await;
        match (plan, period) {
            (Ok(plan), Ok(period)) => assert_eq!(plan.period().id(), period, "{rule} {typed}"),
            (Err(faults), Err(part)) => holds(&faults, &["--period", part]),
            (plan, _) => assert!(plan.is_ok() == period.is_ok(), "{rule} {typed}"),
        }
    }
}

#[tokio::test]
async fn names_of_people_are_warned_of_and_left_out() {
    let world = World::with(TITLED).await;
    let mut personal = svod("Л", "02-Математика", "101|СОШ № 1|=10|=3|=30|=1|Кто-то");
    personal.rows[2].push("Ф.И.О. директора".to_owned());
    let plan = world.plan(&[personal], &wish("2021/22")).await.unwrap();
    holds(&faults(&plan), &["Л!G4", "Ф.И.О. директора"]);
    assert!(!plan.leaves_out(), "a warning is no fault");
}

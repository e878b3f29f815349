//! What a cell says.

use super::world::{World, faults, holds, sheet, wish};

const RECIPE: &str = r#"
[[import]]
name = "cells"
header = ["Код"]
code = { column = "Код", scheme = "exam" }

[[import.column]]
header = "Значение"
to = "PATH"
SCALE
"#;

async fn read(path: &str, more: &str, cell: &str) -> Result<String, String> {
    // A second school with 54 keeps a column of shares from being in doubt.
    let (dash, scale) = more.split_once(';').unwrap_or(("", more));
    let recipe = RECIPE.replace("PATH", path).replace("SCALE", scale);
    let recipe = recipe.replace("header = [\"Код\"]", &format!("header = [\"Код\"]\n{dash}"));
    let world = World::with(&recipe).await;
    let plan = world.plan(&[sheet("Л", &format!("Код|Значение\n101|{cell}"))], &wish("2021/22")).await.unwrap();
    let lines = world.lines(&plan);
    match (lines.first(), plan.leaves_out()) {
        (None, _) => Ok(String::new()),
        (Some(line), false) => Ok(line.rsplit_once(" new ").unwrap().1.to_owned()),
        (Some(line), true) => {
            assert!(line.contains(" refused"), "{line}");
            Err(faults(&plan).join("\n"))
        }
    }
}

#[tokio::test]
async fn cells_say_what_people_mean() {
    for (path, more, cell, said) in [
        ("pupils", "", "=152", "152"),
        ("pupils", "", "152", "152"),
        ("pupils", "", "1\u{a0}234", "1234"),
        ("hours", "", "1 234,5", "1234.5"),
        ("hours", "", "=0.30000000000000004", "0.3"),
        ("pupils", "", "", ""),
        ("pupils", "", "-", ""),
        ("pupils", "", "–", ""),
        ("pupils", "", " — ", ""),
        ("pupils", "dash = \"zero\";", "-", "0"),
        ("hours", "dash = \"no-data\";", "-", r#"{"missing":"no-data"}"#),
        ("hours", "", "н/д", r#"{"missing":"no-data"}"#),
        ("hours", "", "Нет данных", r#"{"missing":"no-data"}"#),
        ("hours", "", "х", r#"{"missing":"not-applicable"}"#),
        ("pupils", "", "Х", ""),
        ("part", "", "54%", "54"),
        ("part", "", "54,5 %", "54.5"),
        ("part", "", "%0.54", "54"),
        ("part", "", "=54", "54"),
        ("part", "", "=0", "0"),
        ("part", "scale = 1", "=0.54", "54"),
        ("part", "scale = 1", "0,54", "54"),
        ("part", "scale = 1", "54%", "54"),
        ("part", "scale = 1", "%0.54", "54"),
        ("part", "scale = 100", "=0.54", "0.54"),
        ("hours", "scale = 1", "=0.5", "50"),
        ("kind", "", "deep", r#""deep""#),
        ("kind", "", "с углубленным  изучением", r#""deep""#),
        ("opened", "", "@2024-09-01", r#""2024-09-01""#),
        ("opened", "", "01.09.2024", r#""2024-09-01""#),
        ("remark", "", "н/д", r#""н/д""#),
        ("remark", "", "=5", r#""5""#),
        ("remark", "", "-", ""),
    ] {
        assert_eq!(read(path, more, cell).await.as_deref(), Ok(said), "{path} {more} {cell:?}");
    }
}

#[tokio::test]
async fn every_type_takes_what_workbooks_hold() {
    const KINDS: &str = include_str!("../fixtures/web/everything.toml");
    for (path, cell, said) in [
        ("cost", "12 345,60 ₽", "12345.6"),
        ("grade", "=4", "4"),
        ("day", "=45536", r#""2024-09-01""#),
        ("month", "@2024-10-01", r#""2024-10""#),
        ("month", "=45566", r#""2024-10""#),
        ("month", "Октябрь 2024 г.", r#""2024-10""#),
        ("at", "=0.395833333333333", r#""09:30""#),
        ("at", "9.30", r#""09:30""#),
        ("moment", "=45536.5", r#""2024-09-01T12:00""#),
        ("moment", "01.09.2024 12:00", r#""2024-09-01T12:00""#),
        ("term", "с сентября 2024 по май 2025", r#""2024-09-01/2025-05-31""#),
        ("subjects", "Математика; физика", r#"["math","phys"]"#),
        ("order", "1. Русский язык⏎2. Математика", r#"["rus","math"]"#),
        ("phone", "8 (913) 123-45-67", r#""+79131234567""#),
        ("agreed", "да", r#""OK""#),
        ("partner", "s102", r#""s102""#),
    ] {
        let recipe = RECIPE.replace("PATH", path).replace("SCALE", "");
        let world = World::of(&format!("{KINDS}\n{recipe}")).await;
        let plan = world.plan(&[sheet("Л", &format!("Код|Значение\n101|{cell}"))], &wish("2021/22")).await.unwrap();
        let line = world.lines(&plan).first().cloned().unwrap_or_default();
        assert!(line.ends_with(&format!(" new {said}")), "{path} {cell}: {line} {:?}", faults(&plan));
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_by_address() {
    for (path, more, cell, why) in [
        ("pupils", "", "много", "«много»"),
        ("pupils", "", "12 чел.", "«12 чел.»"),
        ("pupils", "", "=1.5", "целое"),
        ("pupils", "", "=6000", "5000"),
        ("results/math/took", "", "=-1", "0"),
        ("pupils", "", "#DIV/0!", "#DIV/0!"),
        ("pupils", "", "н/д", "данных нет"),
        ("pupils", "dash = \"no-data\";", "-", "данных нет"),
        ("pupils", "", "@2024-09-01", "01.09.2024"),
        ("pupils", "", "5%", "процент"),
        ("hours", "", "%0.54", "процент"),
        ("part", "", "=154", "100"),
        ("part", "", "=0.54", "scale"),
        ("kind", "", "иная", "«Обычная»"),
        ("opened", "", "осень", "«осень»"),
    ] {
        let refused = read(path, more, cell).await;
        let said = refused.as_ref().expect_err(&format!("{path} {more} {cell:?}: {refused:?}"));
        assert!(said.contains(why), "{path} {cell:?}: {said}");
        let place = if why == "scale" { "Л!B1" } else { "Л!B2" };
        assert!(said.contains(place), "{path} {cell:?}: {said}");
    }
}

#[tokio::test]
async fn a_column_of_shares_without_a_scale_is_refused_whole_only_where_it_is_in_doubt() {
    let world = World::with(&RECIPE.replace("PATH", "part").replace("SCALE", "")).await;
    for (column, lines) in [
        (
            ["=0.5", "=1", "=0"],
            ["Л!B2 s101 part refused", "Л!B3 s102 part refused", "Л!B4 s201 part refused"].as_slice(),
        ),
        (["=0.5", "=1", "=54"], &["Л!B2 s101 part new 0.5", "Л!B3 s102 part new 1", "Л!B4 s201 part new 54"]),
        (["%0.5", "%0.01", "=0"], &["Л!B2 s101 part new 50", "Л!B3 s102 part new 1", "Л!B4 s201 part new 0"]),
        (["50%", "=0.4", ""], &["Л!B2 s101 part new 50", "Л!B3 s102 part refused"]),
    ] {
        let [one, two, three] = column;
        let rows = format!("Код|Значение\n101|{one}\n102|{two}\n201|{three}");
        let plan = world.plan(&[sheet("Л", &rows)], &wish("2021/22")).await.unwrap();
        assert_eq!(world.lines(&plan), lines, "{column:?}");
        if plan.leaves_out() {
            holds(&faults(&plan), &["Л!B1", "Значение", "scale = 1"]);
            assert_eq!(plan.faults.len(), 1, "one fault for the column");
        }
    }
}

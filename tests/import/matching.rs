//! Whom a row speaks of.

use super::world::{World, faults, holds, sheet, wish};

const CODED: &str = r#"
[[import]]
name = "coded"
header = ["Код", "Название"]
code = { column = "Код", scheme = "exam" }
organisation = "Название"
skip = ["итого*", "всего*"]

[[import.column]]
header = "Ученики"
to = "pupils"
"#;

async fn coded(rows: &str) -> (World, svod::import::Plan) {
    let world = World::with(CODED).await;
    let plan = world.plan(&[sheet("Л", &format!("Код|Название|Ученики\n{rows}"))], &wish("2021/22")).await.unwrap();
    (world, plan)
}

#[tokio::test]
async fn code_and_name_find_one_school_or_it_is_listed() {
    for (row, school, parts) in [
        ("101|МБОУ «СОШ № 1»|=5", "s101", &[][..]),
        ("=101|сош №1|=5", "s101", &[]),
        ("101||=5", "s101", &[]),
        ("|Ореховская средняя школа|=5", "s102", &[]),
        ("0101|СОШ № 1|=5", "s101", &[]),
        ("07|Лицей № 3|=5", "s301", &[]),
        ("7|Гимназия №4|=5", "?", &["Л!B2", "7, Гимназия №4", "Лицей № 3", "Гимназия № 4"]),
        ("7||=5", "?", &["Л!A2", "Лицей № 3", "Гимназия № 4", "s301", "s302"]),
        ("101|МАОУ «Лицей № 3»|=5", "?", &["Л!B2", "разные организации", "Лицей № 3"]),
        ("|СОШ № 1|=5", "?", &["Л!B2", "s101, Северный район", "s201, Южный район"]),
        ("999|Ореховская СОШ|=5", "?", &["Л!B2", "999", "Ореховская"]),
        ("999|Ореховая СОШ|=5", "?", &["Л!B2", "999", "Ореховая СОШ", "Возможно: МБОУ «Ореховская СОШ» (s102"]),
        ("999||=5", "?", &["Л!A2", "999"]),
        ("||=5", "?", &["Л!B2", "не указана"]),
        ("1|Приозёрная ООШ|=5", "?", &["Л!B2", "Приозёрная"]),
    ] {
        let (world, plan) = coded(row).await;
        let status = if school == "?" { "refused" } else { "new 5" };
        assert_eq!(world.lines(&plan), [format!("Л!C2 {school} pupils {status}")], "{row} {:?}", faults(&plan));
        assert_eq!(plan.leaves_out(), school == "?", "{row}");
        match parts {
            [] => assert_eq!(faults(&plan), Vec::<String>::new(), "{row}"),
            parts => holds(&faults(&plan), parts),
        }
    }
}

#[tokio::test]
async fn an_unknown_spelling_beside_a_known_code_is_a_warning() {
    let (world, plan) = coded("102|Орех. шк.|=5").await;
    assert_eq!(world.lines(&plan), ["Л!C2 s102 pupils new 5"]);
    holds(&faults(&plan), &["Л!B2", "Орех. шк.", "Ореховская СОШ"]);
    assert!(!plan.leaves_out());
}

#[tokio::test]
async fn rows_of_other_levels_and_totals_are_counted_and_their_sums_compared() {
    let rows = "|Верхний край|=30\n1|Северный район|=12\n101|СОШ № 1|=5\n102|Ореховская СОШ|=6\n2|Южный район|=18\n\
                201|СОШ № 1|=8\n202|Приозёрная ООШ|=10\n|Итого по краю|=30\n|ВСЕГО|=30\n||\nПримечание|";
    let (world, plan) = coded(rows).await;
    assert_eq!(world.lines(&plan).len(), 4);
    let counts = (plan.rows.own, plan.rows.other, plan.rows.skipped, plan.rows.unknown);
    assert_eq!(counts, (4, 3, 2, 0));
    let sums: Vec<(String, f64, f64, usize)> =
        plan.sums.iter().map(|sum| (plan.address(sum.at), sum.stated, sum.found, sum.rows)).collect();
    let at = |cell: &str| cell.to_owned();
    assert_eq!(sums, [(at("Л!C2"), 30.0, 29.0, 4), (at("Л!C3"), 12.0, 11.0, 2), (at("Л!C6"), 18.0, 18.0, 2)]);
    holds(&faults(&plan), &["Л!C3", "Северный район", "12", "11"]);
    assert_eq!(plan.faults.len(), 2, "{:?}", faults(&plan));
    assert!(!plan.leaves_out(), "sums that differ are warnings");
}

#[tokio::test]
async fn a_municipality_tells_schools_of_one_name_apart() {
    let named = CODED.replace("code = { column = \"Код\", scheme = \"exam\" }\n", "").replace("\"Код\", ", "");
    let world = World::with(&named).await;
    let headed = "Название|Ученики\nСеверный муниципальный район|\nСОШ № 1|=1\nПриозёрная ООШ|=9\nЮжный район|\nСОШ № 1|=2\nПриозёрная ООШ|=3";
    let plan = world.plan(&[sheet("Л", headed)], &wish("2021/22")).await.unwrap();
    assert_eq!(
        world.lines(&plan),
        ["Л!B3 s101 pupils new 1", "Л!B4 ? pupils refused", "Л!B6 s201 pupils new 2", "Л!B7 s202 pupils new 3"],
        "a school of another municipality is not taken for one of this"
    );
    holds(&faults(&plan), &["Л!A4", "Приозёрная ООШ", "s202, Южный район"]);
    let footed = "Название|Ученики\nОреховская СОШ|=1\nСеверный район|=1\nПриозёрная ООШ|=3\nЮжный район|=3";
    let plan = world.plan(&[sheet("Л", footed)], &wish("2021/22")).await.unwrap();
    assert_eq!(world.lines(&plan), ["Л!B2 s102 pupils new 1", "Л!B4 s202 pupils new 3"], "totals under their schools");

    let column = named.replace("organisation =", "municipality = \"Район\"\norganisation =");
    let world = World::with(&column).await;
    let rows = "Район|Название|Ученики\nСеверный|СОШ № 1|=1\nЮжный р-н|СОШ № 1|=2\nЮжный|Ореховская СОШ|=3\nЗападный|СОШ № 1|=4";
    let plan = world.plan(&[sheet("Л", rows)], &wish("2021/22")).await.unwrap();
    assert_eq!(
        world.lines(&plan),
        ["Л!C2 s101 pupils new 1", "Л!C3 s201 pupils new 2", "Л!C4 ? pupils refused", "Л!C5 ? pupils refused"]
    );
    holds(&faults(&plan), &["Л!B5", "«Западный»"]);
}

#[tokio::test]
async fn a_file_of_strangers_is_told_so_once_and_not_for_ever() {
    let rows: Vec<String> = (0..21_000).map(|row| format!("8{row:06}|Неведомая школа {row}|=1")).collect();
    let (_, plan) = coded(&rows.join("\n")).await;
    assert_eq!(plan.rows.unknown, 21_000);
    assert_eq!(plan.counts()[4].1, 21_000, "every cell is refused all the same");
    assert_eq!(plan.faults.len(), 20_001);
    holds(&faults(&plan)[..1], &["20\u{a0}000"]);
}

//! What is said where no recipe fits: for each of them what is missing, where, and what resembles it. Hidden sheets.

use super::world::{Sheet, World, faults, holds, sheet, wish};

/// Three kinds of table: of exams, of pupils, and of one sheet by its name.
const RECIPES: &str = r#"
[[import]]
name = "exams"
header = ["Код школы", "Участников"]
code = { column = "Код школы", scheme = "exam" }

[[import.column]]
header = "Участников"
to = "results/math/took"

[[import]]
name = "pupils"
header = ["Код школы", "Обучающихся"]
code = { column = "Код школы", scheme = "exam" }

[[import.column]]
header = "Обучающихся"
to = "pupils"

[[import.column]]
header = "Часов в неделю"
to = "hours"

[[import]]
name = "staff"
sheets = ["Кадры"]
header = ["Код школы"]
code = { column = "Код школы", scheme = "exam" }

[[import.column]]
header = "Учителей"
to = "pupils"
"#;

async fn refused(sheets: &[Sheet]) -> Vec<String> {
    World::with(RECIPES).await.plan(sheets, &wish("2021/22")).await.unwrap_err()
}

#[tokio::test]
async fn every_recipe_says_what_it_misses() {
    let sheets = [sheet("Титул", "Отчёт"), sheet("Л", "Итоги||\nКод школы|Кол-во участвовавших|Примечание\n101|=10|")];
    let said = refused(&sheets).await;
    assert_eq!(said.len(), 4, "{said:#?}");
    holds(&said[1..2], &["Л!A2", "exams: на листе «Л» нет столбца «Участников»", "«Кол-во участвовавших», Л!B2"]);
    holds(&said[2..3], &["pupils: на листе «Л» нет столбца «Обучающихся»"]);
    assert!(!said[2].contains("Похоже"), "{}", said[2]);
    holds(&said[3..], &["staff: нет листа «Кадры»"]);
    let said = refused(&[sheet("Л", "Школа|Учитель\nСОШ № 1|=1")]).await;
    holds(
        &said[1..2],
        &["exams: на листе «Л» нет 2 столбцов: «Код школы», «Участников»", "Похоже на «Код школы»: «Школа», Л!A1"],
    );
    let apart = refused(&[sheet("Л", "Код школы|\n101|\n102|\n201|\n|Участников\n|=5")]).await;
    holds(&apart[1..2], &["exams: на листе «Л» нет столбца «Участников»", "«Участников», Л!B5"]);
}

#[tokio::test]
async fn a_named_recipe_says_what_it_misses() {
    let world = World::with(RECIPES).await;
    let mut named = wish("2021/22");
    named.recipe = Some("exams".to_owned());
    let said = world.plan(&[sheet("Л", "Код школы|Участнков\n101|=1")], &named).await.unwrap_err();
    assert_eq!(said.len(), 2, "{said:#?}");
    holds(&said[1..], &["нет столбца «Участников»", "«Участнков», Л!B1"]);
}

#[tokio::test]
async fn of_several_that_nearly_fit_each_says_what_it_lacks() {
    let more = RECIPES.replace("header = [\"Код школы\", \"Участников\"]", "header = [\"Код школы\"]");
    let world = World::with(&more).await;
    let sheets = [sheet("Л", "Код школы|Обучающихся|Часов в недели\n101|=500|=30")];
    let said = world.plan(&sheets, &wish("2021/22")).await.unwrap_err();
    assert_eq!(said.len(), 3, "{said:#?}");
    holds(&said[..1], &["exams, pupils", "ни один не подходит целиком", "--recipe"]);
    holds(&said[1..2], &["exams: На листе «Л» нет столбца «Участников»"]);
    holds(&said[2..], &["pupils: На листе «Л» нет столбца «Часов в неделю»", "Может быть, «Часов в недели»"]);
}

#[tokio::test]
async fn a_hidden_sheet_is_passed_over_unless_it_is_named() {
    let world = World::with(RECIPES).await;
    let shown = sheet("Л", "Код школы|Участников\n101|=10");
    let stale = sheet("Старый", "Код школы|Участников\n101|=7").hidden();
    let other = sheet("Справочник", "Что угодно").hidden();
    let plan = world.plan(&[shown.clone(), stale.clone(), other.clone()], &wish("2021/22")).await.unwrap();
    assert_eq!(world.lines(&plan), ["Л!B2 s101 results/math/took new 10"]);
    let said = faults(&plan);
    assert_eq!(said.len(), 1, "{said:#?}");
    holds(&said, &["Лист «Старый» скрыт", "Показать"]);
    assert!(!plan.leaves_out(), "a warning is no fault");
    let only = refused(&[other.clone(), sheet("Титул", "Отчёт"), stale]).await;
    holds(&only, &["Лист «Старый» скрыт"]);
    let named = sheet("Кадры", "Код школы|Учителей\n101|=40").hidden();
    let plan = world.plan(&[sheet("Титул", "Отчёт"), named], &wish("2021/22")).await.unwrap();
    assert_eq!(world.lines(&plan), ["Кадры!B2 s101 pupils new 40"]);
}

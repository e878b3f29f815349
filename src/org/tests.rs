//! The registry from workbook to data file and back.

use super::*;
use crate::error::Fault;
use crate::lang::Lang;
use crate::sheet::{Cell, Grid};

/// A sheet from text: lines of cells parted by `|`; whole numbers become numbers, unless they start with a zero.
fn sheet(text: &str) -> Book {
    let cell = |text: &str| match text.trim() {
        number if !number.is_empty() && !number.starts_with('0') && number.parse::<u32>().is_ok() => {
            Cell::number(number.parse().unwrap())
        }
        "#REF!" => Cell::Error("#REF!".to_owned()),
        text => Cell::Text(text.to_owned()),
    };
    let rows = text.trim().lines().map(|line| line.split('|').map(cell).collect()).collect();
    Book { name: "реестр.xlsx".to_owned(), sheets: vec![Grid::from_rows("Реестр", rows, vec![])] }
}

const REGISTRY: &str = "
    Реестр организаций на 1 сентября
    Код | Наименование | Тип | Вышестоящая | ИНН | Код ОГЭ/ЕГЭ | Краткое наименование | Действует с | Действует по
    1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
    116 | МБОУ «Полянская СОШ» | Школа | Северный район | 2212345678 | 0116 | Полянская СОШ | |
    007 | МКОУ «Лесная ООШ» | school | m1 | | 0117; 0118 | | 01.09.2021 | 31.08.2023

    m1 | Северный муниципальный район | Муниципалитет | 22 | | 1 | | |
    22 | Верхний край | Регион | | | | | |";

async fn opened() -> (tempfile::TempDir, Db) {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(dir.path()).await.unwrap();
    (dir, db)
}

async fn imported(db: &Db, text: &str) -> (usize, usize, usize) {
    let summary = import(db, &Actor::operator(), &sheet(text)).await.unwrap();
    (summary.added, summary.changed, summary.same)
}

fn said(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|fault| format!("{}: {}", fault.at, fault.say(Lang::Ru))).collect()
}

async fn refused(db: &Db, text: &str) -> Vec<String> {
    match import(db, &Actor::operator(), &sheet(text)).await {
        Err(Error::Faults(faults)) => said(&faults),
        other => vec![format!("{other:?}")],
    }
}

#[tokio::test]
async fn a_registry_is_read_in_any_order_of_rows_and_updated_by_code() {
    let (_dir, db) = opened().await;
    let me = Actor::operator();
    assert_eq!(imported(&db, REGISTRY).await, (4, 0, 0));
    assert_eq!(imported(&db, REGISTRY).await, (0, 0, 4));
    let listed = list(&db, &me, &me.scope()).await.unwrap();
    let codes: Vec<&str> = listed.iter().map(|org| org.code.as_str()).collect();
    assert_eq!(codes, ["22", "m1", "007", "116"]);
    assert_eq!(imported(&db, &REGISTRY.replace("Полянская СОШ» |", "Полянская СОШ № 1» |")).await, (0, 1, 3));
    assert_eq!(by_code(&db, &me, "116").await.unwrap().name, "МБОУ «Полянская СОШ № 1»");
    let registry = registry(&db, &me).await.unwrap();
    let school = by_code(&db, &me, "007").await.unwrap();
    for (scheme, code) in [("exam", "0117"), ("exam", "118"), ("code", "7")] {
        let found = registry.by_code(scheme, code, &[OrgType::School]);
        assert_eq!(found, crate::org::Match::One(school.id), "{scheme} {code}");
    }
    assert_eq!(registry.above(school.id, OrgType::Municipality).map(|org| org.code.as_str()), Some("m1"));
}

#[tokio::test]
async fn a_file_without_a_column_leaves_what_is_stored() {
    let (_dir, db) = opened().await;
    imported(&db, REGISTRY).await;
    let renamed = "Код | Наименование | Тип | Вышестоящая\n 116 | Полянская школа | Школа | m1";
    assert_eq!(imported(&db, renamed).await, (0, 1, 0));
    let school = by_code(&db, &Actor::operator(), "116").await.unwrap();
    assert_eq!((school.name.as_str(), school.short_name.as_str()), ("Полянская школа", "Полянская СОШ"));
    let emptied =
        "Код | Наименование | Тип | Вышестоящая | Краткое наименование\n 116 | Полянская школа | Школа | m1 |";
    assert_eq!(imported(&db, emptied).await, (0, 1, 0));
    assert_eq!(by_code(&db, &Actor::operator(), "116").await.unwrap().short_name, "");
}

#[tokio::test]
async fn only_open_organisations_are_expected() {
    let (_dir, db) = opened().await;
    imported(&db, REGISTRY).await;
    let me = Actor::operator();
    let day = jiff::civil::date;
    for (years, codes) in [(2020, &["116"][..]), (2021, &["007", "116"]), (2022, &["007", "116"]), (2023, &["116"])] {
        let days = (day(years, 9, 1), day(years + 1, 8, 31));
        let expected = expected(&db, &me, &me.scope(), OrgType::School, days).await.unwrap();
        assert_eq!(expected.iter().map(|org| org.code.as_str()).collect::<Vec<_>>(), codes, "{years}");
    }
    let north = scope(&db, &me, Some("m1")).await.unwrap();
    assert_eq!(list(&db, &me, &north).await.unwrap().len(), 3);
    let alone = scope(&db, &me, Some("116")).await.unwrap();
    assert_eq!(list(&db, &me, &alone).await.unwrap().len(), 1);
    assert!(matches!(scope(&db, &me, Some("nobody")).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn every_fault_is_named_at_once_and_nothing_is_stored() {
    let (_dir, db) = opened().await;
    let faults = refused(
        &db,
        "Код | Наименование | Тип | Вышестоящая | Действует с | Действует по
         1 | Край | Регион | | |
         2 | Район | Район | 1 | |
         2 | Школа дважды | Школа | 1 | |
         3 | | Школа | Район | |
         | Без кода | Школа | Район | |
         4 | Непонятно что | Кружок | 1 | |
         5 | Не те дни | Школа | 1 | вчера | 31.02.2020
         6 | Наоборот | Школа | 1 | 01.09.2021 | 01.09.2020
         7 | #REF! | Школа | 1 | |",
    )
    .await;
    assert_eq!(
        faults,
        [
            "Реестр!B5: Нет наименования организации.",
            "Реестр!A6: Нет кода организации.",
            "Реестр!C7: Неизвестный тип «Кружок»: нужен регион, муниципалитет или школа.",
            "Реестр!E8: Не удалось прочитать дату «вчера»: нужна дата вида 01.09.2024.",
            "Реестр!F8: Не удалось прочитать дату «31.02.2020»: нужна дата вида 01.09.2024.",
            "Реестр!F9: Дата «Действует по» раньше даты «Действует с».",
            "Реестр!B10: В ячейке ошибка формулы #REF!. Исправьте её в файле.",
        ]
    );
    assert!(list(&db, &Actor::operator(), &Actor::operator().scope()).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_tree_must_stand() {
    let (_dir, db) = opened().await;
    let faults = refused(
        &db,
        "Код | Наименование | Тип | Вышестоящая
         1 | Край | Регион |
         a | Верхний район | Муниципалитет | b
         b | Нижний район | Муниципалитет | a
         c | Средний район | Муниципалитет | 1
         d | Средний район | Муниципалитет | 1
         e | Школа | Школа | Средний район
         f | Школа | Школа | Срединный район
         g | Заречный район | Муниципалитет | e
         h | Дальний район | Муниципалитет | e
         h | Дальний район | Муниципалитет | 1",
    )
    .await;
    assert_eq!(
        faults,
        [
            "Реестр!A11: Код «h» уже есть в ячейке Реестр!A10: у каждой организации свой код.",
            "Реестр!D7: Название «Средний район» носят несколько организаций (c, d): укажите код.",
            "Реестр!D8: Вышестоящая организация «Срединный район» не найдена ни по коду, ни по названию. \
             Может быть, «Средний район»?",
            "Реестр!D3: Организации подчинены друг другу по кругу: a → b → a.",
            "Реестр!D4: Организации подчинены друг другу по кругу: b → a → b.",
            "Реестр!D9: Организация с кодом «e» не может быть вышестоящей: её тип ниже.",
        ]
    );
}

#[tokio::test]
async fn an_organisation_with_others_below_it_cannot_become_a_school() {
    let (_dir, db) = opened().await;
    imported(&db, REGISTRY).await;
    let faults = refused(&db, "Код | Наименование | Тип | Вышестоящая\n m1 | Северная школа | Школа | 22").await;
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults.iter().all(|fault| fault.starts_with("Реестр!C2: Тип не подходит")), "{faults:?}");
}

#[tokio::test]
async fn what_is_no_registry_is_refused_with_what_was_expected() {
    let (_dir, db) = opened().await;
    for (text, expected) in [
        ("Школа | Участников\n СОШ | 5", "реестр.xlsx: Не найдена строка заголовков"),
        ("Код | Наименование | ИНН\n 1 | СОШ | 5", "Реестр!A1: Не хватает столбцов: «Тип», «Вышестоящая»."),
        ("Код | Наименование | Тип | Вышестоящая", "реестр.xlsx: Под заголовками нет ни одной организации."),
    ] {
        let faults = refused(&db, text).await;
        assert!(faults.len() == 1 && faults[0].starts_with(expected), "{faults:?}");
    }
}

#[tokio::test]
async fn odd_codes_are_told_but_do_not_stop() {
    let (_dir, db) = opened().await;
    let odd = "Код | Наименование | Тип | Вышестоящая | ИНН | Код ОГЭ
               1 | СОШ № 1 | Школа | | 221234567 | 01
               2 | СОШ № 2 | Школа | | 2212345678 | 01";
    let summary = import(&db, &Actor::operator(), &sheet(odd)).await.unwrap();
    assert_eq!(
        said(&summary.warnings),
        [
            "Реестр!E2: ИНН «221234567» записан неверно: в нём должно быть 10 или 12 цифр.",
            "Реестр!F2: Код «01» есть ещё и у организации «СОШ № 2»: по нему их не различить.",
            "Реестр!F3: Код «01» есть ещё и у организации «СОШ № 1»: по нему их не различить.",
        ]
    );
}

#[tokio::test]
async fn a_school_that_merged_has_a_successor_of_its_kind_and_a_last_day() {
    let (_dir, db) = opened().await;
    imported(&db, REGISTRY).await;
    let me = Actor::operator();
    let line = |school: &str, successor: &str, to: &str| {
        format!(
            "Код | Наименование | Тип | Вышестоящая | Действует по | Правопреемник
             {school} | МКОУ «Лесная ООШ» | Школа | m1 | {to} | {successor}"
        )
    };
    assert_eq!(imported(&db, &line("007", "116", "31.08.2023")).await, (0, 1, 0));
    assert_eq!(imported(&db, &line("007", "116", "31.08.2023")).await, (0, 0, 1));
    let (old, new) = (by_code(&db, &me, "007").await.unwrap(), by_code(&db, &me, "116").await.unwrap());
    assert_eq!(kin(&db, &me, &old).await.unwrap(), Kin { before: vec![], after: vec![new.clone()] });
    assert_eq!(kin(&db, &me, &new).await.unwrap(), Kin { before: vec![old.clone()], after: vec![] });
    assert_eq!(successors(&db, &me).await.unwrap(), HashMap::from([(old.id, vec![new.id])]));
    assert_eq!(imported(&db, REGISTRY).await, (0, 0, 4), "a file without the column leaves it");
    for (line, said) in [
        (line("007", "999", "31.08.2023"), "Правопреемника с кодом «999» нет"),
        (line("007", "007", "31.08.2023"), "Правопреемника с кодом «007» нет"),
        (line("007", "m1", "31.08.2023"), "Правопреемника с кодом «m1» нет"),
        (line("007", "116", ""), "укажите последний день"),
    ] {
        let faults = refused(&db, &line).await;
        assert!(faults.len() == 1 && faults[0].contains(said), "{faults:?}");
    }
    assert_eq!(imported(&db, &line("007", "", "31.08.2023")).await, (0, 1, 0));
    assert_eq!(kin(&db, &me, &old).await.unwrap(), Kin::default());
}

/// Faults of a table for somebody who may change what lies below an organisation.
async fn refused_below(db: &Db, root: &str, text: &str) -> Vec<String> {
    let mut read = db.read().await.unwrap();
    let top = store::by_code(&mut read, &Scope::default(), root).await.unwrap().unwrap();
    let scope = Scope::default().narrowed(top.id);
    let records = crate::org::record::store::all(&mut read, &scope, None).await.unwrap();
    let lines = crate::org::file::read(&sheet(text)).unwrap().lines;
    let strange: Vec<&str> =
        lines.iter().map(|line| line.code.as_str()).filter(|code| !records.contains_key(*code)).collect();
    let elsewhere = crate::org::record::store::codes_elsewhere(&mut read, &strange).await.unwrap();
    let known = crate::org::plan::Known { records, elsewhere, root: Some(root.to_owned()) };
    match crate::org::plan::plan(&lines, &known, &Wish::today()) {
        Err(faults) => said(&faults),
        Ok(plan) => vec![format!("{} changes", plan.changes.len())],
    }
}

#[tokio::test]
async fn a_department_changes_only_what_lies_below_it() {
    let (_dir, db) = opened().await;
    let more = "\n m2 | Южный муниципальный район | Муниципалитет | 22\n 200 | Южная школа | Школа | m2";
    imported(&db, &format!("{REGISTRY}{more}")).await;
    let line = |code: &str, kind: &str, above: &str| {
        format!("Код | Наименование | Тип | Вышестоящая\n {code} | Другое имя | {kind} | {above}")
    };
    for (line, expected) in [
        (line("007", "Школа", "m1"), "1 changes"),
        (line("008", "Школа", "m1"), "1 changes"),
        (line("009", "Школа", "007"), "1 changes"),
        (line("200", "Школа", "m1"), "Реестр!A2: Организацию с кодом «200» вы не можете изменять"),
        (line("m1", "Муниципалитет", ""), "Реестр!A2: Организацию с кодом «m1» вы не можете изменять"),
        (line("007", "Школа", ""), "Реестр!D2: Организация должна оставаться в вашей территории"),
        (line("007", "Школа", "m2"), "Реестр!D2: Вышестоящая организация «m2» не найдена"),
        (line("008", "Школа", ""), "Реестр!D2: Организация должна оставаться в вашей территории"),
    ] {
        let faults = refused_below(&db, "m1", &line).await;
        assert!(faults[0].starts_with(expected), "{line}: {faults:?}");
    }
}

#[test]
fn a_scope_lets_change_what_lies_below_its_top_and_not_the_top() {
    let above = [OrgId(3), OrgId(2), OrgId(1)];
    assert!(Scope::default().may_change(&above));
    assert!(Scope::default().may_change(&above[2..]), "whoever has no top may change the top of the tree");
}

#[tokio::test]
async fn codes_and_names_that_no_longer_hold_still_find_their_school() {
    let (_dir, db) = opened().await;
    imported(&db, REGISTRY).await;
    let renamed = REGISTRY.replace("Полянская СОШ", "Полянский лицей").replace("0116", "0216");
    imported(&db, &renamed).await;
    let me = Actor::operator();
    let found = registry(&db, &me).await.unwrap();
    let school = by_code(&db, &me, "116").await.unwrap().id;
    let schools = &[OrgType::School];
    for (scheme, code) in [("exam", "0216"), ("exam", "0116"), ("exam", "116")] {
        assert_eq!(found.by_code(scheme, code, schools), crate::org::Match::One(school), "{code}");
    }
    assert_eq!(found.by_name("МБОУ «Полянская СОШ»", None, schools), crate::org::Match::One(school));
    imported(&db, &format!("{renamed}\n 300 | МБОУ «Полянская СОШ» | Школа | m1 | | 0116 | | |")).await;
    let found = registry(&db, &me).await.unwrap();
    let new = by_code(&db, &me, "300").await.unwrap().id;
    assert_eq!(found.by_code("exam", "0116", schools), crate::org::Match::One(new), "who has it now comes first");
    assert_eq!(found.by_name("МБОУ «Полянская СОШ»", None, schools), crate::org::Match::One(new));
}

#[tokio::test]
async fn likely_duplicates_share_a_code_or_a_name() {
    let (_dir, db) = opened().await;
    imported(&db, REGISTRY).await;
    let more = "Код | Наименование | Тип | Вышестоящая | ИНН | Код ОГЭ
                d1 | МКОУ Полянская средняя школа | Школа | m1 | |
                d2 | Лестная ООШ | Школа | m1 | |
                d3 | Лесная основная общеобразовательная школа № 2 | Школа | m1 | | 0118
                b1 | Филиал Полянской школы | Филиал | 116 | 2212345678 |";
    imported(&db, more).await;
    let pairs = alike(&db, &Actor::operator()).await.unwrap();
    let said = |pair: &Alike| format!("{} {} {:?}", pair.one.code, pair.other.code, pair.why);
    let mut said: Vec<String> = pairs.iter().map(said).collect();
    said.sort();
    assert_eq!(
        said,
        ["007 d2 [LikeName]", "007 d3 [Code(\"exam\", \"0118\")]", "116 d1 [SameName]",],
        "a branch shares the ИНН of its school by right"
    );
}

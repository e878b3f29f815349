//! Tables of organisations: the plan by cells, what is kept as history, what is missing, refusals, and the way back.

use poem::http::StatusCode;
use svod::ids::OrgBatchId;
use svod::lang::Lang;
use svod::org::batch::actions;
use svod::org::edit::actions::card;
use svod::org::{self, Wish};

use crate::world::{book, since, text, value_of, world};

const CHANGED: &str = "
    Код | Наименование | Тип | Вышестоящая | Населённый пункт | Признак: численность | Группы | Отчитывается
    s1 | МБОУ «Лесной лицей» | Школа | south | с. Лесное | 312 | Наставники; Сельские | сама
    s3 | МАОУ «Гимназия № 5» | Школа | south | | | |
    s5 | Новая школа | Филиал | s3 | г. Южный | 40 | | с вышестоящей";

#[tokio::test]
async fn the_plan_names_every_cell_and_what_the_file_leaves_out() {
    let world = world().await;
    let plan = actions::plan(&world.db, &world.me, &book(CHANGED), &since("2024-09-01")).await.unwrap();
    let say = |cell: &svod::org::Cell| {
        let (column, old, new) = (cell.column.say(Lang::Ru), cell.old.say(Lang::Ru), cell.new.say(Lang::Ru));
        format!("{} {} {column}: {old} → {new}", cell.at, cell.code)
    };
    assert_eq!(
        plan.cells.iter().map(say).collect::<Vec<_>>(),
        [
            "Реестр!B2 s1 Наименование: МБОУ «Лесная СОШ» → МБОУ «Лесной лицей»",
            "Реестр!D2 s1 Вышестоящая организация: Северный район (north) → Южный район (south)",
            "Реестр!G2 s1 Группы:  → Наставники; Сельские",
            "Реестр!E2 s1 Населённый пункт:  → с. Лесное",
            "Реестр!F2 s1 численность:  → 312",
        ]
    );
    assert_eq!((plan.summary.added, plan.summary.changed, plan.summary.same), (1, 1, 1));
    assert_eq!(plan.added[0].0.to_string(), "Реестр!A4");
    let missing: Vec<&str> = plan.missing.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(missing, ["s2", "s4"], "schools of the districts that the file has schools of");
    assert!(org::actions::by_code(&world.db, &world.me, "s5").await.is_err(), "nothing is stored by looking");
}

#[tokio::test]
async fn what_a_table_replaces_is_kept_with_its_days_and_comes_back() {
    let world = world().await;
    let receipt = world.load(CHANGED, &since("2024-09-01")).await;
    let school = card(&world.db, &world.me, "s1").await.unwrap();
    assert_eq!(school.record.names[0].name, "МБОУ «Лесная СОШ»");
    assert_eq!(school.record.places[0].parent.as_deref(), Some("north"));
    assert_eq!(school.record.places[0].until.to_string(), "2024-08-31");
    assert_eq!(school.record.attribute("численность"), Some("312"));
    assert_eq!(school.record.groups, ["Наставники", "Сельские"]);
    let branch = card(&world.db, &world.me, "s5").await.unwrap();
    assert_eq!((branch.org.reports, branch.above[0].code.as_str()), (org::Reporting::Parent, "s3"));

    let undone = actions::undo(&world.db, &world.me, receipt.batch.unwrap()).await.unwrap();
    assert!(undone.undone.is_some());
    let school = card(&world.db, &world.me, "s1").await.unwrap();
    assert_eq!((school.org.name.as_str(), school.above[0].code.as_str()), ("МБОУ «Лесная СОШ»", "north"));
    assert!(school.record.names.is_empty() && school.record.groups.is_empty());
    assert!(org::actions::by_code(&world.db, &world.me, "s5").await.is_err());
    let again = actions::undo(&world.db, &world.me, receipt.batch.unwrap()).await;
    assert!(format!("{again:?}").contains("org.undone-before"), "{again:?}");
}

#[tokio::test]
async fn a_load_is_not_taken_back_over_later_changes_or_reports() {
    let world = world().await;
    let receipt = world.load(CHANGED, &since("2024-09-01")).await;
    world.load("Код | Наименование | Тип | Вышестоящая\n s1 | МБОУ «Лицей» | Школа | south", &Wish::today()).await;
    let refused = actions::undo(&world.db, &world.me, receipt.batch.unwrap()).await;
    assert!(format!("{refused:?}").contains("org.moved-on"), "{refused:?}");
    world.send("s4", "2024Sep", 100, 2).await;
    let first = actions::undo(&world.db, &world.me, OrgBatchId(2)).await;
    assert!(format!("{first:?}").contains("org.moved-on"), "{first:?}");
    let added =
        world.load("Код | Наименование | Тип | Вышестоящая\n s9 | Школа № 9 | Школа | north", &Wish::today()).await;
    world.send("s9", "2024Sep", 100, 2).await;
    let used = actions::undo(&world.db, &world.me, added.batch.unwrap()).await;
    assert!(format!("{used:?}").contains("org.undo-used"), "{used:?}");
    assert!(org::actions::by_code(&world.db, &world.me, "s9").await.is_ok(), "nothing is taken back by halves");
}

#[tokio::test]
async fn a_table_with_a_fault_is_refused_whole_with_its_cells() {
    let world = world().await;
    let faults = world
        .refused(
            "Код | Наименование | Тип | Вышестоящая | Часовой пояс | Отчитывается | Изменения с
             s1 | Лесная | Школа | s2 | | |
             s2 | Луговая | Школа | s1 | | |
             s2 | Дважды | Школа | north | Луна | |
             s6 | Ничья | Школа | nowhere | | |
             s7 | Седьмая | Школа | north | | иногда |
             s3 | Пятая | Школа | south | | | 01.01.2099",
            &Wish::today(),
        )
        .await;
    assert_eq!(
        faults,
        [
            "Реестр!E4: Неизвестный часовой пояс «Луна». Нужно, например: Омск, МСК+3 или Asia/Omsk.",
            "Реестр!F6: Непонятно, как отчитывается организация: «иногда». Нужно: сама, с вышестоящей или не отчитывается.",
        ],
        "what cannot be read is told first"
    );
    let faults = world
        .refused(
            "Код | Наименование | Тип | Вышестоящая | Изменения с
             s1 | Лесная | Школа | s2 |
             s2 | Луговая | Школа | s1 |
             s2 | Дважды | Школа | s1 |
             s6 | Ничья | Школа | nowhere |
             s3 | Пятая | Школа | south | 01.01.2099",
            &Wish::today(),
        )
        .await;
    for said in [
        "Реестр!A4: Код «s2» уже есть в ячейке Реестр!A3",
        "Реестр!D5: Вышестоящая организация «nowhere» не найдена",
        "Реестр!D2: Организации подчинены друг другу по кругу: s1 → s2 → s1.",
        "Реестр!E6: Дата изменений 01.01.2099 ещё не наступила.",
    ] {
        assert!(faults.iter().any(|fault| fault.starts_with(said)), "{said}: {faults:?}");
    }
    assert_eq!(card(&world.db, &world.me, "s1").await.unwrap().org.name, "МБОУ «Лесная СОШ»");
}

#[tokio::test]
async fn a_move_into_a_circle_of_the_past_is_refused() {
    let world = world().await;
    let line = |school: &str, above: &str| {
        format!("Код | Наименование | Тип | Вышестоящая\n {school} | Школа {school} | Школа | {above}")
    };
    world.load(&line("s2", "s1"), &since("2020-09-01")).await;
    world.load(&line("s2", "north"), &since("2022-09-01")).await;
    let faults = world.refused(&line("s1", "s2"), &since("2021-09-01")).await;
    assert!(
        faults.iter().any(|fault| fault.contains("На 31.08.2022 организации оказались бы подчинены")),
        "{faults:?}"
    );
    world.load(&line("s1", "s2"), &since("2022-09-01")).await;
    let early = world.refused(&line("s2", "south"), &since("2021-09-01")).await;
    assert!(early.iter().any(|fault| fault.starts_with("Реестр!D2: «Школа s2»: прежнее изменение")), "{early:?}");
    let never = world.refused(&line("s2", "south"), &since("2099-09-01")).await;
    assert_eq!(
        never,
        ["since: Дата изменений 01.09.2099 ещё не наступила. Внесите изменения, когда они начнут действовать."]
    );
}

const CSV: &str =
    "Код;Наименование;Тип;Вышестоящая;Телефон;Секретарь\ns1;Лесная школа;Школа;north;8 (000) 11-22-33;да\n";

#[tokio::test]
async fn the_page_shows_the_plan_loads_it_closes_who_is_missing_and_takes_it_back() {
    let world = world().await;
    let plan = text(world.upload(CSV, &[("since", "01.09.2024")]).await, StatusCode::OK).await;
    crate::world::says(
        &plan,
        &[
            "реестр!B2",
            "МБОУ «Лесная СОШ»",
            "Лесная школа",
            "8 (000) 11-22-33",
            "Столбец «Секретарь» не загружается",
            "МБОУ «Луговая СОШ»",
        ],
    );
    let fields = ["hash", "since", "seal"].map(|name| (name, value_of(&plan, name)));
    let mut again: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    again.push(("close", "s2"));
    let refused = world.refuse("/orgs/import/apply", &again).await;
    crate::world::says(&refused, &["Укажите последний день работы", "checked"]);
    again.push(("close-on", "31.08.2024"));
    let done = text(world.post("/orgs/import/apply", &again).await, StatusCode::OK).await;
    crate::world::says(&done, &["Загрузка № 3 выполнена", "изменено 1", "закрыто 1"]);
    let closed = org::actions::by_code(&world.db, &world.me, "s2").await.unwrap();
    assert_eq!(closed.valid_to.unwrap().to_string(), "2024-08-31");
    let back = world.act("/orgs/import/undo", &[("batch", "3")]).await;
    crate::world::says(&back, &["Загрузка организаций № 3 отменена", "реестр.csv"]);
    assert_eq!(org::actions::by_code(&world.db, &world.me, "s2").await.unwrap().valid_to, None);
}

#[tokio::test]
async fn a_plan_that_has_grown_old_and_a_bad_file_change_nothing() {
    let world = world().await;
    let plan = text(world.upload(CSV, &[]).await, StatusCode::OK).await;
    world.load("Код | Наименование | Тип | Вышестоящая\n s1 | МБОУ «Лицей» | Школа | south", &Wish::today()).await;
    let fields = ["hash", "since", "seal"].map(|name| (name, value_of(&plan, name)));
    let again: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let shown = world.refuse("/orgs/import/apply", &again).await;
    crate::world::says(&shown, &["Пока вы смотрели план", "МБОУ «Лицей»"]);
    let bad = "Код;Наименование;Тип;Вышестоящая\na;А;Школа;b\nb;Б;Школа;a\n";
    let page = text(world.upload(bad, &[]).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    crate::world::says(
        &page,
        &["реестр!D2: Организации подчинены друг другу по кругу: a → b → a.", "ничего не изменено"],
    );
    assert!(org::actions::by_code(&world.db, &world.me, "a").await.is_err());
}

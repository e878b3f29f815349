//! The pages of organisations: looking, searching, editing, closing, groups, mergers.

use poem::http::StatusCode;
use svod::org::edit::actions::card;
use svod::org::{self, Reporting};

use crate::world::{says, since, text, value_of, world};

#[tokio::test]
async fn organisations_are_found_by_what_people_type() {
    let world = world().await;
    world
        .load(
            "Код | Наименование | Тип | Вышестоящая\n s4 | МКОУ «Раздольная ООШ» | Школа | south",
            &since("2023-09-01"),
        )
        .await;
    for (sought, name) in [
        ("гимназия 5", "МАОУ «Гимназия № 5»"),
        ("гимнозия", "МАОУ «Гимназия № 5»"),
        ("ubvyfpbz", "МАОУ «Гимназия № 5»"),
        ("лисная", "МБОУ «Лесная СОШ»"),
        ("0102", "МБОУ «Луговая СОШ»"),
        ("степная", "МКОУ «Раздольная ООШ»"),
    ] {
        let page = world.page(&format!("/orgs?q={sought}")).await;
        assert!(page.contains(name) && page.contains("Найдена 1 организация"), "{sought}: {page}");
    }
    says(&world.page("/orgs?q=космодром").await, &["ничего не найдено"]);
    says(&world.page("/report/pupils/2024Sep?q=гимнозия").await, &["Гимназия № 5"]);
}

#[tokio::test]
async fn a_large_tree_is_unfolded_step_by_step() {
    let world = world().await;
    let schools: String = (1..=180).map(|n| format!("\n x{n} | Школа № {n} | Школа | north")).collect();
    world.load(&format!("Код | Наименование | Тип | Вышестоящая{schools}"), &since("2024-09-01")).await;
    let page = world.page("/orgs").await;
    says(&page, &["184 школы", "href=\"/orgs?at=north\"", "ещё 182 организации", "МАОУ «Гимназия № 5»"]);
    assert!(!page.contains("Школа № 77"), "what does not fit is a page of its own");
    let north = world.page("/orgs?at=north").await;
    says(&north, &["Школа № 77", "Приозёрный край", "182 школы"]);
}

#[tokio::test]
async fn a_page_tells_everything_of_an_organisation() {
    let world = world().await;
    world.send("s1", "2024Sep", 100, 2).await;
    let lines = "Код | Наименование | Тип | Вышестоящая | Телефон | Электронная почта | Сайт | Признак: сельская | Код ОГЭ/ЕГЭ
                 s1 | МБОУ «Лесной лицей» | Школа | south | 8 (000) 11-22-33 | a@b.example | https://les.example | да | 0777";
    world.load(lines, &since("2024-09-01")).await;
    world
        .load(
            "Код | Наименование | Тип | Вышестоящая | Часовой пояс\n r | Приозёрный край | Регион | | Омск",
            &since("2024-09-01"),
        )
        .await;
    let page = world.page("/org/s1").await;
    says(
        &page,
        &[
            "<h1>МБОУ «Лесной лицей»</h1>",
            "href=\"tel:8000112233\"",
            "href=\"mailto:a@b.example\"",
            "href=\"https://les.example\"",
            "Омск, UTC+6",
            "пояс — как у организации «Приозёрный край»",
            "до 31.08.2024 — МБОУ «Лесная СОШ»",
            "входила в «Северный район»",
            "0101",
            "0777",
            "сельская",
            "/report/pupils/2024Sep/s1",
            "Изменена из таблицы",
            "Вышестоящая организация: Северный район (north) → Южный район (south)",
        ],
    );
    says(&world.page("/report/pupils/2024Sep/s1/history").await, &["Время — местное: Омск, UTC+6."]);
    let forgot = world.act("/org/s1/forget", &[("what", "place"), ("until", "2024-08-31")]).await;
    assert!(!forgot.contains("входила в «Северный район»"), "{forgot}");
    text(world.get("/org/nobody").await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn an_edit_keeps_what_was_typed_says_every_fault_and_then_what_changed() {
    let world = world().await;
    let page = world.page("/org/s1/edit").await;
    let seal = value_of(&page, "seal");
    let typed = |name: &'static str, parent: &'static str, to: &'static str| {
        vec![
            ("name", name),
            ("short", "Лицей"),
            ("type", "school"),
            ("parent", parent),
            ("to", to),
            ("reports", "own"),
            ("phone", "8 (000) 55"),
            ("code-exam", "0101; 0909"),
            ("attribute-name-0", "численность"),
            ("attribute-0", "312"),
            ("since", "01.09.2024"),
        ]
    };
    let refused = world.refuse("/org/s1/edit", &typed("", "Севрный район", "вчера")).await;
    says(
        &refused,
        &[
            "Нет наименования организации.",
            "Не удалось прочитать дату «вчера»",
            "value=\"8 (000) 55\"",
            "value=\"312\"",
            "aria-invalid=\"true\"",
        ],
    );
    let refused = world.refuse("/org/s1/edit", &typed("Лицей", "Севрный район", "")).await;
    says(
        &refused,
        &[
            "Вышестоящая организация «Севрный район» не найдена",
            "Может быть, «Северный район»?",
            "value=\"Севрный район\"",
        ],
    );
    let mut right = typed("МБОУ «Лицей»", "Южный район", "");
    right.push(("seal", &seal));
    let saved = world.act("/org/s1/edit", &right).await;
    says(&saved, &["Сохранено", "<h1>МБОУ «Лицей»</h1>", "до 31.08.2024 — МБОУ «Лесная СОШ»", "0909", "численность"]);
    let stale = world.refuse("/org/s1/edit", &right).await;
    says(&stale, &["изменил кто-то другой"]);
    let record = card(&world.db, &world.me, "s1").await.unwrap().record;
    assert_eq!(record.places[0].parent.as_deref(), Some("north"));
}

#[tokio::test]
async fn an_organisation_is_added_closed_and_reopened() {
    let world = world().await;
    says(&world.page("/orgs/new?parent=s1").await, &["value=\"s1\"", "Добавить организацию"]);
    let fields =
        [("code", "b1"), ("name", "Филиал в с. Дальнем"), ("type", "school"), ("parent", "s1"), ("reports", "parent")];
    let added = world.act("/orgs/new", &fields).await;
    says(&added, &["<h1>Филиал в с. Дальнем</h1>", "вместе с вышестоящей"]);
    assert_eq!(org::actions::by_code(&world.db, &world.me, "b1").await.unwrap().reports, Reporting::Parent);
    says(&world.refuse("/orgs/new", &fields).await, &["Код «b1» уже занят: Филиал в с. Дальнем"]);
    says(&world.page("/orgs").await, &["отчитывается с вышестоящей"]);

    says(&world.page("/org/s1/close").await, &["открытая подчинённая организация"]);
    says(&world.refuse("/org/s1/close", &[("do", "close"), ("to", "")]).await, &["Укажите последний день работы"]);
    says(
        &world.refuse("/org/s1/close", &[("do", "close"), ("to", "31.08.2024"), ("successors", "нет такой")]).await,
        &["Правопреемника с кодом"],
    );
    let closed = world.act("/org/s1/close", &[("do", "close"), ("to", "31.08.2024"), ("successors", "s2")]).await;
    says(&closed, &["присоединена к Луговая СОШ с 01.09.2024"]);
    says(&world.page("/org/s2").await, &["Присоединена:", "Лесная СОШ"]);
    let open = world.act("/org/s1/close", &[("do", "reopen")]).await;
    assert!(!open.contains("присоединена к"), "{open}");
}

#[tokio::test]
async fn groups_are_made_filled_renamed_and_removed() {
    let world = world().await;
    says(&world.refuse("/orgs/groups", &[("do", "add"), ("name", " ")]).await, &["Назовите группу"]);
    let made = world.act("/orgs/groups", &[("do", "add"), ("name", "Наставники"), ("note", "на 2025 год")]).await;
    let id = value_of(&made, "id");
    let refused = world.refuse("/orgs/groups", &[("do", "join"), ("id", &id), ("members", "s1\nЛисная СОШ")]).await;
    says(&refused, &["«Лисная СОШ» не найдена", "Может быть, «МБОУ «Лесная СОШ»»?", "s1\nЛисная СОШ"]);
    let joined = world.act("/orgs/groups", &[("do", "join"), ("id", &id), ("members", "s1\nГимназия 5\n")]).await;
    says(&joined, &["добавлены 2 организации", "Гимназия № 5"]);
    says(&world.page("/org/s1").await, &["Наставники"]);
    let left = world.act("/orgs/groups", &[("do", "leave"), ("id", &id), ("org", "s1")]).await;
    assert!(!left.contains("Лесная СОШ"), "{left}");
    let renamed = world.act("/orgs/groups", &[("do", "rename"), ("id", &id), ("name", "Школы-наставники")]).await;
    says(&renamed, &["<h2>Школы-наставники</h2>"]);
    says(&world.act("/orgs/groups", &[("do", "remove"), ("id", &id)]).await, &["Группа удалена", "Групп пока нет"]);
}

#[tokio::test]
async fn two_entries_of_one_school_become_one_and_the_old_code_finds_it() {
    let world = world().await;
    let twice = "Код | Наименование | Тип | Вышестоящая | ИНН | Телефон
                 d1 | МБОУ «Лесная школа» | Школа | north | 2212345678 | 8 (000) 99";
    world.load(twice, &since("2024-09-01")).await;
    world.send("s1", "2024Sep", 100, 1).await;
    world.send("d1", "2023Sep", 90, 3).await;
    world.send("d1", "2024Sep", 91, 3).await;
    let likely = world.page("/orgs/merge").await;
    says(&likely, &["одинаковый ИНН: 2212345678", "href=\"/orgs/merge?kept=s1&amp;other=d1\""]);

    let compared = world.page("/orgs/merge?kept=s1&other=d1").await;
    says(&compared, &["Сначала разберитесь с 1 отчётом", "/report/pupils/2024Sep/d1"]);
    assert!(!compared.contains("Объединить</button>"), "clashes stop it");
    let key = |year: &str| format!("/report/pupils/{year}/d1");
    let form = svod::report::version::actions::newest(&world.db, &world.me, "pupils").await.unwrap().form;
    let period = svod::period::Period::from_id("2023Sep").unwrap();
    assert!(world.get(&key("2023Sep")).await.0.status().is_success());

    // The school sent its figures of 2024 under both codes; here they are told apart by another pair.
    world
        .load("Код | Наименование | Тип | Вышестоящая\n d2 | МБОУ «Луговая СОШ» | Школа | north", &since("2024-09-01"))
        .await;
    world.send("d2", "2023Sep", 70, 7).await;
    world.send("s2", "2024Sep", 80, 1).await;
    let compared = world.page("/orgs/merge?kept=s2&other=d2").await;
    says(&compared, &["Что произойдёт", "1 отчёт перейдёт к организации «Луговая СОШ»", "Отменить объединение нельзя"]);
    let seal = value_of(&compared, "seal");
    let stale = world.refuse("/orgs/merge", &[("kept", "s2"), ("other", "d2"), ("seal", "another")]).await;
    says(&stale, &["изменил кто-то другой"]);
    let merged = world.act("/orgs/merge", &[("kept", "s2"), ("other", "d2"), ("seal", &seal)]).await;
    says(&merged, &["Организации объединены", "Прежние коды", "d2"]);
    let found = org::actions::by_code(&world.db, &world.me, "d2").await.unwrap();
    assert_eq!(found.code, "s2");
    let key = svod::report::Key::new(&form, period, found.id);
    let view = svod::report::actions::open(&world.db, &world.me, &key).await.unwrap();
    assert_eq!(view.answers.get("all"), Some(&serde_json::json!(70)), "its report came along");
    let old = world.get("/report/pupils/2023Sep/d2").await;
    assert_eq!(old.0.headers()["location"], "/report/pupils/2023Sep/s2", "old links go on working");
    text(world.get("/report/pupils/2023Sep/nobody").await, StatusCode::NOT_FOUND).await;
    let faults = world
        .refused("Код | Наименование | Тип | Вышестоящая\n d2 | Новая | Школа | north", &since("2024-09-01"))
        .await;
    assert!(faults[0].contains("Реестр!A2"), "the code is never given again: {faults:?}");
    let verified = svod::report::verify::actions::verify(&world.db, &world.me).await.unwrap();
    assert!(verified.wrong.is_empty(), "{:?}", verified.wrong);
}

#[tokio::test]
async fn organisations_that_cannot_be_one_are_told_why() {
    let world = world().await;
    for (kept, other, said) in [
        ("s1", "s1", "Это одна и та же организация"),
        ("s1", "north", "только организации одного типа"),
        ("s1", "nobody", "Организации с кодом «nobody» нет"),
    ] {
        let page =
            text(world.get(&format!("/orgs/merge?kept={kept}&other={other}")).await, StatusCode::UNPROCESSABLE_ENTITY)
                .await;
        says(&page, &[said]);
    }
}

//! The territory as of a day: moves and mergers keep old figures comparable; groups; branches that report with a school.

use poem::{Endpoint, Response};
use svod::indicator::actions::figures;
use svod::indicator::{Figures, Query};
use svod::org::actions::{Territory, territory};
use svod::org::group::actions as groups;
use svod::period::Period;
use svod::report::figures::{Slice, actions as counted};

use crate::world::{World, says, since, world};

impl<E: Endpoint<Output = Response>> World<E> {
    async fn figures(&self, asked: Territory<'_>, period: &str) -> Figures {
        let period = Period::from_id(period).unwrap();
        let scope = territory(&self.db, &self.me, asked, period.end()).await.unwrap();
        figures(&self.db, &self.me, &Query::new("pupils", period, scope)).await.unwrap()
    }

    /// The parts of the whole: the code and Σ denominator of each.
    async fn parts(&self, asked: Territory<'_>, period: &str) -> Vec<(String, Option<f64>)> {
        let figures = self.figures(asked, period).await;
        let codes =
            figures.territories.iter().map(|part| part.org.as_ref().map(|org| org.code.clone()).unwrap_or_default());
        codes.zip(figures.indicators[0].rows[0].parts.iter().map(|figure| figure.denominator)).collect()
    }

    async fn all(&self) {
        for (school, all) in [("s1", 100), ("s2", 200), ("s3", 400), ("s4", 800)] {
            self.send(school, "2022Sep", all, 1).await;
            self.send(school, "2024Sep", all, 2).await;
        }
    }
}

fn part(code: &str, sum: f64) -> (String, Option<f64>) {
    (code.to_owned(), Some(sum))
}

const ANY: Territory<'static> = Territory { org: "", group: "", day: "" };

#[tokio::test]
async fn a_school_that_moved_stays_where_it_was_in_old_figures() {
    let world = world().await;
    world.all().await;
    let moved = "Код | Наименование | Тип | Вышестоящая\n s1 | МБОУ «Лесная СОШ» | Школа | south";
    world.load(moved, &since("2024-01-15")).await;
    assert_eq!(world.parts(ANY, "2022Sep").await, [part("north", 300.0), part("south", 1200.0)]);
    assert_eq!(world.parts(ANY, "2024Sep").await, [part("north", 200.0), part("south", 1300.0)]);
    let later = Territory { day: "01.09.2024", ..ANY };
    assert_eq!(
        world.parts(later, "2022Sep").await,
        [part("north", 200.0), part("south", 1300.0)],
        "the same schools then and now"
    );
    let north = Territory { org: "north", ..ANY };
    assert_eq!(world.figures(north, "2022Sep").await.tally.expected, 2);
    assert_eq!(world.figures(north, "2024Sep").await.tally.expected, 1);
    assert_eq!(world.figures(Territory { day: "01.09.2024", ..north }, "2022Sep").await.tally.sent, 1);
    let south = world.figures(Territory { org: "south", ..ANY }, "2024Sep").await;
    assert_eq!(south.indicators[0].rows[0].total.denominator, Some(1300.0));
}

#[tokio::test]
async fn a_merged_school_is_counted_where_its_successor_stands() {
    let world = world().await;
    world.all().await;
    let merged = "Код | Наименование | Тип | Вышестоящая | Действует по | Правопреемник
                  s2 | МБОУ «Луговая СОШ» | Школа | north | 31.08.2023 | s3";
    world.load(merged, &since("2023-09-01")).await;
    assert_eq!(world.parts(ANY, "2022Sep").await, [part("north", 300.0), part("south", 1200.0)], "it was open then");
    let later = Territory { day: "01.09.2024", ..ANY };
    assert_eq!(world.parts(later, "2022Sep").await, [part("north", 100.0), part("south", 1400.0)]);
    let south = Territory { org: "south", ..later };
    assert_eq!(world.figures(south, "2022Sep").await.tally.sent, 3, "its old report is counted with its successor's");
}

#[tokio::test]
async fn a_group_narrows_figures_as_a_territory_does() {
    let world = world().await;
    world.all().await;
    let id = groups::save(&world.db, &world.me, None, "Наставники", "").await.unwrap().to_string();
    groups::join(&world.db, &world.me, &id, "s1\nГимназия 5\n").await.unwrap();
    let mentors = Territory { group: &id, ..ANY };
    assert_eq!(world.parts(mentors, "2022Sep").await, [part("north", 100.0), part("south", 400.0)]);
    groups::join(&world.db, &world.me, &id, "Северный район").await.unwrap();
    let figures = world.figures(mentors, "2022Sep").await;
    assert_eq!(
        (figures.tally.sent, figures.indicators[0].rows[0].total.denominator),
        (3, Some(700.0)),
        "a district brings its schools"
    );
    let page = world.page(&format!("/forms/pupils/2022Sep?group={id}")).await;
    says(&page, &["группа «Наставники»", "<dt>Ожидается</dt><dd>3</dd>", "book.xlsx?group="]);
    assert!(world.get(&format!("/forms/pupils/2022Sep/book.xlsx?group={id}")).await.0.status().is_success());
    let refused = groups::join(&world.db, &world.me, &id, "Лисная СОШ").await;
    assert!(format!("{refused:?}").contains("org.member-unknown"), "{refused:?}");
}

#[tokio::test]
async fn nobody_waits_for_a_branch_that_reports_with_its_school_or_for_a_group_of_districts() {
    let world = world().await;
    let lines = "Код | Наименование | Тип | Вышестоящая | Отчитывается
                 union | Северное объединение | Муниципалитет | r | не отчитывается
                 north | Северный район | Муниципалитет | union |
                 b1 | Филиал в с. Дальнем | Филиал | s1 |
                 b2 | Филиал в с. Ближнем | Филиал | s1 | сама";
    world.load(&lines.replace("Филиал | s1 |\n", "Филиал | s1 | с вышестоящей\n"), &since("2020-09-01")).await;
    let period = Period::from_id("2024Sep").unwrap();
    let form = svod::report::version::actions::newest(&world.db, &world.me, "pupils").await.unwrap().form;
    let slice = Slice { form, period, wave: String::new(), accepted_only: false };
    let silent = counted::silent(&world.db, &world.me, &world.me.scope(), &slice).await.unwrap();
    let codes: Vec<&str> = silent.iter().map(|org| org.code.as_str()).collect();
    assert_eq!(codes.len(), 5, "{codes:?}");
    assert!(codes.contains(&"b2") && !codes.contains(&"b1"));
    world.send("s1", "2024Sep", 100, 1).await;
    world.send("b2", "2024Sep", 10, 1).await;
    let union = Territory { org: "union", ..ANY };
    assert_eq!(world.parts(union, "2024Sep").await, [part("north", 110.0)], "at any depth");
}

#[tokio::test]
async fn the_page_says_which_day_it_shows_and_what_is_wrong_with_one() {
    let world = world().await;
    world.all().await;
    let page = world.page("/forms/pupils/2022Sep?org=north&day=01.09.2024").await;
    says(&page, &["территория на 01.09.2024", "value=\"01.09.2024\"", "day=01.09.2024&amp;show=silent"]);
    let wrong = world.page("/forms/pupils/2022Sep?day=когда-то").await;
    says(&wrong, &["Не удалось прочитать дату «когда-то»", "value=\"когда-то\"", "<dt>Ожидается</dt><dd>4</dd>"]);
    let plain = world.page("/forms/pupils/2022Sep").await;
    assert!(!plain.contains("территория на 31"), "the day of the period goes without saying");
}

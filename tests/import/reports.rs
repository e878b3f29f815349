//! What becomes of reports: conflicts, corrections, drafts, earlier periods, and the known answer.

use serde_json::json;
use svod::import::actions;
use svod::report::batch::Outcome;

use super::world::{FORM, Sheet, World, faults, holds, sheet, wish};

const RECIPE: &str = r#"
[[import]]
name = "plain"
header = ["Код"]
code = { column = "Код", scheme = "exam" }

[[import.column]]
header = "Сдавали"
to = "results/math/took"

[[import.column]]
header = "Не сдали"
to = "results/math/failed"

[[import.column]]
header = "Доля"
check = "results/math/share"
scale = 100
"#;

fn plain(rows: &str) -> Vec<Sheet> {
    vec![sheet("Л", &format!("Код|Сдавали|Не сдали|Доля\n{rows}"))]
}

#[tokio::test]
async fn a_plan_is_new_same_changed_and_the_plan_is_what_is_applied() {
    let world = World::with(RECIPE).await;
    let first = plain("101|=10|=3|=30\n102|=20||");
    let (plan, receipt) = world.import(&first, &wish("2021Sep")).await;
    assert_eq!(
        world.lines(&plan),
        [
            "Л!B2 s101 results/math/took new 10",
            "Л!C2 s101 results/math/failed new 3",
            "Л!B3 s102 results/math/took new 20",
        ]
    );
    let outcomes: Vec<&Outcome> = receipt.outcomes.iter().map(|(_, _, outcome)| outcome).collect();
    assert!(matches!(outcomes[..], [Outcome::Sent, Outcome::Draft(_)]), "{outcomes:?}");
    assert_eq!(plan.unsent().count(), 1, "planned as it went");

    let again = world.plan(&first, &wish("2021Sep")).await.unwrap();
    assert!(world.lines(&again).iter().all(|line| line.contains(" same ")), "{:?}", world.lines(&again));
    assert!(!again.sets_anything());

    let (plan, receipt) = world.import(&plain("101|=11||\n102||=4|"), &wish("2021Sep")).await;
    assert_eq!(
        world.lines(&plan),
        ["Л!B2 s101 results/math/took changed 11", "Л!C3 s102 results/math/failed new 4"],
        "empty cells leave what is stored"
    );
    assert!(receipt.outcomes.iter().all(|(_, _, outcome)| *outcome == Outcome::Sent));
    assert_eq!(world.answers("s102", "2021Sep").await, json!({"results/math/took": 20, "results/math/failed": 4}));

    actions::undo(&world.db, &world.actor, receipt.batch.unwrap()).await.unwrap();
    assert_eq!(world.answers("s101", "2021Sep").await, json!({"results/math/took": 10, "results/math/failed": 3}));
    assert_eq!(world.answers("s102", "2021Sep").await, json!({"results/math/took": 20}));
}

#[tokio::test]
async fn what_a_school_sent_itself_stays_unless_asked() {
    let world = World::with(RECIPE).await;
    world.send("s101", "2021Sep", json!({"results": {"math": {"took": 10, "failed": 3}}})).await;
    let file = plain("101|=12|=3|");
    let (plan, receipt) = world.import(&file, &wish("2021Sep")).await;
    assert_eq!(world.lines(&plan), ["Л!B2 s101 results/math/took conflict 12", "Л!C2 s101 results/math/failed same 3"]);
    holds(&faults(&plan), &["Л!B2", "10", "--overwrite"]);
    assert!(plan.leaves_out());
    assert_eq!(receipt.batch, None);
    let mut overwrite = wish("2021Sep");
    overwrite.overwrite = true;
    let (plan, receipt) = world.import(&file, &overwrite).await;
    assert_eq!(world.lines(&plan)[0], "Л!B2 s101 results/math/took changed 12");
    assert!(receipt.batch.is_some());
    assert_eq!(world.answers("s101", "2021Sep").await, json!({"results/math/took": 12, "results/math/failed": 3}));
}

#[tokio::test]
async fn a_report_that_moved_on_since_the_plan_is_not_touched() {
    let world = World::with(RECIPE).await;
    let upload = svod::import::Upload::of_bytes(&super::world::workbook(&plain("101|=12|=3|")), "свод.xlsx").unwrap();
    let wish = wish("2021Sep");
    let plan = actions::plan(&world.db, &world.actor, &world.form, &upload.book, &wish).await.unwrap();
    world.send("s101", "2021Sep", json!({"results": {"math": {"took": 10, "failed": 3}}})).await;
    assert!(actions::apply(&world.db, &world.actor, &world.form, &plan, &upload).await.is_err());
    assert_eq!(world.answers("s101", "2021Sep").await, json!({"results/math/took": 10, "results/math/failed": 3}));
}

#[tokio::test]
async fn the_form_judges_cells_and_the_rest_goes_on() {
    let world = World::with(RECIPE).await;
    let (plan, receipt) = world.import(&plain("101|=10|=30|\n102|=20|=2|=55"), &wish("2021Sep")).await;
    assert_eq!(
        world.lines(&plan),
        [
            "Л!B2 s101 results/math/took new 10",
            "Л!C2 s101 results/math/failed refused 30",
            "Л!B3 s102 results/math/took new 20",
            "Л!C3 s102 results/math/failed new 2",
        ]
    );
    holds(&faults(&plan), &["Л!C2", "Больше, чем участников"]);
    holds(&faults(&plan), &["Л!D3", "55", "10"]);
    assert!(matches!(receipt.outcomes[0].2, Outcome::Draft(_)), "a number of failed is still required");
    assert_eq!(receipt.outcomes[1].2, Outcome::Sent);
}

#[tokio::test]
async fn one_value_in_two_cells_counts_once_or_not_at_all() {
    let world = World::with(RECIPE).await;
    let rows = "101|=10|=3|\n101|=10|=4|\n102|=5|=1|\n102|=5||";
    let plan = world.plan(&plain(rows), &wish("2021Sep")).await.unwrap();
    assert_eq!(
        world.lines(&plan),
        [
            "Л!B2 s101 results/math/took new 10",
            "Л!C2 s101 results/math/failed refused 3",
            "Л!B3 s101 results/math/took same 10",
            "Л!C3 s101 results/math/failed refused 4",
            "Л!B4 s102 results/math/took new 5",
            "Л!C4 s102 results/math/failed new 1",
            "Л!B5 s102 results/math/took same 5",
        ]
    );
    holds(&faults(&plan), &["Л!C2:", "Л!C3"]);
    holds(&faults(&plan), &["Л!C3:", "Л!C2"]);
}

#[tokio::test]
async fn columns_of_earlier_years_go_to_their_reports() {
    let recipe = r#"
[[import]]
name = "years"
header = ["Код"]
code = { column = "Код", scheme = "exam" }
dash = "no-data"

[[import.column]]
header = "2022"
to = "results/math/told"
scale = 100

[[import.column]]
header = "2021"
to = "results/math/told"
scale = 100
back = 1
"#;
    let world = World::with(recipe).await;
    let (plan, receipt) =
        world.import(&[sheet("Л", "Код|=2022|=2021\n101|=43|54%\n102|-|=0.5")], &wish("2021Sep")).await;
    assert_eq!(plan.faults, vec![]);
    assert_eq!(receipt.outcomes.len(), 4);
    assert_eq!(world.answers("s101", "2021Sep").await, json!({"results/math/told": 43}));
    assert_eq!(world.answers("s101", "2020Sep").await, json!({"results/math/told": 54}));
    assert_eq!(world.answers("s102", "2021Sep").await, json!({"results/math/told": {"missing": "no-data"}}));
    assert_eq!(world.answers("s102", "2020Sep").await, json!({"results/math/told": 0.5}));
}

/// Two sheets of shares in either order: the values are right, and nobody invents a number of pupils.
#[tokio::test]
async fn the_known_answer_does_not_depend_on_the_order_of_the_years() {
    let recipe = r#"
[[import]]
name = "note"
header = ["Школа", "Математика"]
organisation = "Школа"

[[import.column]]
header = "Математика"
to = "results/math/told"
scale = 100

[[import.column]]
header = "Русский язык"
to = "results/rus/told"
scale = 100
"#;
    let rules = r#"
[[group.question]]
name = "low"
type = "calculate"
value = "integer"
calculation = "if(${results/math/share} >= 30, 1, 0) + if(${results/rus/share} >= 30, 1, 0)"

[[classification]]
name = "shnor"
label = "ШНОР"

[[classification.ground]]
name = "two"
label = "Два предмета"
rule = "${low} >= 2"

[[classification.ground]]
name = "years"
label = "Два года"
rule = "${low} >= 1 and previous(${low}) >= 1"
"#;
    let source = format!("{FORM}\n{rules}\n{recipe}");
    let first = (sheet("Л", "Школа|Математика|Русский язык\nОреховская СОШ|54 %|31 %"), "2020/21");
    let second = (sheet("Л", "Школа|Математика|Русский язык\nОреховская СОШ|43%|-"), "2021/22");
    for order in [[&first, &second], [&second, &first]] {
        let world = World::of(&source).await;
        for (sheet, year) in order {
            let (plan, receipt) = world.import(std::slice::from_ref(sheet), &wish(year)).await;
            assert!(receipt.batch.is_some() && !plan.leaves_out(), "{:?}", faults(&plan));
        }
        assert_eq!(world.answers("s102", "2020Sep").await, json!({"results/math/told": 54, "results/rus/told": 31}));
        assert_eq!(world.answers("s102", "2021Sep").await, json!({"results/math/told": 43}));
        for (period, ground) in [("2020Sep", "two"), ("2021Sep", "years")] {
            let key = world.key("s102", period);
            let view = svod::report::actions::open(&world.db, &world.actor, &key).await.unwrap();
            let json = svod::form::filled_json(&view.form, &view.filled(), &view.context, svod::lang::Lang::Ru);
            assert_eq!(json["lists"]["shnor"]["ground"], ground, "{period}");
            assert_eq!(json["values"]["results/math/took"], json!(null));
        }
    }
}

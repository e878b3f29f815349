//! `svod org` at the terminal: the plan, loading, taking back, and figures of a group and of another day.

use serde_json::Value as Json;

use crate::run;

const HEAD: [&str; 5] = ["Код", "Наименование", "Тип", "Вышестоящая", "Группы"];

fn json(output: &std::process::Output) -> Json {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_table_is_planned_loaded_and_taken_back_at_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let (region, district) = (["r", "Край", "Регион", "", ""], ["m", "Лесной район", "Муниципалитет", "r", ""]);
    let first = ["s1", "Лесная СОШ", "Школа", "m", "Наставники"];
    run::workbook(
        &dir.join("one.xlsx"),
        &[&HEAD, &region, &district, &first, &["s2", "Луговая СОШ", "Школа", "m", ""]],
    );
    run::done(&run::svod(dir, &["org", "import", "one.xlsx"]));
    run::workbook(&dir.join("two.xlsx"), &[&HEAD, &["s1", "Лесной лицей", "Школа", "m", "Наставники"]]);
    let plan = run::svod(dir, &["org", "import", "two.xlsx", "--dry-run", "--json"]);
    run::done(&plan);
    let said = json(&plan);
    assert_eq!(
        (&said["changed"], &said["batch"], &said["cells"][0]["at"]),
        (&1.into(), &Json::Null, &"Sheet1!B2".into())
    );
    assert_eq!(said["missing"][0]["code"], "s2");
    let told = run::svod(dir, &["org", "import", "two.xlsx", "--dry-run"]);
    let told = String::from_utf8_lossy(&told.stderr).into_owned() + &String::from_utf8_lossy(&told.stdout);
    assert!(told.contains("Sheet1!B2: Лесная СОШ, Наименование: Лесная СОШ → Лесной лицей"), "{told}");
    assert!(told.contains("В файле нет: Луговая СОШ (код s2)") && told.contains("ничего не записано"), "{told}");

    let loaded = run::svod(dir, &["org", "import", "two.xlsx", "--since", "01.09.2024", "--json"]);
    run::done(&loaded);
    assert_eq!((&json(&loaded)["changed"], &json(&loaded)["batch"]), (&1.into(), &2.into()));
    for (args, said) in [
        (&["org", "undo", "7"][..], "Загрузки организаций с номером 7 нет"),
        (&["org", "undo", "1"], "Отменить загрузку нельзя"),
        (&["org", "import", "two.xlsx", "--since", "вчера"], "Не удалось прочитать дату «вчера»"),
    ] {
        let refused = run::svod(dir, args);
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(1) && words.contains(said), "{args:?}: {words}");
    }
    run::done(&run::svod(dir, &["org", "undo", "2"]));
    let group =
        ["export", "exam-results", "--period", "2021/22", "--group", "наставники", "--day", "01.09.2024", "-o", "."];
    run::done(&run::svod(dir, &group));
    assert!(dir.join("exam-results_2021Sep_Наставники.xlsx").exists(), "the file is called by the group");
    let nobody = run::svod(dir, &["export", "exam-results", "--period", "2021/22", "--group", "Никто", "-o", "."]);
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("Группы организаций «Никто» нет"));
}

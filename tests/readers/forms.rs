//! Whole forms in the browser's script: filled at once and answered one by one, they are as the server fills them.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use svod::form::{self, Answers, Context, Form};

use super::node;
use super::random::Dice;

fn forms() -> Vec<Form> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["forms", "tests/forms/ok", "tests/fixtures/web", "tests/fixtures/export"];
    let mut files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let each = files.iter().filter_map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        form::read(&std::fs::read_to_string(path).unwrap(), &name).ok()
    });
    each.collect()
}

/// Answers of every type to most of the questions.
fn answers(form: &Form, dice: &mut Dice) -> Answers {
    let mut answers = Answers::default();
    for (number, field) in form.fields.iter().enumerate() {
        let rows = if form.in_repeat(number) { 3 } else { form.height(number) };
        for row in 0..rows {
            if field.calculation.is_some() || dice.below(5) == 0 {
                continue;
            }
            let choices = form.choices_of(number);
            let code = |dice: &mut Dice| {
                choices.get(dice.below(choices.len().max(1))).map_or(Json::Null, |choice| json!(choice.name))
            };
            let answer = match field.kind.name {
                "integer" | "range" => json!(dice.below(40)),
                "decimal" | "percent" | "money" => json!(f64::from(u32::try_from(dice.below(900)).unwrap()) / 10.0),
                "date" => json!(["2024-02-29", "2025-12-31"][dice.below(2)]),
                "select_one" => code(dice),
                "select_multiple" => json!([code(dice)]),
                "text" => json!(["да", "нет", "Школа"][dice.below(3)]),
                _ => continue,
            };
            answers.set(&form.path(number, row), Some(answer).filter(|answer| !answer.is_null()));
        }
    }
    answers
}

/// What the server has at every place: shown or not, the value, whether the constraint is broken.
fn server(form: &Form, answers: &Answers, context: &Context) -> Vec<Vec<Json>> {
    let filled = form.fill(answers, context);
    let broken =
        |path: &str| filled.faults.iter().any(|fault| fault.code == "constraint" && fault.at.to_string() == path);
    let place = |field: usize, row: usize| {
        let value = filled.values.get(field, row).to_json();
        json!([filled.relevant[field][row], value, broken(&form.path(field, row))])
    };
    (0..form.fields.len())
        .map(|field| (0..filled.values.height(field)).map(|row| place(field, row)).collect())
        .collect()
}

#[test]
fn forms_are_filled_in_the_browser_as_on_the_server() {
    let mut dice = Dice::new(4);
    let context = Context { today: Some("2025-12-31".parse().unwrap()), ..Context::default() };
    let forms = forms();
    assert!(forms.len() > 8, "{}", forms.len());
    let (mut tasks, mut wanted) = (Vec::new(), Vec::new());
    for form in &forms {
        for _ in 0..6 {
            let answers = answers(form, &mut dice);
            if let Some(task) = form.for_browser(&answers, &context) {
                tasks.push(serde_json::from_str(&task).unwrap());
                wanted.push((form, server(form, &answers, &context), answers));
            }
        }
    }
    let Some(said) = node::run("edit.js", &tasks) else { return };
    let (mut places, mut unknown, mut wrong) = (0, 0, Vec::new());
    for ((form, server, answers), said) in wanted.iter().zip(&said) {
        for (how, fields) in ["filled", "answered"].iter().zip(said.as_array().unwrap()) {
            for (field, rows) in fields.as_array().unwrap().iter().enumerate() {
                for (row, found) in rows.as_array().unwrap().iter().enumerate() {
                    places += 1;
                    let expected = &server[field][row];
                    // Out of its range an answer has one fault only, and the script knows constraints alone.
                    let same = found[0] == expected[0] && super::same(&expected[1], &found[1]);
                    if found == "?" {
                        unknown += 1;
                    } else if !same || (expected[2] == true && found[2] != true) {
                        let path = form.path(field, row);
                        wrong.push(format!(
                            "{} {how} {path}: {expected} expected, {found} found\n    {}",
                            form.id,
                            answers.to_text()
                        ));
                    }
                }
            }
        }
    }
    println!("{} filled forms: {places} places the same in node, {unknown} left to the server", wanted.len());
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.iter().take(10).cloned().collect::<Vec<_>>().join("\n"));
    assert!(unknown * 5 < places, "{unknown} of {places}");
}

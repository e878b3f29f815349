//! Form files and expressions: refused with places inside the text, or taken and filled in with random answers.

use std::path::Path;

use serde_json::{Map, Value as Json, json};
use svod::error::Place;
use svod::expr::{functions, loose};
use svod::form::{self, Answers, Context, Form, filled_json, run_case};
use svod::lang::Lang;
use svod::period::Period;

use super::dice::{Dice, Usual, each_round};

/// The texts of the form files of some folders.
fn texts(folders: &[&str]) -> Vec<String> {
    let mut paths = Vec::new();
    for folder in folders {
        let inside = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
        paths.extend(
            inside.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "toml")),
        );
    }
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// All strings of TOML texts that look like expressions, and the expressions of the contract.
fn expressions() -> Vec<String> {
    let mut found = Vec::new();
    for text in texts(&["forms", "tests/forms/ok", "tests/expr"]) {
        strings(&toml::Value::Table(text.parse().unwrap()), &mut found);
    }
    found.retain(|text| text.len() < 400);
    found
}

fn strings(value: &toml::Value, found: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => found.push(text.clone()),
        toml::Value::Array(list) => list.iter().for_each(|value| strings(value, found)),
        toml::Value::Table(table) => table.iter().for_each(|(_, value)| strings(value, found)),
        _ => {}
    }
}

/// The pieces of a text: words, and every other character alone.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
            if start < at {
                tokens.push(&text[start..at]);
            }
            tokens.push(&text[at..at + c.len_utf8()]);
            start = at + c.len_utf8();
        }
    }
    tokens.push(&text[start..]);
    tokens
}

/// Pieces that hurt readers.
const HOSTILE: &[&str] = &[
    "1e999",
    "-1e308",
    "9223372036854775807",
    "99999999999999999999",
    "-0",
    "nan",
    "0x7f",
    "1979-05-27",
    "\"",
    "'''",
    "\"\"\"",
    "[[",
    "]]",
    "{",
    "}",
    "[",
    "=",
    "\\u0000",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "ъ",
    "🧮",
    "\r",
    "true",
    "[]",
    "\"\"",
    "''",
    "${",
    "..",
    ". .",
    "/",
    "//",
    "${a/b/c}",
    "not(",
    "div 0",
    "-",
    "- -",
    "!=",
    "{row}",
    "*",
];

/// A text damaged in a few places: characters, tokens or lines are changed, cut out, doubled or taken from elsewhere.
fn damaged(dice: &mut Dice, text: &str, others: &[String]) -> String {
    let mut text = text.to_owned();
    for _ in 0..=dice.below(4) {
        let other = dice.one_of(others);
        text = match dice.below(8) {
            0 => spliced(dice, &text, &other, |text| text.char_indices().map(|(at, _)| at).collect()),
            1 | 2 => with_lines(dice, &text, &other),
            3 | 4 => with_tokens(dice, &text, &other),
            5 => {
                let at = text.floor_char_boundary(dice.below(text.len() + 1));
                format!("{}{}{}", &text[..at], dice.one_of(HOSTILE), &text[at..])
            }
            6 => {
                let mut bytes = text.into_bytes();
                if !bytes.is_empty() {
                    let at = dice.below(bytes.len());
                    bytes[at] ^= 1 << dice.below(8);
                }
                String::from_utf8_lossy(&bytes).into_owned()
            }
            _ => {
                let piece = dice.one_of(&tokens(&other)).repeat(1 + dice.below(300));
                let at = text.floor_char_boundary(dice.below(text.len() + 1));
                format!("{}{piece}{}", &text[..at], &text[at..])
            }
        };
    }
    text
}

/// The beginning of one text and the end of another.
fn spliced(dice: &mut Dice, text: &str, other: &str, places: impl Fn(&str) -> Vec<usize>) -> String {
    let (here, there) = (places(text), places(other));
    if here.is_empty() || there.is_empty() {
        return other.to_owned();
    }
    format!("{}{}", &text[..dice.one_of(&here)], &other[dice.one_of(&there)..])
}

fn with_lines(dice: &mut Dice, text: &str, other: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let others: Vec<&str> = other.lines().collect();
    if lines.is_empty() || others.is_empty() {
        return other.to_owned();
    }
    let (from, to) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(5) {
        0 => drop(lines.remove(from)),
        1 => lines.swap(from, to),
        2 => lines.insert(to, lines[from]),
        3 => lines[from] = dice.one_of(&others),
        _ => {
            let end = (from + dice.below(12)).min(lines.len());
            let piece = lines[from..end].to_vec();
            lines.splice(to..to, piece);
        }
    }
    lines.join("\n")
}

fn with_tokens(dice: &mut Dice, text: &str, other: &str) -> String {
    let mut pieces = tokens(text);
    let others = tokens(other);
    let at = dice.below(pieces.len());
    match dice.below(4) {
        0 => drop(pieces.remove(at)),
        1 => pieces[at] = dice.one_of(HOSTILE),
        2 => pieces[at] = dice.one_of(&others),
        _ => pieces.insert(at, dice.one_of(&others)),
    }
    pieces.concat()
}

/// A random answer; most are of a wrong type.
fn answer(dice: &mut Dice) -> Json {
    match dice.below(9) {
        0 => Json::Null,
        1 => json!(dice.below(2) == 0),
        2 => json!(dice.below(1_000)),
        3 => json!(dice.one_of(&[0.1, -1e308, 1e308, 1e-320, -0.0, 9e15, 33.333])),
        4 => json!(dice.one_of(&["", "да", "2024-02-29", "https://a.b", "99", "yes", "🧮"])),
        5 => json!([answer(dice), "a", 2]),
        6 => json!({"missing": dice.one_of(&["no-data", "not-applicable", "?"]), "why": "нет"}),
        7 => json!({"a": answer(dice), "b/c": 1}),
        _ => json!(12.5),
    }
}

/// Fills a form with random answers and reads it in every way.
fn fill(form: &Form) {
    let mut dice = Dice::new();
    for _ in 0..3 {
        let mut answers = Map::new();
        for field in (0..form.fields.len()).take(60) {
            for row in (0..form.height(field)).take(3) {
                answers.insert(form.path(field, row), answer(&mut dice));
            }
        }
        let answers = Answers::from_json(&Json::Object(answers));
        let period = Period::from_id(form.period.example());
        let context = Context { period, today: "2025-12-31".parse().ok(), ..Context::default() };
        let filled = form.fill(&answers, &context);
        drop(filled_json(form, &filled, &context, Lang::Ru));
        filled.faults.iter().for_each(|fault| drop(fault.say(Lang::En)));
    }
    for case in form.cases.iter().take(20) {
        run_case(form, case, &|_| None).differences.iter().for_each(|words| drop(words.say(Lang::Ru)));
    }
}

#[test]
fn damaged_forms_are_taken_or_refused() {
    let forms = texts(&["forms", "tests/forms/ok", "tests/forms/wrong", "tests/fixtures/export", "tests/fixtures/web"]);
    let expressions = expressions();
    let make = |dice: &mut Dice| {
        let text = dice.one_of(&forms);
        let others = if dice.once_in(4) { &expressions } else { &forms };
        damaged(dice, &text, others)
    };
    each_round("forms", Usual { rounds: 1_200, seconds: 12 }, make, |text| match form::read(text, "x.toml") {
        Ok(form) => fill(&form),
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a word");
            for fault in &faults {
                drop((fault.say(Lang::Ru), fault.say(Lang::En)));
                if let Place::Line { line, column, .. } = &fault.at {
                    let within = text.lines().nth(line - 1).unwrap_or_default().chars().count() + 2;
                    assert!(
                        *line <= text.lines().count() + 1 && *column <= within,
                        "{}: {}",
                        fault.at,
                        fault.say(Lang::En)
                    );
                }
            }
        }
    });
}

/// What expressions are made of.
fn pieces() -> Vec<String> {
    let signs = "( ) ( ) , + - * div mod and or = != < <= > >= . ' ${a} ${b} ${t/x} ${none} 0 1 2.5 100 'да' '' 'a b' true() false()";
    let mut pieces: Vec<String> = signs.split(' ').map(str::to_owned).collect();
    pieces.extend(functions::all().map(|function| format!("{}(", function.name)));
    pieces.extend(["1e308".to_owned(), "'(((('".to_owned(), "date('2024-02-29')".to_owned(), "9".repeat(400)]);
    pieces
}

#[test]
fn random_expressions_are_evaluated_or_refused() {
    let (pieces, cases) = (pieces(), expressions());
    let answers = json!({"a": 2, "b": "да", "t": [{"x": 1}, {"x": 3.5}, {}], "d": "2024-02-29", "n": [1, null, 3]});
    let today = "2025-12-31".parse().unwrap();
    let make = |dice: &mut Dice| match dice.below(4) {
        0 => (0..=dice.below(40)).map(|_| dice.one_of(&pieces)).collect::<Vec<_>>().join(" "),
        1 => dice.one_of(&pieces).repeat(1 + dice.below(3_000)),
        _ => {
            let case = dice.one_of(&cases);
            damaged(dice, &case, &cases)
        }
    };
    each_round("expressions", Usual { rounds: 10_000, seconds: 12 }, make, |expression| {
        let mut dice = Dice::new();
        for _ in 0..3 {
            let mut answers = answers.clone();
            answers["a"] = answer(&mut dice);
            match loose::value(expression, &loose::Loose::new(answers, Some(today))) {
                Ok(value) => drop(value.to_json()),
                Err(faults) => {
                    assert!(!faults.is_empty(), "refused without a word");
                    for fault in &faults {
                        let inside = expression.get(fault.span.start..fault.span.end);
                        assert!(inside.is_some(), "{:?} is not a place of the text", fault.span);
                        drop(fault.message.say(Lang::Ru));
                    }
                }
            }
        }
    });
}

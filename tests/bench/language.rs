//! Expressions and filling.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::json;
use svod::expr::{self, loose, loose::Loose};
use svod::form::{self, Answers, Context};

use super::{Figure, Line};

const EXPRESSION: &str =
    "if(${failed} > 0, round(100 * ${failed} div ${participants}, 1), coalesce(${share}, 0)) >= 30";

pub fn run() -> Vec<Figure> {
    let answers = Loose::new(json!({"failed": 7, "participants": 21}), None);
    let count = 200_000;
    let parse = Line::of("parse an expression", count, "expressions", || {
        (0..count).filter(|_| expr::parse(EXPRESSION).is_ok()).count()
    });
    parse.print();
    let count = 100_000;
    Line::of("parse, check and evaluate an expression", count, "expressions", || {
        (0..count).filter(|_| loose::value(EXPRESSION, &answers).is_ok()).count()
    })
    .print();
    let form = form::read(&form_of(30), "bench.toml").unwrap();
    let answers = answers_of(30);
    let count = 20_000;
    Line::of("fill a form of 30 questions and 15 calculations", count, "reports", || {
        (0..count).map(|_| form.fill(&answers, &Context::default()).stored().len()).sum::<usize>()
    })
    .print();
    let count = 200;
    Line::of("read that form", count, "forms", || {
        (0..count).filter(|_| form::read(&form.source, "bench.toml").is_ok()).count()
    })
    .print();
    edits();
    Vec::new()
}

/// How many rows and columns the table has that is computed in the browser.
const TABLE: (usize, usize) = (1_000, 30);

/// One edit of a large table as the browser computes it, in node.
fn edits() {
    let (rows, columns) = TABLE;
    let form = form::read(&table_of(rows, columns), "table.toml").unwrap();
    let mut answers = Answers::default();
    for row in 0..rows {
        for column in 0..columns / 2 {
            answers.set(&format!("t/r{row}/q{column}"), Some(json!((row * 7 + column * 3) % 50)));
        }
    }
    let task = form.for_browser(&answers, &Context::default()).unwrap();
    let mut task: serde_json::Value = serde_json::from_str(&task).unwrap();
    let edited: Vec<_> = (0..columns / 2).map(|column| json!([column, column * 31 % rows])).collect();
    let count = 300;
    let object = task.as_object_mut().unwrap();
    object.extend([("times".to_owned(), json!(count)), ("edits".to_owned(), json!(edited))]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/edit.js");
    let Ok(mut node) = Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        println!("no node here, so no edit in the browser");
        return;
    };
    node.stdin.take().unwrap().write_all(format!("{task}\n").as_bytes()).unwrap();
    let said = node.wait_with_output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let each = said["took"].as_f64().unwrap() / f64::from(count);
    println!("one edit of {rows} rows × {columns} columns in the browser's script: {each:.2} ms (aim: below 16 ms)");
}

/// A form with a table: half of the columns are asked, half computed from the row, from a column, or from each other.
fn table_of(rows: usize, columns: usize) -> String {
    let mut text = String::from(
        "id = \"table\"\ntitle = \"Таблица\"\nperiod = \"school-year\"\n[[group]]\n[[group.question]]\nname = \"t\"\ntype = \"table\"\nlabel = \"Таблица\"\n",
    );
    for row in 0..rows {
        text.push_str(&format!("[[group.question.row]]\nname = \"r{row}\"\nlabel = \"Строка {row}\"\n"));
    }
    for column in 0..columns / 2 {
        text.push_str(&format!("[[group.question.column]]\nname = \"q{column}\"\ntype = \"integer\"\nlabel = \"Графа {column}\"\nconstraint = \". <= 1000\"\n"));
    }
    for column in 0..columns / 2 {
        let next = (column + 1) % (columns / 2);
        let calculation = match column % 3 {
            0 => format!("round(100 * ${{q{column}}} div ${{q{next}}}, 1)"),
            1 => format!("round(100 * ${{q{column}}} div sum(${{t/q{column}}}), 2)"),
            _ => format!("coalesce(${{c{}}}, 0) + coalesce(${{q{next}}}, 0)", column - 1),
        };
        text.push_str(&format!("[[group.question.column]]\nname = \"c{column}\"\ntype = \"calculate\"\nvalue = \"decimal\"\nlabel = \"Итог {column}\"\ncalculation = \"{calculation}\"\n"));
    }
    text
}

/// A form of so many number questions and half as many calculations.
pub fn form_of(questions: usize) -> String {
    let mut text = String::from("id = \"bench\"\ntitle = \"Проба\"\nperiod = \"school-year\"\n[[group]]\n");
    for number in 0..questions {
        text.push_str(&format!(
            "[[group.question]]\nname = \"q{number}\"\ntype = \"integer\"\nmin = 0\nlabel = \"Вопрос {number}\"\n"
        ));
    }
    for number in 0..questions / 2 {
        let (first, second) = (2 * number, 2 * number + 1);
        text.push_str(&format!(
            "[[group.question]]\nname = \"c{number}\"\ntype = \"calculate\"\nvalue = \"decimal\"\ncalculation = \"100 * ${{q{first}}} div ${{q{second}}}\"\n"
        ));
    }
    text.push_str(
        "[[indicator]]\nname = \"share\"\nunit = \"percent\"\nnumerator = \"${q0}\"\ndenominator = \"${q1}\"\n",
    );
    text
}

/// Answers to all of its questions.
pub fn answers_of(questions: usize) -> Answers {
    let mut answers = Answers::default();
    for number in 0..questions {
        answers.set(&format!("q{number}"), Some(json!(number + 3)));
    }
    answers
}

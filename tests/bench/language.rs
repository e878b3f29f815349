//! Expressions and filling.

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
    Vec::new()
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

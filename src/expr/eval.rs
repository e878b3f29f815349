//! The Rust reader of the tree: empty operands, three-valued logic, 15 digits (language laws 1 and 2).

use jiff::ToSpan;
use jiff::civil::Date;

use crate::expr::functions::Meaning;
use crate::expr::rows::Within;
use crate::expr::tree::{Expr, Kind, Node, Op, Reference};
use crate::expr::value::Value;
use crate::text;

/// What an expression can ask its surroundings. What is absent is empty.
pub trait Surroundings {
    /// The value of a reference here and now.
    fn reference(&self, reference: &Reference) -> Value;

    /// How many rows a repeat or table has.
    fn rows(&self, _of: &Reference) -> usize {
        0
    }

    /// A column of a repeat or table in a row, from 0.
    fn cell(&self, _of: &Reference, _row: usize, _column: &Reference) -> Value {
        Value::Empty
    }

    /// The row of a repeat or table that the expression stands in, from 0.
    fn position(&self) -> Option<usize> {
        None
    }

    /// A bare name outside the conditions of rows: an attribute of a choice.
    fn name(&self, _name: &Reference) -> Value {
        Value::Empty
    }

    /// `.`
    fn this(&self) -> Value {
        Value::Empty
    }

    /// Today's date, if the surroundings know it.
    fn today(&self) -> Option<Date> {
        None
    }

    /// The text of a choice of the question that is referred to.
    fn choice_name(&self, _reference: &Reference, _code: &str) -> Value {
        Value::Empty
    }

    /// A parameter of the form.
    fn parameter(&self, _name: &str) -> Value {
        Value::Empty
    }

    /// An attribute of the row that the expression stands in.
    fn row(&self, _attribute: &str) -> Value {
        Value::Empty
    }

    /// An attribute of the organisation.
    fn org(&self, _attribute: &str) -> Value {
        Value::Empty
    }

    /// The stored counting value so many periods back.
    fn previous(&self, _reference: &Reference, _periods: u32) -> Value {
        Value::Empty
    }

    /// The counting values of the organisations below.
    fn children(&self, _reference: &Reference) -> Value {
        Value::Empty
    }

    /// The counting values of all organisations of the region, the own one included.
    fn peers(&self, _reference: &Reference) -> Value {
        Value::Empty
    }
}

/// One evaluation: the surroundings, asked by the functions.
pub struct Evaluation<'a> {
    pub(super) surroundings: &'a dyn Surroundings,
    /// The row that a condition looks at.
    pub(super) within: Option<Within<'a>>,
}

/// Evaluates an expression.
pub fn evaluate(expr: &Expr, surroundings: &dyn Surroundings) -> Value {
    evaluate_node(&expr.root, surroundings)
}

/// Evaluates a part of an expression.
pub fn evaluate_node(node: &Node, surroundings: &dyn Surroundings) -> Value {
    Evaluation { surroundings, within: None }.node(node)
}

impl Evaluation<'_> {
    /// The value of a node.
    pub(super) fn node(&self, node: &Node) -> Value {
        match &node.kind {
            Kind::Literal(value) => value.clone(),
            Kind::This => self.surroundings.this(),
            Kind::Reference(reference) => self.surroundings.reference(reference),
            Kind::Name(name) => self.name(name),
            Kind::Rows(rows) => self.rows(rows),
            Kind::Parent => Value::Empty,
            Kind::Call(function, arguments) => match &function.meaning {
                Meaning::Lazy(meaning) => meaning(self, arguments),
                Meaning::Plain(meaning) => {
                    let values: Vec<Value> = arguments.iter().map(|argument| self.node(argument)).collect();
                    meaning(&values)
                }
            },
            Kind::Negate(inner) => self.node(inner).as_number().map_or(Value::Empty, |n| Value::Number(-n)),
            Kind::Binary { op: Op::And, sides, .. } => self.decide(sides, false),
            Kind::Binary { op: Op::Or, sides, .. } => self.decide(sides, true),
            Kind::Binary { op, sides, text } => self.binary(*op, sides, *text),
        }
    }

    /// Three-valued `and` (decided by a false) and `or` (decided by a true).
    fn decide(&self, sides: &[Node; 2], deciding: bool) -> Value {
        let mut open = false;
        for side in sides {
            match self.node(side) {
                Value::Boolean(b) if b == deciding => return Value::Boolean(deciding),
                Value::Boolean(_) => {}
                _ => open = true,
            }
        }
        if open { Value::Empty } else { Value::Boolean(!deciding) }
    }

    fn binary(&self, op: Op, sides: &[Node; 2], text: bool) -> Value {
        let (left, right) = (self.node(&sides[0]), self.node(&sides[1]));
        match op {
            Op::Equal | Op::NotEqual => {
                let same = if sides.iter().any(Node::is_empty_text) {
                    Some(left.is_empty() && right.is_empty())
                } else {
                    equal(&left, &right, text)
                };
                same.map_or(Value::Empty, |same| Value::Boolean(same == (op == Op::Equal)))
            }
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => ordered(op, &left, &right),
            _ => arithmetic(op, &left, &right),
        }
    }

    /// Today, if the surroundings know it.
    pub(super) fn today(&self) -> Value {
        self.surroundings.today().map_or(Value::Empty, Value::Date)
    }
}

/// `=`: an empty operand makes the answer empty, but an empty text is `''`.
pub(super) fn equal(left: &Value, right: &Value, text: bool) -> Option<bool> {
    let text = text || matches!(left, Value::Text(_)) || matches!(right, Value::Text(_));
    match (left.is_empty(), right.is_empty()) {
        (false, false) => Some(left.same(right)),
        _ if text => Some(left.is_empty() && right.is_empty()),
        _ => None,
    }
}

fn ordered(op: Op, left: &Value, right: &Value) -> Value {
    let ordering = match (left, right) {
        (Value::Number(a), Value::Number(b)) => text::round15(*a).partial_cmp(&text::round15(*b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        _ => None,
    };
    ordering.map_or(Value::Empty, |ordering| {
        Value::Boolean(match op {
            Op::Less => ordering.is_lt(),
            Op::LessOrEqual => ordering.is_le(),
            Op::Greater => ordering.is_gt(),
            _ => ordering.is_ge(),
        })
    })
}

fn arithmetic(op: Op, left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Value::number(match op {
            Op::Add => sum(*a, *b),
            Op::Subtract => sum(*a, -b),
            Op::Multiply => a * b,
            Op::Divide if *b == 0.0 => f64::NAN,
            Op::Divide => a / b,
            _ => a % b,
        }),
        (Value::Date(day), Value::Number(days)) if op == Op::Add => shifted(*day, *days),
        (Value::Date(day), Value::Number(days)) if op == Op::Subtract => shifted(*day, -days),
        (Value::Number(days), Value::Date(day)) if op == Op::Add => shifted(*day, *days),
        (Value::Date(a), Value::Date(b)) if op == Op::Subtract => {
            a.since(*b).map_or(Value::Empty, |span| Value::Number(f64::from(span.get_days())))
        }
        _ => Value::Empty,
    }
}

/// A sum of which nothing is left at 15 digits is 0, as in workbooks: `0.1 + 0.2 - 0.3`.
fn sum(a: f64, b: f64) -> f64 {
    let sum = a + b;
    let cancelled = sum != 0.0 && sum.abs() < 1e-13 * a.abs() && text::round15(a) == text::round15(-b);
    if cancelled { 0.0 } else { sum }
}

fn shifted(day: Date, days: f64) -> Value {
    if days.abs() > 4_000_000.0 {
        return Value::Empty;
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded just above; parts of days are dropped")]
    let days = days.floor() as i64;
    day.checked_add(days.days()).map_or(Value::Empty, Value::Date)
}

pub(super) fn if_(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    let chosen = if evaluation.node(&arguments[0]) == Value::Boolean(true) { 1 } else { 2 };
    evaluation.node(&arguments[chosen])
}

pub(super) fn coalesce(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    arguments.iter().map(|argument| evaluation.node(argument)).find(|value| !value.is_empty()).unwrap_or_default()
}

fn word(arguments: &[Node]) -> &str {
    arguments.first().and_then(Node::literal_text).unwrap_or_default()
}

pub(super) fn parameter(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    evaluation.surroundings.parameter(word(arguments))
}

pub(super) fn row(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    evaluation.surroundings.row(word(arguments))
}

pub(super) fn org(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    evaluation.surroundings.org(word(arguments))
}

pub(super) fn previous(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    let Kind::Reference(reference) = &arguments[0].kind else { return Value::Empty };
    match arguments.get(1).map(|node| evaluation.node(node)) {
        None => evaluation.surroundings.previous(reference, 1),
        Some(Value::Number(n)) if n.fract() == 0.0 && (1.0..=100.0).contains(&n) => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, 1 to 100")]
            let periods = n as u32;
            evaluation.surroundings.previous(reference, periods)
        }
        Some(_) => Value::Empty,
    }
}

pub(super) fn children(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    match &arguments[0].kind {
        Kind::Reference(reference) => evaluation.surroundings.children(reference),
        _ => Value::Empty,
    }
}

pub(super) fn peers(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    match &arguments[0].kind {
        Kind::Reference(reference) => evaluation.surroundings.peers(reference),
        _ => Value::Empty,
    }
}

pub(super) fn choice_name(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    match (&arguments[1].kind, evaluation.node(&arguments[0])) {
        (Kind::Reference(reference), Value::Text(code)) => evaluation.surroundings.choice_name(reference, &code),
        _ => Value::Empty,
    }
}

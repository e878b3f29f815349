//! The reader for workbooks: the bound tree as a cell formula of functions that Excel 2010 and LibreOffice both have.
//!
//! Empty is `""`. Inside a formula an error means empty too: `""+1` is one, so that operands need not be written twice to
//! be asked; what the cell shows, and what is asked for emptiness, is cleaned of errors first. Comparison is at 15 digits
//! (a number written as text and read again), texts are compared by EXACT.

use crate::expr::functions::Formula;
use crate::expr::tree::{Expr, ExprFault, Kind, Node, Op, Reference, Span};
use crate::expr::types::Scalar;
use crate::expr::value::Value;
use crate::lang::Words;
use crate::text;

/// The longest formula that Excel takes, in characters.
const LONGEST: usize = 8_192;

/// How deep parentheses may stand in each other; Excel takes 64 levels of functions.
const DEEPEST: usize = 60;

/// Where what an expression refers to stands in the workbook.
pub trait Places {
    /// The place of a reference; nothing where the workbook does not hold it as a value of its type.
    fn reference(&self, reference: &Reference) -> Option<Place>;

    /// Where the value stands that a constraint is about.
    fn this(&self) -> Option<Place> {
        None
    }

    /// What a function of the form's own words gives here: `parameter`, `row`.
    fn word(&self, function: &str, word: &str) -> Option<Value>;
}

/// Where a value stands.
#[derive(Debug, Clone)]
pub enum Place {
    /// In the formula itself.
    Value(Value),
    /// In a cell that holds a value of this type, anything else in it being no value.
    Cell(String, Scalar),
    /// In a range of so many cells.
    Range(String, Scalar, usize),
    /// In cells that do not stand together.
    Cells(Vec<String>, Scalar),
}

/// A part of a formula.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub text: String,
    pub scalar: Scalar,
    pub shape: Shape,
}

/// What a part of a formula is.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    Literal(Value),
    Cell,
    Computed,
    Range(usize),
    Items(Vec<Term>),
}

/// The formula of an expression, without the leading `=`.
///
/// # Errors
/// A note on the part that has no formula; then the cell carries a value.
pub fn formula(expr: &Expr, places: &dyn Places) -> Result<String, ExprFault> {
    let none = |span: Span| {
        let what = expr.source.get(span.start..span.end).unwrap_or_default();
        ExprFault::new(span, "no-formula", Words::new("expr.no-formula").with("what", what))
    };
    let writer = Writer { places };
    let written = writer.node(&expr.root).map_err(none)?.clean().ok_or_else(|| none(expr.root.span))?;
    if written.chars().count() > LONGEST || depth(&written) > DEEPEST { Err(none(expr.root.span)) } else { Ok(written) }
}

fn depth(formula: &str) -> usize {
    let (mut now, mut most, mut quoted) = (0usize, 0, false);
    for c in formula.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => now += 1,
            ')' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

struct Writer<'a> {
    places: &'a dyn Places,
}

impl Writer<'_> {
    /// The part of a node, or the place of what has no formula.
    fn node(&self, node: &Node) -> Result<Term, Span> {
        match &node.kind {
            Kind::Literal(value) => Some(Term::literal(value.clone())),
            Kind::Reference(reference) => self.places.reference(reference).map(Term::place),
            Kind::Call(function, arguments) => {
                let word = || arguments.first().and_then(Node::literal_text);
                match function.formula {
                    Formula::None => None,
                    Formula::Word => word().and_then(|word| self.places.word(function.name, word)).map(Term::literal),
                    Formula::Of(write) => {
                        let terms: Vec<Term> =
                            arguments.iter().map(|argument| self.node(argument)).collect::<Result<_, _>>()?;
                        write(&terms)
                    }
                }
            }
            Kind::Negate(inner) => self.node(inner)?.num().map(|n| Term::number(format!("-({n}+0)"))),
            Kind::Binary { op, sides, text } => {
                let [left, right] = [self.node(&sides[0])?, self.node(&sides[1])?];
                let tests = sides.iter().any(Node::is_empty_text);
                binary(*op, &left, &right, (tests, *text))
            }
            Kind::This => self.places.this().map(Term::place),
            Kind::Name(_) | Kind::Parent | Kind::Rows(_) => None,
        }
        .ok_or(node.span)
    }
}

fn binary(op: Op, left: &Term, right: &Term, (tests, text): (bool, bool)) -> Option<Term> {
    let sign = match op {
        Op::And => return three_valued(&[left, right], "MIN"),
        Op::Or => return three_valued(&[left, right], "MAX"),
        Op::Equal | Op::NotEqual => return equality(op == Op::Equal, left, right, (tests, text)),
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
            let (one, other) = (left.n15()?, right.n15()?);
            return Some(Term::boolean(format!("IFERROR({one}{}{other},\"\")", op.sign())));
        }
        Op::Add | Op::Subtract if left.scalar == Scalar::Date || right.scalar == Scalar::Date => {
            return days(op, left, right);
        }
        Op::Add => "+",
        Op::Subtract => "-",
        Op::Multiply => "*",
        Op::Divide => "/",
        Op::Modulo => {
            let (one, other) = (left.num()?, right.num()?);
            return Some(Term::number(format!("(({one})-({other})*TRUNC(({one})/({other})))")));
        }
    };
    Some(Term::number(format!("(({}){sign}({}))", left.num()?, right.num()?)))
}

/// A day and a number of days, of which parts are dropped; the days between two days.
fn days(op: Op, left: &Term, right: &Term) -> Option<Term> {
    let (one, other) = (left.num()?, right.num()?);
    match (op, left.scalar, right.scalar) {
        (Op::Subtract, Scalar::Date, Scalar::Date) => Some(Term::number(format!("(({one})-({other}))"))),
        (Op::Add, Scalar::Date, _) => Some(within_calendar(&format!("(({one})+INT({other}+0))"))),
        (Op::Subtract, Scalar::Date, _) => Some(within_calendar(&format!("(({one})+INT(-({other}+0)))"))),
        (Op::Add, _, Scalar::Date) => Some(within_calendar(&format!("(({other})+INT({one}+0))"))),
        _ => None,
    }
}

/// Workbooks have no days before March 1900 and after 9999.
fn within_calendar(day: &str) -> Term {
    Term::day(format!("IF(AND({day}>60,{day}<2958466),{day},\"\")"))
}

/// False is 0, empty ½, true 1: `and` is the least, `or` the greatest.
fn three_valued(sides: &[&Term], of: &str) -> Option<Term> {
    let each: Option<Vec<String>> =
        sides.iter().map(|side| Some(format!("IFERROR(IF({},1,0),0.5)", side.truth()?))).collect();
    Some(Term::boolean(format!("CHOOSE(1+2*{of}({}),FALSE,\"\",TRUE)", each?.join(","))))
}

fn equality(equal: bool, left: &Term, right: &Term, (tests, text): (bool, bool)) -> Option<Term> {
    let same = if tests {
        format!("AND({},{})", left.blank()?, right.blank()?)
    } else if text || left.scalar == Scalar::Text || right.scalar == Scalar::Text {
        format!("EXACT({},{})", left.letters()?, right.letters()?)
    } else if left.scalar == Scalar::Boolean || right.scalar == Scalar::Boolean {
        format!("IF({},1,0)=IF({},1,0)", left.truth()?, right.truth()?)
    } else {
        format!("{}={}", left.n15()?, right.n15()?)
    };
    let same = if equal { same } else { format!("NOT({same})") };
    Some(Term::boolean(format!("IFERROR({same},\"\")")))
}

/// A text of a formula.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A day as workbooks count them; none before March 1900, where Excel counts a day that never was.
fn serial(day: jiff::civil::Date) -> Option<i32> {
    let days = day.since(jiff::civil::date(1899, 12, 30)).ok()?.get_days();
    (days > 60).then_some(days)
}

impl Term {
    pub(super) fn literal(value: Value) -> Term {
        let scalar = crate::expr::Type::of(&value).scalar;
        Term { text: String::new(), scalar, shape: Shape::Literal(value) }
    }

    fn place(place: Place) -> Term {
        match place {
            Place::Value(value) => Term::literal(value),
            Place::Cell(text, scalar) => Term { text, scalar, shape: Shape::Cell },
            Place::Range(text, scalar, size) => Term { text, scalar, shape: Shape::Range(size) },
            Place::Cells(cells, scalar) => {
                let cell = |text| Term { text, scalar, shape: Shape::Cell };
                Term { text: String::new(), scalar, shape: Shape::Items(cells.into_iter().map(cell).collect()) }
            }
        }
    }

    fn computed(text: String, scalar: Scalar) -> Term {
        Term { text, scalar, shape: Shape::Computed }
    }

    pub(super) fn number(text: String) -> Term {
        Term::computed(text, Scalar::Number)
    }

    pub(super) fn boolean(text: String) -> Term {
        Term::computed(text, Scalar::Boolean)
    }

    pub(super) fn text(text: String) -> Term {
        Term::computed(text, Scalar::Text)
    }

    pub(super) fn day(text: String) -> Term {
        Term::computed(text, Scalar::Date)
    }

    pub(super) fn like(text: String, scalar: Scalar) -> Term {
        Term::computed(text, scalar)
    }

    pub(super) fn is_list(&self) -> bool {
        match &self.shape {
            Shape::Range(_) | Shape::Items(_) => true,
            Shape::Literal(value) => matches!(value, Value::List(_) | Value::Shared(_)),
            Shape::Cell | Shape::Computed => false,
        }
    }

    /// As a number or day: an error or `""` where there is none.
    pub(super) fn num(&self) -> Option<String> {
        let fits = matches!(self.scalar, Scalar::Number | Scalar::Date | Scalar::Any);
        match &self.shape {
            Shape::Literal(Value::Number(n)) if *n < 0.0 => Some(format!("({n:?})")),
            Shape::Literal(Value::Number(n)) => Some(format!("{n:?}").replace('e', "E").replace(".0E", "E")),
            Shape::Literal(Value::Date(day)) => serial(*day).map(|days| days.to_string()),
            Shape::Literal(Value::Empty) => Some("\"\"".to_owned()),
            Shape::Cell if fits => Some(format!("IF(ISNUMBER({0}),{0},\"\")", self.text)),
            Shape::Computed if fits => Some(self.text.clone()),
            _ => None,
        }
    }

    /// As a number at 15 digits, an error where there is none.
    pub(super) fn n15(&self) -> Option<String> {
        let number = self.num()?;
        match (&self.shape, self.scalar) {
            (Shape::Computed, Scalar::Number | Scalar::Any) => Some(format!("VALUE(({number})&\"\")")),
            _ => Some(format!("({number}+0)")),
        }
    }

    /// As a condition: an error or `""` where it is empty.
    pub(super) fn truth(&self) -> Option<String> {
        match &self.shape {
            Shape::Literal(Value::Boolean(b)) => Some(if *b { "TRUE" } else { "FALSE" }.to_owned()),
            Shape::Literal(Value::Empty) => Some("\"\"".to_owned()),
            Shape::Cell if self.scalar == Scalar::Boolean => Some(format!("IF(ISLOGICAL({0}),{0},\"\")", self.text)),
            Shape::Computed if self.scalar == Scalar::Boolean => Some(self.text.clone()),
            _ => None,
        }
    }

    /// Whether it is true; empty is not.
    pub(super) fn holds(&self) -> Option<String> {
        Some(format!("IFERROR(IF({},TRUE,FALSE),FALSE)", self.truth()?))
    }

    /// As a text; `""` where it is empty. A number that is computed has none: Excel writes some with an exponent.
    pub(super) fn letters(&self) -> Option<String> {
        match (&self.shape, self.scalar) {
            (Shape::Literal(Value::List(_) | Value::Shared(_)), _) => None,
            (Shape::Literal(value), _) => Some(quoted(&value.as_text())),
            (Shape::Cell, Scalar::Text) => Some(format!("({}&\"\")", self.text)),
            (Shape::Computed, Scalar::Text) => Some(self.text.clone()),
            (Shape::Cell, Scalar::Number) => Some(format!("SUBSTITUTE({}&\"\",\",\",\".\")", self.num()?)),
            (Shape::Cell | Shape::Computed, Scalar::Boolean) => {
                Some(format!("IFERROR(IF({},\"true\",\"false\"),\"\")", self.truth()?))
            }
            (Shape::Cell | Shape::Computed, Scalar::Date) => {
                let day = self.num()?;
                Some(format!(
                    "IFERROR(YEAR({day}+0)&\"-\"&RIGHT(\"0\"&MONTH({day}+0),2)&\"-\"&RIGHT(\"0\"&DAY({day}+0),2),\"\")"
                ))
            }
            _ => None,
        }
    }

    /// Whether it is empty, as a condition that never is.
    pub(super) fn blank(&self) -> Option<String> {
        Some(match (&self.shape, self.scalar) {
            (Shape::Literal(value), _) => if value.is_empty() { "TRUE" } else { "FALSE" }.to_owned(),
            (Shape::Range(_), _) => format!("(SUMPRODUCT(--(LEN({})>0))=0)", self.text),
            (Shape::Items(items), _) => {
                let each: Option<Vec<String>> = items.iter().map(Term::blank).collect();
                format!("AND({})", each?.join(","))
            }
            (Shape::Cell | Shape::Computed, Scalar::Number | Scalar::Date) => format!("NOT(ISNUMBER({}))", self.text),
            (Shape::Cell | Shape::Computed, Scalar::Boolean) => format!("ISERROR(IF({},1,0))", self.truth()?),
            (Shape::Cell | Shape::Computed, Scalar::Text) => format!("(LEN({})=0)", self.letters()?),
            (Shape::Cell | Shape::Computed, Scalar::Any) => return None,
        })
    }

    /// What a cell shows: the value, or `""`.
    pub(super) fn clean(&self) -> Option<String> {
        match self.scalar {
            _ if self.is_list() => None,
            Scalar::Text => self.letters(),
            Scalar::Boolean => self.truth().map(|truth| format!("IFERROR({truth},\"\")")),
            Scalar::Number | Scalar::Date => self.num().map(|number| format!("IFERROR({number},\"\")")),
            Scalar::Any => matches!(&self.shape, Shape::Literal(value) if value.is_empty()).then(|| "\"\"".to_owned()),
        }
    }

    /// The number of a literal.
    pub(super) fn literal_number(&self) -> Option<f64> {
        match &self.shape {
            Shape::Literal(value) => value.as_number(),
            _ => None,
        }
    }

    /// The text of a literal.
    pub(super) fn literal_text(&self) -> Option<String> {
        match &self.shape {
            Shape::Literal(value @ (Value::Text(_) | Value::Empty)) => Some(value.as_text()),
            _ => None,
        }
    }
}

/// A number as a formula writes it.
pub(super) fn written(number: f64) -> String {
    text::canonical(number)
}

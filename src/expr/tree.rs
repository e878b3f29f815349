//! The tree of an expression: parsed once, every node with its place, read by several readers.

use crate::expr::functions::Function;
use crate::expr::value::Value;
use crate::lang::Words;

/// A stretch of the source text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// From the start of this to the end of another.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start, end: other.end }
    }
}

/// Something wrong in an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct ExprFault {
    /// Where in the expression's text.
    pub span: Span,
    /// `syntax`, `unknown-name`, `wrong-type`, `arity` or `reach`.
    pub code: &'static str,
    /// What is wrong.
    pub message: Words,
    /// How to mend it.
    pub hint: Option<Words>,
}

impl ExprFault {
    /// A fault without a hint.
    pub fn new(span: Span, code: &'static str, message: Words) -> Self {
        ExprFault { span, code, message, hint: None }
    }

    /// The same with a hint.
    pub fn hinting(mut self, hint: Option<Words>) -> Self {
        self.hint = hint;
        self
    }
}

/// A parsed expression and its text.
#[derive(Debug, Clone)]
pub struct Expr {
    /// The text as written.
    pub source: String,
    /// The tree.
    pub root: Node,
    /// A number by which whoever read the text remembers where it stood; 0 if nobody does.
    pub origin: usize,
}

/// A node of the tree and its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the text.
    pub span: Span,
}

/// What a node can be.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A number or a text.
    Literal(Value),
    /// `.`, the value that a constraint is about.
    This,
    /// `${…}`
    Reference(Reference),
    /// A bare name: a column inside `[…]`, an attribute of a choice in a filter.
    Name(Reference),
    /// `..`, which only `position(..)` takes.
    Parent,
    /// `${repeat}[…]/column`
    Rows(Box<Rows>),
    /// A function of the table and its arguments.
    Call(&'static Function, Vec<Node>),
    /// Unary minus.
    Negate(Box<Node>),
    /// An operator with two operands.
    Binary {
        /// Which.
        op: Op,
        /// The operands.
        sides: Box<[Node; 2]>,
        /// Both sides are texts, so that an empty one compares as `''`; set by the type check.
        text: bool,
    },
}

/// Rows of a repeat or table that hold a condition: `${repeat}[x > 3]/y`.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The repeat or table.
    pub of: Reference,
    /// Where it is named.
    pub at: Span,
    /// The conditions; each chooses from the rows that the one before it left, and a number chooses by place.
    pub conditions: Vec<Node>,
    /// The column that is read, and where it is named; without one the rows themselves are meant, to be counted.
    pub column: Option<(Reference, Span)>,
    /// One row is meant, so it is a value and not a list; set by the type check.
    pub single: bool,
}

/// The operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Op {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// Operators as written, with their binding power: loosest first (XPath 1.0, `vocabulary` 4.2).
pub const OPERATORS: [(&str, Op, u8); 13] = [
    ("or", Op::Or, 1),
    ("and", Op::And, 2),
    ("=", Op::Equal, 3),
    ("!=", Op::NotEqual, 3),
    ("<", Op::Less, 4),
    ("<=", Op::LessOrEqual, 4),
    (">", Op::Greater, 4),
    (">=", Op::GreaterOrEqual, 4),
    ("+", Op::Add, 5),
    ("-", Op::Subtract, 5),
    ("*", Op::Multiply, 6),
    ("div", Op::Divide, 6),
    ("mod", Op::Modulo, 6),
];

impl Op {
    /// The operator as written.
    pub fn sign(self) -> &'static str {
        OPERATORS.iter().find(|(_, op, _)| *op == self).map_or("", |(sign, ..)| sign)
    }
}

/// A reference to an answer: `${q}`, `${table/column}`, `${table/row/column}`, `${form:path}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The other form, if it is another one's answer.
    pub form: Option<String>,
    /// The path as written.
    pub path: String,
    /// What it is bound to, once a form has looked it up.
    pub slot: Slot,
}

/// What a reference is bound to in a form: fields and rows by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// Not bound: the path is looked up by its name.
    Unbound,
    /// A question outside tables.
    Field(usize),
    /// The cell of the same row in a column.
    Here(usize),
    /// A whole column: a list.
    Column(usize),
    /// One cell: column and row.
    Cell(usize, usize),
    /// The rows of a table or repeat.
    Rows(usize),
}

impl Node {
    /// Calls `visit` for this node and every node below it.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Node)) {
        visit(self);
        match &self.kind {
            Kind::Call(_, arguments) => arguments.iter().for_each(|node| node.walk(visit)),
            Kind::Negate(inner) => inner.walk(visit),
            Kind::Binary { sides, .. } => sides.iter().for_each(|node| node.walk(visit)),
            Kind::Rows(rows) => rows.conditions.iter().for_each(|node| node.walk(visit)),
            Kind::Literal(_) | Kind::This | Kind::Parent | Kind::Reference(_) | Kind::Name(_) => {}
        }
    }

    /// Where a function is called in the node or below it.
    pub fn call_of(&self, name: &str) -> Option<Span> {
        let mut found = None;
        self.walk(&mut |node| match &node.kind {
            Kind::Call(function, _) if function.name == name => found = found.or(Some(node.span)),
            _ => {}
        });
        found
    }

    /// The text of a literal text node.
    pub fn literal_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Literal(Value::Text(text)) => Some(text),
            Kind::Literal(Value::Empty) => Some(""),
            _ => None,
        }
    }

    /// Whether what it gives is the same in every row that a condition looks at.
    pub fn is_same_everywhere(&self) -> bool {
        let mut same = true;
        self.walk(&mut |node| match &node.kind {
            Kind::Name(_) => same = false,
            Kind::Call(function, arguments) if function.name == "position" => same &= !arguments.is_empty(),
            _ => {}
        });
        same
    }

    /// The place that a condition asks for: `position() = 2`.
    pub fn place_asked(&self) -> Option<&Node> {
        let Kind::Binary { op: Op::Equal, sides, .. } = &self.kind else { return None };
        let [left, right] = &**sides;
        let position = matches!(&left.kind, Kind::Call(f, arguments) if f.name == "position" && arguments.is_empty());
        (position && right.is_same_everywhere()).then_some(right)
    }

    /// Whether it is the literal `''`, which tests emptiness and is any type's empty.
    pub fn is_empty_text(&self) -> bool {
        matches!(self.kind, Kind::Literal(Value::Empty))
    }
}

impl Expr {
    /// Every reference and bare name in the expression with the call that it stands in directly, if any.
    pub fn references(&self) -> Vec<(&Reference, Option<&'static str>)> {
        let mut found = Vec::new();
        collect(&self.root, None, &mut found);
        found
    }

    /// Whether a function is called anywhere.
    pub fn calls(&self, name: &str) -> bool {
        self.root.call_of(name).is_some()
    }
}

fn collect<'a>(node: &'a Node, within: Option<&'static str>, found: &mut Vec<(&'a Reference, Option<&'static str>)>) {
    match &node.kind {
        Kind::Reference(reference) | Kind::Name(reference) => found.push((reference, within)),
        Kind::Rows(rows) => {
            found.extend(
                std::iter::once(&rows.of).chain(rows.column.as_ref().map(|(column, _)| column)).map(|r| (r, None)),
            );
            rows.conditions.iter().for_each(|condition| collect(condition, None, found));
        }
        Kind::Call(function, arguments) => {
            arguments.iter().for_each(|argument| collect(argument, Some(function.name), found));
        }
        Kind::Negate(inner) => collect(inner, None, found),
        Kind::Binary { sides, .. } => sides.iter().for_each(|side| collect(side, None, found)),
        Kind::Literal(_) | Kind::This | Kind::Parent => {}
    }
}

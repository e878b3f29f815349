//! What types an expression's parts have, checked before anything is computed.

use crate::expr::functions::{Function, Gives, Param};
use crate::expr::tree::{Expr, ExprFault, Kind, Node, Op, Reference, Slot, Span};
use crate::expr::value::Value;
use crate::expr::{parser, texts};
use crate::lang::Words;

/// The type of a single value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Not known before the answers are (an absent answer of a loose file, an attribute).
    Any,
    /// A number.
    Number,
    /// A text or a choice's code.
    Text,
    /// True or false.
    Boolean,
    /// A day.
    Date,
}

/// A type: a single value or a list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Type {
    /// Of what.
    pub scalar: Scalar,
    /// Many.
    pub list: bool,
}

impl Type {
    /// One value.
    pub const fn one(scalar: Scalar) -> Type {
        Type { scalar, list: false }
    }

    /// A list.
    pub const fn many(scalar: Scalar) -> Type {
        Type { scalar, list: true }
    }

    /// The type of a value that is already known.
    pub fn of(value: &Value) -> Type {
        match value {
            Value::Empty => Type::one(Scalar::Any),
            Value::Number(_) => Type::one(Scalar::Number),
            Value::Text(_) => Type::one(Scalar::Text),
            Value::Boolean(_) => Type::one(Scalar::Boolean),
            Value::Date(_) => Type::one(Scalar::Date),
            Value::List(_) | Value::Shared(_) => {
                let known = value.elements().iter().map(|v| Type::of(v).scalar).find(|s| *s != Scalar::Any);
                Type::many(known.unwrap_or(Scalar::Any))
            }
        }
    }

    /// The type in the words of a fault.
    pub fn words(self) -> Words {
        let one = Words::new(match self.scalar {
            Scalar::Any => "expr.type-any",
            Scalar::Number => "expr.type-number",
            Scalar::Text => "expr.type-text",
            Scalar::Boolean => "expr.type-boolean",
            Scalar::Date => "expr.type-date",
        });
        if self.list { Words::new("expr.type-list").with("of", one) } else { one }
    }

    fn fits(self, wanted: Scalar) -> bool {
        self.scalar == wanted || self.scalar == Scalar::Any || wanted == Scalar::Any
    }
}

/// What names mean where an expression stands.
pub trait Names {
    /// Binds a reference and tells its type; `within` is the function that it is an argument of.
    ///
    /// # Errors
    /// `unknown-name` or `reach`.
    fn reference(&self, reference: &Reference, within: Option<&str>, span: Span) -> Result<(Slot, Type), ExprFault>;

    /// Binds a repeat or table whose rows are chosen or counted.
    ///
    /// # Errors
    /// `unknown-name`, `reach` or `wrong-type`.
    fn rows(&self, reference: &Reference, span: Span) -> Result<Slot, ExprFault>;

    /// Binds a column of such a repeat or table; its type is that of one cell.
    ///
    /// # Errors
    /// `unknown-name` or `reach`.
    fn column(&self, of: &Reference, name: &str, span: Span) -> Result<(Slot, Type), ExprFault>;

    /// Binds a bare name outside conditions of rows: an attribute of a choice in a filter.
    ///
    /// # Errors
    /// `syntax` where bare names mean nothing, `unknown-name`.
    fn name(&self, name: &str, span: Span) -> Result<(Slot, Type), ExprFault> {
        Err(parser::bare_name(name, span))
    }

    /// The type of `.`, where there is one.
    fn this(&self) -> Option<Type>;

    /// Whether a function that looks outside the answers (`row`, `previous`, `org`, …) may be called here, and its type.
    ///
    /// # Errors
    /// `reach` where it may not, `unknown-name` where its word is not known.
    fn special(&self, function: &'static str, word: Option<&str>, span: Span) -> Result<Type, ExprFault>;
}

/// A check on its way through the tree.
pub(super) struct Check<'a> {
    /// The text, for hints that write it better.
    source: &'a str,
    pub(super) names: &'a dyn Names,
    pub(super) faults: Vec<ExprFault>,
    /// The repeat or table whose columns bare names are.
    pub(super) rows_of: Option<Reference>,
}

/// Binds every reference of the expression and finds its type.
///
/// # Errors
/// Every fault of the expression.
pub fn check(expr: &mut Expr, names: &dyn Names) -> Result<Type, Vec<ExprFault>> {
    let Expr { source, root, .. } = expr;
    let mut check = Check { source, names, faults: Vec::new(), rows_of: None };
    let found = check.node(root, None);
    if check.faults.is_empty() { Ok(found) } else { Err(check.faults) }
}

const ANY: Type = Type::one(Scalar::Any);

impl Check<'_> {
    pub(super) fn node(&mut self, node: &mut Node, within: Option<&'static str>) -> Type {
        let span = node.span;
        match &mut node.kind {
            Kind::Literal(value) => Type::of(value),
            Kind::This => self.names.this().unwrap_or_else(|| {
                self.faults.push(ExprFault::new(span, "reach", Words::new("expr.no-this")));
                ANY
            }),
            Kind::Reference(reference) => match self.names.reference(reference, within, span) {
                Ok((slot, found)) => {
                    reference.slot = slot;
                    found
                }
                Err(fault) => {
                    self.faults.push(fault);
                    ANY
                }
            },
            Kind::Name(name) => self.name(name, span),
            Kind::Rows(rows) => self.rows(rows, within, span),
            Kind::Parent => ANY,
            Kind::Call(function, arguments) if function.name == "indexed-repeat" => self.indexed(arguments),
            Kind::Call(function, arguments) if function.name == "position" => self.position(arguments, span),
            Kind::Call(function, arguments) => self.call(function, arguments, span),
            Kind::Negate(inner) => {
                self.operand(inner, Scalar::Number, "-");
                Type::one(Scalar::Number)
            }
            Kind::Binary { op, sides, text } => self.binary(*op, sides, text),
        }
    }

    pub(super) fn wrong(&mut self, span: Span, found: Type, expected: Words, by: &str) {
        let hint = match found {
            Type { list: true, .. } => Some(Words::new("expr.hint-list")),
            Type { scalar: Scalar::Text, .. } => Some(Words::new("expr.hint-text")),
            _ => None,
        };
        self.wrong_with((span, found), expected, by, hint);
    }

    fn wrong_with(&mut self, (span, found): (Span, Type), expected: Words, by: &str, hint: Option<Words>) {
        let message =
            Words::new("expr.wrong-type").with("expected", expected).with("found", found.words()).with("by", by);
        self.faults.push(ExprFault::new(span, "wrong-type", message).hinting(hint));
    }

    fn operand(&mut self, node: &mut Node, wanted: Scalar, by: &str) -> Type {
        let empty = node.is_empty_text();
        let found = self.node(node, None);
        if !empty && (found.list || !found.fits(wanted)) {
            self.wrong(node.span, found, Type::one(wanted).words(), by);
        }
        found
    }

    fn binary(&mut self, op: Op, sides: &mut [Node; 2], text: &mut bool) -> Type {
        let [left, right] = sides;
        match op {
            Op::Or | Op::And => {
                self.operand(left, Scalar::Boolean, op.sign());
                self.operand(right, Scalar::Boolean, op.sign());
                Type::one(Scalar::Boolean)
            }
            Op::Equal | Op::NotEqual => {
                self.equality(op, left, right, text);
                Type::one(Scalar::Boolean)
            }
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
                self.order(op, left, right);
                Type::one(Scalar::Boolean)
            }
            Op::Add | Op::Subtract => self.sum(op, left, right),
            Op::Multiply | Op::Divide | Op::Modulo => {
                self.operand(left, Scalar::Number, op.sign());
                self.operand(right, Scalar::Number, op.sign());
                Type::one(Scalar::Number)
            }
        }
    }

    fn equality(&mut self, op: Op, left: &mut Node, right: &mut Node, text: &mut bool) {
        let (one, other) = (self.node(left, None), self.node(right, None));
        if left.is_empty_text() || right.is_empty_text() {
            return;
        }
        for ((node, found), (value, single)) in [((&*left, one), (&*right, other)), ((&*right, other), (&*left, one))] {
            if found.list {
                let hint = (!single.list).then(|| self.selected(op, node.span, value.span));
                let hint = hint.unwrap_or_else(|| Words::new("expr.hint-list"));
                self.wrong_with((node.span, found), Words::new("expr.type-single"), op.sign(), Some(hint));
            }
        }
        if !one.list && !other.list && !one.fits(other.scalar) {
            self.wrong(right.span, other, one.words(), op.sign());
        }
        *text = one.scalar == Scalar::Text || other.scalar == Scalar::Text;
    }

    /// How to ask whether a value is in a list, in the author's own words.
    fn selected(&self, op: Op, list: Span, value: Span) -> Words {
        let written = |span: Span| self.source.get(span.start..span.end).unwrap_or_default();
        let key = if op == Op::Equal { "expr.hint-selected" } else { "expr.hint-not-selected" };
        Words::new(key).with("list", written(list)).with("value", written(value))
    }

    fn order(&mut self, op: Op, left: &mut Node, right: &mut Node) {
        let one = self.ordered(left, op);
        let other = self.ordered(right, op);
        if one.is_some_and(|one| other.is_some_and(|other| !one.fits(other.scalar)))
            && let (Some(one), Some(other)) = (one, other)
        {
            self.wrong(right.span, other, one.words(), op.sign());
        }
    }

    /// A side of `<`: a number or a day.
    fn ordered(&mut self, node: &mut Node, op: Op) -> Option<Type> {
        let empty = node.is_empty_text();
        let found = self.node(node, None);
        let sound = !found.list && matches!(found.scalar, Scalar::Any | Scalar::Number | Scalar::Date);
        if !sound && !empty {
            let expected = Words::new("expr.type-number-or-date");
            match found {
                Type { list: false, scalar: Scalar::Text } if op == Op::Add => {
                    self.wrong_with((node.span, found), expected, op.sign(), Some(Words::new("expr.hint-join")));
                }
                _ => self.wrong(node.span, found, expected, op.sign()),
            }
            return None;
        }
        Some(if empty { ANY } else { found })
    }

    /// `+` and `-`: numbers; a day and a number of days; the days between two days.
    fn sum(&mut self, op: Op, left: &mut Node, right: &mut Node) -> Type {
        let Some(one) = self.ordered(left, op) else {
            self.node(right, None);
            return Type::one(Scalar::Number);
        };
        let Some(other) = self.ordered(right, op) else { return Type::one(Scalar::Number) };
        match (op, one.scalar, other.scalar) {
            (Op::Subtract, Scalar::Date, Scalar::Date) => Type::one(Scalar::Number),
            (_, Scalar::Date, Scalar::Date) | (Op::Subtract, Scalar::Number, Scalar::Date) => {
                self.wrong(right.span, other, Type::one(Scalar::Number).words(), op.sign());
                Type::one(Scalar::Date)
            }
            (_, Scalar::Date, _) | (Op::Add, _, Scalar::Date) => Type::one(Scalar::Date),
            (_, Scalar::Any, Scalar::Any) => ANY,
            _ => Type::one(Scalar::Number),
        }
    }

    fn call(&mut self, function: &'static Function, arguments: &mut [Node], span: Span) -> Type {
        if function.name == "previous"
            && let Some(peers) = arguments.iter().find_map(|argument| argument.call_of("peers"))
        {
            let hint = Words::new("expr.peers-in-previous-hint");
            let fault = ExprFault::new(peers, "reach", Words::new("expr.peers-in-previous"));
            self.faults.push(fault.hinting(Some(hint)));
            return ANY;
        }
        let mut branches: Option<Type> = None;
        let mut element = Scalar::Any;
        for (index, argument) in arguments.iter_mut().enumerate() {
            let empty = argument.is_empty_text();
            let param = function.param(index);
            self.trial(function, index, argument);
            if param == Param::Reference {
                unquoted(argument);
            }
            let found = match param {
                Param::Word if argument.literal_text().is_none() => {
                    let message = Words::new("expr.literal").with("function", function.name);
                    self.faults.push(ExprFault::new(argument.span, "wrong-type", message));
                    ANY
                }
                Param::Word => ANY,
                Param::Reference if !matches!(argument.kind, Kind::Reference(_)) => {
                    let message = Words::new("expr.needs-reference").with("function", function.name);
                    self.faults.push(ExprFault::new(argument.span, "wrong-type", message));
                    ANY
                }
                _ => {
                    let told = param == Param::Reference || function.name == "count";
                    self.node(argument, told.then_some(function.name))
                }
            };
            self.argument(function, param, (argument, found, empty), (&mut branches, element));
            if matches!(param, Param::Values(_) | Param::Ordered) && found.scalar != Scalar::Any && !empty {
                element = found.scalar;
            }
        }
        self.result(function, arguments, span, (branches, element))
    }

    fn argument(
        &mut self,
        function: &'static Function,
        param: Param,
        (argument, found, empty): (&Node, Type, bool),
        (branches, element): (&mut Option<Type>, Scalar),
    ) {
        match param {
            Param::Ordered if !empty && !matches!(found.scalar, Scalar::Any | Scalar::Number | Scalar::Date) => {
                self.wrong(argument.span, found, Words::new("expr.type-number-or-date"), function.name);
            }
            Param::Ordered if !empty && !found.fits(element) => {
                self.wrong(argument.span, found, Type::many(element).words(), function.name);
            }
            Param::Element if found.list || !(empty || found.fits(element)) => {
                self.wrong(argument.span, found, Type::one(element).words(), function.name);
            }
            Param::Pattern => self.pattern(function, argument, found),
            Param::One(wanted) if found.list || !(empty || found.fits(wanted)) => {
                self.wrong(argument.span, found, Type::one(wanted).words(), function.name);
            }
            Param::Values(wanted) if !empty && !found.fits(wanted) => {
                self.wrong(argument.span, found, Type::many(wanted).words(), function.name);
            }
            Param::Branch if !empty => match *branches {
                Some(first) if first.list != found.list || !first.fits(found.scalar) => {
                    self.wrong(argument.span, found, first.words(), function.name);
                }
                Some(first) if first.scalar != Scalar::Any => {}
                _ => *branches = Some(found),
            },
            _ => {}
        }
    }

    /// What a function says of its literal argument.
    fn trial(&mut self, function: &'static Function, index: usize, argument: &Node) {
        let Some(text) = argument.literal_text() else { return };
        for (_, trial) in function.tried.iter().filter(|(tried, _)| *tried == index) {
            self.faults.extend(trial(text).map(|wrong| ExprFault::new(argument.span, "syntax", wrong)));
        }
    }

    /// A pattern: one text; a literal one must be readable, because an unreadable one would never speak up.
    fn pattern(&mut self, function: &'static Function, argument: &Node, found: Type) {
        if found.list {
            return self.wrong(argument.span, found, Type::one(Scalar::Text).words(), function.name);
        }
        if argument.literal_text().is_some_and(|pattern| texts::pattern(pattern).is_none()) {
            self.faults.push(ExprFault::new(argument.span, "syntax", Words::new("expr.pattern")));
        }
    }

    fn result(
        &mut self,
        function: &'static Function,
        arguments: &[Node],
        span: Span,
        (branches, element): (Option<Type>, Scalar),
    ) -> Type {
        match function.gives {
            Gives::One(scalar) => Type::one(scalar),
            Gives::Branch => branches.unwrap_or(ANY),
            Gives::Element => Type::one(element),
            Gives::Special => {
                let word = arguments.first().and_then(Node::literal_text);
                let referred = matches!(function.params.first(), Some(Param::Reference));
                match self.names.special(function.name, word, span) {
                    Ok(found) if !referred => found,
                    Ok(_) => self.referred(arguments, function.name),
                    Err(fault) => {
                        self.faults.push(fault);
                        ANY
                    }
                }
            }
        }
    }

    /// `previous(ref)` has the reference's own type; `children(ref)` and `peers(ref)` a list of it.
    fn referred(&mut self, arguments: &[Node], function: &'static str) -> Type {
        let Some(Node { kind: Kind::Reference(reference), span }) = arguments.first() else { return ANY };
        match self.names.reference(reference, Some(function), *span) {
            Ok((_, found)) if matches!(function, "children" | "peers") => Type::many(found.scalar),
            Ok((_, found)) => found,
            Err(_) => ANY,
        }
    }
}

/// XLSForm writes a reference that is an argument itself in quotes: `jr:choice-name(${q}, '${q}')`.
fn unquoted(argument: &mut Node) {
    let inside = argument.literal_text().and_then(|text| text.trim().strip_prefix("${")?.strip_suffix('}'));
    if let Some(reference) = inside.and_then(|inside| parser::reference(inside, argument.span).ok()) {
        argument.kind = Kind::Reference(reference);
    }
}

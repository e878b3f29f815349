//! Tokens into the tree, by binding power (Pratt).
//!
//! ```text
//! expression = operand (operator operand)*
//! operand    = number | text | '.' | reference rows? | '-' operand | '(' expression ')' | call | name
//! reference  = '${' path '}'
//! rows       = ('[' expression ']')+ ('/' name)?
//! call       = name '(' (expression (',' expression)* | '..')? ')'
//! operators  = or; and; = !=; < <= > >=; + -; * div mod            (loosest first, all left-associative)
//! ```
//! A name stands alone only in the brackets of rows and in a filter of choices; `..` only in `position(..)`.

use crate::expr::functions::{self, Function};
use crate::expr::lexer::{self, Token, TokenKind};
use crate::expr::tree::{Expr, ExprFault, Kind, Node, OPERATORS, Op, Reference, Rows, Slot, Span};
use crate::expr::value::Value;
use crate::lang::Words;
use crate::text;

/// How deep parentheses, calls and minus signs may stand in each other.
const DEPTH: usize = 60;

/// How tall the tree may grow: a chain of so many operators. Readers of the tree call themselves once a level.
const HEIGHT: usize = 500;

/// The longest expression, in bytes.
const LENGTH: usize = 20_000;

/// Unary minus binds tighter than any operator with two operands.
const TIGHTEST: u8 = 7;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    /// The height of the node that was read last.
    height: usize,
    /// Bare names are allowed here.
    bare: bool,
    /// What was read over.
    faults: Vec<ExprFault>,
}

/// Parses an expression.
///
/// # Errors
/// Every fault that [`parse_through`] finds.
pub fn parse(source: &str) -> Result<Expr, Vec<ExprFault>> {
    match parse_through(source) {
        (Some(expr), faults) if faults.is_empty() => Ok(expr),
        (_, faults) => Err(faults),
    }
}

/// Parses an expression as far as it can be read: an unknown function (`unknown-name`), a wrong number of arguments
/// (`arity`) or a bare name (`syntax`) is noted and read over, so that the rest can be checked too. A text that is not
/// an expression at all gives no tree and the first place that cannot be read (`syntax`).
pub fn parse_through(source: &str) -> (Option<Expr>, Vec<ExprFault>) {
    read(source, false)
}

/// Parses a filter of choices, in which bare names are the choice's: as far as it can be read, as [`parse_through`].
pub fn parse_filter(source: &str) -> (Option<Expr>, Vec<ExprFault>) {
    read(source, true)
}

fn read(source: &str, bare: bool) -> (Option<Expr>, Vec<ExprFault>) {
    if source.len() > LENGTH {
        let span = Span { start: 0, end: source.len() };
        return (None, vec![ExprFault::new(span, "syntax", Words::new("expr.too-long").with("limit", LENGTH))]);
    }
    let tokens = match lexer::lex(source, bare) {
        Ok(tokens) => tokens,
        Err(fault) => return (None, vec![fault]),
    };
    let mut parser = Parser { tokens, at: 0, depth: 0, height: 0, bare, faults: Vec::new() };
    let root = parser.expression(0).and_then(|root| match parser.peek() {
        TokenKind::End => Ok(root),
        _ => Err(parser.unexpected(Words::new("expr.expected-operator"))),
    });
    match root {
        Ok(root) => (Some(Expr { source: source.to_owned(), root, origin: 0 }), parser.faults),
        // After something that was read over, an unreadable place is most often its consequence.
        Err(fault) if parser.faults.is_empty() => (None, vec![fault]),
        Err(_) => (None, parser.faults),
    }
}

impl Parser {
    fn peek(&self) -> &TokenKind {
        &self.tokens[self.at].kind
    }

    fn span(&self) -> Span {
        self.tokens[self.at].span
    }

    fn next(&mut self) -> Token {
        let token = self.tokens[self.at].clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn unexpected(&self, expected: Words) -> ExprFault {
        let key = if *self.peek() == TokenKind::End { "expr.unexpected-end" } else { "expr.unexpected" };
        ExprFault::new(self.span(), "syntax", Words::new(key).with("expected", expected))
    }

    fn expression(&mut self, binding: u8) -> Result<Node, ExprFault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(ExprFault::new(self.span(), "syntax", Words::new("expr.too-deep").with("limit", DEPTH)));
        }
        let mut left = self.operand()?;
        while let TokenKind::Op(op) = *self.peek() {
            let power = OPERATORS.iter().find(|(_, known, _)| *known == op).map_or(0, |(_, _, power)| *power);
            if power <= binding {
                break;
            }
            let below = self.height;
            let sign = self.next().span;
            let right = self.expression(power)?;
            self.grow(below, sign)?;
            let span = left.span.to(right.span);
            left = Node { kind: Kind::Binary { op, sides: Box::new([left, right]), text: false }, span };
        }
        self.depth -= 1;
        Ok(left)
    }

    /// A node stands on the one read last and on one of the given height.
    fn grow(&mut self, below: usize, span: Span) -> Result<(), ExprFault> {
        self.height = self.height.max(below) + 1;
        if self.height > HEIGHT {
            return Err(ExprFault::new(span, "syntax", Words::new("expr.too-long-chain").with("n", HEIGHT)));
        }
        Ok(())
    }

    fn operand(&mut self) -> Result<Node, ExprFault> {
        let span = self.span();
        self.height = 1;
        let kind = match self.peek().clone() {
            TokenKind::Number(number) => Kind::Literal(Value::Number(number)),
            TokenKind::Text(text) => Kind::Literal(Value::text(text)),
            TokenKind::This => Kind::This,
            TokenKind::Reference(inside) => return self.reference(&inside),
            TokenKind::Op(Op::Subtract) => {
                self.next();
                let inner = self.expression(TIGHTEST)?;
                self.grow(0, span)?;
                let span = span.to(inner.span);
                return Ok(Node { kind: Kind::Negate(Box::new(inner)), span });
            }
            TokenKind::Open => return self.parenthesis(),
            TokenKind::Name(name) => return self.call(&name),
            _ => return Err(self.unexpected(Words::new("expr.expected-operand"))),
        };
        self.next();
        Ok(Node { kind, span })
    }

    /// A reference, and the rows that are chosen of it.
    fn reference(&mut self, inside: &str) -> Result<Node, ExprFault> {
        let at = self.next().span;
        let found = reference(inside, at);
        if *self.peek() != TokenKind::OpenRows {
            let kind = found.map_or_else(|fault| self.over(fault), Kind::Reference);
            return Ok(Node { kind, span: at });
        }
        let (conditions, mut end) = self.conditions()?;
        let mut column = None;
        if *self.peek() == TokenKind::Step {
            self.next();
            let TokenKind::Name(name) = self.peek().clone() else {
                return Err(self.unexpected(Words::new("expr.expected-column")));
            };
            end = self.next().span;
            column = Some((bare(name), end));
        }
        let kind = match found {
            Ok(of) => Kind::Rows(Box::new(Rows { of, at, conditions, column, single: false })),
            Err(fault) => self.over(fault),
        };
        Ok(Node { kind, span: at.to(end) })
    }

    /// `[…]`, once or more. One condition does not stand in another's brackets: each would be tried for every row of
    /// every row.
    fn conditions(&mut self) -> Result<(Vec<Node>, Span), ExprFault> {
        let outer = std::mem::replace(&mut self.bare, true);
        let (mut conditions, mut end, mut below) = (Vec::new(), self.span(), 0);
        while *self.peek() == TokenKind::OpenRows {
            let open = self.next().span;
            let condition = self.expression(0)?;
            let mut inner = None;
            condition.walk(&mut |node| inner = inner.or(matches!(node.kind, Kind::Rows(_)).then_some(node.span)));
            if let Some(inner) = inner {
                let fault = ExprFault::new(inner, "reach", Words::new("expr.rows-in-rows"));
                self.faults.push(fault.hinting(Some(Words::new("expr.rows-in-rows-hint"))));
            }
            below = below.max(self.height);
            if *self.peek() != TokenKind::CloseRows {
                let expected = Words::new("expr.expected-close-rows").with("place", open.start + 1);
                return Err(self.unexpected(expected));
            }
            end = self.next().span;
            conditions.push(condition);
        }
        self.grow(below, end)?;
        self.bare = outer;
        Ok((conditions, end))
    }

    fn parenthesis(&mut self) -> Result<Node, ExprFault> {
        let open = self.next().span;
        let inner = self.expression(0)?;
        let close = self.close(open, "(")?;
        Ok(Node { kind: inner.kind, span: open.to(close) })
    }

    fn close(&mut self, open: Span, what: &str) -> Result<Span, ExprFault> {
        if *self.peek() == TokenKind::Close {
            return Ok(self.next().span);
        }
        let expected = Words::new("expr.expected-close").with("what", what).with("place", open.start + 1);
        Err(self.unexpected(expected))
    }

    fn call(&mut self, name: &str) -> Result<Node, ExprFault> {
        let word = self.next().span;
        if *self.peek() != TokenKind::Open {
            let kind = if self.bare { Kind::Name(bare(name.to_owned())) } else { self.over(bare_name(name, word)) };
            return Ok(Node { kind, span: word });
        }
        let known = functions::find(name);
        if known.is_none() {
            self.faults.push(unknown_function(name, word));
        }
        self.next();
        let mut arguments = Vec::new();
        let mut below = 0;
        if *self.peek() == TokenKind::Parent && name == "position" {
            arguments.push(Node { kind: Kind::Parent, span: self.next().span });
        } else if *self.peek() != TokenKind::Close {
            arguments.push(self.expression(0)?);
            while *self.peek() == TokenKind::Comma {
                below = below.max(self.height);
                self.next();
                arguments.push(self.expression(0)?);
            }
        }
        self.grow(below, word)?;
        let span = word.to(self.close(word, name)?);
        if arguments.is_empty() && matches!(name, "string-length" | "normalize-space") {
            // XLSForm's `string-length()` is the length of the value that a constraint is about.
            arguments.push(Node { kind: Kind::This, span });
        }
        let function = match known {
            Some(function) if function.accepts(arguments.len()) => function,
            Some(function) => {
                self.faults.push(arity(function, arguments.len(), span));
                &functions::UNKNOWN
            }
            None => &functions::UNKNOWN,
        };
        Ok(Node { kind: Kind::Call(function, arguments), span })
    }

    /// Notes a fault; what stands there may be anything.
    fn over(&mut self, fault: ExprFault) -> Kind {
        self.faults.push(fault);
        Kind::Literal(Value::Empty)
    }
}

/// A name by itself.
fn bare(path: String) -> Reference {
    Reference { form: None, path, slot: Slot::Unbound }
}

fn arity(function: &'static Function, given: usize, span: Span) -> ExprFault {
    let message = Words::new("expr.arity").with("function", function.name).with("n", given);
    ExprFault::new(span, "arity", message)
        .hinting(Some(Words::new("expr.signature").with("signature", function.signature())))
}

/// What is said of a bare name where names mean nothing.
pub fn bare_name(name: &str, span: Span) -> ExprFault {
    let known = functions::find(name).is_some();
    let key = if known { "expr.call-without-parentheses" } else { "expr.bare-name" };
    ExprFault::new(span, "syntax", Words::new(key).with("name", name).with("reference", format!("${{{name}}}")))
}

fn unknown_function(name: &str, span: Span) -> ExprFault {
    if let Some((_, reason)) = functions::absent().find(|(absent, _)| *absent == name) {
        let message = Words::new("expr.absent-function").with("name", name).with("reason", reason);
        return ExprFault::new(span, "unknown-name", message);
    }
    let near = text::nearest(name, functions::all().map(|f| f.name));
    ExprFault::new(span, "unknown-name", Words::new("expr.unknown-function").with("name", name))
        .hinting(near.map(|near| Words::new("expr.did-you-mean").with("name", format!("{near}()"))))
}

/// Reads the inside of `${…}`: an optional form, then one to three names.
pub(super) fn reference(inside: &str, span: Span) -> Result<Reference, ExprFault> {
    let (form, path) = match inside.split_once(':') {
        Some((form, path)) => (Some(form.trim().to_owned()), path.trim()),
        None => (None, inside),
    };
    let named =
        |part: &str| part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) && !part.is_empty();
    let sound = path.split('/').all(|part| named(part.trim())) && form.as_deref().is_none_or(named);
    if !sound {
        let message = Words::new("expr.reference").with("found", inside);
        return Err(ExprFault::new(span, "syntax", message));
    }
    let path = path.split('/').map(str::trim).collect::<Vec<_>>().join("/");
    Ok(Reference { form, path, slot: Slot::Unbound })
}

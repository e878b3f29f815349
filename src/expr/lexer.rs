//! Text into tokens; `and`, `or`, `div`, `mod` are operators only after an operand, as in XPath.

use crate::expr::tree::{ExprFault, OPERATORS, Op, Span};
use crate::lang::Words;

/// A token and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where.
    pub span: Span,
}

/// What a token can be.
#[derive(Debug, Clone, PartialEq)]
pub enum TokenKind {
    /// `12`, `0.5`
    Number(f64),
    /// `'…'` or `"…"`
    Text(String),
    /// The inside of `${…}`.
    Reference(String),
    /// A function's name, or a name by mistake.
    Name(String),
    /// `.`
    This,
    /// An operator.
    Op(Op),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    OpenRows,
    /// `]`
    CloseRows,
    /// `/` after `]`
    Step,
    /// `..`
    Parent,
    /// `,`
    Comma,
    /// The end of the text.
    End,
}

/// What people write from habit, and what it is here.
const HABITS: [(&str, &str); 8] =
    [("==", "="), ("=>", ">="), ("=<", "<="), ("<>", "!="), ("&&", "and"), ("||", "or"), ("≥", ">="), ("≤", "<=")];

const SIGNS: [&str; 8] = ["!=", "<=", ">=", "=", "<", ">", "+", "*"];

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    tokens: Vec<Token>,
    /// How many places around allow bare names: brackets, and the whole text of a filter.
    bare: usize,
}

/// Splits the text into tokens, the last one [`TokenKind::End`]; `bare` says that names may stand without `${…}`.
///
/// # Errors
/// The first character or literal that cannot be read.
pub fn lex(source: &str, bare: bool) -> Result<Vec<Token>, ExprFault> {
    let mut lexer = Lexer { source, at: 0, tokens: Vec::new(), bare: usize::from(bare) };
    while lexer.skip_space() {
        lexer.token()?;
    }
    lexer.push(TokenKind::End, source.len());
    Ok(lexer.tokens)
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn skip_space(&mut self) -> bool {
        self.at = self.source.len() - self.rest().trim_start().len();
        self.at < self.source.len()
    }

    fn push(&mut self, kind: TokenKind, end: usize) {
        self.tokens.push(Token { kind, span: Span { start: self.at, end } });
        self.at = end;
    }

    fn fault(&self, length: usize, message: Words) -> ExprFault {
        ExprFault::new(Span { start: self.at, end: (self.at + length).min(self.source.len()) }, "syntax", message)
    }

    fn token(&mut self) -> Result<(), ExprFault> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(()) };
        if let Some((wrong, right)) = HABITS.iter().find(|(wrong, _)| rest.starts_with(wrong)) {
            let message = Words::new("expr.habit").with("wrong", *wrong).with("right", *right);
            return Err(self.fault(wrong.len(), message));
        }
        match first {
            '$' => self.reference(),
            '\'' | '"' => self.text(first),
            '0'..='9' => self.number(),
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(),
            '.' if rest.starts_with("..") => self.long(TokenKind::Parent, 2),
            '.' => self.single(TokenKind::This),
            '[' => {
                self.bare += 1;
                self.single(TokenKind::OpenRows)
            }
            ']' => {
                self.bare = self.bare.saturating_sub(1);
                self.single(TokenKind::CloseRows)
            }
            '/' if self.tokens.last().is_some_and(|last| last.kind == TokenKind::CloseRows) => {
                self.single(TokenKind::Step)
            }
            '(' => self.single(TokenKind::Open),
            ')' => self.single(TokenKind::Close),
            ',' => self.single(TokenKind::Comma),
            '-' => self.single(TokenKind::Op(Op::Subtract)),
            c if c.is_alphabetic() || c == '_' => self.word(),
            _ => self.sign(first),
        }
    }

    fn single(&mut self, kind: TokenKind) -> Result<(), ExprFault> {
        self.long(kind, 1)
    }

    fn long(&mut self, kind: TokenKind, length: usize) -> Result<(), ExprFault> {
        self.push(kind, self.at + length);
        Ok(())
    }

    fn sign(&mut self, first: char) -> Result<(), ExprFault> {
        if let Some(sign) = SIGNS.iter().find(|sign| self.rest().starts_with(**sign))
            && let Some((_, op, _)) = OPERATORS.iter().find(|(known, ..)| known == sign)
        {
            self.push(TokenKind::Op(*op), self.at + sign.len());
            return Ok(());
        }
        let message = match first {
            '/' => Words::new("expr.habit").with("wrong", "/").with("right", "div"),
            '%' => Words::new("expr.percent-sign"),
            '«' | '“' | '”' | '‘' | '’' | '„' => Words::new("expr.quotes"),
            '−' | '–' => Words::new("expr.habit").with("wrong", first.to_string()).with("right", "-"),
            _ => Words::new("expr.character").with("found", first.to_string()),
        };
        Err(self.fault(first.len_utf8(), message))
    }

    fn reference(&mut self) -> Result<(), ExprFault> {
        let rest = self.rest();
        if !rest.starts_with("${") {
            return Err(self.fault(1, Words::new("expr.dollar")));
        }
        match rest.find('}') {
            Some(close) => {
                let inside = rest[2..close].trim().to_owned();
                self.push(TokenKind::Reference(inside), self.at + close + 1);
                Ok(())
            }
            None => Err(self.fault(rest.len(), Words::new("expr.reference-open"))),
        }
    }

    fn text(&mut self, quote: char) -> Result<(), ExprFault> {
        let rest = &self.rest()[1..];
        match rest.find(quote) {
            Some(close) => {
                self.push(TokenKind::Text(rest[..close].to_owned()), self.at + close + 2);
                Ok(())
            }
            None => Err(self.fault(rest.len() + 1, Words::new("expr.text-open").with("quote", quote.to_string()))),
        }
    }

    fn number(&mut self) -> Result<(), ExprFault> {
        let rest = self.rest();
        let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_digit).count();
        let mut end = digits(0);
        if rest[end..].starts_with('.') {
            end += 1 + digits(end + 1);
        }
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let follows = rest[end..].split(|c| !word(c)).next().unwrap_or_default();
        // `1and 2`, `6div 2`: an operator needs no space before it; `6div2` is a name, and names begin with no digit.
        let operator = matches!(follows, "and" | "or" | "div" | "mod");
        let letter = rest[end..].chars().next().filter(|c| c.is_alphabetic() || *c == '_');
        if let Some(letter) = letter.filter(|_| !operator) {
            let message =
                Words::new("expr.number-letter").with("number", &rest[..end]).with("letter", letter.to_string());
            return Err(self.fault(end + letter.len_utf8(), message));
        }
        match rest[..end].parse::<f64>() {
            Ok(number) if number.is_finite() => {
                self.push(TokenKind::Number(number), self.at + end);
                Ok(())
            }
            _ => Err(self.fault(end, Words::new("expr.number").with("number", &rest[..end]))),
        }
    }

    fn word(&mut self) -> Result<(), ExprFault> {
        let rest = self.rest();
        let stepped = self.tokens.iter().rev().nth(1).is_some_and(|token| token.kind == TokenKind::Step);
        let after_operand = match self.tokens.last().map(|token| &token.kind) {
            Some(
                TokenKind::Number(_)
                | TokenKind::Text(_)
                | TokenKind::Reference(_)
                | TokenKind::This
                | TokenKind::Close
                | TokenKind::CloseRows,
            ) => true,
            Some(TokenKind::Name(_)) => self.bare > 0 || stepped,
            _ => false,
        };
        let plain = rest.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        if after_operand && let Some((_, op, _)) = OPERATORS.iter().find(|(known, ..)| *known == &rest[..plain]) {
            self.push(TokenKind::Op(*op), self.at + plain);
            return Ok(());
        }
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        let name = &rest[..rest.len() - rest.trim_start_matches(inside).len()];
        let name = name.trim_end_matches(['-', '.', ':']);
        self.push(TokenKind::Name(name.to_owned()), self.at + name.len());
        Ok(())
    }
}

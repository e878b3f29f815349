//! Where functions and operators work besides the server, which computes everything: asked of the readers themselves.

use crate::expr::excel::{self, Place, Places};
use crate::expr::functions::Function;
use crate::expr::json;
use crate::expr::tree::{Expr, Kind, Node, Op, Reference, Span};
use crate::expr::value::Value;

/// Where something works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Works {
    /// In a browser, while somebody types.
    pub browser: bool,
    /// As a formula of a workbook, with some arguments at least.
    pub formula: bool,
}

impl Function {
    /// Where the function works.
    pub fn works(&self) -> Works {
        Works { browser: self.browser, formula: self.has_formula() }
    }
}

impl Op {
    /// Where the operator works: the readers are given it between two values.
    pub fn works(self) -> Works {
        let side = || match self {
            Op::And | Op::Or => Value::Boolean(true),
            _ => Value::Number(1.0),
        };
        let span = Span { start: 0, end: 0 };
        let node = |kind| Node { kind, span };
        let sides = Box::new([node(Kind::Literal(side())), node(Kind::Literal(side()))]);
        let root = node(Kind::Binary { op: self, sides, text: false });
        let expr = Expr { source: String::new(), root, origin: 0 };
        Works { browser: json::browser(&expr).is_ok(), formula: excel::formula(&expr, &Nowhere).is_ok() }
    }
}

/// Nothing stands anywhere.
struct Nowhere;

impl Places for Nowhere {
    fn reference(&self, _: &Reference) -> Option<Place> {
        None
    }

    fn word(&self, _: &str, _: &str) -> Option<Value> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::OPERATORS;
    use crate::expr::functions;

    #[test]
    fn operators_work_everywhere_and_functions_where_the_table_says() {
        for (sign, op, _) in OPERATORS {
            assert_eq!(op.works(), Works { browser: true, formula: true }, "{sign}");
        }
        let works = |name| functions::find(name).unwrap().works();
        assert_eq!(works("round"), Works { browser: true, formula: true });
        assert_eq!(works("regex"), Works { browser: true, formula: false });
        assert_eq!(works("digest"), Works { browser: false, formula: false });
        assert_eq!(works("previous"), Works { browser: false, formula: false });
    }
}

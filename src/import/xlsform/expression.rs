//! An expression of a cell in the words of our language: paths, then conversions, then what is wrong with it.

use super::coerce::{self, Stand};
use super::mapped::Mapped;
use super::page::{Table, pointed};
use super::paths::{self, Filter, Place};
use super::rows::Said;
use super::told::{Spot, Told};
use super::write::Whole;
use crate::expr::{Scalar, Type, parse_filter, parse_through};
use crate::lang::Words;

/// What is asked of an expression.
#[derive(Clone, Copy)]
pub(super) struct Ask {
    /// The repeat or table that it stands in.
    pub block: Option<usize>,
    /// What it must give.
    pub wanted: Scalar,
    /// The type of `.`.
    pub this: Type,
    pub default: bool,
}

impl Ask {
    /// A condition.
    pub fn truth(block: Option<usize>) -> Ask {
        Ask { block, wanted: Scalar::Boolean, this: Type::one(Scalar::Any), default: false }
    }
}

/// A cell with an expression.
#[derive(Clone, Copy)]
pub(super) struct Source<'s> {
    pub said: &'s Said,
    pub spot: &'s Spot,
    /// Which names may stand bare in it.
    pub filter: Filter<'s>,
}

/// Rewrites the expression of a cell; `None` where it cannot be read, which is told.
pub(super) fn read(
    whole: &Whole<'_>,
    source: Source<'_>,
    ask: Ask,
    (table, told): (&mut Table, &mut Told),
) -> Option<(Mapped, Type)> {
    let text = &source.said.text;
    let place =
        Place { names: whole.names, lists: whole.lists, block: ask.block, filter: source.filter, default: ask.default };
    let rewritten = paths::rewrite(text, place);
    let sound = rewritten.faults.is_empty();
    for (at, words, hint) in rewritten.faults {
        told.error(source.spot, "unknown-name", pointed(text, at, words), hint);
    }
    let parse = if source.filter.is_one() { parse_filter } else { parse_through };
    let (expr, faults) = parse(&rewritten.mapped.text);
    let read = faults.is_empty();
    for fault in faults {
        let at = rewritten.mapped.origin(fault.span.start);
        told.error(source.spot, fault.code, pointed(text, at, fault.message), fault.hint);
    }
    let expr = expr.filter(|_| sound && read)?;
    let stand = Stand { names: whole.names, block: ask.block, this: ask.this, filter: source.filter };
    let (mapped, found) = coerce::coerce(&rewritten.mapped, &expr, stand, ask.wanted);
    for words in rewritten.notes {
        say(table, told, source.spot, words);
    }
    if mapped.text != rewritten.mapped.text {
        let words = Words::new("xlsform.rewritten").with("from", text).with("to", &mapped.text);
        say(table, told, source.spot, words);
    }
    Some((mapped, found))
}

/// Tells of a change, on the terminal and in the file.
pub(super) fn say(table: &mut Table, told: &mut Told, spot: &Spot, words: Words) {
    told.note(&spot.sheet, (spot.row, spot.column), "changed", words.clone());
    table.note(words);
}

//! Rows of repeats and tables in expressions: `${repeat}[x > 3]/y`, `indexed-repeat`, `position`.

use crate::expr::eval::Evaluation;
use crate::expr::tree::{ExprFault, Kind, Node, Reference, Rows, Span};
use crate::expr::types::{Check, Scalar, Type};
use crate::expr::value::Value;
use crate::lang::Words;

const ANY: Type = Type::one(Scalar::Any);

impl Check<'_> {
    /// Binds the rows, then the conditions, whose bare names are columns, then the column.
    pub(super) fn rows(&mut self, rows: &mut Rows, within: Option<&str>, span: Span) -> Type {
        match self.names.rows(&rows.of, rows.at) {
            Ok(slot) => rows.of.slot = slot,
            Err(fault) => {
                self.faults.push(fault);
                return Type::many(Scalar::Any);
            }
        }
        let outer = self.rows_of.replace(rows.of.clone());
        for condition in &mut rows.conditions {
            let empty = condition.is_empty_text();
            let found = self.node(condition, None);
            if found.list || empty || !matches!(found.scalar, Scalar::Any | Scalar::Boolean | Scalar::Number) {
                self.wrong(condition.span, found, Words::new("expr.type-condition"), "[…]");
            }
            rows.single = found.scalar == Scalar::Number || condition.place_asked().is_some();
        }
        self.rows_of = outer;
        let Some((column, at)) = &mut rows.column else {
            rows.single = false;
            if within == Some("count") {
                return Type::many(Scalar::Boolean);
            }
            let fault = ExprFault::new(span, "wrong-type", Words::new("expr.rows-without-column"));
            self.faults.push(fault.hinting(Some(Words::new("expr.rows-without-column-hint"))));
            return Type::many(Scalar::Any);
        };
        match self.names.column(&rows.of, &column.path, *at) {
            Ok((slot, found)) => {
                column.slot = slot;
                Type { list: !rows.single, ..found }
            }
            Err(fault) => {
                self.faults.push(fault);
                ANY
            }
        }
    }

    /// A bare name: a column of the rows whose condition it stands in, or what the surroundings call by it.
    pub(super) fn name(&mut self, name: &mut Reference, span: Span) -> Type {
        let bound = match &self.rows_of {
            Some(of) => self.names.column(of, &name.path, span),
            None => self.names.name(&name.path, span),
        };
        match bound {
            Ok((slot, found)) => {
                name.slot = slot;
                found
            }
            Err(fault) => {
                self.faults.push(fault);
                ANY
            }
        }
    }

    /// `indexed-repeat(${repeat/x}, ${repeat}, 2)`; XLSForm names the column by itself.
    pub(super) fn indexed(&mut self, arguments: &mut [Node]) -> Type {
        let [column, of, place] = arguments else { return ANY };
        let found = self.node(place, None);
        if found.list || !matches!(found.scalar, Scalar::Any | Scalar::Number) {
            self.wrong(place.span, found, Type::one(Scalar::Number).words(), "indexed-repeat");
        }
        for argument in [&*column, &*of] {
            if !matches!(argument.kind, Kind::Reference(_)) {
                let message = Words::new("expr.needs-reference").with("function", "indexed-repeat");
                self.faults.push(ExprFault::new(argument.span, "wrong-type", message));
            }
        }
        let (Kind::Reference(name), Kind::Reference(rows)) = (&mut column.kind, &mut of.kind) else { return ANY };
        if let Some(inside) = name.path.strip_prefix(&rows.path).and_then(|rest| rest.strip_prefix('/')) {
            name.path = inside.to_owned();
        }
        let bound = self.names.rows(rows, of.span).and_then(|slot| {
            rows.slot = slot;
            self.names.column(rows, &name.path, column.span)
        });
        match bound {
            Ok((slot, found)) => {
                name.slot = slot;
                found
            }
            Err(fault) => {
                self.faults.push(fault);
                ANY
            }
        }
    }

    /// `position()` is the row that a condition looks at; it and `position(..)` are the row that the expression stands in.
    pub(super) fn position(&mut self, arguments: &[Node], span: Span) -> Type {
        if let Some(argument) = arguments.first().filter(|argument| !matches!(argument.kind, Kind::Parent)) {
            self.faults.push(ExprFault::new(argument.span, "wrong-type", Words::new("expr.position-argument")));
        } else if self.rows_of.is_none() || !arguments.is_empty() {
            self.faults.extend(self.names.special("position", None, span).err());
        }
        Type::one(Scalar::Number)
    }
}

/// The row that a condition looks at.
#[derive(Clone, Copy)]
pub(super) struct Within<'a> {
    /// The repeat or table.
    of: &'a Reference,
    /// The row, from 0.
    row: usize,
    /// Its place among the rows that are left, from 0.
    place: usize,
}

impl Evaluation<'_> {
    /// The column of the rows that hold the conditions.
    pub(super) fn rows(&self, rows: &Rows) -> Value {
        let chosen = self.chosen(rows);
        let Some((column, _)) = &rows.column else {
            return Value::List(vec![Value::Boolean(true); chosen.len()]);
        };
        let mut values = chosen.into_iter().map(|row| self.surroundings.cell(&rows.of, row, column));
        if rows.single {
            return values.next().unwrap_or_default();
        }
        // A cell with several codes is laid end to end with the others, as in a whole column.
        let each = values.flat_map(|cell| if let Value::List(codes) = cell { codes } else { vec![cell] });
        Value::List(each.collect())
    }

    fn chosen(&self, rows: &Rows) -> Vec<usize> {
        let all = (0..self.surroundings.rows(&rows.of)).collect();
        rows.conditions.iter().fold(all, |left, condition| self.holding(&rows.of, condition, left))
    }

    fn holding(&self, of: &Reference, condition: &Node, left: Vec<usize>) -> Vec<usize> {
        let asked = condition.place_asked();
        if let Some(same) = asked.or_else(|| condition.is_same_everywhere().then_some(condition)) {
            return match self.node(same) {
                Value::Number(place) => {
                    left.into_iter().enumerate().filter(|(at, _)| number(*at) == place).map(|(_, row)| row).collect()
                }
                Value::Boolean(true) => left,
                _ => Vec::new(),
            };
        }
        let holds = |place: usize, row: usize| {
            let inside = Evaluation { surroundings: self.surroundings, within: Some(Within { of, row, place }) };
            match inside.node(condition) {
                Value::Number(asked) => asked == number(place),
                value => value == Value::Boolean(true),
            }
        };
        left.into_iter().enumerate().filter(|(place, row)| holds(*place, *row)).map(|(_, row)| row).collect()
    }

    /// A bare name.
    pub(super) fn name(&self, name: &Reference) -> Value {
        match self.within {
            Some(Within { of, row, .. }) => self.surroundings.cell(of, row, name),
            None => self.surroundings.name(name),
        }
    }
}

/// Places are counted from 1.
fn number(place: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "rows are far fewer than 2^53")]
    let number = (place + 1) as f64;
    number
}

pub(super) fn position(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    match evaluation.within.filter(|_| arguments.is_empty()) {
        Some(Within { place, .. }) => Value::Number(number(place)),
        None => evaluation.surroundings.position().map_or(Value::Empty, |row| Value::Number(number(row))),
    }
}

pub(super) fn indexed_repeat(evaluation: &Evaluation<'_>, arguments: &[Node]) -> Value {
    let [Node { kind: Kind::Reference(column), .. }, Node { kind: Kind::Reference(of), .. }, place] = arguments else {
        return Value::Empty;
    };
    let Some(asked) = evaluation.node(place).as_number() else { return Value::Empty };
    let found = (0..evaluation.surroundings.rows(of)).find(|row| number(*row) == asked);
    found.map_or(Value::Empty, |row| evaluation.surroundings.cell(of, row, column))
}

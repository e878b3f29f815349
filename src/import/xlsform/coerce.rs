//! What XPath converts silently is written out: `${age} = '18'` compares numbers, `selected(${x}, 1)` asks for `'1'`.

use super::directory::{Directory, Target};
use super::mapped::Mapped;
use super::paths::Filter;
use super::types::{self, Block, Kind as Asked};
use crate::expr::functions::{Function, Gives, Param};
use crate::expr::{Expr, Kind, Node, Op, Rows, Scalar, Span, Type, Value, parse_through};
use crate::text;

/// Where an expression stands, and what it must give.
#[derive(Clone, Copy)]
pub(super) struct Stand<'a> {
    pub names: &'a Directory,
    pub block: Option<usize>,
    /// The type of `.`.
    pub this: Type,
    /// Which names may stand bare.
    pub filter: Filter<'a>,
}

const ANY: Type = Type::one(Scalar::Any);

/// Writes out what a parsed text converts; `wanted` is what the whole must give.
pub(super) fn coerce(mapped: &Mapped, expr: &Expr, stand: Stand<'_>, wanted: Scalar) -> (Mapped, Type) {
    let writing = Writing { mapped, stand, rows_of: None };
    let found = writing.node(&expr.root);
    let (made, kind) = writing.converted(&expr.root, found, wanted);
    (writing.around(expr.root.span, made, mapped), kind)
}

struct Writing<'a> {
    mapped: &'a Mapped,
    stand: Stand<'a>,
    /// The repeat whose rows a condition chooses from.
    rows_of: Option<usize>,
}

/// A node as written anew, and its type.
type Made = (Mapped, Type);

impl Writing<'_> {
    /// What stands before and after the whole, spaces mostly, is kept.
    fn around(&self, span: Span, made: Mapped, whole: &Mapped) -> Mapped {
        let mut all = Mapped::default();
        all.push_part(whole, Span { start: 0, end: span.start.min(whole.text.len()) });
        all.push(&made);
        all.push_part(whole, Span { start: span.end.min(whole.text.len()), end: whole.text.len() });
        all
    }

    fn as_it_is(&self, node: &Node) -> Mapped {
        let mut made = Mapped::default();
        made.push_part(self.mapped, node.span);
        made
    }

    /// A node with the nodes in it put anew.
    fn with(&self, node: &Node, parts: &[(Span, Mapped)]) -> Mapped {
        let mut made = Mapped::default();
        let mut at = node.span.start;
        for (span, part) in parts {
            made.push_part(self.mapped, Span { start: at, end: span.start });
            // `'1'and'1'` needs no spaces; `boolean('1')and boolean('1')` does.
            let word = |c: char| c.is_alphanumeric() || c == '_';
            if made.text.ends_with(word) && part.text.starts_with(word) {
                made.push(&Mapped::new(" ", part.origin(0)));
            }
            made.push(part);
            at = span.end;
        }
        made.push_part(self.mapped, Span { start: at, end: node.span.end });
        made
    }

    fn node(&self, node: &Node) -> Made {
        match &node.kind {
            Kind::Literal(value) => (self.as_it_is(node), Type::of(value)),
            Kind::This => (self.as_it_is(node), self.stand.this),
            Kind::Reference(reference) => (self.as_it_is(node), self.type_of(&reference.path)),
            Kind::Negate(inner) => {
                let (made, _) = self.as_wanted(inner, Scalar::Number);
                (self.with(node, &[(inner.span, made)]), Type::one(Scalar::Number))
            }
            Kind::Binary { op, sides, .. } => self.binary(node, *op, sides),
            Kind::Call(function, arguments) => self.call(node, function, arguments),
            // The columns of choices are texts; those of a repeat have their own types.
            Kind::Name(name) => (self.as_it_is(node), self.named(&name.path)),
            Kind::Rows(rows) => self.rows(node, rows),
            Kind::Parent => (self.as_it_is(node), ANY),
        }
    }

    fn named(&self, name: &str) -> Type {
        match self.rows_of {
            Some(block) => self.column(Some(block), name),
            None if self.is_several(name) => Type::many(Scalar::Text),
            None => Type::one(Scalar::Text),
        }
    }

    /// Whether a name is an attribute that some choice has several values of.
    fn is_several(&self, name: &str) -> bool {
        matches!(self.stand.filter, Filter::Of(list) if list.has_several(name))
    }

    fn column(&self, block: Option<usize>, name: &str) -> Type {
        let names = self.stand.names;
        names.placed(block, name).map_or(ANY, |id| type_of(names, id))
    }

    /// `${repeat}[condition]/column`
    fn rows(&self, node: &Node, rows: &Rows) -> Made {
        let block = self.stand.names.block(&rows.of.path);
        let within = Writing { mapped: self.mapped, stand: self.stand, rows_of: block };
        let conditions = rows.conditions.iter().map(|condition| {
            let made = within.node(condition);
            // A number chooses a row by its place.
            let made =
                if made.1.scalar == Scalar::Number { made } else { within.converted(condition, made, Scalar::Boolean) };
            (condition.span, made.0)
        });
        let parts: Vec<(Span, Mapped)> = conditions.collect();
        let column = rows.column.as_ref().map_or(ANY, |(column, _)| self.column(block, &column.path));
        (self.with(node, &parts), Type::many(column.scalar))
    }

    fn as_wanted(&self, node: &Node, wanted: Scalar) -> Made {
        let made = self.node(node);
        self.converted(node, made, wanted)
    }

    /// The type of a path as [`super::paths::spoken`] writes it.
    fn type_of(&self, path: &str) -> Type {
        let names = self.stand.names;
        let (block, name) = match path.split_once('/') {
            Some((rows, name)) => (names.block(rows), name),
            None => (self.stand.block, path),
        };
        let found = names.placed(block, name).or_else(|| names.placed(None, name));
        let one = found.map_or(ANY, |id| type_of(names, id));
        if path.contains('/') { Type::many(one.scalar) } else { one }
    }

    fn binary(&self, node: &Node, op: Op, sides: &[Node; 2]) -> Made {
        let [left, right] = sides;
        let both = |wanted| (self.as_wanted(left, wanted).0, self.as_wanted(right, wanted).0);
        let ((one, other), kind) = match op {
            Op::Or | Op::And => (both(Scalar::Boolean), Scalar::Boolean),
            Op::Multiply | Op::Divide | Op::Modulo => (both(Scalar::Number), Scalar::Number),
            Op::Equal | Op::NotEqual => return self.equality(node, op, left, right),
            Op::Add | Op::Subtract => return self.sum(node, op, left, right),
            _ => (self.ordered(left, right), Scalar::Boolean),
        };
        (self.with(node, &[(left.span, one), (right.span, other)]), Type::one(kind))
    }

    fn sum(&self, node: &Node, op: Op, left: &Node, right: &Node) -> Made {
        let number = |node: &Node| {
            let made = self.node(node);
            if made.1.scalar == Scalar::Date { made } else { self.converted(node, made, Scalar::Number) }
        };
        let (one, other) = (number(left), number(right));
        let kind = match (op, one.1.scalar, other.1.scalar) {
            (Op::Subtract, Scalar::Date, Scalar::Date) => Scalar::Number,
            (_, Scalar::Date, _) | (Op::Add, _, Scalar::Date) => Scalar::Date,
            _ => Scalar::Number,
        };
        (self.with(node, &[(left.span, one.0), (right.span, other.0)]), Type::one(kind))
    }

    /// `<` and its like compare days, else numbers.
    fn ordered(&self, left: &Node, right: &Node) -> (Mapped, Mapped) {
        let (one, other) = (self.node(left), self.node(right));
        let days = one.1.scalar == Scalar::Date || other.1.scalar == Scalar::Date;
        let wanted = if days { Scalar::Date } else { Scalar::Number };
        (self.converted(left, one, wanted).0, self.converted(right, other, wanted).0)
    }

    fn equality(&self, node: &Node, op: Op, left: &Node, right: &Node) -> Made {
        let truth = Type::one(Scalar::Boolean);
        let (one, other) = (self.node(left), self.node(right));
        if left.is_empty_text() || right.is_empty_text() {
            return (self.with(node, &[(left.span, one.0), (right.span, other.0)]), truth);
        }
        if let Some(found) = self.among(op, (left, &one), (right, &other)) {
            return (found, truth);
        }
        let wanted = self.compared((left, one.1), (right, other.1));
        let (one, other) = (self.converted(left, one, wanted).0, self.converted(right, other, wanted).0);
        (self.with(node, &[(left.span, one), (right.span, other)]), truth)
    }

    /// A column compared with a value: whether some row has it.
    fn among(&self, op: Op, left: (&Node, &Made), right: (&Node, &Made)) -> Option<Mapped> {
        let (list, (node, value)) = match (self.is_column(left.0), self.is_column(right.0)) {
            (true, false) => (left, right),
            (false, true) => (right, left),
            _ => return None,
        };
        let element = list.1.1.scalar;
        let (value, _) = self.converted(node, (value.0.clone(), value.1), element);
        let mut made = list.1.0.clone();
        made.push_new(", ", made.origin(made.text.len()));
        made.push(&value);
        let count = made.between("countif(", ")");
        Some(match op {
            Op::NotEqual => {
                let all = list.1.0.clone().between("count(", ") > ");
                let mut whole = all;
                whole.push(&count);
                whole.between("(", ")")
            }
            _ => count.between("(", " > 0)"),
        })
    }

    fn is_column(&self, node: &Node) -> bool {
        match &node.kind {
            Kind::Reference(reference) => reference.path.contains('/'),
            Kind::Name(name) => self.rows_of.is_none() && self.is_several(&name.path),
            _ => false,
        }
    }

    /// What two sides of `=` are compared as: truths, else days, else numbers, else texts.
    fn compared(&self, (left, one): (&Node, Type), (right, other): (&Node, Type)) -> Scalar {
        let has = |wanted| one.scalar == wanted || other.scalar == wanted;
        if has(Scalar::Boolean) {
            return Scalar::Boolean;
        }
        if has(Scalar::Date) {
            return Scalar::Date;
        }
        let coded = (self.has_codes(left) && number_literal(right).is_some())
            || (self.has_codes(right) && number_literal(left).is_some());
        if has(Scalar::Number) && !coded {
            return Scalar::Number;
        }
        if has(Scalar::Text) || one.list || other.list { Scalar::Text } else { Scalar::Any }
    }

    /// Whether a node is a choice whose codes are written as numbers are: then a number is meant as a code.
    fn has_codes(&self, node: &Node) -> bool {
        match &node.kind {
            Kind::Reference(reference) => self.target(&reference.path).is_some_and(is_choice),
            Kind::This => self.stand.this == Type::one(Scalar::Text),
            _ => false,
        }
    }

    fn target(&self, path: &str) -> Option<&Target> {
        let names = self.stand.names;
        let (block, name) = match path.split_once('/') {
            Some((rows, name)) => (names.block(rows), name),
            None => (self.stand.block, path),
        };
        let id = names.placed(block, name).or_else(|| names.placed(None, name))?;
        Some(&names.targets[id])
    }

    fn call(&self, node: &Node, function: &'static Function, arguments: &[Node]) -> Made {
        let mut parts: Vec<Made> = arguments.iter().map(|argument| self.node(argument)).collect();
        if let ("selected" | "is-selected", [listed, _], [list, word]) = (function.name, arguments, parts.as_slice())
            && self.holds_codes(listed, list.1)
        {
            return word_among(&list.0, &word.0);
        }
        let branch = branch_of(function, arguments, &parts);
        let mut element = Scalar::Any;
        for (index, argument) in arguments.iter().enumerate() {
            let part = std::mem::take(&mut parts[index].0);
            let made = (part, parts[index].1);
            let wanted = match function.param(index) {
                Param::One(Scalar::Any) | Param::Pattern if made.1.list => Scalar::Text,
                Param::One(scalar) => scalar,
                Param::Values(scalar) if !made.1.list => scalar,
                Param::Ordered if made.1.scalar == Scalar::Text => Scalar::Number,
                Param::Element => element,
                Param::Branch => branch,
                _ => Scalar::Any,
            };
            let made = if argument.is_empty_text() { made } else { self.converted(argument, made, wanted) };
            if matches!(function.param(index), Param::Values(_) | Param::Ordered) && element == Scalar::Any {
                element = made.1.scalar;
            }
            parts[index] = made;
        }
        let first = parts.first().map_or(ANY, |part| part.1);
        let found = match function.gives {
            Gives::One(scalar) => Type::one(scalar),
            Gives::Branch => Type::one(branch),
            Gives::Element => Type::one(element),
            Gives::Special => special(function.name, first),
        };
        let spans: Vec<(Span, Mapped)> =
            arguments.iter().zip(parts).map(|(argument, (made, _))| (argument.span, made)).collect();
        (self.with(node, &spans), found)
    }

    /// Whether a text may hold several codes with spaces between them, as `selected('1 2 3', ${x})` asks in XLSForm: a
    /// written one does where it has a space, a text or calculation may; a choice is one code.
    fn holds_codes(&self, node: &Node, found: Type) -> bool {
        if found != Type::one(Scalar::Text) {
            return false;
        }
        match &node.kind {
            Kind::Literal(Value::Text(text)) => text.trim().contains(char::is_whitespace),
            Kind::Reference(reference) => !self.target(&reference.path).is_some_and(is_choice),
            Kind::This | Kind::Name(_) => false,
            _ => true,
        }
    }

    /// A node as the type that is wanted.
    fn converted(&self, node: &Node, (made, found): Made, wanted: Scalar) -> Made {
        let fits = found.scalar == wanted || found.scalar == Scalar::Any;
        if wanted == Scalar::Any || (fits && !found.list) || node.is_empty_text() {
            return (made, found);
        }
        let literal = |text: &str| Mapped::new(text, made.origin(0));
        let made = match (wanted, &node.kind) {
            (Scalar::Text, Kind::Literal(Value::Number(number))) => literal(&format!("'{}'", text::canonical(*number))),
            (Scalar::Boolean, Kind::Literal(Value::Number(number))) => {
                literal(if *number == 0.0 { "false()" } else { "true()" })
            }
            (Scalar::Number, Kind::Literal(Value::Text(said))) => match said.trim().parse::<f64>() {
                Ok(number) if number.is_finite() && !said.contains(['e', 'E']) => literal(&text::canonical(number)),
                _ => made.between("number(", ")"),
            },
            (Scalar::Text, _) if found.list => made.between("join(' ', ", ")"),
            (Scalar::Boolean, _) if found.list => made.between("not(isblank(", "))"),
            (_, _) if found.list => return (made, found),
            (Scalar::Text, _) => made.between("string(", ")"),
            (Scalar::Number, _) if found.scalar == Scalar::Date => made.between("decimal-date-time(", ")"),
            (Scalar::Number, _) => made.between("number(", ")"),
            (Scalar::Boolean, _) => made.between("boolean(", ")"),
            (Scalar::Date, _) => made.between("date(", ")"),
            (Scalar::Any, _) => made,
        };
        (made, Type::one(wanted))
    }
}

/// Whether a word stands among the words of a text.
fn word_among(text: &Mapped, word: &Mapped) -> Made {
    let mut made = text.clone().between("contains(concat(' ', ", ", ' '), ");
    made.push(&word.clone().between("concat(' ', ", ", ' '))"));
    (made, Type::one(Scalar::Boolean))
}

fn is_choice(target: &Target) -> bool {
    matches!(&target.kind, Asked::Choice(choice) if choice.word == "select_one")
}

fn number_literal(node: &Node) -> Option<f64> {
    match &node.kind {
        Kind::Literal(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

/// The one type that branches can have: their own if they agree, else text.
fn branch_of(function: &Function, arguments: &[Node], parts: &[Made]) -> Scalar {
    let branches = arguments
        .iter()
        .zip(parts)
        .enumerate()
        .filter(|(index, (argument, _))| function.param(*index) == Param::Branch && !argument.is_empty_text());
    let mut found = Scalar::Any;
    for (_, (_, (_, kind))) in branches {
        match (found, kind.scalar) {
            (Scalar::Any, other) => found = other,
            (_, Scalar::Any) => {}
            (one, other) if one == other => {}
            _ => return Scalar::Text,
        }
    }
    found
}

fn special(function: &str, first: Type) -> Type {
    match function {
        "jr:choice-name" | "row" => Type::one(Scalar::Text),
        "previous" | "indexed-repeat" => Type::one(first.scalar),
        "position" => Type::one(Scalar::Number),
        _ => ANY,
    }
}

/// The type of a target; of a calculation, that of what it is computed by.
pub(super) fn type_of(names: &Directory, id: usize) -> Type {
    let target = &names.targets[id];
    let own = types::value_of(&target.kind);
    let Some(calculation) = target.calculation.as_ref().filter(|_| own.scalar == Scalar::Any) else { return own };
    if matches!(target.kind, Asked::Begin(Block::Group | Block::Repeat | Block::Loop(_))) {
        return ANY;
    }
    if let Some(known) = names.types.borrow().get(&id) {
        return known.unwrap_or(ANY);
    }
    // Further away than this is nothing that was not asked for in the order of the sheet.
    const DEPTH: usize = 40;
    if names.looking.get() > DEPTH {
        return ANY;
    }
    names.looking.set(names.looking.get() + 1);
    names.types.borrow_mut().insert(id, None);
    let found = computed(names, target.block, calculation);
    names.looking.set(names.looking.get() - 1);
    names.types.borrow_mut().insert(id, Some(found));
    found
}

fn computed(names: &Directory, block: Option<usize>, calculation: &str) -> Type {
    let lists = super::choices::Lists::default();
    let place = super::paths::Place { names, lists: &lists, block, filter: Filter::None, default: false };
    let rewritten = super::paths::rewrite(calculation, place);
    let (Some(expr), _) = parse_through(&rewritten.mapped.text) else { return Type::one(Scalar::Text) };
    let stand = Stand { names, block, this: ANY, filter: Filter::None };
    let (_, found) = coerce(&rewritten.mapped, &expr, stand, Scalar::Any);
    let scalar = if found.scalar == Scalar::Any { Scalar::Text } else { found.scalar };
    Type::one(scalar)
}

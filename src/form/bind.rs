//! Binds every expression of a form to what it names, checks its type, and finds the order of computing.

use std::cell::Cell;

use crate::expr::{self, Expr, ExprFault, Names, Reference, Scalar, Slot, Span, Type};
use crate::form::choices::From;
use crate::form::model::{Form, Item};
use crate::form::order::order;
use crate::form::source::Source;
use crate::lang::Words;
use crate::text;

/// For how many unknown names of a form the likeliest known one is looked for: each looks at all names.
const HINTS: usize = 100;

/// Where an expression stands: what it may reach and what it must give.
struct Stand {
    /// The table whose row it is computed in.
    table: Option<usize>,
    /// The type of `.`.
    this: Option<Type>,
    /// It may look at other periods, forms and organisations (language law 5).
    outside: bool,
    /// It may look at the organisation's peers.
    peers: bool,
    /// It only offers an answer, which people see and may change.
    offers: bool,
    /// The type it must have.
    gives: Scalar,
    /// It may also give a list of these.
    many: bool,
    /// The list whose choices' attributes bare names are.
    choices: Option<usize>,
}

impl Stand {
    /// Outside tables, where only the report itself is seen.
    fn giving(gives: Scalar) -> Stand {
        Stand {
            table: None,
            this: None,
            outside: false,
            peers: false,
            offers: false,
            gives,
            many: false,
            choices: None,
        }
    }
}

/// Binds the form's expressions; faults go to the source.
pub(super) fn bind(form: &mut Form, source: &Source<'_>) {
    let directory = form.clone();
    let mut faults: Vec<(usize, ExprFault)> = Vec::new();
    let hints = Cell::new(HINTS);
    each_expression(form, &directory, &mut |expr, stand| {
        let names = Here { form: &directory, stand: &stand, hints: &hints };
        match expr::check(expr, &names) {
            Err(found) => faults.extend(found.into_iter().map(|fault| (expr.origin, fault))),
            Ok(found) if !fits(found, &stand) => {
                let message = Words::new("form.expression-type")
                    .with("expected", Type::one(stand.gives).words())
                    .with("found", found.words());
                faults.push((expr.origin, ExprFault::new(expr.root.span, "wrong-type", message)));
            }
            Ok(_) => {}
        }
    });
    for (origin, fault) in faults {
        source.fault(form.origins[origin].of(fault.span), fault.code, fault.message, fault.hint);
    }
    order(form, source);
}

fn fits(found: Type, stand: &Stand) -> bool {
    let scalar = found.scalar == stand.gives || found.scalar == Scalar::Any || stand.gives == Scalar::Any;
    scalar && (stand.many || !found.list)
}

fn each_expression(form: &mut Form, directory: &Form, visit: &mut dyn FnMut(&mut Expr, Stand)) {
    let plain = Stand::giving;
    for condition in &mut form.conditions {
        visit(condition, plain(Scalar::Boolean));
    }
    for field in &mut form.fields {
        let (table, value) = (field.table, field.value_type());
        let stand = |gives| Stand { table, ..Stand::giving(gives) };
        for expr in field.relevant.iter_mut().chain(&mut field.required) {
            visit(expr, stand(Scalar::Boolean));
        }
        for expr in field.constraint.iter_mut() {
            visit(expr, Stand { this: Some(value), ..stand(Scalar::Boolean) });
        }
        for expr in field.choice_filter.iter_mut() {
            visit(expr, Stand { choices: field.choices, ..stand(Scalar::Boolean) });
        }
        for expr in field.default.iter_mut() {
            visit(expr, Stand { outside: true, offers: true, many: value.list, ..stand(value.scalar) });
        }
        for expr in field.calculation.iter_mut() {
            visit(expr, stand(value.scalar));
        }
    }
    let outside = |table, gives| Stand { table, outside: true, ..Stand::giving(gives) };
    for check in &mut form.checks {
        visit(&mut check.test, outside(check.over, Scalar::Boolean));
    }
    for indicator in &mut form.indicators {
        visit(&mut indicator.numerator, outside(indicator.over, Scalar::Number));
        for expr in indicator.denominator.iter_mut() {
            visit(expr, outside(indicator.over, Scalar::Number));
        }
    }
    for list in &mut form.classifications {
        for ground in &mut list.grounds {
            visit(&mut ground.rule, Stand { peers: true, ..outside(None, Scalar::Boolean) });
        }
    }
    debug_assert_eq!(form.fields.len(), directory.fields.len());
}

/// The names that an expression sees where it stands.
struct Here<'a> {
    form: &'a Form,
    stand: &'a Stand,
    /// How many suggestions may still be looked for.
    hints: &'a Cell<usize>,
}

impl Names for Here<'_> {
    fn reference(&self, reference: &Reference, within: Option<&str>, span: Span) -> Result<(Slot, Type), ExprFault> {
        let of_peers = within == Some("peers");
        if let Some(form) = reference.form.as_ref().filter(|_| !of_peers) {
            return if within == Some("previous") {
                let hint = Words::new("form.previous-of-other-hint");
                Err(ExprFault::new(span, "reach", Words::new("form.previous-of-other")).hinting(Some(hint)))
            } else if within == Some("jr:choice-name") {
                self.with_choices((Slot::Unbound, Type::one(Scalar::Any)), span)
            } else if self.stand.outside {
                Ok((Slot::Unbound, Type::one(Scalar::Any)))
            } else {
                Err(outside_fault(&format!("${{{form}:{}}}", reference.path), span))
            };
        }
        let parts: Vec<&str> = reference.path.split('/').collect();
        let found = match parts.as_slice() {
            _ if of_peers && reference.form.is_some() => Err(one_question(span)),
            [name] if within == Some("count") => self.rows_named(name).map_or_else(|| self.single(name, span), Ok),
            [name] => self.single(name, span),
            [table, column] => match self.column(table, column, span) {
                Ok(_) if of_peers => Err(one_question(span)),
                found => found,
            },
            [table, row, column] => self.cell(table, row, column, span),
            _ => Err(self.unknown(&reference.path, span)),
        };
        match within {
            Some("jr:choice-name") => found.and_then(|found| self.with_choices(found, span)),
            Some(away @ ("previous" | "children")) => found.and_then(|found| self.same_row(found, away, span)),
            _ => found,
        }
    }

    fn rows(&self, reference: &Reference, span: Span) -> Result<Slot, ExprFault> {
        let path = reference.path.as_str();
        if let Some(form) = &reference.form {
            return Err(ExprFault::new(span, "reach", Words::new("form.rows-of-other").with("form", form)));
        }
        if let Some((slot, _)) = self.rows_named(path) {
            return Ok(slot);
        }
        if let Some((table, column)) = path.split_once('/').filter(|(table, _)| self.table(table).is_some()) {
            let hint = Words::new("form.rows-of-column").with("suggestion", format!("${{{table}}}[…]/{column}"));
            return Err(reach(path, hint, span));
        }
        if self.field(None, path).is_some() {
            return Err(ExprFault::new(span, "wrong-type", Words::new("expr.no-rows").with("name", path)));
        }
        let known = self.form.tables.iter().map(|table| table.name.as_str());
        Err(unknown(path, known, span))
    }

    fn column(&self, of: &Reference, name: &str, span: Span) -> Result<(Slot, Type), ExprFault> {
        let Some(table) = self.table(&of.path) else { return Err(self.unknown(&of.path, span)) };
        match self.field(Some(table), name) {
            Some(field) => Ok((Slot::Column(field), self.type_of(field))),
            None => {
                let columns = self.form.tables[table].columns.iter();
                Err(unknown(name, columns.map(|field| self.form.fields[*field].name.as_str()), span))
            }
        }
    }

    fn name(&self, name: &str, span: Span) -> Result<(Slot, Type), ExprFault> {
        let Some(list) = self.stand.choices else { return Err(expr::bare_name(name, span)) };
        let list = &self.form.choices[list];
        let known: Vec<&str> = match list.from {
            From::Form => list.iter().flat_map(|choice| choice.attributes.keys().map(String::as_str)).collect(),
            From::Organisations(_) => OF_ORGANISATIONS.to_vec(),
        };
        if !matches!(name, "name" | "label") && !known.contains(&name) {
            return Err(unknown(name, known.into_iter().chain(["name", "label"]), span));
        }
        let attributes = || list.iter().filter_map(|choice| choice.attributes.get(name));
        Ok((Slot::Unbound, common(attributes().map(Type::of)).unwrap_or(Type::one(Scalar::Text))))
    }

    fn this(&self) -> Option<Type> {
        self.stand.this
    }

    fn special(&self, function: &'static str, word: Option<&str>, span: Span) -> Result<Type, ExprFault> {
        let word = word.unwrap_or_default();
        match function {
            "parameter" => match self.form.parameter(word) {
                Some(value) => Ok(Type::of(value)),
                None => Err(unknown(word, self.form.parameters.iter().map(|(name, _)| name.as_str()), span)),
            },
            "row" => self.row(word, span),
            "position" if self.stand.table.is_some() => Ok(Type::one(Scalar::Number)),
            "position" => Err(ExprFault::new(span, "reach", Words::new("form.position-outside"))),
            "jr:choice-name" => Ok(Type::one(Scalar::Text)),
            "peers" if !self.stand.peers => {
                let fault = ExprFault::new(span, "reach", Words::new("form.peers-outside"));
                Err(fault.hinting(Some(Words::new("form.peers-outside-hint"))))
            }
            _ if !self.stand.outside => Err(outside_fault(function, span)),
            _ => Ok(Type::one(Scalar::Any)),
        }
    }
}

impl Here<'_> {
    fn field(&self, table: Option<usize>, name: &str) -> Option<usize> {
        self.form.fields.iter().position(|field| field.table == table && field.name == name)
    }

    fn table(&self, name: &str) -> Option<usize> {
        self.form.tables.iter().position(|table| table.name == name)
    }

    /// The rows of a table of this name, unless a question has it.
    fn rows_named(&self, name: &str) -> Option<(Slot, Type)> {
        let table = self.table(name).filter(|_| self.field(None, name).is_none())?;
        Some((Slot::Rows(table), Type::many(Scalar::Boolean)))
    }

    fn type_of(&self, field: usize) -> Type {
        self.form.fields[field].value_type()
    }

    fn single(&self, name: &str, span: Span) -> Result<(Slot, Type), ExprFault> {
        if let Some(table) = self.stand.table
            && let Some(field) = self.field(Some(table), name)
        {
            return Ok((Slot::Here(field), self.type_of(field)));
        }
        if let Some(field) = self.field(None, name) {
            return Ok((Slot::Field(field), self.type_of(field)));
        }
        if let Some(field) = self.form.fields.iter().position(|field| field.name == name)
            && let Some(table) = self.form.fields[field].table
        {
            let suggestion = format!("${{{}/{name}}}", self.form.tables[table].name);
            return Err(reach(name, Words::new("form.reach-column").with("suggestion", suggestion), span));
        }
        if let Some(table) = self.table(name) {
            let column =
                self.form.tables[table].columns.first().map_or("…", |field| self.form.fields[*field].name.as_str());
            let suggestion = format!("${{{name}/{column}}}");
            return Err(reach(name, Words::new("form.reach-table").with("suggestion", suggestion), span));
        }
        if group_names(self.form).contains(&name.to_owned()) {
            return Err(reach(name, Words::new("form.reach-group"), span));
        }
        Err(self.unknown(name, span))
    }

    fn column(&self, table: &str, column: &str, span: Span) -> Result<(Slot, Type), ExprFault> {
        let path = format!("{table}/{column}");
        let Some(number) = self.table(table) else {
            if group_names(self.form).contains(&table.to_owned()) && self.field(None, column).is_some() {
                let hint = Words::new("form.reach-in-group").with("suggestion", format!("${{{column}}}"));
                return Err(reach(&path, hint, span));
            }
            return Err(self.unknown(&path, span));
        };
        if let Some(field) = self.field(Some(number), column) {
            return Ok((Slot::Column(field), Type::many(self.type_of(field).scalar)));
        }
        let found = &self.form.tables[number];
        if found.rows.iter().any(|row| row.name == column) {
            let first = found.columns.first().map_or("…", |field| self.form.fields[*field].name.as_str());
            let suggestion = format!("${{{table}/{column}/{first}}}");
            return Err(reach(&path, Words::new("form.reach-row").with("suggestion", suggestion), span));
        }
        Err(self.unknown(&path, span))
    }

    fn cell(&self, table: &str, row: &str, column: &str, span: Span) -> Result<(Slot, Type), ExprFault> {
        let cell = self.table(table).and_then(|number| {
            let row = self.form.tables[number].rows.iter().position(|known| known.name == row)?;
            Some((self.field(Some(number), column)?, row))
        });
        match cell {
            Some((field, row)) => Ok((Slot::Cell(field, row), self.type_of(field))),
            None => Err(self.unknown(&format!("{table}/{row}/{column}"), span)),
        }
    }

    fn row(&self, word: &str, span: Span) -> Result<Type, ExprFault> {
        let Some(table) = self.stand.table else {
            return Err(ExprFault::new(span, "reach", Words::new("form.row-outside-table")));
        };
        let rows = &self.form.tables[table].rows;
        if matches!(word, "name" | "label" | "code") {
            return Ok(Type::one(Scalar::Text));
        }
        let known: Vec<&str> = rows.iter().flat_map(|row| row.attributes.keys().map(String::as_str)).collect();
        if !known.contains(&word) {
            return Err(unknown(word, known.into_iter().chain(["name", "label", "code"]), span));
        }
        let types = rows.iter().filter_map(|row| row.attributes.get(word)).map(Type::of);
        Ok(common(types).unwrap_or(Type::one(Scalar::Any)))
    }

    /// The rows of a repeat are other ones in every report, so none has the same row elsewhere. What an answer begins
    /// with may be taken from the row of the same number: people see it.
    fn same_row(&self, found: (Slot, Type), away: &str, span: Span) -> Result<(Slot, Type), ExprFault> {
        let Slot::Here(field) = found.0 else { return Ok(found) };
        if self.stand.offers || !self.form.in_repeat(field) {
            return Ok(found);
        }
        let hint =
            Words::new("form.same-row-hint").with("suggestion", format!("{away}(${{{}}})", self.form.name_of(field)));
        Err(ExprFault::new(span, "reach", Words::new("form.same-row").with("name", away)).hinting(Some(hint)))
    }

    /// What `jr:choice-name()` names must be a question with choices of this form.
    fn with_choices(&self, found: (Slot, Type), span: Span) -> Result<(Slot, Type), ExprFault> {
        let field = match found.0 {
            Slot::Field(field) | Slot::Here(field) | Slot::Column(field) | Slot::Cell(field, _) => Some(field),
            Slot::Rows(_) | Slot::Unbound => None,
        };
        let chosen = field.is_some_and(|field| self.form.fields[field].choices.is_some());
        if chosen { Ok(found) } else { Err(ExprFault::new(span, "wrong-type", Words::new("form.no-choices-to-name"))) }
    }

    /// Every path that a reference could name, for suggestions.
    fn paths(&self) -> Vec<String> {
        let form = self.form;
        let mut paths = Vec::new();
        for (number, field) in form.fields.iter().enumerate() {
            match field.table {
                Some(table) => {
                    paths.push(format!("{}/{}", form.tables[table].name, field.name));
                    paths.extend((0..form.height(number)).take(200).map(|row| form.path(number, row)));
                    if self.stand.table == Some(table) {
                        paths.push(field.name.clone());
                    }
                }
                None => paths.push(field.name.clone()),
            }
        }
        paths
    }

    fn unknown(&self, path: &str, span: Span) -> ExprFault {
        let left = self.hints.get();
        self.hints.set(left.saturating_sub(1));
        if left == 0 {
            return unknown(path, std::iter::empty(), span);
        }
        unknown(path, self.paths().iter().map(String::as_str), span)
    }
}

/// What a filter may ask of an organisation besides its code and name.
const OF_ORGANISATIONS: [&str; 2] = ["type", "above"];

/// The type that some values have in common, if there are any.
fn common(mut types: impl Iterator<Item = Type>) -> Option<Type> {
    let first = types.next()?;
    Some(if types.all(|other| other == first) { first } else { Type::one(Scalar::Any) })
}

fn unknown<'k>(name: &str, known: impl Iterator<Item = &'k str>, span: Span) -> ExprFault {
    let hint = text::nearest(name, known).map(|near| Words::new("form.did-you-mean").with("name", near));
    ExprFault::new(span, "unknown-name", Words::new("form.unknown-name").with("name", name)).hinting(hint)
}

fn reach(name: &str, hint: Words, span: Span) -> ExprFault {
    ExprFault::new(span, "reach", Words::new("form.reach").with("name", name)).hinting(Some(hint))
}

fn outside_fault(what: &str, span: Span) -> ExprFault {
    ExprFault::new(span, "reach", Words::new("form.reach-outside").with("name", what))
}

/// What `peers` compares is one figure of each organisation.
fn one_question(span: Span) -> ExprFault {
    let hint = Words::new("form.peers-one-hint");
    ExprFault::new(span, "reach", Words::new("form.peers-one")).hinting(Some(hint))
}

fn group_names(form: &Form) -> Vec<String> {
    fn collect(items: &[Item], names: &mut Vec<String>) {
        for item in items {
            if let Item::Group(group) = item {
                names.push(group.name.clone());
                collect(&group.items, names);
            }
        }
    }
    let mut names: Vec<String> = form.groups.iter().map(|group| group.name.clone()).collect();
    form.groups.iter().for_each(|group| collect(&group.items, &mut names));
    names
}

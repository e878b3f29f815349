//! What a form's checks, lists and indicators look at besides the report, so that just that is loaded.

use crate::error::{Fault, Place};
use crate::expr::{Expr, Kind, Reference, Slot, Value};
use crate::form::model::{Form, Indicator};
use crate::form::source::Source;
use crate::lang::Words;
use crate::text;

/// What must be loaded to fill or classify a report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reach {
    /// How many periods back.
    pub previous: u32,
    /// The other forms' ids.
    pub others: Vec<String>,
    /// The forms, this one too, that are read of subordinate organisations.
    pub children: Vec<String>,
    /// What is read of other forms, wherever: form and path.
    pub paths: Vec<(String, String)>,
    /// Attributes of the organisation.
    pub org: bool,
}

impl Form {
    /// Every expression that may look outside the report.
    fn outward(&self) -> impl Iterator<Item = &Expr> {
        let defaults = self.fields.iter().filter_map(|field| field.default.as_ref());
        let tests = self.checks.iter().map(|check| &check.test);
        let parts = self.indicators.iter().flat_map(|i| std::iter::once(&i.numerator).chain(&i.denominator));
        let rules = self.classifications.iter().flat_map(|list| list.grounds.iter().map(|ground| &ground.rule));
        defaults.chain(tests).chain(parts).chain(rules)
    }

    /// What a field is called in expressions and faults: `question` or `table/column`.
    pub fn name_of(&self, field: usize) -> String {
        let own = &self.fields[field];
        own.table.map_or_else(|| own.name.clone(), |table| format!("{}/{}", self.tables[table].name, own.name))
    }

    /// What its expressions reach.
    pub fn reach(&self) -> &Reach {
        self.reach.get_or_init(|| self.find_reach())
    }

    fn find_reach(&self) -> Reach {
        let mut reach = Reach::default();
        for expr in self.outward() {
            for (reference, within) in expr.references() {
                reach.reference(&self.id, reference, within);
            }
            expr.root.walk(&mut |node| match &node.kind {
                Kind::Call(function, arguments) if function.name == "previous" => {
                    let periods = match arguments.get(1).map(|node| &node.kind) {
                        Some(Kind::Literal(Value::Number(n))) => n.clamp(1.0, 100.0),
                        Some(_) => 10.0,
                        None => 1.0,
                    };
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1 to 100")]
                    let periods = periods as u32;
                    reach.previous = reach.previous.max(periods);
                }
                Kind::Call(function, _) if function.name == "org" => reach.org = true,
                _ => {}
            });
        }
        reach
    }

    /// The place of the start of an expression's node in the form's file.
    fn place_of(&self, expr: &Expr, at: crate::expr::Span, file: &str) -> Place {
        let source = Source::new(&self.source, file);
        source.place(self.origins.get(expr.origin).map_or(0, |origin| origin.of(at)))
    }
}

impl Reach {
    /// Whether anything of a form is read, of the same organisation or of those below it.
    pub fn reads(&self, form: &str) -> bool {
        self.others.iter().chain(&self.children).any(|read| read == form)
    }

    fn reference(&mut self, own: &str, reference: &Reference, within: Option<&str>) {
        let below = within == Some("children");
        let Some(form) = reference.form.as_deref().or(below.then_some(own)) else { return };
        let known = if below { &mut self.children } else { &mut self.others };
        if !known.iter().any(|one| one == form) {
            known.push(form.to_owned());
        }
        let path = (form.to_owned(), reference.path.clone());
        if reference.form.is_some() && !self.paths.contains(&path) {
            self.paths.push(path);
        }
    }

    /// The paths that are read of another form.
    pub(super) fn paths_of(&self, form: &str) -> impl Iterator<Item = &str> {
        self.paths.iter().filter(move |(of, _)| of == form).map(|(_, path)| path.as_str())
    }
}

/// What another form calls the parts of an indicator: `indicator/numerator`, with the row between them where there is
/// a figure a row.
pub(super) const PARTS: [&str; 2] = ["numerator", "denominator"];

/// The indicator and the row of a path that can only name a part of one.
pub(super) fn parts_of(path: &str) -> Option<(&str, Option<&str>)> {
    let (before, part) = path.rsplit_once('/')?;
    let (indicator, row) = before.split_once('/').map_or((before, None), |(name, row)| (name, Some(row)));
    PARTS.contains(&part).then_some((indicator, row))
}

/// Follows `${other-form:path}` of a form into the other forms; `file` is the name that faults call it.
pub fn check_others(form: &Form, file: &str, find: &dyn Fn(&str) -> Option<Form>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for expr in form.outward() {
        expr.root.walk(&mut |node| {
            let Kind::Reference(reference) = &node.kind else { return };
            let (Some(other), Slot::Unbound) = (&reference.form, reference.slot) else { return };
            let Some((code, message, hint)) = amiss(other, &reference.path, find(other).as_ref()) else { return };
            let fault = Fault::error(form.place_of(expr, node.span, file), code, message);
            faults.push(fault.hinting(hint));
        });
    }
    faults
}

/// What is wrong with a path of another form, and what was probably meant.
fn amiss(id: &str, path: &str, other: Option<&Form>) -> Option<(&'static str, Words, Option<Words>)> {
    let Some(other) = other else {
        return Some(("unknown-name", Words::new("form.unknown-form").with("name", id), None));
    };
    let said = |key| Words::new(key).with("name", path).with("form", id);
    match part_named(other, path) {
        _ if names(other, path) => None,
        Some(indicator) if looks_outside(indicator) => Some(("reach", said("form.indicator-outside"), None)),
        Some(_) => None,
        None => {
            let paths = paths(other);
            let near = text::nearest(path, paths.iter().map(String::as_str));
            let hint = near.map(|near| Words::new("form.did-you-mean").with("name", format!("{id}:{near}")));
            Some(("unknown-name", said("form.unknown-in-form"), hint))
        }
    }
}

fn names(form: &Form, path: &str) -> bool {
    form.locate(path).is_some() || form.repeat_named(path).is_some() || paths(form).iter().any(|known| known == path)
}

/// The indicator that a path names a part of.
fn part_named<'a>(form: &'a Form, path: &str) -> Option<&'a Indicator> {
    let (name, row) = parts_of(path)?;
    let indicator = form.indicators.iter().find(|indicator| indicator.name == name)?;
    let rows = indicator.over.filter(|_| indicator.by_row).map(|table| &form.tables[table]);
    let known = match row {
        None => true,
        Some(row) => rows.is_some_and(|table| table.row_named(row).is_some()),
    };
    (known && (path.ends_with(PARTS[0]) || indicator.denominator.is_some())).then_some(indicator)
}

/// Whether an indicator depends on more than its own report: then no other form can read it, because what it says
/// would have to be computed again whenever something further away changes.
fn looks_outside(indicator: &Indicator) -> bool {
    let outside = |expr: &Expr| {
        let mut outside = false;
        expr.root.walk(&mut |node| {
            outside |= match &node.kind {
                Kind::Reference(reference) => reference.form.is_some(),
                Kind::Call(function, _) => matches!(function.name, "previous" | "children" | "peers" | "org" | "today"),
                _ => false,
            };
        });
        outside
    };
    outside(&indicator.numerator) || indicator.denominator.as_ref().is_some_and(outside)
}

/// The paths of questions and columns.
fn paths(form: &Form) -> Vec<String> {
    (0..form.fields.len()).map(|field| form.name_of(field)).collect()
}

//! What a form's checks, lists and indicators look at besides the report, so that just that is loaded.

use crate::error::{Fault, Place};
use crate::expr::{Expr, Kind, Slot, Value};
use crate::form::model::Form;
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
    /// Values of subordinate organisations.
    pub children: bool,
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
            expr.root.walk(&mut |node| match &node.kind {
                Kind::Reference(reference) => {
                    if let Some(form) = &reference.form
                        && !reach.others.contains(form)
                    {
                        reach.others.push(form.clone());
                    }
                }
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
                Kind::Call(function, _) if function.name == "children" => reach.children = true,
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

/// Follows `${other-form:path}` of a form into the other forms; `file` is the name that faults call it.
pub fn check_others(form: &Form, file: &str, find: &dyn Fn(&str) -> Option<Form>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for expr in form.outward() {
        expr.root.walk(&mut |node| {
            let Kind::Reference(reference) = &node.kind else { return };
            let (Some(other), Slot::Unbound) = (&reference.form, reference.slot) else { return };
            let mut hint = None;
            let message = match find(other) {
                None => Words::new("form.unknown-form").with("name", other),
                Some(found) if names(&found, &reference.path) => return,
                Some(found) => {
                    let paths = paths(&found);
                    let near = text::nearest(&reference.path, paths.iter().map(String::as_str));
                    hint = near.map(|near| Words::new("form.did-you-mean").with("name", format!("{other}:{near}")));
                    Words::new("form.unknown-in-form").with("name", &reference.path).with("form", other)
                }
            };
            let fault = Fault::error(form.place_of(expr, node.span, file), "unknown-name", message);
            faults.push(fault.hinting(hint));
        });
    }
    faults
}

fn names(form: &Form, path: &str) -> bool {
    form.locate(path).is_some() || paths(form).iter().any(|known| known == path)
}

/// The paths of questions and columns.
fn paths(form: &Form) -> Vec<String> {
    (0..form.fields.len()).map(|field| form.name_of(field)).collect()
}

//! The order in which the fields of a form are computed, and the cycles that make one impossible.

use crate::expr::{Expr, Slot};
use crate::form::model::Form;
use crate::form::source::Source;
use crate::lang::Words;

/// The fields that a field is computed from: through its calculation, its relevance and the conditions around it.
fn needs(form: &Form, field: usize) -> Vec<(usize, &Expr)> {
    let own = &form.fields[field];
    let around = own.within.iter().map(|condition| &form.conditions[*condition]);
    let exprs = own.calculation.iter().chain(&own.relevant).chain(around);
    let mut needs = Vec::new();
    for expr in exprs {
        for other in asked(expr).flat_map(|slot| behind(form, slot)) {
            needs.push((other, expr));
        }
    }
    // A condition around the field that counts rows waits for what shows them, and never for itself.
    for expr in own.within.iter().map(|condition| &form.conditions[*condition]) {
        let counted = asked(expr).filter_map(|slot| if let Slot::Rows(table) = slot { Some(table) } else { None });
        needs.extend(counted.filter_map(|table| form.tables[table].columns.first()).map(|first| (*first, expr)));
    }
    needs
}

fn asked(expr: &Expr) -> impl Iterator<Item = Slot> {
    expr.references().into_iter().map(|(reference, _)| reference.slot)
}

/// The fields that a reference looks at. How many rows there are, an answer says; but of a hidden table there are none,
/// so what shows it is looked at.
fn behind(form: &Form, slot: Slot) -> Vec<usize> {
    match slot {
        Slot::Field(other) | Slot::Here(other) | Slot::Column(other) | Slot::Cell(other, _) => vec![other],
        Slot::Rows(table) => {
            let around = form.tables[table].columns.first().map_or(&[][..], |first| &form.fields[*first].within);
            let shown_by = around.iter().flat_map(|condition| asked(&form.conditions[*condition]));
            shown_by
                .flat_map(|slot| match slot {
                    Slot::Rows(other) => form.tables[other].columns.first().copied(),
                    Slot::Field(other) | Slot::Here(other) | Slot::Column(other) | Slot::Cell(other, _) => Some(other),
                    Slot::Unbound => None,
                })
                .collect()
        }
        Slot::Unbound => Vec::new(),
    }
}

/// Depth-first order of fields; a field met again while it is being visited closes a cycle.
struct Ordering<'a> {
    form: &'a Form,
    needs: Vec<Vec<(usize, &'a Expr)>>,
    done: Vec<bool>,
    trail: Vec<usize>,
    order: Vec<usize>,
    cycles: Vec<(usize, Vec<usize>)>,
}

/// Puts the fields in an order in which each comes after those that it is computed from; a cycle is a fault.
pub(super) fn order(form: &mut Form, source: &Source<'_>) {
    let count = form.fields.len();
    let needs: Vec<_> = (0..count).map(|field| needs(form, field)).collect();
    let mut ordering =
        Ordering { form, needs, done: vec![false; count], trail: Vec::new(), order: Vec::new(), cycles: Vec::new() };
    for field in 0..count {
        ordering.visit(field);
    }
    let (order, cycles) = (ordering.order, ordering.cycles);
    for (origin, cycle) in cycles {
        let names: Vec<String> = cycle.iter().map(|field| form.name_of(*field)).collect();
        let message = Words::new("form.cycle").with("names", names.join(" → "));
        source.fault(form.origins[origin].start(), "cycle", message, None);
    }
    form.order = order;
}

impl Ordering<'_> {
    /// Visits with a stack of its own: a chain of ten thousand calculations must not end the process.
    fn visit(&mut self, first: usize) {
        if self.done[first] {
            return;
        }
        let mut next = vec![0usize];
        self.trail.push(first);
        while let (Some(field), Some(at)) = (self.trail.last().copied(), next.last_mut()) {
            let Some(&(other, expr)) = self.needs[field].get(*at) else {
                self.done[field] = true;
                self.order.push(field);
                self.trail.pop();
                next.pop();
                continue;
            };
            *at += 1;
            if let Some(from) = self.trail.iter().position(|known| *known == other) {
                let cycle = self.trail[from..].iter().copied().chain([other]).collect();
                self.cycles.push((expr.origin, cycle));
            } else if !self.done[other] {
                self.trail.push(other);
                next.push(0);
            }
        }
        debug_assert!(self.form.fields.len() >= self.order.len());
    }
}

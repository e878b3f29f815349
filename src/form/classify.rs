//! Classifications: evaluated when read, three-valued, with the reasons and how much of them is known.

use crate::expr::{Expr, Kind, Value};
use crate::form::fill::{Context, View};
use crate::form::model::{Classification, Form, Ground};
use crate::form::peers::{Standing, standing};
use crate::form::slots::{Slots, Values};
use crate::period::Period;

/// What a classification says of one organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// On the list, off it, or not determined.
    pub is_in: Option<bool>,
    /// The first ground that is true.
    pub ground: Option<usize>,
    /// Every ground's answer, in their order.
    pub grounds: Vec<Option<bool>>,
    /// The reasons.
    pub because: Vec<Reason>,
    /// How many relevant cells of the reasons' column are known, of how many.
    pub known: (usize, usize),
    /// The place among the organisations of the region, where a rule asks for it.
    pub standing: Option<Standing>,
}

/// A reason: a true cell of the column of reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The row's path (`results/oge_math_9`), or the question's.
    pub at: String,
    /// The row, if the reasons stand in a table.
    pub row: Option<usize>,
    /// The period; absent where none was given.
    pub period: Option<Period>,
    /// How many periods back.
    pub back: u32,
}

impl Form {
    /// What a classification of this form says, from stored values of this and earlier periods.
    ///
    /// `values` are the counting values of the period; the context holds those of the periods before.
    pub fn classify(&self, list: &Classification, values: &Values, context: &Context) -> Verdict {
        let slots = Slots::of(self, values);
        let previous: Vec<Slots> = context.previous.iter().map(|values| Slots::of(self, values)).collect();
        let view = View::new(self, &slots, context, &previous);
        let grounds: Vec<Option<bool>> =
            list.grounds.iter().map(|ground| view.evaluate(&ground.rule).as_boolean()).collect();
        let ground = grounds.iter().position(|answer| *answer == Some(true));
        let is_in = match ground {
            Some(_) => Some(true),
            None if grounds.contains(&None) => None,
            None => Some(false),
        };
        let (because, known) = match list.because {
            Some(field) => (reasons(list, field, &grounds, &view), known(&view, field)),
            None => (Vec::new(), (0, 0)),
        };
        Verdict { is_in, ground, grounds, because, known, standing: standing(list, &view) }
    }

    /// The rows in which a field is shown, given the stored values of a report.
    pub fn shown_rows(&self, field: usize, values: &Values, context: &Context) -> Vec<usize> {
        let slots = Slots::of(self, values);
        shown(&View::new(self, &slots, context, &[]), field)
    }
}

/// The true cells of this period, then of each earlier period that a true ground looks at.
fn reasons(list: &Classification, field: usize, grounds: &[Option<bool>], view: &View<'_>) -> Vec<Reason> {
    let true_grounds = list.grounds.iter().zip(grounds).filter(|(_, answer)| **answer == Some(true));
    let mut backs: Vec<u32> = true_grounds.flat_map(|(ground, _)| backs(ground)).collect();
    backs.push(0);
    backs.sort_unstable();
    backs.dedup();
    let mut reasons = Vec::new();
    for back in backs {
        let values = match usize::try_from(back).unwrap_or(0).checked_sub(1) {
            None => Some(view.values),
            Some(index) => view.previous.get(index),
        };
        let Some(values) = values else { continue };
        for row in 0..values.height(field) {
            if *values.get(field, row) == Value::Boolean(true) {
                let period = view.context.period.and_then(|period| period.back(back));
                let path = view.form.path(field, row);
                let in_table = view.form.fields[field].table.is_some();
                let at =
                    if in_table { path.rsplit_once('/').map_or(path.clone(), |(row, _)| row.to_owned()) } else { path };
                reasons.push(Reason { at, row: in_table.then_some(row), period, back });
            }
        }
    }
    reasons
}

/// How many periods back the calls of `previous` in a rule look.
fn backs(ground: &Ground) -> Vec<u32> {
    let mut backs = Vec::new();
    ground.rule.root.walk(&mut |node| {
        let Kind::Call(function, arguments) = &node.kind else { return };
        if function.name != "previous" {
            return;
        }
        let periods = arguments.get(1).and_then(|node| match &node.kind {
            Kind::Literal(Value::Number(n)) => Some(*n),
            _ => None,
        });
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1 to 100")]
        backs.push(periods.unwrap_or(1.0).clamp(1.0, 100.0) as u32);
    });
    backs
}

/// How many shown cells of the column of reasons have a value, of how many shown.
fn known(view: &View<'_>, field: usize) -> (usize, usize) {
    let shown = shown(view, field);
    let known = shown.iter().filter(|row| !view.values.get(field, **row).is_empty()).count();
    (known, shown.len())
}

fn shown(view: &View<'_>, field: usize) -> Vec<usize> {
    let own = &view.form.fields[field];
    let holds = |expr: &Expr, view: &View<'_>| view.evaluate(expr) == Value::Boolean(true);
    let around = own.within.iter().all(|condition| holds(&view.form.conditions[*condition], &view.at(None, 0)));
    let shows = |row: &usize| own.relevant.as_ref().is_none_or(|expr| holds(expr, &view.at(own.table, *row)));
    (0..view.values.height(field)).filter(|row| around && shows(row)).collect()
}

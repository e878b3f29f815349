//! Indicators and lists: what counting reports add up to over a territory, and which organisations a rule names.

pub mod actions;
mod ahead;
mod lists;
mod peers;
mod programme;
mod reading;
mod store;
mod sums;

use std::sync::Arc;

use crate::access::Scope;
use crate::form::kind::Control;
use crate::form::{Field, Form, Unit};
use crate::ids::OrgId;
use crate::org::Org;
use crate::period::Period;
use crate::report::figures::Tally;
use crate::report::version::Version;

pub use ahead::Ahead;
pub use lists::{Entry, ListTable, Move, Side, Why};
pub use reading::{Contribution, Part, Reading};
pub use sums::Sums;

/// Which figures are asked for.
#[derive(Debug, Clone)]
pub struct Query {
    /// The form's id; its newest published version says what is computed.
    pub form: String,
    /// The period.
    pub period: Period,
    /// The wave; nothing as a rule.
    pub wave: String,
    /// The territory.
    pub scope: Scope,
    /// The switch «только принятые».
    pub accepted: bool,
    /// What a figure is given for besides the total.
    pub level: Level,
}

impl Query {
    /// All that counts of a form in a period, by municipalities.
    pub fn new(form: &str, period: Period, scope: Scope) -> Query {
        let form = form.to_owned();
        Query { form, period, wave: String::new(), scope, accepted: false, level: Level::Municipality }
    }
}

/// What a figure is given for besides the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// Each municipality.
    #[default]
    Municipality,
    /// Each organisation that the form is about.
    Organisation,
}

/// The indicators of a form over a territory.
#[derive(Debug, Clone)]
pub struct Figures {
    /// By which version of the form.
    pub version: Version,
    /// Accepted, sent, expected in the whole territory (language law 6).
    pub tally: Tally,
    /// Reports that would count if another respondent's did not.
    pub duplicates: usize,
    /// The parts of the territory, in the order of the tree.
    pub territories: Vec<Territory>,
    /// The whole.
    pub total: Territory,
    /// The forms that a programme reads, and how far their reports are; of other forms nothing.
    pub inputs: Vec<InputForm>,
    /// Every indicator of the form, in its order.
    pub indicators: Vec<IndicatorFigures>,
    /// The columns of values that have an answer somewhere, by field and row.
    pub answered: Vec<Vec<bool>>,
}

/// A form that a programme reads.
#[derive(Debug, Clone)]
pub struct InputForm {
    /// The form, in its newest version.
    pub form: Arc<Form>,
    /// Accepted, sent, expected of it in the whole territory.
    pub tally: Tally,
}

/// A territory that figures are given for.
#[derive(Debug, Clone, PartialEq)]
pub struct Territory {
    /// The organisation; `None` for everything that may be seen, and for what lies in no municipality.
    pub org: Option<Arc<Org>>,
    /// Accepted, sent, expected in it.
    pub tally: Tally,
}

/// The figures of one indicator.
#[derive(Debug, Clone)]
pub struct IndicatorFigures {
    /// Which of the form's indicators.
    pub indicator: usize,
    /// The target of the period.
    pub target: Option<f64>,
    /// One entry a row of its table that it concerns at all; a single one where rows are added.
    pub rows: Vec<RowFigures>,
}

/// The figures of an indicator in one row.
#[derive(Debug, Clone)]
pub struct RowFigures {
    /// The row of the indicator's table.
    pub row: Option<usize>,
    /// Its heading; nothing where rows are added.
    pub label: String,
    /// A figure for each of [`Figures::territories`].
    pub parts: Vec<Figure>,
    /// The figure of the whole.
    pub total: Figure,
}

/// One figure: Σ numerator / Σ denominator over what counts (language law 7).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figure {
    /// Σ numerator; empty where nothing is in the sum.
    pub numerator: Option<f64>,
    /// Σ denominator, if the indicator has one.
    pub denominator: Option<f64>,
    /// The figure itself; a share is 0 to 100.
    pub value: Option<f64>,
    /// Reports in the sum: those with both parts.
    pub counted: usize,
    /// Reports that say anything in the row.
    pub answered: usize,
    /// Rows in the sum, and rows in which anything is said: «в доле учтено k из n строк». The same as reports where there
    /// is a figure a row.
    pub rows: (usize, usize),
    /// Organisations of which a report is expected; with `among` only those on the list.
    pub expected: usize,
    /// Silent organisations that stay in the denominator, where the base is everyone expected.
    pub silent: usize,
    /// Organisations of which only a share is known: named, never in the sum.
    pub only_share: Vec<OrgId>,
    /// Whether the target is met; empty without a target or a figure.
    pub met: Option<bool>,
}

/// What an indicator of this unit makes of its sums; a division by zero is empty.
pub fn quotient(unit: Unit, numerator: f64, denominator: Option<f64>) -> Option<f64> {
    let scale = match unit {
        Unit::Percent | Unit::PercentChange => 100.0,
        Unit::Number => 1.0,
    };
    match denominator {
        None => Some(numerator),
        Some(0.0) => None,
        Some(denominator) => Some(crate::text::round15(scale * numerator / denominator)),
    }
}

/// The row of an indicator's table that a measure belongs to.
fn row_named(form: &Form, indicator: usize, name: &str) -> Option<usize> {
    let indicator = &form.indicators[indicator];
    match indicator.over.filter(|_| indicator.by_row) {
        None => name.is_empty().then_some(0),
        Some(table) => {
            let rows = &form.tables[table].rows;
            rows.iter().position(|row| row.name == name || row.was.iter().any(|was| was == name))
        }
    }
}

/// How many figures an indicator has: the rows of its table, or one.
pub fn height(form: &Form, indicator: usize) -> usize {
    let indicator = &form.indicators[indicator];
    indicator.over.filter(|_| indicator.by_row).map_or(1, |table| form.tables[table].rows.len())
}

/// Whether a field's value is a share, 0 to 100.
fn is_share(field: &Field) -> bool {
    matches!(field.kind.control, Control::Line { unit: "%", .. })
}

//! A list that many evaluations look at: kept once, sorted once.

use std::sync::Arc;

use crate::expr::value::Value;
use crate::text;

/// The values of an organisation and its peers. Each of forty thousand schools asks for its place among all of them,
/// so the list is shared, and a place is found without looking at every value.
///
/// Invariant: no value is empty.
#[derive(Debug, PartialEq)]
pub struct Shared {
    values: Vec<Value>,
    /// The numbers among them at 15 digits, the smallest first.
    ascending: Vec<f64>,
}

impl Shared {
    /// A list of what is there; empties are left out.
    pub fn new(values: impl IntoIterator<Item = Value>) -> Arc<Shared> {
        let values: Vec<Value> = values.into_iter().filter(|value| !value.is_empty()).collect();
        let mut ascending: Vec<f64> = values.iter().filter_map(Value::as_number).map(text::round15).collect();
        ascending.sort_by(f64::total_cmp);
        Arc::new(Shared { values, ascending })
    }

    /// The values.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// How many numbers come before one that is given at 15 digits, from either end; nothing if there are no numbers.
    pub(super) fn ahead(&self, own: f64, ascending: bool) -> Option<usize> {
        let smaller = self.ascending.partition_point(|other| *other < own);
        let up_to = self.ascending.partition_point(|other| *other <= own);
        let ahead = if ascending { smaller } else { self.ascending.len() - up_to };
        (!self.ascending.is_empty()).then_some(ahead)
    }
}

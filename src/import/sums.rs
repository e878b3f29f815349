//! Rows of regions and municipalities hold sums: they are compared with the rows of the schools beneath.

use std::collections::HashMap;

use super::cell::{PlanCell, Spot};
use super::cells::Given;
use crate::ids::OrgId;
use crate::org::Registry;

/// A figure of an organisation of another level.
#[derive(Debug, Clone)]
pub(super) struct Total {
    pub(super) at: Spot,
    pub(super) org: OrgId,
    pub(super) target: (u16, u16),
    pub(super) back: u32,
    pub(super) stated: f64,
}

/// A stated sum beside the sum of the rows below.
#[derive(Debug, Clone, PartialEq)]
pub struct Sum {
    /// Where it is stated.
    pub at: Spot,
    /// Whose sum it is.
    pub org: OrgId,
    /// Field and row.
    pub target: (usize, usize),
    /// What the file states.
    pub stated: f64,
    /// What the rows of the schools below add up to.
    pub found: f64,
    /// How many such rows give a figure.
    pub rows: usize,
}

impl Sum {
    /// Whether both are the same.
    pub fn agrees(&self) -> bool {
        (self.stated - self.found).abs() < 1e-6
    }
}

/// Whose figure it is, its field and row, and how many periods back.
type Figure = (OrgId, (u16, u16), u32);

/// Compares the totals of a file with the figures of the schools below them; each school's figure counts once.
pub(super) fn compare(
    totals: &[Total],
    cells: &[PlanCell],
    registry: &Registry,
    back: &dyn Fn(u16) -> u32,
) -> Vec<Sum> {
    if totals.is_empty() {
        return Vec::new();
    }
    let mut figures: HashMap<Figure, f64> = HashMap::new();
    for cell in cells {
        if let (Some(org), Some(target), Some(Given::Number(number))) = (cell.org, cell.target, &cell.new) {
            figures.entry((org, target, back(cell.goal))).or_insert(*number);
        }
    }
    let mut found: HashMap<Figure, (f64, usize)> = HashMap::new();
    for ((org, target, back), number) in figures {
        for above in registry.upwards(org).skip(1) {
            let sum = found.entry((above.id, target, back)).or_default();
            sum.0 += number;
            sum.1 += 1;
        }
    }
    let sum = |total: &Total| {
        let (sum, rows) = found.get(&(total.org, total.target, total.back))?;
        let target = (usize::from(total.target.0), usize::from(total.target.1));
        Some(Sum { at: total.at, org: total.org, target, stated: total.stated, found: *sum, rows: *rows })
    };
    totals.iter().filter_map(sum).collect()
}

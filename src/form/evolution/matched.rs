//! Which question, table and row of a later version is which of an earlier one.

use crate::form::model::{Form, Table};

/// What each field, table and row of the old version is in the new one; nothing where it was removed.
#[derive(Debug)]
pub(super) struct Matched {
    pub(super) fields: Vec<Option<usize>>,
    pub(super) tables: Vec<Option<usize>>,
    pub(super) rows: Vec<Vec<Option<usize>>>,
}

impl Matched {
    pub(super) fn of(old: &Form, new: &Form) -> Matched {
        // A table of fixed rows and a repeat have paths of different shapes: one does not become the other.
        let same = |one: &Table, other: &Table| one.repeat.is_some() == other.repeat.is_some();
        let today = |table: &Table| new.table_named(&table.name).filter(|number| same(table, &new.tables[*number]));
        let tables: Vec<Option<usize>> = old.tables.iter().map(today).collect();
        let fields = old.fields.iter().map(|field| match field.table {
            None => new.find_field(None, &field.name),
            Some(table) => tables[table].and_then(|table| new.find_field(Some(table), &field.name)),
        });
        let rows = old.tables.iter().zip(&tables).map(|(table, today)| {
            let row = |name: &str| today.and_then(|today| new.tables[today].row_named(name));
            table.rows.iter().map(|known| row(&known.name)).collect()
        });
        Matched { fields: fields.collect(), rows: rows.collect(), tables }
    }

    /// What a field of the new version was in the old one.
    pub(super) fn before(&self, today: usize) -> Option<usize> {
        self.fields.iter().position(|field| *field == Some(today))
    }
}

/// Which of several places have left their order: the fewest that must be taken out so that the rest stand as before.
pub(super) fn out_of_order(places: &[usize]) -> Vec<bool> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; places.len()];
    for (at, place) in places.iter().enumerate() {
        let length = ends.partition_point(|end| places[*end] < *place);
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() { ends.push(at) } else { ends[length] = at }
    }
    let mut moved = vec![true; places.len()];
    let mut at = ends.last().copied();
    while let Some(stays) = at {
        moved[stays] = false;
        at = before[stays];
    }
    moved
}

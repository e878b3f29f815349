//! What a classification sees of an organisation's peers: the counting values of one question in the whole region.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::expr::{Expr, Kind, Node, Shared, Slot, Value, evaluate_node};
use crate::form::fill::View;
use crate::form::model::{Classification, Form};
use crate::form::slots::{Slots, Values};

/// What `peers(…)` gives, by field and row. All organisations of a region hold the same lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Peers(Arc<BTreeMap<(usize, usize), Arc<Shared>>>);

impl Peers {
    /// The lists of a region.
    pub fn new(lists: BTreeMap<(usize, usize), Arc<Shared>>) -> Peers {
        Peers(Arc::new(lists))
    }

    /// The list of a question; an empty one where nobody else is known, so that nothing can be said.
    pub(super) fn list(&self, slot: Slot) -> Value {
        let list = place_of(slot).and_then(|place| self.0.get(&place));
        list.map_or_else(|| Value::List(Vec::new()), |list| Value::Shared(list.clone()))
    }
}

fn place_of(slot: Slot) -> Option<(usize, usize)> {
    match slot {
        Slot::Field(field) => Some((field, 0)),
        Slot::Cell(field, row) => Some((field, row)),
        Slot::Here(_) | Slot::Column(_) | Slot::Rows(_) | Slot::Unbound => None,
    }
}

/// The call of `peers` that a node is, by the question that it names.
fn asked(node: &Node) -> Option<(usize, usize)> {
    match &node.kind {
        Kind::Call(function, arguments) if function.name == "peers" => match arguments.first().map(|node| &node.kind) {
            Some(Kind::Reference(reference)) => place_of(reference.slot),
            _ => None,
        },
        _ => None,
    }
}

/// The place of an organisation among its peers, as a classification's rule asks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// The question by which they are compared, where the rule compares an answer as it is.
    pub field: Option<usize>,
    /// The own value.
    pub value: f64,
    /// The place; 1 is the smallest if `ascending`, else the greatest. Equal values have one place.
    pub place: usize,
    /// How many have a value.
    pub of: usize,
    /// From which end is counted.
    pub ascending: bool,
}

/// The first `rank(…, peers(…))` of a classification's rules, evaluated.
pub(super) fn standing(list: &Classification, view: &View<'_>) -> Option<Standing> {
    list.grounds.iter().find_map(|ground| ranked(&ground.rule)).and_then(|(node, arguments)| {
        let place = evaluate_node(node, view).as_number()?;
        let value = evaluate_node(&arguments[0], view).as_number()?;
        let of = evaluate_node(&arguments[1], view).elements().len();
        let ascending = arguments.get(2).is_some_and(|node| evaluate_node(node, view) == Value::Boolean(true));
        let field = match &arguments[0].kind {
            Kind::Reference(reference) => place_of(reference.slot).map(|(field, _)| field),
            _ => None,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
        let place = place as usize;
        Some(Standing { field, value, place, of, ascending })
    })
}

fn ranked(rule: &Expr) -> Option<(&Node, &[Node])> {
    let mut found = None;
    rule.root.walk(&mut |node| {
        if let Kind::Call(function, arguments) = &node.kind
            && function.name == "rank"
            && asked(&arguments[1]).is_some()
        {
            found = found.or(Some((node, arguments.as_slice())));
        }
    });
    found
}

impl Form {
    /// The questions that the rules of classifications look at in other organisations, by field and row.
    pub fn asked_of_peers(&self) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        for rule in self.classifications.iter().flat_map(|list| list.grounds.iter().map(|ground| &ground.rule)) {
            rule.root.walk(&mut |node| places.extend(asked(node)));
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Every path under which a question's answers can be stored: by its names of today and of earlier.
    pub fn stored_paths(&self, (field, row): (usize, usize)) -> Vec<String> {
        let own = &self.fields[field];
        let names = || std::iter::once(&own.name).chain(&own.was);
        let paths: Vec<String> = match own.table.map(|table| &self.tables[table]) {
            None => names().cloned().collect(),
            Some(table) => {
                let row = &table.rows[row];
                let rows = std::iter::once(&row.name).chain(&row.was);
                let cells = |row| names().map(move |name| format!("{row}/{name}"));
                let cells: Vec<String> = rows.flat_map(cells).collect();
                let tables = std::iter::once(&table.name).chain(&table.was);
                tables.flat_map(|table| cells.iter().map(move |cell| format!("{table}/{cell}"))).collect()
            }
        };
        paths.into_iter().filter(|path| self.locate(path) == Some((field, row))).collect()
    }

    /// The lists of a region whose organisations have these values.
    pub fn peers_of(&self, all: &[Values]) -> Peers {
        let all: Vec<Slots> = all.iter().map(|values| Slots::of(self, values)).collect();
        let list = |place: (usize, usize)| Shared::new(all.iter().map(|slots| slots.get(place.0, place.1).clone()));
        Peers::new(self.asked_of_peers().into_iter().map(|place| (place, list(place))).collect())
    }
}

//! What must hold of a table of organisations before any of it is stored, and what only looks wrong.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::columns::Column;
use super::line::Line;
use super::names::key;
use super::plan::{Known, Merged};
use super::record::store::Records;
use super::record::{Record, Since};
use crate::error::{Fault, Place, Severity};
use crate::ids::{OrgType, SCHEMES};
use crate::lang::Words;
use crate::text::{self, folded, nearest};

/// One code twice.
pub(super) fn duplicates(lines: &[Line]) -> Vec<Fault> {
    let mut first: HashMap<&str, &Line> = HashMap::new();
    let mut faults = Vec::new();
    for line in lines {
        match first.get(line.code.as_str()) {
            Some(other) => {
                let other = other.origin.place(Column::Code).to_string();
                let words = Words::new("org.code-twice").with("code", &line.code).with("other", other);
                faults.push(line.origin.fault(Column::Code, "duplicate", words));
            }
            None => {
                first.insert(&line.code, line);
            }
        }
    }
    faults
}

/// Codes of organisations that the actor may not change.
pub(super) fn elsewhere(lines: &[Line], known: &Known) -> Vec<Fault> {
    let not_yours = |line: &Line| {
        let root = known.root.as_ref().filter(|root| **root == line.code);
        let code = root.or_else(|| known.elsewhere.get_key_value(&line.code).map(|(code, _)| code))?;
        Some(line.origin.fault(Column::Code, "denied", Words::new("org.not-yours").with("code", code)))
    };
    lines.iter().filter_map(not_yours).collect()
}

/// What is known of an organisation for finding parents.
struct Node<'a> {
    code: &'a str,
    kind: OrgType,
    names: [&'a str; 2],
}

/// All organisations after the import, by code and by name.
pub(super) struct Tree<'a> {
    nodes: HashMap<&'a str, Node<'a>>,
    named: HashMap<String, Vec<&'a str>>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(stored: &'a Records, lines: &'a [Line]) -> Tree<'a> {
        let mut nodes: HashMap<&str, Node<'_>> = HashMap::new();
        for known in stored.values().map(|stored| &stored.record) {
            let names = [known.name.as_str(), known.short_name.as_str()];
            nodes.insert(&known.code, Node { code: &known.code, kind: known.kind, names });
        }
        for line in lines {
            let names = [line.name.as_str(), line.short_name.as_deref().unwrap_or_default()];
            nodes.insert(&line.code, Node { code: &line.code, kind: line.kind, names });
        }
        // Names are folded only where somebody is named instead of given by a code: that is most of the work.
        let by_name = lines.iter().any(|line| !line.above.is_empty() && !nodes.contains_key(line.above.as_str()));
        let mut named: HashMap<String, Vec<&str>> = HashMap::new();
        for node in nodes.values().filter(|_| by_name) {
            for name in node.names.iter().filter(|name| !name.is_empty()) {
                for form in [format!("={}", folded(name)), key(name, node.kind)] {
                    let same = named.entry(form).or_default();
                    if !same.contains(&node.code) {
                        same.push(node.code);
                    }
                }
            }
        }
        Tree { nodes, named }
    }

    /// The code of the organisation that a line names as the one above it.
    pub(super) fn parent(&self, line: &Line, faults: &mut Vec<Fault>) -> Option<String> {
        let typed = line.above.as_str();
        if typed.is_empty() {
            return None;
        }
        if let Some(node) = self.nodes.get(typed) {
            return Some(node.code.to_owned());
        }
        let higher = |node: &Node<'_>| node.kind < line.kind;
        let equal = |node: &Node<'_>| node.kind == line.kind && node.code != line.code;
        let mut found = self.by_name(typed, &higher);
        if found.is_empty() {
            found = self.by_name(typed, &equal);
        }
        found.sort_unstable();
        match found[..] {
            [one] => return Some(one.to_owned()),
            [] => {
                let words = Words::new("org.unknown-parent").with("given", typed);
                let near = nearest(typed, self.nodes.values().filter(|node| higher(node)).flat_map(|n| n.names));
                let hint = near.map(|name| Words::new("org.did-you-mean").with("name", name));
                faults.push(line.origin.fault(Column::Above, "unknown-name", words).hinting(hint));
            }
            _ => {
                let words = Words::new("org.ambiguous-parent").with("given", typed).with("codes", found.join(", "));
                faults.push(line.origin.fault(Column::Above, "ambiguous", words));
            }
        }
        None
    }

    /// Organisations of some types by a name: as it is written, else as people read it.
    fn by_name(&self, typed: &str, fits: &impl Fn(&Node<'_>) -> bool) -> Vec<&'a str> {
        let fitting = |form: &str| -> Vec<&'a str> {
            let found = self.named.get(form).into_iter().flatten().copied();
            found.filter(|code| self.nodes.get(code).is_some_and(fits)).collect()
        };
        let written = fitting(&format!("={}", folded(typed)));
        if !written.is_empty() {
            return written;
        }
        let mut read: Vec<&str> = OrgType::ALL
            .into_iter()
            .flat_map(|kind| fitting(&key(typed, kind)).into_iter().filter(move |code| self.is(code, kind)))
            .collect();
        read.dedup();
        read
    }

    fn is(&self, code: &str, kind: OrgType) -> bool {
        self.nodes.get(code).is_some_and(|node| node.kind == kind)
    }
}

/// A change holds from a day that has come, and not from before the last one that is kept.
pub(super) fn since(
    line: &Line,
    stored: Option<&Record>,
    parent: &Option<String>,
    (since, today): (Since, Date),
    faults: &mut Vec<Fault>,
) {
    let (Since::Day(day), Some(stored)) = (since, stored) else { return };
    let renamed = stored.name != line.name || line.short_name.as_ref().is_some_and(|short| *short != stored.short_name);
    // The day is a cell of the line, or one day for all of them; then the cell that it does not fit is pointed at.
    let column = match line.since {
        Some(_) => Column::Since,
        None if renamed => Column::Name,
        None => Column::Above,
    };
    if line.since.is_some() && day > today {
        faults.push(line.origin.fault(column, "range", in_future(day)));
    } else if (renamed || stored.parent != *parent)
        && let Some(settled) = stored.settled().filter(|settled| day < *settled)
    {
        let words = Words::new("org.since-before").with("name", &stored.name).with("date", text::date(settled));
        faults.push(line.origin.fault(column, "range", words));
    }
}

/// The day for all lines has come.
pub(super) fn since_all(since: Since, today: Date) -> Option<Fault> {
    let Since::Day(day) = since else { return None };
    let place = Place::Field(Column::Since.field());
    (day > today).then(|| Fault::error(place, "range", in_future(day)))
}

fn in_future(day: Date) -> Words {
    Words::new("org.since-future").with("date", text::date(day))
}

/// Everything that must hold of the records as they would be.
pub(super) fn all(lines: &[Line], (known, merged): (&Known, &Merged), faults: &mut Vec<Fault>) {
    order(lines, (known, merged), faults);
    within(lines, (known, merged), faults);
    past(lines, (known, merged), faults);
    days(lines, merged, faults);
    successors(lines, merged, faults);
}

/// A parent is not of a lower type, and nobody stands above themselves.
fn order(lines: &[Line], (known, merged): (&Known, &Merged), faults: &mut Vec<Fault>) {
    let kinds = |code: &str| merged.get(code).map(|record| record.kind);
    let up = |code: &str| merged.get(code).and_then(|record| record.parent.as_deref());
    for line in lines {
        let Some(parent) = up(&line.code) else { continue };
        if let Some(round) = cycle(&line.code, &up) {
            let words = Words::new("org.cycle").with("codes", round.join(" → "));
            faults.push(line.origin.fault(Column::Above, "cycle", words));
        } else if kinds(parent).is_some_and(|above| above > line.kind) {
            let words = Words::new("org.parent-below").with("parent", parent);
            faults.push(line.origin.fault(Column::Above, "order", words));
        }
    }
    // A line may also lower the type of an organisation that already has others below it; a department does not turn
    // into a school with its schools for branches.
    let lowered = |line: &Line| known.records.get(&line.code).is_some_and(|stored| stored.record.kind < line.kind);
    let given: HashMap<&str, &Line> = lines.iter().map(|line| (line.code.as_str(), line)).collect();
    for child in merged.values().filter(|child| !given.contains_key(child.code.as_str())) {
        let Some(line) = child.parent.as_deref().and_then(|parent| given.get(parent)) else { continue };
        if line.kind > child.kind || (line.kind == child.kind && lowered(line)) {
            let words = Words::new("org.child-above").with("child", &child.name).with("code", &child.code);
            faults.push(line.origin.fault(Column::Kind, "order", words));
        }
    }
}

/// The codes from an organisation up to itself, if that is where its parents lead.
fn cycle<'a>(code: &'a str, up: &impl Fn(&str) -> Option<&'a str>) -> Option<Vec<String>> {
    let mut path = vec![code];
    let mut at = up(code)?;
    while at != code {
        if path.contains(&at) {
            return None;
        }
        path.push(at);
        at = up(at)?;
    }
    path.push(code);
    Some(path.into_iter().map(str::to_owned).collect())
}

/// Whoever may change a part of the tree only changes nothing outside it, and moves nothing out of it.
fn within(lines: &[Line], (known, merged): (&Known, &Merged), faults: &mut Vec<Fault>) {
    let Some(root) = known.root.as_deref() else { return };
    for line in lines {
        let up = std::iter::successors(merged.get(&line.code), |record| merged.get(record.parent.as_deref()?));
        if !up.take(super::DEEPEST).skip(1).any(|above| above.code == root) {
            faults.push(line.origin.fault(Column::Above, "denied", Words::new("org.outside")));
        }
    }
}

/// Former places may not lead in a circle either, on any day that they name.
fn past(lines: &[Line], (known, merged): (&Known, &Merged), faults: &mut Vec<Fault>) {
    let places = |record: &Record| record.places.clone();
    let before = |code: &str| known.records.get(code).map(|stored| places(&stored.record)).unwrap_or_default();
    let moved = |line: &&Line| {
        merged.get(&line.code).is_some_and(|record| {
            places(record) != before(&line.code)
                || known.records.get(&line.code).is_some_and(|stored| stored.record.parent != record.parent)
        })
    };
    let moved: Vec<&Line> = lines.iter().filter(moved).collect();
    if moved.is_empty() {
        return;
    }
    let days: BTreeSet<Date> = merged.values().flat_map(|record| &record.places).map(|place| place.until).collect();
    for line in moved {
        for day in &days {
            let up = |code: &str| merged.get(code).and_then(|record| record.place_on(*day));
            if let Some(round) = cycle(&line.code, &up) {
                let words = Words::new("org.cycle-past").with("date", text::date(*day));
                let words = words.with("codes", round.join(" → "));
                faults.push(line.origin.fault(Column::Above, "cycle", words));
                break;
            }
        }
    }
}

/// A file with one of the two days must fit the other one, which is stored.
fn days(lines: &[Line], merged: &Merged, faults: &mut Vec<Fault>) {
    for line in lines.iter().filter(|line| line.valid_from.is_some() != line.valid_to.is_some()) {
        let Some(record) = merged.get(&line.code) else { continue };
        if record.valid_from.zip(record.valid_to).is_some_and(|(from, to)| from > to) {
            let column = if line.valid_to.is_some() { Column::To } else { Column::From };
            faults.push(line.origin.fault(column, "range", Words::new("org.days-reversed")));
        }
    }
}

/// A successor is another organisation of the same type, and whoever has one has a last day.
fn successors(lines: &[Line], merged: &Merged, faults: &mut Vec<Fault>) {
    for line in lines {
        let Some(record) = merged.get(&line.code).filter(|record| !record.successors.is_empty()) else { continue };
        for code in &record.successors {
            let fits = merged.get(code).is_some_and(|other| other.code != line.code && other.kind == line.kind);
            if !fits {
                let words = Words::new("org.no-successor").with("code", code);
                faults.push(line.origin.fault(Column::Successor, "unknown-name", words));
            }
        }
        if record.valid_to.is_none() {
            faults.push(line.origin.fault(Column::Successor, "required", Words::new("org.successor-open")));
        }
    }
}

/// What looks wrong but is the registry keeper's to decide.
pub(super) fn warnings(lines: &[Line], merged: &Merged) -> Vec<Fault> {
    let mut owners: HashMap<(&str, &str, OrgType), Vec<&Record>> = HashMap::new();
    for record in merged.values() {
        for code in record.codes.iter().filter(|code| code.to.is_none()) {
            owners.entry((&code.scheme, &code.code, record.kind)).or_default().push(record);
        }
    }
    let mut warnings = Vec::new();
    for line in lines {
        for scheme in SCHEMES {
            for code in line.codes.get(scheme).into_iter().flatten() {
                let column = Column::Scheme(scheme);
                let others = owners.get(&(scheme, code.as_str(), line.kind)).into_iter().flatten();
                let others = others.filter(|other| other.code != line.code && !related(line, merged, other));
                if let Some(other) = others.min_by_key(|other| &other.code) {
                    let words = Words::new("org.code-shared").with("code", code).with("other", &other.name);
                    warnings.push(line.origin.fault(column, "duplicate", words).weighing(Severity::Warning));
                }
                let digits = code.chars().filter(char::is_ascii_digit).count();
                if scheme == "inn" && (digits != code.len() || ![10, 12].contains(&digits)) {
                    let words = Words::new("org.odd-inn").with("code", code);
                    warnings.push(line.origin.fault(column, "range", words).weighing(Severity::Warning));
                }
            }
        }
    }
    warnings
}

/// Whether one of the two is a branch of the other: they share an ИНН by right.
fn related(line: &Line, merged: &Merged, other: &Record) -> bool {
    let parent = merged.get(&line.code).and_then(|record| record.parent.as_deref());
    parent == Some(other.code.as_str()) || other.parent.as_deref() == Some(line.code.as_str())
}

//! What loading a table of organisations would change, cell by cell, and every reason why it cannot be loaded.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::Date;

use super::checks;
use super::columns::{self, Column};
use super::line::Line;
use super::record::store::{Change, Records};
use super::record::{Record, Reporting, Since};
use super::zone;
use crate::error::{Fault, Place};
use crate::ids::OrgType;
use crate::lang::Words;
use crate::text;

/// What became of a registry file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Organisations that were not known before.
    pub added: usize,
    /// Known organisations of which something changed.
    pub changed: usize,
    /// Known organisations as they were.
    pub same: usize,
    /// Organisations that are not in the file and were closed.
    pub closed: usize,
    /// Things that look wrong but do not stop the import: one code for two schools, an ИНН of a wrong length.
    pub warnings: Vec<Fault>,
}

/// What changes in one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Where it stands.
    pub at: Place,
    /// The code of the organisation.
    pub code: String,
    /// The name of the organisation as it is stored.
    pub org: String,
    /// What the column is called.
    pub column: Words,
    /// What is stored.
    pub old: Words,
    /// What is given.
    pub new: Words,
}

/// A stored organisation that the file leaves out, though it has others of the same organisation above.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// The name of the organisation above.
    pub above: String,
    /// Its own name.
    pub name: String,
    /// Its code.
    pub code: String,
}

/// What is asked of an import besides its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// From when what differs holds, where the file does not say it by itself.
    pub since: Since,
    /// The codes of organisations to close that the file leaves out, and their last day.
    pub close: (Vec<String>, Option<Date>),
    /// The day on which this is asked.
    pub today: Date,
    /// The seal of the plan that was shown; another plan is not applied.
    pub seal: Option<String>,
}

/// What is to be stored, and what it comes to.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) changes: Vec<Change>,
    pub(super) cells: Vec<Cell>,
    /// The names and places of new organisations.
    pub(super) added: Vec<(Place, Missing)>,
    pub(super) missing: Vec<Missing>,
    pub(super) summary: Summary,
}

/// What is stored.
pub(super) struct Known {
    /// The records that may be seen.
    pub(super) records: Records,
    /// Organisations with a code of the file that may not be seen, and their names.
    pub(super) elsewhere: HashMap<String, String>,
    /// The code of the top of what may be seen; `None` is the whole registry.
    pub(super) root: Option<String>,
}

/// All records as they would be.
pub(super) type Merged = HashMap<String, Record>;

/// Compares the lines of a file with what is stored. An organisation is recognised by its code.
///
/// # Errors
/// Every fault at once: duplicate codes, unknown or ambiguous parents, cycles, a parent of a lower type, what is not the
/// actor's to change.
pub(super) fn plan(lines: &[Line], known: &Known, wish: &Wish) -> Result<Plan, Vec<Fault>> {
    let mut faults = checks::duplicates(lines);
    faults.extend(checks::elsewhere(lines, known));
    faults.extend(checks::since_all(wish.since, wish.today));
    let tree = checks::Tree::new(&known.records, lines);
    let parents: Vec<Option<String>> = lines.iter().map(|line| tree.parent(line, &mut faults)).collect();
    let mut merged: Merged = known.records.iter().map(|(code, stored)| (code.clone(), stored.record.clone())).collect();
    for (line, parent) in lines.iter().zip(parents) {
        let stored = known.records.get(line.code.as_str()).map(|stored| &stored.record);
        let since = line.since.map_or(wish.since, Since::Day);
        checks::since(line, stored, &parent, (since, wish.today), &mut faults);
        merged.insert(line.code.clone(), overlaid(line, parent, stored, since));
    }
    checks::all(lines, (known, &merged), &mut faults);
    let missing = missing(lines, known, wish.today);
    close(&missing, &mut merged, wish, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(made(lines, known, (merged, missing), wish))
}

/// Sorts out what is new, what changes and what stays.
fn made(lines: &[Line], known: &Known, (merged, missing): (Merged, Vec<Missing>), wish: &Wish) -> Plan {
    let mut plan = Plan { missing, ..Plan::default() };
    plan.summary.warnings = checks::warnings(lines, &merged);
    let name = |code: Option<&str>| code.and_then(|code| merged.get(code)).map(|above| above.name.clone());
    let closed: HashSet<&String> = wish.close.0.iter().collect();
    let mut changed = |after: &Record| {
        let before = known.records.get(&after.code).map(|stored| stored.record.clone());
        plan.changes.push(Change { before, after: after.clone() });
    };
    for line in lines {
        let Some(after) = merged.get(&line.code) else { continue };
        match known.records.get(&line.code).map(|stored| &stored.record) {
            None => {
                plan.summary.added += 1;
                let above = name(after.parent.as_deref()).unwrap_or_default();
                let new = Missing { above, name: after.name.clone(), code: after.code.clone() };
                plan.added.push((line.origin.place(Column::Code), new));
                changed(after);
            }
            Some(before) if before == after => plan.summary.same += 1,
            Some(before) => {
                plan.summary.changed += 1;
                plan.cells.extend(cells(line, (before, after), &merged));
                changed(after);
            }
        }
    }
    for after in closed.into_iter().filter_map(|code| merged.get(code)) {
        plan.summary.closed += 1;
        changed(after);
    }
    plan
}

/// The line laid over what is stored: a column that the file does not have changes nothing, an empty cell empties.
fn overlaid(line: &Line, parent: Option<String>, stored: Option<&Record>, since: Since) -> Record {
    let mut record = match stored {
        Some(stored) => stored.clone(),
        None => Record { parent: parent.clone(), ..Record::new(&line.code, &line.name, line.kind) },
    };
    let since = if stored.is_some() { since } else { Since::Always };
    let short = line.short_name.clone().unwrap_or_else(|| record.short_name.clone());
    record.valid_from = line.valid_from.unwrap_or(record.valid_from);
    record.valid_to = line.valid_to.unwrap_or(record.valid_to);
    record.rename(&line.name, &short, since);
    record.move_to(parent, since);
    record.kind = line.kind;
    line.texts.iter().for_each(|(which, text)| record.set_text(*which, text));
    let own = if line.branch && stored.is_none() { Reporting::Parent } else { record.reports };
    record.reports = line.reports.unwrap_or(own);
    record.time_zone = line.zone.clone().unwrap_or(record.time_zone);
    line.codes.iter().for_each(|(scheme, codes)| record.set_codes(scheme, codes, since));
    line.attributes.iter().for_each(|(_, name, value)| record.set_attribute(name, value, since));
    let sorted = |given: &Vec<String>| given.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    record.successors = line.successors.as_ref().map_or(record.successors, sorted);
    record.groups = line.groups.as_ref().map_or(record.groups, sorted);
    record
}

/// The cells of a line that differ from what is stored.
fn cells(line: &Line, (before, after): (&Record, &Record), merged: &Merged) -> Vec<Cell> {
    let facts: Vec<(Column, &str)> =
        line.attributes.iter().map(|(n, name, _)| (Column::Attribute(*n), name.as_str())).collect();
    let name = |code: &str| merged.get(code).map(|record| record.name.clone());
    let cell = |difference: Difference| Cell {
        at: line.origin.place(difference.column),
        code: before.code.clone(),
        org: before.name.clone(),
        column: difference.words,
        old: difference.old,
        new: difference.new,
    };
    differences((before, after), &facts, &name).into_iter().map(cell).collect()
}

/// What differs between two states of a record.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    column: Column,
    /// What the column is called.
    pub(super) words: Words,
    pub(super) old: Words,
    pub(super) new: Words,
}

/// Everything that differs between two states of a record; `facts` are the names of people's own that are looked at, and
/// `name` tells the name of another organisation.
pub(super) fn differences(
    (before, after): (&Record, &Record),
    facts: &[(Column, &str)],
    name: &impl Fn(&str) -> Option<String>,
) -> Vec<Difference> {
    let fixed = [
        Column::Name,
        Column::Short,
        Column::Kind,
        Column::Above,
        Column::From,
        Column::To,
        Column::Reports,
        Column::Zone,
        Column::Scheme("inn"),
        Column::Scheme("exam"),
        Column::Scheme("fisoko"),
        Column::Successor,
        Column::Groups,
    ];
    let texts = super::record::Text::ALL.map(Column::Text);
    let columns = fixed.into_iter().chain(texts).map(|column| (column, "")).chain(facts.iter().copied());
    let differing = |(column, fact): (Column, &str)| {
        let (old, new) = (said(before, (column, fact), name), said(after, (column, fact), name));
        let words = column.words().unwrap_or_else(|| Words::literal(fact));
        (old != new).then_some(Difference { column, words, old, new })
    };
    columns.filter_map(differing).collect()
}

/// What a record says in a column.
fn said(record: &Record, (column, fact): (Column, &str), name: &impl Fn(&str) -> Option<String>) -> Words {
    let above = || {
        let code = record.parent.as_deref()?;
        Some(name(code).map_or_else(|| code.to_owned(), |name| format!("{name} ({code})")))
    };
    let day = |day: Option<Date>| day.map(text::date).unwrap_or_default();
    Words::literal(match column {
        Column::Code => record.code.clone(),
        Column::Name => record.name.clone(),
        Column::Short => record.short_name.clone(),
        Column::Kind => return columns::kind_words(record.kind),
        Column::Reports => return columns::reporting_words(record.reports),
        Column::Above => above().unwrap_or_default(),
        Column::From => day(record.valid_from),
        Column::To => day(record.valid_to),
        Column::Zone => record.time_zone.as_deref().map(zone::named).unwrap_or_default(),
        Column::Successor => record.successors.join("; "),
        Column::Groups => record.groups.join("; "),
        Column::Scheme(scheme) => record.codes_of(scheme).collect::<Vec<_>>().join("; "),
        Column::Text(which) => record.text(which).to_owned(),
        Column::Attribute(_) => record.attribute(fact).unwrap_or_default().to_owned(),
        Column::Since => String::new(),
    })
}

/// Open organisations that the file leaves out, though it has others of the same organisation above: a file of one
/// district says nothing of another one.
fn missing(lines: &[Line], known: &Known, today: Date) -> Vec<Missing> {
    let given: HashSet<&str> = lines.iter().map(|line| line.code.as_str()).collect();
    let stored = |line: &Line| known.records.get(&line.code).and_then(|stored| stored.record.parent.as_deref());
    let covered: HashSet<(&str, OrgType)> = lines.iter().filter_map(|line| Some((stored(line)?, line.kind))).collect();
    let left = known.records.values().map(|stored| &stored.record).filter(|record| {
        let parent = record.parent.as_deref();
        parent.is_some_and(|parent| covered.contains(&(parent, record.kind)))
            && !given.contains(record.code.as_str())
            && record.valid_to.is_none_or(|to| to >= today)
    });
    let above = |record: &Record| record.parent.as_deref().and_then(|code| known.records.get(code));
    let mut missing: Vec<Missing> = left
        .map(|record| Missing {
            above: above(record).map(|above| above.record.name.clone()).unwrap_or_default(),
            name: record.name.clone(),
            code: record.code.clone(),
        })
        .collect();
    missing.sort_unstable();
    missing
}

/// Closes what the file leaves out, where that is asked for.
fn close(missing: &[Missing], merged: &mut Merged, wish: &Wish, faults: &mut Vec<Fault>) {
    let (codes, day) = &wish.close;
    let place = |field: &str| Place::Field(field.to_owned());
    if !codes.is_empty() && day.is_none() {
        faults.push(Fault::error(place("close-on"), "required", Words::new("org.close-no-day")));
    }
    for code in codes {
        let known = missing.iter().any(|one| one.code == *code);
        let Some(record) = merged.get_mut(code).filter(|_| known) else {
            faults.push(Fault::error(place("close"), "unknown-name", Words::new("org.not-found").with("code", code)));
            continue;
        };
        if let (Some(from), Some(day)) = (record.valid_from, *day)
            && from > day
        {
            let words = Words::new("org.close-before").with("name", &record.name).with("from", text::date(from));
            faults.push(Fault::error(place("close-on"), "range", words));
        }
        record.valid_to = day.or(record.valid_to);
    }
}

//! What importing a registry would change, and every reason why it cannot be imported.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::file::{CODE_COLUMNS, Column, Line};
use super::names::key;
use super::{Org, OrgCode};
use crate::error::{Fault, Severity};
use crate::ids::{OrgId, OrgType};
use crate::lang::Words;
use crate::text::{folded, nearest};

/// What became of a registry file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Organisations that were not known before.
    pub added: usize,
    /// Known organisations of which something changed.
    pub changed: usize,
    /// Known organisations as they were.
    pub same: usize,
    /// Things that look wrong but do not stop the import: one code for two schools, an ИНН of a wrong length.
    pub warnings: Vec<Fault>,
}

/// An organisation as it is to be stored.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    pub(super) id: Option<OrgId>,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) short_name: String,
    pub(super) kind: OrgType,
    /// The code of the organisation above.
    pub(super) parent: Option<String>,
    pub(super) valid_from: Option<Date>,
    pub(super) valid_to: Option<Date>,
    /// Codes of those who carry on what it did, sorted.
    pub(super) successors: Vec<String>,
    pub(super) codes: BTreeMap<String, Vec<String>>,
}

/// What is to be stored, those above before those below, and what it comes to.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) wanted: Vec<Wanted>,
    pub(super) summary: Summary,
}

/// What is stored.
pub(super) struct Known {
    pub(super) orgs: Vec<Org>,
    pub(super) codes: Vec<OrgCode>,
    /// Who carries on whose work: the organisation, its successor.
    pub(super) successors: Vec<(OrgId, OrgId)>,
}

/// Compares the lines of a file with what is stored. An organisation is recognised by its code.
///
/// # Errors
/// Every fault at once: duplicate codes, unknown or ambiguous parents, cycles, a parent that is not of a higher type.
pub(super) fn plan(lines: &[Line], known: &Known) -> Result<Plan, Vec<Fault>> {
    let mut faults = duplicates(lines);
    let stored = stored(known);
    let tree = Tree::new(&stored, lines);
    let parents: Vec<Option<String>> = lines.iter().map(|line| tree.parent(line, &mut faults)).collect();
    let mut merged = stored.clone();
    for (line, parent) in lines.iter().zip(parents) {
        let wanted = overlaid(line, parent, stored.get(line.code.as_str()));
        merged.insert(line.code.clone(), wanted);
    }
    check_order(lines, &merged, &mut faults);
    check_days(lines, &merged, &mut faults);
    check_successors(lines, &merged, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut summary = Summary { warnings: warnings(lines, &merged), ..Summary::default() };
    let mut plan = Vec::new();
    for line in lines {
        let Some(wanted) = merged.remove(&line.code) else { continue };
        match stored.get(&line.code) {
            None => summary.added += 1,
            Some(known) if *known == wanted => summary.same += 1,
            Some(_) => summary.changed += 1,
        }
        if stored.get(&line.code) != Some(&wanted) {
            plan.push(wanted);
        }
    }
    plan.sort_by_key(|wanted| wanted.kind);
    Ok(Plan { wanted: plan, summary })
}

fn stored(Known { orgs, codes, successors }: &Known) -> HashMap<String, Wanted> {
    let code_of: HashMap<OrgId, &str> = orgs.iter().map(|org| (org.id, org.code.as_str())).collect();
    let mut known: HashMap<OrgId, BTreeMap<String, Vec<String>>> = HashMap::new();
    for code in codes {
        known.entry(code.org).or_default().entry(code.scheme.clone()).or_default().push(code.code.clone());
    }
    let mut followed: HashMap<OrgId, Vec<String>> = HashMap::new();
    for (org, successor) in successors {
        followed.entry(*org).or_default().extend(code_of.get(successor).map(|code| (*code).to_owned()));
    }
    followed.values_mut().for_each(|codes| codes.sort_unstable());
    let wanted = |org: &Org| Wanted {
        id: Some(org.id),
        code: org.code.clone(),
        name: org.name.clone(),
        short_name: org.short_name.clone(),
        kind: org.kind,
        parent: org.parent.and_then(|id| code_of.get(&id)).map(|code| (*code).to_owned()),
        valid_from: org.valid_from,
        valid_to: org.valid_to,
        successors: followed.get(&org.id).cloned().unwrap_or_default(),
        codes: known.get(&org.id).cloned().unwrap_or_default(),
    };
    orgs.iter().map(|org| (org.code.clone(), wanted(org))).collect()
}

/// The line laid over what is stored: a column that the file does not have changes nothing, an empty cell empties.
fn overlaid(line: &Line, parent: Option<String>, stored: Option<&Wanted>) -> Wanted {
    let mut codes = stored.map(|known| known.codes.clone()).unwrap_or_default();
    for (scheme, given) in &line.codes {
        let mut given = given.clone();
        given.sort();
        codes.insert((*scheme).to_owned(), given);
    }
    codes.retain(|_, codes| !codes.is_empty());
    let mut successors = line.successors.clone().or(stored.map(|known| known.successors.clone())).unwrap_or_default();
    successors.sort_unstable();
    successors.dedup();
    Wanted {
        id: stored.and_then(|known| known.id),
        code: line.code.clone(),
        name: line.name.clone(),
        short_name: line.short_name.clone().or(stored.map(|known| known.short_name.clone())).unwrap_or_default(),
        kind: line.kind,
        parent,
        valid_from: line.valid_from.unwrap_or(stored.and_then(|known| known.valid_from)),
        valid_to: line.valid_to.unwrap_or(stored.and_then(|known| known.valid_to)),
        successors,
        codes,
    }
}

fn duplicates(lines: &[Line]) -> Vec<Fault> {
    let mut first: HashMap<&str, &Line> = HashMap::new();
    let mut faults = Vec::new();
    for line in lines {
        match first.get(line.code.as_str()) {
            Some(other) => {
                let other = other.origin.cell(Column::Code).to_string();
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

/// What is known of an organisation for finding parents.
struct Node<'a> {
    code: &'a str,
    kind: OrgType,
    names: [&'a str; 2],
}

/// All organisations after the import, by code and by name.
struct Tree<'a> {
    nodes: HashMap<&'a str, Node<'a>>,
    named: HashMap<String, Vec<&'a str>>,
}

impl<'a> Tree<'a> {
    fn new(stored: &'a HashMap<String, Wanted>, lines: &'a [Line]) -> Tree<'a> {
        let mut nodes: HashMap<&str, Node<'_>> = HashMap::new();
        for known in stored.values() {
            let names = [known.name.as_str(), known.short_name.as_str()];
            nodes.insert(&known.code, Node { code: &known.code, kind: known.kind, names });
        }
        for line in lines {
            let names = [line.name.as_str(), line.short_name.as_deref().unwrap_or_default()];
            nodes.insert(&line.code, Node { code: &line.code, kind: line.kind, names });
        }
        let mut named: HashMap<String, Vec<&str>> = HashMap::new();
        for node in nodes.values() {
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
    fn parent(&self, line: &Line, faults: &mut Vec<Fault>) -> Option<String> {
        let typed = line.above.as_str();
        if typed.is_empty() {
            return None;
        }
        if let Some(node) = self.nodes.get(typed) {
            return Some(node.code.to_owned());
        }
        let mut found = self.by_name(typed, line.kind);
        found.sort_unstable();
        match found[..] {
            [one] => return Some(one.to_owned()),
            [] => {
                let words = Words::new("org.unknown-parent").with("given", typed);
                let near = nearest(typed, self.nodes.values().filter(|n| n.kind < line.kind).flat_map(|n| n.names));
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

    /// Organisations that can be above this type by a name: as it is written, else as people read it.
    fn by_name(&self, typed: &str, below: OrgType) -> Vec<&'a str> {
        let fitting = |form: &str| -> Vec<&'a str> {
            let found = self.named.get(form).into_iter().flatten().copied();
            found.filter(|code| self.nodes.get(code).is_some_and(|node| node.kind < below)).collect()
        };
        let written = fitting(&format!("={}", folded(typed)));
        if !written.is_empty() {
            return written;
        }
        let mut read: Vec<&str> = [OrgType::Region, OrgType::Municipality]
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

/// A parent is of a higher type, and nobody stands above themselves.
fn check_order(lines: &[Line], merged: &HashMap<String, Wanted>, faults: &mut Vec<Fault>) {
    let kinds = |code: &str| merged.get(code).map(|wanted| wanted.kind);
    for line in lines {
        let Some(parent) = merged.get(&line.code).and_then(|wanted| wanted.parent.as_deref()) else { continue };
        if let Some(round) = cycle(&line.code, merged) {
            let words = Words::new("org.cycle").with("codes", round.join(" → "));
            faults.push(line.origin.fault(Column::Above, "cycle", words));
        } else if kinds(parent).is_some_and(|above| above >= line.kind) {
            let words = Words::new("org.parent-below").with("parent", parent);
            faults.push(line.origin.fault(Column::Above, "order", words));
        }
    }
    // A line may also lower the type of an organisation that already has others below it.
    let given: HashMap<&str, &Line> = lines.iter().map(|line| (line.code.as_str(), line)).collect();
    for child in merged.values().filter(|child| !given.contains_key(child.code.as_str())) {
        let Some(line) = child.parent.as_deref().and_then(|parent| given.get(parent)) else { continue };
        if line.kind >= child.kind {
            let words = Words::new("org.child-above").with("child", &child.name).with("code", &child.code);
            faults.push(line.origin.fault(Column::Kind, "order", words));
        }
    }
}

/// The codes from an organisation up to itself, if that is where its parents lead.
fn cycle(code: &str, merged: &HashMap<String, Wanted>) -> Option<Vec<String>> {
    let mut path = vec![code.to_owned()];
    let mut at = merged.get(code)?.parent.as_deref()?;
    while at != code {
        if path.iter().any(|known| known == at) {
            return None;
        }
        path.push(at.to_owned());
        at = merged.get(at)?.parent.as_deref()?;
    }
    path.push(code.to_owned());
    Some(path)
}

/// A file with one of the two days must fit the other one, which is stored.
fn check_days(lines: &[Line], merged: &HashMap<String, Wanted>, faults: &mut Vec<Fault>) {
    for line in lines.iter().filter(|line| line.valid_from.is_some() != line.valid_to.is_some()) {
        let Some(wanted) = merged.get(&line.code) else { continue };
        if wanted.valid_from.zip(wanted.valid_to).is_some_and(|(from, to)| from > to) {
            let column = if line.valid_to.is_some() { Column::To } else { Column::From };
            faults.push(line.origin.fault(column, "range", Words::new("org.days-reversed")));
        }
    }
}

/// A successor is another organisation of the same type, and whoever has one has a last day.
fn check_successors(lines: &[Line], merged: &HashMap<String, Wanted>, faults: &mut Vec<Fault>) {
    for line in lines {
        let Some(wanted) = merged.get(&line.code).filter(|wanted| !wanted.successors.is_empty()) else { continue };
        for code in &wanted.successors {
            let fits = merged.get(code).is_some_and(|other| other.code != line.code && other.kind == line.kind);
            if !fits {
                let words = Words::new("org.no-successor").with("code", code);
                faults.push(line.origin.fault(Column::Successor, "unknown-name", words));
            }
        }
        if wanted.valid_to.is_none() {
            faults.push(line.origin.fault(Column::Successor, "required", Words::new("org.successor-open")));
        }
    }
}

/// What looks wrong but is the registry keeper's to decide.
fn warnings(lines: &[Line], merged: &HashMap<String, Wanted>) -> Vec<Fault> {
    let mut owners: HashMap<(&str, &str, OrgType), Vec<&Wanted>> = HashMap::new();
    for wanted in merged.values() {
        for (scheme, code) in wanted.codes.iter().flat_map(|(scheme, codes)| codes.iter().map(move |c| (scheme, c))) {
            owners.entry((scheme, code, wanted.kind)).or_default().push(wanted);
        }
    }
    let mut warnings = Vec::new();
    for line in lines {
        for (column, scheme) in CODE_COLUMNS {
            for code in line.codes.get(scheme).into_iter().flatten() {
                let others = owners.get(&(scheme, code.as_str(), line.kind)).into_iter().flatten();
                if let Some(other) = others.filter(|other| other.code != line.code).min_by_key(|other| &other.code) {
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

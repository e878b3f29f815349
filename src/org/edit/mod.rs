//! One organisation as it is edited on a page: what is typed becomes a line, and is checked as the lines of a table are.

pub mod actions;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::columns::{self, Column};
use super::line::{Line, Origin};
use super::record::{Record, Reporting, Since, Text};
use super::zone;
use crate::error::Fault;
use crate::ids::{OrgType, SCHEMES};
use crate::lang::Words;
use crate::text;

/// The fields of an organisation as they are typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// The own code.
    pub code: String,
    /// The full name.
    pub name: String,
    /// The short name.
    pub short_name: String,
    /// The word of a type.
    pub kind: String,
    /// The organisation above, by code or name.
    pub parent: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Codes of successors.
    pub successors: String,
    /// The word for who reports.
    pub reports: String,
    /// A time zone.
    pub zone: String,
    /// Names of groups.
    pub groups: Vec<String>,
    /// Locality and contacts.
    pub texts: BTreeMap<Text, String>,
    /// Codes of each scheme.
    pub codes: BTreeMap<&'static str, String>,
    /// Facts: name, value.
    pub attributes: Vec<(String, String)>,
    /// From which day what differs holds.
    pub since: String,
    /// Whether it was wrong before instead.
    pub mistake: bool,
    /// The seal of the record that the page was made from; nothing where it is a new one.
    pub seal: String,
}

impl Typed {
    /// The fields of a record as it stands, changing from a day on.
    pub fn of(record: &Record, today: Date) -> Typed {
        let day = |day: Option<Date>| day.map(text::date).unwrap_or_default();
        let codes = SCHEMES.map(|scheme| (scheme, record.codes_of(scheme).collect::<Vec<_>>().join("; ")));
        let held = record.attributes.iter().filter(|one| one.to.is_none());
        Typed {
            code: record.code.clone(),
            name: record.name.clone(),
            short_name: record.short_name.clone(),
            kind: record.kind.name().to_owned(),
            parent: record.parent.clone().unwrap_or_default(),
            from: day(record.valid_from),
            to: day(record.valid_to),
            successors: record.successors.join("; "),
            reports: record.reports.name().to_owned(),
            zone: record.time_zone.clone().unwrap_or_default(),
            groups: record.groups.clone(),
            texts: record.texts.clone(),
            codes: codes.into_iter().collect(),
            attributes: held.map(|one| (one.name.clone(), one.value.clone())).collect(),
            since: text::date(today),
            mistake: false,
            seal: record.seal(),
        }
    }

    /// The line that they make, and from when it holds; `stored` is what facts are compared with.
    fn line(&self, stored: Option<&Record>, faults: &mut Vec<Fault>) -> Option<(Line, Since)> {
        let before = faults.len();
        let tidy = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let list = |text: &str, separators: &[char]| -> Vec<String> {
            text.split(separators)
                .map(|one| one.split_whitespace().collect())
                .filter(|one: &String| !one.is_empty())
                .collect()
        };
        let code: String = self.code.split_whitespace().collect();
        let name = tidy(&self.name);
        for (text, column, words) in
            [(&code, Column::Code, Words::new("org.no-code")), (&name, Column::Name, Words::new("org.no-name"))]
        {
            if text.is_empty() {
                faults.push(Origin::Page.fault(column, "required", words));
            }
        }
        let kind = self.kind(faults);
        let (from, to) = (day(&self.from, Column::From, faults), day(&self.to, Column::To, faults));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            faults.push(Origin::Page.fault(Column::To, "range", Words::new("org.days-reversed")));
        }
        let zone = self.zone(faults);
        let since = match (self.mistake, day(&self.since, Column::Since, faults)) {
            (false, Some(day)) => Since::Day(day),
            _ => Since::Always,
        };
        let attributes = self.attributes(stored, faults);
        let line = Line {
            origin: Origin::Page,
            code,
            name,
            kind: kind?,
            branch: false,
            above: tidy(&self.parent),
            short_name: Some(tidy(&self.short_name)),
            valid_from: Some(from),
            valid_to: Some(to),
            texts: self.texts.iter().map(|(which, text)| (*which, tidy(text))).collect(),
            reports: Reporting::from_name(&self.reports).or(Some(Reporting::Own)),
            zone: Some(zone),
            successors: Some(list(&self.successors, &[';', ','])),
            groups: Some(self.groups.clone()),
            codes: self.codes.iter().map(|(scheme, text)| (*scheme, list(text, &[';', ',']))).collect(),
            attributes,
            since: None,
        };
        (faults.len() == before).then_some((line, since))
    }

    fn kind(&self, faults: &mut Vec<Fault>) -> Option<OrgType> {
        let kind = columns::kind(&self.kind).map(|(kind, _)| kind);
        if kind.is_none() {
            let words = Words::new("org.unknown-type").with("given", &self.kind);
            faults.push(Origin::Page.fault(Column::Kind, "unknown-choice", words));
        }
        kind
    }

    fn zone(&self, faults: &mut Vec<Fault>) -> Option<String> {
        let zone = zone::read(&self.zone);
        if zone.is_none() && !self.zone.trim().is_empty() {
            let words = Words::new("org.unknown-zone").with("given", self.zone.trim());
            faults.push(Origin::Page.fault(Column::Zone, "unknown-choice", words));
        }
        zone
    }

    /// The facts that are typed; one that is stored and no longer typed is empty.
    fn attributes(&self, stored: Option<&Record>, faults: &mut Vec<Fault>) -> Vec<(u16, String, String)> {
        let mut found: Vec<(u16, String, String)> = Vec::new();
        for (n, (name, value)) in (0..).zip(&self.attributes) {
            let (name, value) = (name.trim(), value.trim());
            let column = Column::Attribute(n);
            if name.is_empty() && !value.is_empty() {
                faults.push(Origin::Page.fault(column, "required", Words::new("org.attribute-no-name")));
            } else if found.iter().any(|(_, known, _)| known == name) {
                faults.push(Origin::Page.fault(
                    column,
                    "duplicate",
                    Words::new("org.attribute-twice").with("name", name),
                ));
            } else if !name.is_empty() {
                found.push((n, name.to_owned(), value.to_owned()));
            }
        }
        let held = stored.into_iter().flat_map(|record| &record.attributes).filter(|one| one.to.is_none());
        for one in held {
            if found.iter().all(|(_, name, _)| *name != one.name) {
                found.push((u16::MAX, one.name.clone(), String::new()));
            }
        }
        found
    }
}

/// A day that may be left out.
fn day(typed: &str, column: Column, faults: &mut Vec<Fault>) -> Option<Date> {
    if typed.trim().is_empty() {
        return None;
    }
    let day = text::read_date(typed);
    if day.is_none() {
        faults.push(Origin::Page.fault(column, "wrong-type", Words::new("org.bad-day").with("given", typed.trim())));
    }
    day
}

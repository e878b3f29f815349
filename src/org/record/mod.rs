//! Everything that is kept of one organisation, in codes and words: what a workbook changes, a page edits, and a way back
//! restores.

pub(in crate::org) mod store;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::OrgType;

/// Who reports for an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reporting {
    /// It reports by itself.
    #[default]
    Own,
    /// The organisation above it gives its figures: a branch.
    Parent,
    /// Nobody: it only holds others together, as a group of districts does.
    None,
}

impl Reporting {
    /// All of them.
    pub const ALL: [Reporting; 3] = [Reporting::Own, Reporting::Parent, Reporting::None];

    /// The word in the data file and in the fields of pages.
    pub fn name(self) -> &'static str {
        match self {
            Reporting::Own => "own",
            Reporting::Parent => "parent",
            Reporting::None => "none",
        }
    }

    /// What is meant by a word.
    pub fn from_name(name: &str) -> Option<Reporting> {
        Reporting::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// A plain text that is kept of an organisation, with no history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Text {
    /// The town or village.
    Locality,
    /// The postal address.
    Address,
    /// The telephone.
    Phone,
    /// The mail address.
    Email,
    /// The address of its site.
    Site,
    /// The post of its head.
    Head,
}

impl Text {
    /// All of them, in the order of the page.
    pub const ALL: [Text; 6] = [Text::Locality, Text::Address, Text::Phone, Text::Email, Text::Site, Text::Head];

    /// The word in the fields of pages and in forms (`org('locality')`).
    pub fn name(self) -> &'static str {
        match self {
            Text::Locality => "locality",
            Text::Address => "address",
            Text::Phone => "phone",
            Text::Email => "email",
            Text::Site => "site",
            Text::Head => "head",
        }
    }
}

/// A code that others gave, and when it held.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Code {
    /// By which scheme.
    pub scheme: String,
    /// As it was given, leading zeros included.
    pub code: String,
    /// The first day; `None` has always been.
    pub from: Option<Date>,
    /// The last day; `None` holds now.
    pub to: Option<Date>,
}

/// A fact under a name of people's own, and when it held.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name: «численность».
    pub name: String,
    /// What it was.
    pub value: String,
    /// The first day; `None` has always been.
    pub from: Option<Date>,
    /// The last day; `None` holds now.
    pub to: Option<Date>,
}

/// What an organisation was called until a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FormerName {
    /// The last day of the name.
    pub until: Date,
    /// The full name.
    pub name: String,
    /// The short one.
    pub short_name: String,
}

/// Below whom an organisation stood until a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FormerPlace {
    /// The last day there.
    pub until: Date,
    /// The code of the organisation above; `None` at the top.
    pub parent: Option<String>,
}

/// Everything that is kept of one organisation. Others are named by their codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What people and commands call it; never changes.
    pub code: String,
    /// The full name.
    pub name: String,
    /// The short name, or nothing.
    pub short_name: String,
    /// Region, municipality, school.
    pub kind: OrgType,
    /// The code of the organisation above.
    pub parent: Option<String>,
    /// The first day.
    pub valid_from: Option<Date>,
    /// The last day.
    pub valid_to: Option<Date>,
    /// Who reports for it.
    pub reports: Reporting,
    /// Locality and contacts; what is empty is not there.
    pub texts: BTreeMap<Text, String>,
    /// Its own time zone; `None` is that of the organisation above.
    pub time_zone: Option<String>,
    /// Codes of those who carry on what it did, sorted.
    pub successors: Vec<String>,
    /// Codes that others gave it, sorted.
    pub codes: Vec<Code>,
    /// Facts, sorted.
    pub attributes: Vec<Attribute>,
    /// What it was called before, the earliest first.
    pub names: Vec<FormerName>,
    /// Below whom it stood before, the earliest first.
    pub places: Vec<FormerPlace>,
    /// Names of the groups that it is a member of, sorted.
    pub groups: Vec<String>,
}

/// From when a change holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// From this day on; what held before is kept as history.
    Day(Date),
    /// It was wrong before: what is replaced leaves no trace.
    Always,
}

impl Since {
    /// The last day of what held before; `None` where it is not kept.
    fn before(self) -> Option<Date> {
        match self {
            Since::Day(day) => day.yesterday().ok(),
            Since::Always => None,
        }
    }

    /// The first day of what holds now, for what says so.
    fn first(self) -> Option<Date> {
        match self {
            Since::Day(day) => Some(day),
            Since::Always => None,
        }
    }
}

impl Record {
    /// An organisation of which nothing else is known.
    pub fn new(code: &str, name: &str, kind: OrgType) -> Record {
        Record {
            code: code.to_owned(),
            name: name.to_owned(),
            short_name: String::new(),
            kind,
            parent: None,
            valid_from: None,
            valid_to: None,
            reports: Reporting::Own,
            texts: BTreeMap::new(),
            time_zone: None,
            successors: Vec::new(),
            codes: Vec::new(),
            attributes: Vec::new(),
            names: Vec::new(),
            places: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// A plain text; nothing where there is none.
    pub fn text(&self, which: Text) -> &str {
        self.texts.get(&which).map(String::as_str).unwrap_or_default()
    }

    /// The codes of a scheme that hold now, in their order.
    pub fn codes_of<'a>(&'a self, scheme: &'a str) -> impl Iterator<Item = &'a str> {
        self.codes.iter().filter(move |code| code.scheme == scheme && code.to.is_none()).map(|code| code.code.as_str())
    }

    /// What holds now under a name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|one| one.name == name && one.to.is_none());
        found.map(|one| one.value.as_str())
    }

    /// The code of the organisation above it on a day.
    pub fn place_on(&self, day: Date) -> Option<&str> {
        let former = self.places.iter().find(|place| place.until >= day);
        former.map_or(self.parent.as_deref(), |place| place.parent.as_deref())
    }

    /// Whether it exists on a day.
    pub fn open_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| to >= day)
    }

    /// The day after the last of its former names and places: no change can hold from an earlier one.
    pub fn settled(&self) -> Option<Date> {
        let days = self.names.iter().map(|name| name.until).chain(self.places.iter().map(|place| place.until));
        days.max().and_then(|day| day.tomorrow().ok())
    }

    /// Sets a plain text; an empty one is taken away.
    pub fn set_text(&mut self, which: Text, text: &str) {
        match text.is_empty() {
            true => drop(self.texts.remove(&which)),
            false => drop(self.texts.insert(which, text.to_owned())),
        }
    }

    /// Renames it. The name that held before is kept, unless it held for no whole day.
    pub fn rename(&mut self, name: &str, short_name: &str, since: Since) {
        if self.name == name && self.short_name == short_name {
            return;
        }
        if let Some(until) = since.before().filter(|until| self.was_there(*until))
            && self.names.iter().all(|former| former.until < until)
        {
            let (name, short_name) = (self.name.clone(), self.short_name.clone());
            self.names.push(FormerName { until, name, short_name });
        }
        (self.name, self.short_name) = (name.to_owned(), short_name.to_owned());
    }

    /// Puts it below another organisation. The place where it stood before is kept.
    pub fn move_to(&mut self, parent: Option<String>, since: Since) {
        if self.parent == parent {
            return;
        }
        if let Some(until) = since.before().filter(|until| self.was_there(*until))
            && self.places.iter().all(|former| former.until < until)
        {
            self.places.push(FormerPlace { until, parent: self.parent.clone() });
        }
        self.parent = parent;
    }

    /// Whether it existed on the last day before a change, so that there is something to keep.
    fn was_there(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day)
    }

    /// Sets the codes of a scheme that hold now. Those that are no longer there are kept as former ones.
    pub fn set_codes(&mut self, scheme: &str, given: &[String], since: Since) {
        let (before, first) = (since.before(), since.first());
        for code in self.codes.iter_mut().filter(|code| code.scheme == scheme) {
            match (given.contains(&code.code), code.to) {
                (true, Some(_)) => code.to = None,
                (false, None) => code.to = before.or(Some(Date::MIN)),
                _ => {}
            }
        }
        // What was replaced on the very day that it was given, or was wrong, is no former code.
        self.codes.retain(|code| code.to.is_none_or(|to| to > Date::MIN && code.from.is_none_or(|from| from <= to)));
        let known: Vec<String> =
            self.codes.iter().filter(|code| code.scheme == scheme).map(|c| c.code.clone()).collect();
        let first = first.filter(|_| !known.is_empty());
        for code in given.iter().filter(|code| !known.contains(code)) {
            self.codes.push(Code { scheme: scheme.to_owned(), code: code.clone(), from: first, to: None });
        }
        self.codes.sort();
    }

    /// Sets what holds now under a name; an empty value ends it.
    pub fn set_attribute(&mut self, name: &str, value: &str, since: Since) {
        if self.attribute(name).unwrap_or_default() == value {
            return;
        }
        let had = self.attributes.iter().any(|one| one.name == name);
        match since {
            Since::Always => self.attributes.retain(|one| !(one.name == name && one.to.is_none())),
            Since::Day(day) => {
                let until = day.yesterday().ok();
                for one in self.attributes.iter_mut().filter(|one| one.name == name && one.to.is_none()) {
                    one.to = until;
                }
                self.attributes
                    .retain(|one| one.name != name || one.to.is_none_or(|to| one.from.is_none_or(|f| f <= to)));
            }
        }
        if !value.is_empty() {
            let (name, value) = (name.to_owned(), value.to_owned());
            let from = since.first().filter(|_| had);
            self.attributes.retain(|one| one.name != name || one.from != from);
            self.attributes.push(Attribute { name, value, from, to: None });
        }
        self.attributes.sort();
    }

    /// What tells this record from any other state of it.
    pub fn seal(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn school() -> Record {
        Record { parent: Some("m1".to_owned()), ..Record::new("s", "СОШ № 1", OrgType::School) }
    }

    #[test]
    fn what_held_before_a_change_is_found_by_its_day() {
        let mut school = school();
        school.move_to(Some("m2".to_owned()), Since::Day(date(2022, 9, 1)));
        school.move_to(None, Since::Day(date(2024, 9, 1)));
        for (day, parent) in [
            (date(2022, 8, 31), Some("m1")),
            (date(2022, 9, 1), Some("m2")),
            (date(2024, 8, 31), Some("m2")),
            (date(2024, 9, 1), None),
        ] {
            assert_eq!(school.place_on(day), parent, "{day}");
        }
        assert_eq!(school.settled(), Some(date(2024, 9, 1)));
    }

    #[test]
    fn a_slip_of_the_same_day_and_a_mistake_leave_no_history() {
        let mut school = school();
        let day = Since::Day(date(2024, 9, 1));
        school.rename("СОШ № 2", "", day);
        school.rename("СОШ № 3", "", day);
        school.rename("СОШ № 4", "", Since::Always);
        assert_eq!(
            school.names,
            [FormerName { until: date(2024, 8, 31), name: "СОШ № 1".into(), short_name: String::new() }]
        );
        let mut young = Record { valid_from: Some(date(2024, 9, 1)), ..self::school() };
        young.rename("СОШ № 2", "", day);
        young.move_to(None, day);
        assert!(young.names.is_empty() && young.places.is_empty(), "it had no name before it was there");
    }

    #[test]
    fn codes_and_attributes_have_their_days() {
        let mut school = school();
        let (first, later) = (Since::Day(date(2022, 9, 1)), Since::Day(date(2023, 9, 1)));
        school.set_codes("exam", &["01".into()], first);
        school.set_codes("exam", &["02".into()], later);
        let codes: Vec<_> = school.codes.iter().map(|c| (c.code.as_str(), c.from, c.to)).collect();
        assert_eq!(codes, [("01", None, Some(date(2023, 8, 31))), ("02", Some(date(2023, 9, 1)), None)]);
        school.set_codes("exam", &["01".into()], later);
        assert_eq!(school.codes_of("exam").collect::<Vec<_>>(), ["01"]);
        assert_eq!(school.codes.len(), 1, "the other one was there for no day");
        school.set_attribute("численность", "310", first);
        school.set_attribute("численность", "325", later);
        school.set_attribute("численность", "326", later);
        school.set_attribute("сельская", "да", later);
        let said: Vec<_> = school.attributes.iter().map(|one| (one.value.as_str(), one.from, one.to)).collect();
        assert_eq!(
            said,
            [("да", None, None), ("310", None, Some(date(2023, 8, 31))), ("326", Some(date(2023, 9, 1)), None)]
        );
        school.set_attribute("численность", "330", Since::Always);
        assert_eq!(school.attribute("численность"), Some("330"));
        school.set_attribute("сельская", "", Since::Always);
        assert_eq!(school.attribute("сельская"), None);
    }
}

//! Questions, columns, tables, rows and choices: added, removed, renamed, moved, retyped, checked more strictly.

use std::collections::{BTreeMap, HashSet};

use super::matched::out_of_order;
use super::{Change, Deed, Found, Outcome, Permit, Subject};
use crate::expr::Expr;
use crate::form::model::{Field, Form, Group, Item};

impl Found<'_> {
    pub(super) fn tables(&mut self) {
        for (number, table) in self.old.tables.iter().enumerate() {
            match self.held.matched.tables[number] {
                None => {
                    let fields =
                        (0..self.old.fields.len()).filter(|field| self.old.fields[*field].table == Some(number));
                    let answers = fields.map(|field| self.answered(field)).sum();
                    let names: Vec<String> = std::iter::once(&table.name).chain(&table.was).cloned().collect();
                    self.removed((Subject::Table, &table.label), &names, answers, &[]);
                }
                Some(today) => {
                    self.renamed(number, today);
                    self.rows(number, today);
                }
            }
        }
        let known: HashSet<usize> = self.held.matched.tables.iter().flatten().copied().collect();
        for (number, table) in self.new.tables.iter().enumerate().filter(|(number, _)| !known.contains(number)) {
            let rows = self.new.tables[number].rows.len();
            let change = self.plain(Subject::Table, Deed::Added, &table.name, &table.label);
            self.changes.push(Change { was: (rows > 0).then(|| rows.to_string()), ..change });
        }
    }

    /// A table that has another name now.
    fn renamed(&mut self, before: usize, today: usize) {
        let (old, new) = (&self.old.tables[before], &self.new.tables[today]);
        if old.name != new.name {
            let answers = old.columns.iter().map(|field| self.answered(*field)).sum();
            let change = self.plain(Subject::Table, Deed::Renamed, &new.name, &new.label);
            let was = Some(old.name.clone());
            self.changes.push(Change { was, answers, outcome: carried(answers), ..change });
        }
    }

    fn rows(&mut self, before: usize, today: usize) {
        let (old, new) = (&self.old.tables[before], &self.new.tables[today]);
        let path = |name: &str| format!("{}/{name}", new.name);
        let matched = &self.held.matched.rows[before];
        let known: Vec<Option<usize>> =
            (0..new.rows.len()).map(|row| matched.iter().position(|one| *one == Some(row))).collect();
        let both: Vec<(usize, usize)> =
            known.iter().enumerate().filter_map(|(row, before)| before.map(|before| (row, before))).collect();
        let moved = out_of_order(&both.iter().map(|(_, before)| *before).collect::<Vec<_>>());
        let moved: HashSet<usize> =
            both.iter().zip(moved).filter(|(_, moved)| *moved).map(|((row, _), _)| *row).collect();
        for (row, before_row) in known.iter().enumerate() {
            let label = &new.rows[row].label;
            let Some(before_row) = *before_row else {
                self.changes.push(self.plain(Subject::Row, Deed::Added, path(&new.rows[row].name), label));
                continue;
            };
            let was = &old.rows[before_row];
            if was.name != new.rows[row].name {
                let answers = self.held.in_row.get(&(before, before_row)).copied().unwrap_or_default();
                let change = self.plain(Subject::Row, Deed::Renamed, path(&new.rows[row].name), label);
                let was = Some(format!("{}/{}", old.name, was.name));
                self.changes.push(Change { was, answers, outcome: carried(answers), ..change });
            }
            if moved.contains(&row) {
                self.changes.push(self.plain(Subject::Row, Deed::Moved, path(&new.rows[row].name), label));
            }
        }
        for (row, _) in matched.iter().enumerate().filter(|(_, today)| today.is_none()) {
            let names: Vec<String> =
                std::iter::once(&old.rows[row].name).chain(&old.rows[row].was).map(|name| path(name)).collect();
            let answers = self.held.in_row.get(&(before, row)).copied().unwrap_or_default();
            self.removed((Subject::Row, &old.rows[row].label), &names, answers, &[&new.name]);
        }
    }

    /// Something with a name is there no more; `names` are those that its answers may stand under.
    fn removed(&mut self, (subject, label): (Subject, &str), names: &[String], answers: usize, near: &[&str]) {
        let Some(path) = names.first() else { return };
        let said = names.iter().all(|name| self.new.removed.contains(name));
        let outcome = if answers > 0 { Outcome::Aside } else { Outcome::Kept };
        let was = (names.len() > 1).then(|| names.join("\", \""));
        let at = self.lines.at(near);
        let change = self.plain(subject, Deed::Removed, path, label);
        self.changes.push(Change { was, outcome, answers, permit: Permit::Removed, said, at, ..change });
    }

    fn answered(&self, field: usize) -> usize {
        self.held.answered.get(&field).copied().unwrap_or_default()
    }

    pub(super) fn fields(&mut self) {
        let moved = self.moved();
        for today in 0..self.new.fields.len() {
            let field = &self.new.fields[today];
            let (subject, path) = named(self.new, field);
            match self.held.matched.before(today) {
                None if field.table.is_some_and(|table| self.held.matched.tables.iter().all(|t| *t != Some(table))) => {
                }
                None => self.changes.push(self.plain(subject, Deed::Added, path, shown(field))),
                Some(before) => {
                    self.field(before, today, &path);
                    if moved.contains(&today) {
                        self.changes.push(self.plain(subject, Deed::Moved, path, shown(field)));
                    }
                }
            }
        }
        for (before, field) in self.old.fields.iter().enumerate() {
            let table_gone = field.table.is_some_and(|table| self.held.matched.tables[table].is_none());
            if self.held.matched.fields[before].is_none() && !table_gone {
                let (subject, _) = named(self.old, field);
                let near = field.table.map(|table| self.today(table).to_owned());
                let start = near.as_ref().map_or(String::new(), |table| format!("{table}/"));
                let names: Vec<String> =
                    std::iter::once(&field.name).chain(&field.was).map(|name| format!("{start}{name}")).collect();
                self.removed((subject, shown(field)), &names, self.answered(before), near.as_deref().as_slice());
            }
        }
    }

    /// What a table of the old version is called now; one that is gone, as it was.
    fn today(&self, table: usize) -> &'_ str {
        let today = self.held.matched.tables[table].map(|today| &self.new.tables[today]);
        &today.unwrap_or(&self.old.tables[table]).name
    }

    /// One question in both versions.
    fn field(&mut self, before: usize, today: usize, path: &str) {
        let (was, is) = (&self.old.fields[before], &self.new.fields[today]);
        let (subject, answers) = (named(self.new, is).0, self.answered(before));
        let plain = |deed| self.plain(subject, deed, path, shown(is));
        let mut changes = Vec::new();
        if was.name != is.name {
            let was = Some(named(self.old, was).1);
            changes.push(Change { was, answers, outcome: carried(answers), ..plain(Deed::Renamed) });
        }
        changes.extend(self.forgotten(before, &plain(Deed::Forgotten)));
        if was.kind != is.kind || was.calculation.is_some() != is.calculation.is_some() {
            let unread = self.held.unread.get(&before).copied().unwrap_or_default();
            let outcome = if unread > 0 { Outcome::Aside } else { Outcome::Kept };
            let permit = Permit::Retyped;
            let (was, said) = (Some(format!("{} → {}", type_of(was), type_of(is))), is.retyped);
            changes.push(Change { was, answers: unread, outcome, permit, said, ..plain(Deed::Retyped) });
        }
        if was.calculation.is_some() && is.calculation.is_some() && differs(&was.calculation, &is.calculation) {
            changes.push(Change { outcome: Outcome::Recalculated, ..plain(Deed::Recalculated) });
        }
        if is.calculation.is_none() && was.calculation.is_none() {
            let refused = self.held.refused.get(&before).copied().unwrap_or_default();
            changes.extend(stricter(was, is).map(|deed| Change { answers: refused, ..plain(deed) }));
        }
        if differs(&was.relevant, &is.relevant) || self.conditions_differ(was, is) {
            changes.push(plain(Deed::Conditioned));
        }
        if was.total != is.total && is.table.is_some() {
            changes.push(Change { outcome: Outcome::Recalculated, ..plain(Deed::Changed) });
        }
        self.changes.extend(changes);
    }

    /// Earlier names that hold answers still and that the form does not say any more.
    fn forgotten(&self, before: usize, plain: &Change) -> Vec<Change> {
        let of_field = self.held.forgotten.iter().filter(|((field, _), _)| *field == before);
        let change = |((_, name), answers): ((usize, String), usize)| {
            let said = self.new.removed.contains(&name);
            let (was, outcome) = (Some(name), Outcome::Aside);
            Change { was, answers, outcome, permit: Permit::Removed, said, ..plain.clone() }
        };
        of_field.map(|(key, answers)| change((key.clone(), *answers))).collect()
    }

    fn conditions_differ(&self, was: &Field, is: &Field) -> bool {
        let said = |form: &Form, field: &Field| -> Vec<String> {
            field.within.iter().map(|condition| form.conditions[*condition].source.trim().to_owned()).collect()
        };
        said(self.old, was) != said(self.new, is)
    }

    /// Which fields of the new version stand elsewhere: in another group, or before what they stood after.
    fn moved(&self) -> HashSet<usize> {
        let old = homes(self.old, &|table| self.today(table).to_owned());
        let new = homes(self.new, &|table| self.new.tables[table].name.clone());
        let mut moved = HashSet::new();
        let mut by_home: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        for today in 0..self.new.fields.len() {
            let Some(before) = self.held.matched.before(today) else { continue };
            let (Some(home), Some(former)) = (new.get(&today), old.get(&before)) else { continue };
            if home.0 == former.0 {
                by_home.entry(&home.0).or_default().push((today, former.1));
            } else {
                moved.insert(today);
            }
        }
        for fields in by_home.values() {
            let places: Vec<usize> = fields.iter().map(|(_, place)| *place).collect();
            let order = fields.iter().zip(out_of_order(&places));
            moved.extend(order.filter(|(_, moved)| *moved).map(|((today, _), _)| *today));
        }
        moved
    }

    pub(super) fn choices(&mut self) {
        let mut pairs: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (before, today) in self.held.matched.fields.iter().enumerate() {
            let lists = today.and_then(|today| self.old.fields[before].choices.zip(self.new.fields[today].choices));
            if let Some(lists) = lists {
                pairs.entry(lists).or_default().push(before);
            }
        }
        for ((before, today), fields) in pairs {
            self.list(before, today, &fields);
        }
    }

    fn list(&mut self, before: usize, today: usize, fields: &[usize]) {
        let (old, new) = (&self.old.choices[before], &self.new.choices[today]);
        let path = |code: &str| format!("{}/{code}", new.name);
        let old_codes: HashSet<&str> = old.iter().map(|choice| choice.name.as_str()).collect();
        for choice in new.iter().filter(|choice| !old_codes.contains(choice.name.as_str())) {
            let earlier = choice.was().into_iter().find(|code| old_codes.contains(code.as_str()));
            let at = self.lines.at(&[&new.name]);
            let deed = if earlier.is_some() { Deed::Renamed } else { Deed::Added };
            let outcome = if earlier.is_some() { Outcome::Carried } else { Outcome::Kept };
            let was = earlier.map(|code| path(&code));
            let change = self.plain(Subject::Choice, deed, path(&choice.name), &choice.label);
            self.changes.push(Change { at, was, outcome, ..change });
        }
        let mut gone: BTreeMap<String, usize> = BTreeMap::new();
        for choice in old.iter().filter(|choice| new.find(&choice.name).is_none()) {
            gone.insert(choice.name.clone(), 0);
        }
        for ((_, code), answers) in self.held.codes.iter().filter(|((field, _), _)| fields.contains(field)) {
            *gone.entry(code.clone()).or_default() += answers;
        }
        for (code, answers) in gone {
            let label = old.find(&code).map_or(code.clone(), |choice| choice.label.clone());
            self.removed((Subject::Choice, &label), &[path(&code)], answers, &[&new.name]);
        }
    }
}

fn carried(answers: usize) -> Outcome {
    if answers > 0 { Outcome::Carried } else { Outcome::Kept }
}

fn named(form: &Form, field: &Field) -> (Subject, String) {
    match field.table {
        Some(table) => (Subject::Column, format!("{}/{}", form.tables[table].name, field.name)),
        None => (Subject::Question, field.name.clone()),
    }
}

fn shown(field: &Field) -> &str {
    if field.label.is_empty() { &field.name } else { &field.label }
}

fn type_of(field: &Field) -> String {
    if field.calculation.is_some() { format!("calculate {}", field.kind.name) } else { field.kind.name.to_owned() }
}

/// Whether two expressions are written differently.
pub(super) fn differs(one: &Option<Expr>, other: &Option<Expr>) -> bool {
    written(one) != written(other)
}

fn written(expr: &Option<Expr>) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    expr.as_ref().map_or_else(String::new, |expr| words(&expr.source))
}

/// What has become of the demands on an answer.
fn stricter(was: &Field, is: &Field) -> impl Iterator<Item = Deed> {
    let narrower = |was: Option<f64>, is: Option<f64>, less: fn(f64, f64) -> bool| match (was, is) {
        (None, Some(_)) => true,
        (Some(was), Some(is)) => less(was, is),
        (_, None) => false,
    };
    let ranges = narrower(was.min, is.min, |was, is| is > was) || narrower(was.max, is.max, |was, is| is < was);
    let filtered = is.choice_filter.is_some() && differs(&was.choice_filter, &is.choice_filter);
    let changed = filtered || (is.constraint.is_some() && differs(&was.constraint, &is.constraint));
    let tightened = ranges || changed || (was.missing && !is.missing);
    let required = is.required.is_some() && differs(&was.required, &is.required);
    let wider = (was.min, was.max, was.missing) != (is.min, is.max, is.missing)
        || (was.constraint.is_some() && is.constraint.is_none())
        || (was.required.is_some() && is.required.is_none());
    let loosened = wider && !tightened && !required;
    [(tightened, Deed::Tightened), (required, Deed::Required), (loosened, Deed::Loosened)]
        .into_iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, deed)| deed)
}

/// The group or table that each field stands in, and its place there; tables by the names that `table` gives them.
fn homes(form: &Form, table: &dyn Fn(usize) -> String) -> BTreeMap<usize, (String, usize)> {
    type Homes = BTreeMap<usize, (String, usize)>;
    fn within(form: &Form, group: &Group, (path, table): (&str, &dyn Fn(usize) -> String), homes: &mut Homes) {
        let path = format!("{path}/{}", if group.name.is_empty() { &group.label } else { &group.name });
        for (place, item) in group.items.iter().enumerate() {
            match item {
                Item::Group(inner) => within(form, inner, (&path, table), homes),
                Item::Field(field) => drop(homes.insert(*field, (path.clone(), place))),
                Item::Table(number) => {
                    for (place, column) in form.tables[*number].columns.iter().enumerate() {
                        homes.insert(*column, (format!("table:{}", table(*number)), place));
                    }
                }
                Item::Note { .. } => {}
            }
        }
    }
    let mut found = BTreeMap::new();
    form.groups.iter().for_each(|group| within(form, group, ("", table), &mut found));
    found
}

#[cfg(test)]
mod tests {
    use super::differs;

    #[test]
    fn spaces_in_an_expression_mean_nothing() {
        let read = |text: &str| crate::expr::parse(text).ok();
        assert!(!differs(&read("1  +\n 2"), &read("1 + 2")));
        assert!(differs(&read("1 + 2"), &None));
    }
}

//! What is said of the form as a whole, and its checks, indicators, classifications and parameters.

use super::{Change, Deed, Found, Outcome, Permit, Subject};
use crate::form::model::{Classification, Form, Group, Indicator, Item, Respondent};

impl Found<'_> {
    pub(super) fn head(&mut self) {
        let (old, new) = (self.old, self.new);
        let reports = self.held.reports;
        if old.period != new.period {
            self.whole(Deed::Period, (old.period.name(), new.period.name()), ("=period", reports));
        }
        if old.about != new.about {
            self.whole(Deed::About, (old.about.name(), new.about.name()), ("=about", reports));
        }
        if old.by != new.by {
            let left = |by: &Respondent| !new.by.contains(by);
            let lost = self.held.by.iter().filter(|(by, _)| left(by)).map(|(_, n)| n).sum();
            self.whole(Deed::By, (&respondents(&old.by), &respondents(&new.by)), ("=by", lost));
        }
        if old.many != new.many {
            let change = self.plain(Subject::Form, Deed::Changed, "many", &new.title);
            self.changes.push(Change { at: self.lines.at(&["=many"]), ..change });
        }
        self.words();
    }

    /// A change of what all reports of the form hang on.
    fn whole(&mut self, deed: Deed, (was, is): (&str, &str), (key, reports): (&str, usize)) {
        let change = self.plain(Subject::Form, deed, key.trim_start_matches('='), &self.new.title);
        let at = self.lines.at(&[key]);
        let outcome = if reports > 0 { Outcome::Aside } else { Outcome::Kept };
        let was = Some(format!("{was} → {is}"));
        self.changes.push(Change { was, at, outcome, answers: reports, permit: Permit::Never, ..change });
    }

    /// Words that only people read: one change for all of them.
    fn words(&mut self) {
        let said = |form: &Form| {
            let mut said = vec![form.title.clone(), form.description.clone().unwrap_or_default()];
            form.groups.iter().for_each(|group| texts(group, &mut said));
            said
        };
        let field = |before: usize, today: usize| {
            let (was, is) = (&self.old.fields[before], &self.new.fields[today]);
            let said = |one: &crate::form::model::Field| {
                (one.label.clone(), one.hint.clone(), one.guidance.clone(), one.constraint_message.clone())
            };
            said(was) != said(is)
        };
        let matched = &self.held.matched;
        let fields = matched.fields.iter().enumerate();
        let fields = fields.filter(|(before, today)| today.is_some_and(|today| field(*before, today))).count();
        let row = |table: usize, row: usize, today: usize| {
            let new = matched.tables[table].map(|table| self.new.tables[table].rows[today].label.as_str());
            Some(self.old.tables[table].rows[row].label.as_str()) != new
        };
        let rows = matched.rows.iter().enumerate().flat_map(|(table, rows)| {
            rows.iter().enumerate().filter_map(move |(row, today)| Some((table, row, (*today)?)))
        });
        let rows = rows.filter(|(table, number, today)| row(*table, *number, *today)).count();
        let n = fields + rows + usize::from(said(self.old) != said(self.new));
        if n > 0 {
            let change = self.plain(Subject::Form, Deed::Reworded, "title", &self.new.title);
            self.changes.push(Change { at: self.lines.at(&["=title"]), answers: n, ..change });
        }
    }

    pub(super) fn blocks(&mut self) {
        let (old, new) = (self.old, self.new);
        let parameter = |form: &Form| {
            form.parameters.iter().map(|(name, value)| (name.clone(), name.clone(), format!("{value:?}"))).collect()
        };
        self.block((Subject::Parameter, "parameter:"), parameter(old), parameter(new), Outcome::Recalculated);
        let check = |form: &Form| {
            let said = |check: &crate::form::model::Check| {
                format!("{:?} {} {:?}", check.over, check.test.source, check.severity)
            };
            form.checks.iter().map(|check| (check.name.clone(), check.message.clone(), said(check))).collect()
        };
        self.block((Subject::Check, "check:"), check(old), check(new), Outcome::Kept);
        let indicator = |form: &Form| {
            form.indicators.iter().map(|one| (one.name.clone(), one.label.clone(), figure(form, one))).collect()
        };
        self.block((Subject::Indicator, "indicator:"), indicator(old), indicator(new), Outcome::Recalculated);
        let list = |form: &Form| {
            form.classifications.iter().map(|one| (one.name.clone(), one.label.clone(), rules(form, one))).collect()
        };
        self.block((Subject::Classification, "classification:"), list(old), list(new), Outcome::Recalculated);
    }

    /// Blocks of one kind, as name, words and meaning.
    fn block(&mut self, (subject, prefix): (Subject, &str), old: Vec<Block>, new: Vec<Block>, outcome: Outcome) {
        let at = |found: &Self, name: &str| found.lines.at(&[&format!("{prefix}{name}")]);
        for (name, label, meaning) in &new {
            let deed = match old.iter().find(|(known, ..)| known == name) {
                None => Deed::Added,
                Some((.., was)) if was != meaning => Deed::Changed,
                Some(_) => continue,
            };
            let change = self.plain(subject, deed, name, label);
            self.changes.push(Change { at: at(self, name), outcome, ..change });
        }
        for (name, label, _) in old.iter().filter(|(name, ..)| new.iter().all(|(known, ..)| known != name)) {
            let change = self.plain(subject, Deed::Removed, name, label);
            self.changes.push(change);
        }
    }
}

type Block = (String, String, String);

fn respondents(by: &[Respondent]) -> String {
    let word = |by: &Respondent| Respondent::ALL.iter().find(|(_, known)| known == by).map_or("", |(word, _)| *word);
    by.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn texts(group: &Group, said: &mut Vec<String>) {
    said.push(group.label.clone());
    said.push(group.hint.clone().unwrap_or_default());
    for item in &group.items {
        match item {
            Item::Group(inner) => texts(inner, said),
            Item::Note { label, .. } => said.push(label.clone()),
            Item::Field(_) | Item::Table(_) => {}
        }
    }
}

/// All that an indicator's figures follow from.
fn figure(form: &Form, one: &Indicator) -> String {
    let table = one.over.map(|table| form.tables[table].name.as_str());
    let denominator = one.denominator.as_ref().map(|expr| expr.source.as_str());
    format!(
        "{:?} {table:?} {} {} {denominator:?} {} {} {:?} {:?} {:?}",
        one.unit, one.by_row, one.numerator.source, one.periods, one.expected, one.among, one.better, one.targets
    )
}

/// All that a list follows from.
fn rules(form: &Form, one: &Classification) -> String {
    let because = one.because.map(|field| form.fields[field].name.as_str());
    let grounds: Vec<(&str, &str)> =
        one.grounds.iter().map(|ground| (ground.name.as_str(), ground.rule.source.as_str())).collect();
    format!("{because:?} {grounds:?}")
}

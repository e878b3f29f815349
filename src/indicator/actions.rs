//! Asking for figures and lists.

use std::collections::HashMap;
use std::sync::Arc;

use super::ahead::Ahead;
use super::lists::{Entry, ListTable};
use super::reading::Reading;
use super::sums::Sums;
use super::{Figures, Level, Query, Territory};
use crate::access::{Actor, Right, Scope};
use crate::db::Db;
use crate::error::Result;
use crate::form::Form;
use crate::ids::{OrgId, OrgType};
use crate::org::Org;
use crate::period::Period;
use crate::report;
use crate::report::figures::{Progress, Tally};

/// The indicators of a form over a territory.
///
/// # Errors
/// [`crate::error::Error::NotFound`] where no such form is published; [`crate::error::Error::Faults`] where it is
/// collected for another kind of period; [`crate::error::Error::Denied`].
pub async fn figures(db: &Db, actor: &Actor, query: &Query) -> Result<Figures> {
    actor.need(Right::Overview)?;
    let reading = Arc::new(Reading::open(db, actor, query).await?);
    let territories = Territories::of(&reading);
    let mut sums = territories.sums(&reading);
    let mut ahead = Ahead::start(db, &reading).await?;
    while let Some(piece) = ahead.next().await? {
        piece.iter().for_each(|one| sums.add(one));
    }
    Ok(territories.figures(&reading, sums))
}

/// Every classification of a form over a territory.
///
/// # Errors
/// As [`figures`].
pub async fn lists(db: &Db, actor: &Actor, query: &Query) -> Result<Vec<ListTable>> {
    actor.need(Right::Overview)?;
    let reading = Arc::new(Reading::open(db, actor, query).await?);
    let mut lists = empty_lists(&reading);
    let mut ahead = Ahead::start(db, &reading).await?;
    while let Some(piece) = ahead.next().await? {
        for one in &piece {
            lists.iter_mut().for_each(|list| list.entries.extend(Entry::of(&reading, list.list, one)));
        }
    }
    Ok(lists)
}

/// The periods that there is something to say of, the latest first: a form's own, or those of the forms that a
/// programme reads.
///
/// # Errors
/// As [`figures`].
pub async fn periods(db: &Db, actor: &Actor, scope: &Scope, form: &Form) -> Result<Vec<Period>> {
    let reach = form.reach();
    let read = match form.is_programme() {
        true => reach.others.iter().chain(&reach.children).cloned().collect(),
        false => vec![form.id.clone()],
    };
    let mut periods = Vec::new();
    for id in &read {
        periods.extend(report::figures::actions::periods(db, actor, scope, id).await?);
    }
    periods.retain(|period| period.kind() == form.period);
    periods.sort_by_key(|period| std::cmp::Reverse(period.start()));
    periods.dedup();
    Ok(periods)
}

/// The lists of a form, nobody on them yet.
pub fn empty_lists(reading: &Reading) -> Vec<ListTable> {
    let form = &reading.version.form;
    (0..form.classifications.len()).map(|list| ListTable::new(form, list, reading.query.period)).collect()
}

/// The parts of a territory, and who lies in which.
#[derive(Debug)]
pub struct Territories {
    /// The parts, in the order of the tree.
    pub parts: Vec<Territory>,
    /// The whole.
    pub total: Territory,
    /// The part that an organisation lies in.
    pub place: HashMap<OrgId, usize>,
}

impl Territories {
    /// Parts what a query reads by its level. A municipality without anybody expected in it is left out; what lies in
    /// no municipality is a part of its own, so that the parts always add up to the whole.
    pub fn of(reading: &Reading) -> Territories {
        let mut grouped: Vec<(Option<Arc<Org>>, Vec<&Progress>)> = Vec::new();
        let (mut index, mut place) = (HashMap::new(), HashMap::new());
        for one in &reading.progress {
            let head = match reading.query.level {
                Level::Municipality => reading.upward(one.org.id, OrgType::Municipality).cloned(),
                Level::Organisation => Some(one.org.clone()),
            };
            let group = *index.entry(head.as_ref().map(|org| org.id)).or_insert_with(|| {
                grouped.push((head, Vec::new()));
                grouped.len() - 1
            });
            grouped[group].1.push(one);
            place.insert(one.org.id, group);
        }
        let parts = grouped.into_iter().map(|(org, ones)| Territory { org, tally: Tally::of(ones) }).collect();
        let root = reading.query.scope.root().and_then(|root| reading.orgs.get(&root)).cloned();
        // A group is called by its name, wherever its members stand.
        let whole = || only_region(reading).filter(|_| reading.group.is_none());
        let total = Territory { org: root.or_else(whole), tally: Tally::of(&reading.progress) };
        Territories { parts, total, place }
    }

    /// Sums over these parts, nothing added yet.
    pub fn sums<'a>(&self, reading: &'a Reading) -> Sums<'a> {
        Sums::new(&reading.version.form, self.parts.len(), self.place.clone())
    }

    /// The figures, once everything is added.
    pub fn figures(self, reading: &Reading, sums: Sums<'_>) -> Figures {
        let answered = sums.answered().to_vec();
        Figures {
            version: reading.version.clone(),
            tally: self.total.tally,
            duplicates: reading.duplicates,
            inputs: reading.inputs.clone(),
            territories: self.parts,
            total: self.total,
            answered,
            indicators: sums.figures(reading.query.period),
        }
    }
}

/// The region, where the whole registry is one, whatever stands below it.
fn only_region(reading: &Reading) -> Option<Arc<Org>> {
    let top = |org: &&Arc<Org>| org.parent.is_none_or(|parent| !reading.orgs.contains_key(&parent));
    let mut regions = reading.orgs.values().filter(|org| org.kind == OrgType::Region).filter(top);
    regions.next().filter(|_| regions.next().is_none()).cloned()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

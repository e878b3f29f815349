//! The lists that `peers(…)` gives: what counts of each organisation of a region, the same for whoever asks.

use std::collections::{BTreeMap, HashMap};

use super::store;
use crate::access::{Actor, Scope};
use crate::db::Db;
use crate::error::Result;
use crate::expr::{Shared, Value};
use crate::form::{Form, Peers, Stored};
use crate::ids::{OrgId, OrgType};
use crate::org::{self, Org};
use crate::report::figures::{self, Slice};

/// The lists of all regions, in the period of a query and in the one before it.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// The region of each organisation of the form's type: the nearest one above it, else the topmost organisation.
    regions: HashMap<OrgId, OrgId>,
    /// The lists of each region, by how many periods back.
    lists: Vec<HashMap<OrgId, Peers>>,
}

impl Comparison {
    /// Loads what the classifications of a form look at; nothing where they look at no peers. The scope of the viewer
    /// does not matter here: a place among peers would otherwise depend on who asks for it.
    pub(super) async fn load(db: &Db, actor: &Actor, slices: &[Slice]) -> Result<Comparison> {
        let Some(form) = slices.first().map(|slice| slice.form.clone()) else { return Ok(Comparison::default()) };
        let asked = form.asked_of_peers();
        if asked.is_empty() {
            return Ok(Comparison::default());
        }
        let paths: Vec<String> = asked.iter().flat_map(|place| form.stored_paths(*place)).collect();
        let everything = Scope::of_comparison();
        let orgs = org::store::all(&mut *db.read().await?, &everything).await?;
        let mut comparison = Comparison { regions: regions(&form, &orgs), lists: Vec::new() };
        for slice in slices {
            let counting = figures::actions::reports(db, actor, &everything, slice).await?;
            let mut values = store::values_at(&mut *db.read().await?, slice, &paths).await?;
            let mut found = Found::default();
            for report in counting.reports {
                if let (Some(region), Some(stored)) =
                    (comparison.regions.get(&report.about), values.remove(&report.report))
                {
                    found.add(&form, *region, stored);
                }
            }
            comparison.lists.push(found.lists(&asked));
        }
        Ok(comparison)
    }

    /// The lists that an organisation is compared with, so many periods back.
    pub(super) fn of(&self, org: OrgId, back: usize) -> Peers {
        let lists = self.regions.get(&org).and_then(|region| self.lists.get(back)?.get(region));
        lists.cloned().unwrap_or_default()
    }
}

fn regions(form: &Form, orgs: &[Org]) -> HashMap<OrgId, OrgId> {
    let by_id: HashMap<OrgId, &Org> = orgs.iter().map(|org| (org.id, org)).collect();
    let region = |org: &Org| {
        let up = || std::iter::successors(by_id.get(&org.id), |org| by_id.get(&org.parent?)).take(org::DEEPEST);
        up().find(|org| org.kind == OrgType::Region).or_else(|| up().last()).map(|region| (org.id, region.id))
    };
    orgs.iter().filter(|org| org.kind == form.about).filter_map(region).collect()
}

/// Values by region, field and row, while they are gathered.
#[derive(Default)]
struct Found(HashMap<OrgId, BTreeMap<(usize, usize), Vec<Value>>>);

impl Found {
    fn add(&mut self, form: &Form, region: OrgId, stored: Vec<(String, Stored)>) {
        let lists = self.0.entry(region).or_default();
        for (path, value) in form.read_values(stored) {
            if let Some(place) = form.locate(&path) {
                lists.entry(place).or_default().push(value);
            }
        }
    }

    fn lists(self, asked: &[(usize, usize)]) -> HashMap<OrgId, Peers> {
        let of = |mut lists: BTreeMap<(usize, usize), Vec<Value>>| {
            let each = asked.iter().map(|place| (*place, Shared::new(lists.remove(place).unwrap_or_default())));
            Peers::new(each.collect())
        };
        self.0.into_iter().map(|(region, lists)| (region, of(lists))).collect()
    }
}

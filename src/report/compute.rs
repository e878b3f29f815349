//! What a form computes for a stored report: its surroundings are loaded, its values and measures are kept right.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::figures::store::Reader;
use super::figures::{self, Slice, counting};
use super::store::Standing;
use super::{Key, version};
use crate::access::Scope;
use crate::db::{Conn, Steps};
use crate::error::Result;
use crate::form::{Context, Filled, Form, Organisations, Peers, Values};
use crate::ids::{OrgId, OrgType, ReportId, RevisionId};
use crate::org::{self, Org};
use crate::period::Period;

/// Which report of a form is meant, without who fills it.
#[derive(Debug, Clone)]
pub(super) struct About<'a> {
    pub(super) period: Period,
    pub(super) wave: &'a str,
    pub(super) about: OrgId,
}

impl<'a> About<'a> {
    pub(super) fn of(key: &'a Key) -> About<'a> {
        About { period: key.period, wave: &key.wave, about: key.about }
    }
}

/// Loads what a form reaches for outside the report, and nothing else, the registry too where it chooses from it.
pub(super) async fn context(conn: &mut Conn, form: &Form, at: &About<'_>, today: Date) -> Result<Context> {
    let organisations = organisations(conn, form).await?;
    Ok(Context { organisations, ..around(conn, form, at, today).await? })
}

/// The registry as lists of choices, where a form has questions that choose from it.
pub(super) async fn organisations(conn: &mut Conn, form: &Form) -> Result<Option<Arc<Organisations>>> {
    if !form.chooses_organisations() {
        return Ok(None);
    }
    Ok(Some(Arc::new(org::store::choices(conn).await?)))
}

/// Loads what surrounds a report, without the registry: stored counting values, never drafts.
pub(super) async fn around(conn: &mut Conn, form: &Form, at: &About<'_>, today: Date) -> Result<Context> {
    let reach = form.reach();
    let mut previous = Vec::new();
    for back in 1..=reach.previous {
        previous.push(match at.period.back(back) {
            Some(period) => counting_values(conn, form, &About { period, ..at.clone() }).await?,
            None => Values::new(),
        });
    }
    let mut others = BTreeMap::new();
    for id in &reach.others {
        if let Some(other) = version::store::newest(conn, id).await? {
            let values = counting_values(conn, &other.form, at).await?;
            others.insert(id.clone(), other.form.seen_by(reach, values, Some(at.period)));
        }
    }
    let mut children = BTreeMap::new();
    for id in &reach.children {
        let read = match *id == form.id {
            true => Some(Arc::new(form.clone())),
            false => version::store::newest(conn, id).await?.map(|version| version.form),
        };
        if let Some(read) = read {
            let below = values_below(conn, &read, at).await?.into_iter();
            let seen = below.map(|values| read.seen_by(reach, values, Some(at.period))).collect();
            children.insert(id.clone(), seen);
        }
    }
    let org = if reach.org { facts(conn, at).await? } else { BTreeMap::new() };
    let peers = Peers::default();
    Ok(Context {
        period: Some(at.period),
        today: Some(today),
        previous,
        others,
        children,
        peers,
        org,
        organisations: None,
    })
}

/// The values that count about an organisation, by the names of this version of the form; empty where none count.
async fn counting_values(conn: &mut Conn, form: &Form, at: &About<'_>) -> Result<Values> {
    let reports = figures::store::reports_about(conn, &form.id, at.period, at.wave, at.about).await?;
    match counting(form, reports).reports.first() {
        Some(report) => Ok(form.read_values(figures::store::values(conn, report.report).await?)),
        None => Ok(Values::new()),
    }
}

/// The values that count about the organisations below one, for each report, by the names of this version of the form.
async fn values_below(conn: &mut Conn, form: &Arc<Form>, at: &About<'_>) -> Result<Vec<Values>> {
    let slice = Slice { form: form.clone(), period: at.period, wave: at.wave.to_owned(), accepted_only: false };
    let scope = Scope::of_subordinates(at.about);
    let reports = counting(form, figures::store::reports(conn, &scope, &slice).await?).reports;
    let mut values = figures::store::slice_values(conn, &scope, &slice).await?;
    let below = reports.into_iter().filter(|report| report.about != at.about);
    Ok(below.map(|report| form.read_values(values.remove(&report.report).unwrap_or_default())).collect())
}

/// What `org(…)` knows of the organisation of a report: what is known of it on the last day of the period.
async fn facts(conn: &mut Conn, at: &About<'_>) -> Result<BTreeMap<String, String>> {
    let upwards = org::store::upwards(conn, at.about).await?;
    let known = org::store::attributes(conn, Some(at.about), at.period.end()).await?;
    Ok(org::facts(&upwards.iter().collect::<Vec<_>>(), known.get(&at.about).into_iter().flatten()))
}

/// The organisation that is expected to fill a report about another one: itself, or the one above it.
pub(super) async fn filler(conn: &mut Conn, key: &Key, org: &Org) -> Result<Option<OrgId>> {
    let Some(kind) = OrgType::from_name(super::respondent_word(key.by)) else { return Ok(None) };
    if org.kind == kind {
        return Ok(Some(org.id));
    }
    let upwards = org::store::upwards(conn, key.about).await?;
    Ok(upwards.into_iter().find(|org| org.kind == kind).map(|org| org.id))
}

/// Compares what a report is to count with what is stored of it. Values are stored of what counts, and of nothing else.
pub(super) async fn replacement(conn: &mut Conn, report: Standing, filled: &Filled) -> Result<figures::Replacement> {
    let rows = match report.pointers.counting() {
        Some(_) => figures::store::rows(conn, report.id).await?,
        None => BTreeMap::new(),
    };
    Ok(figures::replacement(&rows, filled.stored()))
}

/// Makes what a revision contributes count; `report` is where the report stood before.
pub(super) fn make_count(
    steps: &mut Steps,
    report: Standing,
    revision: RevisionId,
    change: figures::Replacement,
    by: (&Form, &Filled),
) {
    let (form, filled) = by;
    figures::store::replace(steps, report.id, change, revision);
    if report.pointers.counting().is_some() {
        figures::store::drop_measures(steps, report.id);
    }
    figures::store::add_measures(steps, report.id, &form.hash, &filled.measures);
}

/// Takes the steps that move reports, and computes again what other reports add to indicators, where their form reads
/// one of those (`previous`, `children`, `${other-form:…}`). Values never depend on other reports, measures may; without
/// this the order in which two years are imported would matter.
pub(super) async fn refresh_after(
    steps: Steps,
    conn: &mut Conn,
    (form, wave): (&str, &str),
    moved: &[(Period, OrgId)],
    today: Date,
) -> Result<()> {
    let forms = version::store::all_forms_after(steps, conn).await?;
    let readers: Vec<&Arc<Form>> = forms.iter().filter(|reader| reads(reader, form)).collect();
    if readers.is_empty() || moved.is_empty() {
        return Ok(());
    }
    let below = readers.iter().any(|reader| reader.reach().children.iter().any(|read| read == form));
    let above = if below { above(conn, moved).await? } else { HashSet::new() };
    let moved = Moved { form, at: moved.iter().copied().collect(), above };
    let ids: HashSet<&str> = readers.iter().map(|reader| reader.id.as_str()).collect();
    for id in ids {
        for reader in figures::store::readers(conn, id, wave, moved.single()).await? {
            let by = version::store::form(conn, &reader.form_hash).await?;
            if let Some(period) = Period::from_id(&reader.period).filter(|period| moved.concerns(&by, &reader, *period))
            {
                let at = About { period, wave, about: reader.about };
                measure_again(conn, reader.report, &by, &at, today).await?;
            }
        }
    }
    Ok(())
}

/// Computes the measures of a report again from its counting values.
pub(super) async fn measure_again(
    conn: &mut Conn,
    report: ReportId,
    form: &Form,
    at: &About<'_>,
    today: Date,
) -> Result<()> {
    let values = form.read_values(figures::store::values(conn, report).await?);
    let measures = form.measures_of(&values, &around(conn, form, at, today).await?);
    let mut steps = Steps::default();
    figures::store::drop_measures(&mut steps, report);
    figures::store::add_measures(&mut steps, report, &form.hash, &measures);
    steps.run(conn).await
}

fn reads(reader: &Form, form: &str) -> bool {
    let reach = reader.reach();
    !reader.indicators.is_empty() && ((reader.id == form && reach.previous > 0) || reach.reads(form))
}

/// Every organisation above those that moved, with the period.
async fn above(conn: &mut Conn, moved: &[(Period, OrgId)]) -> Result<HashSet<(Period, OrgId)>> {
    let mut above = HashSet::new();
    for (period, about) in moved {
        let upwards = org::store::upwards(conn, *about).await?;
        above.extend(upwards.iter().skip(1).map(|org| (*period, org.id)));
    }
    Ok(above)
}

/// Reports of a form whose counting values have changed.
struct Moved<'a> {
    form: &'a str,
    at: HashSet<(Period, OrgId)>,
    /// Those above them; nobody where no form reads its subordinates.
    above: HashSet<(Period, OrgId)>,
}

impl Moved<'_> {
    /// The only organisation whose reports can depend on what moved, if there is only one.
    fn single(&self) -> Option<OrgId> {
        let mut abouts = self.at.iter().map(|(_, about)| *about);
        let first = abouts.next().filter(|_| self.above.is_empty())?;
        abouts.all(|about| about == first).then_some(first)
    }

    /// Whether a report filled by this version of a form reads one of them.
    fn concerns(&self, by: &Form, reader: &Reader, period: Period) -> bool {
        let reach = by.reach();
        let earlier = |back: u32| period.back(back).is_some_and(|before| self.at.contains(&(before, reader.about)));
        let here = (period, reader.about);
        let read = |forms: &[String]| forms.iter().any(|read| read == self.form);
        (by.id == self.form && (1..=reach.previous).any(earlier))
            || (read(&reach.children) && self.above.contains(&here))
            || (read(&reach.others) && self.at.contains(&here))
    }
}

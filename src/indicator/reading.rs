//! What a query reads: who is expected and what counts, and then piece by piece what each organisation contributes.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::peers::Comparison;
use super::{InputForm, Query, height, programme, row_named, store};
use crate::access::{Actor, Right};
use crate::db::{Conn, Db};
use crate::error::{Error, Fault, Place, Result};
use crate::form::{Context, Form, Measure, Peers, Record, Slots, Values, Verdict};
use crate::ids::{OrgId, OrgType, ReportId};
use crate::lang::Words;
use crate::org::group::Group;
use crate::org::{self, Org};
use crate::period::Period;
use crate::report::figures::{self, Counted, Progress, Slice, Tally};
use crate::report::version::{self, Version};

/// How many organisations are read at once.
const PIECE: usize = 300;

type ByOrg = HashMap<OrgId, Vec<Counted>>;

/// What a query is about, loaded; the figures themselves are read by [`Reading::contributions`].
#[derive(Debug)]
pub struct Reading {
    /// The version of the form that is read by: the newest.
    pub version: Version,
    /// What was asked.
    pub query: Query,
    /// Who is expected or has a report, in the order of the tree.
    pub progress: Vec<Progress>,
    /// Everyone in the territory; of a group, everyone around its members too.
    pub orgs: HashMap<OrgId, Arc<Org>>,
    /// Reports that would count if another respondent's did not.
    pub duplicates: usize,
    /// The forms that a programme reads.
    pub inputs: Vec<InputForm>,
    /// What counts in this period, then in each earlier one that is looked at.
    slices: Vec<ByOrg>,
    /// What counts of the other forms that are looked at.
    others: Vec<(Arc<Form>, ByOrg)>,
    /// What counts of the forms that are read of subordinates, by each organisation above them.
    below: Vec<(Arc<Form>, ByOrg)>,
    /// What each organisation is compared with.
    comparison: Comparison,
    /// The group that is asked for.
    pub group: Option<Group>,
    /// The day whose tree is taken, where it is not the last of the period.
    pub day: Option<Date>,
    /// Facts under names of people's own, where the form asks for any.
    facts: HashMap<OrgId, Vec<(String, String)>>,
}

/// Both parts of an indicator in a row that one organisation contributes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// What is counted.
    pub numerator: f64,
    /// Out of what.
    pub denominator: Option<f64>,
    /// A silent organisation that stays in the denominator; otherwise a report that counts.
    pub silent: bool,
}

/// What one report contributes; an organisation without a report contributes as well, where it is expected.
#[derive(Debug, Clone)]
pub struct Contribution {
    /// Whose figures.
    pub org: OrgId,
    /// The report.
    pub report: Option<Counted>,
    /// Whether one is expected; true only for the first of several reports of an organisation.
    pub expected: bool,
    /// Whether there is something that counts.
    pub sent: bool,
    /// The values, in the places of the form.
    pub values: Slots,
    /// The stored values themselves, stated absences included.
    pub stored: Record,
    /// Parts by indicator and row.
    pub parts: Vec<Vec<Option<Part>>>,
    /// Whether the organisation belongs to each indicator (`among`).
    pub included: Vec<bool>,
    /// What each classification says; nothing for the second and later reports of an organisation.
    pub verdicts: Vec<Verdict>,
    /// What each classification said of the period before.
    pub before: Vec<Option<bool>>,
    /// What the verdicts looked at besides the values.
    pub context: Context,
}

impl Reading {
    /// Loads what a query is about.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no such form is published; [`Error::Faults`] where it is collected for another kind of
    /// period; [`Error::Denied`].
    pub async fn open(db: &Db, actor: &Actor, query: &Query) -> Result<Reading> {
        actor.need(Right::Overview)?;
        let version = version::actions::newest(db, actor, &query.form).await?;
        let form = version.form.clone();
        if query.period.kind() != form.period {
            let words = Words::new("report.other-period")
                .with("given", query.period.id())
                .with("example", form.period.example());
            return Err(Error::fault(Fault::error(Place::Field("period".to_owned()), "wrong-type", words)));
        }
        // Earlier periods are looked at for the members of this one: who belongs to the territory is asked of one day.
        let query = &on_its_day(query);
        let compared = (0..=1).filter_map(|back| Some(slice(query, &form, query.period.back(back)?)));
        let comparison = Comparison::load(db, actor, &compared.collect::<Vec<_>>()).await?;
        let (mut slices, mut duplicates) = (Vec::new(), 0);
        for back in 0..=earliest(&form) {
            let Some(period) = query.period.back(back) else { break };
            let counting = figures::actions::reports(db, actor, &query.scope, &slice(query, &form, period)).await?;
            duplicates += if back == 0 { counting.duplicates.len() } else { 0 };
            slices.push(by_org(counting.reports));
        }
        let others = read_others(db, actor, query, &form).await?;
        let orgs: Vec<Arc<Org>> =
            org::actions::list(db, actor, &query.scope).await?.into_iter().map(Arc::new).collect();
        let below = read_below(db, actor, query, (&form, &orgs)).await?;
        let (mut progress, mut inputs) = (Vec::new(), Vec::new());
        if form.is_programme() {
            for (other, _) in &others {
                progress.push(progress_of(db, actor, (query, &orgs), other).await?);
                inputs.push(InputForm { form: other.clone(), tally: Tally::of(&progress[inputs.len()]) });
            }
            progress = vec![programme::progress(&form, query.period, &orgs, &progress)];
        } else {
            progress.push(progress_of(db, actor, (query, &orgs), &form).await?);
        }
        let progress = progress.into_iter().flatten().collect();
        let orgs = around(db, actor, query, orgs).await?.into_iter().map(|org| (org.id, org)).collect();
        let (group, facts) = (group(db, actor, query).await?, facts(db, &form, query).await?);
        let day = query.scope.day().filter(|day| *day != query.period.end());
        let query = query.clone();
        Ok(Reading {
            group,
            day,
            version,
            query,
            progress,
            orgs,
            duplicates,
            inputs,
            slices,
            others,
            below,
            comparison,
            facts,
        })
    }

    /// Pieces of the territory that are small enough to hold at once, in the order of the tree.
    pub fn pieces(&self) -> impl Iterator<Item = &[Progress]> {
        self.progress.chunks(PIECE)
    }

    /// The nearest organisation of a type at or above one.
    pub fn upward(&self, org: OrgId, kind: OrgType) -> Option<&Arc<Org>> {
        self.upwards(org).find(|org| org.kind == kind)
    }

    fn upwards(&self, org: OrgId) -> impl Iterator<Item = &Arc<Org>> {
        std::iter::successors(self.orgs.get(&org), |org| self.orgs.get(&org.parent?)).take(org::DEEPEST)
    }

    /// What each organisation of a piece contributes, in its order.
    ///
    /// # Errors
    /// [`Error::Data`] where the data file refuses.
    pub async fn contributions(&self, conn: &mut Conn, piece: &[Progress]) -> Result<Vec<Contribution>> {
        let own = self.slices.iter().map(|slice| (&self.version.form, slice));
        let mut found = Loaded::default();
        for (form, slice) in own.chain(self.others.iter().map(|(form, slice)| (form, slice))) {
            let reports: Vec<&Counted> = piece.iter().filter_map(|one| slice.get(&one.org.id)).flatten().collect();
            found.values.extend(store::values(conn, &reports, form).await?);
            found.measures.extend(store::measures(conn, &reports).await?);
        }
        for (form, slice) in &self.below {
            let below: Vec<&Counted> = piece.iter().filter_map(|one| slice.get(&one.org.id)).flatten().collect();
            for some in below.chunks(PIECE) {
                found.below.extend(store::values(conn, some, form).await?);
            }
        }
        Ok(piece.iter().flat_map(|one| self.subject(one, &mut found).contributions()).collect())
    }

    fn subject<'a>(&'a self, one: &'a Progress, found: &mut Loaded) -> Subject<'a> {
        let form = &self.version.form;
        let id = one.org.id;
        let mut read = |slice: &ByOrg| -> Vec<Report> {
            let reports = slice.get(&id).map(Vec::as_slice).unwrap_or_default();
            reports.iter().map(|counted| found.take(counted)).collect()
        };
        let mut slices = self.slices.iter().map(&mut read);
        let reports = slices.next().unwrap_or_default();
        let earlier: Vec<Vec<Report>> = slices.collect();
        let first = |reports: &[Report], form: &Form| {
            reports.first().map(|report| report.values(form).clone()).unwrap_or_default()
        };
        let seen = |other: &Form, values| other.seen_by(form.reach(), values, Some(self.query.period));
        let others = self.others.iter();
        let others = others.map(|(other, slice)| (other.id.clone(), seen(other, first(&read(slice), other)))).collect();
        let below = |(other, slice): &(Arc<Form>, ByOrg)| {
            let reports = slice.get(&id).into_iter().flatten().filter_map(|counted| found.below.get(&counted.report));
            let each = reports.map(|stored| seen(other, other.read_values(stored.iter()))).collect();
            (other.id.clone(), each)
        };
        let children = self.below.iter().map(below).collect();
        let context = Context {
            period: Some(self.query.period),
            today: None,
            previous: earlier.iter().map(|reports| first(reports, form)).collect(),
            others,
            children,
            peers: self.comparison.of(id, 0),
            org: org::facts(
                &self.upwards(id).map(AsRef::as_ref).collect::<Vec<_>>(),
                self.facts.get(&id).into_iter().flatten(),
            ),
            organisations: None,
        };
        Subject { form, one, reports, earlier, context, peers_before: self.comparison.of(id, 1) }
    }
}

/// The organisations among which those above are looked for: members of a group stand in municipalities that are not.
async fn around(db: &Db, actor: &Actor, query: &Query, orgs: Vec<Arc<Org>>) -> Result<Vec<Arc<Org>>> {
    match query.scope.group() {
        Some(_) => Ok(org::actions::list(db, actor, &query.scope.around()).await?.into_iter().map(Arc::new).collect()),
        None => Ok(orgs),
    }
}

/// The group that a query asks for.
async fn group(db: &Db, actor: &Actor, query: &Query) -> Result<Option<Group>> {
    match query.scope.group() {
        Some(id) => org::group::actions::one(db, actor, &id.to_string()).await.map(Some),
        None => Ok(None),
    }
}

/// What is known of organisations under names of people's own, where a form asks for any of it.
async fn facts(db: &Db, form: &Form, query: &Query) -> Result<HashMap<OrgId, Vec<(String, String)>>> {
    match form.reach().org {
        true => org::store::attributes(&mut *db.read().await?, None, query.period.end()).await,
        false => Ok(HashMap::new()),
    }
}

/// A query whose scope names the day that it is about: the last of the period, unless another was asked for.
fn on_its_day(query: &Query) -> Query {
    let day = query.scope.day().unwrap_or(query.period.end());
    Query { scope: query.scope.on(day), ..query.clone() }
}

fn slice(query: &Query, form: &Arc<Form>, period: Period) -> Slice {
    Slice { form: form.clone(), period, wave: query.wave.clone(), accepted_only: query.accepted }
}

async fn progress_of(
    db: &Db,
    actor: &Actor,
    (query, orgs): (&Query, &[Arc<Org>]),
    form: &Arc<Form>,
) -> Result<Vec<Progress>> {
    let slice = slice(query, form, query.period);
    figures::actions::progress_among(db, actor, (&query.scope, orgs), &slice).await
}

/// The earliest period that figures and lists look at: lists are compared with those of the period before.
fn earliest(form: &Form) -> u32 {
    let lists = u32::from(!form.classifications.is_empty());
    let summed = form.indicators.iter().map(|indicator| indicator.periods.saturating_sub(1)).max().unwrap_or(0);
    (form.reach().previous + lists).max(summed)
}

/// What counts of the other forms that a form reads.
async fn read_others(db: &Db, actor: &Actor, query: &Query, form: &Form) -> Result<Vec<(Arc<Form>, ByOrg)>> {
    let mut others = Vec::new();
    for id in &form.reach().others {
        let Ok(other) = version::actions::newest(db, actor, id).await else { continue };
        let slice = slice(query, &other.form, query.period);
        let counting = figures::actions::reports(db, actor, &query.scope, &slice).await?;
        others.push((other.form, by_org(counting.reports)));
    }
    Ok(others)
}

/// What counts of each form that is read of subordinates.
async fn read_below(
    db: &Db,
    actor: &Actor,
    query: &Query,
    (form, orgs): (&Arc<Form>, &[Arc<Org>]),
) -> Result<Vec<(Arc<Form>, ByOrg)>> {
    let parents: HashMap<OrgId, OrgId> = orgs.iter().filter_map(|org| Some((org.id, org.parent?))).collect();
    let mut below = Vec::new();
    for id in &form.reach().children {
        let Ok(read) = version::actions::newest(db, actor, id).await else { continue };
        let slice = slice(query, &read.form, query.period);
        let mut by_above = ByOrg::new();
        for report in figures::actions::reports(db, actor, &query.scope, &slice).await?.reports {
            let above = std::iter::successors(parents.get(&report.about), |org| parents.get(org));
            above.for_each(|org| by_above.entry(*org).or_default().push(report.clone()));
        }
        below.push((read.form, by_above));
    }
    Ok(below)
}

fn by_org(reports: Vec<Counted>) -> ByOrg {
    let mut by_org = ByOrg::new();
    for report in reports {
        by_org.entry(report.about).or_default().push(report);
    }
    by_org
}

/// What a piece was read into.
#[derive(Default)]
struct Loaded {
    values: HashMap<ReportId, Record>,
    measures: HashMap<ReportId, Vec<Measure>>,
    /// The values of subordinates, which several organisations may look at.
    below: HashMap<ReportId, Record>,
}

impl Loaded {
    fn take(&mut self, counted: &Counted) -> Report {
        let stored = self.values.remove(&counted.report).unwrap_or_default();
        let measures = self.measures.remove(&counted.report).unwrap_or_default();
        Report { counted: counted.clone(), stored, values: OnceCell::new(), measures }
    }
}

/// A report that counts, read.
struct Report {
    counted: Counted,
    stored: Record,
    /// The values by path, once they are asked for: most forms need them in their places only.
    values: OnceCell<Values>,
    measures: Vec<Measure>,
}

impl Report {
    fn values(&self, form: &Form) -> &Values {
        self.values.get_or_init(|| form.read_values(self.stored.iter()))
    }
}

/// An organisation with all that is looked at.
struct Subject<'a> {
    form: &'a Form,
    one: &'a Progress,
    reports: Vec<Report>,
    earlier: Vec<Vec<Report>>,
    context: Context,
    /// What it is compared with in the period before.
    peers_before: Peers,
}

impl Subject<'_> {
    fn contributions(mut self) -> Vec<Contribution> {
        let reports = std::mem::take(&mut self.reports);
        let verdicts = self.verdicts(reports.first());
        let before = self.before();
        let included: Vec<bool> = (0..self.form.indicators.len()).map(|one| self.included(one, &verdicts)).collect();
        let mut reports = reports.into_iter();
        let mut first = self.contribution(reports.next(), included.clone());
        self.complete(&mut first);
        (first.verdicts, first.before) = (verdicts, before);
        first.expected = self.one.expected;
        let rest: Vec<Contribution> = reports.map(|report| self.contribution(Some(report), included.clone())).collect();
        first.context = self.context;
        std::iter::once(first).chain(rest).collect()
    }

    fn verdicts(&self, report: Option<&Report>) -> Vec<Verdict> {
        if self.form.classifications.is_empty() {
            return Vec::new();
        }
        let nothing = Values::new();
        let values = report.map_or(&nothing, |report| report.values(self.form));
        self.form.classifications.iter().map(|list| self.form.classify(list, values, &self.context)).collect()
    }

    /// What the classifications said of the period before, from the same stored values.
    fn before(&self) -> Vec<Option<bool>> {
        let lists = self.form.classifications.iter();
        let Some((values, earlier)) = self.context.previous.split_first().filter(|(values, _)| !values.is_empty())
        else {
            return lists.map(|_| None).collect();
        };
        let context = Context { peers: self.peers_before.clone(), ..self.earlier_context(1, earlier) };
        lists.map(|list| self.form.classify(list, values, &context).is_in).collect()
    }

    fn earlier_context(&self, back: u32, previous: &[Values]) -> Context {
        let period = self.context.period.and_then(|period| period.back(back));
        Context { period, previous: previous.to_vec(), org: self.context.org.clone(), ..Context::default() }
    }

    fn included(&self, indicator: usize, verdicts: &[Verdict]) -> bool {
        let Some(among) = &self.form.indicators[indicator].among else { return true };
        let list = self.form.classifications.iter().position(|list| list.name == *among);
        list.is_some_and(|list| verdicts[list].is_in == Some(true))
    }

    fn contribution(&self, report: Option<Report>, included: Vec<bool>) -> Contribution {
        let programme = self.form.is_programme() && self.context.others.values().any(|values| !values.is_empty());
        let measures = match &report {
            Some(report) => self.measures(report, &self.context),
            None if programme => self.form.measures_of(&Values::new(), &self.context),
            None => Vec::new(),
        };
        let sent = report.is_some() || programme;
        let (report, stored) = report.map(|report| (report.counted, report.stored)).unzip();
        let stored: Record = stored.unwrap_or_default();
        let mut contribution = Contribution {
            org: self.one.org.id,
            report,
            expected: false,
            sent,
            values: self.form.read_slots(&stored),
            stored,
            parts: (0..self.form.indicators.len()).map(|one| vec![None; height(self.form, one)]).collect(),
            included,
            verdicts: Vec::new(),
            before: Vec::new(),
            context: Context::default(),
        };
        self.put(&mut contribution, &measures, |_| true, false);
        contribution
    }

    /// Adds what an organisation contributes besides its reports of the period: those of earlier periods, or its
    /// silence.
    fn complete(&self, contribution: &mut Contribution) {
        self.put_earlier(contribution);
        if !contribution.sent && self.one.expected {
            self.put_silent(contribution);
        }
    }

    /// What a report adds by the newest version: as it was computed, if it was sent by that version.
    fn measures(&self, report: &Report, context: &Context) -> Vec<Measure> {
        if report.counted.form_hash == self.form.hash {
            report.measures.clone()
        } else {
            self.form.measures_of(report.values(self.form), context)
        }
    }

    fn put_earlier(&self, contribution: &mut Contribution) {
        for (index, (back, reports)) in (1..).zip(&self.earlier).enumerate() {
            let context = self.earlier_context(back, self.context.previous.get(index + 1..).unwrap_or_default());
            for report in reports {
                let measures = self.measures(report, &context);
                self.put(contribution, &measures, |indicator| self.form.indicators[indicator].periods > back, false);
            }
        }
    }

    fn put_silent(&self, contribution: &mut Contribution) {
        for indicator in self.form.indicators.iter().filter(|indicator| indicator.expected) {
            let measures = self.form.silent_parts(indicator, &self.context);
            self.put(contribution, &measures, |_| true, true);
        }
    }

    fn put(&self, into: &mut Contribution, measures: &[Measure], wanted: impl Fn(usize) -> bool, silent: bool) {
        for measure in measures {
            let indicator = self.form.indicators.iter().position(|indicator| indicator.name == measure.indicator);
            let Some(indicator) = indicator.filter(|one| wanted(*one) && into.included[*one]) else { continue };
            let Some(row) = row_named(self.form, indicator, &measure.row) else { continue };
            let part = &mut into.parts[indicator][row];
            *part = Some(match *part {
                None => Part { numerator: measure.numerator, denominator: measure.denominator, silent },
                Some(sum) => Part {
                    numerator: sum.numerator + measure.numerator,
                    denominator: sum.denominator.zip(measure.denominator).map(|(one, other)| one + other),
                    silent: sum.silent && silent,
                },
            });
        }
    }
}

//! Lists: which organisations a classification names, why, and what is not known.

use std::sync::Arc;

use super::is_share;
use super::reading::{Contribution, Reading};
use crate::expr::{Slot, Value};
use crate::form::{Classification, Form, Reason, Standing, Values, Verdict};
use crate::ids::OrgType;
use crate::lang::{Lang, Words};
use crate::org::Org;
use crate::period::Period;
use crate::text;

/// A classification over a territory.
#[derive(Debug, Clone)]
pub struct ListTable {
    /// Which of the form's classifications.
    pub list: usize,
    /// The label, `{period}` included.
    pub label: String,
    /// The period.
    pub period: Period,
    /// The words of the grounds.
    pub grounds: Vec<String>,
    /// Everyone of whom a report is expected or who has one, in the order of the tree.
    pub entries: Vec<Entry>,
}

impl ListTable {
    /// Nothing yet said of a classification.
    pub(super) fn new(form: &Form, list: usize, period: Period) -> ListTable {
        let rule = &form.classifications[list];
        let grounds = rule.grounds.iter().map(|ground| ground.label.clone()).collect();
        ListTable { list, label: rule.label.clone(), period, grounds, entries: Vec::new() }
    }

    /// The title: «ШНОР по итогам 2021/22 учебного года».
    pub fn title(&self, lang: Lang) -> String {
        self.label.replace("{period}", &self.period.genitive().say(lang))
    }

    /// What a place on the list is a place by; nothing where no rule asks for one.
    pub fn placed_by(&self, form: &Form) -> Option<Words> {
        let standing = self.entries.iter().find_map(|entry| entry.standing)?;
        let by = standing.field.map(|field| Words::new("indicator.place-by").with("label", &form.fields[field].label));
        let key = if standing.ascending { "indicator.place-lowest" } else { "indicator.place-highest" };
        Some(Words::new(key).with("by", by.unwrap_or_else(|| Words::literal(""))))
    }

    /// Those on one side of the list.
    pub fn on(&self, side: Side) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.side == side)
    }
}

/// Where an organisation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// On the list.
    In,
    /// Not determined: too little is known.
    Unknown,
    /// Off the list.
    Out,
}

/// How an organisation stands against the period before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// It was off the list.
    Entered,
    /// It was on the list already.
    Stayed,
    /// It was on the list and is off it.
    Left,
}

/// What a classification says of one organisation.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The organisation.
    pub org: Arc<Org>,
    /// Its municipality.
    pub municipality: Option<String>,
    /// Where it stands.
    pub side: Side,
    /// The first true ground.
    pub ground: Option<usize>,
    /// Every ground's answer.
    pub grounds: Vec<Option<bool>>,
    /// The reasons, each with its figures, the newest first.
    pub reasons: Vec<Why>,
    /// How many relevant cells are known, of how many.
    pub known: (usize, usize),
    /// Whether a report counts at all.
    pub sent: bool,
    /// Whether nobody took part in anything that the rule looks at.
    pub nobody: bool,
    /// How it stands against the period before; nothing where one of the two is not determined.
    pub moved: Option<Move>,
    /// Its place among the organisations of the region, where a rule asks for it.
    pub standing: Option<Standing>,
}

/// A reason for being on a list: a row, and its figure in each year in which it was true.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The row's heading, or the question's.
    pub label: String,
    /// The periods and figures, the newest first.
    pub figures: Vec<(Option<Period>, Option<f64>)>,
    /// Whether the figures are shares.
    pub share: bool,
}

impl Why {
    /// «ОГЭ, математика: 43 % (2021/22), 54 % (2020/21)»; «Малокомплектная школа (2021/22)» where there is no figure.
    pub fn say(&self, lang: Lang) -> String {
        if self.figures.iter().all(|(_, figure)| figure.is_none()) {
            let periods: Vec<String> =
                self.figures.iter().filter_map(|(period, _)| period.map(Period::short)).collect();
            let when = if periods.is_empty() { String::new() } else { format!(" ({})", periods.join(", ")) };
            return format!("{}{when}", self.label);
        }
        let one = |(period, figure): &(Option<Period>, Option<f64>)| {
            let figure = figure.map(|figure| {
                let number = text::decimals(figure, 1, lang);
                if self.share { format!("{number}{}%", text::NBSP) } else { number }
            });
            match (figure, period.map(Period::short)) {
                (Some(figure), Some(period)) => format!("{figure} ({period})"),
                (Some(only), None) | (None, Some(only)) => only,
                (None, None) => String::new(),
            }
        };
        let said: Vec<String> = self.figures.iter().map(one).filter(|said| !said.is_empty()).collect();
        if said.is_empty() { self.label.clone() } else { format!("{}: {}", self.label, said.join(", ")) }
    }
}

impl Entry {
    /// What the rule says of an organisation that has contributed.
    pub fn of(reading: &Reading, list: usize, one: &Contribution) -> Option<Entry> {
        let form = &reading.version.form;
        let rule = &form.classifications[list];
        let verdict = one.verdicts.get(list)?;
        let org = reading.orgs.get(&one.org)?.clone();
        let municipality = reading.upward(one.org, OrgType::Municipality).map(|org| org.label().to_owned());
        let side = side(verdict.is_in);
        let values = form.read_values(one.stored.iter());
        Some(Entry {
            municipality: municipality.filter(|_| org.kind == OrgType::School),
            side,
            ground: verdict.ground,
            grounds: verdict.grounds.clone(),
            reasons: if side == Side::In { reasons(form, rule, verdict, (&values, one)) } else { Vec::new() },
            known: verdict.known,
            sent: one.sent,
            nobody: nobody(form, rule, &values, one),
            standing: verdict.standing,
            moved: moved(one.before.get(list).copied().flatten(), verdict.is_in),
            org,
        })
    }

    /// The place and the value that it is by: «3 из 40», «41,2».
    pub fn place(&self, lang: Lang) -> Option<(String, String)> {
        let standing = self.standing?;
        let place = Words::new("indicator.place-of").with("place", standing.place).with("of", standing.of);
        Some((place.say(lang), text::decimals(standing.value, 2, lang)))
    }

    /// What there is to say besides the reasons: nothing was sent, or nobody took part.
    pub fn remark(&self) -> Option<Words> {
        match (self.sent, self.nobody) {
            (false, _) => Some(Words::new("indicator.silent")),
            (true, true) => Some(Words::new("indicator.nobody")),
            (true, false) => None,
        }
    }
}

fn side(is_in: Option<bool>) -> Side {
    match is_in {
        Some(true) => Side::In,
        Some(false) => Side::Out,
        None => Side::Unknown,
    }
}

fn moved(before: Option<bool>, now: Option<bool>) -> Option<Move> {
    match (before?, now?) {
        (false, true) => Some(Move::Entered),
        (true, true) => Some(Move::Stayed),
        (true, false) => Some(Move::Left),
        (false, false) => None,
    }
}

/// The reasons by row, each with the figure that the rule looks at.
fn reasons(form: &Form, rule: &Classification, verdict: &Verdict, at: (&Values, &Contribution)) -> Vec<Why> {
    let (values, one) = at;
    let figure = rule.because.and_then(|because| figure_of(form, because));
    let mut whys: Vec<(Option<usize>, Why)> = Vec::new();
    for reason in &verdict.because {
        let values = match usize::try_from(reason.back).unwrap_or(0).checked_sub(1) {
            None => Some(values),
            Some(index) => one.context.previous.get(index),
        };
        let path = figure.map(|field| form.path(field, reason.row.unwrap_or(0)));
        let number = path.and_then(|path| values?.get(&path).and_then(Value::as_number));
        let said = (reason.period, number);
        match whys.iter_mut().find(|(row, _)| *row == reason.row) {
            Some((_, why)) => why.figures.push(said),
            None => whys.push((reason.row, why(form, rule, reason, (said, figure)))),
        }
    }
    whys.sort_by_key(|(row, _)| *row);
    whys.into_iter().map(|(_, why)| why).collect()
}

type Said = ((Option<Period>, Option<f64>), Option<usize>);

fn why(form: &Form, rule: &Classification, reason: &Reason, (said, figure): Said) -> Why {
    let because = rule.because.map(|field| &form.fields[field]);
    let label = match (because.and_then(|field| field.table), reason.row) {
        (Some(table), Some(row)) => form.row_label(table, row),
        _ => because.map(|field| field.label.clone()).unwrap_or_default(),
    };
    Why { label, figures: vec![said], share: figure.is_some_and(|field| is_share(&form.fields[field])) }
}

/// The field of the same row whose figure makes a reason true: the first share that the calculation of `because`
/// looks at, else the first number.
fn figure_of(form: &Form, because: usize) -> Option<usize> {
    let calculation = form.fields[because].calculation.as_ref()?;
    let fields: Vec<usize> = calculation
        .references()
        .into_iter()
        .filter_map(|(reference, _)| match reference.slot {
            Slot::Here(field) | Slot::Field(field) => Some(field),
            _ => None,
        })
        .filter(|field| form.fields[*field].table == form.fields[because].table)
        .collect();
    let first = |fits: fn(&crate::form::Field) -> bool| fields.iter().copied().find(|field| fits(&form.fields[*field]));
    first(is_share).or_else(|| first(|field| field.kind.is_number()))
}

/// Whether nobody took part: what the table's shares are taken of is zero in every row that the rule looks at.
fn nobody(form: &Form, rule: &Classification, values: &Values, one: &Contribution) -> bool {
    let Some(because) = rule.because else { return false };
    let Some(table) = form.fields[because].table else { return false };
    let denominators: Vec<usize> = form
        .indicators
        .iter()
        .filter(|indicator| indicator.over == Some(table))
        .filter_map(|indicator| indicator.denominator.as_ref())
        .flat_map(|denominator| denominator.references())
        .filter_map(|(reference, _)| match reference.slot {
            Slot::Here(field) => Some(field),
            _ => None,
        })
        .collect();
    let rows = form.shown_rows(because, values, &one.context);
    let mut numbers =
        rows.iter().flat_map(|row| denominators.iter().map(|field| one.values.get(*field, *row).as_number()));
    let some = numbers.clone().any(|number| number == Some(0.0));
    some && numbers.all(|number| number == Some(0.0))
}

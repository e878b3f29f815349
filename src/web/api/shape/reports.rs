//! Reports as the API tells them.

use std::collections::BTreeMap;

use poem_openapi::types::Any;
use poem_openapi::{Enum, Object};
use serde_json::Value as Json;

use super::orgs::Name;
use super::{Fault, moment};
use crate::form::{self, Filled};
use crate::lang::Lang;
use crate::report::figures::{Progress as Standing, Tally as Count};
use crate::report::{self, Change as Changed, Deed as Act, ReportView, State as Stands};

/// Values by path; an empty one is `null`.
pub(in crate::web::api) type Values = BTreeMap<String, Any<Json>>;

/// How far a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "State", rename_all = "lowercase")]
pub(in crate::web::api) enum State {
    Empty,
    Draft,
    Sent,
    Correcting,
    Accepted,
}

impl From<Stands> for State {
    fn from(state: Stands) -> State {
        match state {
            Stands::Empty => State::Empty,
            Stands::Draft => State::Draft,
            Stands::Sent => State::Sent,
            Stands::Correcting => State::Correcting,
            Stands::Accepted => State::Accepted,
        }
    }
}

/// How many accepted, sent, expected.
#[derive(Debug, Object)]
#[oai(rename = "Tally")]
pub(in crate::web::api) struct Tally {
    pub expected: usize,
    pub sent: usize,
    pub accepted: usize,
}

impl Tally {
    pub(in crate::web::api) fn of(count: Count) -> Tally {
        Tally { expected: count.expected, sent: count.sent, accepted: count.accepted }
    }
}

/// How far one organisation is.
#[derive(Debug, Object)]
#[oai(rename = "Progress", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Progress {
    pub org: Name,
    pub state: State,
    pub expected: bool,
    pub accepted: bool,
    pub sent_at: Option<String>,
}

impl Progress {
    pub(in crate::web::api) fn of(one: &Standing) -> Progress {
        Progress {
            org: Name::of(&one.org),
            state: one.state.into(),
            expected: one.expected,
            accepted: one.accepted,
            sent_at: one.sent_at.map(moment),
        }
    }
}

/// Who has answered.
#[derive(Debug, Object)]
#[oai(rename = "Reports")]
pub(in crate::web::api) struct Lines {
    pub form: String,
    pub period: String,
    pub tally: Tally,
    pub total: usize,
    pub items: Vec<Progress>,
}

/// What a form computes from answers.
#[derive(Debug, Object)]
#[oai(rename = "Computed")]
pub(in crate::web::api) struct Computed {
    pub values: Values,
    pub relevant: BTreeMap<String, bool>,
    pub measures: Values,
    pub lists: Values,
    pub faults: Vec<Fault>,
    pub ready: bool,
}

impl Computed {
    /// Everything that follows from what a view shows, or would show with other answers.
    pub(in crate::web::api) fn of(view: &ReportView, filled: &Filled, lang: Lang) -> Computed {
        let mut json = form::filled_json(&view.form, filled, &view.context, lang);
        let mut values = |key: &str| match json[key].take() {
            Json::Object(values) => values.into_iter().map(|(path, value)| (path, Any(value))).collect(),
            _ => Values::new(),
        };
        let unexplained = report::unexplained(filled, &view.explanations);
        let ready = !filled.blocked() && unexplained.is_empty();
        Computed {
            values: values("values"),
            relevant: values("relevant").into_iter().map(|(path, Any(shown))| (path, shown == true)).collect(),
            measures: values("measures"),
            lists: values("lists"),
            faults: Fault::all(&[filled.faults.as_slice(), &unexplained].concat(), lang),
            ready,
        }
    }
}

/// A report.
#[derive(Debug, Object)]
#[oai(rename = "Report", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Whole {
    pub form: String,
    pub version: u32,
    pub form_hash: String,
    pub period: String,
    pub org: Name,
    pub state: State,
    pub mark: Option<String>,
    pub last: Option<Last>,
    pub answers: Values,
    pub explanations: BTreeMap<String, String>,
    pub missed: Vec<Change>,
    pub computed: Computed,
}

/// The last act on a report.
#[derive(Debug, Object)]
#[oai(rename = "LastAct")]
pub(in crate::web::api) struct Last {
    pub revision: i64,
    pub act: String,
    pub at: String,
    pub who: String,
}

impl Whole {
    pub(in crate::web::api) fn of(view: &ReportView, lang: Lang) -> Whole {
        let last = view.last.as_ref();
        Whole {
            form: view.form.id.clone(),
            version: view.version,
            form_hash: view.form.hash.clone(),
            period: view.key.period.id(),
            org: Name::of(&view.org),
            state: view.state().into(),
            mark: last.map(report::Last::mark),
            last: last.map(|last| Last {
                revision: last.revision.0,
                act: last.act.word().to_owned(),
                at: moment(last.until),
                who: last.doer.login.clone(),
            }),
            answers: view.answers.iter().map(|(path, answer)| (path.to_owned(), Any(answer.clone()))).collect(),
            explanations: view.explanations.clone(),
            missed: view.missed.iter().map(Change::of).collect(),
            computed: Computed::of(view, &view.filled(), lang),
        }
    }
}

/// What a respondent gets for sending.
#[derive(Debug, Object)]
#[oai(rename = "Receipt")]
pub(in crate::web::api) struct Receipt {
    pub revision: i64,
    pub sent_at: String,
    pub who: String,
    pub form_hash: String,
}

impl Receipt {
    pub(in crate::web::api) fn of(receipt: report::Receipt) -> Receipt {
        Receipt {
            revision: receipt.revision.0,
            sent_at: moment(receipt.at),
            who: receipt.who,
            form_hash: receipt.form_hash,
        }
    }
}

/// Whether there was a draft to take back.
#[derive(Debug, Object)]
#[oai(rename = "Discarded")]
pub(in crate::web::api) struct Discarded {
    pub discarded: bool,
}

/// An answer that changed; `null` is none.
#[derive(Debug, Object)]
#[oai(rename = "Change", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Change {
    pub path: String,
    pub old: Any<Json>,
    pub new: Any<Json>,
    pub cell: Option<String>,
}

impl Change {
    fn of(change: &Changed) -> Change {
        Change {
            path: change.path.clone(),
            old: Any(change.old.clone()),
            new: Any(change.new.clone()),
            cell: change.cell.clone(),
        }
    }
}

/// One act on a report.
#[derive(Debug, Object)]
#[oai(rename = "Act", skip_serializing_if_is_none)]
pub(in crate::web::api) struct Deed {
    pub revision: i64,
    pub act: String,
    pub at: String,
    pub until: String,
    pub who: String,
    pub source: String,
    pub form_hash: String,
    pub import: Option<i64>,
    pub changes: Vec<Change>,
    pub explanations: BTreeMap<String, String>,
}

impl Deed {
    pub(in crate::web::api) fn of(deed: &Act) -> Deed {
        Deed {
            revision: deed.revision.0,
            act: deed.act.word().to_owned(),
            at: moment(deed.at),
            until: moment(deed.until),
            who: deed.doer.login.clone(),
            source: deed.source.word().to_owned(),
            form_hash: deed.form_hash.clone(),
            import: deed.batch.as_ref().map(|(batch, _)| batch.0),
            changes: deed.changes.iter().map(Change::of).collect(),
            explanations: deed.explanations.clone(),
        }
    }
}

/// What was done to a report.
#[derive(Debug, Object)]
#[oai(rename = "History")]
pub(in crate::web::api) struct History {
    pub total: usize,
    pub items: Vec<Deed>,
}

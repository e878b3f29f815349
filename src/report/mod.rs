//! Reports: what was answered, by which acts, and what of it counts.

pub mod actions;
pub mod batch;
pub mod behalf;
mod changes;
mod compute;
pub mod duplicates;
pub mod figures;
pub mod files;
mod glance;
pub mod link;
mod removed;
pub mod store;
pub mod verify;
pub mod version;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::access::{Actor, Right};
use crate::error::{Error, Fault, Place, Result, Severity};
use crate::form::{Answers, Context, Filled, Form, Respondent};
use crate::ids::{BatchId, OrgId, ReportId, RevisionId};
use crate::lang::Words;
use crate::org::{Kin, Org};
use crate::period::Period;

pub use behalf::{Behalf, Confirmed, Doer};
pub use changes::Change;
pub use removed::{RemovedRow, is_removed_row, remove_row, removed_rows, restore_row};

/// Which report is meant: the unique key of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The form's id.
    pub form: String,
    /// For which period.
    pub period: Period,
    /// Nothing, or a mark such as «стартовая».
    pub wave: String,
    /// Whose figures.
    pub about: OrgId,
    /// Who is expected to fill it by the form; never who typed.
    pub by: Respondent,
    /// 1 unless the form takes many.
    pub number: u32,
}

impl Key {
    /// The report that the first respondent of the form is expected to fill; without a wave.
    pub fn new(form: &Form, period: Period, about: OrgId) -> Key {
        let by = form.by.first().copied().unwrap_or(Respondent::School);
        Key { form: form.id.clone(), period, wave: String::new(), about, by, number: 1 }
    }
}

/// Asks whether somebody may fill what such respondents are asked for.
///
/// # Errors
/// [`Error::Denied`] where they may not.
pub fn may_fill(actor: &Actor, by: Respondent) -> Result<()> {
    actor.need(if by == Respondent::School { Right::Fill } else { Right::FillFor })
}

/// The word of a respondent in form files and the data file.
pub(crate) fn respondent_word(by: Respondent) -> &'static str {
    Respondent::ALL.iter().find(|(_, known)| *known == by).map_or("school", |(word, _)| word)
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$says:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$says])* $variant),* }

        impl $name {
            /// The word in the data file and JSON.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// The variant of a word in the data file or JSON.
            pub fn from_word(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// What was done to a report.
    Act {
        /// A draft was saved.
        Save = "save",
        /// The answers were sent: from now on they count.
        Send = "send",
        /// Somebody returned it with remarks.
        Return = "return",
        /// Somebody accepted it.
        Accept = "accept",
        /// An import set some of its answers.
        Import = "import",
        /// Something that does not count any more was taken back: an import, or a draft.
        Undo = "undo",
        /// What was sent was taken back.
        Withdraw = "withdraw",
    }
}

words! {
    /// Where answers came from.
    Source {
        /// The questionnaire in the browser.
        Page = "page",
        /// A foreign sheet.
        Import = "import",
        /// A filled template.
        Template = "template",
        /// A program.
        Api = "api",
    }
}

words! {
    /// How far a report is.
    State {
        /// Nobody has answered.
        Empty = "empty",
        /// There is a draft; it does not count.
        Draft = "draft",
        /// It was sent and counts.
        Sent = "sent",
        /// It was sent and counts, and somebody is correcting it.
        Correcting = "correcting",
        /// It was accepted and counts.
        Accepted = "accepted",
    }
}

/// The revisions that a report points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pointers {
    /// What somebody is working on.
    pub draft: Option<RevisionId>,
    /// What was sent last.
    pub sent: Option<RevisionId>,
    /// What was accepted.
    pub accepted: Option<RevisionId>,
}

impl Pointers {
    /// The revision that counts in every figure (language law 6).
    pub fn counting(self) -> Option<RevisionId> {
        self.accepted.or(self.sent)
    }

    /// How far the report is.
    pub fn state(self) -> State {
        match (self.counting(), self.draft, self.accepted) {
            (None, None, _) => State::Empty,
            (None, Some(_), _) => State::Draft,
            (Some(_), Some(_), _) => State::Correcting,
            (Some(_), None, Some(_)) => State::Accepted,
            (Some(_), None, None) => State::Sent,
        }
    }
}

/// Why figures that look wrong are right all the same: by check, see [`explanation_key`].
pub type Explanations = BTreeMap<String, String>;

/// What the name of every explanation begins with among the answers.
pub const EXPLAIN: &str = "explain:";

/// Under which name the explanation of a warning travels among the answers: `explain:<check>`, for a check over rows
/// `explain:<check>/<row>`. `None` for faults that no explanation helps.
pub fn explanation_key(fault: &Fault) -> Option<String> {
    let check = fault.name.as_deref().filter(|_| fault.severity == Severity::Warning)?;
    let row = match &fault.at {
        Place::Answer(path) => path.rsplit_once('/').map(|(_, row)| row).or(path.ends_with(']').then_some(path)),
        _ => None,
    };
    Some(row.map_or_else(|| format!("{EXPLAIN}{check}"), |row| format!("{EXPLAIN}{check}/{row}")))
}

/// Parts answers and the explanations that came with them; empty explanations are none.
pub fn part_explanations(mut answers: Answers) -> (Answers, Explanations) {
    let given: Vec<(String, String)> = answers
        .iter()
        .filter_map(|(path, value)| {
            let text = value.as_str().unwrap_or_default().trim().to_owned();
            path.starts_with(EXPLAIN).then(|| (path.to_owned(), text))
        })
        .collect();
    for (path, _) in &given {
        answers.set(path, None);
    }
    let explanations = given
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(path, text)| (path[EXPLAIN.len()..].to_owned(), text))
        .collect();
    (answers, explanations)
}

/// A fault for every warning that has not been explained; it stands at the explanation.
pub fn unexplained(filled: &Filled, explanations: &Explanations) -> Vec<Fault> {
    let missing = |fault: &Fault| {
        let key = explanation_key(fault)?;
        let given = explanations.contains_key(&key[EXPLAIN.len()..]);
        let words = Words::new("report.explain").with("message", fault.message.clone());
        (!given).then(|| Fault::error(Place::Answer(key), "required", words))
    };
    filled.faults.iter().filter_map(missing).collect()
}

/// The explanations of warnings that stand: what was explained and then corrected needs no words any more.
fn still_needed(filled: &Filled, mut explanations: Explanations) -> Explanations {
    let standing: Vec<String> = filled.faults.iter().filter_map(explanation_key).collect();
    explanations.retain(|name, _| standing.iter().any(|key| key[EXPLAIN.len()..] == *name));
    explanations
}

/// One act in the history of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// The revision.
    pub revision: RevisionId,
    /// What was done.
    pub act: Act,
    /// When; of saves that were folded together the first.
    pub at: Timestamp,
    /// When the last of the saves was that were folded together.
    pub until: Timestamp,
    /// Who did it.
    pub doer: Doer,
    /// Who of the school has confirmed it, where it was done in the school's place.
    pub confirmed: Option<Confirmed>,
    /// Where the answers came from.
    pub source: Source,
    /// By which version of the form.
    pub form_hash: String,
    /// The import that did it, and its file.
    pub batch: Option<(BatchId, String)>,
    /// Which answers changed.
    pub changes: Vec<Change>,
    /// What was said to warnings.
    pub explanations: Explanations,
}

impl Deed {
    /// Whether it took a draft back.
    pub fn discards(&self) -> bool {
        self.act == Act::Undo && self.batch.is_none()
    }
}

impl Last {
    /// Whether it took a draft back.
    pub fn discards(&self) -> bool {
        self.act == Act::Undo && !self.of_batch
    }

    /// What tells a report after this act from the same report at any other time: saves that fold into one act move its
    /// end.
    pub fn mark(&self) -> String {
        format!("{}-{}", self.revision, self.until.as_millisecond())
    }
}

/// What must have been done last with a report that somebody saves or sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over<'a> {
    /// Whatever it is.
    Whatever,
    /// Nothing yet.
    Nothing,
    /// The act with this [`Last::mark`].
    Mark(&'a str),
}

impl Over<'_> {
    /// Asks whether it is so.
    ///
    /// # Errors
    /// [`Error::Faults`] with the code `stale`: somebody has done something meanwhile.
    fn holds(self, last: Option<&Last>) -> Result<()> {
        let holds = match (self, last) {
            (Over::Whatever, _) | (Over::Nothing, None) => true,
            (Over::Mark(mark), Some(last)) => last.mark() == mark,
            (Over::Nothing, Some(_)) | (Over::Mark(_), None) => false,
        };
        let stale = || Fault::error(Place::Field("If-Match".to_owned()), "stale", Words::new("report.stale"));
        if holds { Ok(()) } else { Err(Error::fault(stale())) }
    }
}

/// The last act on a report, as a page says it.
#[derive(Debug, Clone, PartialEq)]
pub struct Last {
    /// The revision.
    pub revision: RevisionId,
    /// What was done.
    pub act: Act,
    /// Whether an import did it.
    pub of_batch: bool,
    /// When; of saves that were folded together the first.
    pub at: Timestamp,
    /// When the last of the saves was that were folded together.
    pub until: Timestamp,
    /// Who did it.
    pub doer: Doer,
    /// What was said to warnings.
    pub explanations: Explanations,
}

/// A report as it stands, for showing and filling.
#[derive(Debug, Clone)]
pub struct ReportView {
    /// Which report.
    pub key: Key,
    /// Whose figures.
    pub org: Org,
    /// Those that have merged into it, and those that it has merged into.
    pub kin: Kin,
    /// Its row, once anything was answered.
    pub report: Option<ReportId>,
    /// The version to show it in: of a draft the newest, of a sent report its own.
    pub form: Arc<Form>,
    /// The number of that version.
    pub version: u32,
    /// The draft's answers if there is one, else those that were sent, else what a new report starts with.
    pub answers: Answers,
    /// The explanations that belong to these answers.
    pub explanations: Explanations,
    /// What checks, lists and defaults reach for outside the report.
    pub context: Context,
    /// The revisions it points at.
    pub pointers: Pointers,
    /// The last act.
    pub last: Option<Last>,
    /// What imports have set since the draft was begun, where the draft says otherwise.
    pub missed: Vec<Change>,
    /// Whether what is shown was done in the place of the school.
    pub for_school: bool,
}

impl ReportView {
    /// How far the report is.
    pub fn state(&self) -> State {
        self.pointers.state()
    }

    /// The report in the language of whoever reads it.
    fn told(self, actor: &Actor) -> ReportView {
        ReportView { form: version::told(&self.form, actor), ..self }
    }

    /// Everything that the form computes from the answers.
    pub fn filled(&self) -> Filled {
        self.form.fill(&self.answers, &self.context)
    }
}

/// What a respondent gets for sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The report.
    pub report: ReportId,
    /// The revision that counts now.
    pub revision: RevisionId,
    /// When it was sent.
    pub at: Timestamp,
    /// Who sent it.
    pub who: String,
    /// By which version of the form.
    pub form_hash: String,
}

/// What became of a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// The draft; `None` where nothing was answered and nothing is stored.
    pub revision: Option<RevisionId>,
    /// Whether anything was different.
    pub changed: bool,
}

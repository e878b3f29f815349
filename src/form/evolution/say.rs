//! A change in words: what it is, what it does to stored answers, and how to allow it.

use super::{Change, Deed, Outcome, Permit, Subject};
use crate::error::Fault;
use crate::lang::Words;

impl Subject {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Subject::Form => "form",
            Subject::Question => "question",
            Subject::Table => "table",
            Subject::Row => "row",
            Subject::Column => "column",
            Subject::Choice => "choice",
            Subject::Check => "check",
            Subject::Indicator => "indicator",
            Subject::Classification => "classification",
            Subject::Parameter => "parameter",
        }
    }

    fn words(self) -> Words {
        Words::new(match self {
            Subject::Form => "evolution.form",
            Subject::Question => "evolution.question",
            Subject::Table => "evolution.table",
            Subject::Row => "evolution.row",
            Subject::Column => "evolution.column",
            Subject::Choice => "evolution.choice",
            Subject::Check => "evolution.check",
            Subject::Indicator => "evolution.indicator",
            Subject::Classification => "evolution.classification",
            Subject::Parameter => "evolution.parameter",
        })
    }
}

impl Deed {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Deed::Added => "added",
            Deed::Removed => "removed",
            Deed::Renamed => "renamed",
            Deed::Forgotten => "forgotten",
            Deed::Moved => "moved",
            Deed::Retyped => "retyped",
            Deed::Recalculated => "calculation",
            Deed::Tightened => "tightened",
            Deed::Loosened => "loosened",
            Deed::Required => "required",
            Deed::Conditioned => "relevant",
            Deed::Period => "period",
            Deed::About => "about",
            Deed::By => "by",
            Deed::Reworded => "reworded",
            Deed::Changed => "changed",
        }
    }

    fn words(self) -> Words {
        Words::new(match self {
            Deed::Added => "evolution.added",
            Deed::Removed => "evolution.removed",
            Deed::Renamed => "evolution.renamed",
            Deed::Forgotten => "evolution.forgotten",
            Deed::Moved => "evolution.moved",
            Deed::Retyped => "evolution.retyped",
            Deed::Recalculated => "evolution.calculation",
            Deed::Tightened => "evolution.tightened",
            Deed::Loosened => "evolution.loosened",
            Deed::Required => "evolution.required",
            Deed::Conditioned => "evolution.relevant",
            Deed::Period => "evolution.period",
            Deed::About => "evolution.about",
            Deed::By => "evolution.by",
            Deed::Reworded => "evolution.reworded",
            Deed::Changed => "evolution.changed",
        })
    }
}

impl Outcome {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Kept => "kept",
            Outcome::Carried => "carried",
            Outcome::Aside => "aside",
            Outcome::Recalculated => "recalculated",
        }
    }
}

impl Change {
    /// What was done: «Удалено: вопрос «Учителей всего» (teachers)».
    pub fn what(&self) -> Words {
        if self.deed == Deed::Reworded {
            return Words::new("evolution.reworded-texts").with("n", self.answers);
        }
        let was = || Words::new("evolution.was").with("was", self.was.as_deref().unwrap_or_default());
        let before = match self.deed {
            Deed::Renamed | Deed::Forgotten => was(),
            Deed::Retyped | Deed::Period | Deed::About | Deed::By => {
                Words::literal(format!(" [{}]", self.was.as_deref().unwrap_or_default()))
            }
            _ => Words::literal(""),
        };
        let named = Words::new("evolution.what").with("deed", self.deed.words()).with("subject", self.subject.words());
        named.with("label", &self.label).with("path", &self.path).with("was", before)
    }

    /// What becomes of stored answers.
    pub fn effect(&self) -> Words {
        let n = self.answers;
        let figures = matches!(self.subject, Subject::Indicator | Subject::Classification | Subject::Parameter);
        match (self.outcome, self.deed) {
            (_, Deed::Reworded) => Words::new("evolution.no-effect"),
            (Outcome::Carried, _) if n == 0 => Words::new("evolution.carries"),
            (Outcome::Carried, _) => Words::new("evolution.carried").with("n", n),
            (Outcome::Recalculated, _) if figures => Words::new("evolution.figures"),
            (Outcome::Recalculated, Deed::Recalculated) => Words::new("evolution.recalculated"),
            (Outcome::Recalculated, _) => Words::new("evolution.totals"),
            (Outcome::Aside, Deed::Period | Deed::About | Deed::By) => Words::new("evolution.unreachable").with("n", n),
            (Outcome::Aside, Deed::Retyped) => Words::new("evolution.retyped-aside").with("n", n),
            (Outcome::Aside, _) if self.subject == Subject::Choice => Words::new("evolution.choice-aside").with("n", n),
            (Outcome::Aside, _) => Words::new("evolution.aside").with("n", n),
            (Outcome::Kept, Deed::Removed) if self.permit == Permit::Removed => Words::new("evolution.none-held"),
            (Outcome::Kept, Deed::Retyped) => Words::new("evolution.still-read"),
            (Outcome::Kept, Deed::Tightened) if n > 0 => Words::new("evolution.refused").with("n", n),
            (Outcome::Kept, Deed::Tightened | Deed::Required) => Words::new("evolution.when-corrected"),
            (Outcome::Kept, Deed::Conditioned) => Words::new("evolution.hidden"),
            (Outcome::Kept, _) => Words::new("evolution.no-effect"),
        }
    }

    /// Both as one sentence, as the terminal says it.
    pub fn say(&self) -> Words {
        Words::new("evolution.line").with("what", self.what()).with("effect", self.effect())
    }

    /// The fault of a change that would lose answers without a word.
    pub(super) fn fault(&self) -> Fault {
        let (code, key, hint) = match (self.permit, self.deed) {
            (Permit::Retyped, _) => ("retyped", "evolution.lost-type", Words::new("evolution.mend-type")),
            (Permit::Never, Deed::By) => ("removed", "evolution.lost-by", Words::new("evolution.mend-by")),
            (Permit::Never, _) => ("removed", "evolution.lost-reports", Words::new("evolution.mend-reports")),
            (_, Deed::Forgotten) => {
                let was = self.was.as_deref().unwrap_or_default();
                ("removed", "evolution.lost-name", Words::new("evolution.mend-name").with("was", was))
            }
            (_, _) if self.subject == Subject::Choice => {
                let mend = Words::new("evolution.mend-choice").with("names", &self.path);
                (
                    "removed",
                    "evolution.lost-choice",
                    mend.with("code", self.path.rsplit('/').next().unwrap_or_default()),
                )
            }
            _ => {
                let last = self.path.rsplit('/').next().unwrap_or_default();
                let names = self.was.clone().unwrap_or_else(|| self.path.clone());
                let mend = "evolution.mend-name-or-word";
                ("removed", "evolution.lost", Words::new(mend).with("was", last).with("names", names))
            }
        };
        let words = Words::new(key).with("what", self.what()).with("n", self.answers);
        Fault::error(self.at.clone(), code, words).hinting(Some(hint))
    }
}

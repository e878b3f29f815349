//! The demonstration: a region with two school years of reports, made by the same actions as real ones, always the same.

mod cast;
mod district;
mod exams;
pub(super) mod people;
mod social;
mod staffing;

use crate::access::Actor;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::form::{Answers, Form};
use crate::org::record::Since;
use crate::org::{self, Wish};
use crate::period::Period;
use crate::report::{self, Key, Source};

/// What the schools answer, form by form: every act about a school in a year. A form that is not here stays empty; a
/// programme has its figures from the others.
const FORMS: [(&str, Acts); 3] = [
    ("exam-results", exams::reports),
    ("social-conditions", |form, school, year| sent(social::answers, (form, school, year))),
    ("staffing", |form, school, year| sent(staffing::answers, (form, school, year))),
];

type Acts = fn(&Form, &str, usize) -> Vec<Report>;

/// What is done with a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Save,
    Send,
}

/// One act of the demonstration.
struct Report {
    school: String,
    year: usize,
    answers: Answers,
    act: Act,
}

/// One report, sent at once.
fn sent(answers: fn(&Form, &str, usize) -> Answers, (form, school, year): (&Form, &str, usize)) -> Vec<Report> {
    vec![Report { school: school.to_owned(), year, answers: answers(form, school, year), act: Act::Send }]
}

/// Fills an empty data file with the demonstration; one that has organisations is left as it is.
///
/// # Errors
/// What the actions say; nothing of the demonstration should be refused.
pub(super) async fn fill(db: &Db, actor: &Actor, forms: &[Form]) -> Result<()> {
    if !org::actions::list(db, actor, &actor.scope()).await?.is_empty() {
        return people::settle(db, actor).await;
    }
    org::actions::import(db, actor, &district::registry(false)).await?;
    let moved = Wish { since: Since::Day(district::MOVE), ..Wish::today() };
    org::batch::actions::apply(db, actor, &district::registry(true), &moved).await?;
    people::settle(db, actor).await?;
    for (id, acts) in FORMS {
        let Some(form) = forms.iter().find(|form| form.id == id) else { continue };
        for year in 0..cast::YEARS.len() {
            for school in district::schools().iter().filter(|school| cast::answers_in(school, year)) {
                for one in acts(form, school, year) {
                    perform(db, actor, form, one).await?;
                }
            }
        }
    }
    Ok(())
}

async fn perform(db: &Db, actor: &Actor, form: &Form, one: Report) -> Result<()> {
    let id = cast::YEARS[one.year];
    let period = Period::from_id(id).ok_or_else(|| Error::Internal(format!("demonstration: {id}")))?;
    let about = org::actions::by_code(db, actor, &one.school).await?;
    let key = Key::new(form, period, about.id);
    match one.act {
        Act::Save => report::actions::save_draft(db, actor, &key, one.answers, Source::Page).await.map(|_| ()),
        Act::Send => report::actions::send(db, actor, &key, one.answers, Source::Page).await.map(|_| ()),
    }
}

//! The demonstration: a region with two school years of reports, made by the same actions as real ones, always the same.

mod district;
mod figures;

use crate::access::Actor;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::org;
use crate::period::Period;
use crate::report::{self, Key, Source};
use figures::{Act, Report};

/// The form that the demonstration is about.
const FORM: &str = "exam-results";

/// Fills an empty data file with the demonstration; one that has organisations is left as it is.
///
/// # Errors
/// What the actions say; nothing of the demonstration should be refused.
pub(super) async fn fill(db: &Db, actor: &Actor, forms: &[Form]) -> Result<()> {
    if !org::actions::list(db, actor, &actor.scope()).await?.is_empty() {
        return Ok(());
    }
    org::actions::import(db, actor, &district::registry()).await?;
    let Some(form) = forms.iter().find(|form| form.id == FORM) else { return Ok(()) };
    for one in figures::reports(form) {
        perform(db, actor, form, one).await?;
    }
    Ok(())
}

async fn perform(db: &Db, actor: &Actor, form: &Form, one: Report) -> Result<()> {
    let period =
        Period::from_id(one.period).ok_or_else(|| Error::Internal(format!("demonstration: {}", one.period)))?;
    let about = org::actions::by_code(db, actor, &one.school).await?;
    let key = Key::new(form, period, about.id);
    match one.act {
        Act::Save => report::actions::save_draft(db, actor, &key, one.answers, Source::Page).await.map(|_| ()),
        Act::Send => report::actions::send(db, actor, &key, one.answers, Source::Page).await.map(|_| ()),
    }
}

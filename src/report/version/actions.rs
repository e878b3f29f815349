//! Publishing forms and asking for published ones.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Published, Version, read_forms, store};
use crate::access::{Actor, Right};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::form::Form;
use crate::lang::Words;

/// Publishes forms: each becomes the newest version of its id, unless it is so already.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses; nothing is published then.
pub async fn publish(db: &Db, actor: &Actor, forms: &[Form]) -> Result<Vec<Published>> {
    actor.need(Right::PublishForms)?;
    let now = Timestamp::now();
    let mut tx = db.write_alone().await?;
    let mut published = Vec::new();
    for form in forms {
        let own = form.in_its_own();
        let form = own.as_ref().unwrap_or(form);
        read_forms().entry(form.hash.clone()).or_insert_with(|| Arc::new(form.clone()));
        let before = store::newest(&mut tx, &form.id).await?;
        let same = before.filter(|version| version.form.hash == form.hash);
        let number = match &same {
            Some(version) => version.number,
            None => store::publish(&mut tx, form, actor.name(), now).await?,
        };
        published.push(Published { form: form.id.clone(), number, new: same.is_none() });
    }
    tx.commit().await?;
    Ok(published)
}

/// The newest published version of a form, as all of these in the language of the actor.
///
/// # Errors
/// [`Error::NotFound`] where no form of this id is published.
pub async fn newest(db: &Db, actor: &Actor, form: &str) -> Result<Version> {
    actor.need(Right::Read)?;
    let found = store::newest(&mut *db.read().await?, form).await?;
    found.map(|version| version.told(actor)).ok_or_else(|| unknown(form))
}

/// A published version by its hash.
///
/// # Errors
/// [`Error::Internal`] where there is none.
pub async fn by_hash(db: &Db, actor: &Actor, hash: &str) -> Result<Version> {
    actor.need(Right::Read)?;
    Ok(store::by_hash(&mut *db.read().await?, hash).await?.told(actor))
}

/// The newest versions of all published forms, by id.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn list(db: &Db, actor: &Actor) -> Result<Vec<Version>> {
    actor.need(Right::Read)?;
    let newest = store::all_newest(&mut *db.read().await?).await?;
    Ok(newest.into_iter().map(|version| version.told(actor)).collect())
}

/// There is no such form.
pub(in crate::report) fn unknown(form: &str) -> Error {
    Error::NotFound(Words::new("report.no-form").with("form", form))
}

//! Publishing forms and asking for published ones.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Difference, Fate, Folder, Offer, Origin, Publication, Published, Version, read_forms, store};
use crate::access::{Actor, Right};
use crate::db::{Conn, Db};
use crate::error::{Error, Fault, Result};
use crate::form::{self, Change, Form, Held, Respondent};
use crate::journal::{self, Deed};
use crate::lang::Words;

/// So many reports are read at a time when their answers are counted.
const AT_ONCE: usize = 500;

/// Publishes forms: each becomes the newest version of its id, unless it is so already.
///
/// # Errors
/// [`Error::Faults`] where a form would lose answers without a word; [`Error::Denied`], or [`Error::Data`] where the
/// data file refuses; nothing is published then.
pub async fn publish(db: &Db, actor: &Actor, forms: &[Form]) -> Result<Vec<Published>> {
    let offers: Vec<Offer> = forms.iter().map(Offer::of).collect();
    publish_files(db, actor, &offers, true).await
}

/// Publishes files, all or none. What was published on the page is only replaced where `replace` says so.
///
/// # Errors
/// As [`publish`]; [`Error::Faults`] also where something else was published on the page.
pub async fn publish_files(db: &Db, actor: &Actor, offers: &[Offer], replace: bool) -> Result<Vec<Published>> {
    actor.need(Right::PublishForms)?;
    if let Some(strange) = offers.iter().find(|offer| !actor.knows(&offer.form.id)) {
        return Err(not_yours(&strange.form.id));
    }
    let mut tx = db.write_alone().await?;
    let (mut published, mut faults) = (Vec::new(), Vec::new());
    for offer in offers {
        match fate(&mut tx, actor, offer, replace).await? {
            Fate::Published(one) => published.push(one),
            Fate::Refused(found) => faults.extend(found),
            Fate::Differs(difference) => faults.push(difference.fault()),
        }
    }
    if !faults.is_empty() {
        return Err(Error::Faults(faults));
    }
    tx.commit().await?;
    Ok(published)
}

/// Publishes what can be published of the files that the program starts with; what cannot leaves the published version
/// as it is.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses; nothing is published then.
pub async fn start(db: &Db, actor: &Actor, offers: &[Offer]) -> Result<Vec<Fate>> {
    actor.need(Right::PublishForms)?;
    let mut tx = db.write_alone().await?;
    let mut fates = Vec::new();
    for offer in offers {
        fates.push(fate(&mut tx, actor, offer, false).await?);
    }
    tx.commit().await?;
    Ok(fates)
}

/// Publishes a file, if nothing speaks against it.
async fn fate(conn: &mut Conn, actor: &Actor, offer: &Offer, replace: bool) -> Result<Fate> {
    let form = &offer.form;
    if let Some(before) = store::newest(conn, &form.id).await? {
        if before.form.hash == form.hash {
            if store::origin(conn, &form.hash).await? == Origin::Page {
                store::agree(conn, &form.hash).await?;
            }
            return Ok(Fate::Published(Published { form: form.id.clone(), number: before.number, new: false }));
        }
        if !replace && let Some(difference) = difference(conn, &before, offer).await? {
            return Ok(Fate::Differs(difference));
        }
    }
    put(conn, (form, &offer.file), (actor, Origin::File)).await
}

/// How a file differs from what was published on the page; nothing where a file leads.
async fn difference(conn: &mut Conn, newest: &Version, offer: &Offer) -> Result<Option<Difference>> {
    if store::origin(conn, &newest.form.hash).await? != Origin::Page {
        return Ok(None);
    }
    let all = store::publications(conn, &offer.form.id).await?;
    let earlier = all.iter().find(|one| one.hash == offer.form.hash).map(|one| one.number);
    let Some(published) = all.into_iter().next() else { return Ok(None) };
    let (form, file) = (offer.form.id.clone(), offer.file.clone());
    Ok(Some(Difference { form, file, published, earlier }))
}

/// Makes a form the newest version, unless answers would be lost.
pub(super) async fn put(
    conn: &mut Conn,
    (form, file): (&Form, &str),
    (actor, origin): (&Actor, Origin),
) -> Result<Fate> {
    let own = form.in_its_own();
    let form = own.as_ref().unwrap_or(form);
    let losses = form::losses(&changes(conn, form, file).await?);
    if !losses.is_empty() {
        return Ok(Fate::Refused(losses));
    }
    read_forms().entry(form.hash.clone()).or_insert_with(|| Arc::new(form.clone()));
    let number = store::publish(conn, form, (actor.name(), origin), Timestamp::now()).await?;
    journal::store::note(conn, actor, Deed::FormPublished, &format!("{}, {number}", form.id)).await?;
    Ok(Fate::Published(Published { form: form.id.clone(), number, new: true }))
}

/// What is different between a form and its published version, and what becomes of the answers that are stored; nothing
/// where none is published.
pub(super) async fn changes(conn: &mut Conn, form: &Form, file: &str) -> Result<Vec<Change>> {
    let Some(Version { form: before, .. }) = store::newest(conn, &form.id).await? else { return Ok(Vec::new()) };
    if before.hash == form.hash {
        return Ok(Vec::new());
    }
    let mut held = Held::nothing(&before, form);
    for some in store::reports(conn, &form.id).await?.chunks(AT_ONCE) {
        for (by, answers) in store::held(conn, &form.id, some).await? {
            let by = Respondent::ALL.iter().find(|(word, _)| *word == by).map_or(Respondent::School, |(_, by)| *by);
            held.add(by, &answers);
        }
    }
    Ok(form::evolution(&before, form, &held, file))
}

/// What is different between a form and its published version, and what becomes of stored answers.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn compare(db: &Db, actor: &Actor, form: &Form, file: &str) -> Result<Vec<Change>> {
    actor.need(Right::PublishForms)?;
    changes(&mut *db.read().await?, form, file).await
}

/// Faults of a form beside the published ones: what it reads of them, and what they read of it.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn check_around(db: &Db, actor: &Actor, form: &Form, file: &str) -> Result<Vec<Fault>> {
    actor.need(Right::PublishForms)?;
    let published = store::all_newest(&mut *db.read().await?).await?;
    let find = |id: &str| {
        let of = || published.iter().find(|version| version.form.id == id).map(|version| (*version.form).clone());
        if id == form.id { Some(form.clone()) } else { of() }
    };
    let mut faults = form::check_others(form, file, &find);
    for reader in published.iter().filter(|version| version.form.id != form.id) {
        if reader.form.reach().reads(&form.id) {
            faults.extend(form::check_others(&reader.form, &format!("{}.toml", reader.form.id), &find));
        }
    }
    Ok(faults)
}

/// Why files of a watched folder are not at work; nothing for those who cannot mend them.
pub fn unpublished(folder: &Folder, actor: &Actor) -> Arc<Vec<Fault>> {
    if actor.need(Right::PublishForms).is_ok() { folder.faults() } else { Arc::default() }
}

/// How much a form is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Use {
    /// Reports that somebody has begun.
    pub reports: usize,
    /// Periods that there are reports for.
    pub periods: usize,
    /// Imports.
    pub batches: usize,
}

/// How much each form is used, by id.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn uses(db: &Db, actor: &Actor) -> Result<HashMap<String, Use>> {
    actor.need(Right::PublishForms)?;
    let rows = store::uses(&mut *db.read().await?).await?;
    let count = |n: i64| usize::try_from(n).unwrap_or_default();
    let one =
        |(reports, periods, batches)| Use { reports: count(reports), periods: count(periods), batches: count(batches) };
    Ok(rows.into_iter().map(|(form, reports, periods, batches)| (form, one((reports, periods, batches)))).collect())
}

/// Every publication of a form with what it had in it, the newest first.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn publications(db: &Db, actor: &Actor, form: &str) -> Result<Vec<(Publication, Arc<Form>)>> {
    actor.need(Right::PublishForms)?;
    let mut read = db.read().await?;
    let mut all = Vec::new();
    for one in store::publications(&mut read, form).await? {
        let form = store::form(&mut read, &one.hash).await?;
        all.push((one, form));
    }
    Ok(all)
}

/// The newest published version of a form, as all of these in the language of the actor.
///
/// # Errors
/// [`Error::NotFound`] where no form of this id is published.
pub async fn newest(db: &Db, actor: &Actor, form: &str) -> Result<Version> {
    actor.need(Right::Read)?;
    let found = store::newest(&mut *db.read().await?, form).await?.filter(|_| actor.knows(form));
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
    let own = newest.into_iter().filter(|version| actor.knows(&version.form.id));
    Ok(own.map(|version| version.told(actor)).collect())
}

/// Somebody writes forms, but not this one.
pub(in crate::report) fn not_yours(form: &str) -> Error {
    Error::Denied(Words::new("account.no-form").with("form", form))
}

/// There is no such form.
pub(in crate::report) fn unknown(form: &str) -> Error {
    Error::NotFound(Words::new("report.no-form").with("form", form))
}

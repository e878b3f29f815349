//! What people may do with a form on the page: begin one, work on its text, publish it, go back to an earlier version.

use jiff::Timestamp;

use super::{Draft, Kept, LONGEST, mark, store};
use crate::access::{Actor, Right};
use crate::db::Db;
use crate::error::{Error, Fault, Place, Result};
use crate::form::{self, Form};
use crate::lang::Words;
use crate::report::version::{self, Fate, Origin, Published};

/// Asks whether somebody may write a form.
fn may_write(actor: &Actor, form: &str) -> Result<()> {
    actor.need(Right::PublishForms)?;
    if actor.knows(form) { Ok(()) } else { Err(version::actions::not_yours(form)) }
}

/// The draft of a form, if there is one.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn find(db: &Db, actor: &Actor, form: &str) -> Result<Option<Draft>> {
    may_write(actor, form)?;
    store::find(&mut *db.read().await?, form).await
}

/// All drafts, by the forms' ids.
///
/// # Errors
/// As [`find`].
pub async fn list(db: &Db, actor: &Actor) -> Result<Vec<Draft>> {
    actor.need(Right::PublishForms)?;
    let all = store::all(&mut *db.read().await?).await?;
    Ok(all.into_iter().filter(|draft| actor.knows(&draft.form)).collect())
}

/// Begins a form: its text becomes the draft of an id that nothing has yet.
///
/// # Errors
/// [`Error::Faults`] where the id is no name or is taken, or the text is too long.
pub async fn begin(db: &Db, actor: &Actor, form: &str, text: &str) -> Result<()> {
    may_write(actor, form)?;
    let fault = |code, words| Error::fault(Fault::error(Place::Field("id".to_owned()), code, words));
    if !form::is_name(form) {
        return Err(fault("syntax", Words::new("form.bad-name").with("name", form)));
    }
    fits(text)?;
    let mut tx = db.write().await?;
    let drafted = store::find(&mut tx, form).await?.is_some();
    if drafted || version::store::newest(&mut tx, form).await?.is_some() {
        return Err(fault("duplicate", Words::new("forms.taken").with("id", form)));
    }
    store::keep(&mut tx, form, text, (actor.name(), Timestamp::now())).await?;
    tx.commit().await
}

/// Saves the text of a form as its draft. `was` marks the text that the person began from: where another one has been
/// saved meanwhile, nothing is.
///
/// # Errors
/// [`Error::Faults`] where the text is too long; otherwise as [`find`].
pub async fn save(db: &Db, actor: &Actor, form: &str, (text, was): (&str, &str)) -> Result<Kept> {
    may_write(actor, form)?;
    fits(text)?;
    let mut tx = db.write().await?;
    let published = version::store::newest(&mut tx, form).await?.map(|version| version.form.hash.clone());
    match store::find(&mut tx, form).await? {
        Some(draft) if draft.source == text => return Ok(Kept::Saved),
        Some(draft) if mark(&draft.source) != was => return Ok(Kept::Contested(draft)),
        None if published.as_deref() != Some(was) => return Ok(Kept::Gone),
        None if published.as_deref() == Some(mark(text).as_str()) => return Ok(Kept::Saved),
        _ => {}
    }
    store::keep(&mut tx, form, text, (actor.name(), Timestamp::now())).await?;
    tx.commit().await?;
    Ok(Kept::Saved)
}

/// Throws the draft away, if it is still the text that `was` marks. Returns whether it was.
///
/// # Errors
/// As [`find`].
pub async fn discard(db: &Db, actor: &Actor, form: &str, was: &str) -> Result<bool> {
    may_write(actor, form)?;
    let mut tx = db.write().await?;
    let same = store::find(&mut tx, form).await?.is_some_and(|draft| mark(&draft.source) == was);
    if same {
        store::forget(&mut tx, form).await?;
    }
    tx.commit().await?;
    Ok(same)
}

/// Publishes a text under the id of its form; a draft with the same text is done then.
///
/// # Errors
/// [`Error::Faults`] where the form has another id or would lose answers without a word; otherwise as [`find`].
pub async fn publish(db: &Db, actor: &Actor, id: &str, (form, origin): (&Form, Origin)) -> Result<Published> {
    may_write(actor, id)?;
    same_id(form, id)?;
    let file = format!("{id}.toml");
    let mut tx = db.write_alone().await?;
    let before = version::store::newest(&mut tx, id).await?.filter(|before| before.form.hash == form.hash);
    let published = match before {
        Some(before) => Published { form: id.to_owned(), number: before.number, new: false },
        None => match version::actions::put(&mut tx, (form, &file), (actor, origin)).await? {
            Fate::Published(published) => published,
            Fate::Refused(faults) => return Err(Error::Faults(faults)),
            Fate::Differs(difference) => return Err(Error::fault(difference.fault())),
        },
    };
    if store::find(&mut tx, id).await?.is_some_and(|draft| draft.source == form.source) {
        store::forget(&mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(published)
}

/// Answers are kept under the form's id: another one is another form.
///
/// # Errors
/// [`Error::Faults`] where the form has another id.
pub fn same_id(form: &Form, id: &str) -> Result<()> {
    if form.id == id {
        return Ok(());
    }
    let place = Place::Line { file: format!("{id}.toml"), line: form.line_of_id(), column: 1 };
    let words = Words::new("forms.other-id").with("id", id).with("found", &form.id);
    Err(Error::fault(Fault::error(place, "duplicate", words)))
}

fn fits(text: &str) -> Result<()> {
    if text.len() <= LONGEST {
        return Ok(());
    }
    let words = Words::new("forms.too-long").with("n", text.len() >> 10).with("most", LONGEST >> 10);
    Err(Error::fault(Fault::error(Place::Field("text".to_owned()), "syntax", words)))
}

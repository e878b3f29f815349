//! What a school may do about a report that somebody sent in its place.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{Behalf, store};
use crate::access::{Actor, Right};
use crate::db::Db;
use crate::error::{Error, Fault, Place, Result};
use crate::ids::{OrgId, RevisionId};
use crate::lang::Words;
use crate::report::figures::Slice;
use crate::report::{Key, actions as reports, may_fill};

/// Who sent what stands in a report, if it was in the place of the school.
///
/// # Errors
/// As [`reports::open`].
pub async fn standing(db: &Db, actor: &Actor, key: &Key) -> Result<Option<Behalf>> {
    actor.need(Right::Read)?;
    let mut read = db.read().await?;
    let sent = reports::of(&mut read, actor, key).await?.pointers().sent;
    let behalf = match sent {
        Some(sent) => store::sent(&mut read, sent).await?,
        None => None,
    };
    Ok(behalf.filter(|behalf| behalf.doer.stands_in(key.by)))
}

/// Whose sent reports of a slice somebody filled in the place of the school, which has not confirmed it yet.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn unconfirmed(db: &Db, actor: &Actor, slice: &Slice) -> Result<HashSet<OrgId>> {
    actor.need(Right::Overview)?;
    store::unconfirmed(&mut *db.read().await?, &actor.scope(), slice).await
}

/// Whether it is this actor's to confirm: somebody of the school itself.
pub fn may_confirm(actor: &Actor) -> bool {
    actor.may(Right::Fill) && !actor.may(Right::FillFor)
}

/// Says for the school that what was sent in its place is right. `seen` is the revision that they looked at.
///
/// # Errors
/// [`Error::Faults`] where something else has been sent meanwhile; [`Error::Denied`] for whoever stands in themselves.
pub async fn confirm(db: &Db, actor: &Actor, key: &Key, seen: RevisionId) -> Result<()> {
    may_fill(actor, key.by)?;
    if !may_confirm(actor) {
        return Err(Error::Denied(Words::new("access.denied")));
    }
    let mut tx = db.write().await?;
    let sent = reports::of(&mut tx, actor, key).await?.pointers().sent;
    if sent != Some(seen) {
        let words = Words::new("behalf.moved");
        return Err(Error::fault(Fault::error(Place::Field("revision".to_owned()), "moved-on", words)));
    }
    store::confirm(&mut tx, seen, actor, Timestamp::now()).await?;
    tx.commit().await
}

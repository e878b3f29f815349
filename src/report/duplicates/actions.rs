//! Making one organisation of two.

use super::{Moving, Union, store};
use crate::access::{Actor, Right};
use crate::db::{Conn, Db, Steps};
use crate::error::{Error, Fault, Place, Result};
use crate::ids::OrgId;
use crate::lang::Words;
use crate::org::Org;
use crate::org::edit::actions as orgs;
use crate::period::Period;
use crate::report::compute::{self, About};
use crate::report::version;

/// What making one organisation of two would do; nothing is changed.
///
/// # Errors
/// [`Error::NotFound`] where one is not there; [`Error::Faults`] where the two cannot be one; [`Error::Denied`].
pub async fn look(db: &Db, actor: &Actor, kept: &str, gone: &str) -> Result<Union> {
    actor.need(Right::ManageOrgs)?;
    union(&mut *db.read().await?, actor, kept, gone).await
}

async fn union(conn: &mut Conn, actor: &Actor, kept: &str, gone: &str) -> Result<Union> {
    let pair = orgs::pair(conn, actor, kept, gone).await?;
    let reports = store::reports(conn, pair.gone.id, pair.kept.id).await?;
    Ok(Union { pair, reports })
}

/// Makes one organisation of two: the reports of the one that goes become those of the one that stays, whose former
/// code it is from now on.
///
/// # Errors
/// As [`look`]; also where both have reported of one thing, and where something has changed since `seal` was taken.
pub async fn merge(db: &Db, actor: &Actor, kept: &str, gone: &str, seal: &str) -> Result<Org> {
    actor.need(Right::ManageOrgs)?;
    let mut tx = db.write_alone().await?;
    let union = union(&mut tx, actor, kept, gone).await?;
    let refused = |words| Err(Error::fault(Fault::error(Place::Whole, "conflict", words)));
    if union.pair.seal() != seal {
        return refused(Words::new("org.edited-meanwhile"));
    }
    let clashes = union.clashes().count();
    if clashes > 0 {
        return refused(Words::new("org.merge-clashes").with("n", clashes));
    }
    for one in &union.reports {
        match one.other {
            Some(_) if one.empty => store::set_aside(&mut tx, one.id).await?,
            Some((other, _)) => store::set_aside(&mut tx, other).await?,
            None => {}
        }
    }
    let (from, to) = (union.pair.gone.id, union.pair.kept.id);
    store::hand_over(&mut tx, from, to).await?;
    let ids: Vec<i64> = union.reports.iter().map(|one| one.id.0).collect();
    orgs::unite(&mut tx, actor, &union.pair, &ids).await?;
    measure(&mut tx, &union.reports, to).await?;
    tx.commit().await?;
    Ok(union.pair.kept)
}

/// What moved reports add to indicators, and what others add that read them: both may look at other reports of the same
/// organisation.
async fn measure(conn: &mut Conn, moved: &[Moving], kept: OrgId) -> Result<()> {
    let today = jiff::Zoned::now().date();
    for one in moved {
        let Some(period) = Period::from_id(&one.period) else { continue };
        if let Some((hash, about)) = store::counting(conn, one.id).await? {
            let form = version::store::form(conn, &hash).await?;
            let at = About { period, wave: &one.wave, about: OrgId(about) };
            compute::measure_again(conn, one.id, &form, &at, today).await?;
        }
        let reads = (one.form.as_str(), one.wave.as_str());
        compute::refresh_after(Steps::default(), conn, reads, &[(period, kept)], today).await?;
    }
    Ok(())
}

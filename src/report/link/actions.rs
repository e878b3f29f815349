//! What people may do with personal links: make, take back and prolong them; come in by one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Candidate, Door, Entered, Holder, Kept, LASTS, LONGEST, Link, MOST, Made, Standing, idle, store};
use crate::access::{Actor, Errand, Right};
use crate::account::{self, Secret};
use crate::db::{Conn, Db};
use crate::error::{Error, Fault, Place, Result};
use crate::form::{Form, Respondent};
use crate::ids::{LinkId, OrgId};
use crate::journal::{self, Deed};
use crate::lang::Words;
use crate::org::{self, Org};
use crate::period::Period;
use crate::report::State;
use crate::report::figures::{self, Progress, Slice};
use crate::report::version::{self, Version};

/// That a session was used is written down this often.
const SEEN: SignedDuration = SignedDuration::from_mins(5);

/// What links are made for: a form, by its newest version, and a period of it.
pub type Task<'a> = (&'a Version, Period);

/// The schools that links can be made for, in the order of the tree.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] where schools do not fill the form.
pub async fn candidates(db: &Db, actor: &Actor, task: Task<'_>) -> Result<Vec<Candidate>> {
    actor.need(Right::ManageAccounts)?;
    let progress = progress(db, actor, task).await?;
    let accounts = account::bulk::actions::having(db, actor).await?;
    let scope = actor.scope();
    let all = store::all(&mut *db.read().await?, &scope, (&task.0.form.id, task.1)).await?;
    let mut links: HashMap<OrgId, Link> =
        all.into_iter().filter(|(link, _)| link.revoked_at.is_none()).map(|(link, org)| (org.id, link)).collect();
    let candidate = |one: Progress| Candidate {
        state: one.state,
        has_account: accounts.contains_key(&one.org.id),
        link: links.remove(&one.org.id),
        org: Arc::unwrap_or_clone(one.org),
    };
    Ok(progress.into_iter().filter(|one| one.expected).map(candidate).collect())
}

async fn progress(db: &Db, actor: &Actor, (version, period): Task<'_>) -> Result<Vec<Progress>> {
    filled_by_schools(actor, &version.form)?;
    let slice = Slice { form: version.form.clone(), period, wave: String::new(), accepted_only: false };
    figures::actions::progress(db, actor, &actor.scope(), &slice).await
}

/// A link lets a school fill what schools are asked for, and nothing else.
fn filled_by_schools(actor: &Actor, form: &Form) -> Result<()> {
    if !actor.knows(&form.id) {
        return Err(version::actions::unknown(&form.id));
    }
    if form.is_programme() || form.by.first() != Some(&Respondent::School) {
        return Err(Error::NotFound(Words::new("link.not-for-schools").with("form", &form.title)));
    }
    Ok(())
}

/// The links to reports of a form and a period: those that were not taken back in the order of the tree, then the
/// others, the newest first.
///
/// # Errors
/// As [`candidates`].
pub async fn list(db: &Db, actor: &Actor, task: Task<'_>) -> Result<Vec<Kept>> {
    actor.need(Right::ManageAccounts)?;
    let progress = progress(db, actor, task).await?;
    let place: HashMap<OrgId, (usize, State)> =
        progress.into_iter().enumerate().map(|(place, one)| (one.org.id, (place, one.state))).collect();
    let scope = actor.scope();
    let all = store::all(&mut *db.read().await?, &scope, (&task.0.form.id, task.1)).await?;
    let state = |org: &Org| place.get(&org.id).map_or(State::Empty, |(_, state)| *state);
    let mut kept: Vec<Kept> = all.into_iter().map(|(link, org)| Kept { state: state(&org), link, org }).collect();
    kept.sort_by_key(|one| match one.link.revoked_at {
        None => (false, place.get(&one.org.id).map_or(usize::MAX, |(place, _)| *place)),
        Some(_) => (true, 0),
    });
    Ok(kept)
}

/// The periods for which there are links to reports of a form, the latest first, with how many can be used.
///
/// # Errors
/// [`Error::Denied`], or [`Error::Data`] where the data file refuses.
pub async fn periods(db: &Db, actor: &Actor, form: &str) -> Result<Vec<(Period, usize)>> {
    actor.need(Right::ManageAccounts)?;
    let scope = actor.scope();
    let mut periods = store::periods(&mut *db.read().await?, &scope, (form, Timestamp::now())).await?;
    periods.sort_by_key(|(period, _)| std::cmp::Reverse(period.start()));
    Ok(periods)
}

/// The last day of a link whose maker says nothing else.
pub fn usual_end() -> Date {
    let today = jiff::Zoned::now().date();
    today.checked_add(LASTS.days()).unwrap_or(today)
}

/// The moment at which a link ends whose last day somebody chose.
fn ends(last_day: Date, now: Timestamp) -> std::result::Result<Timestamp, Fault> {
    let today = now.to_zoned(TimeZone::system()).date();
    let most = today.checked_add(LONGEST.days()).unwrap_or(Date::MAX);
    let after = last_day.tomorrow().ok().and_then(|day| day.to_zoned(TimeZone::system()).ok());
    match after {
        _ if last_day < today => Err(fault("until", Words::new("link.past"))),
        Some(end) if last_day <= most => Ok(end.timestamp()),
        _ => Err(fault("until", Words::new("link.too-late").with("date", crate::text::date(most)))),
    }
}

fn fault(field: &str, words: Words) -> Fault {
    Fault::error(Place::Field(field.to_owned()), "link", words)
}

/// What somebody wants links to be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// For which organisations, by code.
    pub orgs: Vec<String>,
    /// The last day on which they can be used.
    pub last_day: Date,
}

/// Makes a link for each of some schools; earlier ones to the same reports open nothing any more.
///
/// # Errors
/// [`Error::Faults`] at `org` and `until` for what is wrong, all of it; otherwise as [`candidates`].
pub async fn make(db: &Db, actor: &Actor, task: Task<'_>, wanted: &Wanted) -> Result<Vec<Made>> {
    actor.need(Right::ManageAccounts)?;
    let (form, period) = (&task.0.form, task.1);
    filled_by_schools(actor, form)?;
    let now = Timestamp::now();
    let mut tx = db.write_alone().await?;
    let (orgs, mut faults) = chosen(&mut tx, actor, (form, period), &wanted.orgs).await?;
    let ends = ends(wanted.last_day, now).map_err(|fault| faults.push(fault));
    let (Ok(ends), true) = (ends, faults.is_empty()) else { return Err(Error::Faults(faults)) };
    let mut made = Vec::new();
    for org in orgs {
        let errand = Errand { org: org.id, form: form.id.clone(), period };
        let secret = Secret::for_paper()?;
        store::replace(&mut tx, &errand, (actor.name(), now)).await?;
        let id = store::make(&mut tx, (&secret.hash(), &errand), (actor.name(), now, ends)).await?;
        journal::store::note(&mut tx, actor, Deed::LinkMade, &about(&errand, &org, id)).await?;
        let made_by = actor.name().to_owned();
        let link = Link { id, errand, made_at: now, made_by, ends_at: ends, revoked_at: None, uses: 0, used_at: None };
        made.push(Made { link, org, secret });
    }
    tx.commit().await?;
    Ok(made)
}

/// What the journal calls a link: the report, and the number.
fn about(errand: &Errand, org: &Org, id: LinkId) -> String {
    format!("{}, {}, {}, №{id}", errand.form, errand.period.id(), org.code)
}

/// The organisations that were chosen, in the order of the tree, and what is wrong with the choice.
async fn chosen(
    conn: &mut Conn,
    actor: &Actor,
    (form, period): (&Form, Period),
    codes: &[String],
) -> Result<(Vec<Org>, Vec<Fault>)> {
    let codes: HashSet<&str> = codes.iter().map(String::as_str).collect();
    let all = org::tree_order(org::store::all(conn, &actor.scope()).await?);
    let (mut orgs, mut faults) = (Vec::new(), Vec::new());
    let known: HashSet<&str> = all.iter().map(|org| org.code.as_str()).collect();
    for strange in codes.iter().filter(|code| !known.contains(*code)) {
        faults.push(fault("org", Words::new("org.not-found").with("code", *strange)));
    }
    for org in all.iter().filter(|org| codes.contains(org.code.as_str())) {
        if org.kind == form.about && org.is_expected(period.start(), period.end()) {
            orgs.push(org.clone());
        } else {
            faults.push(fault("org", Words::new("link.not-expected").with("org", org.label())));
        }
    }
    match codes.len() {
        0 => faults.push(fault("org", Words::new("link.nobody-chosen"))),
        n if n > MOST => faults.push(fault("org", Words::new("link.too-many").with("n", n).with("most", MOST))),
        _ => {}
    }
    Ok((orgs, faults))
}

/// Which links of a form and a period are meant.
#[derive(Debug, Clone)]
pub enum Which {
    /// All that were not taken back.
    All,
    /// Some, by their numbers.
    Some(Vec<LinkId>),
}

/// The links that are meant and were not taken back, if the actor keeps them all.
async fn meant(conn: &mut Conn, actor: &Actor, (version, period): Task<'_>, which: &Which) -> Result<Vec<(Link, Org)>> {
    let form = &version.form;
    filled_by_schools(actor, form)?;
    let all = store::all(conn, &actor.scope(), (&form.id, period)).await?;
    let unrevoked = |(link, _): &(Link, Org)| link.revoked_at.is_none();
    match which {
        Which::All => Ok(all.into_iter().filter(unrevoked).collect()),
        Which::Some(ids) => {
            if let Some(strange) = ids.iter().find(|id| all.iter().all(|(link, _)| link.id != **id)) {
                return Err(Error::NotFound(Words::new("link.unknown").with("number", strange.to_string())));
            }
            if ids.is_empty() {
                return Err(Error::fault(fault("link", Words::new("link.none-ticked"))));
            }
            Ok(all.into_iter().filter(unrevoked).filter(|(link, _)| ids.contains(&link.id)).collect())
        }
    }
}

/// Takes links back: whoever is in by one of them is out at once. Returns how many there were.
///
/// # Errors
/// [`Error::NotFound`] where one of them is none of the actor's; [`Error::Faults`] where none is named.
pub async fn revoke(db: &Db, actor: &Actor, task: Task<'_>, which: &Which) -> Result<usize> {
    actor.need(Right::ManageAccounts)?;
    let now = Timestamp::now();
    let mut tx = db.write_alone().await?;
    let links = meant(&mut tx, actor, task, which).await?;
    for (link, org) in &links {
        store::revoke(&mut tx, link.id, (actor.name(), now)).await?;
        journal::store::note(&mut tx, actor, Deed::LinkRevoked, &about(&link.errand, org, link.id)).await?;
    }
    tx.commit().await?;
    Ok(links.len())
}

/// Lets links end on another day; those whose time was over can be used again. Returns how many there were.
///
/// # Errors
/// As [`revoke`]; [`Error::Faults`] at `until` where the day is past or too far.
pub async fn prolong(db: &Db, actor: &Actor, task: Task<'_>, (which, last_day): (&Which, Date)) -> Result<usize> {
    actor.need(Right::ManageAccounts)?;
    let ends = ends(last_day, Timestamp::now()).map_err(Error::fault)?;
    let mut tx = db.write_alone().await?;
    let links = meant(&mut tx, actor, task, which).await?;
    for (link, _) in &links {
        store::prolong(&mut tx, link.id, ends).await?;
    }
    tx.commit().await?;
    Ok(links.len())
}

/// The links of secrets that somebody who has just made them still holds: for a workbook of them. Those that the actor
/// does not keep, or that cannot be used any more, are left out.
///
/// # Errors
/// As [`candidates`].
pub async fn handed(db: &Db, actor: &Actor, task: Task<'_>, secrets: &[Secret]) -> Result<Vec<Made>> {
    actor.need(Right::ManageAccounts)?;
    let (version, period) = task;
    filled_by_schools(actor, &version.form)?;
    let mut read = db.read().await?;
    let all = store::all(&mut read, &actor.scope(), (&version.form.id, period)).await?;
    let own: HashSet<LinkId> = all.into_iter().map(|(link, _)| link.id).collect();
    let mut made = Vec::new();
    for secret in secrets.iter().take(MOST) {
        let found = store::by_hash(&mut read, &secret.hash()).await?;
        let usable = |link: &Link| own.contains(&link.id) && link.standing(Timestamp::now()) == Standing::InForce;
        if let Some((link, org, _)) = found.filter(|(link, ..)| usable(link)) {
            made.push(Made { link, org, secret: secret.clone() });
        }
    }
    Ok(made)
}

/// What a link opens, in the language of the reader; also of one that opens nothing any more.
///
/// # Errors
/// [`Error::NotFound`] where there never was such a link.
pub async fn door(db: &Db, reader: &Actor, secret: &Secret) -> Result<Door> {
    let mut read = db.read().await?;
    door_of(&mut read, reader, secret).await
}

async fn door_of(conn: &mut Conn, reader: &Actor, secret: &Secret) -> Result<Door> {
    let found = store::by_hash(conn, &secret.hash()).await?;
    let (link, org, from) = found.ok_or_else(|| Error::NotFound(Words::new("link.no-such")))?;
    let version = version::store::newest(conn, &link.errand.form).await?;
    let version = version.ok_or_else(|| version::actions::unknown(&link.errand.form))?;
    Ok(Door { link, org, form: version::told(&version.form, reader), from })
}

/// Somebody comes in by a link; the reader is whoever they were before.
///
/// # Errors
/// [`Error::NotFound`] where it opens nothing, or nothing any more.
pub async fn enter(db: &Db, reader: &Actor, secret: &Secret, elsewhere: bool) -> Result<Entered> {
    let now = Timestamp::now();
    let mut tx = db.write().await?;
    let door = door_of(&mut tx, reader, secret).await?;
    if door.link.standing(now) != Standing::InForce {
        return Err(Error::NotFound(Words::new("link.no-such")));
    }
    let Link { id, errand, .. } = &door.link;
    let holder = Actor::by_link(*id, errand).coming_from(reader.address());
    journal::store::note(&mut tx, &holder, Deed::SignIn, &about(errand, &door.org, *id)).await?;
    let secret = Secret::new()?;
    let idle = idle(elsewhere);
    store::enter(&mut tx, door.link.id, (&secret.hash(), now, idle)).await?;
    tx.commit().await?;
    Ok(Entered { door, secret, keeps: (!elsewhere).then_some(idle) })
}

/// Who came in by a link with a session, whether the link can still be used or not; nobody where the session has ended.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn holder(db: &Db, session: &Secret) -> Result<Option<Holder>> {
    let (hash, now) = (session.hash(), Timestamp::now());
    let found = store::holder(&mut *db.look().await?, &hash, now).await?;
    let Some((holder, seen)) = found else { return Ok(None) };
    if now.duration_since(seen) >= SEEN {
        // A data file that takes no changes still lets people look.
        let written = async {
            let mut tx = db.write().await?;
            store::seen_at(&mut tx, &hash, now).await?;
            tx.commit().await
        };
        if let Err(why) = written.await {
            tracing::warn!(%why, "the use of a link was not written down");
        }
    }
    Ok(Some(holder))
}

/// Ends the session of somebody who came in by a link; the link opens as before.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub async fn leave(db: &Db, holder: &Holder) -> Result<()> {
    let mut tx = db.write().await?;
    store::leave(&mut tx, &holder.session).await?;
    tx.commit().await
}

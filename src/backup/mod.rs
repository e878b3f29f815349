//! Copies of the data file: when one is due, what it is called, which are kept.

pub mod actions;
mod store;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use jiff::civil::{DateTime, Time};

use crate::lang::Words;

/// Of so many days the last copy is kept.
pub const DAYS: usize = 7;

/// Of so many weeks the last copy is kept.
pub const WEEKS: usize = 4;

/// Nothing younger than this is deleted, counted from the newest copy.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// After this time without a copy the operator is told.
const LATE: SignedDuration = SignedDuration::from_hours(48);

/// A copy that failed is tried again after this time.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// A copy of the data file. It was opened and checked before it got its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Where it is.
    pub path: PathBuf,
    /// When it was made, by the clock of the server's place.
    pub at: DateTime,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A copy that could not be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// When it was tried.
    pub at: DateTime,
    /// Why it failed.
    pub why: Words,
}

/// What the operator should know without asking.
#[derive(Debug, Clone, PartialEq)]
pub enum Alarm {
    /// The last attempt failed.
    Failed(Failure),
    /// The last copy is old.
    Late(DateTime),
}

/// Where the copies of a data file are kept and how it went so far. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Keeper {
    dir: Arc<Path>,
    night: Option<Time>,
    seen: Arc<Mutex<Seen>>,
    busy: Arc<tokio::sync::Mutex<()>>,
}

/// What is known of the copies without looking into the folder.
#[derive(Debug, Default)]
struct Seen {
    last: Option<DateTime>,
    failure: Option<Failure>,
}

impl Keeper {
    /// Copies in a folder, made every night at an hour; `None`: only when somebody asks.
    pub fn new(dir: &Path, night: Option<Time>) -> Keeper {
        Keeper { dir: dir.into(), night, seen: Arc::default(), busy: Arc::default() }
    }

    /// The folder of the copies.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What the operator should know without asking, as far as the folder has been looked at.
    pub fn alarm(&self, now: DateTime) -> Option<Alarm> {
        self.night?;
        let seen = self.seen();
        let failure = seen.failure.clone().map(Alarm::Failed);
        failure.or_else(|| seen.last.filter(|last| now.duration_since(*last) > LATE).map(Alarm::Late))
    }

    /// Whether copies are made by night.
    pub fn nightly(&self) -> bool {
        self.night.is_some()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the next copy is made, if the last one was made then.
    fn next(&self, last: Option<DateTime>, now: DateTime) -> Option<DateTime> {
        let due = due(last, self.night?, now);
        let again = self.seen().failure.as_ref().and_then(|failure| failure.at.checked_add(AGAIN).ok());
        Some(again.map_or(due, |again| due.max(again)))
    }
}

/// The name of a copy made at a moment.
fn name(at: DateTime) -> String {
    at.strftime("svod-%Y-%m-%d-%H%M%S.db").to_string()
}

/// The moment that a name of a copy says; `None` for what is no copy of ours.
fn moment(name: &str) -> Option<DateTime> {
    let at = DateTime::strptime("svod-%Y-%m-%d-%H%M%S.db", name).ok()?;
    (self::name(at) == name).then_some(at)
}

/// When the next copy is due: at the hour of the night after the last one. A night that was missed is made up for at
/// once.
fn due(last: Option<DateTime>, night: Time, now: DateTime) -> DateTime {
    let Some(last) = last.filter(|last| *last <= now) else { return now };
    let tonight = last.date().to_datetime(night);
    let next = if tonight > last { Ok(tonight) } else { last.date().tomorrow().map(|day| day.to_datetime(night)) };
    next.map_or(now, |next| next.max(now))
}

/// Which of the copies made at these moments are kept: all of the last 24 hours, the last one of each of [`DAYS`] days
/// and of each of [`WEEKS`] weeks that have any.
fn kept(made: &[DateTime]) -> Vec<DateTime> {
    let mut made = made.to_vec();
    made.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
    made.dedup();
    let week = |at: &DateTime| {
        let week = at.date().iso_week_date();
        (i32::from(week.year()), i32::from(week.week()))
    };
    let day = |at: &DateTime| (i32::from(at.year()), i32::from(at.day_of_year()));
    let mut kept = last_of_each(&made, day, DAYS);
    kept.extend(last_of_each(&made, week, WEEKS));
    kept.extend(made.iter().filter(|at| made[0].duration_since(**at) < FRESH));
    made.retain(|at| kept.contains(at));
    made
}

/// The last moment of each of the latest groups; the newest moment comes first.
fn last_of_each(made: &[DateTime], group: impl Fn(&DateTime) -> (i32, i32), groups: usize) -> Vec<DateTime> {
    let mut last: Vec<DateTime> = Vec::new();
    for at in made {
        if last.last().is_none_or(|newer| group(newer) != group(at)) {
            last.push(*at);
        }
    }
    last.truncate(groups);
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    fn all(texts: &str) -> Vec<DateTime> {
        texts.split_whitespace().map(at).collect()
    }

    #[test]
    fn old_copies_thin_out() {
        for (case, made, left) in [
            ("none", "", ""),
            ("one is never too many", "2020-01-01T03:00", "2020-01-01T03:00"),
            (
                "all of the last 24 hours",
                "2025-11-24T03:00 2025-11-24T11:00 2025-11-24T11:05 2025-11-25T03:00",
                "2025-11-25T03:00 2025-11-24T11:05 2025-11-24T11:00",
            ),
            (
                "the last of a day, and of seven days that have any",
                "2025-11-10T03:00 2025-11-11T03:00 2025-11-12T03:00 2025-11-12T15:00 2025-11-13T03:00 2025-11-14T03:00
                 2025-11-15T03:00 2025-11-16T03:00 2025-11-18T03:00",
                "2025-11-18T03:00 2025-11-16T03:00 2025-11-15T03:00 2025-11-14T03:00 2025-11-13T03:00 2025-11-12T15:00
                 2025-11-11T03:00",
            ),
            (
                "the last of four weeks that have any, around a new year",
                "2024-12-08T03:00 2024-12-15T03:00 2024-12-22T03:00 2024-12-29T03:00
                 2024-12-30T03:00 2024-12-31T03:00 2025-01-01T03:00 2025-01-02T03:00 2025-01-03T03:00 2025-01-04T03:00
                 2025-01-05T03:00 2025-01-06T03:00",
                "2025-01-06T03:00 2025-01-05T03:00 2025-01-04T03:00 2025-01-03T03:00 2025-01-02T03:00 2025-01-01T03:00
                 2024-12-31T03:00 2024-12-29T03:00 2024-12-22T03:00",
            ),
        ] {
            assert_eq!(kept(&all(made)), all(left), "{case}");
        }
    }

    /// A copy a night for a year, each followed by the rule: what is left is what the rule promises, at every moment.
    #[test]
    fn a_year_of_nights_leaves_seven_days_and_four_weeks() {
        let mut left: Vec<DateTime> = Vec::new();
        for night in 0..365 {
            left.push(at("2025-01-01T03:00").checked_add(SignedDuration::from_hours(24 * night)).unwrap());
            left = kept(&left);
            left.reverse();
        }
        assert_eq!(left.len(), 9, "seven days, of two weeks, and the Sundays of two weeks before: {left:?}");
        assert_eq!(left.first(), Some(&at("2025-12-14T03:00")));
    }

    #[test]
    fn a_copy_is_due_every_night_and_a_missed_night_at_once() {
        for (last, now, due_at) in [
            ("", "2025-11-24T10:00", "2025-11-24T10:00"),
            ("2025-11-24T03:00:02", "2025-11-24T10:00", "2025-11-25T03:00"),
            ("2025-11-24T01:30", "2025-11-24T02:00", "2025-11-24T03:00"),
            ("2025-11-21T03:00:02", "2025-11-24T10:00", "2025-11-24T10:00"),
            ("2025-12-24T03:00", "2025-11-24T10:00", "2025-11-24T10:00"),
        ] {
            let last = all(last).first().copied();
            assert_eq!(due(last, jiff::civil::time(3, 0, 0, 0), at(now)), at(due_at), "{last:?} {now}");
        }
    }

    #[test]
    fn a_failed_copy_is_tried_again_in_an_hour_and_said() {
        let keeper = Keeper::new(Path::new("copies"), Some(jiff::civil::time(3, 0, 0, 0)));
        let (last, now) = (Some(at("2025-11-23T03:00")), at("2025-11-24T03:10"));
        assert_eq!((keeper.next(last, now), keeper.alarm(now)), (Some(now), None));
        let failure = Failure { at: at("2025-11-24T03:00"), why: Words::new("db.full") };
        keeper.seen().failure = Some(failure.clone());
        assert_eq!(keeper.next(last, now), Some(at("2025-11-24T04:00")));
        assert_eq!(keeper.alarm(now), Some(Alarm::Failed(failure)));
        *keeper.seen() = Seen { last, failure: None };
        assert_eq!(keeper.alarm(at("2025-11-25T02:00")), None);
        assert_eq!(keeper.alarm(at("2025-11-25T04:00")), Some(Alarm::Late(at("2025-11-23T03:00"))));
        assert_eq!(Keeper::new(Path::new("copies"), None).next(None, now), None);
    }

    #[test]
    fn only_our_own_names_are_copies() {
        let at = at("2025-11-24T03:00:09");
        assert_eq!(name(at), "svod-2025-11-24-030009.db");
        assert_eq!(moment("svod-2025-11-24-030009.db"), Some(at));
        for other in ["svod.db", "svod-2025-11-24.db", "svod-2025-11-24-030009.db.part-7", "svod-2025-13-24-030009.db"]
        {
            assert_eq!(moment(other), None, "{other}");
        }
    }
}

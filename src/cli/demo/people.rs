//! The people of the demonstration: one account a role, each entered with one click.

use super::cast::{DRAFTS, PUBLISHED, SILENT, YEARS};
use super::district::{FIRST_MUNICIPALITY, REGION};
use crate::access::{Actor, Role};
use crate::account::actions::{list, make};
use crate::account::{self, Secret};
use crate::db::Db;
use crate::error::Result;
use crate::period::Period;
use crate::report::link::actions::{Wanted, usual_end};
use crate::report::{link, version};

/// Login, name, role, organisation.
const PEOPLE: [(&str, &str, Role, &str); 8] = [
    ("admin", "Администратор", Role::Administrator, ""),
    ("region", "Министерство образования области", Role::Department, REGION),
    ("department", "Управление образования", Role::Department, FIRST_MUNICIPALITY),
    ("methodist", "Методист района", Role::Methodist, FIRST_MUNICIPALITY),
    ("school", "Школа из первого района", Role::School, PUBLISHED),
    ("school-draft", "Школа с черновиком", Role::School, DRAFTS[0]),
    ("author", "Автор форм", Role::Author, REGION),
    ("viewer", "Наблюдатель", Role::Viewer, REGION),
];

/// Makes those who are not there yet.
///
/// # Errors
/// What the actions say; nothing of the demonstration should be refused.
pub(super) async fn settle(db: &Db, actor: &Actor) -> Result<()> {
    let known = list(db, actor).await?;
    for (login, name, role, org) in PEOPLE {
        if known.iter().any(|kept| kept.account.login == login) {
            continue;
        }
        let wanted = account::Wanted {
            login: login.to_owned(),
            name: name.to_owned(),
            role: role.word().to_owned(),
            org: org.to_owned(),
            ..account::Wanted::default()
        };
        make(db, actor, &wanted).await?;
    }
    Ok(())
}

/// The form and the period of the personal link that is given out: its school has answered nothing.
const LINK: (&str, &str) = ("exam-results", YEARS[1]);

/// A personal link of a school, made anew; nothing where the form is not there.
///
/// # Errors
/// What the actions say; nothing of the demonstration should be refused.
pub(in crate::cli) async fn link(db: &Db, actor: &Actor) -> Result<Option<Secret>> {
    let (form, period) = LINK;
    let versions = version::actions::list(db, actor).await?;
    let (Some(version), Some(period)) = (versions.iter().find(|one| one.form.id == form), Period::from_id(period))
    else {
        return Ok(None);
    };
    let wanted = Wanted { orgs: vec![SILENT.to_owned()], last_day: usual_end() };
    let made = link::actions::make(db, actor, (version, period), &wanted).await?;
    Ok(made.into_iter().next().map(|made| made.secret))
}

/// Who may be entered as: login and name.
pub(in crate::cli) fn everybody() -> impl Iterator<Item = (&'static str, &'static str)> {
    PEOPLE.into_iter().map(|(login, name, _, _)| (login, name))
}

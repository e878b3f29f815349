//! The people of the demonstration: one account a role, each entered with one click.

use super::cast::{DRAFTS, PUBLISHED};
use super::district::{FIRST_MUNICIPALITY, REGION};
use crate::access::{Actor, Role};
use crate::account::Wanted;
use crate::account::actions::{list, make};
use crate::db::Db;
use crate::error::Result;

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
        let wanted = Wanted {
            login: login.to_owned(),
            name: name.to_owned(),
            role: role.word().to_owned(),
            org: org.to_owned(),
            ..Wanted::default()
        };
        make(db, actor, &wanted).await?;
    }
    Ok(())
}

/// Who may be entered as: login and name.
pub(in crate::cli) fn everybody() -> impl Iterator<Item = (&'static str, &'static str)> {
    PEOPLE.into_iter().map(|(login, name, _, _)| (login, name))
}

//! Accounts: the list of those below one's own, a new one, one of them.

pub(super) mod list;
pub(super) mod new;
pub(super) mod one;
pub(super) mod schools;

use maud::{Markup, html};

use super::invite;
use crate::access::{Actor, Role};
use crate::account::{Account, INVITED, Secret, Wanted, may_give};
use crate::error::{Fault, Result};
use crate::ids::OrgId;
use crate::lang::{Lang, Words};
use crate::org::{self, Org};
use crate::report::version;
use crate::web::field::{self, Field};
use crate::web::layout;
use crate::web::visit::Visit;

/// What a role is called.
pub(super) fn role_word(role: Role, lang: Lang) -> String {
    lang.t(match role {
        Role::Administrator => "account.administrator",
        Role::Department => "account.department",
        Role::Methodist => "account.methodist",
        Role::Author => "account.author",
        // Whoever holds a link of a school acts for it.
        Role::School | Role::Link => "account.school",
        Role::Viewer => "account.viewer",
        Role::Operator => "web.operator",
        Role::Nobody => "account.nobody",
    })
}

/// What a role is for, in a sentence.
fn role_hint(role: Role) -> &'static str {
    match role {
        Role::Administrator => "account.administrator-does",
        Role::Department => "account.department-does",
        Role::Methodist => "account.methodist-does",
        Role::Author => "account.author-does",
        Role::School => "account.school-does",
        _ => "account.viewer-does",
    }
}

/// The address of an account's page.
fn address(account: &Account) -> String {
    layout::address(&["account", &account.login])
}

/// What was typed of an account.
fn wanted(visit: &Visit, login: &str) -> Wanted {
    let word = |name: &str| visit.form.word(name).to_owned();
    Wanted {
        login: login.to_owned(),
        name: word("name"),
        role: word("role"),
        org: word("org"),
        forms: visit.form.all("forms").map(str::to_owned).collect(),
        email: word("email"),
    }
}

/// What an account says of itself, as if it had been typed.
fn as_wanted(account: &Account, orgs: &[Org]) -> Wanted {
    let code = |root: OrgId| orgs.iter().find(|org| org.id == root).map(|org| org.code.clone());
    Wanted {
        login: account.login.clone(),
        name: account.name.clone(),
        role: account.grant.role.word().to_owned(),
        org: account.grant.root.and_then(code).unwrap_or_default(),
        forms: account.grant.forms.iter().flat_map(|forms| forms.iter().cloned()).collect(),
        email: account.email.clone(),
    }
}

/// What may be chosen for an account.
struct Choices {
    roles: Vec<Role>,
    orgs: Vec<Org>,
    forms: Vec<(String, String)>,
}

async fn choices(visit: &Visit) -> Result<Choices> {
    let site = &*visit.site;
    let orgs = org::actions::list(&site.db, &site.actor, &site.actor.scope()).await?;
    let versions = version::actions::list(&site.db, &site.actor).await?;
    let forms = versions.into_iter().map(|version| (version.form.id.clone(), version.form.title.clone())).collect();
    Ok(Choices { roles: may_give(site.actor.role()).to_vec(), orgs, forms })
}

/// The fields of an account, but for its login.
fn fields(wanted: &Wanted, choices: &Choices, (actor, faults): (&Actor, &[Fault]), lang: Lang) -> Markup {
    html! {
        (Field::line("name", "account.name", &wanted.name).hinting("account.name-hint").show(faults, lang))
        fieldset.question.faulty[!field::of(faults, "role").is_empty()] {
            legend { (lang.t("account.role")) }
            @for role in &choices.roles {
                label.choice {
                    input type="radio" name="role" value=(role.word()) checked[role.word() == wanted.role] required;
                    span { (role_word(*role, lang)) " " span.hint { (lang.t(role_hint(*role))) } }
                }
            }
            (field::said("role", &field::of(faults, "role"), lang))
        }
        div.question.faulty[!field::of(faults, "org").is_empty()] {
            label for="org" { (lang.t("web.org")) }
            p.hint #org-hint { (lang.t("account.org-hint")) }
            select id="org" name="org" aria-describedby=(field::told_by("org", true)) {
                option value="" { @if actor.scope().root().is_none() { (lang.t("account.everywhere")) } @else { "—" } }
                @for org in &choices.orgs {
                    option value=(org.code) selected[org.code == wanted.org] { (org.label()) " (" (org.code) ")" }
                }
            }
            (field::said("org", &field::of(faults, "org"), lang))
        }
        @if choices.forms.len() > 1 {
            fieldset.question {
                legend { (lang.t("account.forms")) }
                p.hint { (lang.t("account.forms-hint")) }
                @for (id, title) in &choices.forms {
                    label.choice {
                        input type="checkbox" name="forms" value=(id) checked[wanted.forms.contains(id)];
                        span { (title) }
                    }
                }
                (field::said("forms", &field::of(faults, "forms"), lang))
            }
        }
        (Field { autocomplete: "off", ..Field::line("email", "account.email", &wanted.email).hinting("account.email-hint").optional() }
            .show(faults, lang))
    }
}

/// A one-time link, shown once.
fn link(visit: &Visit, account: &Account, secret: &Secret) -> Markup {
    let lang = visit.lang();
    let days = usize::try_from(INVITED.as_hours() / 24).unwrap_or_default();
    html! {
        section.box.good {
            h2 { (Words::new("account.link-title").with("name", &account.name).say(lang)) }
            p { (Words::new("account.link-what").with("login", &account.login).with("n", days).say(lang)) }
            pre.command { code #link { (invite::address(&visit.base(), secret)) } }
            p { (lang.t("account.link-once")) }
        }
    }
}

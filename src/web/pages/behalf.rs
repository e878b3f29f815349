//! What was sent in the place of a school: who did it, and `POST …/confirm`, with which the school says that it is right.

use maud::{Markup, html};
use poem::Response;

use super::accounts::role_word;
use super::fill::said_who;
use super::{go_to, report_address, report_of_address};
use crate::error::Result;
use crate::form::Respondent;
use crate::ids::RevisionId;
use crate::lang::{Lang, Words};
use crate::report::behalf::actions;
use crate::report::{Doer, ReportView, State};
use crate::web::layout;
use crate::web::visit::Visit;

/// Who has filled in what stands here in the place of the school, and the button with which the school confirms it.
pub(super) async fn notice(visit: &Visit, view: &ReportView) -> Result<Markup> {
    let (site, lang) = (&*visit.site, visit.lang());
    if !view.for_school || !matches!(view.state(), State::Sent | State::Accepted) {
        return Ok(html! {});
    }
    let Some(behalf) = actions::standing(&site.db, &site.actor, &view.key).await? else { return Ok(html! {}) };
    let who = said_doer(&behalf.doer, view.key.by, lang);
    let filled = Words::new("behalf.filled").with("who", who).with("when", layout::moment(behalf.at)).say(lang);
    let address = report_address(&view.key, &view.org);
    Ok(html! {
        @if let Some(confirmed) = &behalf.confirmed {
            p.box.good { (filled) " " (Words::new("behalf.confirmed").with("when", layout::moment(confirmed.at))
                .with("who", said_doer(&confirmed.doer, view.key.by, lang)).say(lang)) }
        } @else if actions::may_confirm(&site.actor) {
            form.box.warn method="post" action={ (address) "/confirm" } {
                p { (filled) " " (lang.t("behalf.look")) }
                input type="hidden" name="revision" value=(behalf.revision);
                div.actions {
                    button.primary type="submit" { (lang.t("behalf.confirm")) }
                    a.button href={ (address) "?edit=1" } { (lang.t("web.correct")) }
                }
            }
        } @else {
            p.box.quiet { (filled) " " (lang.t("behalf.not-yet")) }
        }
    })
}

/// The school says that what was sent in its place is right.
pub(super) async fn confirm(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let (key, org) = report_of_address(&visit).await?;
    let seen = RevisionId(visit.form.word("revision").parse().unwrap_or_default());
    actions::confirm(&site.db, &site.actor, &key, seen).await?;
    Ok(go_to(&(report_address(&key, &org) + "?confirmed=1")))
}

/// Who did something: «Иванова (методист) за школу».
pub(super) fn said_doer(doer: &Doer, by: Respondent, lang: Lang) -> String {
    let name = doer.name.clone().unwrap_or_else(|| said_who(&doer.login, lang));
    match doer.role {
        Some(role) if doer.stands_in(by) => {
            Words::new("behalf.for-school").with("name", name).with("role", role_word(role, lang)).say(lang)
        }
        _ => name,
    }
}

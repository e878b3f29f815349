//! `/orgs/groups`: groups of organisations across the tree, their members, and the changes of both.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::{address, crumbs, may_manage, sheet};
use crate::error::{Error, Fault, Result};
use crate::lang::{Lang, Words};
use crate::org::Org;
use crate::org::group::{Group, actions};
use crate::web::layout::{self, Frame};
use crate::web::pages::go_to;
use crate::web::visit::Visit;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let id = visit.query.word("id").to_owned();
    page(&visit, &id, &[]).await
}

pub(in crate::web::pages) async fn decide(visit: Visit) -> Result<Response> {
    let (db, actor) = (&visit.site.db, &visit.site.actor);
    let (id, name, note) = (visit.form.word("id"), visit.form.word("name"), visit.form.word("note"));
    let within = format!("/orgs/groups?id={}", layout::encoded(id));
    let done = match visit.form.word("do") {
        "join" => {
            let joined = actions::join(db, actor, id, visit.form.get("members").unwrap_or_default()).await;
            joined.map(|n| format!("{within}&joined={n}"))
        }
        "leave" => actions::leave(db, actor, id, visit.form.word("org")).await.map(|_| format!("{within}&left=1")),
        "remove" => actions::remove(db, actor, id).await.map(|_| "/orgs/groups?removed=1".to_owned()),
        "rename" => actions::save(db, actor, Some(id), name, note).await.map(|id| format!("/orgs/groups?id={id}")),
        _ => actions::save(db, actor, None, name, note).await.map(|id| format!("/orgs/groups?id={id}")),
    };
    match done {
        Ok(place) => Ok(go_to(&place)),
        Err(Error::Faults(faults)) => page(&visit, id, &faults).await,
        Err(error) => Err(error),
    }
}

async fn page(visit: &Visit, id: &str, faults: &[Fault]) -> Result<Response> {
    let (db, actor, lang) = (&visit.site.db, &visit.site.actor, visit.lang());
    let groups = actions::list(db, actor).await?;
    let group = match id {
        "" => None,
        id => Some(actions::one(db, actor, id).await?),
    };
    let members = match &group {
        Some(group) => actions::members(db, actor, group.id).await?,
        None => Vec::new(),
    };
    let title = lang.t("orgs.groups");
    let body = html! {
        (crumbs(lang, &[], &title))
        h1 { (title) }
        @if visit.query.has("removed") { (layout::done(&lang.t("orgs.group-removed"))) }
        @if visit.query.has("left") { (layout::done(&lang.t("orgs.member-left"))) }
        @if let Some(n) = visit.query.get("joined").and_then(|n| n.parse::<usize>().ok()) {
            (layout::done(&Words::new("orgs.members-joined").with("n", n).say(lang)))
        }
        (sheet::summary(faults, lang))
        @match &group {
            Some(group) => (one(visit, group, &members)),
            None => (all(visit, &groups)),
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(&visit.site, &Frame { title, here: "/orgs" }, body).with_status(status).into_response())
}

fn all(visit: &Visit, groups: &[Group]) -> Markup {
    let lang = visit.lang();
    html! {
        p.lead { (lang.t("orgs.groups-what")) }
        @if groups.is_empty() { p.box.quiet { (lang.t("orgs.groups-none")) } }
        @else {
            ul.picks { @for group in groups {
                li { a href={ "/orgs/groups?id=" (group.id) } {
                    span { (group.name) @if !group.note.is_empty() { br; span.muted { (group.note) } } }
                    span.muted { (Words::new("orgs.members").with("n", group.members).say(lang)) }
                } }
            } }
        }
        @if may_manage(&visit.site) {
            form.box.card method="post" action="/orgs/groups" novalidate {
                h2 { (lang.t("orgs.group-new")) }
                (names((visit.form.word("name"), visit.form.word("note")), lang))
                button.primary type="submit" name="do" value="add" { (lang.t("orgs.group-make")) }
            }
        }
    }
}

fn names((name, note): (&str, &str), lang: Lang) -> Markup {
    html! {
        div.question {
            label for="name" { (lang.t("orgs.group-name")) }
            input type="text" id="name" name="name" value=(name) autocomplete="off";
        }
        div.question {
            label for="note" { (lang.t("orgs.group-note")) }
            input type="text" id="note" name="note" value=(note) autocomplete="off";
        }
    }
}

fn one(visit: &Visit, group: &Group, members: &[Org]) -> Markup {
    let lang = visit.lang();
    let mine = may_manage(&visit.site);
    html! {
        h2 { (group.name) }
        @if !group.note.is_empty() { p { (group.note) } }
        p.muted { (lang.t("orgs.group-use")) }
        @if members.is_empty() { p.box.quiet { (lang.t("orgs.members-none")) } }
        @else { (member_list(group, members, mine, lang)) }
        @if mine {
            form.box.card method="post" action="/orgs/groups" novalidate {
                h3 { (lang.t("orgs.members-add")) }
                input type="hidden" name="id" value=(group.id);
                div.question {
                    label for="members" { (lang.t("orgs.members-label")) }
                    p.hint #members-hint { (lang.t("orgs.members-hint")) }
                    textarea id="members" name="members" rows="4" aria-describedby="members-hint" {
                        (visit.form.get("members").unwrap_or_default())
                    }
                }
                button.primary type="submit" name="do" value="join" { (lang.t("orgs.members-join")) }
            }
            details {
                summary { (lang.t("orgs.group-change")) }
                form.box.card method="post" action="/orgs/groups" novalidate {
                    input type="hidden" name="id" value=(group.id);
                    @let typed = visit.form.has("name");
                    (names(if typed { (visit.form.word("name"), visit.form.word("note")) } else { (&group.name, &group.note) }, lang))
                    button type="submit" name="do" value="rename" { (lang.t("orgs.save")) }
                }
                form.box.card method="post" action="/orgs/groups" {
                    input type="hidden" name="id" value=(group.id);
                    p { (Words::new("orgs.group-remove-what").with("name", &group.name).say(lang)) }
                    button type="submit" name="do" value="remove" { (lang.t("orgs.group-remove")) }
                }
            }
        }
        p { a href="/orgs/groups" { (lang.t("orgs.groups-all")) } }
    }
}

fn member_list(group: &Group, members: &[Org], mine: bool, lang: Lang) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-label=(group.name) {
            table.list {
                thead { tr {
                    th scope="col" { (lang.t("web.org")) }
                    th scope="col" { (lang.t("web.code")) }
                    @if mine { th scope="col" { span.sr { (lang.t("orgs.member-leave")) } } }
                } }
                tbody { @for org in members {
                    tr {
                        th scope="row" { a href=(address(org)) { (org.label()) } }
                        td.code { (org.code) }
                        @if mine {
                            td {
                                form method="post" action="/orgs/groups" {
                                    input type="hidden" name="id" value=(group.id);
                                    input type="hidden" name="org" value=(org.code);
                                    button.remove type="submit" name="do" value="leave"
                                        aria-label={ (lang.t("orgs.member-leave")) ": " (org.label()) } {
                                        (lang.t("orgs.member-leave"))
                                    }
                                }
                            }
                        }
                    }
                } }
            }
        }
    }
}

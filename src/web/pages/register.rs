//! `/register/{form}/{period}`: one table, a row for each organisation, for whoever fills about many of them.

use std::collections::HashMap;

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use serde_json::Value as Json;

use super::confirm::seal;
use super::fill::{stored, unexplained};
use super::{go_to, of_address, orgs, overview_address, report_address, state_word};
use crate::error::{Error, Fault, Result};
use crate::form::{Answers, Form};
use crate::ids::OrgId;
use crate::lang::{Lang, Words};
use crate::org::{self, Org};
use crate::period::Period;
use crate::report::figures::{self, Progress, Slice};
use crate::report::version::Version;
use crate::report::{self, Key, ReportView, Source};
use crate::web::layout::{self, Frame};
use crate::web::questionnaire::{self, Paper, register};
use crate::web::visit::{Fields, Visit};

/// So many rows stand on a page; the others are found by searching.
const MOST: usize = 100;

/// A row as it is put on the page.
struct Row {
    view: ReportView,
    /// What stands in the fields: what is stored, or what was typed and could not be kept.
    answers: Answers,
    /// Why what was typed was not kept.
    refused: Option<String>,
}

/// What is put above the table.
#[derive(Default)]
struct Said {
    notice: Option<Markup>,
    /// Everything that blocks sending is said.
    strict: bool,
    status: Option<StatusCode>,
}

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let lang = visit.lang();
    let saved = visit.query.word("saved").parse::<usize>().ok();
    let sent = visit.query.word("sent").parse::<usize>().ok();
    let notice = html! {
        @if let Some(n) = saved { (layout::done(&Words::new("register.saved").with("n", n).say(lang))) }
        @if let Some(n) = sent { (layout::done(&Words::new("register.sent").with("n", n).say(lang))) }
    };
    page(&visit, Vec::new(), Said { notice: Some(notice), strict: visit.query.has("check"), status: None }).await
}

pub(super) async fn answer(visit: Visit) -> Result<Response> {
    let (version, period) = of_address(&visit).await?;
    let here = address(&version.form, period);
    if visit.form.word("do") == "send-ready" {
        let sent = send(&visit, &version.form, period).await?;
        return Ok(go_to(&format!("{here}?check=1&sent={sent}")));
    }
    let (saved, refused) = save(&visit, &version.form, period).await?;
    if !refused.is_empty() {
        let notice = html! {
            div.box.bad role="alert" tabindex="-1" autofocus {
                p { (Words::new("register.refused").with("n", refused.len()).say(visit.lang())) }
            }
        };
        let said = Said { notice: Some(notice), strict: false, status: Some(StatusCode::CONFLICT) };
        return page(&visit, refused, said).await;
    }
    let check = if visit.form.word("do") == "send" { "&check=1#ready" } else { "" };
    let sought = visit.form.word("q");
    Ok(go_to(&format!("{here}?saved={saved}&q={}{check}", layout::encoded(sought))))
}

/// The address of a register.
pub(super) fn address(form: &Form, period: Period) -> String {
    layout::address(&["register", &form.id, &period.id()])
}

/// The key of the organisation that a field of the page belongs to, and the field's name in a questionnaire.
fn of_row(name: &str) -> Option<(OrgId, String)> {
    let (kind, rest) = name.split_once(':')?;
    let (row, path) = rest.split_once('/')?;
    Some((OrgId(row.parse().ok()?), format!("{kind}:{path}")))
}

/// The rows that came with a page, each with its fields and with the answers that the page was made from.
fn rows_of(form: &Fields) -> Vec<(OrgId, Fields, Option<Json>)> {
    let mut rows: Vec<(OrgId, Fields, Option<Json>)> = Vec::new();
    for (name, value) in &form.0 {
        if let Some(row) = name.strip_prefix("was:").and_then(|row| row.parse().ok()) {
            rows.push((OrgId(row), Fields::default(), serde_json::from_str(value).ok()));
        }
    }
    for (name, value) in &form.0 {
        let Some((org, name)) = of_row(name) else { continue };
        if let Some((_, fields, _)) = rows.iter_mut().find(|(known, ..)| *known == org) {
            fields.0.push((name, value.clone()));
        }
    }
    rows
}

/// Keeps the rows in which something was changed. Gives how many were kept, and those that could not be.
async fn save(visit: &Visit, form: &Form, period: Period) -> Result<(usize, Vec<Row>)> {
    let (site, lang) = (&*visit.site, visit.lang());
    let (mut saved, mut refused) = (0, Vec::new());
    for (org, fields, was) in rows_of(&visit.form) {
        let view = report::actions::correct(&site.db, &site.actor, &Key::new(form, period, org)).await?;
        let theirs = stored(&view);
        let was = was.map_or_else(|| theirs.clone(), |was| Answers::from_json(&was));
        let mut mine = questionnaire::read((&view.form, &view.context), &fields, &was, lang);
        if mine == was {
            continue;
        }
        questionnaire::keep_what_is_only_shown(&view, &mut mine);
        let merged = questionnaire::merge((&view.form, &was), &mine, &theirs);
        if !merged.contested.is_empty() {
            let names: Vec<String> =
                merged.contested.iter().map(|path| questionnaire::named(&view.form, path, lang)).collect();
            let words = Words::new("register.contested").with("names", names.join("», «")).say(lang);
            refused.push(Row { view, answers: merged.answers, refused: Some(words) });
            continue;
        }
        match report::actions::save_draft(&site.db, &site.actor, &view.key, merged.answers.clone(), Source::Page).await
        {
            Ok(_) => saved += 1,
            Err(Error::Faults(faults)) => {
                let words: Vec<String> = faults.iter().map(|fault| fault.say(lang)).collect();
                refused.push(Row { view, answers: merged.answers, refused: Some(words.join(" ")) });
            }
            Err(error) => return Err(error),
        }
    }
    Ok((saved, refused))
}

/// Sends the drafts that were shown as ready, each as it was shown. Gives how many were sent.
async fn send(visit: &Visit, form: &Form, period: Period) -> Result<usize> {
    let site = &*visit.site;
    let mut sent = 0;
    for (name, shown) in &visit.form.0 {
        let Some(org) = name.strip_prefix("seal:").and_then(|row| row.parse().ok()).map(OrgId) else { continue };
        let view = report::actions::correct(&site.db, &site.actor, &Key::new(form, period, org)).await?;
        if view.pointers.draft.is_none() || seal(&view) != *shown {
            continue;
        }
        match report::actions::send(&site.db, &site.actor, &view.key, stored(&view), Source::Page).await {
            Ok(_) => sent += 1,
            Err(Error::Faults(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sent)
}

async fn page(visit: &Visit, refused: Vec<Row>, said: Said) -> Result<Response> {
    let (site, lang) = (&*visit.site, visit.lang());
    let (version, period) = of_address(visit).await?;
    if version.form.is_programme() {
        return Err(Error::NotFound(Words::new("report.programme").with("form", &version.form.title)));
    }
    let form = version.form.clone();
    let slice = Slice { form: form.clone(), period, wave: String::new(), accepted_only: false };
    let progress = figures::actions::progress(&site.db, &site.actor, &site.actor.scope(), &slice).await?;
    let all: Vec<Org> = progress.iter().map(|one| (*one.org).clone()).collect();
    let sought = if visit.form.has("q") { visit.form.word("q") } else { visit.query.word("q") };
    let by_id: HashMap<_, &Progress> = progress.iter().map(|one| (one.org.id, one)).collect();
    let fits = org::actions::search(&site.db, &site.actor, &all, sought).await?;
    let found: Vec<&Progress> = fits.iter().filter_map(|org| by_id.get(&org.id).copied()).collect();
    let mut rows = Vec::new();
    for one in found.iter().take(MOST) {
        let view = report::actions::correct(&site.db, &site.actor, &Key::new(&form, period, one.org.id)).await?;
        rows.push(Row { answers: view.answers.clone(), view, refused: None });
    }
    for row in refused {
        if let Some(place) = rows.iter_mut().find(|known| known.view.org.id == row.view.org.id) {
            place.answers = row.answers;
            place.refused = row.refused;
        }
    }
    let here = address(&form, period);
    let steps = [
        ("/".to_owned(), lang.t("web.menu-reports")),
        (overview_address(&form.id, period), format!("{}, {}", form.title, period.label().say(lang))),
    ];
    let title = lang.t("register.title");
    let body = html! {
        (layout::crumbs(lang, &steps, &title))
        h1 { (form.title) }
        p.lead { (Words::new("register.lead").with("period", period.label()).say(lang)) }
        @if let Some(notice) = said.notice { (notice) }
        @if said.strict { (ready(&rows, &here, lang)) }
        (orgs::search(&here, sought, lang))
        @if !register::holds_all(&form) { p.box.quiet { (lang.t("register.not-all")) } }
        @if rows.is_empty() { (orgs::nothing_found(sought, lang)) }
        @else { (table(&version, &rows, (&here, sought, said.strict), lang)) }
        @if found.len() > MOST { p.muted { (Words::new("web.more-found").with("n", found.len() - MOST).say(lang)) } }
    };
    let status = said.status.unwrap_or(StatusCode::OK);
    Ok(layout::page(site, &Frame { title, here: "/" }, body).with_status(status).into_response())
}

/// Which drafts can be sent and which cannot yet, and the button that sends those that can.
fn ready(rows: &[Row], here: &str, lang: Lang) -> Markup {
    let drafts = || rows.iter().filter(|row| row.view.pointers.draft.is_some());
    let blocked = |row: &&Row| {
        let filled = row.view.filled();
        filled.blocked() || !unexplained(&filled, &row.view.explanations).is_empty()
    };
    let (not_yet, ready): (Vec<&Row>, Vec<&Row>) = drafts().partition(blocked);
    let names = |rows: &[&Row]| rows.iter().map(|row| row.view.org.label()).collect::<Vec<_>>().join(", ");
    html! {
        section.box #ready tabindex="-1" {
            h2 { (lang.t("register.sending")) }
            @if ready.is_empty() && not_yet.is_empty() { p { (lang.t("register.nothing")) } }
            @if !not_yet.is_empty() {
                p { (Words::new("register.not-yet").with("n", not_yet.len()).with("names", names(&not_yet)).say(lang)) }
            }
            @if !ready.is_empty() {
                form method="post" action=(here) {
                    p { (Words::new("register.ready").with("n", ready.len()).with("names", names(&ready)).say(lang)) }
                    @for row in &ready { input type="hidden" name={ "seal:" (row.view.org.id) } value=(seal(&row.view)); }
                    button.primary type="submit" name="do" value="send-ready" {
                        (Words::new("register.send").with("n", ready.len()).say(lang))
                    }
                }
            }
        }
    }
}

fn table(version: &Version, rows: &[Row], (here, sought, strict): (&str, &str, bool), lang: Lang) -> Markup {
    let form = &version.form;
    let columns = register::columns(form);
    html! {
        form method="post" action=(here) novalidate {
            input type="hidden" name="q" value=(sought);
            div.scroll role="region" tabindex="0" aria-label=(lang.t("register.title")) {
                table.list.register {
                    thead { tr {
                        th scope="col" { (lang.t("web.org")) }
                        @for column in &columns {
                            th scope="col" id=(register::column_id(*column)) { (form.fields[*column].label) }
                        }
                        th scope="col" { (lang.t("web.state")) }
                    } }
                    tbody { @for row in rows { (line(row, &columns, strict, lang)) } }
                }
            }
            div.actions {
                button type="submit" name="do" value="save" { (lang.t("web.save")) }
                button.primary type="submit" name="do" value="send" { (lang.t("web.check-and-send")) }
            }
        }
    }
}

fn line(row: &Row, columns: &[usize], strict: bool, lang: Lang) -> Markup {
    let view = &row.view;
    let filled = view.form.fill(&row.answers, &view.context);
    let drafted = view.pointers.draft.is_some();
    let said = |fault: &&Fault| (strict && drafted) || fault.code != "required";
    let paper = Paper {
        form: &view.form,
        filled: &filled,
        answers: &row.answers,
        explanations: &view.explanations,
        context: &view.context,
        faults: filled.faults.iter().filter(said).cloned().collect(),
        fill: true,
        files: None,
        lang,
    };
    let (id, head) = (view.org.id.to_string(), format!("org-{}", view.org.id));
    html! {
        tr {
            th scope="row" id=(head) {
                a href=(report_address(&view.key, &view.org)) { (view.org.label()) }
                input type="hidden" name={ "was:" (id) } value=(stored(view).to_text());
                @if let Some(refused) = &row.refused { p.fault { (refused) } }
            }
            @for column in columns { td { (paper.cell(*column, (&id, &head))) } }
            td { span.state.(view.state().word()) { (state_word(view.state()).say(lang)) } }
        }
    }
}

/// Whether somebody is led to the register rather than to single reports: others than schools are asked about many.
pub(super) fn leads(form: &Form) -> bool {
    form.by.first().is_some_and(|by| *by != crate::form::Respondent::School)
}

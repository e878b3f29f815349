//! `/report/{form}/{period}/{org}`: a report to be filled, or to be read once it is sent.

use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::behalf::said_doer;
use super::{behalf, discard, go_to, orgs, overview_address, report_address, state_word, way};
use crate::access::{Right, link_of};
use crate::error::{Error, Fault, Place, Result};
use crate::form::{Answers, Filled, Respondent};
use crate::lang::{Lang, Words};
use crate::org::{self, Org, Reporting};
use crate::report::{self, Act, Explanations, Key, Last, ReportView, Source, State};
use crate::web::language;
use crate::web::layout::{self, Frame};
use crate::web::problem::{self, Problem};
use crate::web::questionnaire::{self, Paper, Speaker};
use crate::web::visit::Visit;

/// What is put on the page besides the stored report.
pub(super) struct Look<'a> {
    pub view: &'a ReportView,
    /// The answers in the fields.
    pub answers: &'a Answers,
    pub explanations: &'a Explanations,
    /// The stored answers that the page is made from: what comes back is compared with them.
    pub stored: &'a Answers,
    /// Everything that blocks sending is said, missing answers included.
    pub strict: bool,
    pub fill: bool,
    /// What is wrong with files that were sent and not kept.
    pub files: &'a [Fault],
    /// The fields hold what could not be kept.
    pub unsaved: bool,
    pub notice: Markup,
}

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let correcting = visit.query.has("edit");
    let address = (visit.param("form"), visit.param("period"), visit.param("org"));
    let view = match report::actions::at_address(&site.db, &site.actor, address, correcting).await {
        Err(Error::NotFound(words)) => return elsewhere(&visit, words).await,
        view => view?,
    };
    let may_fill = report::may_fill(&site.actor, view.key.by).is_ok();
    let fill = may_fill && (correcting || !matches!(view.state(), State::Sent | State::Accepted));
    let behalf = behalf::notice(&visit, &view).await?;
    let look = Look {
        answers: &view.answers,
        explanations: &view.explanations,
        stored: &stored(&view),
        strict: visit.query.has("check"),
        fill,
        files: &[],
        unsaved: false,
        notice: html! { (notice(&visit, &view)) (behalf) },
        view: &view,
    };
    Ok(page(&visit, &look))
}

/// The report of an organisation that has turned out to be another one stands at that one's address.
async fn elsewhere(visit: &Visit, nowhere: Words) -> Result<Response> {
    let (site, code) = (&*visit.site, visit.param("org"));
    match org::actions::by_code(&site.db, &site.actor, code).await {
        Ok(org) if org.code != code => {
            Ok(go_to(&layout::address(&["report", visit.param("form"), visit.param("period"), &org.code])))
        }
        _ => Err(Error::NotFound(nowhere)),
    }
}

/// What is stored of a report; the defaults that a new one is shown with are not.
pub(super) fn stored(view: &ReportView) -> Answers {
    match view.state() {
        State::Empty => Answers::default(),
        _ => questionnaire::together(&view.answers, &view.explanations),
    }
}

fn notice(visit: &Visit, view: &ReportView) -> Markup {
    let lang = visit.lang();
    html! {
        @if visit.query.has("saved") { (layout::done(&lang.t("web.saved"))) }
        @if visit.query.has("removed") {
            (layout::done(&Words::new("web.row-removed").with("n", visit.query.word("removed")).say(lang)))
        }
        @if visit.query.has("confirmed") { (layout::done(&lang.t("behalf.thanks"))) }
        @if visit.query.has("restored") {
            (layout::done(&Words::new("web.row-restored").with("n", visit.query.word("restored")).say(lang)))
        }
        @if visit.query.has("same") { (layout::done(&lang.t("web.same"))) }
        @if visit.query.has("sent") { @if let Some(deed) = view.last.as_ref().filter(|deed| deed.act == Act::Send) {
            (receipt(visit, view, deed))
        } }
        @if visit.query.has("recovered") { (layout::done(&lang.t("discard.recovered"))) }
        @if report::may_fill(&visit.site.actor, view.key.by).is_ok() { (discard::notice(view, lang)) }
        @if !view.missed.is_empty() { (missed(view, lang)) }
        (aside(view, lang))
        @if view.state() == State::Correcting { p.box.quiet { (lang.t("web.correcting")) } }
    }
}

/// Whose words the answers of a report are said in.
fn speaker(view: &ReportView) -> Speaker<'_> {
    Speaker::new(&view.form, view.context.organisations.as_ref())
}

/// Answers to questions that this version of the form has no more: they stay with the report and count nowhere.
fn aside(view: &ReportView, lang: Lang) -> Markup {
    let speaker = speaker(view);
    let aside: Vec<(&str, String)> = view
        .answers
        .iter()
        .filter(|(path, _)| view.form.sets_aside(path))
        .map(|(path, answer)| (path, speaker.said(path, answer, lang)))
        .collect();
    html! {
        @if !aside.is_empty() {
            details.box.quiet {
                summary { (Words::new("web.aside").with("n", aside.len()).say(lang)) }
                p { (lang.t("web.aside-what")) }
                ul { @for (path, said) in aside { li { (questionnaire::named(&view.form, path, lang)) ": " (said) } } }
            }
        }
    }
}

/// What imports have set since the draft was begun, and the draft does not hold.
fn missed(view: &ReportView, lang: Lang) -> Markup {
    let files = format!("{}/files", report_address(&view.key, &view.org));
    html! {
        div.box.warn {
            p { (lang.t("web.missed")) }
            ul {
                @for change in &view.missed {
                    li {
                        (questionnaire::named(&view.form, &change.path, lang)) ": "
                        (questionnaire::told(speaker(view), (&change.path, &change.new), &files, lang))
                        @if let Some(cell) = &change.cell { " " span.muted { "(" (cell) ")" } }
                    }
                }
            }
        }
    }
}

/// What somebody who has sent a report may keep.
fn receipt(visit: &Visit, view: &ReportView, deed: &Last) -> Markup {
    let lang = visit.lang();
    let by_link = link_of(&deed.doer.login).is_some();
    html! {
        div.box.good role="status" {
            h2 { (lang.t("web.sent")) }
            p { (Words::new(if by_link { "link.receipt" } else { "web.receipt" })
                .with("number", deed.revision.0.to_string()).with("who", said_doer(&deed.doer, view.key.by, lang))
                .with("when", layout::moment(deed.at)).say(lang)) }
            p { (lang.t("web.sent-what-next")) }
            @if let Some(holder) = &visit.site.entrance.holder {
                p { (Words::new("link.sent-next").with("date", crate::text::date(holder.link.last_day())).say(lang)) }
            }
            @if visit.site.actor.may(Right::Overview) { p { a href=(overview_address(&view.form.id, view.key.period)) { (lang.t("web.to-overview")) } } }
        }
    }
}

/// The report as a page.
pub(super) fn page(visit: &Visit, look: &Look<'_>) -> Response {
    let lang = visit.lang();
    let view = look.view;
    let filled = view.form.fill(look.answers, &view.context);
    let address = report_address(&view.key, &view.org);
    let files = format!("{address}/files");
    let paper = Paper {
        form: &view.form,
        filled: &filled,
        answers: look.answers,
        explanations: look.explanations,
        context: &view.context,
        faults: faults(&filled, look),
        fill: look.fill,
        files: Some(&files),
        lang,
    };
    let title = format!("{} — {}", view.form.title, view.org.label());
    let may_fill = report::may_fill(&visit.site.actor, view.key.by).is_ok();
    let parts = view.form.takes_files().then_some("multipart/form-data");
    let body = html! {
        (head(visit, view, &address))
        (look.notice)
        @if look.fill {
            form.report method="post" action=(address) enctype=[parts] data-fill data-unsaved[look.unsaved] novalidate {
                button.default type="submit" name="do" value="save" tabindex="-1" aria-hidden="true" {}
                input type="hidden" name="was" id="was" data-live="value" value=(look.stored.to_text());
                (language::switch(&view.form, None, lang))
                (questionnaire::summary(&paper))
                (paper.contents())
                (paper.sections())
                (bar(&paper))
            }
            (paper.trees())
        } @else {
            (language::switch(&view.form, Some(&address), lang))
            (paper.contents())
            (paper.sections())
            @if may_fill { (reading_bar(view, &address, lang)) }
        }
    };
    layout::page(&visit.site, &Frame { title, here: "/" }, body).into_response()
}

/// The faults that are said: all of them when sending was tried, else all but the missing answers; of a file that was
/// not kept, why.
fn faults(filled: &Filled, look: &Look<'_>) -> Vec<Fault> {
    let said = |fault: &&Fault| {
        (look.strict || fault.code != "required") && !look.files.iter().any(|refused| refused.at == fault.at)
    };
    let mut faults: Vec<Fault> = filled.faults.iter().filter(said).cloned().collect();
    faults.extend_from_slice(look.files);
    if look.strict {
        faults.extend(unexplained(filled, look.explanations));
    }
    faults
}

/// A fault for every warning that nobody has explained.
pub(super) fn unexplained(filled: &Filled, explanations: &Explanations) -> Vec<Fault> {
    let missing = |fault: &Fault| {
        let key = report::explanation_key(fault)?;
        let given = key.strip_prefix(report::EXPLAIN).is_some_and(|name| explanations.contains_key(name));
        let words = Words::new("report.explain").with("message", fault.message.clone());
        (!given).then(|| Fault::error(Place::Answer(key), "required", words))
    };
    filled.faults.iter().filter_map(missing).collect()
}

fn head(visit: &Visit, view: &ReportView, address: &str) -> Markup {
    let lang = visit.lang();
    let may_fill = report::may_fill(&visit.site.actor, view.key.by).is_ok();
    let Key { period, .. } = &view.key;
    let steps = way(&visit.site, &view.form, *period);
    html! {
        @if !steps.is_empty() { (layout::crumbs(lang, &steps, view.org.label())) }
        header.report-head {
            h1 { (view.form.title) }
            dl.facts {
                div { dt { (lang.t("web.org")) } dd { (view.org.label()) (merged(view, lang)) } }
                div { dt { (lang.t("web.period")) } dd { (period.label().say(lang)) } }
                div { dt { (lang.t("web.state")) } dd #state data-live {
                    span.state.(view.state().word()) { (state_word(view.state()).say(lang)) }
                    @if let Some(deed) = &view.last { " " span.muted { (last(deed, view.key.by, lang)) } }
                } }
            }
            @if view.last.is_some() {
                p.no-print.ways { a href={ (address) "/history" } { (lang.t("web.history")) } @if may_fill { (discard::link(view, address, lang)) } }
            }
            @if let Some(description) = &view.form.description { p.lead { (description) } }
        }
    }
}

/// What became of the organisation, and which have become part of it.
fn merged(view: &ReportView, lang: Lang) -> Markup {
    let after: Vec<&Org> = view.kin.after.iter().collect();
    let day = |org: &Org| org.valid_to.and_then(|day| day.tomorrow().ok()).map(crate::text::date);
    html! {
        @if let Some(said) = orgs::merged_into(&view.org, &after, lang) { br; span.muted { (said) } }
        @match view.org.reports {
            Reporting::Own => {}
            Reporting::Parent => { br; span.muted { (lang.t("orgs.reports-with")) } }
            Reporting::None => { br; span.muted { (lang.t("orgs.reports-not")) } }
        }
        @for org in &view.kin.before {
            @if let Some(day) = day(org) {
                br; span.muted { (Words::new("web.merged-before").with("date", day).with("name", org.label()).say(lang)) }
            }
        }
    }
}

fn last(deed: &Last, by: Respondent, lang: Lang) -> String {
    let (when, who) = (layout::moment(deed.until), said_doer(&deed.doer, by, lang));
    Words::new("web.last")
        .with("act", act_word(deed.act, deed.discards()))
        .with("when", when)
        .with("who", who)
        .say(lang)
}

/// The word for an act; for one that took a draft back, if it `discards`.
pub(super) fn act_word(act: Act, discards: bool) -> Words {
    Words::new(match act {
        _ if discards => "web.act-discard",
        Act::Save => "web.act-save",
        Act::Send => "web.act-send",
        Act::Return => "web.act-return",
        Act::Accept => "web.act-accept",
        Act::Import => "web.act-import",
        Act::Undo => "web.act-undo",
        Act::Withdraw => "web.act-withdraw",
    })
}

/// The word for where answers came from.
pub(super) fn source_word(source: Source) -> Words {
    Words::new(match source {
        Source::Page => "web.source-page",
        Source::Import => "web.source-import",
        Source::Template => "web.source-template",
        Source::Api => "web.source-api",
    })
}

/// Who did something, by the name that stands for them; the local operator has none of their own, the holder of a link
/// a number.
pub(super) fn said_who(who: &str, lang: Lang) -> String {
    match link_of(who) {
        Some(number) => Words::new("link.by").with("number", number.to_string()).say(lang),
        None if who == "operator" => lang.t("web.operator"),
        None => who.to_owned(),
    }
}

fn bar(paper: &Paper<'_>) -> Markup {
    let lang = paper.lang;
    html! {
        div.bar {
            div.inner {
                p #progress data-live role="status" { (progress(paper)) }
                p #autosave aria-live="polite" data-saving=(lang.t("web.saving")) data-saved=(lang.t("web.autosaved"))
                    data-failed=(lang.t("web.not-saved")) data-removed=(lang.t("web.row-gone")) data-restored=(lang.t("web.row-back")) {}
                div.buttons {
                    button type="submit" name="do" value="save" { (lang.t("web.save")) }
                    button.primary type="submit" name="do" value="send" { (lang.t("web.check-and-send")) }
                }
            }
        }
    }
}

/// How much is answered.
pub(super) fn progress(paper: &Paper<'_>) -> String {
    let (done, all) = paper.progress();
    Words::new("web.progress").with("done", done).with("all", all).say(paper.lang)
}

fn reading_bar(view: &ReportView, address: &str, lang: Lang) -> Markup {
    html! {
        div.bar.no-print {
            div.inner {
                p { @if view.state() == State::Accepted { (lang.t("web.accepted")) } @else { (lang.t("web.can-correct")) } }
                div.buttons { a.button href={ (address) "?edit=1" } { (lang.t("web.correct")) } }
            }
        }
    }
}

/// The page with everything that was typed, where the data file refuses to keep it.
pub(super) fn refused(visit: &Visit, look: Look<'_>, problem: &Problem) -> Response {
    let lang = visit.lang();
    let notice = html! {
        div.box.bad #refused role="alert" tabindex="-1" autofocus {
            h2 { (lang.t("care.refused")) }
            p { (problem.words.say(lang)) }
            p { (lang.t("care.refused-how")) }
            @if let Some(id) = &problem.id { (problem::error_id(id, lang)) }
        }
    };
    page(visit, &Look { notice, unsaved: true, ..look }).with_status(problem.status).into_response()
}

/// A page about answers that two people changed: both values, and what to do.
pub(super) fn contested(visit: &Visit, look: Look<'_>, (paths, stored): (&[String], &Answers)) -> Response {
    let lang = visit.lang();
    let form = &look.view.form;
    let speaker = speaker(look.view);
    let said = |answers: &Answers, path: &str| {
        let answer = answers.get(path).map(|answer| speaker.said(path, answer, lang));
        answer.filter(|said| !said.is_empty()).unwrap_or_else(|| "—".to_owned())
    };
    let mine = questionnaire::together(look.answers, look.explanations);
    let who = look.view.last.as_ref().map(|deed| last(deed, look.view.key.by, lang)).unwrap_or_default();
    let notice = html! {
        div.box.warn #contested role="alert" tabindex="-1" autofocus {
            h2 { (lang.t("web.contested")) }
            p { (Words::new("web.contested-what").with("last", who).say(lang)) }
            table.list {
                thead { tr {
                    th scope="col" { (lang.t("web.question")) }
                    th scope="col" { (lang.t("web.yours")) }
                    th scope="col" { (lang.t("web.theirs")) }
                } }
                tbody {
                    @for path in paths {
                        tr {
                            th scope="row" { (questionnaire::named(form, path, lang)) }
                            td { (said(&mine, path)) }
                            td { (said(stored, path)) }
                        }
                    }
                }
            }
            p { (lang.t("web.contested-how")) }
        }
    };
    page(visit, &Look { notice, ..look }).with_status(StatusCode::CONFLICT).into_response()
}

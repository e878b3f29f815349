//! `/links/{form}/{period}`: the links that were made: which were used, which reports were sent; taking back, prolonging.

use jiff::Timestamp;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::{address, day, until};
use crate::error::{Error, Fault, Place, Result};
use crate::ids::LinkId;
use crate::lang::{Lang, Words};
use crate::period::Period;
use crate::report::link::actions::{self, Which};
use crate::report::link::{Kept, Standing};
use crate::report::version::Version;
use crate::text;
use crate::web::field::{self, Field};
use crate::web::layout::{self, Frame};
use crate::web::pages::by_link::why;
use crate::web::pages::fill::said_who;
use crate::web::pages::{go_to, of_address, overview_address, state_word};
use crate::web::visit::Visit;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let task = of_address(&visit).await?;
    page(&visit, (&task.0, task.1), &[]).await
}

pub(in crate::web::pages) async fn answer(visit: Visit) -> Result<Response> {
    let (version, period) = of_address(&visit).await?;
    let task = (&version, period);
    match done(&visit, task).await {
        Ok(Done::Said(what, n)) => Ok(go_to(&format!("{}?done={what}&n={n}", address(&version.form.id, period)))),
        Ok(Done::Ask(kept)) => Ok(sure(&visit, task, &kept)),
        Err(Error::Faults(faults)) => page(&visit, task, &faults).await,
        Err(error) => Err(error),
    }
}

/// What became of an act.
enum Done {
    /// It was done, to so many.
    Said(&'static str, usize),
    /// It takes something away from these, and is asked about first.
    Ask(Vec<Kept>),
}

async fn done(visit: &Visit, task: (&Version, Period)) -> Result<Done> {
    let site = &*visit.site;
    let all = visit.form.word("which") == "all";
    let ids: Vec<LinkId> = visit.form.all("link").filter_map(|id| id.parse().ok()).map(LinkId).collect();
    let which = if all { Which::All } else { Which::Some(ids.clone()) };
    match visit.form.word("do") {
        "prolong" => {
            let last_day = day(visit.form.word("until"))
                .map_err(|words| Error::fault(Fault::error(Place::Field("until".to_owned()), "link", words)))?;
            let n = actions::prolong(&site.db, &site.actor, task, (&which, last_day)).await?;
            Ok(Done::Said("prolonged", n))
        }
        "revoke-now" => Ok(Done::Said("revoked", actions::revoke(&site.db, &site.actor, task, &which).await?)),
        _ => {
            let mut kept = actions::list(&site.db, &site.actor, task).await?;
            kept.retain(|one| one.link.revoked_at.is_none() && (all || ids.contains(&one.link.id)));
            if kept.is_empty() {
                let none = Fault::error(Place::Field("link".to_owned()), "link", Words::new("link.none-ticked"));
                return Err(Error::fault(none));
            }
            Ok(Done::Ask(kept))
        }
    }
}

/// What will happen when links are taken back.
fn sure(visit: &Visit, (version, period): (&Version, Period), kept: &[Kept]) -> Response {
    let lang = visit.lang();
    let here = address(&version.form.id, period);
    let title = Words::new("link.revoke-title").with("n", kept.len()).say(lang);
    let body = html! {
        h1 { (title) }
        p.lead { (version.form.title) ", " (period.label().say(lang)) }
        section.prose {
            h2 { (lang.t("web.confirm-what")) }
            ul {
                li { (lang.t("link.revoke-what")) }
                li { (lang.t("link.revoke-keeps")) }
                li { (lang.t("link.revoke-again")) }
            }
        }
        details open[kept.len() <= 20] {
            summary { (lang.t("link.whose")) }
            ul { @for one in kept { li { (one.org.label()) " " span.muted { (number(one, lang)) } } } }
        }
        form.actions method="post" action=(here) {
            @for one in kept { input type="hidden" name="link" value=(one.link.id); }
            button.primary type="submit" name="do" value="revoke-now" { (lang.t("link.revoke")) }
            a.button href=(here) { (lang.t("link.back")) }
        }
    };
    layout::page(&visit.site, &Frame { title, here: "/accounts" }, body)
}

async fn page(visit: &Visit, (version, period): (&Version, Period), faults: &[Fault]) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let kept = actions::list(&site.db, &site.actor, (version, period)).await?;
    let (current, revoked): (Vec<&Kept>, Vec<&Kept>) = kept.iter().partition(|one| one.link.revoked_at.is_none());
    let form = &version.form;
    let title = lang.t("link.menu");
    let steps = [
        ("/links".to_owned(), lang.t("link.menu")),
        (overview_address(&form.id, period), format!("{}, {}", form.title, period.label().say(lang))),
    ];
    let new = format!("{}/new", address(&form.id, period));
    let body = html! {
        (layout::crumbs(lang, &steps, &title))
        h1 { (title) }
        p.lead { (form.title) ", " (period.label().say(lang)) }
        (notice(visit))
        p.actions { a.button.primary href=(new) { (lang.t("link.new")) } }
        @if current.is_empty() {
            (layout::empty(lang.t("link.none"), &[Words::new("link.none-how")], lang))
        } @else { (links(visit, &address(&form.id, period), (&current, faults))) }
        @if !revoked.is_empty() {
            details {
                summary { (Words::new("link.revoked-count").with("n", revoked.len()).say(lang)) }
                ul { @for one in revoked {
                    li { (one.org.label()) ": " (why(&one.link, lang)) " " (used(one, lang)) }
                } }
            }
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(site, &Frame { title, here: "/accounts" }, body).with_status(status).into_response())
}

fn notice(visit: &Visit) -> Markup {
    let n: usize = visit.query.word("n").parse().unwrap_or_default();
    let said = match visit.query.word("done") {
        "revoked" => Some(Words::new("link.done-revoked")),
        "prolonged" => Some(Words::new("link.done-prolonged")),
        _ => None,
    };
    html! { @if let Some(said) = said { (layout::done(&said.with("n", n).say(visit.lang()))) } }
}

/// The links that were not taken back, with what can be done with those that are ticked.
fn links(visit: &Visit, here: &str, (kept, faults): (&[&Kept], &[Fault])) -> Markup {
    let lang = visit.lang();
    let ticked: Vec<&str> = visit.form.all("link").collect();
    let usual = text::date(actions::usual_end());
    let day = visit.form.get("until").unwrap_or(&usual);
    html! {
        form method="post" action=(here) {
            (field::said("link", &field::of(faults, "link"), lang))
            (table(kept, &ticked, lang))
            fieldset.box.card.narrow {
                legend.sr { (lang.t("link.acts")) }
                label.choice { input type="radio" name="which" value="ticked" checked[visit.form.word("which") != "all"]; span { (lang.t("link.which-ticked")) } }
                label.choice { input type="radio" name="which" value="all" checked[visit.form.word("which") == "all"]; span { (lang.t("link.which-all")) } }
                (Field::line("until", "link.prolong-until", day).hinting("link.day-hint").show(faults, lang))
                p.line {
                    button type="submit" name="do" value="prolong" { (lang.t("link.prolong")) }
                    button type="submit" name="do" value="revoke" { (lang.t("link.revoke-dots")) }
                }
            }
        }
    }
}

fn table(kept: &[&Kept], ticked: &[&str], lang: Lang) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-label=(lang.t("link.menu")) {
            table.list.stacked.ticks {
                thead { tr {
                    th scope="col" { (lang.t("web.org")) }
                    th scope="col" { (lang.t("link.number-head")) }
                    th scope="col" { (lang.t("link.valid")) }
                    th scope="col" { (lang.t("link.used-head")) }
                    th scope="col" { (lang.t("web.state")) }
                } }
                tbody { @for one in kept {
                    @let id = one.link.id.to_string();
                    tr {
                        th scope="row" { label.choice {
                            input type="checkbox" name="link" value=(id) checked[ticked.contains(&id.as_str())];
                            span { (one.org.label()) " " span.muted { (one.org.code) } }
                        } }
                        td data-label=(lang.t("link.number-head")) {
                            (id)
                            br; span.muted.small {
                                (Words::new("link.made-by").with("when", layout::moment(one.link.made_at))
                                    .with("who", said_who(&one.link.made_by, lang)).say(lang))
                            }
                        }
                        td data-label=(lang.t("link.valid")) { (standing(one, lang)) }
                        td data-label=(lang.t("link.used-head")) { (used(one, lang)) }
                        td data-label=(lang.t("web.state")) { span.state.(one.state.word()) { (state_word(one.state).say(lang)) } }
                    }
                } }
            }
        }
    }
}

fn standing(one: &Kept, lang: Lang) -> Markup {
    match one.link.standing(Timestamp::now()) {
        Standing::InForce => html! { (until(&one.link, lang)) },
        _ => {
            html! { span.off-target { (Words::new("link.over-since").with("date", text::date(one.link.last_day())).say(lang)) } }
        }
    }
}

fn number(one: &Kept, lang: Lang) -> String {
    Words::new("link.number").with("number", one.link.id.to_string()).say(lang)
}

/// Whether a link was used, how often, when last.
fn used(one: &Kept, lang: Lang) -> String {
    match one.link.used_at {
        None => lang.t("link.never-used"),
        Some(at) => Words::new("link.used").with("n", one.link.uses).with("when", layout::moment(at)).say(lang),
    }
}

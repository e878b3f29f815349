//! `/links/{form}/{period}/new`: for which schools, until when; what will happen; then the letters, once.

use jiff::Timestamp;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use super::{address, day, letters};
use crate::error::{Error, Fault, Place, Result};
use crate::lang::{Lang, Words};
use crate::org;
use crate::period::Period;
use crate::report::State;
use crate::report::link::actions::{self, Wanted};
use crate::report::link::{Candidate, Standing};
use crate::report::version::Version;
use crate::text;
use crate::web::field::{self, Field};
use crate::web::layout::{self, Frame};
use crate::web::pages::schools::{Choice, Row};
use crate::web::pages::{of_address, state_word, today};
use crate::web::visit::Visit;

/// A form with a period.
type Task<'a> = (&'a Version, Period);

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let task = of_address(&visit).await?;
    page(&visit, (&task.0, task.1), &[]).await
}

pub(in crate::web::pages) async fn answer(visit: Visit) -> Result<Response> {
    let (version, period) = of_address(&visit).await?;
    let task = (&version, period);
    let faults = match visit.form.word("do") {
        "confirm" => match judged(&visit) {
            Ok(_) => return confirm(&visit, task).await,
            Err(faults) => faults,
        },
        "make" => match judged(&visit) {
            Ok(wanted) => match actions::make(&visit.site.db, &visit.site.actor, task, &wanted).await {
                Ok(made) => return letters::show(&visit, task, &made).await,
                Err(Error::Faults(faults)) => faults,
                Err(error) => return Err(error),
            },
            Err(faults) => faults,
        },
        _ => Vec::new(),
    };
    page(&visit, task, &faults).await
}

/// What is wanted, or what is wrong with it as far as the fields alone tell.
fn judged(visit: &Visit) -> std::result::Result<Wanted, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut fault = |field: &str, words| faults.push(Fault::error(Place::Field(field.to_owned()), "link", words));
    let orgs: Vec<String> = visit.form.all("org").map(str::to_owned).collect();
    if orgs.is_empty() {
        fault("org", Words::new("link.nobody-chosen"));
    }
    let last_day = day(visit.form.word("until"));
    match &last_day {
        Err(words) => fault("until", words.clone()),
        Ok(day) if *day < today() => fault("until", Words::new("link.past")),
        Ok(_) => {}
    }
    let due = visit.form.word("due");
    if !due.is_empty() && text::read_date(due).is_none() {
        fault("due", Words::new("link.no-date"));
    }
    match last_day {
        Ok(last_day) if faults.is_empty() => Ok(Wanted { orgs, last_day }),
        _ => Err(faults),
    }
}

/// What the page is narrowed to: at first those who need a link.
struct Switches {
    no_account: bool,
    silent: bool,
}

impl Switches {
    fn of(visit: &Visit) -> Switches {
        let first = !visit.form.has("do");
        Switches { no_account: first || visit.form.has("no-account"), silent: first || visit.form.has("silent") }
    }

    fn fits(&self, one: &Candidate) -> bool {
        let silent = matches!(one.state, State::Empty | State::Draft);
        !(self.no_account && one.has_account) && (!self.silent || silent)
    }

    fn show(&self, lang: Lang) -> Markup {
        html! {
            label.choice { input type="checkbox" name="no-account" value="1" checked[self.no_account]; span { (lang.t("link.only-no-account")) } }
            label.choice { input type="checkbox" name="silent" value="1" checked[self.silent]; span { (lang.t("link.only-silent")) } }
        }
    }
}

fn has_link(one: &Candidate) -> bool {
    one.link.as_ref().is_some_and(|link| link.standing(Timestamp::now()) == Standing::InForce)
}

/// What is said of a school in the list.
fn said(one: &Candidate, lang: Lang) -> Vec<String> {
    let mut said = vec![state_word(one.state).say(lang)];
    if one.has_account {
        said.push(lang.t("link.has-account"));
    }
    if let Some(link) = one.link.as_ref().filter(|_| has_link(one)) {
        said.push(Words::new("link.has-link").with("date", text::date(link.last_day())).say(lang));
    }
    said
}

async fn page(visit: &Visit, (version, period): Task<'_>, faults: &[Fault]) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let candidates = actions::candidates(&site.db, &site.actor, (version, period)).await?;
    let orgs = org::actions::list(&site.db, &site.actor, &site.actor.scope()).await?;
    let switches = Switches::of(visit);
    let rows = candidates.iter().map(|one| Row {
        org: &one.org,
        said: said(one, lang),
        usual: !has_link(one),
        fits: switches.fits(one),
    });
    let choice = Choice::of(visit, rows.collect(), &orgs);
    let here = address(&version.form.id, period);
    let title = lang.t("link.new");
    let steps = [
        ("/links".to_owned(), lang.t("link.menu")),
        (here.clone(), format!("{}, {}", version.form.title, period.label().say(lang))),
    ];
    let usual = text::date(actions::usual_end());
    let until = visit.form.get("until").unwrap_or(&usual);
    let body = html! {
        (layout::crumbs(lang, &steps, &title))
        h1 { (title) }
        p.lead { (lang.t("link.new-lead")) }
        @if candidates.is_empty() {
            (layout::empty(lang.t("web.no-orgs"), &[Words::new("web.no-orgs-why"), Words::new("web.no-orgs-how")], lang))
        } @else {
            form method="post" action={ (here) "/new" } {
                (field::said("org", &field::of(faults, "org"), lang))
                (choice.show(&switches.show(lang), lang))
                section.box.card.narrow {
                    (Field::line("until", "link.until", until).hinting("link.until-hint").show(faults, lang))
                    (Field::line("due", "link.due", visit.form.word("due")).hinting("link.due-hint").optional().show(faults, lang))
                    button.primary type="submit" name="do" value="confirm" { (lang.t("link.go-on")) }
                }
            }
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(site, &Frame { title, here: "/accounts" }, body).with_status(status).into_response())
}

/// What will happen.
async fn confirm(visit: &Visit, (version, period): Task<'_>) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let candidates = actions::candidates(&site.db, &site.actor, (version, period)).await?;
    let codes: Vec<&str> = visit.form.all("org").collect();
    let chosen: Vec<&Candidate> = candidates.iter().filter(|one| codes.contains(&one.org.code.as_str())).collect();
    let of = |fits: fn(&Candidate) -> bool| chosen.iter().filter(|one| fits(one)).copied().collect::<Vec<_>>();
    let replaced = of(has_link);
    let sent = of(|one| !matches!(one.state, State::Empty | State::Draft)).len();
    let signing_in = of(|one| one.has_account).len();
    let here = format!("{}/new", address(&version.form.id, period));
    let title = Words::new("link.make-title").with("n", chosen.len()).say(lang);
    let count = |key: &'static str, n: usize| html! { @if n > 0 { li { (Words::new(key).with("n", n).say(lang)) } } };
    let body = html! {
        h1 { (title) }
        p.lead { (version.form.title) ", " (period.label().say(lang)) }
        section.prose {
            h2 { (lang.t("web.confirm-what")) }
            ul {
                li { (Words::new("link.make-what").with("date", visit.form.word("until")).say(lang)) }
                li { (lang.t("link.make-once")) }
                (count("link.make-replaces", replaced.len()))
                (count("link.make-sent", sent))
                (count("link.make-accounts", signing_in))
            }
        }
        @if !replaced.is_empty() {
            details open[replaced.len() <= 20] {
                summary { (lang.t("link.replaced")) }
                ul { @for one in &replaced { li { (one.org.label()) } } }
            }
        }
        details open[chosen.len() <= 20] {
            summary { (lang.t("link.whose")) }
            ul { @for one in &chosen { li { (one.org.label()) " " span.muted { (one.org.code) } } } }
        }
        form.actions method="post" action=(here) {
            @for one in &chosen { input type="hidden" name="org" value=(one.org.code); }
            @for name in ["until", "due", "q", "no-account", "silent"] {
                @if visit.form.has(name) { input type="hidden" name=(name) value=(visit.form.word(name)); }
            }
            button.primary type="submit" name="do" value="make" { (lang.t("link.make")) }
            button type="submit" name="do" value="show" { (lang.t("link.back-to-choice")) }
        }
    };
    Ok(layout::page(site, &Frame { title, here: "/accounts" }, body))
}

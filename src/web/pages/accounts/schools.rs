//! `/accounts/schools`: accounts for many schools at once; the answer shows their one-time links as letters, once.

use maud::html;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

use crate::account::bulk::{Candidate, Made, Outcome, actions};
use crate::account::{INVITED, Secret};
use crate::error::{Error, Fault, Result};
use crate::export;
use crate::export::letters::Letters;
use crate::journal::{self, Deed};
use crate::lang::{Lang, Words};
use crate::org;
use crate::text;
use crate::web::field;
use crate::web::layout::{self, Frame};
use crate::web::letter::{self, Letter, Sender};
use crate::web::pages::schools::{Choice, Row};
use crate::web::pages::{book, invite};
use crate::web::visit::Visit;

const HERE: &str = "/accounts/schools";

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    page(&visit, &[]).await
}

pub(in crate::web::pages) async fn answer(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let codes: Vec<String> = visit.form.all("org").map(str::to_owned).collect();
    let faults = match visit.form.word("do") {
        "confirm" if !codes.is_empty() => return confirm(&visit, &codes).await,
        "confirm" | "make" => match actions::make(&site.db, &site.actor, &codes).await {
            Ok(outcome) => return letters(&visit, &outcome).await,
            Err(Error::Faults(faults)) => faults,
            Err(error) => return Err(error),
        },
        _ => Vec::new(),
    };
    page(&visit, &faults).await
}

async fn page(visit: &Visit, faults: &[Fault]) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let all = actions::candidates(&site.db, &site.actor).await?;
    let orgs = org::actions::list(&site.db, &site.actor, &site.actor.scope()).await?;
    let (without, having): (Vec<&Candidate>, Vec<&Candidate>) = all.iter().partition(|one| one.logins.is_empty());
    let rows = without.iter().map(|one| Row { org: &one.org, said: Vec::new(), usual: true, fits: true });
    let choice = Choice::of(visit, rows.collect(), &orgs);
    let title = lang.t("bulk.title");
    let body = html! {
        (layout::crumbs(lang, &[("/accounts".to_owned(), lang.t("account.menu"))], &title))
        h1 { (title) }
        p.lead { (lang.t("bulk.lead")) }
        @if all.is_empty() {
            (layout::empty(lang.t("web.no-orgs"), &[Words::new("web.no-orgs-why"), Words::new("web.no-orgs-how")], lang))
        } @else if without.is_empty() {
            p.box.quiet { (lang.t("bulk.everybody")) }
        } @else {
            form method="post" action=(HERE) {
                (field::said("org", &field::of(faults, "org"), lang))
                (choice.show(&html! {}, lang))
                button.primary type="submit" name="do" value="confirm" { (lang.t("link.go-on")) }
            }
        }
        (left_out(&having, lang))
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(layout::page(site, &Frame { title, here: "/accounts" }, body).with_status(status).into_response())
}

/// Schools that have an account already.
fn left_out(having: &[&Candidate], lang: Lang) -> maud::Markup {
    html! {
        @if !having.is_empty() {
            details.no-print {
                summary { (Words::new("bulk.having").with("n", having.len()).say(lang)) }
                ul { @for one in having { li { (one.org.label()) ": " (one.logins.join(", ")) } } }
            }
        }
    }
}

/// What will happen.
async fn confirm(visit: &Visit, codes: &[String]) -> Result<Response> {
    let lang = visit.lang();
    let all = actions::candidates(&visit.site.db, &visit.site.actor).await?;
    let (chosen, having): (Vec<&Candidate>, Vec<&Candidate>) =
        all.iter().filter(|one| codes.contains(&one.org.code)).partition(|one| one.logins.is_empty());
    let title = Words::new("bulk.make-title").with("n", chosen.len()).say(lang);
    let body = html! {
        h1 { (title) }
        section.prose {
            h2 { (lang.t("web.confirm-what")) }
            ul {
                li { (lang.t("bulk.make-what")) }
                li { (Words::new("bulk.make-link").with("n", days()).say(lang)) }
                li { (lang.t("link.make-once")) }
            }
        }
        details open[chosen.len() <= 20] {
            summary { (lang.t("link.whose")) }
            ul { @for one in &chosen { li { (one.org.label()) " " span.muted { (one.org.code) } } } }
        }
        (left_out(&having, lang))
        form.actions method="post" action=(HERE) {
            @for one in &chosen { input type="hidden" name="org" value=(one.org.code); }
            @if visit.form.has("q") { input type="hidden" name="q" value=(visit.form.word("q")); }
            button.primary type="submit" name="do" value="make" { (lang.t("bulk.make")) }
            button type="submit" name="do" value="show" { (lang.t("link.back-to-choice")) }
        }
    };
    Ok(layout::page(&visit.site, &Frame { title, here: "/accounts" }, body))
}

fn days() -> usize {
    usize::try_from(INVITED.as_hours() / 24).unwrap_or_default()
}

async fn letters(visit: &Visit, outcome: &Outcome) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let letters: Vec<Letter<'_>> = outcome.made.iter().map(|one| letter(one, &visit.base(), lang)).collect();
    let keys: Vec<String> = outcome.made.iter().map(|one| one.secret.text().to_owned()).collect();
    let title = Words::new("bulk.made").with("n", outcome.made.len()).say(lang);
    let sender = Sender::of(site).await?;
    let body = html! {
        div.no-print {
            (layout::crumbs(lang, &[("/accounts".to_owned(), lang.t("account.menu"))], &title))
            h1 { (title) }
        }
        @if !letters.is_empty() {
            (letter::head(&lang.t("bulk.made-what"), (&format!("{HERE}/letters.xlsx"), &keys), lang))
        }
        (left_out(&outcome.left_out.iter().collect::<Vec<_>>(), lang))
        (letter::pages(&sender, &letters, lang))
        p.actions { a.button href="/accounts" { (lang.t("bulk.to-accounts")) } }
    };
    Ok(layout::page(site, &Frame { title, here: "/accounts" }, body))
}

fn until(one: &Made) -> String {
    layout::moment(one.ends_at)
}

fn letter<'a>(made: &'a Made, base: &str, lang: Lang) -> Letter<'a> {
    let short = format!("{base}{}", invite::PATH);
    let about =
        |key: &'static str| Words::new(key).with("address", &short).with("login", &made.account.login).say(lang);
    Letter {
        to: &made.org,
        subject: lang.t("bulk.subject"),
        asks: vec![lang.t("letter.greeting"), lang.t("bulk.ask")],
        steps: vec![about("letter.step-open"), lang.t("bulk.step-password"), about("bulk.step-enter")],
        facts: vec![
            (lang.t("account.login"), made.account.login.clone()),
            (lang.t("letter.address"), short.clone()),
            (lang.t("link.code"), made.secret.spelled()),
            (lang.t("link.valid"), Words::new("bulk.until").with("when", until(made)).say(lang)),
        ],
        link: invite::address(base, &made.secret),
        notes: vec![lang.t("bulk.once"), lang.t("bulk.keep")],
    }
}

pub(in crate::web::pages) async fn workbook(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let secrets: Vec<Secret> = visit.form.all("key").map(Secret::brought).collect();
    let made = actions::handed(&site.db, &site.actor, &secrets).await?;
    if made.is_empty() {
        return Err(Error::NotFound(Words::new("letter.nothing")));
    }
    journal::actions::taken(&site.db, &site.actor, Deed::ListTaken, "accounts").await?;
    let head: Vec<(String, f64)> = [
        ("web.org", 42.0),
        ("letter.org-code", 12.0),
        ("account.login", 16.0),
        ("link.code", 27.0),
        ("letter.link", 60.0),
        ("link.valid-through", 18.0),
    ]
    .into_iter()
    .map(|(key, width)| (lang.t(key), width))
    .collect();
    let row = |one: &Made| {
        let link = invite::address(&visit.base(), &one.secret);
        let (org, login) = (&one.org, one.account.login.clone());
        vec![org.name.clone(), org.code.clone(), login, one.secret.spelled(), link, until(one)]
    };
    let rows: Vec<Vec<String>> = made.iter().map(row).collect();
    let today = text::date(jiff::Zoned::now().date());
    let title = lang.t("account.menu");
    let letters = Letters {
        file: &[&title, &today],
        title: &title,
        below: &[lang.t("letter.careful")],
        head: &head,
        rows: &rows,
    };
    Ok(book::handed(export::letters::workbook(&letters)?))
}

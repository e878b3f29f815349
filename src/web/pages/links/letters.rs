//! The letters of links that were just made, and `/links/{form}/{period}/letters.xlsx`: the same as a workbook.

use maud::html;
use poem::Response;

use super::address;
use crate::account::Secret;
use crate::error::{Error, Result};
use crate::export;
use crate::export::letters::Letters;
use crate::journal::{self, Deed};
use crate::lang::{Lang, Words};
use crate::period::Period;
use crate::report::link::Made;
use crate::report::link::actions;
use crate::report::version::Version;
use crate::text;
use crate::web::layout::{self, Frame};
use crate::web::letter::{self, Letter, Sender};
use crate::web::pages::{book, by_link, of_address};
use crate::web::visit::Visit;

/// The page with the letters.
///
/// # Errors
/// [`Error::Data`] where the data file refuses.
pub(super) async fn show(visit: &Visit, (version, period): (&Version, Period), made: &[Made]) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let due = text::read_date(visit.form.word("due")).map(text::date);
    let letters: Vec<Letter<'_>> =
        made.iter().map(|one| letter(one, (version, period, due.as_deref()), (&visit.base(), lang))).collect();
    let keys: Vec<String> = made.iter().map(|one| one.secret.text().to_owned()).collect();
    let here = address(&version.form.id, period);
    let title = Words::new("link.made").with("n", made.len()).say(lang);
    let sender = Sender::of(site).await?;
    let body = html! {
        div.no-print {
            (layout::crumbs(lang, &[("/links".to_owned(), lang.t("link.menu")), (here.clone(), version.form.title.clone())], &title))
            h1 { (title) }
        }
        (letter::head(&Words::new("link.made-what").with("form", &version.form.title).with("period", period.label().say(lang)).say(lang),
            (&format!("{here}/letters.xlsx"), &keys), lang))
        (letter::pages(&sender, &letters, lang))
        p.actions { a.button href=(here) { (lang.t("link.to-list")) } }
    };
    Ok(layout::page(site, &Frame { title, here: "/accounts" }, body))
}

fn letter<'a>(
    made: &'a Made,
    (version, period, due): (&Version, Period, Option<&str>),
    (base, lang): (&str, Lang),
) -> Letter<'a> {
    let last = text::date(made.link.last_day());
    let ask = Words::new(if due.is_some() { "letter.ask-due" } else { "letter.ask-fill" })
        .with("org", made.org.label())
        .with("form", &version.form.title)
        .with("period", period.label().say(lang))
        .with("date", due.unwrap_or_default());
    Letter {
        to: &made.org,
        subject: version.form.title.clone(),
        asks: vec![Words::new("letter.greeting").say(lang), ask.say(lang)],
        steps: vec![
            Words::new("letter.step-open").with("address", short(base)).say(lang),
            lang.t("letter.step-check"),
            lang.t("letter.step-send"),
        ],
        facts: vec![
            (lang.t("letter.address"), short(base)),
            (lang.t("link.code"), made.secret.spelled()),
            (lang.t("link.valid"), Words::new("link.until-day").with("date", &last).say(lang)),
            (lang.t("link.number-head"), made.link.id.to_string()),
        ],
        link: by_link::address(base, &made.secret),
        notes: vec![
            lang.t("letter.no-password"),
            Words::new("letter.correct").with("date", &last).say(lang),
            lang.t("letter.keep"),
        ],
    }
}

/// The address that people type.
fn short(base: &str) -> String {
    format!("{base}{}", by_link::PATH)
}

pub(in crate::web::pages) async fn workbook(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let (version, period) = of_address(&visit).await?;
    let secrets: Vec<Secret> = visit.form.all("key").map(Secret::brought).collect();
    let made = actions::handed(&site.db, &site.actor, (&version, period), &secrets).await?;
    if made.is_empty() {
        return Err(Error::NotFound(Words::new("letter.nothing")));
    }
    let about = format!("{}, {}", version.form.id, period.id());
    journal::actions::taken(&site.db, &site.actor, Deed::ListTaken, &about).await?;
    let head: Vec<(String, f64)> = [
        ("web.org", 42.0),
        ("letter.org-code", 12.0),
        ("link.number-head", 9.0),
        ("link.code", 27.0),
        ("letter.link", 60.0),
        ("link.valid-through", 14.0),
    ]
    .into_iter()
    .map(|(key, width)| (lang.t(key), width))
    .collect();
    let row = |one: &Made| {
        let link = by_link::address(&visit.base(), &one.secret);
        let last = text::date(one.link.last_day());
        vec![one.org.name.clone(), one.org.code.clone(), one.link.id.to_string(), one.secret.spelled(), link, last]
    };
    let rows: Vec<Vec<String>> = made.iter().map(row).collect();
    let letters = Letters {
        file: &[&version.form.id, &period.id(), &lang.t("link.menu")],
        title: &lang.t("link.menu"),
        below: &[format!("{}, {}", version.form.title, period.label().say(lang)), lang.t("letter.careful")],
        head: &head,
        rows: &rows,
    };
    Ok(book::handed(export::letters::workbook(&letters)?))
}

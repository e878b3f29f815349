//! Letters on paper, one page each: who writes to whom, what to do, a code to scan and the same to type.

use maud::{Markup, html};

use super::Site;
use super::qr;
use crate::access::Role;
use crate::error::Result;
use crate::lang::{Lang, Words};
use crate::org::{self, Org};
use crate::{account, text};

/// One letter.
pub(super) struct Letter<'a> {
    /// To whom.
    pub to: &'a Org,
    /// What it is about.
    pub subject: String,
    /// What is asked, a sentence each.
    pub asks: Vec<String>,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// What stands beside the code: a word and its value.
    pub facts: Vec<(String, String)>,
    /// The whole link.
    pub link: String,
    /// What is good to know.
    pub notes: Vec<String>,
}

/// Who writes.
pub(super) struct Sender {
    /// The organisation, where the writer belongs to one.
    org: Option<Org>,
    /// The writer and where to answer to.
    person: Option<String>,
}

impl Sender {
    /// Whoever looks at the page.
    ///
    /// # Errors
    /// [`crate::error::Error::Data`] where the data file refuses.
    pub async fn of(site: &Site) -> Result<Sender> {
        let (db, actor) = (&site.db, &site.actor);
        let org = match actor.scope().root() {
            Some(root) => org::actions::list(db, actor, &actor.scope()).await?.into_iter().find(|org| org.id == root),
            None => None,
        };
        if actor.role() == Role::Operator {
            return Ok(Sender { org, person: None });
        }
        let own = account::actions::own(db, actor).await?;
        let person = if own.email.is_empty() { own.name } else { format!("{}, {}", own.name, own.email) };
        Ok(Sender { org, person: Some(person) })
    }
}

/// Letters, each on a page of its own.
pub(super) fn pages(from: &Sender, letters: &[Letter<'_>], lang: Lang) -> Markup {
    html! { div.letters { @for letter in letters { (page(from, letter, lang)) } } }
}

fn page(from: &Sender, letter: &Letter<'_>, lang: Lang) -> Markup {
    let today = text::date(jiff::Zoned::now().date());
    html! {
        article.letter {
            header {
                p.from {
                    @if let Some(org) = &from.org { (org.name) br; }
                    @if let Some(person) = &from.person { (person) }
                }
                p.to { (letter.to.name) br; span.muted { (Words::new("letter.code-of").with("code", &letter.to.code).say(lang)) } }
            }
            h2 { (letter.subject) }
            @for sentence in &letter.asks { p { (sentence) } }
            div.key {
                (qr::picture(&letter.link, &Words::new("letter.qr").with("org", letter.to.label()).say(lang)))
                div {
                    ol { @for step in &letter.steps { li { (step) } } }
                    dl { @for (word, value) in &letter.facts { div { dt { (word) } dd { (value) } } } }
                }
            }
            p.whole { (lang.t("letter.whole")) " " code { (letter.link) } }
            @if !letter.notes.is_empty() { ul.notes { @for note in &letter.notes { li { (note) } } } }
            footer {
                p { @if let Some(person) = &from.person { (Words::new("letter.ask").with("who", person).say(lang)) } }
                p { (today) }
            }
        }
    }
}

/// What stands above letters that are shown once: to print them, and the same as a workbook.
pub(super) fn head(said: &str, (workbook, keys): (&str, &[String]), lang: Lang) -> Markup {
    html! {
        section.box.good.no-print {
            p role="status" { strong { (said) } }
            p { (lang.t("letter.once")) }
            div.actions {
                button.primary type="button" data-print hidden { (lang.t("letter.print")) }
                form method="post" action=(workbook) {
                    @for key in keys { input type="hidden" name="key" value=(key); }
                    button type="submit" { (lang.t("letter.workbook")) }
                }
            }
            p.hint { (lang.t("letter.print-how")) }
        }
    }
}

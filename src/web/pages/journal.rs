//! `/journal`: who changed data and rights, and who took answers out, as a page and as a workbook.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use poem::Response;
use poem::http::header;

use super::accounts::role_word;
use super::book::MIME;
use super::fill::said_who;
use crate::error::Result;
use crate::export::plain::{self, Plain};
use crate::journal::{Asked, Deed, Entry, actions};
use crate::lang::{Lang, Words};
use crate::web::layout::{self, Called, Frame};
use crate::web::visit::Visit;

/// So many lines stand on a page.
const PAGE: u32 = 200;

/// So many go into a workbook.
const BOOK: u32 = 100_000;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let (site, lang) = (&*visit.site, visit.lang());
    let entries = actions::lines(&site.db, &site.actor, &asked(&visit), PAGE).await?;
    let title = lang.t("journal.title");
    let body = html! {
        h1 { (title) }
        p.lead { (lang.t("journal.lead")) }
        (filters(&visit))
        @if entries.is_empty() { p.box.quiet { (lang.t("journal.empty")) } }
        @else {
            p.actions { a.button href=(at("/journal/book.xlsx", &visit, None)) { (lang.t("journal.book")) } }
            (table(&entries, lang))
            @if entries.len() == PAGE as usize {
                @if let Some(last) = entries.last() {
                    p { a href=(at("/journal", &visit, Some(last.at))) { (lang.t("journal.earlier")) } }
                }
            }
        }
    };
    Ok(layout::page(site, &Frame { title, here: "/journal" }, body))
}

pub(super) async fn book(visit: Visit) -> Result<Response> {
    let (site, lang) = (&*visit.site, visit.lang());
    actions::taken(&site.db, &site.actor, Deed::ListTaken, "journal").await?;
    let entries = actions::lines(&site.db, &site.actor, &asked(&visit), BOOK).await?;
    let heads = ["journal.at", "journal.who", "account.role", "journal.deed", "journal.about", "account.address"];
    let widths = [18.0, 32.0, 22.0, 36.0, 44.0, 18.0];
    let columns: Vec<(String, f64)> = heads.iter().map(|head| lang.t(head)).zip(widths).collect();
    let made = Words::new("journal.made").with("when", layout::moment(Timestamp::now())).say(lang);
    let list = Plain { name: "journal.xlsx", title: &lang.t("journal.title"), below: &[made], columns: &columns };
    let rows = entries.iter().map(|entry| {
        let role = entry.role.map(|role| role_word(role, lang)).unwrap_or_default();
        vec![
            layout::moment(entry.at),
            who(entry, lang),
            role,
            deed(entry.deed, lang),
            entry.about.clone(),
            entry.address.clone(),
        ]
    });
    let book = plain::workbook(&list, rows)?;
    let named = layout::saved_as(&book.name);
    Ok(Response::builder().content_type(MIME).header(header::CONTENT_DISPOSITION, named).body(book.bytes))
}

/// What the page is asked for. A day that cannot be read narrows nothing and stays in its field.
fn asked(visit: &Visit) -> Asked {
    let day = |name: &str| visit.query.word(name).parse::<Date>().ok();
    let start = |day: Date| day.to_zoned(TimeZone::system()).ok().map(|zoned| zoned.timestamp());
    let older = visit.query.word("before").parse::<i64>().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let until = day("to").and_then(|day| start(day.saturating_add(1.day())));
    Asked {
        who: Some(crate::account::login(visit.query.word("who"))).filter(|who| !who.is_empty()),
        from: day("from").and_then(start),
        before: older.into_iter().chain(until).min(),
    }
}

/// An address with the same wishes.
fn at(address: &str, visit: &Visit, before: Option<Timestamp>) -> String {
    let mut wishes: Vec<String> = ["who", "from", "to"]
        .into_iter()
        .filter(|name| !visit.query.word(name).is_empty())
        .map(|name| format!("{name}={}", layout::encoded(visit.query.word(name))))
        .collect();
    wishes.extend(before.map(|at| format!("before={}", at.as_millisecond())));
    if wishes.is_empty() { address.to_owned() } else { format!("{address}?{}", wishes.join("&")) }
}

fn filters(visit: &Visit) -> Markup {
    let lang = visit.lang();
    let day = |name: &'static str, label: &'static str| {
        html! {
            div.field { label for=(name) { (lang.t(label)) }
                input type="date" id=(name) name=(name) value=(visit.query.word(name)); }
        }
    };
    html! {
        form.choose.journal method="get" action="/journal" {
            div.field { label for="who" { (lang.t("account.login")) }
                input type="text" id="who" name="who" value=(visit.query.word("who")) autocomplete="off"; }
            (day("from", "journal.from"))
            (day("to", "journal.to"))
            button type="submit" { (lang.t("web.show")) }
        }
    }
}

fn table(entries: &[Entry], lang: Lang) -> Markup {
    let heads = ["journal.at", "journal.who", "journal.deed", "journal.about", "account.address"];
    let rows = html! {
        @for entry in entries {
                    tr {
                        th scope="row" { (layout::moment(entry.at)) }
                        td data-label=(lang.t("journal.who")) { (who(entry, lang))
                            @if let Some(role) = entry.role.filter(|_| entry.name.is_some()) { " " span.muted { (role_word(role, lang)) } } }
                        td data-label=(lang.t("journal.deed")) { (deed(entry.deed, lang)) }
                        td data-label=(lang.t("journal.about")) { (entry.about) }
                        td data-label=(lang.t("account.address")) { (entry.address) }
                    }
        }
    };
    layout::listing(&Called::As(&lang.t("journal.title")), &heads, &rows, lang)
}

fn who(entry: &Entry, lang: Lang) -> String {
    match &entry.name {
        Some(name) if *name != entry.who => format!("{name} ({})", entry.who),
        _ => said_who(&entry.who, lang),
    }
}

/// What was done, in words.
fn deed(deed: Deed, lang: Lang) -> String {
    lang.t(match deed {
        Deed::SignIn => "journal.sign-in",
        Deed::PasswordSet => "journal.password-set",
        Deed::PasswordChanged => "journal.password-changed",
        Deed::SecondOn => "journal.second-on",
        Deed::SecondOff => "journal.second-off",
        Deed::SessionsEnded => "journal.sessions-ended",
        Deed::AccountMade => "journal.account-made",
        Deed::AccountChanged => "journal.account-changed",
        Deed::AccountClosed => "journal.account-closed",
        Deed::AccountOpened => "journal.account-opened",
        Deed::LinkMade => "journal.link-made",
        Deed::LinkRevoked => "journal.link-revoked",
        Deed::TokenMade => "journal.token-made",
        Deed::TokenRevoked => "journal.token-revoked",
        Deed::OrgsImported => "journal.orgs-imported",
        Deed::OrgsUndone => "journal.orgs-undone",
        Deed::OrgChanged => "journal.org-changed",
        Deed::OrgsUnited => "journal.orgs-united",
        Deed::GroupChanged => "journal.group-changed",
        Deed::FormPublished => "journal.form-published",
        Deed::BookTaken => "journal.book-taken",
        Deed::FileTaken => "journal.file-taken",
        Deed::ListTaken => "journal.list-taken",
        Deed::CopyMade => "journal.copy-made",
        Deed::ReportSaved => "journal.report-save",
        Deed::ReportSent => "journal.report-send",
        Deed::ReportReturned => "journal.report-return",
        Deed::ReportAccepted => "journal.report-accept",
        Deed::ReportImported => "journal.report-import",
        Deed::ReportUndone => "journal.report-undo",
        Deed::ReportWithdrawn => "journal.report-withdraw",
    })
}

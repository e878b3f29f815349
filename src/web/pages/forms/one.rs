//! `/form/{form}`: one form, where it is used, its versions and how to go back to one, the draft, the file.

use maud::{Markup, html};
use poem::Response;

use super::list::used;
use super::{Known, form_address, questions};
use crate::error::Result;
use crate::form::{self, Form, Held};
use crate::lang::{Lang, Words};
use crate::report::version::actions::Use;
use crate::report::version::drafts::{self, mark};
use crate::report::version::{self, Origin, Publication, Version};
use crate::web::layout::{self, Frame};
use crate::web::pages::fill::said_who;
use crate::web::pages::go_to;
use crate::web::visit::Visit;

/// So many changes of one version are shown at once; the others unfold.
const AT_ONCE: usize = 6;

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let known = Known::of(site, visit.param("form")).await?;
    let uses = version::actions::uses(&site.db, &site.actor).await?;
    let all = version::actions::list(&site.db, &site.actor).await?;
    let title = known.title();
    let published = visit.query.word("published").to_owned();
    let body = html! {
        (layout::crumbs(lang, &[("/forms".to_owned(), lang.t("forms.menu"))], &title))
        h1 { (title) }
        @if !published.is_empty() { (layout::done(&Words::new("forms.done").with("number", published).say(lang))) }
        @if visit.query.has("discarded") { (layout::done(&lang.t("forms.discarded"))) }
        (facts(&known, uses.get(&known.id), lang))
        (draft(&known, lang))
        (file(&known, lang))
        (ways(&known, lang))
        (readers(&known, &all, lang))
        @if !known.versions.is_empty() { (versions(&known, lang)) }
    };
    Ok(layout::page(site, &Frame { title, here: "/forms" }, body))
}

pub(in crate::web::pages) async fn discard(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let id = visit.param("form");
    let gone = drafts::actions::discard(&site.db, &site.actor, id, visit.form.word("was")).await?;
    let left = Known::of(site, id).await.is_ok();
    Ok(go_to(&match (gone, left) {
        (true, false) => "/forms".to_owned(),
        (true, true) => format!("{}?discarded=1", form_address(id)),
        (false, _) => form_address(id),
    }))
}

fn facts(known: &Known, count: Option<&Use>, lang: Lang) -> Markup {
    html! {
        dl.facts {
            div { dt { "id" } dd.code { (known.id) } }
            @if let Some(form) = known.newest() {
                div { dt { (lang.t("web.period")) } dd { (form.period.name_words().say(lang)) } }
                div { dt { (lang.t("forms.questions")) } dd { (questions(form)) } }
            }
            div { dt { (lang.t("forms.use")) } dd { (used(count.unwrap_or(&Use::default()), lang)) } }
            div { dt { (lang.t("web.state")) } dd {
                @match known.versions.first() {
                    Some((one, _)) => span.state.sent { (Words::new("forms.published").with("number", i64::from(one.number)).say(lang)) },
                    None => span.state { (lang.t("forms.unpublished")) },
                }
            } }
        }
    }
}

fn draft(known: &Known, lang: Lang) -> Markup {
    let address = form_address(&known.id);
    html! {
        @if let Some(draft) = &known.draft {
            section.box.warn {
                h2 { (lang.t("forms.has-draft")) }
                p { (Words::new("forms.draft-saved").with("when", layout::moment(draft.at)).with("who", said_who(&draft.who, lang)).say(lang)) }
                div.ways {
                    a.button.primary href={ (address) "/edit" } { (lang.t("forms.go-on")) }
                    a.button href={ (address) "/publish" } { (lang.t("forms.publish-way")) }
                    a.button.quiet href={ (address) "/text?version=draft" } { (lang.t("forms.download")) }
                }
                form method="post" action=(address) {
                    input type="hidden" name="was" value=(mark(&draft.source));
                    details {
                        summary { (lang.t("forms.discard")) }
                        p { (lang.t("forms.discard-what")) }
                        button type="submit" { (lang.t("forms.discard-yes")) }
                    }
                }
            }
        }
    }
}

/// The file of the folder says something else: both texts can be had, and either can be chosen.
fn file(known: &Known, lang: Lang) -> Markup {
    let address = form_address(&known.id);
    html! {
        @if let Some(file) = &known.file {
            section.box.warn #file {
                h2 { (lang.t("forms.file-differs")) }
                @let earlier = known.versions.iter().find(|(one, _)| one.hash == file.hash());
                p { (file_words(known, earlier.map(|(one, _)| one), &file.name, lang)) }
                ul {
                    li { (lang.t("forms.keep-page")) " " a href={ (address) "/text?version=" (newest(known)) } { (lang.t("forms.download-published")) } }
                    li { (lang.t("forms.take-file")) " " a href={ (address) "/publish?from=file" } { (lang.t("forms.publish-file")) } }
                    li { (lang.t("forms.see-file")) " " a href={ (address) "/edit?from=file" } { (lang.t("forms.open-file")) } }
                }
            }
        }
    }
}

fn newest(known: &Known) -> &str {
    known.versions.first().map_or("", |(one, _)| one.hash.as_str())
}

fn file_words(known: &Known, earlier: Option<&Publication>, file: &str, lang: Lang) -> String {
    let number = known.versions.first().map_or(0, |(one, _)| one.number);
    let words = match (earlier, number) {
        (_, 0) => Words::new("forms.file-new"),
        (Some(_), _) => Words::new("forms.file-earlier"),
        (None, _) => Words::new("forms.file-other"),
    };
    let earlier = earlier.map_or(0, |one| one.number);
    words.with("file", file).with("number", i64::from(number)).with("earlier", i64::from(earlier)).say(lang)
}

fn ways(known: &Known, lang: Lang) -> Markup {
    let address = form_address(&known.id);
    html! {
        @if known.newest().is_some() {
            div.ways.actions {
                @if known.draft.is_none() { a.button.primary href={ (address) "/edit" } { (lang.t("forms.edit")) } }
                a.button href={ "/forms/new?from=" (layout::encoded(&known.id)) } { (lang.t("forms.copy")) }
                a.button href={ (address) "/text?version=" (newest(known)) } { (lang.t("forms.download")) }
            }
        }
    }
}

/// Forms that read this one, and those that it reads.
fn readers(known: &Known, all: &[Version], lang: Lang) -> Markup {
    let others = || all.iter().filter(|one| one.form.id != known.id);
    let readers: Vec<&Version> = others().filter(|one| one.form.reach().reads(&known.id)).collect();
    let read: Vec<&Version> =
        others().filter(|one| known.newest().is_some_and(|form| form.reach().reads(&one.form.id))).collect();
    let list = |title: &'static str, forms: &[&Version]| {
        html! {
            @if !forms.is_empty() {
                p { (lang.t(title)) " "
                    @for (i, one) in forms.iter().enumerate() {
                        @if i > 0 { ", " }
                        a href=(form_address(&one.form.id)) { (one.form.title) }
                    }
                }
            }
        }
    };
    html! { (list("forms.read-by", &readers)) (list("forms.reads", &read)) }
}

fn versions(known: &Known, lang: Lang) -> Markup {
    html! {
        section aria-labelledby="versions" {
            h2 #versions { (lang.t("forms.versions")) }
            ol.deeds {
                @for (at, (one, form)) in known.versions.iter().enumerate() {
                    @let before = known.versions.get(at + 1).map(|(_, form)| &**form);
                    li.deed {
                        h3 { (Words::new("forms.version").with("number", i64::from(one.number)).say(lang))
                            @if at == 0 { " " span.state.sent { (lang.t("forms.at-work")) } } }
                        p.muted { (layout::moment(one.at)) ", " (said_who(&one.who, lang)) ", " (origin(one.origin, lang)) }
                        (changes(before, form, lang))
                        (version_ways(known, one, at == 0, lang))
                    }
                }
            }
        }
    }
}

fn version_ways(known: &Known, one: &Publication, at_work: bool, lang: Lang) -> Markup {
    let address = form_address(&known.id);
    let number = i64::from(one.number);
    let named = |key| Words::new(key).with("number", number).say(lang);
    html! {
        p.ways {
            a href={ (address) "/text?version=" (one.hash) } aria-label=(named("forms.download-version")) { (lang.t("forms.download")) }
            @if !at_work {
                a href={ (address) "/edit?from=" (one.hash) } aria-label=(named("forms.open-version")) { (lang.t("forms.open")) }
                a href={ (address) "/publish?from=" (one.hash) } aria-label=(named("forms.again-version")) { (lang.t("forms.again")) }
            }
        }
    }
}

fn origin(origin: Origin, lang: Lang) -> String {
    match origin {
        Origin::File => lang.t("forms.of-file"),
        Origin::Page => lang.t("forms.of-page"),
    }
}

/// What a version changed of the one before it.
fn changes(before: Option<&Form>, form: &Form, lang: Lang) -> Markup {
    let Some(before) = before else { return html! { p { (lang.t("forms.first")) } } };
    let changes = form::evolution(before, form, &Held::nothing(before, form), &form.id);
    let (first, rest) = changes.split_at(changes.len().min(AT_ONCE));
    html! {
        @if changes.is_empty() { p { (lang.t("forms.same")) } }
        @else {
            ul { @for change in first { li { (change.what().say(lang)) } } }
            @if !rest.is_empty() {
                details {
                    summary { (Words::new("web.more-changes").with("n", rest.len()).say(lang)) }
                    ul { @for change in rest { li { (change.what().say(lang)) } } }
                }
            }
        }
    }
}

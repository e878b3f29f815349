//! `/forms`: every form with its period, its questions, where it is used and how its texts stand.

use std::collections::{BTreeMap, HashMap};

use maud::{Markup, html};
use poem::Response;

use super::{form_address, questions};
use crate::error::Result;
use crate::lang::{Lang, Words};
use crate::report::version::actions::Use;
use crate::report::version::drafts::{self, Draft};
use crate::report::version::{self, FormFile, Version};
use crate::web::layout::{self, Frame};
use crate::web::visit::Visit;

/// What there is of one form.
#[derive(Default)]
struct Entry {
    version: Option<Version>,
    draft: Option<Draft>,
    file: Option<FormFile>,
}

pub(in crate::web::pages) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for version in version::actions::list(&site.db, &site.actor).await? {
        let id = version.form.id.clone();
        entries.entry(id).or_default().version = Some(version);
    }
    for draft in drafts::actions::list(&site.db, &site.actor).await? {
        let id = draft.form.clone();
        entries.entry(id).or_default().draft = Some(draft);
    }
    for file in site.forms.files() {
        let entry = entries.entry(file.id.clone()).or_default();
        let same = entry.version.as_ref().is_some_and(|version| version.form.hash == file.hash());
        entry.file = Some(file).filter(|_| !same);
    }
    let uses = version::actions::uses(&site.db, &site.actor).await?;
    let title = lang.t("forms.menu");
    let body = html! {
        h1 { (title) }
        p.lead { (lang.t("forms.lead")) }
        p.actions { a.button.primary href="/forms/new" { (lang.t("forms.new")) } a.button href="/help/forms" { (lang.t("forms.how")) } }
        @if entries.is_empty() {
            (layout::empty(lang.t("forms.none"), &[Words::new("forms.none-how"), Words::new("forms.none-file")], lang))
        } @else { (table(&entries, &uses, lang)) }
    };
    Ok(layout::page(site, &Frame { title, here: "/forms" }, body))
}

fn table(entries: &BTreeMap<String, Entry>, uses: &HashMap<String, Use>, lang: Lang) -> Markup {
    let none = Use::default();
    html! {
        div.scroll role="region" tabindex="0" aria-label=(lang.t("forms.menu")) {
            table.list.stacked {
                thead { tr {
                    th scope="col" { (lang.t("web.form")) }
                    th scope="col" { (lang.t("web.period")) }
                    th.number scope="col" { (lang.t("forms.questions")) }
                    th scope="col" { (lang.t("forms.use")) }
                    th scope="col" { (lang.t("web.state")) }
                } }
                tbody {
                    @for (id, entry) in entries {
                        tr {
                            th scope="row" {
                                a href=(form_address(id)) { (entry.version.as_ref().map_or(id.as_str(), |one| one.form.title.as_str())) }
                                br; span.code { (id) }
                            }
                            td data-label=(lang.t("web.period")) {
                                @if let Some(version) = &entry.version { (version.form.period.name_words().say(lang)) } @else { "—" }
                            }
                            td.number data-label=(lang.t("forms.questions")) {
                                @match &entry.version {
                                    Some(version) if !version.form.is_programme() => (questions(&version.form)),
                                    _ => "—",
                                }
                            }
                            td data-label=(lang.t("forms.use")) { (used(uses.get(id).unwrap_or(&none), lang)) }
                            td data-label=(lang.t("web.state")) { (states(entry, lang)) }
                        }
                    }
                }
            }
        }
    }
}

/// «120 отчётов за 3 периода, 2 загрузки».
pub(super) fn used(count: &Use, lang: Lang) -> String {
    if *count == Use::default() {
        return lang.t("forms.unused");
    }
    let said = [
        Words::new("forms.reports").with("n", count.reports),
        Words::new("forms.periods").with("n", count.periods),
        Words::new("forms.batches").with("n", count.batches),
    ];
    let counts = [count.reports, count.periods, count.batches];
    let said: Vec<String> = said.iter().zip(counts).filter(|(_, n)| *n > 0).map(|(words, _)| words.say(lang)).collect();
    said.join(", ")
}

fn states(entry: &Entry, lang: Lang) -> Markup {
    html! {
        @match &entry.version {
            Some(version) => span.state.sent { (Words::new("forms.published").with("number", i64::from(version.number)).say(lang)) },
            None => span.state { (lang.t("forms.unpublished")) },
        }
        @if entry.draft.is_some() { " " span.state.draft { (lang.t("forms.has-draft")) } }
        @if entry.file.is_some() { " " span.state.draft { (lang.t("forms.file-differs")) } }
    }
}

//! `/report/{form}/{period}/{org}/history`: who did what, when, from where, and what changed.

use std::collections::HashMap;
use std::sync::Arc;

use maud::{Markup, html};
use poem::Response;

use super::behalf::said_doer;
use super::fill::{act_word, source_word};
use super::{report_address, report_of_address, way};
use crate::error::Result;
use crate::form::{Form, Respondent};
use crate::lang::{Lang, Words};
use crate::report::{self, Act, Change, Deed, version};
use crate::web::layout::{self, Frame};
use crate::web::questionnaire;
use crate::web::visit::Visit;

/// So many changes of one act are shown at once; the others unfold.
const AT_ONCE: usize = 12;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let (key, org) = report_of_address(&visit).await?;
    let deeds = report::actions::history(&site.db, &site.actor, &key).await?;
    let mut forms: HashMap<&str, Arc<Form>> = HashMap::new();
    for deed in &deeds {
        if !forms.contains_key(deed.form_hash.as_str()) {
            let version = version::actions::by_hash(&site.db, &site.actor, &deed.form_hash).await?;
            forms.insert(&deed.form_hash, version.form);
        }
    }
    let newest = version::actions::newest(&site.db, &site.actor, &key.form).await?.form;
    let mut steps = way(site, &newest, key.period);
    steps.push((report_address(&key, &org), org.label().to_owned()));
    let files = format!("{}/files", report_address(&key, &org));
    let title = lang.t("web.history");
    let body = html! {
        (layout::crumbs(lang, &steps, &title))
        h1 { (title) }
        p.lead { (newest.title) ", " (org.label()) ", " (key.period.label().say(lang)) }
        @if deeds.is_empty() { p.box.quiet { (lang.t("web.history-empty")) } }
        ol.deeds {
            @for deed in &deeds { @if let Some(form) = forms.get(deed.form_hash.as_str()) { (entry((form, &files), (deed, key.by), lang)) } }
        }
    };
    Ok(layout::page(site, &Frame { title, here: "/" }, body))
}

fn entry((form, files): (&Form, &str), (deed, by): (&Deed, Respondent), lang: Lang) -> Markup {
    let (first, rest) = deed.changes.split_at(deed.changes.len().min(AT_ONCE));
    html! {
        li.deed {
            h2 { (act_word(deed.act, deed.discards()).say(lang)) }
            p.muted {
                (layout::moment(deed.until)) ", " (said_doer(&deed.doer, by, lang)) ", " (source_word(deed.source).say(lang))
                @if let Some((batch, file)) = &deed.batch {
                    ", " (Words::new("web.of-batch").with("batch", batch.0.to_string()).with("file", file).say(lang))
                }
            }
            @if let Some(confirmed) = &deed.confirmed {
                p { (Words::new("behalf.confirmed").with("when", layout::moment(confirmed.at))
                    .with("who", said_doer(&confirmed.doer, by, lang)).say(lang)) }
            }
            @if deed.changes.is_empty() {
                // A sent report is the draft before it, whose changes are said there.
                @if deed.act == Act::Save { p { (lang.t("web.no-changes")) } }
            } @else { (changes((form, files), first, lang)) }
            @if !rest.is_empty() {
                details {
                    summary { (Words::new("web.more-changes").with("n", rest.len()).say(lang)) }
                    (changes((form, files), rest, lang))
                }
            }
            @for (name, text) in &deed.explanations {
                p { (Words::new("web.explained-to").with("name", questionnaire::checked(form, name)).with("text", text).say(lang)) }
            }
        }
    }
}

fn changes((form, files): (&Form, &str), changes: &[Change], lang: Lang) -> Markup {
    let cells = changes.iter().any(|change| change.cell.is_some());
    let said = |change: &Change, answer| questionnaire::told(form, (&change.path, answer), files, lang);
    html! {
        div.scroll role="region" tabindex="0" aria-label=(lang.t("web.changes")) {
            table.list {
                thead { tr {
                    th scope="col" { (lang.t("web.question")) }
                    th scope="col" { (lang.t("web.old")) }
                    th scope="col" { (lang.t("web.new")) }
                    @if cells { th scope="col" { (lang.t("web.cell")) } }
                } }
                tbody {
                    @for change in changes {
                        tr {
                            th scope="row" { (questionnaire::named(form, &change.path, lang)) }
                            td { (said(change, &change.old)) }
                            td { (said(change, &change.new)) }
                            @if cells { td.code { (change.cell.as_deref().unwrap_or_default()) } }
                        }
                    }
                }
            }
        }
    }
}

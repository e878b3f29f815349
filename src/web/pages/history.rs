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
use crate::org;
use crate::report::{self, Act, Change, Deed, RemovedRow, version};
use crate::web::layout::{self, Frame};
use crate::web::questionnaire::{self, Speaker};
use crate::web::visit::Visit;

/// So many changes of one act are shown at once; the others unfold.
const AT_ONCE: usize = 12;

pub(super) async fn show(visit: Visit) -> Result<Response> {
    let site = &*visit.site;
    let lang = visit.lang();
    let (key, org) = report_of_address(&visit).await?;
    let deeds = report::actions::history(&site.db, &site.actor, &key).await?;
    let mut forms: HashMap<&str, Arc<Form>> = HashMap::new();
    let mut organisations = None;
    for deed in &deeds {
        if !forms.contains_key(deed.form_hash.as_str()) {
            let version = version::actions::by_hash(&site.db, &site.actor, &deed.form_hash).await?;
            if organisations.is_none() {
                organisations = report::actions::organisations(&site.db, &site.actor, &version.form).await?;
            }
            forms.insert(&deed.form_hash, version.form);
        }
    }
    let newest = version::actions::newest(&site.db, &site.actor, &key.form).await?.form;
    let mut steps = way(site, &newest, key.period);
    steps.push((report_address(&key, &org), org.label().to_owned()));
    let files = format!("{}/files", report_address(&key, &org));
    let zone = org::actions::time_zone(&site.db, &site.actor, org.id).await?;
    let title = lang.t("web.history");
    let body = html! {
        (layout::crumbs(lang, &steps, &title))
        h1 { (title) }
        p.lead { (newest.title) ", " (org.label()) ", " (key.period.label().say(lang)) }
        @if let Some(zone) = &zone {
            p.muted { (Words::new("orgs.time-of").with("zone", org::zone::named(zone)).say(lang)) }
        }
        @if deeds.is_empty() { p.box.quiet { (lang.t("web.history-empty")) } }
        ol.deeds {
            @for deed in &deeds { @if let Some(form) = forms.get(deed.form_hash.as_str()) {
                (entry((Speaker::new(form, organisations.as_ref()), &files), (deed, key.by), (zone.as_deref(), lang)))
            } }
        }
    };
    Ok(layout::page(site, &Frame { title, here: "/" }, body))
}

fn entry(
    (speaker, files): (Speaker<'_>, &str),
    (deed, by): (&Deed, Respondent),
    (zone, lang): (Option<&str>, Lang),
) -> Markup {
    let (first, rest) = deed.changes.split_at(deed.changes.len().min(AT_ONCE));
    html! {
        li.deed {
            h2 { (act_word(deed.act, deed.discards()).say(lang)) }
            p.muted {
                (layout::moment_at(deed.until, zone)) ", " (said_doer(&deed.doer, by, lang)) ", " (source_word(deed.source).say(lang))
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
            } @else { (changes((speaker, files), first, lang)) }
            @if !rest.is_empty() {
                details {
                    summary { (Words::new("web.more-changes").with("n", rest.len()).say(lang)) }
                    (changes((speaker, files), rest, lang))
                }
            }
            @for row in report::removed_rows(&deed.explanations) {
                p { (removed(speaker, &row, lang)) }
            }
            @for (name, text) in deed.explanations.iter().filter(|(name, _)| !report::is_removed_row(name)) {
                p { (Words::new("web.explained-to").with("name", questionnaire::checked(speaker.form, name)).with("text", text).say(lang)) }
            }
        }
    }
}

/// A row that was deleted, and what was in it.
fn removed(speaker: Speaker<'_>, row: &RemovedRow, lang: Lang) -> String {
    let form = speaker.form;
    let label = form.repeat_named(&row.repeat).map_or(row.repeat.as_str(), |table| &form.tables[table].label);
    let said = questionnaire::told_row(speaker, row, lang);
    Words::new("web.removed-from").with("name", label).with("n", row.row + 1).with("said", said).say(lang)
}

fn changes((speaker, files): (Speaker<'_>, &str), changes: &[Change], lang: Lang) -> Markup {
    let cells = changes.iter().any(|change| change.cell.is_some());
    let said = |change: &Change, answer| questionnaire::told(speaker, (&change.path, answer), files, lang);
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
                            th scope="row" { (questionnaire::named(speaker.form, &change.path, lang)) }
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
